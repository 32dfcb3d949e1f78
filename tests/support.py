"""What the tests share: bundled networks by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cnncalc.engine.analysis import Analysis
from cnncalc.engine.calculation import analyse
from cnncalc.parser import Request
from cnncalc.parser.parsing import Parsed, parse

HERE = Path(__file__).parent
ARCHITECTURES = HERE.parent / "architectures"


def read(text: str, variant: str | None = None, *, pure: bool = False) -> Parsed:
    """The outcome of a text."""
    return parse(text.encode(), "network.yaml", Request(variant), pure=pure)


def report_of(text: str) -> Analysis:
    """The numbers of a text that must be right."""
    parsed = read(text)
    assert parsed.network is not None, [problem.message for problem in parsed.problems]
    return analyse(parsed.network)


@cache
def variants() -> list[tuple[str, str | None]]:
    """Every bundled file with each of its variants."""
    found: list[tuple[str, str | None]] = []
    for path in sorted(ARCHITECTURES.glob("*.yaml")):
        names = parse(path.read_bytes(), path.name).variants
        found += [(path.stem, name) for name in names] if names else [(path.stem, None)]
    return found


@cache
def bundled(name: str) -> Analysis:
    """The numbers of a bundled variant, or of a file without variants."""
    for file, variant in variants():
        if name == (variant or file):
            parsed = parse(
                (ARCHITECTURES / f"{file}.yaml").read_bytes(), f"{file}.yaml", Request(variant)
            )
            assert parsed.network is not None and not parsed.problems, parsed.problems
            return analyse(parsed.network)
    raise LookupError(name)


NAMES_OF_BUNDLED = [variant or file for file, variant in variants()]
