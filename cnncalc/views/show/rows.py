"""The rows of a network's table: its layers in file order, with groups collapsed below a depth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from ...engine.analysis import Analysis, GroupAnalysis, LayerAnalysis
from ...engine.measure import Measure
from ...named_tuple import NamedTuple
from ...network import Group

if TYPE_CHECKING:
    from ...devices.time_bound import OperatorTime, TimeBound

COMFORTABLE = 40
"""Rows: by default, a table expands its groups as deep as it stays within these."""
MAX_BRANCHES = 8
"""Branches of a join: by default, a group that contains a join of more is not expanded."""


class TableRow(NamedTuple):
    """One row: a layer, a collapsed group, or the heading of an expanded group with its subtotals.

    `level` is its indentation.
    """

    item: LayerAnalysis | GroupAnalysis
    level: int = 0
    heading: bool = False

    @property
    def path(self) -> str:
        return self.item.node.path if isinstance(self.item, LayerAnalysis) else self.item.group.path

    @property
    def name(self) -> str:
        """Within an expanded group, the part of the path that it adds."""
        *before, name = self.path.split(".")
        if not self.level:
            return self.path
        return f"{before[-1]}.{name}" if name.isdigit() and before else name

    def layers(self, analysis: Analysis) -> Sequence[LayerAnalysis]:
        """The layers in the row."""
        if isinstance(self.item, LayerAnalysis):
            return (self.item,)
        return analysis.layers[self.item.group.start : self.item.group.end]

    def runs_at_inference(self, analysis: Analysis) -> bool:
        return not all(layer.node.training_only for layer in self.layers(analysis))

    def measured(self, measure: Measure, analysis: Analysis) -> int | None:
        """The measurement of the row; None if it covers none of its layers."""
        paths = [layer.node.path for layer in self.layers(analysis)]
        found = [measure.layers[path] for path in paths if path in measure.layers]
        return sum(found) if found else None

    def times(self, bound: TimeBound, analysis: Analysis) -> list[OperatorTime]:
        """The operators that begin in the row; others are a part of these."""
        paths = [layer.node.path for layer in self.layers(analysis)]
        return [bound.by_path[path] for path in paths if path in bound.by_path]


def rows(analysis: Analysis, depth: int | None, most: int = COMFORTABLE) -> list[TableRow]:
    """The rows at a depth: 1 collapses every group, 2 expands the outermost, and so on.

    None expands as deep as there are at most `most` rows.
    """
    if depth is not None:
        return list(collapsed(analysis, depth))
    folded = many_branches(analysis)
    return list(collapsed(analysis, comfortable_depth(analysis, folded, most), folded))


def many_branches(analysis: Analysis) -> frozenset[str]:
    """The paths of the groups that contain a join of more branches than are shown."""
    groups = [found.group for found in analysis.groups]
    around: dict[int, Group] = {}  # by depth
    branches: Counter[tuple[str, Group]] = Counter()
    for group in groups:
        around[group.depth] = group
        if group.kind == "branch" and group.depth:
            branches[group.path.rpartition(".")[0], around[group.depth - 1]] += 1
    return frozenset([outer.path for (_, outer), count in branches.items() if count > MAX_BRANCHES])


def comfortable_depth(
    analysis: Analysis, folded: Container[str] = (), most: int = COMFORTABLE
) -> int:
    """The largest depth with a comfortable number of rows."""
    deepest = max((group.group.depth for group in analysis.groups), default=-1) + 2
    for depth in range(deepest, 1, -1):
        if len(list(islice(collapsed(analysis, depth, folded), most + 1))) <= most:
            return depth
    return 1


def collapsed(
    analysis: Analysis, depth: int, folded: Container[str] = (), expanded: Container[str] = ()
) -> Iterator[TableRow]:
    """The rows, with each group inside `depth - 1` others collapsed, and those that are `folded`.

    An expanded group is a heading, followed by its contents.  Those that are `expanded` are so at
    any depth, with the groups in them collapsed.
    """
    starting = starts_of_groups(analysis, depth, expanded)
    index = 0
    open_ends: list[int] = []
    while index < len(analysis.layers):
        while open_ends and open_ends[-1] <= index:
            open_ends.pop()
        for group in starting.get(index, ()):  # the outer before the inner
            at_end = group.group.depth >= depth - 1 and group.group.path not in expanded
            if at_end or group.group.path in folded:
                yield TableRow(group, len(open_ends))
                index = group.group.end
                break
            yield TableRow(group, len(open_ends), heading=True)
            open_ends.append(group.group.end)
        else:
            yield TableRow(analysis.layers[index], len(open_ends))
            index += 1


def starts_of_groups(
    analysis: Analysis, depth: int, expanded: Container[str]
) -> dict[int, list[GroupAnalysis]]:
    """The groups that have a row, by their first layers, the outer before the inner."""
    found: dict[int, list[GroupAnalysis]] = {}
    around: dict[int, str] = {}  # the path of the last group of each depth
    for one in analysis.groups:
        group = one.group
        around[group.depth] = group.path
        has_row = group.depth < depth or around[group.depth - 1] in expanded
        if has_row and group.start < group.end:
            found.setdefault(group.start, []).append(one)
    return found
