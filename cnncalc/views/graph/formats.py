"""The formats of `cnncalc graph`.  Each imports its view when it is used."""

from __future__ import annotations

from collections.abc import Callable

from ...devices.device import Device
from ...engine.analysis import Analysis
from ...named_tuple import NamedTuple
from .figure.styles import DEFAULTS, FigureFlow, FigureOptions, FigureStyle


class GraphRequest(NamedTuple):
    """A network and how it is drawn; None is the default of the format.

    With a device, the roofline is drawn, and not the network.
    """

    analysis: Analysis
    depth: int | None = None
    direction: FigureFlow | None = None
    width: int | None = None
    style: FigureStyle | None = None
    palette: str | None = None
    caption: str | None = None
    exact: bool = False
    roofline: Device | None = None


class RenderedGraph(NamedTuple):
    """A drawing as text, and a remark on it for the user."""

    text: str
    remark: str = ""


def render(form: str, request: GraphRequest) -> RenderedGraph:
    """A network in a format.

    Raises FigureTooLarge if the format cannot show it, NoPeak and NoBandwidth for a roofline of a
    device that does not state these.
    """
    return FORMATS[form](request)


def as_mermaid(request: GraphRequest) -> RenderedGraph:
    from .graph import collapsed_graph
    from .mermaid import graph_mermaid, size_warning

    graph = collapsed_graph(request.analysis, request.depth)
    direction = request.direction or "down"
    palette = request.palette or "color"
    text = graph_mermaid(graph, request.analysis, direction, request.exact, palette)
    return RenderedGraph(text, size_warning(graph, text))


def as_dot(request: GraphRequest) -> RenderedGraph:
    from .dot import graph_dot
    from .graph import collapsed_graph

    graph = collapsed_graph(request.analysis, request.depth)
    direction = request.direction or "down"
    palette = request.palette or "color"
    return RenderedGraph(graph_dot(graph, request.analysis, direction, request.exact, palette))


def as_svg(request: GraphRequest) -> RenderedGraph:
    if request.roofline is not None:
        return roofline_of(request, request.roofline)
    from .figure.details import figure_graph
    from .figure.svg import graph_svg

    graph = figure_graph(request.analysis, request.depth)
    return RenderedGraph(graph_svg(graph, request.analysis, figure_options(request)))


def figure_options(request: GraphRequest) -> FigureOptions:
    """How a figure is drawn, with the defaults for what is not requested."""
    return FigureOptions(
        request.width or DEFAULTS.width,
        request.direction,
        request.style or DEFAULTS.style,
        request.palette or DEFAULTS.palette,
        request.caption or "",
    )


def as_tikz(request: GraphRequest) -> RenderedGraph:
    from .figure.details import figure_graph
    from .figure.tikz import WIDTH, graph_tikz

    graph = figure_graph(request.analysis, request.depth)
    options = figure_options(request)._replace(width=request.width or WIDTH)
    return RenderedGraph(graph_tikz(graph, request.analysis, options))


def roofline_of(request: GraphRequest, device: Device) -> RenderedGraph:
    from ...devices.roofline import roofline
    from .roofline import WIDTH, roofline_svg

    found = roofline(request.analysis, device)
    return RenderedGraph(roofline_svg(found, request.analysis, device.name, request.width or WIDTH))


FORMATS: dict[str, Callable[[GraphRequest], RenderedGraph]] = {
    "mermaid": as_mermaid,
    "dot": as_dot,
    "svg": as_svg,
    "tikz": as_tikz,
}
OPTION_FORMATS = {
    "--exact": ("mermaid", "dot"),
    "--width": ("svg", "tikz"),
    "--style": ("svg", "tikz"),
    "--caption": ("svg", "tikz"),
    "--roofline": ("svg",),
}
"""The formats that an option applies to."""
NOT_OF_A_ROOFLINE = ("--depth", "--direction", "--style", "--palette", "--caption")
"""The options that concern the graph of a network."""
