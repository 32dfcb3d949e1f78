"""`cnncalc report`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from ..engine import analyse
from ..engine.analysis import Analysis
from ..escape import safe
from ..named_tuple import NamedTuple
from ..parser import Parsed
from ..sources.resolve import load
from ..views.report.page import page_files
from .completers import complete_networks
from .loading import checked_network, parse_source
from .options import NetworkOptions, OnceCommand, chosen_format, network_options
from .terminal import write_output

EPILOG = """\b
Examples:
  cnncalc report googlenet -o googlenet.html
  cnncalc report mynet.yaml@small --input 3x64x64 -o small.html
  cnncalc report resnet50 resnext50_32x4d -o both.html       with their difference
  cnncalc report alexnet vgg16 googlenet resnet50 -o four.html

cnncalc help report describes the page.
"""


MAX_PAGE_LAYERS = 20_000  # of a network: more take a browser long to open


class ReportedNetwork(NamedTuple):
    """A network of the page: as the user named it, its file, and its numbers."""

    target: str
    parsed: Parsed
    analysis: Analysis

    @property
    def title(self) -> str:
        network = self.analysis.network
        return network.variant or network.name


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Write an HTML page about networks: graph, charts, table and file; for two also their"
    " difference.",
)
@click.argument("nets", nargs=-1, required=True, metavar="NET...", shell_complete=complete_networks)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE.html",
    type=click.Path(dir_okay=False),
    help="Write to FILE.html; `-` is standard output.",
)
@network_options
def command(nets: Sequence[str], output: str, options: NetworkOptions) -> None:
    from ..views.report import report_page

    chosen_format("html", output, {}, "html")
    networks = [reported_network(net, options) for net in nets]
    title = ", ".join(dict.fromkeys(network.title for network in networks))
    page = report_page(title, page_data(title, networks, options), page_files())
    write_output(page, "html", output)


def reported_network(target: str, options: NetworkOptions) -> ReportedNetwork:
    """Load a network.  Raises UsageError if it has too many layers for a page."""
    parsed = parse_source(load(target, options.inputs), options)
    network = checked_network(parsed)
    if len(network.nodes) > MAX_PAGE_LAYERS:
        raise click.UsageError(
            f"{safe(target)} has {len(network.nodes):,} layers, more than the"
            f" {MAX_PAGE_LAYERS:,} of a page: cnncalc show --format json lists them all"
        )
    return ReportedNetwork(target, parsed, analyse(network, options.batch))


def page_data(
    title: str, networks: Sequence[ReportedNetwork], options: NetworkOptions
) -> dict[str, Any]:
    """The content of the page.

    Expectations of a file are not checked if the command line changes its network.
    """
    from ..check.expect import check_expect
    from ..views.report import comparison_object, network_object

    names = [network.target for network in networks]
    objects = []
    for _, parsed, analysis in networks:
        unmet = () if options.changes_network else check_expect(analysis)
        objects.append(network_object(analysis, parsed.lines, unmet))
    data: dict[str, Any] = {"title": title, "names": names, "networks": objects}
    if len(networks) > 1:
        data["comparison"] = comparison_object([network.analysis for network in networks], names)
    if len(networks) == 2:
        data["difference"] = difference_of(networks[0], networks[1], options)
    return data


def difference_of(
    before: ReportedNetwork, after: ReportedNetwork, options: NetworkOptions
) -> dict[str, Any]:
    """The difference of two networks."""
    from ..difference import compare
    from ..difference.file_comparison import declarations_of
    from ..views.report import difference_object

    declarations = (
        declarations_of(before.parsed, options.variables),
        declarations_of(after.parsed, options.variables),
    )
    return difference_object(compare(before.analysis, after.analysis, declarations))
