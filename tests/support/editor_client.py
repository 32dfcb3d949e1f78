"""An editor: a client of the language server, over its standard input and output.

It is that of pygls, in an event loop of its own, so that tests are written in order.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from threading import Condition, Thread
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from .processes import ENVIRONMENT, PATIENCE
from .watching import SETTINGS

Result = TypeVar("Result")
WHOLE = types.Range(types.Position(0, 0), types.Position(10**6, 0))


class Editor:
    """An editor with one server; the files in it are only texts."""

    def __init__(
        self,
        folder: Path,
        *,
        encodings: list[types.PositionEncodingKind] | None = None,
        settings: object = None,
        **environment: str,
    ) -> None:
        self.folder = folder
        self.versions: dict[str, int] = {}
        self.published: list[types.PublishDiagnosticsParams] = []
        self.refreshed: list[str] = []
        self.news = Condition()
        self.loop = asyncio.new_event_loop()
        Thread(target=self.loop.run_forever, daemon=True).start()
        self.client = self.new_client()
        started = self.client.start_io(
            sys.executable,
            *("-m", "cnncalc", "lsp"),
            env={**ENVIRONMENT, **SETTINGS, **environment},
            cwd=folder,
        )
        self.wait(started)
        self.capabilities = self.initialize(encodings, settings)

    def new_client(self) -> LanguageClient:
        client = LanguageClient("editor", "1")
        # Functions, as pygls marks them; a method cannot be marked.
        client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(partial(self.note_diagnostics))
        refreshes = (types.WORKSPACE_INLAY_HINT_REFRESH, types.WORKSPACE_CODE_LENS_REFRESH)
        for method in refreshes:
            client.feature(method)(partial(self.note_refresh, method))
        return client

    def note_diagnostics(self, params: types.PublishDiagnosticsParams) -> None:
        with self.news:
            self.published.append(params)
            self.news.notify_all()

    def note_refresh(self, method: str, params: None) -> None:
        with self.news:
            self.refreshed.append(method)
            self.news.notify_all()

    def initialize(
        self, encodings: list[types.PositionEncodingKind] | None, settings: object
    ) -> types.ServerCapabilities:
        workspace = types.WorkspaceClientCapabilities(
            inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=True),
            code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=True),
        )
        general = types.GeneralClientCapabilities(position_encodings=encodings)
        params = types.InitializeParams(
            types.ClientCapabilities(workspace=workspace, general=general),
            root_uri=self.folder.as_uri(),
            initialization_options=settings,
        )
        found = self.wait(self.client.initialize_async(params)).capabilities
        self.call(self.client.initialized, types.InitializedParams())
        return found

    def wait(self, request: Coroutine[Any, Any, Result]) -> Result:
        """The answer of a request.  Raises JsonRpcException for an error."""
        return asyncio.run_coroutine_threadsafe(request, self.loop).result(PATIENCE)

    def call(self, function: Any, *arguments: object) -> None:
        """Call a function in the event loop."""

        async def called() -> None:
            function(*arguments)

        self.wait(called())

    def end(self) -> int | None:
        """Shut the server down; its exit code."""
        self.wait(self.client.shutdown_async(None))
        server = self.client._server
        assert server is not None
        self.call(self.client.exit, None)
        code = self.wait(asyncio.wait_for(server.wait(), PATIENCE))
        self.loop.call_soon_threadsafe(self.loop.stop)
        return code

    # Texts

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, text: str, name: str = "") -> types.TextDocumentIdentifier:
        """Open a file, by default one that was not open before."""
        uri = self.uri(name or f"net{len(self.versions)}.cnn.yaml")
        self.versions[uri] = 1
        item = types.TextDocumentItem(uri, "yaml", 1, text)
        self.call(self.client.text_document_did_open, types.DidOpenTextDocumentParams(item))
        return types.TextDocumentIdentifier(uri)

    def type(self, document: types.TextDocumentIdentifier, text: str) -> None:
        """Replace the text of a file."""
        self.versions[document.uri] += 1
        version = types.VersionedTextDocumentIdentifier(self.versions[document.uri], document.uri)
        change = types.TextDocumentContentChangeWholeDocument(text)
        params = types.DidChangeTextDocumentParams(version, [change])
        self.call(self.client.text_document_did_change, params)

    def diagnostics(self, document: types.TextDocumentIdentifier) -> list[types.Diagnostic]:
        """Those that are published for the newest text."""
        version = self.versions[document.uri]

        def is_newest() -> bool:
            return any((one.uri, one.version) == (document.uri, version) for one in self.published)

        with self.news:
            assert self.news.wait_for(is_newest, PATIENCE)
            found = [one for one in self.published if one.uri == document.uri]
        return list(found[-1].diagnostics)

    # Requests

    def hints(self, document: types.TextDocumentIdentifier) -> list[tuple[int, int, str]]:
        """The line, the character and the text of each."""
        params = types.InlayHintParams(document, WHOLE)
        found = self.wait(self.client.text_document_inlay_hint_async(params))
        return [(one.position.line, one.position.character, str(one.label)) for one in found or ()]

    def position(
        self, document: types.TextDocumentIdentifier, line: int, character: int
    ) -> types.TextDocumentPositionParams:
        return types.TextDocumentPositionParams(document, types.Position(line, character))
