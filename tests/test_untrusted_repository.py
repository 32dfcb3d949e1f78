"""A repository under test may be a stranger's: nothing that it contains or configures is run."""

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

UNKNOWN_COMMIT = "1" * 40


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one architecture, committed."""
    folder = tmp_path / "repository"
    (folder / "nets").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "nets" / "small.yaml").write_text(SMALL, encoding="utf-8")
    commit(folder)
    return folder


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that leaves a mark, `ran`, next to itself."""
    path = tmp_path / "program"
    path.write_text(f'#!/bin/sh\ntouch "{tmp_path}/ran"\ncat 2> /dev/null\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def has_run(program: Path) -> bool:
    return (program.parent / "ran").exists()


def embed_bare_repository(folder: Path, config: str, head: str = UNKNOWN_COMMIT) -> None:
    """Make a folder look like a bare repository to git; any commit can hold these files."""
    (folder / "objects" / "info").mkdir(parents=True)
    (folder / "refs" / "heads").mkdir(parents=True)
    (folder / "objects" / "info" / ".keep").touch()
    (folder / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    (folder / "refs" / "heads" / "main").write_text(f"{head}\n", encoding="utf-8")
    (folder / "config").write_text(config, encoding="utf-8")


def promisor(program: Path) -> str:
    """The configuration of a repository that starts a program to fetch a missing object."""
    return f"""[core]
    repositoryformatversion = 1
    bare = true
    fsmonitor = {program}
[extensions]
    partialClone = origin
[protocol "file"]
    allow = always
[remote "origin"]
    url = .
    promisor = true
    uploadpack = "{program}; git-upload-pack"
"""


def test_an_embedded_bare_repository_runs_nothing(repository: Path, program: Path) -> None:
    embed_bare_repository(repository / "nets", promisor(program))
    commit(repository)
    for folder, words in (
        (repository, ["nets/small.yaml"]),
        (repository / "nets", ["small.yaml"]),
        (repository / "nets", ["HEAD:./small.yaml"]),
        (repository / "nets", ["HEAD:small.yaml", "small.yaml"]),
        (repository / "nets", ["--base", "HEAD"]),
        (ROOT, [str(repository / "nets" / "small.yaml")]),
    ):
        ran = cnncalc("diff", *words, cwd=folder)
        assert (ran.returncode, ran.stderr) == (0, ""), words
        assert "no difference" in ran.stdout or "no architecture" in ran.stdout, words
        assert not has_run(program), words


def test_an_embedded_bare_repository_does_not_answer_for_head(repository: Path) -> None:
    """Its HEAD holds the widened network already, so that nothing would seem to change."""
    (repository / "nets" / "small.yaml").write_text(WIDER, encoding="utf-8")
    other = repository.parent / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    (other / "small.yaml").write_text(WIDER, encoding="utf-8")
    commit(other)
    embed_bare_repository(repository / "nets", "[core]\n    bare = true\n")
    objects = repository / "nets" / "objects"
    for path in (other / ".git" / "objects").rglob("*"):
        target = objects / path.relative_to(other / ".git" / "objects")
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            target.write_bytes(path.read_bytes())
    head = git(other, "rev-parse", "HEAD")
    (repository / "nets" / "refs" / "heads" / "main").write_text(head, encoding="utf-8")
    # Git itself, run in that folder, believes it.
    assert git(repository / "nets", "rev-parse", "HEAD") == head
    ran = cnncalc("diff", "nets/small.yaml", "--fail-on", "params > +5%", cwd=repository)
    assert ran.returncode == 1 and "conv out 8 -> 16" in ran.stdout


def configured(program: Path) -> dict[str, dict[str, str]]:
    """Settings that make git start a program, by name."""
    return {
        "file system monitor": {"core.fsmonitor": str(program)},
        "external diff": {"diff.external": str(program)},
        "diff driver": {"diff.x.command": str(program), "diff.x.textconv": str(program)},
        "clean filter": {"filter.x.clean": str(program), "filter.x.required": "true"},
        "filter process": {"filter.x.process": str(program), "filter.x.required": "true"},
        "pager": {"core.pager": str(program), "pager.diff": str(program)},
        "hooks": {"core.hooksPath": str(program.parent / "hooks")},
    }


@pytest.mark.parametrize("name", list(configured(Path())))
def test_no_program_of_the_configuration_runs(repository: Path, program: Path, name: str) -> None:
    (program.parent / "hooks").mkdir()
    (program.parent / "hooks" / "post-index-change").symlink_to(program)
    (repository / ".gitattributes").write_text("*.yaml filter=x diff=x\n", encoding="utf-8")
    commit(repository)
    path = repository / "nets" / "small.yaml"
    path.write_text(WIDER, encoding="utf-8")
    for setting, value in configured(program)[name].items():
        git(repository, "config", setting, value)
    for words in (["nets/small.yaml"], ["--base", "HEAD"]):
        ran = cnncalc("diff", *words, cwd=repository)
        assert (ran.returncode, ran.stderr) == (0, "") and "conv out 8 -> 16" in ran.stdout
        path.touch()  # git looks at the content again
        assert not has_run(program), words


def test_a_missing_object_is_not_fetched(repository: Path, program: Path) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(
        repository.parent,
        "clone",
        "-q",
        "--no-checkout",
        "--filter=blob:none",
        f"file://{repository}",
        "partial",
    )
    partial = repository.parent / "partial"
    git(partial, "config", "remote.origin.uploadpack", f"{program}; git-upload-pack")
    git(partial, "config", "protocol.file.allow", "always")
    (partial / "nets").mkdir()
    (partial / "nets" / "small.yaml").write_text(SMALL, encoding="utf-8")
    ran = cnncalc("diff", "nets/small.yaml", cwd=partial)
    assert ran.returncode == 2 and not has_run(program)
    assert ran.stderr == (
        "cnncalc: git does not have the content of HEAD:nets/small.yaml: fetch it first\n"
    )


def test_a_link_is_not_a_file_of_a_revision(repository: Path) -> None:
    (repository / "nets" / "link.yaml").symlink_to("small.yaml")
    commit(repository)
    ran = cnncalc("diff", "HEAD:nets/link.yaml", "nets/small.yaml", cwd=repository)
    assert (ran.returncode, ran.stderr) == (
        2,
        "cnncalc: HEAD:nets/link.yaml is not a regular file\n",
    )


def test_patterns_are_relative_to_the_current_folder(repository: Path) -> None:
    for name in ("nets/a.yaml", "nets/b.yaml", "c.yaml"):
        (repository / name).write_text(SMALL, encoding="utf-8")
    git(repository, "add", "-A")
    for patterns, expected in (
        (["a.yaml"], ["nets/a.yaml"]),
        (["*.yaml"], ["nets/a.yaml", "nets/b.yaml"]),
        (["*.yaml", ":!b.yaml"], ["nets/a.yaml"]),
        (["*.yaml", ":(exclude)b.yaml"], ["nets/a.yaml"]),
        ([":/c.yaml"], ["c.yaml"]),
        ([":(top)c.yaml"], ["c.yaml"]),
        (["../c.yaml"], ["c.yaml"]),
    ):
        words = ["diff", "--base", "HEAD", "--format", "json", *patterns]
        ran = cnncalc(*words, cwd=repository / "nets")
        found = json.loads(ran.stdout)["differences"]
        assert [one["after"]["file"] for one in found] == expected, patterns


def test_in_a_hook_of_git(repository: Path) -> None:
    """A hook finds the repository in its environment, relative to the top."""
    (repository / "nets" / "small.yaml").write_text(WIDER, encoding="utf-8")
    ran = cnncalc("diff", "nets/small.yaml", cwd=repository, GIT_DIR=".git")
    assert "conv out 8 -> 16" in ran.stdout


# The action, the hook of pre-commit and the pages that users copy from


def commands_of_the_action() -> list[str]:
    import yaml

    steps = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
    return [step["run"] for step in steps if "run" in step]


def test_the_action_runs_no_module_of_the_checkout(tmp_path: Path) -> None:
    """A `pip.py` in the repository under test would be imported by a plain `python -m pip`."""
    install, _ = commands_of_the_action()
    for name in ("pip", "cnncalc", "click", "yaml"):
        text = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    install = install.replace('"$GITHUB_ACTION_PATH"', "--version").replace("install", "")
    environment = {**ENVIRONMENT, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    ran = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", install],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert not (tmp_path / "ran").exists()


def test_the_action_takes_no_option_from_a_file_name(tmp_path: Path) -> None:
    _, check = commands_of_the_action()
    (tmp_path / "a.yaml").write_text(SMALL, encoding="utf-8")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "cnncalc").write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m cnncalc "$@"\n')
    (folder / "cnncalc").chmod(0o755)
    environment = {
        **ENVIRONMENT,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PATHS": "--output=json=made.json a.yaml",
        "ARGUMENTS": "--isolated",
        "SARIF": "",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }
    ran = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", check],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2 and not (tmp_path / "made.json").exists(), ran.stdout


def test_the_hook_of_pre_commit_ends_its_options() -> None:
    import yaml

    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert hook["args"][-1] == "--"


# Completion: names out of a file reach the command line


NAMES = ["x`touch PWNED`", "y;touch PWNED;z", "z|touch PWNED", "w'x;touch PWNED", "v &"]


def typed_in_bash(folder: Path, *lines: str) -> None:
    """Type lines into an interactive bash that completes `cnncalc`, with tabs in them."""
    import pty
    from select import select

    command = folder / "bin" / "cnncalc"  # the completion calls it by its name
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m cnncalc "$@"\n', "utf-8")
    command.chmod(0o755)
    (folder / "rc").write_text(
        'PS1="$ "; PATH=$PWD/bin:$PATH\n'
        'eval "$(cnncalc completion bash)"; bind "set enable-bracketed-paste off"\n',
        encoding="utf-8",
    )
    master, slave = pty.openpty()
    process = subprocess.Popen(
        ["bash", "--noprofile", "--rcfile", "rc", "-i"],
        cwd=folder,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT), "TERM": "dumb", "PYTHONUTF8": "1"},
    )
    os.close(slave)
    os.write(master, "\n".join([*lines, "exit", ""]).encode())
    printed = b""
    while select([master], [], [], PATIENCE)[0]:  # a quote that is left open would hang
        try:
            printed += os.read(master, 65536)
        except OSError:  # the terminal is closed
            break
    process.kill()
    process.wait()
    os.close(master)
    (folder / "printed").write_bytes(printed)


@pytest.mark.skipif(not os.path.exists("/bin/bash"), reason="needs bash")
def test_completed_names_are_quoted(tmp_path: Path) -> None:
    steps = "".join(f"  - {{relu: , name: {json.dumps(name)}}}\n" for name in NAMES)
    (tmp_path / "net.yaml").write_text(f"input: 3x8x8\nlayers:\n{steps}", encoding="utf-8")
    asked = [
        f"cnncalc explain net.yaml {quote}{name[0]}\t" for name in NAMES for quote in ("", "'", '"')
    ]
    closing = [quote for _ in NAMES for quote in ("", "'", '"')]
    typed_in_bash(tmp_path, *(line + end for line, end in zip(asked, closing, strict=True)))
    assert not (tmp_path / "PWNED").exists()
    printed = (tmp_path / "printed").read_text("utf-8")
    for name in NAMES:  # each was found by its whole name
        assert printed.count(f"\n{name}") >= 1, (name, printed)
