"""The values of expressions in one step: what enters it, and the names that it sees."""

from __future__ import annotations

from typing import Any

from ...datum import Value as Datum
from ...datum import show
from ...expression.value import Expression, Reference, Unknown
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
    """Evaluates the expressions of one step, and is the names that these read (`expression.value.Names`)."""

    __slots__ = ("expansion", "flow", "frame", "sources")

    def __init__(
        self, expansion: Expansion, frame: Frame, flow: Flow, sources: Sources = None
    ) -> None:
        self.expansion = expansion
        self.frame = frame
        self.flow = flow
        self.sources = sources  # resolved at the first use, since a step that `when` leaves out may name what is not there

    def entering(self) -> Flow:
        """What enters, whatever it is.  Raises Refusal, or Unknown."""
        if self.sources is not None:
            found: list[Value] = []
            sources, self.sources = self.sources, None
            for reference, span in sources:
                try:
                    found += self.frame.scope.values(reference, self)
                except Refusal as refusal:
                    refusal.span = span
                    raise
            self.flow = tuple(found)
        return self.flow

    def values(self) -> tuple[Value, ...]:
        """What enters, for a step that needs it.  Raises Refusal, or Unknown."""
        flow = self.entering()
        if flow is None:
            raise Unknown
        if isinstance(flow, str):
            raise Refusal(flow, rule="several-values")
        if not self.frame.training_only:
            nodes = self.expansion.graph.nodes
            for value in flow:
                if value.node >= 0 and nodes[value.node].training_only:
                    raise Refusal(
                        f"this reads `{nodes[value.node].path}`, which is there for training only",
                        rule="training-only",
                    )
        return flow

    def entering_or_none(self, span: Span) -> tuple[Value, ...] | None:
        """What enters a step at this place, for what can be checked without it too; a mistake in it is reported."""
        try:
            return self.values()
        except Refusal as refusal:
            self.expansion.account.report(span, refusal)
        except Unknown:
            pass
        return None

    def flow_in(self, span: Span) -> Flow:
        """What the steps inside a step at this place begin with; a mistake in it is reported, and then it is unknown."""
        try:
            return self.entering()
        except Refusal as refusal:
            self.expansion.account.report(span, refusal)
        except Unknown:
            pass
        return None

    def value(self, name: str) -> Datum:
        found = self.frame.variables.get(name, MISSING)
        if found is MISSING:
            return self.special(name)
        if found is UNKNOWN:
            raise Unknown
        if found is AMBIGUOUS:
            raise Refusal(
                "`i` is read where two repetitions enclose it",
                "name the counters with `for`",
                rule="ambiguous-counter",
            )
        return found

    def special(self, name: str) -> Datum:
        if name in ("in_channels", "in_size"):
            values = self.values()
            if not values:
                raise Refusal(f"`{name}` is read where nothing enters", rule="inputs")
            return values[0].shape.channels if name == "in_channels" else values[0].shape.spatial
        if name in LAYERS or name in self.expansion.document.blocks or name in WORDS:
            return name
        raise Unknown  # the reader of the file has reported it

    def shape(self, reference: Reference) -> Shape:
        values = self.frame.scope.values(reference, self)
        if len(values) != 1:
            raise Refusal(f"`{reference.text}` is {len(values)} values", rule="several-values")
        return values[0].shape

    def spend(self, effort: int) -> None:
        self.expansion.account.spend(effort)

    def evaluate(self, expression: Expression) -> Datum:
        """The value of an expression; a mistake is reported where it stands, and then it is unknown."""
        try:
            return expression.run(self)
        except Refusal as refusal:
            self.expansion.account.report(expression.span, refusal)
            raise Unknown from None

    def or_unknown(self, expression: Expression) -> Datum:
        """The value of a variable; UNKNOWN where there is a mistake in it."""
        try:
            return self.evaluate(expression)
        except Unknown:
            return UNKNOWN

    def truth(self, expression: Expression | None) -> bool:
        """Whether a step is taken: numbers other than 0, words and lists with entries are true, as in Python."""
        if expression is None:
            return True
        taken = bool(self.evaluate(expression))
        self.expansion.account.whens.setdefault(expression.span, set()).add(taken)
        return taken

    def flag(self, expression: Expression | None, otherwise: bool) -> bool:
        """The value of an argument that is true or false."""
        if expression is None:
            return otherwise
        value = self.evaluate(expression)
        if type(value) is not bool:
            refusal = Refusal(f"expected true or false, found {show(value)}", rule="bad-value")
            self.expansion.account.report(expression.span, refusal)
            raise Unknown
        return value
