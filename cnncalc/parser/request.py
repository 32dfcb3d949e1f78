"""The request for one network of a file."""

from __future__ import annotations

from collections.abc import Mapping

from ..expression.expression import Expression
from ..named_tuple import NamedTuple
from ..problem import Error


class Request(NamedTuple):
    """A variant (None: the first), and values that replace those of the file.

    `variables` and `inputs` are texts by name, `""` being the only input.  `dtype` replaces all
    types of the file, and `usual_dtype` is the type of what the file states none for.
    `resolution` is the size of all spatial axes of the only input.  `compiled` are expressions in
    place of the texts of variables, by name, and in place of the resolution by `""`.
    """

    variant: str | None = None
    variables: Mapping[str, str] = {}
    inputs: Mapping[str, str] = {}
    dtype: str | None = None
    usual_dtype: str = "float32"
    resolution: str | None = None
    compiled: Mapping[str, Expression] = {}

    @property
    def changes_network(self) -> bool:
        """Whether layers or shapes may be others than those of the file; types do not count."""
        return bool(self.variables or self.inputs or self.compiled or self.resolution is not None)


class RequestError(Error, ValueError):
    """A request that does not fit the file, such as an unknown variable or variant."""
