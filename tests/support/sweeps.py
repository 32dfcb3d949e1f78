"""The rows of a sweep, as a process prints them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from .processes import cnncalc


def csv_rows(folder: Path, *words: str) -> list[dict[str, str]]:
    """What a command in a folder prints as CSV; it must succeed."""
    ran = cnncalc(*words, "--format", "csv", cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return list(csv.DictReader(io.StringIO(ran.stdout)))
