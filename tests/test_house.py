"""The walls of the house: which room may import which, who may know click and rich, and how long a module may be."""

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from .test_show import ROOT

PACKAGE = "cnncalc"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / PACKAGE).rglob("*.py"))
}
LONGEST = 400

LAYERS = {"layers", "problem", "shape"}
NETWORK = {"network", *LAYERS}
ENGINE = {"engine", *NETWORK}
ARROWS = {
    "shape": set(),
    "problem": set(),
    "layers": LAYERS,
    "network": LAYERS,
    "parser": {"parser", *NETWORK},
    "schema": {"schema", "parser", *NETWORK},
    "engine": ENGINE,
    "difference": {"difference", *ENGINE},
    "checks": {"checks", *ENGINE},
    "explanation": {"explanation", "conventions", *ENGINE},
    "conventions": {"conventions", *ENGINE},
    "views": {"views", "checks", "difference", "explanation", *ENGINE},
}
"""What each room may import.  Parser and engine never meet."""
DOOR = {"", "__main__", "api", "chain", "cli", "collection", "files", "inspection", "starter"}
"""The rooms at the door, which may import any of these, and one another."""


def room(module: str) -> str:
    """The room in which a module is: the first name behind the package's."""
    return module.split(".")[1] if "." in module else ""


@cache
def imports(module: str) -> frozenset[str]:
    """Every module that a module imports, wherever in it, by its full name; but not for its type hints alone."""
    path = MODULES[module]
    around = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    return frozenset(
        name
        for node in running(ast.parse(path.read_text("utf-8")))
        for name in names_in(node, around)
    )


def running(node: ast.AST) -> Iterator[ast.AST]:
    """What is below a node and is run, and not only read by a checker of types."""
    yield node
    if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
        for child in ast.iter_child_nodes(node):
            yield from running(child)


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
        if name != PACKAGE and (
            found := cycle_from(name, (*way, module), done)
        ):  # its __init__ hands names on late
            return found
    done.add(module)
    return ()


def test_modules_are_found() -> None:
    assert {"cnncalc.shape", "cnncalc.parser", "cnncalc.cli"} <= set(MODULES)
    assert "cnncalc.shape" in imports("cnncalc.layers.window")


@pytest.mark.parametrize("module", MODULES)
def test_arrows(module: str) -> None:
    allowed = {*ARROWS, *DOOR} if room(module) in DOOR else ARROWS[room(module)]
    assert {room(name) for name in own(module)} <= allowed


@pytest.mark.parametrize("module", MODULES)
def test_only_command_line_and_views_know_click_and_rich(module: str) -> None:
    known = {name.partition(".")[0] for name in imports(module)} & {"click", "rich"}
    assert not known or room(module) in ("cli", "views")


def test_shape_imports_nothing_of_ours() -> None:
    assert not own("cnncalc.shape")


def test_no_cycle() -> None:
    done: set[str] = set()
    for module in MODULES:
        assert not cycle_from(module, (), done)


@pytest.mark.parametrize("module", MODULES)
def test_length(module: str) -> None:
    assert len(MODULES[module].read_text("utf-8").splitlines()) <= LONGEST
