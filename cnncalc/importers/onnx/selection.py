"""The nodes that the wanted outputs depend on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from ...onnx_format.messages import GraphProto
from ...problem import did_you_mean
from ..errors import ImportFailed
from .nodes import OnnxNode


def selected_outputs(graph: GraphProto, nodes: Sequence[OnnxNode], wanted: str) -> tuple[str, ...]:
    """The names of the outputs, or of the one that is wanted: any tensor, or the first of a node.

    Raises ImportFailed if there is none of this name.
    """
    outputs = tuple(info.name for info in graph.output)
    if not wanted:
        return outputs
    tensors = {name for node in nodes for name in node.outputs}
    if wanted in tensors:
        return (wanted,)
    for node in nodes:
        if node.name == wanted and node.outputs:
            return node.outputs[:1]
    names = [*outputs, *(node.name for node in nodes if node.name)]
    hint = did_you_mean(wanted, names) or f"its outputs are {', '.join(outputs)}"
    raise ImportFailed(f"there is no output, tensor or node `{wanted}`: {hint}")


def needed(nodes: Sequence[OnnxNode], outputs: Iterable[str]) -> list[OnnxNode]:
    """The nodes that tensors depend on, in their order."""
    wanted = set(outputs)
    found = []
    for node in reversed(nodes):
        if not wanted.isdisjoint(node.outputs):
            wanted.update(names_read(node))
            found.append(node)
    return found[::-1]


def names_read(node: OnnxNode) -> tuple[str, ...]:
    """The tensors that a node reads, also in the graphs of its attributes."""
    graphs = [value for value in node.attributes.values() if isinstance(value, GraphProto)]
    return (*node.inputs, *chain.from_iterable(map(names_in, graphs))) if graphs else node.inputs


def names_in(graph: GraphProto) -> Iterator[str]:
    """All tensors that are named in a graph, and in those in it."""
    for info in graph.output:
        yield info.name
    for node in graph.node:
        yield from node.input
        for attribute in node.attribute:
            if attribute.g is not None:
                yield from names_in(attribute.g)
