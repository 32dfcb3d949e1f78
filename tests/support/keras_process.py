"""An interpreter with Keras, for tests that need it.

CNNCALC_KERAS_PYTHON names one; without it, that of the tests if it has Keras.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from .framework_process import interpreter, run_code

PYTHON = interpreter("CNNCALC_KERAS_PYTHON", "keras")
BACKEND = os.environ.get("KERAS_BACKEND", "jax")
needs_keras = pytest.mark.skipif(not PYTHON, reason="needs an interpreter with keras")


def with_keras(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run code with Keras, cnncalc and the modules of tests/generate."""
    return run_code(PYTHON, code, cwd, KERAS_BACKEND=BACKEND)
