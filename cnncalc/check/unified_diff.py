"""Shows edits of a text as `diff -u` does.

The lines that change are known from the edits, so that no search for equal lines is needed: that
takes time quadratic in the number of changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..named_tuple import NamedTuple
from ..sources.text_edit import TextEdit, apply_edits

CONTEXT = 3  # unchanged lines before and after a change


class ChangedLines(NamedTuple):
    """Old lines from `start` to before `end`, counted from 0, and the lines that replace them."""

    start: int
    end: int
    new: Sequence[str]


def unified_diff(file: str, text: str, edits: Sequence[TextEdit]) -> Iterator[str]:
    """The lines of the diff of a text and its edited version; none without edits."""
    lines = text.splitlines(keepends=True)
    changes = list(changed_lines(lines, sorted(edits)))
    if not changes:
        return
    yield f"--- a/{file}"
    yield f"+++ b/{file}"
    shift = 0
    for hunk in hunks(changes):
        start = max(0, hunk[0].start - CONTEXT)
        end = min(len(lines), hunk[-1].end + CONTEXT)
        growth = sum(len(change.new) - (change.end - change.start) for change in hunk)
        old, new = line_range(start, end), line_range(start + shift, end + shift + growth)
        yield f"@@ -{old} +{new} @@"
        yield from hunk_lines(lines, hunk, start, end)
        shift += growth


def changed_lines(lines: Sequence[str], edits: Sequence[TextEdit]) -> Iterator[ChangedLines]:
    """The changes of lines that sorted edits make; edits on a common line are one change."""
    offset = index = at = 0
    while at < len(edits):
        while index < len(lines) and offset + complete_length(lines[index]) <= edits[at].start:
            offset += len(lines[index])
            index += 1
        own: list[TextEdit] = []
        first, begin = index, offset
        while at < len(edits) and (edits[at].start < offset or not own):
            own.append(edits[at])
            while index < len(lines) and offset <= edits[at].end:
                offset += len(lines[index])
                index += 1
            at += 1
        old = lines[first:index]
        shifted = [TextEdit(one.start - begin, one.end - begin, one.text) for one in own]
        yield trimmed(first, old, apply_edits("".join(old), shifted).splitlines(keepends=True))


def complete_length(line: str) -> int:
    """The length of a line; one more if it does not end, so that what follows it belongs to it."""
    return len(line) + (not line.endswith(("\r", "\n")))


def trimmed(first: int, old: Sequence[str], new: Sequence[str]) -> ChangedLines:
    """A change without the equal lines at its start and its end."""
    limit = min(len(old), len(new))
    same = next((index for index in range(limit) if old[index] != new[index]), limit)
    old, new, limit = old[same:], new[same:], limit - same
    tail = next((index for index in range(limit) if old[-1 - index] != new[-1 - index]), limit)
    return ChangedLines(first + same, first + same + len(old) - tail, new[: len(new) - tail])


def hunks(changes: Sequence[ChangedLines]) -> Iterator[list[ChangedLines]]:
    """The changes in groups with common context."""
    hunk = [changes[0]]
    for change in changes[1:]:
        if change.start - hunk[-1].end > 2 * CONTEXT:
            yield hunk
            hunk = []
        hunk.append(change)
    yield hunk


def hunk_lines(
    lines: Sequence[str], hunk: Sequence[ChangedLines], start: int, end: int
) -> Iterator[str]:
    """The lines of a hunk, each with its mark."""
    at = start
    for change in hunk:
        yield from marked(" ", lines[at : change.start])
        yield from marked("-", lines[change.start : change.end])
        yield from marked("+", change.new)
        at = change.end
    yield from marked(" ", lines[at:end])


def marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield mark + (line.splitlines() or [""])[0]


def line_range(start: int, end: int) -> str:
    """A range of lines, as `diff -u` states it.

    >>> line_range(0, 1), line_range(0, 3), line_range(2, 2)
    ('1', '1,3', '2,0')
    """
    count = end - start
    return str(start + 1) if count == 1 else f"{start + (count > 0)},{count}"
