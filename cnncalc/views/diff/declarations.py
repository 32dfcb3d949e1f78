"""The changes in the files other than layers, one line per section."""

from __future__ import annotations

from collections.abc import Sequence

from ...difference.comparison import Change, Comparison
from ...escape import safe
from .phrases import change_text

MAX_CHANGES = 12  # listed in one line
MAX_TEXT = 60  # characters of a value; a longer one is not quoted


def declaration_lines(comparison: Comparison) -> list[tuple[str, str]]:
    """The sections of the files that changed, each with its changes as text."""
    sections = comparison.declarations.items()
    return [(section, section_text(section, changes)) for section, changes in sections]


def section_text(section: str, changes: Sequence[Change]) -> str:
    """The changes of one section; added and removed expectations and limits are only counted."""
    if section == "blocks":
        parts = block_texts(changes)
    elif section in ("expect", "budget"):
        kept = [change for change in changes if None not in (change.before, change.after)]
        added = sum(change.before is None for change in changes)
        removed = sum(change.after is None for change in changes)
        parts = list(map(value_text, kept))
        parts += [f"{added} added"] if added else []
        parts += [f"{removed} removed"] if removed else []
    else:
        parts = list(map(value_text, changes))
    if len(parts) > MAX_CHANGES:
        parts = [*parts[:MAX_CHANGES], f"and {len(parts) - MAX_CHANGES} more"]
    return ", ".join(parts)


def block_texts(changes: Sequence[Change]) -> list[str]:
    """The changes of the blocks.  A removed and an added block of equal text are one renaming."""
    added = {change.after: change.name for change in changes if change.before is None}
    removed = {change.before for change in changes if change.after is None}
    texts = []
    for change in changes:
        if change.after is None and change.before in added:
            texts.append(f"{safe(change.name)} renamed {safe(added[change.before])}")
        elif change.before is not None or change.after not in removed:
            texts.append(name_text(change))
    return texts


def name_text(change: Change) -> str:
    """A change without its values, which may be long."""
    verb = "added" if change.before is None else "removed" if change.after is None else "changed"
    return f"{safe(change.name)} {verb}"


def value_text(change: Change) -> str:
    longest = max(len(change.before or ""), len(change.after or ""))
    return change_text(change) if longest <= MAX_TEXT else name_text(change)
