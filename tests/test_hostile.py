"""Any input: no traceback, no hang, bounded memory, and both parsers of PyYAML agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnncalc.engine import analyse
from cnncalc.parser import Parsed, parse
from cnncalc.views.show.json import show_json

from .support.bombs import BOMBS
from .support.damage import damaged
from .support.paths import ARCHITECTURES, TESTS
from .support.processes import cnncalc, terminal

FILES = [path.read_text("utf-8") for path in sorted(ARCHITECTURES.glob("*.yaml"))]
SMALL = [
    path.read_text("utf-8", errors="ignore")
    for path in sorted((TESTS / "networks").glob("*/*.yaml"))
]


def outcome(parsed: Parsed) -> object:
    """The result of a file: its numbers, or the positions of its errors."""
    if parsed.network is not None:
        return list(show_json(analyse(parsed.network)))
    return [(problem.span, problem.rule) for problem in parsed.problems]


def check(data: bytes) -> None:
    """Both parsers accept and refuse the same; only positions of YAML errors may differ."""
    one, other = parse(data, "x.yaml"), parse(data, "x.yaml", pure=True)
    assert (one.network is None) == (other.network is None)
    assert one.network is not None or any(problem.severity == "error" for problem in one.problems)
    rules = {problem.rule for problem in (*one.problems, *other.problems)}
    if not rules & {"syntax", "limit"}:
        assert outcome(one) == outcome(other)


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_bytes(data: bytes) -> None:
    check(data)


MARKS = [
    *"[]{},:-?&*!|>'\"%@`#\n\n  \t\\~<=x3ab\u0085\u2028\ufeff\u00e9",
    "layers: ",
    "input: 3x8x8\n",
]


@given(st.lists(st.sampled_from(MARKS)))
@settings(max_examples=400)
def test_punctuation(pieces: list[str]) -> None:
    check("".join(pieces).encode())


def damaged_files(texts: list[str]) -> st.SearchStrategy[str]:
    return st.builds(damaged, st.randoms(), st.sampled_from(texts), st.just(texts))


@pytest.mark.slow
@example(
    "input: 3x8x8\nlayers:\n  - {? , from: [input, input]}\n"
)  # an empty key, whose position differs between the parsers
@example(
    "input: 3x8x8\nlayers:\n  - {layers :[relu], name: b}\n"
)  # only one parser takes it for a key
@example("input: 3x8x8\nlayers:\n- conv: |#\n    4\n")  # only one parser takes it for a comment
@given(damaged_files(SMALL))
@example("layers:\n- {conv: 2, re")  # an unclosed text, which libyaml puts after the last line
@settings(max_examples=600)
def test_damaged_small_files(text: str) -> None:
    check(text.encode("utf-8", "replace"))


@pytest.mark.slow
@given(damaged_files(FILES))
@settings(max_examples=40)
def test_damaged_architectures(text: str) -> None:
    check(text.encode("utf-8", "replace"))


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name: str, tmp_path: Path) -> None:
    """Every bomb is answered within the limits of `limited`.

    A file without errors is not only read but also analyzed, in `check` for the rules alone.
    """
    path = tmp_path / "bomb.yaml"
    path.write_text(BOMBS[name])
    shown = cnncalc("show", str(path), is_limited=True)
    assert bool(shown.returncode) == ("error:" in shown.stderr)
    checked = shown if shown.returncode else cnncalc("check", str(path), is_limited=True)
    for ran in (shown, checked):
        assert ran.returncode in (0, 1), ran.stderr[-2000:]
        assert "Traceback" not in ran.stderr and len(ran.stderr) < 2_000_000


# Paths


def test_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with open(path, "wb") as file:
        file.truncate(1 << 30)
    ran = cnncalc("show", str(path), is_limited=True)
    assert (
        ran.returncode == 2
        and "is larger than 5,000,000 bytes" in ran.stderr
        and ran.stderr.count("\n") == 1
    )


@pytest.mark.parametrize(
    "value", [".nan", ".inf", "1e999", "-1e999", "1e308 * 10", "0 * 1e999", "2 ** 0.5 ** -64"]
)
def test_numbers_that_are_none(value: str) -> None:
    parsed = parse(
        f"input: 3x8x8\nlayers: [{{leaky_relu: '{value}'}}, {{conv: '{value}'}}]\n".encode(),
        "x.yaml",
    )
    assert parsed.network is None and parsed.problems


@pytest.mark.parametrize("columns", ["0", "-5", "many", "1", "99999999999999999999"])
def test_columns_that_are_no_width(columns: str) -> None:
    ran = cnncalc("show", "lenet5", COLUMNS=columns)
    assert ran.returncode == 0 and "60,840" in ran.stdout
    assert "60,840" in terminal("show", "lenet5", columns=80, COLUMNS=columns)
