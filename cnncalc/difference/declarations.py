"""The changes in two files other than layers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from ..network import Network
from .comparison import Change, Declarations


def changed_declarations(
    before: Network, after: Network, declarations: tuple[Declarations, Declarations]
) -> dict[str, tuple[Change, ...]]:
    """The changes by section; empty if one of the networks was added or removed."""
    if not (before.inputs and after.inputs):
        return {}
    found = {
        "network": changes(calculated(before), calculated(after)),
        "file": changes(descriptive(before), descriptive(after)),
        "vars": changes(declarations[0].vars, declarations[1].vars),
        "blocks": changes(declarations[0].blocks, declarations[1].blocks),
        "expect": changes(expected(before), expected(after)),
        "budget": changes(limits(before), limits(after)),
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
    """The data type and the input and output shapes of a network."""
    return {"dtype": network.dtype, "input": named(network.inputs)} | {
        name if name == "output" else f"output {name}": str(value.shape)
        for name, value in network.outputs.items()
    }


def named(shapes: Mapping[str, object]) -> str:
    return ", ".join(
        f"{name} {shape}" if len(shapes) > 1 else str(shape) for name, shape in shapes.items()
    )


def descriptive(network: Network) -> dict[str, str]:
    """The descriptive keys of a file; a name that is derived from the file name is omitted."""
    name = network.name if network.name != PurePath(network.file).stem else ""
    texts = {
        "name": name,
        "source": network.source,
        "task": network.task,
        "year": str(network.year or ""),
    }
    return {key: text for key, text in texts.items() if text}


def expected(network: Network) -> dict[str, str]:
    return {
        f"{expectation.reference}.{expectation.number}".lstrip("."): getattr(
            expectation.expected, "text", None
        )
        or str(expectation.expected)
        for expectation in network.expect
    }


def limits(network: Network) -> dict[str, str]:
    return {limit.number: limit.most.text for limit in network.budget}
