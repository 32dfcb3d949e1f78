"""Names for the values of generated code.

Code is first written with a name of its own for each value, such as `_v7`.  Then the values of a
chain of layers get one name, such as `x`, except those that are read after the next one has it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping, Sequence

from ...named_tuple import NamedTuple
from ..python.identifiers import VARIABLES, identifier, unused

RUNNING = "x"
"""The name of the value that runs through a function."""


class NamedValue(NamedTuple):
    """A value: the name that it gets if it has one of its own, and that of its chain, "" for none.

    Values of one chain follow each other.
    """

    hint: str
    chain: str = ""


def with_names(
    function: ast.FunctionDef, values: Mapping[str, NamedValue], taken: Collection[str]
) -> ast.FunctionDef:
    """A function whose values have names that are not `taken`.

    Assignments that change nothing are omitted.
    """
    kept = {value for value, found in values.items() if not found.chain}
    while True:
        names = chosen_names(values, kept, taken)
        reading = NameReading(names)
        reading.statements(function)
        if not reading.lost:
            return ValueRenaming(names, reading.repeated - reading.needed).function(function)
        kept |= reading.lost


def chosen_names(
    values: Mapping[str, NamedValue], kept: Collection[str], taken: Collection[str]
) -> dict[str, str]:
    """The name of each value."""
    reserved = VARIABLES - {RUNNING}
    chains = {found.chain for found in values.values()}
    running = {chain: unused(identifier(chain, reserved), taken) for chain in chains}
    names = {value: running[found.chain] for value, found in values.items() if value not in kept}
    used = {*taken, *names.values()}
    for value, found in values.items():
        if value in kept:
            names[value] = unused(identifier(found.hint, reserved), used)
            used.add(names[value])
    return names


class NameReading:
    """Follows the statements of a function: `held` are the values that each name has.

    Several are one value under several names.  `lost` are those whose names have others when they
    are read.  `copies` are the names that have another value, `repeated` the assignments that give
    it to them again, and `needed` all others.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.held: dict[str, frozenset[str]] = {}
        self.copies: dict[str, str] = {}
        self.lost: set[str] = set()
        self.repeated: set[int] = set()
        self.needed: set[int] = set()

    def statements(self, function: ast.FunctionDef) -> None:
        for one in function.args.args:
            if one.arg in self.names:
                self.held[self.names[one.arg]] = frozenset([one.arg])
        self.body(function.body)

    def body(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self.statement(statement)

    def statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.If():
                self.read(statement.test)
                self.inner(statement.body)
            case ast.For():
                self.read(statement.iter)
                self.inner(statement.body)
                self.inner(statement.body)  # with what the first iteration has left
            case ast.Assign(targets=[target]):
                self.read(statement.value)
                for node in ast.walk(target):
                    if isinstance(node, ast.Name) and node.id in self.names:
                        self.assign(node.id, statement)
            case _:
                self.read(statement)

    def inner(self, body: Iterable[ast.stmt]) -> None:
        """Statements that may be skipped."""
        held, copies = dict(self.held), dict(self.copies)
        self.body(body)
        self.held = {name: one & held.get(name, one) for name, one in self.held.items()}
        self.copies = dict(self.copies.items() & copies.items())

    def assign(self, value: str, statement: ast.Assign) -> None:
        name, source = self.names[value], statement.value
        copied = source.id if isinstance(source, ast.Name) else ""
        others: frozenset[str] = frozenset()
        if copied and self.names.get(copied) == name:
            others = self.held.get(name, frozenset())
        elif copied and self.copies.get(name) == copied:
            self.repeated.add(id(statement))
            others = self.held[name]
        else:
            self.needed.add(id(statement))
            self.copies[name] = copied
        self.copies = {one: source for one, source in self.copies.items() if source != value}
        self.held[name] = frozenset([value]) | others

    def read(self, node: ast.AST) -> None:
        for one in ast.walk(node):
            if not isinstance(one, ast.Name) or one.id not in self.names:
                continue
            if one.id not in self.held.get(self.names[one.id], ()):
                self.lost.add(one.id)


class ValueRenaming(ast.NodeTransformer):
    """Other names for values, without some assignments."""

    def __init__(self, names: Mapping[str, str], omitted: Collection[int]) -> None:
        self.names = names
        self.omitted = omitted

    def function(self, node: ast.FunctionDef) -> ast.FunctionDef:
        found: ast.FunctionDef = self.visit(node)
        return found

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self.names.get(node.arg, node.arg))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | None:
        self.generic_visit(node)
        is_same = ast.unparse(node.targets[0]) == ast.unparse(node.value)
        return None if is_same or id(node) in self.omitted else node

    def visit_If(self, node: ast.If) -> ast.If | None:
        self.generic_visit(node)
        node.body = with_merged_tests(node.body)
        return node if node.body else None

    def visit_For(self, node: ast.For) -> ast.For | None:
        self.generic_visit(node)
        node.body = with_merged_tests(node.body)
        return node if node.body else None

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        node.body = with_merged_tests(node.body)
        return node


def with_merged_tests(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Statements in which those under the same test are under one, if they follow each other."""
    found: list[ast.stmt] = []
    for statement in body:
        last = found[-1] if found else None
        if isinstance(statement, ast.If) and isinstance(last, ast.If) and is_same(last, statement):
            last.body += statement.body
        else:
            found.append(statement)
    return found


def is_same(tested: ast.If, following: ast.If) -> bool:
    """Whether two tests are equal, and the statements under the first assign nothing they read."""
    if ast.dump(tested.test) != ast.dump(following.test):
        return False
    read = {node.id for node in ast.walk(tested.test) if isinstance(node, ast.Name)}
    nodes = [node for statement in tested.body for node in ast.walk(statement)]
    names = [node for node in nodes if isinstance(node, ast.Name)]
    return not any(node.id in read and isinstance(node.ctx, ast.Store) for node in names)
