"""Configurations and baselines of strangers: bounded work, and one clear message."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc.check.baseline import MAX_NUMBER
from cnncalc.check.configuration import configuration_in
from cnncalc.limits import MAX_CONFIGURATION_BYTES, MAX_CONFIGURATION_KEY_PARTS

from .support.networks import SMALL
from .support.paths import ROOT
from .support.processes import ENVIRONMENT, PATIENCE, cnncalc

TABLE = "[tool.cnncalc]\n"
KEY = ".".join("a" * MAX_CONFIGURATION_KEY_PARTS)


def configured(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """`check` of a small network with this `pyproject.toml`, within the limits of `limited`."""
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    (folder / "a.yaml").write_text(SMALL, encoding="utf-8")
    return cnncalc("check", "a.yaml", cwd=folder, is_limited=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{TABLE}x = {'1' * 5000}\n", "2:5: error: a number of too many digits"),
        (f"a = 1\n{TABLE}b.{KEY} = 1\n", "3:1: error: a key of more than 16 parts"),
        (f"{TABLE}[{' . '.join(['a'] * 9000)}]\n", "2:2: error: a key of more than 16 parts"),
        (f"{TABLE}x = {{'a' .\"b\" . {KEY} = 1}}\n", "2:6: error: a key of more than 16 parts"),
        (f"{TABLE}x = {'[' * 5000}\n", "1:1: error: not TOML: nested too deeply"),
        (f"{TABLE}{'k' * 100_000} = 1\n", f"error: unknown key `{'k' * 60}`"),
    ],
    ids=["digits", "key", "header", "inline table", "nesting", "long key"],
)
def test_configurations_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    ran = configured(tmp_path, text)
    assert ran.returncode == 2 and message in ran.stderr


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 200_000,
        "tool" * 100_000,
        "tool " * 100_000,
        "cnncalc " * 60_000,
        f"{TABLE}select = ['all']\n[x]\n{KEY[2:]} = '{'a.' * 30}'  # {'a.' * 30}\n",
        f'{TABLE}[x]\ns = """\n{"a." * 30}\n""{"a." * 30}"""\nt = \'\'\'{"a." * 30}\'\'\'\n',
        f"{TABLE}exclude = {['*a' * 40 + 'b'] * 1000}\n",
    ],
    ids=["blank lines", "words", "spaces", "names", "dots in strings", "strings", "patterns"],
)
def test_configurations_that_are_read(tmp_path: Path, text: str) -> None:
    ran = configured(tmp_path, text)
    assert ran.returncode in (0, 1) and not ran.stderr, ran.stderr


def test_large_configurations(tmp_path: Path) -> None:
    text = TABLE + "#" * MAX_CONFIGURATION_BYTES
    ran = configured(tmp_path, text)
    assert ran.returncode == 2 and "larger than 500,000 bytes" in ran.stderr
    assert configured(tmp_path, text[len(TABLE) :]).returncode in (0, 1)  # without the table


@pytest.mark.parametrize(
    "text",
    [
        "[tool.cnncalc]\nignore = ['all']",
        "[ tool . 'cnncalc' ]\nignore = ['all']",
        "[tool]\ncnncalc.ignore = ['all']",
        "tool = {cnncalc = {ignore = ['all']}}",
        "tool.cnncalc = {ignore = ['all']}",
    ],
)
def test_spellings_of_the_table(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    found = configuration_in(str(tmp_path / "pyproject.toml"))
    assert found is not None and found.ignore == ("all",)


# Baselines


def baseline_with(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "a.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "b.json").write_text(text, encoding="utf-8")
    return cnncalc("check", "a.yaml", "--isolated", "--baseline", "b.json", cwd=folder)


def baseline_text(**numbers: int) -> str:
    """A baseline of the small network with some numbers replaced."""
    folder = Path("x.yaml")
    names = ("params", "macs", "flops", "buffers", "weight_bytes", "peak_bytes", "depth")
    network = {**dict.fromkeys(names, 10**9), "output": "8x6x6", **numbers}
    return json.dumps({"schema": "cnncalc/baseline/1", "networks": {str(folder): {"": network}}})


@pytest.mark.parametrize("number", [-1, MAX_NUMBER, -(10**4299)])
def test_numbers_that_no_network_has(tmp_path: Path, number: int) -> None:
    ran = baseline_with(tmp_path, baseline_text(flops=number))
    assert ran.returncode == 2 and "b.json is not a baseline" in ran.stderr


def test_a_number_of_too_many_digits(tmp_path: Path) -> None:
    text = baseline_text(flops=123456789).replace("123456789", "9" * 5000)
    ran = baseline_with(tmp_path, text)
    assert ran.returncode == 2 and "b.json is not JSON" in ran.stderr


def test_a_key_that_is_there_twice(tmp_path: Path) -> None:
    text = baseline_text().replace('"depth"', '"params": 1, "depth"')
    ran = baseline_with(tmp_path, text)
    assert ran.returncode == 2
    assert 'b.json has the key "params" twice: remove one of the two entries' in ran.stderr


def test_stale_entries_are_found_at_their_keys(tmp_path: Path) -> None:
    """However many there are, and whether letters are escaped or not."""
    network = json.loads(baseline_text())["networks"]["x.yaml"]
    networks = {f"é{index}.yaml": network for index in range(3000)}
    content = {"schema": "cnncalc/baseline/1", "networks": networks}
    for is_ascii in (True, False):
        ran = baseline_with(tmp_path, json.dumps(content, indent=0, ensure_ascii=is_ascii))
        found = [line for line in ran.stdout.splitlines() if "no longer exists" in line]
        lines = [int(line.split(":")[1]) for line in found]
        assert len(lines) == 3000 and len(set(lines)) == 3000 and min(lines) > 1


def test_updates_of_several_processes_are_all_kept(tmp_path: Path) -> None:
    processes = []
    for index in range(6):
        (tmp_path / f"n{index}.yaml").write_text(SMALL, encoding="utf-8")
        words = ["check", f"n{index}.yaml", "--isolated", "--ignore", "all"]
        words += ["--baseline", "b.json", "--update-baseline"]
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "cnncalc", *words],
                cwd=tmp_path,
                stderr=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
            )
        )
    assert [process.wait(PATIENCE) for process in processes] == [0] * 6
    assert len(json.loads((tmp_path / "b.json").read_text())["networks"]) == 6
    assert not list(tmp_path.glob(".cnncalc*"))


def test_a_configuration_does_not_place_a_baseline_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.yaml").write_text(SMALL, encoding="utf-8")
    path = tmp_path / "tree" / "pyproject.toml"
    path.write_text(f'{TABLE}baseline = "../outside.json"\nignore = ["all"]\n')
    ran = cnncalc("check", "a.yaml", "--update-baseline", cwd=tmp_path / "tree")
    assert ran.returncode == 2 and "not in the folder of the configuration" in ran.stderr
    assert not (tmp_path / "outside.json").exists()
    words = ("check", "a.yaml", "--baseline", "../outside.json", "--update-baseline")
    assert cnncalc(*words, cwd=tmp_path / "tree").returncode == 0
    assert cnncalc("check", "a.yaml", cwd=tmp_path / "tree").returncode == 0


def test_without_docstrings(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL, encoding="utf-8")
    for form in ("sarif", "gitlab", "text"):
        ran = subprocess.run(
            [sys.executable, "-OO", "-m", "cnncalc", "check", "a.yaml", "--format", form],
            cwd=tmp_path,
            capture_output=True,
            timeout=PATIENCE,
            env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
            check=False,
        )
        assert ran.returncode in (0, 1) and b"Traceback" not in ran.stderr, ran.stderr
