"""Names of values: what a reference finds where it is written."""

from __future__ import annotations

from collections.abc import Iterable

from ...datum import Value as Datum
from ...document import StaticScope, Step
from ...expression.arithmetic import needed_whole
from ...expression.value import Expression, Names, Reference, Unknown
from ...layers import LAYERS
from ...network import Value
from ...problem import Refusal, did_you_mean, nearest

Flow = tuple[Value, ...] | str | None
"""What goes on from a step: its values; or why the next step must say `from`; or (None) nothing that is known."""


class Bound:
    """What a name stands for: the value at its end, what is named inside, and its rounds or parts."""

    __slots__ = ("flow", "join", "outputs", "path", "rounds", "scope")

    def __init__(self, path: str, flow: Flow, scope: Scope | None = None) -> None:
        self.path = path
        self.flow = flow
        self.scope = scope
        self.rounds: list[Bound | None] | None = None
        self.outputs: tuple[Value, ...] = ()
        self.join = 0  # the number of the repeated join in whose branches it has its name

    @property
    def stands_no_time(self) -> bool:
        """Whether it is a repeated step without a round, or with none that its `when` takes."""
        return self.rounds is not None and not any(self.rounds)


class Scope:
    """The names of one scope, and the scope around it in the same block.

    `prefix` stands before the paths of what it holds; `identity` tells which steps of which scopes use the same weights.
    """

    __slots__ = ("automatic", "identity", "left_out", "lost", "names", "parent", "prefix")

    def __init__(
        self,
        prefix: str,
        identity: str,
        parent: Scope | None,
        automatic: dict[int, str],
        lost: bool,
    ) -> None:
        self.prefix = prefix
        self.identity = identity
        self.parent = parent
        self.automatic = automatic
        self.lost = lost  # some steps could not be read: a name that is not here may be theirs
        self.names: dict[str, Bound] = {}
        self.left_out: set[str] = set()

    def bind(self, name: str, bound: Bound) -> None:
        """Give a name; it is given all the same where it raises Refusal, since a step that is taken has it."""
        earlier = self.names.get(name)
        self.names[name] = bound
        if earlier is None or earlier.stands_no_time or (bound.join and earlier.join == bound.join):
            return
        raise Refusal(
            f"`{self.prefix}{name}` is the name of two steps that are both taken",
            rule="duplicate-name",
        )

    def find(self, name: str) -> Bound | None:
        scope: Scope | None = self
        while scope is not None:
            bound = scope.names.get(name)
            if bound is not None:
                return bound
            scope = scope.parent
        return None

    def missing(self, name: str) -> Refusal | Unknown:
        """Why a name is not there."""
        if self.lost:
            return Unknown()
        scope: Scope | None = self
        known: list[str] = []
        while scope is not None:
            if name in scope.left_out:
                return Refusal(f"`{name}` was left out by its `when`", rule="unknown-reference")
            known += scope.names
            scope = scope.parent
        return Refusal(
            f"there is no `{name}` here", hint_for(name, known), rule="unknown-reference"
        )

    def resolve(self, reference: Reference, names: Names) -> tuple[Bound, bool]:
        """What a reference names, and whether it asks for all of it (`.*`).  Raises Refusal, or Unknown."""
        bound = self.find(reference.name)
        if bound is None:
            raise self.missing(reference.name)
        for part in reference.parts[1:]:
            if part == "*":
                return bound, True
            if isinstance(part, str):
                bound = inner(bound, part)
            else:
                position = (
                    needed_whole(part.run(names), "[]") if isinstance(part, Expression) else part
                )
                bound = round_of(bound, position)
        return bound, False

    def values(self, reference: Reference, names: Names) -> tuple[Value, ...]:
        """The values that a reference names.  Raises Refusal, or Unknown."""
        bound, everything = self.resolve(reference, names)
        if not everything:
            return flowing(bound)
        if bound.rounds is not None:
            found: list[Value] = []
            for entry in bound.rounds:
                if entry is not None:
                    found += flowing(entry)
        else:
            found = list(bound.outputs or flowing(bound))
        names.spend(len(found))
        return tuple(found)


def hint_for(name: str, known: Iterable[str]) -> str:
    """What to do about a name that is not there."""
    if name[-1:].isdigit() and (name.rstrip("0123456789") in LAYERS or not known):
        return "automatic names cannot be referred to: give the step a `name`"
    return (
        nearest(name, known)
        or "a reference names an earlier step, of the same scope or of one around it"
    )


def flowing(bound: Bound) -> tuple[Value, ...]:
    if bound.flow is None:
        raise Unknown
    if isinstance(bound.flow, str):
        raise Refusal(
            bound.flow, rule="unknown-reference" if bound.stands_no_time else "several-values"
        )
    return bound.flow


def inner(bound: Bound, name: str) -> Bound:
    """A named step inside."""
    if bound.scope is None:
        if bound.flow is None:
            raise Unknown
        if bound.stands_no_time:
            raise Refusal(f"`{bound.path}` has no round", rule="unknown-reference")
        raise Refusal(f"nothing inside `{bound.path}` has a name", rule="unknown-reference")
    found = bound.scope.names.get(name)
    if found is None:
        if bound.flow is None:
            raise Unknown
        if name in bound.scope.left_out:
            raise Refusal(
                f"`{bound.path}.{name}` was left out by its `when`", rule="unknown-reference"
            )
        hint = did_you_mean(name, bound.scope.names)
        raise Refusal(f"there is no `{name}` in `{bound.path}`", hint, rule="unknown-reference")
    return found


def round_of(bound: Bound, position: int) -> Bound:
    """A round of a repeated step, or one of several values."""
    if bound.rounds is not None:
        count = len(bound.rounds)
        if -count <= position < count:
            found = bound.rounds[position]
            if found is None:
                raise Refusal(
                    f"round {position} was left out by its `when`", rule="unknown-reference"
                )
            return found
        if bound.flow is None:
            raise Unknown
        known = f"the rounds are 0 to {count - 1}" if count else f"`{bound.path}` has none"
        raise Refusal(f"there is no round {position}: {known}", rule="unknown-reference")
    if bound.flow is None:
        raise Unknown
    values = bound.outputs or (
        bound.flow if isinstance(bound.flow, tuple) and len(bound.flow) > 1 else ()
    )
    if not values:
        raise Refusal(f"`{bound.path}` has no rounds or parts", rule="unknown-reference")
    if not -len(values) <= position < len(values):
        raise Refusal(
            f"there is no part {position}: `{bound.path}` has {len(values)}",
            rule="unknown-reference",
        )
    return Bound(f"{bound.path}.{position % len(values)}", (values[position],))


def automatic_names(static: StaticScope, variables: dict[str, Datum]) -> dict[int, str]:
    """The names of the steps of a scope that have none."""
    if static.cached is not None:
        return static.cached

    def kind_of(step: Step) -> str:
        value = variables.get(step.word, step.word) if step.what == "variable" else step.word
        return value if isinstance(value, str) else step.word

    return static.names(kind_of)
