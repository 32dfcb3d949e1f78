"""A graph in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine.analysis import Analysis
from ..text import safe
from .graph import Cluster, Graph, box_lines, class_of, heading_text
from .palette import FILLS, INK, STROKES

DIRECTIONS = {"down": "TB", "right": "LR"}
FONT = 'fontname="Helvetica,Arial,sans-serif", fontsize=10'


def graph_dot(
    graph: Graph, analysis: Analysis, direction: str = "down", exact: bool = False
) -> str:
    """The digraph: boxes are nodes, expanded groups clusters; edges show shapes that no box has."""
    ends = {
        node_name(-1 - number): (name, shape) for number, (name, shape) in enumerate(graph.inputs)
    }
    ends |= {
        f"out{number}": (name, value.shape) for number, (name, _, value) in enumerate(graph.outputs)
    }
    lines = [
        f"digraph {quoted([safe(analysis.network.name)])} {{",
        f'  graph [rankdir={DIRECTIONS[direction]}, charset="UTF-8", style=rounded,'
        f' color="{STROKES["other"]}", {FONT}]',
        '  node [shape=box, style="rounded,filled",'
        f' fillcolor="{FILLS["join"]}", fontcolor="{INK}", {FONT}]',
        f'  edge [color="{STROKES["join"]}", {FONT}]',
        *(
            f"  {end} [label={quoted([safe(name), str(shape)])}, shape=ellipse]"
            for end, (name, shape) in ends.items()
        ),
        *content(graph.content, graph, analysis, exact, 1),
        *(
            arrow(edge.source, node_name(edge.target), graph.shape_text(edge.source, edge.value))
            for edge in graph.edges
        ),
        *(
            arrow(box, f"out{number}", graph.shape_text(box, value))
            for number, (_, box, value) in enumerate(graph.outputs)
        ),
        "}",
    ]
    return "\n".join(lines) + "\n"


def arrow(source: int, target: str, text: str) -> str:
    return f"  {node_name(source)} -> {target}{f' [label={quoted([text])}]' if text else ''}"


def content(
    parts: Sequence[Cluster | int], graph: Graph, analysis: Analysis, exact: bool, depth: int
) -> Iterator[str]:
    """The nodes, inside the clusters of their expanded groups."""
    indent = "  " * depth
    for part in parts:
        if isinstance(part, int):
            row = graph.boxes[part]
            kind = class_of(row, analysis)
            colors = f'fillcolor="{FILLS[kind]}", color="{STROKES[kind]}"'
            text = quoted(box_lines(row, analysis, exact))
            yield f"{indent}{node_name(part)} [label={text}, {colors}]"
        else:
            yield f"{indent}subgraph cluster{part.number} {{"
            yield f"{indent}  label={quoted([heading_text(part.row, analysis)])}"
            yield from content(part.content, graph, analysis, exact, depth + 1)
            yield f"{indent}}}"


def node_name(box: int) -> str:
    """The name of a node."""
    return f"n{box}" if box >= 0 else f"in{-1 - box}"


def quoted(lines: Sequence[str]) -> str:
    r"""Lines as a label without escapes of Graphviz and without entities.

    >>> print(quoted(['say "a"', r"b \N &lt;"]))
    "say \"a\"\nb \\N &amp;lt;"
    """
    return '"' + "\\n".join(map(escaped, lines)) + '"'


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
