"""How the numbers of a layer, a group or a network are calculated.  Values only."""

from .group import GroupExplanation, explain_group
from .layer import LayerExplanation, explain_layers
from .overview import Overview, explain_network
from .section import Section

__all__ = [
    "GroupExplanation",
    "LayerExplanation",
    "Overview",
    "Section",
    "explain_group",
    "explain_layers",
    "explain_network",
]
