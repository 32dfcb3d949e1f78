"""Sweeps: the variants of a network that are calculated in a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from .bounds import LANE_RATES, PLAN_RATIO, PROCESSES_RATIO, REDUCED_MB, SWEPT_PEER_RATIO
from .in_process import inside
from .measure import cnncalc, once
from .peers import installed
from .swept import SMALL
from .table import FigureTable, megabytes, times, within

TITLES = ("variants", "calculated", "per second", "ratio", "bound")
PLANNED = ("classes", "base_width")
"""A variable that changes one layer, and one that changes most of them."""
REDUCERS = {
    "--per width": ("--per", "width"),
    "--top 5": ("--sort", "params", "--top", "5"),
    "--pareto": ("--pareto", "min macs, max peak_bytes"),
}
CLASSES = (100, 1_000, 10_000)
VARIANTS_PER_CLASS = 1_000
LARGEST_PER_LAYER = 100
"""The variants to measure for each layer of the largest network that is measured."""
PEERS = {"torchinfo": "torchinfo", "fvcore": "fvcore"}
"""The packages of other tools by the functions of `bench.swept` that run them."""


def sweeps(rounds: int) -> FigureTable:
    rows: list[tuple[str, ...]] = []
    for variable in PLANNED:
        plan = inside(f"plan_rates({variable!r}, {10 * rounds})", "swept")
        axes = f"resnet50, {variable}"
        rows.append((axes, "parsed and analyzed", rate(plan["parsed"]), "1.00", ""))
        rows.append((axes, "in a plan", rate(plan["plan"]), *ratio(plan, PLAN_RATIO)))
    for name, bound_rate in LANE_RATES.items():
        found = inside(f"sweep_rate({name!r})", "swept")
        bound = at_least(found["lanes"], bound_rate)
        relative = times(found["lanes"] / found["alone"])
        rows.append((found["axes"], "in a plan", rate(found["alone"]), "1.00", ""))
        rows.append((found["axes"], "together, with numpy", rate(found["lanes"]), relative, bound))
    rows += process_rows()
    return FigureTable("Sweeps", TITLES, rows, NOTE)


NOTE = (
    "Rates are per second of CPU time of one process, without its start and garbage collection."
    " That of two other processes is twice the rate of the CPU time of all three, which two cores"
    " reach; rates by the clock need an idle machine."
)


def process_rows() -> list[tuple[str, ...]]:
    """A sweep in one process and in two."""
    found = inside("process_rates()", "swept")
    axes = found["axes"]
    by_clock, by_cpu = found["two"] / found["one"], 2 * found["others"] / found["alone"]
    bound = at_least(by_cpu, PROCESSES_RATIO)
    return [
        (axes, "as CSV, by one process", rate(found["alone"]), "1.00", ""),
        (axes, "as CSV, by two others", rate(2 * found["others"]), times(by_cpu), bound),
        (axes, "the same by the clock: one", rate(found["one"]), "1.00", ""),
        (axes, "the same by the clock: two", rate(found["two"]), times(by_clock), ""),
    ]


def reduced(largest: int) -> FigureTable:
    """The memory of a process that keeps statistics, a few rows or a front of many variants."""
    rows = []
    with TemporaryDirectory() as folder:
        path = Path(folder, "small.yaml")
        path.write_bytes(SMALL)
        for name, options in REDUCERS.items():
            for classes in CLASSES:
                count = classes * VARIANTS_PER_CLASS
                if count > LARGEST_PER_LAYER * largest:
                    continue
                found = once(cnncalc("sweep", str(path), *space_of(classes), *options))
                bound = within(found.peak / 1e6, REDUCED_MB, " MB")
                seconds = f"{found.processor:.1f} s"
                rows.append((name, f"{count:,}", seconds, megabytes(found.peak), bound))
    titles = ("options", "variants", "CPU time", "peak", "bound")
    note = "Whole processes: the small network over width, kernel and classes."
    return FigureTable("Sweeps that keep little", titles, rows, note)


def space_of(classes: int) -> Iterator[str]:
    for axis in ("width=0.5..2.99:0.01", "kernel=1,3,5,7", f"classes=1..{classes}"):
        yield from ("--over", axis)


def peers() -> FigureTable:
    """The same variants in a loop over other tools, with the model built for each of them."""
    lanes = inside("sweep_rate('mobilenet_v2')", "swept")["lanes"]
    rows = [("cnncalc", rate(lanes), "1.00", "")]
    missing = []
    for name, package in PEERS.items():
        if not (installed(package) and installed("torchvision")):
            missing.append(name)
            continue
        found = inside(f"peer_rate({name!r})", "swept")
        relative = lanes / found
        bound = at_least(relative, SWEPT_PEER_RATIO)
        rows.append((f"{name} {installed(package)}", rate(found), times(relative), bound))
    note = "mobilenet_v2 of torchvision, built for each variant, with a width and classes."
    note += " Rates are per second of CPU time."
    note += f" Not installed here: {', '.join(missing)}." if missing else ""
    return FigureTable(
        "Sweeps with other tools", ("tool", "per second", "cnncalc / tool", "bound"), rows, note
    )


def ratio(found: dict[str, float], bound: float) -> tuple[str, str]:
    relative = found["plan"] / found["parsed"]
    return times(relative), at_least(relative, bound)


def rate(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def at_least(value: float, bound: float) -> str:
    """A lower bound, and whether a figure reaches it.

    >>> at_least(3.5, 3), at_least(900, 1000)
    ('3: ok', '1,000: under')
    """
    return f"{bound:,}: {'ok' if value >= bound else 'under'}"
