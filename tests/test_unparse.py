"""Documents as the text of a file: reading what is written gives the same document."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.engine import analyse
from cnncalc.parser import ReadFile, Request, build, read_document
from cnncalc.unparse.document import unparse
from cnncalc.unparse.scalars import scalar
from cnncalc.views.show.json import show_json

from .fuzz.inputs import network
from .support.documents import content, document_of, read_file
from .support.networks import bundled_file, one_of_each
from .support.paths import ARCHITECTURES, ROOT
from .support.random_documents import random_file

STEMS = sorted(path.stem for path in ARCHITECTURES.glob("*.yaml"))
GOOD = sorted((ROOT / "tests" / "networks" / "good").glob("*.yaml"))
LONGEST_LINE = 118


def check(text: str) -> str:
    """Write a file again, and compare; returns what is written."""
    document = document_of(text)
    written = unparse(document)
    assert content(document_of(written)) == content(document), written
    assert unparse(document_of(written)) == written
    pure = read_document(written.encode(), "network.yaml", pure=True)
    assert content(pure.document) == content(document)
    return written


# Files


@pytest.mark.parametrize("stem", STEMS)
def test_bundled_files(stem: str) -> None:
    text = (ARCHITECTURES / f"{stem}.yaml").read_text("utf-8")
    written = check(text)
    long = [line for line in written.splitlines() if len(line) > LONGEST_LINE]
    assert all(line.strip().startswith("source:") for line in long), long
    by_hand = [line for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]
    assert len(list(filter(None, written.splitlines()))) <= 1.4 * len(by_hand)


@pytest.mark.slow
@pytest.mark.parametrize(("stem", "variant"), one_of_each())
def test_a_variant_of_each_file_has_the_same_analysis(stem: str, variant: str | None) -> None:
    """All numbers, names and shapes; the file of the written text is named as the bundled one."""
    found = []
    for one in (bundled_file(stem), written_file(stem)):
        built = build(one, Request(variant))
        assert built.network is not None and not built.problems
        report = json.loads("".join(show_json(analyse(built.network))))
        found.append(without_lines(report))
    assert found[0] == found[1]


def written_file(stem: str) -> ReadFile:
    """The file of the text that a bundled file is written as."""
    file = bundled_file(stem)
    assert file.document is not None
    return read_document(unparse(file.document).encode(), file.name)


def without_lines(value: Any) -> Any:
    """A JSON document without the lines of the file that it refers to."""
    if isinstance(value, dict):
        return {key: without_lines(entry) for key, entry in value.items() if key != "line"}
    return [without_lines(entry) for entry in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_files(path: Path) -> None:
    check(path.read_text("utf-8"))


# Random files


@settings(max_examples=200)
@given(st.randoms(use_true_random=False))
def test_random_files(random: Random) -> None:
    check(random_file(random))


@settings(max_examples=100)
@given(st.integers(0, 10**9))
def test_random_networks(seed: int) -> None:
    """Those of the fuzz campaign: all numbers of the ones that can be built are equal."""
    text = network(Random(seed))
    file = read_document(text.encode(), "network.yaml")
    if not file.is_valid:
        return
    written = check(text)
    one, other = build(file), build(read_file(written))
    rules = [[problem.rule for problem in built.problems] for built in (one, other)]
    assert rules[0] == rules[1]
    if one.network is not None and other.network is not None:
        assert analyse(one.network).totals == analyse(other.network).totals


# Texts


@given(st.text(), st.booleans())
def test_every_text_is_read_back(text: str, in_brackets: bool) -> None:
    line = f"{{a: {scalar(text)}, b: 1}}" if in_brackets else f"a: {scalar(text)}\nb: 1\n"
    assert yaml.load(line, yaml.BaseLoader) == {"a": text, "b": "1"}
    key = f"{{{scalar(text)}: 1}}" if in_brackets else f"{scalar(text)}: 1"
    assert yaml.load(key, yaml.BaseLoader) == {text: "1"}
