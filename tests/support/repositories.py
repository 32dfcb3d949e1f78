"""Git repositories, independent of the configuration of the machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .paths import ROOT
from .processes import ENVIRONMENT, PATIENCE


def git(folder: Path, *words: str, code: int = 0) -> str:
    """Run git in a folder; its output, after checking its exit code."""
    settings = ("user.name=t", "user.email=t@t", "commit.gpgsign=false", "core.pager=cat")
    options = [word for setting in settings for word in ("-c", setting)]
    environment = {
        **ENVIRONMENT,
        "PYTHONPATH": str(ROOT),
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "PYTHONIOENCODING": "utf-8",
    }
    ran = subprocess.run(
        ["git", *options, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert ran.returncode == code, ran.stderr
    return ran.stdout + ran.stderr


def commit(folder: Path) -> None:
    """Commit everything in a repository."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "more")
