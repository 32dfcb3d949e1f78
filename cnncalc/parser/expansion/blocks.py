"""Calls of blocks, and of what a variable holds."""

from __future__ import annotations

from ...datum import Value as Datum
from ...datum import show
from ...document import Block, StaticScope, Step
from ...expression.value import Expression, Reference, Unknown
from ...layers import LAYERS, layer_class
from ...limits import MAX_CALL_DEPTH
from ...network import Value
from ...problem import Call, Refusal, Span
from .evaluation import Evaluation
from .frame import UNKNOWN, Frame
from .graph import GraphBuilder
from .nodes import arguments, check_arguments, layer
from .scope import Bound, Flow, Scope, automatic_names
from .state import Expansion


def variable(expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
    """A step named by a variable: what it is shows only now."""
    kind = names.value(step.word)
    called = expansion.document.blocks.get(kind) if isinstance(kind, str) else None
    if called is not None and not (kind == frame.block and kind in LAYERS):
        params = list(called.params)
        check_arguments(step, kind, params)
        return block(expansion, step.bound(kind, params), frame, names, path)
    if not isinstance(kind, str) or kind not in LAYERS:
        raise Refusal(
            f"`{step.word}` is {show(kind)}, which is no layer or block", rule="unknown-layer"
        )
    if layer_class(kind).arity[1] is None:
        raise Refusal(
            f"`{step.word}` is {kind}, which takes operands: name it itself", rule="unknown-layer"
        )
    if step.listed and step.value:
        value = tuple(names.evaluate(expression) for expression in step.value)
        text = show(value)
        (line, column, *_), (*_, end_line, end_column) = step.value[0].span, step.value[-1].span
        listed = Expression(text, Span(line, column, end_line, end_column), lambda _: value)
        step = step._replace(value=(listed,), listed=False)
    params = list(layer_class(kind).fields)
    check_arguments(step, kind, params)
    step = step.bound(kind, params)
    try:
        return layer(expansion, step, frame, names, path)
    except Refusal as refusal:
        if refusal.argument in step.arguments:  # of which the step as it is written knows nothing
            refusal.span = step.arguments[refusal.argument].span
        raise


def block(expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
    """Take the steps of a block for what enters, with the arguments of the call."""
    called = expansion.document.blocks.get(step.word)
    if called is None:
        raise Unknown
    if frame.calls >= MAX_CALL_DEPTH:
        hint = "a block that calls itself needs a `when` that becomes false before"
        raise expansion.account.stop(
            step.span, f"blocks call one another deeper than {MAX_CALL_DEPTH} levels", hint
        )
    given = arguments(step, names)
    if step.what == "variable":
        check_needed(called, given)
    entering = values_entering(called, names, step.span)
    flow: Flow = None if entering is None else entering[:1]
    static = called.body.scope or StaticScope()
    inner = frame_of(called, static, expansion, step, frame, path)
    scope = inner.scope
    bind_inputs(called, entering, scope, expansion.graph)
    expansion.account.calls.append(Call(f"block `{called.name}`", step.span))
    expansion.account.sites.append(step.span)
    group = expansion.graph.enter(
        path, called.name, arguments_text(called.params, given), frame.depth, step.span
    )
    try:
        define(called, given, inner, Evaluation(expansion, inner, flow))
        scope.automatic = automatic_names(static, inner.variables)
        flow = expansion.steps(called.body, inner, flow)
        if called.outputs is not None:
            flow = block_outputs(expansion, called.outputs, inner)
    finally:
        expansion.account.calls.pop()
        expansion.account.sites.pop()
    expansion.graph.leave(group, flow)
    return Bound(path, flow, scope)


def frame_of(
    block: Block, static: StaticScope, expansion: Expansion, step: Step, frame: Frame, path: str
) -> Frame:
    """The frame of the steps in a block.  Its scope has no automatic names yet: they may depend on the parameters."""
    identity, origin, own = frame.identity, frame.origin, f"{path}."
    if identity is not None:
        identity, origin = f"{identity}/{step.number - origin}", 0
        own = f"{identity}@{static.number}"
    return Frame(
        Scope(f"{path}.", own, None, {}, expansion.document.lost),
        dict(expansion.variables),
        block.name,
        frame.calls + 1,
        frame.depth + 1,
        0,
        frame.training_only,
        frame.trainable,
        frame.tag,
        identity,
        origin,
    )


def values_entering(block: Block, names: Evaluation, span: Span) -> tuple[Value, ...] | None:
    """What enters a block; None where that is not known.  Raises Refusal where the block takes more or fewer."""
    entering = names.entering_or_none(span)
    if entering is not None:
        check_block_inputs(block, entering)
    return entering


def check_needed(block: Block, given: dict[str, Datum]) -> None:
    """What the reader of steps checks where the word itself names the block."""
    for name, default in block.params.items():
        if default is None and name not in given:
            raise Refusal(f"{block.name} needs `{name}`", rule="missing-argument")


def define(block: Block, given: dict[str, Datum], inner: Frame, names: Evaluation) -> None:
    """Parameters, defaults and `let`s, in order: each may read those before it."""
    for name, default in block.params.items():
        if name in given:
            inner.variables[name] = given[name]
        elif default is not None:
            inner.variables[name] = names.or_unknown(default)
    for name, expression in block.lets:
        inner.variables[name] = names.or_unknown(expression)


def block_outputs(
    expansion: Expansion, outputs: tuple[tuple[Reference, Span], ...], frame: Frame
) -> Flow:
    found: list[Value] = []
    names = Evaluation(expansion, frame, None)
    for reference, span in outputs:
        try:
            found += frame.scope.values(reference, names)
        except Refusal as refusal:
            expansion.account.report(span, refusal)
            return None
        except Unknown:
            return None
    return tuple(found)


def check_block_inputs(block: Block, values: tuple[Value, ...]) -> None:
    least = len(block.inputs) or (0 if block.rest else 1)
    if len(values) < least or (len(values) > least and block.rest is None):
        more = " or more" if block.rest else ""
        raise Refusal(
            f"block `{block.name}` takes {least}{more} value{'s' * (least != 1)}, found {len(values)}",
            rule="inputs",
        )


def bind_inputs(
    block: Block, values: tuple[Value, ...] | None, scope: Scope, graph: GraphBuilder
) -> None:
    """`input` and the names that a block gives to what enters."""
    for index, name in enumerate(("input", *block.inputs)):
        entering = None if values is None else values[max(0, index - 1) :][:1]
        scope.names[name] = Bound(graph.path_of(entering[0]) if entering else name, entering)
    if block.rest:
        rest = Bound(block.rest, None if values is None else values[len(block.inputs) :])
        rest.outputs = () if values is None else values[len(block.inputs) :]
        scope.names[block.rest] = rest


def arguments_text(params: dict[str, Expression | None], given: dict[str, Datum]) -> str:
    """The arguments of a call in short: the values that must be given, then others by name, but those that are as usual."""
    told = [
        show(given[name]) if default is None else f"{name} {show(given[name])}"
        for name, default in params.items()
        if name in given
        and given[name] is not UNKNOWN
        and (default is None or show(given[name]) != default.text)
    ]
    return ", ".join(told)
