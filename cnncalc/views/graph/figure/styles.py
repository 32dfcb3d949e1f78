"""How a figure may be drawn."""

from __future__ import annotations

from typing import Literal, get_args

from ....named_tuple import NamedTuple

FigureStyle = Literal["boxes", "flat"]
FigureFlow = Literal["down", "right"]
STYLES: tuple[FigureStyle, ...] = get_args(FigureStyle)
FLOWS: tuple[FigureFlow, ...] = get_args(FigureFlow)


class FigureOptions(NamedTuple):
    """How a figure is drawn; without a flow, as a U or in rows of a width.

    `palette` is a name of `PALETTES`, and `caption` a text below the figure.
    """

    width: float = 1100
    flow: FigureFlow | None = None
    style: FigureStyle = "boxes"
    palette: str = "color"
    caption: str = ""


DEFAULTS = FigureOptions()
