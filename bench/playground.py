"""An edit in the playground: from the request to the new table, in a browser."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from tests.browser import built_site, chromium

from .bounds import EDIT_MS
from .table import FigureTable, milliseconds, within

NETWORKS = ("alexnet", "resnet50", "googlenet")
MEASURED = "performance.getEntriesByName('calculation').map(entry => entry.duration / 1000)"


def edits(site: Path, rounds: int) -> FigureTable:
    """The time of edits of some networks in the playground of a built site."""
    rows = []
    with built_site.served(site) as address, chromium.running() as browser:
        for name in NETWORKS:
            page = f"{address}/playground/index.html#net={name}"
            with built_site.visited(browser, page) as (opened, _):
                first, *others = built_site.typed(opened, rounds, MEASURED)
                figures = map(milliseconds, (first, median(others), min(others)))
                bound = within(min(others) * 1000, EDIT_MS, " ms") if name == NETWORKS[0] else ""
                rows.append((name, *figures, bound))
    return FigureTable(
        "Edits in the playground",
        ("network", "with the start", "median", "least", "bound"),
        rows,
        "From the request to the worker until the table is drawn, without the 150 ms that it waits"
        " for further keys; the first one waits until Python has started.",
    )
