"""The Python interface: a name or a file -> a network -> a report, whose values have the names of the JSON of `show`.

>>> import cnncalc
>>> network = cnncalc.load("alexnet")
>>> network
<Network AlexNet: 3x227x227 -> 1000, 23 layers>
>>> report = cnncalc.analyse(network)
>>> report.totals.params, report.totals.macs
(60965224, 724406816)
>>> report.layers[0].output_shape, report.layers[0].weights["weight"]
((96, 55, 55), (96, 3, 11, 11))
>>> cnncalc.load("resnet50", input="3x320x320", vars={"classes": 10}).outputs["output"].shape
(10,)
>>> cnncalc.diff(network, cnncalc.load("alexnet", vars={"classes": 10})).delta["params"]
-4056030
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from .. import engine
from ..documents.difference import Change, Difference, Row
from ..documents.report import Group, Layer, ReceptiveField, Report, Share, Totals, TrainingTotals
from ..layers.parameter import show
from ..network import Network
from ..parser import Request, WrongRequest, parse
from ..problem import Problem
from ..sources import files
from ..views.problems import problem_text
from ..views.show.json import show_json

Sizes = str | Sequence[int]


class NetworkError(ValueError):
    """A file that is no network.  `problems` are all of its mistakes, in reading order; the text shows each in its place."""

    def __init__(self, file: str, problems: tuple[Problem, ...], lines: Sequence[str]) -> None:
        super().__init__("\n".join(problem_text(problem, file, lines) for problem in problems))
        self.file = file
        self.problems = problems


def load(
    name: str | os.PathLike[str],
    *,
    variant: str | None = None,
    input: Sizes | Mapping[str, Sizes] | None = None,
    vars: Mapping[str, Any] | None = None,
    dtype: str | None = None,
) -> Network:
    """Read a network: a path, `path@variant`, or the name of a bundled architecture or variant.

    `input` and `dtype` replace the file's, `vars` some of its variables.  Raises NetworkError where the file is wrong,
    OSError where it cannot be read, and WrongRequest (a ValueError) where what is asked does not fit it.
    """
    source = files.load(os.fspath(name))
    shapes = input if isinstance(input, Mapping) else {} if input is None else {"": input}
    request = Request(
        variant or source.variant,
        {word: as_text(value) for word, value in (vars or {}).items()},
        {word: shape if isinstance(shape, str) else "x".join(map(str, shape)) for word, shape in shapes.items()},
        dtype,
    )
    found = parse(source.data, source.name, request)
    if found.network is None:
        raise NetworkError(source.name, found.problems, found.lines)
    return found.network


def as_text(value: Any) -> str:
    """A value of Python as a file would write it."""
    return f"[{', '.join(map(as_text, value))}]" if isinstance(value, list | tuple) else show(value)


def analyse(network: Network, *, batch: int = 1) -> Report:
    """All numbers of a network, for a batch of so many samples."""
    return Report.from_json("".join(show_json(engine.analyse(network, batch))))


def diff(before: Network, after: Network, *, batch: int = 1) -> Difference:
    """What changed from one network to another, aligned as a person would align them."""
    from ..diff import compare
    from ..views.diff.json import diff_json

    found = compare(engine.analyse(before, batch), engine.analyse(after, batch))
    return Difference.from_object(json.loads("".join(diff_json([found])))["differences"][0])


__all__ = [
    "Change", "Difference", "Group", "Layer", "Network", "NetworkError", "Problem", "ReceptiveField", "Report", "Row", "Share",
    "Totals", "TrainingTotals", "WrongRequest", "analyse", "diff", "load",
]  # fmt: skip
