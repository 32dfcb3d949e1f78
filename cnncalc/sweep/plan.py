"""A plan: a file that is read once, for the totals of many of its networks.

Layers and their costs are kept from one network to the next, and nothing is calculated but totals.
"""

from __future__ import annotations

from ..engine.calculation import Costs
from ..engine.summary import Summary
from ..network import Network
from ..parser import Parsed, ReadFile, Request, RequestError, build
from ..parser.expansion.instantiate import MadeLayers
from ..problem import Error

MAX_KEPT_LAYERS = 100_000


class InvalidVariant(Error):
    """A network that cannot be built; the message is the first error."""


class Plan:
    """The networks of a file, by request."""

    def __init__(self, file: ReadFile) -> None:
        self.file = file
        self.instances: MadeLayers = {}
        self.costs: Costs = {}

    def parsed(self, request: Request = Request(), instances: MadeLayers | None = None) -> Parsed:
        """The outcome for a request, whose layers are added to some instances.

        Raises RequestError.
        """
        if len(self.instances) > MAX_KEPT_LAYERS:
            self.costs.clear()  # first, as it identifies layers by their addresses
            self.instances.clear()
        made = self.instances if instances is None else instances
        return build(self.file, request, instances=made)

    def network(self, request: Request = Request(), instances: MadeLayers | None = None) -> Network:
        """The network of a request.  Raises InvalidVariant."""
        try:
            parsed = self.parsed(request, instances)
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
        return Summary(network, batch, self.costs)
