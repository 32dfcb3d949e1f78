"""Model files where a command takes a network, in processes of their own."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cnncalc.cli.completers import network_files
from cnncalc.sources.models import is_binary

from .support.processes import ENVIRONMENT, PATIENCE, cnncalc, python
from .support.pt2 import document, write_pt2
from .support.repositories import commit, git

WARNING = "no activation between the convolutions `stem` and `body`"
NO_VARIANTS = "model.pt2 is a model file, which has no variants: omit @small"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A work tree with a model of two convolutions, one of three, and the first as a file."""
    git(tmp_path, "init", "-q", "-b", "main")
    write_pt2(tmp_path / "model.pt2", document(["stem", "body"]))
    write_pt2(tmp_path / "other.pt2", document(["stem", "body", "tail"]))
    assert cnncalc("import", "model.pt2", "-o", "net.yaml", cwd=tmp_path).returncode == 0
    commit(tmp_path)
    return tmp_path


COMMANDS = [
    "show NET",
    "show NET --source",
    "explain NET body",
    "graph NET",
    "report NET -o -",
    "report NET other.pt2 -o -",
    "compare NET other.pt2",
    "diff NET other.pt2",
    "diff net.yaml NET --flat --exit-code",
    "check NET --fail-on error",
    "new copy --like NET --force",
]


@pytest.mark.parametrize("target", ["model.pt2", "HEAD:model.pt2", "./model.pt2"])
@pytest.mark.parametrize("words", COMMANDS)
def test_every_command(words: str, target: str, folder: Path) -> None:
    ran = cnncalc(*words.replace("NET", target).split(), cwd=folder)
    assert (ran.returncode, ran.stderr) == (0, "") and ran.stdout


def test_the_numbers_are_those_of_the_imported_file(folder: Path) -> None:
    models = json.loads(cnncalc("show", "model.pt2", "--format", "json", cwd=folder).stdout)
    files = json.loads(cnncalc("show", "net.yaml", "--format", "json", cwd=folder).stdout)
    assert models["totals"] == files["totals"] and models["file"] == "model.pt2"


def test_an_imported_text_is_a_file(folder: Path) -> None:
    ran = cnncalc("show", "HEAD:model.pt2", "--source", cwd=folder)
    assert ran.stdout == (folder / "net.yaml").read_text("utf-8")
    assert cnncalc("new", "copy", "--like", "model.pt2", cwd=folder).returncode == 0
    ran = cnncalc("diff", "--flat", "copy.cnn.yaml", "model.pt2", "--exit-code", cwd=folder)
    assert (ran.returncode, ran.stdout.splitlines()[1]) == (0, "the layers are equal")


# git


def test_a_model_file_against_head(folder: Path) -> None:
    write_pt2(folder / "model.pt2", document(["stem", "body", "tail"]))
    for words in (["model.pt2"], ["HEAD:model.pt2"], ["HEAD:model.pt2", "model.pt2"]):
        ran = cnncalc("diff", *words, "--exit-code", cwd=folder)
        assert ran.returncode == 1 and "HEAD:model.pt2" in ran.stdout, words
        assert "1 layer added" in ran.stdout


def test_git_itself(folder: Path) -> None:
    """As the external diff of git, and as its text conversion."""
    (folder / ".gitattributes").write_text("*.pt2 diff=cnncalc\n")
    write_pt2(folder / "model.pt2", document(["stem", "body", "tail"]))
    command = f"{sys.executable} -m cnncalc diff"
    git(folder, "config", "diff.cnncalc.command", command)
    assert "1 layer added" in git_diff(folder)
    git(folder, "config", "--unset", "diff.cnncalc.command")
    git(folder, "config", "diff.cnncalc.textconv", f"{command} --textconv")
    assert re.search(r"^\+tail: conv 3x3, 4 -> 4x8x8", git_diff(folder), re.MULTILINE)


def git_diff(folder: Path) -> str:
    import subprocess

    from .support.paths import ROOT

    environment = {**ENVIRONMENT, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    words = ["git", "--no-pager", "diff"]
    ran = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, timeout=PATIENCE, check=True
    )
    return ran.stdout.decode()


def test_nothing_is_left_of_a_revision(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The temporary file of a model in a revision is removed, and no message has its path."""
    temporary = tmp_path_factory.mktemp("temporary")
    (folder / "broken.pt2").write_bytes(b"not an archive")
    commit(folder)
    for target, code in (("HEAD:model.pt2", 0), ("HEAD:broken.pt2", 2)):
        ran = cnncalc("show", target, cwd=folder, TMPDIR=str(temporary))
        assert ran.returncode == code and str(temporary) not in ran.stderr
        assert list(temporary.iterdir()) == []
    assert "HEAD:broken.pt2 is not a .pt2 file" in ran.stderr


# What makes no sense


REFUSED = {
    "show model.pt2@small": NO_VARIANTS,
    "check model.pt2@small": NO_VARIANTS,
    "diff model.pt2@small other.pt2": NO_VARIANTS,
    "diff model.pt2@small": NO_VARIANTS,
    "show HEAD:model.pt2@small": f"HEAD:{NO_VARIANTS}",
    "show model.pt2 --set a=1": "the file has no variable `a`",
    "show missing.pt2": "there is no file or bundled architecture missing.pt2",
    "show HEAD:missing.pt2": "there is no file missing.pt2 in HEAD",
    "show weights.pth": "weights.pth is a pickle, which would execute code",
    "diff weights.pth model.pt2": "weights.pth is a pickle, which would execute code",
    "show saved": "saved is a program of TensorFlow, which has operations and not layers",
    "show graph.pb": "graph.pb is a program of TensorFlow, which has operations and not layers",
    "import saved": "save the Keras model as `model.keras`, or convert it to TensorFlow Lite",
    "import graph.pb": "graph.pb is a program of TensorFlow, which has operations and not layers",
    "import net.yaml": "net.yaml is an architecture, which every command takes as it is",
    "import alexnet": "cnncalc new NAME --like alexnet copies it",
    "show saves": "there is no file or bundled architecture saves: `cnncalc list` shows",
    "show empty": "empty is a folder: name a file in it",
    "layer model.pt2": "model.pt2 is neither a layer nor a shape",
    "check pytorch:code.py:make": "would run the code of a model: cnncalc import it first",
}


@pytest.mark.parametrize("words", REFUSED)
def test_one_clear_message(words: str, folder: Path) -> None:
    (folder / "weights.pth").write_bytes(b"\x80\x02}.")
    (folder / "saved").mkdir()
    (folder / "empty").mkdir()
    for graph in ("saved/saved_model.pb", "graph.pb"):
        (folder / graph).write_bytes(b"\x08\x01\x12\0")
    (folder / "code.py").write_text("open('ran', 'w')\n")
    ran = cnncalc(*words.split(), cwd=folder)
    assert ran.returncode == 2 and ran.stdout in ("", "1 file could not be checked\n")
    assert REFUSED[words] in ran.stderr and not (folder / "ran").exists()


@pytest.mark.parametrize("words", ["show -", "diff - net.yaml", "check -", "explain -"])
def test_standard_input_is_an_architecture_file(words: str, folder: Path) -> None:
    data = (folder / "model.pt2").read_bytes()
    ran = cnncalc(*words.split(), cwd=folder, data=data)
    assert ran.returncode == 2
    message = "standard input is not text: give the path of a model file in place of -"
    assert ran.stderr == f"cnncalc: {message}\n"


def test_starts_of_model_files() -> None:
    """An ONNX file of PyTorch, a TFLite file, an archive, and HDF5 (by their specifications)."""
    for start in (
        b"\x08\x08\x12\x07pytorch",
        b"\x1c\0\0\0TFL3",
        b"PK\x03\x04",
        b"\x89HDF\r\n\x1a\n",
    ):
        assert is_binary(start)


def test_text_is_not_binary() -> None:
    for text in ("input: 3x8x8\n", "# ünïcode\n", "\ufeffname: x\n", "[net]\n", "layer {\n", ""):
        assert not is_binary(text.encode())
        assert not is_binary(text.encode("utf-16"))


# `check`


def test_findings_have_no_lines(folder: Path) -> None:
    ran = cnncalc("check", "model.pt2", cwd=folder)
    assert ran.returncode == 1
    assert ran.stdout.startswith(f"model.pt2, imported: warning: {WARNING}")
    ran = cnncalc("check", "net.yaml", cwd=folder)
    assert ran.stdout.startswith(f"net.yaml:6:6: warning: {WARNING}")


def formatted(form: str, folder: Path) -> str:
    ran = cnncalc("check", "model.pt2", "--format", form, cwd=folder)
    assert ran.returncode == 1 and WARNING.split("`")[0] in ran.stdout
    return ran.stdout


def test_formats_claim_no_lines(folder: Path) -> None:
    (command, *_) = formatted("github", folder).splitlines()
    assert command.startswith("::warning file=model.pt2,title=cnncalc missing-activation::")
    assert "model.pt2, imported" in formatted("markdown", folder)
    (entry,) = json.loads(formatted("gitlab", folder))
    assert entry["location"] == {"path": "model.pt2", "lines": {"begin": 1}}
    (found,) = json.loads(formatted("sarif", folder))["runs"][0]["results"]
    place = {"physicalLocation": {"artifactLocation": {"uri": "model.pt2"}}}
    assert found["locations"] == [place] and "relatedLocations" not in found
    (case,) = ElementTree.fromstring(formatted("junit", folder)).iter("testcase")
    assert case.get("file") == "model.pt2" and case.get("line") is None
    (file,) = json.loads(formatted("json", folder))["results"]
    assert (file["file"], file["imported"]) == ("model.pt2", True)


def test_nothing_is_fixed(folder: Path, tmp_path: Path) -> None:
    before = (folder / "model.pt2").read_bytes()
    words = ["check", "model.pt2", "--select", "all", "--fix"]
    ran = cnncalc(*words, cwd=folder)
    assert "fixable" not in ran.stdout and (folder / "model.pt2").read_bytes() == before
    assert cnncalc(*words, "--diff", cwd=folder).stdout == ""


def test_a_search_finds_architecture_files_only(folder: Path) -> None:
    """A model file is checked where it is named, and not where it is found."""
    for words in ([], ["."], ["*"], ["**/*"]):
        found = checked(folder, *words)
        assert found == ["net.yaml"], words
    assert checked(folder, "model.pt2", ".") == ["model.pt2", "net.yaml"]


def checked(folder: Path, *words: str) -> list[Any]:
    ran = cnncalc("check", *words, "--format", "json", cwd=folder)
    return [file["file"] for file in json.loads(ran.stdout)["results"]]


def test_a_baseline(folder: Path) -> None:
    words = ["check", "model.pt2", "--baseline", "b.json", "--fail-on", "error"]
    assert cnncalc(*words, "--update-baseline", cwd=folder).returncode == 0
    assert cnncalc(*words, cwd=folder).returncode == 0
    write_pt2(folder / "model.pt2", document(["stem", "body", "tail"]))
    ran = cnncalc(*words, cwd=folder)
    assert (
        ran.returncode == 1
        and "model.pt2, imported: error: the network is above the baseline: params 396"
        in ran.stdout
    )


def test_a_budget(folder: Path) -> None:
    """Of a model file, which has no `budget`, and of a file with variants, by their names."""
    words = ["check", "--fail-on", "error", "--ignore", "missing-activation", "--budget"]
    assert cnncalc(*words, "params=252", "model.pt2", cwd=folder).returncode == 0
    ran = cnncalc(*words, "params=0.2k", "--budget", "macs=1M", "model.pt2", cwd=folder)
    message = "params: 252 is over the budget of 200 (0.2k) by 52"
    assert ran.returncode == 1 and f"model.pt2, imported: error: {message}" in ran.stdout
    text = "input: 3x8x8\nvars: {w: 4}\nlayers: [{conv: w}]\nvariants: {a: {}, b: {vars: {w: 8}}}\n"
    (folder / "net.yaml").write_text(text)
    ran = cnncalc(*words, "params=20", "net.yaml", "--fix", cwd=folder)
    assert ran.returncode == 1 and ran.stdout.startswith("net.yaml:1:1: error: `b`, params: 32 is")
    ran = cnncalc(*words, "params=20", "--format", "json", "-", cwd=folder, data=text.encode())
    assert ran.returncode == 1 and json.loads(ran.stdout)["errors"] == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("params=many", "a budget is a number and its limit, such as params=5M; found params=many"),
        ("params", "a budget is a number and its limit"),
        (
            "params=5MiB",
            "a budget is a number and its limit, such as params=5M; found params=5MiB: ",
        ),
        ("peak_bytes=2MB", "a budget is a number and its limit, such as params=5M; found peak_"),
        ("parms=5M", "a budget limits params, "),
        ("layers=5", "a budget limits params, "),
        ("output=3x8x8", "a budget limits params, "),
    ],
)
def test_wrong_budgets(text: str, message: str, folder: Path) -> None:
    ran = cnncalc("check", "model.pt2", "--budget", text, cwd=folder)
    assert ran.returncode == 2 and f"--budget: {message}" in ran.stderr


def test_problems_of_other_inputs(folder: Path) -> None:
    """The text that a model was imported as has an error for an input of another rank."""
    for words in ("show model.pt2", "diff model.pt2 other.pt2"):
        ran = cnncalc(*words.split(), "--input", "3x8x8x8x8", cwd=folder)
        assert ran.returncode == 1
        assert re.search(r"^(model|other)\.pt2, imported: error: ", ran.stderr, re.MULTILINE)
        assert ".pt2:" not in ran.stderr


# Code of a model


@pytest.mark.parametrize(
    "words",
    [
        "report TARGET -o -",
        "graph TARGET",
        "explain TARGET",
        "compare TARGET lenet5",
        "diff TARGET lenet5",
        "show TARGET",
        "new x --like TARGET",
    ],
)
def test_code_runs_after_a_notice(words: str, folder: Path) -> None:
    """Without torch, the message says so; the notice comes before it."""
    (folder / "code.py").write_text("def make():\n    raise ValueError('no model')\n")
    target = words.replace("TARGET", "pytorch:code.py:make").split()
    ran = cnncalc(*target, cwd=folder)
    notice, *message = ran.stderr.splitlines()
    assert ran.returncode == 2 and ran.stdout == ""
    assert notice.startswith("running code.py:make with ") and message


# Start-up and completion


@pytest.mark.parametrize(
    "words", [["show", "alexnet"], ["show", "net.yaml"], ["check", "net.yaml"]]
)
def test_architecture_files_load_no_reader(words: list[str], folder: Path) -> None:
    """What other files are is found out only where a name is not that of an architecture file."""
    code = (
        "import os, sys\n"
        "from cnncalc.cli import main\n"
        f"os.chdir({str(folder)!r})\n"
        f"main.execute({words!r})\n"
        "loaded = [name for name in sys.modules if name.startswith('cnncalc.importers')]\n"
        "print(loaded, file=sys.stderr)\n"
    )
    ran = python("-c", code)
    assert ran.stderr.splitlines()[-1] == "[]"


def test_completion_offers_model_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "notes.txt").touch()
    assert network_files("") == ["model.pt2", "net.yaml", "other.pt2"]
    assert network_files("mo") == ["model.pt2"]
    assert os.path.exists("notes.txt")
