"""The figures of docs/graph.md: what `cnncalc graph NET --format svg` draws (see make.py)."""

from __future__ import annotations

from cnncalc.engine import analyse
from cnncalc.files import load
from cnncalc.parser import Request, parse
from cnncalc.views.graph import folded_graph
from cnncalc.views.graph_svg import graph_svg


def figure(name: str) -> str:
    source = load(name)
    network = parse(source.data, source.name, Request(source.variant)).network
    assert network is not None
    report = analyse(network)
    return graph_svg(folded_graph(report, 1), report)
