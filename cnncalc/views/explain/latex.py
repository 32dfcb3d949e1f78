"""Explanations as LaTeX: the formulas of each number, with the values put in and the result."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from ...engine.analysis import Analysis
from ...explain import GroupExplanation, LayerExplanation, Overview, Section
from ...explain.group import GroupPart
from ...explain.receptive_field import FieldStep
from ...layers.formula import Term, Terms
from ..latex import LatexColumn, LatexTable, running, table, text_columns, with_definitions
from ..latex_math import AlignedEquation, MathText, aligned, formula, named_sum
from ..show.latex import label_of, summary
from ..show.summary import CLASS_NAMES
from ..show.table import title_of
from ..text import percent
from .group import COLUMNS, part_rows
from .markdown import batch_lines
from .overview import other_chapters
from .receptive_field import field_text, step_text
from .text import BYTE_TITLES, LEGEND, TITLES, layer_title, merged, why_none

AMSMATH = "% The formulas need \\usepackage{amsmath}.\n"
LOOSE = "\\begingroup\\emergencystretch=4em % for lines with long names\n"
MAX_PARTS = 12
"""Parts of a group whose numbers are added up in a formula."""


def explanation_document(parts: Iterable[str]) -> Iterator[str]:
    """The parts of an explanation, with what they need to be defined."""
    yield AMSMATH + LOOSE
    yield from (f"\n{part}" for part in with_definitions(parts))
    yield "\n\\par\\endgroup\n"


def paragraph(title: str, *sentences: str) -> str:
    texts = [running(text) for text in sentences]
    return " ".join([f"\\paragraph{{{running(title)}}}", *texts]) + "\n"


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


# Layers


def layer_latex(explained: LayerExplanation, analysis: Analysis, numbers: Collection[str]) -> str:
    """A layer: the formulas of its output and of each number, and its receptive field."""
    path, call, shapes = layer_title(explained, " → ")
    parts = [paragraph(path, f"{call}: {shapes}.")]
    if "output" in numbers:
        parts.append(titled("Output", "", explained.shape, is_sum=False))
    for section in explained.sections:
        if section.number in TITLES and section.number in numbers:
            parts.append(section_latex(section))
        if section.number in BYTE_TITLES and "memory" in numbers:
            parts.append(titled(BYTE_TITLES[section.number], "", section.terms))
    lines = [*batch_lines(explained, analysis, numbers), *counts(explained, analysis)]
    if len(explained.field) == 1 and "field" in numbers:
        lines.append(f"receptive field: {field_text(explained.layer.receptive_field)}")
    lines += [f"note: {note}" for note in explained.layer.notes]
    if re.search(r"\bS\b|\b[CS]'", "".join(parts)):
        lines.append(f"In the formulas, {LEGEND.partition('; x:')[0]}")
    if lines:
        parts.append(running(" ".join(map(sentence, lines))) + "\n")
    if len(explained.field) > 1 and "field" in numbers:
        parts.append(field_latex(explained, path))
    return "\n".join(filter(None, parts))


def section_latex(section: Section) -> str:
    title = TITLES[section.number]
    remarks = " ".join(map(sentence, section.remarks))
    if not section.total:
        return running(sentence(f"{title}: none, as {why_none(section)}")) + "\n"
    return titled(title, remarks, section.terms)


def titled(title: str, remarks: str, terms: Terms, is_sum: bool = True) -> str:
    """The formulas of a number under its title, with the reasons of its terms below them."""
    found = merged(terms)
    if not found:
        return ""
    equations = [AlignedEquation(left_side(labels, term), sides_of(term)) for labels, term in found]
    if is_sum and len(terms) > 1:
        total = " + ".join(f"{len(labels)} x {term.result}" for labels, term in found)
        total = " + ".join([part.removeprefix("1 x ") for part in total.split(" + ")])
        result = sum(term.result for term in terms.values())
        equations.append(AlignedEquation("sum", [formula(total), formula(str(result))]))
    reasons = [f"{', '.join(labels)}: {term.reason}" for labels, term in found if term.reason]
    below = " ".join([*map(sentence, reasons), remarks]).strip()
    text = running(sentence(title).rstrip(".") + ":")
    return f"{text}\n{aligned(equations)}{running(below)}".rstrip() + "\n"


def left_side(labels: Sequence[str], term: Term) -> str:
    """The left side of an equation: `from MACs` is 2 x MACs, as MACs are not twice themselves."""
    names = re.findall(r"\w+", term.formula)
    return ", ".join([f"from {name}" if name in names else name for name in labels])


def sides_of(term: Term) -> list[MathText]:
    """The formula, the formula with values, and the result; each only if it is new."""
    texts = [term.formula, term.with_numbers] if term.values else []
    return list(map(formula, dict.fromkeys([*texts, str(term.result)])))


def counts(explained: LayerExplanation, analysis: Analysis) -> Iterator[str]:
    """The count of another tool, if one was requested."""
    measure = analysis.measure("convention")
    if explained.counted and measure:
        from .convention import layer_line

        line = layer_line(measure, explained.counted)
        yield f"As counted by {measure.name} {measure.version}: {line}"


def field_latex(explained: LayerExplanation, path: str) -> str:
    """The steps in which the receptive field grows."""
    steps: Sequence[FieldStep] = explained.field
    rows = [(step.path, step_text(step)) for step in steps]
    caption = f"Receptive field of {path}: {field_text(explained.layer.receptive_field)}"
    return table(LatexTable(text_columns(("layer", "size"), "ll", rows), caption, f"{path}-field"))


# Groups and networks


def group_latex(explained: GroupExplanation, numbers: Collection[str]) -> str:
    """A group: a table of its parts, and their sums."""
    group = explained.group.group
    cells = list(zip(*part_rows(explained), strict=True))
    columns = [
        LatexColumn(f"% of {name}" if title == "share" else title, texts, right, not right, rank)
        for (title, right, rank, _, number), texts in zip(COLUMNS, cells, strict=True)
        for name in ["MACs" if number == "macs" else number]
        if not number or number in numbers
    ]
    caption = f"Parts of {group.path}, {group.call(named=True)}"
    parts = [table(LatexTable(columns, caption, group.path, sums=1))]
    if len(explained.parts) <= MAX_PARTS:
        equations = list(group_sums(explained, numbers))
        parts.append(aligned(equations) if equations else "")
    return "\n".join(filter(None, parts))


def group_sums(explained: GroupExplanation, numbers: Collection[str]) -> Iterator[AlignedEquation]:
    whole, parts = explained.group, explained.parts
    if "params" in numbers and whole.params:
        shared = f" - {explained.counted_twice}" if explained.counted_twice else ""
        text = " + ".join([str(part.params) for part in parts if part.params]) + shared
        yield AlignedEquation("parameters", [formula(text), formula(str(whole.params))])
    if "macs" in numbers and whole.macs:
        text = " + ".join([str(part.macs) for part in parts if part.macs])
        yield AlignedEquation("MACs", [formula(text), formula(str(whole.macs))])


def overview_parts(
    overview: Overview, net: str, numbers: Collection[str], exact: bool
) -> Iterator[str]:
    """A network: its parameters and MACs by class, its largest parts, and sentences."""
    analysis = overview.analysis
    name = title_of(analysis.network)
    yield paragraph(name, f"{summary(analysis).removeprefix(f'{name}, ')}.")
    classes = list(class_sums(analysis, numbers))
    if classes:
        yield aligned(classes)
    totals, label = analysis.totals, label_of(analysis)
    if "params" in numbers and totals.params:
        found = [(part, part.added_params) for part in overview.params]
        yield parts_table("parameters", found, totals.params, label)
    if "macs" in numbers and totals.macs:
        yield parts_table("MACs", [(part, part.macs) for part in overview.macs], totals.macs, label)
    for title, lines in other_chapters(overview, net, numbers, exact):
        items = [f"\\item {running(' '.join(line.split()))}" for line in lines]
        yield "\n".join([paragraph(title), "\\begin{itemize}", *items, "\\end{itemize}\n"])


def class_sums(analysis: Analysis, numbers: Collection[str]) -> Iterator[AlignedEquation]:
    """The totals, as sums over the classes of layers."""
    for number, title in (("params", "parameters"), ("macs", "MACs")):
        total = getattr(analysis.totals, number)
        if number in numbers and total:
            shares = [
                (CLASS_NAMES[one.class_], getattr(one, number))
                for one in analysis.breakdown
                if getattr(one, number)
            ]
            yield AlignedEquation(title, [named_sum(shares), formula(str(total))])


def parts_table(noun: str, parts: Sequence[tuple[GroupPart, int]], whole: int, label: str) -> str:
    """The parts of a network with the most of a number, and all others together."""
    rows = [(part.path, part.kind, f"{number:,}", percent(number, whole)) for part, number in parts]
    rest = whole - sum(number for _, number in parts)
    if rest > 0:
        rows.append(("all others", "", f"{rest:,}", percent(rest, whole)))
    rows.append(("sum", "", f"{whole:,}", ""))
    columns = text_columns(("part", "type", noun, "share"), "llrr", rows)
    caption = f"Parts with the most {noun}"
    return table(LatexTable(columns, caption, f"{label}-{noun}", sums=1))
