"""The numbers of the networks of a run, for the line of `--watch` that states what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..check.result import CheckResult
    from ..engine.analysis import Analysis
    from ..views.change import WatchedNumbers

NUMBERS: ContextVar[dict[str, WatchedNumbers] | None] = ContextVar("numbers", default=None)
"""The numbers of the networks of a run by file and variant; None without `--watch`."""


def observe(analysis: Analysis) -> None:
    """Keep the numbers of a network."""
    seen = NUMBERS.get()
    if seen is not None:
        from ..check.file import numbers_of

        network = analysis.network
        add_numbers(seen, network.file, network.variant or "", numbers_of(analysis))


def observe_check(result: CheckResult) -> None:
    """Keep the numbers of all networks that were checked."""
    seen = NUMBERS.get()
    if seen is not None:
        for entry in result.architectures:
            for variant, numbers in entry.numbers.items():
                if numbers is not None:
                    add_numbers(seen, entry.file, variant, numbers)


def add_numbers(
    seen: dict[str, WatchedNumbers], file: str, variant: str, numbers: Mapping[str, int | str]
) -> None:
    """The numbers of a network; of one that is analyzed twice, those of the first time."""
    seen.setdefault(f"{file}@{variant}" if variant else file, numbers)
