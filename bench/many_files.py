"""Comparisons of large networks, and `check` of many files."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from .bounds import CHECK_FILES, CHECK_LAYERS, CHECK_SECONDS, DIFF_LAYERS, DIFF_SECONDS
from .growth import network
from .measure import alternate, cnncalc
from .table import FigureTable, timings, within


def large_diffs(largest: int, rounds: int) -> FigureTable:
    size = min(DIFF_LAYERS, largest)
    commands = {}
    with TemporaryDirectory() as folder:
        one = Path(folder) / "one.yaml"
        one.write_text(network("written", size), encoding="utf-8")
        for name, text in variations(size).items():
            other = Path(folder) / f"{name}.yaml"
            other.write_text(text, encoding="utf-8")
            commands[f"{size:,} layers, {name}"] = cnncalc("diff", str(one), str(other))
        samples = alternate(commands, rounds)
    rows = [
        (name, *timings(sample), within(sample.seconds, DIFF_SECONDS, " s"))
        for name, sample in samples.items()
    ]
    return FigureTable(
        "Differences of large networks",
        ("two networks", "median", "least", "peak", "bound"),
        rows,
        "Both files read and analyzed, compared, and the table printed.",
    )


def variations(size: int) -> dict[str, str]:
    """The networks to compare with `written` layers: the same one, and ever more different ones."""
    text = network("written", size)
    lines = text.splitlines()
    few, nothing = list(lines), list(lines)
    for index, line in enumerate(lines):
        if index % (size // 5) == 2:
            few[index] = line.replace("kernel: 3, padding: 1", "kernel: 1")
        if index:
            layer = f"{8 + index % 7}, name: c{index}"
            nothing[index] = line.replace("16, kernel: 3, padding: 1", layer)
    conv, relu = (line.removeprefix("  - ") for line in lines[2:4])
    groups = [f"  - {{layers: [{conv}, {relu}], name: g{index}}}" for index in range(size // 2)]
    return {
        "equal": text,
        "a few changes": "\n".join(few),
        "nothing in common": "\n".join(nothing),
        "put into groups": "\n".join([*lines[:2], *groups]),
    }


def checks(largest: int, rounds: int) -> FigureTable:
    """`check` of a tenth of the files, and of all of them."""
    files = min(CHECK_FILES, largest)
    commands = {}
    with TemporaryDirectory() as folder:
        for size in (files // 10, files):
            inner = Path(folder) / str(size)
            write_files(inner, size)
            name = f"{size:,} files of {CHECK_LAYERS} layers"
            commands[name] = cnncalc("check", str(inner), "--isolated", "--format", "json")
        samples = alternate(commands, rounds)
    rows = []
    for name, sample in samples.items():
        bound = (
            within(sample.seconds, CHECK_SECONDS, " s") if name.startswith(f"{files:,} ") else ""
        )
        rows.append((name, *timings(sample), bound))
    return FigureTable(
        "Many files",
        ("files", "median", "least", "peak", "bound"),
        rows,
        "`check` on all cores. The peak is that of its largest process.",
    )


def write_files(folder: Path, count: int) -> None:
    """Write that many networks, all different, so that nothing is found twice."""
    text = network("written", CHECK_LAYERS)
    folder.mkdir()
    for index in range(count):
        sizes = f"16x64x{64 + index % 64}"
        path = folder / f"{index}.yaml"
        path.write_text(text.replace("16x64x64", sizes), encoding="utf-8")
