"""Functions of the language that Python does not have, as source.

They are laid out as `ruff format` does.
"""

from __future__ import annotations

MAKE_DIVISIBLE = '''\
def make_divisible(value, divisor=8, min_value=None):
    """The multiple of the divisor nearest to a value, but not less than 90 % of it."""
    if min_value is None:
        min_value = divisor
    result = max(min_value, int(value + divisor / 2) // divisor * divisor)
    return result + divisor if result < 0.9 * value else result
'''
