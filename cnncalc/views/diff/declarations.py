"""What changed besides the layers, in words."""

from __future__ import annotations

from collections.abc import Sequence

from ...difference.comparison import Change, Comparison
from ..text import safe
from .folds import change_text


def said(difference: Comparison) -> list[tuple[str, str]]:
    """A line for each part of the files that changed."""
    return [(part, words(part, changes)) for part, changes in difference.said.items()]


def words(part: str, changes: Sequence[Change]) -> str:
    """The changes of one part; of what a file states, or states no more, it is enough to say how much."""
    if part == "blocks":
        told = blocks_text(changes)
    elif part in ("expect", "budget"):
        told = [short_change(change) for change in changes if None not in change]
        new, gone = (
            sum(change.before is None for change in changes),
            sum(change.after is None for change in changes),
        )
        told += [
            f"{number} {verb}" for number, verb in ((new, "added"), (gone, "removed")) if number
        ]
    else:
        told = [short_change(change) for change in changes]
    if len(told) > MOST_CHANGES:
        told = [*told[:MOST_CHANGES], f"and {len(told) - MOST_CHANGES} more"]
    return ", ".join(told)


def blocks_text(changes: Sequence[Change]) -> list[str]:
    """What became of the blocks; of two that say the same, one has the name of the other now."""
    names = {change.after: change.name for change in changes if change.before is None}
    were = {change.before for change in changes if change.after is None}
    told = []
    for change in changes:
        if change.after is None and change.before in names:
            told.append(f"{safe(change.name)} renamed {safe(names[change.before])}")
        elif change.before is not None or change.after not in were:
            told.append(block_text(change))
    return told


def block_text(change: Change) -> str:
    """A block's steps are told by the layers that they become."""
    became = "added" if change.before is None else "removed" if change.after is None else "changed"
    return f"{safe(change.name)} {became}"


def short_change(change: Change) -> str:
    if max(len(change.before or ""), len(change.after or "")) <= LONGEST:
        return change_text(change)
    return block_text(change)


MOST_CHANGES = 12  # of what a file says, told in one line

LONGEST = 60  # of a text from a file
