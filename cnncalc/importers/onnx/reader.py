"""An ONNX file -> a Sketch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from ...named_tuple import NamedTuple
from ...onnx_format.messages import GraphProto, Model, ValueInfo
from ...problem import count
from ...sketch import Sketch
from ..errors import ImportFailed, InvalidModelFile
from ..file_formats import ReadOptions
from ..guard import reading
from ..program import TensorSizes
from ..pytorch.lowering import lower_program
from ..structure import with_modules
from ..unsupported import UnsupportedOperator, refuse
from .evaluation import GraphEvaluation
from .file import OnnxFile
from .fusions.fusing import fused
from .inputs import GraphInputs, graph_inputs, known_inputs
from .nodes import OWN_DOMAINS, NodeReader, OnnxNode
from .notes import FileFacts, notes_of
from .operators.activation import RANDOM
from .operators.call import OperatorCall
from .repeated_calls import with_first_weights
from .selection import needed, selected_outputs
from .signature import signature_of
from .stacks import stacked
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
    with open(path, "rb", buffering=0) as opened:
        file = OnnxFile(opened)
        with reading("the messages of the file"):
            model = file.model()
        if model.graph is None or not model.graph.node:
            raise InvalidModelFile("not an ONNX file: it has no graph")
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
        with reading("the metadata of the graph"):
            self.signature = signature_of(file, graph)

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
        if found.unstated and self.file.lacking:
            names = ", ".join(sorted(self.file.lacking))
            raise ImportFailed(f"the file has numbers in files that are not next to it: {names}")
        if not self.options.is_custom_allowed:
            refuse(found.unstated)
        if not found.sketch.outputs:
            raise ImportFailed("no output of the file is known")
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
        known = cache(lambda: dict(stated_sizes(self.file, self.graph, batch)))
        evaluation = GraphEvaluation(self.file, self.reader, self.opset, tensors, known)
        evaluation.run(nodes)
        ends = tuple(evaluation.ends(outputs))
        calls = fused(evaluation.calls, evaluation.tensors, ends)
        calls = list(with_first_weights(self.file, calls, evaluation.tensors))
        done = translated(self.file, evaluation.tensors, calls, inputs.data, ends, batch)
        lowered = lower_program(done.program, self.name, self.source())
        unstated = [*evaluation.unstated, *random_numbers(calls)]
        unstated += unstated_calls(done.calls, lowered.unstated)
        program = done.program
        facts = FileFacts(
            self.file,
            nodes,
            calls,
            evaluation.tensors,
            done.tables,
            tuple(program.parameters),
            done.copies,
            tuple(evaluation.constant_macs),
            not self.options.output,
            self.signature,
        )
        notes = [*self.notes(inputs, batch), *notes_of(facts)]
        if ends != outputs:
            lost = len([name for name in outputs if name not in ends])
            notes.append(f"{count(lost, 'output')} of the file depend on what is not stated")
        sketch = with_modules(stacked(lowered.sketch._replace(notes=tuple(notes))))
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
            found = stored_tensor(self.file, proto, proto.name)
            yield proto.name, self.signature.stated(proto.name, found)
        for sparse in self.graph.sparse_initializer:
            proto = sparse.values._replace(dims=sparse.dims)
            name = proto.name
            yield name, GraphTensor(sparse.dims, proto.data_type, True, None, (name,))

    def source(self) -> str:
        producer = f"{self.model.producer_name} {self.model.producer_version}".strip()
        return f"{self.title}, written by {producer[:MAX_PRODUCER]}" if producer else self.title


def unstated_calls(
    calls: Sequence[OperatorCall], found: Iterable[tuple[int, str]]
) -> Iterator[UnsupportedOperator]:
    """The nodes that no layer states, by the operations that they became."""
    for index, reason in found:
        node = calls[index].node
        yield UnsupportedOperator(node.operator, node.title, reason)


def random_numbers(calls: Iterable[OperatorCall]) -> Iterator[UnsupportedOperator]:
    """The nodes that make random numbers, and are not a part of a layer."""
    for call in calls:
        if call.node.operator == RANDOM:
            yield UnsupportedOperator(RANDOM, call.node.title, "random numbers")


def stated_sizes(
    file: OnnxFile, graph: GraphProto, batch: int
) -> Iterator[tuple[str, TensorSizes]]:
    """The sizes of inner tensors and outputs, where the file states them; an open first one is
    the batch.
    """
    inner = (file.reader.message(ValueInfo, *span) for span in graph.value_info)
    for info in (*graph.output, *inner):
        found = info.type.tensor_type
        if found is None or found.shape is None or not found.shape.dim:
            continue
        first, *others = (dim.dim_value for dim in found.shape.dim)
        sizes = (first or batch, *others)
        if min(sizes) > 0:
            yield info.name, sizes


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
