"""Exported networks, and what PyTorch counted of them."""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from cnncalc.exporters.formats import FORMATS, Exported, ExportOptions
from cnncalc.importers.onnx.wire import WireReader
from cnncalc.onnx_format.messages import TABLE as TABLE_OF_MESSAGES
from cnncalc.onnx_format.messages import GraphProto, Model
from cnncalc.parser import Request, TracedNetwork, build_traced, read_document

from .networks import bundled_file, example_text, variants
from .paths import ROOT

SOURCES = ("pytorch", "keras")
"""The formats that are source code."""

TABLE = ROOT / "tests" / "data" / "exports.csv"
"""The rows that tests/generate/exports.py writes: one for each network of EXPORTED."""

KINDS_TABLE = ROOT / "tests" / "data" / "export_kinds.csv"
"""What the example of each kind of layer is imported as after its export, by the same script."""

KERAS_TABLE = ROOT / "tests" / "data" / "keras_exports.csv"
"""The rows that tests/generate/keras_exports.py writes: one for each network of EXPORTED."""

ONNX_TABLE = ROOT / "tests" / "data" / "onnx_exports.csv"
"""The rows that tests/generate/onnx_exports.py writes: one for each layer and each of EXPORTED."""

BUNDLED = {variant or stem: (stem, variant) for stem, variant in variants()}
"""Each bundled network by its name: the file and the variant."""


def traced(text: str) -> TracedNetwork:
    """The network of a file with this text."""
    parsed, found = build_traced(read_document(text.encode(), "net.yaml"))
    assert found is not None, parsed.problems
    return found


def bundled_trace(name: str) -> TracedNetwork:
    """A bundled network."""
    stem, variant = BUNDLED[name]
    _, found = build_traced(bundled_file(stem), Request(variant))
    assert found is not None
    return found


def traced_network(name: str) -> TracedNetwork:
    """A bundled network, or the example of a kind as `layer:KIND`."""
    kind = name.removeprefix("layer:")
    return bundled_trace(name) if kind == name else traced(example_text(kind))


def exported(
    network: TracedNetwork, options: ExportOptions = ExportOptions(), form: str = "pytorch"
) -> Exported:
    """The source of a network."""
    return FORMATS[form].write(network, options)


def model_of(data: bytes) -> Model:
    """The messages of an ONNX file."""
    return WireReader(data, TABLE_OF_MESSAGES).message(Model, 0, len(data))


def graph_of(data: bytes) -> GraphProto:
    """The graph of an ONNX file."""
    graph = model_of(data).graph
    assert graph is not None
    return graph


def digest(source: str) -> str:
    """A short checksum of a source."""
    return sha256(source.encode()).hexdigest()[:16]


def checked() -> dict[str, dict[str, str]]:
    """The rows of the table of PyTorch by name."""
    return rows_of(TABLE)


def rows_of(table: Path) -> dict[str, dict[str, str]]:
    """The rows of a table by name."""
    with table.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def write_rows(table: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a table of columns."""
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def checked_kinds() -> dict[str, str]:
    """What each kind of layer is imported as."""
    with KINDS_TABLE.open(encoding="utf-8", newline="") as file:
        return {row["kind"]: row["imported"] for row in csv.DictReader(file)}


def identifiers_of(code: str) -> set[str]:
    """All names in code."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                names.add(name)
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                names.add(name)
    return names


def without_docstrings(code: str) -> str:
    """Code without its texts."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


EXPORTED = [name for name in BUNDLED if name in checked()]
"""The bundled networks whose exports are recorded in the tables."""
