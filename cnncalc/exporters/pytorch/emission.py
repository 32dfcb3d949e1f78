"""A class as code, without any layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from ..python.identifiers import identifier, plural
from ..python.sites import Variable
from ..python.spelling import quoted
from .construction import indented, module_lines, sequence_lines
from .constructor_names import names_made
from .forward import ForwardWriter
from .names import ATTRIBUTES
from .program import (
    ClassPlan,
    ForwardStep,
    GuardStep,
    LoopStep,
    Make,
    MapStep,
    ModuleStep,
    ParameterStep,
    Part,
    TrainingStep,
    chain_parts,
    readers,
)

FEW = 2
"""Modules in sequence that have attributes of their own; more are one `nn.Sequential`."""


def class_lines(plan: ClassPlan) -> Iterator[str]:
    """The lines of a class."""
    parts = sequential_parts(plan)
    base = "nn.Module" if parts is None else "nn.Sequential"
    yield f"class {plan.name}({base}):"
    if plan.docstring:
        yield f"    {docstring_text(plan.docstring)}"
    if parts is not None:
        yield from indented(sequential_lines(plan, parts))
    else:
        yield from indented(module_class_lines(plan))


def docstring_text(text: str) -> str:
    """A docstring as a string on one line, which the layout makes several lines of."""
    return quoted(text)


def sequential_parts(plan: ClassPlan) -> tuple[Part, ...] | None:
    """What the class constructs if it is modules in sequence, else None."""
    if len(plan.inputs) != 1 or len(plan.outputs) != 1 or plan.training_outputs:
        return None
    if plan.keeps_names and any(isinstance(s, ModuleStep) and s.is_named for s in plan.steps):
        return None
    return chain_parts(plan.steps, plan.inputs[0], plan.outputs[0]) if plan.steps else None


def constructor_line(plan: ClassPlan) -> str:
    texts = ["self"]
    has_mark = False
    for one in plan.parameters:
        if one.is_keyword and not has_mark:
            texts.append("*")
            has_mark = True
        texts.append(f"{one.name}={one.default}" if one.default else one.name)
    return f"def __init__({', '.join(texts)}):"


def parameter_names(plan: ClassPlan) -> set[str]:
    lets = {let.partition(" = ")[0].strip() for let in plan.lets}
    return {one.name for one in plan.parameters} | lets | set(names_made(plan.steps))


def sequential_lines(plan: ClassPlan, parts: Sequence[Part]) -> Iterator[str]:
    """The constructor of modules in sequence."""
    yield constructor_line(plan)
    yield from indented(iter(plan.lets))
    names = parameter_names(plan)
    yield from indented(sequence_lines("{}", parts, names, "layers", "super().__init__"))
    if plan.out_channels:
        yield f"    self.out_channels = {plan.out_channels}"


def module_class_lines(plan: ClassPlan) -> Iterator[str]:
    """The constructor and `forward`."""
    steps = merged(plan)
    names = attribute_names(steps)
    yield constructor_line(plan)
    yield "    super().__init__()"
    yield from indented(iter(plan.lets))
    local = parameter_names(plan)
    for step in steps:
        yield from indented(constructed(step, names, local))
    if plan.out_channels:
        yield f"    self.out_channels = {plan.out_channels}"
    yield from ForwardWriter(plan, steps, names).lines()


def flattened(steps: Sequence[ForwardStep]) -> Iterator[ForwardStep]:
    """All steps, with those inside of others after them."""
    for step in steps:
        yield step
        if isinstance(step, GuardStep | TrainingStep):
            yield from flattened(step.steps)


def constructed(step: ForwardStep, names: dict[int, str], local: set[str]) -> Iterator[str]:
    """The statements of the constructor for a step."""
    match step:
        case ModuleStep(reuses=False):
            target = f"self.{names[id(step)]} = {{}}"
            hint = plural(step.hint) if len(step.parts) == 1 else "layers"
            yield from module_lines(target, step.parts, local, hint)
        case ParameterStep():
            yield f"self.{names[id(step)]} = {step.text}"
        case GuardStep():
            yield f"self.{names[id(step)]} = {step.test}"
            inner = [line for one in step.steps for line in constructed(one, names, local)]
            if inner:
                yield f"if self.{names[id(step)]}:"
                yield from indented(iter(inner))
        case TrainingStep():
            for one in step.steps:
                yield from constructed(one, names, local)
        case LoopStep() | MapStep():
            target = f"self.{names[id(step)]} = {{}}"
            hint = plural(step.item)
            yield from sequence_lines(target, step.parts, local, hint, "nn.ModuleList")


def attribute_names(steps: Sequence[ForwardStep]) -> dict[int, str]:
    """The attribute of each step that has one, by its identity.

    A name that several steps would have is numbered.
    """
    found: dict[int, str] = {}
    wanted: dict[int, str] = {}
    for step in flattened(steps):
        if isinstance(step, ModuleStep) and step.attribute:
            found[id(step)] = step.attribute
        elif isinstance(step, ModuleStep | ParameterStep | LoopStep | MapStep):
            wanted[id(step)] = identifier(step.hint, ATTRIBUTES)
        elif isinstance(step, GuardStep):
            wanted[id(step)] = identifier(step.attribute, ATTRIBUTES)
    counts = Counter(wanted.values())
    taken = set(found.values()) | {name for name, times in counts.items() if times == 1}
    for key, name in wanted.items():
        if counts[name] == 1 and name not in found.values():
            found[key] = name
            continue
        found[key] = next(one for one in with_numbers(name) if one not in taken)
        taken.add(found[key])
    return found


def with_numbers(name: str) -> Iterator[str]:
    """The names of several modules that would have one: conv1, conv2."""
    mark = "_" if name[-1:].isdigit() else ""
    return (f"{name}{mark}{number}" for number in count(1))


# Modules in sequence


def merged(plan: ClassPlan) -> list[ForwardStep]:
    """The steps, with modules in sequence as one."""
    counts = readers(flattened(plan.steps), (*plan.outputs, *plan.training_outputs))
    keeps = plan.keeps_names and any(
        isinstance(step, ModuleStep) and step.is_named for step in plan.steps
    )
    found: list[ForwardStep] = []
    run: list[ModuleStep] = []
    for step in plan.steps:
        if run and not (can_follow(run[-1], step, counts) and not keeps):
            found += merged_run(run)
            run = []
        if isinstance(step, ModuleStep) and is_plain(step) and not keeps:
            run.append(step)
        else:
            found.append(step)
    return found + merged_run(run)


def is_plain(step: ModuleStep) -> bool:
    """Whether a step may be a module of a sequence: nothing refers to it, and it has one output."""
    return not step.attribute and not step.reuses and len(step.outputs) == 1


def can_follow(before: ModuleStep, step: ForwardStep, counts: Mapping[Variable, int]) -> bool:
    """Whether a step is the next module of a sequence."""
    return (
        isinstance(step, ModuleStep)
        and is_plain(step)
        and step.inputs == before.outputs
        and len(step.inputs) == len(before.inputs) == 1
        and counts[step.inputs[0]] == 1
    )


def merged_run(run: Sequence[ModuleStep]) -> list[ForwardStep]:
    """Modules in sequence: a few plain ones have their own attributes."""
    plain = all(len(step.parts) == 1 and isinstance(step.parts[0], Make) for step in run)
    if len(run) <= (FEW if plain else 1):
        return list(run)
    parts = tuple(part for step in run for part in step.parts)
    [leaving] = run[-1].outputs
    if not run[-1].is_named:
        leaving.hint = "y"
    hint = run[-1].hint if run[-1].is_named else "layers"
    return [ModuleStep(hint, parts, run[0].inputs, (leaving,))]
