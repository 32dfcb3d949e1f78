"""The numbers of a layer as text: formula, the formula with its values, result, and the reason."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from ...devices.deployment import Deployment
from ...engine.analysis import Analysis
from ...escape import safe
from ...explain import LayerExplanation, Section
from ...explain.layer import LiveTensor
from ...layers.formula import Term, Terms
from ...shape import AxisWindow
from ..layout import bold, faint, width_of, wrapped
from ..show.summary import byte_amount
from ..style import Style
from ..text import short_bytes
from .receptive_field import field_section
from .window import window_picture

TITLES = {
    "params": "parameters",
    "buffers": "buffers",
    "macs": "MACs",
    "flops": "FLOPs",
    "flash_bytes": "flash",
    "arena_bytes": "arena",
    "time_ns": "nanoseconds at least",
    "saved_bytes": "kept for the backward pass",
}
NUMBERS = ("output", *TITLES, "memory", "field")
"""The numbers that `--only` can name."""
SYNONYMS = {
    "receptive_field": "field",
    "parameters": "params",
    "flash": "flash_bytes",
    **dict.fromkeys(("arena", "ram", "ram_bytes"), "arena_bytes"),
    **dict.fromkeys(("saved", "kept", "training", "training_bytes"), "saved_bytes"),
    **dict.fromkeys(("time", "at_least", "at_least_s"), "time_ns"),
    **dict.fromkeys(("weights", "weight_bytes", "activation", "activation_bytes"), "memory"),
    **dict.fromkeys(("live_memory", "alive", "alive_bytes", "peak_memory", "peak_bytes"), "memory"),
}
"""Names of columns and printed titles that refer to one of NUMBERS."""
BYTE_TITLES = {"weight_bytes": "weights in bytes", "activation_bytes": "output in bytes"}
WHY_NONE = {
    "params": "nothing is learned here",
    "macs": "nothing is multiplied by weights, or as a matrix",
    "flops": "it only moves data",
    "time_ns": "it does no MACs, and the device states no bandwidth",
}
ON_DEVICE = ("arena_bytes", "time_ns")
NO_DEVICE = "arena and time are explained with --device NAME"
NO_FLASH = "flash is explained where weights are integers, as with --dtype w8a8"
LEGEND = (
    "C, S: input channels and positions; C', S': output channels and positions; x: multiplied by"
)
LABEL = 15  # columns
PROSE = 100  # columns of a sentence if the output is not a terminal
WIDE = 64  # columns from which texts fit to the right of a label


def layer_text(
    explained: LayerExplanation, analysis: Analysis, style: Style, only: Collection[str] = NUMBERS
) -> str:
    """A layer, number by number, or some of its numbers."""
    parts = {"output": shape_section(explained, style)}
    parts |= {
        one.number: number_section(one, analysis, style)
        for one in explained.sections
        if one.number in TITLES
    }
    if set(only) != set(NUMBERS) and not explained.layer.node.dtype.is_quantized:
        parts["flash_bytes"] = wrapped(NO_FLASH, style)
    if set(only) != set(NUMBERS) and analysis.supplement(Deployment) is None:
        parts |= dict.fromkeys(ON_DEVICE, wrapped(NO_DEVICE, style))
    measure = analysis.measure("convention")
    counted = "params" if measure and measure.quantity == "params" else "macs"
    parts[counted] += convention_section(explained, analysis, style)
    parts["memory"] = memory_section(explained, analysis, style)
    parts["field"] = field_section(explained, style)
    chosen = [text for number, text in parts.items() if text and number in only]
    chosen.append(
        "\n".join(indented(f"note: {safe(note)}", 0, style) for note in explained.layer.notes)
    )
    if re.search(r"\bS\b|\b[CS]'", "".join(chosen)):
        chosen.append(faint(indented(LEGEND, 0, style), style))
    return "\n\n".join([layer_heading(explained, analysis, style), *filter(None, chosen)]) + "\n"


def layer_heading(explained: LayerExplanation, analysis: Analysis, style: Style) -> str:
    parts = layer_title(explained, " → " if style.unicode else " -> ")
    location = location_line(analysis, explained.layer.node.span.line, explained.inputs, style)
    return f"{bold(wrapped('  '.join(map(safe, parts)), style), style)}\n{location}"


def layer_title(explained: LayerExplanation, arrow: str) -> tuple[str, str, str]:
    """The path of a layer, its type with its arguments, and its shapes."""
    node = explained.layer.node
    call = f"{node.layer.kind} {node.layer.label()}".rstrip()
    inputs, outputs = ", ".join(map(str, node.input_shapes)), " + ".join(map(str, node.shapes))
    return node.path, call, f"{inputs}{arrow}{outputs}".strip()


def location_line(analysis: Analysis, line: int, inputs: Sequence[str], style: Style) -> str:
    """The line in the file, unless the file has no such line, and the inputs."""
    network = analysis.network
    place = network.file if network.is_imported else f"{network.file}:{line}"
    text = f"{place}, reads {', '.join(inputs) or 'nothing'}"
    return faint(wrapped(safe(text), style), style)


def shape_section(explained: LayerExplanation, style: Style) -> str:
    """The output axis by axis, with a picture of each window."""
    title = f"{bold('output', style)}  {explained.layer.node.shapes[0]}"
    terms = explained.shape.values()
    if all(len(term.formula) == 1 and term.values and not term.reason for term in terms):
        return f"{title}, the shape of the input"
    lines = [title, *term_lines(explained.shape, style)]
    axes_by_window: dict[AxisWindow, list[str]] = {}
    for axis, window in explained.windows.items():
        axes_by_window.setdefault(window, []).append(axis)
    for window, axes in axes_by_window.items():
        positions = explained.shape[axes[0]].result
        picture = window_picture(" and ".join(axes), window, positions, style.width)
        lines += ["", *("  " + line for line in picture)] if picture else []
    return "\n".join(lines)


def number_section(section: Section, analysis: Analysis, style: Style) -> str:
    """One number: its total, the terms that add up to it, and remarks."""
    title, total, batch = bold(TITLES[section.number], style), section.total, analysis.batch
    if not total:
        return wrapped(f"{title}  none: {safe(why_none(section))}", style)
    lines = [f"{title}  {total:,}", *term_lines(section.terms, style, " each")]
    if batch > 1 and section.number in ("macs", "flops"):
        lines.append(f"  {'batch':<{LABEL}}{total:,} x {batch:,} samples = {total * batch:,}")
    lines += [faint(indented(safe(remark), 2, style), style) for remark in section.remarks]
    return "\n".join(lines)


def why_none(section: Section) -> str:
    """The reason that a number is 0."""
    return WHY_NONE.get(section.number) or section.remarks[0]


def convention_section(explained: LayerExplanation, analysis: Analysis, style: Style) -> str:
    """The count of another tool, if one was requested."""
    measure = analysis.measure("convention")
    if not (explained.counted and measure):
        return ""
    from .convention import layer_line

    title = bold(f"as counted by {measure.name} {measure.version}", style)
    line = indented(layer_line(measure, explained.counted), 2, style)
    return f"\n\n{title}\n{line}"


# Terms


def term_lines(terms: Terms, style: Style, each: str = "", bytes: bool = False) -> Iterator[str]:
    """A line or two for each term; equal terms share them."""
    for labels, term in merged(terms):
        label = safe(", ".join(labels))
        start = f"  {label:<{LABEL}}" if len(label) < LABEL else f"  {label}  "
        end = each if len(labels) > 1 else ""
        if bytes and not end and term.result >= 1024 and not style.exact:
            end = f" ({short_bytes(term.result)})"
        yield from equation_lines(start, [safe(side) for side in equation(term)], end, style)
        if term.reason:
            yield faint(indented(safe(term.reason), text_indent(style), style), style)


def text_indent(style: Style) -> int:
    """The indent of what follows the first line of a term."""
    return LABEL + 2 if style.width is None or style.width >= WIDE else 4


def merged(terms: Terms) -> list[tuple[list[str], Term]]:
    """Successive terms that are equal, but for the name of an axis, with all their labels."""
    found: list[tuple[list[str], Term]] = []
    last = None
    for label, term in terms.items():
        key = re.sub(r"\b[DHW]\b", "H", term.formula), term.with_numbers, term.reason
        if key == last:
            found[-1][0].append(label)
        else:
            found.append(([label], term))
        last = key
    return found


def equation(term: Term) -> list[str]:
    """The sides of an equation: formula, formula with values, result; each only if it is new.

    >>> equation(Term("out x C", {"out": 4096, "C": 3}))
    ['out x C', '4,096 x 3', '12,288']
    >>> equation(Term("out", {"out": 96})), equation(Term("1", {}))
    (['out', '96'], ['1'])
    """
    result = f"{term.result:,}"
    if not term.values:
        return [result]
    return list(dict.fromkeys([term.formula, grouped(term.with_numbers), result]))


def grouped(text: str) -> str:
    """A text with thousands separators in its numbers.

    >>> grouped("69500 / 1234.5678")
    '69,500 / 1,234.5678'
    """
    return re.sub(r"(?<![\d.])\d{4,}", lambda number: f"{int(number[0]):,}", text)


def equation_lines(start: str, sides: list[str], end: str, style: Style) -> Iterator[str]:
    """An equation on one line, or broken before its `=` signs if the terminal is narrow."""
    line = start + " = ".join(sides) + end
    if style.width is None or len(line) <= style.width:
        yield line
        return
    first_fits = len(start + sides[0]) <= style.width
    yield start + sides[0] if first_fits else start.rstrip()
    for index, side in enumerate(sides):
        if index or not first_fits:
            text = f"{'= ' if index else ''}{side}{end if index == len(sides) - 1 else ''}"
            yield indented(text, text_indent(style) if first_fits else 4, style)


def indented(text: str, by: int, style: Style) -> str:
    """A text with an indent, wrapped at the width of the terminal."""
    by = by if by < (style.width or PROSE) // 2 else 2
    narrow = style._replace(width=(style.width or PROSE) - by)
    return "\n".join(" " * by + line for line in wrapped(text, narrow, 0).split("\n"))


# Memory


def memory_section(explained: LayerExplanation, analysis: Analysis, style: Style) -> str:
    """Bytes: of the weights, of the output, and of all tensors that are live at the step."""
    lines = [bold("memory", style) + f"  in {explained.layer.node.dtype.text}"]
    for section in explained.sections:
        if section.number in BYTE_TITLES:
            lines += term_lines(section.terms, style, bytes=True)
    live = explained.layer.alive_bytes
    if live is not None:
        batch = f", for {analysis.batch:,} samples" if analysis.batch > 1 else ""
        size = "" if style.exact else f" ({short_bytes(live)})"
        lines.append(f"  {'live memory':<{LABEL}}{live:,}{size}{batch}")
        lines += live_lines(explained.live, text_indent(style), style.exact)
    return "\n".join(lines)


MAX_LIVE = 6


def live_lines(live: Sequence[LiveTensor], indent: int, exact: bool) -> list[str]:
    """The live tensors, the largest first."""
    shown = live if len(live) <= MAX_LIVE + 1 else live[:MAX_LIVE]
    names = [safe(tensor.name) for tensor in shown]
    wide = max(map(width_of, names), default=0)
    lines = [
        f"{name}{' ' * (wide - width_of(name))}  {byte_amount(tensor.bytes, exact)}"
        for name, tensor in zip(names, shown, strict=True)
    ]
    if rest := live[len(shown) :]:
        lines.append(f"and {len(rest)} more, {byte_amount(sum(one.bytes for one in rest), exact)}")
    return [" " * indent + line for line in lines]
