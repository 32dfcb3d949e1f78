"""`cnncalc report`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..engine.analysis import Analysis
from ..escape import safe
from ..named_tuple import NamedTuple
from ..parser import Parsed
from .browser import check_open, new_page, open_page
from .completers import complete_networks
from .device import DeviceOptions, device_options, with_deployment
from .loading import analysed, load, parse_source
from .options import NetworkOptions, chosen_format, network_options
from .terminal import complain, note, write_output
from .training import TrainingOptions, training_options, with_training
from .watch import WatchableCommand

if TYPE_CHECKING:
    from ..difference import Comparison
    from ..views.report import PageNetwork

EPILOG = """\b
Examples:
  cnncalc report googlenet -o googlenet.html
  cnncalc report mynet.yaml@small --input 3x64x64 -o small.html
  cnncalc report resnet50 resnext50_32x4d -o both.html       with their difference
  cnncalc report visual_wake_words --device stm32h743 -o board.html
  cnncalc report alexnet vgg16 googlenet resnet50 -o four.html
  cnncalc report resnet50 --open

cnncalc help report describes the page.
"""


MAX_PAGE_LAYERS = 20_000  # of a network: more take a browser long to open


class ReportedNetwork(NamedTuple):
    """A network as the user named it, its file, and its numbers."""

    target: str
    parsed: Parsed
    analysis: Analysis


@click.command(
    cls=WatchableCommand,
    epilog=EPILOG,
    help="Write an HTML page about networks: graph, charts, table and file; for two also their"
    " difference.",
)
@click.argument("nets", nargs=-1, required=True, metavar="NET...", shell_complete=complete_networks)
@click.option(
    "-o",
    "--output",
    metavar="FILE.html",
    type=click.Path(dir_okay=False),
    help="Write to FILE.html; `-` is standard output.",
)
@click.option("--open", "is_opened", is_flag=True, help="Open the page in the browser.")
@network_options
@device_options
@training_options
def command(
    nets: Sequence[str],
    output: str | None,
    is_opened: bool,
    options: NetworkOptions,
    target: DeviceOptions,
    training: TrainingOptions,
) -> None:
    from ..views.report import page_data, page_title, report_page
    from ..views.report.page import page_files

    if is_opened:
        check_open(output)
    elif output is None:
        raise click.UsageError("report needs -o FILE.html, or --open")
    chosen_format("html", output, {}, "html")
    loaded = [reported_network(net, options) for net in nets]
    networks = [with_needs(one, options, target, training) for one in loaded]
    shown = [page_network(network, options) for network in networks]
    difference = difference_of(networks[0], networks[1], options) if len(networks) == 2 else None
    page = report_page(page_title(shown), page_data(shown, difference), page_files())
    path = output or new_page()
    write_output(page, "html", path)
    if output is None:
        note(f"wrote {safe(path)}")
    if is_opened and not open_page(path):
        complain(f"{path} is written, but no browser opened it")
        raise click.exceptions.Exit(2)


def reported_network(target: str, options: NetworkOptions) -> ReportedNetwork:
    """Load a network.  Raises UsageError if it has too many layers for a page."""
    parsed = parse_source(load(target, options.inputs), options)
    layers = len(parsed.network.nodes) if parsed.network else 0
    if layers > MAX_PAGE_LAYERS:
        raise click.UsageError(
            f"{safe(target)} has {layers:,} layers, more than the"
            f" {MAX_PAGE_LAYERS:,} of a page: cnncalc show --format json lists them all"
        )
    return ReportedNetwork(target, parsed, analysed(parsed, options))


def with_needs(
    found: ReportedNetwork,
    options: NetworkOptions,
    target: DeviceOptions,
    training: TrainingOptions,
) -> ReportedNetwork:
    """The network with what it needs on the device and in training, if these are asked for."""
    analysis, trained = with_deployment(found.analysis, target), None
    if training.is_asked and options.usual_dtype != "float32":
        usual = options._replace(usual_dtype="float32")
        trained = reported_network(found.target, usual).analysis
    analysis = with_training(analysis, training, target.device, trained)
    return found._replace(analysis=analysis)


def page_network(found: ReportedNetwork, options: NetworkOptions) -> PageNetwork:
    """A network for the page.

    Expectations of a file are not checked if the command line changes its network.
    """
    from ..check.expect import check_expect
    from ..views.report import PageNetwork

    unmet = () if options.changes_network else check_expect(found.analysis)
    return PageNetwork(found.target, found.analysis, found.parsed.lines, tuple(unmet))


def difference_of(
    before: ReportedNetwork, after: ReportedNetwork, options: NetworkOptions
) -> Comparison:
    """The difference of two networks."""
    from ..difference import compare
    from ..difference.file_comparison import declarations_of

    declarations = (
        declarations_of(before.parsed, options.variables),
        declarations_of(after.parsed, options.variables),
    )
    return compare(before.analysis, after.analysis, declarations)
