"""`--training`, `--optimizer` and `--amp`: what a training step of a network needs."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

from ..engine.analysis import Analysis
from ..escape import safe
from ..named_tuple import NamedTuple
from .options import Command

if TYPE_CHECKING:
    from ..devices.device import Device


class TrainingOptions(NamedTuple):
    """How the network is trained; `is_asked` is whether anybody wants to know."""

    is_asked: bool = False
    optimizer: str = "sgd"
    amp: bool = False


def training_options(function: Command) -> Command:
    """`--training`, `--optimizer` and `--amp`, which the command gets as `training`."""

    @functools.wraps(function)
    def command(*, training: bool, optimizer: str | None, amp: bool, **others: Any) -> Any:
        for option, value in {"--optimizer": optimizer, "--amp": amp}.items():
            if value and not training:
                raise click.UsageError(f"{option} needs --training: the memory of a training step")
        found = TrainingOptions(training, optimizer or "sgd", amp)
        return function(training=found, **others)

    training_option = click.option(
        "--training", is_flag=True, help="Also show the memory of a training step in PyTorch."
    )
    optimizer_option = click.option(
        "--optimizer",
        type=OptimizerType(),
        metavar="NAME",
        help="With --training: sgd (with momentum, the default), adam, adamw, ...",
    )
    amp_option = click.option(
        "--amp", is_flag=True, help="With --training: automatic mixed precision."
    )
    return training_option(optimizer_option(amp_option(command)))


class OptimizerType(click.ParamType):  # type: ignore[type-arg]
    """The name of an optimizer."""

    name = "optimizer"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from ..devices.training import OPTIMIZERS

        if value not in OPTIMIZERS:
            self.fail(f"{safe(value)} is not one of {', '.join(OPTIMIZERS)}", param, ctx)
        return value


def with_training(
    analysis: Analysis,
    training: TrainingOptions,
    device: Device | None = None,
    trained: Analysis | None = None,
) -> Analysis:
    """The analysis with what a training step needs, if it is asked for.

    `trained` is the network in the types in which it is trained, if they are others.  Raises
    UsageError if it cannot be trained.
    """
    if not training.is_asked:
        return analysis
    from ..devices.training import NotTrainable, train

    try:
        found = train(trained or analysis, training.optimizer, training.amp, device)
    except NotTrainable as error:
        file = safe(analysis.network.file)
        hint = "--dtype float32 shows it as it is trained"
        raise click.UsageError(f"{file}: {safe(str(error))}: {hint}") from None
    return analysis.supplemented(found)
