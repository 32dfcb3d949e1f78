"""`--watch`: how files are saved, what is printed again, and what cannot be watched."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cnncalc.cli import watch_run
from cnncalc.sources.read_log import FileState, Observed, record_file, record_folder, recorded

from .support.paths import ROOT
from .support.processes import cnncalc
from .support.repositories import commit, git
from .support.watching import TerminalProcess, watching

NET = """\
input: 3x8x8
layers:
  - {conv: 16, kernel: 3, padding: 1}
  - flatten
  - {linear: 10}
"""
WIDER = NET.replace("conv: 16", "conv: 24")
BROKEN = NET.replace("conv", "cnv")
# A kernel of 3x3 on 3 channels, a bias, and 64 inputs of each output: 8 * (27 + 1 + 640).
ADDED = "params +5,344"
CLEAR = "\x1b[H\x1b[2J"


def save_in_place(path: Path, text: str) -> None:
    path.write_text(text)


def save_by_rename(path: Path, text: str) -> None:
    new = path.with_suffix(".tmp")
    new.write_text(text)
    new.replace(path)


def save_slowly(path: Path, text: str) -> None:
    """As an editor that empties the file first, on a slow disk."""
    with path.open("w") as file:
        time.sleep(0.5)
        file.write(text)


def save_with_backup(path: Path, text: str) -> None:
    """As an editor that renames the old file, so that there is none for a while."""
    path.rename(path.with_suffix(".bak"))
    path.write_text(text)


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_text(NET)
    return path


@pytest.mark.parametrize("save", [save_in_place, save_by_rename, save_slowly, save_with_backup])
def test_every_way_to_save(net: Path, save: Callable[[Path, str], None]) -> None:
    with watching(net.parent, "show", "net.yaml") as process:
        output, errors = process.next()
        assert "conv 3x3, 16" in output and errors == "watching net.yaml\n"
        save(net, WIDER)
        output, errors = process.next()
        # 27 products for each of 8 channels at 64 positions, and 8 * 64 * 10 of the dense layer.
        expected = f"watching net.yaml: {ADDED}, MACs +18,944, peak memory +2.00 KiB\n"
        assert "conv 3x3, 24" in output and errors.endswith(expected)
        assert "error" not in errors


def test_a_file_with_errors_is_watched(net: Path) -> None:
    """The change is that to the last numbers, whatever was in between."""
    net.write_text(BROKEN)
    with watching(net.parent, "show", "net.yaml") as process:
        assert "did you mean `conv`?" in process.next()[1]
        net.write_text(NET)
        output, errors = process.next()
        assert "conv 3x3, 16" in output and errors == "watching net.yaml\n"
        net.write_text(BROKEN)
        process.next()
        net.write_text(WIDER)
        assert ADDED in process.next()[1]
        net.write_text(WIDER + "\n")
        assert process.next()[1] == "watching net.yaml: no number has changed\n"


def test_a_deleted_file_returns(net: Path) -> None:
    with watching(net.parent, "show", "net.yaml") as process:
        process.next()
        net.unlink()
        output, errors = process.next()
        assert output == ""
        assert errors.splitlines() == [
            "cnncalc: there is no file or bundled architecture net.yaml",
            "watching net.yaml",
        ]
        net.write_text(WIDER)
        assert ADDED in process.next()[1]


def test_an_option_that_does_not_fit_the_changed_file(net: Path) -> None:
    net.write_text("vars: {classes: 10}\n" + NET)
    with watching(net.parent, "show", "net.yaml", "--set", "classes=7") as process:
        process.next()
        net.write_text(NET)
        assert "the file has no variable `" in process.next()[1]
        net.write_text("vars: {classes: 10}\n" + WIDER)
        assert ADDED in process.next()[1]


def test_all_files_are_watched(net: Path) -> None:
    """Those of `compare`, also after one that has an error."""
    other = net.parent / "other.yaml"
    other.write_text(NET)
    with watching(net.parent, "compare", "net.yaml", "other.yaml") as process:
        assert process.next()[1] == "watching 2 files\n"
        other.write_text(WIDER)
        assert f"other.yaml: {ADDED}" in process.next()[1]
        net.write_text(BROKEN)
        assert "unknown-layer" in process.next()[1]
        other.write_text(NET)
        assert process.next()[1].endswith("watching 2 files\n")
        net.write_text(NET)
        assert "other.yaml: params -5,344" in process.next()[1]


def test_the_file_of_a_device_is_watched(net: Path) -> None:
    board = net.parent / "board.yaml"
    text = (ROOT / "cnncalc" / "devices" / "data" / "stm32h743.yaml").read_text()
    board.write_text(text)
    with watching(net.parent, "show", "net.yaml", "--device", "board.yaml") as process:
        assert "of 2,097,152 B" in process.next()[0]
        board.write_text(text.replace("flash: 2MiB", "flash: 3MiB"))
        assert "of 3,145,728 B" in process.next()[0]


def test_explain_is_printed_again(net: Path) -> None:
    with watching(net.parent, "explain", "net.yaml", "conv1") as process:
        assert "16 x" in process.next()[0]
        net.write_text(WIDER)
        output, errors = process.next()
        assert "24 x" in output and ADDED in errors
        net.write_text(NET.replace("{conv: 16, kernel: 3, padding: 1}", "relu"))
        assert "no layer, group or kind of layer conv1" in " ".join(process.next()[1].split())


@pytest.mark.parametrize(
    "words",
    [
        ["graph", "net.yaml", "-o", "out.svg"],
        ["report", "net.yaml", "-o", "out.html"],
        ["show", "net.yaml", "-o", "out.csv"],
    ],
)
def test_a_written_file_is_written_again(net: Path, words: list[str]) -> None:
    """And is not a reason to write it again: it is not one that was read."""
    written = net.parent / words[-1]
    with watching(net.parent, *words) as process:
        assert process.next() == ("", "watching net.yaml\n")
        before = written.read_text()
        net.write_text(BROKEN)
        process.next()
        assert written.read_text() == before
        net.write_text(WIDER)
        assert ADDED in process.next()[1]
        assert written.read_text() != before


def test_outputs_of_a_pipe_follow_each_other(net: Path) -> None:
    """Nothing is cleared, and standard output has only the outputs."""
    with watching(net.parent, "show", "net.yaml", "--format", "json") as process:
        found = [json.loads(process.next()[0])]
        net.write_text(WIDER)
        found.append(json.loads(process.next()[0]))
    first, second = (one["totals"]["params"] for one in found)
    assert second - first == 5_344


def test_a_terminal_is_cleared(net: Path) -> None:
    with TerminalProcess("show", str(net), "--watch", "--color", "never") as process:
        first = process.until("watching ")
        assert CLEAR not in first
        net.write_text(WIDER)
        cleared, _, second = process.until(ADDED).partition(CLEAR)
        assert "conv 3x3" not in cleared and "conv 3x3, 24" in second
        process.press_interrupt()


# check


def test_check_watches_folders(net: Path) -> None:
    """New files, removed ones, and those that another process checks."""
    folder = net.parent
    (folder / "deep").mkdir()
    with watching(folder, "check", ".", "--output", "json=out.json") as process:
        assert process.next()[1].endswith("watching net.yaml\n")
        (folder / "deep" / "new.yaml").write_text(BROKEN)
        output, errors = process.next()
        assert "deep/new.yaml:3:6" in output and "watching 2 files" in errors
        (folder / "deep" / "new.yaml").unlink()
        output, errors = process.next()
        assert "new.yaml" not in output
        net.write_text(WIDER)
        assert ADDED in process.next()[1]


def test_check_watches_many_files(tmp_path: Path) -> None:
    """As many as several processes check."""
    for number in range(30):
        (tmp_path / f"net{number}.yaml").write_text(NET)
    with watching(tmp_path, "check") as process:
        assert process.next()[1].endswith("watching 30 files\n")
        (tmp_path / "net7.yaml").write_text(WIDER)
        assert f"watching 30 files: net7.yaml: {ADDED}" in process.next()[1]


def test_check_watches_its_configuration(net: Path) -> None:
    settings = net.parent / "pyproject.toml"
    settings.write_text("[tool.cnncalc]\n")
    net.write_text(NET.replace("flatten", "{conv: 8, kernel: 1}\n  - {bn: }\n  - flatten"))
    with watching(net.parent, "check", "net.yaml") as process:
        assert "bias-before-norm" in process.next()[0]
        settings.write_text('[tool.cnncalc]\nignore = ["bias-before-norm"]\n')
        assert "bias-before-norm" not in process.next()[0]


# What cannot be watched


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("show -", "standard input can be read only once: --watch takes the path of a file"),
        ("check -", "standard input can be read only once"),
        ("show pipe", "pipe is a pipe, which can be read only once"),
        ("show pytorch:torch.nn:ReLU", "--watch does not run the code of a model"),
        ("show HEAD:net.yaml", "--watch has no file to watch"),
        ("check net.yaml --fix", "--watch changes no file: run --fix without it"),
        ("check net.yaml --baseline b.json --update-baseline", "run --update-baseline without it"),
        ("show net.yaml --source", "--source prints the file as it is, without --watch"),
        ("check --list-rules", "--list-rules checks nothing, so it does not take --watch"),
        ("show missing.yaml", "there is no file or bundled architecture missing.yaml"),
        ("show net.yaml --set a=1", "the file has no variable `"),
    ],
)
def test_refused(net: Path, words: str, message: str) -> None:
    os.mkfifo(net.parent / "pipe")
    keep = os.open(net.parent / "pipe", os.O_RDWR)  # so that a reader would not wait for a writer
    if "HEAD" in words:
        git(net.parent, "init", "-q")
        commit(net.parent)
    ran = cnncalc(*words.split(), "--watch", cwd=net.parent)
    os.close(keep)
    assert ran.returncode == 2
    assert message in " ".join(ran.stderr.split())


# When a change is complete


class Looks:
    """A path whose states are listed, one for each look at it."""

    def __init__(self, states: list[FileState | None]) -> None:
        self.states = iter(states)
        self.count = 0

    def __call__(self) -> FileState | None:
        self.count += 1
        return next(self.states)


def observed(*states: FileState | None) -> Observed:
    return Observed("net.yaml", Looks([*states[1:]]), states[0])


OLD, EMPTY, HALF, NEW = (FileState(time, size, 1) for time, size in enumerate((9, 0, 5, 9)))


@pytest.fixture
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    yield


@pytest.mark.usefixtures("no_sleep")
@pytest.mark.parametrize(
    "states",
    [
        pytest.param([OLD, OLD, OLD, NEW, NEW, NEW], id="unchanged, then saved"),
        pytest.param([OLD, EMPTY, EMPTY, EMPTY, NEW, NEW, NEW], id="empty first"),
        pytest.param([OLD, HALF, HALF, NEW, NEW, NEW, NEW], id="in parts"),
        pytest.param([OLD, None, None, NEW, NEW, NEW, NEW], id="renamed first"),
        pytest.param([OLD, None, None, None], id="deleted"),
        pytest.param([None, NEW, NEW, NEW], id="new"),
    ],
)
def test_a_change_is_seen_when_it_is_complete(states: list[FileState | None]) -> None:
    """Each look takes the next state; the wait ends with the last one."""
    one = observed(*states)
    watch_run.wait_for_change([one])
    assert isinstance(one.look, Looks)
    assert one.look.count == len(states) - 1


# What is recorded


def test_a_file_is_recorded_as_it_was_before(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with recorded() as log:
        record_file(str(path))
        path.write_text("a")
        record_file(str(path))
    found = log[str(path)]
    assert found.state is None and isinstance(found.look(), FileState)
    assert found.again().state == found.look()
    record_file(str(tmp_path / "b.yaml"))
    assert list(log) == [str(path)]


def test_only_relevant_names_change_a_folder(tmp_path: Path) -> None:
    with recorded() as log:
        record_folder(str(tmp_path), lambda entry: entry.name.endswith(".yaml"))
    (found,) = log.values()
    (tmp_path / "out.csv").write_text("")
    assert found.look() == found.state == frozenset()
    (tmp_path / "a.yaml").write_text("")
    assert found.look() == frozenset({"a.yaml"})
    (tmp_path / "a.yaml").unlink()
    tmp_path.joinpath("out.csv").unlink()
    tmp_path.rmdir()
    assert found.look() is None
