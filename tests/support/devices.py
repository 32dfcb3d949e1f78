"""Facts about devices that others measured or published, and the networks that they name."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from typing import Literal, NamedTuple

from cnncalc.network import Network
from cnncalc.parser import Request, parse
from cnncalc.sources import bundled

from .paths import ARCHITECTURES, TESTS

Row = Mapping[str, str]

Kind = Literal["GPU", "CPU", "NPU", "MCU"]


class Processor(NamedTuple):
    """A device of the collection, and of which kind it is."""

    device: str
    kind: Kind


PROCESSORS = {
    "3090": Processor("rtx-3090", "GPU"),
    "4090": Processor("rtx-4090", "GPU"),
    "5090": Processor("rtx-5090", "GPU"),
    "i7_12700h": Processor("i7-12700h", "CPU"),
    "i9_10940x": Processor("i9-10940x", "CPU"),
    "Pixel 1": Processor("pixel-1", "CPU"),
    "Pixel 3": Processor("pixel-3", "CPU"),
    "STM32H747I": Processor("stm32h743", "MCU"),
    "STM32N6570": Processor("stm32n657", "NPU"),
    "NRF5340": Processor("nrf5340", "MCU"),
    "H7A3ZI": Processor("stm32h7a3", "MCU"),
    "L4R5ZI": Processor("stm32l4r5", "MCU"),
    "U575ZI": Processor("stm32u575", "MCU"),
    "F746NG": Processor("stm32f746", "MCU"),
    "RA8D1": Processor("ra8d1", "MCU"),
}
"""The devices of the collection by a part of the names that the tables give them."""

SAME = " (padding: same)"
"""After the name of a network whose padding is that of Keras, not that of PyTorch."""


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table in tests/published/devices."""
    path = TESTS / "published" / "devices" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def measured_on(table: str, column: str) -> list[tuple[dict[str, str], Processor]]:
    """The rows of a table whose device, which a column names, is in the collection."""
    return [
        (row, processor)
        for row in rows(table)
        for part, processor in PROCESSORS.items()
        if part in row[column]
    ]


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
