"""`cnncalc import`: models of PyTorch as architecture files.

The programs are recorded (tests/generate/programs.py), with PyTorch's own counts: parameters by
`numel`, and multiply-accumulates by torch.utils.flop_counter.FlopCounterMode, which knows nothing
of this project.
"""

from __future__ import annotations

from collections import Counter
from math import prod
from pathlib import Path

import pytest

import cnncalc
from cnncalc.importers.check import differences
from cnncalc.importers.graphs import have_equal_graphs
from cnncalc.importers.importing import import_sketch
from cnncalc.importers.rewrites import simplified

from .support.paths import ROOT
from .support.programs import MODELS, imported, program
from .support.random_models import without_modules

EXAMPLES = ROOT / "docs" / "examples" / "imported"


@pytest.mark.parametrize("name", MODELS)
def test_counts_are_those_of_the_model(name: str) -> None:
    found, row = imported(name), MODELS[name]
    report = cnncalc.analyse(found.network)
    everything = report.training_totals
    assert everything.params + sum(found.sketch.unused.values()) == int(row["params"])
    assert everything.buffers == int(row["buffers"])
    assert found.totals.macs == int(row["macs"])


AUXILIARY = {"googlenet": 13_004_888, "inception_v3": 27_161_264}
"""The parameters that torchvision's documentation states: with the auxiliary classifiers."""


@pytest.mark.parametrize("name", AUXILIARY)
def test_auxiliary_classifiers_are_in_training_only(name: str) -> None:
    report = cnncalc.analyse(imported(name).network)
    assert report.training_totals.params == AUXILIARY[name] > report.totals.params


@pytest.mark.parametrize("name", MODELS)
def test_file_is_folded_and_exact(name: str) -> None:
    """The network of the file has the layers of the model, and its totals in `expect`."""
    found = imported(name)
    assert found.form == "folded", found.reasons
    assert differences(found.text, found.sketch) == []
    totals = cnncalc.analyse(found.network).totals
    assert (totals.params, totals.macs) == (found.totals.params, found.totals.macs)


@pytest.mark.parametrize("name", MODELS)
def test_file_has_the_graph_of_the_model(name: str) -> None:
    """Each layer reads what it reads in the model: equal counts alone do not show that."""
    found = imported(name)
    assert have_equal_graphs(found.sketch, found.network)


@pytest.mark.parametrize("name", MODELS)
def test_outputs_have_the_shapes_of_the_model(name: str) -> None:
    """Without the batch, and up to axes of size 1."""
    wanted = [ref.sizes[1:] for _, ref in program(name).outputs]
    outputs = imported(name).sketch.outputs
    found = [output.value.shape for output in outputs if not output.is_training_only]
    assert sorted(map(prod, found)) == sorted(map(prod, wanted))


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "UNet", "SharedWeights", "swin_t"])
def test_flat_file_is_exact(name: str) -> None:
    found = import_sketch(imported(name).sketch, is_flat=True)
    assert found.form == "flat"
    assert differences(found.text, found.sketch) == []


@pytest.mark.parametrize("name", ["resnet50", "densenet121", "inception_v3", "UNet", "swin_t"])
def test_file_without_modules_is_exact_and_has_blocks(name: str) -> None:
    """What occurs several times becomes a block, also where no class says so."""
    found = import_sketch(without_modules(imported(name).sketch))
    assert found.form == "folded", found.reasons
    flat = import_sketch(imported(name).sketch, is_flat=True)
    assert found.lines < 0.9 * flat.lines


@pytest.mark.parametrize("name", MODELS)
def test_rewrites_change_no_count(name: str) -> None:
    sketch = imported(name).sketch
    assert simplified(sketch).totals() == sketch.totals()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_examples_are_fresh(path: Path) -> None:
    """`python docs/make.py` writes them."""
    assert path.read_text("utf-8") == imported(path.stem).text


def test_lines_are_at_most_118() -> None:
    for name in MODELS:
        long = [line for line in imported(name).text.splitlines() if len(line) > 118]
        assert [line for line in long if not line.startswith("source:")] == []


def test_parts_that_are_changed_in_place() -> None:
    """The whole tensor has them, also where a part is one of a part."""
    found = imported("PartsInPlace")
    kinds = Counter(layer.kind for layer in found.sketch.layers)
    assert kinds["mul"] == kinds["add"] == 1 and kinds["concat"] >= 2
    assert len(found.sketch.ancestors([found.sketch.outputs[0].value])) == len(found.sketch.layers)


def test_a_view_that_is_changed_in_place_is_noted() -> None:
    assert any(
        "sigmoid_ changes a part (transpose)" in n for n in imported("TransposedInPlace").notes
    )


# A file differs from the model as soon as one number does


def test_another_width_is_found() -> None:
    found = imported("resnet18")
    wrong = found.text.replace("{stage: [64, 1]", "{stage: [72, 1]")
    assert wrong != found.text
    assert differences(wrong, found.sketch) != []


def test_equal_totals_with_other_layers_are_found() -> None:
    """Two layers in the other order of widths have equal parameters, and other shapes."""
    found = imported("alexnet")
    wrong = found.text.replace("{maxpool: 3, stride: 2}", "{avgpool: 3, stride: 2}", 1)
    assert wrong != found.text
    assert any("maxpool" in difference for difference in differences(wrong, found.sketch))
