"""A convention: the rules by which another tool counts the operations of each layer kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..engine.analysis import Analysis
from ..layers.layer import Layer
from ..named_tuple import NamedTuple

Amount = int | float
"""The count of one layer for one sample.

An integer, except for tools that multiply by a fraction and round only the sum of all layers.
"""


class CountRule(NamedTuple):
    """How a tool counts one layer kind.

    `description` states the rule in words. `amount` takes the layer and its input shapes, for one
    sample. It raises Refusal if PyTorch has no such layer or if the tool itself fails.
    """

    description: str
    amount: Callable[..., Amount]


class Count(NamedTuple):
    """The count of a tool for one layer, and the description of the rule that it applies."""

    value: int
    description: str


class Convention(NamedTuple):
    """How a tool counts the operations of a network.

    Attributes:
        unit: the tool's name for its count, such as `mult-adds`.
        quantity: the total of cnncalc that the count corresponds to: `macs` or `flops`, or `params`
            for a tool that counts no operations.
        about: what the tool counts, in one phrase.
        rules: the rule of each layer kind. Kinds without a rule count 0.
        default: why kinds without a rule count 0.
        params: gives the number of parameters that the tool reports for a network; of a tool that
            counts nothing else, of the trainable ones.
        check: raises Refusal if a layer has arguments with which the tool cannot count it.
        traces: whether the tool traces the network, so that it does not see layers that no output
            depends on.
    """

    name: str
    version: str
    unit: str
    quantity: str
    about: str
    rules: Mapping[str, CountRule]
    default: str
    params: Callable[[Analysis], int]
    check: Callable[[Layer], None]
    traces: bool = False

    @property
    def counts_params(self) -> bool:
        """Whether the tool counts parameters, each once, and not operations of a batch."""
        return self.quantity == "params"


def rules_for(kinds: str, description: str, amount: Callable[..., Amount]) -> dict[str, CountRule]:
    """One rule for several layer kinds, given as names separated by spaces."""
    return dict.fromkeys(kinds.split(), CountRule(description, amount))


def zero(layer: object, *inputs: object) -> int:
    return 0
