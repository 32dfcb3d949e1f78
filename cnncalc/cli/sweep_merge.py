"""`cnncalc sweep --merge`: the shards of a sweep become what one process would have written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from itertools import islice

from ..sources.row_file import DamagedRows, RowFile, is_growing, read_state
from ..sweep.errors import InvalidSweep
from ..sweep.job import RowChunk
from ..sweep.merge import ShardFile, in_order, merged
from ..sweep.progress import Tally, parse_progress
from .sweep_kept import write_kept
from .sweep_output import Output, write_summary
from .sweep_rows import earlier, header_line, lines_of_chunks, write_rows, written_rows

CHUNK_ROWS = 500


def run_merge(paths: Sequence[str], output: Output) -> None:
    """Merge the files of all shards of a sweep.  Raises InvalidSweep or UsageError."""
    files = in_order([shard_file(path) for path in paths])
    whole = merged(files)
    manifest = whole.manifest
    has_rows = output.form == "csv" and not manifest.is_reduced
    if output.path not in (None, "-"):
        check_output(output.path, files)
    if has_rows and output.path not in (None, "-") and is_growing(output.path):
        join_files(files, output.path, output.restart)
    elif output.restart:
        raise InvalidSweep("--restart starts a file of rows again: add -o FILE.csv")
    elif has_rows:
        write_rows(manifest, chunks_of(files), output.path)
    else:
        write_kept(manifest, chunks_of(files), whole.total, output)
    write_summary(whole.tally, manifest, output)


def shard_file(path: str) -> ShardFile:
    """The file of a shard with its state.  Raises InvalidSweep."""
    try:
        state = read_state(path)
    except DamagedRows as error:
        raise InvalidSweep(f"{error}: calculate it again, with --restart") from None
    if state is None:
        raise InvalidSweep(
            f"there is no {path}.sweep: --merge takes the files of shards, each next to its state"
        )
    progress = parse_progress(state.state)
    if progress is None:
        raise InvalidSweep(f"{path}.sweep is damaged: calculate it again, with --restart")
    return ShardFile(path, state.size, progress)


def check_output(path: str, files: Sequence[ShardFile]) -> None:
    """Raise InvalidSweep if the output would overwrite a shard."""
    for file in files:
        with suppress(OSError):
            if os.path.samefile(path, file.path):
                raise InvalidSweep(f"-o {path} is one of the shards: choose another file")


def join_files(files: Sequence[ShardFile], path: str, restart: bool) -> None:
    """Write the rows of all shards to one file, with the state of the whole sweep."""
    whole = merged(files)
    with closing(RowFile(path)) as target:
        if not restart:
            earlier(target, whole)
        target.start(None)
        so_far = whole._replace(next=0, tally=Tally(), groups={})
        target.append([header_line(whole.manifest)], so_far.to_json())
        for file in files:
            so_far = so_far.joined(file.progress)
            target.append(lines_of_chunks(whole.manifest, chunks_of([file])), so_far.to_json())


def chunks_of(files: Sequence[ShardFile]) -> Iterator[RowChunk]:
    """The rows of all shards in order; the first of a shard with the sizes of its groups."""
    for file in files:
        progress = file.progress
        first, last = progress.shard.bounds(progress.total)
        rows = written_rows(file.path, file.size, progress.manifest)
        yield RowChunk(first, last, (), 0, 0, "", progress.groups)
        while some := tuple(islice(rows, CHUNK_ROWS)):
            yield RowChunk(some[0].number, some[-1].number + 1, some, 0, 0, "")
