"""A block call that is repeated gives what its expansion gives, in one network and in many."""

from __future__ import annotations

import random
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.parser import ReadFile, Request, RequestError, build, read_document
from cnncalc.parser.expansion import blocks, recorded_calls
from cnncalc.parser.expansion.build_cache import BuildCache

from .support.builds import BUNDLED, SMALL, outcome
from .support.networks import bundled_file


def expanded(file: ReadFile, request: Request) -> tuple[object, ...] | str:
    """The outcome if every call is expanded; the message of a request that does not fit."""
    with patch.object(blocks, "call_key", lambda *_: None):
        return repeated(file, request, None)


def repeated(
    file: ReadFile, request: Request, cache: BuildCache | None
) -> tuple[object, ...] | str:
    try:
        return outcome(build(file, request, cache=cache))
    except RequestError as error:
        return str(error)


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.stem)
def test_small_networks(path: Path) -> None:
    file, cache = read_document(path.read_bytes(), path.name), BuildCache()
    for name in file.variants or (None,):
        request = Request(name)
        assert repeated(file, request, None) == expanded(file, request)
        assert repeated(file, request, cache) == expanded(file, request)


@pytest.mark.slow
@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_bundled_networks(path: Path) -> None:
    file, cache = bundled_file(path.stem), BuildCache()
    for name in file.variants or (None,):
        assert repeated(file, Request(name), cache) == expanded(file, Request(name))


@settings(max_examples=20)
@given(st.sampled_from(BUNDLED), st.integers(0, 2**32))
def test_other_variables_and_inputs(path: Path, seed: int) -> None:
    """One cache for several requests, some of them invalid."""
    file, cache, chances = bundled_file(path.stem), BuildCache(), random.Random(seed)
    assert file.document is not None
    names = [None, *file.variants]
    values = ["0", "1", "2", "8", "1.5", "true", "relu", "[1, 2]", "[1, 1, 2, 1]", "64"]
    for _ in range(4):
        changed = chances.sample(list(file.document.vars), min(2, len(file.document.vars)))
        request = Request(
            chances.choice(names),
            {name: chances.choice(values) for name in changed if chances.random() < 0.6},
            resolution=chances.choice([None, None, "64", "300"]),
        )
        assert repeated(file, request, cache) == expanded(file, request)


BLOCKS = """
input: 8x16x16
vars: {slope: 1, unread: 3}
blocks:
  unit:
    params: [out, kernel=3]
    layers:
      - {conv: out, kernel: kernel, padding: kernel // 2, name: first}
      - {conv: out * slope, name: second, when: out > 4}
      - relu
      - {conv: 8}
layers: [STEPS]
"""


@pytest.mark.parametrize(
    ("steps", "again"),
    [
        ("{unit: 8}, {unit: 8}", True),
        ("{unit: 8}, {unit: 8.0}", False),
        ("{unit: 8}, {unit: 8, kernel: 3}", False),
        ("{unit: 8}, {maxpool: 2}, {unit: 8}", False),
        ("{unit: 8, repeat: 3}", True),
        ("{unit: 8, name: a, repeat: 2}, {add: [[], a.0.first]}", False),
        ("{unit: 8}, {unit: 8, shared: w}", False),
        ("{unit: 8}, {unit: 8, trainable: false}", False),
        ("{unit: 8}, {unit: 8, dtype: int8}", False),
        ("{unit: 8}, {output: [{unit: 8}], training_only: true}", False),
    ],
)
def test_which_calls_are_repeated(steps: str, again: bool) -> None:
    """Those with equal inputs, arguments and settings, inside of which no reference selects."""
    file = read_document(BLOCKS.replace("STEPS", steps).encode(), "x.yaml")
    assert file.is_valid
    found: list[bool] = []
    with patch.object(blocks, "repeated_call", spied(recorded_calls.repeated_call, found)):
        parsed = build(file)
    assert parsed.network is not None
    assert any(found) == again
    assert outcome(parsed) == expanded(file, Request())


def spied(function: object, found: list[bool]) -> object:
    def call(*arguments: object) -> object:
        flow = function(*arguments)  # type: ignore[operator]
        found.append(flow is not None)
        return flow

    return call


@pytest.mark.parametrize(("variable", "again"), [("unread", True), ("slope", False)])
def test_only_variables_that_a_block_reads_matter(variable: str, again: bool) -> None:
    file = read_document(BLOCKS.replace("STEPS", "{unit: 8}").encode(), "x.yaml")
    cache = BuildCache()
    found: list[bool] = []
    build(file, cache=cache)
    with patch.object(blocks, "repeated_call", spied(recorded_calls.repeated_call, found)):
        build(file, Request(None, {variable: "2"}), cache=cache)
    assert found == [again]
