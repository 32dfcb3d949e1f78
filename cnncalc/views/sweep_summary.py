"""The line below the rows of a sweep: how many variants there are, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator

from ..escape import safe
from ..problem import count
from ..sweep.manifest import Manifest
from ..sweep.progress import Tally
from .layout import wrapped
from .style import Style


def summary_text(tally: Tally, manifest: Manifest, style: Style) -> str:
    """How many variants are kept, invalid and excluded, and how many have no row in a table.

    >>> manifest = Manifest("", "net.yaml", ("width",), (), (), ("macs < 1M",))
    >>> summary_text(Tally(10, 7, 1, 2, "width=0: line 3: ..."), manifest, Style())
    '10 variants: 7 kept, 1 invalid (the first: width=0: line 3: ...), 2 excluded by --where\\n'
    >>> manifest = manifest._replace(conditions=(), table="results.csv", table_rows=8)
    >>> summary_text(Tally(10, 7, unmatched=3), manifest, Style())
    '10 variants: 7 kept, 3 without a row in results.csv, which has 1 row without a variant\\n'
    """
    parts = list(parts_of(tally, manifest))
    listed = f": {', '.join(parts)}" if parts else ""
    return wrapped(count(tally.variants, "variant") + listed, style) + "\n"


def parts_of(tally: Tally, manifest: Manifest) -> Iterator[str]:
    if tally.invalid or manifest.conditions or manifest.table:
        yield f"{tally.kept:,} kept"
    if tally.invalid:
        yield f"{tally.invalid:,} invalid (the first: {safe(tally.reason)})"
    if manifest.conditions:
        yield f"{tally.excluded:,} excluded by --where"
    if manifest.table:
        matched = tally.variants - tally.invalid - tally.unmatched
        others = count(max(0, manifest.table_rows - matched), "row")
        table = safe(manifest.table)
        yield f"{tally.unmatched:,} without a row in {table}, which has {others} without a variant"
