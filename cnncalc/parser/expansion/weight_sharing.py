"""Which steps may share their weights under one tag: those that are made alike."""

from __future__ import annotations

from ...document import Body, Step
from ...layers import LAYERS, layer_class
from ...layers.layer import Layer
from ...problem import Refusal
from .frame import Frame
from .state import Expansion

Structure = tuple[object, ...]
"""What a step is made of, as far as it decides which of the weights in it are which: they are told by their places."""


def check_alike(expansion: Expansion, step: Step, frame: Frame, identity: str) -> None:
    """Raise Refusal where an earlier step with the same tag has its weights in other places."""
    first, known = expansion.tagged.get(identity, (None, None))
    if first is step:  # another round of it
        return
    found = structure_of(expansion, step, frame)
    if first is None:
        expansion.tagged[identity] = step, found
    elif found != known:
        raise Refusal(
            f"this cannot share the weights of the step in line {first.span.line}, which has the tag `{step.shared}` too",
            "one tag is for layers, for calls of one block, or for groups of the same steps",
            rule="shared",
        )


def structure_of(expansion: Expansion, step: Step, frame: Frame) -> Structure:
    word = frame.variables.get(step.word) if step.what == "variable" else step.word
    called = (
        expansion.document.blocks.get(word)
        if step.what in ("block", "variable") and isinstance(word, str)
        else None
    )
    if called is not None:
        return ("block", *bodies(called.body))
    if step.what == "variable":
        return ("layer", isinstance(word, str) and word in LAYERS and has_weights(word))
    return inside(step)


def inside(step: Step) -> Structure:
    """The same of a step in another: what is called there has places of its own."""
    if step.what in ("block", "variable"):
        return (step.what, step.word)
    if step.what == "join":
        return ("join", *(bodies(operand.body) for operand in step.operands))
    if step.what == "layer":
        return ("layer", has_weights(step.word))
    return (step.what, *bodies(step.body))


def has_weights(kind: str) -> bool:
    """Whether layers of a kind may have any."""
    return layer_class(kind).weights is not Layer.weights


def bodies(body: Body | None) -> Structure:
    return () if body is None else tuple(inside(step) for step in body.steps)
