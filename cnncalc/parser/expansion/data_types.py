"""The evaluation of `dtype`."""

from __future__ import annotations

from collections.abc import Collection

from ...datum import show
from ...dtype import BITS, LISTED_WORDS, TYPES_BY_WORD, DataTypes, usual_name
from ...expression.expression import Expression, Unknown
from ...problem import Refusal, suggestion
from .evaluation import Evaluation


def evaluated_types(
    expression: Expression | None, names: Evaluation, around: DataTypes
) -> DataTypes:
    """The types that a `dtype` states; what it omits is as in the types `around` it.

    Raises Unknown if there is an error, which is reported.
    """
    if expression is None:
        return around
    if not expression.pairs:
        return TYPES_BY_WORD[evaluated_word(expression, names, TYPES_BY_WORD)]
    parts = {name: evaluated_word(part, names, BITS) for name, part in expression.pairs}
    return around._replace(**parts)


def evaluated_word(expression: Expression, names: Evaluation, words: Collection[str]) -> str:
    """The value of an expression, which must be one of these words.

    Raises Unknown if it is not, which is reported.
    """
    value = names.evaluate(expression)
    if isinstance(value, str) and value in words:
        return value
    hint = suggestion(usual_name(show(value)), [word for word in LISTED_WORDS if word in words])
    refusal = Refusal(f"expected a data type, found {show(value)}", hint, rule="bad-value")
    names.expansion.diagnostics.report(expression.span, refusal)
    raise Unknown
