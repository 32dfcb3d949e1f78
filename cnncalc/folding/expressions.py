"""The simplest expression that has the right value in every instance.

A relation is never taken from one instance alone, and only between values that belong together: a
stride is not a quotient of widths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

from ..named_tuple import NamedTuple
from ..shape import Shape
from .slots import Slot, is_number

FAMILIES = (
    ("stride", "s", "strides"),
    ("kernel", "k", "ks", "kernel_size"),
    ("dilation", "d", "rate"),
    ("depth", "repeat", "num", "blocks", "layers", "n"),
)
"""Words for one argument: a parameter named by one of them stands for no other argument."""

STRICT = frozenset(
    (
        *("stride", "kernel", "dilation", "multiplier", "repeat", "heads", "p", "slope"),
        *("axis", "keep", "output_padding"),
    )
)
"""Arguments that are a parameter or a literal, and not calculated."""

NOT_WIDTHS = ("kernel", "stride", "dilation", "group", "depth", "padding", "ks")
NOT_PADDINGS = ("out", "width", "plane", "chs")
DIVISORS = (2, 3, 4, 6, 8, 16, 32)
MAX_FACTOR = 64
SHAPES = frozenset(("shape", "order", "parts", "size"))

Values = Mapping[int, Any]
Features = Mapping[str, Mapping[int, Any]]
"""The constructor's arguments by name, in each instance that has them."""


class Atom(NamedTuple):
    """A name that an expression may read, with its values, and what it costs to read."""

    text: str
    values: Values
    cost: float


class Offer(NamedTuple):
    """An expression and how hard it is to read."""

    cost: float
    text: str


class Expressions:
    """Finds expressions for slots.

    `parameters` have their values in each instance (None: unknown there), `channels` are those of
    the block's input, which is called `input_name` (empty: there is none to refer to).
    `from_constructor` are the parameters that the author's own code has, and `made_for` has the
    arguments whose values became parameters.  With `is_careful`, only
    parameters themselves are found.
    """

    def __init__(
        self,
        channels: Values,
        input_name: str,
        input_shapes: Sequence[tuple[str, Mapping[int, Shape]]] = (),
        *,
        is_careful: bool = False,
    ) -> None:
        self.channels = channels
        self.input_name = input_name
        self.input_shapes = input_shapes
        self.is_careful = is_careful
        self.parameters: dict[str, dict[int, Any]] = {}
        self.from_constructor: set[str] = set()
        self.made_for: dict[str, str] = {}

    def find(self, slot: Slot) -> Offer | None:
        """The simplest expression for a slot; None if there is none."""
        if self.is_careful:
            return best(self.same_parameters(slot))
        if slot.use == "kind":
            return best(self.same_parameters(slot))
        if all(isinstance(value, bool) for value in slot.values.values()):
            return best(self.flags(slot))
        atoms = list(self.atoms(slot))
        found = best(self.names(slot, atoms))
        if found is None and slot.argument not in STRICT and slot.is_numeric:
            found = self.calculation(slot, atoms)
        if found is None and slot.argument == "size" and slot.step.kind == "upsample":
            found = best(self.sizes(slot))
        if found is None and slot.argument in SHAPES:
            found = self.by_entries(slot)
        return found

    # Names

    def atoms(self, slot: Slot) -> Iterator[Atom]:
        """The names that can be read where a slot is, with numbers in all of its instances."""
        if all(slot.channels.get(number) is not None for number in slot.values):
            yield Atom("in_channels", slot.channels, 0.5)
        if self.input_name:
            differs = any(self.channels.get(n) != slot.channels.get(n) for n in slot.values)
            known = all(self.channels.get(n) is not None for n in slot.values)
            if differs and known:
                yield Atom(f"channels({self.input_name})", self.channels, 0.9)
        for name, values in self.parameters.items():
            if all(values.get(number) is not None for number in slot.values):
                yield Atom(name, values, 0.2)

    def same_parameters(self, slot: Slot) -> Iterator[Offer]:
        for name, values in self.parameters.items():
            same_types = all(type(values.get(n)) is type(v) for n, v in slot.values.items())
            if same_types and slot.fits(values):
                yield Offer(1, name)

    def flags(self, slot: Slot) -> Iterator[Offer]:
        """A parameter that is true or false, or its opposite."""
        for name, values in self.parameters.items():
            if slot.fits(values):
                yield Offer(1, name)
            elif slot.fits({number: opposite(values.get(number)) for number in slot.values}):
                yield Offer(1.5, f"not {name}")

    def names(self, slot: Slot, atoms: Sequence[Atom]) -> Iterator[Offer]:
        for atom in atoms:
            is_own = self.made_for.get(atom.text) == slot.argument
            is_other = is_channels(atom) or not are_related(slot.argument, atom.text)
            if slot.argument in STRICT and is_other and not is_own:
                continue
            if slot.fits(atom.values):
                yield Offer(1 + atom.cost, atom.text)

    # Calculations

    def calculation(self, slot: Slot, atoms: Sequence[Atom]) -> Offer | None:
        """The simplest calculation with one or two names."""
        numbers = numbers_for(slot, atoms)
        if not numbers:
            return None
        points = count_points(slot, atoms)
        return best(calculated(slot, numbers, points)) or best(self.products(slot, numbers, points))

    def products(self, slot: Slot, numbers: Sequence[Atom], points: int) -> Iterator[Offer]:
        """Two names: groups * width, dilation * (kernel // 2)."""
        for one, other in permutations(numbers, 2):
            if not may_be_product(slot, one.values, other.values):
                continue
            pairs = {n: (one.values[n], other.values[n]) for n in slot.values}
            if len(set(pairs.values())) < 2:
                continue
            cost = one.cost + other.cost
            if slot.argument == "padding":
                is_half = slot.fits({n: a * (b // 2) for n, (a, b) in pairs.items()})
                if is_half and "kernel" in other.text and "dilat" in one.text:
                    yield Offer(3 + cost, f"{one.text} * ({other.text} // 2)")
                continue
            if points < 3 and not {one.text, other.text} & self.from_constructor:
                continue
            if one.text < other.text and slot.fits({n: a * b for n, (a, b) in pairs.items()}):
                yield Offer(3 + cost, f"{one.text} * {other.text}")
            divides = all(b > 1 for _, b in pairs.values())
            if divides and slot.fits({n: a // b for n, (a, b) in pairs.items()}):
                yield Offer(3.2 + cost, f"{one.text} // {other.text}")

    def sizes(self, slot: Slot) -> Iterator[Offer]:
        """The spatial sizes of an input of the block."""
        for name, shapes in self.input_shapes:
            if all(
                number in shapes and compact(value) == compact(shapes[number].spatial)
                for number, value in slot.values.items()
            ):
                yield Offer(1, f"size({name})")

    def by_entries(self, slot: Slot) -> Offer | None:
        """A list whose entries are expressions, with one -1 in a shape."""
        values = list(slot.values.values())
        if not all(isinstance(value, tuple) for value in values):
            return None
        for name, shapes in self.input_shapes:
            if slot.argument == "shape" and slot.fits({n: tuple(s) for n, s in shapes.items()}):
                return Offer(2, f"shape({name})")
        if len({len(value) for value in values}) != 1:
            return None
        entries = [
            slot._replace(argument="", values={n: value[place] for n, value in slot.values.items()})
            for place in range(len(values[0]))
        ]
        texts = [self.entry(entry) for entry in entries]
        unknown = 1 if slot.step.kind == "reshape" and len(texts) > 1 else 0
        if texts.count("") > unknown:
            for place, text in enumerate(texts):
                texts[place] = text or self.size_entry(entries[place], texts[:place])
        if texts.count("") == 1 and not texts[-1] and are_all_channels(slot):
            texts[-1] = " - ".join(["in_channels", *map(as_term, texts[:-1])])
        if texts.count("") > unknown:
            return None
        return Offer(4, f"[{', '.join(text or '-1' for text in texts)}]")

    def size_entry(self, slot: Slot, before: Sequence[str]) -> str:
        """An entry as a part of a size of the step's input, or of one of the block's.

        Of two axes that are equal, it is the one that no entry before it states.
        """
        members = {number: slot.step.members[number] for number in slot.values}
        own = {n: member.input_shape for n, member in members.items() if member.repeat == 1}
        found = list(axes_of(slot, "in_size", own))
        for name, shapes in self.input_shapes:
            found = found or list(axes_of(slot, f"size({name})", shapes))
        return next((text for text in found if text not in before), found[0] if found else "")

    def entry(self, slot: Slot) -> str:
        """One entry of a list; empty if there is no expression for it."""
        if slot.is_constant:
            return str(slot.first_value)
        found = self.find(slot)
        return found.text if found else ""


def as_term(text: str) -> str:
    """An expression that can be subtracted."""
    return f"({text})" if " + " in text or " - " in text else text


def are_all_channels(slot: Slot) -> bool:
    """Whether the sizes of parts add up to the channels of the step's input in every instance."""
    return slot.argument == "parts" and all(
        sum(sizes) == slot.channels.get(number) for number, sizes in slot.values.items()
    )


def axes_of(slot: Slot, name: str, shapes: Mapping[int, Shape | None]) -> Iterator[str]:
    """An entry as a size of a value, or a part of one."""
    spatial = [shape.spatial for n in slot.values if (shape := shapes.get(n)) is not None]
    if len(spatial) < len(slot.values) or len(set(map(len, spatial))) > 1:
        return
    if not slot.is_numeric or min(slot.values.values()) < 1:
        return
    for axis, sizes in enumerate(zip(*spatial, strict=True)):
        parts = {size / value for size, value in zip(sizes, slot.values.values(), strict=True)}
        part = parts.pop()
        if not parts and part.is_integer():
            yield f"{name}[{axis}]" if part == 1 else f"{name}[{axis}] // {int(part)}"


def best(offers: Iterator[Offer]) -> Offer | None:
    """The expression that is easiest to read."""
    return min(offers, key=lambda offer: offer.cost, default=None)


def opposite(value: Any) -> Any:
    """The opposite of true and false; any other value itself."""
    return not value if isinstance(value, bool) else value


def is_channels(atom: Atom) -> bool:
    """True for the channels of an input."""
    return atom.text == "in_channels" or atom.text.startswith("channels(")


def are_related(argument: str, name: str) -> bool:
    """True if a parameter of that name may stand for an argument."""
    for words in FAMILIES:
        is_mine = argument in words
        is_theirs = any(name == word or (len(word) > 2 and word in name) for word in words)
        if is_mine or is_theirs:
            return is_mine and is_theirs
    return True


def numbers_for(slot: Slot, atoms: Sequence[Atom]) -> list[Atom]:
    """The names that a calculation for this argument may read."""
    excluded: Sequence[str] = ()
    if slot.argument == "out":
        excluded = NOT_WIDTHS
    elif slot.argument == "padding":
        excluded = NOT_PADDINGS
    return [
        atom
        for atom in atoms
        if all(is_number(atom.values[number]) for number in slot.values)
        and not any(word in atom.text for word in excluded)
        and not (slot.argument == "padding" and is_channels(atom))
    ]


def count_points(slot: Slot, atoms: Sequence[Atom]) -> int:
    """How many different combinations of values the instances have."""
    known = [atom.values for atom in atoms]
    return len({repr(([v.get(n) for v in known], value)) for n, value in slot.values.items()})


def calculated(slot: Slot, numbers: Sequence[Atom], points: int) -> Iterator[Offer]:
    """One name and one number: 4 * planes, kernel // 2, make_divisible(out // 4)."""
    for atom in numbers:
        values = atom.values
        if len({values[number] for number in slot.values}) < 2:
            continue  # what one value has in common with another is a coincidence
        factor = common_factor(slot, atom)
        if factor is not None:
            yield Offer(2 + atom.cost, f"{factor} * {atom.text}")
        for divisor in DIVISORS if slot.argument != "padding" else (2,):
            if fits_part(slot, values, divisor):
                cost = 2 + atom.cost + (0.1 if divisor > 4 else 0)
                yield Offer(cost, f"{atom.text} // {divisor}")
        if slot.argument in ("out", "") and points >= 4:
            yield from rounded(slot, atom)


def fits_part(slot: Slot, values: Values, divisor: int) -> bool:
    """True if a part of these values is that of the slot in every instance."""
    return slot.fits_each(lambda number: values[number] // divisor)


def may_be_product(slot: Slot, ones: Values, others: Values) -> bool:
    """False if the first value is none of the calculations with two names."""
    number, value = next(iter(slot.values.items()))
    one, other = ones[number], others[number]
    return value in (one * other, one * (other // 2)) or (other > 1 and value == one // other)


def common_factor(slot: Slot, atom: Atom) -> int | None:
    """The whole number that a name is multiplied by in all instances."""
    if not all(atom.values[number] for number in slot.values):
        return None
    ratios = {value / atom.values[number] for number, value in slot.values.items()}
    ratio = ratios.pop()
    if ratios or ratio != int(ratio) or not 1 < ratio <= MAX_FACTOR:
        return None
    return int(ratio)


def rounded(slot: Slot, atom: Atom) -> Iterator[Offer]:
    """A part of a width, rounded to a multiple of 8."""
    for divisor in (2, 4, 8, 16):
        if fits_rounded(slot, atom.values, divisor):
            yield Offer(3.5 + atom.cost, f"make_divisible({atom.text} // {divisor})")


def fits_rounded(slot: Slot, values: Values, divisor: int) -> bool:
    """True if a rounded part of these values is that of the slot in every instance."""
    return slot.fits_each(lambda number: make_divisible(values[number] // divisor))


def make_divisible(value: float, divisor: int = 8) -> int:
    """The function of the language (Sandler et al., MobileNetV2, their reference code)."""
    rounded_value = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded_value + divisor if rounded_value < 0.9 * value else rounded_value


def compact(value: Any) -> Any:
    """One number if all entries are equal, else all of them."""
    entries = tuple(value) if isinstance(value, tuple | list) else (value,)
    return entries[0] if len(set(entries)) == 1 else entries
