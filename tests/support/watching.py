"""A process of `cnncalc ... --watch`, and what it has printed so far."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select

from .paths import ROOT
from .processes import ENVIRONMENT, PATIENCE, interrupt

SETTINGS = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
SECONDS_BETWEEN_LOOKS = 0.01


class WatchingProcess:
    """A command that watches files in a folder."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.outputs = [folder / f".printed-{number}" for number in (1, 2)]
        self.seen = [0, 0]
        with self.outputs[0].open("wb") as out, self.outputs[1].open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cnncalc", *words, "--watch"],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env={**ENVIRONMENT, **SETTINGS},
                start_new_session=True,  # Ctrl-C is for a group of processes
            )

    def next(self) -> tuple[str, str]:
        """What a run of the command prints, on both streams, up to the line that ends it."""
        for _ in range(round(PATIENCE / SECONDS_BETWEEN_LOOKS)):
            errors = self.new_text(1)
            if errors.endswith("\n") and errors.splitlines()[-1].startswith("watching "):
                output = self.new_text(0)
                self.seen = [path.stat().st_size for path in self.outputs]
                return output, errors
            assert self.process.poll() is None, errors
            time.sleep(SECONDS_BETWEEN_LOOKS)
        raise AssertionError(f"nothing was printed but {errors}")

    def new_text(self, stream: int) -> str:
        return self.outputs[stream].read_bytes()[self.seen[stream] :].decode()

    def end(self) -> int:
        """Press Ctrl-C; the exit code."""
        interrupt(self.process)
        assert "Traceback" not in self.outputs[1].read_text()
        return self.process.returncode


@contextmanager
def watching(folder: Path, *words: str) -> Iterator[WatchingProcess]:
    """Run a command until the end of the `with` statement, where Ctrl-C must end it with 130."""
    started = WatchingProcess(folder, *words)
    try:
        yield started
        assert started.end() == 130
    finally:
        if started.process.poll() is None:
            started.process.kill()
            started.process.wait()


class TerminalProcess:
    """A command in a terminal."""

    def __init__(self, *words: str) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cnncalc", *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**ENVIRONMENT, **SETTINGS, "TERM": "xterm-256color"},
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> TerminalProcess:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)

    def until(self, text: str) -> str:
        """What is printed up to a text and the end of its line."""
        printed = ""
        while text not in printed or not printed.endswith("\n"):
            assert select([self.master], [], [], PATIENCE)[0], printed
            printed += os.read(self.master, 65536).decode().replace("\r\n", "\n")
        return printed

    def press_interrupt(self) -> None:
        """Press Ctrl-C, which must end the process with 130."""
        interrupt(self.process)
        assert self.process.returncode == 130
