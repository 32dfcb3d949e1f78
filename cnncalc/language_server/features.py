"""The requests and notifications of the protocol, and what answers each."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from .completion import completion
from .edited_file import EditedFile
from .hints import hints
from .hover import block_text, hover
from .outline import outline
from .protocol_values import CHOOSE_VARIANT, ProtocolValues
from .remedies import all_fixed, remedies
from .renaming import CannotRename, rename, renamed_at
from .server import ArchitectureServer, own_settings, variant_in
from .text_lines import TextPlace
from .variant_lenses import variant_lenses

REQUEST_FAILED = -32803
Made = TypeVar("Made")
TRIGGERS = ["{", "[", " ", "."]

# Texts


def did_open(server: ArchitectureServer, params: types.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    server.opened(document.uri, document.text, document.version)


def did_change(server: ArchitectureServer, params: types.DidChangeTextDocumentParams) -> None:
    document = params.text_document
    server.changed(document.uri, params.content_changes[-1].text, document.version)


def did_close(server: ArchitectureServer, params: types.DidCloseTextDocumentParams) -> None:
    server.closed(params.text_document.uri)


# Settings


def initialize(server: ArchitectureServer, params: types.InitializeParams) -> None:
    server.variant = variant_in(own_settings(params.initialization_options))


def shut_down(server: ArchitectureServer, params: None) -> None:
    server.is_shut_down = True


def exit_now(server: ArchitectureServer, params: None) -> None:
    """End the process: otherwise it would wait for the thread that reads its input."""
    os._exit(0 if server.is_shut_down else 1)


def did_change_configuration(
    server: ArchitectureServer, params: types.DidChangeConfigurationParams
) -> None:
    settings = own_settings(params.settings)
    if "variant" in settings:  # else they are about something else
        server.variant = variant_in(settings)
        server.choose(server.variant)


def choose_variant(server: ArchitectureServer, uri: str, variant: str | None = None) -> None:
    server.choose(variant, uri)


# What is shown in the text


def inlay_hints(
    server: ArchitectureServer, params: types.InlayHintParams
) -> list[types.InlayHint] | None:
    first, last = params.range.start.line + 1, params.range.end.line + 1

    def shown(edited: EditedFile, values: ProtocolValues) -> list[types.InlayHint]:
        found = [hint for hint in hints(edited) if first <= hint.place.line <= last]
        return [values.hint(hint) for hint in found]

    return server.answer(params.text_document.uri, shown)


def hover_text(server: ArchitectureServer, params: types.HoverParams) -> types.Hover | None:
    def shown(edited: EditedFile, place: TextPlace, values: ProtocolValues) -> types.Hover | None:
        found = hover(edited, place)
        return None if found is None else values.hover(found)

    return server.answer_at(params, shown)


def code_lenses(
    server: ArchitectureServer, params: types.CodeLensParams
) -> list[types.CodeLens] | None:
    def shown(edited: EditedFile, values: ProtocolValues) -> list[types.CodeLens]:
        return [values.lens(lens) for lens in variant_lenses(edited)]

    return server.answer(params.text_document.uri, shown)


def document_symbols(
    server: ArchitectureServer, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | None:
    def shown(edited: EditedFile, values: ProtocolValues) -> list[types.DocumentSymbol]:
        return [values.symbol(entry) for entry in outline(edited)]

    return server.answer(params.text_document.uri, shown)


# Names


def definition(
    server: ArchitectureServer, params: types.DefinitionParams
) -> list[types.Location] | None:
    def found(edited: EditedFile, place: TextPlace, values: ProtocolValues) -> list[types.Location]:
        name = edited.symbols.at(place)
        return [values.location(span) for span in name[1].definitions] if name else []

    return server.answer_at(params, found)


def references(
    server: ArchitectureServer, params: types.ReferenceParams
) -> list[types.Location] | None:
    def found(edited: EditedFile, place: TextPlace, values: ProtocolValues) -> list[types.Location]:
        name = edited.symbols.at(place)
        if name is None:
            return []
        spans = name[1].spans if params.context.include_declaration else name[1].uses
        return [values.location(span) for span in spans]

    return server.answer_at(params, found)


def highlights(
    server: ArchitectureServer, params: types.DocumentHighlightParams
) -> list[types.DocumentHighlight] | None:
    def found(
        edited: EditedFile, place: TextPlace, values: ProtocolValues
    ) -> list[types.DocumentHighlight]:
        name = edited.symbols.at(place)
        spans = name[1].spans if name else []
        return [types.DocumentHighlight(values.range(span)) for span in spans]

    return server.answer_at(params, found)


def prepare_rename(
    server: ArchitectureServer, params: types.PrepareRenameParams
) -> types.Range | None:
    def found(edited: EditedFile, place: TextPlace, values: ProtocolValues) -> types.Range:
        return values.range(renamed_at(edited, place).span)

    return server.answer_at(params, refusing(found))


def renamed(server: ArchitectureServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    def found(edited: EditedFile, place: TextPlace, values: ProtocolValues) -> types.WorkspaceEdit:
        return values.workspace_edit(rename(edited, place, params.new_name))

    return server.answer_at(params, refusing(found))


def refusing(
    make: Callable[[EditedFile, TextPlace, ProtocolValues], Made],
) -> Callable[[EditedFile, TextPlace, ProtocolValues], Made]:
    """The answer, or the error of the protocol that states why there is none."""

    def made(edited: EditedFile, place: TextPlace, values: ProtocolValues) -> Made:
        try:
            return make(edited, place, values)
        except CannotRename as error:
            raise JsonRpcException(str(error), REQUEST_FAILED) from None

    return made


# What is written


def completions(
    server: ArchitectureServer, params: types.CompletionParams
) -> types.CompletionList | None:
    def found(
        edited: EditedFile, place: TextPlace, values: ProtocolValues
    ) -> types.CompletionList | None:
        proposed = completion(edited, place)
        return None if proposed is None else values.completion(proposed, place)

    return server.answer_at(params, found)


def resolve_completion(
    server: ArchitectureServer, item: types.CompletionItem
) -> types.CompletionItem:
    """The documentation of a kind or a block, which is made for the selected one only."""
    if isinstance(item.data, dict):

        def text(edited: EditedFile, values: ProtocolValues) -> str:
            return block_text(edited, item.label)

        found = server.answer(str(item.data.get("uri")), text)
        if found:
            item.documentation = types.MarkupContent(types.MarkupKind.Markdown, found)
    return item


def code_actions(
    server: ArchitectureServer, params: types.CodeActionParams
) -> list[types.CodeAction]:
    file = server.files.get(params.text_document.uri)
    if file is None:
        return []
    text, findings = file.findings()
    values = ProtocolValues(params.text_document.uri, text, server.encoding)
    only = params.context.only
    actions = []
    if only is None or any(kind in ("", "quickfix") for kind in only):
        start, end = params.range.start, params.range.end
        first = values.lines.place(start.line, start.character)
        last = values.lines.place(end.line, end.character)
        near = [one for one in findings if touches(one.problem.span, first, last)]
        actions += [values.action(remedy) for remedy in remedies(text, near)]
    if only is not None and any("source.fixAll".startswith(kind) for kind in only):
        edits = all_fixed(text, file.name, file.rules())
        actions += [values.fix_all(edits)] if edits else []
    return actions


def touches(span: Sequence[int], first: TextPlace, last: TextPlace) -> bool:
    """Whether a span and the text between two positions have a character or an end in common."""
    line, column, end_line, end_column = span
    return (line, column) <= last and first <= (end_line, end_column)


# The table

IN_LOOP: dict[str, Callable[..., Any]] = {
    types.TEXT_DOCUMENT_DID_OPEN: did_open,
    types.TEXT_DOCUMENT_DID_CHANGE: did_change,
    types.TEXT_DOCUMENT_DID_CLOSE: did_close,
    types.INITIALIZE: initialize,
    types.SHUTDOWN: shut_down,
    types.EXIT: exit_now,
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: did_change_configuration,
}
"""What is called in the order in which it arrives."""

IN_THREADS: dict[str, tuple[Callable[..., Any], Any]] = {
    types.TEXT_DOCUMENT_INLAY_HINT: (inlay_hints, None),
    types.TEXT_DOCUMENT_HOVER: (hover_text, None),
    types.TEXT_DOCUMENT_CODE_LENS: (code_lenses, None),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (document_symbols, None),
    types.TEXT_DOCUMENT_DEFINITION: (definition, None),
    types.TEXT_DOCUMENT_REFERENCES: (references, None),
    types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: (highlights, None),
    types.TEXT_DOCUMENT_PREPARE_RENAME: (prepare_rename, None),
    types.TEXT_DOCUMENT_RENAME: (renamed, types.RenameOptions(prepare_provider=True)),
    types.TEXT_DOCUMENT_COMPLETION: (
        completions,
        types.CompletionOptions(trigger_characters=TRIGGERS, resolve_provider=True),
    ),
    types.COMPLETION_ITEM_RESOLVE: (resolve_completion, None),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        code_actions,
        types.CodeActionOptions(
            [types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll],
        ),
    ),
}
"""The requests, which are answered in threads, with their options."""


def make_server(version: str) -> ArchitectureServer:
    """A server with all features."""
    server = ArchitectureServer(version)
    for method, function in IN_LOOP.items():
        server.feature(method)(function)
    for method, (function, options) in IN_THREADS.items():
        server.feature(method, options)(server.thread()(function))
    server.command(CHOOSE_VARIANT)(choose_variant)
    return server
