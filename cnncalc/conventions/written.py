"""How a layer is written in PyTorch, as far as the tools see it: they count modules and functions, not architectures.

The reading: each layer that torch.nn has is that module, with padding in numbers and put on before by a function where it
is not alike at both ends; joins are operators, `matmul` is torch.matmul; reductions and what rearranges are functions; and
weights for which there is no module belong to the network itself.  The network is run once, for one sample, in
evaluation mode; a module that is shared is run at each of its places.
"""

from __future__ import annotations

from typing import Any

from ..engine.report import Report
from ..problem import Refusal
from ..shape import Shape
from .convention import Rule

POOLS = "maxpool avgpool adaptive_avgpool adaptive_maxpool global_avgpool global_maxpool"


def unwritten(layer: Any, *inputs: Any) -> int:
    raise Refusal(f"PyTorch has no {layer.kind}, so there is no count of it")


ALWAYS = {"local_conv": Rule("no count: PyTorch has no such layer", unwritten)}
"""The rules that all conventions share."""


def elements(layer: Any, x: Shape, *others: Shape) -> int:
    """What enters."""
    return x.elements


def outputs(layer: Any, *inputs: Shape) -> int:
    """The elements that come out."""
    return int(layer.output(*inputs).elements)


def macs(layer: Any, *inputs: Shape) -> int:
    """The multiply-accumulates, as they are counted here."""
    return int(layer.macs(*inputs))


def params(layer: Any, *inputs: Shape) -> int:
    return sum(shape.elements for shape in layer.weights(*inputs).values())


def biases(layer: Any, *inputs: Shape) -> int:
    """One for each output element of a layer with a bias."""
    return outputs(layer, *inputs) if layer.bias else 0


def has_weight(layer: Any, x: Shape) -> bool:
    """Whether a normalisation multiplies by a weight."""
    return "weight" in layer.weights(x)


def pooled(layer: Any, x: Shape) -> int:
    """The elements that enter a pooling: with the padding where that is put on before it."""
    before, after = getattr(layer, "padding", ()), getattr(layer, "padding_end", ())
    if before == after:
        return x.elements
    return x.with_space(size + sum(ends) for size, *ends in zip(x.space, before, after, strict=True)).elements


def windows(layer: Any, x: Shape) -> int:
    """The elements under the window of a local response normalisation: the channels with their padding."""
    return int((x.channels + layer.size - 1) * x.positions)


def attended(layer: Any, x: Shape, source: Shape | None = None) -> tuple[Shape, Shape]:
    """Queries and keys as series, for a layer that is nn.MultiheadAttention.  Raises Refusal for any other."""
    whole = layer.axes == "all" or sorted(layer.axes) == list(range(1, len(x)))
    if layer.window or layer.rel_bias or not whole or layer.bias != layer.out_bias or layer.dim != x.channels:
        raise Refusal(
            "nn.MultiheadAttention, the attention that is counted, has no window, axes, dim or rel_bias, and one `bias` for all"
        )
    key = x if source is None else source
    return Shape((x.channels, x.positions)), Shape((key.channels, key.positions))


def attention_alone(layer: Any, *inputs: Shape) -> int:
    """0 for nn.MultiheadAttention; what any other attention is written of may count, and is refused."""
    attended(layer, *inputs)
    return 0


def scores(layer: Any, query: Shape, key: Shape) -> int:
    """The elements of the scores of all heads."""
    return int(layer.heads * query.positions * key.positions)


CELLS = {"rnn": 1, "gru": 7, "lstm": 10}
"""Operations that ptflops and calflops count for each hidden unit and time step, besides the matrices."""


def units(layer: Any) -> int:
    """The hidden units of all layers and directions."""
    return int(layer.hidden * layer.layers * layer.directions)


# Parameters


def all_params(report: Report) -> int:
    """Every parameter of the network, with what is there for training only."""
    return report.training_totals.params


def trained_params(report: Report) -> int:
    """Those that are not frozen."""
    return report.training_totals.trainable_params
