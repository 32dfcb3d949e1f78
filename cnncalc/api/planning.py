"""The totals of many variants of a network, whose file is read once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ..engine.analysis import Totals
from ..parser import ReadFile, Request, read_document
from ..sources import resolve
from ..sweep.plan import Plan
from .loading import InputShape, NetworkError, request_of


class NetworkPlan:
    """A file whose networks are calculated one after the other: `cnncalc.Plan`.

    It is for many variants: layers and their numbers are kept from one to the next, and nothing is
    calculated but totals.  `name`, `variant` and `dtype` are as in `load`.

    Raises NetworkError if the file contains errors, and OSError if it cannot be read.
    """

    def __init__(
        self,
        name: str | os.PathLike[str],
        *,
        variant: str | None = None,
        dtype: str | None = None,
    ) -> None:
        source = resolve.load(os.fspath(name))
        self.file = source.name
        self._base = Request(variant or source.variant, dtype=dtype)
        self._plan = Plan(checked(read_document(source.data, source.name)))

    def totals(
        self,
        vars: Mapping[str, Any] | None = None,
        *,
        variant: str | None = None,
        input: InputShape | Mapping[str, InputShape] | None = None,
        batch: int = 1,
    ) -> Totals:
        """The totals of the network with some variables, those of `analyse(load(...)).totals`.

        They do not name the layer of the peak: `peak_layer` is empty.

        Raises NetworkError if the network cannot be built, and RequestError (a ValueError) if the
        file has no such variant, variable or input.
        """
        request = request_of(variant or self._base.variant, vars, input, self._base.dtype)
        parsed = self._plan.parsed(request)
        if parsed.network is None:
            raise NetworkError(self.file, parsed.problems, parsed.lines)
        return self._plan.summary_of(parsed.network, batch).totals

    def __repr__(self) -> str:
        return f"<Plan {self.file}>"


def checked(file: ReadFile) -> ReadFile:
    """The file.  Raises NetworkError if it contains errors that all of its networks have."""
    if not file.is_valid:
        raise NetworkError(file.name, tuple(file.problems), file.lines)
    return file
