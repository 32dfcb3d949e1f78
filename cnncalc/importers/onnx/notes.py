"""What a file no longer says about the model that it was made from."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from math import prod

from ...dtype import BITS
from ...named_tuple import NamedTuple
from ...onnx_format.elements import INT8, INT16, UINT8, UINT16
from ...problem import are, count
from .data_types import STATED_AS
from .file import TYPES, UNKNOWN_TYPE, OnnxFile
from .nodes import OnnxNode
from .operators.call import OperatorCall
from .operators.dense import LINEAR
from .selection import names_read
from .signature import ProgramSignature
from .tensors import FEW_NUMBERS, GraphTensor

CONVOLUTIONS = ("Conv", "ConvTranspose", "QLinearConv", "ConvInteger", "com.microsoft.FusedConv")
CALCULATED = "onnx::"
"""The start of names that PyTorch's exporter gives to weights that it calculated."""

WITHOUT_VALUES = frozenset(("bool", "uint32", "uint64"))
"""Types of conditions and of positions."""

LEAST_FILTERS = 3
"""The filters that are compared, and that a convolution has at least; more if they are small."""

RULES = "pkg.onnxscript.rewriter.rule_name"
FOLDED_NORM, LOST_BIAS = "FuseBatchNorm", "RemoveOptionalBias"
"""The key of the exporter's rewrites in the metadata of a node, and two of them."""

BIAS_PLACES = {"QLinearConv": 8}
"""Which input of a node is its bias, if it has one: a folded norm may give it another; else 2."""


class FileFacts(NamedTuple):
    """What notes are about: the nodes of the file, those that became layers, and all tensors.

    `tables` are unnamed tensors of several axes that are operands, with their elements; `copies` is
    the number of tensors that are others for each module that reads them, and `constant_macs` the
    multiply-accumulates of products of constants.  `is_whole`: all outputs are read.
    """

    file: OnnxFile
    nodes: Sequence[OnnxNode]
    calls: Sequence[OperatorCall]
    tensors: Mapping[str, GraphTensor]
    tables: Mapping[str, int]
    parameters: Sequence[str]
    copies: int
    constant_macs: Sequence[int]
    is_whole: bool
    signature: ProgramSignature


def notes_of(facts: FileFacts) -> Iterator[str]:
    """Sentences about what is not in the file, or may be otherwise in the model."""
    yield from folded_norms(facts)
    yield from equal_tensors(facts)
    yield from gathered_tables(facts)
    tables = {source for name in facts.tables for source in facts.tensors[name].sources}
    yield from facts.signature.notes(facts.tensors, tables, facts.copies > 0)
    yield from joined_zeros(facts)
    yield from fixed_filters(facts)
    yield from constant_products(facts)
    yield from unread_weights(facts)
    yield from fused_activations(facts)
    yield from unknown_types(facts)


def rules(facts: FileFacts, node: OnnxNode) -> str:
    """The rewrites of the exporter that made a node."""
    if not node.metadata:
        return ""
    spans = [entry.value for entry in node.metadata if entry.key == RULES]
    return facts.file.text(spans[0]) if spans else ""


def folded_norms(facts: FileFacts) -> Iterator[str]:
    convolutions = [call for call in facts.calls if call.node.operator in CONVOLUTIONS]
    folded = [call for call in convolutions if is_folded(facts, call)]
    if folded:
        yield (
            f"{len(folded)} of {count(len(convolutions), 'convolution')} have weights that the "
            "exporter calculated: the model most likely had batch normalization there, whose "
            "parameters and buffers are not in the file"
        )


def is_folded(facts: FileFacts, call: OperatorCall) -> bool:
    """True for a convolution whose weights are those of a convolution and a norm."""
    weights = call.node.inputs[1] if len(call.node.inputs) > 1 else ""
    is_calculated = weights.startswith(CALCULATED) and len(call.node.inputs) > 2
    return is_calculated or FOLDED_NORM in rules(facts, call.node)


def equal_tensors(facts: FileFacts) -> Iterator[str]:
    """Exporters store equal tensors once, and leave out biases of zeros: of untrained models."""
    read = {name for call in facts.calls for tensor in call.operands for name in tensor.sources}
    copies = [
        node
        for node in facts.nodes
        if node.operator == "Identity"
        and is_stored(facts, node.inputs[:1])
        and not read.isdisjoint(node.outputs)
    ]
    number = len(copies) + facts.copies
    if number:
        yield (
            f"{count(number, 'tensor')} {are(number)} equal to others and stored once, as in a "
            "model that is not trained: each is counted"
        )
    lost = [node for node in facts.nodes if has_lost_bias(facts, node)]
    if lost:
        yield (
            f"{count(len(lost), 'node')} may have lost a bias of zeros to the exporter, as in a "
            "model that is not trained"
        )


def has_lost_bias(facts: FileFacts, node: OnnxNode) -> bool:
    """True if the exporter dropped a bias, and the model had one there, or a norm that made it.

    It writes zeros for a layer without a bias, and drops these as well.
    """
    if len(node.inputs) > BIAS_PLACES.get(node.operator, 2) or len(node.inputs) < 2:
        return False
    done = rules(facts, node)
    is_possible = FOLDED_NORM in done or facts.signature.may_have_bias(node.inputs[1])
    return LOST_BIAS in done and is_possible


def is_stored(facts: FileFacts, names: Sequence[str]) -> bool:
    found = [facts.tensors.get(name) for name in names]
    return bool(found) and all(tensor is not None and tensor.stored for tensor in found)


def gathered_tables(facts: FileFacts) -> Iterator[str]:
    if facts.tables:
        yield (
            f"{count(len(facts.tables), 'tensor')} without a name of the model "
            f"({sum(facts.tables.values()):,} elements) {are(len(facts.tables))} counted as "
            "parameters of sums and products: tables that the exporter gathered to full size, or "
            "constants"
        )


def joined_zeros(facts: FileFacts) -> Iterator[str]:
    """Biases of queries, keys and values, of which those of the keys are zeros (BEiT, Swin V2).

    TorchScript's exporter joins the three.
    """
    vectors = [call.tensor(2) for call in facts.calls if call.node.operator == LINEAR]
    calculated = [found for found in vectors if found.stored and is_calculated(found)]
    zeros = [found.elements // 3 for found in calculated if is_zero_in_the_middle(facts, found)]
    if zeros:
        yield (
            f"the middle third of {count(len(zeros), 'vector')} of biases is zeros: "
            f"{sum(zeros):,} of the parameters are most likely constants"
        )


def is_calculated(tensor: GraphTensor) -> bool:
    return all(name.startswith(CALCULATED) for name in tensor.sources)


def is_zero_in_the_middle(facts: FileFacts, tensor: GraphTensor) -> bool:
    """True if the first numbers of the second third are zeros, and others are not."""
    size, rest = divmod(tensor.elements, 3)
    numbers = None if rest or tensor.stored is None else facts.file.first_numbers(tensor.stored)
    middle = numbers[size : 2 * size] if numbers else ()
    return bool(middle) and any(numbers or ()) and not any(middle)


def fixed_filters(facts: FileFacts) -> Iterator[str]:
    """Filters of a blur or of an average: no training makes those of all channels equal."""
    sizes = [
        facts.tensors[call.node.inputs[1]].elements
        for call in facts.calls
        if call.node.operator == "Conv" and call.has(1) and has_equal_filters(facts, call)
    ]
    if sizes:
        yield (
            f"{count(len(sizes), 'convolution')} have the same filter for all channels, as a blur "
            f"has: {sum(sizes):,} of the parameters are most likely constants"
        )


def has_equal_filters(facts: FileFacts, call: OperatorCall) -> bool:
    """True for a convolution of single channels with one filter for all of them."""
    weights = call.tensor(1)
    length = prod(weights.sizes[1:])
    if len(weights.sizes) < 3 or length < 2:
        return False
    if weights.sizes[1] != 1 or weights.sizes[0] < LEAST_FILTERS:
        return False
    stored = weights.stored
    numbers = weights.numbers
    if numbers is None and stored is not None:
        filters = max(LEAST_FILTERS, FEW_NUMBERS // length)
        numbers = facts.file.first_numbers(stored, filters * length)
    if numbers is None or len(numbers) < LEAST_FILTERS * length:
        return False
    different = {numbers[start : start + length] for start in range(0, len(numbers), length)}
    return len(different) == 1 and any(numbers)


def constant_products(facts: FileFacts) -> Iterator[str]:
    if facts.constant_macs:
        yield (
            f"{count(len(facts.constant_macs), 'product')} of constants "
            f"({sum(facts.constant_macs):,} multiply-accumulates) {are(len(facts.constant_macs))} "
            "not counted: what runs the file can calculate them once, for all inputs"
        )


def unread_weights(facts: FileFacts) -> Iterator[str]:
    """Weights of layers whose result nothing reads, as of heads that the export cut off."""
    read = {name for node in facts.nodes for name in names_read(node)}
    learned = [tensor for name, tensor in facts.tensors.items() if tensor.sources == (name,)]
    unread = [tensor for tensor in learned if tensor.stored and tensor.stored.name not in read]
    if unread and facts.is_whole:
        elements = sum(tensor.elements for tensor in unread)
        yield (
            f"{count(len(unread), 'stored tensor')} ({elements:,} elements), on which no output "
            f"depends, {are(len(unread))} not counted"
        )


# Types

ZERO_POINTS = {"QLinearConv": 7, "QuantizeLinear": 2}
"""Which input of an operator is the zero point of its result."""

LEAST_NUMBERS = {UINT8: 0, INT8: -128, UINT16: 0, INT16: -32768}
"""The smallest number of a quantized type; a zero point there leaves none below zero."""


def fused_activations(facts: FileFacts) -> Iterator[str]:
    """Quantized results of convolutions that have no numbers below zero, as after a relu."""
    made = {call.node.outputs[0] for call in facts.calls if call.node.operator in CONVOLUTIONS}
    results = [call for call in facts.calls if is_quantized_result(call, made)]
    cut = [call for call in results if has_least_zero_point(call)]
    if cut:
        yield (
            f"the quantized results of {len(cut)} of {count(len(results), 'convolution')} have no "
            "numbers below zero: a relu that the model has there is most likely in these, and not "
            "a layer of the file"
        )


def is_quantized_result(call: OperatorCall, made: Container[str]) -> bool:
    operator = call.node.operator
    return operator == "QLinearConv" or (
        operator == "QuantizeLinear" and call.node.inputs[0] in made
    )


def has_least_zero_point(call: OperatorCall) -> bool:
    place = ZERO_POINTS[call.node.operator]
    if not call.has(place):
        return False
    zero = call.tensor(place)
    return zero.numbers is not None and set(zero.numbers) == {LEAST_NUMBERS.get(zero.type)}


def unknown_types(facts: FileFacts) -> Iterator[str]:
    words = {TYPES.get(tensor.type, UNKNOWN_TYPE).word for tensor in facts.tensors.values()}
    for word in sorted(words & STATED_AS.keys()):
        yield f"{word} is stated as {STATED_AS[word]}, which has as many bits"
    for word in sorted(words - BITS.keys() - STATED_AS.keys() - WITHOUT_VALUES):
        yield f"tensors of the type {word} are in the file, which is not stated"
