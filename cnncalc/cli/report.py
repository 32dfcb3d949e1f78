"""`cnncalc report`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import click

from ..engine.analysis import Analysis
from ..engine.calculation import analyse
from ..parser.parsing import Parsed
from ..sources.files import write
from ..sources.resolve import load
from ..views.report.page import page_files
from ..views.text import safe
from .completers import complete_networks
from .loading import complain, parsed, said
from .options import batch_option, network_options

EPILOG = """\b
Examples:
  cnncalc report googlenet -o googlenet.html
  cnncalc report mynet.yaml@small --input 3x64x64 -o small.html
  cnncalc report resnet50 resnext50_32x4d -o both.html       with their difference
  cnncalc report alexnet vgg16 googlenet resnet50 -o four.html

cnncalc help report says what is on the page.
"""


MOST_LAYERS = 20_000


class Subject(NamedTuple):
    """A network of the page: how it was asked for, what its file says, and its numbers."""

    word: str
    found: Parsed
    report: Analysis


@click.command(
    epilog=EPILOG,
    help="Write one page on networks: graph, charts, table and file; of two also what changed.",
)
@click.argument("nets", nargs=-1, required=True, metavar="NET...", shell_complete=complete_networks)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE.html",
    type=click.Path(dir_okay=False),
    help="Write it here; - prints it.",
)
@network_options
@batch_option
def command(
    nets: Sequence[str],
    output: str,
    settings: Sequence[str],
    inputs: Sequence[str],
    dtype: str | None,
    batch: int,
) -> None:
    from ..views.report import report_page

    subjects = []
    for net in nets:
        source = load(net)
        found = parsed(source, settings, inputs, dtype)
        network = complain(found, source)
        if len(network.nodes) > MOST_LAYERS:
            raise click.UsageError(
                f"{safe(net)} has {len(network.nodes):,} layers, and a page can have {MOST_LAYERS:,}: more take a browser long "
                "to open; cnncalc show --format json has them all"
            )
        subjects.append(Subject(net, found, analyse(network, batch)))
    title = ", ".join(dict.fromkeys(title_of(subject.report) for subject in subjects))
    page = report_page(
        title, page_data(title, subjects, settings, changed=bool(settings or inputs)), page_files()
    )
    if output == "-":
        sys.stdout.write(page)
    else:
        write(output, page.encode())


def title_of(report: Analysis) -> str:
    network = report.network
    return network.variant or network.name


def page_data(
    title: str, subjects: Sequence[Subject], settings: Sequence[str], changed: bool
) -> dict[str, Any]:
    """All that is on the page.  A network that was `changed` on the command line is not held to what its file promises."""
    from ..check.expect import check_expect
    from ..views.report import comparison_object, difference_object, network_object

    reports = [subject.report for subject in subjects]
    names = [subject.word for subject in subjects]
    networks = [
        network_object(
            subject.report, subject.found.lines, () if changed else check_expect(subject.report)
        )
        for subject in subjects
    ]
    data: dict[str, Any] = {"title": title, "names": names, "networks": networks}
    if len(subjects) > 1:
        data["comparison"] = comparison_object(reports, names)
    if len(subjects) == 2:
        from ..difference.compare import compare

        before, after = subjects
        words = said(before.found, settings), said(after.found, settings)
        data["difference"] = difference_object(compare(before.report, after.report, words))
    return data
