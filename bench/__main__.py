"""`python -m bench`: all measurements in one run; docs/performance.md explains them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from . import growth, in_process, live, many_files, model_files, peers, starts, sweeps
from .bounds import GROWTH_SIZES
from .machine import machine
from .table import FigureTable, markdown, plain

MARKS = ("<!-- figures -->", "<!-- end of figures -->")


def main() -> None:
    options = arguments()
    if options.into:
        before, figures, after = around_figures(options.into)
        parts = {table.heading: markdown(table) for table in tables(options)}
        if options.only:
            parts = sections(figures) | parts
        text = "\n".join((before, *parts.values(), after))
        options.into.write_text(text, encoding="utf-8")
        return
    show = markdown if options.markdown else plain
    for table in tables(options):
        print(show(table), flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure time and memory of cnncalc."
    )
    add = parser.add_argument
    add("--rounds", type=int, default=41, help="runs of each short command; a tenth for long ones")
    add("--largest", type=int, default=100_000, help="skip networks with more layers than this")
    add("--no-peers", action="store_true", help="skip the other tools, even if installed")
    add("--site", type=Path, metavar="FOLDER", help="measure the playground of a built site, too")
    add("--markdown", action="store_true", help="print Markdown")
    add("--only", choices=[*PARTS], help="measure only a part")
    add("--into", type=Path, metavar="PAGE", help="write the figures between the marks of PAGE")
    return parser.parse_args()


def around_figures(page: Path) -> tuple[str, str, str]:
    """The text of a page before its figures, with the mark, the figures, and the text after them.

    Exits if it has no marks.
    """
    before, mark, rest = page.read_text("utf-8").partition(MARKS[0] + "\n")
    figures, end, after = rest.partition(MARKS[1])
    if not end:
        sys.exit(f"{page} has no {' ... '.join(MARKS)}")
    return before + mark, figures, end + after


def sections(figures: str) -> dict[str, str]:
    """The tables of a page by their headings."""
    parts = figures.split("### ")[1:]
    return {part.partition("\n")[0]: f"### {part.rstrip()}\n" for part in parts}


def tables(options: argparse.Namespace) -> Iterator[FigureTable]:
    """Measure, and give each table as soon as it is complete."""
    return PARTS[options.only](options) if options.only else all_tables(options)


def of_model_files(options: argparse.Namespace) -> Iterator[FigureTable]:
    """The tables on reading model files, without and with other tools."""
    few = max(1, options.rounds // 10)
    yield model_files.model_files(options.largest, few)
    if not options.no_peers:
        yield from peers.of_files(few)


def of_sweeps(options: argparse.Namespace) -> Iterator[FigureTable]:
    """The tables on the variants of a sweep, without and with other tools."""
    yield sweeps.sweeps(max(1, options.rounds // 10))
    yield sweeps.reduced(options.largest)
    if not options.no_peers:
        yield sweeps.peers()


PARTS = {"model-files": of_model_files, "sweeps": of_sweeps}
"""What can be measured alone."""


def all_tables(options: argparse.Namespace) -> Iterator[FigureTable]:
    few = max(1, options.rounds // 10)
    yield machine()
    yield starts.start_up(options.rounds)
    yield in_process.parse_and_analysis(options.rounds)
    yield in_process.python_api(options.rounds)
    yield in_process.model_import(few)
    yield starts.phases(options.rounds)
    yield in_process.collection()
    yield sweeps.sweeps(few)
    yield sweeps.reduced(options.largest)
    yield many_files.large_diffs(options.largest, few)
    yield many_files.checks(options.largest, few)
    yield model_files.model_files(options.largest, few)
    yield live.waits(few)
    if options.site:
        from .playground import edits  # needs a browser

        yield edits(options.site, options.rounds)
    if not options.no_peers:
        yield peers.comparison(few)
        yield from peers.of_files(few)
        yield sweeps.peers()
    for series, sizes in GROWTH_SIZES.items():
        yield growth.growth(series, [size for size in sizes if size <= options.largest], few)


if __name__ == "__main__":
    main()
