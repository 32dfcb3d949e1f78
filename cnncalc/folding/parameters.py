"""The parameters of a block: what differs between its instances, by the fewest names.

While a value is neither the same everywhere nor an expression, one more parameter is added: an
argument of the author's own constructor if that explains most values, else the value itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ..layers import LAYERS
from ..named_tuple import NamedTuple
from .conditions import set_conditions
from .drafts import MISSING
from .expressions import Expressions, Features
from .merged import MergedStep, all_merged
from .names import parameter_name
from .slots import Slot, is_number, slots_of

AFFINITIES = {
    "out": (
        *("out", "planes", "dim", "width", "channels", "chs", "filters", "features", "c2"),
        *("cout", "hidden"),
    ),
    "kernel": ("kernel", "k", "ks"),
    "stride": ("stride", "s"),
    "groups": ("group", "g", "cardinality"),
    "padding": ("pad", "p"),
    "dilation": ("dilation", "d"),
}
"""The words in the names of constructor arguments that fit an argument."""

MANY = 1000  # parameters
RATIOS = ("expan", "ratio", "mult", "factor")


class Candidate(NamedTuple):
    """A parameter that could be added."""

    score: float
    name: str
    values: dict[int, Any]
    is_from_constructor: bool


class ParameterSearch:
    """Finds the parameters and expressions of some merged steps, and sets them.

    `instances` has for the number of each how many calls it is.  `taken` are names that a
    parameter cannot have; nor some kinds of layers.
    """

    def __init__(
        self,
        steps: Sequence[MergedStep],
        instances: Mapping[int, int],
        expressions: Expressions,
        features: Features,
        taken: Collection[str],
    ) -> None:
        self.steps = steps
        self.instances = instances
        self.expressions = expressions
        self.features = features
        self.taken = {*taken, *reserved(steps)}
        self.found: dict[int, tuple[str, Any]] = {}
        self.offered: dict[int, int] = {}  # the number of parameters that an expression is out of
        self.slots = [slot for slot in slots_of(steps) if slot.values]
        self.keys = {id(slot): slot.text for slot in self.slots}

    @property
    def values(self) -> dict[str, dict[int, Any]]:
        """The parameters by name, with their values in each instance."""
        return self.expressions.parameters

    def solve(self, most: int = MANY) -> bool:
        """Express every slot, and set the expressions and conditions of the steps.

        False, with nothing set, if that takes more than `most` parameters.
        """
        waiting = []
        for index, slot in enumerate(self.slots):
            if not self.set_constant(index, slot):
                waiting.append(index)
        first = None
        while waiting := [index for index in waiting if not self.express(index)]:
            assert waiting[0] != first, f"no parameter states {self.slots[waiting[0]].argument}"
            first = waiting[0]
            if len(self.values) == most:
                return False
            self.add([self.slots[index] for index in waiting])
        self.express_again()
        self.write()
        set_conditions(self.steps, self.instances, self.expressions, self.features, self.taken)
        self.use_ratios()
        return True

    def set_constant(self, index: int, slot: Slot) -> bool:
        """Set a slot that has one value, or the size of an input."""
        if slot.argument == "size" and slot.step.kind == "upsample" and self.express(index):
            return True
        if slot.is_constant:
            self.found[index] = ("literal", slot.first_value)
        return slot.is_constant

    def express(self, index: int) -> bool:
        """Set a slot to an expression, if there is one."""
        offer = self.expressions.find(self.slots[index])
        if offer is not None:
            self.found[index] = ("expression", offer.text)
            self.offered[index] = len(self.values)
        return offer is not None

    def express_again(self) -> None:
        """Express slots anew that were expressed before all parameters were there.

        A literal of an optional step becomes the parameter of its name that has the same value.
        """
        for index, slot in enumerate(self.slots):
            kind, value = self.found[index]
            if kind == "expression":
                if self.offered[index] < len(self.values):
                    self.express(index)
            elif len(slot.step.members) < len(self.instances) and slot.use == "argument":
                same = self.values.get(slot.argument)
                if is_number(value) and same is not None and slot.fits(same):
                    self.found[index] = ("expression", slot.argument)

    def write(self) -> None:
        """Set the expressions of the steps."""
        for index, slot in enumerate(self.slots):
            found = self.found[index]
            if slot.use == "kind":
                slot.step.kind_expression = str(found[1])
            elif slot.use == "repeat":
                slot.step.repeat_expression = found
            elif slot.use == "first":
                slot.step.first[slot.argument] = found
            else:
                slot.step.arguments[slot.argument] = found
        for step in all_merged(self.steps):
            for name in [n for n, value in step.first.items() if value == step.arguments.get(n)]:
                del step.first[name]

    def use_ratios(self) -> None:
        """`6 * in_channels` is `expand * in_channels` where a parameter `expand` is always 6."""
        for index, slot in enumerate(self.slots):
            kind, text = self.found[index]
            is_optional = len(slot.step.members) < len(self.instances)
            match = re.fullmatch(r"(\d+) \* (.+)", str(text))
            if kind != "expression" or not is_optional or match is None:
                continue
            for name in self.expressions.from_constructor:
                is_ratio = any(word in name for word in RATIOS)
                values = self.values.get(name, {})
                if is_ratio and all(values.get(n) == int(match[1]) for n in slot.values):
                    slot.step.arguments[slot.argument] = ("expression", f"{name} * {match[2]}")
                    break

    # One more parameter

    def add(self, waiting: Sequence[Slot]) -> None:
        """Add the parameter that explains most of the slots, the first one among them."""
        own = self.own_value(waiting)
        others = [
            candidate
            for name, values in self.features.items()
            if (candidate := self.constructor_argument(name, values, waiting)) is not None
        ]
        chosen = max(others, key=lambda candidate: candidate.score, default=own)
        if chosen.score < own.score - 0.05:
            chosen = own
        self.values[chosen.name] = chosen.values
        if chosen.is_from_constructor:
            self.expressions.from_constructor.add(chosen.name)

    def own_value(self, waiting: Sequence[Slot]) -> Candidate:
        """The value of the first slot as a parameter of its name."""
        slot = waiting[0]
        wanted = {"repeat": "depth", "kind": "act"}.get(slot.argument, slot.argument)
        if parameter_name(wanted, (), self.taken) in self.values and slot.step.path:
            module = re.sub(r"\W", "_", slot.step.path.rpartition(".")[2])
            wanted = f"{module}_{wanted}"
        name = parameter_name(wanted, self.values, self.taken)
        values = fullest(slot, waiting)
        self.expressions.made_for[name] = slot.argument
        # Without arguments of a constructor, there is nothing that the score is compared with.
        explained = self.explained(name, values, waiting) if self.features else ()
        return Candidate(len(explained) + 0.1, name, values, False)

    def constructor_argument(
        self, feature: str, values: Mapping[int, Any], waiting: Sequence[Slot]
    ) -> Candidate | None:
        """An argument of the constructor as a parameter; None if it does not help."""
        found = {number: values.get(number, MISSING) for number in self.instances}
        if any(value is MISSING for value in found.values()):
            return None
        if len({repr(value) for value in found.values()}) < 2:
            return None
        name = parameter_name(feature, (), self.taken)
        if name in self.values:
            return None
        self.expressions.from_constructor.add(name)
        explained = self.explained(name, found, waiting)
        self.expressions.from_constructor.discard(name)
        if not explained:
            return None
        is_exact = any(
            all(repr(found[number]) == repr(value) for number, value in slot.values.items())
            for slot in explained
        )
        affinity = affinity_of(feature.lower(), waiting[0].argument, explained)
        score = len(explained) + 0.2 + 0.5 * affinity + 0.3 * is_exact
        return Candidate(score, name, found, True)

    def explained(
        self, name: str, values: Mapping[int, Any], waiting: Sequence[Slot]
    ) -> list[Slot]:
        """The slots that have an expression with one more parameter; none if the first has not."""
        self.values[name] = dict(values)
        found: dict[str, bool] = {}
        for slot in waiting:
            key = self.keys[id(slot)]
            if key not in found:
                found[key] = self.expressions.find(slot) is not None
            if not found[key] and slot is waiting[0]:
                break
        del self.values[name]
        return [slot for slot in waiting if found.get(self.keys[id(slot)])]


def reserved(steps: Sequence[MergedStep]) -> Collection[str]:
    """The kinds of layers that a parameter cannot be called after.

    These are the kinds in the steps, and all if an operand may be a parameter: a word among
    operands is a layer.
    """
    found = list(all_merged(steps))
    if any(name.startswith("#") for step in found for name in step.one.arguments):
        return LAYERS
    return {kind for step in found for kind in step.kinds.values()}


def fullest(slot: Slot, others: Sequence[Slot]) -> dict[int, Any]:
    """The values of a slot, with those of another one of the same argument that agrees with it.

    A step that is missing in some instance leaves a gap there, which the other one may fill.
    """
    found = dict(slot.values)
    for other in others:
        is_alike = other.argument == slot.argument and other.use == slot.use
        agrees = all(other.values.get(n, value) == value for n, value in slot.values.items())
        if is_alike and agrees and len(other.values) > len(found):
            found = {**other.values, **slot.values}
    return found


def affinity_of(feature: str, argument: str, slots: Sequence[Slot]) -> int:
    """1 if the name of a constructor argument fits one of the slots; less for that of an input."""
    words: Iterator[str] = (
        word for slot in slots for word in AFFINITIES.get(slot.argument, (slot.argument,))
    )
    affinity = int(any(w == feature or (w in feature and len(feature) > 2) for w in words))
    return affinity - (feature.startswith("in") and argument == "out")
