"""A Document, one of its variants and a request -> a Network."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..datum import Datum, whole
from ..document import Document, InputSpec, Metadata, Variant
from ..dtype import FLOAT32, LISTED_WORDS, TYPES_BY_WORD, DataTypes, usual_name
from ..expression.expression import Expression, Unknown
from ..expression.grammar import compile_reference, compile_text
from ..layers import LAYERS
from ..layers.parameter import SHAPE, WORDS
from ..network import Expectation, Network
from ..problem import Problem, Refusal, Span, did_you_mean, suggestion
from ..quantities import TABLE
from ..shape import Shape
from .expansion.build_cache import BuildCache
from .expansion.data_types import evaluated_types
from .expansion.evaluation import Evaluation
from .expansion.expand import expand, expand_step
from .expansion.frame import UNKNOWN, Frame
from .expansion.instantiate import bounded
from .expansion.quota import LimitReached
from .expansion.scope import Scope
from .expansion.state import Expansion
from .expansion.trace import TraceRecorder
from .problem_list import FatalProblem, ProblemList
from .reading.vocabulary import is_word
from .request import Request, RequestError

BYTES = frozenset(quantity.name for quantity in TABLE if quantity.unit == "bytes")
"""The quantities that depend on `dtype`."""

MIN_RECURSION_LIMIT = 20_000
"""Steps are nested up to MAX_STEP_NESTING levels deep, with several calls per level."""


def select_variant(document: Document, request: Request) -> Variant | None:
    """The requested variant, by default the first; None if the file has no variants.

    Raises RequestError if there is no such variant.
    """
    if request.variant is None:
        return next(iter(document.variants.values()), None)
    if request.variant not in document.variants:
        hint = suggestion(request.variant, document.variants, "the file has no variants")
        raise RequestError(f"there is no variant `{request.variant}`: {hint}")
    return document.variants[request.variant]


def unexplained() -> FatalProblem:
    """The problem of a step that failed without a report: a bug, not a valid network."""
    message = "a step failed, and no problem was reported"
    hint = "this is a bug in cnncalc, not in the file: please report it"
    return FatalProblem(Problem(Span(1, 1, 1, 2), "internal", message, hint))


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Raise Python's recursion limit for a while."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, MIN_RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


class NetworkBuilder:
    """Builds one network; problems go to `problems`."""

    def __init__(
        self,
        document: Document,
        variant: Variant | None,
        request: Request,
        problems: ProblemList,
        file: str,
        recorder: TraceRecorder | None = None,
        cache: BuildCache | None = None,
    ) -> None:
        self.document = document
        self.variant = variant
        self.request = request
        self.file = file
        self.metadata = document.metadata
        if variant is not None:
            self.metadata = combined(document.metadata, variant.metadata)
        self.variables: dict[str, Datum] = {}
        if recorder is not None:
            recorder.variables = self.variables
        self.expansion = Expansion(document, self.variables, problems, expand_step, recorder, cache)
        top = Frame(Scope("", "", None, {}, False), {})
        self.names = Evaluation(self.expansion, top, None)

    @property
    def usual_types(self) -> DataTypes:
        """The data types of what states none."""
        return TYPES_BY_WORD[self.request.usual_dtype]

    @property
    def conditions(self) -> dict[Span, set[bool]]:
        """The values that each `when` evaluated to, by its position."""
        return self.expansion.conditions

    @property
    def effort(self) -> int:
        """The number of steps, iterations, values and layers that building took."""
        quota = self.expansion.quota
        return quota.effort + quota.iterations + len(self.expansion.graph.nodes)

    def build(self) -> Network | None:
        """The network, up to the first step that failed; None if a problem is not in a step.

        Raises RequestError if the request does not fit the file.
        """
        try:
            self.set_variables()
            inputs, types = self.resized(self.inputs()), self.types()
            with deep_recursion():
                scope = expand(self.expansion, inputs, self.input_names(), types)
            expectations = self.expectations(scope)
        except LimitReached:  # before the first step, or after the last one
            return None
        if not self.finish_graph():
            return None
        return self.network(inputs, types, expectations)

    def finish_graph(self) -> bool:
        """Cut the graph off at the first step that failed; False if a problem is not in a step.

        Raises FatalProblem if a step failed and no problem was reported.
        """
        graph, diagnostics = self.expansion.graph, self.expansion.diagnostics
        failed_at = diagnostics.failed_at
        if diagnostics.problems.has_errors:
            if failed_at is not None:
                graph.truncate(failed_at)
            return failed_at is not None
        if failed_at is not None or "output" not in graph.outputs:
            raise unexplained()
        return True

    def network(
        self, inputs: dict[str, Shape], types: DataTypes, expectations: list[Expectation]
    ) -> Network:
        """The network as a value."""
        graph, metadata = self.expansion.graph, self.metadata
        stem = os.path.splitext(os.path.basename(self.file))[0]
        return Network(
            name=metadata.name or stem,
            variant=self.variant.name if self.variant else None,
            file=self.file,
            source=metadata.source or "",
            year=self.document.year,
            task=self.document.task,
            types=types,
            inputs=inputs,
            nodes=tuple(graph.nodes),
            groups=tuple(graph.groups),
            outputs=graph.outputs,
            training_outputs=frozenset(graph.training_outputs),
            expect=tuple(sorted(expectations, key=lambda expectation: expectation.span)),
            budget=metadata.budget or (),
            input_names=tuple(inputs),
            device_budget=metadata.device_budget,
            accuracy=None if self.request.changes_network else metadata.accuracy,
        )

    # Variables

    def set_variables(self) -> None:
        """Evaluate `vars` in order, with the values of the variant and of the request."""
        for name in self.request.variables:
            if name not in self.document.vars:
                hint = suggestion(name, self.document.vars, "it has none")
                raise RequestError(f"the file has no variable `{name}`: {hint}")
        own = self.variant.vars if self.variant else {}
        self.expansion.quota.spend(len(self.document.vars))
        for name, expression in self.document.vars.items():
            text = self.request.variables.get(name)
            if text is not None:
                compiled = self.request.compiled.get(name)
                self.variables[name] = self.requested(text, name, compiled)
            else:
                self.variables[name] = self.names.evaluate_or_unknown(own.get(name, expression))

    def requested(self, text: str, what: str, compiled: Expression | None = None) -> Datum:
        """The value of a text in the request, or of what it was compiled to.

        Raises RequestError if it is not valid.
        """
        try:
            expression = compiled or compile_text(text.strip())
            for name in expression.names:
                self.check_name(name)
            return expression.run(self.names)
        except Refusal as refusal:
            hint = f": {refusal.hint}" if refusal.hint else ""
            raise RequestError(f"{what}: {refusal.message}{hint}") from None
        except Unknown:
            return UNKNOWN

    def check_name(self, name: str) -> None:
        """Raise Refusal if a name in the request is unknown."""
        if name in self.variables or name in LAYERS or name in self.document.blocks:
            return
        if not is_word(name):
            known = [*self.variables, *self.document.blocks, *WORDS]
            raise Refusal(f"unknown name `{name}`", did_you_mean(name, known))

    # Inputs

    def inputs(self) -> dict[str, Shape]:
        """The input shapes by name; empty if there is an error in one, which is reported."""
        spec = self.metadata.input
        if spec is None:
            text = self.request.inputs.get("")
            return {} if text is None else {"input": self.requested_shape(text)}
        requested = self.requested_inputs()
        shapes: dict[str, Shape] = {}
        for name, (_, expression) in zip(self.input_names(), spec.shapes, strict=True):
            if name in requested:
                shapes[name] = self.requested_shape(requested[name])
            elif (shape := self.shape(expression)) is not None:
                shapes[name] = shape
        return shapes if len(shapes) == len(spec.shapes) else {}

    def resized(self, inputs: dict[str, Shape]) -> dict[str, Shape]:
        """The inputs at the requested resolution.  Raises RequestError if they have none."""
        text = self.request.resolution
        if text is None or not inputs:
            return inputs
        compiled = self.request.compiled.get("")
        size = whole(self.requested(text, "resolution", compiled))
        if size is None or size < 1:
            raise RequestError(f"resolution: expected an integer of 1 or more, found {text}")
        [(name, shape), *others] = inputs.items()
        if others or not shape.spatial:
            found = f"{name} is {shape}" if not others else f"it has {', '.join(inputs)}"
            raise RequestError(f"resolution is that of the only input, an image or series: {found}")
        try:
            return {name: bounded(shape.with_spatial([size] * len(shape.spatial)))}
        except Refusal as refusal:
            raise RequestError(f"resolution: {refusal.message}") from None

    def input_names(self) -> list[str]:
        """The names of the inputs; a single one may be called `input`."""
        spec: InputSpec | None = self.metadata.input
        return [name or "input" for name, _ in spec.shapes] if spec else ["input"]

    def requested_inputs(self) -> dict[str, str]:
        """The requested shapes by input name.  Raises RequestError if there is no such input."""
        names = self.input_names()
        requested = dict(self.request.inputs)
        if "" in requested and len(names) == 1:
            requested[names[0]] = requested.pop("")
        for name in requested:
            if name in names:
                continue
            known = ", ".join(names)
            if name:
                raise RequestError(f"there is no input `{name}`: the network has {known}")
            raise RequestError(f"the network has several inputs, name one of them: {known}")
        return requested

    def requested_shape(self, text: str) -> Shape:
        """A shape in the request.  Raises RequestError if it is not valid."""
        try:
            return bounded(Shape(SHAPE.read(self.requested(text, "input"), None)))
        except Refusal as refusal:
            raise RequestError(f"input: {refusal.message}") from None

    def shape(self, expression: Expression) -> Shape | None:
        """A shape in the file; None if there is an error in it, which is reported."""
        value = self.names.evaluate_or_unknown(expression)
        if value is UNKNOWN:
            return None
        try:
            return bounded(Shape(SHAPE.read(value, None)))
        except Refusal as refusal:
            self.expansion.diagnostics.report(expression.span, refusal)
            return None

    def types(self) -> DataTypes:
        """The data types of the layers that state none of their own.

        Raises RequestError if the requested one is unknown.
        """
        word = self.request.dtype
        if word is None:
            try:
                return evaluated_types(self.document.dtype, self.names, self.usual_types)
            except Unknown:
                return self.usual_types
        if word not in TYPES_BY_WORD:
            raise RequestError(
                f"there is no dtype `{word}`: {suggestion(usual_name(word), LISTED_WORDS)}"
            )
        return TYPES_BY_WORD[word]

    # Expectations

    def expectations(self, scope: Scope) -> list[Expectation]:
        """The expectations of the file, with paths instead of references.

        Nothing is expected of a network that the request changes.  A reference to a step that does
        not exist is reported.
        """
        request = self.request
        if request.variables or request.inputs or request.resolution:
            return []
        expect = self.metadata.expect
        paths = {"": ""}
        for text, span in expect.references:
            path = self.path_of(text, span, scope)
            if path:
                paths[text] = path
        found = [*expect.figures]
        for reference, expression, span in expect.shapes:
            shape = self.shape(expression)
            if shape is not None:
                found.append(Expectation(reference, "output", shape, span))
        return [
            expectation._replace(reference=paths[expectation.reference])
            for expectation in found
            if expectation.reference in paths and self.is_expected(expectation.number)
        ]

    def is_expected(self, number: str) -> bool:
        """Whether a number is expected of the network: no bytes if the request changes `dtype`."""
        is_changed = self.request.dtype is not None or self.usual_types != FLOAT32
        return not (is_changed and number in BYTES)

    def path_of(self, text: str, span: Span, scope: Scope) -> str | None:
        """The path of the step that a reference in `expect` names; None if there is none."""
        try:
            result, everything = scope.resolve(compile_reference(text), self.names)
        except Refusal as refusal:
            self.report_in_expect(span, refusal)
            return None
        except Unknown:
            return None
        if everything:
            message = f"`expect` refers to single steps, found `{text}`"
            self.report_in_expect(span, Refusal(message, rule="reference"))
            return None
        return result.path

    def report_in_expect(self, span: Span, refusal: Refusal) -> None:
        """Report a problem that does not make a step fail."""
        diagnostics = self.expansion.diagnostics
        failed_at = diagnostics.failed_at
        diagnostics.report(span, refusal)
        if failed_at is None:
            diagnostics.failed_at = len(self.expansion.graph.nodes)


def combined(common: Metadata, own: Metadata) -> Metadata:
    """The metadata of a network: its variant's, else its file's.

    The limits of `budget` are combined one by one.  `expect` and `accuracy` are never
    inherited: they would hold for one variant only.
    """
    own_limits = own.budget or ()
    replaced = {limit.number for limit in own_limits}
    inherited = [limit for limit in common.budget or () if limit.number not in replaced]
    return Metadata(
        name=common.name if own.name is None else own.name,
        source=common.source if own.source is None else own.source,
        input=common.input if own.input is None else own.input,
        expect=own.expect,
        budget=(*inherited, *own_limits),
        device_budget=own.device_budget or common.device_budget,
        accuracy=own.accuracy,
    )
