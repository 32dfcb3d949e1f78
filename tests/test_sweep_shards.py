"""Shards of a sweep, and what --merge makes of them: the bytes of a sweep that was not divided."""

from __future__ import annotations

import random
import shlex
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.cli.main import main
from cnncalc.cli.sweep_output import Output
from cnncalc.cli.sweep_rows import append_rows
from cnncalc.parser import Request
from cnncalc.sources.row_file import RowFile
from cnncalc.sweep.driver import bounds_of, chunks
from cnncalc.sweep.errors import InvalidSweep
from cnncalc.sweep.job import Job, RowChunk
from cnncalc.sweep.manifest import Manifest
from cnncalc.sweep.objectives import Objective
from cnncalc.sweep.progress import Progress, Tally, parse_progress
from cnncalc.sweep.shard import Shard, parse_shard
from cnncalc.sweep.space import parse_axes
from cnncalc.views.style import Style

from .support.processes import cnncalc

NET = """\
input: 3x16x16
vars: {width: 8, classes: 10}
layers:
  - {conv: width, kernel: 5}
  - {maxpool: classes}
  - flatten
  - {linear: classes}
"""
SPACE = "--over classes=1..14 --over width=1..9"
"""126 variants, of which those with more than 12 classes have a window larger than its input."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "net.yaml").write_text(NET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line: str) -> Result:
    """Run a command line in this process."""
    return CliRunner().invoke(main, shlex.split(line))


@given(total=st.integers(0, 10**7), parts=st.integers(1, 300))
def test_shards_are_all_of_a_sweep_and_of_equal_size(total: int, parts: int) -> None:
    found = [Shard(part, parts).bounds(total) for part in range(1, parts + 1)]
    assert found[0][0] == 0 and found[-1][1] == total
    assert all(one[1] == other[0] for one, other in pairwise(found))
    sizes = [last - first for first, last in found]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize(
    "text", ["", "3", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/2/3", "1/9999999"]
)
def test_shards_that_are_refused(text: str) -> None:
    with pytest.raises(InvalidSweep, match="--shard takes I/N"):
        parse_shard(text)


REDUCERS = [
    "",
    "--where 'macs < 20k' --sample 50 --seed 3",
    "--sort params --top 7",
    "--sort -params --columns macs",
    "--pareto 'min macs, max params' --columns depth",
    "--pareto 'min classes, max macs' --sort width --top 4",
    "--per classes --where 'macs < 20k'",
    "--device stm32h743 --sort -time --top 9",
    "--device stm32h743 --columns ram,time",
]


@pytest.mark.parametrize("words", REDUCERS)
def test_merged_shards_are_the_whole_sweep(folder: Path, words: str) -> None:
    """In any order, in every format, with the line below the rows."""
    names = []
    for part in range(1, 6):
        name = f"part-{part}.csv"
        ran = run(f"sweep net.yaml {SPACE} {words} --shard {part}/5 -o {name}")
        assert ran.exit_code == 0, ran.stderr
        names.append(name)
    random.Random(1).shuffle(names)
    for form in ("table", "csv", "json"):
        whole = run(f"sweep net.yaml {SPACE} {words} --format {form}")
        merged = run(f"sweep --merge {' '.join(names)} --format {form}")
        assert (merged.stdout, merged.stderr) == (whole.stdout, whole.stderr)
        assert whole.exit_code == merged.exit_code == 0


def test_more_shards_than_variants(folder: Path) -> None:
    words = "sweep net.yaml --over classes=1,2 --quiet"
    for part in range(1, 4):
        run(f"{words} --shard {part}/3 -o {part}.csv")
    merged = run("sweep --merge 1.csv 2.csv 3.csv --format csv --quiet")
    assert merged.stdout == run(f"{words} --format csv").stdout


def test_a_merged_file_is_that_of_the_whole_sweep(folder: Path) -> None:
    """With its state: the command of the whole sweep finds it complete."""
    for part in (1, 2):
        run(f"sweep net.yaml {SPACE} --shard {part}/2 -o {part}.csv")
    run(f"sweep net.yaml {SPACE} -o whole.csv")
    assert run("sweep --merge 1.csv 2.csv -o all.csv").exit_code == 0
    for extension in ("", ".sweep"):
        assert (folder / f"all.csv{extension}").read_text() == (
            folder / f"whole.csv{extension}"
        ).read_text()
    again = run(f"sweep net.yaml {SPACE} -o all.csv")
    assert "all.csv is complete: nothing is calculated" in again.stderr
    assert run("sweep --merge 1.csv 2.csv -o all.csv").exit_code == 0
    run("sweep net.yaml --over classes=2 -o other.csv")
    refused = run("sweep --merge 1.csv 2.csv -o other.csv")
    assert "other.csv has another sweep: choose another file, or add --restart" in refused.stderr
    assert run("sweep --merge 1.csv 2.csv -o other.csv --restart").exit_code == 0


def test_shards_that_do_not_belong_together(folder: Path) -> None:
    words = f"sweep net.yaml {SPACE} --quiet"
    for part in (1, 2, 3):
        run(f"{words} --shard {part}/3 -o {part}.csv")
    run(f"{words} --shard 2/4 -o quarter.csv")
    run(f"{words} --batch 2 --shard 2/3 -o batch.csv")
    run(f"{words} --sort macs --top 3 --shard 2/3 -o top.csv")
    for extension in ("", ".sweep"):
        shutil.copy(folder / f"2.csv{extension}", folder / f"copy.csv{extension}")
    shutil.copy(folder / "2.csv", folder / "alone.csv")
    for files, message in [
        ("1.csv", "2 of 3 shards are missing: 2, 3"),
        ("1.csv 3.csv", "1 of 3 shards is missing: 2"),
        ("1.csv 2.csv copy.csv 3.csv", "2.csv and copy.csv are both shard 2/3: omit one"),
        ("1.csv quarter.csv", "1.csv is shard 1/3, quarter.csv 2/4"),
        ("1.csv batch.csv 3.csv", "batch.csv is of another sweep than 1.csv"),
        ("1.csv top.csv 3.csv", "top.csv is of another sweep than 1.csv"),
        ("1.csv alone.csv 3.csv", "there is no alone.csv.sweep"),
        ("1.csv missing.csv", "there is no missing.csv.sweep"),
        ("1.csv 2.csv 3.csv -o 2.csv", "-o 2.csv is one of the shards"),
        ("1.csv 2.csv 3.csv --over width=3", "--over has no effect with --merge"),
        ("1.csv 2.csv 3.csv --set width=3", "--set has no effect with --merge"),
        ("1.csv 2.csv 3.csv --restart", "--restart starts a file of rows again"),
    ]:
        ran = run(f"sweep --merge {files}")
        assert (ran.exit_code, ran.stdout) == (2, ""), files
        assert message in " ".join(ran.stderr.split()), ran.stderr


def test_shards_that_are_damaged(folder: Path) -> None:
    words = f"sweep net.yaml {SPACE} --quiet"
    for part in (1, 2):
        run(f"{words} --shard {part}/2 -o {part}.csv")
    rows, state = (folder / "2.csv").read_bytes(), (folder / "2.csv.sweep").read_text()
    version = state.replace('"version": "', '"version": "9.')
    unfinished = state.replace('"next": 126', '"next": 100')
    for rows_now, state_now, message in [
        (rows, "nothing", "2.csv.sweep is damaged"),
        (rows, f"{len(rows)}\n[]", "2.csv.sweep is damaged"),
        (rows[:-1], state, "2.csv has lost rows that were complete"),
        (b"m" + rows[1:], state, "the first line must be n,classes,width"),
        (rows[:-3] + b"x\n\n", state, "2.csv, line 46 is not a row of a sweep"),
        (rows, version, "2.csv of 9.0.1.0: calculate all shards with one version"),
        (rows, unfinished, "2.csv is not complete: 37 of 63 variants"),
    ]:
        (folder / "2.csv").write_bytes(rows_now)
        (folder / "2.csv.sweep").write_text(state_now)
        ran = run("sweep --merge 1.csv 2.csv")
        assert (ran.exit_code, ran.stdout) == (2, "")
        assert message in " ".join(ran.stderr.split()), ran.stderr


def test_a_shard_is_continued_as_that_shard(folder: Path) -> None:
    words = f"sweep net.yaml {SPACE}"
    run(f"{words} --shard 1/2 -o out.csv")
    for line, message in [
        (f"{words} --shard 2/2 -o out.csv", "out.csv has shard 1/2: choose another file"),
        (f"{words} -o out.csv", "out.csv has shard 1/2: choose another file"),
        (f"{words} --shard 1/2", "--shard writes rows for --merge: add -o FILE.csv"),
        (f"{words} --shard 1/2 -o out.json", "--shard writes rows for --merge: add -o FILE.csv"),
        (f"{words} --sort macs --shard 1/2 -o out.csv", "out.csv has another sweep"),
    ]:
        ran = run(line)
        assert ran.exit_code == 2 and message in " ".join(ran.stderr.split()), ran.stderr
    again = run(f"{words} --shard 1/2 -o out.csv")
    assert "out.csv is complete" in again.stderr


# Interruptions


class Interruption(Exception):
    """In place of the end of a process."""


JOB = Job(
    NET.encode(),
    "net.yaml",
    Request(),
    1,
    tuple(parse_axes(["classes=1..14", "width=1..9"]).items()),
    ({},),
    None,
    0,
    ("macs", "params"),
)


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"sort": Objective("max", "params"), "top": 5},
        {"objectives": (Objective("min", "macs"), Objective("max", "params"))},
    ],
)
@settings(max_examples=12, deadline=None)
@given(stops=st.lists(st.integers(0, 6), max_size=3), left=st.binary(max_size=20))
def test_an_interrupted_shard_has_the_same_bytes(
    kept: dict[str, Any], stops: list[int], left: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After interruptions between chunks that left incomplete bytes behind."""
    folder = tmp_path_factory.mktemp("shard")
    manifest = Manifest("1", "net.yaml", JOB.names, JOB.quantities, ("macs",), **kept)
    shard = Shard(2, 3)
    first, last = shard.bounds(126)
    begin = Progress(JOB.identity, 126, first, Tally(), manifest, shard)

    def calculated(stop: int | None, start: int) -> Iterator[RowChunk]:
        for index, chunk in enumerate(chunks(JOB, bounds_of(last, start, size=7))):
            if index == stop:
                raise Interruption
            yield chunk

    def write(name: str, stop: int | None) -> bytes:
        path = folder / name
        output = Output("csv", str(path), Style(), quiet=True)
        append_rows(begin, lambda start: calculated(stop, start), output)
        return path.read_bytes()

    whole = write("whole.csv", None)
    for stop in stops:
        try:
            write("parts.csv", stop)
        except Interruption:
            with open(folder / "parts.csv", "ab") as file:
                file.write(left)
    assert write("parts.csv", None) == whole


def test_two_processes_do_not_write_one_file(folder: Path) -> None:
    file = RowFile(str(folder / "out.csv"))
    words = ("sweep", "net.yaml", "--over", "classes=1,2", "-o", "out.csv")
    ran = cnncalc(*words, cwd=folder)
    file.close()
    assert (ran.returncode, ran.stderr) == (2, "cnncalc: another process writes out.csv\n")
    assert cnncalc(*words, cwd=folder).returncode == 0


@given(st.recursive(st.none() | st.integers() | st.text(), lambda one: st.lists(one), max_leaves=9))
def test_states_of_any_kind_are_read_or_refused(damage: Any) -> None:
    import json

    manifest = Manifest("1", "net.yaml", ("a",), ("macs",), ("macs",), per=("a",))
    progress = Progress("0", 9, 3, Tally(3, 2, 1), manifest, Shard(1, 2), {("1",): 2})
    facts = json.loads(progress.to_json())
    assert parse_progress(progress.to_json()) == progress
    for part in (facts, facts["manifest"], facts["tally"]):
        for name, value in list(part.items()):
            part[name] = damage
            found = parse_progress(json.dumps(facts))
            assert found is None or parse_progress(found.to_json()) == found
            part[name] = value
