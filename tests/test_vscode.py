"""The extension for VS Code: it starts the command that there is, and is packaged with npm."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile

import pytest

from cnncalc.cli.main import COMMANDS

from .support.paths import ROOT
from .support.processes import PATIENCE

FOLDER = ROOT / "editors" / "vscode"
MANIFEST = json.loads((FOLDER / "package.json").read_text("utf-8"))
SETTINGS = MANIFEST["contributes"]["configuration"]["properties"]


def test_the_command_of_the_server_exists() -> None:
    program, command = SETTINGS["cnncalc.command"]["default"]
    assert program == "cnncalc" and command in COMMANDS


def test_settings_and_commands_are_used_and_documented() -> None:
    source = (FOLDER / "src" / "extension.js").read_text("utf-8")
    page = (FOLDER / "README.md").read_text("utf-8")
    for name in SETTINGS:
        assert f'"{name.removeprefix("cnncalc.")}"' in source and f"`{name}`" in page
    for entry in MANIFEST["contributes"]["commands"]:
        assert f'"{entry["command"]}"' in source and entry["title"] in page


def test_a_workspace_does_not_choose_the_program() -> None:
    """A folder from a stranger must not run a command when it is opened."""
    assert SETTINGS["cnncalc.command"]["scope"] == "machine"
    limits = MANIFEST["capabilities"]["untrustedWorkspaces"]
    assert "cnncalc.command" in limits["restrictedConfigurations"]


def test_versions_are_fixed() -> None:
    """There is no lock file, as it would name the registry."""
    assert all(version[0].isdigit() for version in MANIFEST["devDependencies"].values())
    assert not (FOLDER / "package-lock.json").exists()


def test_it_is_packaged() -> None:
    npm = shutil.which("npm")
    if npm is None or not (FOLDER / "node_modules" / ".bin" / "vsce").exists():
        pytest.skip("npm install --prefix editors/vscode was not run")
    ran = subprocess.run(
        [npm, "run", "--silent", "package"],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with zipfile.ZipFile(FOLDER / "cnncalc.vsix") as package:
        names = {name for name in package.namelist() if name.startswith("extension/")}
        program = package.read("extension/out/extension.js").decode()
    expected = {"LICENSE.txt", "package.json", "readme.md", "out/extension.js"}
    assert names == {f"extension/{name}" for name in expected}
    assert "textDocument/inlayHint" in program  # with the client in it
