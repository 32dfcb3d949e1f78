"""Shared by the rules of several tools: how each layer is written in PyTorch, and its counts.

The tools count PyTorch modules and functions, not architectures. The rules therefore assume one way
of writing a network:

- Every layer that torch.nn provides is that module. Padding is numeric; padding that differs
  between the two ends is applied by a function before the layer.
- Joins are operators, `matmul` is torch.matmul, and reductions and rearrangements are functions.
- Weights for which torch.nn has no module are parameters of the network itself.
- The network runs once, on one sample, in evaluation mode. A shared module runs once for each step
  that uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datum import show
from ..engine.analysis import Analysis
from ..problem import Refusal
from ..shape import Shape
from .convention import CountRule, rules_for

if TYPE_CHECKING:
    from ..layers.attention import Attention
    from ..layers.convolution import Convolution
    from ..layers.dense import Linear
    from ..layers.layer import Layer
    from ..layers.normalization import AffineNorm, LocalResponseNorm
    from ..layers.recurrent import Recurrent
    from ..layers.transposed_convolution import ConvTranspose

    WithBias = Convolution | ConvTranspose | Linear

POOLING_KINDS = "maxpool avgpool adaptive_avgpool adaptive_maxpool global_avgpool global_maxpool"


def unsupported(layer: Layer, *inputs: Shape) -> int:
    raise Refusal(f"PyTorch has no {layer.kind} layer")


def not_of_pytorch(layer: Layer, *inputs: Shape) -> int:
    raise Refusal(f"how it counts {layer.kind} of torchvision is not known")


def stated(quantity: str) -> CountRule:
    """The rule for a layer whose numbers are stated: no tool can be asked about it."""

    def amount(layer: Layer, *inputs: Shape) -> int:
        count = layer.macs(*inputs)
        return count if quantity == "macs" else 2 * count + layer.other_flops(*inputs)

    title = "MACs" if quantity == "macs" else "FLOPs"
    return CountRule(f"the {title} that the file states: the tool's own count is not known", amount)


COMMON_RULES = {
    **rules_for(
        "local_conv conv_lstm correlation", "not counted: PyTorch has no such layer", unsupported
    ),
    "deform_conv": CountRule("not counted: the layer is not of PyTorch itself", not_of_pytorch),
    "custom": stated("macs"),
}
"""The rules of all conventions; one that counts FLOPs replaces that of `custom`."""


UNWRITTEN_OPTIONS = {
    ("lstm", "biases"): 1,
    ("gru", "biases"): 1,
    ("rnn", "biases"): 1,
    ("prelu", "per_element"): True,
}
"""The values of arguments that the layer of PyTorch does not have."""


def check_written(layer: Layer) -> None:
    """Raise Refusal if PyTorch's layer does not have one of the arguments."""
    if getattr(layer, "density", 1) < 1 or getattr(layer, "weight_norm", False):
        raise Refusal(f"how it counts a {layer.kind} with `density` or `weight_norm` is not known")
    if getattr(layer, "weights_", ()) is True:
        raise Refusal(f"how it counts a {layer.kind} whose weights are a value is not known")
    for name, value in layer.__dict__.items():
        if value is not None and UNWRITTEN_OPTIONS.get((layer.kind, name)) == value:
            raise Refusal(f"PyTorch has no {layer.kind} with `{name}: {show(value)}`")


# Elements, products and biases


def input_elements(layer: Layer, x: Shape) -> int:
    return x.elements


def output_elements(layer: Layer, *inputs: Shape) -> int:
    return layer.output(*inputs).elements


def macs(layer: Layer, *inputs: Shape) -> int:
    """The multiply-accumulates as cnncalc counts them."""
    return layer.macs(*inputs)


def params(layer: Layer, *inputs: Shape) -> int:
    return sum(shape.elements for shape in layer.weights(*inputs).values())


def bias_additions(layer: WithBias, *inputs: Shape) -> int:
    """One addition per output element if the layer has a bias."""
    return output_elements(layer, *inputs) if layer.bias else 0


# Normalization


def batch_norm(layer: Layer, x: Shape) -> int:
    """Batch normalization at inference: one multiplication and one addition per element.

    Without a weight, the tools count one operation per element.
    """
    return (2 if "weight" in layer.weights(x) else 1) * x.elements


def estimated_norm(layer: AffineNorm, x: Shape) -> int:
    """Any other normalization, as fvcore and calflops estimate it."""
    return (5 if "weight" in layer.weights(x) else 4) * x.elements


BATCH_NORM_RULE = {"bn": CountRule("2 per element (1 without a weight)", batch_norm)}
NORM_RULES = rules_for(
    "layernorm groupnorm instancenorm",
    "5 per element (4 without a weight)",
    estimated_norm,
)


def lrn(layer: LocalResponseNorm, x: Shape) -> int:
    """Local response normalization: a square, a factor and a sum per element, and a pooling.

    The pooling is counted by its input elements, the padded channels.
    """
    return 3 * x.elements + (x.channels + layer.size - 1) * x.positions


LRN_RULE = {
    "lrn": CountRule("3 per element, plus the elements of the input with padded channels", lrn)
}


# Pooling


def pooling_elements(layer: Layer, x: Shape) -> int:
    """The elements that a pooling reads, including padding that a function applies before it."""
    before, after = getattr(layer, "padding", ()), getattr(layer, "padding_end", ())
    if before == after:
        return x.elements
    return x.with_spatial(
        size + sum(ends) for size, *ends in zip(x.spatial, before, after, strict=True)
    ).elements


# Attention


def query_and_key(layer: Attention, x: Shape, source: Shape | None = None) -> tuple[Shape, Shape]:
    """The queries and the keys as (channels, positions) of nn.MultiheadAttention.

    Raises Refusal if the layer uses an option that nn.MultiheadAttention does not support.
    """
    unsupported_options = {
        "window": layer.window,
        "axes": layer.axes != "all" and sorted(layer.axes) != list(range(1, len(x))),
        "rel_bias": layer.rel_bias,
        "dim": layer.dim != x.channels,
        "value_dim": layer.value_dim != layer.dim,
        "kv_heads": layer.kv_heads != layer.heads,
        "out_bias": layer.out_bias != layer.bias,
    }
    if name := next((name for name, is_used in unsupported_options.items() if is_used), None):
        raise Refusal(f"nn.MultiheadAttention of PyTorch does not support `{name}`")
    key = x if source is None else source
    return Shape((x.channels, x.positions)), Shape((key.channels, key.positions))


def uncounted_attention(layer: Attention, *inputs: Shape) -> int:
    """0 for a tool that does not count nn.MultiheadAttention.

    Raises Refusal for any other attention, because the tool may count the modules it consists of.
    """
    query_and_key(layer, *inputs)
    return 0


def score_elements(layer: Attention, query: Shape, key: Shape) -> int:
    """The elements of the attention scores of all heads."""
    return layer.heads * query.positions * key.positions


# Recurrent layers

CELL_OPERATIONS = {"rnn": 1, "gru": 7, "lstm": 10}
"""Operations per hidden unit and time step, other than matrix products, in ptflops and calflops."""


def cell_weights(layer: Recurrent, x: Shape) -> list[Shape]:
    """The weights that ptflops and calflops know: not those of the projections of an LSTM."""
    weights = layer.weights(x).items()
    return [shape for name, shape in weights if not name.startswith("weight_hr")]


def hidden_units(layer: Recurrent) -> int:
    """The hidden units of all stacked layers and directions."""
    return layer.hidden * layer.layers * layer.directions


# The parameters of a network


def all_params(analysis: Analysis) -> int:
    """All parameters of the network, including those used only in training."""
    return analysis.training_totals.params


def trainable_params(analysis: Analysis) -> int:
    """All parameters that are not frozen."""
    return analysis.training_totals.trainable_params
