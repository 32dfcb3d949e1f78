"""An interpreter with a framework, for tests that need it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from .paths import ROOT
from .processes import ENVIRONMENT, PATIENCE

GENERATE = ROOT / "tests" / "generate"


def interpreter(variable: str, package: str) -> str:
    """The one that a variable of the environment names, or that of the tests if it has a package.

    "" if there is none.
    """
    named = os.environ.get(variable, "")
    return named or (sys.executable if importlib.util.find_spec(package) else "")


def run_code(
    python: str, code: str, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run code with cnncalc and the modules of tests/generate."""
    path = os.pathsep.join([str(ROOT), str(GENERATE)])
    ran = subprocess.run(
        [python, "-c", code],
        env={**ENVIRONMENT, "PYTHONPATH": path, **environment},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran
