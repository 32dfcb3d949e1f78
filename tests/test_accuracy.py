"""`accuracy`: what files state of trained weights, and where it is shown."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from cnncalc.engine import analyse
from cnncalc.parser import Request, parse
from cnncalc.unparse.document import unparse

from .support.networks import NAMES_OF_BUNDLED, bundled
from .support.paths import ROOT
from .support.processes import cnncalc

NET = """\
input: 3x8x8
vars: {width: 4}
layers: [{conv: width, kernel: 3}]
accuracy: {top1: 70.0, data: my images, source: run 42}
"""


def published() -> dict[str, dict[str, str]]:
    with (ROOT / "tests" / "published" / "accuracy.csv").open(newline="") as opened:
        return {row["name"]: row for row in csv.DictReader(opened)}


@pytest.mark.parametrize("name", NAMES_OF_BUNDLED)
def test_bundled_networks_state_what_the_source_of_the_weights_does(name: str) -> None:
    """tests/generate/accuracies.py wrote the table; the accuracy holds for the input in it."""
    network, row = bundled(name).network, published().get(name)
    if row is None:
        assert network.accuracy is None
        return
    assert network.accuracy is not None
    stated = {name: row[name] for name in ("top1", "top5") if row[name]}
    assert network.accuracy.numbers == stated
    assert network.accuracy.data == row["data"]
    assert network.accuracy.source == f"{row['library']} {row['weights']}"
    assert [str(shape) for shape in network.inputs.values()] == [row["input"]]


def test_the_page_states_how_many_have_one() -> None:
    text = (ROOT / "docs" / "compare.md").read_text("utf-8")
    assert len(published()) > 250
    assert f"{len(published())} bundled networks state the accuracy" in text


@pytest.mark.parametrize(
    ("request_", "has_accuracy"),
    [
        (Request(), True),
        (Request(dtype="int8"), True),
        (Request(usual_dtype="int8"), True),
        (Request(variables={"width": "5"}), False),
        (Request(inputs={"": "3x9x9"}), False),
        (Request(resolution="9"), False),
    ],
)
def test_it_is_that_of_the_network_in_the_file(request_: Request, has_accuracy: bool) -> None:
    network = parse(NET.encode(), "net.yaml", request_).network
    assert network is not None and (network.accuracy is not None) == has_accuracy


def test_the_text_of_a_document_has_it() -> None:
    document = parse(NET.encode(), "net.yaml").document
    assert document is not None
    assert "accuracy: {top1: 70.0, data: my images, source: run 42}" in unparse(document)


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ("{top1: 101}", "`top1` must be a number from 0 to 100, found `101`"),
        ("{top1: -3}", "`top1` must be a number from 0 to 100, found `-3`"),
        ("{top1: 7e1}", "`top1` must be a number from 0 to 100, found `7e1`"),
        ("{top1: high}", "`top1` must be a number from 0 to 100, found `high`"),
        ("{top: 70}", "unknown key `top` in `accuracy`"),
        ("{source: me}", "`accuracy` states no metric"),
        ("70", "`accuracy` must be a mapping"),
    ],
)
def test_what_is_not_an_accuracy(stated: str, message: str) -> None:
    text = NET.replace("{top1: 70.0, data: my images, source: run 42}", stated)
    parsed = parse(text.encode(), "net.yaml")
    assert parsed.network is None
    assert [one.message for one in parsed.problems if one.message.startswith(message)]


def test_variants_state_their_own() -> None:
    parsed = parse(f"{NET}variants: {{small: {{}}}}\n".encode(), "net.yaml")
    assert [one.rule for one in parsed.problems] == ["misplaced-accuracy"]
    text = NET.replace("accuracy:", "variants: {a: {}, b: {accuracy:").replace("42}", "42}}}")
    networks = [parse(text.encode(), "net.yaml", Request(name)).network for name in "ab"]
    assert [one and one.accuracy is not None for one in networks] == [False, True]


def test_json_of_show() -> None:
    """torchvision states 69.758 and 89.078 for ResNet-18."""
    found = json.loads(cnncalc("show", "resnet18", "--format", "json", "--totals-only").stdout)
    assert found["accuracy"] == {
        "top1": 69.758,
        "top5": 89.078,
        "data": "ImageNet-1K",
        "source": "torchvision ResNet18_Weights.IMAGENET1K_V1",
    }
    other = cnncalc("show", "resnet18", "--set", "classes=10", "--format", "json", "--totals-only")
    assert "accuracy" not in json.loads(other.stdout)


def test_a_copy_to_edit_has_none(tmp_path: Path) -> None:
    for name in ("resnet18", "xception"):  # a variant, and a file without variants
        ran = cnncalc("new", f"my_{name}", "--like", name, cwd=tmp_path)
        assert ran.returncode == 0, ran.stderr
        text = (tmp_path / f"my_{name}.cnn.yaml").read_text()
        assert "accuracy:" not in text
        network = parse(text.encode(), "my.yaml").network
        assert network is not None
        assert analyse(network).totals.params == bundled(name).totals.params


# In a comparison


def test_a_comparison_has_it_with_its_source() -> None:
    lines = cnncalc("compare", "resnet18", "mobilenet_v2", "lenet5").stdout.splitlines()
    assert "top-1" in lines[0]
    assert "69.758" in lines[1] and "71.878*" in lines[2]
    assert lines[4:] == [
        "accuracy of resnet18: ImageNet-1K, torchvision ResNet18_Weights.IMAGENET1K_V1",
        "accuracy of mobilenet_v2: ImageNet-1K, torchvision MobileNet_V2_Weights.IMAGENET1K_V1",
    ]


def test_json_of_a_comparison_has_the_sources() -> None:
    found = json.loads(cnncalc("compare", "resnet18", "lenet5", "--format", "json").stdout)
    assert [row["top1"] for row in found["networks"]] == [69.758, None]
    source = "ImageNet-1K, torchvision ResNet18_Weights.IMAGENET1K_V1"
    assert found["accuracy_sources"] == {source: ["resnet18"]}


def test_columns_of_accuracy() -> None:
    words = ("alexnet", "vgg11", "--columns", "name,top5,accuracy_source", "--sort", "top-1")
    rows = list(csv.DictReader(cnncalc("compare", *words, "--format", "csv").stdout.splitlines()))
    assert rows == [
        {
            "name": "vgg11",
            "top5": "88.628",
            "accuracy_source": "ImageNet-1K; torchvision VGG11_Weights.IMAGENET1K_V1",
        },
        {"name": "alexnet", "top5": "", "accuracy_source": ""},
    ]


def test_no_accuracy_of_a_changed_network() -> None:
    changed = cnncalc("compare", "resnet18", "vgg11", "--input", "3x192x192").stdout
    assert "top-1" not in changed and "accuracy" not in changed
