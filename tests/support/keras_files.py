"""Files of Keras, and what Keras counts for the models in them."""

from __future__ import annotations

import csv
import json
from functools import cache
from typing import Any

from cnncalc.importers.file_formats import ReadOptions
from cnncalc.importers.importing import ImportedModel, import_sketch
from cnncalc.importers.load import sketch_of_file
from cnncalc.shape import Shape

from .paths import ROOT

FOLDER = ROOT / "tests" / "data" / "keras"

with (ROOT / "tests" / "data" / "keras_files.csv").open(encoding="utf-8", newline="") as table:
    FILES = {row["file"]: row for row in csv.DictReader(table)}
"""The rows of tests/data/keras_files.csv, which tests/generate/keras_files.py writes."""

OPEN = {
    "MobileNetV3Large.keras": Shape((3, 224, 224)),
    "MobileNetV3Small.keras": Shape((3, 224, 224)),
}
"""The shapes of inputs whose sizes are open in the file."""


@cache
def imported(file: str) -> ImportedModel:
    """The architecture file of a file."""
    inputs = {"": OPEN[file]} if file in OPEN else {}
    return import_sketch(sketch_of_file(str(FOLDER / file), ReadOptions(inputs=inputs)))


def document(layers: list[dict[str, Any]], shape: list[int | None]) -> str:
    """The JSON text of a Sequential model of Keras 3."""
    first = {"class_name": "InputLayer", "config": {"batch_shape": shape, "name": "x"}}
    entries = [
        {"module": "keras.layers", "class_name": layer.pop("class_name"), "config": layer}
        for layer in map(dict, layers)
    ]
    config = {"name": "net", "layers": [first, *entries]}
    return json.dumps({"module": "keras", "class_name": "Sequential", "config": config})
