"""The configuration of a layer: JSON whose entries have the types that Keras writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...named_tuple import NamedTuple
from ..bounded_json import JsonValue
from ..errors import InvalidModelFile

MAX_RANK = 64


class LayerConfig(NamedTuple):
    """The entries by name.  `place` is the layer, for messages.

    Every method raises InvalidModelFile for an entry of another type.
    """

    values: Mapping[str, JsonValue]
    place: str

    def has(self, key: str) -> bool:
        """True for an entry that is not null."""
        return self.values.get(key) is not None

    def wrong(self, key: str, expected: str) -> InvalidModelFile:
        return InvalidModelFile(f"malformed at {self.place}: `{key}` is not {expected}")

    def integer(self, key: str, default: int | None = None) -> int:
        value = self.values.get(key)
        if value is None and default is not None:
            return default
        found = whole(value)
        if found is None:
            raise self.wrong(key, "a whole number")
        return found

    def number(self, key: str, default: float) -> float:
        value = self.values.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, "a number")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, bool | int):
            raise self.wrong(key, "true or false")
        return bool(value)

    def text(self, key: str, default: str) -> str:
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.wrong(key, "a text")
        return value

    def integers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers, or one."""
        value = self.values.get(key)
        entries = value if isinstance(value, list) else [value]
        found = tuple(number for number in map(whole, entries) if number is not None)
        if len(found) != len(entries) or len(found) > MAX_RANK:
            raise self.wrong(key, "whole numbers")
        return found

    def sizes(self, key: str, axes: int, default: int = 1) -> tuple[int, ...]:
        """One number for each of some axes; a single one is for all of them."""
        if not self.has(key):
            return (default,) * axes
        found = self.integers(key)
        found = found * axes if len(found) == 1 else found
        if len(found) != axes:
            raise self.wrong(key, f"{axes} whole numbers")
        return found

    def pairs(self, key: str, axes: int) -> tuple[tuple[int, int], ...]:
        """Two numbers for each axis, written as pairs, as one number for each, or as one."""
        value = self.values.get(key)
        if axes == 1 and isinstance(value, list) and len(value) == 2:
            value = [value] if all(whole(entry) is not None for entry in value) else value
        entries = value if isinstance(value, list) else [value] * axes
        found = tuple(pair for pair in map(pair_of, entries) if pair is not None)
        if len(found) != axes or len(entries) != axes:
            raise self.wrong(key, f"{axes} pairs of whole numbers")
        return found

    def inner(self, key: str) -> LayerConfig:
        """An object."""
        value = self.values.get(key)
        if not isinstance(value, Mapping):
            raise self.wrong(key, "an object")
        return LayerConfig(value, self.place)

    def objects(self, key: str) -> Sequence[LayerConfig]:
        """A list of objects."""
        value = self.values.get(key)
        if not isinstance(value, list):
            raise self.wrong(key, "a list")
        found = [LayerConfig(entry, self.place) for entry in value if isinstance(entry, Mapping)]
        if len(found) != len(value):
            raise self.wrong(key, "a list of objects")
        return found


def whole(value: JsonValue) -> int | None:
    """A whole number, which may be written as 2.0; None for another value."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def pair_of(value: JsonValue) -> tuple[int, int] | None:
    entries = value if isinstance(value, list) else [value, value]
    numbers = [whole(entry) for entry in entries]
    if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
        return None
    return numbers[0], numbers[1]
