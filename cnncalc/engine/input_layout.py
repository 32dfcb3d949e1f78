"""Inputs whose axes are probably in another order than that of the language: (C, *S), one sample.

Frameworks also write images with the channels last (HxWxC), and with a batch axis first (NxCxHxW).
Both are valid shapes here, of another meaning: an image of H channels, a volume of depth C.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..layers.window import Windowed
from ..named_tuple import NamedTuple
from ..network import Network, Node
from ..shape import Shape

IMAGE_CHANNELS = (1, 3, 4)  # of a gray image, a color image, and one with transparency
MIN_SIDE = 16  # of an image; a smaller grid may have any order
MAX_RATIO = 4  # of the sides of an image
BATCHES = tuple(2**exponent for exponent in range(11))
REARRANGING = frozenset(
    ("flatten", "tokens", "reshape", "permute", "slice", "select", "chunk", "squash")
)


class SuspectInput(NamedTuple):
    """An input with probably misplaced axes: what it is read as, and the shapes that are meant."""

    name: str
    is_batched: bool
    reading: str
    meant: Shape
    else_meant: Shape | None = None

    @property
    def advice(self) -> str:
        """How to write what is meant."""
        advice = f"write `{self.name}: {self.meant}`"
        if self.else_meant is None:
            return advice
        return f"{advice}, or `{self.name}: {self.else_meant}` for a volume"


def suspect_inputs(network: Network) -> Iterator[SuspectInput]:
    """The inputs of a network that are read as something else than what is probably meant.

    An input that a layer rearranges is ignored: its order is chosen there.
    """
    for index, (name, shape) in enumerate(network.inputs.items()):
        found = batched(name, shape) or channels_last(name, shape)
        if found and not is_deliberate(network, index):
            yield found


def input_notes(network: Network) -> dict[int, str]:
    """A note for the first layer that reads a suspect input, by the index of its node."""
    notes = {}
    for found in suspect_inputs(network):
        own = -1 - list(network.inputs).index(found.name)
        readers = (
            index
            for index, node in enumerate(network.nodes)
            if any(value.node == own for value in node.inputs)
        )
        notes[next(readers)] = f"its input {found.reading}; {found.advice}"
    return notes


def batched(name: str, x: Shape) -> SuspectInput | None:
    """A batch of images, NxCxHxW or NxHxWxC, that is read as a volume."""
    if len(x) != 4 or x[0] not in BATCHES or x[0] == x[1] == x[2]:  # a cube is a volume
        return None
    reading = f"{x} is a volume with a depth of {x[1]}: a shape has no batch axis"
    if found := channels_last(name, Shape(x[1:])):
        volume = Shape((x[-1], *x[:-1])) if x[0] > 1 else None
        return SuspectInput(name, True, f"{reading}, and channels first", found.meant, volume)
    if x[1] in (1, 3) and is_image(*x[2:]):
        return SuspectInput(name, True, reading, Shape(x[1:]))
    return None


def channels_last(name: str, x: Shape) -> SuspectInput | None:
    """An image HxWxC or a volume DxHxWxC, which are read with H or D channels."""
    if len(x) not in (3, 4) or x[-1] not in IMAGE_CHANNELS or not is_image(*x[-3:-1]):
        return None
    if x[-1] != 3 and x[-3] != x[-2]:  # 64x1000x1 may be a series of 64 channels
        return None
    reading = f"{x} has {x[0]} channels and a width of {x[-1]}: the channels are the first axis"
    return SuspectInput(name, False, reading, Shape((x[-1], *x[:-1])))


def is_image(height: int, width: int) -> bool:
    """Whether two sizes can be those of an image."""
    less, more = sorted((height, width))
    return less >= MIN_SIDE and more <= MAX_RATIO * less


def is_deliberate(network: Network, index: int) -> bool:
    """Whether the layers of a network fit the input as it is written.

    One who means an image or volume with such a side often gives a window another kernel or stride
    along it: in the first layer of an image, in any layer of a volume.
    """
    own = -1 - index
    readers = [node for node in network.nodes if any(value.node == own for value in node.inputs)]
    if not readers or any(node.layer.kind in REARRANGING for node in readers):
        return True
    rank = len(list(network.inputs.values())[index])
    nodes = readers if rank == 3 else network.nodes
    return any(is_uneven(node) for node in nodes if len(node.input_shapes[0]) == rank)


def is_uneven(node: Node) -> bool:
    """Whether a layer has a window whose kernel or stride differs between axes."""
    layer = node.layer
    if not isinstance(layer, Windowed):
        return False
    return len(set(layer.kernel)) > 1 or len(set(layer.stride)) > 1
