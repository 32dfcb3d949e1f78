"""Statements of Python as `ruff format` lays them out, with lines of at most 88 columns.

The input is classes without any layout.  Only the statements of `RULES` are written, so that
nothing else can become code: an import, for example, is a KeyError.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .spelling import (
    OPERATORS,
    arguments,
    bare,
    comprehended,
    loop_header,
    spelled,
)

COLUMNS = 88
INDENT = 4
UNREAD = "_"
"""The name of one of several values that is not read."""

Lines = Iterator[str]


def formatted(code: str) -> str:
    """The statements of a module, laid out."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            name_unread(node)
    lines = laid_out(tree.body, 0)
    return "\n".join(lines) + "\n"


def name_unread(function: ast.FunctionDef) -> None:
    """Call UNREAD what a function assigns together with other values and never reads."""
    nodes = list(ast.walk(function))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    for node in nodes:
        if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
            for one in node.elts:
                if isinstance(one, ast.Name) and one.id not in read:
                    one.id = UNREAD


def fits(text: str, indent: int) -> bool:
    return indent + len(text) <= COLUMNS


def laid_out(body: Sequence[ast.stmt], indent: int) -> Lines:
    """The lines of statements, with empty lines between definitions."""
    for index, statement in enumerate(body):
        before = body[index - 1] if index else None
        yield from [""] * empty_lines(before, statement, indent)
        yield from RULES[type(statement)](statement, indent)


def empty_lines(before: ast.stmt | None, statement: ast.stmt, indent: int) -> int:
    """The number of empty lines between two statements."""
    if before is None:
        return 0
    definitions = ast.ClassDef | ast.FunctionDef
    if isinstance(statement, definitions) or isinstance(before, definitions):
        return 2 if indent == 0 else 1
    return int(is_text(before))


def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a docstring."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


# Statements


def expression(node: Any, indent: int) -> Lines:
    if is_text(node):
        yield from docstring(node.value.value, indent)
    else:
        yield from broken_if_long("", node.value, "", indent)


def docstring(text: str, indent: int) -> Lines:
    """A docstring, whose text has no characters that need an escape but quotes and backslashes."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    first, *others = escaped.split("\n")
    margin = " " * indent
    lines = [f'{margin}"""{first}', *(f"{margin}{line}".rstrip() for line in others)]
    if others:
        yield from lines
        yield f'{margin}"""'
    else:
        end = '\\"' if first.endswith('"') else ""
        yield (lines[0][:-1] + end if end else lines[0]) + '"""'


def assignment(node: Any, indent: int) -> Lines:
    prefix = "".join(f"{bare(target)} = " for target in node.targets)
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Call(func=func)):
            is_long = not fits(f"{prefix}{spelled(node.value)}", indent)
            if is_long and not fits(f"{prefix}{spelled(func)}(", indent):
                *lines, _ = exploded("(", names, ")", indent)
                yield from lines
                yield from broken_if_long(") = ", node.value, "", indent)
                return
    yield from broken_if_long(prefix, node.value, "", indent)


def augmented(node: Any, indent: int) -> Lines:
    prefix = f"{spelled(node.target)} {OPERATORS[type(node.op)][0]}= "
    return broken_if_long(prefix, node.value, "", indent)


def returned(node: Any, indent: int) -> Lines:
    if isinstance(node.value, ast.Tuple):
        text = f"return {bare(node.value)}"
        if fits(text, indent):
            yield " " * indent + text
            return
    yield from broken_if_long("return ", node.value, "", indent)


def loop(node: Any, indent: int) -> Lines:
    header = f"{loop_header(node.target, node.iter)}:"
    if fits(header, indent):
        yield " " * indent + header
    else:
        yield from broken_if_long(f"for {bare(node.target)} in ", node.iter, ":", indent)
    yield from laid_out(node.body, indent + INDENT)


def condition(node: Any, indent: int, word: str = "if") -> Lines:
    yield from broken_if_long(f"{word} ", node.test, ":", indent)
    yield from laid_out(node.body, indent + INDENT)
    match node.orelse:
        case []:
            return
        case [ast.If() as other]:
            yield from condition(other, indent, "elif")
        case others:
            yield " " * indent + "else:"
            yield from laid_out(others, indent + INDENT)


def class_definition(node: Any, indent: int) -> Lines:
    bases = ", ".join(map(spelled, node.bases))
    yield f"{' ' * indent}class {node.name}({bases}):"
    yield from laid_out(node.body, indent + INDENT)


def function(node: Any, indent: int) -> Lines:
    yield from header(node, indent)
    start = int(is_text(node.body[0]))
    yield from laid_out(node.body[:start], indent + INDENT)
    yield from laid_out(node.body[start:], indent + INDENT)


def header(node: Any, indent: int) -> Lines:
    """The name and the parameters: a default that is too long for a line is on several."""
    defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    names = [*node.args.args, *node.args.kwonlyargs]
    given = dict(zip([one.arg for one in names[::-1]], defaults[::-1], strict=False))
    entries = parameters(node.args)
    for line in listed(f"def {node.name}(", entries, "):", indent):
        name, mark, _ = line.strip().partition("=")
        if len(line) > COLUMNS and mark and name in given:
            yield from broken_if_long(f"{name}=", given[name], ",", indent + INDENT)
        else:
            yield line


def parameters(given: ast.arguments) -> list[str]:
    """The parameters of a function."""
    required = len(given.args) - len(given.defaults)
    found = [one.arg for one in given.args[:required]]
    pairs = zip(given.args[required:], given.defaults, strict=True)
    found += [f"{one.arg}={spelled(default)}" for one, default in pairs]
    if given.vararg is not None:
        found.append(f"*{given.vararg.arg}")
    elif given.kwonlyargs:
        found.append("*")
    for one, value in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        found.append(one.arg if value is None else f"{one.arg}={spelled(value)}")
    return found


RULES: dict[type[ast.stmt], Callable[[Any, int], Lines]] = {
    ast.Assign: assignment,
    ast.AugAssign: augmented,
    ast.ClassDef: class_definition,
    ast.Expr: expression,
    ast.For: loop,
    ast.FunctionDef: function,
    ast.If: condition,
    ast.Return: returned,
}


# Expressions that are too long for one line


def broken_if_long(prefix: str, node: ast.expr, suffix: str, indent: int) -> Lines:
    """An expression on one line if it fits, else on several, inside of its brackets."""
    text = f"{prefix}{spelled(node)}{suffix}"
    if fits(text, indent):
        yield " " * indent + text
        return
    match node:
        case ast.Call(args=[ast.GeneratorExp() as inner]):
            yield from comprehension(f"{prefix}{spelled(node.func)}(", inner, f"){suffix}", indent)
        case ast.Call(func=ast.Call() as inner) if not fits(f"{prefix}{spelled(inner)}(", indent):
            yield from call_of_call(prefix, node, inner, suffix, indent)
        case ast.Call(func=ast.Attribute(value=ast.Call(args=[_, *_]) as inner, attr=name)):
            end = f".{name}({', '.join(arguments(node))}){suffix}"
            yield from broken_if_long(prefix, inner, end, indent)
        case ast.Call():
            start = f"{prefix}{spelled(node.func)}("
            if prefix.endswith("= ") and not fits(start, indent):
                yield from parenthesized(prefix, node, suffix, indent)
            else:
                yield from call(prefix, node, suffix, indent)
        case ast.List(elts=[_, *_]):
            yield from exploded(f"{prefix}[", node.elts, f"]{suffix}", indent)
        case ast.Tuple(elts=[_, *_]):
            yield from exploded(f"{prefix}(", node.elts, f"){suffix}", indent)
        case ast.ListComp():
            yield from comprehension(f"{prefix}[", node, f"]{suffix}", indent)
        case ast.Starred():
            yield from broken_if_long(f"{prefix}*", node.value, suffix, indent)
        case ast.BinOp() | ast.BoolOp() | ast.IfExp() | ast.Compare():
            yield from parenthesized(prefix, node, suffix, indent)
        case ast.Subscript() if prefix.endswith("= "):
            yield from parenthesized(prefix, node, suffix, indent)
        case _:
            yield " " * indent + text


def call(prefix: str, node: ast.Call, suffix: str, indent: int) -> Lines:
    start, end = f"{prefix}{spelled(node.func, 11)}(", f"){suffix}"
    joined = ", ".join(arguments(node))
    if not joined:
        yield f"{' ' * indent}{start}{end}"
    elif fits(joined, indent + INDENT):
        yield from (" " * indent + start, " " * (indent + INDENT) + joined, " " * indent + end)
    elif len(node.args) == 1 and not node.keywords and isinstance(node.args[0], ast.IfExp):
        yield " " * indent + start
        yield from operand_rows(node.args[0], indent + INDENT)
        yield " " * indent + end
    else:
        yield " " * indent + start
        comma = "," if len(node.args) + len(node.keywords) > 1 else ""
        for one in node.args:
            yield from broken_if_long("", one, comma, indent + INDENT)
        for keyword in node.keywords:
            yield from broken_if_long(f"{keyword.arg}=", keyword.value, ",", indent + INDENT)
        yield " " * indent + end


def call_of_call(prefix: str, node: ast.Call, inner: ast.Call, suffix: str, indent: int) -> Lines:
    """A call of what another call returns, whose arguments do not fit on its line."""
    joined = ", ".join(arguments(node))
    if fits(f")({joined}){suffix}", indent):
        yield from broken_if_long(prefix, inner, f"({joined}){suffix}", indent)
        return
    yield from broken_if_long(prefix, inner, "(", indent)
    yield from list(call("", node, suffix, indent))[1:]


def listed(start: str, entries: Sequence[str], end: str, indent: int) -> Lines:
    """Parameters: on one line, on one line of their own, or each on its own line."""
    joined = ", ".join(entries)
    if fits(f"{start}{joined}{end}", indent):
        yield f"{' ' * indent}{start}{joined}{end}"
        return
    yield " " * indent + start
    if fits(joined, indent + INDENT):
        yield " " * (indent + INDENT) + joined
    else:
        yield from (f"{' ' * (indent + INDENT)}{one}," for one in entries)
    yield " " * indent + end


def exploded(start: str, entries: Sequence[ast.expr], end: str, indent: int) -> Lines:
    """The entries of a list or tuple, each on its own line."""
    yield " " * indent + start
    for one in entries:
        yield from broken_if_long("", one, ",", indent + INDENT)
    yield " " * indent + end


def comprehension(start: str, node: Any, end: str, indent: int) -> Lines:
    margin = " " * (indent + INDENT)
    yield " " * indent + start
    if fits(comprehended(node), indent + INDENT):
        yield margin + comprehended(node)
    else:
        [generator] = node.generators
        yield from broken_if_long("", node.elt, "", indent + INDENT)
        yield margin + loop_header(generator.target, generator.iter)
    yield " " * indent + end


def parenthesized(prefix: str, node: ast.expr, suffix: str, indent: int) -> Lines:
    """An expression with operators, in parentheses, which are broken before its operators."""
    inside = indent + INDENT
    yield f"{' ' * indent}{prefix}("
    if fits(spelled(node), inside):
        yield " " * inside + spelled(node)
    elif isinstance(node, ast.Call):
        yield from call("", node, "", inside)
    else:
        yield from operand_rows(node, inside)
    yield f"{' ' * indent}){suffix}"


def operand_rows(node: ast.expr, indent: int) -> Lines:
    """An expression with operators, broken before them."""
    for mark, operand, least in operands(node):
        yield from operand_lines(mark, operand, least, indent)


def operand_lines(mark: str, operand: ast.expr, least: int, indent: int) -> Lines:
    text = f"{mark}{spelled(operand, least)}"
    if fits(text, indent) or not isinstance(operand, ast.Call | ast.List | ast.Tuple):
        yield " " * indent + text
    else:
        yield from broken_if_long(mark, operand, "", indent)


def operands(node: ast.expr) -> Iterator[tuple[str, ast.expr, int]]:
    """The operands of an expression with the operator before each, and how tightly it binds."""
    match node:
        case ast.IfExp():
            yield from (("", node.body, 2), ("if ", node.test, 2), ("else ", node.orelse, 1))
        case ast.BoolOp():
            mark, tightness = OPERATORS[type(node.op)]
            for index, operand in enumerate(node.values):
                yield f"{mark} " if index else "", operand, tightness + 1
        case ast.BinOp():
            mark, tightness = OPERATORS[type(node.op)]
            if isinstance(node.left, ast.BinOp) and OPERATORS[type(node.left.op)][1] == tightness:
                yield from operands(node.left)
            else:
                yield "", node.left, tightness
            yield f"{mark} ", node.right, tightness + 1
        case _:
            yield "", node, 0
