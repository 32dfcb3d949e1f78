"""Joins and their operands."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ...datum import show
from ...document import Body, Operand, StaticScope, Step
from ...expression.value import Unknown
from ...layers import layer_class
from ...network import Value
from ...problem import Call, Refusal
from .evaluation import Evaluation
from .frame import Frame
from .iterations import bindings_of
from .nodes import add_node, arguments, known
from .scope import Bound, Flow, Scope, flowing
from .state import SKIPPED, Expansion

if TYPE_CHECKING:  # most families are imported when a file first names one of their layers
    from ...layers.join import Join


class Taken:
    """What the operands of a join have come to."""

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.constants = 0
        self.failed = 0
        self.countable = True  # no `name.*` among those that failed

    def fail(self, operand: Operand) -> None:
        """Note an operand whose value is not known."""
        self.failed += 1
        if operand.reference is not None and operand.reference.parts[-1] == "*":
            self.countable = False


def join(expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
    cls = cast("type[Join]", layer_class(step.word))
    given = arguments(step, names)
    flow = names.flow_in(step.span)
    taken = Taken()
    start = len(expansion.graph.nodes)
    rounds: list[Bound | None] | None = None
    scope: Scope | None = None
    if (
        step.across is None and step.scope is not None
    ):  # the rounds of a repeated join keep their paths apart
        scope = expansion.open(step.scope, path + ".", frame, frame.scope)
        take_operands(expansion, step, frame._replace(scope=scope), flow, taken)
        for name, named in scope.names.items():  # what the last round names is seen from behind
            named.join = step.number
            expansion.bind(name, named, frame.scope, step.scope.given[name][0])
    elif step.across is None:
        take_operands(expansion, step, frame, flow, taken)
    else:
        rounds = [
            take_binding(
                expansion,
                step,
                frame._replace(variables=variables),
                flow,
                taken,
                f"{path}.{index}",
                index,
            )
            for index, variables in enumerate(bindings_of(step.across, frame, names))
        ]
    check_operands(cls, taken)
    if taken.failed:
        cls.check_given(known(given))
        raise Unknown
    if taken.constants:
        given["constants"] = taken.constants
    known(given)
    bound = add_node(expansion, step.word, given, tuple(taken.values), frame, path, step, start)
    bound.rounds = rounds
    bound.scope = scope
    return bound


def check_operands(cls: type[Join], taken: Taken) -> None:
    """Raise Refusal where a join cannot take so many operands, or numbers, whatever they are."""
    if not taken.values and not taken.failed:
        found = "joins numbers only" if taken.constants else "has no operand left"
        raise Refusal(f"{cls.kind} {found}", rule="missing-operands")
    if taken.constants and "constants" not in cls.fields:
        raise Refusal(f"{cls.kind} takes no numbers as operands", rule="bad-operand")
    if taken.countable:
        cls.check_operands(len(taken.values) + taken.constants + taken.failed)


def take_binding(
    expansion: Expansion, step: Step, frame: Frame, flow: Flow, taken: Taken, path: str, index: int
) -> Bound:
    """The operands of one binding of `across`, in a scope of their own."""
    inner = frame._replace(depth=frame.depth + 1)
    if frame.identity is not None and step.shared is None:
        inner = inner._replace(
            identity=f"{frame.identity}/{step.number - frame.origin}.{index}", origin=step.number
        )
    scope = expansion.open(step.scope or StaticScope(), path + ".", inner, frame.scope)
    group = expansion.graph.enter(path, "branch", "", frame.depth, step.span)
    expansion.account.calls.append(
        Call(f"binding {index} of `{path.rpartition('.')[0]}`", step.span)
    )
    before = len(taken.values)
    take_operands(expansion, step, inner._replace(scope=scope), flow, taken)
    expansion.account.calls.pop()
    values = tuple(taken.values[before:])
    expansion.graph.leave(group, values)
    return Bound(path, values, scope)


def take_operands(expansion: Expansion, step: Step, frame: Frame, flow: Flow, taken: Taken) -> None:
    for operand in step.operands:
        try:
            take_operand(expansion, operand, frame, flow, taken)
        except Refusal as refusal:
            expansion.account.report(operand.span, refusal)
            taken.fail(operand)
        except Unknown:
            taken.fail(operand)


def take_operand(
    expansion: Expansion, operand: Operand, frame: Frame, flow: Flow, taken: Taken
) -> None:
    """Take the value of an operand, or note that it is a number, or that it is left out."""
    several = False
    if operand.reference is not None and is_reference(operand, frame):
        values = frame.scope.values(operand.reference, Evaluation(expansion, frame, flow))
        several = operand.reference.parts[-1] == "*"
        bound = Bound(expansion.graph.path_of(values[0]) if values else operand.text, values)
    elif operand.expression is not None:
        value = Evaluation(expansion, frame, flow).evaluate(operand.expression)
        if type(value) in (int, float):
            taken.constants += 1
            return
        if not isinstance(value, str) or operand.body is None:
            raise Refusal(
                f"expected a branch, a reference or a number, found {show(value)}",
                rule="bad-operand",
            )
        bound = branch(expansion, operand, operand.body, frame, flow)
    elif operand.body is not None:
        bound = branch(expansion, operand, operand.body, frame, flow)
    else:
        raise Unknown
    if bound is SKIPPED:
        frame.scope.left_out.add(operand.name or "")
        return
    if operand.name:
        expansion.bind(operand.name, bound, frame.scope, operand.span)
    values = Evaluation(expansion, frame, flowing(bound)).values()
    if len(values) != 1 and not several:
        raise Refusal(f"an operand is one value, found {len(values)}", rule="several-values")
    taken.values += values


def is_reference(operand: Operand, frame: Frame) -> bool:
    """A word may be a step's name and a variable's: then it is the step."""
    return operand.expression is None or (
        operand.reference is not None and frame.scope.find(operand.reference.name) is not None
    )


def branch(expansion: Expansion, operand: Operand, body: Body, frame: Frame, flow: Flow) -> Bound:
    """The steps of an operand; SKIPPED where it is one step, without a list, that `when` leaves out."""
    path = frame.scope.prefix + (operand.name or "")
    if operand.name is None:
        result = (
            expansion.take(expansion, body.steps[0], frame, flow)
            if operand.lone
            else expansion.steps(body, frame, flow)
        )
        return result if result is SKIPPED else Bound(path, result)
    if not operand.lone:
        return expansion.chain(body, path, "branch", frame, flow, operand.span)
    inner = frame._replace(depth=frame.depth + 1)
    scope = expansion.open(body.scope or StaticScope(), path + ".", inner, frame.scope)
    group = expansion.graph.enter(path, "branch", "", frame.depth, operand.span)
    result = expansion.take(expansion, body.steps[0], inner._replace(scope=scope), flow)
    expansion.graph.leave(group, None if result is SKIPPED else result)
    return result if result is SKIPPED else Bound(path, result, scope)
