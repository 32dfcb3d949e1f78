"""`sweep --join`: the columns of a table next to those of a sweep, by the values of variables."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.parser import Request
from cnncalc.sweep.errors import InvalidSweep
from cnncalc.sweep.job import Job
from cnncalc.sweep.join import comparable, parse_join

from .support.paths import ROOT
from .support.processes import cnncalc
from .support.sweeps import csv_rows

SMALL = """\
input: 3x32x32
vars: {width: 1.0, depths: [1, 2], classes: 10}
layers:
  - {conv: "make_divisible(16 * width)", kernel: 3, padding: 1}
  - {repeat: "depths[0]", layers: [{conv: 32, kernel: 3, padding: 1}, relu]}
  - {repeat: "depths[1]", layers: [{conv: 32, kernel: 3, padding: 1}, relu]}
  - global_avgpool
  - {linear: classes}
"""
WORDS = ("sweep", "small.yaml", "--over", "width=0.5,1,2", "--over", "resolution=16,32")
RESULTS = """\
width,resolution,top1,note
0.50,16,60.5,first
1,32.0,70.25,
2.0,32,69,=1+1
9,32,99,nobody
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "results.csv").write_text(RESULTS)
    return tmp_path


def test_rows_have_the_columns_of_the_table(folder: Path) -> None:
    """Keys are compared as numbers; what is on one side only is counted."""
    ran = cnncalc(*WORDS, "--join", "results.csv", "--format", "csv", cwd=folder)
    found = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert [(one["n"], one["width"], one["resolution"], one["top1"]) for one in found] == [
        *(("0", "0.5", "16", "60.5"), ("3", "1", "32", "70.25"), ("5", "2", "32", "69"))
    ]
    assert [one["note"] for one in found] == ["first", "", "'=1+1"]  # not a formula
    assert ran.stderr.strip() == (
        "6 variants: 3 kept, 3 without a row in results.csv, which has 1 row without a variant"
    )
    plain = {one["n"]: one for one in csv_rows(folder, *WORDS)}
    assert all(plain[one["n"]].items() <= one.items() for one in found)


def test_published_numbers_of_mobilenet_v2() -> None:
    """All 22 checkpoints: the MACs that their page states, in whole millions, rounded down."""
    ran = cnncalc(
        *("sweep", "mobilenet_v2", "--over", "width=0.35,0.5,0.75,1,1.3,1.4"),
        *("--over", "resolution=96..224:32", "--join", "docs/examples/mobilenet_v2_top1.csv"),
        *("--columns", "macs,million_macs", "--format", "csv"),
        cwd=ROOT,
    )
    found = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert len(found) == 22
    assert all(int(one["macs"]) // 10**6 == int(one["million_macs"]) for one in found)


def test_joined_columns_select_and_sort(folder: Path) -> None:
    words = (*WORDS, "--join", "results.csv")
    kept = csv_rows(
        folder, *words, "--where", "top1 > 65 and width < 2", "--columns", "params,top1"
    )
    assert [list(one) for one in kept] == [["n", "width", "resolution", "top1", "params"]]
    assert kept[0]["n"] == "3"
    ordered = csv_rows(folder, *words, "--sort", "top1", "--columns", "macs")
    assert [one["top1"] for one in ordered] == ["70.25", "69", "60.5"]
    front = csv_rows(folder, *words, "--pareto", "min macs, max top1")
    assert [one["n"] for one in front] == ["0", "3"]  # the largest network has a lower accuracy
    assert "note" not in csv_rows(folder, *words, "--columns", "macs")[0]


def test_an_empty_cell_has_no_value(folder: Path) -> None:
    (folder / "results.csv").write_text("width,resolution,top1\n0.5,16,\n1,16,50\n1,32,60\n")
    words = (*WORDS, "--join", "results.csv")
    assert [one["n"] for one in csv_rows(folder, *words, "--where", "top1 < 100")] == ["2", "3"]
    assert [one["n"] for one in csv_rows(folder, *words, "--pareto", "max top1")] == ["3"]
    assert [one["n"] for one in csv_rows(folder, *words, "--sort", "-top1")] == ["2", "3", "0"]
    document = cnncalc(*words, "--columns", "top1", "--format", "json", cwd=folder).stdout
    assert [one["top1"] for one in json.loads(document)["variants"]] == ["", 50, 60]


def test_keys_may_be_lists_and_variables_that_are_not_varied(folder: Path) -> None:
    (folder / "results.csv").write_text(
        'depths,classes,top1\n"[1, 1]",10,1\n"[2,1]",10,2\n"[2,2]",100,3\n'
    )
    words = ("sweep", "small.yaml", "--over", "depths[*]=1,2", "--join", "results.csv")
    found = [(one["depths[0]"], one["depths[1]"], one["top1"]) for one in csv_rows(folder, *words)]
    assert found == [("1", "1", "1"), ("2", "1", "2")]
    last = csv_rows(folder, *words, "--set", "classes=100")
    assert [(one["depths[0]"], one["depths[1]"], one["top1"]) for one in last] == [("2", "2", "3")]


def test_what_a_sweep_wrote_is_joined_again(folder: Path) -> None:
    """Its numbers are calculated anew; the column that was added is joined."""
    first = cnncalc(*WORDS, "-o", "sweep.csv", cwd=folder)
    assert first.returncode == 0
    lines = (folder / "sweep.csv").read_text().splitlines()
    added = [lines[0] + ",top1", *(f"{line},{60 + index}" for index, line in enumerate(lines[1:]))]
    (folder / "results.csv").write_text("\n".join(added) + "\n")
    found = csv_rows(folder, *WORDS, "--join", "results.csv", "--set", "classes=100")
    assert [one["top1"] for one in found] == [str(60 + index) for index in range(6)]
    assert list(found[0]).count("macs") == 1
    assert found[0]["params"] != lines[1].split(",")[3]


def test_processes_and_shards_do_not_matter(folder: Path) -> None:
    words = ("sweep", "small.yaml", "--over", "classes=1..1200", "--columns", "macs,top1")
    (folder / "results.csv").write_text(
        "classes,top1\n" + "".join(f"{n},{n / 7:.2f}\n" for n in range(1, 1300, 3))
    )
    join = ("--join", "results.csv")
    whole = cnncalc(*words, *join, "--format", "csv", cwd=folder)
    assert "433 kept" not in whole.stderr and "400 kept, 800 without a row" in whole.stderr
    two = cnncalc(*words, *join, "--format", "csv", "--jobs", "2", cwd=folder)
    assert (two.stdout, two.stderr) == (whole.stdout, whole.stderr)
    for part in ("1", "2"):
        ran = cnncalc(*words, *join, "--shard", f"{part}/2", "-o", f"{part}.csv", cwd=folder)
        assert ran.returncode == 0, ran.stderr
    merged = cnncalc("sweep", "--merge", "1.csv", "2.csv", "--format", "csv", cwd=folder)
    assert (merged.stdout, merged.stderr) == (whole.stdout, whole.stderr)


def test_a_file_is_not_continued_with_another_table(folder: Path) -> None:
    words = (*WORDS, "--join", "results.csv", "-o", "sweep.csv")
    assert cnncalc(*words, cwd=folder).returncode == 0
    assert cnncalc(*words, cwd=folder).returncode == 0  # it is complete
    (folder / "results.csv").write_text(RESULTS.replace("60.5", "60.6"))
    refused = cnncalc(*words, cwd=folder)
    assert refused.returncode == 2
    assert "has another sweep" in refused.stderr


def test_the_identity_has_the_table() -> None:
    tables = (RESULTS, RESULTS.replace("69", "68"))
    names = ("width", "resolution")
    join, other = (parse_join(table, "results.csv", names, names) for table in tables)
    axes = (("width", ("1", "2")),)
    job = Job(SMALL.encode(), "small.yaml", Request(), 1, axes, ({},), None, 0, ("macs",))
    assert len({job._replace(join=one).identity for one in (None, join, other)}) == 3
    assert job._replace(join=join._replace(path="x")).identity == job._replace(join=join).identity


@given(st.floats(0.01, 100), st.integers(1, 12))
def test_a_number_is_equal_however_it_is_written(value: float, digits: int) -> None:
    short = float(f"{value:.{digits}g}")
    assert comparable(short) == comparable(float(repr(short))) == comparable(short * (1 + 1e-15))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "results.csv has no rows"),
        ("width,resolution,top1\n", "results.csv has no rows"),
        ("width,resolution\n1,32\n", "has nothing to join but variables and numbers"),
        ("width,resolution,macs,n\n1,32,5,0\n", "has nothing to join but variables and numbers"),
        ("width,top1\n1,70\n", "has no column resolution, which is varied"),
        ("name,top1\na,70\n", "has no column width, which is varied"),
        ("width,resolution,variant,top1\n1,32,a,70\n", "the column variant, which is not varied"),
        (
            "width,resolution,top1\n1,32,70\n0.5,32,1\n1.0,32,71\n",
            "line 4: width=1.0, resolution=32 is also in line 2: a variant has one row",
        ),
        (
            "width;resolution;top1\n0,5;32;70,1\n",
            "results.csv: its columns are separated by semicolons: separate them by commas",
        ),
        ("width\tresolution\ttop1\n1\t32\t70\n", "its columns are separated by tabs"),
        ("width,resolution,top1\n1,32\n", "results.csv, line 2: expected 3 values, found 2"),
        ('width,resolution,top1\n"1,32\n', "results.csv, line 2"),
    ],
)
def test_tables_that_are_refused(folder: Path, table: str, message: str) -> None:
    (folder / "results.csv").write_text(table)
    ran = cnncalc(*WORDS, "--join", "results.csv", cwd=folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert message in " ".join(ran.stderr.split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--join", "missing.csv"), "cannot read missing.csv"),
        (("--pareto", ""), "`` is not an objective"),
        (("--join", "results.csv", "--where", "top2 > 1"), "did you mean `top1`"),
        (("--join", "results.csv", "--sort", "note"), "note is first, not a number"),
        (("--join", "results.csv", "--columns", "tip1"), "did you mean `top1`"),
    ],
)
def test_words_that_are_refused(folder: Path, words: tuple[str, ...], message: str) -> None:
    ran = cnncalc(*WORDS, *words, cwd=folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert message in " ".join(ran.stderr.split())


def test_an_axis_with_a_value_twice_is_refused(folder: Path) -> None:
    words = ("sweep", "small.yaml", "--over", "width=0.5,0.50", "--over", "resolution=16,32")
    ran = cnncalc(*words, "--join", "results.csv", cwd=folder)
    assert ran.returncode == 2 and "width has a value twice" in ran.stderr


def test_names_of_columns_are_harmless(folder: Path) -> None:
    (folder / "results.csv").write_text('width,resolution,"\x1b[31m|top"\n1,32,5\n')
    for form in ("table", "markdown", "csv", "latex", "json"):
        ran = cnncalc(*WORDS, "--join", "results.csv", "--format", form, cwd=folder)
        assert ran.returncode == 0, ran.stderr
        assert "\x1b" not in ran.stdout
        assert form != "markdown" or "\\|top" in ran.stdout


def test_lines_are_those_of_the_file() -> None:
    """A cell may have several lines, and empty lines do not count as rows."""
    table = 'a,note,b\n1,"x\ny",2\n\n1,z,3\n'
    with pytest.raises(InvalidSweep, match="line 5: a=1 is also in line 3"):
        parse_join(table, "results.csv", ["a"], [])
