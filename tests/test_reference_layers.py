"""The layers of the bundled files equal those of reference implementations, in execution order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import groupby, zip_longest
from math import prod
from typing import NamedTuple

import pytest

from cnncalc.engine.analysis import LayerAnalysis
from cnncalc.layers import FAMILIES

from .support.networks import bundled
from .support.paths import TESTS

REFERENCES = {path.stem: path for path in sorted((TESTS / "published" / "layers").glob("*.json"))}

KINDS: dict[str, tuple[str, ...]] = {
    "Conv2d": ("conv", "depthwise"),
    "Conv2dSame": ("conv", "depthwise"),
    "Conv3d": ("conv",),
    "Conv3DSimple": ("conv",),
    "Conv3DNoTemporal": ("conv",),
    "Linear": ("linear",),
    "mul": ("scale",),
    "Scale": ("scale",),
    "attention": ("attention",),
    "expand": ("weight",),
    "add": ("weight",),
    "BatchNorm2d": ("bn",),
    "BatchNorm3d": ("bn",),
    "batch_norm": ("bn",),
    "LayerNorm": ("layernorm",),
    "LayerNorm2d": ("layernorm",),
    "GroupNorm1": ("groupnorm",),
    "GlobalResponseNorm": ("grn",),
    "ReLU": ("relu",),
    "relu": ("relu",),
    "ReLU6": ("relu6",),
    "SiLU": ("silu",),
    "GELU": ("gelu",),
    "Sigmoid": ("sigmoid",),
    "Hardsigmoid": ("hardsigmoid",),
    "Hardswish": ("hardswish",),
    "MaxPool2d": ("maxpool",),
    "MaxPool2dSame": ("maxpool",),
    "MaxPool3d": ("maxpool",),
    "max_pool2d": ("maxpool",),
    "AvgPool2d": ("avgpool", "global_avgpool"),
    "AvgPool2dSame": ("avgpool",),
    "AvgPool3d": ("avgpool", "global_avgpool"),
    "ZeroPad2d": ("pad",),
    "avg_pool2d": ("avgpool",),
    "AdaptiveAvgPool2d": ("global_avgpool", "adaptive_avgpool"),
    "AdaptiveAvgPool3d": ("global_avgpool",),
    "adaptive_avg_pool2d": ("global_avgpool",),
    "mean": ("global_avgpool", "reduce_mean"),
    "softmax": ("softmax",),
    "Dropout": ("dropout",),
    "interpolate": ("upsample",),
    "Upsample": ("upsample",),
    "RadixSoftmax": ("softmax",),
}
"""Our kinds for the modules and functions of the references."""

COMPARED = {*FAMILIES["pooling"], *FAMILIES["activation"]}.union(*KINDS.values())

KINDS_IN: dict[str, dict[str, tuple[str, ...]]] = {
    "convnext_tiny": {"Linear": ("linear", "conv")},  # 1x1 convolutions, at every position
    "dpn68": {"Conv2d": ("conv", "linear")},  # the classifier, on the pooled map
    "mobilevit_xxs": {"Linear": ("linear", "conv")},
    "swin_t": {"Linear": ("linear", "conv")},
}

CHANNELS_LAST = {
    "convnext_tiny": re.compile(r"\.block\.[2-5]$"),
    "deit_tiny": re.compile(r"^blocks\.|^norm$|^$"),
    "mixer_s_16": re.compile(r"^blocks\.\d+\.(norm|mlp)|^norm$"),
    "swin_t": re.compile(r"^features(?!\.0\.0)|^norm$"),
    "vit_ti_16": re.compile(r"^blocks\.|^norm$|^$"),
}
"""Modules between two permutations of the axes."""

IN_PATCHES = {"mobilevit_xxs": re.compile(r"\.transformer\.|\.norm$")}
"""Modules for which the positions in a patch are samples; their outputs are not compared."""

WITH_ATTENTION = ("deit_tiny", "mobilevit_xxs", "swin_t", "vit_ti_16")
ATTENTION = re.compile(r".*\.attn\b")
"""Modules whose lines are one layer of ours, in these networks."""

GROUPED = {"mixnet_s": re.compile(r".*\.conv_pwl?\.(?=\d)")}
"""Convolutions of parts of the channels, which are the groups of one layer of ours."""

GATED_LAST = ("seresnet50",)
"""Networks whose reference computes the projection of a block before its gate, and ours after."""


IN_ANY_ORDER = ("nasnetalarge",)
"""Networks whose reference computes the inputs of a cell in another order.

Their layers with weights are compared, sorted by their numbers.
"""


class Line(NamedTuple):
    """A line of a reference."""

    name: str
    type: str
    output: tuple[int, ...]
    params: int
    macs: int


@pytest.mark.parametrize("name", REFERENCES)
def test_layer_by_layer(name: str) -> None:
    lines = [line_of(name, **line) for line in json.loads(REFERENCES[name].read_text())["layers"]]
    if name in WITH_ATTENTION:
        lines = list(merged(lines, ATTENTION, attention_line))
    if name in GROUPED:
        lines = list(merged(lines, GROUPED[name], grouped_line))
    if name in GATED_LAST:
        lines = list(projected_last(lines))
    dropouts = any(line.type == "Dropout" for line in lines)
    layers = [layer for layer in bundled(name).layers if is_compared(layer, dropouts)]
    if name in IN_ANY_ORDER:
        lines = sorted((line for line in lines if line.params), key=line_order)
        layers = sorted((layer for layer in layers if layer.params), key=layer_order)
    kinds = KINDS | KINDS_IN.get(name, {})
    differences = (
        f"{line} is {layer_text(layer)}"
        for line, layer in zip_longest(lines, layers)
        if not is_equal(line, layer, kinds)
    )
    assert next(differences, None) is None


def line_of(network: str, name: str, type: str, output: list[int], params: int, macs: int) -> Line:
    if network in CHANNELS_LAST and CHANNELS_LAST[network].search(name):
        output = [output[-1], *output[:-1]]
    if network in IN_PATCHES and IN_PATCHES[network].search(name):
        output = []
    return Line(name, type, tuple(output), params, macs)


def merged(
    lines: list[Line], pattern: re.Pattern[str], joined: Callable[[list[Line]], Line]
) -> Iterator[Line]:
    """The lines, with one in place of consecutive ones whose names begin with the same match."""
    for prefix, group in groupby(lines, key=lambda line: match_text(pattern, line.name)):
        found = list(group)
        yield from [joined(found)] if prefix else found


def match_text(pattern: re.Pattern[str], name: str) -> str:
    found = pattern.match(name)
    return found[0] if found else ""


def attention_line(lines: list[Line]) -> Line:
    """Its output is not compared, since windows or patches are an axis of the reference."""
    return summed(lines, "attention", ())


def grouped_line(lines: list[Line]) -> Line:
    channels = sum(line.output[0] for line in lines)
    return summed(lines, lines[0].type, (channels, *lines[0].output[1:]))


def summed(lines: list[Line], type: str, output: tuple[int, ...]) -> Line:
    params, macs = sum(line.params for line in lines), sum(line.macs for line in lines)
    return Line(lines[0].name, type, output, params, macs)


def projected_last(lines: list[Line]) -> Iterator[Line]:
    """The lines with the projection of each block after its gate, before the final activation."""
    for _, block in groupby(lines, key=lambda line: line.name.split(".")[:2]):
        *inner, last = block
        yield from sorted(inner, key=lambda line: ".downsample." in line.name)
        yield last


def line_order(line: Line) -> tuple[object, ...]:
    return line.params, line.macs, extent("", line.output)


def layer_order(layer: LayerAnalysis) -> tuple[object, ...]:
    return layer.params, layer.macs, extent("", layer.node.shape)


def is_compared(layer: LayerAnalysis, dropouts: bool) -> bool:
    """Whether the reference must have a line for a layer.

    It has none for joins, and for dropouts only if they are modules.
    """
    kind = layer.node.layer.kind
    if layer.node.training_only or (kind == "dropout" and not dropouts):
        return False
    return kind in COMPARED or layer.params > 0 or layer.macs > 0


def is_equal(
    line: Line | None, layer: LayerAnalysis | None, kinds: dict[str, tuple[str, ...]]
) -> bool:
    if line is None or layer is None:
        return False
    kind = layer.node.layer.kind
    output = line.output or layer.node.shape
    expected = extent(kind, output), line.params, line.macs
    found = extent(kind, layer.node.shape), layer.params, layer.macs
    return kind in kinds[line.type] and found == expected


def extent(kind: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The sizes without trailing ones of 1, since a vector may be a map of one position.

    A dropout or softmax may be before or after a flatten, so it has one size.
    """
    sizes = [prod(shape)] if kind in ("dropout", "softmax") else list(shape)
    while len(sizes) > 1 and sizes[-1] == 1:
        sizes.pop()
    return tuple(sizes)


def layer_text(layer: LayerAnalysis | None) -> str:
    if layer is None:
        return "missing"
    node = layer.node
    numbers = f"{layer.params} params, {layer.macs} MACs"
    return f"{node.path}: {node.layer.kind} {node.shape}, {numbers}"
