"""Device files: YAML -> a device, or the problems in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from ..dtype import BITS
from ..figure import UNITS
from ..named_tuple import NamedTuple
from ..parser.decoding import decode, split_lines
from ..parser.problem_list import FatalProblem, ProblemList
from ..parser.reading.context import Pairs, ReadContext
from ..parser.yaml_nodes import YamlNode
from ..parser.yaml_reader import read_yaml
from ..problem import Problem, did_you_mean
from .calibration import EXECUTIONS, Batches, Calibration, Execution
from .device import MEMORIES, RUNTIMES, Device, MemoryName, RuntimeName

SIZES = ("ram", "ram_block", "flash")
NUMBERS = ("clock", *SIZES, "active_power")
RATES = ("macs", "macs_per_cycle", "bandwidth")
TEXTS = ("name", "runtime", "dtype", "weights")
KEYS = (*TEXTS, *NUMBERS, *RATES, "calibrations", "sources", "unchecked")
NEEDED = (
    *("source", "runtime", "execution", "dtype", "batch", "macs"),
    *("networks", "median", "within"),
)
CALIBRATION_KEYS = (*NEEDED, "families", "depthwise", "bandwidth", "operator")
FITTED = ("macs", "depthwise", "bandwidth", "operator", "networks", "families", "median", "within")
QUANTITY = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,15})?) ?([A-Za-z]*)")


class ReadDevice(NamedTuple):
    """The outcome of reading a device file; the device is None if there are errors."""

    device: Device | None
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]


def read_device(data: bytes, name: str) -> ReadDevice:
    """Read a device file; `name` is what the device is called."""
    problems = ProblemList()
    lines: tuple[str, ...] = ()
    device = None
    try:
        text = decode(data)
        lines = tuple(split_lines(text))
        root = read_yaml(text, lines, problems)
        device = DeviceReader(problems).read(root, name)
    except FatalProblem as error:
        problems.append(error.problem)
    found = tuple(sorted(problems))
    return ReadDevice(None if problems.has_errors else device, found, lines)


class DeviceReader:
    """Reads the keys of a device, and reports what is wrong with their values."""

    def __init__(self, problems: ProblemList) -> None:
        self.context = ReadContext(problems)

    def read(self, root: YamlNode, name: str) -> Device:
        pairs = self.context.mapping(root, "a device", KEYS)
        values = {key: self.quantity(pairs[key][1], key) for key in NUMBERS if key in pairs}
        clock = values.get("clock")
        known = [key for key in (*NUMBERS, *RATES, "calibrations") if key in pairs]
        return Device(
            name=name,
            title=self.text(pairs, "name") or name,
            clock=clock,
            macs=self.speeds(root, pairs, clock),
            bandwidth=self.quantities(pairs, "bandwidth", MEMORIES),
            ram=whole(values.get("ram")),
            ram_block=whole(values.get("ram_block")),
            flash=whole(values.get("flash")),
            runtime=cast("RuntimeName", self.choice(pairs, "runtime", RUNTIMES) or "file"),
            dtype=self.choice(pairs, "dtype", tuple(BITS)) or "float32",
            weights=cast("MemoryName", self.choice(pairs, "weights", MEMORIES)) or None,
            active_power=values.get("active_power"),
            calibrations=tuple(self.calibrations(pairs)),
            sources=self.sources(pairs, known),
            unchecked=self.unchecked(pairs, known),
        )

    def speeds(self, root: YamlNode, pairs: Pairs, clock: float | None) -> dict[str, float]:
        """The MACs a second, stated or by the clock."""
        types = tuple(BITS)
        per_cycle = self.quantities(pairs, "macs_per_cycle", types)
        if per_cycle and clock is None:
            span = pairs["macs_per_cycle"][0].span
            self.context.report(span, "missing-argument", "`macs_per_cycle` needs a `clock`")
        by_clock = {dtype: number * (clock or 0) for dtype, number in per_cycle.items()}
        return by_clock | self.quantities(pairs, "macs", types)

    def text(self, pairs: Pairs, key: str) -> str:
        return self.context.text(pairs[key][1], f"`{key}`") if key in pairs else ""

    def choice(self, pairs: Pairs, key: str, choices: tuple[str, ...]) -> str:
        """One of several words; empty if the key is missing, or something else is reported."""
        word = self.text(pairs, key)
        if not word or word in choices:
            return word
        message = f"`{key}` must be one of {', '.join(choices)}, found `{word}`"
        self.context.report(pairs[key][1].span, "bad-value", message, did_you_mean(word, choices))
        return ""

    def quantities(self, pairs: Pairs, key: str, names: tuple[str, ...]) -> dict[str, float]:
        """The numbers of a mapping with some of the names."""
        if key not in pairs:
            return {}
        entries = self.context.mapping(pairs[key][1], f"`{key}`", names)
        return {name: self.quantity(value, f"{key}.{name}") for name, (_, value) in entries.items()}

    def quantity(self, node: YamlNode, what: str) -> float:
        """A positive number, perhaps with a unit, such as 480M or 320KiB; 0 if it is not one.

        A size is at least one byte.
        """
        text = self.context.text(node, f"`{what}`")
        found = QUANTITY.fullmatch(text)
        number = float(found[1]) * UNITS.get(found[2], 0) if found else 0.0
        if number >= 1 or (number > 0 and what not in SIZES):
            return number
        if node.kind == "scalar" and not node.broken:
            message = f"`{what}` must be a positive number, found `{text[:40]}`"
            hint = "with a unit if it is large: 480M, 12.8G, 320KiB"
            self.context.report(node.span, "bad-value", message, hint)
        return 0.0

    def calibrations(self, pairs: Pairs) -> Iterator[Calibration]:
        """The calibrations in which nothing is missing."""
        if "calibrations" not in pairs:
            return
        for item in self.context.items(pairs["calibrations"][1], "`calibrations`"):
            entries = self.context.mapping(item, "a calibration", CALIBRATION_KEYS)
            missing = [key for key in NEEDED if key not in entries]
            if not missing:
                yield self.calibration(entries)
            elif item.kind == "mapping":
                message = f"a calibration needs `{missing[0]}`"
                self.context.report(item.span, "missing-argument", message)

    def calibration(self, pairs: Pairs) -> Calibration:
        fitted = {key: self.quantity(pairs[key][1], key) for key in FITTED if key in pairs}
        batch = {"least": 1.0, "most": 1.0} | self.quantities(pairs, "batch", ("least", "most"))
        return Calibration(
            source=self.text(pairs, "source"),
            runtime=self.text(pairs, "runtime"),
            execution=cast("Execution", self.choice(pairs, "execution", EXECUTIONS) or "fused"),
            dtype=self.choice(pairs, "dtype", tuple(BITS)) or "float32",
            batch=Batches(int(batch["least"]), int(batch["most"])),
            macs=fitted["macs"],
            depthwise=fitted.get("depthwise"),
            bandwidth=fitted.get("bandwidth"),
            operator=fitted.get("operator", 0.0),
            networks=int(fitted["networks"]),
            families=whole(fitted.get("families")),
            median=fitted["median"],
            within=fitted["within"],
        )

    def sources(self, pairs: Pairs, known: list[str]) -> Mapping[str, str]:
        """Where each number is from."""
        if "sources" not in pairs:
            return {}
        entries = self.context.mapping(pairs["sources"][1], "`sources`", known)
        return {
            key: self.context.text(value, f"sources.{key}") for key, (_, value) in entries.items()
        }

    def unchecked(self, pairs: Pairs, known: list[str]) -> frozenset[str]:
        """The keys of numbers that were not compared with their source."""
        if "unchecked" not in pairs:
            return frozenset()
        items = self.context.items(pairs["unchecked"][1], "`unchecked`")
        for item in items:
            if item.text not in known:
                message = f"`unchecked` names `{item.text}`, which is not a number of the device"
                self.context.report(item.span, "bad-value", message, did_you_mean(item.text, known))
        return frozenset(item.text for item in items)


def whole(number: float | None) -> int | None:
    """A number as an integer."""
    return None if number is None else int(number)
