"""Calls of blocks, and of the layer or block that a variable holds."""

from __future__ import annotations

from functools import partial

from ...datum import Datum, show
from ...document import Block, StaticScope, Step
from ...expression.expression import Expression, Reference, Unknown
from ...layers import JOINS, LAYERS
from ...named_tuple import make
from ...network import CallArgument, Value
from ...problem import Call, Refusal, Span, count
from ..signature import Signature, layer_signature, signature_of
from .evaluation import Evaluation
from .frame import UNKNOWN, Frame
from .graph import GraphBuilder
from .nodes import evaluated_arguments, expand_layer
from .recorded_calls import call_key, recorded_call, repeated_call
from .scope import Flow, Scope, StepResult
from .state import Expansion


def expand_variable(
    expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str
) -> StepResult:
    """A call of the layer or block that a variable holds."""
    kind = names.value(step.word)
    called = expansion.document.blocks.get(kind) if isinstance(kind, str) else None
    if called is not None and not (kind == frame.block and kind in LAYERS):
        step = bound_call(expansion, called, step)
        return expand_block(expansion, step, frame, names, path)
    if not isinstance(kind, str) or kind not in LAYERS:
        message = f"`{step.word}` is {show(kind)}, which is not a layer or block"
        raise Refusal(message, rule="unknown-layer")
    if kind in JOINS or kind == "custom":
        takes = "takes operands" if kind in JOINS else "takes a name and not a value"
        message = f"`{step.word}` is {kind}, which {takes}: write {kind} itself"
        raise Refusal(message, rule="unknown-layer")
    signature = layer_signature(kind)
    step = with_list_as_value(step, names)
    check_call(signature, step)
    step = step.bound(kind, signature.parameters)
    try:
        return expand_layer(expansion, step, frame, names, path)
    except Refusal as refusal:
        if refusal.argument in step.arguments:  # unknown to the step as written
            refusal.span = step.arguments[refusal.argument].span
        raise


def bound_call(expansion: Expansion, block: Block, step: Step) -> Step:
    """A call of a block by a variable.  Raises Refusal for a call that does not fit the block."""
    key = (id(step), block.name)  # steps and blocks are those of the document
    found = expansion.cache.bound.get(key)
    if found is None:
        signature = signature_of(block)
        check_call(signature, step)
        found = expansion.cache.bound[key] = step.bound(block.name, signature.parameters)
    return found


def with_list_as_value(step: Step, names: Evaluation) -> Step:
    """A call whose list, if it has one, is one value, as layers take it."""
    if not (step.listed and step.value):
        return step
    value = tuple(names.evaluate(expression) for expression in step.value)
    first, last = step.value[0].span, step.value[-1].span
    span = Span(first.line, first.column, last.end_line, last.end_column)
    return step._replace(value=(Expression(show(value), span, lambda _: value),), listed=False)


def check_call(signature: Signature, step: Step) -> None:
    """Raise Refusal for the first problem of a call whose signature is known only now."""
    for problem in signature.problems(step, step.keys):
        refusal = Refusal(problem.message, problem.hint, rule=problem.rule)
        refusal.span = problem.span
        raise refusal


def expand_block(
    expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str
) -> StepResult:
    """Expand the steps of a block, with its inputs and the arguments of the call."""
    called = expansion.document.blocks.get(step.word)
    if called is None:
        raise Unknown
    expansion.quota.check_call_depth(frame.calls, step.span)
    expansion.quota.spend_entries(len(called.params) + len(called.lets) + len(called.inputs))
    given = evaluated_arguments(step, names)
    inputs = names.inputs_or_none(step.span)
    if inputs is not None:
        check_inputs(called, inputs)
    diagnostics, graph = expansion.diagnostics, expansion.graph
    diagnostics.calls.append(make(Call, (f"block `{called.name}`", step.span)))
    diagnostics.call_sites.append(step.span)
    arguments = arguments_of(called.params, given) if given else ()
    if arguments:
        expansion.quota.spend_text(sum([len(name) + len(text) for name, text, _ in arguments]))
    group = graph.enter(path, called.name, arguments, frame.depth, step.span)
    key = call_key(expansion, called, step, given, inputs, frame)
    try:
        if key is None or inputs is None:
            result = expand_body(expansion, called, step, given, inputs, frame, path)
        else:
            flow = repeated_call(expansion, key, path, inputs, frame)
            if flow is None:
                body = partial(expand_body, expansion, called, step, given, inputs, frame, path)
                flow = recorded_call(expansion, key, path, inputs, frame, lambda: body().flow)
            result = StepResult(path, flow)  # no reference enters its scope
    finally:
        diagnostics.calls.pop()
        diagnostics.call_sites.pop()
    graph.leave(group, result.flow)
    return result


def expand_body(
    expansion: Expansion,
    block: Block,
    step: Step,
    given: dict[str, Datum],
    inputs: tuple[Value, ...] | None,
    frame: Frame,
    path: str,
) -> StepResult:
    """The steps of a block, with the inputs and the arguments of a call."""
    flow: Flow = None if inputs is None else inputs[:1]
    static = block.body.scope or StaticScope()
    inner = block_frame(block, static, expansion, step, frame, path)
    scope = inner.scope
    bind_inputs(block, inputs, scope, expansion.graph)
    define(block, given, inner, Evaluation(expansion, inner, flow))
    if expansion.recorder is not None:
        expansion.recorder.enter_block(block.name, inner.variables)
    scope.automatic = expansion.automatic_names(static, inner.variables)
    flow = expansion.steps(block.body, inner, flow)
    if block.outputs is not None:
        flow = block_outputs(expansion, block.outputs, inner)
    return StepResult(path, flow, scope)


def block_frame(
    block: Block, static: StaticScope, expansion: Expansion, step: Step, frame: Frame, path: str
) -> Frame:
    """The frame of the steps of a block.

    Its scope has no automatic names yet: they may depend on the parameters.
    """
    identity, origin, scope_identity = frame.identity, frame.origin, f"{path}."
    if identity is not None:
        identity, origin = f"{identity}/{step.number - origin}", 0
        scope_identity = f"{identity}@{static.number}"
    return Frame(
        scope=Scope(f"{path}.", scope_identity, None, {}, expansion.document.incomplete),
        variables={},
        block=block.name,
        calls=frame.calls + 1,
        depth=frame.depth + 1,
        training_only=frame.training_only,
        trainable=frame.trainable,
        dtype=frame.dtype,
        tag=frame.tag,
        identity=identity,
        origin=origin,
    )


def check_inputs(block: Block, values: tuple[Value, ...]) -> None:
    """Raise Refusal if a block does not take this number of inputs."""
    required = len(block.inputs) or (0 if block.rest else 1)
    if len(values) < required or (len(values) > required and block.rest is None):
        takes = f"at least {count(required, 'input')}" if block.rest else count(required, "input")
        raise Refusal(f"block `{block.name}` takes {takes}, found {len(values)}", rule="inputs")


def bind_inputs(
    block: Block, values: tuple[Value, ...] | None, scope: Scope, graph: GraphBuilder
) -> None:
    """Bind `input` and the names that the block gives to its inputs."""
    scope.names["input"] = input_result(values, 0, "input", graph)
    for index, name in enumerate(block.inputs):
        scope.names[name] = input_result(values, index, name, graph)
    if block.rest:
        flow = None if values is None else values[len(block.inputs) :]
        result = StepResult(block.rest, flow)
        result.outputs = flow or ()
        scope.names[block.rest] = result


def input_result(
    values: tuple[Value, ...] | None, index: int, name: str, graph: GraphBuilder
) -> StepResult:
    """The result that the name of an input refers to."""
    if not values:
        return StepResult(name, values)
    return StepResult(graph.path_of(values[index]), (values[index],))


def define(block: Block, given: dict[str, Datum], inner: Frame, names: Evaluation) -> None:
    """Evaluate parameters, defaults and `let`s in order: each may read those before it."""
    for name, default in block.params.items():
        if name in given:
            inner.variables[name] = given[name]
        elif default is not None:
            inner.variables[name] = names.evaluate_or_unknown(default)
    for name, expression in block.lets:
        inner.variables[name] = names.evaluate_or_unknown(expression)


def block_outputs(
    expansion: Expansion, outputs: tuple[tuple[Reference, Span], ...], frame: Frame
) -> Flow:
    """The values of the `outputs` of a block; None if there is an error, which is reported."""
    found: list[Value] = []
    names = Evaluation(expansion, frame, None)
    for reference, span in outputs:
        try:
            found += frame.scope.values(reference, names)
        except Refusal as refusal:
            expansion.diagnostics.report(span, refusal)
            return None
        except Unknown:
            return None
    return tuple(found)


def arguments_of(
    params: dict[str, Expression | None], given: dict[str, Datum]
) -> tuple[CallArgument, ...]:
    """The arguments of a call: the required ones, then others that are not the default."""
    found = []
    for name, default in params.items():
        value = given.get(name, UNKNOWN)
        if value is UNKNOWN:
            continue
        text = show(value)
        if default is None or text != default.text:
            found.append(make(CallArgument, (name, text, default is None)))
    return tuple(found)
