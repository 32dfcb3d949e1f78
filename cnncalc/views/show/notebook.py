"""A report as an HTML table, for notebooks."""

from __future__ import annotations

from ...documents.show import Report
from ...documents.show_parts import GroupReport, LayerReport
from ...escape import xml
from ..text import percent, short

MAX_ROWS = 60
"""Layers; with more, the outermost groups are collapsed."""
HEAD = ("layer", "type", "output", "params", "MACs")


def report_html(report: Report) -> str:
    """The rows, with groups collapsed if there are many, the totals and the breakdown."""
    totals = report.totals
    rows = "".join(row(item) for item in items(report))
    shares = "; ".join(
        f"{share.class_}: {percent(share.params, totals.params)} of the parameters, "
        f"{percent(share.macs, totals.macs)} of the MACs"
        for share in report.breakdown
    )
    head = "".join(f"<th>{title}</th>" for title in HEAD)
    foot = f"<tr><th>total</th><td></td><td></td>{number(totals.params)}{number(totals.macs)}</tr>"
    numbers = f"{totals.params:,} parameters, {totals.macs:,} MACs"
    body = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody><tfoot>{foot}</tfoot>"
    title = f"<p><strong>{xml(report.name)}</strong>: {numbers}</p>"
    return f"{title}<table>{body}</table><p>{shares}</p>"


def items(report: Report) -> list[LayerReport | GroupReport]:
    """The layers; if there are many, the outermost groups and the layers outside of them."""
    if len(report.layers) <= MAX_ROWS:
        return list(report.layers)
    outermost = {
        group.start: group
        for group in report.groups
        if group.depth == 0 and group.end > group.start
    }
    found: list[LayerReport | GroupReport] = []
    index = 0
    while index < len(report.layers):
        group = outermost.get(index)
        found.append(group or report.layers[index])
        index = group.end if group else index + 1
    return found


def row(item: LayerReport | GroupReport) -> str:
    shapes = item.output_shapes if isinstance(item, GroupReport) else (item.output_shape,)
    output = " + ".join("x".join(map(str, shape)) for shape in shapes)
    words = "".join(
        f'<td style="text-align: left">{xml(word)}</td>' for word in (item.path, item.type)
    )
    return f"<tr>{words}<td>{output}</td>{number(item.params)}{number(item.macs)}</tr>"


def number(value: int) -> str:
    return f'<td title="{value:,}">{short(value) if value else ""}</td>'
