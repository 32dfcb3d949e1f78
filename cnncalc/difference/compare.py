"""The comparison of two analyses."""

from __future__ import annotations

import sys

from ..engine import analyse
from ..engine.analysis import Analysis
from ..network import Network
from .align import align
from .comparison import Comparison, Declarations
from .declarations import changed_declarations
from .merge import Merger
from .tree import Signatures, tree


def compare(
    before: Analysis,
    after: Analysis,
    declarations: tuple[Declarations, Declarations] = (Declarations(), Declarations()),
) -> Comparison:
    """The changes from one network to another; `declarations` are those of their files."""
    signatures = Signatures()
    roots = tree(before.network, signatures), tree(after.network, signatures)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20_000))  # groups nest as deep as the parser allows
    try:
        alignment = align(*roots)
        entries = Merger(before, after, roots, alignment).entries()
    finally:
        sys.setrecursionlimit(limit)
    changed = changed_declarations(before.network, after.network, declarations)
    return Comparison(before, after, entries, changed, alignment.is_coarse)


def nothing(like: Network) -> Analysis:
    """The analysis of an empty network, for a file that was added or removed."""
    return analyse(
        like._replace(
            name="",
            variant=None,
            file="/dev/null",
            source="",
            year=None,
            task="",
            inputs={},
            input_names=(),
            nodes=(),
            groups=(),
            outputs={},
            training_outputs=frozenset(),
            expect=(),
            budget=(),
        )
    )
