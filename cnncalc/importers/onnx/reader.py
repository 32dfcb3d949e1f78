"""An ONNX file -> a Sketch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from ...named_tuple import NamedTuple
from ...sketch import Sketch
from ..errors import ImportFailed, InvalidModelFile
from ..file_formats import ReadOptions
from ..guard import reading
from ..pytorch.lowering import lower_program
from ..unsupported import UnsupportedOperator, refuse
from .evaluation import GraphEvaluation
from .file import OnnxFile
from .fusions.fusing import fused
from .inputs import GraphInputs, graph_inputs, known_inputs
from .messages import GraphProto, Model
from .nodes import OWN_DOMAINS, NodeReader, OnnxNode
from .notes import FileFacts, dtype_of, notes_of
from .selection import needed, selected_outputs
from .tensors import GraphTensor, stored_tensor
from .translation import translated

OPSETS = range(7, 25)
"""The versions of the operators that are known."""

MAX_PRODUCER = 60  # characters
PRIME_BATCH = 13
"""The batch of a file that leaves it open: a number that no other axis has."""


def read_onnx(path: str, options: ReadOptions) -> Sketch:
    """The model of a file.

    Raises InvalidModelFile if it is malformed, ImportFailed if it cannot be stated, and OSError.
    """
    with OnnxFile(path) as file:
        with reading("the messages of the file"):
            model = file.model()
        if model.graph is None or not model.graph.node:
            raise InvalidModelFile(f"{os.path.basename(path)} has no graph: it is not an ONNX file")
        return OnnxImport(file, model, model.graph, path, options).sketch()


class Attempt(NamedTuple):
    """A Sketch for one batch, and the operators that no layer states."""

    sketch: Sketch
    unstated: tuple[UnsupportedOperator, ...]


class OnnxImport:
    """The import of one file."""

    def __init__(
        self, file: OnnxFile, model: Model, graph: GraphProto, path: str, options: ReadOptions
    ) -> None:
        self.file = file
        self.model = model
        self.graph = graph
        self.title = os.path.basename(path)
        self.name = options.name or os.path.splitext(self.title)[0]
        self.options = options
        self.opset = opset_of(model)
        self.reader = NodeReader(file, model)

    def sketch(self) -> Sketch:
        with reading("the nodes of the graph"):
            nodes = list(self.reader.nodes(self.graph))
            outputs = selected_outputs(self.graph, nodes, self.options.output)
            nodes = needed(nodes, outputs)
            inputs = graph_inputs(self.graph, nodes, self.options.inputs)
        batches = (PRIME_BATCH, 1) if inputs.is_batch_open else (inputs.fixed_batch,)
        found = self.attempt(nodes, outputs, inputs, batches[0])
        if found.unstated and len(batches) > 1:
            again = self.attempt(nodes, outputs, inputs, batches[1])
            found = min(found, again, key=lambda attempt: len(attempt.unstated))
        if not self.options.is_custom_allowed:
            refuse(self.title, found.unstated)
        return found.sketch

    def attempt(
        self,
        nodes: Sequence[OnnxNode],
        outputs: Sequence[str],
        inputs: GraphInputs,
        batch: int,
    ) -> Attempt:
        """The Sketch for a batch of this size."""
        tensors = dict(self.stored())
        tensors |= inputs.constants
        tensors |= dict(known_inputs(inputs.data, batch))
        evaluation = GraphEvaluation(self.file, self.reader, self.opset, tensors, {})
        evaluation.run(nodes)
        calls = fused(evaluation.calls, evaluation.tensors, outputs)
        done = translated(self.file, evaluation.tensors, calls, inputs.data, outputs, batch)
        lowered = lower_program(done.program, self.name, self.source())
        unstated = list(evaluation.unstated)
        for index, reason in lowered.unstated:
            node = done.calls[index].node
            unstated.append(UnsupportedOperator(node.operator, node.title, reason))
        program = done.program
        facts = FileFacts(
            self.file, nodes, calls, evaluation.tensors, done.tables, tuple(program.parameters)
        )
        notes = [*self.notes(inputs, batch), *notes_of(facts)]
        sketch = lowered.sketch._replace(notes=tuple(notes), dtype=dtype_of(facts))
        return Attempt(sketch, tuple(unstated))

    def notes(self, inputs: GraphInputs, batch: int) -> Iterable[str]:
        """Sentences about the inputs."""
        if inputs.is_batch_open and batch == 1:
            yield "constants of the file hold for a batch of 1, which its inputs leave open"
        if inputs.constants:
            names = ", ".join(inputs.constants)
            yield f"inputs that are flags or sizes are taken as zero: {names}"

    def stored(self) -> Iterable[tuple[str, GraphTensor]]:
        """The stored tensors by name."""
        for proto in self.graph.initializer:
            yield proto.name, stored_tensor(self.file, proto, proto.name)
        for sparse in self.graph.sparse_initializer:
            proto = sparse.values._replace(dims=sparse.dims)
            name = proto.name
            yield name, GraphTensor(sparse.dims, proto.data_type, True, None, (name,))

    def source(self) -> str:
        producer = f"{self.model.producer_name} {self.model.producer_version}".strip()
        return f"{self.title}, written by {producer[:MAX_PRODUCER]}" if producer else self.title


def opset_of(model: Model) -> int:
    """The version of ONNX's own operators.  Raises ImportFailed if it is not known."""
    versions = [found.version for found in model.opset_import if found.domain in OWN_DOMAINS]
    version = versions[0] if versions else 1
    if version not in OPSETS:
        raise ImportFailed(
            f"the file has version {version} of ONNX's operators, "
            f"versions {OPSETS[0]} to {OPSETS[-1]} are known"
        )
    return version
