"""A file of TensorFlow Lite -> a Sketch."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from ...dtype import DataTypes
from ...problem import did_you_mean
from ...shape import Shape
from ...sketch import Sketch, SketchInput, SketchOutput, SketchScope, SketchValue
from ..axes import TensorView, in_order
from ..dependencies import needed
from ..errors import ImportFailed, InvalidModelFile, Unsupported
from ..file_formats import ReadOptions
from ..guard import reading
from ..structure import structured
from ..unsupported import UnsupportedOperator, refuse
from .context import (
    MissingTensor,
    TfliteContext,
    UnstatedOperation,
    channels_last,
    input_shape,
    input_view,
    view_sizes,
)
from .dilation import with_dilations
from .evaluation import READS_SIZES, evaluate
from .fusing import with_fusions
from .model import TfliteFile, TfliteModel, TfliteOperator, TfliteSubgraph
from .operators.table import HANDLERS
from .sizes import keep_output_sizes

NORM = re.compile(r"batch_?norm", re.IGNORECASE)
CONVOLUTIONS = frozenset(("CONV_2D", "DEPTHWISE_CONV_2D", "CONV_3D", "TRANSPOSE_CONV"))
OPEN_BATCH = 13
"""The batch of a file that leaves it open: few other sizes are multiples of it."""

UNKNOWN_MACS = "its multiply-accumulates are not known"
VARIABLE = "READ_VARIABLE"
NO_CONSTANTS = (
    "a variable has no value in the file: convert the model with constants in their place"
)
DECORATION = re.compile(r"^serving_default_|:\d+$")


def read_tflite(path: str, options: ReadOptions) -> Sketch:
    """The model of a file: its first subgraph.

    Raises InvalidModelFile, ImportFailed, and OSError.
    """
    file = os.path.basename(path)
    name = options.name or os.path.splitext(file)[0]
    with TfliteFile(path) as stored:
        kept = named(stored.subgraphs[0], options.output) if options.output else []
        model = with_fusions(with_dilations(stored), kept)
        return structured(sketch_of(model, options, name, f"{file}, TensorFlow Lite"))


def sketch_of(model: TfliteModel, options: ReadOptions, name: str, source: str) -> Sketch:
    graph = model.subgraphs[0]
    outputs = model_outputs(graph, options.output)
    wanted = needed_operators(graph, list(outputs.values()))
    net, unsupported = lowered(model, options, wanted)
    if not options.is_custom_allowed:
        refuse(unsupported)
    if not net.views.keys() >= set(outputs.values()):
        refuse(unsupported, is_custom_allowed=True)
        raise ImportFailed("an output does not depend on the input")
    made = tuple(
        SketchOutput(title if len(outputs) > 1 else "", output_value(net, net.views[number]))
        for title, number in outputs.items()
    )
    layers, scopes = tuple(net.builder.layers), (SketchScope("", "", None),)
    notes = tuple(notes_on(net, wanted))
    facts = (name, source, net.builder.inputs, layers, scopes, made)
    return Sketch(*facts, {}, notes)


# Inputs


def context_of(model: TfliteModel, options: ReadOptions, open_batch: int) -> TfliteContext:
    """The context with the inputs of the model, with a batch for a file that leaves it open.

    Raises ImportFailed for shapes of the user, as those of all tensors are in the file.
    """
    graph = model.subgraphs[0]
    if options.inputs:
        raise ImportFailed("the file states the sizes of all tensors: --input does not apply")
    numbers = [number for number in graph.inputs if number >= 0]
    entries, batches, is_open = [], [], False
    for place, number in enumerate(numbers):
        tensor = graph.tensors[number]
        if not tensor.sizes or min(tensor.sizes) < 1:
            raise ImportFailed(f"the file does not state the sizes of `{tensor.name}`")
        if any(axis > 0 for axis in tensor.open_axes):
            raise ImportFailed(
                f"the file leaves sizes of `{tensor.name}` open: convert the model for fixed ones"
            )
        shape = input_shape(tensor.sizes) if len(tensor.sizes) > 1 else Shape(tensor.sizes)
        title = "input" if len(numbers) == 1 else clean(tensor.name) or f"input{place}"
        entries.append(SketchInput(title, shape))
        batches.append(tensor.sizes[0] if len(tensor.sizes) > 1 else 1)
        is_open = is_open or (len(tensor.sizes) > 1 and bool(tensor.open_axes))
    batch = open_batch if is_open else max(batches, default=1)
    net = TfliteContext(model, entries, batch, is_open=is_open)
    for place, number in enumerate(numbers):
        rank = len(graph.tensors[number].sizes)
        net.views[number] = view = input_view(net.builder.input(place), rank)
        net.keep_sizes(number, view_sizes(view, batch))
    return net


def clean(name: str) -> str:
    """The name of a tensor without what TensorFlow adds to it."""
    return DECORATION.sub("", DECORATION.sub("", name.partition(";")[0]))


# Outputs


def named(graph: TfliteSubgraph, name: str) -> list[int]:
    """The tensors of a name, with or without what TensorFlow adds to it."""
    tensors = enumerate(graph.tensors)
    return [number for number, tensor in tensors if name in (tensor.name, clean(tensor.name))]


def model_outputs(graph: TfliteSubgraph, wanted: str) -> dict[str, int]:
    """The tensors that are outputs, by name; `wanted` may be any tensor.

    Raises ImportFailed for a name that no tensor has, InvalidModelFile without outputs.
    """
    titles: dict[str, int] = {}
    for place, number in enumerate(graph.outputs):
        if number >= 0:
            title = clean(graph.tensors[number].name) or f"output{place}"
            titles.setdefault(title if title not in titles else f"{title}_{place}", number)
    if not titles:
        raise InvalidModelFile("the model has no outputs")
    if not wanted:
        return titles
    found = {clean(tensor.name): number for number, tensor in enumerate(graph.tensors)}
    found |= {tensor.name: number for number, tensor in enumerate(graph.tensors)} | titles
    if wanted not in found:
        hint = did_you_mean(wanted, list(found)) or f"it has {', '.join(titles)}"
        raise ImportFailed(f"the file has no output `{wanted}`: {hint}")
    return {wanted: found[wanted]}


def output_value(net: TfliteContext, view: TensorView) -> SketchValue:
    """The value of an output, channels first, with the axes that the tensor has."""
    value = view.value
    if view.rank > 1 and len(value.shape) != view.rank - 1:
        with suppress(Unsupported):
            value = in_order(net.builder, view, [view.rank - 1, *range(1, view.rank - 1)]).value
    return net.builder.add("identity", {}, [value]) if value.layer < 0 else value


# Operators


def needed_operators(graph: TfliteSubgraph, outputs: Sequence[int]) -> set[int]:
    """The operators that some tensors depend on."""
    makers: dict[int, int] = {}
    for number, operator in enumerate(graph.operators):
        makers |= dict.fromkeys(operator.outputs, number)

    def sources(number: int) -> list[int]:
        return [makers[tensor] for tensor in graph.operators[number].inputs if tensor in makers]

    return needed([makers[tensor] for tensor in outputs if tensor in makers], sources)


def lowered(
    model: TfliteModel, options: ReadOptions, wanted: set[int]
) -> tuple[TfliteContext, list[UnsupportedOperator]]:
    """The layers, and the operators that none states.

    A model whose batch is open may still be one for a single sample.
    """
    net = context_of(model, options, OPEN_BATCH)
    unsupported = lower(net, wanted)
    if unsupported and net.is_open:
        single = context_of(model, options, 1)
        other = lower(single, wanted)
        if len(other) < len(unsupported):
            return single, other
    return net, unsupported


def lower(net: TfliteContext, wanted: set[int]) -> list[UnsupportedOperator]:
    """Add the layers of all operators that the outputs depend on; those that no layer states."""
    unsupported: list[UnsupportedOperator] = []
    for number, operator in enumerate(net.graph.operators):
        if number not in wanted:
            continue
        net.operator = operator
        with reading(f"operator {number} ({operator.kind})"):
            is_constant = operator.kind in READS_SIZES
            if is_constant or not any(tensor in net.views for tensor in operator.inputs):
                keep_constants(net, operator)
                evaluate(net)
                if operator.kind == VARIABLE:
                    place = f"`{net.place}`"
                    unsupported.append(UnsupportedOperator(VARIABLE, place, NO_CONSTANTS))
                continue
            net.builder.types = types_of(net)
            keep_output_sizes(net)
            views = lower_operator(net, unsupported)
        for tensor, view in zip(operator.outputs, views, strict=False):
            if tensor >= 0:
                net.views[tensor] = view
                net.keep_sizes(tensor, view_sizes(view, net.batch))
    return unsupported


def types_of(net: TfliteContext) -> DataTypes:
    """The types of the largest constant that the present operator reads, and of its output."""
    operator = net.operator
    read = [number for number in operator.inputs if number >= 0 and net.is_stored_tensor(number)]
    sources = [net.graph.tensors[source] for number in read for source in net.sources_of(number)]
    weights = max(sources, key=lambda tensor: tensor.elements, default=None)
    made = [net.graph.tensors[number] for number in operator.outputs[:1] if number >= 0]
    return DataTypes(weights.type.word if weights else "", made[0].type.word if made else "")


def keep_constants(net: TfliteContext, operator: TfliteOperator) -> None:
    """The outputs of an operator that reads constants alone are constants, made of these."""
    origins: dict[int, None] = {}
    for tensor in operator.inputs:
        if tensor >= 0 and net.is_stored_tensor(tensor):
            origins |= dict.fromkeys(net.sources_of(tensor))
    for tensor in operator.outputs:
        if tensor >= 0 and origins:
            net.origins[tensor] = tuple(origins)


def lower_operator(net: TfliteContext, unsupported: list[UnsupportedOperator]) -> list[TensorView]:
    """The outputs of one operator; a `custom` layer for one that no layer states."""
    mark = len(net.builder.layers)
    handler = HANDLERS.get(net.operator.kind)
    macs = None
    try:
        if handler is None:
            raise Unsupported("not an operator that is known")
        views = handler(net)
        return [net.checked(view, net.output(place)) for place, view in enumerate(views)]
    except MissingTensor:
        return []
    except UnstatedOperation as error:
        reason, macs = str(error), error.macs
    except Unsupported as error:
        reason = f"{error}; {UNKNOWN_MACS}"
    del net.builder.layers[mark:]
    unsupported.append(UnsupportedOperator(net.operator.kind, f"`{net.place}`", reason))
    return stated(net, reason, macs or 0)


def stated(net: TfliteContext, reason: str, macs: int) -> list[TensorView]:
    """A `custom` layer for each output; the first one has the constants of the operator."""
    inputs = [net.views[tensor].value for tensor in net.operator.inputs if tensor in net.views]
    owned = net.learned()
    views: list[TensorView] = []
    for place in range(len(net.operator.outputs)):
        sizes = net.output(place).sizes
        if not sizes or min(sizes) < 1:
            return views
        shape = input_shape(sizes) if len(sizes) > 1 else Shape(sizes)
        kind = net.operator.kind.lower()
        if place:
            value = net.builder.add_custom(kind, shape, inputs, reason)
        else:
            value = net.builder.add_custom(kind, shape, inputs, reason, owned, macs)
        views.append(TensorView(value, channels_last(len(sizes))))
    return views


# Notes


def notes_on(net: TfliteContext, wanted: set[int]) -> Iterator[str]:
    """What the file no longer says."""
    graph = net.graph
    convolutions = [
        graph.operators[number]
        for number in sorted(wanted)
        if graph.operators[number].kind in CONVOLUTIONS
    ]
    names = [graph.tensors[o.outputs[0]].name for o in convolutions if o.outputs]
    folded = sum(NORM.search(name) is not None for name in names)
    if folded:
        yield (
            f"{folded} of {len(convolutions)} convolutions contain a batch normalization, as the "
            "names of their tensors say: its parameters are those of a bias, its buffers are gone"
        )
    shared = [number for number, times in net.readers.items() if times > 1]
    if shared:
        count = sum(graph.tensors[n].elements * (net.readers[n] - 1) for n in shared)
        yield (
            f"{count:,} parameters are stored once for several layers and counted for each: equal "
            "tensors are merged, as those of a model that is not trained are"
        )
    zeros = sum(times for n, times in net.readers.items() if net.model.is_zero(graph.tensors[n]))
    if zeros:
        yield (
            f"{zeros} layers have a bias of zeros, which is counted: the converter adds one where "
            "the model has none"
        )
    if len(net.model.subgraphs) > 1:
        yield f"the file has {len(net.model.subgraphs)} subgraphs, of which this is the first"
