"""No name and no text of a file becomes code in what it is exported as, whatever it is."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings

from cnncalc.escape import safe
from cnncalc.exporters.formats import FORMATS, ExportOptions
from cnncalc.parser import TracedNetwork, build_traced, read_document

from .support.exports import SOURCES, graph_of
from .support.hostile_networks import OF_STEPS, OF_VARIABLES, network_text, network_texts

MODULES = {"torch", "torch.nn.functional", "math", "keras"}
STATEMENTS = (
    *(ast.Assign, ast.AugAssign, ast.ClassDef, ast.Expr, ast.For, ast.FunctionDef, ast.If),
    *(ast.Return, ast.Import, ast.ImportFrom, ast.Pass),
)
FUNCTIONS = {"super", "range", "zip", "enumerate", "len", "int", "tuple"}
"""The functions of Python that generated code calls."""

LAYER_NAME = re.compile(r"[A-Za-z0-9_]*")
WORDS_OF_CODE = {"same", "valid"}
"""Strings of generated code that are not docstrings or names of layers."""


def built(text: str) -> TracedNetwork:
    """The network of a file; hypothesis tries another one if two of its names are one."""
    parsed, found = build_traced(read_document(text.encode(), "net.yaml"))
    assume(found is not None and not parsed.problems)
    assert found is not None
    return found


def plain_text(tag: str) -> str:
    return network_text("plain", OF_VARIABLES, OF_STEPS, tag)


def tag_in(text: str) -> str:
    """A tag for a plain network if layers share weights in the other one."""
    return "tag" if "shared: " in text else ""


def source(network: TracedNetwork, form: str, is_flat: bool) -> str:
    return FORMATS[form].write(network, ExportOptions(is_flat)).content


def docstrings(tree: ast.AST) -> set[int]:
    """The identities of the constants that are docstrings."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found


def own_names(tree: ast.AST) -> Iterator[str]:
    """The names that code gives: of classes, functions, parameters and variables."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name


def root(node: ast.expr) -> str:
    """The name that an expression such as `nn.functional.relu` begins with."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def imported_names(tree: ast.AST) -> Iterator[str]:
    """The names that code imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (one.asname or one.name for one in node.names)


def check_names(tree: ast.Module) -> None:
    own = set(own_names(tree))
    known = own.union(FUNCTIONS, imported_names(tree), ["None"])
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                assert name in known, name
            case ast.Attribute(attr=name):
                assert not name.startswith("_") or name == "__init__", name
            case ast.Call(func=called):
                assert root(called) in known, ast.unparse(called)
            case ast.Import(names=names):
                assert {one.name for one in names} <= MODULES
            case ast.ImportFrom(module=module):
                assert module in MODULES
            case ast.stmt():
                assert isinstance(node, STATEMENTS), ast.unparse(node)
    assert not own & {*imported_names(tree), *FUNCTIONS}
    assert all(name.isascii() and name.isidentifier() for name in own)


def check_strings(tree: ast.Module) -> None:
    texts = docstrings(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()):
                assert id(node.value) in texts
            case ast.Constant(value=str(text)):
                is_plain = LAYER_NAME.fullmatch(text) is not None or text in WORDS_OF_CODE
                assert is_plain or id(node) in texts, text
            case ast.FormattedValue(value=value):
                assert isinstance(value, ast.Name)


@pytest.mark.parametrize("form", SOURCES)
@settings(max_examples=25)
@given(text=network_texts())
def test_a_source_has_no_other_code(form: str, text: str) -> None:
    """Its statements, calls, attributes and strings are those of an export, and no others."""
    network = built(text)
    for is_flat in (False, True):
        code = source(network, form, is_flat)
        assert all(line.isprintable() for line in code.splitlines())
        tree = ast.parse(code)
        check_names(tree)
        check_strings(tree)


def calls_of(code: str) -> Counter[str]:
    """The calls of what code imports, without the names of layers and of values."""
    tree = ast.parse(code)
    imported = set(imported_names(tree))
    found: Counter[str] = Counter()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute() as called) if root(called) in imported:
                options = [ast.unparse(one) for one in node.keywords if one.arg != "name"]
                numbers = [one.value for one in node.args if isinstance(one, ast.Constant)]
                found[f"{ast.unparse(called)} {numbers} {options}"] += 1
    return found


@pytest.mark.parametrize("form", SOURCES)
@settings(max_examples=25)
@given(text=network_texts())
def test_names_do_not_change_the_layers(form: str, text: str) -> None:
    """Layer by layer, the same layers are made and called whatever the names are."""
    plain, found = built(plain_text(tag_in(text))), built(text)
    assert calls_of(source(plain, form, True)) == calls_of(source(found, form, True))


@settings(max_examples=25)
@given(text=network_texts())
def test_an_onnx_file_has_the_operators_of_plain_names(text: str) -> None:
    plain = built(plain_text(tag_in(text)))
    one, two = (
        graph_of(FORMATS["onnx"].write(found, ExportOptions()).data)
        for found in (plain, built(text))
    )
    assert [node.op_type for node in one.node] == [node.op_type for node in two.node]
    made = [name for node in two.node for name in node.output]
    names = [*(info.name for info in two.input), *made]
    assert len(names) == len(set(names))
    assert all(name.isprintable() for name in (*names, *(node.name for node in two.node)))
    assert safe(two.name) == two.name
