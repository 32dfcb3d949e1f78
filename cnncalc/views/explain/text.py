"""How the numbers of a layer come about, as a person reads it: formula, the same with numbers, result, and why."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from ...engine.analysis import Analysis
from ...explain import LayerExplanation, Section
from ...explain.layer import Held
from ...layers.formula import Term, Terms
from ..layout import Style, bold, faint, width_of, wrapped
from ..text import safe, short_bytes
from .receptive_field import field_text
from .window import window_picture

TITLES = {"params": "parameters", "buffers": "buffers", "macs": "MACs", "flops": "FLOPs"}
NUMBERS = ("output", *TITLES, "memory", "field")
"""What is told of a layer."""
BYTES = {"weight_bytes": "weights in bytes", "activation_bytes": "output in bytes"}
NOTHING = {
    "params": "nothing is learned here",
    "macs": "nothing is multiplied by weights, or as a matrix",
    "flops": "it only moves data",
}
LEGEND = "C channels at S positions enter, C' channels at S' come out; x multiplies"
LABEL = 15  # columns
PROSE = 100  # columns of a sentence where there is no terminal
COMFORTABLE = 64  # columns from which on names have room behind a label


def layer_text(
    explained: LayerExplanation, report: Analysis, style: Style, only: Collection[str] = NUMBERS
) -> str:
    """A layer, number by number, or some of its numbers."""
    parts = {"output": shape_text(explained, style)}
    parts |= {
        one.number: section_text(one, report, style)
        for one in explained.sections
        if one.number in TITLES
    }
    parts |= {
        "memory": memory_text(explained, report, style),
        "field": field_text(explained, style),
    }
    measure = report.measure("convention")
    if explained.elsewhere and measure:
        from .convention import layer_line

        title = bold(f"as {measure.name} {measure.version} counts it", style)
        parts["macs"] += (
            f"\n\n{title}\n{indented(layer_line(measure, explained.elsewhere), 2, style)}"
        )
    told = [text for number, text in parts.items() if text and number in only]
    told.append(
        "\n".join(indented(f"note: {safe(note)}", 0, style) for note in explained.layer.notes)
    )
    if re.search(r"\bS\b|\b[CS]'", "".join(told)):
        told.append(faint(indented(LEGEND, 0, style), style))
    return "\n\n".join([layer_heading(explained, report, style), *filter(None, told)]) + "\n"


def layer_heading(explained: LayerExplanation, report: Analysis, style: Style) -> str:
    node = explained.layer.node
    arrow = "→" if style.unicode else "->"
    out = " + ".join(map(str, node.shapes))
    entering = ", ".join(map(str, node.input_shapes))
    told = f"{node.layer.kind} {safe(node.layer.label())}".rstrip()
    line = f"{safe(node.path)}  {told}  {entering} {arrow} {out}".replace("   ", "  ")
    return f"{bold(wrapped(line, style), style)}\n{place_line(report, node.span.line, explained.inputs, style)}"


def place_line(report: Analysis, line: int, inputs: Sequence[str], style: Style) -> str:
    """Where something stands in the file, and what it reads."""
    text = f"{report.network.file}:{line}, reads {', '.join(inputs) or 'nothing'}"
    return faint(wrapped(safe(text), style), style)


def shape_text(explained: LayerExplanation, style: Style) -> str:
    """The output axis by axis, with pictures of the window where it has one."""
    node = explained.layer.node
    title = f"{bold('output', style)}  {node.shapes[0]}"
    if all(
        len(term.formula) == 1 and term.values and not term.reason
        for term in explained.shape.values()
    ):
        return f"{title}, the shape of what enters"
    lines = [title, *term_lines(explained.shape, style)]
    drawn = []
    for axis, along in explained.windows.items():
        if along not in drawn:
            drawn.append(along)
            same = [name for name, other in explained.windows.items() if other == along]
            picture = window_picture(
                " and ".join(same), along, explained.shape[axis].result, style.width
            )
            lines += ["", *("  " + line for line in picture)] if picture else []
    return "\n".join(lines)


def section_text(section: Section, report: Analysis, style: Style) -> str:
    """One number: its total, the terms that add up to it, and what else is to be said."""
    title = bold(TITLES[section.number], style)
    if not section.total:
        return wrapped(f"{title}  none: {NOTHING[section.number]}", style)
    lines = [f"{title}  {section.total:,}", *term_lines(section.terms, style, " each")]
    if report.batch > 1 and section.number in ("macs", "flops"):
        lines.append(
            f"  {'batch':<{LABEL}}{section.total:,} x {report.batch:,} samples = {section.total * report.batch:,}"
        )
    return "\n".join(
        [*lines, *(faint(indented(safe(remark), 2, style), style) for remark in section.remarks)]
    )


# Terms


def term_lines(terms: Terms, style: Style, each: str = "", bytes: bool = False) -> Iterator[str]:
    """A line or two for each term; like ones share them."""
    for labels, term in merged(terms):
        label = ", ".join(labels)
        start = f"  {label:<{LABEL}}" if len(label) < LABEL else f"  {label}  "
        end = (
            each
            if len(labels) > 1
            else f" ({short_bytes(term.result)})"
            if bytes and term.result >= 1024
            else ""
        )
        yield from equation_lines(start, equation(term), end, style)
        if term.reason:
            yield faint(indented(term.reason, LABEL + 2, style), style)


def merged(terms: Terms) -> list[tuple[list[str], Term]]:
    """Terms that follow one another and say the same, but for the name of an axis, as one."""
    found: list[tuple[list[str], Term]] = []
    last = None
    for label, term in terms.items():
        said = re.sub(r"\b[DHW]\b", "H", term.formula), term.with_numbers, term.reason
        if said == last:
            found[-1][0].append(label)
        else:
            found.append(([label], term))
        last = said
    return found


def equation(term: Term) -> list[str]:
    """The sides of an equation: the formula, the formula with numbers, the result, each where it says more than the last.

    >>> equation(Term("out x C", {"out": 4096, "C": 3}))
    ['out x C', '4,096 x 3', '12,288']
    >>> equation(Term("out", {"out": 96})), equation(Term("1", {}))
    (['out', '96'], ['1'])
    """
    sides = (
        [term.formula, grouped(term.with_numbers), f"{term.result:,}"]
        if term.values
        else [f"{term.result:,}"]
    )
    return list(dict.fromkeys(sides))


def grouped(text: str) -> str:
    """The numbers of a text with their thousands apart."""
    return re.sub(r"(?<![\d.])\d{4,}(?!\.)", lambda number: f"{int(number[0]):,}", text)


def equation_lines(start: str, sides: list[str], end: str, style: Style) -> Iterator[str]:
    """An equation on one line, or broken before its signs where the terminal is narrow."""
    line = start + " = ".join(sides) + end
    if style.width is None or len(line) <= style.width:
        yield line
        return
    beside = len(start + sides[0]) <= style.width
    yield start + sides[0] if beside else start.rstrip()
    for index, side in enumerate(sides):
        if index or not beside:
            text = f"{'= ' if index else ''}{side}{end if index == len(sides) - 1 else ''}"
            yield indented(text, LABEL + 2 if beside else 4, style)


def indented(text: str, by: int, style: Style) -> str:
    """A text that is set in, and broken between words where the terminal ends."""
    by = by if by < (style.width or PROSE) // 2 else 2
    narrow = style._replace(width=(style.width or PROSE) - by)
    return "\n".join(" " * by + line for line in wrapped(text, narrow, 0).split("\n"))


# Memory


def memory_text(explained: LayerExplanation, report: Analysis, style: Style) -> str:
    """Bytes: of the weights, of the output, and of all that is alive at the step."""
    lines = [bold("memory", style) + f"  in {report.network.dtype}"]
    for section in explained.sections:
        if section.number in BYTES:
            lines += term_lines(section.terms, style, bytes=True)
    alive = explained.layer.alive_bytes
    if alive is not None:
        batch = f", for {report.batch:,} samples" if report.batch > 1 else ""
        lines.append(f"  {'alive here':<{LABEL}}{alive:,} ({short_bytes(alive)}){batch}")
        lines += held_lines(
            explained.held, LABEL + 2 if style.width is None or style.width >= COMFORTABLE else 4
        )
    return "\n".join(lines)


MOST_HELD = 6


def held_lines(held: Sequence[Held], indent: int) -> list[str]:
    """The values that are alive, the largest first."""
    shown = held if len(held) <= MOST_HELD + 1 else held[:MOST_HELD]
    names = [safe(value.name) for value in shown]
    wide = max(map(width_of, names), default=0)
    lines = [
        f"{name}{' ' * (wide - width_of(name))}  {short_bytes(value.bytes)}"
        for name, value in zip(names, shown, strict=True)
    ]
    if len(shown) < len(held):
        lines.append(
            f"and {len(held) - len(shown)} more, {short_bytes(sum(value.bytes for value in held[len(shown) :]))}"
        )
    return [" " * indent + line for line in lines]
