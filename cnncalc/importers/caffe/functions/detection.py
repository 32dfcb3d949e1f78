"""Layers of detectors that the catalogue does not have, with the shapes that are known."""

from __future__ import annotations

from ....shape import Shape
from ..context import Blob, CaffeContext, UnstatedCaffeLayer

RESULT = 7  # image, class, score and four coordinates


def prior_boxes(net: CaffeContext) -> list[Blob]:
    """The coordinates of all boxes, and their variances.

    Source: github.com/weiliu89/caffe, branch ssd, prior_box_layer.cpp.
    """
    x, param = net.value(), net.param("prior_box_param")
    ratios = {1.0}
    for ratio in param.reals("aspect_ratio"):
        ratios.add(ratio)
        if param.flag("flip", default=True) and ratio:
            ratios.add(1 / ratio)
    boxes = len(ratios) * len(param.reals("min_size")) + len(param.reals("max_size"))
    shape = Shape((2, x.shape.positions * boxes * 4))
    raise UnstatedCaffeLayer("boxes, which are constants", shape, [x])


def detections(net: CaffeContext) -> list[Blob]:
    """How many are found depends on the values; at most `keep_top_k`."""
    count = net.param("detection_output_param").integer("keep_top_k", 1)
    values = [net.value(place) for place in range(len(net.layer.sources))]
    raise UnstatedCaffeLayer("the search for boxes", Shape((max(count, 1), RESULT)), values)


FUNCTIONS = {"PriorBox": prior_boxes, "DetectionOutput": detections}
