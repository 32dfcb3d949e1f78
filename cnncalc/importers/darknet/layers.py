"""What each kind of section is: the functions of the table `SECTIONS`.

Options and their defaults are those of Darknet.  Source: github.com/AlexeyAB/darknet at 59596d7,
src/parser.c; `deconvolutional`, `logistic` and `l2norm`: github.com/pjreddie/darknet at f6afaab.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...sketch import SketchValue
from ..builder import LayerArguments
from ..errors import InvalidModelFile
from .activations import activated
from .context import DarknetContext
from .convolutions import convolution, deconvolution, local_convolution
from .joins import gate, route, shifted, shortcut
from .pooling import average_pooling, global_pooling, max_pooling
from .recurrent import RECURRENT
from .sections import CfgSection

SectionHandler = Callable[[DarknetContext, CfgSection], SketchValue]
"""The output of a section, after adding its layers.  Raises Unsupported and InvalidModelFile."""

HEADS = frozenset(("yolo", "Gaussian_yolo", "region", "detection", "iseg"))
"""Sections that read boxes or masks of the value before: an output of the network."""

TRAINING = frozenset(("cost", "contrastive"))
"""Sections that compute a loss."""


def unchanged(net: DarknetContext, _: CfgSection) -> SketchValue:
    return net.previous


def connected(net: DarknetContext, section: CfgSection) -> SketchValue:
    path = f"layer{section.number}"
    has_norm = bool(section.integer("batch_normalize"))
    arguments: LayerArguments = {"out": section.integer("output", 1), "bias": not has_norm}
    value = net.add("linear", arguments, [net.vector()], path)
    if has_norm:
        value = net.add("bn", {}, [value], f"{path}.norm")
    return activated(net, section, value)


def softmax(net: DarknetContext, section: CfgSection) -> SketchValue:
    """Over all elements, in `groups`; with `spatial`, over the channels of each position."""
    if section.text("tree"):
        net.notes["softmax is over each group of the tree of classes, which is not in the file"] = (
            None
        )
    value = net.previous
    groups = section.integer("groups", 1)
    is_spatial = section.real("spatial", 0) != 0
    if groups < 2 and (is_spatial or value.shape.positions == 1):
        return net.add("softmax", {}, [value])
    vector = net.vector()
    if groups < 2:
        return net.add("softmax", {}, [vector])
    if vector.shape.channels % groups:
        raise InvalidModelFile(f"{groups} groups of {vector.shape.channels} elements")
    split = net.add("reshape", {"shape": (groups, vector.shape.channels // groups)}, [vector])
    return net.add("flatten", {}, [net.add("softmax", {"axis": 1}, [split])])


def reorg(net: DarknetContext, section: CfgSection) -> SketchValue:
    """Positions to channels, or with `reverse` back; with `extra`, zeros after all elements."""
    extra = section.integer("extra")
    if extra:
        return net.add("pad", {"begin": 0, "end": extra, "axis": 0}, [net.vector()])
    kind = "pixel_shuffle" if section.integer("reverse") else "pixel_unshuffle"
    return net.add(kind, {"factor": section.integer("stride", 1)}, [net.map_of(section)])


def upsample(net: DarknetContext, section: CfgSection) -> SketchValue:
    """A negative stride sums the positions under a window."""
    stride = section.integer("stride", 2)
    if stride >= 0:
        return net.add("upsample", {"factor": stride}, [net.map_of(section)])
    mean = net.add("avgpool", {"kernel": -stride}, [net.map_of(section)])
    return net.add("mul", {}, [mean, stride**2])


def crop(net: DarknetContext, section: CfgSection) -> SketchValue:
    sizes = (section.integer("crop_height", 1), section.integer("crop_width", 1))
    return net.add("crop", {"size": sizes}, [net.map_of(section)])


def response_norm(net: DarknetContext, section: CfgSection) -> SketchValue:
    return net.add("lrn", {"size": section.integer("size", 5)}, [net.map_of(section)])


def batch_norm(net: DarknetContext, section: CfgSection) -> SketchValue:
    return net.add("bn", {}, [net.map_of(section)], f"layer{section.number}")


def dropout(net: DarknetContext, section: CfgSection) -> SketchValue:
    return net.add("dropout", {"p": section.real("probability", 0.5)}, [net.previous])


def activation(net: DarknetContext, section: CfgSection) -> SketchValue:
    return activated(net, section, net.previous, "linear")


def logistic(net: DarknetContext, _: CfgSection) -> SketchValue:
    return net.add("sigmoid", {}, [net.previous])


def unit_length(net: DarknetContext, section: CfgSection) -> SketchValue:
    return net.add("l2norm", {}, [net.map_of(section)])


def implicit(net: DarknetContext, section: CfgSection) -> SketchValue:
    """A learned tensor, which other sections add or multiply."""
    shape = (section.integer("filters", 128), section.integer("atoms", 1), 1)
    return net.add("weight", {"shape": shape}, [], f"layer{section.number}")


def for_all(handler: SectionHandler, kinds: Sequence[str]) -> dict[str, SectionHandler]:
    return dict.fromkeys(kinds, handler)


SECTIONS: dict[str, SectionHandler] = {
    **for_all(convolution, ("convolutional", "conv")),
    **for_all(deconvolution, ("deconvolutional", "deconv")),
    **for_all(local_convolution, ("local",)),
    **for_all(connected, ("connected", "conn")),
    **for_all(max_pooling, ("maxpool", "max")),
    **for_all(average_pooling, ("local_avgpool", "local_avg")),
    **for_all(global_pooling, ("avgpool", "avg")),
    **for_all(route, ("route",)),
    **for_all(shortcut, ("shortcut",)),
    **for_all(gate, ("scale_channels", "sam", "control_channels")),
    **for_all(shifted, ("shift_channels",)),
    **for_all(implicit, ("implicit", "implicit_add", "implicit_mul")),
    **for_all(reorg, ("reorg", "reorg3d")),
    **for_all(upsample, ("upsample",)),
    **for_all(crop, ("crop",)),
    **for_all(response_norm, ("normalization", "lrn")),
    **for_all(batch_norm, ("batchnorm",)),
    **for_all(dropout, ("dropout",)),
    **for_all(softmax, ("softmax", "soft")),
    **for_all(activation, ("activation",)),
    **for_all(logistic, ("logistic",)),
    **for_all(unit_length, ("l2norm",)),
    **for_all(unchanged, ("empty", "silence", *sorted(HEADS), *sorted(TRAINING))),
    **RECURRENT,
}
"""The function of each kind of section."""
