"""Which layers have weights that are not trained."""

from __future__ import annotations

from ..network import Network, Node, trained_keys


class FrozenWeights:
    """Contains the nodes with weights that are not trained.

    Weights that several nodes share are trained if any of them trains them.
    """

    def __init__(self, network: Network) -> None:
        self.trained = trained_keys(network.nodes)

    def __contains__(self, node: Node) -> bool:
        if node.trainable or node.weight_key in self.trained:
            return False
        return bool(node.layer.weights(*node.input_shapes))
