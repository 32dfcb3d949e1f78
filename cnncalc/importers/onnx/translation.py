"""Nodes that depend on the inputs -> a Program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...folding.names import WORDS, UsedNames, unique
from ...layers import LAYERS
from ...named_tuple import NamedTuple
from ...onnx_format.messages import FROZEN
from ..errors import Unsupported
from ..guard import reading
from ..program import Program, TensorRef
from .data_types import CallTypes
from .file import OnnxFile
from .inputs import GraphInput
from .nodes import OnnxNode
from .operators.call import OperatorCall
from .operators.table import OPERATORS
from .scopes import ScopeTree, inferred_paths
from .tensors import GraphTensor
from .writer import ProgramWriter


class Translated(NamedTuple):
    """A Program; `calls` has for each of its operations the node that it is of.

    `tables` are those of ProgramWriter, `copies` the number of its copies.
    """

    program: Program
    calls: tuple[OperatorCall, ...]
    tables: Mapping[str, int]
    copies: int


def translated(
    file: OnnxFile,
    tensors: dict[str, GraphTensor],
    calls: Sequence[OperatorCall],
    inputs: Sequence[GraphInput],
    outputs: Sequence[str],
    batch: int,
) -> Translated:
    """The functions of all nodes, in the modules that their names or metadata tell of."""
    writer = ProgramWriter(file, tensors)
    scopes = ScopeTree(file, inferred_paths(file, [call.node for call in calls]))
    input_words = input_labels([found.name for found in inputs])
    refs = [
        data_ref(writer, found, label, batch)
        for found, label in zip(inputs, input_words, strict=True)
    ]
    types = CallTypes(calls, tensors)
    with reading(lambda: f"node {writer.node} ({calls[writer.node].node.operator})"):
        for number, call in enumerate(calls):
            writer.node = number
            writer.call = scopes.enter(call.node)
            writer.module = scopes.path.module
            writer.is_frozen = is_frozen(file, call.node)
            writer.types = types.of(call)
            write_node(writer, call)
    program = Program(
        framework="",
        batch=batch,
        inputs=tuple(refs),
        outputs=tuple(labeled_outputs(writer, outputs)),
        operations=tuple(writer.operations),
        calls=scopes.calls(),
        parameters=writer.parameters,
        buffers=writer.buffers,
    )
    done = tuple(calls[node] for node in writer.nodes)
    return Translated(program, done, writer.tables, len(writer.copies))


def labeled_outputs(
    writer: ProgramWriter, outputs: Sequence[str]
) -> Iterator[tuple[str, TensorRef]]:
    """The outputs that depend on the inputs, or all if none does; a single one has no name."""
    known = [name for name in outputs if name in writer.tensors]
    names = [name for name in known if name in writer.refs] or known
    for name in names:
        yield ("" if len(names) == 1 else name), writer.tensor(name)


def is_frozen(file: OnnxFile, node: OnnxNode) -> bool:
    """Whether the file states that the weights of a node are not trained."""
    if not node.metadata:
        return False
    given = [entry for entry in node.metadata if entry.key in FROZEN]
    return any(file.text(entry.value) == FROZEN[entry.key] for entry in given)


def input_labels(names: Iterable[str]) -> list[str]:
    """The names of inputs as an architecture file can have them: `input.1` becomes input_1."""
    found: list[str] = []
    used = UsedNames()
    for name in names:
        word = re.sub(r"\W", "_", name).strip("_")
        if not any(character.isalpha() for character in word):
            word = f"input{word}"
        if word in WORDS or word in LAYERS:
            word += "_"
        found.append(unique(word, used, "_"))
        used.add(found[-1])
    return found


def data_ref(writer: ProgramWriter, found: GraphInput, label: str, batch: int) -> TensorRef:
    """An input of the Program; one without a batch is seen without it after."""
    sizes = found.tensor(batch).sizes
    if found.batch is not None:
        ref = TensorRef("input", sizes, label)
        writer.refs[found.name] = ref
        return ref
    ref = TensorRef("input", (1, *sizes), label)
    writer.refs[found.name] = writer.emit("view", ref, sizes=sizes)
    return ref


def write_node(writer: ProgramWriter, call: OperatorCall) -> None:
    """Write the functions of a node; one that no function states is a function of its own."""
    rule = OPERATORS.get(call.node.operator)
    mark = len(writer.operations)
    try:
        if rule is None or rule.translation is None:
            raise Unsupported("no corresponding layer")
        results = rule.translation(writer, call)
    except Unsupported as error:
        del writer.operations[mark:], writer.nodes[mark:]
        results = own_function(writer, call, str(error))
    for name, ref in zip(call.node.outputs, results, strict=False):
        if name and ref is not None:
            writer.refs[name] = ref


def own_function(writer: ProgramWriter, call: OperatorCall, reason: str) -> list[TensorRef]:
    names = [name for name in call.node.inputs if name]
    refs = [writer.tensor(name) for name in names]
    outputs = [name for name in call.node.outputs if name in writer.tensors]
    sizes = [writer.tensors[name].sizes for name in outputs]
    return writer.emit_parts(f"{call.node.operator}: {reason}", *refs, sizes=sizes)
