"""The evaluation of the expressions of a step: its inputs, and the names that it sees."""

from __future__ import annotations

from typing import Any

from ...datum import Datum, show
from ...expression.expression import CURRENT, Expression, Reference, Unknown
from ...layers import LAYERS
from ...layers.parameter import WORDS
from ...network import Value
from ...problem import Refusal, Span
from ...shape import Shape
from .frame import AMBIGUOUS, UNKNOWN, Frame
from .scope import Flow
from .state import Expansion

MISSING: Any = object()

Sources = tuple[tuple[Reference, Span], ...] | None


class Evaluation:
    """Evaluates the expressions of one step, for which it is the `expression.expression.Names`.

    `sources` are the references of its `from`.  They are resolved when they are first needed: a
    step that `when` skips may refer to a step that does not exist.
    """

    __slots__ = ("expansion", "flow", "frame", "sources")

    def __init__(
        self, expansion: Expansion, frame: Frame, flow: Flow, sources: Sources = None
    ) -> None:
        self.expansion = expansion
        self.frame = frame
        self.flow = flow
        self.sources = sources

    # Inputs of the step

    def resolved_flow(self) -> Flow:
        """The flow into the step, of any kind.  Raises Refusal or Unknown."""
        if self.sources is not None:
            found: list[Value] = []
            sources, self.sources = self.sources, None
            for reference, span in sources:
                try:
                    if reference is CURRENT:
                        found += self.inputs()  # `sources` is None now: those before the step
                    else:
                        found += self.frame.scope.values(reference, self)
                except Refusal as refusal:
                    refusal.span = span
                    raise
            self.flow = tuple(found)
        return self.flow

    def inputs(self) -> tuple[Value, ...]:
        """The input values of a step that needs them.  Raises Refusal or Unknown."""
        flow = self.resolved_flow()
        if flow is None:
            raise Unknown
        if isinstance(flow, str):
            raise Refusal(flow, rule="several-values")
        if len(flow) > 1:
            self.expansion.quota.spend_entries(len(flow))
        if self.expansion.graph.has_training and not self.frame.training_only:
            nodes = self.expansion.graph.nodes
            for value in flow:
                if value.node >= 0 and nodes[value.node].training_only:
                    path = nodes[value.node].path
                    message = f"the input is `{path}`, which exists in training only"
                    raise Refusal(message, rule="training-only")
        return flow

    def inputs_or_none(self, span: Span) -> tuple[Value, ...] | None:
        """The input values; None if there is an error, which is reported at the given position."""
        try:
            return self.inputs()
        except Refusal as refusal:
            self.expansion.diagnostics.report(span, refusal)
        except Unknown:
            pass
        return None

    def flow_or_none(self, span: Span) -> Flow:
        """The flow into the step; None if there is an error, which is reported at the position."""
        try:
            return self.resolved_flow()
        except Refusal as refusal:
            self.expansion.diagnostics.report(span, refusal)
        except Unknown:
            pass
        return None

    # The protocol `Names`

    def value(self, name: str) -> Datum:
        found = self.frame.variables.get(name, MISSING)
        if found is MISSING:
            found = self.expansion.variables.get(name, MISSING)
            if found is MISSING:
                return self.special(name)
            self.expansion.read.add(name)
        if found is UNKNOWN:
            raise Unknown
        if found is AMBIGUOUS:
            message = "`i` is ambiguous inside two repetitions"
            raise Refusal(message, "name the counters with `for`", rule="ambiguous-counter")
        return found

    def special(self, name: str) -> Datum:
        """The value of a name that is not a variable."""
        if name in ("in_channels", "in_size"):
            values = self.inputs()
            if not values:
                raise Refusal(f"`{name}` needs an input, and there is none", rule="inputs")
            return values[0].shape.channels if name == "in_channels" else values[0].shape.spatial
        if name in LAYERS or name in self.expansion.document.blocks or name in WORDS:
            return name
        raise Unknown  # reported when the file was read

    def shape(self, reference: Reference) -> Shape:
        values = self.frame.scope.values(reference, self)
        if len(values) != 1:
            raise Refusal(f"`{reference.text}` is {len(values)} values", rule="several-values")
        return values[0].shape

    def spend(self, effort: int) -> None:
        self.expansion.quota.spend(effort)

    # Expressions

    def evaluate(self, expression: Expression) -> Datum:
        """The value of an expression.  Raises Unknown if there is an error, which is reported."""
        try:
            return expression.run(self)
        except Refusal as refusal:
            self.expansion.diagnostics.report(expression.span, refusal)
            raise Unknown from None

    def evaluate_or_unknown(self, expression: Expression) -> Datum:
        """The value of an expression; UNKNOWN if there is an error, which is reported."""
        try:
            return expression.run(self)
        except Refusal as refusal:
            self.expansion.diagnostics.report(expression.span, refusal)
        except Unknown:
            pass
        return UNKNOWN

    def condition(self, expression: Expression | None) -> bool:
        """The truth of a `when`, as in Python: 0 and empty lists are false, words are true."""
        if expression is None:
            return True
        outcome = bool(self.evaluate(expression))
        self.expansion.conditions.setdefault(expression.span, set()).add(outcome)
        return outcome

    def flag(self, expression: Expression | None, default: bool) -> bool:
        """The value of a boolean argument.  Raises Unknown if it is not one, which is reported."""
        if expression is None:
            return default
        value = self.evaluate(expression)
        if type(value) is not bool:
            refusal = Refusal(f"expected true or false, found {show(value)}", rule="bad-value")
            self.expansion.diagnostics.report(expression.span, refusal)
            raise Unknown
        return value
