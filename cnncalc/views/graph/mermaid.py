"""A graph as a Mermaid flowchart, which GitHub, GitLab and many editors render in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...engine.analysis import Analysis
from ..text import safe
from .graph import Cluster, Graph, box_lines, class_of, heading_text
from .palette import FILLS, INK, STROKES

DIRECTIONS = {"down": "TD", "right": "LR"}
MAX_TEXT = 50_000
"""Characters: the default of Mermaid's `maxTextSize`."""
MAX_EDGES = 500
"""The default of Mermaid's `maxEdges`."""


def graph_mermaid(
    graph: Graph, analysis: Analysis, direction: str = "down", exact: bool = False
) -> str:
    """The flowchart: boxes are nodes, groups subgraphs; edges show shapes that no box has."""
    ends = {
        node_name(-1 - number): (name, shape) for number, (name, shape) in enumerate(graph.inputs)
    }
    ends |= {
        f"out{number}": (name, value.shape) for number, (name, _, value) in enumerate(graph.outputs)
    }
    lines = [
        f"flowchart {DIRECTIONS[direction]}",
        *(f"  {end}([{label([safe(name), str(shape)])}])" for end, (name, shape) in ends.items()),
        *content(graph.content, graph, analysis, exact, 1),
        *(
            arrow(edge.source, node_name(edge.target), graph.shape_text(edge.source, edge.value))
            for edge in graph.edges
        ),
        *(
            arrow(box, f"out{number}", graph.shape_text(box, value))
            for number, (_, box, value) in enumerate(graph.outputs)
        ),
        *class_lines(graph, analysis),
    ]
    return "\n".join(lines) + "\n"


def arrow(source: int, target: str, text: str) -> str:
    return f"  {node_name(source)} -->{f'|{label([text])}|' if text else ''} {target}"


def size_warning(graph: Graph, text: str) -> str:
    """The reason why Mermaid would not render a flowchart by default; empty if it would."""
    edges = len(graph.edges) + len(graph.outputs)
    if edges > MAX_EDGES:
        return f"{edges:,} arrows exceed Mermaid's default limit of {MAX_EDGES}"
    if len(text) > MAX_TEXT:
        return f"{len(text):,} characters exceed Mermaid's default limit of {MAX_TEXT:,}"
    return ""


def content(
    parts: Sequence[Cluster | int], graph: Graph, analysis: Analysis, exact: bool, depth: int
) -> Iterator[str]:
    """The nodes, inside the subgraphs of their expanded groups."""
    indent = "  " * depth
    for part in parts:
        if isinstance(part, int):
            text = label(box_lines(graph.boxes[part], analysis, exact))
            yield f"{indent}{node_name(part)}[{text}]"
        else:
            yield f"{indent}subgraph g{part.number}[{label([heading_text(part.row, analysis)])}]"
            yield from content(part.content, graph, analysis, exact, depth + 1)
            yield f"{indent}end"
            yield f"{indent}style g{part.number} fill:none,stroke:{STROKES['other']}"


def node_name(box: int) -> str:
    """The name of a node.  Paths are not used: some are keywords of Mermaid."""
    return f"n{box}" if box >= 0 else f"in{-1 - box}"


def class_lines(graph: Graph, analysis: Analysis) -> Iterator[str]:
    """The classes and their nodes: dark text on pale boxes, readable on light and dark pages."""
    members: dict[str, list[str]] = {}
    for number, box in enumerate(graph.boxes):
        members.setdefault(class_of(box, analysis), []).append(node_name(number))
    for name in FILLS:
        if name in members:
            yield f"  classDef {name} fill:{FILLS[name]},stroke:{STROKES[name]},color:{INK}"
            yield f"  class {','.join(members[name])} {name}"


def label(lines: Sequence[str]) -> str:
    """Lines as a quoted label, with special characters as character codes."""
    return '"' + "<br/>".join(map(escaped, lines)) + '"'


def escaped(text: str) -> str:
    """Text without characters that are special to Mermaid.

    >>> print(escaped('conv 3x3, 64 "end" %%'))
    conv 3x3, 64 #34;end#34; #37;#37;
    """
    return re.sub(r"[^A-Za-z0-9_ .,/=+-]", lambda found: f"#{ord(found.group())};", text)
