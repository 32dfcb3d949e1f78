"""The inputs of a graph: their sizes, of which a file may leave some open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...named_tuple import NamedTuple
from ...onnx_format.messages import Dimension, GraphProto, ValueInfo
from ...problem import did_you_mean
from ...shape import Shape
from ..errors import ImportFailed, InvalidModelFile
from ..program import TensorSizes
from .nodes import OnnxNode
from .tensors import GraphTensor

FLAG_ELEMENTS = 4
"""The elements of an input that may be a flag or a size, and not data."""


class GraphInput(NamedTuple):
    """An input of the model.

    `sizes` are those without the batch.  `batch` is the first size, 0 if the file leaves it open,
    and None if the input has no batch.
    """

    name: str
    type: int
    batch: int | None
    sizes: TensorSizes

    def tensor(self, batch: int) -> GraphTensor:
        """The input for a batch of this size, if the file leaves it open."""
        first = () if self.batch is None else (self.batch or batch,)
        return GraphTensor((*first, *self.sizes), self.type)


class GraphInputs(NamedTuple):
    """The inputs that hold data, and those that are constants: flags and sizes."""

    data: tuple[GraphInput, ...]
    constants: Mapping[str, GraphTensor]

    @property
    def is_batch_open(self) -> bool:
        return any(found.batch == 0 for found in self.data)

    @property
    def fixed_batch(self) -> int:
        """The batch that the file states."""
        return next((found.batch for found in self.data if found.batch), 1)


def graph_inputs(
    graph: GraphProto, nodes: Sequence[OnnxNode], given: Mapping[str, Shape]
) -> GraphInputs:
    """The inputs that are not stored tensors.  `given` are shapes that replace those of the file.

    Raises ImportFailed for sizes that are open, and for shapes of inputs that are not there.
    """
    stored = {tensor.name for tensor in graph.initializer}
    stored |= {tensor.values.name for tensor in graph.sparse_initializer}
    infos = [info for info in graph.input if info.name not in stored]
    if not infos:
        raise InvalidModelFile("the graph has no input")
    flags = {info.name: flag(info) for info in infos}
    data = [info for info in infos if flags[info.name] is None]
    shapes = shapes_by_name([info.name for info in data], given)
    alone = {name for node in nodes if adds_batch(node) for name in node.inputs[:1]}
    inputs = tuple(data_input(info, shapes.get(info.name), info.name in alone) for info in data)
    return GraphInputs(inputs, {name: value for name, value in flags.items() if value})


def shapes_by_name(names: Sequence[str], given: Mapping[str, Shape]) -> dict[str, Shape]:
    """The given shapes by the name of the input; "" is the only one."""
    found = dict(given)
    if "" in found and len(names) == 1:
        found[names[0]] = found.pop("")
    for name in found:
        if name not in names:
            hint = did_you_mean(name, names) or f"the inputs are {', '.join(names)}"
            raise ImportFailed(f"there is no input `{name}`: {hint}")
    return found


def dims_of(info: ValueInfo) -> tuple[Dimension, ...] | None:
    """The sizes as the file has them; None if it does not state their number."""
    tensor = info.type.tensor_type
    if tensor is None:
        raise InvalidModelFile(f"the input `{info.name}` is not a tensor")
    return None if tensor.shape is None else tensor.shape.dim


def flag(info: ValueInfo) -> GraphTensor | None:
    """An input as a constant of zeros if it holds a flag or sizes; None if it holds data."""
    dims = dims_of(info)
    if dims is None or len(dims) > 1:
        return None
    sizes = tuple(dim.dim_value for dim in dims)
    found = GraphTensor(sizes, element_type(info), True, (0,) * (sizes[0] if sizes else 1))
    is_flag = not sizes or (found.is_whole and 0 < sizes[0] <= FLAG_ELEMENTS)
    return found if is_flag else None


def element_type(info: ValueInfo) -> int:
    return info.type.tensor_type.elem_type if info.type.tensor_type else 0


def adds_batch(node: OnnxNode) -> bool:
    """True for a node that adds an axis before the others."""
    axes = node.attributes.get("axes")
    return node.operator == "Unsqueeze" and (axes is None or axes == (0,))


def data_input(info: ValueInfo, given: Shape | None, is_alone: bool) -> GraphInput:
    """An input with the sizes of the file, or the given ones after the batch."""
    dims = dims_of(info)
    if dims is None:
        if given is None:
            raise ImportFailed(open_sizes(info.name, "its shape"))
        return GraphInput(info.name, element_type(info), 0, tuple(given))
    first = dims[0].dim_value if dims else 0
    has_batch = not (is_alone and first > 1)
    own = dims[1:] if has_batch else dims
    if given is None:
        lacking = [name_of(dim, axis) for axis, dim in enumerate(own, 1) if dim.dim_value < 1]
        if lacking:
            raise ImportFailed(open_sizes(info.name, ", ".join(lacking)))
        given = Shape(dim.dim_value for dim in own)
    elif len(given) != len(own):
        raise ImportFailed(
            f"the input `{info.name}` has {len(own)} axes without the batch, found {given}"
        )
    batch = max(first, 0) if has_batch else None
    return GraphInput(info.name, element_type(info), batch, tuple(given))


def name_of(dim: Dimension, axis: int) -> str:
    return f"`{dim.dim_param}`" if dim.dim_param else f"that of axis {axis}"


def open_sizes(name: str, what: str) -> str:
    return (
        f"the file leaves sizes of the input `{name}` open ({what}): state them without the "
        f"batch, as in --input {name}=3x224x224"
    )


def known_inputs(inputs: Iterable[GraphInput], batch: int) -> Iterator[tuple[str, GraphTensor]]:
    """The tensors of inputs by name."""
    for found in inputs:
        yield found.name, found.tensor(batch)
