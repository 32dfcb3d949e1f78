"""A long campaign of random input.

    python -m tests.fuzz.campaign --inputs 1000000 --folder /tmp/campaign

Each input goes through both parsers of PyYAML, the calculator and the views, in worker processes
with a limit of one gigabyte each, and of two seconds of CPU time for each stage of an input.
Inputs that raise, hang, take too much, or on which the parsers disagree are kept in the folder.
A campaign that was interrupted continues where it stopped: the folder records the batches that
are done.  The counts are printed at the end, and the exit code is 1 if anything was found.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random

from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis
from cnncalc.explain import explain_layers, explain_network
from cnncalc.parser import Parsed, parse, read_document
from cnncalc.unparse.document import unparse
from cnncalc.views.explain.overview import overview_text
from cnncalc.views.explain.text import layer_text
from cnncalc.views.problems import problem_text
from cnncalc.views.show.json import show_json
from cnncalc.views.show.table import show_table
from cnncalc.views.style import Style

from ..support.documents import content
from .inputs import generated
from .limits import clock, prepare, timed

BATCH = 1000
SECONDS, BYTES = 2, 1 << 30
MAX_PRINTED_LAYERS = 20_000
"""The largest networks, of 100,000 layers, may take longer to print (docs/performance.md)."""


def check(data: bytes) -> str:
    """Run an input through everything; returns its outcome.  Raises if anything is wrong."""
    one = parse(data, "x.yaml")
    clock(SECONDS)
    other = parse(data, "x.yaml", pure=True)
    clock(SECONDS)
    if (one.network is None) != (other.network is None):
        raise AssertionError("the parsers disagree on whether it is right")
    rules = {problem.rule for problem in (*one.problems, *other.problems)}
    if not rules & {"syntax", "limit"} and outcome(one) != outcome(other):
        raise AssertionError("the parsers disagree on what it is")
    for problem in one.problems:
        shown = problem_text(problem, "x.yaml", one.lines)
        if any((ord(mark) < 32 and mark != "\n") or 127 <= ord(mark) < 160 for mark in shown):
            raise AssertionError("a control character came through")
    if one.network is None:
        if not any(problem.severity == "error" for problem in one.problems):
            raise AssertionError("no network, and no mistake")
        return "syntax" if "syntax" in rules else "wrong"
    check_written(one)
    report = analyse(one.network)
    clock(SECONDS)
    if len(one.network.nodes) > MAX_PRINTED_LAYERS:
        return "right"
    show_table(report, Style(80, True, True))
    json.loads("".join(show_json(report)))
    clock(SECONDS)
    explained(report)
    return "right"


def check_written(parsed: Parsed) -> None:
    """The text of the document is stable, and reads as the same document."""
    assert parsed.document is not None
    written = unparse(parsed.document)
    again = read_document(written.encode(), "x.yaml")
    if again.document is None or content(again.document) != content(parsed.document):
        raise AssertionError("the text of the document is another document")
    if unparse(again.document) != written:
        raise AssertionError("the text of the document is not stable")
    clock(SECONDS)


def explained(report: Analysis) -> None:
    """The overview of a network, and its last layer, whose terms add up to its numbers."""
    overview_text(explain_network(report), "x.yaml", Style(80))
    for one in explain_layers(report, range(len(report.layers))[-1:]):
        layer_text(one, report, Style(80))
        if any(
            sum(term.result for term in section.terms.values()) != section.total
            for section in one.sections
        ):
            raise AssertionError("the terms do not add up")


def outcome(parsed: Parsed) -> object:
    clock(SECONDS)
    if parsed.network is not None:
        report = analyse(parsed.network)
        return report.totals if len(report.layers) > MAX_PRINTED_LAYERS else list(show_json(report))
    return [(problem.span, problem.rule) for problem in parsed.problems]


def batch(number: int) -> dict[str, object]:
    """One batch of inputs: how many came to what, the slowest, and what was found."""
    random = Random(number)
    counts: dict[str, int] = {}
    slowest = 0.0
    found = []
    for _ in range(BATCH):
        data = generated(random)
        result, took = timed(partial(check, data), SECONDS)
        slowest = max(slowest, took)
        if result not in ("right", "wrong", "syntax"):
            found.append((result, data.hex()))
            result = "found"
        counts[result] = counts.get(result, 0) + 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"batch": number, "counts": counts, "slowest": slowest, "peak": peak, "found": found}


def run(inputs: int, folder: Path, jobs: int) -> Iterator[dict[str, object]]:
    """Every batch, those of an earlier run first."""
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "batches.jsonl"
    done = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
    yield from done
    left = sorted(set(range(-(-inputs // BATCH))) - {entry["batch"] for entry in done})
    with (
        multiprocessing.Pool(jobs, prepare, (BYTES,), maxtasksperchild=50) as pool,
        record.open("a") as file,
    ):
        for entry in pool.imap_unordered(batch, left):
            file.write(json.dumps(entry) + "\n")
            file.flush()
            yield entry


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz.campaign", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument(
        "--folder", type=Path, required=True, help="what is done, and what was found"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    counts: dict[str, int] = {}
    slowest, peak, found = 0.0, 0, 0
    for entry in run(options.inputs, options.folder, options.jobs):
        for name, number in entry["counts"].items():  # type: ignore[attr-defined]
            counts[name] = counts.get(name, 0) + number
        slowest = max(slowest, float(str(entry["slowest"])))
        peak = max(peak, int(str(entry["peak"])))
        for result, data in entry["found"]:  # type: ignore[attr-defined]
            found += 1
            (options.folder / f"{entry['batch']}-{found}.yaml").write_bytes(bytes.fromhex(data))
            print(f"{entry['batch']}: {result}", flush=True)
    outcomes = ", ".join(f"{number:,} {name}" for name, number in sorted(counts.items()))
    print(
        f"{sum(counts.values()):,} inputs: {outcomes}; the slowest took {slowest:.2f} s, "
        f"the largest process {peak / 1024:.0f} MiB"
    )
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
