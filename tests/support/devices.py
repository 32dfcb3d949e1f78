"""Facts about devices that others measured or published, and the networks that they name."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping

from cnncalc.network import Network
from cnncalc.parser import Request, parse
from cnncalc.sources import bundled

from .paths import ARCHITECTURES, TESTS

Row = Mapping[str, str]

SAME = " (padding: same)"
"""After the name of a network whose padding is that of Keras, not that of PyTorch."""


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table in tests/published/devices."""
    path = TESTS / "published" / "devices" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def network_of(row: Row, dtype: str = "") -> Network:
    """The network of a row, with its input, variables and type (`dtype` if the row has none)."""
    name = row["cnncalc_network"]
    found = bundled.bundled(name.removesuffix(SAME))
    assert found is not None, name
    path, variant = found
    text = (ARCHITECTURES / path.rpartition("/")[2]).read_text("utf-8")
    if name.endswith(SAME):
        text = text.replace("padding: kernel // 2", "padding: same")
        text = text.replace("padding: 1,", "padding: same,")
    variables = {key: str(value) for key, value in json.loads(row.get("vars") or "{}").items()}
    inputs = {"": row["input"]} if row.get("input") else {}
    request = Request(variant, variables, inputs, dtype or row["dtype"])
    parsed = parse(text.encode(), path, request)
    assert parsed.network is not None, [problem.message for problem in parsed.problems]
    return parsed.network
