"""Many variants at once: every number must be that of the variant alone, and of `show`.

The oracle is Python's own arithmetic, and the networks built one by one.
"""

from __future__ import annotations

import math
import operator
import random
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.datum import MANY, show, whole
from cnncalc.engine import analyse
from cnncalc.expression.functions import FUNCTIONS
from cnncalc.parser import Request, parse, read_document
from cnncalc.problem import Refusal
from cnncalc.quantities import TABLE
from cnncalc.sources import resolve
from cnncalc.sources.bundled import bundled_files, bundled_names
from cnncalc.sweep.job import Job, Sweeper, subject_of
from cnncalc.sweep.lanes import splitting
from cnncalc.sweep.lanes.calculation import LaneCalculator
from cnncalc.sweep.lanes.number import Lanes
from cnncalc.sweep.lanes.questions import Disagreement, NotVectorized
from cnncalc.sweep.lanes.table import NumberTable
from cnncalc.sweep.plan import InvalidVariant, Plan
from cnncalc.sweep.space import parse_axes

from .support.processes import cnncalc, python

NUMBERS = [quantity for quantity in TABLE if quantity.path and quantity.unit != "shape"]
READS = [attrgetter(quantity.path) for quantity in NUMBERS]

# Numbers

SIZES = st.one_of(
    st.integers(-20, 20),
    st.integers(-(2**31), 2**31),
    st.integers(-(2**63) - 10, 2**63 + 10),
    st.integers(-(10**30), 10**30),
)
REALS = st.floats(-1e15, 1e15, allow_nan=False)
COLUMNS = st.integers(1, 6).flatmap(
    lambda count: st.tuples(
        *[
            st.one_of(
                st.lists(SIZES, min_size=count, max_size=count),
                st.lists(REALS, min_size=count, max_size=count),
            )
        ]
        * 2
    )
)
ARITHMETIC = [operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod]
ARITHMETIC += [operator.truediv]
COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]


def outcome(function: Callable[..., Any], *arguments: Any) -> Any:
    """The type and value of a result, or the type of the exception."""
    try:
        found = function(*arguments)
    except (ArithmeticError, ValueError, Refusal) as error:
        return type(error)
    return type(found), found


def outcomes(function: Callable[..., Any], columns: Sequence[Sequence[Any]]) -> list[Any]:
    """What a function of lanes gives for each variant, which are split as it demands.

    After an error, the variants are calculated one by one, as in a sweep.
    """
    rows = list(zip(*columns, strict=True))
    found: list[Any] = [None] * len(rows)
    todo = [list(range(len(rows)))]
    while todo:
        variants = todo.pop()
        table = NumberTable(len(variants))
        try:
            lanes = [table.of_values([column[one] for one in variants]) for column in columns]
            result = outcome(function, *lanes)
        except Disagreement as disagreement:
            parts = splitting.parts(variants, disagreement.answers)
            assert len(parts) > 1
            todo += [list(part) for part in parts]
            continue
        except NotVectorized:
            results = [outcome(function, *rows[one]) for one in variants]
        else:
            results = [result] * len(variants)
            if isinstance(result, type):
                results = [outcome(function, *rows[one]) for one in variants]
            if isinstance(result, tuple) and isinstance(result[1], Lanes):
                results = [(type(value), value) for value in result[1].values()]
        for variant, one in zip(variants, results, strict=True):
            found[variant] = one
    return found


@pytest.mark.parametrize("function", [*ARITHMETIC, *COMPARISONS], ids=lambda one: one.__name__)
@given(columns=COLUMNS)
def test_operators(function: Callable[..., Any], columns: Sequence[Sequence[Any]]) -> None:
    expected = [outcome(function, *row) for row in zip(*columns, strict=True)]
    assert outcomes(function, columns) == expected


@pytest.mark.parametrize("function", [*ARITHMETIC, *COMPARISONS], ids=lambda one: one.__name__)
@given(columns=COLUMNS, other=st.one_of(SIZES, REALS, st.booleans()))
def test_operators_with_one_number(
    function: Callable[..., Any], columns: Sequence[Sequence[Any]], other: Any
) -> None:
    for swapped in (lambda x: function(x, other), lambda x: function(other, x)):
        expected = [outcome(swapped, x) for x in columns[0]]
        assert outcomes(swapped, columns[:1]) == expected


def third_entry(value: Any) -> int | None:
    """An entry of a list at an index, as in expressions."""
    index = whole(value)
    return None if index is None else (3, 4, 5)[index % 3]


@given(columns=COLUMNS, other=st.integers(-3, 5))
def test_powers_and_rounding(columns: Sequence[Sequence[Any]], other: int) -> None:
    functions: list[Callable[[Any], Any]] = [
        lambda x: x**other,
        lambda x: other**x if abs(x) < 50 else x,
        round,
        lambda x: round(x, other),
        math.floor,
        math.ceil,
        abs,
        operator.neg,
        whole,
        bool,
        third_entry,
    ]
    for function in functions:
        expected = [outcome(function, x) for x in columns[0]]
        assert outcomes(function, columns[:1]) == expected


@pytest.mark.parametrize("name", ["min", "max", "sum"])
@given(columns=COLUMNS, other=st.one_of(st.integers(-100, 100), REALS))
def test_functions_of_several(name: str, columns: Sequence[Sequence[Any]], other: Any) -> None:
    plain = FUNCTIONS[name][0]

    def function(*numbers: Any) -> Any:
        lanes = [one for one in numbers if isinstance(one, Lanes)]
        return (lanes[0].functions[name] if lanes else plain)(*numbers, other)

    expected = [outcome(function, *row) for row in zip(*columns, strict=True)]
    assert outcomes(function, columns) == expected


@given(
    values=st.lists(st.one_of(st.integers(0, 10**9), st.floats(0, 1e12)), min_size=1, max_size=8),
    divisor=st.integers(1, 300),
    least=st.one_of(st.none(), st.integers(0, 300)),
)
def test_make_divisible(values: list[Any], divisor: int, least: int | None) -> None:
    plain = FUNCTIONS["make_divisible"][0]

    def function(value: Any) -> Any:
        chosen = value.functions["make_divisible"] if isinstance(value, Lanes) else plain
        return chosen(value, divisor, least)

    assert outcomes(function, [values]) == [outcome(function, value) for value in values]


def test_lanes_have_no_single_value() -> None:
    lanes = NumberTable(3).of_values([1, 2, 3])
    for function in (int, float, range, bytes):
        with pytest.raises(Disagreement):
            function(lanes)
    with pytest.raises(NotVectorized):
        hash(lanes)
    assert f"{lanes}, {lanes:,}" == f"{MANY}, {MANY}"  # a message has no number of one variant
    with pytest.raises(TypeError):
        len(lanes)


# Networks

SHARED = """
input: 3x32x32
vars: {width: 8, depth: 2, drop: 0.5}
layers:
  - {conv: width, kernel: 3, padding: 1, trainable: false}
  - {conv: width, kernel: 3, padding: 1, shared: a, repeat: depth}
  - {conv: width, kernel: 3, padding: 1, shared: a}
  - output: [{conv: 2 * width, kernel: 1}, global_avgpool, {linear: 10}]
    name: aux
    training_only: true
  - {maxpool: 2}
  - add:
      - {conv: width * 2, kernel: 1}
      - [{conv: "max(width, 12)", kernel: 3, padding: 1}, bn, {conv: 2 * width, kernel: 1}]
  - {dropout: drop}
  - global_avgpool
  - {linear: 10}
"""
LARGE = """
input: 1000000
vars: {width: 1000}
layers:
  - {linear: width * 1000000}
  - {linear: width * 999983}
  - {linear: 10}
"""


def compared(
    data: bytes, name: str, columns: Mapping[str, Sequence[str]], variant: str | None = None
) -> tuple[int, int]:
    """Assert that the numbers of variants are those of each alone.

    Returns how many of them are valid, and how many were calculated together.
    """
    file, request = read_document(data, name), Request(variant)
    plan, subject = Plan(file), subject_of(file, request)
    count = len(next(iter(columns.values())))
    found = LaneCalculator(plan, subject, READS).numbers(columns, count)
    valid = 0
    for index, numbers in enumerate(found):
        point = {axis: column[index] for axis, column in columns.items()}
        try:
            summary = plan.summary(subject.request_of(point))
            alone = tuple([read(summary) for read in READS])
        except InvalidVariant:
            assert not isinstance(numbers, tuple), point
            continue
        valid += 1
        assert numbers in (None, alone), point
        assert numbers is None or {*map(type, numbers)} == {int}
    return valid, sum(isinstance(numbers, tuple) for numbers in found)


@pytest.fixture
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variants are calculated together, even if they are few."""
    monkeypatch.setattr(splitting, "LEAST", 2)


@pytest.mark.usefixtures("small_groups")
def test_shared_weights_and_parts_for_training() -> None:
    columns = {
        "width": [str(4 + index % 20) for index in range(60)],
        "resolution": [str(8 + index // 3) for index in range(60)],
        "depth": [str(1 + index % 2) for index in range(60)],
        "drop": [f"{index / 100}" for index in range(60)],
    }
    assert compared(SHARED.encode(), "shared.yaml", columns) == (60, 60)


@pytest.mark.usefixtures("small_groups")
def test_numbers_of_more_than_64_bits() -> None:
    """The second layer has 4 x 10^20 weights and more."""
    columns = {"width": [str(20_000 + 7 * index) for index in range(30)]}
    assert compared(LARGE.encode(), "large.yaml", columns) == (30, 30)


def perturbed(value: Any, chances: random.Random) -> Any:
    """A value near that of a file; also values that are too small, or do not fit others."""
    if isinstance(value, tuple):
        return tuple([perturbed(entry, chances) for entry in value])
    if isinstance(value, bool):
        return chances.choice([True, False])
    if isinstance(value, float):
        return round(value * chances.choice([0.5, 0.75, 1, 1.1, 1.4, 2]), 3)
    if isinstance(value, int) and value < 5000:
        near = [
            value,
            value + 1,
            value * 2,
            value // 2,
            value + 8,
            chances.randint(1, 2 * value + 3),
        ]
        return chances.choice(near)
    return value


def perturbed_columns(
    file: Any, variant: str | None, count: int, chances: random.Random
) -> dict[str, list[str]]:
    """Values of some variables of a file and of the resolution, for so many variants."""
    variables = subject_of(file, Request(variant)).variables
    known = {name: value for name, value in variables.items() if len(show(value)) < 150}
    chosen = chances.sample(sorted(known), min(len(known), chances.choice([0, 1, 1, 2, 3])))
    columns = {}
    for name in chosen:
        values = [known[name], *(perturbed(known[name], chances) for _ in range(3))]
        columns[name] = [show(chances.choice(values)) for _ in range(count)]
    inputs = list(Plan(file).network(Request(variant)).inputs.values())
    if len(inputs) == 1 and inputs[0].spatial:
        size = inputs[0][1]
        steps = [0, 0, 7, 16, 32, -16, -size]
        columns["resolution"] = [str(max(1, size + chances.choice(steps))) for _ in range(count)]
    return columns


@pytest.mark.slow
@pytest.mark.usefixtures("small_groups")
@pytest.mark.parametrize("stem", sorted(bundled_files()))
@settings(max_examples=1, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_bundled_networks(stem: str, seed: int) -> None:
    """Variants together, alone in a plan, and as `show` builds them, have the same numbers."""
    chances = random.Random(seed)
    names = [name for name in bundled_names() if resolve.load(name).name == bundled_files()[stem]]
    source = resolve.load(chances.choice(names or [stem]))
    file = read_document(source.data, source.name)
    columns = perturbed_columns(file, source.variant, 6, chances)
    if not columns:
        return
    compared(source.data, source.name, columns, source.variant)
    subject = subject_of(file, Request(source.variant))
    request = subject.request_of({axis: column[0] for axis, column in columns.items()})
    network = parse(source.data, source.name, request).network
    if network is None:
        return
    shown, summary = analyse(network), Plan(file).summary(request)
    assert [read(summary) for read in READS] == [read(shown) for read in READS]


@pytest.mark.usefixtures("small_groups")
@pytest.mark.parametrize(
    ("name", "over"),
    [
        ("mobilenet_v2", {"width": [f"{0.3 + i / 40:.3f}" for i in range(40)]}),
        ("resnet50", {"base_width": [str(32 + 4 * i) for i in range(40)]}),
        ("alexnet", {"classes": [str(10 + i) for i in range(40)]}),
        ("densenet121", {"growth": [str(8 + i) for i in range(40)]}),
        ("convnext_tiny", {"classes": [str(10 + i) for i in range(40)]}),
    ],
)
def test_variants_of_one_structure_are_calculated_together(
    name: str, over: dict[str, list[str]]
) -> None:
    source = resolve.load(name)
    assert compared(source.data, source.name, over, source.variant) == (40, 40)


INVALID = """
input: 3x32x32
vars: {width: 16, kernel: 3, groups: 1, size: 8, depth: 1}
layers:
  - {conv: width, kernel: kernel, groups: groups}
  - {conv: width * 2, kernel: 3, repeat: depth}
  - {reshape: [size, -1]}
  - {linear: 10 // (width - 20)}
"""


@pytest.mark.usefixtures("small_groups")
@given(seed=st.integers(0, 2**32))
@settings(max_examples=30)
def test_invalid_variants(seed: int) -> None:
    """They are found together, and their number and the first reason are those of single ones."""
    chances = random.Random(seed)
    axes = {
        "width": ["-8", "0", "6", "8", "20", "21", "32"],
        "kernel": ["0", "3", "7", "31", "33", "2.5"],
        "groups": ["1", "2", "3"],
        "size": ["0", "1", "6", "40"],
        "depth": ["0", "1", "2", "20"],
        "resolution": ["1", "8", "32", "64"],
    }
    chosen = chances.sample(sorted(axes), 3)
    over = [f"{name}={','.join(chances.sample(axes[name], 3))}" for name in chosen]
    job = job_of(*over, data=INVALID.encode())
    together, alone = Sweeper(job), Sweeper(job)
    together.has_lanes, alone.has_lanes = True, False
    assert together.chunk(0, 27) == alone.chunk(0, 27)


def test_variants_that_are_invalid_for_one_reason_are_calculated_together() -> None:
    job = job_of("kernel=1..40", "width=8,16,24,32", data=INVALID.encode())
    sweeper, summary = Sweeper(job), Plan.summary
    with patch.object(Plan, "summary", autospec=True, side_effect=summary) as alone:
        chunk = sweeper.chunk(0, 160)
    assert chunk.invalid > 80
    assert alone.call_count < 30


# Chunks

SMALL = """
input: 3x32x32
vars: {width: 1.0, depths: [1, 2], act: relu, classes: 10}
layers:
  - {conv: make_divisible(16 * width), kernel: 5}
  - {name: stage, for: {n: depths}, layers: [{conv: 32, kernel: 3, padding: 1, repeat: n}, act]}
  - global_avgpool
  - {linear: classes}
"""


def job_of(*over: str, **others: Any) -> Job:
    axes = tuple(parse_axes(over).items())
    facts = {
        "data": SMALL.encode(),
        "request": Request(),
        "batch": 2,
        "sample": None,
        "seed": 0,
        **others,
    }
    quantities = tuple([quantity.name for quantity in NUMBERS])
    return Job(name="small.yaml", axes=axes, rows=({},), quantities=quantities, **facts)


@pytest.mark.parametrize(
    "others",
    [
        {},
        {"sample": 200, "seed": 3},
        {"conditions": ("macs < 1M and width < 1.5", "classes > 12")},
        {"conditions": ("depth < 6 or width > 1",), "per": ("width", "act")},
    ],
)
def test_a_chunk_is_that_of_variants_alone(others: dict[str, Any]) -> None:
    depths = ("depths[0]=1..2", "depths[1]=1..2")
    over = ("width=0.5..2:0.25", *depths, "act=relu,silu", "resolution=3..12:3")
    job = job_of(*over, "classes=10..17", **others)
    together, alone = Sweeper(job), Sweeper(job)
    alone.has_lanes = False
    assert together.has_lanes
    bounds = [(0, 500), (500, len(job.space))] if len(job.space) > 500 else [(0, len(job.space))]
    for first, last in bounds:
        chunk = together.chunk(first, last)
        assert chunk == alone.chunk(first, last)
        assert chunk.rows or others
        assert chunk.invalid


def test_an_interval_is_sampled_alike() -> None:
    job = job_of("width=0.5..2.0", "classes=1..5", sample=100)
    together, alone = Sweeper(job), Sweeper(job)
    alone.has_lanes = False
    assert together.chunk(0, 100) == alone.chunk(0, 100)


# The command line

WITHOUT_NUMPY = """\
import sys
sys.modules["numpy"] = None
sys.argv[0] = "cnncalc"
from cnncalc.cli import run
run()
"""


def test_the_same_bytes_with_and_without_numpy_and_in_processes(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    axes = ("width=0.5..2:0.1", "depths[0]=1..3", "resolution=2..40:3", "classes=10..14")
    over = [word for axis in axes for word in ("--over", axis)]
    words = ("sweep", str(path), *over, "--where", "macs < 20M", "--format", "csv")
    whole_run = cnncalc(*words)
    without = python("-c", WITHOUT_NUMPY, *words)
    assert without.returncode == 0, without.stderr
    assert "calculated one by one, as numpy is not installed" in without.stderr
    assert "numpy" not in whole_run.stderr
    assert len(whole_run.stdout.splitlines()) > 1000
    assert without.stdout == whole_run.stdout
    for jobs in ("2", "3"):
        assert cnncalc(*words, "--jobs", jobs).stdout == whole_run.stdout


def test_few_variants_need_no_numpy(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    words = ("sweep", str(tmp_path / "small.yaml"), "--over", "classes=1..20", "--quiet")
    code = "import sys; sys.argv[0] = 'cnncalc'; from cnncalc.cli import main\n"
    code += "import atexit; atexit.register(lambda: print('numpy' in sys.modules))\n"
    code += "from cnncalc.cli.main import main; main(standalone_mode=False)"
    ran = python("-c", code, *words)
    assert ran.stdout.splitlines()[-1] == "False", ran.stderr


def test_fit_is_the_same_without_numpy(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    axes = ("width=0.5..2:0.1", "depths[*]=1..3", "classes=10..30:5")
    vary = [word for axis in axes for word in ("--vary", axis)]
    words = ("fit", str(path), *vary, "--under", "macs=12M,params=60k", "--format", "json")
    assert python("-c", WITHOUT_NUMPY, *words).stdout == cnncalc(*words).stdout != ""
