"""A network of Caffe -> a Sketch."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ...problem import did_you_mean
from ...shape import Shape
from ...sketch import Sketch, SketchInput, SketchOutput, SketchScope
from ..axes import standard
from ..dependencies import needed
from ..errors import ImportFailed, InvalidModelFile, Unsupported
from ..file_formats import ReadOptions
from ..guard import reading
from ..structure import structured
from ..text_files import bounded_text
from ..training import with_training_outputs
from ..unsupported import UnsupportedOperator, refusal, refuse
from .context import Blob, CaffeContext, UnknownBlob, UnstatedCaffeLayer
from .functions.table import HANDLERS
from .network import SINKS, TEST, TRAIN, BlobRef, CaffeInput, CaffeLayer, CaffeNetwork, network_in
from .text_format import parse_message

UNREAD_TRAINING = "the layers that only training has are not here"
LEFT_OUT = "is left out: the file does not say what it computes"


def read_caffe(path: str, options: ReadOptions) -> Sketch:
    """The network of a file for deployment or training, as it is at inference.

    Outputs that only training has are marked.  Raises InvalidModelFile, ImportFailed, and OSError.
    """
    message = parse_message(bounded_text(path))
    network = network_in(message, TEST)
    file = os.path.basename(path)
    name = options.name or network.name or os.path.splitext(file)[0]
    source = f"{file}, Caffe"
    sketch = sketch_of(network, options, name, source)
    trained = network_in(message, TRAIN)
    if options.output or not has_more_layers(trained, network):
        return sketch
    try:
        return with_training_outputs(sketch, sketch_of(trained, options, name, source))
    except (ImportFailed, InvalidModelFile):
        return sketch._replace(notes=(*sketch.notes, UNREAD_TRAINING))


def has_more_layers(trained: CaffeNetwork, network: CaffeNetwork) -> bool:
    """True if training has layers that are not losses, which inference does not have."""
    names = {layer.name for layer in network.layers}
    return any(not layer.is_loss and layer.name not in names for layer in trained.layers)


def sketch_of(network: CaffeNetwork, options: ReadOptions, name: str, source: str) -> Sketch:
    """The Sketch of a network in one phase."""
    outputs = network_outputs(network, options.output)
    auxiliary = auxiliary_outputs(network)
    wanted = needed(
        [ref.layer for ref in outputs.values()],
        lambda number: [] if number < 0 else sources_of(network.layers[number]),
    )
    with unknown_layers_too(network, wanted):
        net = context_of(network, wanted, options)
    unsupported = lower(net, network, wanted, is_custom_allowed=options.is_custom_allowed)
    if not options.is_custom_allowed:
        refuse(unsupported)
    found = known_outputs(net, network, outputs)
    if not found:
        refuse(unsupported, is_custom_allowed=True)
        raise ImportFailed("the outputs of the network are not known")
    values = {title: standard(net.builder, blob.view).value for title, blob in found.items()}
    last = max((v.layer for title, v in values.items() if title not in auxiliary), default=-1)
    made = []
    for title, value in sorted(values.items(), key=lambda pair: pair[0] in auxiliary):
        is_auxiliary = title in auxiliary and value.layer < last
        made.append(SketchOutput(title if len(values) > 1 else "", value, is_auxiliary))
    scopes = (SketchScope("", "", None),)
    layers, notes = tuple(net.builder.layers), tuple(net.notes)
    facts = (name, source, net.builder.inputs, layers, scopes, tuple(made))
    return structured(Sketch(*facts, {}, notes, has_tensors=False))


def known_outputs(
    net: CaffeContext, network: CaffeNetwork, outputs: Mapping[str, BlobRef]
) -> dict[str, Blob]:
    """The outputs; in place of one that is not known, what its layer reads."""
    found: dict[str, Blob] = {}
    waiting = list(outputs.items())[::-1]
    seen = set()
    while waiting:
        title, ref = waiting.pop()
        if ref.layer < 0 or ref in seen:
            continue
        seen.add(ref)
        if ref in net.blobs:
            found[title] = net.blobs[ref]
            continue
        for source in network.layers[ref.layer].sources[::-1]:
            if source is not None and source.layer >= 0:
                waiting.append((network.layers[source.layer].tops[source.top], source))
    return found


# Inputs


def context_of(network: CaffeNetwork, wanted: set[int], options: ReadOptions) -> CaffeContext:
    """The context with the inputs that are read.

    Raises ImportFailed for the name of an input that is not one, and for one without sizes.
    """
    read = [
        number
        for number in range(len(network.inputs))
        if -1 - number in wanted and is_read(network, number)
    ]
    names = [network.inputs[number].name for number in read]
    for name in options.inputs:
        if name and name not in names:
            hint = did_you_mean(name, names) or f"it reads {', '.join(names) or 'nothing'}"
            raise ImportFailed(f"the network has no input `{name}`: {hint}")
    if "" in options.inputs and len(names) != 1:
        raise ImportFailed(f"the network reads {', '.join(names)}: write NAME=3x224x224")
    entries, batches = [], []
    for number in read:
        entry = network.inputs[number]
        shape = input_shape(entry, options)
        entries.append(SketchInput("input" if len(read) == 1 else entry.name, shape))
        batches.append(entry.sizes[0] if entry.sizes else 1)
    net = CaffeContext(entries, batches)
    for place, number in enumerate(read):
        net.blobs[BlobRef(-1 - number)] = net.input_blob(place)
    return net


class UnknownSizes(ImportFailed):
    """An input whose sizes neither the file nor the user states."""


@contextmanager
def unknown_layers_too(network: CaffeNetwork, wanted: set[int]) -> Iterator[None]:
    """Where sizes are missing, the message also has the layers that would be refused after that."""
    try:
        yield
    except UnknownSizes as error:
        layers = [network.layers[number] for number in sorted(wanted) if number >= 0]
        unknown = [
            UnsupportedOperator(layer.kind, layer.place, reason_for(layer.kind))
            for layer in layers
            if layer.kind not in HANDLERS
        ]
        if not unknown:
            raise
        raise ImportFailed(f"{error}\n{refusal(unknown)}") from None


def is_read(network: CaffeNetwork, number: int) -> bool:
    """True if a layer that is known reads an input."""
    ref = BlobRef(-1 - number)
    return any(ref in layer.sources and layer.kind in HANDLERS for layer in network.layers)


def input_shape(entry: CaffeInput, options: ReadOptions) -> Shape:
    given = options.inputs.get(entry.name) or options.inputs.get("")
    if given is not None:
        return given
    if entry.sizes is None:
        message = f"the file does not state the sizes of `{entry.name}`"
        raise UnknownSizes(f"{message}: give them with --input, as in --input 3x224x224")
    if len(entry.sizes) < 2 or min(entry.sizes) < 1:
        raise InvalidModelFile(f"the sizes of `{entry.name}` are not those of a batch of values")
    return Shape(entry.sizes[1:])


# Outputs


def network_outputs(network: CaffeNetwork, wanted: str) -> dict[str, BlobRef]:
    """The outputs of the network, by name.

    These are the blobs that no layer reads but a loss, which reads the output of the network
    first and then the labels.  `wanted` is a blob or a layer.  Raises ImportFailed.
    """
    if wanted:
        return {wanted: wanted_output(network, wanted)}
    read: set[BlobRef] = set()
    made: dict[str, BlobRef] = {}
    for number, layer in enumerate(network.layers):
        if layer.is_loss:
            if layer.kind not in SINKS:
                made |= predictions(network, layer)
            continue
        read |= {source for source in layer.sources if source is not None}
        made |= {top: BlobRef(number, place) for place, top in enumerate(layer.tops)}
    found = {title: ref for title, ref in made.items() if ref not in read}
    if not found:
        raise InvalidModelFile("the file has no layers of a network")
    return found


def predictions(network: CaffeNetwork, loss: CaffeLayer) -> dict[str, BlobRef]:
    """What a loss compares, without inputs: labels are not outputs of the network."""
    found = {}
    for source in loss.sources[:2]:
        if source is not None and source.layer >= 0:
            found[network.layers[source.layer].tops[source.top]] = source
    return found


def auxiliary_outputs(network: CaffeNetwork) -> set[str]:
    """The outputs whose loss has a smaller weight than another: training alone needs them.

    Those after the main outputs are not among them: they are tasks of their own.
    """
    weights: dict[str, float] = {}
    for layer in network.layers:
        if layer.is_loss and layer.kind not in SINKS:
            for title in predictions(network, layer):
                weights[title] = layer.message.real("loss_weight", 1.0)
    most = max(weights.values(), default=1.0)
    return {title for title, weight in weights.items() if weight < most}


def wanted_output(network: CaffeNetwork, wanted: str) -> BlobRef:
    """The last blob of a name, or the first output of a layer."""
    blobs: dict[str, BlobRef] = {}
    for number, layer in enumerate(network.layers):
        if layer.tops:
            blobs[layer.name] = BlobRef(number)
    for number, layer in enumerate(network.layers):
        blobs |= {top: BlobRef(number, place) for place, top in enumerate(layer.tops)}
    if wanted not in blobs:
        hint = did_you_mean(wanted, list(blobs)) or "it is the name of a blob or of a layer"
        raise ImportFailed(f"the file has no output `{wanted}`: {hint}")
    return blobs[wanted]


# Layers


def sources_of(layer: CaffeLayer) -> list[int]:
    return [source.layer for source in layer.sources if source is not None]


def lower(
    net: CaffeContext, network: CaffeNetwork, wanted: set[int], *, is_custom_allowed: bool
) -> list[UnsupportedOperator]:
    """Add the layers that the outputs depend on; those that no layer states."""
    unsupported: list[UnsupportedOperator] = []
    for number, layer in enumerate(network.layers):
        if number not in wanted:
            continue
        net.layer = layer
        with reading(layer.place):
            try:
                blobs = lower_layer(net)
            except UnstatedCaffeLayer as error:
                unsupported.append(UnsupportedOperator(layer.kind, layer.place, str(error)))
                blobs = stated(net, error)
            except UnknownBlob:
                continue
            except Unsupported as error:
                unsupported.append(UnsupportedOperator(layer.kind, layer.place, str(error)))
                net.notes[f"{layer.kind} {layer.name} {LEFT_OUT}"] = None
                continue
        for place in range(len(layer.tops)):
            net.blobs[BlobRef(number, place)] = blobs[min(place, len(blobs) - 1)]
    return unsupported


def lower_layer(net: CaffeContext) -> list[Blob]:
    """The outputs of one layer, after adding its layers."""
    handler = HANDLERS.get(net.layer.kind)
    if handler is None:
        raise Unsupported(reason_for(net.layer.kind))
    return handler(net)


def reason_for(kind: str) -> str:
    """Why layers of a type that is not known are not stated."""
    return "code in Python" if kind == "Python" else "not a layer that is known"


def stated(net: CaffeContext, error: UnstatedCaffeLayer) -> list[Blob]:
    """A `custom` layer with the numbers that are known."""
    kind = net.layer.kind
    value = net.builder.add_custom(kind, error.shape, error.inputs, str(error), error.owned)
    return net.result(value)
