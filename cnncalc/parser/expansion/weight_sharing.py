"""Checks that steps that share their weights under one tag have the same structure."""

from __future__ import annotations

from ...document import Body, Step
from ...layers import LAYERS, layer_class
from ...layers.layer import Layer
from ...problem import Refusal
from .frame import Frame
from .state import Expansion

Structure = tuple[object, ...]
"""The nested types of the steps in a step.  Shared weights are identified by positions in it."""


def check_same_structure(expansion: Expansion, step: Step, frame: Frame, identity: str) -> None:
    """Raise Refusal if an earlier step with the same tag has another structure."""
    first, known = expansion.tagged.get(identity, (None, None))
    if first is step:  # another iteration of it
        return
    found = structure_of(expansion, step, frame)
    if first is None:
        expansion.tagged[identity] = step, found
    elif found is not known:
        line = first.span.line
        raise Refusal(
            f"this cannot share the weights of the step in line {line} with tag `{step.shared}`",
            "one tag is for layers, for calls of one block, or for groups of the same steps",
            rule="shared",
        )


def structure_of(expansion: Expansion, step: Step, frame: Frame) -> Structure:
    """The structure of a tagged step; equal ones are one object."""
    word = step.word
    if step.type == "variable":
        word = expansion.kind_of(step.word, frame.variables)
    key = (id(step), word)
    found = expansion.structures.get(key)
    if found is None:
        found = made_structure(expansion, step, word)
        found = expansion.structures[key] = expansion.structures.setdefault(found, found)
    return found


def made_structure(expansion: Expansion, step: Step, word: str) -> Structure:
    """The structure of a tagged step, whose layer or block is `word`."""
    if step.type in ("block", "variable"):
        called = expansion.document.blocks.get(word)
        if called is not None:
            return ("block", *structures_in(called.body))
    if step.type == "variable":
        return ("layer", word in LAYERS and has_weights(word))
    return inner_structure(step)


def inner_structure(step: Step) -> Structure:
    """The structure of a step inside of a tagged one: the positions in its calls are its own."""
    if step.type in ("block", "variable"):
        return (step.type, step.word)
    if step.type == "join":
        return ("join", *(structures_in(operand.body) for operand in step.operands))
    if step.type == "layer":
        return ("layer", has_weights(step.word))
    return (step.type, *structures_in(step.body))


def has_weights(kind: str) -> bool:
    """Whether layers of a kind can have weights."""
    return layer_class(kind).weights is not Layer.weights


def structures_in(body: Body | None) -> Structure:
    return () if body is None else tuple(inner_structure(step) for step in body.steps)
