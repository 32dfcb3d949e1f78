"""Names of steps and values, and the resolution of references to them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...expression.arithmetic import required_whole
from ...expression.expression import Expression, Names, Reference, Unknown
from ...layers import LAYERS
from ...limits import MAX_ENTRIES_PER_STEP
from ...network import Value
from ...problem import Refusal, did_you_mean, nearest

Flow = tuple[Value, ...] | str | None
"""The values that a step passes on to the next one.

A text states why the next step needs a `from`; None means that the values are not known, because of
an error that was reported.
"""


class SkippedStep(Refusal):
    """A step that a reference names is skipped by its `when`."""


class StepResult:
    """The result of a step: its values, and the names and iterations inside it.

    `running` means that more iterations follow: a reference is inside of one of them.
    `outputs` are the values of a layer that has several, `join` is the number of the repeated join
    in whose branches the name is given (0 elsewhere).
    """

    iterations: list[StepResult | None] | None = None
    outputs: tuple[Value, ...] = ()
    join = 0
    running = False

    def __init__(self, path: str, flow: Flow, scope: Scope | None = None) -> None:
        self.path = path
        self.flow = flow
        self.scope = scope

    @property
    def never_runs(self) -> bool:
        """True for a repeated step with no iterations, or with skipped ones only."""
        return self.iterations is not None and not self.running and not any(self.iterations)


class Scope:
    """The names of one scope, and the enclosing scope in the same block.

    `prefix` begins the paths of its steps.  `identity` identifies the scope where weights are
    shared.  `incomplete` means that steps of the file could not be read: a name that is missing
    may be theirs.
    """

    __slots__ = (
        "automatic",
        "identity",
        "incomplete",
        "names",
        "parent",
        "prefix",
        "running",
        "skipped",
    )

    def __init__(
        self,
        prefix: str,
        identity: str,
        parent: Scope | None,
        automatic: dict[int, str],
        incomplete: bool,
    ) -> None:
        self.prefix = prefix
        self.identity = identity
        self.parent = parent
        self.automatic = automatic
        self.incomplete = incomplete
        self.names: dict[str, StepResult] = {}
        self.running: dict[str, StepResult] = {}
        self.skipped: set[str] = set()

    @property
    def outermost(self) -> Scope:
        """The scope of the whole block call or network, in which a tag is one set of weights."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def bind(self, name: str, result: StepResult) -> None:
        """Give a name to a result.

        Raises Refusal if another active step has the name; the new one has it nevertheless.
        """
        earlier = self.names.get(name)
        self.names[name] = result
        if earlier is None or earlier.never_runs:
            return
        if result.join and earlier.join == result.join:
            return
        message = f"two active steps are both named `{self.prefix}{name}`"
        raise Refusal(message, rule="duplicate-name")

    def find(self, name: str) -> StepResult | None:
        """The result of this name in this scope or an enclosing one."""
        scope: Scope | None = self
        while scope is not None:
            result = scope.running.get(name) or scope.names.get(name)
            if result is not None:
                return result
            scope = scope.parent
        return None

    def missing(self, name: str) -> Refusal | Unknown:
        """The reason that a name is not found."""
        if self.incomplete:
            return Unknown()
        if any(name in scope.skipped for scope in self.enclosing()):
            return Refusal(f"`{name}` is skipped by its `when`", rule="unknown-reference")
        message = f"there is no `{name}` in this scope"
        hint = partial(missing_hint, name, self)
        return Refusal(message, hint, rule="unknown-reference")

    def enclosing(self) -> Iterator[Scope]:
        """This scope and those around it in the same block, from the innermost."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def resolve(self, reference: Reference, names: Names) -> tuple[StepResult, bool]:
        """The result that a reference names, and whether it selects all its values (`.*`).

        Raises Refusal if there is none, Unknown if that depends on an earlier error.
        """
        result = self.find(reference.name)
        if result is None:
            raise self.missing(reference.name)
        if len(reference.parts) > 1:
            names.spend(len(reference.parts) // MAX_ENTRIES_PER_STEP)
        before, everything, _ = split_at_star(reference)
        return part_of(result, before, names), everything

    def values(self, reference: Reference, names: Names) -> tuple[Value, ...]:
        """The values that a reference names.  Raises Refusal and Unknown as `resolve` does."""
        result, everything = self.resolve(reference, names)
        if not everything:
            return required_values(result)
        *_, after = split_at_star(reference)
        if result.iterations is not None:
            found: list[Value] = []
            names.spend(len(after) * len(result.iterations))
            for iteration in result.iterations:
                if iteration is not None:
                    found += values_inside(iteration, after, names)
        elif after:
            message = f"`{result.path}` has no iterations"
            raise Refusal(message, "`name.*.inner` needs them", rule="unknown-reference")
        else:
            found = list(result.outputs or required_values(result))
        names.spend(len(found))
        return tuple(found)


Parts = tuple[str | int | Expression, ...]


def split_at_star(reference: Reference) -> tuple[Parts, bool, Parts]:
    """The parts of a reference before its `*`, without the name; whether it has one; the others."""
    parts = reference.parts
    if "*" not in parts:
        return parts[1:], False, ()
    position = parts.index("*")
    return parts[1:position], True, parts[position + 1 :]


def part_of(result: StepResult, parts: Parts, names: Names) -> StepResult:
    """The result inside another that the parts of a reference select, one after the other."""
    for part in parts:
        if isinstance(part, str):
            result = inner_result(result, part)
        elif isinstance(part, Expression):
            result = item_of(result, required_whole(part.run(names), "[]"))
        else:
            result = item_of(result, part)
    return result


def values_inside(iteration: StepResult, parts: Parts, names: Names) -> tuple[Value, ...]:
    """The values inside an iteration; none if their step is skipped by its `when`."""
    if not parts:
        return required_values(iteration)
    try:
        return required_values(part_of(iteration, parts, names))
    except SkippedStep:
        return ()


def missing_hint(name: str, scope: Scope) -> str:
    """The hint for a name that is not found in a scope."""
    known = [known for scope in scope.enclosing() for known in scope.names]
    if name[-1:].isdigit() and (name.rstrip("0123456789") in LAYERS or not known):
        return "automatic names cannot be referred to: give the step a `name`"
    otherwise = "a reference names an earlier step of the same scope or of an enclosing one"
    return nearest(name, known) or otherwise


def required_values(result: StepResult) -> tuple[Value, ...]:
    """The values of a result.  Raises Refusal or Unknown if there are none."""
    if result.flow is None:
        raise Unknown
    if isinstance(result.flow, str):
        rule = "unknown-reference" if result.never_runs else "several-values"
        raise Refusal(result.flow, rule=rule)
    return result.flow


def inner_result(result: StepResult, name: str) -> StepResult:
    """The step of this name inside another.  Raises Refusal or Unknown."""
    if result.scope is None:
        if result.flow is None:
            raise Unknown
        if result.never_runs:
            raise Refusal(f"`{result.path}` has no iterations", rule="unknown-reference")
        raise Refusal(f"no step inside `{result.path}` has a name", rule="unknown-reference")
    found = result.scope.names.get(name)
    if found is not None:
        return found
    if result.flow is None:
        raise Unknown
    path = f"{result.path}.{name}"
    if name in result.scope.skipped:
        raise SkippedStep(f"`{path}` is skipped by its `when`", rule="unknown-reference")
    hint = partial(did_you_mean, name, result.scope.names)
    raise Refusal(f"there is no `{name}` in `{result.path}`", hint, rule="unknown-reference")


def item_of(result: StepResult, position: int) -> StepResult:
    """An iteration of a repeated step, or one of several values.  Raises Refusal or Unknown."""
    if result.iterations is not None:
        return iteration_of(result, result.iterations, position)
    if result.flow is None:
        raise Unknown
    several = isinstance(result.flow, tuple) and len(result.flow) > 1
    values = result.outputs or (result.flow if several else ())
    if not values:
        message = f"`{result.path}` has neither iterations nor several values"
        raise Refusal(message, rule="unknown-reference")
    count = len(values)
    if not -count <= position < count:
        message = f"there is no value {position}: `{result.path}` has {count}"
        raise Refusal(message, rule="unknown-reference")
    value = values[position]
    assert not isinstance(value, str)
    return StepResult(f"{result.path}.{position % count}", (value,))


def iteration_of(
    result: StepResult, iterations: list[StepResult | None], position: int
) -> StepResult:
    """An iteration of a repeated step.  Raises Refusal or Unknown."""
    count = len(iterations)
    if result.running and not 0 <= position < count:
        ran = f"only 0 to {count - 1} have" if count else "this is the first one"
        message = f"iteration {position} of `{result.path}` has not run yet here: {ran}"
        hint = "inside a repeated step, iterations are counted from 0 to the one before this one"
        raise Refusal(message, hint, rule="unknown-reference")
    if -count <= position < count:
        found = iterations[position]
        if found is None:
            message = f"iteration {position} is skipped by its `when`"
            raise SkippedStep(message, rule="unknown-reference")
        return found
    if result.flow is None:
        raise Unknown
    known = f"0 to {count - 1}" if count else "none"
    message = f"there is no iteration {position}: the step has {known}"
    raise Refusal(message, rule="unknown-reference")
