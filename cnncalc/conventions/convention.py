"""What a convention is: how another tool counts the operations of a layer, by its kind."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..engine.analysis import Analysis

Amount = int | float
"""A count of one sample: whole, but for a tool that multiplies by a fraction and rounds the sum of all layers."""


class CountRule(NamedTuple):
    """How a tool counts one kind of layer.

    `amount` takes the layer and the shapes that enter, for one sample, and `says` puts it into words.  It raises Refusal
    where PyTorch has no such layer, or where the tool itself fails.
    """

    says: str
    amount: Callable[..., Amount]


class Count(NamedTuple):
    """What a tool counts of one layer, and the rule by which it does."""

    value: int
    says: str


class Convention(NamedTuple):
    """How a tool counts.

    `unit` is its own word for its number; `beside` is the number of ours that it means, `macs` or `flops`.  Kinds of
    layers that have no rule count 0, for the reason that `otherwise` gives.  `params` is what it reports of a network.
    `traces` says that it follows the values: what no output depends on does not count.
    """

    name: str
    version: str
    unit: str
    beside: str
    about: str
    rules: Mapping[str, CountRule]
    otherwise: str
    params: Callable[[Analysis], int]
    traces: bool = False


def each(kinds: str, says: str, amount: Callable[..., Amount]) -> dict[str, CountRule]:
    """One rule for several kinds, whose names are parted by spaces."""
    return dict.fromkeys(kinds.split(), CountRule(says, amount))


def nothing(layer: Any, *inputs: Any) -> int:
    return 0
