"""Files to build, and all that a build gives."""

from __future__ import annotations

from cnncalc.parser import Parsed

from .paths import ARCHITECTURES, TESTS

BUNDLED = sorted(ARCHITECTURES.glob("*.yaml"))
SMALL = [
    path
    for folder in ("good", "unusual", "bad")
    for path in sorted((TESTS / "networks" / folder).glob("*.yaml"))
]


def outcome(parsed: Parsed) -> tuple[object, ...]:
    """Everything that must not depend on what was built before."""
    network, partial = parsed.network, parsed.partial
    return network, partial, parsed.problems, parsed.conditions, parsed.effort
