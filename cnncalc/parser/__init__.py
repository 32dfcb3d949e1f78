"""Text -> a network, or what is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import PurePath
from typing import NamedTuple

from ..layers import LAYERS
from ..layers.parameter import SHAPE, WORDS
from ..layers.parameter import Value as Datum
from ..network import BYTES, Network, Promise
from ..problem import Problem, Refusal, Span, did_you_mean
from ..shape import Shape
from .characters import decode, split_lines
from .document import Document, Expectations, InputSpec, Variant
from .expand import UNKNOWN, Evaluation, Expander, Frame, bounded
from .expression.grammar import compile_reference, compile_text
from .expression.value import Expression
from .findings import Fatal, Findings
from .reading.desk import Desk
from .reading.file import FileReader
from .reading.vocabulary import is_word
from .scope import Scope, Unknown
from .source import read


class Request(NamedTuple):
    """What is asked of a file: a variant, and what replaces its own words."""

    variant: str | None = None
    variables: Mapping[str, str] = {}
    inputs: Mapping[str, str] = {}  # by name; "" is the only one
    dtype: str | None = None


class WrongRequest(ValueError):
    """A request that does not fit the file; the message says why."""


class Parsed(NamedTuple):
    """What came of a text.  `network` is there if nothing is wrong; `rows` are what there is before a step that failed."""

    network: Network | None
    rows: Network | None
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]
    variants: tuple[str, ...]


def parse(data: bytes, file: str, request: Request = Request(), *, pure: bool = False) -> Parsed:
    """The text of a file -> a network or problems, in reading order.

    Raises WrongRequest.  `pure` reads with PyYAML's pure parser even where libyaml is there.
    """
    problems = Findings()
    lines: list[str] = []
    variants: tuple[str, ...] = ()
    try:
        text = decode(data)
        lines = split_lines(text)
        document = FileReader(Desk(problems)).read(read(text, lines, problems, pure=pure))
        variants = tuple(document.variants)
        network = Builder(document, choose(document, request), request, problems, file).build()
    except Fatal as fatal:
        return Parsed(None, None, (*sorted(problems), fatal.problem), tuple(lines), variants)
    return Parsed(None if problems.wrong else network, network, tuple(sorted(problems)), tuple(lines), variants)


def choose(document: Document, request: Request) -> Variant | None:
    """The variant that is asked for; the first where none is."""
    if request.variant is None:
        return next(iter(document.variants.values()), None)
    if request.variant not in document.variants:
        hint = did_you_mean(request.variant, document.variants) or "the file has no variants"
        raise WrongRequest(f"there is no variant `{request.variant}`: {hint}")
    return document.variants[request.variant]


class Builder:
    """Puts a network together from a document, a variant of it, and a request."""

    def __init__(self, document: Document, variant: Variant | None, request: Request, problems: Findings, file: str) -> None:
        self.document = document
        self.variant = variant
        self.request = request
        self.file = file
        self.expander = Expander(document, problems)
        self.variables: dict[str, Datum] = {}
        self.names = Evaluation(self.expander, Frame(Scope("", "", None, {}, False), self.variables), None, None)

    def fact(self, name: str) -> object:
        """What the variant says, else the file."""
        own = getattr(self.variant.facts, name) if self.variant else None
        return getattr(self.document.facts, name) if own is None else own

    def build(self) -> Network | None:
        document = self.document
        self.set_variables()
        inputs = self.inputs()
        dtype = self.dtype()
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, 20_000))  # steps are nested up to DEEPEST_STEPS, a few calls each
        try:
            scope = self.expander.run(inputs, self.variables, lone_input=len(inputs) == 1)
        finally:
            sys.setrecursionlimit(limit)
        expander = self.expander
        changed = self.request.variables or self.request.inputs  # then the file promises nothing of it
        facts = self.variant.facts if self.variant else document.facts
        promises = [] if changed else self.promises(facts.expect, scope)
        wrong = self.expander.problems.wrong
        if wrong and expander.failed_at is None:
            return None
        count = expander.failed_at if wrong and expander.failed_at is not None else len(expander.nodes)
        nodes = tuple(expander.nodes[:count])
        groups = tuple(
            group._replace(end=min(group.end, count)) for group in expander.groups if group.start < count
        ) if wrong else tuple(expander.groups)  # fmt: skip
        outputs = {name: value for name, value in expander.outputs.items() if value.node < count}
        return Network(
            name=str(self.fact("name") or PurePath(self.file).stem),
            variant=self.variant.name if self.variant else None,
            file=self.file,
            source=str(self.fact("source") or ""),
            year=document.year,
            task=document.task,
            dtype=dtype,
            inputs=inputs,
            nodes=nodes,
            groups=groups,
            outputs=outputs,
            training_outputs=frozenset(expander.training_outputs),
            expect=tuple(sorted(promises, key=lambda promise: promise.span)),
            budget=self.fact("budget") or (),  # type: ignore[arg-type]
        )

    # Variables, input and dtype

    def set_variables(self) -> None:
        """`vars` from top to bottom, with what the variant and the request say in place of the file."""
        for name in self.request.variables:
            if name not in self.document.vars:
                hint = did_you_mean(name, self.document.vars) or "it has none"
                raise WrongRequest(f"the file has no variable `{name}`: {hint}")
        own = self.variant.vars if self.variant else {}
        for name, expression in self.document.vars.items():
            text = self.request.variables.get(name)
            if text is not None:
                self.variables[name] = self.asked(text, name)
            else:
                self.variables[name] = self.known(own.get(name, expression))

    def known(self, expression: Expression) -> Datum:
        try:
            return self.expander.evaluate(expression, self.names)
        except Unknown:
            return UNKNOWN

    def asked(self, text: str, what: str) -> Datum:
        """The value of a text from the command line."""
        try:
            expression = compile_text(text.strip())
            for name in expression.names:
                if not (name in self.variables or name in LAYERS or name in self.document.blocks or is_word(name)):
                    known = [*self.variables, *self.document.blocks, *WORDS]
                    raise Refusal(f"unknown name `{name}`", did_you_mean(name, known))
            return expression.run(self.names)
        except Refusal as refusal:
            hint = f": {refusal.hint}" if refusal.hint else ""
            raise WrongRequest(f"{what}: {refusal.message}{hint}") from None
        except Unknown:
            return UNKNOWN

    def inputs(self) -> dict[str, Shape]:
        spec = self.fact("input")
        shapes: dict[str, Shape] = {}
        if not isinstance(spec, InputSpec):
            return {"input": self.asked_shape(self.request.inputs[""])} if "" in self.request.inputs else shapes
        names = [name or "input" for name, _ in spec.shapes]
        asked = dict(self.request.inputs)
        if "" in asked and len(names) == 1:
            asked[names[0]] = asked.pop("")
        for name in asked:
            if name not in names:
                known = ", ".join(names)
                raise WrongRequest(
                    f"say which input: the network has {known}" if not name else f"there is no input `{name}`: it has {known}"
                )
        for name, (_, expression) in zip(names, spec.shapes, strict=True):
            shape = self.asked_shape(asked[name]) if name in asked else self.shape(expression)
            if shape is not None:
                shapes[name] = shape
        return shapes if len(shapes) == len(spec.shapes) else {}

    def asked_shape(self, text: str) -> Shape:
        try:
            return bounded(Shape(SHAPE.read(self.asked(text, "input"), None)))
        except Refusal as refusal:
            raise WrongRequest(f"input: {refusal.message}") from None

    def shape(self, expression: Expression) -> Shape | None:
        """A shape as the file states it; None where it is broken, which is then reported."""
        value = self.known(expression)
        if value is UNKNOWN:
            return None
        try:
            return bounded(Shape(SHAPE.read(value, None)))
        except Refusal as refusal:
            self.expander.report(expression.span, refusal)
            return None

    def dtype(self) -> str:
        if self.request.dtype is None:
            return self.document.dtype
        if self.request.dtype not in BYTES:
            raise WrongRequest(f"there is no dtype `{self.request.dtype}`: {did_you_mean(self.request.dtype, BYTES)}")
        return self.request.dtype

    # Promises

    def promises(self, expect: Expectations, scope: Scope) -> list[Promise]:
        """What is promised, with the path of what each promise speaks of; of what is not there, that is reported."""
        paths = {"": ""} | {text: path for text, span in expect.references if (path := self.located(text, span, scope))}
        found = [*expect.figures]
        for reference, expression, span in expect.shapes:
            shape = self.shape(expression)
            if shape is not None:
                found.append(Promise(reference, "output", shape, span))
        return [promise._replace(reference=paths[promise.reference]) for promise in found if promise.reference in paths]

    def located(self, text: str, span: Span, scope: Scope) -> str | None:
        """The path of what a reference of `expect` names; None where it is not there."""
        try:
            bound, everything = scope.resolve(compile_reference(text), self.names)
        except Refusal as refusal:
            self.complain(span, refusal)
            return None
        except Unknown:
            return None
        if everything:
            self.complain(span, Refusal(f"`expect` speaks of one step, found `{text}`", rule="reference"))
            return None
        return bound.path

    def complain(self, span: Span, refusal: Refusal) -> None:
        """Report a mistake that is in no step."""
        failed = self.expander.failed_at
        self.expander.report(span, refusal)
        self.expander.failed_at = failed if failed is not None else len(self.expander.nodes)
