"""Patterns of nodes: expressions that are compared with the graph.

    Mul(x, Sigmoid(x)) is `Pattern("Mul", (X, Pattern("Sigmoid", (X,))))`

A value matches any tensor, and the same one at each place of its name.  The operands of a
sum and of a product are in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any

from ...named_tuple import NamedTuple
from .graph import ALIASES, CONSTANT, OperatorGraph

PatternGraph = OperatorGraph[Any]

COMMUTATIVE = ("Add", "Mul")
TOLERANCE = 2e-3
"""How far a number may be from that of a pattern, relative to it: exporters round."""


class ValuePattern(NamedTuple):
    """Any tensor that depends on the inputs."""

    name: str


class StoredPattern(NamedTuple):
    """Any constant."""

    name: str


class ChoicePattern(NamedTuple):
    """The first of several patterns that fits."""

    choices: tuple[OperandPattern, ...]


class Pattern(NamedTuple):
    """A call of an operator with these operands; further ones may be anything.

    `label` is the name under which the match has the call.
    """

    operator: str
    operands: tuple[OperandPattern, ...]
    label: str = ""


OperandPattern = Pattern | ChoicePattern | ValuePattern | StoredPattern | float
CONSTANT_PATTERNS = frozenset((StoredPattern, float))
MADE_PATTERNS = CONSTANT_PATTERNS | {Pattern}
"""The patterns whose tensors are of known operators, or constants."""


class Match(NamedTuple):
    """The tensors by the names of a pattern, the calls by their labels, and all calls in it."""

    tensors: Mapping[str, str] = {}
    calls: Mapping[str, int] = {}
    inner: frozenset[int] = frozenset()

    def binding(self, name: str, tensor: str) -> Match | None:
        """The match with one more tensor; None if the name has another one."""
        if name in self.tensors:
            return self if self.tensors[name] == tensor else None
        return self._replace(tensors={**self.tensors, name: tensor})

    def including(self, call: int, label: str = "") -> Match:
        calls = {**self.calls, label: call} if label else self.calls
        return self._replace(calls=calls, inner=self.inner | {call})


def operators_read(pattern: Pattern) -> Iterator[frozenset[str]]:
    """For each operand of a pattern that is a call or a constant, the operators that it may be."""
    for operand in pattern.operands:
        choices = operand.choices if isinstance(operand, ChoicePattern) else (operand,)
        if all(type(choice) in MADE_PATTERNS for choice in choices):
            yield frozenset(
                choice.operator if isinstance(choice, Pattern) else CONSTANT for choice in choices
            )


def matches(graph: PatternGraph, pattern: Pattern, number: int) -> Iterator[Match]:
    """The ways in which a call is what a pattern describes."""
    yield from of_call(graph, pattern, number, Match())


def of_call(graph: PatternGraph, pattern: Pattern, number: int, found: Match) -> Iterator[Match]:
    call = graph.calls[number]
    names, wanted = call.node.inputs, pattern.operands
    if call.node.operator != pattern.operator or len(names) < len(wanted):
        return
    takes_constant = any(type(operand) in CONSTANT_PATTERNS for operand in wanted)
    if takes_constant and not any(map(graph.constant, names)):
        return
    found = found.including(number, pattern.label)
    is_swapped = pattern.operator in COMMUTATIVE and len(names) == len(wanted) == 2
    for order in permutations(names) if is_swapped else (names,):
        yield from of_operands(graph, wanted, order, found)


def of_operands(
    graph: PatternGraph,
    wanted: tuple[OperandPattern, ...],
    names: tuple[str, ...],
    found: Match,
) -> Iterator[Match]:
    """The ways in which all operands fit, one after the other."""
    if not wanted:
        yield found
        return
    for match in of_operand(graph, wanted[0], names[0], found):
        yield from of_operands(graph, wanted[1:], names[1:], match)


def of_operand(
    graph: PatternGraph, wanted: OperandPattern, name: str, found: Match
) -> Iterator[Match]:
    if isinstance(wanted, ChoicePattern):
        for choice in wanted.choices:
            yield from of_operand(graph, choice, name, found)
    elif isinstance(wanted, Pattern):
        yield from of_made(graph, wanted, name, found)
    elif isinstance(wanted, StoredPattern):
        match = found.binding(wanted.name, name) if graph.constant(name) else None
        if match is not None:
            yield match
    elif isinstance(wanted, ValuePattern):
        yield from of_value(graph, wanted, name, found)
    else:
        number = graph.number(name)
        if number is not None and abs(number - wanted) <= TOLERANCE * abs(wanted):
            yield found


def of_value(graph: PatternGraph, wanted: ValuePattern, name: str, found: Match) -> Iterator[Match]:
    """A value, or what it is an alias of."""
    if graph.constant(name) is not None:
        return
    match = found.binding(wanted.name, name)
    if match is not None:
        yield match
        return
    maker = graph.makers.get(name)
    if maker is not None and graph.is_alias(graph.calls[maker]):
        source = graph.calls[maker].node.inputs[0]
        yield from of_value(graph, wanted, source, found.including(maker))


def of_made(graph: PatternGraph, wanted: Pattern, name: str, found: Match) -> Iterator[Match]:
    """The call that makes a tensor, through aliases."""
    maker = graph.makers.get(name)
    if maker is None:
        return
    call = graph.calls[maker]
    if graph.is_alias(call) and wanted.operator not in ALIASES:
        yield from of_made(graph, wanted, call.node.inputs[0], found.including(maker))
        return
    yield from of_call(graph, wanted, maker, found)
