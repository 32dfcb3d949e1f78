"""The walls between the packages: which may import which, who may know click and rich, and how
long a module may be."""

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from .support.paths import ROOT

PACKAGE = "cnncalc"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / PACKAGE).rglob("*.py"))
}
LONGEST = 440

GROUND = {"shape", "problem", "datum", "figure", "limits"}
LAYERS = {"layers", *GROUND}
NETWORK = {"network", *LAYERS}
DOCUMENT = {"document", "expression", *NETWORK}
PARSER = {"parser", *DOCUMENT}
ENGINE = {"engine", *NETWORK}
SOURCES = {"sources", *PARSER}
LINT = {"lint", *PARSER, *ENGINE}
CHECK = {"check", "sources", *LINT}
DOCUMENTS = {"documents", "difference", "explain", "conventions", *CHECK}
VIEWS = {"views", *DOCUMENTS}
API = {"api", *VIEWS}
ARROWS = {
    "shape": set(),
    "problem": {"limits"},
    "datum": {"shape"},
    "figure": set(),
    "limits": set(),
    "layers": LAYERS,
    "network": NETWORK,
    "expression": {"expression", *LAYERS},
    "document": DOCUMENT,
    "parser": PARSER,
    "engine": ENGINE,
    "conventions": {"conventions", *ENGINE},
    "difference": {"difference", *ENGINE},
    "explain": {"explain", "conventions", *ENGINE},
    "lint": LINT,
    "sources": SOURCES,
    "catalogue": {*SOURCES, *ENGINE},
    "check": CHECK,
    "schema": {"schema", *PARSER},
    "documents": DOCUMENTS,
    "views": VIEWS,
    "api": API,
    "cli": {"cli", "api", "schema", "catalogue", "", *API},
    "__main__": {"cli"},
    "": {"api"},
}
"""What each package may import, whatever it imports it for."""

VIEW_ARROWS = {
    "difference": {"diff", "report"},
    "lint": {"check"},
    "check": {"check", "show"},
    "explain": {"explain", "report"},
}
"""Which packages of views may import a package that only some commands need."""


def package(module: str) -> str:
    """The package of a module, or the module itself at the top: the first name after `cnncalc`."""
    return module.split(".")[1] if "." in module else ""


@cache
def imports(module: str) -> frozenset[str]:
    """Every module that a module imports, wherever in it and for whatever, by its full name."""
    path = MODULES[module]
    around = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(name for node in nodes for name in names_in(node, around))


def names_in(node: ast.AST, around: list[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = around[: len(around) - node.level + 1] if node.level else []
        source = ".".join([*base, node.module or ""]).strip(".")
        for alias in node.names:
            inner = f"{source}.{alias.name}"
            yield inner if inner in MODULES else source


def own(module: str) -> list[str]:
    return [name for name in imports(module) if name in MODULES]


def cycle_from(module: str, way: tuple[str, ...], done: set[str]) -> tuple[str, ...]:
    """A way along imports that comes back to itself, if there is one."""
    if module in way:
        return (*way[way.index(module) :], module)
    if module in done:
        return ()
    for name in own(module):
        # The package's own __init__ imports the names that it hands on when they are asked for.
        if name != PACKAGE and (found := cycle_from(name, (*way, module), done)):
            return found
    done.add(module)
    return ()


def test_modules_are_found() -> None:
    assert {"cnncalc.shape", "cnncalc.parser", "cnncalc.cli"} <= set(MODULES)
    assert "cnncalc.shape" in imports("cnncalc.layers.window")


def test_every_package_has_a_row() -> None:
    assert {package(module) for module in MODULES} == set(ARROWS)


@pytest.mark.parametrize("module", MODULES)
def test_arrows(module: str) -> None:
    assert {package(name) for name in own(module)} <= ARROWS[package(module)]


@pytest.mark.parametrize("module", [name for name in MODULES if package(name) == "views"])
def test_arrows_of_views(module: str) -> None:
    view = module.split(".")[2] if module.count(".") > 1 else ""
    for name, views in VIEW_ARROWS.items():
        assert view in views or name not in {package(other) for other in own(module)}, name


@pytest.mark.parametrize("module", MODULES)
def test_only_command_line_and_views_know_click_and_rich(module: str) -> None:
    known = {name.partition(".")[0] for name in imports(module)} & {"click", "rich"}
    assert not known or package(module) in ("cli", "views")


def test_commands_do_not_import_commands() -> None:
    from cnncalc.cli.main import COMMANDS

    for command in COMMANDS:
        others = {f"cnncalc.cli.{name}" for name in COMMANDS if name != command}
        assert not others & imports(f"cnncalc.cli.{command}"), command


@pytest.mark.parametrize(
    "module", [name for name in MODULES if MODULES[name].name == "__init__.py"]
)
def test_packages_define_nothing(module: str) -> None:
    """They hand names on; the catalogue of layers is the list of its families."""
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    defined = [
        type(node).__name__
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    assert not defined or module in ("cnncalc", "cnncalc.layers")


def test_no_cycle() -> None:
    done: set[str] = set()
    for module in MODULES:
        assert not cycle_from(module, (), done)


@pytest.mark.parametrize("module", MODULES)
def test_length(module: str) -> None:
    assert len(MODULES[module].read_text("utf-8").splitlines()) <= LONGEST
