"""The rows or groups of a sweep that are kept, as a grid or a plot."""

from __future__ import annotations

from collections.abc import Iterable

from ..escape import safe
from ..problem import count
from ..sweep.errors import InvalidSweep
from ..sweep.groups import Groups
from ..sweep.job import RowChunk
from ..sweep.manifest import Manifest
from ..sweep.objectives import parse_plot
from ..views.conversion import drawn_as
from ..views.grid.grid import Remark
from ..views.grid.sweep import groups_grid, sweep_grid
from ..views.sweep.formats import PLOTS
from ..views.sweep.points import drawn_rows, sweep_plot
from .sweep_output import Output, write_grid
from .terminal import note

MAX_ROWS = 1_000_000
"""The rows that are kept in memory at most."""


def write_kept(manifest: Manifest, chunks: Iterable[RowChunk], total: int, output: Output) -> None:
    """Keep rows or groups of the chunks of `total` variants, and write them.

    Raises InvalidSweep if the rows may be too many.
    """
    if drawn_as(output.form) in PLOTS:
        write_plot(manifest, chunks, total, output)
        return
    if manifest.per:
        groups = groups_of(manifest)
        for chunk in chunks:
            groups.add(chunk)
        grid, key = groups_grid(manifest.per, manifest.shown, groups.groups), "groups"
    else:
        selection = manifest.selection
        if total > MAX_ROWS and not selection.is_small:
            message = f"{total:,} variants are too many for a table"
            raise InvalidSweep(f"{message}: add -o FILE.csv, --top, --pareto or --per")
        kept = selection.reducer()
        for chunk in chunks:
            for row in chunk.rows:
                kept.add(row)
        rows = selection.in_order(kept.rows)
        grid, key = sweep_grid(manifest.names, manifest.shown, rows), "variants"
    write_grid(grid._replace(remark=Remark("", {"file": manifest.file})), key, output)


def groups_of(manifest: Manifest) -> Groups:
    return Groups([manifest.names.index(name) for name in manifest.per], len(manifest.shown))


def write_plot(manifest: Manifest, chunks: Iterable[RowChunk], total: int, output: Output) -> None:
    """Draw the rows of the chunks of `total` variants.  Raises InvalidSweep."""
    if total > MAX_ROWS:
        raise InvalidSweep(f"{total:,} variants are too many for a plot: add --sample N")
    columns = (*manifest.names, *manifest.quantities)
    axes = parse_plot(output.plot, columns, manifest.objectives)
    rows = [row for chunk in chunks for row in chunk.rows]
    drawn = drawn_rows(manifest, axes, rows)
    if len(drawn) < len(rows) and not output.quiet:
        listed = safe(" or ".join(axes))
        note(f"{count(len(rows) - len(drawn), 'variant')} without {listed}: not drawn")
    plot = sweep_plot(manifest, axes, drawn)
    grid = sweep_grid(manifest.names, manifest.quantities, rows)
    grid = grid._replace(remark=Remark("", {"file": manifest.file}))
    write_grid(grid, "variants", output, plot)
