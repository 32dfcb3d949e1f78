"""ONNX files, written without the onnx package: messages of protocol buffers by their numbers.

The numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

from __future__ import annotations

import csv
import gzip
import struct
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cnncalc.importers.file_formats import ReadOptions
from cnncalc.importers.importing import ImportedModel, import_sketch
from cnncalc.importers.load import sketch_of_file
from cnncalc.importers.onnx.evaluation import GraphEvaluation
from cnncalc.importers.onnx.file import OnnxFile
from cnncalc.importers.onnx.inputs import graph_inputs, known_inputs
from cnncalc.importers.onnx.nodes import NodeReader
from cnncalc.importers.onnx.tensors import stored_tensor
from cnncalc.sketch import Sketch

from .paths import ROOT

FOLDER = ROOT / "tests" / "data" / "onnx"

with (ROOT / "tests" / "data" / "onnx.csv").open(encoding="utf-8", newline="") as file:
    EXPORTS = {row["name"]: row for row in csv.DictReader(file)}
"""The rows of tests/data/onnx.csv, which tests/generate/onnx_files.py writes."""

FLOAT, INT8, INT64, BOOL = 1, 3, 7, 9
LETTERS = {FLOAT: "f", INT8: "b", INT64: "q", BOOL: "?"}

Sizes = Sequence[int | str]


@cache
def exported(name: str) -> Sketch:
    """What is read from a file of a model."""
    return read(gzip.decompress((FOLDER / f"{name}.onnx.gz").read_bytes()))


@cache
def imported(name: str) -> ImportedModel:
    return import_sketch(exported(name))


def read(data: bytes, options: ReadOptions = ReadOptions()) -> Sketch:
    """What is read from the bytes of a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "net.onnx"
        path.write_bytes(data)
        return sketch_of_file(str(path), options)


def evaluated(path: str) -> dict[str, tuple[int, ...]]:
    """The sizes of all tensors of a file, as they are found out."""
    with open(path, "rb", buffering=0) as raw:
        opened = OnnxFile(raw)
        found = opened.model()
        assert found.graph is not None
        reader = NodeReader(opened, found)
        nodes = list(reader.nodes(found.graph))
        inputs = graph_inputs(found.graph, nodes, {})
        stored = {
            proto.name: stored_tensor(opened, proto, proto.name)
            for proto in found.graph.initializer
        }
        known = stored | dict(known_inputs(inputs.data, inputs.fixed_batch))
        versions = [entry.version for entry in found.opset_import if not entry.domain]
        evaluation = GraphEvaluation(opened, reader, versions[0], known, dict)
        evaluation.run(nodes)
        return {name: tensor.sizes for name, tensor in evaluation.tensors.items()}


# Messages


def varint(value: int) -> bytes:
    """A number in groups of seven bits, the lowest first; a negative one has 64 bits."""
    value %= 1 << 64
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def field(number: int, value: int | float | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return head(number, len(data)) + data


def head(number: int, size: int) -> bytes:
    """The start of a field of so many bytes."""
    return varint(number << 3 | 2) + varint(size)


def fields(number: int, values: Iterable[int | float | str | bytes]) -> bytes:
    return b"".join(field(number, value) for value in values)


# Parts of a model


def tensor(
    name: str, sizes: Sequence[int], numbers: Sequence[Any] | None = None, kind: int = FLOAT
) -> bytes:
    """A stored tensor; without numbers, different ones are made up."""
    if numbers is None:
        numbers = [(place % 7 - 3) / 4 for place in range(min(prod(sizes), 4096))]
    raw = struct.pack(f"<{len(numbers)}{LETTERS[kind]}", *numbers)
    return fields(1, sizes) + field(2, kind) + field(8, name) + field(9, raw)


def whole(name: str, *numbers: int) -> bytes:
    """A vector of sizes or indices."""
    return tensor(name, [len(numbers)], numbers, INT64)


def wholes(name: str, sizes: Sequence[int], numbers: Sequence[int]) -> bytes:
    return tensor(name, sizes, numbers, INT64)


def attribute(name: str, value: Any) -> bytes:
    """An argument; bytes are a tensor, or after `graph` a graph."""
    start = field(1, name)
    if isinstance(value, float):
        return start + field(2, value) + field(20, 1)
    if isinstance(value, int):
        return start + field(3, value) + field(20, 2)
    if isinstance(value, str):
        return start + field(4, value) + field(20, 3)
    if isinstance(value, bytes):
        number, kind = (6, 5) if name.endswith("branch") else (5, 4)
        return start + field(number, value) + field(20, kind)
    if value and isinstance(value[0], float):
        return start + fields(7, value) + field(20, 6)
    return start + fields(8, value) + field(20, 7)


def node(
    operator: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    name: str = "",
    domain: str = "",
    metadata: Mapping[str, str] = {},
    **attributes: Any,
) -> bytes:
    found = fields(1, inputs) + fields(2, outputs) + field(4, operator)
    if name:
        found += field(3, name)
    found += fields(5, [attribute(*pair) for pair in attributes.items()])
    if domain:
        found += field(7, domain)
    return found + fields(9, [entry(*pair) for pair in metadata.items()])


def entry(key: str, value: str) -> bytes:
    return field(1, key) + field(2, value)


def value(name: str, sizes: Sizes | None, kind: int = FLOAT) -> bytes:
    """An input or output; a size that is a word is not fixed, "" has no name."""
    of_tensor = field(1, kind)
    if sizes is not None:
        dims = [field(1, size) if isinstance(size, int) else field(2, size) for size in sizes]
        of_tensor += field(2, fields(1, dims))
    return field(1, name) + field(2, field(1, of_tensor))


def graph(
    nodes: Sequence[bytes],
    tensors: Sequence[bytes] = (),
    inputs: Sequence[bytes] = (),
    outputs: Sequence[str] = ("y",),
    values: Sequence[bytes] = (),
    metadata: Mapping[str, str] = {},
) -> bytes:
    """A graph; `values` are the types of inner tensors."""
    ends = [value(name, None) for name in outputs]
    found = fields(1, nodes) + fields(5, tensors)
    found += fields(11, inputs) + fields(12, ends) + fields(13, values)
    return found + fields(16, [entry(*pair) for pair in metadata.items()])


def model(
    nodes: Sequence[bytes],
    tensors: Sequence[bytes] = (),
    sizes: Sizes = (1, 3, 8, 8),
    outputs: Sequence[str] = ("y",),
    *,
    inputs: Sequence[bytes] = (),
    functions: Sequence[bytes] = (),
    values: Sequence[bytes] = (),
    metadata: Mapping[str, str] = {},
    opset: int = 17,
) -> bytes:
    """A file whose graph has the input `x`, and others."""
    content = graph(nodes, tensors, [value("x", sizes), *inputs], outputs, values, metadata)
    versions = fields(8, [field(1, "") + field(2, opset), field(1, "own") + field(2, 1)])
    producer = field(2, "pytorch") + field(3, "2.14.1")
    return field(1, 8) + producer + field(7, content) + versions + fields(25, functions)


def function(
    name: str, inputs: Sequence[str], outputs: Sequence[str], nodes: Sequence[bytes]
) -> bytes:
    """An operator of the domain `own` that is defined by nodes."""
    found = field(1, name) + fields(4, inputs) + fields(5, outputs)
    return found + fields(7, nodes) + field(10, "own")
