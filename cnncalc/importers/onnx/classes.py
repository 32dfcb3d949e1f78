"""Which modules are of one class, where a file has only their names.

Two modules are if most of what is in them has the same names, apart from numbers, and is of the
same classes: `layer1.0` and `layer2.0` of a ResNet, of which only one has `downsample`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ...named_tuple import NamedTuple
from ..program import ModuleCall

CONTAINER = "Sequential"
"""The class of a module that holds others by number."""

LEAST_SHARE = 0.5
"""The share of equal names among all that two modules of one class have."""

MAX_CLASSES = 500

Members = Mapping[str, frozenset[str]]
"""What is in a module: the classes, and the operators, by their names without numbers."""


class ModuleClass(NamedTuple):
    """A class that was found."""

    kind: str
    members: Members


def inferred_classes(
    calls: Sequence[ModuleCall], operators: Sequence[Sequence[str]]
) -> tuple[ModuleCall, ...]:
    """Module calls with their classes.

    `operators` are those directly in each call.  A call comes after the one that it is in.
    """
    inner: list[list[int]] = [[] for _ in calls]
    for number, call in enumerate(calls):
        if call.parent is not None:
            inner[call.parent].append(number)
    kinds = [""] * len(calls)
    found: list[ModuleClass] = []
    known: dict[object, str] = {}  # the classes by all that is in a module
    for number in range(len(calls) - 1, 0, -1):
        children = [(last_word(calls[child].path), kinds[child]) for child in inner[number]]
        content = (tuple(children), tuple(operators[number]))
        kind = known.get(content)
        if kind is None:
            kind = kind_of(calls[number].path, children, operators[number], found)
            known[content] = kind
        kinds[number] = kind
    return tuple(call._replace(kind=kind) for call, kind in zip(calls, kinds, strict=True))


def last_word(path: str) -> str:
    return path.rpartition(".")[2]


def kind_of(
    path: str,
    children: Sequence[tuple[str, str]],
    operators: Sequence[str],
    found: list[ModuleClass],
) -> str:
    """The class of a module, which is put into `found` if it is a new one."""
    if not children and len(operators) == 1:
        return operators[0].rpartition(".")[2]
    if not operators and all(word.isdigit() for word, _ in children):
        return CONTAINER
    members = members_of(children, operators)
    for known in found:
        if are_alike(known.members, members):
            return known.kind
    if len(found) >= MAX_CLASSES:
        return ""
    kind = f"class{len(found)}.{class_word(path, children, operators)}"
    found.append(ModuleClass(kind, members))
    return kind


def members_of(children: Sequence[tuple[str, str]], operators: Sequence[str]) -> Members:
    members: dict[str, set[str]] = {}
    for word, kind in children:
        members.setdefault(without_number(word), set()).add(kind)
    for operator in operators:
        members.setdefault(f"operator {operator}", set()).add(operator)
    return {word: frozenset(kinds) for word, kinds in members.items()}


def without_number(word: str) -> str:
    """A name without the numbers at its end.

    >>> without_number("conv2_1"), without_number("3")
    ('conv', '')
    """
    return re.sub(r"[\d_]+[a-z]?$", "", word)


def are_alike(first: Members, second: Members) -> bool:
    """True if most names are in both, with a class in common or with a container."""
    common = first.keys() & second.keys()
    if len(common) < LEAST_SHARE * len(first.keys() | second.keys()):
        return False
    return all(first[word] & second[word] or CONTAINER in first[word] for word in common)


def class_word(path: str, children: Sequence[tuple[str, str]], operators: Sequence[str]) -> str:
    """What a class is called: as its module, or by what it is if that has only a number."""
    words = [word for word in map(without_number, path.split(".")) if word]
    if last_word(path).isdigit() and "Add" in operators and children:
        return "residual"
    return words[-1] if words else "block"
