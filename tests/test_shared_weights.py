"""One tag of `shared` is one set of weights, whatever groups and branches are called."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from .support.networks import report_of

CONV = 2 * 2 + 2
"""The parameters of a 1x1 convolution of 2 channels to 2, with bias."""

convs = st.sampled_from([None, "t", "u"]).map(lambda tag: ("conv", tag))
trees = st.recursive(
    convs,
    lambda inner: st.tuples(
        st.sampled_from(["layers", "add", "output", "repeat"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=12,
)


def steps(tree: Any, names: Iterator[str] | None) -> Any:
    """A tree as a step, whose groups and branches have names, or none."""
    kind, inner = tree
    if kind == "conv":
        shared = {} if inner is None else {"shared": inner}
        return {"conv": 2, "kernel": 1, **shared}
    body = [steps(one, names) for one in inner]
    name = {} if names is None else {"name": next(names)}
    if kind == "add":
        if names is None:
            return {"add": [[step] for step in body]}
        return {"add": {next(names): [step] for step in body}}
    if kind == "repeat":
        return {"layers": body, "repeat": 2, **name}
    return {kind: body, **name}


def sets_of_weights(tree: Any) -> tuple[int, set[str]]:
    """How many convolutions have weights of their own, and the tags of the others."""
    kind, inner = tree
    if kind == "conv":
        return (1, set()) if inner is None else (0, {inner})
    found = [sets_of_weights(one) for one in inner]
    times = 2 if kind == "repeat" else 1
    return times * sum(own for own, _ in found), set().union(*(tags for _, tags in found))


def text(layers: list[Any]) -> str:
    return json.dumps({"input": "2x4x4", "layers": layers})


@given(st.lists(trees, min_size=1, max_size=4))
def test_names_change_no_count(found: list[Any]) -> None:
    names = (f"n{number}" for number in range(10_000))
    own, tags = sets_of_weights(("layers", found))
    expected = CONV * (own + len(tags))
    for given_names in (None, names):
        layers = [steps(tree, given_names) for tree in found]
        assert report_of(text(layers)).totals.params == expected


def test_a_call_has_its_own_weights() -> None:
    block = {"layers": [{"conv": 2, "kernel": 1, "shared": "t"}] * 2}
    document = {"input": "2x4x4", "blocks": {"b": block}, "layers": ["b", "b"]}
    assert report_of(json.dumps(document)).totals.params == 2 * CONV
