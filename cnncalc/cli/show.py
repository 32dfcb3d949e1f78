"""`cnncalc show`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..engine import analyse
from ..engine.analysis import Analysis
from ..parser import Parsed
from ..views.show.formats import FORMATS, OPTION_FORMATS, ShowRequest, render
from .completers import complete_networks
from .convention import convention_option, with_convention
from .device import DeviceOptions, device_options, with_deployment
from .loading import analysed, load, parse_source
from .options import (
    NetworkOptions,
    check_options,
    chosen_format,
    color_option,
    colors,
    exact_option,
    format_option,
    network_options,
    output_option,
)
from .selection import chosen_layers
from .show_rows import RowOptions, check_combination, row_options, table_options
from .show_source import source_option
from .terminal import style, write, write_output, write_parts
from .training import TrainingOptions, training_options, with_training
from .watch import WatchableCommand

if TYPE_CHECKING:
    from ..problem import Problem
    from ..sources.resolve import Source
    from ..views.style import Style

EPILOG = """\b
Examples:
  cnncalc show alexnet
  cnncalc show architectures/googlenet.yaml@googlenet_bn --depth 2
  cnncalc show model.pt2                       a model file
  cnncalc show mynet.yaml --set classes=10 --input 3x64x64
  cnncalc show resnet50 --layers 'stage.3.*' --columns layer,output,receptive_field
  cnncalc show vgg16 --sort params --format markdown
  cnncalc show resnet50 --format json | jq .totals
  cnncalc show resnet50 --convention torchinfo
  cnncalc show visual_wake_words --device stm32h743   flash, RAM and time there
  cnncalc show resnet50 --training --batch 32         the memory of a training step
  cnncalc show visual_wake_words --device stm32h743 --memory   where its buffers are
  cnncalc show resnet50 --source               the architecture file itself

cnncalc help columns lists the columns.
"""


@click.command(
    cls=WatchableCommand,
    epilog=EPILOG,
    help="Show the output shape and cost of each layer of NET, with totals and a breakdown.  NET is"
    " a bundled name, an architecture file, a model file, or REV:PATH of a file in git.",
)
@click.argument("net", shell_complete=complete_networks)
@network_options
@device_options
@training_options
@convention_option
@row_options
@exact_option
@format_option(FORMATS, "table")
@output_option
@color_option
@source_option
def command(
    net: str,
    options: NetworkOptions,
    target: DeviceOptions,
    training: TrainingOptions,
    convention: str | None,
    rows: RowOptions,
    exact: bool,
    form: str | None,
    output: str | None,
    color: str,
) -> None:
    form = chosen_format(form, output, FORMATS, "table")
    of_totals = {"--runtime": target.runtime, "--optimizer": training.optimizer != "sgd"}
    check_options(form, OPTION_FORMATS, {**rows.given(of_totals), **colors(color)})
    check_combination(rows, {"--convention": convention, "--training": training.is_asked})
    shown = table_options(rows, form, convention, further_of(target, training))
    source = load(net, options.inputs)
    parsed = parse_source(source, options)
    if parsed.network is None and form == "table" and output is None:
        print_partial(parsed, color)
    analysis = with_convention(analysed(parsed, options), convention)
    analysis = with_deployment(analysis, target)
    analysis = with_training(analysis, training, target.device, trained(source, options))
    if rows.memory:
        write_output(memory_text(analysis, form, style(color, exact, output)), form, output)
        return
    if rows.layers:
        shown = shown._replace(layers=tuple(chosen_layers(analysis, rows.layers)))
    request = ShowRequest(analysis, shown, style(color, exact, output))
    if form == "table":
        unmet = () if options.changes_network else unmet_expectations(analysis)
        variants = () if source.variant else parsed.variants
        request = request._replace(unmet=unmet, variants=variants)
    write_parts(render(form, request), form, output)


def memory_text(analysis: Analysis, form: str, style: Style) -> str:
    """The memory plan in a format.  Raises UsageError if the runtime has none."""
    from ..devices.deployment import Deployment
    from ..views.grid.formats import GridRequest, render
    from ..views.grid.memory import memory_grid

    found = analysis.supplement(Deployment)
    if found is None or found.plan is None:
        message = "--memory shows the plan of TensorFlow Lite Micro: name a device that runs it"
        raise click.UsageError(f"{message}, or use --runtime tflm")
    return render(form, GridRequest(memory_grid(found.plan), style, "", "memory"))


def further_of(target: DeviceOptions, training: TrainingOptions) -> tuple[str, ...]:
    """The columns that the options add."""
    from ..views.show.columns import further_columns

    return further_columns(target.device is not None, training.is_asked)


def trained(source: Source, options: NetworkOptions) -> Analysis | None:
    """The network as it is trained, if the usual type is that of a device at inference."""
    if options.usual_dtype == "float32":
        return None
    parsed = parse_source(source, options._replace(usual_dtype="float32"))
    return analysed(parsed, options)


def unmet_expectations(analysis: Analysis) -> Sequence[Problem]:
    """The expectations of a file that its network does not meet; those of a model are its own."""
    if analysis.network.is_imported:
        return ()
    from ..check.expect import check_expect

    return check_expect(analysis)


def print_partial(parsed: Parsed, color: str) -> None:
    """Print the layers before the step that failed."""
    if parsed.partial is None or not parsed.partial.nodes:
        return
    from ..views.show.table import rows_table

    write(rows_table(analyse(parsed.partial), style(color)) + "\n")
