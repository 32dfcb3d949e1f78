"""The shards of a sweep: whether they are all of it, and how far it is with them."""

from __future__ import annotations

from collections.abc import Sequence

from ..named_tuple import NamedTuple
from .errors import InvalidSweep
from .progress import Progress
from .shard import Shard

MOST_LISTED = 5


class ShardFile(NamedTuple):
    """The file of a shard, how many of its bytes are complete, and what is known of its rows."""

    path: str
    size: int
    progress: Progress


def in_order(files: Sequence[ShardFile]) -> list[ShardFile]:
    """The shards of a sweep in order.  Raises InvalidSweep if some of it is missing or twice."""
    first = files[0]
    for other in files[1:]:
        check_together(first, other)
    found: dict[int, ShardFile] = {}
    for file in files:
        shard = file.progress.shard
        if shard.part in found:
            raise InvalidSweep(
                f"{found[shard.part].path} and {file.path} are both shard {shard}: omit one"
            )
        found[shard.part] = file
    count = first.progress.shard.parts
    if len(found) < count:
        raise InvalidSweep(f"{missing(found, count)}: calculate and add what is missing")
    for file in files:
        check_complete(file)
    return [found[index] for index in sorted(found)]


def check_together(one: ShardFile, other: ShardFile) -> None:
    """Raise InvalidSweep for files that are not shards of one sweep."""
    ours, theirs = one.progress, other.progress
    if ours.manifest.version != theirs.manifest.version:
        raise InvalidSweep(
            f"{one.path} is of cnncalc {ours.manifest.version},"
            f" {other.path} of {theirs.manifest.version}: calculate all shards with one version"
        )
    if ours.identity != theirs.identity or not ours.manifest.has_rows_of(theirs.manifest):
        raise InvalidSweep(
            f"{other.path} is of another sweep than {one.path}: all shards are calculated with the"
            " same command and file"
        )
    if ours.shard.parts != theirs.shard.parts:
        raise InvalidSweep(
            f"{one.path} is shard {ours.shard}, {other.path} {theirs.shard}: all shards have the"
            " same number of parts"
        )


def check_complete(file: ShardFile) -> None:
    """Raise InvalidSweep for a shard that was interrupted."""
    progress = file.progress
    if not progress.is_complete:
        first, last = progress.shard.bounds(progress.total)
        raise InvalidSweep(
            f"{file.path} is not complete: {progress.next - first:,} of {last - first:,} variants;"
            " the command that began it continues it"
        )


def missing(found: dict[int, ShardFile], count: int) -> str:
    """Which shards are missing.

    >>> missing({2: None}, 4)
    '3 of 4 shards are missing: 1, 3, 4'
    """
    absent = [index for index in range(1, count + 1) if index not in found]
    listed = ", ".join(map(str, absent[:MOST_LISTED]))
    dots = ", ..." if len(absent) > MOST_LISTED else ""
    are = "is" if len(absent) == 1 else "are"
    return f"{len(absent):,} of {count:,} shards {are} missing: {listed}{dots}"


def merged(files: Sequence[ShardFile]) -> Progress:
    """The progress of the whole sweep, of its shards in order."""
    whole = files[0].progress
    for file in files[1:]:
        whole = whole.joined(file.progress)
    return whole._replace(shard=Shard())
