"""The work that a file causes: it grows with the file, and with what the account of work counts."""

from __future__ import annotations

import pytest

from cnncalc.engine import analyse
from cnncalc.lint.runner import name_warnings
from cnncalc.parser import Parsed, parse
from cnncalc.views.show.json import show_json
from cnncalc.views.show.options import TableOptions
from cnncalc.views.show.table import show_table
from cnncalc.views.style import Style

from .support.constructs import CONSTRUCTS, REPEATED, Construct
from .support.work import lines_executed

GROWTH = 2.2
"""By how much the work may grow for a file of twice the size: 2, and the rest for overhead."""
SIZE = 100
"""Large enough that what grows with the square of the size outweighs the rest."""


def shown(text: str) -> Parsed:
    """What `show` does with a file."""
    parsed = parse(text.encode(), "x.yaml")
    if parsed.document is not None:
        name_warnings(parsed.document, parsed.lines)
    if parsed.network is not None:
        analysis = analyse(parsed.network)
        list(show_json(analysis))
        show_table(analysis, Style(), TableOptions())
    return parsed


def growth(construct: Construct, size: int) -> float:
    """The factor by which the lines executed grow for twice the size."""
    small, large = construct(size), construct(2 * size)
    shown(small)  # imports, and what is cached
    return lines_executed(lambda: shown(large)) / lines_executed(lambda: shown(small))


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_work_grows_with_the_file(name: str) -> None:
    assert growth(CONSTRUCTS[name], 4 * SIZE) <= GROWTH


@pytest.mark.parametrize("name", REPEATED)
def test_work_grows_with_what_is_counted(name: str) -> None:
    """Where the contents are repeated, the work may grow as the counted effort does."""
    construct = REPEATED[name]
    efforts = [parse(construct(size).encode(), "x.yaml").effort for size in (SIZE, 2 * SIZE)]
    counted = efforts[1] / efforts[0]
    assert growth(construct, SIZE) <= GROWTH / 2 * max(2, counted)
