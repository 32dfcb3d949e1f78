"""The formats of `sweep`: those of tables, and plots.  Each imports its view when it is used."""

from __future__ import annotations

from collections.abc import Callable

from ..grid.formats import FORMATS as GRID_FORMATS
from ..grid.formats import GridRequest

TABLES = tuple(GRID_FORMATS)
PLOTS = ("plot", "svg", "html")
"""The formats that show two columns as points, or the distribution of one."""


def as_plot(request: GridRequest) -> str:
    from ..plot.terminal import plot_text

    assert request.plot is not None
    return plot_text(request.plot, request.style)


def as_svg(request: GridRequest) -> str:
    from ..plot.svg import plot_svg

    assert request.plot is not None
    return plot_svg(request.plot)


def as_html(request: GridRequest) -> str:
    from .page import sweep_page

    assert request.plot is not None
    return sweep_page(request.grid, request.plot)


FORMATS: dict[str, Callable[[GridRequest], str]] = {
    **GRID_FORMATS,
    "plot": as_plot,
    "svg": as_svg,
    "html": as_html,
}
OPTION_FORMATS = {
    "--color": ("table", "plot"),
    "--plot": PLOTS,
    **dict.fromkeys(("--exact", "--columns", "--sort", "--top", "--per"), TABLES),
}
"""The formats that an option applies to; an option that is not here applies to all."""
