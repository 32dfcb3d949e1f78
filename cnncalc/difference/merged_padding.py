"""Windows that have the zeros which a `pad` puts around their input as padding of their own."""

from __future__ import annotations

from ..importers.rewrites import NOT_NEGATIVE
from ..layers.pooling import AvgPool
from ..layers.resize import Pad
from ..layers.window import Windowed
from ..network import Network, Node

PADDED = frozenset(("conv", "depthwise", "maxpool", "avgpool"))
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
    pad, window = network.nodes[node.inputs[0].node], node.layer
    if not isinstance(pad.layer, Pad) or not isinstance(window, Windowed):
        return None
    [x] = pad.input_shapes
    amounts = pad.layer.amounts(x)
    pairs = [amounts.pop(axis, (0, 0)) for axis in range(1, len(x))]
    is_of_space = not any(map(any, amounts.values())) and min(map(min, pairs)) >= 0
    if not is_of_space or not pads_zeros(window, pad, network):
        return None
    before = zip(window.padding, [begin for begin, _ in pairs], strict=True)
    after = zip(window.padding_end, [end for _, end in pairs], strict=True)
    layer = window.with_arguments(
        padding=tuple(map(sum, before)), padding_end=tuple(map(sum, after))
    )
    if isinstance(layer, AvgPool):
        layer = layer.with_arguments(count_include_pad=True)
    inputs, shapes = (pad.inputs[0], *node.inputs[1:]), (x, *node.input_shapes[1:])
    return node._replace(layer=layer, inputs=inputs, input_shapes=shapes)


def pads_zeros(window: Windowed, pad: Node, network: Network) -> bool:
    """Whether zeros around the input of a window are the same as its padding.

    A maximum ignores its padding, which is the same where no element is negative.
    """
    if window.kind == "maxpool":
        source = pad.inputs[0].node
        return source >= 0 and network.nodes[source].layer.kind in NOT_NEGATIVE
    if not isinstance(window, AvgPool):
        return True
    has_padding = any((*window.padding, *window.padding_end))
    return not window.ceil and (window.count_include_pad or not has_padding)
