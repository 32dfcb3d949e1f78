"""An interpreter with PyTorch, for tests that need it.

CNNCALC_TORCH_PYTHON names one, as .ci/run does; without it, that of the tests if it has torch.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .framework_process import interpreter, run_code

PYTHON = interpreter("CNNCALC_TORCH_PYTHON", "torch")
needs_torch = pytest.mark.skipif(not PYTHON, reason="needs an interpreter with torch")


def with_torch(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run code with torch, cnncalc and the modules of tests/generate."""
    return run_code(PYTHON, code, cwd)
