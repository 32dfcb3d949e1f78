"""Explanations as Markdown: a table for each layer, with one row per term."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ...engine.analysis import Analysis
from ...escape import markdown as escaped
from ...explain import GroupExplanation, LayerExplanation, Overview
from ..markdown import table
from .group import COLUMNS, part_rows
from .overview import chapters
from .receptive_field import field_text, step_text
from .text import BYTE_TITLES, NUMBERS, TITLES, equation, layer_title, merged

HEAD = ["number", "of", "formula", "with numbers", "result", "why"]


def layer_markdown(
    explained: LayerExplanation, analysis: Analysis, only: Collection[str] = NUMBERS
) -> str:
    """A layer: its heading, a row for each term, and the steps of its receptive field."""
    title, call, shapes = layer_title(explained, " → ")
    parts = [
        f"### {escaped(title)}",
        escaped(f"{call}: {shapes}"),
        table(HEAD, ["", "", "", "", "r", ""], list(term_rows(explained, only))),
    ]
    parts += [f"{line}." for line in batch_lines(explained, analysis, only)]
    measure = analysis.measure("convention")
    if explained.counted and measure:
        from .convention import layer_line

        line = escaped(layer_line(measure, explained.counted))
        parts.append(f"As counted by {measure.name} {measure.version}: {line}.")
    if explained.field and "field" in only:
        field = f"Receptive field: {field_text(explained.layer.receptive_field)}."
        steps = [f"- {escaped(step.path)}: {step_text(step)}" for step in explained.field]
        parts.append("\n".join([field, "", *steps]))
    parts += [f"- note: {escaped(note)}" for note in explained.layer.notes]
    return "\n\n".join(parts) + "\n"


def batch_lines(
    explained: LayerExplanation, analysis: Analysis, only: Collection[str]
) -> Iterator[str]:
    """The numbers that grow with the batch: MACs and FLOPs of several samples, the live memory."""
    batch = analysis.batch
    for section in explained.sections:
        if batch > 1 and section.total and {section.number} & {"macs", "flops"} & set(only):
            total = f"{section.total:,} x {batch:,} samples = {section.total * batch:,}"
            yield f"{TITLES[section.number]} of the batch: {total}"
    live = explained.layer.alive_bytes
    if live is not None and "memory" in only:
        samples = f" for {batch:,} samples" if batch > 1 else ""
        yield f"Live memory: {live:,} bytes{samples}"


def term_rows(explained: LayerExplanation, only: Collection[str]) -> Iterator[list[str]]:
    titled = [("output", explained.shape)] if "output" in only else []
    titled += [
        (TITLES[one.number], one.terms)
        for one in explained.sections
        if one.number in TITLES and one.number in only
    ]
    if "memory" in only:
        titled += [
            (BYTE_TITLES[one.number], one.terms)
            for one in explained.sections
            if one.number in BYTE_TITLES
        ]
    for title, terms in titled:
        for labels, term in merged(terms):
            sides = equation(term)
            numbers = sides[1] if len(sides) > 2 else ""
            each = " each" if len(labels) > 1 and title != "output" else ""
            result = f"{term.result:,}{each}"
            row = [title, ", ".join(labels), term.formula, numbers, result, term.reason]
            yield [escaped(cell) for cell in row]


def group_markdown(explained: GroupExplanation, numbers: Collection[str] = NUMBERS) -> str:
    """A group: a row for each part, and their sum."""
    kept = [index for index, column in enumerate(COLUMNS) if not column[4] or column[4] in numbers]
    titles = [COLUMNS[index][0] for index in kept]
    aligns = ["r" if COLUMNS[index][1] else "" for index in kept]
    cells = [[escaped(row[index]) for index in kept] for row in part_rows(explained)]
    return f"### {escaped(explained.group.group.path)}\n\n{table(titles, aligns, cells)}\n"


def overview_markdown(
    overview: Overview, net: str, numbers: Collection[str] = NUMBERS, exact: bool = False
) -> str:
    """The overview of a network: a heading and a list for each chapter."""
    parts = [f"## {escaped(overview.analysis.network.name)}"]
    for title, lines in chapters(overview, net, numbers, exact):
        items = [f"- {escaped(' '.join(line.split()))}" for line in lines]
        parts += [f"### {escaped(title)}", "\n".join(items)]
    return "\n\n".join(parts) + "\n"
