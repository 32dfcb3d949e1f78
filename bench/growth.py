"""How time and memory grow with the number of layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from .bounds import GROWTH_BOUNDS
from .measure import Sample, alternate, cnncalc
from .table import FigureTable, times, timings, within

FORMS = {"json": ("--format", "json"), "table": ("--depth", "all")}

Samples = Mapping[tuple[int, str], Sample]
"""By the number of layers and the format."""


def growth(series: str, sizes: Sequence[int], rounds: int) -> FigureTable:
    samples = measured(series, sizes, rounds)
    rows = [
        (
            f"{size:,} as {form}",
            *timings(sample),
            *increase(samples, size, form),
            bounds(series, size, form, sample),
        )
        for (size, form), sample in samples.items()
    ]
    return FigureTable(
        f"Growth: {series} layers",
        ("layers", "median", "least", "peak", "time x", "peak x", "per layer", "bound"),
        rows,
        "Growth is per factor of ten: 10 or less is linear.",
    )


def network(series: str, size: int) -> str:
    """A file of `size` layers: alternating convolutions and relus, or one repeated convolution."""
    conv = "conv: 16, kernel: 3, padding: 1"
    if series == "repeated":
        return f"input: 16x64x64\nlayers:\n  - {{{conv}, repeat: {size}}}\n"
    return "input: 16x64x64\nlayers:\n" + f"  - {{{conv}}}\n  - relu\n" * (size // 2)


def measured(series: str, sizes: Sequence[int], rounds: int) -> Samples:
    commands = {}
    with TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / f"{size}.yaml"
            path.write_text(network(series, size), encoding="utf-8")
            for form, options in FORMS.items():
                commands[f"{size} {form}"] = cnncalc("show", str(path), *options)
        found = alternate(commands, rounds)
    return {(size, form): found[f"{size} {form}"] for form in FORMS for size in sizes}


def increase(samples: Samples, size: int, form: str) -> tuple[str, str, str]:
    """Time and peak as multiples of those at a tenth of the layers, and the time of each more."""
    sample, smaller = samples[size, form], samples.get((size // 10, form))
    if smaller is None:
        return "", "", ""
    each = (sample.seconds - smaller.seconds) / (size - size // 10)
    ratios = (sample.seconds / smaller.seconds, sample.peak / smaller.peak)
    return times(ratios[0]), times(ratios[1]), f"{each * 1e6:.1f} us"


def bounds(series: str, size: int, form: str, sample: Sample) -> str:
    seconds, peak = GROWTH_BOUNDS.get((series, size, form), (None, None))
    found = [within(sample.seconds, seconds, " s")] if seconds else []
    if peak:
        found.append(within(sample.peak / 1e6, peak, " MB"))
    return ", ".join(found)
