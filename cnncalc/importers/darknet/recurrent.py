"""Recurrent sections, which the catalogue does not have as Darknet defines them.

Their matrices are `connected` layers, or convolutions in `crnn`; the numbers are for one step.
Source: github.com/AlexeyAB/darknet at 59596d7, src/rnn_layer.c, gru_layer.c, lstm_layer.c and
crnn_layer.c.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn

from ...named_tuple import NamedTuple
from ...shape import Shape
from ..builder import Owned
from ..errors import Unsupported
from .context import DarknetContext, UnstatedLayer
from .convolutions import padding_of
from .sections import CfgSection

REASON = "a recurrent layer, whose state is not in the file"


class Matrix(NamedTuple):
    """A matrix with a bias, or with a norm in place of it; `times` is how many there are."""

    inputs: int
    outputs: int
    times: int = 1


def unstated(
    net: DarknetContext, section: CfgSection, shape: Shape, matrices: Sequence[Matrix]
) -> NoReturn:
    """Raise UnstatedLayer with the numbers of some matrices, which are applied at each position."""
    has_norm = bool(section.integer("batch_normalize"))
    outputs = sum(matrix.outputs * matrix.times for matrix in matrices)
    products = sum(matrix.inputs * matrix.outputs * matrix.times for matrix in matrices)
    owned = Owned((), products + outputs, 0)
    if has_norm:  # a scale and a shift in place of the bias
        owned = Owned((), products + 2 * outputs, 2 * outputs)
    raise UnstatedLayer(REASON, shape, [net.previous], owned, products * shape.positions)


def simple(net: DarknetContext, section: CfgSection) -> NoReturn:
    inputs = net.previous.shape.elements
    hidden, output = section.integer("hidden", 1), section.integer("output", 1)
    unstated(net, section, Shape((output,)), chain(inputs, hidden, output, 1))


def convolutional(net: DarknetContext, section: CfgSection) -> NoReturn:
    x = net.map_of(section).shape
    hidden = section.integer("hidden", section.integer("hidden_filters", 1))
    output = section.integer("output", section.integer("output_filters", 1))
    groups, size = max(section.integer("groups", 1), 1), section.integer("size", 3)
    is_same = section.integer("stride", 1) == 1 and padding_of(section, size) == size // 2
    if "size" in section.options and not is_same:
        raise Unsupported("a state of other sizes than the input")
    matrices = chain(x.channels, hidden, output, size**2)
    shared = [matrix._replace(inputs=matrix.inputs // groups) for matrix in matrices]
    unstated(net, section, x.with_channels(output), shared)


def chain(inputs: int, hidden: int, output: int, window: int) -> list[Matrix]:
    """The matrices from the input to the state, from state to state, and to the output."""
    pairs = ((inputs, hidden), (hidden, hidden), (hidden, output))
    return [Matrix(before * window, after) for before, after in pairs]


def gated(gates: int) -> Callable[[DarknetContext, CfgSection], NoReturn]:
    """A layer with a matrix of the input and one of the state for each gate."""

    def handler(net: DarknetContext, section: CfgSection) -> NoReturn:
        inputs, output = net.previous.shape.elements, section.integer("output", 1)
        matrices = [Matrix(inputs, output, gates), Matrix(output, output, gates)]
        unstated(net, section, Shape((output,)), matrices)

    return handler


def unknown(_: DarknetContext, __: CfgSection) -> NoReturn:
    raise Unsupported(REASON)


RECURRENT = {
    "rnn": simple,
    "gru": gated(3),
    "lstm": gated(4),
    "crnn": convolutional,
    "conv_lstm": unknown,
    "history": unknown,
}
"""The function of each recurrent section."""
