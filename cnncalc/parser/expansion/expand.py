"""The steps of a network in order, each by the rule for its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...document import StaticScope, Step, StepType
from ...dtype import DataTypes
from ...expression.expression import Unknown
from ...network import Value
from ...problem import Call, Refusal, Span
from ...shape import Shape
from .blocks import expand_block, expand_variable
from .data_types import evaluated_types
from .evaluation import Evaluation
from .frame import Frame
from .iterations import iterations_of
from .joins import expand_join
from .nodes import expand_layer
from .quota import LimitReached
from .scope import Flow, Scope, StepResult, required_values
from .state import SKIPPED, Expansion


def expand(
    expansion: Expansion, inputs: dict[str, Shape], names: list[str], dtype: DataTypes
) -> Scope:
    """Expand the network of a document from its inputs.

    If `inputs` is empty, because of an error that was reported, the inputs with these names are
    unknown.  Returns the scope with the names that `expect` may refer to.
    """
    body = expansion.document.body
    frame = Frame(Scope("", "", None, {}, False), {}, dtype=dtype)
    scope = expansion.new_scope(body.scope or StaticScope(), "", frame, None)
    frame = frame._replace(scope=scope)
    expansion.graph.inputs = tuple(inputs)
    expansion.graph.input_dtype = dtype.activations
    first = bind_inputs(scope, inputs, names)
    try:
        last = expansion.steps(body, frame, first)
    except LimitReached:
        return scope
    if isinstance(last, tuple) and len(last) == 1:
        expansion.graph.outputs = {"output": last[0], **expansion.graph.outputs}
    elif last is not None and body.steps:
        message = last
        if not isinstance(message, str):
            message = f"the network ends with {len(last)} values"
        example = next(iter(inputs)) if last == first else "name[0]"
        hint = f"end with one of them: {{from: {example}}}"
        refusal = Refusal(message, hint, rule="several-values")
        expansion.diagnostics.report(body.steps[-1].span, refusal)
    return scope


def bind_inputs(scope: Scope, inputs: dict[str, Shape], names: list[str]) -> Flow:
    """Bind the names of the inputs; returns the flow into the first step."""
    if not inputs:
        for name in (*names, "input"):
            scope.names[name] = StepResult(name, None)
        return None
    values = [Value(-1 - index, None, shape) for index, shape in enumerate(inputs.values())]
    for name, value in zip(inputs, values, strict=True):
        scope.names[name] = StepResult(name, (value,))
    if len(values) == 1:
        scope.names["input"] = StepResult("input", (values[0],))
        return tuple(values)
    listed = ", ".join(f"`{name}`" for name in inputs)
    if "input" not in inputs:
        message = f"the network has several inputs: refer to one of {listed}"
        scope.names["input"] = StepResult("input", message)
    return f"the network has several inputs: select one of {listed} with `from`"


def expand_step(expansion: Expansion, step: Step, frame: Frame, flow: Flow) -> Any:
    """Expand a step after a flow; returns the flow after it.

    SKIPPED means that the flow stays the same: `when` skips the step, or it is not part of the
    chain.  Errors are reported.
    """
    quota, scope = expansion.quota, frame.scope
    path = scope.prefix + (step.name or scope.automatic.get(step.number, ""))
    quota.enter_step(step.span, path)
    try:
        if step.broken:
            raise Unknown
        expanded = expand_unless_skipped(expansion, step, frame, flow, path)
        if expanded is None:
            scope.skipped.add(step.name or "")
            return SKIPPED
        if expanded.never_runs:
            if step.name:  # `name.*` is empty, unless another step has the name
                scope.names.setdefault(step.name, expanded)
            return SKIPPED
        result = expanded
    except Refusal as refusal:
        expansion.diagnostics.report(argument_span(step, refusal.argument), refusal)
        result = StepResult(path, None)
    except Unknown:
        expansion.diagnostics.fail()
        result = StepResult(path, None)
    finally:
        quota.leave_step()
    if step.name:
        expansion.bind(step.name, result, scope, step.span)
    return SKIPPED if step.type == "output" else result.flow


def expand_unless_skipped(
    expansion: Expansion, step: Step, frame: Frame, flow: Flow, path: str
) -> StepResult | None:
    """The result of a step, once or in iterations; None if `when` skips it."""
    if step.repeat is not None or step.bindings is not None:
        return expand_iterations(expansion, step, frame, flow, path)
    names = Evaluation(expansion, frame, flow, step.sources)
    return expand_if_active(expansion, step, frame, names, path)


def argument_span(step: Step, argument: str) -> Span:
    """The position of an argument of a step, else that of the step."""
    return step.arguments[argument].span if argument in step.arguments else step.span


def expand_iterations(
    expansion: Expansion, step: Step, frame: Frame, flow: Flow, path: str
) -> StepResult:
    """The iterations of a step: a chain, but those of an `output` all begin at the same flow."""
    if not step.name:
        return repeated(expansion, step, frame, flow, path, [])
    running = StepResult(path, f"`{path}` is running: refer to one of its earlier iterations")
    running.running = True
    iterations: list[StepResult | None] = []
    running.iterations = iterations
    outer = frame.scope.running.get(step.name)
    frame.scope.running[step.name] = running
    try:
        return repeated(expansion, step, frame, flow, path, iterations)
    finally:
        del frame.scope.running[step.name]
        if outer is not None:
            frame.scope.running[step.name] = outer


def repeated(
    expansion: Expansion,
    step: Step,
    frame: Frame,
    flow: Flow,
    path: str,
    iterations: list[StepResult | None],
) -> StepResult:
    """The iterations of a step, which are added to the given list."""
    chained = step.type != "output"
    first = Evaluation(expansion, frame, flow, step.sources)
    last: StepResult | None = None
    for index, variables in enumerate(iterations_of(step, frame, first)):
        inner = iteration_frame(step, frame, variables, index)
        sources = step.sources if last is None or not chained else None
        names = Evaluation(expansion, inner, flow, sources)
        result = expand_iteration(expansion, step, inner, names, path, index)
        iterations.append(result)
        if result is not None:
            last = result
            flow = result.flow if chained else flow
    if last is None:
        found = StepResult(path, f"`{path}` has no iterations")
    else:
        found = StepResult(last.path, last.flow, last.scope)
        found.outputs = last.outputs
    found.iterations = iterations
    return found


def iteration_frame(step: Step, frame: Frame, variables: dict[str, Any], index: int) -> Frame:
    """The frame of one iteration of a step."""
    repeats = frame.repeats + (step.repeat is not None)
    inner = frame._replace(variables=variables, repeats=repeats)
    if frame.identity is not None and step.shared is None:
        identity = f"{frame.identity}/{step.number - frame.origin}.{index}"
        inner = inner._replace(identity=identity, origin=step.number)
    return inner


def expand_iteration(
    expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str, index: int
) -> StepResult | None:
    """One iteration of a step; None if `when` skips it.  Errors are reported."""
    diagnostics = expansion.diagnostics
    diagnostics.calls.append(Call(f"iteration {index} of `{path}`", step.span))
    try:
        return expand_if_active(expansion, step, frame, names, f"{path}.{index}")
    except Refusal as refusal:
        diagnostics.report(argument_span(step, refusal.argument), refusal)
    except Unknown:
        diagnostics.fail()
    finally:
        diagnostics.calls.pop()
    return StepResult(path, None)


def expand_if_active(
    expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str
) -> StepResult | None:
    """A step, or one iteration of it; None if `when` skips it."""
    if expansion.recorder is None:
        if step.when is not None and not names.condition(step.when):
            return None
        return expand_once(expansion, step, frame, names, path)
    nodes = expansion.graph.nodes
    with expansion.recorder.occurrence(step, path, frame.variables, len(nodes)) as occurrence:
        is_active = names.condition(step.when)
        result = expand_once(expansion, step, frame, names, path) if is_active else None
        occurrence.finish(names.flow, result, len(nodes))
        return result


def expand_once(
    expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str
) -> StepResult:
    """Expand an active step, or one iteration of it, by the rule for its type."""
    if step.dtype is not None:
        frame = frame._replace(dtype=evaluated_types(step.dtype, names, frame.dtype))
    if step.trainable is not None or step.shared is not None or step.unshared:
        frame = with_weight_settings(step, frame, names)
    return RULES[step.type](expansion, step, frame, names, path)


def with_weight_settings(step: Step, frame: Frame, names: Evaluation) -> Frame:
    """The frame of a step with `trainable` or `shared`, for itself and the steps inside it."""
    frame = frame._replace(trainable=names.flag(step.trainable, frame.trainable))
    if step.shared is not None:
        outermost = frame.scope.outermost
        within = outermost.prefix if frame.identity is None else outermost.identity
        identity = f"{within}#{step.shared}"
        from .weight_sharing import check_same_structure  # few networks share weights

        check_same_structure(names.expansion, step, frame, identity)
        return frame._replace(tag=step.shared, identity=identity, origin=step.number)
    return frame._replace(tag=None, identity=None) if step.unshared else frame


def expand_group(
    expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str
) -> StepResult:
    """`layers`: the steps of a group, in a scope of their own if it has a name or iterations."""
    if step.body is None:
        raise Unknown
    flow = names.flow_or_none(step.span)
    if step.body.scope is None:
        return StepResult(path, expansion.steps(step.body, frame, flow))
    return expansion.chain(step.body, path, "layers", frame, flow, step.span)


def expand_output(
    expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str
) -> StepResult:
    """`output`: a side chain that ends in one more output of the network."""
    if step.body is None:
        raise Unknown
    flow = names.flow_or_none(step.span)
    training_only = frame.training_only or names.flag(step.arguments.get("training_only"), False)
    inner = frame._replace(training_only=training_only)
    expansion.graph.has_training |= training_only
    result = expansion.chain(step.body, path, "output", inner, flow, step.span)
    values = required_values(result)
    if len(values) != 1:
        raise Refusal(f"an output is one value, found {len(values)}", rule="several-values")
    expansion.graph.outputs[path] = values[0]
    if training_only:
        expansion.graph.training_outputs.add(path)
    return result


def expand_from(
    expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str
) -> StepResult:
    """`from` alone: the chain continues at the values that it refers to."""
    values = names.inputs()
    if not values:
        message = "`from` refers to no value: the step that it names has no iterations"
        raise Refusal(message, rule="inputs")
    return StepResult(expansion.graph.path_of(values[0]), values)


StepRule = Callable[[Expansion, Step, Frame, Evaluation, str], StepResult]
RULES: dict[StepType, StepRule] = {
    "layer": expand_layer,
    "block": expand_block,
    "variable": expand_variable,
    "join": expand_join,
    "group": expand_group,
    "output": expand_output,
    "from": expand_from,
}
"""The function that expands each type of step."""
