"""A plan: a file that is read once, for the totals of many of its networks.

Layers and their costs are kept from one network to the next, and nothing is calculated but totals.
"""

from __future__ import annotations

from ..engine.calculation import Costs
from ..engine.connections import KnownConnections
from ..engine.summary import Summary
from ..network import Network
from ..parser import Parsed, ReadFile, Request, RequestError, build
from ..parser.expansion.build_cache import BuildCache
from ..problem import Error


class InvalidVariant(Error):
    """A network that cannot be built; the message is the first error."""


class Plan:
    """The networks of a file, by request."""

    def __init__(self, file: ReadFile) -> None:
        self.file = file
        self.cache = BuildCache()
        self.costs: Costs = {}
        self.connections = KnownConnections()

    def parsed(self, request: Request = Request(), cache: BuildCache | None = None) -> Parsed:
        """The outcome for a request, with what another cache than that of the plan has.

        Raises RequestError.
        """
        if self.cache.is_full:
            self.costs.clear()  # first, as it identifies layers by their addresses
            self.cache.clear()
        return build(self.file, request, cache=cache or self.cache)

    def network(self, request: Request = Request(), cache: BuildCache | None = None) -> Network:
        """The network of a request.  Raises InvalidVariant."""
        try:
            parsed = self.parsed(request, cache)
        except RequestError as error:
            raise InvalidVariant(str(error)) from None
        if parsed.network is None:
            errors = [problem for problem in parsed.problems if problem.severity == "error"]
            raise InvalidVariant(f"line {errors[0].span.line}: {errors[0].message}")
        return parsed.network

    def summary(self, request: Request = Request(), batch: int = 1) -> Summary:
        """The numbers of the network of a request.  Raises InvalidVariant."""
        return self.summary_of(self.network(request), batch)

    def summary_of(self, network: Network, batch: int = 1) -> Summary:
        """The numbers of a network of the plan."""
        return Summary(network, batch, self.costs, known_connections=self.connections)
