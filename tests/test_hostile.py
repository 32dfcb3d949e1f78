"""Whatever bytes come in: no traceback, no hang, bounded memory, and both of PyYAML's parsers agree."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnncalc.engine.calculation import analyse
from cnncalc.parser.parsing import Parsed, parse
from cnncalc.views.show.json import show_json

from .support import ARCHITECTURES, HERE
from .test_show import ENVIRONMENT, ROOT, cnncalc, terminal

FILES = [path.read_text("utf-8") for path in sorted(ARCHITECTURES.glob("*.yaml"))]
SMALL = [
    path.read_text("utf-8", errors="ignore")
    for path in sorted((HERE / "networks").glob("*/*.yaml"))
]


def outcome(parsed: Parsed) -> object:
    """What a file comes to: its numbers, or where it is wrong."""
    if parsed.network is not None:
        return list(show_json(analyse(parsed.network)))
    return [(problem.span, problem.rule) for problem in parsed.problems]


def check(data: bytes) -> None:
    """Both parsers accept and refuse the same; what YAML itself refuses they may place differently."""
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


PIECES = [
    "", " ", "\n", "[", "]", "{", "}", ",", ":", ": ", "- ", '"', "'", "#", "*a", "&a ", "!t ", "|", ">", "0", "-1",
    "9**9**9", "1e999", ".nan", "relu", "conv", "name: ", "when: false, ", "repeat: 3, ", "from: ", "shared: a, ", "input",
    "i", "((((", "x", "\t", "\x1b", "\x85", "~", "%", "?", "<<: ", "10**15", "0.5", "true", "layers: ", "add: ", "-", "//0",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, texts: list[str]) -> str:
    """A right file with a few places changed, lost, doubled or moved."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        how = draw(st.sampled_from(["replace", "double", "move"]))
        if how == "replace":
            text = text[:start] + draw(st.sampled_from(PIECES)) + text[end:]
        elif how == "double":
            text = text[:end] + text[start:end] + text[end:]
        else:
            rest = text[:start] + text[end:]
            at = draw(st.integers(0, len(rest)))
            text = rest[:at] + text[start:end] + rest[at:]
    return text


@example(
    "input: 3x8x8\nlayers:\n  - {? , from: [input, input]}\n"
)  # an empty key, of which the parsers say different places
@example(
    "input: 3x8x8\nlayers:\n  - {layers :[relu], name: b}\n"
)  # only one parser takes it for a key
@example("input: 3x8x8\nlayers:\n- conv: |#\n    4\n")  # only one parser takes it for a comment
@given(damaged(SMALL))
@example(
    "layers:\n- {conv: 2, re"
)  # ends in a text that is not closed, which libyaml places behind the last line
@settings(max_examples=600)
def test_damaged_small_files(text: str) -> None:
    check(text.encode("utf-8", "replace"))


@given(damaged(FILES))
@settings(max_examples=40)
def test_damaged_architectures(text: str) -> None:
    check(text.encode("utf-8", "replace"))


HEAD = "input: 3x8x8\n"
BOMBS = {
    "aliases": "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(1000)),
    "merge": HEAD + "layers:\n- {<<: {<<: {<<: {conv: 4}}}}\n",
    "nesting": "[" * 30_000,
    "nested mappings": "{a: " * 30_000,
    "nested blocks": "\n".join(" " * i + "a:" for i in range(3000)),
    "long key": "? " + "a" * 4_000_000 + "\n",
    "power": HEAD + "layers: [{conv: 9**9**9}]\n",
    "powers": HEAD + "vars: {a: 10**15}\nlayers: [{conv: a ** 64 ** 64}]\n",
    "digits": HEAD + f"layers: [{{conv: {'9' * 1_000_000}}}]\n",
    "digits in a shape": f"input: {'9' * 1_000_000}x3\nlayers: [relu]\n",
    "digits in a figure": HEAD + f"layers: [relu]\nexpect: {{params: {'9' * 1_000_000}}}\n",
    "long expression": HEAD + f"layers: [{{conv: '{'1+' * 2_000_000}1'}}]\n",
    "brackets in an expression": HEAD + f"layers: [{{conv: '{'(' * 99}1{')' * 99}'}}]\n",
    "minus signs": HEAD + f"layers: [{{conv: '{'-' * 198}1'}}]\n",
    "nots": HEAD + f"layers: [{{relu: , when: '{'not ' * 45}true'}}]\n",
    "repeat": HEAD + "layers: [{relu: , repeat: 10**9}]\n",
    "repeat of nothing": HEAD + "layers: [{layers: [{layers: [], repeat: 99999}], repeat: 99999}]\n",
    "repeat left out": HEAD + "layers: [{layers: [{relu: , when: false, repeat: 300}], repeat: 300}]\n",
    "for": HEAD + "layers: [{relu: , for: {k: 10**12}}]\n",
    "across": HEAD + "layers: [{concat: [{conv: k}], across: {k: 10**7}}]\n",
    "list": HEAD + "vars: {a: '[0] * 10**9'}\nlayers: [{conv: a}]\n",
    "lists of lists": HEAD + "vars: {a: '[0] * 9999', b: '[a] * 9999', c: '[b] * 9999'}\nlayers: [{conv: 'len(c + c)'}]\n",
    "deep value": HEAD
    + "vars:\n  v0: 1\n"
    + "".join(f"  v{i + 1}: '[v{i}, v{i}]'\n" for i in range(60))
    + "layers: [{conv: v60}]\n",
    "deep values compared": HEAD
    + "vars:\n  v0: 1\n"
    + "".join(f"  v{i + 1}: '[v{i}, v{i}]'\n" for i in range(40))
    + "layers: [{conv: 3, when: 'v40 == [v39, v39]'}]\n",
    "blocks that double": HEAD
    + "blocks:\n  b0: {layers: [relu]}\n"
    + "".join(f"  b{i}: {{layers: [{{b{i - 1}: }}, {{b{i - 1}: }}]}}\n" for i in range(1, 45))
    + "layers: [{b44: }]\n",
    "blocks of nothing that double": HEAD
    + "blocks:\n  b0: {layers: [{relu: , when: false}]}\n"
    + "".join(f"  b{i}: {{layers: [{{b{i - 1}: }}, {{b{i - 1}: }}]}}\n" for i in range(1, 45))
    + "layers: [{b44: }]\n",
    "a block that calls itself": HEAD + "blocks: {b: {layers: [{b: }, {b: }]}}\nlayers: [{b: }]\n",
    "a concat that doubles": HEAD + "layers:\n" + "- {concat: [[], []]}\n" * 200,
    "all rounds, again and again": HEAD + "layers: [{relu: , repeat: 9999, name: r}, " + "{concat: [r.*]}, " * 300 + "relu]\n",
    "words": HEAD + "layers: [" + "a," * 2_000_000 + "]\n",
    "mistakes": HEAD + "layers: [" + "{conv: x}," * 400_000 + "]\n",
    "keys": HEAD + "layers: [{" + "".join(f"k{i}: 1," for i in range(400_000)) + "}]\n",
    "blocks": HEAD + "blocks:\n" + "".join(f"  b{i}: {{layers: [relu]}}\n" for i in range(100_000)) + "layers: [relu]\n",
    "steps": HEAD + "layers:\n" + "- relu\n" * 600_000,
    "names": HEAD + "layers:\n" + "".join(f"- {{relu: , name: n{i}}}\n" for i in range(60_000)),
    "names that are near others": HEAD
    + "vars:\n"
    + "".join(f"  variable{i}: 1\n" for i in range(60_000))
    + "layers:\n"
    + "".join(f"- {{conv: variabel{i}}}\n" for i in range(600)),
    "one long line": HEAD + "name: '" + "a" * 4_000_000 + "'\nlayers: [convv]\n",
    "long paths": HEAD
    + "layers:\n"
    + "".join("  " * i + f"- name: {'n' * 3000}\n" + "  " * i + "  layers:\n" for i in range(30)),
    "large sizes": HEAD + "layers: [{upsample: 10**9, repeat: 9}]\n",
    "a shape of many axes": HEAD + "layers: [{weight: '[10**15] * 300'}]\n",
    "a shape of many elements": "input: 999999999999999x999999999999999\nlayers: [relu]\n",
    "parts": "input: 999999999999999\nlayers: [{chunk: 999999999999999, name: c}, {from: c.0}]\n",
    "parts, again and again": "input: 9999x3\nlayers: [{chunk: 9999, name: c, repeat: 1, from: input}"
    + ", {chunk: 9999, from: input}" * 3000
    + "]\n",
    "large padding": HEAD + "layers: [{conv: 3, padding: 10**15, kernel: 10**15}]\n",
    "adaptive": HEAD + "layers: [{adaptive_avgpool: 10**15}, {adaptive_avgpool: 999999999999989}, {adaptive_avgpool: 7}]\n",
    "layers of a recurrence": "input: 3x8\nlayers: [{lstm: 3, layers: 10**15}]\n",
    "select": HEAD + "layers: [{select: '[0] * 10000'}]\n",
    "chunk": "input: 1000000x3\nlayers: [{chunk: 1000000, name: c}, {from: c.0}]\n",
    "lists of variables": HEAD
    + "vars:\n  l: [1, 2, 3, 4]\n" + "".join(f"  v{i}: l * 200\n" for i in range(1500)) + "layers: [relu]\n",
    "a promise behind a limit": HEAD
    + "layers: [{repeat: 90000, layers: [" + "{relu: , when: i < 0}, " * 6 + "relu]}]\nexpect: {output: '[10] + [1]'}\n",
    "an index in an index": HEAD + "layers: [{relu: , repeat: 2, name: r}, {from: 'r" + "[0" * 30 + "]" * 30 + "'}]\n",
}  # fmt: skip


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


@pytest.mark.parametrize("command", ["show", "check"])
@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name: str, command: str, tmp_path: Path) -> None:
    """Within a gigabyte and half a minute (an ordinary answer takes a tenth of a second, the largest files a few)."""
    path = tmp_path / "bomb.yaml"
    path.write_text(BOMBS[name])
    ran = subprocess.run(
        [sys.executable, "-m", "cnncalc", command, str(path)],
        capture_output=True, timeout=30, env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)}, preexec_fn=limited, check=False,
    )  # fmt: skip
    assert ran.returncode in (0, 1), ran.stderr[-2000:]
    assert b"Traceback" not in ran.stderr and len(ran.stderr) < 2_000_000
    if command == "show":
        assert bool(ran.returncode) == (b"error:" in ran.stderr)


# What stands at a path


def test_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with open(path, "wb") as file:
        file.truncate(1 << 30)
    ran = subprocess.run(
        [sys.executable, "-m", "cnncalc", "show", str(path)],
        capture_output=True, timeout=30, env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)}, preexec_fn=limited, check=False,
    )  # fmt: skip
    assert (
        ran.returncode == 2
        and b"is larger than 5,000,000 bytes" in ran.stderr
        and ran.stderr.count(b"\n") == 1
    )


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown", "latex"])
def test_a_name_that_is_no_text(tmp_path: Path, form: str) -> None:
    path = bytes(tmp_path) + b"/\xff\x1b[31m.yaml"
    with open(path, "wb") as file:
        file.write(b"input: 3x8x8\nlayers: [relu]\n")
    ran = subprocess.run(
        [sys.executable, "-m", "cnncalc", "show", path, "--format", form],
        capture_output=True, timeout=30, env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert ran.returncode == 0 and not ran.stderr and b"\x1b" not in ran.stdout


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
