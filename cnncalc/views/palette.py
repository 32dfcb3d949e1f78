"""The color classes of layers, and their colors in graphs, figures and pages.

The colors are distinct for color-blind readers too, and stand out from the paper (WCAG 2.2).
"""

from __future__ import annotations

from collections.abc import Mapping

from ..layers import JOINS, LAYERS
from ..layers.layer import Layer
from ..named_tuple import NamedTuple

LIGHT = {
    "conv": "#2d70b9",
    "dense": "#c65a05",
    "memory": "#734395",
    "norm": "#44989c",
    "pool": "#aa385a",
    "activation": "#9f8d32",
    "join": "#337f3e",
    "other": "#707377",
}
DARK = {
    "conv": "#76aef3",
    "dense": "#eb8d4a",
    "memory": "#aa81cd",
    "norm": "#65cacf",
    "pool": "#cf6c87",
    "activation": "#dfc651",
    "join": "#6fbe7d",
    "other": "#9aa1a8",
}
"""The colors on a dark page."""
NAMES = {
    "conv": "convolution",
    "dense": "dense",
    "memory": "recurrent, attention",
    "norm": "normalization",
    "pool": "pooling",
    "activation": "activation",
    "join": "join",
    "other": "other",
}
"""The classes in a legend."""
CATEGORIES = {"recurrent": "memory", "attention": "memory"}
"""The classes of the categories of the breakdown that do not have their own name."""
FAMILIES = {"pooling": "pool", "reduce": "pool", "activation": "activation"}
"""The classes of families of layers that have no category of the breakdown."""


def color_class(layer: Layer) -> str:
    """The class of a layer: its category in the breakdown, or its family."""
    if layer.category != "other":
        return category_class(layer.category)
    return "join" if layer.kind in JOINS else FAMILIES.get(LAYERS[layer.kind], "other")


def category_class(category: str) -> str:
    return CATEGORIES.get(category, category)


# Boxes on paper

INK = "#1f2328"
SHARES = {
    "conv": 0.32,
    "dense": 0.52,
    "memory": 0.36,
    "norm": 0.21,
    "pool": 0.5,
    "activation": 0.3,
    "join": 0.12,
    "other": 0.06,
}
"""How much color a fill has: pale below dark text, and distinct in gray."""


def pale(color: str, share: float) -> str:
    """A color mixed with white."""
    parts = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (part - 255) * share):02x}" for part in parts)


STROKES = LIGHT
FILLS = {name: pale(LIGHT[name], share) for name, share in SHARES.items()}


class Palette(NamedTuple):
    """The colors of boxes on paper, by class."""

    fills: Mapping[str, str]
    strokes: Mapping[str, str]


GRAYS = {
    "other": "#fafafa",
    "join": "#efefef",
    "conv": "#dedede",
    "norm": "#d0d0d0",
    "activation": "#c2c2c2",
    "dense": "#b0b0b0",
    "memory": "#a0a0a0",
    "pool": "#909090",
}
"""Fills for print without color: steps of lightness below dark text."""
PALETTES = {
    "color": Palette(FILLS, STROKES),
    "gray": Palette(GRAYS, dict.fromkeys(GRAYS, "#404040")),
}


def page_style() -> str:
    """The colors as variables of the page, by theme."""
    light, dark = (
        " ".join(f"--{name}: {color};" for name, color in colors.items())
        for colors in (LIGHT, DARK)
    )
    looks = "\n".join(f".look-{name} {{ --look: var(--{name}); }}" for name in LIGHT)
    return f':root {{ {light} }}\n:root[data-theme="dark"] {{ {dark} }}\n{looks}\n'
