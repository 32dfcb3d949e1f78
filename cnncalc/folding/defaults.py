"""The defaults of a block's parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .drafts import MISSING
from .slots import is_number

USUAL_DEFAULTS = {"kernel": 1, "stride": 1, "padding": 0, "groups": 1, "dilation": 1}
NEUTRAL = (0, 1)
"""The numbers that change nothing: others are defaults only if some instance has no value."""


def default_values(
    parameters: Mapping[str, Mapping[int, Any]], instances: Mapping[int, int]
) -> Iterator[tuple[str, Any]]:
    """Each parameter with its default: its most frequent value if that is what one expects.

    `instances` has for the number of each instance how many calls it is.
    """
    for name, values in parameters.items():
        known: list[Any] = []
        for number, times in instances.items():
            if values.get(number) is not None:
                known += [values[number]] * times
        yield name, default_of(name, known, has_gaps=len(known) < sum(instances.values()))


def default_of(name: str, known: Sequence[Any], *, has_gaps: bool) -> Any:
    if not known:
        return MISSING
    usual = USUAL_DEFAULTS.get(name)
    usual_times = sum(type(value) is int and value == usual for value in known)
    if usual is not None and len(known) > 2 and usual_times >= 0.3 * len(known):
        return usual
    counts = Counter(map(repr, known))
    text, times = max(counts.items(), key=lambda item: item[1])
    value = next(value for value in known if repr(value) == text)
    is_neutral = isinstance(value, bool | str) or (is_number(value) and value in NEUTRAL)
    least = 0.5 if isinstance(value, bool) else 0.51
    is_common = is_neutral and times >= least * len(known) and len(known) > 2
    return value if has_gaps or is_common else MISSING
