"""The severities of findings: which make `cnncalc check` fail, and how each format shows them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cnncalc.check.file import check_file
from cnncalc.check.result import CheckResult
from cnncalc.lint.registry import RULES, load_rule
from cnncalc.lint.selection import select_rules
from cnncalc.problem import Severity
from cnncalc.views.check.formats import FORMATS, render

from .support.paths import ROOT
from .support.processes import cnncalc

NOTE = "input: 3x8x8\nlayers:\n  - {conv: 4, kernel: 1}\n  - bn\n"
WARNING = "input: 3x8x8\nvars: {k: 3}\nlayers:\n  - {conv: 4, kernel: 1}\n"
ERROR = "input: 3x8x8\nlayers:\n  - {conv: 4, kernel: 1}\nexpect: {params: 17}\n"
FILES = {"a.yaml": NOTE, "b.yaml": WARNING, "c.yaml": ERROR}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


TEXTBOOK = {
    "the first network of the README": (
        "input: 3x32x32\nlayers:\n  - {conv: 16, kernel: 3, padding: 1}\n  - relu\n"
        "  - {maxpool: 2}\n  - flatten\n  - {linear: 10}\n"
    ),
    # LeCun et al. 1998, as textbooks have it
    "LeNet": (
        "input: 1x28x28\nlayers:\n  - {conv: 6, kernel: 5, padding: 2}\n  - sigmoid\n"
        "  - {avgpool: 2}\n  - {conv: 16, kernel: 5}\n  - sigmoid\n  - {avgpool: 2}\n"
        "  - flatten\n  - {linear: 120}\n  - sigmoid\n  - {linear: 84}\n  - sigmoid\n"
        "  - {linear: 10}\n"
    ),
    # Zhang et al., Dive into Deep Learning, section 8.1
    "AlexNet": (
        "input: 1x224x224\nlayers:\n  - {conv: 96, kernel: 11, stride: 4, padding: 1}\n  - relu\n"
        "  - {maxpool: 3, stride: 2}\n  - {conv: 256, kernel: 5, padding: 2}\n  - relu\n"
        "  - {maxpool: 3, stride: 2}\n  - {conv: 384, kernel: 3, padding: 1}\n  - relu\n"
        "  - {conv: 384, kernel: 3, padding: 1}\n  - relu\n"
        "  - {conv: 256, kernel: 3, padding: 1}\n  - relu\n  - {maxpool: 3, stride: 2}\n"
        "  - flatten\n  - {linear: 4096}\n  - relu\n  - {dropout: 0.5}\n  - {linear: 4096}\n"
        "  - relu\n  - {dropout: 0.5}\n  - {linear: 10}\n"
    ),
    # The same, section 8.5: convolutions have a bias there
    "LeNet with batch norm": (
        "input: 1x28x28\nlayers:\n  - {conv: 6, kernel: 5}\n  - bn\n  - sigmoid\n"
        "  - {avgpool: 2}\n  - {conv: 16, kernel: 5}\n  - bn\n  - sigmoid\n  - {avgpool: 2}\n"
        "  - flatten\n  - {linear: 120}\n  - bn\n  - sigmoid\n  - {linear: 10}\n"
    ),
    "VGG, made for 224x224, at the size of CIFAR": (
        "input: 3x32x32\nlayers:\n  - for: {width: [64, 128, 256, 512, 512]}\n    layers:\n"
        "      - {conv: width, kernel: 3, padding: 1}\n      - relu\n      - {maxpool: 2}\n"
        "  - {conv: 512, kernel: 3, padding: 1}\n  - relu\n  - flatten\n  - {linear: 10}\n"
    ),
    "an autoencoder": (
        "input: 1x28x28\nlayers:\n  - flatten\n  - {linear: 128}\n  - relu\n  - {linear: 32}\n"
        "  - relu\n  - {linear: 128}\n  - relu\n  - {linear: 784}\n  - sigmoid\n"
    ),
}


@pytest.mark.parametrize("name", TEXTBOOK)
def test_textbook_networks_pass(name: str) -> None:
    result = check_file(TEXTBOOK[name].encode(), "a.yaml", select_rules(None, ()))
    assert result is not None
    assert {finding.problem.severity for finding in result.findings} <= {"note"}


def test_the_first_network_of_the_readme_is_the_one_above() -> None:
    block = re.search(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert block and block[1] == TEXTBOOK["the first network of the README"]


def test_severities_of_rules() -> None:
    assert {load_rule(name).severity for name in RULES} == {"warning", "note"}


# Exit codes


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ([], (0, 1, 1)),
        (["--fail-on", "warning"], (0, 1, 1)),
        (["--fail-on", "error"], (0, 0, 1)),
        (["--fail-on", "note"], (1, 1, 1)),
        (["--exit-zero"], (0, 0, 0)),
        (["--exit-zero", "--fail-on", "note"], (0, 0, 0)),
    ],
)
def test_exit_codes(words: list[str], codes: tuple[int, ...], folder: Path) -> None:
    for name, code in zip(FILES, codes, strict=True):
        ran = cnncalc("check", name, *words, cwd=folder)
        assert ran.returncode == code, name
        assert ran.stdout.splitlines()[-1].startswith("1 file, 1 network: 1 ")  # all are shown


def test_exit_zero_does_not_hide_that_a_file_cannot_be_read(folder: Path) -> None:
    ran = cnncalc("check", "a.yaml", "none.yaml", "--exit-zero", cwd=folder)
    assert ran.returncode == 2 and "none.yaml" in ran.stderr


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ([], "bc"),
        (["--fail-on", "error"], "c"),
        (["--fail-on", "note"], "abc"),
        (["--exit-zero"], "bc"),
    ],
)
def test_quiet_prints_what_fails_and_nothing_else(
    words: list[str], shown: str, folder: Path
) -> None:
    ran = cnncalc("check", "--quiet", *words, cwd=folder)
    assert re.findall(r"^(\w).yaml:", ran.stdout, re.MULTILINE) == list(shown)
    assert "1 network" not in ran.stdout and not ran.stderr
    assert ran.returncode == (0 if "--exit-zero" in words else 1)


def test_quiet_prints_nothing_if_nothing_fails(folder: Path) -> None:
    ran = cnncalc("check", "--quiet", "a.yaml", cwd=folder)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_quiet_leaves_files_complete(folder: Path) -> None:
    words = ("--output", "text", "--output", "json=all.json")
    shown = cnncalc("check", "--quiet", *words, cwd=folder).stdout
    assert "b.yaml:2" in shown and "a.yaml" not in shown
    assert json.loads((folder / "all.json").read_text())["findings"] == 3
    found = json.loads(cnncalc("check", "--quiet", "--format", "json", cwd=folder).stdout)
    assert (found["findings"], found["errors"], found["warnings"], found["notes"]) == (2, 1, 1, 0)


# Formats

SHOWN = {
    "text": ["1: note: ", "1: warning: ", "1: error: "],
    "json": ['"severity": "note"', '"severity": "warning"', '"severity": "error"'],
    "github": ["::notice file=a.yaml", "::warning file=b.yaml", "::error file=c.yaml"],
    "gitlab": ['"severity": "info"', '"severity": "minor"', '"severity": "major"'],
    "sarif": ['"level": "note",\n', '"level": "warning",\n', '"level": "error",\n'],
    "junit": ["<system-out>note: ", '<failure type="warning"', '<failure type="error"'],
    "markdown": ["| note | a.yaml", "| warning | b.yaml", "| error | c.yaml"],
}


def result_of(*names: str) -> CheckResult:
    rules = select_rules(None, ())
    found = [check_file(FILES[name].encode(), name, rules) for name in names]
    return CheckResult(tuple(entry for entry in found if entry), rules)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_shows_the_severity(form: str) -> None:
    for index, name in enumerate(FILES):
        text = re.sub(r"^[a-c]\.yaml:\d+:\d+:", "1:", render(form, result_of(name)))
        assert [shown in text for shown in SHOWN[form]] == [at == index for at in range(3)]


@pytest.mark.parametrize(("fail_on", "failures"), [("error", 1), ("warning", 2), ("note", 3)])
def test_junit_fails_on_what_fails(fail_on: Severity, failures: int) -> None:
    """A platform shows a pipeline with failing cases as failed, so notes pass."""
    suites = ElementTree.fromstring(render("junit", result_of(*FILES)._replace(fail_on=fail_on)))
    assert (suites.get("tests"), suites.get("failures")) == ("3", str(failures))
    assert len(suites.findall(".//failure")) == failures


# Configuration


def check_with(folder: Path, table: str, *words: str) -> list[tuple[str, str]]:
    """The severity and the rule of each finding."""
    (folder / "pyproject.toml").write_text(f"[tool.cnncalc]\n{table}\n")
    ran = cnncalc("check", *words, cwd=folder)
    assert ran.returncode in (0, 1), ran.stderr
    return re.findall(r": (\w+): .* \[([\w-]+)\]$", ran.stdout, re.MULTILINE)


BIAS, UNUSED = "bias-before-norm", "unused-variable"
NOTED, WARNED, EXPECT = ("note", BIAS), ("warning", UNUSED), ("error", "expect")


@pytest.mark.parametrize(
    ("table", "words", "found"),
    [
        ("", [], [NOTED, WARNED, EXPECT]),
        (
            f'severity = {{{BIAS} = "error", {UNUSED} = "note"}}',
            [],
            [("error", BIAS), ("note", UNUSED), EXPECT],
        ),
        (f'[tool.cnncalc.severity]\n{BIAS} = "off"', [], [WARNED, EXPECT]),
        (f'severity = {{{BIAS} = "off"}}', ["--select", f"{BIAS},{UNUSED}"], [WARNED, EXPECT]),
        (f'severity = {{{BIAS} = "error"}}', ["--ignore", BIAS], [WARNED, EXPECT]),
        (f'severity = {{{BIAS} = "error"}}', ["--isolated"], [NOTED, WARNED, EXPECT]),
        (f'severity = {{{BIAS} = "error"}}', ["--select", UNUSED], [WARNED, EXPECT]),
        # A severity enables a rule that is disabled by default
        ('severity = {missing-expect = "error"}', ["a.yaml"], [("error", "missing-expect"), NOTED]),
        (f'select = ["{BIAS}"]\nseverity = {{missing-expect = "error"}}', ["a.yaml"], [NOTED]),
    ],
)
def test_severities_of_a_configuration(
    table: str, words: list[str], found: list[tuple[str, str]], folder: Path
) -> None:
    assert check_with(folder, table, *words) == found


def test_fail_on_of_a_configuration(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.cnncalc]\nfail-on = "error"\n')
    assert cnncalc("check", "b.yaml", cwd=folder).returncode == 0
    assert cnncalc("check", "b.yaml", "--fail-on", "warning", cwd=folder).returncode == 1
    assert cnncalc("check", "b.yaml", "--isolated", cwd=folder).returncode == 1


@pytest.mark.parametrize(
    ("table", "place", "hint"),
    [
        ('severity = {unusd-block = "note"}', "2:13", "did you mean `unused-block`?"),
        ('severity = {unused-block = "warnin"}', "2:13", "did you mean `warning`?"),
        ('severity = {expect = "note"}', "2:13", "there is no rule `expect`"),
        ("severity = {unused-block = 1}", "2:13", "is one of error, warning, note, off"),
        ('severity = "note"', "2:1", "is a table of rules"),
        ('fail-on = "off"', "2:1", "is one of error, warning, note"),
        ("fail-on = [1]", "2:1", "is one of error, warning, note"),
    ],
)
def test_errors_in_a_configuration(table: str, place: str, hint: str, folder: Path) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.cnncalc]\n{table}\n")
    ran = cnncalc("check", cwd=folder)
    assert ran.returncode == 2 and not ran.stdout
    assert ran.stderr.startswith(f"pyproject.toml:{place}: error: ") and hint in ran.stderr


# The list of rules


def listed_rules(folder: Path, *words: str) -> dict[str, str]:
    """The severity of each rule."""
    ran = cnncalc("check", "--list-rules", *words, cwd=folder)
    assert ran.returncode == 0 and "A bias that the norm after it cancels" in ran.stdout
    return {line.split()[0]: line.split()[1] for line in ran.stdout.splitlines()}


def test_list_of_rules(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(
        f'[tool.cnncalc]\nseverity = {{{BIAS} = "error", {UNUSED} = "off"}}\n'
    )
    listed = listed_rules(folder)
    assert list(listed) == list(RULES) and listed[BIAS] == "error"
    assert {name for name in listed if listed[name] == "off"} >= {UNUSED, "missing-expect"}
    listed = listed_rules(folder, "--isolated", "--select", BIAS)
    assert listed == {name: "note" if name == BIAS else "off" for name in RULES}


@pytest.mark.parametrize("words", [["a.yaml"], ["--fix"], ["--format", "json"], ["--quiet"]])
def test_list_of_rules_refuses_options_without_effect(words: list[str], folder: Path) -> None:
    ran = cnncalc("check", "--list-rules", *words, cwd=folder)
    assert ran.returncode == 2 and "--list-rules checks nothing" in ran.stderr
