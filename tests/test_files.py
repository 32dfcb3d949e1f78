"""Files, links, pipes and processes: what is read, what is written, and what is left untouched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnncalc.check import file, workers
from cnncalc.check.discovery import FileToCheck, UncheckedFile, find_files
from cnncalc.check.fixes import apply_fixes
from cnncalc.check.unified_diff import unified_diff
from cnncalc.sources import files
from cnncalc.sources.files import UnreadableFile, read_file, write_file
from cnncalc.sources.text_edit import TextEdit, apply_edits

from .support.networks import SMALL
from .support.paths import ROOT
from .support.processes import ENVIRONMENT, PATIENCE, cnncalc

FIXABLE = "input: 3x8x8\nlayers: [{conv: 4, kernel: 1}, bn, relu]\n"
FIXED = "input: 3x8x8\nlayers: [{conv: 4, kernel: 1, bias: false}, bn, relu]\n"
FIX = ("--fix", "--isolated", "--select", "bias-before-norm")


def in_shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of bash in which `cnncalc` is this checkout."""
    return subprocess.run(
        ["bash", "-c", f'cnncalc() {{ "{sys.executable}" -P -m cnncalc "$@"; }}; {command}'],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        check=False,
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Writing


def test_temporary_names_are_not_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two containers have the same process ids: the file of the other one stays."""
    other = tmp_path / f"out.json.{os.getpid()}.tmp"
    other.write_text("other")
    random = iter([b"a" * 8, b"a" * 8, b"b" * 8])
    monkeypatch.setattr(os, "urandom", lambda size: next(random))
    taken = tmp_path / f".cnncalc-{(b'a' * 8).hex()}.tmp"
    taken.write_text("taken")
    write_file(str(tmp_path / "out.json"), b"new")
    assert (tmp_path / "out.json").read_bytes() == b"new"
    assert other.read_text() == "other" and taken.read_text() == "taken"
    assert len(names(tmp_path)) == 3


def test_a_failed_write_removes_only_its_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out.json").write_text("old")

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(UnreadableFile, match="No space left"):
        write_file(str(tmp_path / "out.json"), b"new")
    assert names(tmp_path) == ["out.json"] and (tmp_path / "out.json").read_text() == "old"


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 251 + ".svg")
    write_file(str(path), b"new")
    assert path.read_bytes() == b"new"


def test_mode_and_hard_links_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("old")
    path.chmod(0o640)
    write_file(str(path), b"replaced")
    assert path.stat().st_mode & 0o777 == 0o640
    os.link(path, tmp_path / "b.yaml")
    write_file(str(path), b"in both")
    assert (tmp_path / "b.yaml").read_bytes() == b"in both"
    path.chmod(0o444)
    with pytest.raises(UnreadableFile, match="it is read-only"):
        write_file(str(path), b"not written")
    assert path.read_bytes() == b"in both"


def test_the_owner_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a new file cannot be given the owner, the old one is overwritten."""
    path = tmp_path / "a.yaml"
    path.write_text("old")
    inode = path.stat().st_ino

    def refuse(*_: Any) -> None:
        raise files.OtherOwner

    monkeypatch.setattr(files, "keep_owner_and_mode", refuse)
    write_file(str(path), b"new")
    assert path.read_bytes() == b"new" and path.stat().st_ino == inode
    assert names(tmp_path) == ["a.yaml"]


@pytest.mark.parametrize("target", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("pipe", [False, True])
def test_standard_output_by_its_path(tmp_path: Path, target: str, pipe: bool) -> None:
    """A pipe is written to, and a file keeps what was printed before and is printed after."""
    end = "| cat > out" if pipe else "> out"
    command = f"{{ echo before; cnncalc graph lenet5 -o {target}; echo after; }} {end}"
    ran = in_shell(command, tmp_path)
    lines = (tmp_path / "out").read_text().splitlines()
    assert (ran.returncode, ran.stderr) == (0, "")
    assert lines[0] == "before" and lines[-1] == "after" and len(lines) > 10


def test_standard_output_by_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL)
    ran = in_shell("cnncalc check a.yaml --isolated --ignore all --output json=out > out", tmp_path)
    text = (tmp_path / "out").read_text()
    assert ran.returncode == 0 and '"cnncalc/check/1"' in text and "no findings" in text


def test_process_substitution(tmp_path: Path) -> None:
    ran = in_shell("cnncalc graph lenet5 -o >(cat > out); wait; sleep 0.1; cat out", tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "") and "flowchart" in ran.stdout


def test_an_output_that_cannot_be_written_does_not_hide_the_findings(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FIXABLE)
    outputs = ("--output", "json=gone/out.json", "--output", "sarif=out.sarif")
    ran = cnncalc("check", "a.yaml", "--isolated", *outputs, cwd=tmp_path)
    assert ran.returncode == 2 and "[bias-before-norm]" in ran.stdout
    assert ran.stderr == "cnncalc: cannot write gone/out.json: No such file or directory\n"
    assert json.loads((tmp_path / "out.sarif").read_text())["runs"][0]["results"]


# Reading


def test_a_configured_or_linked_pipe_is_not_read(tmp_path: Path) -> None:
    """What the command line does not name may not wait for a writer."""
    (tmp_path / "a.yaml").write_text(SMALL)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "pyproject.toml").write_text('[tool.cnncalc]\nbaseline = "pipe"\n')
    ran = cnncalc("check", "a.yaml", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (2, "cnncalc: pipe is not a regular file\n")
    assert "1 file, 1 network" in ran.stdout
    with pytest.raises(UnreadableFile, match="is not a regular file"):
        read_file(str(tmp_path / "pipe"))


def test_a_link_does_not_show_the_state_of_the_process(tmp_path: Path) -> None:
    (tmp_path / "env.yaml").symlink_to("/proc/self/environ")
    ran = cnncalc("check", "env.yaml", cwd=tmp_path, SECRET="token")
    assert (ran.returncode, ran.stderr) == (2, "cnncalc: env.yaml is not a regular file\n")


@pytest.mark.parametrize("command", ["show", "check", "diff", "explain"])
def test_closed_standard_input(command: str, tmp_path: Path) -> None:
    words = "lenet5 -" if command == "diff" else "-"
    ran = in_shell(f"cnncalc {command} {words} <&-", tmp_path)
    assert ran.returncode == 2
    assert ran.stderr == "cnncalc: cannot read standard input: it is closed\n"


def test_unreadable_standard_input(tmp_path: Path) -> None:
    ran = in_shell("cnncalc show - 0> out", tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith("cnncalc: cannot read standard input: ")


def test_a_removed_folder(tmp_path: Path) -> None:
    ran = in_shell("mkdir gone; cd gone; rmdir ../gone; cnncalc check $PWD/a.yaml", tmp_path)
    assert ran.returncode == 2 and "cannot write" not in ran.stderr, ran.stderr
    assert "no longer exists" in ran.stderr or "no file" in ran.stderr, ran.stderr


def test_full_standard_error(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("input: 3x8x8\nlayers: [convv]\n")
    for command in ("show gone.yaml", "show", "show bad.yaml", "check gone.yaml"):
        ran = in_shell(f"cnncalc {command} 2> /dev/full", tmp_path)
        assert ran.returncode == 2, command


# Discovery


def found(*paths: str) -> list[str]:
    return [getattr(one, "path", None) or one[0] for one in find_files(paths)]


def test_links_are_not_followed_out_of_the_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "outside.yaml").write_text(FIXABLE)
    tree = tmp_path / "tree"
    (tree / "nets").mkdir(parents=True)
    (tree / "common.yaml").write_text(FIXABLE)
    (tree / "out.yaml").symlink_to("../outside.yaml")
    (tree / "nets" / "in.yaml").symlink_to("../common.yaml")
    monkeypatch.chdir(tree)
    assert found(".") == ["common.yaml", "nets/in.yaml"]
    assert found("**/*.yaml") == ["common.yaml", "nets/in.yaml"]
    monkeypatch.chdir(tmp_path)
    assert found("tree") == ["tree/common.yaml", "tree/out.yaml", "tree/nets/in.yaml"]
    ran = cnncalc("check", ".", *FIX, cwd=tree)
    assert ran.returncode == 0 and (tmp_path / "outside.yaml").read_text() == FIXABLE
    assert (tree / "common.yaml").read_text() == FIXED


@pytest.mark.parametrize("pattern", [".", "**/*.yaml", "**/**/*", "*", "a/**/*.yaml"])
def test_links_in_circles(tmp_path: Path, pattern: str) -> None:
    for name in "ab":
        (tmp_path / name).symlink_to(".", target_is_directory=True)
    (tmp_path / "ok.yaml").write_text(SMALL)
    ran = cnncalc("check", pattern, "--isolated", "--ignore", "all", cwd=tmp_path)
    assert ran.stdout == "1 file, 1 network: no findings\n"


def test_a_folder_is_searched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "a.yaml").write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    assert found(".", "nets", str(tmp_path), "nets/../nets") == ["nets/a.yaml"]


def test_globs_find_what_those_of_python_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among files without links, of which ours follows none."""
    from glob import glob

    for path in ("a.yaml", "n/b.yaml", "n/m/c.yaml", "n/m/.d.yaml", ".h/e.yaml", "n/x/f.yml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    for pattern in ("*.yaml", "**/*.yaml", "n/*", "n/**/c.yaml", "?/[mx]/*", "**/.*", "./*.yaml"):
        expected = [path for path in glob(pattern, recursive=True) if os.path.isfile(path)]
        of_yaml = {path for path in expected if path.endswith((".yaml", ".yml"))}
        assert of_yaml and of_yaml <= set(found(pattern)), pattern
        assert found(str(tmp_path / pattern)) == [str(tmp_path / path) for path in found(pattern)]


def test_a_thousand_folders_deep(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1000):
        os.mkdir("d", dir_fd=here)
        here, before = os.open("d", os.O_RDONLY, dir_fd=here), here
        os.close(before)
    os.close(os.open("a.yaml", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    (tmp_path / "ok.yaml").write_text(SMALL)
    for path in (".", "**/*.yaml"):
        ran = cnncalc("check", path, "--isolated", "--ignore", "all", cwd=tmp_path)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout == "1 file, 1 network: no findings\n"
    subprocess.run(["rm", "-rf", "d"], cwd=tmp_path, check=True)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_one_bad_path_does_not_hide_the_others(tmp_path: Path, jobs: str) -> None:
    (tmp_path / "a.yaml").write_text(FIXABLE)
    with open(tmp_path / "large.yaml", "wb") as large:
        large.truncate(6_000_000)
    paths = ("gone.yaml", "x*.yaml", "large.yaml", "a.yaml")
    ran = cnncalc("check", *paths, "--isolated", "--jobs", jobs, cwd=tmp_path)
    assert ran.returncode == 2 and "[bias-before-norm]" in ran.stdout
    assert ran.stderr.splitlines() == [
        "cnncalc: nothing matches x*.yaml",
        "cnncalc: there is no file or bundled architecture gone.yaml",
        "cnncalc: large.yaml is larger than 5,000,000 bytes",
    ]


# Fixes


def test_a_fix_changes_the_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "real" / "sub").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real/sub", target_is_directory=True)
    for folder in (tmp_path, tmp_path / "real"):
        (folder / "x.yaml").write_text(FIXABLE)
    ran = cnncalc("check", "link/../x.yaml", *FIX, cwd=tmp_path)
    assert "real/x.yaml:2: fixed" in ran.stderr
    assert (tmp_path / "x.yaml").read_text() == FIXABLE
    assert (tmp_path / "real" / "x.yaml").read_text() == FIXED


def test_a_named_link_out_of_the_tree_is_not_fixed(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text(FIXABLE)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "x.yaml").symlink_to("../outside.yaml")
    ran = cnncalc("check", "x.yaml", *FIX, cwd=tmp_path / "tree")
    target = tmp_path / "outside.yaml"
    assert ran.returncode == 0 and ran.stderr == f"x.yaml: not fixed: it is a link to {target}\n"
    assert target.read_text() == FIXABLE


def test_a_bundled_name_does_not_fix_a_file_of_its_path(tmp_path: Path) -> None:
    (tmp_path / "architectures").mkdir()
    path = tmp_path / "architectures" / "alexnet.yaml"
    path.write_text(FIXABLE)
    cnncalc("check", "alexnet", *FIX, cwd=tmp_path)
    assert path.read_text() == FIXABLE


def test_standard_input_is_fixed_on_standard_output(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(FIXABLE)
    words = ("check", "-", "--stdin-filename", "d.yaml", *FIX)
    ran = cnncalc(*words, cwd=tmp_path, data=FIXABLE.encode())
    assert (ran.returncode, ran.stdout) == (0, FIXED)
    assert ran.stderr.startswith("d.yaml:2: fixed: ") and "no findings" in ran.stderr
    assert path.read_text() == FIXABLE
    ran = cnncalc(*words, cwd=tmp_path, data=FIXED.encode())
    assert (ran.returncode, ran.stdout) == (0, FIXED)
    ran = cnncalc(*words, cwd=tmp_path, data=b"input: [")
    assert (ran.returncode, ran.stdout) == (1, "input: [") and "[syntax]" in ran.stderr
    ran = cnncalc(*words, "--format", "json", cwd=tmp_path, data=FIXABLE.encode())
    assert ran.returncode == 2 and "prints the fixed text" in ran.stderr and not ran.stdout
    ran = cnncalc(*words, "--diff", cwd=tmp_path, data=FIXABLE.encode())
    assert ran.returncode == 0 and "+layers: [{conv: 4, kernel: 1, bias: false}" in ran.stdout


def test_one_file_that_cannot_be_written_does_not_stop_the_others(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text(FIXABLE)
    (tmp_path / "b.yaml").chmod(0o444)
    ran = cnncalc("check", ".", *FIX, cwd=tmp_path)
    assert ran.returncode == 2 and "b.yaml:2:11: note" in ran.stdout
    assert "cnncalc: cannot write b.yaml: it is read-only\n" in ran.stderr
    assert (tmp_path / "c.yaml").read_text() == FIXED


def test_fixes_that_cause_an_error_are_found_in_halves() -> None:
    """One conv of 64 has the number of its parameters in `expect`: the others are fixed."""
    from cnncalc.check.file import check_file

    steps = [f"  - {{conv: 4, kernel: 1, name: c{index}}}\n  - bn\n" for index in range(64)]
    expect = "expect: {layers: {c37: {params: 20}}}\n"
    text = "input: 4x8x8\nlayers:\n" + "".join(steps) + expect
    checks = 0

    def check(data: bytes) -> Any:
        nonlocal checks
        checks += 1
        return check_file(data, "x.yaml", ("bias-before-norm",))

    fixed = apply_fixes(text.encode(), check)
    assert [fix.span.line for fix in fixed.rejected] == [3 + 2 * 37]
    assert len(fixed.applied) == 63 and fixed.data.decode().count("bias: false") == 63
    assert "name: c37}" in fixed.data.decode() and checks <= 2 + 2 * 6


def test_the_diff_of_edits_is_that_of_their_texts() -> None:
    """As difflib has it, which finds the same changes where lines are unique."""
    from difflib import unified_diff as expected
    from random import Random

    for seed in range(200):
        random = Random(seed)
        lines = [f"line {index}" for index in range(random.randrange(40))]
        text = "\n".join(lines) + random.choice(["", "\n"])
        edits, at = [], 0
        while (at := at + random.randrange(60)) < len(text):
            end = min(len(text), at + random.choice([0, 0, 3, 20]))
            edits.append(TextEdit(at, end, random.choice(["new", "a\nb", "\n", f"x{at}\n"])))
            at = end + 1
        edited = apply_edits(text, edits)
        found = list(unified_diff("f", text, edits))
        patched = subprocess_patch(text, found)
        assert patched == edited.splitlines(), (seed, found)
        if len(set(edited.splitlines())) == len(edited.splitlines()):
            old, new = text.splitlines(), edited.splitlines()
            sizes = [len(found), len(list(expected(old, new, "a/f", "b/f", lineterm="")))]
            assert sizes[0] >= sizes[1]


def subprocess_patch(text: str, diff: list[str]) -> list[str]:
    """The lines of a text after a unified diff, whose context must match."""
    old, new, at = text.splitlines(), [], 0
    for line in diff[2:]:
        if line.startswith("@@"):
            start, _, count = line.split()[1][1:].partition(",")
            first = int(start) - (count != "0")
            new += old[at:first]
            at = first
        elif line[0] in " -":
            assert old[at] == line[1:]
            new += [line[1:]] * (line[0] == " ")
            at += 1
        else:
            new.append(line[1:])
    return new + old[at:]


# Processes


def test_no_pool_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where /dev/shm is read-only, or no further process is allowed."""
    import concurrent.futures

    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(SMALL)
    paths = [FileToCheck(str(tmp_path / f"{name}.yaml"), True) for name in "ab"]

    class NoSemaphores(concurrent.futures.ProcessPoolExecutor):
        def __init__(self, *_: Any, **__: Any) -> None:
            raise OSError(30, "Read-only file system")

    class NoProcess(concurrent.futures.ProcessPoolExecutor):
        def _launch_processes(self) -> None:
            raise BlockingIOError(11, "Resource temporarily unavailable")

    for pool in (NoSemaphores, NoProcess):
        monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", pool)
        results: list[Any] = list(workers.check_files(paths, (), jobs=2))
        assert [Path(result.file).name for result in results] == ["a.yaml", "b.yaml"]


def test_few_processes(tmp_path: Path) -> None:
    for index in range(30):
        (tmp_path / f"n{index:02}.yaml").write_text(SMALL)
    ran = in_shell("ulimit -n 16; cnncalc check . --isolated --ignore all --jobs 2", tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "30 files, 30 networks: no findings\n"


def test_a_file_that_ends_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only that file is left unchecked, and it is named."""
    paths = []
    for index in range(40):
        path = tmp_path / f"n{index:02}.yaml"
        path.write_text(SMALL)
        paths.append(FileToCheck(str(path), True))
    original = file.check_file

    def check_file(data: bytes, name: str, *words: Any, **options: Any) -> Any:
        if name.endswith(("n07.yaml", "n30.yaml")):
            os.kill(os.getpid(), 9)
        return original(data, name, *words, **options)

    monkeypatch.setattr(workers, "check_file", check_file)
    results = list(workers.check_files(paths, (), jobs=2))
    unchecked = [result for result in results if isinstance(result, UncheckedFile)]
    assert [one.message.split("/")[-1] for one in unchecked] == [
        "n07.yaml: the process that checked it was killed",
        "n30.yaml: the process that checked it was killed",
    ]
    assert len(results) == 40
