"""The bench runs.  What it measures is asserted nowhere: times are a matter of the machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bench.measure import alternate, python
from bench.table import Section, held, markdown, megabytes, milliseconds, times

from .support import processes

SMALLEST = ("--rounds", "1", "--largest", "100", "--no-peers")


def bench(*arguments: str) -> str:
    ran = processes.python("-m", "bench", *arguments)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_a_small_run_between_the_marks_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "before\n<!-- figures -->\nold\n<!-- end of figures -->\nbehind\n", encoding="utf-8"
    )
    assert bench(*SMALLEST, "--into", str(page)) == ""
    text = page.read_text("utf-8")
    assert text.startswith("before\n<!-- figures -->\n") and text.endswith(
        "<!-- end of figures -->\nbehind\n"
    )
    assert "old" not in text
    headings = ["The machine", "Start-up", "Parse and analysis in a process", "Where the time goes"]
    headings += [
        "The collection",
        "Differences of large networks",
        "Many files",
        "Growth: written layers",
        "Growth: repeated layers",
    ]
    assert [line[4:] for line in text.splitlines() if line.startswith("### ")] == headings
    assert (
        text.count(": ok") + text.count(": over") >= 3 * 2 + 2 + 1 + 5
    )  # of commands, parse and analysis, the collection


def test_a_page_without_marks_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no marks", encoding="utf-8")
    with pytest.raises(AssertionError, match="has no <!-- figures -->"):
        bench(*SMALLEST, "--into", str(page))


def test_memory_is_the_child_s_own() -> None:
    """A process that holds 50 MB more peaks 50 MB higher, and a small one lies below what runs these tests."""
    found = alternate({"small": python("pass"), "large": python("held = b'x' * 50_000_000")}, 1)
    assert 48e6 < found["large"].peak - found["small"].peak < 52e6
    assert 1e6 < found["small"].peak < 20e6


def test_variables_that_slow_a_start_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    alternate({"": python("import sys; sys.exit(sys.dont_write_bytecode)")}, 1)


def test_a_command_that_fails_is_no_figure() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        alternate({"": python("raise SystemExit(3)")}, 1)


def test_how_figures_are_written() -> None:
    assert (milliseconds(0.0123), milliseconds(1.5)) == ("12.3 ms", "1,500 ms")
    assert (megabytes(25e6), times(1.234)) == ("25.0 MB", "1.23")
    assert (held(1.5, 1.5), held(21, 20, " ms")) == ("1.5: ok", "20 ms: over")
    assert (
        markdown(Section("H", ("a", "b"), [("1", "2")]))
        == "### H\n\n| a | b |\n| :-- | --: |\n| 1 | 2 |\n"
    )
