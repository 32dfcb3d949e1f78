"""Flash: the bytes of weights as a device stores them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import cnncalc
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis

from .support.paths import TESTS
from .support.processes import cnncalc as run

ROWS = list(csv.DictReader((TESTS / "published" / "devices" / "weights_flash.csv").open()))


def analysis_of(text: str, tmp_path: Path, dtype: str = "int8") -> Analysis:
    path = tmp_path / "net.yaml"
    path.write_text(text)
    return analyse(cnncalc.load(path, dtype=dtype))


def parts(text: str, tmp_path: Path, dtype: str = "int8") -> tuple[int, int, int]:
    """The bytes of weights, biases and norms."""
    weights, biases, norms = analysis_of(text, tmp_path, dtype).flash.size
    return weights, biases, norms


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["cnncalc_network"])
def test_published_sizes(row: dict[str, str]) -> None:
    """Source: STM32 model zoo, README of image_classification, "Weights Flash" of int8 models."""
    variables = dict([text.split("=") for text in row["vars"].split()])
    network = cnncalc.load(row["cnncalc_network"], dtype="w8a8", vars=variables)
    flash = analyse(network).flash
    assert flash.size.weights == int(row["int8_weights"])
    assert flash.size.biases == int(row["int32_biases"])
    assert f"{flash.total / 1024:.2f}".startswith(row["published_kib"])


# The rules, by hand


CONV, NORM = "{conv: 8, kernel: 1, bias: false}", "bn"
CASES = {
    "a norm gives a bias": (f"[{CONV}, {NORM}]", (32, 32, 0)),
    "a norm of a bias": ("[{conv: 8, kernel: 1}, bn]", (32, 32, 0)),
    "no bias": (f"[{CONV}, relu]", (32, 0, 0)),
    "through what only training has": (f"[{CONV}, {{dropout: 0.5}}, identity, bn]", (32, 32, 0)),
    "not through an activation": (f"[{CONV}, relu, bn]", (32, 0, 16)),
    "a lone norm": ("[bn, relu]", (0, 0, 8)),
    "a norm without learned weights": ("[{bn: , affine: false}]", (0, 0, 8)),
    "read twice": ("[{conv: 8, bias: false, name: c}, bn, {add: [[], c]}]", (32, 0, 16)),
    "an output too": (
        "[{conv: 8, bias: false, name: c}, {output: [relu], name: o}, {from: c}, bn]",
        (32, 0, 16),
    ),
    "a reader only in training": (
        "[{conv: 8, bias: false}, {output: [relu], training_only: true}, bn]",
        (32, 32, 0),
    ),
    "the norm of two is lone": (f"[{CONV}, bn, bn]", (32, 32, 16)),
    "a weight that is a value": (
        "[{weight: 8x4x1x1, name: w}, {conv: 8, weights: w, from: input}, bn]",
        (32, 0, 16),
    ),
    "a weight norm": ("[{conv: 8, weight_norm: true}]", (32, 32, 0)),
    "a dense layer": ("[global_avgpool, flatten, {linear: 8, bias: false}, bn]", (32, 32, 0)),
    "a norm that is not folded": ("[{conv: 8, bias: false}, {groupnorm: 2}]", (32, 0, 16)),
    "prelu and scale": ("[prelu, {scale: , bias: true}]", (1 + 4 + 4, 0, 0)),
    "shared": ("[{conv: 4, shared: a}, {conv: 4, shared: a}]", (16, 16, 0)),
    "shared, with norms of their own": (
        "[{conv: 4, bias: false, shared: a}, bn, {conv: 4, bias: false, shared: a}, bn]",
        (32, 32, 0),
    ),
    "shared with the norm": (
        "[{layers: [{conv: 4, bias: false}, bn], shared: a, repeat: 3}]",
        (16, 16, 0),
    ),
    "only in training": ("[{output: [{conv: 8}], training_only: true}, {conv: 8}]", (32, 32, 0)),
}


@pytest.mark.parametrize(("layers", "expected"), CASES.values(), ids=CASES)
def test_rules(layers: str, expected: tuple[int, int, int], tmp_path: Path) -> None:
    assert parts(f"input: 4x2x2\nlayers: {layers}\n", tmp_path) == expected


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("w8a8", (32, 32, 16)),
        ("w8a16", (32, 64, 32)),
        ("w4a8", (16, 32, 16)),
        ("w1a8", (4, 32, 16)),
        ("float32", (128, 32, 64)),
        ("float16", (64, 16, 32)),
    ],
)
def test_types(dtype: str, expected: tuple[int, int, int], tmp_path: Path) -> None:
    """A bias has 32 bits, 64 with activations of 16; a lone norm has the type of these."""
    text = "input: 4x2x2\nlayers: [{conv: 8, bias: false}, bn, relu, bn]\n"
    assert parts(text, tmp_path, dtype) == expected


def test_rounded_up_per_tensor(tmp_path: Path) -> None:
    text = "input: 3x2x2\nlayers: [{conv: 3, bias: false, groups: 3, repeat: 2}]\n"
    assert parts(text, tmp_path, "w4a8") == (2 + 2, 0, 0)


def test_weights_alone_are_quantized(tmp_path: Path) -> None:
    text = "input: 4x2x2\ndtype: {weights: int4, activations: float16}\nlayers: [{conv: 8}]\n"
    path = tmp_path / "net.yaml"
    path.write_text(text)
    assert tuple(analyse(cnncalc.load(path)).flash.size) == (16, 16, 0)


def test_layers_add_up() -> None:
    """The column of machines sums to the total, that of a group to its own."""
    found = run(
        "show", "mobilenet_v1_025", "--dtype", "w4a8", "--format", "csv", "--columns", "flash_bytes"
    )
    total = analyse(cnncalc.load("mobilenet_v1_025", dtype="w4a8")).flash.total
    assert sum(map(int, found.stdout.split()[1:])) == total


# Where it is


NETWORK = """\
input: 4x2x2
layers: [{conv: 8, kernel: 1, bias: false, name: c}, {bn: , name: n}, relu]
"""


def test_show() -> None:
    text = run("show", "visual_wake_words", "--dtype", "w8a8").stdout
    assert "flash          214 KiB  weights 208,112, biases 10,952, norms folded" in text
    assert "flash" not in run("show", "visual_wake_words").stdout


def test_json() -> None:
    found = json.loads(run("show", "resnet8", "--dtype", "int8", "--format", "json").stdout)
    deployment = found["deployment"]
    channels, tensors = 346, 16
    assert deployment == {
        "flash_bytes": 78_744,
        "weights": 77_360,
        "biases": 1_384,
        "norms": 0,
        "folded_norms": 7,
        "tflite_bytes_at_least": 78_744 + 24 * channels + 12 * tensors,
    }
    assert sum(layer["flash_bytes"] for layer in found["layers"]) == 78_744
    report = cnncalc.Report.from_json(json.dumps(found))
    assert json.loads(report.to_json()) == found
    assert "deployment" not in run("show", "resnet8", "--format", "json").stdout


def test_explain(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(NETWORK)
    text = run("explain", str(path), "c", "--dtype", "w4a8", "--only", "flash").stdout
    assert "flash  48" in text and "n is folded into it" in text
    assert "ceil(elements x bits / 8) = ceil(32 x 4 / 8) = 16" in text
    assert "elements x bytes = 8 x 4 = 32" in text and "in int32" in text
    folded = run("explain", str(path), "n", "--dtype", "w4a8").stdout
    assert "flash  none: it is folded into c" in folded
    others = run("explain", str(path), "c", "--only", "flash").stdout
    assert "flash is explained where weights are integers" in others
    assert "flash" not in run("explain", str(path), "c").stdout
    whole = " ".join(run("explain", str(path), "--dtype", "w8a8").stdout.split())
    assert "at least 216 B more: 24 B for each of 8 output channels, and 12 B for each" in whole


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_explain_formats(form: str, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(NETWORK)
    words = ["explain", str(path), "c", "--format", form]
    assert "flash" in run(*words, "--dtype", "w8a8").stdout
    assert "flash" not in run(*words).stdout


def test_expect_and_budget(tmp_path: Path) -> None:
    """The figure of the source, rounded as there."""
    path = tmp_path / "net.yaml"
    path.write_text(
        f"{NETWORK}dtype: int8\nbudget: {{flash_bytes: 63}}\nexpect: {{flash_bytes: 0.06 KiB}}\n"
    )
    found = run("check", str(path))
    assert "flash_bytes: 64 is over the budget of 63 by 1" in found.stdout
    assert "[expect]" not in found.stdout and found.returncode == 1
    path.write_text(path.read_text().replace("0.06", "0.07"))
    assert "[expect]" in run("check", str(path)).stdout


def test_compare_and_diff() -> None:
    words = ["resnet8", "visual_wake_words"]
    assert "flash" in run("compare", *words, "--dtype", "int8").stdout
    assert "flash" not in run("compare", *words).stdout
    assert "flash" in run("diff", *words, "--dtype", "int8").stdout
    assert "flash" not in run("diff", *words).stdout
    failed = run("diff", *words, "--dtype", "int8", "--fail-on", "flash > 100 KiB")
    assert failed.returncode == 1


def test_baseline(tmp_path: Path) -> None:
    """A baseline without it is read; one with it reports an increase."""
    path, baseline = tmp_path / "net.yaml", tmp_path / "baseline.json"
    path.write_text(NETWORK)
    run("check", "net.yaml", "--baseline", "baseline.json", "--update-baseline", cwd=tmp_path)
    assert "flash_bytes" not in baseline.read_text()
    path.write_text(NETWORK + "dtype: int8\n")
    assert run("check", "net.yaml", "--baseline", "baseline.json", cwd=tmp_path).returncode == 0
    run("check", "net.yaml", "--baseline", "baseline.json", "--update-baseline", cwd=tmp_path)
    assert '"flash_bytes": 64' in baseline.read_text()
    path.write_text(NETWORK.replace("kernel: 1", "kernel: 1x2") + "dtype: int8\n")
    found = run("check", "net.yaml", "--baseline", "baseline.json", cwd=tmp_path)
    assert "flash_bytes 96 (+32)" in found.stdout
