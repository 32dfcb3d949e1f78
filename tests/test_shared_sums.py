"""The params and buffers of groups whose layers share weights, against their definition."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from .support.networks import report_of

LEAVES = st.sampled_from(
    [
        "{conv: 4, kernel: 1, shared: a}",
        "{conv: 4, kernel: 3, padding: 1, shared: b}",
        "{bn: , shared: c}",
        "{conv: 4, kernel: 1}",
        "relu",
    ]
)


def group(steps: list[str]) -> str:
    return f"{{layers: [{', '.join(steps)}], repeat: 2}}"


STEPS = st.recursive(LEAVES, lambda inner: st.lists(inner, min_size=1, max_size=4).map(group))


@given(st.lists(STEPS, min_size=1, max_size=6))
@settings(max_examples=100)
def test_weights_of_one_tag_count_once_in_each_group(steps: list[str]) -> None:
    """Every group has each key of its layers once: the sum over a dict by key."""
    report = report_of(f"input: 4x6x6\nlayers: [{', '.join(steps)}]\n")
    for found in report.groups:
        weights = {
            layer.node.weight_key or layer.node.path: (layer.params, layer.buffers)
            for layer in report.layers[found.group.start : found.group.end]
        }
        assert found.params == sum(params for params, _ in weights.values())
        assert found.buffers == sum(buffers for _, buffers in weights.values())
