"""Recorded programs of PyTorch models, and what the models count themselves."""

from __future__ import annotations

import csv
import gzip
import json
from functools import cache

from cnncalc.importers.importing import ImportedModel, import_sketch
from cnncalc.importers.program import Program
from cnncalc.importers.pytorch.lowering import lower
from cnncalc.importers.pytorch.recorded import program_from

from .paths import ROOT

FOLDER = ROOT / "tests" / "data" / "programs"

with (ROOT / "tests" / "data" / "programs.csv").open(encoding="utf-8", newline="") as file:
    MODELS = {row["name"]: row for row in csv.DictReader(file)}
"""The rows of tests/data/programs.csv, which tests/generate/programs.py writes."""


@cache
def program(name: str) -> Program:
    """The recorded program of a model."""
    data = gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes())
    return program_from(json.loads(data))


@cache
def imported(name: str) -> ImportedModel:
    """The file of a recorded model."""
    row = MODELS[name]
    source = f"{row['source']}, imported with {row['framework']}"
    return import_sketch(lower(program(name), name, source))
