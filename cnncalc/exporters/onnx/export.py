"""A network as an ONNX file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...escape import safe
from ...network import Network, Node, Value
from ...onnx_format.elements import FLOAT, INT64
from ...onnx_format.messages import GraphProto, Model, NodeProto, OperatorSet, ValueInfo
from ...parser import TracedNetwork
from ..contents import size_of
from ..errors import ExportError, all_errors, unstated_layer
from ..formats import WEIGHTS, Exported, ExportOptions
from ..frozen_weights import FrozenWeights
from .graph import BATCH, GraphWriter, scope_of, value_info
from .layer_writer import LayerWriter, NoOperator
from .layers.table import written

OPSET, IR_VERSION = 20, 9
"""The version of the operators, and that of the format which came with it."""

INDEX_PLACES = {"embedding": 0, "gather": 1}
"""Which input of a layer holds indices, by its kind."""

MOST_TITLE = 200
"""Characters of the name of the graph."""
MOST_BYTES = 2**31 - 1
"""The largest file that readers of protocol buffers accept."""


def write_model(traced: TracedNetwork, options: ExportOptions) -> Exported:
    """A network as an ONNX file.  Raises ExportError if ONNX cannot state it."""
    network = traced.network
    export = NetworkExport(network, GraphWriter(options.weights or WEIGHTS[0]))
    graph = export.graph_proto()
    model = Model(
        IR_VERSION,
        "cnncalc",
        graph=graph,
        opset_import=(OperatorSet("", OPSET),),
    )
    content = export.graph.wire.chunks(model)
    size = size_of(content)
    if size > MOST_BYTES:
        raise ExportError(f"the file would have {size:,} bytes, of at most {MOST_BYTES:,}")
    return Exported(tuple(content), tuple(remarks(network)))


def remarks(network: Network) -> Iterator[str]:
    """What the file does not state as the network does."""
    if network.training_outputs:
        yield f"outputs of training are left out: {', '.join(sorted(network.training_outputs))}"
    if any(node.dtype != network.types for node in network.nodes) or network.dtype != "float32":
        yield "all tensors are float32, whatever their types in the network"


class NetworkExport:
    """The graph of one network while it is written."""

    def __init__(self, network: Network, graph: GraphWriter) -> None:
        self.network = network
        self.graph = graph
        self.values: dict[tuple[int, int | None], str] = {}
        self.paths: dict[str, str] = {}  # of weights that several layers share
        self.titles: dict[str, str] = {}  # of tensors that are outputs
        self.frozen = FrozenWeights(network)
        self.reasons: list[ExportError] = []
        self.taken: set[str] = set()
        self.inputs = {name: self.unused_title(name) for name in network.inputs}
        self.graph.indices.update([self.inputs[name] for name in index_inputs(network)])

    def graph_proto(self) -> GraphProto:
        """All messages of the graph.  Raises ExportError with the reasons of all layers."""
        network = self.network
        for index, title in enumerate(self.inputs.values()):
            self.values[-1 - index, None] = title
        outputs = {
            name: value
            for name, value in network.outputs.items()
            if name not in network.training_outputs
        }
        for index, node in enumerate(network.nodes):
            if not node.training_only:
                self.add_node(index, node)
        if self.reasons:
            raise all_errors(self.reasons)
        ends = tuple([self.output(name, value) for name, value in outputs.items()])
        return GraphProto(
            tuple([renamed(node, self.titles) for node in self.graph.nodes]),
            safe(network.variant or network.name)[:MOST_TITLE],
            tuple(self.graph.stored),
            (*self.input_infos(), *self.graph.inputs),
            ends,
        )

    def input_infos(self) -> Iterator[ValueInfo]:
        for name, shape in self.network.inputs.items():
            title = self.inputs[name]
            yield value_info(
                title, (BATCH, *shape), INT64 if title in self.graph.indices else FLOAT
            )

    def add_node(self, index: int, node: Node) -> None:
        """Write a layer; one that ONNX cannot state is a reason."""
        inputs = [self.values[value.node, value.part] for value in node.inputs]
        key = node.weight_key
        path = node.path if key is None else self.paths.setdefault(key, node.path)
        try:
            writer = LayerWriter(self.graph, node, inputs, path, is_frozen=node in self.frozen)
            names = written(writer)
        except NoOperator as error:
            self.reasons.append(unstated_layer(node, str(error)))
            names = ("",) * max(1, len(node.outputs))
        parts = range(len(node.outputs)) if node.outputs else (None,)
        for part, name in zip(parts, names, strict=True):
            self.values[index, part] = name

    # Inputs and outputs

    def unused_title(self, name: str) -> str:
        """The name of an input or output, which no other one has.

        Tensors inside the graph have names that begin with a slash, and weights those of paths.
        """
        title = name.replace("/", "_")
        while title in self.taken or title in self.graph.learned:
            title += "_"
        self.taken.add(title)
        return title

    def output(self, name: str, value: Value) -> ValueInfo:
        """An output; its tensor gets its name unless it is an input, a constant or another one."""
        found = self.values[value.node, value.part]
        title = self.unused_title(name)
        if found in {*self.inputs.values(), *self.graph.batchless, *self.titles}:
            self.graph.node("Identity", [found], scope_of(name), [title])
        else:
            self.titles[found] = title
        batch: int | str = 1 if found in self.graph.batchless else BATCH
        return value_info(title, (batch, *value.shape))


def index_inputs(network: Network) -> Iterator[str]:
    """The inputs that are read as indices alone."""
    found: dict[int, bool] = {}
    for node in network.nodes:
        for place, value in enumerate(node.inputs):
            is_index = INDEX_PLACES.get(node.layer.kind) == place
            found[value.node] = is_index and found.get(value.node, True)
    for place, name in enumerate(network.inputs):
        if found.get(-1 - place):
            yield name


def renamed(node: NodeProto, names: Mapping[str, str]) -> NodeProto:
    """A node with other names of some tensors."""
    inputs, outputs = ([names.get(one, one) for one in side] for side in (node.input, node.output))
    return node._replace(input=tuple(inputs), output=tuple(outputs))
