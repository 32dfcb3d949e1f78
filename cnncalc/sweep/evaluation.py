"""The values of texts that state an axis or a cell of a table."""

from __future__ import annotations

from functools import lru_cache

from ..datum import Datum
from ..expression.expression import Unknown
from ..expression.grammar import compile_text
from ..problem import Refusal
from .condition import VariantValues


@lru_cache(maxsize=4096)
def evaluated(text: str) -> Datum:
    """The value of a text as a file would state it; the text itself if it is not one.

    >>> evaluated("0.50"), evaluated("[1, 2]"), evaluated("silu"), evaluated("")
    (0.5, (1, 2), 'silu', None)
    """
    if not text:
        return None
    try:
        return compile_text(text).run(VariantValues({}))
    except (Refusal, Unknown):
        return text
