"""A file of Keras as a model file."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ...problem import did_you_mean
from ...shape import Shape
from ...sketch import Sketch, SketchInput, SketchOutput, SketchValue
from ..axes import AxisMap, TensorView, in_order, standard
from ..builder import SketchBuilder
from ..errors import ImportFailed, InvalidModelFile
from ..file_formats import ReadOptions
from ..guard import reading
from ..unsupported import refuse
from .channels import input_channels
from .context import BATCH_SIZE, LayerResult, ReadingState
from .files import model_document
from .lowering import channels_first, lower_model
from .model import KerasModel, KerasShape, KerasTensor
from .order import calls_in_order
from .parsing import model_of, stated_shape


def read_keras(path: str, options: ReadOptions) -> Sketch:
    """The model of a file.

    Raises InvalidModelFile, ImportFailed for what no layer states, and OSError.
    """
    document = model_document(path)
    file = os.path.basename(path)
    with reading(file):
        model = model_of(document)
        name = options.name or os.path.splitext(file)[0]
        return sketch_of(model, name, f"{file}, a model of Keras", options)


def sketch_of(model: KerasModel, name: str, source: str, options: ReadOptions) -> Sketch:
    """The Sketch of a model, or of what one output of it depends on."""
    outputs = selected_outputs(model, options.output)
    model = with_needed_inputs(model, [tensor for _, tensor in outputs], options.output)
    shapes = input_shapes(model)
    is_only = len(model.inputs) == 1
    inputs = [
        input_of(tensor, shape, axis, options, is_only=is_only)
        for (tensor, axis), shape in zip(input_axes(model), shapes, strict=True)
    ]
    state = ReadingState(SketchBuilder([entry for entry, _ in inputs]), batch_of(shapes), name)
    given = [
        TensorView(state.builder.input(number), axes) for number, (_, axes) in enumerate(inputs)
    ]
    views = lower_model(state, model, given, [tensor for _, tensor in outputs])
    if not options.is_custom_allowed:
        refuse(state.unsupported)
    found = [
        SketchOutput(label if len(outputs) > 1 else "", output_value(state, views.get(tensor.key)))
        for label, tensor in outputs
    ]
    return Sketch(
        name,
        source,
        state.builder.inputs,
        tuple(state.builder.layers),
        tuple(state.scopes),
        tuple(found),
        {},
        tuple(state.notes),
        has_tensors=False,
    )


# Outputs


def with_needed_inputs(
    model: KerasModel, outputs: Sequence[KerasTensor], selected: str
) -> KerasModel:
    """The model with the inputs that a selected output depends on."""
    if not selected:
        return model
    read = {call.layer.name for call in calls_in_order(model, outputs)}
    inputs = tuple(tensor for tensor in model.inputs if tensor.layer in read)
    return model._replace(inputs=inputs, outputs=tuple(outputs))


def selected_outputs(model: KerasModel, name: str) -> list[tuple[str, KerasTensor]]:
    """The outputs with their names, or only the one of this name, which may be any layer.

    Raises ImportFailed if there is no such output or layer.
    """
    outputs = list(zip(distinct(model.output_names), model.outputs, strict=True))
    if not name:
        return outputs
    for label, tensor in outputs:
        if name == label:
            return [(label, tensor)]
    calls = {layer.name: layer.first_call for layer in model.layers if layer.calls}
    if name not in calls:
        hint = did_you_mean(name, [*model.output_names, *calls])
        raise ImportFailed(f"the file has no output and no layer `{name}`: {hint}")
    return [(name, KerasTensor(name, calls[name]))]


def distinct(names: Sequence[str]) -> list[str]:
    """Names, of which the later ones of equal ones have a number."""
    found: dict[str, None] = {}
    times: dict[str, int] = {}
    for name in names:
        other = name
        while other in found:
            times[name] = times.get(name, 0) + 1
            other = f"{name}_{times[name]}"
        found[other] = None
    return list(found)


def output_value(state: ReadingState, view: LayerResult | None) -> SketchValue:
    """The value of an output, without axes of size 1 that the model's does not have."""
    if not isinstance(view, TensorView):
        refuse(state.unsupported, is_custom_allowed=True)
        raise InvalidModelFile("an output that no layer makes")
    sizes = [size for size in state.sizes(view)[1:] if size != 1]
    large = [size for size in view.shape if size != 1]
    if view.value.layer < 0:  # an input: a file has at least one layer
        view = view.with_value(state.builder.add("identity", {}, [view.value]))
    if any(len(entry) > 1 for entry in view.axes[1:]):
        view = with_joined_axes(state, view)
    is_longer = len(view.shape) != view.rank - 1 and view.rank > 1
    if is_longer and sorted(sizes) == sorted(large):
        return standard(state.builder, view).value
    return view.value


def with_joined_axes(state: ReadingState, view: TensorView) -> TensorView:
    """The tensor with a value that has one axis for each of its axes, in the order of the value."""
    axes = [axis for axis in range(view.rank) if view.own_axes(axis)]
    return in_order(state.builder, view, sorted(axes, key=lambda axis: view.own_axes(axis)[0]))


# Inputs


def input_axes(model: KerasModel) -> list[tuple[KerasTensor, int]]:
    """The inputs, each with the axis that later layers take as the channels."""
    return list(zip(model.inputs, input_channels(model), strict=True))


def input_of(
    tensor: KerasTensor, shape: KerasShape, channels: int, options: ReadOptions, *, is_only: bool
) -> tuple[SketchInput, AxisMap]:
    """An input, and the axes of its tensor; `--input` replaces the shape in the file."""
    label = "input" if is_only else tensor.layer
    given = options.inputs.get(tensor.layer, options.inputs.get(""))
    if given is not None:
        rank = len(given) if shape is None else max(1, len(shape) - 1)
        if rank != len(given):
            raise ImportFailed(f"input {tensor.layer} has {rank} axes, not the shape {given}")
        _, axes = channels_first(rank, channels)
        return SketchInput(label, given), axes
    if shape is None or None in shape[1:]:
        text = "x".join("?" if size is None else str(size) for size in (shape or (None,))[1:])
        known = f"the shape {text}" if text else "an open shape"
        raise ImportFailed(f"input {tensor.layer} has {known}: give it with --input 3x224x224")
    sizes = [size for size in shape[1:] if size is not None] or [1]
    order, axes = channels_first(len(sizes), channels)
    axes = axes if len(shape) > 1 else (axes[0],)
    return SketchInput(label, Shape(sizes[axis] for axis in order)), axes


def input_shapes(model: KerasModel) -> list[KerasShape]:
    """The shapes that the input layers state, with the batch."""
    layers = {layer.name: layer for layer in reversed(model.layers)}
    names = [tensor.layer for tensor in model.inputs]
    for name in names:
        if name not in layers:
            raise InvalidModelFile(f"malformed: the input {name} is not a layer")
    return [stated_shape(layers[name]) for name in names]


def batch_of(shapes: Sequence[KerasShape]) -> int:
    """The size of the batch: a fixed one, or a prime for an open one."""
    stated = (shape[0] for shape in shapes if shape is not None)
    return next((size for size in stated if size is not None), BATCH_SIZE)
