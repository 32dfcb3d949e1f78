"""Two analyses -> their difference."""

from __future__ import annotations

import sys

from ..engine.analysis import Analysis
from ..engine.calculation import analyse
from ..network import Network
from .align import align
from .comparison import Comparison, Declarations
from .declarations import changed_declarations
from .merge import Merger
from .tree import Signs, tree


def compare(
    before: Analysis,
    after: Analysis,
    declarations: tuple[Declarations, Declarations] = (Declarations(), Declarations()),
) -> Comparison:
    """What changed from one network to another; `declarations` is what their files say beside the layers."""
    signs = Signs()
    roots = tree(before.network, signs), tree(after.network, signs)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20_000))  # groups are nested as deep as the parser lets them
    try:
        entries = Merger(before, after, roots, align(*roots)).entries()
    finally:
        sys.setrecursionlimit(limit)
    return Comparison(
        before, after, entries, changed_declarations(before.network, after.network, declarations)
    )


def nothing(like: Network) -> Analysis:
    """The report of a network that is not there, for a file that was added or removed."""
    return analyse(
        like._replace(
            name="", variant=None, file="/dev/null", source="", year=None, task="", inputs={}, nodes=(), groups=(), outputs={},
            training_outputs=frozenset(), expect=(), budget=(),
        )
    )  # fmt: skip
