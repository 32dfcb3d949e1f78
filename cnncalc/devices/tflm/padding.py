"""What padding costs in TensorFlow Lite Micro: other than SAME, it is an operator with a copy."""

from __future__ import annotations

from ...layers.window import Windowed
from ...named_tuple import NamedTuple
from ...network import Network, Node
from ..memory_plan import MemoryPlan, memory_plan
from ..operators import DeviceOperator, DeviceProgram, DeviceTensor
from .support import PAD
from .windows import padded_shape


class PaddingCost(NamedTuple):
    """The layers whose padding is an operator, and the bytes that the arena has less without it."""

    layers: tuple[int, ...]
    bytes: int


def padding_cost(plan: MemoryPlan, network: Network) -> PaddingCost:
    """What the padding of windows adds to the arena."""
    pads = [one for one in plan.program.operators if is_padding(one, network)]
    if not pads:
        return PaddingCost((), 0)
    without = memory_plan(without_operators(plan.program, pads)).arena_bytes
    return PaddingCost(tuple([one.layers[0] for one in pads]), plan.arena_bytes - without)


def is_padding(operator: DeviceOperator, network: Network) -> bool:
    """Whether an operator pads the input of a layer, which is not a `pad` itself."""
    kind = network.nodes[operator.layers[-1]].layer.kind
    return operator.name == PAD and kind != "pad"


def without_operators(program: DeviceProgram, removed: list[DeviceOperator]) -> DeviceProgram:
    """A program whose readers of some operators read the inputs of these."""
    sources = {one.outputs[0]: one.inputs[0] for one in removed}
    tensors = [
        DeviceTensor(tensor.name, 0 if index in sources else tensor.bytes)
        for index, tensor in enumerate(program.tensors)
    ]
    operators = [
        one._replace(inputs=tuple([sources.get(tensor, tensor) for tensor in one.inputs]))
        for one in program.operators
        if one.outputs[0] not in sources
    ]
    return program._replace(tensors=tuple(tensors), operators=tuple(operators))


def could_be_same(node: Node) -> bool:
    """Whether a layer has a padding of its own, and the same output with SAME."""
    if not isinstance(node.layer, Windowed) or node.layer.kind not in WINDOWS:
        return False
    windows = node.layer.axis_windows(node.input_shapes[0])
    sizes = [-(-window.size // window.stride) for window in windows]
    is_padded = padded_shape(node) != node.input_shapes[0]
    return is_padded and sizes == list(node.shape.spatial)


WINDOWS = ("conv", "depthwise", "maxpool", "avgpool")
"""The kinds of layers with windows that the operator itself can pad."""
