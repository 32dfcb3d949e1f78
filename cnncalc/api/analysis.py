"""The numbers of a network, and the difference between two."""

from __future__ import annotations

import json

from .. import engine
from ..documents.difference import Difference
from ..documents.report import Report
from ..network import Network
from ..views.show.json import show_json


def analyse(network: Network, *, batch: int = 1) -> Report:
    """All numbers of a network, for a batch of so many samples."""
    return Report.from_json("".join(show_json(engine.analyse(network, batch))))


def diff(before: Network, after: Network, *, batch: int = 1) -> Difference:
    """What changed from one network to another, aligned as a person would align them."""
    from ..difference.compare import compare
    from ..views.diff.json import diff_json

    found = compare(engine.analyse(before, batch), engine.analyse(after, batch))
    return Difference.from_object(json.loads("".join(diff_json([found])))["differences"][0])
