"""Exported networks, and what PyTorch counted of them."""

from __future__ import annotations

import csv
from hashlib import sha256

from cnncalc.exporters.formats import FORMATS, Exported, ExportOptions
from cnncalc.parser import Request, TracedNetwork, build_traced, read_document

from .networks import bundled_file, variants
from .paths import ROOT

TABLE = ROOT / "tests" / "data" / "exports.csv"
"""The rows that tests/generate/exports.py writes: one for each bundled network."""

KINDS_TABLE = ROOT / "tests" / "data" / "export_kinds.csv"
"""What the example of each kind of layer is imported as after its export, by the same script."""

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


def exported(network: TracedNetwork, options: ExportOptions = ExportOptions()) -> Exported:
    """The PyTorch source of a network."""
    return FORMATS["pytorch"].write(network, options)


def digest(source: str) -> str:
    """A short checksum of a source."""
    return sha256(source.encode()).hexdigest()[:16]


def checked() -> dict[str, dict[str, str]]:
    """The rows of the table by name."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def checked_kinds() -> dict[str, str]:
    """What each kind of layer is imported as."""
    with KINDS_TABLE.open(encoding="utf-8", newline="") as file:
        return {row["kind"]: row["imported"] for row in csv.DictReader(file)}
