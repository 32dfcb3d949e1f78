"""How long a user waits while editing: for `--watch` after a save, for hints after an edit."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import IO, Any

from .bounds import HINT_LINES, HINT_SECONDS, WATCH_SECONDS
from .inside import FILE, NETWORK
from .measure import ROOT, cnncalc, environment
from .table import FigureTable, milliseconds, within

ADDRESS = "file:///bench/net.cnn.yaml"
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 10**6, "character": 0}}


def waits(rounds: int) -> FigureTable:
    measured = [(f"show {NETWORK} --watch: save to new numbers", watch_times, WATCH_SECONDS)]
    if find_spec("pygls"):
        measured.append((f"lsp: edit to hints, {HINT_LINES} lines", hint_times, HINT_SECONDS))
    rows = []
    for title, function, bound in measured:
        times = function(rounds)
        middle = median(times)
        found = (milliseconds(middle), milliseconds(min(times)), within(middle, bound, " s"))
        rows.append((title, *found))
    return FigureTable("Live", ("wait", "median", "least", "bound"), rows, NOTE)


NOTE = "After a save, it takes up to a tenth of a second until the file is polled."


@contextmanager
def running(*words: str, folder: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command with pipes, which is ended afterwards."""
    process = subprocess.Popen(
        cnncalc(*words),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment(),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


# --watch


def watch_times(rounds: int) -> list[float]:
    """The seconds from the end of a save to the end of the new output."""
    text = (ROOT / FILE).read_text("utf-8")
    times = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "net.yaml"
        path.write_text(text, "utf-8")
        with running("show", f"net.yaml@{NETWORK}", "--watch", folder=folder) as process:
            await_run(process)
            for number in range(rounds):
                time.sleep(0.137)  # at another part of the time between two looks
                path.write_text(f"{text}# {number}\n", "utf-8")
                begin = time.perf_counter()
                await_run(process)
                times.append(time.perf_counter() - begin)
    return times


def await_run(process: subprocess.Popen[bytes]) -> None:
    """Read until the line that ends a run; its output is small enough for the pipe."""
    assert process.stderr is not None and process.stdout is not None
    while not process.stderr.readline().startswith(b"watching "):
        assert process.poll() is None
    while not process.stdout.readline().startswith(b"The "):
        assert process.poll() is None


# The language server


def hint_times(rounds: int) -> list[float]:
    """The seconds from an edit to the hints of all lines."""
    times = []
    with TemporaryDirectory() as folder, running("lsp", folder=folder) as process:
        assert process.stdin is not None and process.stdout is not None
        client = ProtocolClient(process.stdin, process.stdout)
        client.ask("initialize", {"capabilities": {}, "processId": None, "rootUri": None})
        document = {"uri": ADDRESS, "languageId": "yaml", "version": 0, "text": text_of(8)}
        client.notify("textDocument/didOpen", {"textDocument": document})
        for number in range(rounds):
            begin = time.perf_counter()
            change = {"contentChanges": [{"text": text_of(8 + number % 8)}]}
            version = {"uri": ADDRESS, "version": number + 1}
            client.notify("textDocument/didChange", {"textDocument": version, **change})
            request = {"textDocument": {"uri": ADDRESS}, "range": WHOLE}
            hints = client.ask("textDocument/inlayHint", request)
            times.append(time.perf_counter() - begin)
            assert len(hints) == HINT_LINES - 2
            time.sleep(0.3)  # the check of the file runs in the meantime
    return times


def text_of(channels: int) -> str:
    """A network of one step per line."""
    step = f"  - {{conv: {channels}, kernel: 3, padding: 1}}\n  - relu\n"
    return "input: 8x32x32\nlayers:\n" + step * ((HINT_LINES - 2) // 2)


class ProtocolClient:
    """A client of the protocol that waits for each answer."""

    def __init__(self, writer: IO[bytes], reader: IO[bytes]) -> None:
        self.writer = writer
        self.reader = reader
        self.requests = 0

    def notify(self, method: str, params: object, **more: object) -> None:
        message = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more})
        self.writer.write(f"Content-Length: {len(message)}\r\n\r\n{message}".encode())
        self.writer.flush()

    def ask(self, method: str, params: object) -> Any:
        """The result of a request; notifications of the server are skipped."""
        self.requests += 1
        self.notify(method, params, id=self.requests)
        while True:
            message = self.next_message()
            if message.get("id") == self.requests:
                return message["result"]

    def next_message(self) -> Any:
        size = 0
        for line in iter(self.reader.readline, b""):
            name, _, value = line.strip().partition(b":")
            if not name:
                return json.loads(self.reader.read(size))
            size = int(value) if name.lower() == b"content-length" else size
        raise EOFError("the language server has ended")
