"""`python -m bench`: all figures in one run.  docs/performance.md says what they mean, and holds a run's."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from . import peers
from .inside import NETWORK
from .measure import REMOVED, Sample, alternate, cnncalc, output, python
from .table import Section, held, markdown, megabytes, milliseconds, plain, times

MARKS = ("<!-- figures -->", "<!-- end of figures -->")
IMPORTS = "import only"
TABLE, JSON = f"show {NETWORK}", f"show {NETWORK} --format json"
SHOWS = {TABLE: cnncalc("show", NETWORK), JSON: cnncalc("show", NETWORK, "--format", "json")}
LIST = "list"
DIFF = "diff resnet50 resnext50_32x4d"
CHECK = "check of one file"
RATIOS = {
    TABLE: (1.5, 1.4),
    JSON: (1.25, 1.15),
    LIST: (1.3, 1.3),
    DIFF: (1.6, 1.6),
    CHECK: (1.3, 1.3),
}  # of the import-only process: the bound, and the aim
STARTS = {
    "python -c pass": python("pass"),
    IMPORTS: python("import click, yaml, rich.console, rich.table"),
    **SHOWS,
    LIST: cnncalc("list"),
    DIFF: cnncalc(*DIFF.split()),
    CHECK: cnncalc("check", "architectures/lenet5.yaml"),
    f"explain {NETWORK}": cnncalc("explain", NETWORK),
    "explain alexnet conv1": cnncalc("explain", "alexnet", "conv1"),
    "graph googlenet --format svg": cnncalc("graph", "googlenet", "--format", "svg"),
    f"report {NETWORK}": cnncalc("report", NETWORK, "-o", "-"),
}
MANY_FILES = (1_000, 100, 6)  # files, layers of each, seconds for all
LARGE_DIFFS = (10_000, 3)  # layers, seconds
COLLECTION = (4, 0.06)  # seconds for all of it, and for any one network
IN_PROCESS = (20, 12)  # ms
FORMS = {"json": ("--format", "json"), "table": ("--depth", "all")}
SERIES = {"written": (100, 1_000, 10_000), "repeated": (100, 1_000, 10_000, 100_000)}
LIMITS = {  # seconds and MB; a table may take twice what JSON may
    ("written", 10_000, "json"): (1.0, None),
    ("repeated", 100_000, "json"): (4.0, 400),
    ("repeated", 100_000, "table"): (8.0, 800),
}


def main() -> None:
    options = arguments()
    if options.into:
        before, after = around_figures(options.into)
        parts = [markdown(section) for section in sections(options)]
        options.into.write_text("\n".join((before, *parts, after)), encoding="utf-8")
        return
    show = markdown if options.markdown else plain
    for section in sections(options):
        print(show(section), flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure the program, in one run."
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=41,
        help="of the short commands; the long ones have a tenth of it",
    )
    parser.add_argument(
        "--largest", type=int, default=100_000, help="leave out networks of more layers"
    )
    parser.add_argument(
        "--no-peers",
        action="store_true",
        help="leave out other tools even where they are installed",
    )
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    parser.add_argument(
        "--into", type=Path, metavar="PAGE", help="write it between the marks of this page instead"
    )
    return parser.parse_args()


def around_figures(page: Path) -> tuple[str, str]:
    """What stands before the figures of a page, and behind them, with their marks."""
    before, mark, rest = page.read_text("utf-8").partition(MARKS[0] + "\n")
    _, end, behind = rest.partition(MARKS[1])
    if not end:
        sys.exit(f"{page} has no {' ... '.join(MARKS)}")
    return before + mark, end + behind


def sections(options: argparse.Namespace) -> Iterator[Section]:
    few = max(1, options.rounds // 10)
    yield machine()
    yield start_up(alternate(STARTS, options.rounds))
    yield in_process(options.rounds)
    yield where_time_goes(options.rounds)
    yield collection()
    size, _ = LARGE_DIFFS
    with TemporaryDirectory() as folder:
        yield large_diffs(differing(min(size, options.largest), few, Path(folder)))
    with TemporaryDirectory() as folder:
        yield many_files(checked(min(MANY_FILES[0], options.largest), few, Path(folder)))
    if not options.no_peers:
        with TemporaryDirectory() as folder:
            yield against_peers(alternate({**SHOWS, **peers.commands(Path(folder))}, few))
    for name, sizes in SERIES.items():
        kept = [size for size in sizes if size <= options.largest]
        with TemporaryDirectory() as folder:
            yield growth(name, grown(name, kept, few, Path(folder)))


# The sections


def machine() -> Section:
    libyaml = output(python("import yaml; print(yaml.__with_libyaml__)")).strip() == "True"
    versions = ", ".join(f"{name} {version(name)}" for name in ("click", "rich", "pyyaml"))
    rows = [
        ("processor", f"{processor()}, {os.cpu_count()} cores"),
        ("system", f"{platform.system()} {platform.machine()}"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("packages", f"{versions} ({'with' if libyaml else 'without'} libyaml)"),
        ("environment", f"without {' and '.join(REMOVED)}"),
    ]
    return Section("The machine", ("what", "is"), rows)


def processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    except OSError:
        found = None
    return found[1] if found else platform.processor()


def start_up(starts: Mapping[str, Sample]) -> Section:
    base = starts[IMPORTS]
    rows = []
    for name, sample in starts.items():
        ratio = sample.seconds / base.seconds
        bounds = [held(ratio, bound) for bound in RATIOS[name]] if name in RATIOS else ["", ""]
        rows.append((name, *timed(sample), times(ratio), times(sample.least / base.least), *bounds))
    note = "Import only imports click, yaml, rich.console and rich.table, and ends. Where the two ratios to it are far apart,"
    note += " the machine was busy, and the run tells little."
    titles = ("process", "median", "least", "peak", "ratio of medians", "of least", "bound", "aim")
    return Section("Start-up", titles, rows, note)


def in_process(rounds: int) -> Section:
    first, *others = json.loads(
        output(python(f"from bench.inside import repeated; repeated({rounds})"))
    )
    fastest = min(others, key=lambda run: sum(run.values()))
    rows = [
        (name, *map(milliseconds, (*run.values(), sum(run.values()))), "", "")
        for name, run in {"the first": first, "the fastest": fastest}.items()
    ]
    both = median(sum(run.values()) for run in others)
    parts = [median(run[part] for run in others) for part in ("parse", "analysis")]
    bounds = [held(both * 1000, bound, " ms") for bound in IN_PROCESS]
    rows.append(("the median", *map(milliseconds, (*parts, both)), *bounds))
    note = f"{NETWORK} in one process, without garbage collection, as the command line has it; nothing is kept between."
    return Section(
        "Parse and analysis in a process",
        ("run", "parse", "analysis", "both", "bound", "aim"),
        rows,
        note,
    )


def where_time_goes(rounds: int) -> Section:
    forms = ("table", "json")
    runs: dict[str, list[dict[str, float]]] = {form: [] for form in forms}
    for _ in range(rounds):
        for form in forms:
            runs[form].append(phases_of_one_run(form))
    rows = [
        (phase, *(milliseconds(median(run[phase] for run in runs[form])) for form in forms))
        for phase in runs["json"][0]
    ]
    note = "The interpreter is its start and its end, and what times the rest."
    return Section("Where the time goes", ("phase", *forms), rows, note)


def collection() -> Section:
    seconds: dict[str, float] = json.loads(
        output(python("from bench.inside import collection; collection()"))
    )
    whole, each = COLLECTION
    slowest = sorted(seconds, key=lambda name: -seconds[name])[:5]
    rows = [
        (
            f"all {len(seconds)}",
            f"{sum(seconds.values()):.2f} s",
            held(sum(seconds.values()), whole, " s"),
        ),
        ("the median", milliseconds(median(seconds.values())), ""),
        *((name, milliseconds(seconds[name]), held(seconds[name], each, " s")) for name in slowest),
    ]
    note = "Every bundled network parsed and analysed once, in one process; below are the five slowest."
    return Section("The collection", ("network", "time", "bound"), rows, note)


def phases_of_one_run(form: str) -> dict[str, float]:
    """Each phase, and the whole process."""
    started = perf_counter()
    phases: dict[str, float] = json.loads(
        output(python(f"from bench.inside import phases; phases({form!r})"))
    )
    whole = perf_counter() - started
    return {"interpreter": whole - sum(phases.values()), **phases, "whole": whole}


def against_peers(found: Mapping[str, Sample]) -> Section:
    rows = [
        (name, *timed(sample), *(times(sample.seconds / found[show].seconds) for show in SHOWS),
         times(sample.least / found[TABLE].least), times(sample.peak / found[TABLE].peak))
        for name, sample in found.items()
    ]  # fmt: skip
    lacking = [
        f"{name} (needs {', '.join(packages)})" for name, packages in peers.missing().items()
    ]
    note = "The peers have torchvision's resnet152, onnx-tool an ONNX file of it that was written beforehand."
    if lacking:
        note += f" Not installed here: {'; '.join(lacking)}."
    return Section(
        "Other tools",
        (
            "process",
            "median",
            "least",
            "peak",
            "/ table",
            "/ json",
            "least / table",
            "peak / table",
        ),
        rows,
        note,
    )


def differing(size: int, rounds: int, folder: Path) -> dict[str, Sample]:
    """Two large networks that are equal, that differ in a few layers, that have nothing in common but relus, and that have
    the same steps in small groups.
    """
    one = network("written", size)
    lines = one.splitlines()
    few = [
        line.replace("kernel: 3, padding: 1", "kernel: 1") if place % (size // 5) == 2 else line
        for place, line in enumerate(lines)
    ]
    other = [
        line.replace("16, kernel: 3, padding: 1", f"{8 + place % 7}, name: c{place}")
        for place, line in enumerate(lines)
    ]
    conv, relu = (line.removeprefix("  - ") for line in lines[2:4])
    groups = [f"  - {{layers: [{conv}, {relu}], name: g{place}}}" for place in range(size // 2)]
    texts = {
        "equal": one,
        "a few changes": "\n".join(few),
        "nothing alike": "\n".join([lines[0], *other[1:]]),
        "put into groups": "\n".join([*lines[:2], *groups]),
    }
    commands = {}
    for name, text in {"one": one, **texts}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        if name in texts:
            commands[f"{size:,} layers, {name}"] = cnncalc(
                "diff", str(folder / "one.yaml"), str(folder / f"{name}.yaml")
            )
    return alternate(commands, rounds)


def large_diffs(found: Mapping[str, Sample]) -> Section:
    rows = [
        (name, *timed(sample), held(sample.seconds, LARGE_DIFFS[1], " s"))
        for name, sample in found.items()
    ]
    note = "Reading both, their numbers, the comparison and its table."
    return Section(
        "Differences of large networks",
        ("two networks", "median", "least", "peak", "bound"),
        rows,
        note,
    )


def checked(most: int, rounds: int, folder: Path) -> dict[int, Sample]:
    """`check` of a tenth of so many files, and of all of them."""
    text = network("written", MANY_FILES[1])
    commands = {}
    for size in (most // 10, most):
        inner = folder / str(size)
        inner.mkdir()
        for place in range(size):
            # Each is another file, so that nothing is found twice.
            (inner / f"{place}.yaml").write_text(
                text.replace("16x64x64", f"16x64x{64 + place % 64}"), encoding="utf-8"
            )
        commands[str(size)] = cnncalc("check", str(inner), "--isolated", "--format", "json")
    return {int(size): sample for size, sample in alternate(commands, rounds).items()}


def many_files(found: Mapping[int, Sample]) -> Section:
    most, layers, seconds = MANY_FILES
    rows = [
        (
            f"{size:,} files of {layers} layers",
            *timed(sample),
            held(sample.seconds, seconds, " s") if size == most else "",
        )
        for size, sample in found.items()
    ]
    note = "`check` on all cores. The peak is that of its largest process."
    return Section(
        "Many files", ("what is checked", "median", "least", "peak", "bound"), rows, note
    )


def grown(
    series: str, sizes: list[int], rounds: int, folder: Path
) -> dict[tuple[int, str], Sample]:
    commands = {}
    for size in sizes:
        path = folder / f"{series}-{size}.yaml"
        path.write_text(network(series, size), encoding="utf-8")
        commands.update(
            {f"{size} {form}": cnncalc("show", str(path), *words) for form, words in FORMS.items()}
        )
    found = alternate(commands, rounds)
    return {(size, form): found[f"{size} {form}"] for form in FORMS for size in sizes}


def network(series: str, size: int) -> str:
    """So many layers: written one by one, a convolution and a relu by turns, or one convolution that is repeated."""
    conv = "conv: 16, kernel: 3, padding: 1"
    if series == "repeated":
        return f"input: 16x64x64\nlayers:\n  - {{{conv}, repeat: {size}}}\n"
    return "input: 16x64x64\nlayers:\n" + f"  - {{{conv}}}\n  - relu\n" * (size // 2)


def growth(series: str, found: Mapping[tuple[int, str], Sample]) -> Section:
    rows = []
    for (size, form), sample in found.items():
        smaller = found.get((size // 10, form))
        factors = (
            [times(sample.seconds / smaller.seconds), times(sample.peak / smaller.peak)]
            if smaller
            else ["", ""]
        )
        each = (
            f"{(sample.seconds - smaller.seconds) / (size - size // 10) * 1e6:.1f} us"
            if smaller
            else ""
        )
        rows.append(
            (
                f"{size:,} as {form}",
                *timed(sample),
                *factors,
                each,
                bounds_of(series, size, form, sample),
            )
        )
    titles = ("layers", "median", "least", "peak", "time x", "peak x", "a layer more", "bound")
    return Section(
        f"Growth: {series} layers",
        titles,
        rows,
        "Growth is per factor of ten: 10 or less is linear.",
    )


def bounds_of(series: str, size: int, form: str, sample: Sample) -> str:
    seconds, size_bound = LIMITS.get((series, size, form), (None, None))
    bounds = [held(sample.seconds, seconds, " s")] if seconds else []
    if size_bound:
        bounds.append(held(sample.peak / 1e6, size_bound, " MB"))
    return ", ".join(bounds)


def timed(sample: Sample) -> tuple[str, str, str]:
    return milliseconds(sample.seconds), milliseconds(sample.least), megabytes(sample.peak)


if __name__ == "__main__":
    main()
