"""`cnncalc diff`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import click

from ..difference import Comparison, Declarations
from ..difference.compare import compare, nothing
from ..engine.analysis import Analysis
from ..engine.calculation import analyse
from ..parser.parsing import Parsed
from ..problem import Error
from ..sources.files import UnreadableFile
from ..sources.resolve import Source
from .completers import complete_networks
from .loading import parsed, said
from .options import Depth, batch_option, color_option, network_options
from .revisions import FROM_GIT, Sides, from_words, of_branch
from .terminal import style

EPILOG = """\b
Examples:
  cnncalc diff resnet50 resnext50_32x4d
  cnncalc diff mynet.yaml                       git's HEAD against the working tree
  cnncalc diff main:mynet.yaml mynet.yaml@small
  cnncalc diff --base main --format markdown    every changed file of a branch, for a pull request
  cnncalc diff vgg16 mynet.yaml --fail-on 'params > +5%' --fail-on output

cnncalc help diff has a page on it, also on git.
"""
FORMATS = ("table", "json", "markdown")


class Asked(NamedTuple):
    """What the options change in both networks."""

    settings: Sequence[str]
    inputs: Sequence[str]
    dtype: str | None
    batch: int


class Found(NamedTuple):
    """What a comparison of files comes to: the variants of each that differ, and remarks on the others."""

    families: list[list[Comparison]]
    remarks: list[str]
    readable: bool = True

    @property
    def differences(self) -> list[Comparison]:
        return [difference for family in self.families for difference in family]


class Wrong(Error):
    """A file that is no network; its problems are printed."""


@click.command(
    epilog=EPILOG,
    help="Show what changed from network A to B.  With one FILE, from what git has of it to what it is now; with --base,"
    " in every architecture file of a branch.",
)
@click.argument("nets", nargs=-1, metavar="[A B | FILE]", shell_complete=complete_networks)
@click.option(
    "--base", metavar="REV", help="Compare every architecture file that changed since REV."
)
@network_options
@batch_option
@click.option(
    "--depth",
    type=Depth(),
    metavar="N",
    help="Open groups to this depth (or all); else as far as 40 rows allow.",
)
@click.option(
    "--consequences", is_flag=True, help="Also what changed only because something before it did."
)
@click.option("--exact", is_flag=True, help="All digits of every number.")
@click.option("--exit-code", is_flag=True, help="End with 1 where the networks differ.")
@click.option(
    "--fail-on",
    multiple=True,
    metavar="RULE",
    help="End with 1 where a rule holds: 'params > +5%', output, ...",
)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", help="How to print it."
)
@click.option("--textconv", is_flag=True, help="For git: one FILE as text, a layer a line.")
@color_option("table")
def command(
    nets: Sequence[str],
    base: str | None,
    settings: Sequence[str],
    inputs: Sequence[str],
    dtype: str | None,
    batch: int,
    depth: int | None,
    consequences: bool,
    exact: bool,
    exit_code: bool,
    fail_on: Sequence[str],
    form: str,
    textconv: bool,
    color: str,
) -> None:
    if textconv:
        as_text(nets)
        return
    from .fail_on import rule

    asked = Asked(settings, inputs, dtype, batch)
    for_git = (
        len(nets) in FROM_GIT or "GIT_DIFF_PATH_COUNTER" in os.environ
    )  # git dies where its tool does not end with 0
    try:
        rules = [rule(text) for text in fail_on]
        found = (
            of_all(of_branch(base, nets), asked)
            if base is not None
            else of_all([from_words(nets)], asked)
        )
    except (UnreadableFile, click.UsageError) as error:
        if not for_git:
            raise
        click.echo(f"cnncalc: {error}", err=True)
        return
    if found.readable or found.families or for_git or base is not None:
        write(found, form, depth, consequences, exact, color)
    broken = [
        (one.text, words)
        for one in rules
        for difference in found.differences
        if (words := one.broken(difference))
    ]
    for text, words in broken:
        click.echo(f"cnncalc: fails on {text.strip()}: {words}", err=True)
    differs = exit_code and not all(difference.is_empty for difference in found.differences)
    if not for_git and (broken or differs or not found.readable):
        raise click.exceptions.Exit(1)


def of_all(files: Sequence[Sides], asked: Asked) -> Found:
    """What differs in files, one after the other; what is wrong with one leaves the others as they are."""
    found = Found([], [])
    for sides in files:
        try:
            differences = list(
                of_family(sides, asked)
                if sides.family
                else [of_pair(sides.before, sides.after, asked)]
            )
        except Wrong:
            found = found._replace(readable=False)
            continue
        told = [difference for difference in differences if not difference.is_empty]
        same = [
            difference.after.network.variant or "?"
            for difference in differences
            if difference.is_empty
        ]
        if told and same:
            found.remarks.append(f"{name_of(sides)}: no difference in {', '.join(same)}")
        found.families.append(told or differences[:1])
    if not files:
        found.remarks.append("no architecture file changed")
    return found


def name_of(sides: Sides) -> str:
    return (sides.after or sides.before or Source(b"", "?", None)).name


# One pair


def of_pair(before: Source | None, after: Source | None, asked: Asked) -> Comparison:
    """The difference of two networks, of which one may be missing.  Raises Wrong."""
    earlier, later = (
        None if source is None else read_side(source, asked) for source in (before, after)
    )
    return differing(earlier, later)


class Read(NamedTuple):
    """A network that was read, and what its file says."""

    report: Analysis
    said: Declarations
    variants: tuple[str, ...]


def differing(before: Read | None, after: Read | None) -> Comparison:
    there = before or after
    if there is None:
        raise click.UsageError("there is nothing to compare: both are /dev/null")
    empty = Read(nothing(there.report.network), Declarations(), ())
    earlier, later = before or empty, after or empty
    return compare(earlier.report, later.report, (earlier.said, later.said))


def read_side(source: Source, asked: Asked) -> Read:
    """Read and calculate one side; what is wrong with it goes to standard error.  Raises Wrong."""
    found = parsed(source, asked.settings, asked.inputs, asked.dtype)
    complain_of(found, source)
    if found.network is None:
        raise Wrong
    return Read(analyse(found.network, asked.batch), said(found, asked.settings), found.variants)


def complain_of(found: Parsed, source: Source) -> None:
    """Print the mistakes; warnings are for who works on the file."""
    from ..views.problems import problem_text

    for problem in found.problems:
        if problem.severity == "error":
            click.echo(problem_text(problem, source.name, found.lines), err=True)


def of_family(sides: Sides, asked: Asked) -> Iterator[Comparison]:
    """The differences of all variants that a file has before or after, in order."""
    first = [
        None if source is None else read_side(source, asked)
        for source in (sides.before, sides.after)
    ]
    names = dict.fromkeys(
        name for read in reversed(first) if read is not None for name in read.variants
    )
    if not names or not any(read.variants for read in first if read is not None):
        yield differing(first[0], first[1])
        return
    for name in names:
        yield differing(
            *(
                of_variant(source, read, name, asked)
                for source, read in zip(sides[:2], first, strict=True)
            )
        )


def of_variant(source: Source | None, first: Read | None, name: str, asked: Asked) -> Read | None:
    """One variant of a file; a file without any is all that it has."""
    if source is None or first is None or (first.variants and name not in first.variants):
        return None
    if not first.variants or first.report.network.variant == name:
        return first
    return read_side(source._replace(variant=name), asked)


# Printing


def write(
    found: Found, form: str, depth: int | None, consequences: bool, exact: bool, color: str
) -> None:
    if form == "json":
        from ..views.diff.json import diff_json

        sys.stdout.write("".join(f"{line}\n" for line in diff_json(found.differences)))
    elif form == "markdown":
        from ..views.diff.markdown import diff_markdown

        sys.stdout.write(diff_markdown(found.families, depth, consequences, exact, found.remarks))
    else:
        from ..views.diff.table import diff_table
        from ..views.text import for_log, safe

        parts = [
            diff_table(family, style(color, exact), depth, consequences)
            for family in found.families
        ]
        sys.stdout.write(
            for_log("\n\n".join(parts) + "".join(f"{safe(remark)}\n" for remark in found.remarks))
        )


def as_text(words: Sequence[str]) -> None:
    """A file for git's textconv: a layer a line, or as it stands where it is no network."""
    from ..parser import Request
    from ..parser.parsing import parse
    from ..sources.files import read
    from ..views.diff.textconv import layers_text
    from ..views.text import for_log

    if len(words) != 1:
        raise click.UsageError("--textconv takes one file")
    data = b"" if words[0] == "/dev/null" else read(words[0])
    network = parse(data, words[0], Request()).network if data else None
    sys.stdout.write(
        for_log(layers_text(analyse(network)))
        if network is not None
        else data.decode("utf-8", "replace")
    )
