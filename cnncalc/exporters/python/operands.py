"""The operands of joins: which are branches, and what these are called."""

from __future__ import annotations

from ...document import Operand, Step
from ..errors import NotStated
from .identifiers import with_prefix
from .sites import Flows, Sites
from .step_builder import StepBuilder

NAMES = {"add": "residual", "mul": "gate"}
"""The names of the only branch of a join."""


def branch_names(step: Step) -> list[str]:
    """The names of the branches of a join, which the file may not give."""
    bodies = [
        index
        for index, operand in enumerate(step.operands)
        if operand.body is not None and operand.body.steps
    ]
    found = [
        with_prefix(operand.name, "branch") or f"branch{index + 1}"
        for index, operand in enumerate(step.operands)
    ]
    unnamed = [index for index in bodies if step.operands[index].name is None]
    if len(unnamed) == 1 == len(bodies):
        found[unnamed[0]] = NAMES.get(step.word, "branch")
    elif step.word == "add" and len(unnamed) == 2 == len(step.operands):
        short, long = sorted(unnamed, key=lambda index: weight_of(step.operands[index]))
        if length(step.operands[short]) == 1:
            found[short], found[long] = "shortcut", "residual"
    return found


def weight_of(operand: Operand) -> tuple[int, bool]:
    """A sort key of the two branches of a sum: a shortcut is short, and may be skipped."""
    steps = operand.body.steps if operand.body is not None else ()
    return length(operand), not any(step.when is not None for step in steps)


def length(operand: Operand) -> int:
    return len(operand.body.steps) if operand.body is not None else 0


def is_branch(operand: Operand, sites: Sites) -> bool:
    """Whether an operand is steps, and not a reference or a number."""
    if operand.body is None:
        return False
    if not operand.body.steps:
        return True
    return any(site.all_of(operand.body.steps[0]) for site in sites)


def is_sometimes(operand: Operand, sites: Sites) -> bool:
    """Whether an operand of one step is there at some of the sites only."""
    if not operand.lone or operand.body is None or not is_branch(operand, sites):
        return False
    active = [site.one_of(operand.body.steps[0]).is_active for site in sites]
    return any(active) and not all(active)


def referenced_values(builder: StepBuilder, operand: Operand, sites: Sites) -> Flows:
    """The values that an operand refers to; none of a number, whose text may be that of a name."""
    if operand.reference is None:
        return ()
    try:
        return builder.resolve(operand.reference, sites)
    except NotStated:
        if operand.expression is None:
            raise
    return ()
