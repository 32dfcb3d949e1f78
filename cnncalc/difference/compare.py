"""The comparison of two analyses."""

from __future__ import annotations

import sys

from ..engine import analyse
from ..engine.analysis import Analysis
from ..network import Network
from .align import align
from .comparison import Comparison, Declarations
from .declarations import changed_calculation, changed_declarations
from .merge import Merger
from .tree import Signatures, tree


def compare(
    before: Analysis,
    after: Analysis,
    declarations: tuple[Declarations, Declarations] = (Declarations(), Declarations()),
    *,
    is_flat: bool = False,
) -> Comparison:
    """The changes from one network to another; `declarations` are those of their files.

    `is_flat` compares the layers alone, whatever their names, groups and positions in the file
    are, and nothing else that the files declare.
    """
    if is_flat:
        from .flat import flattened

        before, after = flattened(before, after)
    signatures = Signatures()
    roots = [tree(side.network, signatures, is_flat=is_flat) for side in (before, after)]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20_000))  # groups nest as deep as the parser allows
    try:
        alignment = align(roots[0], roots[1])
        entries = Merger(before, after, (roots[0], roots[1]), alignment, is_flat=is_flat).entries()
    finally:
        sys.setrecursionlimit(limit)
    if is_flat:
        changed = changed_calculation(before.network, after.network, alignment.layers())
    else:
        changed = changed_declarations(before.network, after.network, declarations)
    return Comparison(before, after, entries, changed, alignment.is_coarse, is_flat)


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
            device_budget=None,
        )
    )
