"""Networks from text, and the bundled ones by name."""

from __future__ import annotations

from functools import cache

from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis
from cnncalc.layers import layer_class
from cnncalc.parser import Parsed, ReadFile, Request, build, parse, read_document

from .paths import ARCHITECTURES

SMALL = """\
input: 3x8x8
layers:
  - {conv: 4, kernel: 3, padding: 1, name: first}
  - relu
  - {conv: 8, name: second}
"""
WIDER = SMALL.replace("conv: 8", "conv: 16")


def read(text: str, variant: str | None = None, *, pure: bool = False) -> Parsed:
    """The network of a file with this text, with its problems."""
    return parse(text.encode(), "network.yaml", Request(variant), pure=pure)


def report_of(text: str) -> Analysis:
    """The analysis of a file with this text, which must have no errors."""
    parsed = read(text)
    assert parsed.network is not None, [problem.message for problem in parsed.problems]
    return analyse(parsed.network)


def example_text(kind: str) -> str:
    """A file with the example of a kind; one of several outputs is followed by the last."""
    inputs, step, _ = layer_class(kind).example
    if kind != "chunk":
        return f"input: {inputs}\nlayers:\n  - {step}\n"
    named = step.replace("}", ", name: parts}")
    return f"input: {inputs}\nlayers:\n  - {named}\n  - {{from: 'parts[2]'}}\n"


@cache
def bundled_file(stem: str) -> ReadFile:
    """A bundled file, read once for all of its variants."""
    path = ARCHITECTURES / f"{stem}.yaml"
    return read_document(path.read_bytes(), path.name)


@cache
def variants() -> list[tuple[str, str | None]]:
    """Every bundled file with each of its variants."""
    stems = sorted(path.stem for path in ARCHITECTURES.glob("*.yaml"))
    return [(stem, name) for stem in stems for name in bundled_file(stem).variants or (None,)]


def one_of_each() -> list[tuple[str, str | None]]:
    """A variant of every bundled file, neither the smallest nor the largest one of many."""
    files: dict[str, list[str | None]] = {}
    for stem, variant in variants():
        files.setdefault(stem, []).append(variant)
    return [(stem, names[len(names) // 2]) for stem, names in files.items()]


@cache
def bundled(name: str) -> Analysis:
    """The analysis of a bundled variant, or of a bundled file without variants."""
    for file, variant in variants():
        if name == (variant or file):
            parsed = build(bundled_file(file), Request(variant))
            assert parsed.network is not None and not parsed.problems, parsed.problems
            return analyse(parsed.network)
    raise LookupError(name)


NAMES_OF_BUNDLED = [variant or file for file, variant in variants()]
ONE_OF_EACH = [variant or file for file, variant in one_of_each()]
