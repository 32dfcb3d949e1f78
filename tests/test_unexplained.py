"""A step that fails while nothing is reported gives an error, and no network."""

from __future__ import annotations

import pytest

from cnncalc.expression.expression import Unknown
from cnncalc.parser import network_builder
from cnncalc.parser.expansion import expand

from .support.networks import read

PLAIN = network_builder.unexplained  # before the tests are set up to fail there


def test_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> object:
        raise Unknown

    monkeypatch.setitem(expand.RULES, "layer", failing)
    with pytest.raises(AssertionError):
        read("input: 3x8x8\nlayers: [relu]\n")
    monkeypatch.setattr(network_builder, "unexplained", PLAIN)
    parsed = read("input: 3x8x8\nlayers: [relu]\n")
    assert parsed.network is None
    assert [(problem.rule, problem.severity) for problem in parsed.problems] == [
        ("internal", "error")
    ]
