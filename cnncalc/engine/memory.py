"""Peak activation memory: what is alive at once when the layers run in file order."""

from __future__ import annotations

from ..network import Network, Value

Key = tuple[int, int]  # a node and its part; the only value of a node is part 0


def alive(network: Network) -> list[int | None]:
    """How many elements of one sample are alive at each node at inference; None where it is there for training only.

    A value lives from the step that makes it to its last reader, both included; the inputs from the start; outputs to
    the end.  What a layer puts out unchanged, or under another shape, is no new value.
    """
    roots: dict[Key, Key] = {}

    def root(value: Value) -> Key:
        key = (value.node, value.part or 0)
        return roots.get(key, key)

    last_reader: dict[Key, int] = {}
    steps = [index for index, node in enumerate(network.nodes) if not node.training_only]
    for index in steps:
        node = network.nodes[index]
        for value in node.inputs:
            last_reader[root(value)] = index
        if node.layer.aliases and node.inputs:
            roots[(index, 0)] = root(node.inputs[0])
    kept = {root(value) for name, value in network.outputs.items() if name not in network.training_outputs}

    inputs = {(-1 - index, 0): shape.elements for index, shape in enumerate(network.inputs.values())}
    now = sum(inputs.values())
    dying: dict[int, int] = {}  # elements that go after a step
    for key, elements in inputs.items():
        if key not in kept and steps:
            after = last_reader.get(key, steps[0])
            dying[after] = dying.get(after, 0) + elements
    found: list[int | None] = [None] * len(network.nodes)
    for index in steps:
        node = network.nodes[index]
        if not (node.layer.aliases and node.inputs):
            for part, shape in enumerate(node.pieces or (node.shape,)):
                key = (index, part)
                elements = shape.elements
                now += elements
                if key not in kept:
                    after = last_reader.get(key, index)
                    dying[after] = dying.get(after, 0) + elements
        found[index] = now
        now -= dying.pop(index, 0)
    return found
