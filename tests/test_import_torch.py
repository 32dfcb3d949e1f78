"""`cnncalc import` with PyTorch itself: models are made, run, exported and wrong.

Skipped where there is no interpreter with torch: CNNCALC_TORCH_PYTHON names one, as .ci/run does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import cnncalc
from cnncalc.importers.importing import LARGE

from .support.paths import ROOT
from .support.processes import cnncalc as run
from .support.programs import MODELS, imported, program
from .support.torch_process import PYTHON, needs_torch, with_torch

MODELS_FILE = ROOT / "tests" / "generate" / "models.py"
OWN = [name for name, row in MODELS.items() if row["source"].startswith("models.py:")]


def inputs_of(name: str) -> list[str]:
    """The inputs of a recorded model, as options."""
    refs = program(name).inputs
    return [f"--input={ref.name}={'x'.join(map(str, ref.sizes[1:]))}" for ref in refs]


def without_source(text: str) -> list[str]:
    """The lines of a file but the one that names the version of torch."""
    return [line for line in text.splitlines() if not line.startswith("source:")]


IN_A_PROCESS = ["TwoInputs", "LastState"]
"""Those that the command imports: a model that has lazy layers is materialized there."""
IMPORT_ALL = """
import json, pathlib
import cnncalc, models
for name, inputs in json.loads(pathlib.Path("inputs.json").read_text()).items():
    imported = cnncalc.from_pytorch(getattr(models, name)().eval(), inputs, name=name)
    pathlib.Path(f"{name}.yaml").write_text(imported.to_yaml(), "utf-8")
"""


@needs_torch
def test_files_of_models_are_the_recorded_ones(tmp_path: Path) -> None:
    """All in one process, as most of its time is that of importing torch."""
    names = [name for name in OWN if name not in IN_A_PROCESS]
    inputs = {name: {ref.name: ref.sizes[1:] for ref in program(name).inputs} for name in names}
    (tmp_path / "inputs.json").write_text(json.dumps(inputs), "utf-8")
    with_torch(IMPORT_ALL, tmp_path)
    for name in names:
        text = (tmp_path / f"{name}.yaml").read_text("utf-8")
        assert without_source(text) == without_source(imported(name).text), name


@needs_torch
@pytest.mark.parametrize("name", IN_A_PROCESS)
def test_the_command_writes_the_recorded_file(name: str, tmp_path: Path) -> None:
    words = [f"{MODELS_FILE}:{name}", *inputs_of(name), "--python", PYTHON, "-o", "net.yaml"]
    ran = run("import", *words, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.startswith("running ")
    text = (tmp_path / "net.yaml").read_text("utf-8")
    assert without_source(text) == without_source(imported(name).text)


@needs_torch
def test_a_module_in_python(tmp_path: Path) -> None:
    code = (
        "import cnncalc, models\n"
        "print(cnncalc.from_pytorch(models.UNet(), (3, 128, 128)).to_yaml(), end='')"
    )
    assert without_source(with_torch(code, tmp_path).stdout) == without_source(
        imported("UNet").text
    )


@needs_torch
def test_an_exported_file(tmp_path: Path) -> None:
    code = (
        "import torch, models\n"
        "with torch.device('meta'):\n"
        "    model = models.UNet().eval()\n"
        "    example = (torch.empty(7, 3, 128, 128),)\n"
        "program = torch.export.export(model, example, strict=False)\n"
        "torch.export.save(program, 'unet.pt2')\n"
    )
    with_torch(code, tmp_path)
    report = cnncalc.analyse(cnncalc.load(tmp_path / "unet.pt2"))
    wanted = MODELS["UNet"]
    assert report.totals.params == int(wanted["params"]) > LARGE
    assert report.totals.macs == int(wanted["macs"])


@needs_torch
def test_another_command_says_what_it_runs(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("from torch import nn\nNet = lambda: nn.Conv2d(3, 8, 3)\n")
    target = "pytorch:net.py:Net"
    folder = os.path.dirname(os.path.dirname(PYTHON))
    ran = run("show", target, "--input", "3x8x8", cwd=tmp_path, VIRTUAL_ENV=folder)
    assert ran.stderr == f"running net.py:Net with {PYTHON}\n"
    assert "224" in ran.stdout
    same = run("diff", target, target, "--input", "3x8x8", cwd=tmp_path, VIRTUAL_ENV=folder)
    assert (same.returncode, same.stderr) == (0, ran.stderr * 2)


WRONG = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, depth=2):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3)
    def forward(self, x):
        return self.stem(x).view(5, 7, 3)
class Size(nn.Conv2d):
    def forward(self, x):
        return super().forward(x).numel()
unit = Size(3, 8, 3)
class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Conv2d(3, 8, 3)
    def forward(self, images):
        return [self.body(image["pixels"]) for image in images]
"""


@needs_torch
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["net.py:Net"], "give the shape of the input: --input 3xHxW"),
        (["net.py:Net", "--input", "3x32x32"], "is invalid for input of size"),
        (["net.py:Net", "--input", "3x32x32"], "net.py, line 9"),
        (["net.py:Net", "--input", "4x32x32"], "layer with weights, stem, takes 3xHxW"),
        (["net.py:Net", "--input", "three"], "write sizes such as 3x224x224"),
        (["net.py:Net", "--input", "3x32x32", "--arg", "wide=1"], "argument 'wide'"),
        (["net.py:unit", "--input", "3x8x8"], "returns no tensor that is computed from its"),
        (
            ["net.py:Detector", "--input", "3x8x8"],
            "may be imported: --module body",
        ),
        (["net.py:Nets", "--input", "3x32x32"], "net.py has no `Nets`"),
        (["nets.py:Net", "--input", "3x32x32"], "there is no file nets.py"),
        (["nets.vision:Net", "--input", "3x32x32"], "No module named 'nets'"),
        (["net.py:Net", "--input", "3x32x32", "--module", "body"], "body"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_errors_of_the_model_are_one_message(
    words: Sequence[str], message: str, tmp_path: Path
) -> None:
    (tmp_path / "net.py").write_text(WRONG)
    ran = run("import", *words, "--python", PYTHON, cwd=tmp_path)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr and "importlib" not in ran.stderr


# Without torch


def test_without_torch_the_message_names_the_extra(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    bare.chmod(0o755)
    (tmp_path / "net.py").write_text(WRONG)
    ran = run("import", "net.py:Net", "--python", str(bare), cwd=tmp_path)
    assert ran.returncode == 2
    assert "has no torch: install it there (pip install 'cnncalc[pytorch]')" in ran.stderr


def test_python_runs_no_code_of_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names may come from strangers where `cnncalc.load` is called."""
    monkeypatch.chdir(tmp_path)
    Path("net.py").write_text("open('ran', 'w')\n")
    with pytest.raises(OSError, match="would run the code of a model"):
        cnncalc.load("pytorch:net.py:Net")
    assert not Path("ran").exists()
