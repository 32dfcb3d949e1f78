"""The files of the playground: the page, its scripts, Python for browsers, and cnncalc in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from cnncalc.views.palette import page_style
from cnncalc.views.report.page import page_files

from ..documents import ROOT
from ..shell import ASSETS, filled
from ..vendor import bundled_script, licenses, released

HERE = Path(__file__).parent
PYODIDE = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
PACKAGES = ("yaml", "rich")
"""The packages that cnncalc's calculations import; of PyYAML, its parser in Python."""
OMITTED = ("cli", "importers/pytorch/tracer", "views/report/assets", "views/report/vendor")
"""The parts of cnncalc that a browser does not need."""
POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",  # which browsers write themselves as somebody edits
    "worker-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
}
"""What the page may do: run its own scripts, and request nothing."""


def playground_files() -> dict[str, bytes]:
    """All files, by their paths on the site.  Raises VendorError."""
    policy = "; ".join(f"{rule} {words}" for rule, words in POLICY.items())
    parts = {"policy": policy, "icon": quote((ASSETS / "icon.svg").read_text("utf-8"))}
    page = filled(HERE / "index.html", parts)
    report = page_files()
    script = bundled_script(HERE / "main.js")
    files = {
        "index.html": page.encode(),
        "playground.css": (HERE / "playground.css").read_bytes(),
        "report.css": (page_style() + report["page.css"]).encode(),
        "dagre.min.js": report["dagre.min.js"].encode(),
        "main.js": script.code,
        "worker.js": (HERE / "worker.js").read_bytes(),
        "cnncalc.zip": archive(),
        **{f"pyodide/{name}": released(f"pyodide/{name}") for name in PYODIDE},
    }
    notices = [licenses({"pyodide", "mermaid", *script.packages}), *map(notice, PACKAGES)]
    notices.append(report["dagre.LICENSE.txt"])
    return {
        "licenses.txt": "\n\n".join(notices).encode(),
        **{f"playground/{name}": data for name, data in files.items()},
    }


def notice(package: str) -> str:
    """The license of a package of Python, with its text."""
    found = distribution({"yaml": "PyYAML"}.get(package, package))
    texts = [file.read_text() for file in found.files or () if "LICENSE" in file.name]
    return "\n\n".join([f"{found.metadata['Name']} {found.version}", *texts])


def archive() -> bytes:
    """The packages and the bundled networks in a zip file, the same for the same files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as opened:
        for name, path in sorted(archived()):
            opened.writestr(zipfile.ZipInfo(name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def archived() -> Iterator[tuple[str, Path]]:
    """The names in the archive, and the files."""
    yield "cnncalc_playground.py", HERE / "session.py"
    for path in (ROOT / "cnncalc").rglob("*"):
        name = path.relative_to(ROOT / "cnncalc").as_posix()
        is_source = path.suffix in (".py", ".yaml", ".json")
        if is_source and not any(name.startswith(f"{part}/") for part in OMITTED):
            yield f"cnncalc/{name}", path
    for path in (ROOT / "architectures").iterdir():
        yield f"architectures/{path.name}", path
    for package in PACKAGES:
        spec = find_spec(package)
        assert spec is not None and spec.origin is not None, package
        folder = Path(spec.origin).parent
        for path in folder.rglob("*.py"):
            yield f"{package}/{path.relative_to(folder).as_posix()}", path
