"""Sweeps: the space, the plan, what is kept of the rows, and processes that die."""

from __future__ import annotations

import csv
import io
import json
import random
import shlex
import subprocess
import sys
import time
from array import array
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.engine import analyse
from cnncalc.engine.summary import Summary
from cnncalc.parser import Request, read_document
from cnncalc.sources import resolve
from cnncalc.sources.bundled import bundled_names
from cnncalc.sweep import distribution
from cnncalc.sweep.axis_values import Interval, parse_values
from cnncalc.sweep.condition import parse_condition
from cnncalc.sweep.distribution import NumberStore, statistics_of
from cnncalc.sweep.driver import MOST_DEATHS, bounds_of, chunks
from cnncalc.sweep.errors import InvalidSweep
from cnncalc.sweep.job import Job, Row, RowChunk
from cnncalc.sweep.objectives import Objective, parse_objectives
from cnncalc.sweep.plan import InvalidVariant, Plan
from cnncalc.sweep.points import parse_points
from cnncalc.sweep.reducers import FirstRows, FrontOfTwo, FrontRows, dominates
from cnncalc.sweep.row_selection import RowSelection
from cnncalc.sweep.space import Space, parse_axes
from cnncalc.sweep.workers import Workers

from .support.paths import ROOT
from .support.processes import ENVIRONMENT, cnncalc
from .support.sweeps import csv_rows

SMALL = """\
input: 3x32x32
vars: {width: 1.0, depths: [1, 2], classes: 10}
layers:
  - {conv: "make_divisible(16 * width)", kernel: 3, padding: 1}
  - {conv: "make_divisible(32 * width)", kernel: 3, stride: 2, repeat: "depths[0]"}
  - {repeat: "depths[1]", layers: [{conv: 32, kernel: 3, padding: 1}, relu]}
  - global_avgpool
  - {linear: classes}
"""

# The space


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3,5,7", ("3", "5", "7")),
        ("1..4", ("1", "2", "3", "4")),
        ("96..224:64", ("96", "160", "224")),
        ("0.1..0.4:0.1", ("0.1", "0.2", "0.3", "0.4")),  # in floats, 0.1 + 0.2 is not 0.3
        ("16..100:*2", ("16", "32", "64")),
        ("[1, 2],[3, 4]", ("[1, 2]", "[3, 4]")),
        ("relu,silu", ("relu", "silu")),
        ("max(1, 2)", ("max(1, 2)",)),
        ("1..2,8,16..32:16", ("1", "2", "8", "16", "32")),
        ("-2..0", ("-2", "-1", "0")),
    ],
)
def test_values(text: str, values: tuple[str, ...]) -> None:
    assert parse_values(text) == values


def test_an_interval() -> None:
    assert parse_values("0.1..2.0") == Interval(0.1, 2.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty value"),
        ("1,,2", "empty value"),
        ("5..1", "is empty"),
        ("2.0..1.0", "is empty"),
        ("1..5:0", "never ends"),
        ("1..5:-1", "never ends"),
        ("1..5:*1", "never ends"),
        ("0..5:*2", "never ends"),
        ("1..2.5,7", "needs a step"),
        ("1..", "`1..` is not a range: write one as in 1..8"),
        ("..8,9", "is not a range"),
        ("1...8", "is not a range"),
        ("1..999999999", "more than 1,000,000 values"),
    ],
)
def test_values_that_are_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidSweep, match=words):
        parse_values(text)


def test_the_last_axis_varies_fastest() -> None:
    space = Space(parse_axes(["a=1,2", "b=x,y,z"]))
    found = [tuple(space.point(number).values()) for number in range(len(space))]
    assert found == [(a, b) for a in "12" for b in "xyz"]


def test_rows_vary_slowest() -> None:
    rows = parse_points("\ufeffw,d\n0.5,1\n\n1,2\n", "points.csv")
    space = Space(parse_axes(["k=3,5"]), rows)
    found = [tuple(space.point(number).values()) for number in range(len(space))]
    assert found == [("0.5", "1", "3"), ("0.5", "1", "5"), ("1", "2", "3"), ("1", "2", "5")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no rows"),
        ("a,b\n", "has no rows"),
        ("a,a\n1,2\n", "name each column once"),
        ("a,b\n1\n", "line 2: expected 2 values, found 1"),
        ('a\n"1\n', "points.csv, line 2"),
    ],
)
def test_points_that_are_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidSweep, match=words):
        parse_points(text, "points.csv")


@given(size=st.integers(1, 2000), seed=st.integers(), share=st.floats(0, 1))
def test_a_sample_of_a_grid_has_no_variant_twice(size: int, seed: int, share: float) -> None:
    count = max(1, round(size * share))
    space = Space(parse_axes([f"a=1..{size}"]), sample=count, seed=seed)
    found = {space.point(number)["a"] for number in range(len(space))}
    assert len(found) == len(space) == count
    assert found <= {str(value) for value in range(1, size + 1)}


@given(seed=st.integers(), numbers=st.permutations(range(20)))
def test_a_variant_of_a_sample_does_not_depend_on_the_others(seed: int, numbers: list[int]) -> None:
    axes = parse_axes(["width=0.1..2.0", "depth=1..9"])
    in_order = [Space(axes, sample=20, seed=seed).point(number) for number in range(20)]
    space = Space(axes, sample=20, seed=seed)
    assert all(space.point(number) == in_order[number] for number in numbers)
    assert all(0.1 <= float(point["width"]) <= 2.0 for point in in_order)


def test_an_interval_is_only_sampled() -> None:
    with pytest.raises(InvalidSweep, match="width has no step"):
        Space(parse_axes(["width=0.1..2.0"]))


# The plan


def test_totals_of_a_plan_are_those_of_the_analysis() -> None:
    """For every bundled network, each in a plan of its file that has built the ones before it."""
    plans: dict[str, Plan] = {}
    for name in bundled_names():
        source = resolve.load(name)
        plan = plans.setdefault(source.name, Plan(read_document(source.data, source.name)))
        network = plan.network(Request(source.variant))
        summary, analysis = Summary(network, 3, plan.costs), analyse(network, 3)
        assert summary.totals == analysis.totals._replace(peak_layer=""), name
        assert summary.training_totals == analysis.training_totals
        assert (summary.flash, summary.layer_count) == (analysis.flash, analysis.layer_count)


@given(
    width=st.floats(0.1, 2),
    depths=st.lists(st.integers(0, 3), min_size=2, max_size=2),
    resolution=st.integers(1, 64),
)
def test_a_plan_builds_what_a_new_file_builds(
    width: float, depths: list[int], resolution: int
) -> None:
    """Also after other variants, and with the first error of those that cannot be built."""
    variables = {"width": f"{width:.3f}", "depths": str(depths)}
    request = Request(variables=variables, resolution=str(resolution))
    inputs = {"": f"3x{resolution}x{resolution}"}
    new = Plan(read_document(SMALL.encode(), "small.yaml"))
    try:
        expected = new.summary(request._replace(inputs=inputs, resolution=None)).totals
    except InvalidVariant as error:
        with pytest.raises(InvalidVariant) as found:
            PLAN.summary(request)
        assert str(found.value) == str(error)
    else:
        assert PLAN.summary(request).totals == expected


PLAN = Plan(read_document(SMALL.encode(), "small.yaml"))

# Rows


def test_a_condition() -> None:
    holds = parse_condition("macs <= 1.5M and width < 1", ["macs", "width"]).holds
    assert holds({"macs": 1_500_000, "width": 0.5})
    assert not holds({"macs": 1_500_001, "width": 0.5})
    assert parse_condition("weight_bytes <= 2KiB", ["weight_bytes"]).holds({"weight_bytes": 2048})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mac < 3", "unknown name `mac`: did you mean `macs`"),
        ("macs <", "--where `macs <`"),
        ("macs < 5Q", "--where"),
        ("macs < 1.2.3M", "is not a figure"),
    ],
)
def test_conditions_that_are_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidSweep, match=words):
        parse_condition(text, ["macs"])


def row(number: int, *numbers: int) -> Row:
    return Row(number, (), numbers)


def first_of(row: Row) -> float:
    return row.numbers[0] or 0


ROWS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40)


@pytest.mark.parametrize("kind", [FrontRows, FrontOfTwo])
@given(values=ROWS)
def test_the_front_is_what_no_row_dominates(
    kind: type[FrontRows | FrontOfTwo], values: list[tuple[int, int]]
) -> None:
    front = kind(lambda row: (first_of(row), -values[row.number][1]))
    for number, pair in enumerate(values):
        kept = front.add(row(number, *pair))
        assert kept == (number in [one.number for one in front.rows])
    assert [one.number for one in front.rows] == [
        number for _, number in sorted((first_of(one), one.number) for one in front.rows)
    ]
    costs = [(small, -large) for small, large in values]
    expected = {
        number
        for number, cost in enumerate(costs)
        if not any(dominates(other, cost) for other in costs)
    }
    assert {one.number for one in front.rows} == expected


@given(ROWS, st.integers(1, 10))
def test_the_first_rows_are_those_of_all_rows_in_order(
    values: list[tuple[int, int]], count: int
) -> None:
    first = FirstRows(lambda row: (first_of(row),), count)
    rows = [row(number, *pair) for number, pair in enumerate(values)]
    for one in rows:
        first.add(one)
    assert first.rows == sorted(rows, key=first_of)[:count]


def test_statistics() -> None:
    assert statistics_of([]) is None
    found = statistics_of(range(1, 101))
    assert found == (50.5, 10, 50, 90)


@pytest.mark.parametrize("text", ["macs", "least macs", "min", "min speed", "min macs,"])
def test_objectives_that_are_refused(text: str) -> None:
    with pytest.raises(InvalidSweep):
        parse_objectives(text, ["macs"])


# Chunks


def small_job(*over: str, **others: Any) -> Job:
    axes = tuple(parse_axes(over).items())
    facts = {"request": Request(), "batch": 1, "sample": None, "seed": 0, **others}
    return Job(SMALL.encode(), "small.yaml", axes=axes, rows=({},), quantities=("macs",), **facts)


class Fragile(Executor):
    """Runs everything at once, and breaks when it is given some of the chunks, so many times."""

    def __init__(self, deadly: dict[int, int]) -> None:
        self.deadly = deadly
        self.broken = False

    def submit(self, function: Callable[..., Any], /, *words: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        first = words[1][0]
        if self.deadly.get(first, 0) > 0:
            self.deadly[first] -= 1
            self.broken = True
        if self.broken:
            future.set_exception(BrokenExecutor())
        else:
            future.set_result(function(*words))
        return future


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 2), max_size=4), st.integers(1, 4))
def test_chunks_of_workers_that_die_are_calculated_again(deadly: dict[int, int], size: int) -> None:
    job = small_job("classes=1..10")
    deaths = dict(deadly)
    workers = Workers(lambda: Fragile(deaths), size)
    assert list(chunks(job, bounds_of(10, 0, size=1), workers)) == list(
        chunks(job, bounds_of(10, 0, size=1))
    )


def test_a_chunk_that_kills_every_worker_is_skipped() -> None:
    job = small_job("classes=1..6")
    deaths = {4: 1000}
    workers = Workers(lambda: Fragile(deaths), 2)
    found = list(chunks(job, bounds_of(6, 0, size=2), workers))
    assert [len(chunk.rows) for chunk in found] == [2, 2, 0]
    assert found[2].invalid == 2
    assert f"variants 4 to 5 ended {MOST_DEATHS} workers" in found[2].reason


def test_the_identity_is_that_of_what_decides_the_rows() -> None:
    job = small_job("classes=1..10")
    assert job.identity == small_job("classes=1..9,10").identity
    others = [
        small_job("classes=1..11"),
        small_job("classes=1..10", batch=2),
        small_job("classes=1..10", sample=10),
        small_job("classes=1..10", conditions=("macs < 3",)),
        small_job("classes=1..10", request=Request(variables={"width": "2"})),
        job._replace(data=job.data + b"#"),
    ]
    assert len({job.identity, *(other.identity for other in others)}) == len(others) + 1


# The command line


def test_rows_are_those_of_show(tmp_path: Path) -> None:
    ran = cnncalc(
        *("sweep", "mobilenet_v2", "--over", "width=0.5,1.4", "--over", "resolution=96,224"),
        *("--batch", "2", "--format", "csv"),
    )
    found = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert [(one["width"], one["resolution"]) for one in found] == [
        *(("0.5", "96"), ("0.5", "224"), ("1.4", "96"), ("1.4", "224"))
    ]
    for one in found:
        size = one["resolution"]
        words = ("--set", f"width={one['width']}", "--input", f"3x{size}x{size}", "--batch", "2")
        shown = json.loads(cnncalc("show", "mobilenet_v2", *words, "--format", "json").stdout)
        for name in ("params", "macs", "weight_bytes", "activations", "peak_bytes", "depth"):
            assert int(one[name]) == shown["totals"][name], name


def test_entries_of_a_list(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    words = ("sweep", "small.yaml", "--over", "depths[*]=1,2", "--columns", "depth")
    found = json.loads(cnncalc(*words, "--format", "json", cwd=tmp_path).stdout)["variants"]
    assert found == [
        {"n": 0, "depths[0]": 1, "depths[1]": 1, "depth": 4},
        {"n": 1, "depths[0]": 1, "depths[1]": 2, "depth": 5},
        {"n": 2, "depths[0]": 2, "depths[1]": 1, "depth": 5},
        {"n": 3, "depths[0]": 2, "depths[1]": 2, "depth": 6},
    ]


def test_variants_that_cannot_be_built_are_counted(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    words = ("--over", "resolution=1,32", "--over", "depths[0]=1..3", "--where", "depth < 6")
    ran = cnncalc("sweep", "small.yaml", *words, cwd=tmp_path)
    assert ran.returncode == 0
    summary = ran.stdout.splitlines()[-1]
    assert summary.startswith(
        "6 variants: 1 kept, 3 invalid (the first: resolution=1, depths[0]=1: "
    )
    assert summary.endswith("2 excluded by --where")


def test_groups(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    words = ("--over", "width=0.5,1", "--over", "classes=1..10", "--per", "width")
    conditions = ("--where", "classes > 5 or width < 1", "--columns", "params")
    ran = cnncalc("sweep", "small.yaml", *words, *conditions, "--format", "csv", cwd=tmp_path)
    every = cnncalc("sweep", "small.yaml", *words[:4], "--format", "csv", cwd=tmp_path)
    params = [int(one["params"]) for one in csv.DictReader(io.StringIO(every.stdout))]
    low, high = csv.DictReader(io.StringIO(ran.stdout))
    assert (low["variants"], low["kept"], high["variants"], high["kept"]) == (
        "10",
        "1",
        "10",
        "0.5",
    )
    assert low["params_p50"] == str(params[4])
    assert high["params_mean"] == str(round(sum(params[15:]) / 5))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "nothing varies"),
        (("--over", "widht=1,2"), "no variable `widht`: did you mean `width`"),
        (("--over", "width=1", "--over", "width=2"), "width is given twice"),
        (("--over", "width=1", "--from", "pairs.csv"), "width is varied and a column of pairs.csv"),
        (("--from", "entries.csv"), "for all entries: add a column for each, such as depths[0]"),
        (
            ("--over", "depths=[1,2],[2,2]", "--over", "depths[0]=1,2"),
            "depths and depths[0] are both varied: omit one of both",
        ),
        (("--over", "width"), "is not VAR=VALUES"),
        (("--over", "width=1..", "--sample", "3"), "width: `1..` is not a range"),
        (("--over", "width[0]=1"), "width is 1, which is not a list"),
        (("--over", "depths[2]=1"), "depths has 2 entries"),
        (("--over", "variant=a"), "the file has no variants"),
        (("--over", "width=1,2", "--top", "3"), "--top needs --sort"),
        (("--over", "width=1,2", "--sort", "mac"), "did you mean `macs`"),
        (("--over", "width=1,2", "--per", "classes"), "classes is not varied"),
        (("--over", "width=1,2", "--pareto", "min mac"), "did you mean `macs`"),
        (("--over", "width=1,2", "--columns", "mac"), "did you mean `macs`"),
        (("--over", "width=1,2", "--where", "mac < 1"), "did you mean `macs`"),
        (("--over", "width=1,2", "--set", "x=1"), "no variable `x`"),
        (("--over", "classes=1..1000", "--over", "width=1..1001"), "too many for a table"),
        (("--from", "missing.csv"), "cannot read missing.csv"),
    ],
)
def test_words_that_are_refused(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "pairs.csv").write_text("width,classes\n1,10\n")
    (tmp_path / "entries.csv").write_text("depths[*]\n1\n")
    ran = cnncalc("sweep", "small.yaml", *words, cwd=tmp_path)
    assert ran.returncode == 2
    assert message in " ".join(ran.stderr.split())
    assert ran.stdout == ""


def test_a_sweep_that_is_killed_is_resumed(tmp_path: Path) -> None:
    """At random moments, with one process or two: the file has the bytes of one that was not."""
    (tmp_path / "small.yaml").write_text(SMALL)
    words = ["sweep", "small.yaml", "--over", "classes=1..100", "--over", "width=0.1..2:0.1"]
    whole = cnncalc(*words, "--format", "csv", cwd=tmp_path).stdout
    chances = random.Random(7)
    target = tmp_path / "sweep.csv"
    for attempt in range(40):
        command = [sys.executable, "-m", "cnncalc", *words, "-o", "sweep.csv", "--quiet"]
        command += ["--jobs", str(1 + attempt % 2)]
        environment = {**ENVIRONMENT, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=tmp_path, env=environment)
        time.sleep(chances.uniform(0.3, 1.5))
        process.kill()
        process.wait()
        state = tmp_path / "sweep.csv.sweep"
        if state.exists() and '"next": 2000' in state.read_text():
            break
    final = cnncalc(*words, "-o", "sweep.csv", cwd=tmp_path)
    assert final.returncode == 0
    assert target.read_text() == whole


def test_a_file_with_another_sweep_is_not_continued(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    first = ("sweep", "small.yaml", "--over", "classes=1..3", "-o", "sweep.csv")
    other = ("sweep", "small.yaml", "--over", "classes=1..4", "-o", "sweep.csv")
    assert cnncalc(*first, cwd=tmp_path).returncode == 0
    refused = cnncalc(*other, cwd=tmp_path)
    assert refused.returncode == 2
    assert "sweep.csv has another sweep: choose another file, or add --restart" in refused.stderr
    assert cnncalc(*other, "--restart", cwd=tmp_path).returncode == 0
    assert len((tmp_path / "sweep.csv").read_text().splitlines()) == 5
    (tmp_path / "sweep.csv").write_text("")
    damaged = cnncalc(*other, cwd=tmp_path)
    assert damaged.returncode == 2
    assert "has lost rows that were complete: add --restart" in damaged.stderr
    (tmp_path / "sweep.csv.sweep").write_text("0\nnothing\n")
    assert "is not that of a sweep" in cnncalc(*other, cwd=tmp_path).stderr


# fit


def test_fit_finds_what_a_sweep_finds(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    axes = ("width=0.25..2:0.25", "depths[*]=1..3", "resolution=8,16,32")
    over = [word for axis in axes for word in ("--over", axis)]
    vary = [word for axis in axes for word in ("--vary", axis)]
    swept = cnncalc("sweep", "small.yaml", *over, "--format", "csv", cwd=tmp_path).stdout
    rows = [
        {name: float(value) for name, value in one.items()}
        for one in csv.DictReader(io.StringIO(swept))
    ]
    within = [one for one in rows if one["macs"] <= 2e6 and one["peak_bytes"] <= 60_000]
    larger = [one for one in rows if one["params"] > max(one["params"] for one in within)]
    words = ("--under", "macs=2M,peak_bytes=60k", "--top", "1000", "--format", "json")
    found = json.loads(cnncalc("fit", "small.yaml", *vary, *words, cwd=tmp_path).stdout)
    sizes = [one["params"] for one in found["variants"]]
    assert sizes == sorted((one["params"] for one in within), reverse=True)
    assert found["examined"] == 8 * 9 * 3 and found["proven"]
    assert found["larger"] == len(larger)
    assert found["obstacles"]["macs"] == sum(one["macs"] > 2e6 for one in larger)


def test_the_command_of_a_fit_shows_its_best_variant(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    vary = ("--vary", "width=0.5,1", "--vary", "depths[0]=1,2", "--vary", "resolution=16,32")
    words = ("--under", "macs=2M", "--batch", "2", "--dtype", "int8", "--format", "json")
    found = json.loads(cnncalc("fit", "small.yaml", *vary, *words, cwd=tmp_path).stdout)
    command = shlex.split(found["command"])
    assert command[:3] == ["cnncalc", "show", "small.yaml"]
    shown = json.loads(cnncalc(*command[1:], "--format", "json", cwd=tmp_path).stdout)
    for name in ("params", "macs", "weight_bytes", "peak_bytes"):
        assert shown["totals"][name] == found["variants"][0][name]


def test_an_interval_is_searched(tmp_path: Path) -> None:
    """params = 27 out + 10 with out = round(n), so that the best of all is known."""
    net = "input: 3\nvars: {n: 8.0}\nlayers: [{linear: round(n)}]\n"
    (tmp_path / "net.yaml").write_text(net)
    words = ("--vary", "n=1.0..1000.0", "--under", "params=2k", "--format", "json")
    found = json.loads(cnncalc("fit", "net.yaml", *words, cwd=tmp_path).stdout)
    assert found["variants"][0]["params"] == 2000  # of 500 outputs with 3 weights and a bias
    assert not found["proven"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--vary", "width=1", "--under", "params=1"), 1, "the nearest is width=1: params is"),
        (("--vary", "resolution=1", "--under", "params=1M"), 1, "none of them can be built"),
        (("--vary", "width=1", "--under", "params"), 2, "--under: a budget is a number and its"),
        (("--vary", "width=1", "--under", "parms=1"), 2, "--under: a budget limits"),
        (("--vary", "width=1", "--under", "params=1", "--maximize", "mac"), 2, "`macs`"),
        (("--vary", "width=1"), 2, "nothing is limited"),
        (("--under", "params=1"), 2, "nothing varies: add --vary VAR=VALUES"),
    ],
)
def test_fits_that_find_nothing(
    tmp_path: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    ran = cnncalc("fit", "small.yaml", *words, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (code, "")
    assert message in " ".join(ran.stderr.split())


# All variants of a file


def test_all_variants_of_a_file_vary(tmp_path: Path) -> None:
    """`NET@*` is the axis of all variants, before the others."""
    variants = "variants: {narrow: {vars: {width: 0.5}}, wide: {vars: {width: 2}}}\n"
    (tmp_path / "small.yaml").write_text(SMALL + variants)
    axes = ("--over", "resolution=16,32")
    found = cnncalc("sweep", "small.yaml@*", *axes, "--format", "csv", cwd=tmp_path)
    stated = ("sweep", "small.yaml", "--over", "variant=narrow,wide", *axes, "--format", "csv")
    assert found.stdout == cnncalc(*stated, cwd=tmp_path).stdout
    assert found.stdout.count("\n") == 5
    words = ("small.yaml@*", "--under", "params=1M", "--top", "1", "--format", "json")
    best = json.loads(cnncalc("fit", *words, cwd=tmp_path).stdout)
    assert best["variants"][0]["variant"] == "wide" and best["examined"] == 2
    assert best["command"] == "cnncalc show small.yaml@wide"


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        (SMALL, (), "small.yaml has no variants: omit @*"),
        (
            SMALL.replace("vars: {", "vars: {variant: 1, ") + "variants: {a: {}}\n",
            (),
            "small.yaml has a variable `variant`: name one of its variants",
        ),
        (SMALL + "variants: {a: {}}\n", ("--over", "variant=a"), "variant is given twice"),
    ],
)
def test_all_variants_that_are_no_axis(
    tmp_path: Path, text: str, words: tuple[str, ...], message: str
) -> None:
    (tmp_path / "small.yaml").write_text(text)
    ran = cnncalc("sweep", "small.yaml@*", *words, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert message in " ".join(ran.stderr.split())


LISTS = """\
input: 3
vars: {n: 4, widths: [n, 2 * n]}
layers:
  - {for: {width: widths}, layers: [{linear: width}]}
variants:
  two: {}
  three: {vars: {widths: [5, 6, 7]}}
"""


def test_an_entry_is_that_of_the_list_of_each_variant(tmp_path: Path) -> None:
    """One by one and together; a dense layer from m to n has n (m + 1) parameters."""
    (tmp_path / "lists.yaml").write_text(LISTS)
    words = ("sweep", "lists.yaml@*", "--over", "widths[0]=1..100", "--columns", "params")
    found = {
        (one["variant"], int(one["widths[0]"])): int(one["params"])
        for one in csv_rows(tmp_path, *words)
    }
    for first in range(1, 101):
        assert found["two", first] == first * 4 + 8 * (first + 1)
        assert found["three", first] == first * 4 + 6 * (first + 1) + 7 * 7
    last = ("sweep", "lists.yaml@three", "--over", "widths[2]=1", "--over", "variant=two,three")
    ran = cnncalc(*last, "--format", "csv", cwd=tmp_path)
    assert (ran.returncode, ran.stdout.count("\n")) == (0, 2)
    assert "widths has 2 entries, counted from 0" in " ".join(ran.stderr.split())


def test_a_list_that_is_calculated_from_what_is_varied(tmp_path: Path) -> None:
    (tmp_path / "lists.yaml").write_text(LISTS)
    words = ("sweep", "lists.yaml", "--over", "widths[0]=1", "--over", "n=1,2")
    ran = cnncalc(*words, cwd=tmp_path)
    message = "widths is calculated from n, which is varied: vary widths instead of widths[0]"
    assert ran.returncode == 2 and message in " ".join(ran.stderr.split())


# What is made of rows where they are calculated


@pytest.mark.parametrize("options", [{}, {"sort": Objective("max", "params"), "top": 3}])
def test_rows_that_are_finished_in_parts(options: dict[str, Any]) -> None:
    """Rows that the rest of a chunk excludes are excluded by all rows, however they are divided."""
    front = (Objective("min", "macs"), Objective("max", "params"))
    selection = RowSelection(("a", "macs", "params"), () if options else front, **options)
    numbers = [(one * 7919 % 101, one * 104729 % 89) for one in range(600)]
    rows = [Row(one, (str(one),), pair) for one, pair in enumerate(numbers)]
    whole = selection.reducer()
    written = [row for row in rows if whole.add(row)]
    for size in (7, 100, 600):
        parts, sieve = selection.reducer(), selection.reducer()
        found = []
        for first in range(0, 600, size):
            some = tuple(rows[first : first + size])
            chunk = selection.finish(RowChunk(first, first + len(some), some, 0, 0, ""))
            assert chunk.kept == len(some)
            assert len(chunk.rows) < len(some) or size == 7
            found += [row for row in chunk.rows if sieve.add(row)]
            for row in chunk.rows:
                parts.add(row)
        assert found == written
        assert parts.rows == whole.rows


@pytest.mark.parametrize("most", [1, 1_000, 10**6])
def test_statistics_of_many_numbers(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Wherever they are: in memory, in a file, or some of them in each."""
    monkeypatch.setattr(distribution, "MOST_IN_MEMORY", most)
    store = NumberStore()
    columns = [store.column(), store.column(), store.column()]
    numbers = [[float(one * 7919 % 1009 + 2**power) for one in range(5_000)] for power in (40, 52)]
    for first in range(0, 5_000, 61):
        for column, some in zip(columns, numbers, strict=False):
            store.add(column, array("d", some[first : first + 61]))
    assert (store.file is not None) == (most < 10**6)
    for _ in range(2):
        for column, some in zip(columns, numbers, strict=False):
            ordered = sorted(some)
            mean = sum(map(int, some)) / 5_000
            found = store.statistics(column)
            assert found == (mean, ordered[499], ordered[2499], ordered[4499])
    assert store.statistics(columns[2]) is None
