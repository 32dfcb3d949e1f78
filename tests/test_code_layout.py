"""The layout and the style of the code: which package may import which, what is named how often,
and how long a line, a function and a module may be.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from .support.paths import ROOT, TESTS
from .support.processes import python
from .support.walls import (
    ARROWS,
    MODULES,
    PACKAGE,
    SUBJECTS,
    VIEW_ARROWS,
    imports,
    own_imports,
    package,
    view_package,
)

MAX_COLUMNS = 100
MAX_FUNCTION_LINES = 40
MAX_MODULE_LINES = 400
MAX_COMPLEXITY = 10  # cyclomatic; pyproject.toml has the bound that no function exceeds, 15
MAX_COMPLEX_FUNCTIONS = 20

FOLDERS = ("cnncalc", "bench", "docs", "tests", "website")
SOURCES = {
    str(path.relative_to(ROOT)): path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if not {"node_modules", "examples"} & set(path.parts)
}
SCRIPTS = {
    str(path.relative_to(ROOT)): path
    for folder in ("cnncalc/views/report/assets", "website/assets", "website/playground")
    for path in sorted((ROOT / folder).glob("*.js"))
}
VIEWS = [name for name in MODULES if package(name) == "views"]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


# Walls


def test_modules_are_found() -> None:
    assert {"cnncalc.shape", "cnncalc.parser", "cnncalc.cli"} <= set(MODULES)
    assert "cnncalc.shape" in imports("cnncalc.layers.window")
    assert SCRIPTS


def test_every_package_has_a_row() -> None:
    """A new package gets a row in tests/support/walls.py."""
    assert {package(module) for module in MODULES} == set(ARROWS)
    assert {view_package(module) for module in VIEWS} == set(VIEW_ARROWS)


@pytest.mark.parametrize("module", MODULES)
def test_packages_import_only_what_their_row_lists(module: str) -> None:
    assert {package(name) for name in own_imports(module)} <= ARROWS[package(module)]


@pytest.mark.parametrize("module", VIEWS)
def test_packages_of_views_import_only_what_their_row_lists(module: str) -> None:
    view = view_package(module)
    assert view is not None
    others = {view_package(name) for name in own_imports(module)} - {None}
    assert others <= VIEW_ARROWS[view]


@pytest.mark.parametrize("module", VIEWS)
def test_a_subject_is_known_to_its_own_views(module: str) -> None:
    imported = {package(other) for other in own_imports(module)}
    for subject in imported & set(SUBJECTS):
        assert view_package(module) in SUBJECTS[subject], subject


@pytest.mark.parametrize("module", MODULES)
def test_only_the_command_line_and_views_import_click_and_rich(module: str) -> None:
    imported = {name.partition(".")[0] for name in imports(module)} & {"click", "rich"}
    assert not imported or package(module) in ("cli", "views")


def test_commands_do_not_import_commands() -> None:
    from cnncalc.cli.main import COMMANDS, module_of

    modules = set(map(module_of, COMMANDS))
    for module in modules:
        assert not (modules - {module}) & imports(module), module


def test_one_module_writes() -> None:
    """What a command prints passes the guards of cnncalc/cli/terminal.py.

    The tracer is a process of its own, whose output `import` reads.
    """
    found = [
        (module, node.lineno)
        for module, path in MODULES.items()
        if module != "cnncalc.cli.terminal" and ".tracer." not in module
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in WRITING
    ]
    assert found == []


WRITING = {"print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"}


def test_there_is_no_cycle() -> None:
    done: set[str] = set()
    for module in MODULES:
        assert not cycle_from(module, (), done)


def cycle_from(module: str, way: tuple[str, ...], done: set[str]) -> tuple[str, ...]:
    """A path along imports that comes back to its start, if there is one."""
    if module in way:
        return (*way[way.index(module) :], module)
    if module in done:
        return ()
    for name in own_imports(module):
        # `cnncalc/__init__` imports the names that it hands on at first access.
        if name != PACKAGE and (found := cycle_from(name, (*way, module), done)):
            return found
    done.add(module)
    return ()


def test_test_modules_do_not_import_test_modules() -> None:
    """Shared helpers are in tests/support."""
    for path in TESTS.rglob("test_*.py"):
        names = {
            part
            for node in ast.walk(tree(path))
            if isinstance(node, ast.ImportFrom)
            for part in [*(node.module or "").split("."), *(alias.name for alias in node.names)]
        }
        modules = {other.stem for other in TESTS.rglob("test_*.py")}
        assert not names & modules, path


# Names


@pytest.mark.parametrize(
    "module", [name for name in MODULES if MODULES[name].name == "__init__.py"]
)
def test_packages_define_nothing(module: str) -> None:
    """They hand names on; `layers` lists its families."""
    defined = [
        node.name
        for node in tree(MODULES[module]).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    assert not defined or module in ("cnncalc", "cnncalc.layers")


def test_a_type_name_means_one_thing() -> None:
    """Classes, and the aliases of types at the top of modules."""
    paths = [path for name, path in SOURCES.items() if name.startswith(("cnncalc", "bench"))]
    trees = [tree(path) for path in paths]
    nodes = [node for one in trees for node in ast.walk(one) if isinstance(node, ast.ClassDef)]
    assigned = [node for one in trees for node in one.body if isinstance(node, ast.Assign)]
    targets = [ast.unparse(node.targets[0]) for node in assigned]
    aliases = [name for name in targets if name[:1].isupper() and not name.isupper()]
    counts = Counter([*(node.name for node in nodes), *aliases])
    assert [name for name, count in counts.items() if count > 1] == []


# Sizes


@pytest.mark.parametrize("name", [*SOURCES, *SCRIPTS])
def test_lines_are_short(name: str) -> None:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > MAX_COLUMNS] == []


@pytest.mark.parametrize("name", SOURCES)
def test_functions_are_short(name: str) -> None:
    """Counted without the docstring, so that nobody shortens documentation to pass."""
    functions = (
        node
        for node in ast.walk(tree(SOURCES[name]))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert [node.name for node in functions if length(node) > MAX_FUNCTION_LINES] == []


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return span(function) - (span(function.body[0]) if ast.get_docstring(function) else 0)


def span(node: ast.stmt) -> int:
    """The number of lines of a statement."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("module", MODULES)
def test_modules_are_short(module: str) -> None:
    lines = len(MODULES[module].read_text("utf-8").splitlines())
    assert lines <= MAX_MODULE_LINES


def test_few_functions_are_complex() -> None:
    found = sorted(complex_functions())
    assert len(found) <= MAX_COMPLEX_FUNCTIONS, "\n".join(found)


def complex_functions() -> Iterator[str]:
    """The functions whose cyclomatic complexity exceeds the bound, as ruff counts it."""
    ran = python(
        *(
            "-m",
            "ruff",
            "check",
            "--isolated",
            "--ignore-noqa",
            "--exit-zero",
            "--output-format",
            "json",
        ),
        *("--select", "C901", "--config", f"lint.mccabe.max-complexity={MAX_COMPLEXITY}"),
        *(ROOT / folder for folder in FOLDERS),
    )
    for found in json.loads(ran.stdout):
        yield f"{Path(found['filename']).relative_to(ROOT)}: {found['message']}"
