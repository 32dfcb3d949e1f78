"""Sections that read several others."""

from __future__ import annotations

from ...sketch import SketchValue
from ..errors import InvalidModelFile
from .activations import activated
from .context import DarknetContext
from .sections import CfgSection

WEIGHTS = {
    "none": "none",
    "per_feature": "per_layer",
    "per_layer": "per_layer",
    "per_channel": "per_channel",
}
"""The words for the weights of a `shortcut`: two for one weight for each of its inputs."""


def route(net: DarknetContext, section: CfgSection) -> SketchValue:
    """The outputs of other sections as one; with `groups`, a part of the channels of each."""
    groups, group = section.integer("groups", 1), section.integer("group_id")
    values = [net.output_of(index) for index in section.indices("layers")]
    if groups > 1:
        values = [group_of(net, section, value, groups, group) for value in values]
    return values[0] if len(values) == 1 else net.add("concat", {}, values)


def group_of(
    net: DarknetContext, section: CfgSection, value: SketchValue, groups: int, group: int
) -> SketchValue:
    channels = value.shape.channels // groups
    if value.shape.channels % groups or not 0 <= group < groups:
        raise InvalidModelFile(
            f"[{section.kind}] on line {section.line}: {value.shape.channels} channels do not "
            f"have a group {group} of {groups}"
        )
    return net.add("slice", {"range": (group * channels, (group + 1) * channels)}, [value])


def shortcut(net: DarknetContext, section: CfgSection) -> SketchValue:
    """The sum of the previous output and others, which get its channels and sizes."""
    x = net.map_of(section)
    others = [net.output_of(index) for index in section.indices("from")]
    values = [x, *(fitted(net, value, x) for value in others)]
    weights = WEIGHTS.get(section.text("weights_type", "none"))
    if weights is None:
        raise section.invalid("weights_type", "none, per_feature or per_channel")
    if weights != "none":
        values = [weighted(net, section, n, value) for n, value in enumerate(values)]
    return activated(net, section, net.add("add", {}, values), "linear")


def fitted(net: DarknetContext, value: SketchValue, x: SketchValue) -> SketchValue:
    """An operand of a sum: every n-th position of a map that is n times as large, in both axes.

    Source: github.com/pjreddie/darknet at f6afaab, shortcut_cpu of src/blas.c.
    """
    value = with_channels(net, value, x.shape.channels)
    sizes, wanted = value.shape.spatial, x.shape.spatial
    if sizes == wanted or len(sizes) != len(wanted):
        return value
    steps = {size // other for size, other in zip(sizes, wanted, strict=True)}
    step = min(steps)
    if len(steps) == 1 and step > 1:
        return net.add("maxpool", {"kernel": 1, "stride": step}, [value])
    return value


def with_channels(net: DarknetContext, value: SketchValue, channels: int) -> SketchValue:
    """A value without its last channels, or with channels of zeros after them."""
    missing = channels - value.shape.channels
    if missing < 0:
        return net.add("slice", {"range": (0, channels)}, [value])
    if missing > 0:
        return net.add("pad", {"begin": 0, "end": missing, "axis": 0}, [value])
    return value


def weighted(
    net: DarknetContext, section: CfgSection, place: int, value: SketchValue
) -> SketchValue:
    """An operand of a sum times its learned weight: one number, or one for each channel.

    How Darknet normalizes the weights of all operands does not depend on the input.
    """
    path = f"layer{section.number}.{place}"
    if WEIGHTS[section.text("weights_type")] == "per_channel":
        return net.add("scale", {}, [value], path)
    weight = net.add("weight", {"shape": (1, 1, 1)}, [], path)
    return net.add("mul", {}, [value, weight])


def gate(net: DarknetContext, section: CfgSection) -> SketchValue:
    """The output of another section times the previous one."""
    return joined(net, section, "mul")


def shifted(net: DarknetContext, section: CfgSection) -> SketchValue:
    return joined(net, section, "add")


def joined(net: DarknetContext, section: CfgSection, kind: str) -> SketchValue:
    other = net.output_of(section.indices("from")[0])
    return activated(net, section, net.add(kind, {}, [other, net.previous]), "linear")
