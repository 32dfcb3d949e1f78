"""The changes in two files other than layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from ..metrics import Accuracy
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
        "accuracy": changes(stated(before.accuracy), stated(after.accuracy)),
        "vars": changes(declarations[0].vars, declarations[1].vars),
        "blocks": changes(declarations[0].blocks, declarations[1].blocks),
        "expect": changes(expected(before), expected(after)),
        "budget": changes(limits(before), limits(after)),
    }
    return {name: some for name, some in found.items() if some}


def changed_calculation(
    before: Network, after: Network, counterparts: Mapping[int, int]
) -> dict[str, tuple[Change, ...]]:
    """The changes of networks whose files do not count: shapes, and the layers of the outputs.

    `counterparts` are layers of the later network by those of the earlier one.
    """
    if not (before.inputs and after.inputs):
        return {}
    found = [*changes(calculated(before), calculated(after))]
    found += changed_outputs(before, after, counterparts)
    return {"network": tuple(found)} if found else {}


def changed_outputs(
    before: Network, after: Network, counterparts: Mapping[int, int]
) -> Iterator[Change]:
    """The outputs of one number that are not those of corresponding layers of both networks."""
    kept = set(counterparts.values())
    for name, value in before.outputs.items():
        other = after.outputs.get(name)
        if other is None or other.shape != value.shape:
            continue
        if (name in before.training_outputs) != (name in after.training_outputs):
            flags = [str(name in side.training_outputs).lower() for side in (before, after)]
            yield Change(f"{name} training_only", *flags)
        node = counterparts.get(value.node, value.node if value.node < 0 else None)
        is_later_kept = other.node < 0 or other.node in kept
        if node is not None and is_later_kept and (node, value.part) != (other.node, other.part):
            yield Change(name, before.path_of(value), after.path_of(other))


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


def stated(accuracy: Accuracy | None) -> Mapping[str, str]:
    """What a file states of the network with trained weights."""
    return accuracy.texts if accuracy is not None else {}


def expected(network: Network) -> dict[str, str]:
    return {
        f"{expectation.reference}.{expectation.number}".lstrip("."): getattr(
            expectation.expected, "text", None
        )
        or str(expectation.expected)
        for expectation in network.expect
    }


def limits(network: Network) -> dict[str, str]:
    found = {
        limit.number: ", ".join([limit.most.text, *map(": ".join, limit.step_texts.items())])
        for limit in network.budget
    }
    device = network.device_budget
    if device is None:
        return found
    on_device = {f"device.{limit.key}": limit.text for limit in device.limits}
    return found | {"device": device.name} | on_device
