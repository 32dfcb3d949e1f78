"""Steps that are layers, and the nodes that they become."""

from __future__ import annotations

from ...datum import Datum, count_entries
from ...document import Step
from ...dtype import DataTypes
from ...expression.expression import Unknown
from ...layers import layer_class
from ...layers.layer import Layer
from ...limits import MAX_AXES
from ...named_tuple import make
from ...network import Node, Value
from ...problem import Refusal
from ...shape import Shape
from .evaluation import Evaluation
from .frame import UNKNOWN, Frame
from .instantiate import Instance, instantiate
from .scope import StepResult
from .state import Expansion


def evaluated_arguments(step: Step, names: Evaluation) -> dict[str, Datum]:
    """The arguments of a call by name.  All are evaluated, so that every error is reported."""
    given: dict[str, Datum] = {}
    for name, expression in step.arguments.items():
        try:
            given[name] = expression.run(names)
        except (Refusal, Unknown):  # again, to report it: errors are rare
            given[name] = names.evaluate_or_unknown(expression)
    return given


def known(given: dict[str, Datum]) -> dict[str, Datum]:
    """The arguments themselves.  Raises Unknown if there is an error in one."""
    if UNKNOWN in given.values():
        raise Unknown
    return given


def expand_layer(
    expansion: Expansion, step: Step, frame: Frame, names: Evaluation, path: str
) -> StepResult:
    """Add a layer to the graph."""
    cls = layer_class(step.word)
    given = evaluated_arguments(step, names)
    if cls.arity == (0, 0):
        return add_node(expansion, step.word, known(given), (), frame, path, step)
    values = names.inputs_or_none(step.span)
    if values is None:
        cls.check_given(known(given))
        raise Unknown
    if not cls.references.isdisjoint(step.arguments):
        values += referenced_inputs(step, cls, names)
    return add_node(expansion, step.word, known(given), values, frame, path, step)


def referenced_inputs(step: Step, cls: type[Layer], names: Evaluation) -> tuple[Value, ...]:
    """The inputs that arguments refer to, in the order of these.  Raises Refusal or Unknown."""
    found: tuple[Value, ...] = ()
    for name, expression in step.arguments.items():
        if name not in cls.references:
            continue
        if not expression.references:  # of a call of a variable, which may be any layer
            message = f"`{name}` of {cls.kind} is a reference, which a variable layer cannot have"
            raise Refusal(message, f"write {cls.kind} itself", argument=name, rule="bad-value")
        [reference] = expression.references
        inner = Evaluation(names.expansion, names.frame, None, ((reference, expression.span),))
        values = inner.inputs()
        if len(values) != 1:
            message = f"`{name}` is one value, found {len(values)}"
            raise Refusal(message, argument=name, rule="several-values")
        found += values
    return found


def add_node(
    expansion: Expansion,
    kind: str,
    given: dict[str, Datum],
    inputs: tuple[Value, ...],
    frame: Frame,
    path: str,
    step: Step,
    start: int | None = None,
) -> StepResult:
    """Add a layer to the graph; `start` is the first node of its step, if that is another one.

    Raises Refusal if the layer cannot have these arguments or inputs.
    """
    shapes = (inputs[0].shape,) if len(inputs) == 1 else tuple([value.shape for value in inputs])
    made = instance_of(expansion, kind, given, shapes)
    if made.size:
        expansion.quota.spend(made.size)
    nodes = expansion.graph.nodes
    index = len(nodes)
    expansion.quota.check_layers(index, step.span)
    weight_key = None
    if frame.identity is not None:
        weight_key = shared_weights_key(expansion, made, shapes, frame, path, step)
    facts = (
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
        types_of(made.layer, inputs, frame, expansion),
    )
    nodes.append(make(Node, facts))
    if not made.outputs:
        return StepResult(path, (make(Value, (index, None, made.shape)),))
    return several_outputs(expansion, path, made.outputs, index, step.name)


def types_of(
    layer: Layer, inputs: tuple[Value, ...], frame: Frame, expansion: Expansion
) -> DataTypes:
    """The data types of a layer: one that makes no new value has the type of its input."""
    if not (layer.is_alias and inputs):
        return frame.dtype
    return frame.dtype._replace(activations=expansion.graph.dtype_of(inputs[0]))


def instance_of(
    expansion: Expansion, kind: str, given: dict[str, Datum], shapes: tuple[Shape, ...]
) -> Instance:
    """The layer for these arguments and input shapes, made once per expansion."""
    key: tuple[object, ...] = (kind, shapes)
    if given:
        types = tuple(map(type, given.values()))
        if tuple in types:
            spend_long_lists(expansion, given)
        # 1, 1.0 and true are equal, but not the same argument
        key = (kind, shapes, tuple(given.items()), types)
    layers = expansion.cache.layers
    made = layers.get(key)
    if made is None:
        made = layers[key] = instantiate(kind, given, shapes)
    return made


def spend_long_lists(expansion: Expansion, given: dict[str, Datum]) -> None:
    for value in given.values():
        if isinstance(value, tuple) and len(value) > MAX_AXES:
            expansion.quota.spend(count_entries(value))


def several_outputs(
    expansion: Expansion, path: str, shapes: tuple[Shape, ...], index: int, name: str | None
) -> StepResult:
    """The result of a layer with several outputs: the next step must select one of them."""
    expansion.quota.spend(len(shapes))
    unnamed = "" if name else " (it needs a `name` for that)"
    example = f"`from: {name or 'name'}[0]`{unnamed}"
    message = f"`{path}` has {len(shapes)} output values: select one with `from`, as in {example}"
    result = StepResult(path, message)
    result.outputs = tuple(Value(index, part, shape) for part, shape in enumerate(shapes))
    return result


def shared_weights_key(
    expansion: Expansion,
    made: Instance,
    shapes: tuple[Shape, ...],
    frame: Frame,
    path: str,
    step: Step,
) -> str | None:
    """The key of the shared weights of a layer; None if it has no weights.

    Raises Refusal if an earlier layer has the key with weights of other shapes or another type.
    """
    weights = made.layer.weights(*shapes)
    if not weights:
        return None
    key = f"{frame.identity}/{step.number - frame.origin}"
    dtype = frame.dtype.weights
    known, known_dtype, first = expansion.shared_weights.setdefault(key, (weights, dtype, path))
    if known != weights:
        found = f"shapes differ, {listed_weights(known)} and {listed_weights(weights)}"
    elif known_dtype != dtype:
        found = f"data types differ, {known_dtype} and {dtype}"
    else:
        return key
    message = f"`{path}` cannot share the weights of `{first}`: their {found}"
    raise Refusal(message, rule="shared")


def listed_weights(weights: dict[str, Shape]) -> str:
    return ", ".join(f"{name} {shape}" for name, shape in weights.items())
