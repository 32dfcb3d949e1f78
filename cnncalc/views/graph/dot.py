"""A graph in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine.analysis import Analysis
from ...escape import dot
from ..palette import FILLS, INK, STROKES
from .graph import Arrow, Cluster, Graph, box_lines, class_of, heading_text, node_name

DIRECTIONS = {"down": "TB", "right": "LR"}
FONT = 'fontname="Helvetica,Arial,sans-serif", fontsize=10'


def graph_dot(
    graph: Graph, analysis: Analysis, direction: str = "down", exact: bool = False
) -> str:
    """The digraph: boxes are nodes, expanded groups clusters; edges show shapes that no box has."""
    lines = [
        f"digraph {quoted([analysis.network.name])} {{",
        f'  graph [rankdir={DIRECTIONS[direction]}, charset="UTF-8", style=rounded,'
        f' color="{STROKES["other"]}", {FONT}]',
        '  node [shape=box, style="rounded,filled",'
        f' fillcolor="{FILLS["join"]}", fontcolor="{INK}", {FONT}]',
        f'  edge [color="{STROKES["join"]}", {FONT}]',
        *(
            f"  {end} [label={quoted([name, str(shape)])}, shape=ellipse]"
            for end, (name, shape) in graph.ends().items()
        ),
        *content(graph.content, graph, analysis, exact, 1),
        *map(arrow, graph.arrows()),
        "}",
    ]
    return "\n".join(lines) + "\n"


def arrow(one: Arrow) -> str:
    label = f" [label={quoted([one.text])}]" if one.text else ""
    return f"  {one.source} -> {one.target}{label}"


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


def quoted(lines: Sequence[str]) -> str:
    r"""Lines as a label without escapes of Graphviz and without entities.

    >>> print(quoted(['say "a"', r"b \N &lt;"]))
    "say \"a\"\nb \\N &amp;lt;"
    """
    return '"' + "\\n".join(map(dot, lines)) + '"'
