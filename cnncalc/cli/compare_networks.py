"""The networks that `compare` is given, with their numbers on a device and in training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

from ..engine.analysis import Analysis
from ..views.grid.compare import NamedAnalysis
from .convention import with_convention
from .device import DeviceOptions, with_deployment
from .loading import analysed, parsed_networks
from .options import NetworkOptions
from .training import TrainingOptions, with_training


def compared_networks(
    nets: Sequence[str],
    options: NetworkOptions,
    target: DeviceOptions,
    training: TrainingOptions,
    convention: str | None,
) -> Iterator[NamedAnalysis]:
    """Every network that a NET refers to, in order."""
    for net in nets:
        others = trained_analyses(net, options, target, training)
        for (name, analysis), trained in zip(analyses_of(net, options), others, strict=False):
            found = with_convention(with_deployment(analysis, target), convention)
            yield NamedAnalysis(name, with_training(found, training, None, trained))


def trained_analyses(
    net: str, options: NetworkOptions, target: DeviceOptions, training: TrainingOptions
) -> Iterable[Analysis | None]:
    """The networks of a NET as they are trained, where the type on the device is another one."""
    if not (training.is_asked and target.device is not None):
        return repeat(None)
    usual = options._replace(usual_dtype="float32")
    return (analysis for _, analysis in analyses_of(net, usual))


def analyses_of(net: str, options: NetworkOptions) -> Iterator[tuple[str, Analysis]]:
    for name, parsed in parsed_networks(net, options):
        yield name, analysed(parsed, options)
