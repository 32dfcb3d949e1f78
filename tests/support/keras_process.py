"""An interpreter with Keras, for tests that need it.

CNNCALC_KERAS_PYTHON names one; without it, that of the tests if it has Keras.
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
from .torch_process import GENERATE

PYTHON = os.environ.get("CNNCALC_KERAS_PYTHON", "")
if not PYTHON and importlib.util.find_spec("keras"):
    PYTHON = sys.executable
BACKEND = os.environ.get("KERAS_BACKEND", "jax")
needs_keras = pytest.mark.skipif(not PYTHON, reason="needs an interpreter with keras")


def with_keras(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run code with Keras, cnncalc and the modules of tests/generate."""
    path = os.pathsep.join([str(ROOT), str(GENERATE)])
    ran = subprocess.run(
        [PYTHON, "-c", code],
        env={**ENVIRONMENT, "PYTHONPATH": path, "KERAS_BACKEND": BACKEND},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran
