"""What the site has of others, installed by npm into website/node_modules and checked."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
CHECKSUMS = HERE / "checksums.json"
"""SHA-256 of each file that goes onto the site as it was released, by its path in node_modules."""


class VendorError(Exception):
    """A file of others is missing, or is not the one that was checked."""


def install() -> None:
    """Install the versions of package.json, unless they are.  Raises VendorError."""
    if is_installed():
        return
    if shutil.which("npm") is None:
        raise VendorError("npm is needed for Python in the browser, the editor and the diagrams")
    words = ("--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    ran = subprocess.run(["npm", "install", *words, "--prefix", str(HERE)], check=False)
    if ran.returncode or not is_installed():
        raise VendorError("npm could not install the packages of website/package.json")


def is_installed() -> bool:
    wanted = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]
    return all(installed_version(name) == version for name, version in wanted.items())


def installed_version(name: str) -> str:
    path = MODULES / name / "package.json"
    return str(json.loads(path.read_text("utf-8"))["version"]) if path.exists() else ""


def released(name: str) -> bytes:
    """A file as it was released, by its path in node_modules.  Raises VendorError."""
    data = (MODULES / name).read_bytes()
    expected = json.loads(CHECKSUMS.read_text("utf-8"))[name]
    found = sha256(data).hexdigest()
    if found != expected:
        raise VendorError(f"{name} has the checksum {found}, not {expected}")
    return data


class BundledScript(NamedTuple):
    """A script, and the npm packages that are in it."""

    code: bytes
    packages: frozenset[str]


def bundled_script(entry: Path) -> BundledScript:
    """A module and all that it imports, as one script.  Raises VendorError."""
    words = ("--bundle", "--format=esm", "--minify", "--target=es2022", "--charset=utf8")
    command = ["node", str(MODULES / "esbuild" / "bin" / "esbuild"), str(entry), *words]
    with TemporaryDirectory() as folder:
        facts = Path(folder) / "inputs.json"
        command.append(f"--metafile={facts}")
        command.append(f"--outfile={folder}/script.js")
        ran = subprocess.run(command, capture_output=True, check=False)
        if ran.returncode:
            raise VendorError(f"esbuild: {ran.stderr.decode('utf-8', 'replace')}")
        inputs = json.loads(facts.read_text("utf-8"))["inputs"]
        code = (Path(folder) / "script.js").read_bytes()
    names = (re.search(r"node_modules/((?:@[^/]+/)?[^/]+)/", path) for path in inputs)
    return BundledScript(code, frozenset(found[1] for found in names if found))


def licenses(packages: Iterable[str]) -> str:
    """The licenses of packages, of npm, with their texts where they have them."""
    return "\n\n".join(map(license_of, sorted(packages)))


def license_of(name: str) -> str:
    folder = MODULES / name
    facts = json.loads((folder / "package.json").read_text("utf-8"))
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("LICEN[CS]E*"))]
    where = facts.get("homepage") or facts.get("repository", {}).get("url", "")
    return "\n\n".join([f"{name} {facts['version']}: {facts['license']}, {where}", *texts])
