"""What a training step keeps of a layer for its backward pass, tensor by tensor."""

from __future__ import annotations

from collections.abc import Iterator

from ..devices.autograd import WEIGHT_COPY, KeptForBackward, KeptTensor
from ..devices.training_memory import Training
from ..engine.analysis import Analysis
from ..layers.formula import Term
from .section import Section

REASONS = {
    "output": "the derivative is calculated from it",
    "indices": "the position of each maximum",
    "mask": "which elements were kept",
    "statistics": "once for the whole batch",
    "values": "results in between",
    "values in 32 bits": "results in between",
    "queries": "the scores are products with them",
    "keys": "the scores are products with them",
    "values of heads": "the output of the heads is made of them",
    "output of heads": "the input of the last projection",
    "logarithms of sums": "one for each head and query, instead of the scores",
    "copy of the input": "the projections take the samples of a position together",
    "copy of the source": "the projections take the samples of a position together",
    "gates": "the results of their functions at each step",
    "cell states": "before each step, and their tanh",
    "states": "before each step",
    "states before projection": "of each step",
    "differences of states": "of each step",
    "inputs of layers": "of all layers but the first",
    WEIGHT_COPY: "mixed precision calculates with it",
}
"""Why tensors other than inputs are kept."""


def kept_section(analysis: Analysis, index: int, found: Training) -> Section:
    """The bytes that a layer keeps, for the whole batch."""
    kept = found.memory.kept
    counted = [tensor for tensor in kept.tensors.get(index, ()) if counts(tensor, index, kept)]
    terms = {tensor.what: term_of(tensor) for tensor in counted}
    total = sum(term.result for term in terms.values())
    return Section("saved_bytes", total, terms, tuple(remarks(analysis, index, kept)))


def counts(tensor: KeptTensor, index: int, kept: KeptForBackward) -> bool:
    """Whether a tensor counts for a layer: it is its own, or no earlier layer keeps it."""
    return tensor.origin is None or kept.values[tensor.origin].layers[0] == index


def term_of(tensor: KeptTensor) -> Term:
    values = {"elements": tensor.elements, "bytes": tensor.width, "samples": tensor.samples}
    samples = " x samples" if tensor.samples > 1 else ""
    reason = REASONS.get(tensor.what, "the gradient is calculated with it")
    return Term.of(f"elements x bytes{samples}", values, reason)


def remarks(analysis: Analysis, index: int, kept: KeptForBackward) -> Iterator[str]:
    """Why nothing is kept, or where what is kept counts."""
    nodes = analysis.network.nodes
    if index in kept.not_known:
        yield f"what is kept of {nodes[index].layer.kind} is not known"
    elif index not in kept.tensors:
        yield "it has no backward pass: neither it nor a layer before it is trained"
    elif not kept.tensors[index]:
        yield "its backward pass needs none of its values"
    for tensor in kept.tensors.get(index, ()):
        if not counts(tensor, index, kept) and tensor.origin is not None:
            first = kept.values[tensor.origin].layers[0]
            yield f"the {tensor.what} is kept by {nodes[first].path} already, and counts there"
