"""Windows that have the zeros which a `pad` puts around their input as padding of their own."""

from __future__ import annotations

from ..importers.rewrites import NOT_NEGATIVE, WINDOWED
from ..layers.layer import Layer
from ..layers.pooling import AvgPool, MaxPool
from ..layers.resize import Pad, Unfold
from ..layers.window import Windowed
from ..network import Network, Node

PADDED = WINDOWED | {"unfold"}
"""The kinds of layers whose padding is zeros, or may as well be."""


def padded_windows(network: Network) -> dict[int, Node]:
    """The windows that read a `pad`, by number, with its zeros as their padding."""
    found: dict[int, Node] = {}
    for index, node in enumerate(network.nodes):
        is_window = node.layer.kind in PADDED and node.inputs[0].node >= 0
        window = padded(node, network) if is_window else None
        if window is not None:
            found[index] = window
    return found


def padded(node: Node, network: Network) -> Node | None:
    """A window with the padding of the `pad` that it reads; None if there is none it can have."""
    pad = network.nodes[node.inputs[0].node]
    if not isinstance(pad.layer, Pad) or not pads_zeros(node.layer, pad, network):
        return None
    [x] = pad.input_shapes
    amounts = pad.layer.amounts(x)
    pairs = [amounts.pop(axis, (0, 0)) for axis in range(1, len(x))]
    is_of_space = not any(map(any, amounts.values())) and min(map(min, pairs)) >= 0
    layer = with_more(node.layer, pairs) if is_of_space else None
    if layer is None:
        return None
    inputs, shapes = (pad.inputs[0], *node.inputs[1:]), (x, *node.input_shapes[1:])
    return node._replace(layer=layer, inputs=inputs, input_shapes=shapes)


def pads_zeros(window: Layer, pad: Node, network: Network) -> bool:
    """Whether zeros around the input of a window are the same as its padding.

    A maximum ignores its padding, which is the same where no element is negative.
    """
    if isinstance(window, MaxPool):
        source = pad.inputs[0].node
        return source >= 0 and network.nodes[source].layer.kind in NOT_NEGATIVE
    if isinstance(window, AvgPool):
        has_padding = any((*window.padding, *window.padding_end))
        return not window.ceil and (window.count_include_pad or not has_padding)
    return True


def with_more(window: Layer, pairs: list[tuple[int, int]]) -> Layer | None:
    """A window with more padding, (before, after) for each axis; None if it has no such padding."""
    if isinstance(window, Windowed):
        before = zip(window.padding, [begin for begin, _ in pairs], strict=True)
        after = zip(window.padding_end, [end for _, end in pairs], strict=True)
        padding, padding_end = tuple(map(sum, before)), tuple(map(sum, after))
        layer = window.with_arguments(padding=padding, padding_end=padding_end)
        return layer.with_arguments(count_include_pad=True) if layer.kind == "avgpool" else layer
    if isinstance(window, Unfold) and all(begin == end for begin, end in pairs):
        both = zip(window.padding, [begin for begin, _ in pairs], strict=True)
        return window.with_arguments(padding=tuple(map(sum, both)))
    return None
