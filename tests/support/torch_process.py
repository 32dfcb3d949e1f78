"""An interpreter with PyTorch, for tests that need it.

CNNCALC_TORCH_PYTHON names one, as .ci/run does; without it, that of the tests if it has torch.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .paths import ROOT
from .processes import ENVIRONMENT, PATIENCE

GENERATE = ROOT / "tests" / "generate"

PYTHON = os.environ.get("CNNCALC_TORCH_PYTHON", "")
if not PYTHON and importlib.util.find_spec("torch"):
    PYTHON = sys.executable
needs_torch = pytest.mark.skipif(not PYTHON, reason="needs an interpreter with torch")


def with_torch(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run code with torch, cnncalc and the modules of tests/generate."""
    path = os.pathsep.join([str(ROOT), str(GENERATE)])
    ran = subprocess.run(
        [PYTHON, "-c", code],
        env={**ENVIRONMENT, "PYTHONPATH": path},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran
