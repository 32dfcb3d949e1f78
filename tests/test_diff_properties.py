"""Properties of the comparison of any two networks: random ones, random edits, bundled ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cnncalc.difference import compare
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis

from .support.differences import copied, mirrors, sums_hold, text_of
from .support.networks import NAMES_OF_BUNDLED, bundled, read

pytestmark = pytest.mark.slow

Step = Any  # a word, or a mapping as the file has it
Chain = list[Step]


def report(chain: Chain, size: int = 16) -> Analysis:
    lines = "".join(f"  - {text_of(step)}\n" for step in chain)
    found = read(f"input: 3x{size}x{size}\nlayers:\n{lines}")
    assert found.network is not None, (lines, found.problems)
    return analyse(found.network)


WORDS = st.sampled_from(
    ["relu", "bn", "gelu", {"maxpool": 3, "stride": 1, "padding": 1}, {"dropout": 0.5}]
)
CONVS = st.builds(
    lambda out, kernel, bias: {"conv": out, "kernel": kernel, "padding": kernel // 2, "bias": bias},
    st.sampled_from([2, 4, 8]),
    st.sampled_from([1, 3]),
    st.booleans(),
)
LEAVES = st.one_of(WORDS, CONVS, CONVS)
CHAINS: st.SearchStrategy[Chain] = st.recursive(
    st.lists(LEAVES, min_size=1, max_size=5),
    lambda inner: st.lists(
        st.one_of(
            LEAVES,
            st.builds(lambda chain: {"layers": chain}, inner),
            st.builds(lambda chain: {"concat": [chain, []]}, inner),
            st.builds(lambda chain: {"concat": [["relu"], chain]}, inner),
        ),
        min_size=1,
        max_size=5,
    ),
    max_leaves=14,
)
UNBRANCHED: st.SearchStrategy[Chain] = st.recursive(
    st.lists(LEAVES, min_size=1, max_size=5),
    lambda inner: st.lists(
        st.one_of(LEAVES, st.builds(lambda chain: {"layers": chain}, inner)), min_size=1, max_size=5
    ),
    max_leaves=14,
)
REPEATED = st.one_of(
    st.builds(lambda chain, times: {"layers": chain, "repeat": times}, CHAINS, st.integers(0, 3)),
    st.builds(lambda conv, times: {**conv, "repeat": times}, CONVS, st.integers(0, 3)),
    st.builds(
        lambda conv, times, trained: {
            "layers": [
                {"conv": 4},
                {
                    **conv,
                    "conv": 4,
                    "shared": f"of{conv['kernel']}{conv['bias']}",
                    "trainable": trained,
                    "repeat": times,
                },
            ]
        },
        CONVS,
        st.integers(1, 3),
        st.booleans(),
    ),
    st.builds(
        lambda chain, only: {"output": [*chain, "relu"], "training_only": only},
        CHAINS,
        st.booleans(),
    ),
)
NETWORKS = st.lists(
    st.one_of(LEAVES, REPEATED, CHAINS.map(lambda chain: {"layers": chain})), min_size=1, max_size=6
).map(lambda chain: [*chain, "relu"])


def named(chain: Chain) -> Chain:
    """The same steps, every second one with a name of its own."""
    numbers = iter(range(10**6))

    def name(step: Step) -> Step:
        number = next(numbers)
        if isinstance(step, dict):
            step = {key: inner(value) for key, value in step.items()}
            return {**step, "name": f"n{number}"} if number % 2 or "layers" in step else step
        return {step: "", "name": f"n{number}"} if number % 2 else step

    def inner(value: Any) -> Any:
        if isinstance(value, list):
            return [name(step) if isinstance(step, str | dict) else inner(step) for step in value]
        return (
            {key: inner(part) for key, part in value.items()} if isinstance(value, dict) else value
        )

    return [name(step) for step in chain]


@settings(max_examples=60)
@given(NETWORKS)
def test_a_network_is_as_it_is(chain: Chain) -> None:
    assert compare(report(chain), report(chain)).is_empty


@settings(max_examples=100)
@given(NETWORKS, NETWORKS, st.booleans())
def test_any_two(one: Chain, other: Chain, names: bool) -> None:
    before, after = (report(named(chain) if names else chain) for chain in (one, other))
    there, back = compare(before, after), compare(after, before)
    sums_hold(there)
    sums_hold(back)
    mirrors(there, back)


@settings(max_examples=40)
@given(st.sampled_from(NAMES_OF_BUNDLED), st.sampled_from(NAMES_OF_BUNDLED))
@example("dla34", "slowfast_r50_8x8")  # of one input and of two
@example("mobilenet_v1_shallow", "ds_cnn")  # of one argument that is required in one block
def test_any_two_bundled(one: str, other: str) -> None:
    before, after = bundled(one), bundled(other)
    there = compare(before, after)
    sums_hold(there)
    mirrors(there, compare(after, before))


# Single edits


def chains_in(chain: Chain) -> list[Chain]:
    """The chain and all inside it."""
    found = [chain]
    for step in chain:
        for value in step.values() if isinstance(step, dict) else ():
            parts = (
                value.values()
                if isinstance(value, dict)
                else value
                if isinstance(value, list)
                else ()
            )
            for part in [value] if isinstance(value, list) and "layers" in step else parts:
                if isinstance(part, list) and part:
                    found += chains_in(part)
    return found


def became(before: Chain, after: Chain) -> list[tuple[str, ...]]:
    """The changes of layers and groups, without consequences and layers in added groups."""
    difference = compare(report(before), report(after))
    sums_hold(difference)
    found: list[tuple[str, ...]] = []
    waiting = list(difference.entries)
    while waiting:
        entry = waiting.pop()
        what = tuple(what for what in entry.what if what != "consequence")
        if what:
            found.append(what)
        if entry.what not in (("added",), ("removed",)) or entry.around:
            waiting += entry.entries
    return found


MOVER: Step = {"conv": 5, "kernel": 5, "padding": 2, "name": "mover"}
PLACES = st.integers(0, 10**6)


def leaf_at(chain: Chain, place: int, wanted: str = "") -> tuple[Chain, int]:
    """Where a layer is, the place-th of those of a type."""
    found = [
        (inner, index)
        for inner in chains_in(chain)
        for index, step in enumerate(inner)
        if (not wanted or (isinstance(step, dict) and wanted in step))
        and not (isinstance(step, dict) and ("layers" in step or "concat" in step))
    ]
    assume(bool(found))
    return found[place % len(found)]


@settings(max_examples=100)
@given(CHAINS, PLACES, st.booleans())
def test_a_changed_argument_is_one_change(chain: Chain, place: int, names: bool) -> None:
    before = named(chain) if names else chain
    after = copied(before)
    inner, index = leaf_at(after, place, "conv")
    inner[index]["conv"] = {2: 6, 4: 6, 8: 6}[inner[index]["conv"]]
    assert became(before, after) == [("changed",)]


@settings(max_examples=100)
@given(CHAINS, PLACES, st.booleans())
def test_an_added_layer_is_one_change(chain: Chain, place: int, names: bool) -> None:
    before = named(chain) if names else chain
    after = copied(before)
    inner, index = leaf_at(after, place)
    inner.insert(index, {"conv": 5, "name": "new"} if names else {"conv": 5})
    assert became(before, after) == [("added",)]
    assert became(after, before) == [("removed",)]


@settings(max_examples=100)
@given(CHAINS, PLACES)
def test_a_renamed_layer_is_one_change(chain: Chain, place: int) -> None:
    before = named(chain)
    after = copied(before)
    inner, index = leaf_at(after, place, "conv")
    inner[index]["name"] = "renamed"
    assert became(before, after) == [("renamed",)]


def leaves(chain: Chain) -> int:
    return sum(
        not (isinstance(step, dict) and "layers" in step)
        for inner in chains_in(chain)
        for step in inner
    )


def with_mover_at(chain: Chain, place: int) -> Chain:
    found = copied(chain)
    next(inner for inner in chains_in(found) if MOVER in inner).remove(MOVER)
    inner, index = leaf_at(found, place)
    inner.insert(index, MOVER)
    return found


@settings(max_examples=100)
@given(UNBRANCHED, PLACES, PLACES)
def test_a_moved_layer_is_one_change(chain: Chain, place: int, target: int) -> None:
    """A unique layer moves anywhere; between branches, the others may have moved instead."""
    before = named([*chain, "relu"])
    inner, index = leaf_at(before, place)
    inner.insert(index, MOVER)
    moved = [
        one
        for place in range(leaves(before) - 1)
        if (one := with_mover_at(before, place)) != before
    ]
    after = moved[target % len(moved)]
    assert became(before, after) == [("moved",)]


@settings(max_examples=60)
@given(CHAINS, CHAINS, st.integers(1, 3), st.integers(1, 3))
def test_a_changed_count_adds_or_removes_iterations(
    chain: Chain, around: Chain, count: int, more: int
) -> None:
    def network(times: int) -> Chain:
        return [*around, {"layers": chain, "name": "block", "repeat": times}, "relu"]

    assert became(network(count), network(count + more)) == [("added",)] * more


@settings(max_examples=60)
@given(CHAINS, CHAINS)
def test_a_group_around_steps_is_one_change(chain: Chain, around: Chain) -> None:
    before, after = (
        named(around) + named_from(chain),
        [*named(around), {"layers": named_from(chain), "name": "wrapper"}],
    )
    difference = compare(report(before), report(after))
    sums_hold(difference)
    assert [(entry.what, entry.around) for entry in difference.everything() if entry.what] == [
        (("added",), True)
    ]
    assert difference.calculates_the_same


def named_from(chain: Chain) -> Chain:
    """Steps of which every one has a name that no other chain has."""
    return [
        {**(step if isinstance(step, dict) else {step: ""}), "name": f"own{number}"}
        for number, step in enumerate(chain)
    ]
