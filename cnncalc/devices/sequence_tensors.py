"""What PyTorch keeps inside attention and recurrent layers until their backward pass.

Attention is `torch.nn.MultiheadAttention` without the scores (`need_weights=False`), in a fused
kernel, as CPUs and GPUs have it: instead of the scores, it keeps the logarithm of their sum for
each query.  Recurrent layers are the steps of PyTorch itself; cuDNN and oneDNN keep a buffer whose
size only they know.

Source: aten/src/ATen/native/RNN.cpp and transformers/attention.cpp of PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, cast

from ..layers.layer import Layer
from ..named_tuple import NamedTuple
from ..shape import Shape

if TYPE_CHECKING:
    from ..layers.attention import Attention
    from ..layers.recurrent import LSTM, Recurrent

FLOAT_BYTES = 4


class SequenceSetup(NamedTuple):
    """How a layer runs: whether its weights are trained, and for how many samples.

    An element of the input has `width` bytes, one of a product `narrow`: fewer in mixed precision.
    """

    trains: bool
    samples: int
    width: int
    narrow: int


class InnerTensor(NamedTuple):
    """Tensors of a kind that a layer keeps inside: their elements, for so many samples."""

    what: str
    elements: int
    width: int
    samples: int


InnerRule = Callable[[Layer, tuple[Shape, ...], SequenceSetup], Iterator[InnerTensor]]


def inner_tensors(
    layer: Layer, inputs: tuple[Shape, ...], setup: SequenceSetup
) -> Iterator[InnerTensor]:
    """What a layer keeps inside; nothing of a kind without steps of its own."""
    if layer.kind in INNER:
        yield from INNER[layer.kind](layer, inputs, setup)


# Attention


def is_fused(layer: Layer) -> bool:
    """Whether it is plain attention, for which there are fused kernels."""
    heads = cast("Attention", layer)
    return heads.axes == "all" and not heads.window and not heads.rel_bias


def attention(
    layer: Layer, inputs: tuple[Shape, ...], setup: SequenceSetup
) -> Iterator[InnerTensor]:
    """The projected queries, keys and values, the output of the heads, and a sum of each query."""
    heads, (x, *sources) = cast("Attention", layer), inputs
    source = sources[0] if sources else x
    each = setup.samples
    if setup.trains:
        yield from sequence_copies(x, sources, setup)
    yield InnerTensor("queries", heads.dim * x.positions, setup.narrow, each)
    yield InnerTensor("keys", heads.key_size * source.positions, setup.narrow, each)
    yield InnerTensor("values of heads", heads.value_size * source.positions, setup.narrow, each)
    yield InnerTensor("output of heads", heads.value_dim * x.positions, setup.narrow, each)
    yield InnerTensor("logarithms of sums", heads.heads * x.positions, FLOAT_BYTES, each)


def sequence_copies(x: Shape, sources: list[Shape], setup: SequenceSetup) -> Iterator[InnerTensor]:
    """The inputs of the projections: copies in which the samples of a position are together."""
    yield InnerTensor("copy of the input", x.elements, setup.narrow, setup.samples)
    for source in sources:
        copies = 1 if source.channels == x.channels else 2  # its keys and values are apart
        elements = copies * source.elements
        yield InnerTensor("copy of the source", elements, setup.narrow, setup.samples)


# Recurrent layers


def lstm(layer: Layer, inputs: tuple[Shape, ...], setup: SequenceSetup) -> Iterator[InnerTensor]:
    """Of each step the gates, the cell state, its tanh, and the state before it."""
    found, steps = cast("LSTM", layer), inputs[0].positions
    units = steps * found.layers * found.directions
    own, each = found.hidden * units, setup.samples
    yield InnerTensor("gates", 4 * own, setup.narrow, each)
    yield InnerTensor("cell states", 2 * own, setup.width, each)
    if setup.trains:
        yield InnerTensor("states", found.state * units, setup.narrow, each)
        if found.proj is not None:
            yield InnerTensor("states before projection", own, setup.narrow, each)
    yield from shared_tensors(found, inputs[0], setup)


def gru(layer: Layer, inputs: tuple[Shape, ...], setup: SequenceSetup) -> Iterator[InnerTensor]:
    """Of each step the gates, their parts, and the state before it."""
    found = cast("Recurrent", layer)
    own = found.hidden * inputs[0].positions * found.layers * found.directions
    yield InnerTensor("gates", 5 * own, setup.narrow, setup.samples)
    yield InnerTensor("differences of states", own, setup.width, setup.samples)
    if setup.trains:
        yield InnerTensor("states", own, setup.narrow, setup.samples)
    yield from shared_tensors(found, inputs[0], setup)


def rnn(layer: Layer, inputs: tuple[Shape, ...], setup: SequenceSetup) -> Iterator[InnerTensor]:
    """The state of each step, and that before the first one."""
    found = cast("Recurrent", layer)
    own = found.hidden * found.layers * found.directions
    steps = inputs[0].positions + setup.trains
    yield InnerTensor("states", own * steps, setup.narrow, setup.samples)
    yield from shared_tensors(found, inputs[0], setup)


def shared_tensors(layer: Recurrent, x: Shape, setup: SequenceSetup) -> Iterator[InnerTensor]:
    """The inputs of all layers but the first, and with mixed precision also copies."""
    if not setup.trains:
        return
    inner = layer.output(x).elements * (layer.layers - 1)
    is_narrowed = setup.width != setup.narrow
    copies = layer.directions if is_narrowed and has_wide_state(layer) else 1
    if inner:
        yield InnerTensor("inputs of layers", inner * copies, setup.narrow, setup.samples)
    if is_narrowed and layer.directions > 1:
        yield InnerTensor("second copy of the input", x.elements, setup.narrow, setup.samples)


def has_wide_state(layer: Layer) -> bool:
    """Whether a layer has a state in the type of its input, also with mixed precision.

    The state before the first step has that type, and is added to; a product has 16 bits.
    """
    return layer.kind == "gru" or (layer.kind == "lstm" and cast("LSTM", layer).proj is None)


INNER: dict[str, InnerRule] = {"attention": attention, "lstm": lstm, "gru": gru, "rnn": rnn}


def copied_weights(
    layer: Layer, inputs: tuple[Shape, ...], have_gradients: Sequence[bool], trains: bool
) -> int:
    """The elements of the copies of weights that mixed precision keeps.

    The copy of a matrix is for the gradient of what it is multiplied by, if that has one.
    """
    weights = layer.weights(*inputs)
    times = {"weight": int(layer.kind != "linear" or any(have_gradients))}
    if layer.kind == "attention":
        query, source = have_gradients[0], have_gradients[-1]
        times = {"query": query, "key": source, "value": source, "out": True}
    elif layer.kind in INNER:
        recurrent = cast("Recurrent", layer)
        times = recurrent_copies(recurrent, inputs[0], have_gradients[0], trains)
    return sum(weights[name].elements * number for name, number in times.items() if name in weights)


def recurrent_copies(
    layer: Recurrent, x: Shape, has_gradient: bool, trains: bool
) -> dict[str, int]:
    """How often each matrix of a recurrent layer is copied.

    The state before the first step has no gradient.  Copies are used again at the next step if they
    are of trained weights, but for that of a projection.
    """
    steps = x.positions
    later = min(1, steps - 1) if trains else steps - 1
    times = {"weight_ih": 1, "weight_hh": later, "weight_hr": steps}
    found = {name: times.get(name[:9], 0) for name in layer.weights(x)}
    first = {name: int(has_gradient) for name in ("weight_ih_l0", "weight_ih_l0_reverse")}
    return found | first
