"""Properties of the difference of networks with variables, blocks, repetitions, named branches and
several outputs.

One change of a file is reported as one: it is one row, or equal rows for all layers it changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncalc.difference import Comparison
from cnncalc.difference.file_comparison import compare_versions
from cnncalc.sources.resolve import Source
from cnncalc.sources.revisions import FileVersions
from cnncalc.views.diff.rows import DiffRow, diff_rows

from .support.differences import copied, mirrors, sums_hold, text_of

pytestmark = pytest.mark.slow

BLOCKS = """blocks:
  unit:
    params: [out, kernel=1, stride=1]
    layers:
      - {conv: out, kernel: kernel, stride: stride, padding: kernel // 2, bias: not norm}
      - {bn: , when: norm}
      - relu
  fork:
    params: [out]
    layers:
      - concat:
          narrow: [{unit: out}]
          wide: [{unit: out, kernel: 3}, {unit: out, kernel: 5}]
"""
Steps = list[dict[str, Any]]
Variables = dict[str, Any]


def named(step: dict[str, Any], number: int) -> dict[str, Any]:
    """A step with a name, and names of its branches, that no other has."""
    step = {**step, "name": f"s{number}"}
    if "concat" in step:
        step["concat"] = {f"{name}{number}": chain for name, chain in step["concat"].items()}
    return step


OUT = st.sampled_from([2, 4, 8])
KERNEL = st.sampled_from([1, 3])
TIMES = st.integers(1, 3)
CALLS = st.one_of(
    st.builds(lambda out, kernel: {"unit": out, "kernel": kernel}, OUT, KERNEL),
    st.builds(lambda out: {"unit": out, "stride": 2}, OUT),
    st.builds(lambda out: {"fork": out}, OUT),
    st.just({"unit": "width"}),
)
UNITS = st.builds(lambda out: {"unit": out}, OUT)


def join(main: Steps, out: int) -> dict[str, Any]:
    return {"concat": {"main": [*main, {"unit": out}], "skip": [{"unit": 4, "stride": 1}]}}


STEPS: st.SearchStrategy[Steps] = st.lists(
    st.one_of(
        CALLS,
        st.builds(lambda unit, times: {**unit, "repeat": times}, UNITS, TIMES),
        st.builds(
            lambda calls: {"layers": calls, "repeat": 2}, st.lists(CALLS, min_size=1, max_size=2)
        ),
        st.builds(
            lambda outs: {"for": {"out": outs}, "layers": [{"unit": "out"}, {"fork": "out"}]},
            st.permutations([2, 4, 8]),
        ),
        st.builds(join, st.lists(UNITS, max_size=2), OUT),
        st.builds(
            lambda call, only: {"output": [call, "relu"], "training_only": only},
            CALLS,
            st.booleans(),
        ),
    ),
    min_size=1,
    max_size=6,
).map(lambda steps: [named(step, number) for number, step in enumerate(steps)])
VARIABLES = st.fixed_dictionaries({"width": OUT, "norm": st.booleans(), "classes": st.just(10)})
PLACES = st.integers(0, 10**6)


def source(variables: Variables, steps: Steps, variant: str | None = None) -> Source:
    lines = "".join(
        f"  - {text_of(step)}\n" for step in [*steps, "global_avgpool", {"linear": "classes"}]
    )
    variants = (
        f"variants: {{plain: {{}}, other: {{vars: {text_of(variables)}}}}}\n" if variant else ""
    )
    own = {"width": 3, "norm": False, "classes": 7} if variant else variables
    return Source(
        f"input: 3x32x32\nvars: {text_of(own)}\n{BLOCKS}layers:\n{lines}{variants}".encode(),
        "net.yaml",
        variant,
    )


def difference(before: Source, after: Source) -> Comparison:
    """The changes, checked in both directions, and that a network does not differ from itself."""
    ((found,), _) = compare_versions(FileVersions(before, after))
    ((reverse,), _) = compare_versions(FileVersions(after, before))
    ((same,), _) = compare_versions(FileVersions(before, before))
    sums_hold(found)
    mirrors(found, reverse)
    assert same.is_empty
    return found


def changed_rows(found: Comparison) -> list[DiffRow]:
    """The rows that are changes, and no headings or consequences."""
    return [row for row in diff_rows(found, None, False) if row.mark not in ("", ".")]


def one_row(found: Comparison, mark: str) -> DiffRow:
    (row,) = changed_rows(found)
    assert row.mark == mark
    return row


def step_with(steps: Steps, key: str, place: int) -> dict[str, Any]:
    found = [step for step in steps if key in step]
    assume(bool(found))
    return found[place % len(found)]


def edited(key: str, edit: Callable[[dict[str, Any]], None]) -> Callable[[Steps, int], Steps]:
    """Steps in which one of those with a key is another."""

    def apply(steps: Steps, place: int) -> Steps:
        after = copied(steps)
        edit(step_with(after, key, place))
        return after

    return apply


def wider(step: dict[str, Any]) -> None:
    step["unit"] = 6


def more_iterations(step: dict[str, Any]) -> None:
    step["repeat"] += 2


def one_binding_more(step: dict[str, Any]) -> None:
    step["for"]["out"].insert(1, 6)


def another_branch(step: dict[str, Any]) -> None:
    step["concat"]["third"] = [{"unit": 6, "kernel": 3}, "relu"]


EDITS = {
    "argument of a call": (edited("unit", wider), "~"),
    "count of iterations": (edited("repeat", more_iterations), "+"),
    "binding of a for": (edited("for", one_binding_more), "+"),
    "branch of a join": (edited("concat", another_branch), "+"),
}


@pytest.mark.parametrize("name", EDITS)
@settings(max_examples=25)
@given(VARIABLES, STEPS, PLACES)
def test_one_edit_is_one_row(name: str, variables: Variables, steps: Steps, place: int) -> None:
    apply, mark = EDITS[name]
    one_row(difference(source(variables, steps), source(variables, apply(steps, place))), mark)


@settings(max_examples=25)
@given(VARIABLES, STEPS, PLACES, st.booleans())
def test_one_more_output_is_one_row(
    variables: Variables, steps: Steps, place: int, only: bool
) -> None:
    after = copied(steps)
    after.insert(
        place % (len(steps) + 1),
        {"output": [{"unit": 5}, "relu"], "name": "aux", "training_only": only},
    )
    row = one_row(difference(source(variables, steps), source(variables, after)), "+")
    assert row.label == "aux" and row.text.startswith("added output of ")


@settings(max_examples=25)
@given(VARIABLES, STEPS, st.sampled_from([None, "other"]))
def test_a_variable_says_the_same_everywhere(
    variables: Variables, steps: Steps, variant: str | None
) -> None:
    """Every layer that reads it changes in the same way."""
    before, after = (
        source(given, steps, variant) for given in (variables, {**variables, "width": 6})
    )
    found = difference(before, after)
    assert all(
        row.text.startswith(f"conv out {variables['width']} -> 6") for row in changed_rows(found)
    )
    assert [change.name for change in found.declarations["vars"]] == ["width"]


@settings(max_examples=25)
@given(VARIABLES, STEPS)
def test_a_norm_that_is_switched_on(variables: Variables, steps: Steps) -> None:
    """Every unit has one norm more, and its convolution no bias."""
    before, after = (source({**variables, "norm": norm}, steps) for norm in (False, True))
    found = difference(before, after)
    became = [
        (entry.what, entry.name)
        for entry in found.everything()
        if entry.what not in ((), ("consequence",))
    ]
    convolutions = sum(layer.node.layer.kind == "conv" for layer in found.before.layers)
    assert (
        sorted(became)
        == [(("added",), "bn1")] * convolutions + [(("changed",), "conv1")] * convolutions
    )
    assert all(row.mark == "~" or " after conv1" in row.text for row in changed_rows(found))


@settings(max_examples=25)
@given(VARIABLES, STEPS, PLACES)
def test_a_renamed_step_is_one_row(variables: Variables, steps: Steps, place: int) -> None:
    after = copied(steps)
    after[place % len(after)]["name"] = "renamed"
    found = difference(source(variables, steps), source(variables, after))
    row = one_row(found, "~")
    step = steps[place % len(steps)]
    assert row.text == f"renamed from {step['name']}"
    assert (
        found.calculates_the_same or "output" in step
    )  # an output with another name is another output to its readers
