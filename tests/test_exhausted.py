"""A command that runs out of memory or of stack: one message, exit code 2, no traceback."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc.cli import main, show

from .support.paths import ROOT
from .support.processes import ENVIRONMENT, PATIENCE


@pytest.mark.parametrize(
    ("error", "message"),
    [(MemoryError(), "out of memory"), (RecursionError(), "nested too deeply")],
)
def test_one_message(
    error: BaseException,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(show, "parse_source", fail)
    assert main.execute(["show", "lenet5"]) == 2
    assert capsys.readouterr() == ("", f"cnncalc: {message}\n")


def test_little_memory(tmp_path: Path) -> None:
    """Reading a file of 4 MB takes more than 100 MB: with fewer, there is no traceback."""

    def with_little_memory() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (100 << 20, 100 << 20))

    path = tmp_path / "x.yaml"
    path.write_text("input: 3x8x8\nlayers:\n" + "- relu\n" * 90_000 + "# comment\n" * 300_000)
    ran = subprocess.run(
        [sys.executable, "-m", "cnncalc", "show", str(path)],
        capture_output=True,
        timeout=PATIENCE,
        encoding="utf-8",
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        preexec_fn=with_little_memory,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (2, "cnncalc: out of memory\n")
