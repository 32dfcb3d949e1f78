"""How large the file of a sweep will be, as stated before it is calculated."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress

from ..escape import safe
from ..sweep.job import Job, Sweeper
from ..views.sweep.row_lines import lines_of
from ..views.text import short_bytes

MANY_ROWS = 100_000
"""Fewer are written before anybody minds."""
MEASURED = 5
"""The variants whose lines are measured."""


def size_statement(job: Job, first: int, last: int, path: str, numbers: int) -> str | None:
    """How many rows the file will have at most, and their size; None for few of them."""
    total = last - first
    if total <= MANY_ROWS:
        return None
    sweeper = Sweeper(job._replace(conditions=()))
    places = [first + total * part // MEASURED for part in range(MEASURED)]
    rows = [row for place in places for row in sweeper.chunk(place, place + 1).rows]
    if not rows:
        return None
    size = total * len(lines_of(rows, numbers).encode()) // len(rows)
    most = "at most " if job.conditions else ""
    text = f"{safe(path)}: {most}{total:,} rows, about {short_bytes(size)}"
    with suppress(OSError):
        free = shutil.disk_usage(os.path.dirname(os.path.abspath(path))).free
        text += f"; only {short_bytes(free)} are free" if free < size else ""
    return text
