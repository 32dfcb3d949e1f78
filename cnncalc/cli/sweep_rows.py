"""The rows of a sweep as CSV: to standard output, or to a file that can be continued."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

import click

from ..escape import safe
from ..sources.files import write_file_parts
from ..sources.row_file import DamagedRows, RowFile, complete_lines, read_state
from ..sweep.job import Row, RowChunk, RowNumber
from ..sweep.manifest import Manifest
from ..sweep.progress import Progress, parse_progress
from ..sweep.row_text import parse_rows
from ..sweep.shard import Shard
from ..views.csv import csv_line
from ..views.values import machine
from .sweep_output import Output
from .terminal import note, write

Calculation = Callable[[int], Iterable[RowChunk]]
"""The chunks of a sweep, or of one shard, from a variant on."""


def header_of(manifest: Manifest) -> list[str]:
    return ["n", *manifest.names, *manifest.written]


def lines_of(rows: Iterable[Row], numbers: int, is_read_again: bool = False) -> str:
    """The lines of rows, with the first of their numbers; all digits of those to read again."""
    text = number_text if is_read_again else machine
    lines = [[str(row.number), *row.point, *map(text, row.numbers[:numbers])] for row in rows]
    return "".join(map(csv_line, lines))


def number_text(number: RowNumber) -> str:
    return "" if number is None else repr(number)


def write_rows(manifest: Manifest, chunks: Iterable[RowChunk], path: str | None) -> None:
    """Write all rows as they come, to standard output or to something that is not a file."""
    texts = texts_of(manifest, chunks)
    if path in (None, "-"):
        for text in texts:
            write(text, "csv")
    else:
        write_file_parts(path, (encoded(text) for text in texts))


def texts_of(manifest: Manifest, chunks: Iterable[RowChunk]) -> Iterator[str]:
    yield csv_line(header_of(manifest))
    for chunk in chunks:
        yield lines_of(chunk.rows, len(manifest.written))


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def append_rows(begin: Progress, calculate: Calculation, output: Output) -> Progress:
    """Append rows to a file, from where an interrupted sweep ended; returns the last progress.

    `begin` is the progress of a sweep that is not begun.  A row that is not among the first ones,
    or on the front, of those up to it is not written, so that a shard of a large sweep has few.
    """
    assert output.path is not None
    manifest = begin.manifest
    sieve = manifest.selection.reducer() if manifest.selection.is_small else None
    with closing(RowFile(output.path)) as file:
        progress = None if output.restart else earlier(file, begin)
        if progress is None:
            progress = begin
            file.start(None)
            file.append([encoded(csv_line(header_of(manifest)))], progress.to_json())
        elif not output.quiet:
            note(f"{safe(output.path)} {resumption(progress)}")
        if sieve:
            for row in written_rows(output.path, file.size, manifest):
                sieve.add(row)
        for chunk in calculate(progress.next):
            progress = progress.with_chunk(chunk)
            rows = [row for row in chunk.rows if sieve.add(row)] if sieve else chunk.rows
            text = lines_of(rows, len(manifest.written), begin.is_part)
            file.append([encoded(text)], progress.to_json())
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
        raise click.UsageError(f"{safe(str(error))}: add --restart to begin anew") from None
    if found is None:
        return None
    progress = parse_progress(found.state)
    check_same(file.path, begin, progress)
    file.start(found)
    return progress


def check_same(path: str, begin: Progress, found: Progress | None) -> None:
    """Raise UsageError if a file has other rows than those to write."""
    if found is None:
        message = "has a state that is not that of a sweep: add --restart to begin anew"
    elif found.manifest.version != begin.manifest.version:
        message = f"was begun by cnncalc {found.manifest.version}: add --restart to begin anew"
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
