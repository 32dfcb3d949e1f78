"""The scripts of the report page have no type errors, by the TypeScript compiler if it is there.

npm install --no-package-lock --prefix tests/page
"""

from __future__ import annotations

import shutil
import subprocess

import pytest

from .support.paths import TESTS

COMPILER = TESTS / "page" / "node_modules" / "typescript" / "bin" / "tsc"


@pytest.mark.skipif(
    not (COMPILER.exists() and shutil.which("node")),
    reason="no TypeScript: npm install --no-package-lock --prefix tests/page",
)
def test_scripts_have_no_type_errors() -> None:
    command = ["node", str(COMPILER), "--project", str(TESTS / "page")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stdout
