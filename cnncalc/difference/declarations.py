"""What two files say beside their layers -> what changed in that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from ..network import Network
from .comparison import Change, Declarations


def changed_declarations(
    before: Network, after: Network, declarations: tuple[Declarations, Declarations]
) -> dict[str, tuple[Change, ...]]:
    """The changes by what they belong to; nothing that is as it was, and nothing of a network that came or went."""
    if not (before.inputs and after.inputs):
        return {}
    found = {
        "network": changes(calculated(before), calculated(after)),
        "file": changes(told(before), told(after)),
        "vars": changes(declarations[0].vars, declarations[1].vars),
        "blocks": changes(declarations[0].blocks, declarations[1].blocks),
        "expect": changes(promised(before), promised(after)),
        "budget": changes(limited(before), limited(after)),
    }
    return {name: some for name, some in found.items() if some}


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    names = dict.fromkeys((*before, *after))
    return tuple(
        Change(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )


def calculated(network: Network) -> dict[str, str]:
    """What a network calculates with, beside its layers."""
    return {"dtype": network.dtype, "input": named(network.inputs)} | {
        name if name == "output" else f"output {name}": str(value.shape)
        for name, value in network.outputs.items()
    }


def named(shapes: Mapping[str, object]) -> str:
    return ", ".join(
        f"{name} {shape}" if len(shapes) > 1 else str(shape) for name, shape in shapes.items()
    )


def told(network: Network) -> dict[str, str]:
    """What the file tells a reader; a name that is that of the file is none of its own."""
    name = network.name if network.name != PurePath(network.file).stem else ""
    texts = {
        "name": name,
        "source": network.source,
        "task": network.task,
        "year": str(network.year or ""),
    }
    return {key: text for key, text in texts.items() if text}


def promised(network: Network) -> dict[str, str]:
    return {
        f"{promise.reference}.{promise.number}".lstrip("."): getattr(promise.expected, "text", None)
        or str(promise.expected)
        for promise in network.expect
    }


def limited(network: Network) -> dict[str, str]:
    return {limit.number: limit.most.text for limit in network.budget}
