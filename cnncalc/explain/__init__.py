"""How the numbers of a report come about: of a layer, of a group, and of the network as a whole.  Values only."""

from .group import GroupExplanation, explain_group
from .layer import LayerExplanation, Section, explain_layer, explain_layers
from .overview import Overview, tell

__all__ = [
    "GroupExplanation",
    "LayerExplanation",
    "Overview",
    "Section",
    "explain_group",
    "explain_layer",
    "explain_layers",
    "tell",
]
