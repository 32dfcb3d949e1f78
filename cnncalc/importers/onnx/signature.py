"""Which stored tensors are parameters, as PyTorch's newer exporter writes it into a file.

The metadata of the graph list what each input of the exported program was, and those of a tensor
that the exporter calculated the names of the tensors that it was calculated from.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping

from ...named_tuple import NamedTuple
from ...onnx_format.messages import GraphProto, ValueInfo
from ...problem import are, count
from .file import OnnxFile
from .tensors import GraphTensor

SIGNATURE = "pkg.torch.export.ExportedProgram.graph_signature"
FOLDED_FROM = "pkg.onnxscript.optimizer.folded_from"
MOST_BYTES = 8_000_000
"""The length of the signature of a model with 100,000 stored tensors."""

STORED = re.compile(r": (PARAMETER|BUFFER|CONSTANT_TENSOR) target='([^'\n]*)'")
QUOTED = re.compile(r"'([^'\n]*)'")


class ProgramSignature(NamedTuple):
    """The parameters of the program, its other stored tensors, and what was calculated of which."""

    parameters: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    made_from: Mapping[str, frozenset[str]] = {}

    def stated(self, name: str, tensor: GraphTensor) -> GraphTensor:
        """A stored tensor with what the file says of it."""
        made_from = self.made_from.get(name)
        is_fixed = (
            name in self.others if made_from is None else self.parameters.isdisjoint(made_from)
        )
        if is_fixed:
            return tensor._replace(sources=(), is_fixed=True)
        if made_from is None or not tensor.is_real:
            return tensor
        return tensor._replace(sources=(name,), is_calculated=True)

    def may_have_bias(self, weight: str) -> bool:
        """False if the program has no bias for a weight."""
        if not self.parameters:
            return True
        sources = self.made_from.get(weight, {weight})
        return any(f"{name.removesuffix('weight')}bias" in self.parameters for name in sources)

    def notes(
        self, tensors: Mapping[str, GraphTensor], stated: Container[str], is_merged: bool
    ) -> Iterator[str]:
        """Sentences on tensors that are not one parameter; others on the `stated` ones exist.

        Biases of which only some are learned are made from parameters and constants, and so is a
        product with a table.  `is_merged` is true for a file that has equal tensors once, under one
        of their names.
        """
        mixed: list[int] = []
        several = 0
        for name, made_from in self.made_from.items():
            if not tensors[name].is_calculated:
                continue
            if not self.others.isdisjoint(made_from):
                mixed += [tensors[name].elements] if name not in stated else []
            elif len(self.parameters & made_from) > 1:
                several += 1
        if mixed:
            yield (
                f"{count(len(mixed), 'tensor')} of parameters and constants ({sum(mixed):,} "
                f"elements) {are(len(mixed))} counted as parameters"
            )
        absent = sorted(self.parameters - tensors.keys() - set().union(*self.made_from.values()))
        absent = [name for name in absent if not name.endswith((".weight", ".bias"))]
        if absent and not is_merged:
            yield (
                f"{count(len(absent), 'parameter')} of the model {are(len(absent))} not in the "
                f"file, such as {absent[0]}"
            )
        if several:
            yield (
                f"the exporter calculated {count(several, 'tensor')} from several parameters each, "
                "such as a weight and its gain: only the results are counted"
            )


def signature_of(file: OnnxFile, graph: GraphProto) -> ProgramSignature:
    """The signature of a graph; empty if the file has none."""
    spans = [entry.value for entry in graph.metadata_props if entry.key == SIGNATURE]
    text = file.text(spans[0], MOST_BYTES) if spans else ""
    kinds = {target: kind for kind, target in STORED.findall(text)}
    if not kinds:
        return ProgramSignature()
    parameters = frozenset(name for name, kind in kinds.items() if kind == "PARAMETER")
    return ProgramSignature(
        parameters, frozenset(kinds) - parameters, dict(calculated(file, graph))
    )


def calculated(file: OnnxFile, graph: GraphProto) -> Iterator[tuple[str, frozenset[str]]]:
    """The names of the tensors that the exporter calculated, with what they were made from."""
    stored = {proto.name for proto in graph.initializer}
    for span in graph.value_info:
        if FOLDED_FROM.encode() not in file.data[span.start : span.end]:
            continue
        info = file.reader.message(ValueInfo, *span)
        if info.name not in stored:
            continue
        for entry in info.metadata_props:
            if entry.key == FOLDED_FROM:
                yield info.name, frozenset(QUOTED.findall(file.text(entry.value)))
