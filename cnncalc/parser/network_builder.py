"""A Document, a variant of it and a request -> a Network."""

from __future__ import annotations

import os
import sys

from ..datum import Value as Datum
from ..document import Document, Expectations, InputSpec, Variant
from ..expression.grammar import compile_reference, compile_text
from ..expression.value import Expression, Unknown
from ..layers import LAYERS
from ..layers.parameter import SHAPE, WORDS
from ..network import BYTES, Expectation, Network
from ..problem import Problem, Refusal, Span, did_you_mean
from ..shape import Shape
from .expansion.diagnostics import LimitReached
from .expansion.evaluation import Evaluation
from .expansion.expand import expand, take_step
from .expansion.frame import UNKNOWN, Frame
from .expansion.instantiate import bounded
from .expansion.scope import Scope
from .expansion.state import Expansion
from .problem_list import FatalProblem, ProblemList
from .reading.vocabulary import is_word
from .request import Request, RequestError


def select_variant(document: Document, request: Request) -> Variant | None:
    """The variant that is asked for; the first where none is."""
    if request.variant is None:
        return next(iter(document.variants.values()), None)
    if request.variant not in document.variants:
        hint = did_you_mean(request.variant, document.variants) or "the file has no variants"
        raise RequestError(f"there is no variant `{request.variant}`: {hint}")
    return document.variants[request.variant]


def unexplained() -> FatalProblem:
    """Why there is no network though no mistake was found: one of ours, which must not pass for a network."""
    hint = "this is a mistake of cnncalc, not of the file: please report it"
    return FatalProblem(
        Problem(
            Span(1, 1, 1, 2),
            "internal",
            "a step could not be taken, and nothing was found wrong with it",
            hint,
        )
    )


class NetworkBuilder:
    """Puts a network together from a document, a variant of it, and a request."""

    def __init__(
        self,
        document: Document,
        variant: Variant | None,
        request: Request,
        problems: ProblemList,
        file: str,
    ) -> None:
        self.document = document
        self.variant = variant
        self.request = request
        self.file = file
        self.variables: dict[str, Datum] = {}
        self.expansion = Expansion(document, self.variables, problems, take_step)
        self.names = Evaluation(
            self.expansion, Frame(Scope("", "", None, {}, False), self.variables), None
        )

    @property
    def conditions(self) -> dict[Span, set[bool]]:
        """The values that each `when` evaluated to, by its position."""
        return self.expansion.account.whens

    @property
    def effort(self) -> int:
        """The number of steps, iterations, values and layers that building took."""
        account = self.expansion.account
        return account.effort + account.rounds + len(self.expansion.graph.nodes)

    def fact(self, name: str) -> object:
        """What the variant says, else the file."""
        own = getattr(self.variant.facts, name) if self.variant else None
        return getattr(self.document.facts, name) if own is None else own

    def build(self) -> Network | None:
        """The network, or as much of it as there is; None where there is none.  What is wrong is reported."""
        try:
            return self.built()
        except LimitReached:  # a limit was reached before the first step, or behind the last one
            return None

    def built(self) -> Network | None:
        document = self.document
        self.set_variables()
        inputs = self.inputs()
        dtype = self.dtype()
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(
            max(limit, 20_000)
        )  # steps are nested up to MAX_STEP_NESTING, a few calls each
        try:
            scope = expand(self.expansion, inputs, self.input_names())
        finally:
            sys.setrecursionlimit(limit)
        changed = (
            self.request.variables or self.request.inputs
        )  # then the file promises nothing of it
        facts = self.variant.facts if self.variant else document.facts
        promises = [] if changed else self.promises(facts.expect, scope)
        graph, failed_at = self.expansion.graph, self.expansion.account.failed_at
        wrong = self.expansion.account.problems.has_errors
        if not wrong and (failed_at is not None or "output" not in graph.outputs):
            raise unexplained()
        if wrong and failed_at is None:
            return None
        if wrong and failed_at is not None:
            graph.cut(failed_at)
        return Network(
            name=str(self.fact("name") or os.path.splitext(os.path.basename(self.file))[0]),
            variant=self.variant.name if self.variant else None,
            file=self.file,
            source=str(self.fact("source") or ""),
            year=document.year,
            task=document.task,
            dtype=dtype,
            inputs=inputs,
            nodes=tuple(graph.nodes),
            groups=tuple(graph.groups),
            outputs=graph.outputs,
            training_outputs=frozenset(graph.training_outputs),
            expect=tuple(sorted(promises, key=lambda promise: promise.span)),
            budget=self.fact("budget") or (),  # type: ignore[arg-type]
        )

    # Variables, input and dtype

    def set_variables(self) -> None:
        """`vars` from top to bottom, with what the variant and the request say in place of the file."""
        for name in self.request.variables:
            if name not in self.document.vars:
                hint = did_you_mean(name, self.document.vars) or "it has none"
                raise RequestError(f"the file has no variable `{name}`: {hint}")
        own = self.variant.vars if self.variant else {}
        for name, expression in self.document.vars.items():
            text = self.request.variables.get(name)
            if text is not None:
                self.variables[name] = self.asked(text, name)
            else:
                self.variables[name] = self.names.or_unknown(own.get(name, expression))

    def asked(self, text: str, what: str) -> Datum:
        """The value of a text from the command line."""
        try:
            expression = compile_text(text.strip())
            for name in expression.names:
                if not (
                    name in self.variables
                    or name in LAYERS
                    or name in self.document.blocks
                    or is_word(name)
                ):
                    known = [*self.variables, *self.document.blocks, *WORDS]
                    raise Refusal(f"unknown name `{name}`", did_you_mean(name, known))
            return expression.run(self.names)
        except Refusal as refusal:
            hint = f": {refusal.hint}" if refusal.hint else ""
            raise RequestError(f"{what}: {refusal.message}{hint}") from None
        except Unknown:
            return UNKNOWN

    def inputs(self) -> dict[str, Shape]:
        spec = self.fact("input")
        shapes: dict[str, Shape] = {}
        if not isinstance(spec, InputSpec):
            return (
                {"input": self.asked_shape(self.request.inputs[""])}
                if "" in self.request.inputs
                else shapes
            )
        names = self.input_names()
        asked = dict(self.request.inputs)
        if "" in asked and len(names) == 1:
            asked[names[0]] = asked.pop("")
        for name in asked:
            if name not in names:
                known = ", ".join(names)
                raise RequestError(
                    f"say which input: the network has {known}"
                    if not name
                    else f"there is no input `{name}`: it has {known}"
                )
        for name, (_, expression) in zip(names, spec.shapes, strict=True):
            shape = self.asked_shape(asked[name]) if name in asked else self.shape(expression)
            if shape is not None:
                shapes[name] = shape
        return shapes if len(shapes) == len(spec.shapes) else {}

    def input_names(self) -> list[str]:
        """The names of the inputs, whatever they are."""
        spec = self.fact("input")
        return (
            [name or "input" for name, _ in spec.shapes]
            if isinstance(spec, InputSpec)
            else ["input"]
        )

    def asked_shape(self, text: str) -> Shape:
        try:
            return bounded(Shape(SHAPE.read(self.asked(text, "input"), None)))
        except Refusal as refusal:
            raise RequestError(f"input: {refusal.message}") from None

    def shape(self, expression: Expression) -> Shape | None:
        """A shape as the file states it; None where it is broken, which is then reported."""
        value = self.names.or_unknown(expression)
        if value is UNKNOWN:
            return None
        try:
            return bounded(Shape(SHAPE.read(value, None)))
        except Refusal as refusal:
            self.expansion.account.report(expression.span, refusal)
            return None

    def dtype(self) -> str:
        if self.request.dtype is None:
            return self.document.dtype
        if self.request.dtype not in BYTES:
            raise RequestError(
                f"there is no dtype `{self.request.dtype}`: {did_you_mean(self.request.dtype, BYTES)}"
            )
        return self.request.dtype

    # Promises

    def promises(self, expect: Expectations, scope: Scope) -> list[Expectation]:
        """What is promised, with the path of what each promise speaks of; of what is not there, that is reported."""
        paths = {"": ""} | {
            text: path
            for text, span in expect.references
            if (path := self.located(text, span, scope))
        }
        found = [*expect.figures]
        for reference, expression, span in expect.shapes:
            shape = self.shape(expression)
            if shape is not None:
                found.append(Expectation(reference, "output", shape, span))
        return [
            promise._replace(reference=paths[promise.reference])
            for promise in found
            if promise.reference in paths
        ]

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
            self.complain(
                span, Refusal(f"`expect` speaks of one step, found `{text}`", rule="reference")
            )
            return None
        return bound.path

    def complain(self, span: Span, refusal: Refusal) -> None:
        """Report a mistake that is in no step."""
        account = self.expansion.account
        failed = account.failed_at
        account.report(span, refusal)
        account.failed_at = failed if failed is not None else len(self.expansion.graph.nodes)
