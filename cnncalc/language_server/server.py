"""The language server: the files that are open, when they are checked, and for which variant.

Texts arrive in the event loop; requests are answered in threads, for the newest text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from .edited_file import EditedFile
from .open_file import OpenFile
from .protocol_values import ProtocolValues
from .text_lines import ENCODINGS, Encoding, TextPlace

CHECK_SECONDS = 0.2
"""How long the text has to be unchanged before it is checked."""

Answer = TypeVar("Answer")


class PositionParams(Protocol):
    """The parameters of a request on a position in a file."""

    text_document: types.TextDocumentIdentifier
    position: types.Position


class ArchitectureServer(LanguageServer):
    """The server with the files that are open, by their addresses."""

    def __init__(self, version: str) -> None:
        super().__init__("cnncalc", version, types.TextDocumentSyncKind.Full)
        self.files: dict[str, OpenFile] = {}
        self.variant: str | None = None
        self.is_shut_down = False
        self.checks: dict[str, asyncio.TimerHandle] = {}

    @property
    def encoding(self) -> Encoding:
        found = self.workspace.position_encoding  # an entry of an enumeration of texts
        return next((one for one in ENCODINGS if one == found), "utf-16")

    # Texts

    def opened(self, uri: str, text: str, version: int) -> None:
        file = OpenFile(to_fs_path(uri) or uri, text, version)
        file.choose(self.variant)
        self.files[uri] = file
        self.check_soon(uri, 0)

    def changed(self, uri: str, text: str, version: int) -> None:
        if uri in self.files:
            self.files[uri].change(text, version)
            self.check_soon(uri, CHECK_SECONDS)

    def closed(self, uri: str) -> None:
        self.files.pop(uri, None)
        if uri in self.checks:
            self.checks.pop(uri).cancel()
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    # Diagnostics

    def check_soon(self, uri: str, seconds: float) -> None:
        """Check a file when it was not changed for some time."""
        if uri in self.checks:
            self.checks[uri].cancel()
        loop = asyncio.get_running_loop()
        check = partial(loop.run_in_executor, self.thread_pool, self.check, uri)
        self.checks[uri] = loop.call_later(seconds, check)

    def check(self, uri: str) -> None:
        """Publish the findings in a file, unless it was changed in the meantime."""
        file = self.files.get(uri)
        if file is None:
            return
        version = file.version
        text, findings = file.findings()
        values = ProtocolValues(uri, text, self.encoding)
        found = [values.diagnostic(finding) for finding in findings]
        if self.files.get(uri) is file and file.text is text:
            params = types.PublishDiagnosticsParams(uri, found, version)
            self.text_document_publish_diagnostics(params)

    # Variants

    def choose(self, variant: str | None, uri: str | None = None) -> None:
        """Choose a variant in one file or in all; editors then ask for the numbers again."""
        for address, file in self.files.items():
            if uri in (None, address):
                file.choose(variant)
        capabilities = self.client_capabilities.workspace
        if capabilities and capabilities.inlay_hint and capabilities.inlay_hint.refresh_support:
            self.workspace_inlay_hint_refresh(None)
        if capabilities and capabilities.code_lens and capabilities.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None)

    # Answers

    def answer(
        self, uri: str, make: Callable[[EditedFile, ProtocolValues], Answer]
    ) -> Answer | None:
        """The answer for a file that is open and an architecture; None for any other."""
        file = self.files.get(uri)
        edited = file.edited() if file is not None else None
        if edited is None:
            return None
        return make(edited, ProtocolValues(uri, edited.text, self.encoding))

    def answer_at(
        self,
        params: PositionParams,
        make: Callable[[EditedFile, TextPlace, ProtocolValues], Answer],
    ) -> Answer | None:
        """The answer for a position in a file."""
        position = params.position

        def made(edited: EditedFile, values: ProtocolValues) -> Answer:
            place = values.lines.place(position.line, position.character)
            return make(edited, place, values)

        return self.answer(params.text_document.uri, made)


def own_settings(settings: Any) -> dict[str, Any]:
    """Our settings, which may be inside of those of all servers, under `cnncalc`."""
    if not isinstance(settings, dict):
        return {}
    own = settings.get("cnncalc", settings)
    return own if isinstance(own, dict) else {}


def variant_in(settings: dict[str, Any]) -> str | None:
    """The variant that settings name; None for the first one."""
    found = settings.get("variant")
    return found if isinstance(found, str) and found else None
