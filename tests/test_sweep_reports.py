"""What a sweep says beforehand, when it is interrupted, and when it cannot be written."""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnncalc.cli import sweep_size
from cnncalc.cli.sweep_kept import write_kept
from cnncalc.cli.sweep_output import Output
from cnncalc.parser import Request
from cnncalc.sweep.job import Job, Row, RowChunk
from cnncalc.sweep.manifest import Manifest
from cnncalc.sweep.objectives import Objective
from cnncalc.sweep.space import parse_axes
from cnncalc.views.style import Style

from .support.paths import ROOT
from .support.processes import ENVIRONMENT, cnncalc, interrupt

NET = (
    "input: 3x32x32\nvars: {width: 8, resolution: 3}\nlayers: [{conv: width, kernel: resolution}]\n"
)
TWO = "input: {left: 3x8x8, right: 3x8x8}\nlayers: [{add: [left, right]}]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(NET)
    (tmp_path / "two.yaml").write_text(TWO)
    return tmp_path


def test_a_variable_that_hides_an_axis(folder: Path) -> None:
    expected = "resolution is a variable of net.yaml: it varies, not the size of the input\n"
    for words in (
        ("sweep", "net.yaml", "--over", "resolution=1,3"),
        ("fit", "net.yaml", "--vary", "resolution=1,3", "--under", "macs=1G"),
    ):
        ran = cnncalc(*words, cwd=folder)
        assert (ran.returncode, ran.stderr) == (0, expected)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("net.yaml", "--over", "width="), "width: an empty value"),
        (("net.yaml", "--over", "width=9..1"), "width: `9..1` is empty"),
        (("net.yaml", "--over", "width=0.5..1.5"), "width has no step"),
        (
            ("net.yaml", "--over", "width=1", "-o", "no/x.csv"),
            "cannot write no/x.csv: No such file",
        ),
        (("net.yaml", "--over", "width=1", "-o", "no/x.json"), "cannot write no/x.json"),
        (("net.yaml", "two.yaml", "--over", "width=1"), "sweep takes one network, found"),
    ],
)
def test_what_is_refused(folder: Path, words: tuple[str, ...], message: str) -> None:
    ran = cnncalc("sweep", *words, cwd=folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert message in " ".join(ran.stderr.split())


def test_the_resolution_of_several_inputs(folder: Path) -> None:
    ran = cnncalc("sweep", "two.yaml", "--over", "resolution=8,16", cwd=folder)
    assert "2 invalid (the first: resolution=8: " in " ".join(ran.stdout.split())


def test_the_size_is_stated_beforehand(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_size, "MANY_ROWS", 1000)
    axes = tuple(parse_axes(["width=1..3000"]).items())
    job = Job(NET.encode(), "net.yaml", Request(), 1, axes, ({},), None, 0, ("macs", "params"))
    path = folder / "out.csv"
    words = ("--over", "width=1..3000", "--columns", "macs,params", "-o", "out.csv")
    cnncalc("sweep", "net.yaml", *words, cwd=folder)
    text = sweep_size.size_statement(job, 0, 3000, str(path), 2)
    assert text is not None and text.startswith(f"{path}: 3,000 rows, about ")
    stated = float(text.split("about ")[1].split(" KiB")[0])
    assert stated == pytest.approx(path.stat().st_size / 1024, rel=0.1)
    assert sweep_size.size_statement(job, 0, 1000, str(path), 2) is None


LONG = ("sweep", "net.yaml", "--over", "width=1..4000", "--quiet")


def test_ctrl_c_ends_a_sweep_that_continues(folder: Path) -> None:
    command = [sys.executable, "-m", "cnncalc", *LONG, "-o", "out.csv"]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    state = folder / "out.csv.sweep"
    while process.poll() is None and not state.exists():
        time.sleep(0.02)
    assert interrupt(process).strip() == b""
    assert process.returncode in (0, 130)
    assert cnncalc(*LONG, "-o", "out.csv", cwd=folder).returncode == 0
    whole = cnncalc(*LONG, "--format", "csv", cwd=folder).stdout
    assert (folder / "out.csv").read_text() == whole


def small_files() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))


def test_a_full_disk(folder: Path) -> None:
    """As a limit on the size of files has it; then the sweep is continued."""
    ran = subprocess.run(
        [sys.executable, "-m", "cnncalc", *LONG, "-o", "out.csv"],
        cwd=folder,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        preexec_fn=small_files,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 2
    assert ran.stderr == "cnncalc: cannot write out.csv: File too large\n"
    assert cnncalc(*LONG, "-o", "out.csv", cwd=folder).returncode == 0
    whole = cnncalc(*LONG, "--format", "csv", cwd=folder).stdout
    assert (folder / "out.csv").read_text() == whole


# Memory


def stream(count: int) -> Iterator[RowChunk]:
    """Chunks of rows in which the second number falls as the first one grows and falls."""
    for first in range(0, count, 1000):
        numbers = range(first, first + 1000)
        rows = [Row(one, (str(one),), (one * 7919 % 10007, one * 104729 % 8191)) for one in numbers]
        yield RowChunk(first, first + 1000, tuple(rows), 0, 0, "")


def test_memory_does_not_grow_with_the_rows(folder: Path) -> None:
    kept = Manifest("1", "net.yaml", ("n",), ("macs", "params"), ("macs",))
    front = (Objective("min", "macs"), Objective("min", "params"))
    first = kept._replace(sort=Objective("max", "macs"), top=5)
    for manifest in (kept._replace(objectives=front), first):
        peaks = []
        for count in (5_000, 30_000):
            output = Output("csv", str(folder / "out.csv"), Style())
            tracemalloc.start()
            write_kept(manifest, stream(count), count, output)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[1] < 1.5 * peaks[0]
