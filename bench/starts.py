"""Short commands as whole processes, and how the time of `show` divides into phases."""

from __future__ import annotations

import json
from statistics import median
from time import perf_counter

from .bounds import IMPORTS, START_RATIOS, STARTS
from .measure import alternate, output, python
from .table import FigureTable, milliseconds, times, timings, within

FORMS = ("table", "json")


def start_up(rounds: int) -> FigureTable:
    samples = alternate(STARTS, rounds)
    base = samples[IMPORTS]
    rows = []
    for name, sample in samples.items():
        ratio = sample.seconds / base.seconds
        bounds = [within(ratio, bound) for bound in START_RATIOS.get(name, ())] or ["", ""]
        ratios = (times(ratio), times(sample.least / base.least))
        rows.append((name, *timings(sample), *ratios, *bounds))
    return FigureTable(
        "Start-up",
        ("process", "median", "least", "peak", "ratio of medians", "of least", "bound", "aim"),
        rows,
        "`import only` imports click, yaml, rich.console and rich.table. If the two ratios to it"
        " are far apart, the machine was busy, and this run is not reliable.",
    )


def phases(rounds: int) -> FigureTable:
    runs: dict[str, list[dict[str, float]]] = {form: [] for form in FORMS}
    for _ in range(rounds):
        for form in FORMS:
            runs[form].append(phases_of_one_run(form))
    rows = []
    for phase in runs["json"][0]:
        medians = (median(run[phase] for run in runs[form]) for form in FORMS)
        rows.append((phase, *map(milliseconds, medians)))
    return FigureTable(
        "Where the time goes",
        ("phase", *FORMS),
        rows,
        "The interpreter includes its start, its end, and the timing of the other phases.",
    )


def phases_of_one_run(form: str) -> dict[str, float]:
    """The seconds of each phase, and of the whole process."""
    started = perf_counter()
    found: dict[str, float] = json.loads(
        output(python(f"from bench.inside import phases; phases({form!r})"))
    )
    whole = perf_counter() - started
    return {"interpreter": whole - sum(found.values()), **found, "whole": whole}
