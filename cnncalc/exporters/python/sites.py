"""Where a part of a file is expanded, and the values that run through it there.

A block is translated once for all of its calls, and the steps of a loop once for all iterations.
Each of these is a site: every expression that is written is checked at all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from ...datum import Datum
from ...document import Step
from ...named_tuple import NamedTuple
from ...network import Value
from ...parser.expansion.trace import TracedStep
from ...shape import Shape
from ..errors import NotStated


class Site:
    """One expansion of some steps, with those in their groups and branches.

    `names` are the values of the names of the code there; `parent` is the site around an iteration.
    """

    __slots__ = ("names", "occurrences", "parent")

    def __init__(
        self, names: dict[str, Datum], occurrences: Iterable[TracedStep], parent: Site | None = None
    ) -> None:
        self.names = names
        self.parent = parent
        self.occurrences: dict[int, list[TracedStep]] = {}
        for occurrence in occurrences:
            self.add(occurrence)

    @classmethod
    def of_iteration(cls, names: dict[str, Datum], occurrence: TracedStep, parent: Site) -> Site:
        """The site of one iteration of a step."""
        site = cls(names, (), parent)
        site.occurrences[occurrence.step.number] = [occurrence]
        for inner in occurrence.inner if not occurrence.block else ():
            site.add(inner)
        return site

    @classmethod
    def around(cls, names: dict[str, Datum], parent: Site) -> Site:
        """The same steps as at another site, for code inside of the code there."""
        site = cls(names, (), parent)
        site.occurrences = parent.occurrences
        return site

    def add(self, occurrence: TracedStep) -> None:
        """Add a step and those inside of it, unless it has iterations or is a call."""
        step = occurrence.step
        self.occurrences.setdefault(step.number, []).append(occurrence)
        if occurrence.block or step.repeat or step.bindings or step.across:
            return
        for inner in occurrence.inner:
            self.add(inner)

    def all_of(self, step: Step) -> list[TracedStep]:
        """The occurrences of a step: one for each iteration."""
        return self.occurrences.get(step.number, [])

    def one_of(self, step: Step) -> TracedStep:
        """The only occurrence of a step.  Raises NotStated if there are more."""
        found = self.all_of(step)
        if len(found) != 1:
            raise NotStated("a step that has another number of occurrences")
        return found[0]


Sites = Sequence[Site]

Known = TypeVar("Known")
"""What is known of a value at a site."""


class Variable:
    """A value in generated code; `hint` is its name if it needs one of its own.

    A value that `is_shared` is the same for all samples, and has a batch of one.  One that
    `is_named` always has a name of its own; one that `is_list` is given to calls as `*name`.
    """

    __slots__ = ("hint", "is_list", "is_named", "is_shared")

    def __init__(
        self,
        hint: str,
        *,
        is_shared: bool = False,
        is_named: bool = False,
        is_list: bool = False,
    ) -> None:
        self.hint = hint
        self.is_shared = is_shared
        self.is_named = is_named
        self.is_list = is_list


class Channels(NamedTuple):
    """An expression for a number of channels, and the state of `channels` for which it holds.

    The generated code may have a variable `channels` that changes from module to module.
    """

    text: str
    version: int = 0


class ValueFlow:
    """A value that runs through the steps: its variable, and what it is at each site.

    A list of values has these as `entries` at each site; its `channels` are those of all together,
    and `each` is the expression for a tuple of those of each, "" if there is none.
    """

    __slots__ = ("channels", "each", "entries", "values", "variable")

    def __init__(
        self, variable: Variable, values: dict[Site, Value], channels: Channels | None
    ) -> None:
        self.variable = variable
        self.values = values
        self.channels = channels
        self.entries: dict[Site, tuple[Value, ...]] | None = None
        self.each = ""

    def all_at(self, site: Site) -> tuple[Value, ...]:
        """The values at a site: one, or those of a list."""
        return (self.at(site),) if self.entries is None else self.known(self.entries, site)

    def at(self, site: Site) -> Value:
        """The value at a site, or at the one around it.  Raises NotStated if there is none."""
        return self.known(self.values, site)

    def known(self, values: Mapping[Site, Known], site: Site) -> Known:
        """What is known of a site, or of the one around it.  Raises NotStated if nothing is."""
        found: Site | None = site
        while found is not None:
            if found in values:
                return values[found]
            found = found.parent
        raise NotStated(f"{self.variable.hint} has no value here")

    def shape(self, site: Site) -> Shape:
        return self.at(site).shape


Flows = tuple[ValueFlow, ...]


class Binding:
    """What a name refers to: values, names inside, and the list of all iterations."""

    __slots__ = ("flows", "inner", "iterations")

    def __init__(
        self,
        flows: Flows,
        inner: dict[str, Binding] | None = None,
        iterations: Collected | None = None,
    ) -> None:
        self.flows = flows
        self.inner = inner or {}
        self.iterations = iterations


class Collected(NamedTuple):
    """A list of one value for each iteration: its variable, and its values at each site.

    `channels` is an expression for the channels of all values together, `each` one for a tuple of
    those of each.
    """

    variable: Variable
    values: Mapping[Site, Sequence[Value]]
    channels: str = ""
    each: str = ""
    inner: dict[str, Collected] = {}  # noqa: RUF012 - never changed
