"""Searches of spaces that are too large to examine, against optima that are known."""

from __future__ import annotations

import json
import pickle
import shlex
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.cli.main import main
from cnncalc.sweep.job import Row, RowChunk
from cnncalc.sweep.search import LimitSearch, SearchGoal, SearchLimit

from .support.processes import bare, terminal

SUM = "input: 3\nvars: {%s}\nlayers: [{linear: round(%s)}]\n"
"""A dense layer of as many units as the sum of all variables, with four parameters each."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for count in (2, 5):
        names = "abcde"[:count]
        variables = ", ".join(f"{name}: 1.0" for name in names)
        (tmp_path / f"sum{count}.yaml").write_text(SUM % (variables, " + ".join(names)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fit(line: str) -> Result:
    return CliRunner().invoke(main, ["fit", *shlex.split(line)])


def found(line: str) -> dict[str, Any]:
    ran = fit(f"{line} --format json")
    assert ran.exit_code == 0, ran.stderr
    document: dict[str, Any] = json.loads(ran.stdout)
    return document


LARGE = "sum2.yaml --vary a=1..4000 --vary b=1..4000"
"""Sixteen million variants."""


@pytest.mark.slow
def test_a_space_that_is_too_large_is_sampled_and_climbed(folder: Path) -> None:
    document = found(f"{LARGE} --under params=20k")
    assert document["variants"][0]["params"] == 20_000  # of 5,000 units
    assert not document["proven"]
    assert document["examined"] < 50_000
    assert document["left"] == {"params": 0}
    ran = fit(f"{LARGE} --under params=20k --sample 500 --seed 3")
    assert " of 16,000,000 variants examined: the best of these, not proven" in ran.stdout


def test_the_sample_is_that_of_the_seed(folder: Path) -> None:
    words = f"{LARGE} --under params=20k --sample 300"
    assert found(words) == found(f"{words} --seed 0")
    assert found(words)["examined"] != found(f"{words} --seed 1")["examined"]
    assert found(words)["variants"][0]["params"] == 20_000


def test_nothing_fits_in_a_large_space(folder: Path) -> None:
    ran = fit(f"{LARGE} --under params=7 --sample 1000")
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "the nearest is a=1, b=1: params is 8 of 7" in " ".join(ran.stderr.split())


def test_invalid_variants_are_counted(folder: Path) -> None:
    ran = fit("sum2.yaml --vary a=-9,-8,1,2 --vary b=1 --under params=100")
    assert "4 variants examined: all there are; no limit binds" in ran.stdout
    assert "; 2 of them cannot be built\n" in ran.stdout
    ran = fit("sum2.yaml --vary a=-9,-8 --vary b=1 --under params=100")
    assert ran.exit_code == 1
    message = "none of them can be built (the first: a=-9, b=1: line 3: `out` of linear: expected"
    assert message in " ".join(ran.stderr.split())


def test_a_sample_of_all_is_all(folder: Path) -> None:
    words = "sum2.yaml --vary a=1..20 --vary b=1..20,20,3 --under params=100"
    every = found(words)
    assert every["proven"] and every["examined"] == 400
    assert found(f"{words} --sample 400") == every
    refused = fit(f"{words} --seed 3")
    assert refused.exit_code == 2 and "--seed selects a sample: add --sample N" in refused.stderr


def test_five_intervals(folder: Path) -> None:
    """More than can be examined in all combinations of their values."""
    vary = " ".join(f"--vary {name}=0.0..300.0" for name in "abcde")
    document = found(f"sum5.yaml {vary} --under params=4004 --sample 500")
    assert document["variants"][0]["params"] == 4004
    assert not document["proven"]


def test_the_limit_that_binds(folder: Path) -> None:
    ran = fit("sum2.yaml --vary a=1..20 --vary b=1..20 --under params=100,macs=90 --exact")
    lines = " ".join(ran.stdout.split())
    # 25 units: 100 of 100 parameters and 75 of 90 products; of the 120 pairs with a larger sum,
    # those of more than 30 exceed both limits
    larger = sum(a + b > 25 for a, b in product(range(1, 21), repeat=2))
    both = sum(a + b > 30 for a, b in product(range(1, 21), repeat=2))
    assert (
        f"params: 100 of 100, 0.0 % left; it binds: exceeded by {larger} of the {larger}" in lines
    )
    assert f"macs: 75 of 90, 16.7 % left; exceeded by {both} of the {larger}" in lines
    ran = fit("sum2.yaml --vary a=1..20 --vary b=1..20 --under params=1000")
    assert "all there are; no limit binds, as none is larger" in " ".join(ran.stdout.split())


RESULTS = "a,b,top1,note\n1,1,70,x\n2,1,-3.5,y\n1,2.0,,z\n2,2,90,w\n3,3,1,v\n"


def test_a_column_of_a_table_is_maximized(folder: Path) -> None:
    (folder / "results.csv").write_text(RESULTS)
    words = "sum2.yaml --vary a=1,2 --vary b=1,2 --join results.csv"
    ran = fit(f"{words} --under params=12 --maximize top1 --format csv")
    assert ran.stdout.splitlines()[:3] == [
        "a,b,top1,note,params,macs,weight_bytes,activations,peak_bytes,depth",
        "1,1,70,x,8,6,32,5,20,1",
        "2,1,-3.5,y,12,9,48,6,24,1",
    ]
    assert ran.stderr == "1 variant without top1: not considered\n"
    shown = fit(f"{words} --under params=12 --maximize top1")
    assert "it binds: exceeded by 1 of the 1 larger variant" in " ".join(shown.stdout.split())
    assert "cnncalc show sum2.yaml --set a=1 --set b=1\n" in shown.stdout


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (70, "first second top1 note MACs params weights peak memory depth"),
        (33, "first second top1 MACs params"),
        (30, "first second top1 MACs"),
        (22, "second top1 MACs"),
    ],
)
def test_a_narrow_table_has_what_decides(folder: Path, columns: int, names: str) -> None:
    """The number to maximize and the limited one, and then the values of axes."""
    (folder / "sum.yaml").write_text(SUM % ("first: 1, second: 1", "first + second"))
    (folder / "results.csv").write_text(RESULTS.replace("a,b", "first,second"))
    words = ("fit", "sum.yaml", "--vary", "first=1,2", "--vary", "second=1,2")
    goal = ("--join", "results.csv", "--under", "macs=12", "--maximize", "top1")
    shown = bare(terminal(*words, *goal, columns=columns))
    assert " ".join(shown.splitlines()[1].split()) == names


def test_variants_without_a_row_are_not_considered(folder: Path) -> None:
    (folder / "results.csv").write_text(RESULTS)
    words = "sum2.yaml --vary a=1..9 --vary b=1,9 --join results.csv"
    ran = fit(f"{words} --under params=100 --format csv")
    assert [line[:4] for line in ran.stdout.splitlines()[1:]] == ["2,1,", "1,1,"]
    assert ran.stderr == "16 variants have no row in results.csv: not considered\n"
    assert fit(f"{words} --under params=100 --quiet").stderr == ""
    refused = fit(f"{words} --under params=100 --maximize note")
    assert refused.exit_code == 2 and "note is x, not a number" in refused.stderr
    alone = fit("sum2.yaml --vary a=8 --vary b=8 --join results.csv --under params=100")
    assert alone.exit_code == 1 and "can be built and is in the table" in alone.stderr


def test_a_table_and_a_sample(folder: Path) -> None:
    """The neighbors of the best variants are those in the values that vary."""
    pairs = [(a, b) for a in range(1, 41) for b in range(1, 41)]
    lines = [f"{a},{b},{100 - (a - 30) ** 2 - (b - 7) ** 2}\n" for a, b in pairs]
    (folder / "results.csv").write_text("a,b,score\n" + "".join(lines))
    words = "sum2.yaml --vary a=1..40 --vary b=1..40 --join results.csv --sample 20"
    document = found(f"{words} --under params=1M --maximize score")
    assert (document["variants"][0]["a"], document["variants"][0]["b"]) == (30, 7)
    assert document["examined"] < 1000


GOAL = SearchGoal(
    (SearchLimit("x", "x", 5), SearchLimit("y", "y", 5)), "size", ("size", "x", "y"), 3
)
ROWS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9), st.integers(0, 9)), max_size=60)


def rows_of(numbers: list[tuple[int, int, int]]) -> list[Row]:
    return [Row(number, (str(number),), one) for number, one in enumerate(numbers)]


@given(ROWS, st.integers(1, 60), st.integers(0, 60))
def test_a_search_in_parts_finds_the_same(
    numbers: list[tuple[int, int, int]], size: int, enough: int
) -> None:
    """However the rows are divided among the processes that take them."""
    whole, merged = LimitSearch(GOAL), LimitSearch(GOAL)
    merged.excluded.enough = enough
    for row in rows_of(numbers):
        whole.add(row)
    for first in range(0, len(numbers), size):
        some = tuple(rows_of(numbers)[first : first + size])
        chunk = GOAL.finish(RowChunk(first, first + len(some), some, 0, 0, ""))
        assert chunk.kept == len(some) and not chunk.rows
        sent: RowChunk = pickle.loads(pickle.dumps(chunk))
        assert isinstance(sent.search, LimitSearch)
        merged.merge(sent.search)
    assert merged.result() == whole.result()
    assert merged.leaders == whole.leaders


@given(ROWS)
def test_obstacles_are_those_of_all_rows(rows: list[tuple[int, int, int]]) -> None:
    """Whatever was dropped because a larger variant within the limits came."""
    search = LimitSearch(GOAL)
    search.excluded.enough = 2
    for row in rows_of(rows):
        search.add(row)
    result = search.result()
    largest = max((size for size, x, y in rows if x <= 5 and y <= 5), default=-1)
    larger = [row for row in rows if row[0] > largest]
    assert result.larger == len(larger)
    assert result.obstacles == {
        "x": sum(x > 5 for _, x, _ in larger),
        "y": sum(y > 5 for _, _, y in larger),
    }
    sizes = sorted((size for size, x, y in rows if x <= 5 and y <= 5), reverse=True)
    assert [row.numbers[0] for row in result.best] == sizes[:3]


def test_the_memory_of_a_search_does_not_grow() -> None:
    """Rows that are excluded for good are dropped."""
    search = LimitSearch(SearchGoal((SearchLimit("x", "x", 5),), "size", ("size", "x"), 3))
    search.excluded.enough = 1000
    for number in range(3000):
        search.add(Row(number, (), (number, 9)))
        search.add(Row(number, (), (number, 1)))
    assert len(search.excluded.sizes) <= 2000
    assert search.result().larger == 0
