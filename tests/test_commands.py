"""What commands have in common: their names, the networks and the file names that they take."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import cnncalc as package
from cnncalc.catalogue import entries
from cnncalc.problem import Error
from cnncalc.sources.bundled import bundled, bundled_names, plain, same_letters
from cnncalc.views.file_extensions import EXTENSIONS, WrongExtension, check_extension, format_for
from cnncalc.views.graph.formats import FORMATS

from .support.processes import cnncalc

FAMILY = (
    "input: 3x8x8\nvars: {out: 4}\nlayers:\n  - {conv: out, kernel: 3}\n"
    "variants:\n  small: {}\n  large: {vars: {out: 8}}\n"
)
OTHER = FAMILY.replace("out: 8", "out: 16")
PARAMS = {"small": "112", "large": "224"}  # (3 x 3 x 3 + 1) x 4 and x 8


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose HEAD has FAMILY, and whose work tree has OTHER."""
    (tmp_path / "family.yaml").write_text(FAMILY)
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    for words in (("init", "-q"), ("add", "."), (*identity, "commit", "-q", "-m", "a")):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    (tmp_path / "family.yaml").write_text(OTHER)
    return tmp_path


COMMANDS = [
    ["show", "NET", "--totals-only", "--exact"],
    ["explain", "NET", "conv1"],
    ["compare", "NET", "--exact"],
    ["graph", "NET", "--exact", "--format", "dot"],
    ["report", "NET", "-o", "-"],
    ["new", "copy", "--like", "NET"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=[words[0] for words in COMMANDS])
def test_every_command_takes_every_kind_of_network(words: list[str], repository: Path) -> None:
    targets = {
        "HEAD:family.yaml": "112",
        "HEAD:family.yaml@large": "224",
        ":family.yaml@small": "112",
        "family.yaml@large": "448",
        "-": "112",
        "LeNet-5": "",
    }
    for target, params in targets.items():
        given = [target if word == "NET" else word for word in words]
        if words[0] == "explain" and target == "LeNet-5":
            given[-1] = "c1"
        data = FAMILY.encode() if target.startswith("-") else None
        ran = cnncalc(*given, cwd=repository, data=data)
        assert ran.returncode == 0 and not ran.stderr, (target, ran.stderr)
        text = ran.stdout
        if words[0] == "new":
            shown = cnncalc("show", "copy.cnn.yaml", "--exact", cwd=repository)
            text = shown.stdout
            (repository / "copy.cnn.yaml").unlink()
        assert params in text, target


def test_a_word_that_is_not_a_command() -> None:
    hints = {
        "shwo": "did you mean `cnncalc show`?",
        "alexnet": "did you mean `cnncalc show alexnet`?",
        "resnet@resnet50": "did you mean `cnncalc show resnet@resnet50`?",
        "alxnet": "did you mean `cnncalc show alexnet`?",
        "a b.yaml": "cnncalc --help lists them",
        "qqqq": "cnncalc --help lists them",
    }
    for word, hint in hints.items():
        ran = cnncalc(word, "--exact")
        assert ran.returncode == 2 and ran.stderr.endswith(f"command `{word}`: {hint}\n"), word


def test_a_file_is_not_a_command(tmp_path: Path) -> None:
    (tmp_path / "a b.yaml").write_text(FAMILY)
    assert "did you mean `cnncalc show 'a b.yaml'`?" in cnncalc("a b.yaml", cwd=tmp_path).stderr


@pytest.mark.parametrize(
    ("spelled", "name"),
    [("ResNet-50", "resnet50"), ("resnet 50", "resnet50"), ("efficientnet-b0", "efficientnet_b0")],
)
def test_names_in_other_spellings(spelled: str, name: str) -> None:
    assert bundled(spelled) == bundled(name) != None  # noqa: E711 - for the chain
    listed = cnncalc("list", spelled, "--format", "csv").stdout.splitlines()[1:]
    assert any(row.startswith(f"{name},") for row in listed)
    known = {entry.name for entry in entries() if plain(spelled) in plain(entry.name)}
    assert known <= {row.split(",")[0] for row in listed}


def test_other_spellings_are_of_one_name_and_no_paths() -> None:
    names = set(bundled_names())
    assert all(same_letters(name) in (name, "") for name in names)
    for path in ("./resnet50", "resnet50.yml", "nets/resnet-50", "", " ", "-", "é" * 300):
        assert same_letters(path) == ""


# File names

OTHERS = [extension for extensions in EXTENSIONS.values() for extension in extensions]


@pytest.mark.parametrize("extension", [*OTHERS, ".foo", ".txt", ""])
def test_an_ending_fits_the_format(extension: str) -> None:
    fits = [form for form in FORMATS if extension in EXTENSIONS[form]]
    for form in FORMATS:
        refused = extension in OTHERS and form not in fits
        if refused:
            with pytest.raises(WrongExtension, match=rf"\{extension} "):
                check_extension(f"x{extension.upper()}", form)
        else:
            check_extension(f"x{extension}", form)
    if fits or extension in ("", ".txt"):
        assert format_for(f"x{extension}", FORMATS, "mermaid") == (fits or ["mermaid"])[0]
    else:
        with pytest.raises(WrongExtension, match="svg"):
            format_for(f"x{extension}", FORMATS, "mermaid")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("graph alexnet -o x.jpg", "png (.png)"),
        ("graph alexnet -o x.EPS", "pdf (.pdf)"),
        ("graph alexnet --format svg -o x.png", "the format is svg"),
        ("graph alexnet --format dot -o x.svg", "the format is dot"),
        ("report alexnet -o x.pdf", "open it in a browser"),
        ("schema -o x.yaml", "the format is json"),
    ],
)
def test_no_file_has_the_ending_of_another_format(words: str, hint: str, tmp_path: Path) -> None:
    ran = cnncalc(*words.split(), cwd=tmp_path)
    assert ran.returncode == 2 and hint in ran.stderr and not list(tmp_path.iterdir())


# The package


def test_all_public_names_are_listed() -> None:
    """Before any of them is accessed, as in a fresh interpreter with completion."""
    code = "import cnncalc, sys; names = dir(cnncalc); print(set(cnncalc.__all__) <= set(names))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "True\n"
    assert issubclass(Error, Exception) and set(package.__all__) <= set(dir(package))
