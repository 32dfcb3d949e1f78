"""The rows of a sweep as CSV: to standard output, or to a file that can be continued."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import chain

import click

from ..escape import safe
from ..sources.files import write_file_parts
from ..sources.row_file import DamagedRows, RowFile, complete_lines, read_state
from ..sweep.job import Row, RowChunk
from ..sweep.manifest import Manifest
from ..sweep.progress import Progress, parse_progress
from ..sweep.row_text import parse_rows
from ..sweep.shard import Shard
from ..views.csv import csv_line
from ..views.sweep.row_lines import RowLines, encoded
from .sweep_output import Output
from .terminal import note, write

Calculation = Callable[[int], Iterable[RowChunk]]
"""The chunks of a sweep, or of one shard, from a variant on."""


def header_of(manifest: Manifest) -> list[str]:
    return ["n", *manifest.names, *manifest.written]


def write_rows(manifest: Manifest, chunks: Iterable[RowChunk], path: str | None) -> None:
    """Write all rows as they come, to standard output or to something that is not a file."""
    parts = chain([header_line(manifest)], lines_of_chunks(manifest, chunks))
    if path in (None, "-"):
        for part in parts:
            write(part.decode(), "csv")
    else:
        write_file_parts(path, parts)


def header_line(manifest: Manifest) -> bytes:
    return encoded(csv_line(header_of(manifest)))


def lines_of_chunks(manifest: Manifest, chunks: Iterable[RowChunk]) -> Iterator[bytes]:
    """The lines of chunks, which may be finished."""
    finish = RowLines(len(manifest.written))
    for chunk in chunks:
        yield (finish(chunk) if chunk.rows else chunk).lines


def append_rows(begin: Progress, calculate: Calculation, output: Output) -> Progress:
    """Append rows to a file, from where an interrupted sweep ended; returns the last progress.

    `begin` is the progress of a sweep that is not begun.  A row that is not among the first ones,
    or on the front, of those up to it is not written, so that a shard of a large sweep has few.
    """
    assert output.path is not None
    manifest = begin.manifest
    sieve = manifest.selection.reducer() if manifest.selection.is_small else None
    finish = RowLines(len(manifest.written), begin.is_part)
    with closing(RowFile(output.path)) as file:
        progress = None if output.restart else earlier(file, begin)
        if progress is None:
            progress = begin
            file.start(None)
            file.append([header_line(manifest)], progress.to_json())
        elif not output.quiet:
            note(f"{safe(output.path)} {resumption(progress)}")
        if sieve:
            for row in written_rows(output.path, file.size, manifest):
                sieve.add(row)
        for chunk in calculate(progress.next):
            progress = progress.with_chunk(chunk)
            if sieve:
                chunk = finish(chunk._replace(rows=tuple(filter(sieve.add, chunk.rows))))
            file.append([chunk.lines], progress.to_json())
    return progress


def resumption(progress: Progress) -> str:
    """How far a file is that is continued."""
    if progress.is_complete:
        return "is complete: nothing is calculated"
    return f"is continued at variant {progress.next:,} of {progress.total:,}"


def earlier(file: RowFile, begin: Progress) -> Progress | None:
    """What an interrupted sweep left in a file, at whose end rows are appended; None if nothing.

    Raises UsageError if the file has other rows than those to write.
    """
    try:
        found = read_state(file.path)
    except DamagedRows as error:
        raise click.UsageError(f"{safe(str(error))}: add --restart to start again") from None
    if found is None:
        return None
    progress = parse_progress(found.state)
    check_same(file.path, begin, progress)
    file.start(found)
    return progress


def check_same(path: str, begin: Progress, found: Progress | None) -> None:
    """Raise UsageError if a file has other rows than those to write."""
    if found is None:
        message = "has a state that is not that of a sweep: add --restart to start again"
    elif found.manifest.version != begin.manifest.version:
        message = f"was begun by cnncalc {found.manifest.version}: add --restart to start again"
    elif found.identity != begin.identity or not found.manifest.has_rows_of(begin.manifest):
        message = "has another sweep: choose another file, or add --restart"
    elif found.shard != begin.shard:
        part = f"shard {found.shard}" if found.shard != Shard() else "the whole sweep"
        message = f"has {part}: choose another file, or add --restart"
    else:
        return
    raise click.UsageError(f"{safe(path)} {safe(message)}")


def written_rows(path: str, size: int, manifest: Manifest) -> Iterator[Row]:
    """The rows in the first bytes of a file.  Raises InvalidSweep and UnreadableFile."""
    lines = complete_lines(path, size)
    return parse_rows(lines, len(manifest.names), header_of(manifest), path)
