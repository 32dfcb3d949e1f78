"""Operations on numbers that are known, such as the sizes of a tensor."""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import prod

from ...errors import Unsupported
from ..config import MAX_RANK
from ..context import KnownValue, LayerCall, ViewArgument, views_in
from ..model import KerasSlice
from .operation_arguments import argument, given_operands, is_operation, operation_key

Number = int | float
MOST = 2**63
"""The bound of numbers: they are sizes."""


def is_known(call: LayerCall) -> bool:
    """True for an operation without a tensor among its arguments."""
    given = [*call.arguments, *call.keywords.values()]
    return is_operation(call.layer) and not views_in(given)


def known_results(call: LayerCall) -> list[KnownValue]:
    """The results of an operation on numbers.  Raises Unsupported."""
    key = operation_key(call.layer)
    if key == "unstack":
        return [KnownValue(number) for number in numbers_of(first(call))]
    if key == "einsum":
        raise Unsupported("Keras 2 does not write its operands to the file")
    if key not in FUNCTIONS:
        raise Unsupported("without a tensor of the model")
    return [KnownValue(bounded(FUNCTIONS[key](call)))]


def shape(call: LayerCall) -> KnownValue:
    return KnownValue(list(call.sizes(call.view)))


def bounded(value: ViewArgument) -> ViewArgument:
    """A number or a short list of numbers.  Raises Unsupported for another value."""
    if len(numbers_of(value)) > MAX_RANK:
        raise Unsupported("more numbers than a tensor has axes")
    return value


def first(call: LayerCall) -> ViewArgument:
    return call.arguments[0] if call.arguments else None


def numbers_of(value: ViewArgument) -> list[Number]:
    """A number or nested lists of numbers as one list.  Raises Unsupported for another value."""
    if isinstance(value, list):
        return [number for entry in value for number in numbers_of(entry)]
    if isinstance(value, int | float) and -MOST < value < MOST:
        return [value]
    raise Unsupported("a value that is not a size")


def calculated(function: Callable[[Number, Number], Number]) -> Callable[[LayerCall], ViewArgument]:
    """The function of two operands, of which one may be a list."""

    def result(call: LayerCall) -> ViewArgument:
        given = given_operands(call)
        if len(given) != 2:
            raise Unsupported("not of two operands")
        left, right = map(numbers_of, given)
        length = max(len(left), len(right))
        if {len(left), len(right)} - {1, length}:
            raise Unsupported("operands of different sizes")
        try:
            pairs = zip(left * (length // len(left)), right * (length // len(right)), strict=True)
            found: list[ViewArgument] = [function(*pair) for pair in pairs]
        except ArithmeticError:
            raise Unsupported("a division by zero") from None
        return found if any(isinstance(operand, list) for operand in given) else found[0]

    return result


def item(call: LayerCall) -> ViewArgument:
    """A number, or some, of a list."""
    values = numbers_of(first(call))
    given = argument(call, ("slice_spec",), 0)
    entry = given[0] if isinstance(given, list) and len(given) == 1 else given
    if isinstance(entry, KerasSlice) and entry.step != 0:
        return list(values[entry.python])
    if not isinstance(entry, int) or not -len(values) <= entry < len(values):
        raise Unsupported("an index that is not written in the file")
    return values[entry]


def listed(call: LayerCall) -> ViewArgument:
    return list(numbers_of(first(call)))


def product(call: LayerCall) -> ViewArgument:
    return prod(numbers_of(first(call)))


def cast(call: LayerCall) -> ViewArgument:
    """The numbers, as whole ones if the type has only these."""
    value = first(call)
    kind = str(argument(call, ("dtype",), 0)).lower()
    if "int" not in kind:
        return value
    numbers: list[ViewArgument] = [int(number) for number in numbers_of(value)]
    return numbers if isinstance(value, list) else numbers[0]


FUNCTIONS: dict[str, Callable[[LayerCall], ViewArgument]] = {
    "add": calculated(operator.add),
    **dict.fromkeys(("sub", "subtract"), calculated(operator.sub)),
    **dict.fromkeys(("mul", "multiply"), calculated(operator.mul)),
    **dict.fromkeys(("div", "divide", "truediv"), calculated(operator.truediv)),
    **dict.fromkeys(("floordiv", "floordivide"), calculated(operator.floordiv)),
    "maximum": calculated(max),
    "minimum": calculated(min),
    "getitem": item,
    **dict.fromkeys(("stack", "concat"), listed),
    "reduceprod": product,
    **dict.fromkeys(("cast", "converttotensor", "identity"), cast),
}
"""By the name without underscores, in lower case."""
