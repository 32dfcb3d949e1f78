"""A graph as a Mermaid flowchart, which GitHub, GitLab and many editors render in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...engine.analysis import Analysis
from ...escape import mermaid
from ..palette import INK, PALETTES, Palette
from .graph import Arrow, BoxLook, Cluster, Graph, box_lines, class_of, heading_text, node_name

DIRECTIONS = {"down": "TD", "right": "LR"}
MAX_TEXT = 50_000
"""Characters: the default of Mermaid's `maxTextSize`."""
MAX_EDGES = 500
"""The default of Mermaid's `maxEdges`."""


def graph_mermaid(
    graph: Graph,
    analysis: Analysis,
    direction: str = "down",
    exact: bool = False,
    palette: str = "color",
) -> str:
    """The flowchart: boxes are nodes, groups subgraphs; edges show shapes that no box has."""
    look = BoxLook(exact, PALETTES[palette])
    lines = [
        f"flowchart {DIRECTIONS[direction]}",
        *(f"  {end}([{label([name, str(shape)])}])" for end, (name, shape) in graph.ends().items()),
        *content(graph.content, graph, analysis, look, 1),
        *map(arrow, graph.arrows()),
        *class_lines(graph, analysis, look.palette),
    ]
    return "\n".join(lines) + "\n"


def arrow(one: Arrow) -> str:
    text = f"|{label([one.text])}|" if one.text else ""
    return f"  {one.source} -->{text} {one.target}"


def size_warning(graph: Graph, text: str) -> str:
    """The reason why Mermaid would not render a flowchart by default; empty if it would."""
    edges = len(graph.edges) + len(graph.outputs)
    if edges > MAX_EDGES:
        return f"{edges:,} arrows exceed Mermaid's default limit of {MAX_EDGES}"
    if len(text) > MAX_TEXT:
        return f"{len(text):,} characters exceed Mermaid's default limit of {MAX_TEXT:,}"
    return ""


def content(
    parts: Sequence[Cluster | int], graph: Graph, analysis: Analysis, look: BoxLook, depth: int
) -> Iterator[str]:
    """The nodes, inside the subgraphs of their expanded groups."""
    indent, stroke = "  " * depth, look.palette.strokes["other"]
    for part in parts:
        if isinstance(part, int):
            text = label(box_lines(graph.boxes[part], analysis, look.exact))
            yield f"{indent}{node_name(part)}[{text}]"
        else:
            yield f"{indent}subgraph g{part.number}[{label([heading_text(part.row, analysis)])}]"
            yield from content(part.content, graph, analysis, look, depth + 1)
            yield f"{indent}end"
            yield f"{indent}style g{part.number} fill:none,stroke:{stroke}"


def class_lines(graph: Graph, analysis: Analysis, palette: Palette) -> Iterator[str]:
    """The classes and their nodes: dark text on pale boxes, readable on light and dark pages."""
    members: dict[str, list[str]] = {}
    for number, box in enumerate(graph.boxes):
        members.setdefault(class_of(box, analysis), []).append(node_name(number))
    for name, fill in palette.fills.items():
        if name in members:
            yield f"  classDef {name} fill:{fill},stroke:{palette.strokes[name]},color:{INK}"
            yield f"  class {','.join(members[name])} {name}"


def label(lines: Sequence[str]) -> str:
    """Lines as a quoted label, with special characters as character codes."""
    return '"' + "<br/>".join(map(mermaid, lines)) + '"'
