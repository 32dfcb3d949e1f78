"""Caches whose keys have lanes in them."""

from __future__ import annotations

from typing import Any, TypeVar

from ...datum import ManyNumbers

K = TypeVar("K")
V = TypeVar("V")


class IdentityDict(dict[K, V]):
    """A dict whose keys are tuples with lanes in them, which are found by their identity.

    Equal lanes of one calculation are one object. The dict must not outlive the calculation.
    """

    def get(self, key: K, default: Any = None) -> Any:
        return super().get(identified(key), default)

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(identified(key), value)


def identified(key: Any) -> Any:
    """A key with the identities of the lanes instead of them."""
    if isinstance(key, tuple):
        return tuple([identified(part) for part in key])
    return (ManyNumbers, id(key)) if isinstance(key, ManyNumbers) else key
