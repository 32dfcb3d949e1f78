"""The networks that are swept: what each axis varies, and the request that a point makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from ..datum import Datum, show
from ..expression.grammar import compile_text
from ..named_tuple import NamedTuple
from ..parser import Request
from ..problem import Refusal, suggestion
from .axis_values import Interval
from .errors import InvalidSweep
from .space import SpacePoint

AxisValues = tuple[str, ...] | Interval
ENTRY = re.compile(r"([^\W\d]\w*)\[(\*|[0-9]{1,5})\]")
GENERAL = {"resolution": "the size of the input", "variant": "the variant of the file"}
"""The axes that every file has, unless a variable of it has the name."""


class Subject(NamedTuple):
    """The networks of a file, with some settings.

    `variables` are those of the file with the values that they have in `request`, which points
    change.
    """

    variables: Mapping[str, Datum]
    variants: tuple[str, ...]
    request: Request

    def axes(self, axes: Mapping[str, AxisValues]) -> dict[str, AxisValues]:
        """The axes with one for each entry instead of `name[*]`.

        Raises InvalidSweep if the file has nothing of an axis's name.
        """
        found: dict[str, AxisValues] = {}
        for name, values in axes.items():
            if name.partition("[")[0] in self.request.variables:
                raise InvalidSweep(f"{name} is varied and set: omit one of both")
            for one in self.names(name):
                if one in found:
                    raise InvalidSweep(f"{one} is given twice")
                found[one] = values
        return found

    def check_values(self, axes: Mapping[str, AxisValues]) -> None:
        """Raise InvalidSweep for a value that no variant could have."""
        for name, values in axes.items():
            for text in () if isinstance(values, Interval) else values:
                if name == "variant" and name not in self.variables:
                    self.check_variant(text)
                else:
                    check_value(name, text)

    def check_variant(self, name: str) -> None:
        if name not in self.variants:
            hint = suggestion(name, self.variants, "the file has no variants")
            raise InvalidSweep(f"there is no variant `{name}`: {hint}")

    def names(self, axis: str) -> list[str]:
        """The axes that a name stands for.  Raises InvalidSweep if there is none."""
        if axis in self.variables or axis in GENERAL:
            return [axis]
        entry = ENTRY.fullmatch(axis)
        if not entry or entry[1] not in self.variables:
            known = suggestion(entry[1] if entry else axis, [*self.variables, *GENERAL])
            raise InvalidSweep(f"the file has no variable `{axis}`: {known}")
        name, index = entry[1], entry[2]
        entries = self.variables[name]
        if not isinstance(entries, tuple):
            raise InvalidSweep(f"{axis}: {name} is {show(entries)}, which is not a list")
        if index == "*":
            return [f"{name}[{number}]" for number in range(len(entries))]
        if int(index) >= len(entries):
            raise InvalidSweep(f"{axis}: {name} has {len(entries)} entries, counted from 0")
        return [axis]

    def request_of(self, point: SpacePoint) -> Request:
        """The request for the variant at a point."""
        variables = dict(self.request.variables)
        lists: dict[str, list[str]] = {}
        request = self.request
        for name, text in point.items():
            if name in self.variables:
                variables[name] = text
            elif name in GENERAL:
                request = WITH[name](request, text)
            else:
                variable, _, index = name[:-1].partition("[")
                entries = lists.setdefault(variable, [show(one) for one in self.base(variable)])
                entries[int(index)] = text
        for variable, entries in lists.items():
            variables[variable] = f"[{', '.join(entries)}]"
        return request._replace(variables=variables)

    def base(self, variable: str) -> tuple[Datum, ...]:
        """The entries of a list before a point changes some of them."""
        entries: tuple[Datum, ...] = self.variables[variable]
        return entries


def check_entries(axes: Collection[str]) -> None:
    """Raise InvalidSweep if a list is varied and one of its entries, too."""
    for name in axes:
        whole, bracket, _ = name.partition("[")
        if bracket and whole in axes:
            raise InvalidSweep(f"{whole} and {name} are both varied: omit one of both")


def check_value(axis: str, text: str) -> None:
    """Raise InvalidSweep for a text that is not a value of the language."""
    try:
        compile_text(text)
    except Refusal as refusal:
        raise InvalidSweep(f"{axis}: {refusal.message}") from None


WITH: dict[str, Callable[[Request, str], Request]] = {
    "resolution": lambda request, text: request._replace(resolution=text),
    "variant": lambda request, text: request._replace(variant=text),
}
