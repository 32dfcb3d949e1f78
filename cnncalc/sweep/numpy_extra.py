"""Whether the packages of the extra `sweep` are installed."""

from __future__ import annotations

from importlib.util import find_spec


def has_numpy() -> bool:
    return find_spec("numpy") is not None
