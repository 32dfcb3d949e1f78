"""The rows of a network's table: its layers in file order, folded into groups to a depth, or those that are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ...engine.report import Analysis, GroupAnalysis, LayerAnalysis

COMFORTABLE = 40  # rows; a table opens its groups as far as it stays within these


class TableRow(NamedTuple):
    """One row: a layer, a group folded into one, or the heading of a group whose layers follow.

    `level` is how far it is indented.
    """

    item: LayerAnalysis | GroupAnalysis
    level: int = 0
    heading: bool = False

    @property
    def path(self) -> str:
        return self.item.node.path if isinstance(self.item, LayerAnalysis) else self.item.group.path

    def layers(self, report: Analysis) -> Sequence[LayerAnalysis]:
        """The layers that the row stands for."""
        if isinstance(self.item, LayerAnalysis):
            return (self.item,)
        return report.layers[self.item.group.start : self.item.group.end]

    def recounted(self, report: Analysis) -> int | None:
        """What another tool counts of it; None where no tool is asked, or sees none of it run."""
        known = report.recount.layers if report.recount else {}
        found = [
            known[layer.node.path] for layer in self.layers(report) if layer.node.path in known
        ]
        return sum(found) if found else None


def rows(report: Analysis, depth: int | None) -> list[TableRow]:
    """The rows at a depth: 1 folds every group, 2 opens the outermost, and so on.  None: as far as is comfortable."""
    if depth is None:
        depth = comfortable_depth(report)
    return list(folded(report, depth))


def matching(report: Analysis, patterns: Sequence[str]) -> list[TableRow]:
    """The layers whose path, or type, one of the patterns names: as it is, as what is inside it, or with `*` and `?`."""
    from fnmatch import fnmatchcase  # not needed by most runs

    def wanted(layer: LayerAnalysis) -> bool:
        path, kind = layer.node.path, layer.node.layer.kind
        return any(
            kind == pattern
            or path == pattern
            or path.startswith(pattern + ".")
            or fnmatchcase(path, pattern)
            for pattern in patterns
        )

    return [TableRow(layer) for layer in report.layers if wanted(layer)]


def comfortable_depth(report: Analysis) -> int:
    deepest = max((group.group.depth for group in report.groups), default=-1) + 2
    for depth in range(deepest, 1, -1):
        if len(list(islice(folded(report, depth), COMFORTABLE + 1))) <= COMFORTABLE:
            return depth
    return 1


def folded(report: Analysis, depth: int) -> Iterator[TableRow]:
    """Groups inside `depth - 1` others are one row; of those around them there is a heading, and then what is in them."""
    starting: dict[int, list[GroupAnalysis]] = {}
    for group in report.groups:
        if group.group.depth < depth and group.group.start < group.group.end:
            starting.setdefault(group.group.start, []).append(group)
    index = 0
    open_ends: list[int] = []
    while index < len(report.layers):
        while open_ends and open_ends[-1] <= index:
            open_ends.pop()
        for group in starting.get(index, ()):  # the outer before the inner
            if group.group.depth == depth - 1:
                yield TableRow(group, len(open_ends))
                index = group.group.end
                break
            yield TableRow(group, len(open_ends), heading=True)
            open_ends.append(group.group.end)
        else:
            yield TableRow(report.layers[index], len(open_ends))
            index += 1
