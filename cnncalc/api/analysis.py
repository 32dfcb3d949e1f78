"""The numbers of a network, and the difference between two."""

from __future__ import annotations

from .. import engine
from ..documents.diff import Difference
from ..documents.show import Report
from ..network import Network
from ..views.show.notebook import report_html


def analyse(
    network: Network,
    *,
    batch: int = 1,
    device: str | None = None,
    optimizer: str | None = None,
    amp: bool = False,
) -> Report:
    """All numbers of a network, for a batch of the given size.

    With the name of a device of `cnncalc devices`, also what the network needs there in its types
    (`deployment` and `time`); with an optimizer, such as "sgd" or "adam", the memory of a training
    step (`training`), if `amp` with mixed precision.  Raises Error (a ValueError for an unknown
    optimizer, or `amp` without one) if the network cannot run there, or be trained.
    """
    analysis = engine.analyse(network, batch)
    if amp and optimizer is None:
        raise ValueError("`amp` is for training: name the optimizer")
    if device is None and optimizer is None:
        return Report.of(analysis)
    from ..devices.catalogue import bundled_device
    from ..devices.deploy import deploy
    from ..devices.training import OPTIMIZERS, train

    found = None if device is None else bundled_device(device)
    if optimizer is not None:
        if optimizer not in OPTIMIZERS:
            raise ValueError(f"the optimizer is one of {', '.join(OPTIMIZERS)}, not {optimizer!r}")
        analysis = analysis.supplemented(train(analysis, optimizer, amp, found))
    return Report.of(analysis if found is None else analysis.supplemented(deploy(analysis, found)))


def diff(before: Network, after: Network, *, batch: int = 1, flat: bool = False) -> Difference:
    """What changed from one network to another, aligned as a person would align them.

    `flat` compares the layers alone, whatever their names, groups and order in the file are.
    """
    from ..difference import compare

    analyses = engine.analyse(before, batch), engine.analyse(after, batch)
    return Difference.of(compare(*analyses, is_flat=flat))


Report._repr_html_ = report_html  # type: ignore[method-assign, assignment]
