"""Generates the figures of docs/graph.md: the output of `cnncalc graph NET --format svg`."""

from __future__ import annotations

from cnncalc.engine import analyse
from cnncalc.parser import Request, parse
from cnncalc.sources.resolve import load
from cnncalc.views.graph.figure.svg import graph_svg
from cnncalc.views.graph.graph import folded_graph


def figure(name: str) -> str:
    source = load(name)
    network = parse(source.data, source.name, Request(source.variant)).network
    assert network is not None
    report = analyse(network)
    return graph_svg(folded_graph(report, 1), report)
