"""Dilated convolutions that a file has as convolutions of the positions between which they skip.

SPACE_TO_BATCH_ND pads a map, and puts every second row and column, for example, next to the
samples of the batch; BATCH_TO_SPACE_ND puts them back, and cuts off what was padded too much.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..program import TensorSizes
from .model import TfliteModel, TfliteOperator, TfliteSubgraph

BEFORE, AFTER = "SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"
DILATED_PAD, DILATED_END = "padding of a dilated convolution", "end of a dilated convolution"
"""What the two operators are in a graph whose convolution has the dilation."""

CONVOLUTIONS = frozenset(("CONV_2D", "DEPTHWISE_CONV_2D"))
RESIZING = frozenset(("RESHAPE", "EXPAND_DIMS", "SQUEEZE"))


def with_dilations(model: TfliteModel) -> TfliteModel:
    """The model, in which such convolutions are dilated ones."""
    graph = model.subgraphs[0]
    starts = [n for n, operator in enumerate(graph.operators) if operator.kind == BEFORE]
    if not starts:
        return model
    readers: dict[int, list[int]] = {}
    for number, operator in enumerate(graph.operators):
        for tensor in operator.inputs:
            readers.setdefault(tensor, []).append(number)
    for start in starts:
        chain = chain_from(graph, readers, start)
        if chain is not None:
            found = dilated(model, graph, chain)
            graph = with_bias(model, found, readers, chain) if found is not None else graph
    return model._replace(subgraphs=(graph, *model.subgraphs[1:]))


def chain_from(
    graph: TfliteSubgraph, readers: dict[int, list[int]], start: int
) -> list[int] | None:
    """The operators up to the one that puts positions back; None if others read between them."""
    chain, kinds = [start], []
    while graph.operators[chain[-1]].kind != AFTER:
        outputs = graph.operators[chain[-1]].outputs
        found = readers.get(outputs[0], []) if len(outputs) == 1 and outputs[0] >= 0 else []
        if len(found) != 1 or outputs[0] in graph.outputs or found[0] <= chain[-1]:
            return None
        chain.append(found[0])
        kinds.append(graph.operators[found[0]].kind)
    end = graph.operators[chain[-1]].outputs
    if len(end) != 1 or end[0] < 0:
        return None
    filters = [kind for kind in kinds[:-1] if kind not in RESIZING]
    return chain if len(filters) == 1 and filters[0] in CONVOLUTIONS else None


def dilated(
    model: TfliteModel, graph: TfliteSubgraph, chain: Sequence[int]
) -> TfliteSubgraph | None:
    """The graph with one such convolution; None if its numbers are not in the file."""
    first, last = graph.operators[chain[0]], graph.operators[chain[-1]]
    given = [numbers_of(model, graph, end, place) for end in (first, last) for place in (1, 2)]
    block, pads, same_block, crops = given
    if not block or block != same_block or not len(pads) == len(crops) == 2 * len(block):
        return None
    padding = tuple([pad - crop for pad, crop in zip(pads, crops, strict=True)])
    if min(padding) < 0 or len(block) > 2:
        return None
    spatial = graph.tensors[first.inputs[0]].sizes[1:-1]
    if len(spatial) != len(block):
        return None
    pairs = zip(spatial, padding[::2], padding[1::2], strict=True)
    sizes = tuple([size + sum(pair) for size, *pair in pairs])
    operators, tensors = list(graph.operators), list(graph.tensors)
    for number in chain:
        operator, place = operators[number], operators[number].outputs[0]
        if operator.kind in CONVOLUTIONS:
            sizes = graph.tensors[last.outputs[0]].sizes[1:-1]
        operators[number] = with_dilation(operator, block, padding)
        tensors[place] = tensors[place]._replace(sizes=replaced(tensors[place].sizes, sizes))
    return graph._replace(tensors=tuple(tensors), operators=tuple(operators))


def with_bias(
    model: TfliteModel,
    graph: TfliteSubgraph,
    readers: dict[int, list[int]],
    chain: Sequence[int],
) -> TfliteSubgraph:
    """The graph, in which a vector that is added at the end is the bias of the convolution.

    The converter gives the convolution a bias of zeros then.
    """
    operators, end = list(graph.operators), graph.operators[chain[-1]].outputs[0]
    place = next(number for number in chain if operators[number].kind in CONVOLUTIONS)
    inner, found = operators[place], readers.get(end, [])
    total = operators[found[0]] if len(found) == 1 and end not in graph.outputs else None
    if total is None or total.kind != "ADD":
        return graph
    vectors = [number for number in total.inputs if is_vector(graph, number)]
    biases = [graph.tensors[number] for number in inner.inputs[2:] if number >= 0]
    if len(vectors) != 1 or not all(map(model.is_zero, biases)):
        return graph
    operators[place] = inner._replace(inputs=(*inner.inputs[:2], *vectors))
    operators[found[0]] = total._replace(kind=DILATED_END, inputs=(end,))
    return graph._replace(operators=tuple(operators))


def is_vector(graph: TfliteSubgraph, number: int) -> bool:
    return (
        number >= 0 and graph.tensors[number].is_constant and len(graph.tensors[number].sizes) == 1
    )


def numbers_of(
    model: TfliteModel, graph: TfliteSubgraph, operator: TfliteOperator, place: int
) -> tuple[int, ...]:
    number = operator.inputs[place] if place < len(operator.inputs) else -1
    return (model.numbers(graph.tensors[number]) or ()) if number >= 0 else ()


def replaced(sizes: TensorSizes, spatial: TensorSizes) -> TensorSizes:
    """The sizes with others for the last axes before the channels."""
    return (*sizes[: -1 - len(spatial)], *spatial, *sizes[-1:])


def with_dilation(
    operator: TfliteOperator, block: Sequence[int], padding: Sequence[int]
) -> TfliteOperator:
    """An operator of the chain for a map as it is."""
    if operator.kind == BEFORE:
        pairs = {f"pad_{place}": number for place, number in enumerate(padding)}
        return operator._replace(kind=DILATED_PAD, options=pairs)
    if operator.kind == AFTER:
        return operator._replace(kind=DILATED_END, inputs=operator.inputs[:1])
    if operator.kind in RESIZING:
        return operator._replace(kind="RESHAPE", inputs=operator.inputs[:1])
    steps = dict(zip(("dilation_w", "dilation_h"), reversed(block), strict=False))
    return operator._replace(options={**operator.options, **steps})
