"""Files of Keras.

The models are recorded (tests/generate/keras_files.py), with Keras' own parameters, and the
multiply-accumulates of the products that JAX is given.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict

import pytest

from cnncalc.sketch import Sketch

from .support.keras_files import FILES, imported


@pytest.mark.parametrize("file", FILES)
def test_counts_are_those_of_keras(file: str) -> None:
    totals, row = imported(file).totals, FILES[file]
    assert (totals.params, totals.buffers) == (int(row["params"]), int(row["buffers"]))
    if row["macs"]:
        assert totals.macs == int(row["macs"])


@pytest.mark.parametrize("file", FILES)
def test_outputs_are_those_of_keras(file: str) -> None:
    """Their sizes, whatever the order of the axes is."""
    outputs = [output.value.shape for output in imported(file).sketch.outputs]
    sizes = sorted(sorted(size for size in shape if size != 1) for shape in outputs)
    assert sizes == json.loads(FILES[file]["outputs"])


@pytest.mark.parametrize("file", FILES)
def test_each_layer_has_the_weights_that_it_has_in_keras(file: str) -> None:
    assert digest(imported(file).sketch) == FILES[file]["layers"]


def digest(sketch: Sketch) -> str:
    """Of all layers with weights: their names and numbers."""
    found: dict[str, int] = defaultdict(int)
    seen = set()
    for layer in sketch.layers:
        if layer.weights and layer.weights not in seen:
            seen.add(layer.weights)
            found[layer.name] += layer.params + layer.buffers
    lines = sorted(f"{name} {params}" for name, params in found.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
