"""A graph as a flowchart of Mermaid, which GitHub, GitLab and many editors draw inside Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...engine.analysis import Analysis
from ..text import safe
from .graph import Cluster, Graph, box_lines, class_of, heading_text
from .palette import FILLS, INK, STROKES

DIRECTIONS = {"down": "TD", "right": "LR"}
LONGEST = 50_000
"""Characters: the `maxTextSize` that Mermaid has where a site sets no other."""
MOST_EDGES = 500
"""Likewise its `maxEdges`."""


def graph_mermaid(
    graph: Graph, report: Analysis, direction: str = "down", exact: bool = False
) -> str:
    """The flowchart: a node a box, a subgraph an open group, a shape at an edge where its box does not say it."""
    ends = {called(-1 - number): (name, shape) for number, (name, shape) in enumerate(graph.inputs)}
    ends |= {
        f"out{number}": (name, value.shape) for number, (name, _, value) in enumerate(graph.outputs)
    }
    lines = [
        f"flowchart {DIRECTIONS[direction]}",
        *(f"  {end}([{label([safe(name), str(shape)])}])" for end, (name, shape) in ends.items()),
        *content(graph.content, graph, report, exact, 1),
        *(
            arrow(edge.source, called(edge.target), graph.shape_text(edge.source, edge.value))
            for edge in graph.edges
        ),
        *(
            arrow(box, f"out{number}", graph.shape_text(box, value))
            for number, (_, box, value) in enumerate(graph.outputs)
        ),
        *colors(graph, report),
    ]
    return "\n".join(lines) + "\n"


def arrow(source: int, target: str, text: str) -> str:
    return f"  {called(source)} -->{f'|{label([text])}|' if text else ''} {target}"


def too_large(graph: Graph, text: str) -> str:
    """Why Mermaid would not draw a flowchart, in words; empty where it does."""
    edges = len(graph.edges) + len(graph.outputs)
    if edges > MOST_EDGES:
        return f"{edges:,} arrows are more than the {MOST_EDGES} that Mermaid draws where a site does not allow more"
    if len(text) > LONGEST:
        return f"{len(text):,} characters are more than the {LONGEST:,} that Mermaid draws where a site does not allow more"
    return ""


def content(
    parts: Sequence[Cluster | int], graph: Graph, report: Analysis, exact: bool, depth: int
) -> Iterator[str]:
    """The nodes, those of open groups in their subgraphs."""
    indent = "  " * depth
    for part in parts:
        if isinstance(part, int):
            yield f"{indent}{called(part)}[{label(box_lines(graph.boxes[part], report, exact))}]"
        else:
            yield f"{indent}subgraph g{part.number}[{label([heading_text(part.row, report)])}]"
            yield from content(part.content, graph, report, exact, depth + 1)
            yield f"{indent}end"
            yield f"{indent}style g{part.number} fill:none,stroke:{STROKES['other']}"


def called(box: int) -> str:
    """A node's name: none that a file has, of which some are words of Mermaid."""
    return f"n{box}" if box >= 0 else f"in{-1 - box}"


def colors(graph: Graph, report: Analysis) -> Iterator[str]:
    """The classes that are there, and which nodes are of each: dark words on pale boxes, for light pages and dark ones."""
    members: dict[str, list[str]] = {}
    for number, box in enumerate(graph.boxes):
        members.setdefault(class_of(box, report), []).append(called(number))
    for name in FILLS:
        if name in members:
            yield f"  classDef {name} fill:{FILLS[name]},stroke:{STROKES[name]},color:{INK}"
            yield f"  class {','.join(members[name])} {name}"


def label(lines: Sequence[str]) -> str:
    """Lines in quotes, in which every mark that could be read as anything else stands as its number."""
    return '"' + "<br/>".join(map(escaped, lines)) + '"'


def escaped(text: str) -> str:
    """Text that Mermaid shows as it stands.

    >>> print(escaped('conv 3x3, 64 "end" %%'))
    conv 3x3, 64 #34;end#34; #37;#37;
    """
    return re.sub(r"[^A-Za-z0-9_ .,/=+-]", lambda found: f"#{ord(found.group())};", text)
