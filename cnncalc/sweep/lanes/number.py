"""A number that is many: one for each variant, in a numpy array.

The rules of the language and of the layers run on it unchanged, since it calculates as an int or a
float does, exactly, for each variant. A comparison gives one answer. If the variants disagree, or
if code needs one value, Disagreement is raised, and the variants are calculated apart. So code that
knows nothing of lanes is right for them: it splits more than necessary, or refuses them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from ...datum import MANY, Datum, ManyNumbers
from .arithmetic import SAFE, NumberMaker, binary, each
from .functions import FUNCTIONS
from .questions import Disagreement, NotVectorized


class Lanes(ManyNumbers):
    """Numbers, at least two of which differ: ints, or floats, never both.

    `array` has 64-bit integers, 64-bit floats, or Python's ints. All numbers are from `low` to
    `high`. `table` is that of the calculation: equal numbers are one object.
    """

    __slots__ = ("array", "high", "is_float", "low", "table")
    functions: ClassVar[Mapping[str, Callable[..., Datum]]] = FUNCTIONS

    def __init__(self, array: Any, low: float, high: float, table: NumberMaker) -> None:
        self.array = array
        self.low = low
        self.high = high
        self.table = table
        self.is_float: bool = array.dtype.kind == "f"

    def values(self) -> list[Any]:
        """The numbers as Python's own."""
        found: list[Any] = self.array.tolist()
        return found

    # One value of all

    def one(self) -> Any:
        """Raises Disagreement: at least two numbers differ."""
        raise Disagreement(self.array)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __index__(self) -> int:
        if self.is_float:
            raise TypeError("a float is not an index")
        return int(self.one())

    def __int__(self) -> int:
        return int(self.one())

    def __float__(self) -> float:
        return float(self.one())

    def __hash__(self) -> int:
        raise NotVectorized

    def __str__(self) -> str:
        return MANY

    def __format__(self, form: str) -> str:
        return MANY

    def __repr__(self) -> str:
        return f"Lanes({', '.join(map(repr, self.values()[:4]))}, ...)"

    # Arithmetic

    def __add__(self, other: Any) -> Any:
        return binary("+", self, other)

    def __radd__(self, other: Any) -> Any:
        return binary("+", other, self)

    def __sub__(self, other: Any) -> Any:
        return binary("-", self, other)

    def __rsub__(self, other: Any) -> Any:
        return binary("-", other, self)

    def __mul__(self, other: Any) -> Any:
        return binary("*", self, other)

    def __rmul__(self, other: Any) -> Any:
        return binary("*", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return binary("//", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return binary("//", other, self)

    def __mod__(self, other: Any) -> Any:
        return binary("%", self, other)

    def __rmod__(self, other: Any) -> Any:
        return binary("%", other, self)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __truediv__(self, other: Any) -> Any:
        return binary("/", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return binary("/", other, self)

    def __pow__(self, other: Any) -> Any:
        return binary("**", self, other)

    def __rpow__(self, other: Any) -> Any:
        return binary("**", other, self)

    def __neg__(self) -> Any:
        return self * -1

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self if self.low >= 0 else each(abs, self)

    def __round__(self, digits: Any = None) -> Any:
        if digits is None:
            return self.to_integers(np.rint, round)  # both round halves to even
        return each(round, self, digits)

    def __floor__(self) -> Any:
        return self.to_integers(np.floor, operator.methodcaller("__floor__"))

    def __ceil__(self) -> Any:
        return self.to_integers(np.ceil, operator.methodcaller("__ceil__"))

    def __trunc__(self) -> Any:
        return self.to_integers(np.trunc, int)

    def to_integers(self, ufunc: Callable[[Any], Any], function: Callable[[Any], int]) -> Any:
        """The numbers rounded by a function of arrays, of which `function` is that of Python."""
        if not self.is_float:
            return self
        if not (self.low > -SAFE and self.high < SAFE):
            return each(function, self)
        return self.table.number(ufunc(self.array).astype(np.int64))

    def whole(self) -> Datum | None:
        if not self.is_float:
            return self
        if not (self.low > -SAFE and self.high < SAFE):
            raise NotVectorized
        floors = np.floor(self.array)
        is_whole = self.array == floors
        if not is_whole.any():
            return None
        if not is_whole.all():
            raise Disagreement(is_whole)
        return self.table.number(floors.astype(np.int64))

    # Comparisons

    def __eq__(self, other: object) -> Any:
        return self is other or binary("==", self, other)

    def __ne__(self, other: object) -> Any:
        return self is not other and binary("!=", self, other)

    def __lt__(self, other: Any) -> Any:
        return binary("<", self, other)

    def __le__(self, other: Any) -> Any:
        return binary("<=", self, other)

    def __gt__(self, other: Any) -> Any:
        return binary(">", self, other)

    def __ge__(self, other: Any) -> Any:
        return binary(">=", self, other)
