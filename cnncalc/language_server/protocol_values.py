"""Values of the language server as those of the protocol."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from lsprotocol import types

from ..check.fixes import LineIndex
from ..documentation import page_url
from ..escape import safe
from ..lint.finding import Finding
from ..problem import Problem, Severity, Span
from ..sources.text_edit import TextEdit
from .completion import Completion, ProposalKind
from .hints import StepHint
from .hover import HoverText
from .outline import OutlineEntry, OutlineKind
from .remedies import Remedy
from .text_lines import Encoding, TextLines, TextPlace
from .variant_lenses import VariantLens

CHOOSE_VARIANT = "cnncalc.chooseVariant"
SOURCE = "cnncalc"
SEVERITIES: dict[Severity, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}
OUTLINE_KINDS: dict[OutlineKind, types.SymbolKind] = {
    "key": types.SymbolKind.Namespace,
    "variable": types.SymbolKind.Variable,
    "block": types.SymbolKind.Class,
    "step": types.SymbolKind.Method,
    "variant": types.SymbolKind.Constant,
}
COMPLETION_KINDS: dict[ProposalKind, types.CompletionItemKind] = {
    "layer": types.CompletionItemKind.Class,
    "block": types.CompletionItemKind.Module,
    "argument": types.CompletionItemKind.Property,
    "key": types.CompletionItemKind.Keyword,
    "name": types.CompletionItemKind.Variable,
    "function": types.CompletionItemKind.Function,
    "reference": types.CompletionItemKind.Reference,
    "word": types.CompletionItemKind.EnumMember,
}


class ProtocolValues:
    """Makes values of the protocol for one text of a file."""

    def __init__(self, uri: str, text: str, encoding: Encoding) -> None:
        self.uri = uri
        self.text = text
        self.lines = TextLines(text, encoding)

    @cached_property
    def starts(self) -> Sequence[int]:
        """The offset of each line."""
        return LineIndex(self.text).starts

    # Positions

    def position(self, line: int, column: int) -> types.Position:
        return types.Position(*self.lines.client_position(line, column))

    def range(self, span: Span) -> types.Range:
        start = self.position(span.line, span.column)
        return types.Range(start, self.position(span.end_line, span.end_column))

    def at_offset(self, offset: int) -> types.Position:
        line = bisect_right(self.starts, offset)
        return self.position(line, offset - self.starts[line - 1] + 1)

    def location(self, span: Span) -> types.Location:
        return types.Location(self.uri, self.range(span))

    # Edits

    def edits(self, edits: Iterable[TextEdit]) -> list[types.TextEdit]:
        return [
            types.TextEdit(types.Range(self.at_offset(start), self.at_offset(end)), text)
            for start, end, text in edits
        ]

    def workspace_edit(self, edits: Iterable[TextEdit]) -> types.WorkspaceEdit:
        return types.WorkspaceEdit(changes={self.uri: self.edits(edits)})

    # Features

    def hint(self, hint: StepHint) -> types.InlayHint:
        return types.InlayHint(self.position(*hint.place), hint.text, padding_left=True)

    def diagnostic(self, finding: Finding) -> types.Diagnostic:
        problem = finding.problem
        url = page_url(problem.rule)
        return types.Diagnostic(
            range=self.range(problem.span),
            message=message_of(problem),
            severity=SEVERITIES[problem.severity],
            code=problem.rule,
            code_description=types.CodeDescription(url) if url else None,
            source=SOURCE,
            tags=[types.DiagnosticTag.Unnecessary] if problem.rule.startswith("unused-") else None,
            related_information=[
                types.DiagnosticRelatedInformation(self.location(call.span), safe(call.label))
                for call in problem.calls
            ],
        )

    def action(self, remedy: Remedy) -> types.CodeAction:
        return types.CodeAction(
            title=safe(remedy.title),
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[self.diagnostic(remedy.finding)],
            edit=self.workspace_edit(remedy.edits),
            is_preferred=True,
        )

    def fix_all(self, edits: Sequence[TextEdit]) -> types.CodeAction:
        return types.CodeAction(
            title="apply all safe fixes of cnncalc",
            kind=types.CodeActionKind.SourceFixAll,
            edit=self.workspace_edit(edits),
        )

    def hover(self, found: HoverText) -> types.Hover:
        content = types.MarkupContent(types.MarkupKind.Markdown, found.markdown)
        return types.Hover(content, self.range(found.span))

    def symbol(self, entry: OutlineEntry) -> types.DocumentSymbol:
        return types.DocumentSymbol(
            name=safe(entry.name),
            kind=OUTLINE_KINDS[entry.kind],
            range=self.range(entry.whole),
            selection_range=self.range(entry.word),
            detail=safe(entry.detail),
            children=[self.symbol(child) for child in entry.children],
        )

    def lens(self, lens: VariantLens) -> types.CodeLens:
        if lens.variant is None:
            command = types.Command(lens.title, "")
        else:
            command = types.Command(lens.title, CHOOSE_VARIANT, arguments=[self.uri, lens.variant])
        return types.CodeLens(self.range(lens.span), command)

    def completion(self, found: Completion, place: TextPlace) -> types.CompletionList:
        start = self.position(place.line, place.column - len(found.prefix))
        replaced = types.Range(start, self.position(*place))
        return types.CompletionList(False, list(self.completion_items(found, replaced)))

    def completion_items(
        self, found: Completion, replaced: types.Range
    ) -> Iterator[types.CompletionItem]:
        for number, (text, kind, detail) in enumerate(found.proposals):
            yield types.CompletionItem(
                label=text,
                kind=COMPLETION_KINDS[kind],
                detail=safe(detail) or None,
                sort_text=f"{number:05}",
                text_edit=types.TextEdit(replaced, text),
                data=data_of(kind, self.uri),
            )


def data_of(kind: ProposalKind, uri: str) -> Any:
    """What identifies the documentation of a proposal."""
    return {"kind": kind, "uri": uri} if kind in ("layer", "block") else None


def message_of(problem: Problem) -> str:
    """A problem with its hint, as a text for people."""
    texts = (problem.message, problem.hint)
    return "\n".join(safe(text) for text in texts if text)
