"""`when`: the simplest condition that is true in the instances which have a step."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, permutations, product
from typing import Any

from ..named_tuple import NamedTuple
from .expressions import Expressions, Features
from .merged import ACTIVATIONS, MergedStep, all_merged
from .names import parameter_name
from .slots import is_number

Instances = Mapping[int, int]
"""How many calls each instance is, by its number."""

UNIT_WORDS = ("stride", "expand", "dilat", "group", "ratio", "repeat", "depth")
"""Words in the names of parameters that are compared with 1."""

ZERO_WORDS = ("ratio", "prob", "chs", "rd", "se")
NOT_WIDTHS = ("kernel", "stride", "pad", "dilat")
MAX_COMBINED_COST = 3.3
MAX_FACTOR = 16


class Test(NamedTuple):
    """A comparison, whether it holds in each instance, and how hard it is to read."""

    cost: float
    text: str
    values: Mapping[int, bool]


class Stretch(NamedTuple):
    """Consecutive steps that the same instances have, of those around them."""

    steps: list[MergedStep]
    present: frozenset[int]
    around: frozenset[int]
    is_in_branch: bool
    is_first: bool

    @property
    def wanted(self) -> dict[int, bool]:
        return {number: number in self.present for number in self.around}


def set_conditions(
    steps: Sequence[MergedStep],
    instances: Instances,
    expressions: Expressions,
    features: Features,
    taken: Collection[str],
) -> None:
    """Set `when` of the steps that some instances do not have; adds flags as parameters."""
    finder = Conditions(steps, instances, expressions, features, taken)
    stretches = list(optional_stretches(steps, frozenset(instances), False, True))
    for number, stretch in enumerate(stretches):
        text = finder.condition(stretch)
        for step in stretch.steps:
            step.when = text
            step.condition = number


def optional_stretches(
    steps: Sequence[MergedStep], around: frozenset[int], is_in_branch: bool, is_first: bool
) -> Iterator[Stretch]:
    """All stretches of optional steps, the outer ones first.

    `is_first` is true as long as the block's input is that of the step.
    """
    index = 0
    while index < len(steps):
        present = frozenset(steps[index].members)
        end = index + 1
        if present != around:
            while end < len(steps) and frozenset(steps[end].members) == present:
                end += 1
            stretch = list(steps[index:end])
            yield Stretch(stretch, present, around, is_in_branch, is_first and index == 0)
        for step in steps[index:end]:
            for branch in step.branches:
                yield from optional_stretches(branch, present, True, is_first and index == 0)
            if step.body is not None and step.kind != "for":
                yield from optional_stretches(step.body, present, is_in_branch, is_first)
        index = end


class Conditions:
    """Finds the condition of a stretch."""

    def __init__(
        self,
        steps: Sequence[MergedStep],
        instances: Instances,
        expressions: Expressions,
        features: Features,
        taken: Collection[str],
    ) -> None:
        self.instances = instances
        self.expressions = expressions
        self.features = features
        self.taken = taken
        self.stated = {
            str(value)
            for step in all_merged(steps)
            for kind, value in step.arguments.values()
            if kind == "expression"
        }

    @property
    def input_channels(self) -> str:
        """The channels of the block's input, in steps whose own input is another one."""
        return f"channels({self.expressions.input_name})"

    @property
    def parameters(self) -> dict[str, dict[int, Any]]:
        return self.expressions.parameters

    def condition(self, stretch: Stretch) -> str:
        """The condition: a flag, a comparison or two, or a new flag."""
        found = self.flag(stretch)
        if found:
            return found
        tests = [] if self.expressions.is_careful else list(self.tests(stretch))
        rule = self.shortcut_rule(tests, stretch)
        if rule:
            return rule
        offers = [test for test in tests if test.values == stretch.wanted]
        offers = offers or list(combined(tests, stretch.wanted))
        best = min(offers, key=lambda test: test.cost, default=None)
        if best and (self.has_several_calls(stretch) or best.cost < 1.5):
            return best.text
        return self.constructor_flag(stretch) or (best.text if best else self.new_flag(stretch))

    def has_several_calls(self, stretch: Stretch) -> bool:
        """True for a stretch in more calls than two, of which anything could be said."""
        return sum(self.instances[number] for number in stretch.around) > 2

    def shortcut_rule(self, tests: Sequence[Test], stretch: Stretch) -> str:
        """The rule of residual networks, if it holds: stride 1 and equal channels, or not.

        Where all instances have one of the two, a comparison alone would hold as well; the authors
        of such networks state both (He et al., arXiv:1512.03385, section 3.3).
        """
        strides = self.parameters.get("stride", {})
        varies = len({strides.get(number) for number in stretch.around}) > 1
        if not (is_shortcut(stretch) and varies and self.has_several_calls(stretch)):
            return ""
        for sign in ("==", "!="):
            stride = [test for test in tests if test.text == f"stride {sign} 1"]
            channels = [
                test
                for test in tests
                if f") {sign}" in test.text or f"_channels {sign}" in test.text
            ]
            for one, other in product(stride, channels):
                for test in combined((one, other), stretch.wanted):
                    return test.text
        return ""

    def flag(self, stretch: Stretch) -> str:
        """A parameter that is true just there, or false."""
        for name, values in self.parameters.items():
            found = {number: values.get(number) for number in stretch.around}
            if all(isinstance(value, bool) for value in found.values()):
                if found == stretch.wanted:
                    return name
                if all(found[number] != wanted for number, wanted in stretch.wanted.items()):
                    return f"not {name}"
        return ""

    # Comparisons

    def tests(self, stretch: Stretch) -> Iterator[Test]:
        numbers = {
            name: values
            for name, values in self.parameters.items()
            if all(is_number(values.get(number)) for number in stretch.around)
        }
        for name, values in numbers.items():
            if any(word in name for word in UNIT_WORDS):
                yield from comparisons(1.0, name, values, "1", 1, stretch.around)
            if any(word in name for word in ZERO_WORDS):
                found = {number: values[number] > 0 for number in stretch.around}
                yield Test(1.2, f"{name} > 0", found)
        yield from self.channel_tests(stretch, numbers)
        for (one, values), (other, others) in combinations(numbers.items(), 2):
            if "stride" not in one + other and "kernel" not in one + other:
                yield from comparisons(1.8, one, values, other, others, stretch.around)

    def channel_tests(
        self, stretch: Stretch, numbers: Mapping[str, Mapping[int, Any]]
    ) -> Iterator[Test]:
        """Comparisons of the channels of the block's input with widths in the block."""
        channels = self.expressions.channels
        if not self.expressions.input_name or any(
            channels.get(number) is None for number in stretch.around
        ):
            return
        name = "in_channels" if self.has_block_input(stretch) else self.input_channels
        own = {
            str(value)
            for step in stretch.steps
            for kind, value in step.arguments.values()
            if kind == "expression"
        }
        for text, values in self.widths(numbers, stretch.around):
            if is_shortcut(stretch) or text in own:
                yield from comparisons(1.4, name, channels, text, values, stretch.around)

    def widths(
        self, numbers: Mapping[str, Mapping[int, Any]], around: Iterable[int]
    ) -> Iterator[tuple[str, Mapping[int, Any]]]:
        """The parameters that may be widths, and the multiples of them that the block states."""
        around = list(around)
        for name, values in numbers.items():
            if any(word in name for word in NOT_WIDTHS):
                continue
            yield name, values
            for factor in range(2, MAX_FACTOR + 1):
                text = f"{factor} * {name}"
                if text in self.stated:
                    yield text, {number: factor * values[number] for number in around}

    def has_block_input(self, stretch: Stretch) -> bool:
        """True if the input of the first step is that of the block."""
        members = stretch.steps[0].members
        channels = self.expressions.channels
        return stretch.is_first and all(
            step.channels == channels.get(number) for number, step in members.items()
        )

    # Flags

    def constructor_flag(self, stretch: Stretch) -> str:
        """A flag of the constructor, or a number of it that is 1 or 0 just there."""
        for feature, values in self.features.items():
            found = {number: values.get(number) for number in stretch.around}
            if len({repr(value) for value in found.values()}) < 2:
                continue
            if all(isinstance(value, bool) for value in found.values()):
                if found == stretch.wanted:
                    return self.add(feature, values)
                if all(found[n] != wanted for n, wanted in stretch.wanted.items()):
                    return f"not {self.add(feature, values)}"
            elif all(map(is_number, found.values())):
                for limit in (1, 0):
                    if {n: value != limit for n, value in found.items()} == stretch.wanted:
                        name = self.add(feature, values)
                        self.expressions.from_constructor.add(name)
                        return f"{name} != {limit}"
        return ""

    def add(self, feature: str, values: Mapping[int, Any]) -> str:
        """Make a constructor argument a parameter."""
        name = parameter_name(feature, (), self.taken)
        if name in self.parameters:
            name = parameter_name(f"with_{name}", self.parameters, self.taken)
        self.parameters[name] = {n: whole(values.get(n)) for n in self.instances}
        return name

    def new_flag(self, stretch: Stretch) -> str:
        name = parameter_name(flag_word(stretch.steps), self.parameters, self.taken, "with_")
        self.parameters[name] = {number: stretch.wanted.get(number) for number in self.instances}
        return name


def is_shortcut(stretch: Stretch) -> bool:
    """True for a residual sum, and for steps in one of its branches."""
    return stretch.is_in_branch or (len(stretch.steps) == 1 and stretch.steps[0].kind == "add")


def comparisons(
    cost: float, one: str, values: Any, other: str, others: Any, around: Iterable[int]
) -> Iterator[Test]:
    """`one != other` and `one == other`; `others` are values, or one number."""
    equal = {
        number: values[number] == (others[number] if isinstance(others, Mapping) else others)
        for number in around
    }
    yield Test(
        cost, f"{one} != {other}", {number: not is_equal for number, is_equal in equal.items()}
    )
    yield Test(cost, f"{one} == {other}", equal)


def combined(tests: Sequence[Test], wanted: Mapping[int, bool]) -> Iterator[Test]:
    """Two comparisons with `or` or `and`."""
    for one, other in permutations(tests, 2):
        cost = one.cost + other.cost
        if cost > MAX_COMBINED_COST or one.text == other.text:
            continue
        if all((one.values[n] or other.values[n]) == value for n, value in wanted.items()):
            yield Test(cost, f"{one.text} or {other.text}", wanted)
        elif all((one.values[n] and other.values[n]) == value for n, value in wanted.items()):
            yield Test(cost, f"{one.text} and {other.text}", wanted)


def flag_word(steps: Sequence[MergedStep]) -> str:
    """The name of a flag for steps that are optional."""
    first = steps[0]
    if len(steps) == 1 and first.kind == "add":
        return "residual"
    if len(steps) == 1 and first.kind in ACTIVATIONS:
        return "act"
    words = [word for word in first.path.split(".") if word and not word.isdigit()]
    if words:
        return re.sub(r"\W", "_", words[-1])
    return f"with_{first.one.block.name}" if first.kind == "call" else first.kind


def whole(value: Any) -> Any:
    """A number without a fraction as an int."""
    is_whole = is_number(value) and float(value).is_integer()
    return int(value) if is_whole else value
