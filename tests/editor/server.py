"""The YAML language server as an editor uses it: the protocol over its standard streams."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..support.processes import PATIENCE

HERE = Path(__file__).parent
FOLDER = Path(os.environ.get("CNNCALC_EDITOR", HERE))
SERVER = FOLDER / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"


def missing() -> str:
    """The reason why the server cannot run; empty if it can."""
    if not shutil.which("node"):
        return "there is no node"
    if not SERVER.exists():
        install = "npm install --no-package-lock --prefix tests/editor"
        return f"there is no yaml-language-server in {FOLDER}: {install}"
    return ""


class LanguageServer:
    """A running server that checks `*.cnn.yaml` against `schema`, by default that of each file."""

    def __init__(self, schema: Path | None) -> None:
        self.process = subprocess.Popen(
            ["node", str(SERVER), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.settings = {
            "yaml": {
                "schemas": {schema.resolve().as_uri(): "*.cnn.yaml"} if schema else {},
                "schemaStore": {"enable": False},
                "validate": True,
                "hover": True,
                "completion": True,
            }
        }
        self.answers: dict[int, queue.Queue[Any]] = {}
        self.diagnostics: dict[str, queue.Queue[list[dict[str, Any]]]] = {}
        self.opened = 0
        threading.Thread(target=self.listen, daemon=True).start()

    def __enter__(self) -> Self:
        documentation = {
            "completionItem": {"documentationFormat": ["markdown"], "snippetSupport": True}
        }
        capabilities = {
            "textDocument": {"completion": documentation, "hover": {"contentFormat": ["markdown"]}},
            "workspace": {"configuration": True},
        }
        self.ask(
            "initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities}
        )
        self.notify("initialized", {})
        self.notify("workspace/didChangeConfiguration", {"settings": self.settings})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()

    # What an editor does

    def open(self, text: str, folder: Path = Path("/")) -> str:
        """Open a file of that text in a folder, and give its name."""
        self.opened += 1
        uri = (folder / f"network{self.opened}.cnn.yaml").as_uri()
        self.diagnostics[uri] = queue.Queue()
        self.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}},
        )
        return uri

    def problems(self, text: str, folder: Path = Path("/")) -> list[tuple[int, str, str]]:
        """The diagnostics in a text: line, marked text, message."""
        lines = text.split("\n")
        found = self.diagnostics[self.open(text, folder)].get(timeout=PATIENCE)
        marked = []
        for problem in found:
            start, end = problem["range"]["start"], problem["range"]["end"]
            stop = end["character"] if end["line"] == start["line"] else None
            marked.append(
                (
                    start["line"] + 1,
                    lines[start["line"]][start["character"] : stop],
                    problem["message"],
                )
            )
        return sorted(marked)

    def complete(self, text: str) -> dict[str, dict[str, Any]]:
        """The completions at the `|` in a text, by label."""
        found = self.at_mark("textDocument/completion", text)
        items: list[dict[str, Any]] = found["items"] if isinstance(found, dict) else found
        return {item["label"]: item for item in items}

    def hover(self, text: str) -> str:
        """The hover text after the `|` in a text."""
        found = self.at_mark("textDocument/hover", text)
        return str(found["contents"]["value"]) if found else ""

    def at_mark(self, method: str, text: str) -> Any:
        before, _, after = text.partition("|")
        uri = self.open(before + after)
        line, column = before.count("\n"), len(before) - (before.rfind("\n") + 1)
        return self.ask(
            method, {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}}
        )

    # The protocol

    def ask(self, method: str, params: Any) -> Any:
        number = len(self.answers) + 1
        self.answers[number] = queue.Queue()
        self.send({"id": number, "method": method, "params": params})
        answer = self.answers[number].get(timeout=PATIENCE)
        assert "error" not in answer, answer
        return answer["result"]

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def listen(self) -> None:
        """Read the messages of the server until it ends, and answer its requests for settings."""
        assert self.process.stdout
        while header := self.process.stdout.readline():
            if not header.lower().startswith(b"content-length:"):
                continue
            length = int(header.split(b":")[1])
            while self.process.stdout.readline().strip():
                pass
            message = json.loads(self.process.stdout.read(length))
            if message.get("method") == "textDocument/publishDiagnostics":
                self.diagnostics[message["params"]["uri"]].put(message["params"]["diagnostics"])
            elif "method" in message and "id" in message:
                items = message["params"].get("items", []) if message.get("params") else []
                self.send(
                    {
                        "id": message["id"],
                        "result": [self.settings.get(item.get("section")) for item in items],
                    }
                )
            elif "id" in message:
                self.answers[message["id"]].put(message)
