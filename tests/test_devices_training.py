"""The memory of training, against PyTorch itself."""

from __future__ import annotations

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.devices.autograd import KeptForBackward, TrainingSetup, kept_for_backward
from cnncalc.devices.saved_tensors import RULES
from cnncalc.devices.training import NotTrainable, training_memory
from cnncalc.engine import analyse
from cnncalc.layers import LAYERS
from cnncalc.network import Network

from .support.devices import Row, network_of, rows
from .support.networks import read
from .support.paths import TESTS

SAVED = rows("torch_saved_for_backward")
PEAKS = rows("torch_training_peak")


def table(name: str) -> list[dict[str, str]]:
    """What saved_tensors.py and training_peaks.py in tests/generate wrote."""
    with (TESTS / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


LAYER_ROWS = table("saved_layers")
NETWORK_ROWS = table("saved_networks")
EXPORT_ROWS = table("saved_exports")
SEQUENCE_ROWS = table("saved_sequences")
PEAK_ROWS = table("training_peaks")


def network(layers: str, input: str = "8x12x12") -> Network:
    """A network of these layers, each on a line."""
    steps = "\n".join(f"  - {line}" for line in layers.splitlines())
    parsed = read(f"input: {input}\nlayers:\n{steps}\n")
    assert parsed.network is not None, [problem.message for problem in parsed.problems]
    return parsed.network


def kept(row: Row, found: Network, cpu: bool = False) -> KeptForBackward:
    amp = row.get("amp", row.get("amp_float16")) == "True"
    return kept_for_backward(found, TrainingSetup(int(row["batch"]), amp, cpu))


def named(row: Row) -> dict[str, str]:
    """A row of a network of torchvision, with the name and the type that it has here."""
    return {"dtype": "float32", "cnncalc_network": row["torchvision_model"], **row}


def network_called(row: Row) -> Network:
    """The network of a row: ViT is a file in tests/data, others are of the collection."""
    if row.get("network", row.get("torchvision_model")) != "vit_b_16":
        return network_of(named(row))
    parsed = read((TESTS / "data" / "vit_b_16.yaml").read_text("utf-8"))
    assert parsed.network is not None
    return parsed.network


# What is kept for the backward pass


@pytest.mark.parametrize(
    "row", SAVED, ids=lambda row: f"{row['torchvision_model']}-{row['device']}-{row['amp_float16']}"
)
def test_kept_is_equal(row: Row) -> None:
    found = kept(row, network_of(named(row)), cpu=row["device"] == "cpu/meta")
    assert found.total == int(row["saved_bytes"])
    assert found.not_known == ()


@pytest.mark.parametrize(
    "row", NETWORK_ROWS, ids=lambda row: f"{row['cnncalc_network']}-{row['amp']}"
)
def test_kept_of_networks(row: Row) -> None:
    assert kept(row, network_of(named(row))).total == int(row["saved_bytes"])


@pytest.mark.parametrize(
    "row", LAYER_ROWS, ids=lambda row: f"{row['layers']}-{row['input']}-{row['amp']}"
)
def test_kept_of_single_layers(row: Row) -> None:
    """After a learned factor for each channel, so that the input has a gradient."""
    found = kept(row, network(f"scale\n{row['layers']}", row["input"]))
    assert found.total == int(row["saved_bytes"])
    assert found.not_known == ()


@pytest.mark.parametrize(
    "row",
    EXPORT_ROWS,
    ids=lambda row: f"{row['cnncalc_network'] or row['layers'][:40]}-{row['amp']}",
)
def test_kept_of_exports(row: Row) -> None:
    """Also with frozen and shared weights, and with more padding at one end of an axis."""
    layers = row["layers"]
    found = network(layers) if layers else network_of({"dtype": "float32", **row})
    assert kept(row, found).total == int(row["saved_bytes"])


@pytest.mark.parametrize(
    "row",
    SEQUENCE_ROWS,
    ids=lambda row: f"{row['network'] or row['layers']}-{row['input']}-{row['amp']}",
)
def test_kept_of_recurrent_layers_and_attention(row: Row) -> None:
    """Without oneDNN, and with the fused attention of a CPU."""
    found = network(row["layers"], row["input"]) if row["layers"] else network_called(row)
    kept_now = kept(row, found, cpu=True)
    assert kept_now.total == int(row["saved_bytes"])
    assert kept_now.not_known == ()


def test_every_known_kind_is_measured() -> None:
    text = " ".join(row["layers"] for row in (*LAYER_ROWS, *EXPORT_ROWS, *SEQUENCE_ROWS))
    measured = {"scale", *re.findall(r"\w+", text)}
    assert set(RULES) - measured == {
        *("deform_conv", "sample"),  # of two inputs
        *("droppath", "crop", "expand"),  # views
        "constant",  # nothing to keep
    }


NOT_KNOWN = {
    *("local_conv", "conv_lstm", "unpool", "grn", "squash", "gather", "custom", "correlation"),
}


def test_kinds_that_are_not_known() -> None:
    assert set(LAYERS) - set(RULES) == NOT_KNOWN
    windows = "{conv: 8}\n{attention: 2, window: 4}\n{attention: 2}\ngrn\n{gru: 8, axis: 2}"
    assert kept_for_backward(network(windows), TrainingSetup()).not_known == (1, 3, 4)


def test_each_storage_counts_once() -> None:
    """Both convolutions keep the sum, which is also the output of the relu."""
    text = "{conv: 8}\n{name: r, relu: }\n{conv: 8}\n{conv: 8, from: r}"
    found = kept_for_backward(network(text), TrainingSetup())
    values = 4 * 8 * 12 * 12
    assert found.total == 2 * values  # the input and the output of the relu
    assert found.by_layer() == {0: values, 1: values}


def test_frozen_layers_keep_less() -> None:
    """Before the first trained layer nothing has a gradient, and nothing is kept."""
    frozen = "{conv: 8, trainable: false}\nrelu\n{linear: 4, axis: 0}"
    found = kept_for_backward(network(frozen), TrainingSetup())
    assert found.total == 4 * 8 * 12 * 12  # the input of the linear layer


# The peak


@pytest.mark.parametrize(
    "row", PEAKS, ids=lambda row: f"{row['torchvision_model']}-{row['optimizer']}"
)
def test_peak_is_close(row: Row) -> None:
    analysis = analyse(network_of(named(row)), int(row["batch"]))
    found = training_memory(analysis, row["optimizer"])
    assert found.peak_bytes == pytest.approx(int(row["peak_bytes"]), rel=0.002)
    if found.peak_layer:  # not in the step of the optimizer, whose temporaries count as state
        assert found.optimizer_bytes == pytest.approx(int(row["optimizer_state"]), abs=2000)


@pytest.mark.parametrize(
    "row",
    PEAK_ROWS,
    ids=lambda row: f"{row['torchvision_model']}-{row['optimizer']}-{row['amp']}",
)
def test_peak_of_more_networks(row: Row) -> None:
    analysis = analyse(network_called(row), int(row["batch"]))
    found = training_memory(analysis, row["optimizer"], row["amp"] == "True", cpu=True)
    assert found.peak_bytes == pytest.approx(int(row["peak_bytes"]), rel=0.002)


def test_the_step_of_the_optimizer_may_be_the_peak() -> None:
    """VGG-16 at batch 1: 553 MB of weights, and two tensors of the size of its largest."""
    row = next(row for row in PEAKS if row["torchvision_model"] == "vgg16")
    found = training_memory(analyse(network_of(named(row))), "adam")
    assert found.peak_layer == ""
    weights, largest, x = 4 * 138_357_544, 4 * 4096 * 25088, 4 * 3 * 224 * 224
    assert found.peak_bytes == 4 * weights + 2 * largest + x


def test_integers_cannot_be_trained() -> None:
    parsed = read("input: 8\ndtype: int8\nlayers: [{linear: 4}]")
    assert parsed.network is not None
    with pytest.raises(NotTrainable, match="needs a floating-point `dtype`, not int8"):
        training_memory(analyse(parsed.network))


@given(st.integers(1, 64))
def test_peak_grows_evenly_with_the_batch(batch: int) -> None:
    """Without an optimizer step that needs more, memory is a constant and a part per sample."""
    found = network("{conv: 8, kernel: 3}\nbn\nrelu\n{maxpool: 2}\n{conv: 8}")
    first, second, third = (
        training_memory(analyse(found, size)).peak_bytes for size in (batch, batch + 1, batch + 2)
    )
    assert second - first == third - second > 0
