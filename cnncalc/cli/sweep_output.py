"""Where a sweep is written, and what is said of it while it runs and below its rows."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from time import monotonic

from ..named_tuple import NamedTuple
from ..sweep.job import RowChunk
from ..sweep.manifest import Manifest
from ..sweep.progress import Tally
from ..views.conversion import drawn_as
from ..views.grid.formats import GridRequest
from ..views.grid.grid import Grid
from ..views.plot.plot import Plot
from ..views.style import Style
from ..views.sweep.formats import FORMATS
from ..views.sweep_summary import summary_text
from .drawing import write_drawing
from .terminal import note, write

BAR_SECONDS = 1
"""How long a sweep runs before it has a bar."""


class Output(NamedTuple):
    """Where a sweep is written, in which format and style, and whether it says how far it is.

    `plot` states the axes of a plot; None are the usual ones.
    """

    form: str
    path: str | None
    style: Style
    restart: bool = False
    quiet: bool = False
    plot: str | None = None

    @property
    def is_file(self) -> bool:
        return self.path not in (None, "-")


def write_grid(grid: Grid, key: str, output: Output, plot: Plot | None = None) -> None:
    """Write the rows, groups or variants of a sweep or a fit, or their plot."""
    request = GridRequest(grid, output.style, "cnncalc/sweep/1", key, plot)
    write_drawing(FORMATS[drawn_as(output.form)](request), output.form, output.path)


def write_summary(tally: Tally, manifest: Manifest, output: Output) -> None:
    """Write what became of the variants: below a table, else to standard error."""
    if output.quiet:
        return
    text = summary_text(tally, manifest, output.style)
    if output.form in ("table", "plot") and not output.is_file:
        write(text)
    else:
        note(text.rstrip("\n"))


class Counted:
    """Chunks that are passed on, with the tally of those that have been."""

    def __init__(self, chunks: Iterable[RowChunk]) -> None:
        self.chunks = chunks
        self.tally = Tally()

    def __iter__(self) -> Iterator[RowChunk]:
        for chunk in self.chunks:
            self.tally = self.tally.with_chunk(chunk)
            yield chunk


def with_bar(chunks: Iterable[RowChunk], first: int, last: int, quiet: bool) -> Iterator[RowChunk]:
    """Chunks of the variants from `first` to before `last`, with a bar on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield from chunks
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    start = monotonic()
    bar = Bar(console=Console(stderr=True), transient=True)
    task = bar.add_task("variants", total=last - first)
    try:
        for chunk in chunks:
            bar.update(task, completed=chunk.last - first)
            if monotonic() - start > BAR_SECONDS:
                bar.start()  # without effect if it was
            yield chunk
    finally:
        bar.stop()
