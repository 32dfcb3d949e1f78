"""The steps of a network, one after the other: each once or in rounds, by the rule for what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...document import StaticScope, Step, What
from ...expression.value import Unknown
from ...limits import MAX_STEP_NESTING
from ...network import Value
from ...problem import Call, Refusal, Span
from ...shape import Shape
from .blocks import block, variable
from .diagnostics import LimitReached
from .evaluation import Evaluation
from .frame import Frame
from .iterations import rounds_of
from .joins import join
from .nodes import layer
from .scope import Bound, Flow, Scope, flowing
from .state import SKIPPED, Expansion
from .weight_sharing import check_alike


def take_step(expansion: Expansion, step: Step, frame: Frame, flow: Flow) -> Any:
    """Take one step; SKIPPED where `when` leaves it out, or where it is no part of the chain."""
    expansion.account.spend(1)
    name = step.name or frame.scope.automatic.get(step.number, "")
    path = frame.scope.prefix + name
    if expansion.nesting >= MAX_STEP_NESTING:
        raise expansion.account.stop(
            step.span, f"steps are nested deeper than {MAX_STEP_NESTING} levels"
        )
    expansion.nesting += 1
    try:
        if step.broken:
            raise Unknown
        taken = taken_as(expansion, step, frame, flow, path)
        if taken is None:
            frame.scope.left_out.add(step.name or "")
            return SKIPPED
        if taken.stands_no_time:
            if step.name:  # `name.*` is nothing, whatever else has the name
                frame.scope.names.setdefault(step.name, taken)
            return SKIPPED
        bound = taken
    except Refusal as refusal:
        expansion.account.report(span_of(step, refusal.argument), refusal)
        bound = Bound(path, None)
    except Unknown:
        expansion.account.fail()
        bound = Bound(path, None)
    finally:
        expansion.nesting -= 1
    if step.name:
        expansion.bind(step.name, bound, frame.scope, step.span)
    return SKIPPED if step.what == "output" else bound.flow


def taken_as(expansion: Expansion, step: Step, frame: Frame, flow: Flow, path: str) -> Bound | None:
    """What comes of a step, once or in rounds; None where `when` leaves it out."""
    if step.repeat is not None or step.bindings is not None:
        return repeated(expansion, step, frame, flow, path)
    names = Evaluation(expansion, frame, flow, step.sources)
    return once(expansion, step, frame, names, path) if names.truth(step.when) else None


def span_of(step: Step, argument: str) -> Span:
    """Where an argument of a step is written."""
    return step.arguments[argument].span if argument in step.arguments else step.span


def repeated(expansion: Expansion, step: Step, frame: Frame, flow: Flow, path: str) -> Bound:
    """The rounds of a step, one after the other.

    They are a chain, but those of a side chain, which all begin where the main chain is.
    """
    chained = step.what != "output"
    first = Evaluation(expansion, frame, flow, step.sources)
    rounds: list[Bound | None] = []
    last: Bound | None = None
    for index, variables in enumerate(rounds_of(step, frame, first)):
        inner = frame._replace(
            variables=variables, repeats=frame.repeats + (step.repeat is not None)
        )
        if frame.identity is not None and step.shared is None:
            inner = inner._replace(
                identity=f"{frame.identity}/{step.number - frame.origin}.{index}",
                origin=step.number,
            )
        names = Evaluation(
            expansion, inner, flow, step.sources if last is None or not chained else None
        )
        expansion.account.calls.append(Call(f"round {index} of `{path}`", step.span))
        try:
            if step.when is not None and not names.truth(step.when):
                rounds.append(None)
                continue
            last = once(expansion, step, inner, names, f"{path}.{index}")
        except Refusal as refusal:
            expansion.account.report(span_of(step, refusal.argument), refusal)
            last = Bound(path, None)
        except Unknown:
            expansion.account.fail()
            last = Bound(path, None)
        finally:
            expansion.account.calls.pop()
        rounds.append(last)
        flow = last.flow if chained else flow
    if last is None:
        bound = Bound(path, f"`{path}` has no round")
        bound.rounds = rounds
        return bound
    bound = Bound(last.path, last.flow, last.scope)
    bound.outputs = last.outputs
    bound.rounds = rounds
    return bound


def once(expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
    """One round of a step that is taken."""
    if step.trainable is not None or step.shared is not None or step.unshared:
        frame = covered(step, frame, names)
    return RULES[step.what](expansion, step, frame, names, path)


def covered(step: Step, frame: Frame, names: Evaluation) -> Frame:
    """What `trainable` and `shared` say for a step and all inside it."""
    frame = frame._replace(trainable=names.flag(step.trainable, frame.trainable))
    if step.shared is not None:
        within = frame.scope.prefix if frame.identity is None else frame.scope.identity
        identity = f"{within}#{step.shared}"
        check_alike(names.expansion, step, frame, identity)
        return frame._replace(tag=step.shared, identity=identity, origin=step.number)
    return frame._replace(tag=None, identity=None) if step.unshared else frame


def group(expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
    if step.body is None:
        raise Unknown
    flow = names.flow_in(step.span)
    if step.body.scope is None:
        return Bound(path, expansion.steps(step.body, frame, flow))
    return expansion.chain(step.body, path, "layers", frame, flow, step.span)


def output(expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
    if step.body is None:
        raise Unknown
    flow = names.flow_in(step.span)
    training_only = frame.training_only or names.flag(step.arguments.get("training_only"), False)
    bound = expansion.chain(
        step.body, path, "output", frame._replace(training_only=training_only), flow, step.span
    )
    values = flowing(bound)
    if len(values) != 1:
        raise Refusal(f"an output is one value, found {len(values)}", rule="several-values")
    expansion.graph.outputs[path] = values[0]
    if training_only:
        expansion.graph.training_outputs.add(path)
    return bound


def onward(expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
    """`{from: x}` alone: go on from there."""
    values = names.values()
    if not values:
        raise Refusal("`from` comes to no value: what it names has no round", rule="inputs")
    return Bound(expansion.graph.path_of(values[0]), values)


Rule = Callable[[Expansion, Step, Frame, Evaluation, str], Bound]
RULES: dict[What, Rule] = {
    "layer": layer,
    "block": block,
    "variable": variable,
    "join": join,
    "group": group,
    "output": output,
    "from": onward,
}
"""What is done for each kind of step."""


def expand(expansion: Expansion, inputs: dict[str, Shape], names: list[str]) -> Scope:
    """Expand the network from its inputs, or (where it has none) from unknown ones of these names.

    The names of its scope are what `expect` may refer to.
    """
    frame = Frame(Scope("", "", None, {}, False), expansion.variables)
    scope = expansion.open(expansion.document.body.scope or StaticScope(), "", frame, None)
    frame = frame._replace(scope=scope)
    expansion.graph.inputs = tuple(inputs)
    values = [Value(-1 - index, None, shape) for index, shape in enumerate(inputs.values())]
    for name, value in zip(inputs, values, strict=True):
        scope.names[name] = Bound(name, (value,))
    listed = ", ".join(f"`{name}`" for name in inputs)
    flow: Flow = (
        tuple(values)
        if len(values) == 1
        else f"the network has several inputs: say which of {listed} with `from`"
    )
    if not values:
        flow = None
        for name in (*names, "input"):
            scope.names[name] = Bound(name, None)
    if len(values) == 1:
        scope.names["input"] = Bound("input", (values[0],))
    elif len(values) > 1 and "input" not in inputs:
        scope.names["input"] = Bound(
            "input", f"the network has several inputs: name one of {listed}"
        )
    beginning = flow
    try:
        flow = expansion.steps(expansion.document.body, frame, flow)
    except LimitReached:
        return scope
    if isinstance(flow, tuple) and len(flow) == 1:
        expansion.graph.outputs = {"output": flow[0], **expansion.graph.outputs}
    elif flow is not None and expansion.document.body.steps:
        message = flow if isinstance(flow, str) else f"the network ends in {len(flow)} values"
        inputs_left = flow == beginning
        hint = f"end with one of them: {{from: {next(iter(inputs)) if inputs_left else 'name[0]'}}}"
        expansion.account.report(
            expansion.document.body.steps[-1].span, Refusal(message, hint, rule="several-values")
        )
    return scope
