"""The JSON that the tracer prints -> a Program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InvalidModelFile
from ..program import Argument, ModuleCall, Operation, Program, StoredTensor, TensorRef

FORMAT = "cnncalc/program/1"


def program_from(document: Any) -> Program:
    """The program of a document.  Raises InvalidModelFile if it is not one."""
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise InvalidModelFile(f"not a document {FORMAT}")
    try:
        return Program(
            document["framework"],
            int(document["batch"]),
            tuple([tensor(entry) for entry in document["inputs"]]),
            tuple([(str(name), tensor(entry)) for name, entry in document["outputs"]]),
            tuple([operation(entry) for entry in document["operations"]]),
            tuple([module_call(entry) for entry in document["calls"]]),
            stored(document["parameters"]),
            stored(document["buffers"]),
            tuple(document["remarks"]),
            program_from(document["training"]) if document.get("training") else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidModelFile(f"malformed {FORMAT}: {error!r}") from None


def tensor(entry: Mapping[str, Any]) -> TensorRef:
    return TensorRef(
        entry["tensor"],
        tuple(entry["sizes"]),
        entry.get("name", ""),
        entry.get("operation", -1),
        entry.get("part", 0),
    )


def argument(entry: Any) -> Argument:
    """An argument: objects are tensors, slices, ellipses and mappings; lists become tuples."""
    if isinstance(entry, list):
        return tuple([argument(value) for value in entry])
    if not isinstance(entry, Mapping):
        return entry
    if "tensor" in entry:
        return tensor(entry)
    if "slice" in entry:
        return slice(*map(argument, entry["slice"]))
    if "ellipsis" in entry:
        return ...
    return {key: argument(value) for key, value in entry["mapping"].items()}


def operation(entry: Mapping[str, Any]) -> Operation:
    return Operation(
        entry["function"],
        argument(entry["arguments"]),
        {key: argument(value) for key, value in entry["keywords"].items()},
        tuple([tuple(sizes) for sizes in entry["results"]]),
        entry["call"],
    )


def module_call(entry: Mapping[str, Any]) -> ModuleCall:
    return ModuleCall(
        entry["path"],
        entry["kind"],
        entry["parent"],
        entry["start"],
        entry["end"],
        tuple([tensor(value) for value in entry["inputs"]]),
        tuple([tensor(value) for value in entry["outputs"]]),
        tuple(entry["input_names"]),
        {key: argument(value) for key, value in entry["constructor"].items()},
    )


def stored(entries: Mapping[str, Any]) -> dict[str, StoredTensor]:
    return {name: StoredTensor(tuple(sizes), grad) for name, (sizes, grad) in entries.items()}
