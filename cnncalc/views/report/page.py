"""The HTML page of a report: self-contained, it makes no network requests."""

from __future__ import annotations

import json
import os
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from typing import Any

from ...escape import CONTROLS, guard_json, safe, xml
from ...sources.files import PACKAGE
from ..palette import page_style

MODULES = (
    "numbers",
    "dom",
    "network",
    "store",
    "save",
    "picture",
    "layout",
    "edges",
    "boxes",
    "graph",
    "search",
    "explain",
    "panel",
    "plot",
    "memory",
    "charts",
    "device",
    "copy",
    "columns",
    "table",
    "source",
    "overview",
    "scatter",
    "several",
    "view",
    "theme",
    "main",
)
"""The scripts of the page, each after those that it imports."""
SWEEP_MODULES = ("numbers", "dom", "save", "copy", "labels", "brush", "theme", "sweep")
"""Those of the page of a sweep, which has no libraries."""
LIBRARIES = {"dagre": "dagre.min.js", "uPlot": "uPlot.iife.min.js"}
STYLES = ("uPlot.min.css", "page.css")
MAX_SAFE = 2**53  # from here on, JavaScript numbers are not exact


def report_page(
    title: str,
    data: Mapping[str, Any],
    files: Mapping[str, str],
    modules: Sequence[str] = MODULES,
    libraries: Sequence[str] = tuple(LIBRARIES),
) -> str:
    """The page with this data.  `files` are its scripts, styles and libraries, by name."""
    scripts = [library(name, files) for name in libraries]
    own = "\n".join(module(name, files[f"{name}.js"]) for name in modules)
    style = "\n".join([page_style(), *(files[name] for name in STYLES)])
    parts = {
        "policy": policy([*scripts, own], style),
        "title": xml(title),
        "style": style,
        "data": embedded(portable(data)),
        "libraries": "\n".join(f"<script>{script}</script>" for script in scripts),
        "script": own,
        "licenses": licenses(libraries, files),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], files["page.html"])


def licenses(libraries: Sequence[str], files: Mapping[str, str]) -> str:
    """The licenses of the libraries, below the page."""
    if not libraries:
        return ""
    texts = escape("\n\n".join(files[f"{name}.LICENSE.txt"] for name in libraries))
    return f"<details><summary>Libraries in this page</summary><pre>{texts}</pre></details>"


def library(name: str, files: Mapping[str, str]) -> str:
    """A library as released, without the comment that makes a browser request its source map.

    A control character in one of its texts is escaped, as the page may go to a terminal.
    """
    text = re.sub(r"^//# sourceMappingURL=.*$", "", files[LIBRARIES[name]], flags=re.MULTILINE)
    return re.sub(CONTROLS, lambda found: f"\\x{ord(found[0]):02x}", text)


def module(name: str, text: str) -> str:
    r"""A module as an expression whose value, its exports, is `name`: all fit into one script.

    >>> print(module("ends", 'import { first } from "./starts.js";\nexport const last = -first;'))
    const ends = (() => {
    const { first } = starts;
    const last = -first;
    return { last };
    })();
    """
    exports = re.findall(r"^export (?:async )?(?:function|const) (\w+)", text, flags=re.MULTILINE)
    text = re.sub(
        r'^import (\{[^}]*\}) from "\./(\w+)\.js";$', r"const \1 = \2;", text, flags=re.MULTILINE
    )
    body = re.sub(r"^export ", "", text, flags=re.MULTILINE).rstrip("\n")
    return f"const {name} = (() => {{\n{body}\nreturn {{ {', '.join(exports)} }};\n}})();"


def policy(scripts: list[str], style: str) -> str:
    """The content security policy: only these scripts and styles, no requests."""
    allowed = " ".join(map(source_hash, scripts))
    rules = {
        "default-src": "'none'",
        "script-src": allowed,
        "style-src": source_hash(style),
        "img-src": "blob:",  # a picture of the page that is saved as PNG
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{rule} {words}" for rule, words in rules.items())


def source_hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def portable(value: Any) -> Any:
    """Data for the page: control characters are visible, integers too large for JavaScript text."""
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, dict | Mapping):
        return {safe(str(key)): portable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [portable(entry) for entry in value]
    if isinstance(value, int) and abs(value) >= MAX_SAFE:
        return str(value)
    return value


def embedded(data: Any) -> str:
    """Data as JSON without characters that are special in HTML."""
    text = guard_json(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)


def page_files() -> dict[str, str]:
    """The scripts, styles and libraries of the page, by name."""
    where = os.path.join(PACKAGE, "views", "report")
    found = {}
    for part in ("assets", "vendor"):
        for name in sorted(os.listdir(os.path.join(where, part))):
            with open(os.path.join(where, part, name), encoding="utf-8") as file:
                found[name] = file.read()
    return found
