"""Finds the symbols of a document: every definition and every use of a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..document import COMMON_KEYS, Block, Body, Document, Metadata, Operand, Step
from ..expression.expression import Expression
from ..expression.reference import REFERENCE_PART
from ..named_tuple import NamedTuple
from ..parser.yaml_nodes import YamlNode
from ..problem import Span
from .symbols import NamedStep, StepScope, Symbol, SymbolIndex, SymbolKind
from .yaml_index import YamlIndex, pairs_at

NAME = re.compile(r"(?a:[A-Za-z_]\w*)")
COMMENT = re.compile(r"(?:^|\s)#.*")

NameTables = tuple[Mapping[str, Symbol], ...]
"""The names that an expression reads, the innermost first."""


class PendingReference(NamedTuple):
    """A reference to a step, which is resolved when all names are known."""

    text: str
    span: Span
    scope: StepScope
    names: NameTables


class SymbolReader:
    """Walks through a document once."""

    def __init__(self, document: Document, index: YamlIndex, lines: tuple[str, ...]) -> None:
        self.document = document
        self.index = index
        self.lines = lines
        self.symbols: list[Symbol] = []
        self.pending: list[PendingReference] = []
        self.variables: dict[str, Symbol] = {}
        self.blocks: dict[str, Symbol] = {}
        self.parameters: dict[str, dict[str, Symbol]] = {}  # by block
        self.block_scopes: dict[str, StepScope] = {}

    def read(self) -> SymbolIndex:
        document = self.document
        for name, span in document.name_spans.items():
            self.variables[name] = self.define("variable", name, span)
        for block in document.blocks.values():
            self.declare(block)
        names: NameTables = (self.variables,)
        self.expressions([*document.vars.values(), document.dtype], names, StepScope())
        for block in document.blocks.values():
            self.block(block)
        top = StepScope()
        self.network_inputs(top)
        self.steps(document.body, names, top)
        self.metadata(document.metadata, names, top)
        for variant in document.variants.values():
            for key, _ in pairs_at(self.index.root, "variants", variant.name, "input"):
                if key.text in top.names:
                    self.use(top.names[key.text].symbol, key.span)
            for key, _ in pairs_at(self.index.root, "variants", variant.name, "vars"):
                self.use(self.variables.get(key.text), key.span)
            self.expressions(variant.vars.values(), names, top)
            self.metadata(variant.metadata, names, top)
        for reference in self.pending:
            self.resolve(reference)
        return SymbolIndex(self.symbols, {"": top, **self.block_scopes})

    # Definitions and uses

    def define(self, kind: SymbolKind, name: str, span: Span) -> Symbol:
        """A new symbol, whose name is the first one at a span."""
        symbol = Symbol(kind, name)
        self.symbols.append(symbol)
        symbol.definitions.append(self.name_span(name, span))
        return symbol

    def define_step(self, name: str, span: Span, scope: StepScope, inner: StepScope | None) -> None:
        """The name of a step; it may be that of another step, of which one is skipped."""
        known = scope.names.get(name)
        if known is None:
            scope.names[name] = NamedStep(self.define("step", name, span), inner)
        else:
            known.symbol.definitions.append(self.name_span(name, span))

    def use(self, symbol: Symbol | None, span: Span) -> None:
        if symbol is not None:
            symbol.uses.append(self.name_span(symbol.name, span))

    def name_span(self, name: str, span: Span) -> Span:
        """The span of a name in a span that may have quotes or a default, too."""
        text = self.lines[span.line - 1]
        at = text.find(name, span.column - 1)
        start = span.column - 1 if at < 0 else at
        return Span(span.line, start + 1, span.line, start + 1 + len(name))

    # The file

    def declare(self, block: Block) -> None:
        """The names that a block has and gives to others, before any step is read."""
        self.blocks[block.name] = self.define("block", block.name, block.span)
        lets = dict(block.lets)
        found: dict[str, Symbol] = {}
        for name in (*block.params, *lets):
            kind: SymbolKind = "let" if name in lets else "parameter"
            found[name] = self.define(kind, name, block.name_spans.get(name, block.span))
        self.parameters[block.name] = found
        scope = self.block_scopes[block.name] = StepScope()
        for name in (*block.inputs, *([block.rest] if block.rest else [])):
            span = block.name_spans.get(name, block.span)
            scope.names[name] = NamedStep(self.define("input", name, span), None)

    def block(self, block: Block) -> None:
        scope = self.block_scopes[block.name]
        own = self.parameters[block.name]
        known: dict[str, Symbol] = {}  # each value can read those before it
        for name, value in (*block.params.items(), *block.lets):
            if value is not None and name in block.params:
                value = value.at(self.after_equals(value.span))
            self.expressions([value], (dict(known), self.variables), scope)
            known[name] = own[name]
        names: NameTables = (own, self.variables)
        self.steps(block.body, names, scope)
        for reference, span in block.outputs or ():
            self.refer(reference.text, span, scope, names)

    def after_equals(self, span: Span) -> Span:
        """The default in the span of a parameter with its default."""
        at = self.lines[span.line - 1].find("=", span.column - 1)
        return span if at < 0 else span._replace(column=at + 2)

    def network_inputs(self, top: StepScope) -> None:
        for key, _ in pairs_at(self.index.root, "input"):
            top.names[key.text] = NamedStep(self.define("input", key.text, key.span), None)

    def metadata(self, metadata: Metadata, names: NameTables, top: StepScope) -> None:
        shapes = metadata.input.shapes if metadata.input else ()
        self.expressions([expression for _, expression in shapes], names, top)
        self.expressions([expression for _, expression, _ in metadata.expect.shapes], names, top)
        for text, span in metadata.expect.references:
            if text:
                self.refer(text, span, top, names)

    # Steps

    def steps(self, body: Body, names: NameTables, scope: StepScope) -> None:
        for step in body.steps:
            self.step(step, names, scope)

    def step(self, step: Step, names: NameTables, scope: StepScope) -> None:
        node = self.index.step(step.span)
        pairs = {key.text: (key, value) for key, value in node.pairs} if node else {}
        for reference, span in step.sources or ():
            self.refer(reference.text, span, scope, names)
        self.expressions([step.repeat], names, scope)
        counted = self.bound(step.bindings, "for", pairs, names, scope)
        values = [step.when, step.trainable, step.dtype, *step.value, *step.arguments.values()]
        self.expressions(values, counted, scope)
        self.word(step, pairs, counted)
        own = self.inner_scope(step, scope)
        if step.name is not None and "name" in pairs:
            self.define_step(step.name, pairs["name"][1].span, scope, own)
        if step.body is not None:
            self.steps(step.body, counted, own or scope)
        inside = self.bound(step.across, "across", pairs, counted, scope)
        operand_pairs = list(pairs[step.word][1].pairs) if step.word in pairs else []
        for operand in step.operands:
            self.operand(operand, operand_pairs, inside, own or scope)

    def inner_scope(self, step: Step, scope: StepScope) -> StepScope | None:
        """The scope inside a step, if it has one of its own."""
        if step.type == "block":
            return self.block_scopes.get(step.word)
        if step.body is not None and step.body.scope is not None:
            return StepScope(scope)
        return None

    def bound(
        self,
        bindings: Iterable[tuple[str, Expression]] | None,
        key: str,
        pairs: Mapping[str, tuple[YamlNode, YamlNode]],
        names: NameTables,
        scope: StepScope,
    ) -> NameTables:
        """The names with those that `for` or `across` binds."""
        if not bindings or key not in pairs:
            return names
        self.expressions([expression for _, expression in bindings], names, scope)
        keys = [found for found, _ in pairs[key][1].pairs]
        return ({one.text: self.define("counter", one.text, one.span) for one in keys}, *names)

    def word(
        self, step: Step, pairs: Mapping[str, tuple[YamlNode, YamlNode]], names: NameTables
    ) -> None:
        """The word of a step, and the names of its arguments, if they are those of a block."""
        if step.type == "variable":
            self.use(found_in(names, step.word), step.span)
        elif step.type == "block":
            self.use(self.blocks.get(step.word), step.span)
            parameters = self.parameters.get(step.word, {})
            for name, (key, _) in pairs.items():
                if name not in COMMON_KEYS and name != step.word:
                    self.use(parameters.get(name), key.span)

    def operand(
        self,
        operand: Operand,
        pairs: Iterable[tuple[YamlNode, YamlNode]],
        names: NameTables,
        scope: StepScope,
    ) -> None:
        inner = StepScope(scope) if operand.name is not None else scope
        if operand.name is not None:
            key = next((key for key, _ in pairs if key.text == operand.name), None)
            if key is not None:
                self.define_step(operand.name, key.span, scope, inner)
        if operand.body is not None:
            self.steps(operand.body, names, inner)
        elif operand.expression is not None:
            self.expressions([operand.expression], names, inner)
        elif operand.reference is not None:
            self.refer(operand.text, operand.span, inner, names)

    # Expressions and references

    def expressions(
        self, found: Iterable[Expression | None], names: NameTables, scope: StepScope
    ) -> None:
        """The names and references that expressions read."""
        for expression in found:
            if expression is None:
                continue
            for name, span in self.names_in(expression.span, expression.names):
                symbol = found_in(names, name) or self.blocks.get(name)
                if symbol is not None:
                    symbol.uses.append(span)
            for text in {reference.text: None for reference in expression.references}:
                self.refer_inside(text, expression.span, scope, names)

    def names_in(self, span: Span, wanted: Iterable[str]) -> Iterator[tuple[str, Span]]:
        """The names at a span that are wanted, without those in comments."""
        known = frozenset(wanted)
        if not known:
            return
        for line in range(span.line, span.end_line + 1):
            start = span.column - 1 if line == span.line else 0
            text = self.lines[line - 1]
            end = span.end_column - 1 if line == span.end_line else len(text)
            text = COMMENT.sub("", text[:end])
            for match in NAME.finditer(text, start):
                if match[0] in known:
                    yield match[0], Span(line, match.start() + 1, line, match.end() + 1)

    def refer_inside(self, text: str, span: Span, scope: StepScope, names: NameTables) -> None:
        """A reference in an expression, such as that of `channels(stem)`, wherever it occurs."""
        if span.line != span.end_line:
            return
        line = self.lines[span.line - 1][: span.end_column - 1]
        whole = re.compile(rf"(?<![\w.]){re.escape(text)}(?![\w.\[])")
        for match in whole.finditer(line, span.column - 1):
            at = Span(span.line, match.start() + 1, span.line, match.end() + 1)
            self.refer(text, at, scope, names)

    def refer(self, text: str, span: Span, scope: StepScope, names: NameTables) -> None:
        self.pending.append(PendingReference(text, span, scope, names))

    def resolve(self, pending: PendingReference) -> None:
        """The steps that the names of a reference refer to, one inside the other."""
        text, span, scope, names = pending
        line = self.lines[span.line - 1]
        start = line.find(text, span.column - 1)
        if start < 0 or span.line != span.end_line:
            return
        inner: StepScope | None = scope
        for number, match in enumerate(re.finditer(REFERENCE_PART, text)):
            at = start + match.start(1 if match[1] is not None else 2)
            if match[1] is None:
                brackets = Span(span.line, at + 1, span.line, at + 1 + len(match[2]))
                self.names_in_brackets(brackets, names)
            elif not match[1].isdigit() and match[1] != "*":
                named = scope.find(match[1]) if number == 0 else inner and inner.names.get(match[1])
                if not named:
                    return
                self.use(named.symbol, Span(span.line, at + 1, span.line, at + 1 + len(match[1])))
                inner = named.inner

    def names_in_brackets(self, span: Span, names: NameTables) -> None:
        known = {name for scope in names for name in scope}
        for name, found in self.names_in(span, known):
            self.use(found_in(names, name), found)


def found_in(names: NameTables, name: str) -> Symbol | None:
    return next((scope[name] for scope in names if name in scope), None)


def read_symbols(document: Document, index: YamlIndex, lines: tuple[str, ...]) -> SymbolIndex:
    """The symbols of a document; of one with errors, those that could be read."""
    return SymbolReader(document, index, lines).read()
