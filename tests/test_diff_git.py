"""`cnncalc diff` with git: revisions, branches, external diff, difftool and textconv."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .support.networks import SMALL, WIDER
from .support.paths import ROOT
from .support.processes import ENVIRONMENT, PATIENCE, cnncalc
from .support.repositories import commit, git

FAMILY = """input: 3x8x8
vars: {width: 4, last: 8}
layers:
  - {conv: width}
  - {conv: last}
variants:
  small: {}
  large: {vars: {width: 6}}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one architecture, and a file that is none."""
    folder = tmp_path / "a repository"
    (folder / "nets").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "nets" / "small.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "other.yaml").write_text("jobs: {}\n", encoding="utf-8")
    commit(folder)
    return folder


def command(words: str) -> str:
    return f'"{sys.executable}" -m cnncalc {words}'


def test_the_working_tree_against_head(repository: Path) -> None:
    path = repository / "nets" / "small.yaml"
    assert "no difference" in cnncalc("diff", "nets/small.yaml", cwd=repository).stdout
    path.write_text(WIDER, encoding="utf-8")
    for folder, words in (
        (repository, "nets/small.yaml"),
        (path.parent, "small.yaml"),
        (ROOT, str(path)),
    ):
        ran = cnncalc("diff", words, "--exit-code", cwd=folder)
        assert ran.returncode == 1 and "conv out 8 -> 16" in ran.stdout, words
    path.unlink()
    assert "3 layers removed" in cnncalc("diff", "nets/small.yaml", cwd=repository).stdout


def test_revisions(repository: Path) -> None:
    (repository / "nets" / "small.yaml").write_text(WIDER, encoding="utf-8")
    commit(repository)
    for words in (
        ["HEAD~1:nets/small.yaml", "HEAD:nets/small.yaml"],
        ["HEAD~1:nets/small.yaml", "nets/small.yaml"],
        ["HEAD~1:nets/small.yaml"],
        ["HEAD@{1}:nets/small.yaml", "main:nets/small.yaml"],
    ):
        assert "conv out 8 -> 16" in cnncalc("diff", *words, cwd=repository).stdout, words
    ran = cnncalc("diff", "HEAD~1:small.yaml", "small.yaml", cwd=repository / "nets")
    assert "conv out 8 -> 16" in ran.stdout  # seen from here, where it is not at the top


def test_a_branch(repository: Path) -> None:
    git(repository, "switch", "-q", "-c", "branch")
    (repository / "nets" / "small.yaml").write_text(WIDER, encoding="utf-8")
    (repository / "nets" / "new name.yaml").write_text(FAMILY, encoding="utf-8")
    (repository / "other.yaml").write_text("jobs: {a: 1}\n", encoding="utf-8")
    commit(repository)
    git(repository, "switch", "-q", "main")
    (repository / "README").write_text("main goes on", encoding="utf-8")
    commit(repository)
    git(repository, "switch", "-q", "branch")
    found = json.loads(
        cnncalc("diff", "--base", "main", "--format", "json", cwd=repository / "nets").stdout
    )["differences"]
    assert [one["after"]["file"] for one in found] == [
        "nets/new name.yaml",
        "nets/new name.yaml",
        "nets/small.yaml",
    ]
    assert [one["before"] is None for one in found] == [True, True, False]
    text = cnncalc("diff", "--base", "main", "--format", "markdown", cwd=repository).stdout
    assert (
        text.count("### ") == 2 and "(nets/new name.yaml) added" in text and "\n- large: " in text
    )
    ran = cnncalc("diff", "--base", "HEAD", cwd=repository)
    assert ran.returncode == 0 and ran.stdout == "no architecture file changed\n"


def test_a_renamed_file_is_one_pair(repository: Path) -> None:
    git(repository, "mv", "nets/small.yaml", "nets/moved.yaml")
    commit(repository)
    assert "no difference" in cnncalc("diff", "--base", "HEAD~1", cwd=repository).stdout


def test_an_invalid_file_does_not_stop_the_others(repository: Path) -> None:
    (repository / "nets" / "small.yaml").write_text(WIDER, encoding="utf-8")
    (repository / "nets" / "bad.yaml").write_text(
        "input: 3x8x8\nlayers: [{conv: 4, kernal: 3}]\n", encoding="utf-8"
    )
    git(repository, "add", "-A")
    ran = cnncalc("diff", "--base", "HEAD", cwd=repository)
    assert (
        ran.returncode == 1
        and "conv out 8 -> 16" in ran.stdout
        and "nets/bad.yaml:2:" in ran.stderr
    )


def test_all_variants_of_a_file(repository: Path) -> None:
    (repository / "family.yaml").write_text(FAMILY, encoding="utf-8")
    commit(repository)
    (repository / "family.yaml").write_text(
        FAMILY.replace("width: 6", "width: 7"), encoding="utf-8"
    )
    text = cnncalc("diff", "family.yaml", cwd=repository).stdout
    assert "conv out 6 -> 7" in text and text.endswith("family.yaml: no difference in small\n")
    assert "no difference" in cnncalc("diff", "family.yaml@small", cwd=repository).stdout
    (repository / "family.yaml").write_text(FAMILY.replace("last: 8", "last: 9"), encoding="utf-8")
    text = cnncalc("diff", "family.yaml", cwd=repository).stdout
    assert (
        "conv out 8 -> 9" in text and "\nlarge: 1 layer changed; params 80 -> 87 (+8.8 %)" in text
    )


def test_external_diff(repository: Path) -> None:
    git(repository, "config", "diff.cnncalc.command", command("diff"))
    (repository / ".gitattributes").write_text("nets/*.yaml diff=cnncalc\n", encoding="utf-8")
    path = repository / "nets" / "small.yaml"
    path.write_text(WIDER, encoding="utf-8")
    assert "conv out 8 -> 16" in git(repository, "diff")
    commit(repository)
    assert "conv out 8 -> 16" in git(repository, "show", "--ext-diff", "--format=")
    (repository / "nets" / "new.yaml").write_text(SMALL, encoding="utf-8")
    git(repository, "mv", "nets/small.yaml", "nets/moved.yaml")
    (repository / "nets" / "moved.yaml").write_text(WIDER.replace("relu", "gelu"), encoding="utf-8")
    git(repository, "add", "-A")
    text = git(repository, "diff", "--cached", "-M20%")
    assert "3 layers added" in text and "relu -> gelu" in text
    (repository / "nets" / "moved.yaml").write_text("input: [\n", encoding="utf-8")
    assert "syntax" in git(repository, "diff")  # and git has its 0
    (repository / "nets" / "moved.yaml").unlink()
    assert "3 layers removed" in git(repository, "diff")


def test_difftool(repository: Path) -> None:
    git(repository, "config", "difftool.cnncalc.cmd", command('diff "$LOCAL" "$REMOTE"'))
    (repository / "nets" / "small.yaml").write_text(WIDER, encoding="utf-8")
    assert "conv out 8 -> 16" in git(
        repository, "difftool", "--no-prompt", "--tool=cnncalc", "HEAD"
    )
    (repository / "nets" / "small.yaml").unlink()
    assert "3 layers removed" in git(
        repository, "difftool", "--no-prompt", "--tool=cnncalc", "HEAD"
    )


def test_textconv(repository: Path) -> None:
    git(repository, "config", "diff.cnncalc.textconv", command("diff --textconv"))
    (repository / ".gitattributes").write_text("nets/*.yaml diff=cnncalc\n", encoding="utf-8")
    path = repository / "nets" / "small.yaml"
    path.write_text(WIDER, encoding="utf-8")
    text = git(repository, "diff", "--unified=0", "--", "nets")
    assert (
        "-second: conv 1x1, 8 -> 8x8x8, 40 params" in text
        and "+second: conv 1x1, 16 -> 16x8x8, 80 params" in text
    )
    path.write_text("broken: [\n", encoding="utf-8")
    assert "+broken: [" in git(repository, "diff", "--", "nets")


def test_without_a_repository(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL, encoding="utf-8")
    for words in (["a.yaml"], ["HEAD:a.yaml", "a.yaml"], ["--base", "main"]):
        ran = cnncalc("diff", *words, cwd=tmp_path, GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr == "cnncalc: this is not a git repository: give two files\n"


def test_without_git(repository: Path) -> None:
    ran = cnncalc("diff", "nets/small.yaml", cwd=repository, PATH="/nowhere")
    assert (ran.returncode, ran.stderr) == (2, "cnncalc: git is not installed: give two files\n")


def test_a_pager_that_is_left(repository: Path) -> None:
    """Git reports nothing about an external diff that died."""
    git(repository, "config", "diff.external", command("diff"))
    (repository / "nets" / "small.yaml").write_text(WIDER, encoding="utf-8")
    environment = {**ENVIRONMENT, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        ["git", "diff"],
        cwd=repository,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == "" and process.wait(PATIENCE) == 0
    process.stderr.close()


def test_an_invalid_rule_does_not_break_git(repository: Path) -> None:
    git(repository, "config", "diff.external", command("diff --fail-on nonsense"))
    (repository / "nets" / "small.yaml").write_text(WIDER, encoding="utf-8")
    assert "--fail-on takes a rule" in git(repository, "diff")


def test_a_folder_of_a_revision(repository: Path) -> None:
    ran = cnncalc("diff", "HEAD:nets", "nets/small.yaml", cwd=repository)
    assert (ran.returncode, ran.stderr) == (2, "cnncalc: HEAD:nets is not a regular file\n")


@pytest.mark.parametrize("path", ["", ".", "./", "nets/..", "..", "../small.yaml"])
def test_a_path_that_is_no_file_of_a_revision(repository: Path, path: str) -> None:
    ran = cnncalc("diff", f"HEAD:{path}", "nets/small.yaml", cwd=repository)
    assert (ran.returncode, ran.stderr) == (2, f"cnncalc: there is no file {path} in HEAD\n")


@pytest.mark.parametrize("path", [".", "nets/small.yaml/"])
def test_a_folder_is_not_a_file(repository: Path, path: str) -> None:
    ran = cnncalc("diff", path, cwd=repository)
    assert ran.returncode == 2 and f"there is no file {path}, here or in HEAD" in ran.stderr


def test_revisions_have_their_names(repository: Path) -> None:
    (repository / "nets" / "small.yaml").write_text(WIDER, encoding="utf-8")
    titles = cnncalc("diff", "nets/small.yaml", cwd=repository).stdout.splitlines()[3]
    assert titles.split() == ["HEAD", "now", "change"]
    text = cnncalc("diff", "--base", "main", "--format", "markdown", cwd=repository).stdout
    assert text.startswith("### nets/small.yaml: main → now\n")


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD:nets"])
def test_a_missing_revision(repository: Path, revision: str) -> None:
    ran = cnncalc("diff", f"--base={revision}", cwd=repository)
    assert ran.returncode == 2 and f"git has no revision {revision}" in ran.stderr
    assert not os.path.exists(repository / "x")


def test_a_file_that_is_in_no_revision(repository: Path) -> None:
    ran = cnncalc("diff", "HEAD:nowhere.yaml", "nets/small.yaml", cwd=repository)
    assert (ran.returncode, ran.stderr) == (2, "cnncalc: there is no file nowhere.yaml in HEAD\n")
