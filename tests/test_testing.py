"""`cnncalc.testing`, and `cnncalc diff` of a file and the code of a model.

Tests with PyTorch are skipped where there is no interpreter with it (support/torch_process.py).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import cnncalc
from cnncalc.testing import assert_same

from .support.processes import cnncalc as run
from .support.processes import python
from .support.torch_process import PYTHON, needs_torch, with_torch

FILE = """name: mynet
input: 3x64x64
vars: {classes: 10}
blocks:
  unit:
    params: [out, stride=1]
    layers:
      - {conv: out, kernel: 3, stride: stride, padding: 1, bias: false}
      - bn
      - relu
layers:
  - {unit: 32, stride: 2}
  - {unit: 64, stride: 2}
  - {unit: 64, repeat: 3}
  - global_avgpool
  - {linear: classes}
"""
MODEL = """
import torch
from torch import nn
class Unit(nn.Sequential):
    def __init__(self, channels, out, stride=1):
        conv = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        super().__init__(conv, nn.BatchNorm2d(out), nn.ReLU())
class Net(nn.Module):
    def __init__(self, classes=10, depth=3, stride=2, unused=False):
        super().__init__()
        self.stem = Unit(3, 32, 2)
        self.down = Unit(32, 64, stride)
        self.body = nn.Sequential(*[Unit(64, 64) for _ in range(depth)])
        self.fc = nn.Linear(64, classes)
        if unused:
            self.head = nn.Linear(4, 4)
    def forward(self, x):
        return self.fc(self.body(self.down(self.stem(x))).mean((2, 3)))
wide_stride = lambda: Net(stride=1)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(FILE)
    (tmp_path / "model.py").write_text(MODEL)
    return tmp_path


def failure(before: str, after: str) -> str:
    with pytest.raises(AssertionError) as caught:
        assert_same(before, after)
    return str(caught.value)


# Files alone


def test_files_with_equal_layers_are_the_same(folder: Path) -> None:
    assert_same("resnet50", "docs/examples/imported/resnet50.yaml")
    assert_same("vgg@vgg16", "vgg16", (3, 64, 64))
    assert_same(str(folder / "net.yaml"), folder / "net.yaml", {"input": (3, 32, 32)})


def test_the_message_names_the_layer_its_line_and_the_totals() -> None:
    text = failure("resnet18", "resnet34")
    assert text.startswith("ResNet (resnet34) [architectures/resnet.yaml] is not ResNet (resnet18)")
    assert "added conv 3x3" in text and "parameters  " in text
    text = failure("lenet5", "alexnet")
    assert "lenet5.yaml:" in text and "output" in text


def test_a_data_type_is_that_of_both(folder: Path) -> None:
    (folder / "half.yaml").write_text(FILE.replace("input: 3", "dtype: float16\ninput: 3"))
    names = str(folder / "net.yaml"), str(folder / "half.yaml")
    assert "dtype" in failure(*names)
    assert_same(*names, dtype="float32")


def test_requests_that_do_not_fit(folder: Path) -> None:
    with pytest.raises(cnncalc.RequestError, match="found 2 input shapes for the 1 of alexnet"):
        assert_same("alexnet", "alexnet", [(3, 227, 227), (3, 8, 8)])
    with pytest.raises(cnncalc.RequestError, match="no variable `clases`"):
        assert_same("alexnet", "alexnet", vars={"clases": 10})


def test_without_torch_the_message_names_the_extra(folder: Path) -> None:
    code = (
        "import sys\n"
        "sys.modules['torch'] = None\n"
        "from cnncalc.testing import assert_same\n"
        "try:\n"
        "    assert_same('alexnet', object())\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    (folder / "test.py").write_text(code)
    ran = python(str(folder / "test.py"))
    assert ran.stdout == "torch is not installed: pip install 'cnncalc[pytorch]'\n", ran.stderr


def test_it_is_imported_only_on_request() -> None:
    ran = python("-c", "import cnncalc, sys; print('cnncalc.testing' in sys.modules)")
    assert ran.stdout == "False\n"


# Modules

HELD = """
from cnncalc.testing import assert_same
from model import Net, wide_stride
assert_same("net.yaml", Net)
assert_same("net.yaml", Net(), (3, 32, 32))
assert_same("net.yaml", lambda: Net(classes=100), vars={"classes": 100})
for made in (wide_stride, Net(depth=2), Net(unused=True), lambda: 3):
    try:
        assert_same("net.yaml", made)
    except (AssertionError, ValueError) as error:
        print(error)
"""


@needs_torch
def test_modules(folder: Path) -> None:
    text = with_torch(HELD, folder).stdout
    assert "<lambda> [model:<lambda>] is not mynet [net.yaml]: 1 layer changed, 12 follow" in (
        text.replace("12 layers follow", "12 follow")
    )
    assert "down.0 conv stride 2x2 -> 1x1 (unit2.conv1 in net.yaml:8)" in " ".join(text.split())
    assert "unit3.2.conv1 removed conv 3x3, 64 after body.1.2" in " ".join(text.split())
    assert "is not mynet [net.yaml]: 20 parameters are in no layer that was run: head" in text
    assert "the callable returned int, not a torch.nn.Module" in text


TRAINING = """
import cnncalc
from cnncalc.testing import assert_same
network = cnncalc.load("googlenet")
assert network.training_outputs
module = cnncalc.to_pytorch(network)
for mode in (True, False):
    assert_same("googlenet", module.train(mode))
    assert module.training == mode
"""


@needs_torch
def test_layers_of_training_count_in_both_modes(folder: Path) -> None:
    with_torch(TRAINING, folder)


# The command line


def diff(folder: Path, *words: str) -> tuple[int, str, str]:
    environment = os.path.dirname(os.path.dirname(PYTHON))
    ran = run("diff", *words, "--flat", "--exit-code", cwd=folder, VIRTUAL_ENV=environment)
    return ran.returncode, ran.stdout, ran.stderr


@needs_torch
def test_a_model_gets_the_inputs_of_the_file(folder: Path) -> None:
    for words in (["net.yaml", "pytorch:model:Net"], ["pytorch:model:Net", "net.yaml"]):
        code, text, notes = diff(folder, *words)
        assert (code, "the layers are equal" in text) == (0, True), notes
        assert notes == f"running model:Net with {PYTHON}\n"


@needs_torch
def test_variables_are_those_of_the_file(folder: Path) -> None:
    words = "net.yaml", "pytorch:model:Net(classes=100)"
    assert diff(folder, *words)[0] == 1
    assert diff(folder, *words, "--set", "classes=100")[0] == 0
    code, _, notes = diff(folder, *words, "--set", "clases=100")
    assert "running" not in notes
    assert code == 2 and "did you mean `classes`?" in notes


@needs_torch
def test_a_model_that_differs_exits_with_1(folder: Path) -> None:
    code, text, _ = diff(folder, "net.yaml", "pytorch:model:wide_stride")
    assert code == 1
    assert "conv stride 2x2 -> 1x1 (unit2.conv1 in net.yaml:8)" in text
    code, text, _ = diff(folder, "pytorch:model:wide_stride", "net.yaml")
    assert code == 1
    assert "conv stride 1x1 -> 2x2 (net.yaml:8, down.conv1 before)" in text


@needs_torch
def test_a_wrong_model_exits_with_2_and_warnings_are_no_part_of_the_message(folder: Path) -> None:
    (folder / "warns.py").write_text("import warnings\nwarnings.warn('old')\n")
    code, text, notes = diff(folder, "net.yaml", "pytorch:warns:Net")
    assert (code, text) == (2, "")
    assert notes.splitlines()[1:] == ["cnncalc: warns:Net: warns has no `Net`"]


@needs_torch
def test_errors_of_the_file_are_reported_before_the_model_runs(folder: Path) -> None:
    (folder / "wrong.yaml").write_text(FILE.replace("linear: classes", "linear: clases"))
    code, text, notes = diff(folder, "wrong.yaml", "pytorch:model:Net")
    assert (code, text) == (1, "")
    assert notes.startswith("wrong.yaml:16:") and "running" not in notes
