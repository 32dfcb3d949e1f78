"""The content of the page: networks, their comparison, and the difference of two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...difference.comparison import Comparison
from ...engine.analysis import Analysis
from ...named_tuple import NamedTuple
from ...problem import Problem
from .comparison import comparison_object, difference_object
from .network import network_object


class PageNetwork(NamedTuple):
    """A network of the page: as the user named it, its numbers and the lines of its file.

    `unmet` are the expectations that it does not meet.
    """

    target: str
    analysis: Analysis
    lines: Sequence[str]
    unmet: Sequence[Problem] = ()


def page_title(networks: Sequence[PageNetwork]) -> str:
    """The networks by their variants, or else by their names; each once."""
    all_networks = [one.analysis.network for one in networks]
    return ", ".join(dict.fromkeys(network.variant or network.name for network in all_networks))


def page_data(networks: Sequence[PageNetwork], difference: Comparison | None) -> dict[str, Any]:
    """The data of the page: for several networks also their comparison, for two the difference."""
    names = [network.target for network in networks]
    data: dict[str, Any] = {
        "title": page_title(networks),
        "names": names,
        "networks": [network_object(one.analysis, one.lines, one.unmet) for one in networks],
    }
    if len(networks) > 1:
        data["comparison"] = comparison_object([one.analysis for one in networks], names)
    if difference is not None:
        data["difference"] = difference_object(difference)
    return data
