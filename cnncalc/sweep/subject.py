"""The networks that are swept: what each axis varies, and the request that a point makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from ..datum import Datum, show
from ..document import Document
from ..expression.grammar import compile_text
from ..named_tuple import NamedTuple
from ..parser import Request
from ..problem import Refusal, suggestion
from .axis_values import Interval
from .errors import InvalidSweep
from .plan import InvalidVariant
from .space import SpacePoint

AxisValues = tuple[str, ...] | Interval
ENTRY = re.compile(r"([^\W\d]\w*)\[(\*|[0-9]{1,5})\]")
GENERAL = {"resolution": "the size of the input", "variant": "the variant of the file"}
"""The axes that every file has, unless a variable of it has the name."""


class Subject(NamedTuple):
    """The networks of a file, with some settings.

    `variables` are those of the file with the values that they have in `request`, which points
    change; `variables_in` gives those of another variant.
    """

    variables: Mapping[str, Datum]
    variants: tuple[str, ...]
    request: Request
    variables_in: Callable[[str], Mapping[str, Datum]]

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
        """The request for the variant at a point.

        Raises InvalidVariant if it changes an entry that a list of this variant does not have.
        """
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
                if variable not in lists:
                    lists[variable] = [show(one) for one in self.base(variable, point)]
                if int(index) >= len(lists[variable]):
                    count = len(lists[variable])
                    raise InvalidVariant(f"{variable} has {count} entries, counted from 0")
                lists[variable][int(index)] = text
        for variable, entries in lists.items():
            variables[variable] = f"[{', '.join(entries)}]"
        return request._replace(variables=variables)

    def base(self, variable: str, point: SpacePoint) -> tuple[Datum, ...]:
        """The entries of a list in the variant at a point, which changes some of them.

        Raises InvalidVariant if it is not a list there.
        """
        variant = point.get("variant") if "variant" not in self.variables else None
        variables = self.variables_in(variant) if variant in self.variants else self.variables
        entries = variables[variable]
        if not isinstance(entries, tuple):
            raise InvalidVariant(f"{variable} is {show(entries)}, which is not a list")
        return entries


def check_entries(axes: Collection[str], document: Document) -> None:
    """Raise InvalidSweep if an axis is an entry of a list that other axes change, too."""
    varied = {name.partition("[")[0] for name in axes}
    for name in axes:
        whole, bracket, _ = name.partition("[")
        if not bracket:
            continue
        if whole in axes:
            raise InvalidSweep(f"{whole} and {name} are both varied: omit one of both")
        for other in sorted(names_read(whole, document) & varied):
            message = f"{whole} is calculated from {other}, which is varied"
            raise InvalidSweep(f"{message}: vary {whole} instead of {name}")


def names_read(variable: str, document: Document) -> set[str]:
    """The variables that one is calculated from, in any variant."""
    found: set[str] = set()
    new = {variable}
    while new:
        name = new.pop()
        stated = (document.vars, *(variant.vars for variant in document.variants.values()))
        read = {one for own in stated if name in own for one in own[name].names}
        new |= (read & document.vars.keys()) - found
        found |= read
    return found


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
