"""The names that the layers of an imported network have in the model."""

from __future__ import annotations

from collections import Counter

from ..engine.calculation import costs_of
from ..network import Network
from ..sketch import Sketch
from .graphs import Calculations, of_network, of_sketch


def named_after_modules(network: Network, sketch: Sketch) -> Network:
    """The network that a Sketch was imported as, with the path of its module for each layer.

    Of layers that calculate the same, those of the network and of the model correspond in order.
    """
    known = Calculations()
    paths: dict[int, list[str]] = {}
    for number, path in zip(of_sketch(sketch, known), module_paths(sketch), strict=True):
        paths.setdefault(number, []).append(path)
    numbers = zip(network.nodes, of_network(network, costs_of(network, {}), known), strict=True)
    nodes = tuple([node._replace(path=paths[number].pop(0)) for node, number in numbers])
    return network._replace(nodes=nodes)


def module_paths(sketch: Sketch) -> list[str]:
    """The path of the module of each layer, such as `layer1.0.conv1`.

    A layer that is only a part of a module, such as the sum of a residual block, has the path of
    that module and its kind: `layer1.0.add1`.
    """
    parents = {scope.parent for scope in sketch.scopes}
    layers = Counter(layer.scope for layer in sketch.layers)
    counts: Counter[tuple[int, str]] = Counter()
    found = []
    for layer in sketch.layers:
        path = sketch.scopes[layer.scope].path
        is_module = layers[layer.scope] == 1 and layer.scope not in parents
        if not is_module or not path:
            counts[layer.scope, layer.kind] += 1
            number = counts[layer.scope, layer.kind]
            path = ".".join(word for word in (path, f"{layer.kind}{number}") if word)
        found.append(path)
    return found
