"""The numbers of many variants of a network, and the conditions on them.

A variant that this gives nothing for has something that only a single network has: it must be
calculated alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ...datum import Datum, ManyNumbers
from ...engine.summary import Summary
from ...parser.expansion.build_cache import BuildCache
from ..condition import RowCondition
from ..plan import InvalidVariant, Plan
from ..subject import Subject
from .caches import IdentityDict
from .requests import Columns, LaneRequests
from .splitting import Variants, calculated
from .table import NumberTable

NumberReader = Callable[[Summary], Any]
RowNumbers = tuple[int, ...]


class InvalidTogether:
    """Variants of one structure with an error that they have in common; one object for all."""


class LaneCalculator:
    """Calculates numbers of the variants of a plan, for a batch."""

    def __init__(
        self, plan: Plan, subject: Subject, reads: Sequence[NumberReader], batch: int = 1
    ) -> None:
        self.plan = plan
        self.requests = LaneRequests(subject)
        self.reads = reads
        self.batch = batch

    def numbers(self, columns: Columns, count: int) -> list[RowNumbers | InvalidTogether | None]:
        """The numbers of each variant; None for those that must be calculated alone."""
        groups = self.requests.groups(columns, count)
        return calculated(groups, lambda variants: self.of_group(columns, variants), count)

    def of_group(
        self, columns: Columns, variants: Variants
    ) -> list[RowNumbers] | list[InvalidTogether]:
        """The numbers of variants that have one structure, or that all of them are invalid."""
        table = NumberTable(len(variants))
        try:
            request = self.requests.request(columns, variants, table)
            network = self.plan.network(request, BuildCache(IdentityDict))
            summary = Summary(network, self.batch, IdentityDict(), IdentityDict())
            found = [read(summary) for read in self.reads]
            return list(zip(*[column_of(number, table) for number in found], strict=True))
        except InvalidVariant:  # comparisons that it depends on have one answer for all variants
            return [InvalidTogether()] * len(variants)
        finally:
            table.clear()


def column_of(number: Any, table: NumberTable) -> list[Any]:
    return number.values() if isinstance(number, ManyNumbers) else [number] * table.count


def answers_of(
    conditions: Iterable[RowCondition], columns: Mapping[str, Sequence[Datum]], count: int
) -> list[bool | None]:
    """Whether all conditions hold for each row; None for those that must be asked alone.

    `columns` are the values of the names in them.
    """

    def answer(rows: Variants) -> list[bool]:
        table = NumberTable(len(rows))
        try:
            values = {
                name: table.of_values([column[row] for row in rows])
                for name, column in columns.items()
            }
            return [all(condition.holds(values) for condition in conditions)] * len(rows)
        finally:
            table.clear()

    return calculated([range(count)], answer, count)
