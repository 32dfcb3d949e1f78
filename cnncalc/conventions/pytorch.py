"""How a layer is written in PyTorch, as far as the tools see it: they count modules and functions, not architectures.

The reading: each layer that torch.nn has is that module, with padding in numbers and put on before by a function where it
is not alike at both ends; joins are operators, `matmul` is torch.matmul; reductions and what rearranges are functions; and
weights for which there is no module belong to the network itself.  The network is run once, for one sample, in
evaluation mode; a module that is shared is run at each of its places.
"""

from __future__ import annotations

from typing import Any

from ..engine.analysis import Analysis
from ..problem import Refusal
from ..shape import Shape
from .convention import CountRule, each

POOLS = "maxpool avgpool adaptive_avgpool adaptive_maxpool global_avgpool global_maxpool"


def unwritten(layer: Any, *inputs: Any) -> int:
    raise Refusal(f"PyTorch has no {layer.kind}, so there is no count of it")


ALWAYS = {"local_conv": CountRule("no count: PyTorch has no such layer", unwritten)}
"""The rules that all conventions share."""


def elements(layer: Any, x: Shape) -> int:
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


def folded_norm(layer: Any, x: Shape) -> int:
    """A batch normalisation at inference: a factor and a summand, or what a tool takes for that without a weight."""
    return (2 if "weight" in layer.weights(x) else 1) * x.elements


def estimated_norm(layer: Any, x: Shape) -> int:
    """Any other normalisation, as fvcore and calflops estimate it."""
    return (5 if layer.affine else 4) * x.elements


FOLDED_NORM = {"bn": CountRule("2 for each element, 1 without a weight", folded_norm)}
ESTIMATED_NORMS = each(
    "layernorm groupnorm instancenorm",
    "5 for each element, 4 without weight and bias",
    estimated_norm,
)


def pooled(layer: Any, x: Shape) -> int:
    """The elements that enter a pooling: with the padding where that is put on before it."""
    before, after = getattr(layer, "padding", ()), getattr(layer, "padding_end", ())
    if before == after:
        return x.elements
    return x.with_spatial(
        size + sum(ends) for size, *ends in zip(x.spatial, before, after, strict=True)
    ).elements


def response(layer: Any, x: Shape) -> int:
    """The functions of a local response normalisation: a square, a pooling over padded channels, a factor, a summand."""
    return 3 * x.elements + int((x.channels + layer.size - 1) * x.positions)


RESPONSE = {
    "lrn": CountRule("3 for each element, and those under the window, padding included", response)
}


def attended(layer: Any, x: Shape, source: Shape | None = None) -> tuple[Shape, Shape]:
    """Queries and keys as series, for a layer that is nn.MultiheadAttention.  Raises Refusal for any other."""
    beyond = {
        "window": layer.window,
        "axes": layer.axes != "all" and sorted(layer.axes) != list(range(1, len(x))),
        "rel_bias": layer.rel_bias,
        "dim": layer.dim != x.channels,
        "out_bias": layer.out_bias != layer.bias,
    }
    if name := next((name for name, is_asked in beyond.items() if is_asked), None):
        raise Refusal(
            f"the attention of PyTorch, nn.MultiheadAttention, has no `{name}` of its own"
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


def all_params(report: Analysis) -> int:
    """Every parameter of the network, with what is there for training only."""
    return report.training_totals.params


def trained_params(report: Analysis) -> int:
    """Those that are not frozen."""
    return report.training_totals.trainable_params
