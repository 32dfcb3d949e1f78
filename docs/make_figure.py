"""Generates the figures of docs/graph.md: the output of `cnncalc graph NET --format svg`."""

from __future__ import annotations

from cnncalc.devices.catalogue import bundled_device
from cnncalc.devices.roofline import roofline
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis
from cnncalc.parser import Request, parse
from cnncalc.sources.resolve import load
from cnncalc.views.graph.figure.svg import graph_svg
from cnncalc.views.graph.graph import folded_graph
from cnncalc.views.graph.roofline import roofline_svg


def figure(name: str) -> str:
    analysis = analysis_of(name)
    return graph_svg(folded_graph(analysis, 1), analysis)


def roofline_figure(name: str, device_name: str) -> str:
    analysis, device = analysis_of(name), bundled_device(device_name)
    return roofline_svg(roofline(analysis, device), analysis, device.name)


def analysis_of(name: str) -> Analysis:
    source = load(name)
    network = parse(source.data, source.name, Request(source.variant)).network
    assert network is not None
    return analyse(network)
