"""What is asked of a file."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
from collections.abc import Mapping
from typing import NamedTuple

from ..problem import Error


class Request(NamedTuple):
    """What is asked of a file: a variant, and what replaces its own words."""

    variant: str | None = None
    variables: Mapping[str, str] = {}
    inputs: Mapping[str, str] = {}  # by name; "" is the only one
    dtype: str | None = None


class RequestError(Error, ValueError):
    """A request that does not fit the file; the message says why."""
