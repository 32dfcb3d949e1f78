"""A step that is a layer -> a node of the graph."""

from __future__ import annotations

from ...datum import Value as Datum
from ...document import Step
from ...expression.value import Unknown
from ...layers import layer_class
from ...limits import MAX_LAYERS
from ...network import Node, Value
from ...problem import Refusal, count, did_you_mean
from ...shape import Shape
from .evaluation import Evaluation
from .frame import UNKNOWN, Frame
from .instantiate import Instance, instantiate
from .scope import Bound
from .state import Expansion


def arguments(step: Step, names: Evaluation) -> dict[str, Datum]:
    """The arguments of a call by name.  All are evaluated, so that every mistake in them is seen."""
    return {name: names.or_unknown(expression) for name, expression in step.arguments.items()}


def known(given: dict[str, Datum]) -> dict[str, Datum]:
    """Arguments without a mistake in them.  Raises Unknown where there is one."""
    if any(value is UNKNOWN for value in given.values()):
        raise Unknown
    return given


def check_arguments(step: Step, kind: str, params: list[str]) -> None:
    """What the reader of steps checks where the word itself says what the step is."""
    if len(step.value) > len(params):
        refusal = Refusal(
            f"{kind} takes {count(len(params), 'argument')}, found {len(step.value)}",
            rule="unknown-argument",
        )
        refusal.span = step.value[len(params)].span
        raise refusal
    for name, span in step.keys.items():
        if name not in params:
            refusal = Refusal(
                f"unknown argument `{name}` of {kind}",
                did_you_mean(name, params),
                rule="unknown-argument",
            )
        elif name in params[: len(step.value)]:
            hint = f"the value of `{step.word}` is its `{name}`"
            refusal = Refusal(f"`{name}` is given twice", hint, rule="duplicate-argument")
        else:
            continue
        refusal.span = span
        raise refusal


def layer(expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str) -> Bound:
    cls = layer_class(step.word)
    given = arguments(step, names)
    if cls.arity == (0, 0):
        return add_node(expansion, step.word, known(given), (), frame, path, step)
    values = names.entering_or_none(step.span)
    if values is None:
        cls.check_given(known(given))
        raise Unknown
    return add_node(expansion, step.word, known(given), values, frame, path, step)


def add_node(
    expansion: Expansion,
    kind: str,
    given: dict[str, Datum],
    inputs: tuple[Value, ...],
    frame: Frame,
    path: str,
    step: Step,
    start: int | None = None,
) -> Bound:
    """Add a layer, whose step began at node `start`, to the graph.  Raises Refusal where it cannot take what enters."""
    shapes = tuple([value.shape for value in inputs])
    # 1, 1.0 and true are equal, but not alike.
    key = (
        (kind, shapes, tuple(given.items()), tuple(map(type, given.values())))
        if given
        else (kind, shapes)
    )
    made = expansion.made.get(key)
    if made is None:
        made = expansion.made[key] = instantiate(kind, given, shapes)
    nodes = expansion.graph.nodes
    index = len(nodes)
    if index >= MAX_LAYERS:
        raise expansion.account.stop(step.span, f"more than {MAX_LAYERS:,} layers")
    weight_key = (
        key_of_weights(expansion, made, shapes, frame, path, step)
        if frame.identity is not None
        else None
    )
    nodes.append(
        Node(
            path,
            made.layer,
            inputs,
            shapes,
            made.shape,
            made.outputs,
            step.span,
            frame.training_only,
            frame.trainable,
            frame.tag if weight_key else None,
            weight_key,
            index if start is None else start,
        )
    )
    if not made.outputs:
        return Bound(path, (Value(index, None, made.shape),))
    expansion.account.spend(len(made.outputs))
    name = step.name or "name"
    unnamed = "" if step.name else " (it needs a `name` for that)"
    bound = Bound(
        path,
        f"`{path}` is {len(made.outputs)} values: say which with `from`, as in `from: {name}[0]`{unnamed}",
    )
    bound.outputs = tuple(Value(index, part, shape) for part, shape in enumerate(made.outputs))
    return bound


def key_of_weights(
    expansion: Expansion,
    made: Instance,
    shapes: tuple[Shape, ...],
    frame: Frame,
    path: str,
    step: Step,
) -> str | None:
    """The name of the shared weights; those of earlier steps must have the same shapes."""
    weights = made.layer.weights(*shapes)
    if not weights:
        return None
    key = f"{frame.identity}/{step.number - frame.origin}"
    known, first = expansion.tensors.setdefault(key, (weights, path))
    if known != weights:
        found = " and ".join(
            ", ".join(f"{name} {shape}" for name, shape in tensors.items())
            for tensors in (known, weights)
        )
        raise Refusal(
            f"`{path}` cannot share the weights of `{first}`: they are unequal, {found}",
            rule="shared",
        )
    return key
