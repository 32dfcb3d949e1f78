"""Nothing in a file, its name or an option acts on the log, the terminal or a spreadsheet.

Every command runs in every format, with every option, on files of hostile text; what it prints goes
through a model of the runner's log.  Commands, formats and options come from the command line
itself, so that a new one is tested as soon as it exists.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import pytest

import cnncalc
from cnncalc.cli.help import PAGES
from cnncalc.cli.main import COMMANDS as ALL_COMMANDS
from cnncalc.cli.main import execute, main
from cnncalc.cli.terminal import prepare_streams
from cnncalc.escape import SINKS, escape_sequence, guarded, safe
from cnncalc.views.conversion import CONVERSIONS

from .support.hostile import (
    BROKEN,
    HOSTILE,
    IN_FILES,
    NAMES,
    broken_text,
    write_hostile_files,
)
from .support.paths import ROOT
from .support.processes import PATIENCE, bare, terminal
from .support.pt2 import document, write_pt2
from .support.runner_log import is_annotation, log_commands

COMMANDS = [name for name in ALL_COMMANDS if name != "lsp"]
"""Not the server, which speaks a protocol: tests/test_lsp.py."""

ARGUMENTS = {
    "check": ["."],
    "list": ["lenet"],
    "devices": ["stm32f746"],
    "layer": ["conv", "3x8x8", "4", "kernel=3"],
    "new": ["net"],
    "help": ["show"],
    "completion": ["bash"],
    "schema": [],
    "import": ["hostile.pt2"],
}
"""The arguments of a command that takes no network; others get files of hostile text."""
EXTRA = {
    "report": ["-o", "-"],
    "new": ["--force"],
    "export": ["--to", "pytorch"],
    "sweep": ["--over", "resolution=28,32"],
    "fit": ["--vary", "resolution=28,32", "--under", "params=1M"],
}
TWO_NETS = ("diff", "compare")


def command_of(name: str) -> click.Command:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    return command


def options_of(name: str) -> list[click.Option]:
    return [one for one in command_of(name).params if isinstance(one, click.Option)]


def formats_of(name: str) -> list[list[str]]:
    """The options that select each format; none for a command with a single one."""
    option = next((one for one in options_of(name) if "--format" in one.opts), None)
    if option is None:
        return [[]]
    assert isinstance(option.type, click.Choice)
    forms = [form for form in option.type.choices if form not in CONVERSIONS]
    return [["--format", form] for form in forms]  # PDF and PNG are made of the SVG


class Ran:
    """What a command wrote."""

    def __init__(self, code: int, out: bytes, err: bytes, encoding: str) -> None:
        self.code, self.out, self.err = code, out.decode(encoding, "replace"), err.decode(encoding)


def ran(monkeypatch: pytest.MonkeyPatch, *words: str, encoding: str = "utf-8") -> Ran:
    """Run the command line in this process, as the console script does."""
    streams = [io.BytesIO(), io.BytesIO()]
    out, err = (io.TextIOWrapper(stream, encoding, write_through=True) for stream in streams)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    prepare_streams()
    code = execute(words)
    out.flush()
    return Ran(code, streams[0].getvalue(), streams[1].getvalue(), encoding)


def assert_harmless(found: Ran, form: str = "") -> None:
    for text in (found.out, found.err):
        is_github = form == "github" and text is found.out
        acting = [line for line in log_commands(text) if not (is_github and is_annotation(line))]
        assert acting == []
        controls = {char for char in bare(text) if safe(char) != char and char not in "\n\t"}
        assert controls == set()


@pytest.fixture
def nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    write_pt2(tmp_path / "hostile.pt2", document(HOSTILE))
    return write_hostile_files(tmp_path)


def arguments(name: str, nets: list[str]) -> Iterator[list[str]]:
    """Arguments with which a command prints what is in each of the files."""
    if name in ARGUMENTS:
        yield ARGUMENTS[name]
        return
    for one, other in zip([*nets, BROKEN], [nets[-1], *nets], strict=True):
        yield [one, other] if name in TWO_NETS else [one]


CASES = [(name, words) for name in COMMANDS for words in formats_of(name)]


@pytest.mark.parametrize(("name", "form"), CASES, ids=lambda one: "".join(one[1:] or [""]))
def test_every_format(
    name: str, form: list[str], nets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in arguments(name, nets):
        found = ran(monkeypatch, name, *form, *EXTRA.get(name, []), "--", *words)
        assert_harmless(found, "".join(form[1:]))
        if name in ARGUMENTS:
            assert found.code in (0, 1)
            continue
        assert found.code == (1 if BROKEN in words else 0), found.err
        if found.code == 0:
            assert_readable(name, "".join(form[1:]), found.out, words[0])


def assert_readable(name: str, form: str, text: str, file: str) -> None:
    """A format for machines can be read, and contains the text of the file."""
    title = file.removesuffix(".cnn.yaml").replace("\u2215", "/")
    if SINKS.get(form) is SINKS["json"]:
        strings = set(strings_in(json.loads(text)))
        assert title in strings or file in strings or name == "explain"
        if name == "show":
            assert set(NAMES) <= strings and set(IN_FILES) <= strings
    elif form == "csv":
        rows = list(csv.reader(io.StringIO(text)))
        assert len({len(row) for row in rows}) == 1
        if name == "show":
            cells = {cell.replace("'", "") for row in rows for cell in row}
            assert {safe(text).replace("'", "") for text in NAMES} <= cells
    elif form in ("svg", "junit"):
        ElementTree.fromstring(text)
    elif form == "markdown" and name != "layer":
        assert "<script" not in text and "https://" not in text and "www." not in text.lower()


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield key
            yield from strings_in(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from strings_in(entry)


@pytest.mark.parametrize(("name", "form"), CASES, ids=lambda one: "".join(one[1:] or [""]))
def test_a_file_name_that_is_not_text(
    name: str, form: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = os.fsdecode(b"\xff\x1b[31m.yaml")
    Path(file).write_text("input: 3x8x8\nlayers: [relu]\n")
    words = [file, file] if name in TWO_NETS else [file]
    found = ran(monkeypatch, name, *form, *EXTRA.get(name, []), "--", *words)
    assert found.code == 0 or name in ARGUMENTS
    assert_harmless(found, "".join(form[1:]))


# Options

WORDS = ("::error::x", "\u00a0::error::x ##[error]y", "\x1b]0;x\x07\n::error::z")


def option_lines(option: click.Option) -> list[list[str]]:
    """An option with each of its choices, or with hostile values."""
    name = option.opts[-1]
    if option.is_flag:
        return [[name]]
    choices = option.type.choices if isinstance(option.type, click.Choice) else ()
    values = [*choices, *WORDS]
    if name in ("--set", "--input"):
        values += [f"{word}=3" for word in WORDS]
    return [[name, value] for value in values]


ENDLESS = "--watch"  # ends by Ctrl-C alone: tests/test_watch.py
OPTIONS = [
    (name, option) for name in COMMANDS for option in options_of(name) if ENDLESS not in option.opts
]


@pytest.mark.parametrize(
    ("name", "option"), OPTIONS, ids=[f"{name}{option.opts[-1]}" for name, option in OPTIONS]
)
def test_every_option(
    name: str, option: click.Option, nets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = nets[1:2] if name == "check" else [*arguments(name, nets)][-1]
    extra = [] if "--output" in option.opts else EXTRA.get(name, [])
    for line in option_lines(option):
        found = ran(monkeypatch, name, *extra, *line, "--", *words)
        assert found.code in (0, 1, 2)
        assert_harmless(found, line[-1])


@pytest.mark.parametrize("word", [*WORDS, "\x1b[31m", " ", "\u3164"])
@pytest.mark.parametrize("name", ["", *ALL_COMMANDS])
def test_a_hostile_argument(
    name: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in ([word], [word, word], [f"--{word}"], ["--", f"-{word}"]):
        assert_harmless(ran(monkeypatch, *([name] if name else []), *words))


# Other ways out


def test_fixes(nets: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines around a fix are text of the file, too."""
    for name in nets:
        Path(name).write_text(Path(name).read_text("utf-8").partition("expect:")[0], "utf-8")
    found = ran(monkeypatch, "check", "--diff", "--", *nets[:3])
    assert "+  - {conv: 4, kernel: 1, bias: false}" in found.out and "\\x3a:error" in found.out
    assert_harmless(found)
    found = ran(monkeypatch, "check", "--fix", "--", *nets)
    assert "fixed: " in found.err
    assert_harmless(found)


def test_baseline_and_configuration(nets: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (["--update-baseline"], ["--select", "all"], []):
        assert_harmless(ran(monkeypatch, "check", "--baseline", "##[error]x", *words, *nets[:3]))
    for text in ('[tool.cnncalc]\n"::error::x" = 1\n', '[tool.cnncalc]\nignore = ["##[error]"]\n'):
        Path("pyproject.toml").write_text(text)
        found = ran(monkeypatch, "check", *nets[:1])
        assert found.code == 2
        assert_harmless(found)


def test_git_external_diff(nets: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Git gives the command the path in the repository, which may be any."""
    hash = "0" * 40
    Path("large").write_bytes(b" " * 5_100_000)
    for path in (*nets, "\x1b]0;x\x07\n::error::y", "large"):
        for file in (path, "large"):
            assert_harmless(
                ran(monkeypatch, "diff", "--", path, file, hash, "100644", file, hash, "100644")
            )


def test_textconv(nets: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*nets, BROKEN):
        assert_harmless(ran(monkeypatch, "diff", "--textconv", "--", name))


def test_what_python_prints(nets: list[str]) -> None:
    for name in nets:
        report = cnncalc.analyse(cnncalc.load(name))
        values = (cnncalc.load(name), report, *report.layers, *report.groups)
        for text in (*map(repr, values), report._repr_html_()):
            assert safe(text) == text


def test_the_page_is_not_changed_by_its_guard(
    nets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its scripts have hashes."""
    pages: list[str] = []
    monkeypatch.setattr("cnncalc.cli.report.write_output", lambda page, *_: pages.append(page))
    assert ran(monkeypatch, "report", *nets[:2], "-o", "-").code == 0
    assert [guarded(page, "html") for page in pages] == pages and pages


def test_a_broken_file_breaks_in_many_ways() -> None:
    from cnncalc.parser import parse

    rules = {problem.rule for problem in parse(broken_text().encode(), "x.yaml").problems}
    assert {"unknown-layer", "unknown-argument", "expression", "reference", "bad-name"} <= rules


# Encodings


TOPICS = [topic for topic in PAGES if not topic.endswith(".ko")]
BUNDLED = {"report": ["lenet5", "alexnet"], "diff": ["lenet5", "alexnet"], "check": ["lenet5"]}


@pytest.mark.parametrize(("name", "form"), CASES, ids=lambda one: "".join(one[1:] or [""]))
def test_ascii_in_every_format(
    name: str, form: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the commands themselves print has ASCII in place of arrows, bars and ellipses."""
    monkeypatch.chdir(tmp_path)
    write_pt2(tmp_path / "hostile.pt2", document(["stem", "body"]))
    words = BUNDLED.get(name) or ARGUMENTS.get(name, ["lenet5"])
    for line in [[topic] for topic in TOPICS] if name == "help" else [words]:
        arguments = (name, *form, *EXTRA.get(name, []), "--", *line)
        full, found = (ran(monkeypatch, *arguments, encoding=one) for one in ("utf-8", "ascii"))
        assert found.code == full.code == 0 and not found.err.count("\\")
        if name not in ("report", "schema") and form[1:] != ["json"]:  # UTF-8, and escapes of JSON
            signs = {char for char in full.out if not char.isascii() and not char.isalpha()}
            assert [sign for sign in signs if escape_sequence(sign) in found.out] == []


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg"])
def test_markup_has_references(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.yaml").write_text(
        "input: 3x8x8\nlayers: [{conv: 4, kernel: 1, name: \u4e2d}]\n", "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    found = ran(monkeypatch, "graph", "net.yaml", "--format", form, encoding="ascii").out
    assert "20013;" in found and "\\u4e2d" not in found


def test_json_is_read_in_any_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "\u4e2d\U0001f600\u00e9.yaml"
    (tmp_path / name).write_text("input: 3x8x8\nlayers: [relu]\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    found = ran(monkeypatch, "compare", name, "--format", "json", encoding="ascii").out
    assert name in strings_in(json.loads(found))


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"LANG": "C"}, {}])
def test_a_locale_of_ascii(locale: dict[str, str]) -> None:
    """Python would write UTF-8 there."""
    environment = {"PYTHONPATH": str(ROOT), "FORCE_COLOR": "1", **locale}
    for words in (["show", "alexnet"], ["help", "explain"], ["diff", "lenet5", "alexnet"]):
        ran = subprocess.run(
            [sys.executable, "-m", "cnncalc", *words],
            env=environment,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
        assert ran.stdout.isascii() and b"\\u" not in ran.stdout


def test_a_terminal_of_ascii() -> None:
    for words in (["show", "alexnet"], ["help", "explain"], ["help", "columns"]):
        text = terminal(*words, columns=100, LC_ALL="C", PYTHONIOENCODING="")
        assert text.isascii() and "\\u" not in text
