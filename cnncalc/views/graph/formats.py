"""The formats of `cnncalc graph`.  Each imports its view when it is used."""

from __future__ import annotations

from collections.abc import Callable

from ...devices.device import Device
from ...engine.analysis import Analysis
from ...named_tuple import NamedTuple


class GraphRequest(NamedTuple):
    """A network and how it is drawn; None is the default of the format.

    With a device, the roofline is drawn, and not the network.
    """

    analysis: Analysis
    depth: int | None = None
    direction: str | None = None
    width: int | None = None
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
    from .graph import folded_graph
    from .mermaid import graph_mermaid, size_warning

    graph = folded_graph(request.analysis, request.depth)
    direction = request.direction or "down"
    text = graph_mermaid(graph, request.analysis, direction, request.exact)
    return RenderedGraph(text, size_warning(graph, text))


def as_dot(request: GraphRequest) -> RenderedGraph:
    from .dot import graph_dot
    from .graph import folded_graph

    graph = folded_graph(request.analysis, request.depth)
    direction = request.direction or "down"
    return RenderedGraph(graph_dot(graph, request.analysis, direction, request.exact))


def as_svg(request: GraphRequest) -> RenderedGraph:
    if request.roofline is not None:
        return roofline_of(request, request.roofline)
    from .figure.assembly import WIDTH
    from .figure.svg import graph_svg
    from .graph import folded_graph

    graph = folded_graph(request.analysis, request.depth or 1)
    return RenderedGraph(graph_svg(graph, request.analysis, request.width or WIDTH))


def as_tikz(request: GraphRequest) -> RenderedGraph:
    from .figure.tikz import WIDTH, graph_tikz
    from .graph import folded_graph

    graph = folded_graph(request.analysis, request.depth or 1)
    return RenderedGraph(graph_tikz(graph, request.analysis, request.width or WIDTH))


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
    "--direction": ("mermaid", "dot"),
    "--exact": ("mermaid", "dot"),
    "--width": ("svg", "tikz"),
    "--roofline": ("svg",),
}
"""The formats that an option applies to."""
