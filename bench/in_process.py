"""Parsing and analysis within one process, without its start."""

from __future__ import annotations

import json
from statistics import median
from typing import Any

from .bounds import API_RATIO, BUNDLED_SECONDS, COLLECTION_SECONDS, IMPORT_SECONDS, IN_PROCESS_MS
from .inside import NETWORK
from .measure import output, python
from .table import FigureTable, milliseconds, times, within


def inside(call: str, module: str = "inside") -> Any:
    """The result of a function of a module of `bench`, called in a process of its own."""
    return json.loads(output(python(f"from bench import {module}; {module}.{call}")))


def parse_and_analysis(rounds: int) -> FigureTable:
    first, *others = inside(f"repeated({rounds})")
    fastest = min(others, key=lambda run: run["parse"] + run["analysis"])
    rows = []
    for name, run in {"first": first, "fastest": fastest, "median": median_run(others)}.items():
        both = run["parse"] + run["analysis"]
        bounds = [within(both * 1000, bound, " ms") for bound in IN_PROCESS_MS]
        figures = map(milliseconds, (run["parse"], run["analysis"], both))
        rows.append((name, *figures, *(bounds if name == "median" else ("", ""))))
    return FigureTable(
        "Parse and analysis in a process",
        ("run", "parse", "analysis", "both", "bound", "aim"),
        rows,
        f"{NETWORK} in one process, without garbage collection, like the command line;"
        " caches are emptied between runs.",
    )


def python_api(rounds: int) -> FigureTable:
    runs = inside(f"interfaces({rounds})")
    engine, api = (min(run[name] for run in runs) for name in ("engine", "api"))
    figures = (milliseconds(engine), milliseconds(api), times(api / engine))
    return FigureTable(
        "The Python API",
        ("network", "engine.analyse", "cnncalc.analyse", "ratio", "bound"),
        [(NETWORK, *figures, within(api / engine, API_RATIO))],
        "The fastest runs, each with a newly parsed network.",
    )


def model_import(rounds: int) -> FigureTable:
    run = median_run(inside(f"imports({rounds})"))
    total = sum(run.values())
    figures = map(milliseconds, (*run.values(), total))
    return FigureTable(
        "Import of a PyTorch model",
        ("network", *run, "all", "bound"),
        [(NETWORK, *figures, within(total, IMPORT_SECONDS, " s"))],
        "From the recorded functions of the model to a file that was read again and compared with"
        " it; the median.",
    )


def median_run(runs: list[dict[str, float]]) -> dict[str, float]:
    return {phase: median(run[phase] for run in runs) for phase in runs[0]}


def collection() -> FigureTable:
    seconds: dict[str, float] = inside("collection()")
    total = sum(seconds.values())
    slowest = sorted(seconds, key=lambda name: -seconds[name])[:5]
    rows = [
        (f"all {len(seconds)}", f"{total:.2f} s", within(total, COLLECTION_SECONDS, " s")),
        ("median", milliseconds(median(seconds.values())), ""),
    ]
    for name in slowest:
        bound = within(seconds[name], BUNDLED_SECONDS, " s")
        rows.append((name, milliseconds(seconds[name]), bound))
    return FigureTable(
        "The collection",
        ("network", "time", "bound"),
        rows,
        "Every bundled network parsed and analyzed once, in one process; the five slowest.",
    )
