"""`cnncalc explain`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..views.explain.formats import FORMATS, OPTION_FORMATS, render
from .completers import complete_layers, complete_networks
from .convention import convention_option, with_convention
from .device import DeviceOptions, device_options, with_deployment
from .explanation import ExplanationOptions, explain_request, explanation_options
from .loading import load_analysis
from .options import NetworkOptions, network_options
from .selection import chosen_parts
from .terminal import write_parts
from .training import TrainingOptions, training_options, with_training
from .watch import WatchableCommand

EPILOG = """\b
Examples:
  cnncalc explain alexnet                  where parameters, operations and memory are
  cnncalc explain alexnet conv1            every number of a layer, with its formula
  cnncalc explain googlenet 3a             a group, as the sum of its parts
  cnncalc explain googlenet '3a.5x5.*'     several layers
  cnncalc explain resnet50 --convention torchinfo    what another tool counts, and why
  cnncalc explain resnet8 --device stm32h743         what it needs there, and why
  cnncalc explain resnet50 bn --training --batch 8   what is kept for the backward pass
  cnncalc explain mynet.yaml fc6 --set classes=10 --format markdown
"""


@click.command(
    cls=WatchableCommand,
    epilog=EPILOG,
    help="Explain the numbers of NET, or of a LAYER: a path, its end, a pattern with * and ?, or a"
    " kind of layer.",
)
@click.argument("net", shell_complete=complete_networks)
@click.argument("layers", nargs=-1, metavar="[LAYER...]", shell_complete=complete_layers)
@network_options
@device_options
@training_options
@convention_option
@explanation_options(FORMATS)
def command(
    net: str,
    layers: Sequence[str],
    options: NetworkOptions,
    target: DeviceOptions,
    training: TrainingOptions,
    convention: str | None,
    shown: ExplanationOptions,
) -> None:
    form = shown.chosen_form(FORMATS, OPTION_FORMATS)
    analysis = with_convention(load_analysis(net, options), convention)
    analysis = with_deployment(analysis, target)
    trained = load_analysis(net, options._replace(usual_dtype="float32")) if target.device else None
    analysis = with_training(analysis, training, target.device, trained)
    chosen = chosen_parts(analysis, layers)
    request = explain_request(analysis, net, chosen, shown)
    write_parts(render(form, request), form, shown.output)
