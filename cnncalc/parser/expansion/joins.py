"""Joins and their operands."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ...datum import Datum, is_number, show
from ...document import Body, Operand, StaticScope, Step
from ...expression.expression import Unknown
from ...layers import layer_class
from ...network import Value
from ...problem import Call, Refusal
from .evaluation import Evaluation
from .frame import Frame
from .iterations import iterations_over
from .nodes import add_node, evaluated_arguments, known
from .scope import Flow, Scope, StepResult, required_values
from .state import SKIPPED, Expansion

if TYPE_CHECKING:  # at run time, a layer's module is imported when a file first names the layer
    from ...layers.join import Join

OPERAND_COST = 4  # of an operand: that of so many parameters


class JoinOperands:
    """The operands of a join as they are expanded: their values and numbers.

    `constants` are the numbers, each with its position among the operands.
    """

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.constants: list[tuple[int, int | float]] = []
        self.failed = 0
        self.countable = True  # no failed operand is a `name.*`

    def fail(self, operand: Operand) -> None:
        """Record an operand whose value is not known."""
        self.failed += 1
        if operand.reference is not None and "*" in operand.reference.parts:
            self.countable = False


def expand_join(
    expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str
) -> StepResult:
    """Expand the operands of a join, and add the join to the graph."""
    cls = cast("type[Join]", layer_class(step.word))
    given = evaluated_arguments(step, names)
    flow = names.flow_or_none(step.span)
    operands = JoinOperands()
    start = len(expansion.graph.nodes)
    iterations: list[StepResult | None] | None = None
    scope: Scope | None = None
    if step.across is not None:
        iterations = expand_across(expansion, step, frame, flow, operands, path, names)
    elif step.scope is not None:
        scope = expand_in_iteration(expansion, step, step.scope, frame, flow, operands, path)
    else:
        expand_operands(expansion, step, frame, flow, operands)
    check_operands(cls, operands)
    check_arguments(cls, given, operands)
    values = tuple(operands.values)
    result = add_node(expansion, step.word, given, values, frame, path, step, start)
    result.iterations = iterations
    result.scope = scope
    return result


def check_operands(cls: type[Join], operands: JoinOperands) -> None:
    """Raise Refusal if a join cannot have this number of operands, or numbers as operands."""
    if not operands.values and not operands.failed:
        found = "has only numbers as operands" if operands.constants else "has no operands left"
        raise Refusal(f"{cls.kind} {found}", rule="missing-operands")
    if operands.constants and "constants" not in cls.fields:
        raise Refusal(f"{cls.kind} does not take numbers as operands", rule="bad-operand")
    if operands.countable:
        cls.check_operands(len(operands.values) + len(operands.constants) + operands.failed)


def check_arguments(cls: type[Join], given: dict[str, Datum], operands: JoinOperands) -> None:
    """Raise Refusal or Unknown for an error in arguments or operands; adds the constants."""
    if operands.failed:
        cls.check_given(known(given))
        raise Unknown
    if operands.constants:
        given["constants"] = tuple(operands.constants)
    known(given)


def expand_in_iteration(
    expansion: Expansion,
    step: Step,
    static: StaticScope,
    frame: Frame,
    flow: Flow,
    operands: JoinOperands,
    path: str,
) -> Scope:
    """The operands of one iteration of a repeated join, which have paths of their own.

    The names given in the last iteration are visible to the steps after the join.
    """
    scope = expansion.new_scope(static, path + ".", frame, frame.scope)
    expand_operands(expansion, step, frame._replace(scope=scope), flow, operands)
    for name, named in scope.names.items():
        named.join = step.number
        expansion.bind(name, named, frame.scope, static.given[name][0])
    return scope


def expand_across(
    expansion: Expansion,
    step: Step,
    frame: Frame,
    flow: Flow,
    operands: JoinOperands,
    path: str,
    names: Evaluation,
) -> list[StepResult | None]:
    """The operands of a join once for each binding of its `across`."""
    found: list[StepResult | None] = []
    for index, variables in enumerate(iterations_over(step.across or (), frame, names)):
        inner = frame._replace(variables=variables)
        found.append(expand_binding(expansion, step, inner, flow, operands, path, index))
    return found


def expand_binding(
    expansion: Expansion,
    step: Step,
    frame: Frame,
    flow: Flow,
    operands: JoinOperands,
    join_path: str,
    index: int,
) -> StepResult:
    """The operands of one binding of `across`, in a scope of their own."""
    path = f"{join_path}.{index}"
    inner = frame._replace(depth=frame.depth + 1)
    if frame.identity is not None and step.shared is None:
        identity = f"{frame.identity}/{step.number - frame.origin}.{index}"
        inner = inner._replace(identity=identity, origin=step.number)
    scope = expansion.new_scope(step.scope or StaticScope(), path + ".", inner, frame.scope)
    group = expansion.graph.enter(path, "branch", (), frame.depth, step.span)
    expansion.diagnostics.calls.append(Call(f"binding {index} of `{join_path}`", step.span))
    before = len(operands.values)
    expand_operands(expansion, step, inner._replace(scope=scope), flow, operands)
    expansion.diagnostics.calls.pop()
    values = tuple(operands.values[before:])
    expansion.graph.leave(group, values)
    return StepResult(path, values, scope)


def expand_operands(
    expansion: Expansion, step: Step, frame: Frame, flow: Flow, operands: JoinOperands
) -> None:
    """Expand all operands of a join; an error in one is reported."""
    expansion.quota.spend_entries(OPERAND_COST * len(step.operands))
    for operand in step.operands:
        try:
            expand_operand(expansion, operand, frame, flow, operands)
        except Refusal as refusal:
            expansion.diagnostics.report(operand.span, refusal)
            operands.fail(operand)
        except Unknown:
            operands.fail(operand)


def expand_operand(
    expansion: Expansion, operand: Operand, frame: Frame, flow: Flow, operands: JoinOperands
) -> None:
    """Add the value of an operand to the others, or count it if it is a number."""
    several = False
    if operand.reference is not None and is_reference(operand, frame):
        values = frame.scope.values(operand.reference, Evaluation(expansion, frame, flow))
        several = "*" in operand.reference.parts
        path = expansion.graph.path_of(values[0]) if values else operand.text
        expansion.quota.spend_text(len(path))
        result = StepResult(path, values)
    else:
        number = None
        if operand.expression is not None:
            number = number_of(expansion, operand, frame, flow)
        if number is not None:
            position = len(operands.values) + len(operands.constants)
            operands.constants.append((position, number))
            return
        if operand.body is None:
            raise Unknown
        result = expand_branch(expansion, operand, operand.body, frame, flow)
    if result is SKIPPED:
        frame.scope.skipped.add(operand.name or "")
        return
    if operand.name:
        expansion.bind(operand.name, result, frame.scope, operand.span)
    values = Evaluation(expansion, frame, required_values(result)).inputs()
    if len(values) != 1 and not several:
        raise Refusal(f"an operand is one value, found {len(values)}", rule="several-values")
    operands.values += values


def is_reference(operand: Operand, frame: Frame) -> bool:
    """True if an operand is a reference.  A word that is a step and a variable is the step."""
    if operand.expression is None:
        return True
    return operand.reference is not None and frame.scope.find(operand.reference.name) is not None


def number_of(
    expansion: Expansion, operand: Operand, frame: Frame, flow: Flow
) -> int | float | None:
    """The number that the expression of an operand is; None if it is the word of a layer."""
    assert operand.expression is not None
    value = Evaluation(expansion, frame, flow).evaluate(operand.expression)
    if is_number(value):
        return value
    if not isinstance(value, str) or operand.body is None:
        message = f"expected a branch, a reference or a number, found {show(value)}"
        raise Refusal(message, rule="bad-operand")
    return None


def expand_branch(
    expansion: Expansion, operand: Operand, body: Body, frame: Frame, flow: Flow
) -> StepResult:
    """The steps of an operand; SKIPPED if it is a single step that its `when` skips."""
    path = frame.scope.prefix + (operand.name or "")
    if operand.name is None:
        if operand.lone:
            result = expansion.step_function(expansion, body.steps[0], frame, flow)
        else:
            result = expansion.steps(body, frame, flow)
        return result if result is SKIPPED else StepResult(path, result)
    if not operand.lone:
        return expansion.chain(body, path, "branch", frame, flow, operand.span)
    inner = frame._replace(depth=frame.depth + 1)
    scope = expansion.new_scope(body.scope or StaticScope(), path + ".", inner, frame.scope)
    group = expansion.graph.enter(path, "branch", (), frame.depth, operand.span)
    inner = inner._replace(scope=scope)
    result = expansion.step_function(expansion, body.steps[0], inner, flow)
    if result is SKIPPED:
        expansion.graph.drop(group)
        skipped: StepResult = SKIPPED
        return skipped
    expansion.graph.leave(group, result)
    return StepResult(path, result, scope)
