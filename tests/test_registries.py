"""Everything that exists is listed, and everything listed exists.

Each failure names what an addition has forgotten; CONTRIBUTING.md refers to these tests.
"""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import pytest
import yaml

import cnncalc.cli
import cnncalc.layers
import cnncalc.lint.rules
import cnncalc.views
from cnncalc.cli.main import COMMANDS, module_of
from cnncalc.engine.quantity_values import network_value
from cnncalc.layers import FAMILIES
from cnncalc.layers.layer import Layer
from cnncalc.lint.registry import RULES
from cnncalc.quantities import QUANTITIES

from .support.networks import bundled
from .support.paths import ROOT

DOCS = ROOT / "docs"


def submodules(package: ModuleType) -> dict[str, ModuleType]:
    """The modules of a package by their own names, without those of packages inside it."""
    return {
        found.name: import_module(f"{package.__name__}.{found.name}")
        for found in iter_modules(package.__path__)
    }


# Layers


def test_every_layer_class_is_in_its_family() -> None:
    """`FAMILIES` in cnncalc/layers/__init__.py."""
    defined = {
        (name, value.kind)
        for name, module in submodules(cnncalc.layers).items()
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Layer) and value.kind
        if value.__module__ == module.__name__
    }
    assert defined == {(family, kind) for family, kinds in FAMILIES.items() for kind in kinds}


# Rules


def test_every_rule_is_listed() -> None:
    """`RULES` in cnncalc/lint/registry.py."""
    modules = submodules(cnncalc.lint.rules)
    assert {name.replace("_", "-") for name in modules} == set(RULES)
    assert [name for name, module in modules.items() if not module.RULE.doc] == []


# Commands


def test_every_command_is_listed() -> None:
    """`COMMANDS` in cnncalc/cli/main.py."""
    modules = submodules(cnncalc.cli)
    found = {module.__name__ for module in modules.values() if "command" in vars(module)}
    assert found == set(map(module_of, COMMANDS))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    """An example of each, in the README or on a page of docs/."""
    pages = [ROOT / "README.md", *DOCS.glob("*.md")]
    assert any(f"cnncalc {name}" in page.read_text("utf-8") for page in pages)


# Formats


FORMAT_TABLES = [
    module
    for view in submodules(cnncalc.views).values()
    if hasattr(view, "__path__") and (module := submodules(view).get("formats"))
]


@pytest.mark.parametrize("table", FORMAT_TABLES, ids=lambda table: table.__name__)
def test_every_format_is_a_function(table: ModuleType) -> None:
    """`FORMATS` in the `formats` module of a view."""
    for name, found in table.FORMATS.items():
        assert callable(found) and found.__name__ == f"as_{name}"


@pytest.mark.parametrize("table", FORMAT_TABLES, ids=lambda table: table.__name__)
def test_every_format_is_documented(table: ModuleType) -> None:
    text = "".join(page.read_text("utf-8") for page in DOCS.glob("*.md"))
    assert [name for name in table.FORMATS if not re.search(rf"\b{name}\b", text)] == []


# Quantities


@pytest.mark.parametrize("name", QUANTITIES)
def test_every_quantity_is_documented(name: str) -> None:
    """Its definition in docs/numbers.md, or an example on another page."""
    assert any(f"`{name}`" in page.read_text("utf-8") for page in DOCS.glob("*.md"))


@pytest.mark.parametrize("name", [name for name, one in QUANTITIES.items() if one.path])
def test_every_quantity_has_a_value(name: str) -> None:
    """`path` in cnncalc/quantities.py leads to it."""
    assert network_value(bundled("resnet50"), name)


# What is installed


def test_every_page_is_installed() -> None:
    """`force-include` in pyproject.toml, from which `cnncalc help` reads its pages."""
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    contributors = {"architecture.md", "performance.md"}
    pages = {page.name for page in DOCS.glob("*.md")} - contributors
    assert {page for page in pages if f'"docs/{page}"' not in settings} == set()


def test_templates_are_yaml() -> None:
    for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"):
        template = yaml.safe_load(path.read_text("utf-8"))
        assert {"name", "description", "body"} <= set(template), path
