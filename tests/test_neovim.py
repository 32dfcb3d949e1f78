"""The language server in Neovim, where it is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from .support.paths import TESTS
from .support.processes import ENVIRONMENT, PATIENCE
from .support.watching import SETTINGS

NEOVIM = shutil.which("nvim")
NET = """\
input: 3x8x8
layers:
  - {conv: 4, kernel: 1, name: stem}
  - {add: [stem, []]}
  - rel
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the editor was answered."""
    if NEOVIM is None:
        pytest.skip("Neovim is not installed")
    folder = tmp_path_factory.mktemp("neovim")
    (folder / "net.cnn.yaml").write_text(NET)
    files = {
        "CNNCALC_FILE": str(folder / "net.cnn.yaml"),
        "CNNCALC_RESULT": str(folder / "result.json"),
        "CNNCALC_PYTHON": sys.executable,
        "HOME": str(folder),
        "XDG_STATE_HOME": str(folder),
        "XDG_CACHE_HOME": str(folder),
    }
    script = TESTS / "editor" / "neovim.lua"
    ran = subprocess.run(
        [NEOVIM, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {script}"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**ENVIRONMENT, **SETTINGS, **files},
        timeout=PATIENCE,
        check=False,
    )
    result = folder / "result.json"
    assert result.exists(), ran.stderr
    found: dict[str, Any] = json.loads(result.read_text())
    return found


def test_diagnostics(answers: dict[str, Any]) -> None:
    assert answers["diagnostics"] == [[4, 4, "unknown layer `rel`\ndid you mean `relu`?"]]


def test_hover(answers: dict[str, Any]) -> None:
    """Of the argument under the cursor."""
    assert answers["hover"]["contents"]["value"].startswith("`kernel` of conv: a whole number")


def test_definition(answers: dict[str, Any]) -> None:
    (found,) = answers["definition"]
    assert found["range"]["start"] == {"line": 2, "character": 31}


def test_completion(answers: dict[str, Any]) -> None:
    labels = [one["label"] for one in answers["completion"]["items"]]
    assert "kernel" in labels and "relu" not in labels


def test_rename(answers: dict[str, Any]) -> None:
    expected = NET.replace("stem", "first").replace("- rel\n", "- relu\n")
    assert answers["renamed"] == expected.splitlines()
