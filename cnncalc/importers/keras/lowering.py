"""A KerasModel -> the layers of a Sketch, call by call."""

from __future__ import annotations

from collections.abc import Sequence

from ...problem import Error
from ...shape import Shape
from ...sketch import SketchValue
from ..axes import BATCH, TensorView
from ..errors import InvalidModelFile, Unsupported
from ..guard import reading
from .arguments import shape_of
from .channels import WantedAxes, wanted_channels
from .context import (
    KnownValue,
    LayerCall,
    LayerResult,
    ReadingState,
    UnstatedResult,
    ViewArgument,
    views_in,
)
from .data_types import types_of
from .layers.known_values import is_known, known_results
from .layers.operation_arguments import operation_name
from .layers.table import function_of, reason_for
from .model import CallArgument, KerasLayer, KerasModel, KerasShape, KerasTensor, KerasTensorKey
from .name_scopes import named_scopes
from .order import OrderedCall, calls_in_order

Views = dict[KerasTensorKey, LayerResult]

WITHIN_BATCH = "TimeDistributed"
SPECTRAL = "SpectralNormalization"


class UnknownTensor(Error):
    """A tensor that an unsupported layer makes, whose shape the file does not have."""


def lower_model(
    state: ReadingState,
    model: KerasModel,
    inputs: Sequence[TensorView],
    outputs: Sequence[KerasTensor],
    path: str = "",
) -> Views:
    """The tensors of a model that is called on some; `path` is that of the model, with a slash.

    Tensors that depend on an unsupported layer of unknown shape are not among them.
    """
    order = calls_in_order(model, outputs)
    wanted = wanted_channels(order)
    keys = [tensor.key for tensor in model.inputs]
    views: Views = dict(zip(keys, inputs, strict=True))
    shapes = known_shapes(order)
    scopes = named_scopes(model.name, order)
    outer, prefix = state.builder.scope, state.prefix
    for place, call in enumerate(order):
        if (call.layer.name, call.number, 0) in views:
            continue
        if not call.layer.calls:
            raise InvalidModelFile(f"malformed at {call.layer.config.place}: it is never called")
        state.count_call()
        state.prefix = f"{model.name}_"
        state.builder.scope = state.scope_in(outer, path, scopes.get(place, ()))
        try:
            found = lower_call(state, call, views, wanted, shapes, path)
        except UnknownTensor:
            record_unsupported(state, call.layer)
            continue
        keys = [(call.layer.name, call.number, part) for part in range(len(found))]
        views |= dict(zip(keys, found, strict=True))
    state.builder.scope, state.prefix = outer, prefix
    return views


def record_unsupported(state: ReadingState, layer: KerasLayer) -> None:
    """A layer that no layer of the catalogue states, whose input is not known either."""
    is_wrapper = layer.inner is not None or layer.wrapped is not None
    if function_of(layer) is None and not is_wrapper:
        state.refuse(operation_name(layer), layer.config.place, reason_for(layer))


def known_shapes(order: Sequence[OrderedCall]) -> dict[KerasTensorKey, KerasShape]:
    """The shapes of tensors, which their readers have."""
    tensors = [tensor for call in order for tensor in call.sources]
    return {tensor.key: tensor.shape for tensor in tensors if tensor.shape is not None}


def lower_call(
    state: ReadingState,
    ordered: OrderedCall,
    views: Views,
    wanted: WantedAxes,
    shapes: dict[KerasTensorKey, KerasShape],
    path: str,
) -> Sequence[LayerResult]:
    """The results of one call."""
    layer, number = ordered
    given = ordered.call
    call = LayerCall(
        state,
        layer,
        state.identity(layer, f"{path}{layer.name}"),
        tuple([substituted(entry, views) for entry in given.arguments]),
        {key: substituted(entry, views) for key, entry in given.keywords.items()},
        wanted.get((layer.name, number, 0)),
    )
    with reading(layer.config.place):
        mark = len(state.builder.layers)
        state.builder.types = types_of(layer.config)
        try:
            return results_of(call)
        except Unsupported as error:
            del state.builder.layers[mark:]
            shape = shapes.get((layer.name, number, 0)) or output_shape(layer)
            if isinstance(error, UnstatedResult):
                return stated(call, str(error), error.sizes or shape, may_have_weights=False)
            return stated(call, str(error), shape, may_have_weights=True)


def substituted(argument: CallArgument, views: Views) -> ViewArgument:
    """An argument with the views of its tensors, or their numbers.  Raises UnknownTensor."""
    if isinstance(argument, KerasTensor):
        result = known(views, argument)
        return result.value if isinstance(result, KnownValue) else result
    if isinstance(argument, list):
        return [substituted(entry, views) for entry in argument]
    if isinstance(argument, dict):
        return {key: substituted(entry, views) for key, entry in argument.items()}
    return argument


def results_of(call: LayerCall) -> Sequence[LayerResult]:
    """The results of a layer: of a model, of the layer in a wrapper, or of its function."""
    layer = call.layer
    if layer.inner is not None and not layer.is_own:
        return results_of_model(call, layer.inner)
    if layer.wrapped is not None and layer.kind == WITHIN_BATCH:
        return time_distributed(call, layer.wrapped)
    if layer.wrapped is not None and layer.kind == SPECTRAL:
        call.note(f"the vectors of {SPECTRAL}, which training alone changes, are not counted")
        return results_of(call._replace(layer=layer.wrapped))
    if is_known(call):
        return known_results(call)
    function = function_of(layer)
    if function is None:
        raise Unsupported(reason_for(layer))
    found = function(call)
    return found if isinstance(found, list) else [found]


def results_of_model(call: LayerCall, model: KerasModel) -> list[LayerResult]:
    """The results of a model in a model."""
    state = call.state
    views = call.views
    if len(views) != len(model.inputs):
        raise Unsupported(f"a model of {len(model.inputs)} inputs that is called on {len(views)}")
    was_trainable, scope = state.is_trainable, state.builder.scope
    state.is_trainable = was_trainable and call.config.flag("trainable", True)
    state.enter(call.layer.name, call.path, views)
    try:
        found = lower_model(state, model, views, model.outputs, f"{call.path}/")
        return [known(found, tensor) for tensor in model.outputs]
    finally:
        state.is_trainable, state.builder.scope = was_trainable, scope


def known(views: Views, tensor: KerasTensor) -> LayerResult:
    if tensor.key not in views:
        raise UnknownTensor
    return views[tensor.key]


def time_distributed(call: LayerCall, inner: KerasLayer) -> list[TensorView]:
    """A layer at each time step: the time is in one axis with the batch."""
    view = call.view
    if view.rank < 3 or view.axes[0] != (BATCH,) or len(view.axes[1]) > 1:
        raise Unsupported("of a tensor without a time, or of several times")
    steps = view._replace(axes=((BATCH, *view.axes[1]), *view.axes[2:]))
    found = results_of(call._replace(layer=inner, arguments=(steps,), keywords={}))
    return [with_time(result) for result in found if isinstance(result, TensorView)]


def with_time(view: TensorView) -> TensorView:
    time = view.own_axes(0)
    if len(time) > 1:
        raise Unsupported("several times in one axis")
    return view._replace(axes=((BATCH,), time, *view.axes[1:]))


# Layers that the catalogue does not have


UNCOUNTED_CLASS = (
    "the file does not have the weights of {}: its parameters and multiply-accumulates are not "
    "counted"
)
UNCOUNTED = {
    "Lambda": "the multiply-accumulates of Lambda, whose function is code, are not counted"
}


def stated(
    call: LayerCall, reason: str, shape: KerasShape, *, may_have_weights: bool
) -> list[TensorView]:
    """A `custom` layer in place of one that no layer states, if its shape is known."""
    name = operation_name(call.layer)
    call.state.refuse(name, call.config.place, reason)
    views = [view.value for view in views_in([*call.arguments, dict(call.keywords)])]
    if shape is None or len(shape) < 1 or None in shape[1:] or not views:
        raise UnknownTensor
    sizes = [size for size in shape[1:] if size is not None] or [1]
    order, axes = channels_first(len(sizes), call.channels)
    value_shape = Shape(sizes[axis] for axis in order)
    if may_have_weights:
        call.note(UNCOUNTED.get(call.layer.kind, UNCOUNTED_CLASS.format(name)))
    value = call.builder.add_custom(name, value_shape, unique(views), reason)
    return [TensorView(value, axes)]


def output_shape(layer: KerasLayer) -> KerasShape:
    """The shape of its output with the batch, which a Lambda may state without it."""
    sizes = shape_of(layer.config.values.get("output_shape"))
    return (None, *sizes) if layer.kind == "Lambda" and sizes is not None else None


def unique(values: Sequence[SketchValue]) -> list[SketchValue]:
    return list({value.key: value for value in values}.values())


def channels_first(rank: int, wanted: int | None) -> tuple[list[int], tuple[tuple[int, ...], ...]]:
    """For a value of some axes: their order, and which axes of it those of the tensor are.

    `wanted` is the axis of the tensor that is the channels; None: the last one.
    """
    channels = (wanted - 1 if wanted is not None and wanted > 0 else (wanted or -1)) % rank
    order = [channels, *(axis for axis in range(rank) if axis != channels)]
    places = {axis: place for place, axis in enumerate(order)}
    return order, ((BATCH,), *((places[axis],) for axis in range(rank)))
