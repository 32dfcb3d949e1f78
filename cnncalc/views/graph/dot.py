"""A graph in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine.analysis import Analysis
from ...escape import dot
from ..palette import INK, PALETTES
from .graph import Arrow, BoxLook, Cluster, Graph, box_lines, class_of, heading_text, node_name

DIRECTIONS = {"down": "TB", "right": "LR"}
FONT = 'fontname="Helvetica,Arial,sans-serif", fontsize=10'


def graph_dot(
    graph: Graph,
    analysis: Analysis,
    direction: str = "down",
    exact: bool = False,
    palette: str = "color",
) -> str:
    """The digraph: boxes are nodes, expanded groups clusters; edges show shapes that no box has."""
    colors = PALETTES[palette]
    lines = [
        f"digraph {quoted([analysis.network.name])} {{",
        f'  graph [rankdir={DIRECTIONS[direction]}, charset="UTF-8", style=rounded,'
        f' color="{colors.strokes["other"]}", {FONT}]',
        '  node [shape=box, style="rounded,filled",'
        f' fillcolor="{colors.fills["join"]}", fontcolor="{INK}", {FONT}]',
        f'  edge [color="{colors.strokes["join"]}", {FONT}]',
        *(
            f"  {end} [label={quoted([name, str(shape)])}, shape=ellipse]"
            for end, (name, shape) in graph.ends().items()
        ),
        *content(graph.content, graph, analysis, BoxLook(exact, colors), 1),
        *map(arrow, graph.arrows()),
        "}",
    ]
    return "\n".join(lines) + "\n"


def arrow(one: Arrow) -> str:
    label = f" [label={quoted([one.text])}]" if one.text else ""
    return f"  {one.source} -> {one.target}{label}"


def content(
    parts: Sequence[Cluster | int], graph: Graph, analysis: Analysis, look: BoxLook, depth: int
) -> Iterator[str]:
    """The nodes, inside the clusters of their expanded groups."""
    indent = "  " * depth
    for part in parts:
        if isinstance(part, int):
            row = graph.boxes[part]
            kind = class_of(row, analysis)
            fill, stroke = look.palette.fills[kind], look.palette.strokes[kind]
            colors = f'fillcolor="{fill}", color="{stroke}"'
            text = quoted(box_lines(row, analysis, look.exact))
            yield f"{indent}{node_name(part)} [label={text}, {colors}]"
        else:
            yield f"{indent}subgraph cluster{part.number} {{"
            yield f"{indent}  label={quoted([heading_text(part.row, analysis)])}"
            yield from content(part.content, graph, analysis, look, depth + 1)
            yield f"{indent}}}"


def quoted(lines: Sequence[str]) -> str:
    r"""Lines as a label without escapes of Graphviz and without entities.

    >>> print(quoted(['say "a"', r"b \N &lt;"]))
    "say \"a\"\nb \\N &amp;lt;"
    """
    return '"' + "\\n".join(map(dot, lines)) + '"'
