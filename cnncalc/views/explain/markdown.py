"""Explanations as Markdown: a table a layer, a row a term."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ...engine.analysis import Analysis
from ...explain import GroupExplanation, LayerExplanation, Overview
from ..markdown import escaped, table
from .group import COLUMNS, rows
from .overview import chapters
from .receptive_field import field_words, step_words
from .text import BYTES, NUMBERS, TITLES, equation, merged


def layer_markdown(
    explained: LayerExplanation, report: Analysis, only: Collection[str] = NUMBERS
) -> str:
    """A layer: its heading, a row for each term of each number, and how its receptive field grew."""
    node = explained.layer.node
    out = " + ".join(map(str, node.shapes))
    told = " ".join([node.layer.kind, node.layer.label()]).strip()
    entering = f": {', '.join(map(str, node.input_shapes))}" if node.inputs else ""
    head = ["number", "of", "formula", "with numbers", "result", "why"]
    parts = [
        f"### {escaped(node.path)}",
        escaped(f"{told}{entering} → {out}"),
        table(head, ["", "", "", "", "r", ""], list(term_rows(explained, only))),
    ]
    measure = report.measure("convention")
    if explained.elsewhere and measure:
        from .convention import layer_line

        told = escaped(layer_line(measure, explained.elsewhere))
        parts.append(f"As {measure.name} {measure.version} counts it: {told}.")
    if explained.field and "field" in only:
        steps = [f"- {escaped(step.path)}: {step_words(step)}" for step in explained.field]
        parts.append(
            "\n".join(
                [f"Receptive field: {field_words(explained.layer.receptive_field)}.", "", *steps]
            )
        )
    parts += [f"- note: {escaped(note)}" for note in explained.layer.notes]
    return "\n\n".join(parts) + "\n"


def term_rows(explained: LayerExplanation, only: Collection[str]) -> Iterator[list[str]]:
    named = [("output", explained.shape)] if "output" in only else []
    named += [
        (TITLES[one.number], one.terms)
        for one in explained.sections
        if one.number in TITLES and one.number in only
    ]
    if "memory" in only:
        named += [
            (BYTES[one.number], one.terms) for one in explained.sections if one.number in BYTES
        ]
    for title, terms in named:
        for labels, term in merged(terms):
            sides = equation(term)
            numbers = sides[1] if len(sides) > 2 else ""
            each = " each" if len(labels) > 1 and title != "output" else ""
            yield [
                title,
                ", ".join(labels),
                term.formula,
                numbers,
                f"{term.result:,}{each}",
                term.reason,
            ]


def group_markdown(explained: GroupExplanation) -> str:
    """A group: a row for each part, and their sum."""
    aligns = ["r" if right else "" for _, right, *_ in COLUMNS]
    cells = [list(map(escaped, row)) for row in rows(explained)]
    return f"### {escaped(explained.group.group.path)}\n\n{table([title for title, *_ in COLUMNS], aligns, cells)}\n"


def story_markdown(story: Overview, net: str) -> str:
    """The story: a heading for each of its chapters."""
    parts = [f"## {escaped(story.report.network.name)}"]
    for title, told in chapters(story, net):
        parts += [
            f"### {escaped(title)}",
            "\n".join(f"- {escaped(' '.join(line.split()))}" for line in told),
        ]
    return "\n\n".join(parts) + "\n"
