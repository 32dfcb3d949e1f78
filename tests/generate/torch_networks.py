"""A network of ours as a PyTorch module, for the tools that count those.

It follows the reading of docs/conventions.md: each layer that torch.nn has is that module; joins,
reductions and rearrangements are operators and functions; and weights without a module belong to
the network itself.  Layers that share their weights are one module.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch_layers import (
    ACTIVATIONS,
    FUNCTIONS,
    MODULES,
    Function,
    Made,
    Unwritten,
    called,
    grn,
    scale,
    shuffled,
)

from cnncalc.network import Network, Node
from cnncalc.shape import Shape


class TorchNetwork(nn.Module):
    """A network that takes its inputs in order and returns its outputs."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.functions: list[Function] = []
        self.known: dict[str, Made] = {}
        trained = {node.weight_key for node in network.nodes if node.trainable}
        for place, node in enumerate(network.nodes):
            module, function = self.made(place, node)
            if module is not None:
                self.add_module(
                    f"layer{place}" if module not in set(self.modules()) else f"again{place}",
                    module,
                )
                module.requires_grad_(
                    node.trainable or (node.weight_key is not None and node.weight_key in trained)
                )
            self.functions.append(function)

    def made(self, place: int, node: Node) -> Made:
        if node.weight_key is not None and node.weight_key in self.known:
            return None, self.known[node.weight_key][1]
        found = self.fresh(place, node)
        if node.weight_key is not None:
            self.known[node.weight_key] = found
        return found

    def fresh(self, place: int, node: Node) -> Made:
        layer, shapes, kind = node.layer, node.input_shapes, node.layer.kind
        if kind in ACTIVATIONS:
            return called(ACTIVATIONS[kind]())
        if kind in MODULES:
            return MODULES[kind](layer, *shapes)
        if kind in FUNCTIONS:
            return None, FUNCTIONS[kind](layer, *shapes)
        if kind in ("unfold", "pixel_shuffle", "pixel_unshuffle"):
            return shuffled(layer, *shapes)
        if kind not in ("weight", "scale", "grn"):
            raise Unwritten(f"PyTorch has no {kind}")
        own = [
            self.learned(f"learned{place}_{number}", shape, node.trainable)
            for number, shape in enumerate(layer.weights(*shapes).values())
        ]
        if kind == "weight":
            return None, lambda: own[0][None]
        return None, scale(own) if kind == "scale" else grn(own)

    def learned(self, name: str, shape: Shape, trained: bool) -> nn.Parameter:
        parameter = nn.Parameter(torch.zeros(shape), requires_grad=trained)
        self.register_parameter(name, parameter)
        return parameter

    def forward(self, *inputs: Any, **named: Any) -> Any:
        entering = inputs or tuple(named.values())
        values: dict[int, Any] = {-1 - place: value for place, value in enumerate(entering)}
        for place, node in enumerate(self.network.nodes):
            if node.training_only:
                continue
            read = [
                values[v.node] if v.part is None else values[v.node][v.part] for v in node.inputs
            ]
            values[place] = self.functions[place](*read)
            if not node.outputs:
                assert tuple(values[place].shape) == (1, *node.shape), (
                    node.path,
                    values[place].shape,
                    node.shape,
                )
        ends = [
            value
            for name, value in self.network.outputs.items()
            if name not in self.network.training_outputs
        ]
        return tuple(
            values[v.node] if v.part is None else values[v.node][v.part]
            for v in ends
            if v.node in values
        )


def samples(network: Network) -> dict[str, torch.Tensor]:
    """One sample for each input: zeros, which are valid token indices too."""
    return {name: torch.zeros(1, *shape) for name, shape in network.inputs.items()}
