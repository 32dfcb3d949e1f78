"""Which package may import which: the plan of the code, which tests/test_code_layout.py enforces.

docs/architecture.md shows it as a diagram (docs/make_architecture.py).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from .paths import ROOT

PACKAGE = "cnncalc"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / PACKAGE).rglob("*.py"))
}
"""The file of every module, by the full name of the module."""

GROUND = {
    "named_tuple",
    "escape",
    "shape",
    "problem",
    "datum",
    "dtype",
    "figure",
    "limits",
    "metrics",
    "quantities",
    "worker_process",
}
LAYERS = {"layers", *GROUND}
NETWORK = {"network", *LAYERS}
DOCUMENT = {"document", "expression", *NETWORK}
PARSER = {"parser", *DOCUMENT}
ENGINE = {"engine", *NETWORK}
UNPARSE = {"unparse", *DOCUMENT}
DEVICES = {"devices", *PARSER, *ENGINE}
SWEEP = {"sweep", *DEVICES}
SKETCH = {"sketch", "dtype", "named_tuple", "shape"}
FOLDING = {"folding", *UNPARSE, *SKETCH}
ONNX_FORMAT = {"onnx_format", "named_tuple"}
IMPORTERS = {"importers", *ONNX_FORMAT, *FOLDING, *PARSER, *ENGINE}
SOURCES = {"sources", *IMPORTERS}
EXPORTERS = {"exporters", *ONNX_FORMAT, *PARSER, *ENGINE}
LINT = {"lint", *DEVICES}
CHECK = {"check", "sources", "unparse", *LINT}
DOCUMENTATION = {"documentation", *LINT}
DOCUMENTS = {"documents", "difference", "explain", "conventions", *CHECK}
VIEWS = {"views", "catalogue", "sweep", "documentation", *DOCUMENTS}
API = {"api", "importers", "sketch", "exporters", *VIEWS}

ARROWS: dict[str, set[str]] = {
    "named_tuple": set(),
    "escape": {"named_tuple"},
    "shape": {"named_tuple"},
    "problem": {"limits", "named_tuple"},
    "datum": {"shape"},
    "dtype": {"named_tuple"},
    "figure": {"named_tuple"},
    "limits": set(),
    "metrics": {"named_tuple"},
    "quantities": {"named_tuple"},
    "worker_process": set(),
    "layers": LAYERS,
    "network": NETWORK,
    "expression": {"expression", *LAYERS},
    "document": DOCUMENT,
    "parser": PARSER,
    "engine": ENGINE,
    "conventions": {"conventions", *ENGINE},
    "devices": DEVICES,
    "difference": {"difference", *SOURCES, *ENGINE},
    "explain": {"explain", "conventions", *DEVICES},
    "lint": LINT,
    "sketch": SKETCH,
    "unparse": UNPARSE,
    "folding": FOLDING,
    "onnx_format": ONNX_FORMAT,
    "importers": IMPORTERS,
    "exporters": EXPORTERS,
    "sweep": SWEEP,
    "sources": SOURCES,
    "catalogue": {*SOURCES, *ENGINE},
    "documentation": DOCUMENTATION,
    "check": CHECK,
    "schema": {"schema", *DEVICES},
    "documents": DOCUMENTS,
    "views": VIEWS,
    "api": API,
    "testing": API,
    "language_server": {"language_server", "expression", *VIEWS},
    "cli": {"cli", "language_server", "schema", "catalogue", "", *API},
    "__main__": {"cli"},
    "": {"api"},
}
"""Which packages each package may import, and modules at the top; `""` is `cnncalc` itself.

Imports inside functions and under `TYPE_CHECKING` count like any others.
"""

SHOW = {"", "show"}
VIEW_ARROWS: dict[str, set[str]] = {
    "": {""},
    "show": SHOW,
    "plot": {"plot", ""},
    "grid": {"grid", "plot", *SHOW},
    "sweep": {"sweep", "grid", "plot", "report", "diff", "explain", "graph", *SHOW},
    "compare": {"compare", "sweep", "grid", "plot", *SHOW},
    "diff": {"diff", *SHOW},
    "explain": {"explain", *SHOW},
    "check": {"check", *SHOW},
    "layer": {"layer", "explain", *SHOW},
    "graph": {"graph", *SHOW},
    "report": {"report", "grid", "plot", "diff", "explain", "graph", *SHOW},
}
"""Which packages of `views` each may import; `""` is the toolkit, the modules at the top."""

SUBJECTS = {
    "difference": {"diff", "report"},
    "lint": {"check"},
    "check": {"check"},
    "explain": {"explain", "report"},
}
"""Which packages of `views` may import a package whose values only they print.

The page of the report holds a comparison and the explanations of all layers.
"""


def package(module: str) -> str:
    """The first name after `cnncalc`: a package, or a module at the top."""
    return module.split(".")[1] if "." in module else ""


def view_package(module: str) -> str | None:
    """The package of `views` that a module is in; None if it is in none."""
    parts = module.split(".")
    if parts[1:2] != ["views"]:
        return None
    is_package = MODULES[".".join(parts[:3])].name == "__init__.py"
    return parts[2] if len(parts) > 2 and is_package else ""


@cache
def imports(module: str) -> frozenset[str]:
    """The full names of all modules that a module imports, at its top or inside functions."""
    path = MODULES[module]
    parts = module.split(".")
    around = parts if path.name == "__init__.py" else parts[:-1]
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(name for node in nodes for name in names_in(node, around))


def names_in(node: ast.AST, around: list[str]) -> Iterator[str]:
    """The modules that an import statement in the package `around` imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = around[: len(around) - node.level + 1] if node.level else []
        source = ".".join([*base, node.module or ""]).strip(".")
        for alias in node.names:
            inner = f"{source}.{alias.name}"
            yield inner if inner in MODULES else source


def own_imports(module: str) -> list[str]:
    """The modules of `cnncalc` that a module imports."""
    return [name for name in imports(module) if name in MODULES]
