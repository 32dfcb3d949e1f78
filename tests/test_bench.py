"""The bench runs. No test asserts its figures: times depend on the machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bench.measure import alternate, python
from bench.table import FigureTable, markdown, megabytes, milliseconds, times, within

from .support import processes

SMALLEST = ("--rounds", "1", "--largest", "100", "--no-peers")


def bench(*arguments: str) -> str:
    ran = processes.python("-m", "bench", *arguments)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_a_small_run_between_the_marks_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "before\n<!-- figures -->\nstale\n<!-- end of figures -->\nafter\n", encoding="utf-8"
    )
    assert bench(*SMALLEST, "--into", str(page)) == ""
    text = page.read_text("utf-8")
    assert text.startswith("before\n<!-- figures -->\n") and text.endswith(
        "<!-- end of figures -->\nafter\n"
    )
    assert "stale" not in text
    headings = [
        "The machine",
        "Start-up",
        "Parse and analysis in a process",
        "The Python API",
        "Import of a PyTorch model",
        "Where the time goes",
        "The collection",
        "Sweeps",
        "Sweeps that keep little",
        "Differences of large networks",
        "Many files",
        "ONNX files",
        "Live",
        "Growth: written layers",
        "Growth: repeated layers",
    ]
    assert [line[4:] for line in text.splitlines() if line.startswith("### ")] == headings
    # Commands, parse and analysis, the Python API, the collection.
    assert text.count(": ok") + text.count(": over") >= 3 * 2 + 2 + 1 + 1 + 5


def test_only_some_tables_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    start = "before\n<!-- figures -->\n\n### Live\n\nkept\n\n### "
    page.write_text(f"{start}ONNX files\n\nstale\n\n<!-- end of figures -->\n", encoding="utf-8")
    bench(*SMALLEST, "--only", "model-files", "--into", str(page))
    text = page.read_text("utf-8")
    assert text.startswith(f"{start}ONNX files\n\nresnet152.onnx is")
    assert text.endswith("|\n\n<!-- end of figures -->\n") and "stale" not in text


def test_a_page_without_marks_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no marks", encoding="utf-8")
    with pytest.raises(AssertionError, match="has no <!-- figures -->"):
        bench(*SMALLEST, "--into", str(page))


def test_memory_is_the_child_s_own() -> None:
    """50 MB more raise the peak by 50 MB, and a small process peaks below that of the tests."""
    found = alternate({"small": python("pass"), "large": python("held = b'x' * 50_000_000")}, 1)
    assert 48e6 < found["large"].peak - found["small"].peak < 52e6
    assert 1e6 < found["small"].peak < 20e6


def test_variables_that_slow_a_start_are_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    alternate({"": python("import sys; sys.exit(sys.dont_write_bytecode)")}, 1)


def test_a_failing_command_gives_no_figure() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        alternate({"": python("raise SystemExit(3)")}, 1)


def test_how_figures_are_written() -> None:
    assert (milliseconds(0.0123), milliseconds(1.5)) == ("12.3 ms", "1,500 ms")
    assert (megabytes(25e6), times(1.234)) == ("25.0 MB", "1.23")
    assert (within(1.5, 1.5), within(21, 20, " ms")) == ("1.5: ok", "20 ms: over")
    table = markdown(FigureTable("H", ("a", "b"), [("1", "2")]))
    assert table == "### H\n\n| a | b |\n| :-- | --: |\n| 1 | 2 |\n"
