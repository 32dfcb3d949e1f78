"""The command line in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from .paths import ROOT

# Seconds. Only a process that hangs takes as long, on however busy a machine: a test that bounds
# the work of a process counts its CPU time (`limited`).
PATIENCE = 600

ENVIRONMENT = {
    key: value
    for key, value in os.environ.items()
    if key not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "CNNCALC_DOCS")
}


def cnncalc(
    *arguments: str,
    cwd: Path | None = None,
    data: bytes | None = None,
    is_limited: bool = False,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run the command line in its own process, with its output on a pipe; perhaps `limited`."""
    ran = subprocess.run(
        [sys.executable, "-m", "cnncalc", *arguments],
        cwd=cwd,
        input=data if data is not None else b"",
        capture_output=True,
        timeout=PATIENCE,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment},
        preexec_fn=limited if is_limited else None,
        check=False,
    )
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    out, err = ran.stdout.decode(encoding), ran.stderr.decode(encoding)
    assert "Traceback" not in err
    return subprocess.CompletedProcess(ran.args, ran.returncode, out, err)


def python(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the interpreter of the tests with this checkout on its path."""
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        timeout=PATIENCE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )


def limited() -> None:
    """Limit the process to a gigabyte of memory and 30 seconds of CPU time (a `preexec_fn`).

    An ordinary answer takes a tenth of a second, the largest files take a few.
    """
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (30, 30))


def terminal(*arguments: str, columns: int, **environment: str) -> str:
    """Run the command line in a terminal of `columns` columns, and return what it prints."""
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    settings = {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
    settings["PAGER"] = "cat"
    process = subprocess.Popen(
        [sys.executable, "-m", "cnncalc", *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**ENVIRONMENT, **settings, **environment},
    )
    os.close(slave)
    printed = read_all(master)
    process.wait()
    os.close(master)
    return printed.decode().replace("\r\n", "\n")


def read_all(terminal: int) -> bytes:
    """Everything that is printed on a terminal until the last process closes it."""
    printed = b""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux: the other end is closed
            return printed
        if not chunk:
            return printed
        printed += chunk


def write_end(fifo: Path, process: subprocess.Popen[bytes]) -> int:
    """Wait until a process reads a FIFO, which then waits for what is written to the result."""
    while process.poll() is None:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody has opened it for reading yet
            time.sleep(0.01)
    raise AssertionError(f"the process ended with {process.returncode} and did not read {fifo}")


def interrupt(process: subprocess.Popen[bytes]) -> bytes:
    """Press Ctrl-C until a process ends; what it wrote to standard error.

    Python does not see a signal that arrives between its last look and a call that blocks.
    """
    for _ in range(PATIENCE // 10):
        os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=10)[1]
    raise AssertionError("the process did not end")


def bare(text: str) -> str:
    """The text without its colors."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
