"""The work of `check`: it grows with the file, whatever the file has many of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cnncalc.check.file import check_file
from cnncalc.check.fixes import apply_fixes
from cnncalc.check.result import CheckResult, FileResult
from cnncalc.check.unified_diff import unified_diff
from cnncalc.lint.registry import RULES
from cnncalc.problem import did_you_mean, nearest_of
from cnncalc.views.check.fingerprints import MAX_LENGTH, fingerprinted
from cnncalc.views.check.formats import FORMATS, render

from .support.processes import cnncalc
from .support.work import lines_executed

HEAD = "input: 3x8x8\n"


def lines(text: str, n: int) -> str:
    """A line n times, with its number."""
    return "".join(text.replace("#n", str(index)) + "\n" for index in range(n))


def listed(text: str, n: int) -> str:
    return ", ".join(text.replace("#n", str(index)) for index in range(n))


CONSTRUCTS: dict[str, Callable[[int], str]] = {
    "suppressions": lambda n: (
        HEAD
        + "layers:\n"
        + lines("  - {conv: 4, kernel: 1, for: {k: 1}}  # cnncalc: ignore[unused-name]", n)
    ),
    "suppressions of the file": lambda n: (
        lines("# cnncalc: ignore[unused-name]", n)
        + HEAD
        + "layers:\n"
        + lines("  - {conv: 4, kernel: 1, for: {k: 1}}", n)
    ),
    "unknown rules": lambda n: HEAD + "layers: [relu]\n" + lines("# cnncalc: ignore[a#n]", n),
    "marks in comments": lambda n: HEAD + f"layers: [relu]  # cnncalc: ignore[{'a #,' * n}]\n",
    "expectations of layers": lambda n: (
        HEAD
        + "layers:\n"
        + lines("  - {relu: , name: n#n}", n)
        + "expect:\n  layers:\n"
        + lines("    n#n: {params: 0}", n)
    ),
    "unknown arguments": lambda n: (
        HEAD + "layers:\n" + lines("  - {conv: 4, kernel: 1, biaas#n: 1}", n)
    ),
    "blocks that hand on": lambda n: (
        HEAD
        + "vars: {v: 1}\nblocks:\n"
        + lines("  b#n: {params: [a=1], layers: [{relu: , when: a > 0}]}", n)
        + "  b0x: {params: [a=1], layers: [{b0: a}]}\n"
        + "layers:\n"
        + lines("  - {b#n: v}", n)
    ),
    "chains of blocks": lambda n: (
        HEAD
        + "vars: {v: 1}\nblocks:\n"
        + "  b0: {params: [a=1], layers: [relu]}\n"
        + "".join(
            f"  b{k}: {{params: [a=1], layers: [{{b{k - 1}: a, when: false}}]}}\n"
            for k in range(1, n)
        )
        + f"layers: [{{b{n - 1}: v}}]\n"
    ),
    "variables in blocks": lambda n: (
        HEAD
        + "vars:\n"
        + lines("  v#n: 1", n)
        + "blocks:\n"
        + lines("  b#n: {layers: [{relu: , when: v#n > 0}]}", n)
        + "layers:\n"
        + lines("  - b#n", n)
    ),
    "lets": lambda n: (
        HEAD
        + f"blocks:\n  b:\n    let: {{{listed('l#n: 1', n)}}}\n    layers:\n"
        + lines("      - {conv: l#n, kernel: 1}", n)
        + "layers: [b]\n"
    ),
    "inputs of blocks": lambda n: (
        HEAD
        + f"blocks:\n  b: {{inputs: [x, {listed('i#n', n)}], "
        + f"layers: [{{add: [x, {listed('i#n', n)}]}}]}}\n"
        + f"layers: [{{b: , from: [{listed('input', n + 1)}]}}]\n"
    ),
    "findings": lambda n: HEAD + "layers:\n" + lines("  - {conv: 4}\n  - bn", n),
    "findings on one line": lambda n: HEAD + f"layers: [{listed('{conv: 4}, bn', n)}]\n",
}


def checked(text: str) -> FileResult:
    found = check_file(text.encode(), "x.yaml", RULES)
    assert found is not None
    return found


def growth(run: Callable[[int], object], n: int) -> float:
    run(n)  # imports, and what is cached
    small = lines_executed(lambda: run(n))
    return lines_executed(lambda: run(2 * n)) / small


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_work_grows_with_the_file(name: str) -> None:
    construct = CONSTRUCTS[name]
    rules = {finding.problem.rule for finding in checked(construct(9)).findings}
    assert rules <= {*RULES, "unknown-argument"}, rules
    assert growth(lambda n: checked(construct(n)), 200) <= 2.2


@pytest.mark.parametrize("form", FORMATS)
def test_work_of_formats_grows_with_the_findings(form: str) -> None:
    construct = CONSTRUCTS["findings on one line"]
    results = {n: CheckResult((checked(construct(n)),), RULES) for n in (200, 400)}
    assert growth(lambda n: render(form, results[n]), 200) <= 2.2


def test_work_of_fixes_grows_with_their_number() -> None:
    def fix(n: int) -> None:
        text = CONSTRUCTS["findings"](n)
        fixed = apply_fixes(text.encode(), lambda data: checked(data.decode()))
        assert len(fixed.applied) == n
        assert sum(line[0] == "+" for line in unified_diff("x", text, fixed.edits)) == n + 1

    assert growth(fix, 200) <= 2.2


@pytest.mark.parametrize("letters", [6, 20, 52])
def test_work_of_hints_is_bounded(letters: int) -> None:
    """Near words of many letters: as many are measured as their lengths allow."""
    known = [f"{'abcdefgh' * 8}"[:letters] + f"{index:04}" for index in range(1000)]
    work = lines_executed(lambda: did_you_mean(f"{known[500][:-1]}x", known))
    assert work < 200_000


def test_hints_are_those_of_difflib_among_few_words() -> None:
    from difflib import get_close_matches

    words = sorted({*RULES, "kernel", "stride", "padding", "dilation", "groups", "bias", "out"})
    for word in words:
        for at in range(len(word)):
            wrong = word[:at] + "q" + word[at + 1 :]
            expected = get_close_matches(wrong, words, n=1, cutoff=0.7)
            assert nearest_of(wrong, words) == (expected[0] if expected else ""), wrong


def test_hints_among_many_words() -> None:
    known = [f"stage{a}_block{b}_conv{c}" for a in range(10) for b in range(10) for c in range(10)]
    for word in known[::37]:
        assert nearest_of(word.replace("block", "blok"), known) == word


@pytest.mark.parametrize("name", CONSTRUCTS)
@pytest.mark.parametrize("options", [(), ("--format", "sarif"), ("--diff",)])
def test_many(name: str, options: tuple[str, ...], tmp_path: Path) -> None:
    """4,000 of each, within the limits of `limited`."""
    (tmp_path / "x.yaml").write_text(CONSTRUCTS[name](4000))
    words = ("x.yaml", "--select", "all", *options)
    ran = cnncalc("check", *words, cwd=tmp_path, is_limited=True)
    assert ran.returncode in (0, 1) and "Traceback" not in ran.stderr


def test_fingerprints_of_long_lines() -> None:
    """Findings of one line differ by what is marked, not by what is far from it."""
    text = CONSTRUCTS["findings on one line"](2000)
    before = [mark for *_, mark in fingerprinted(CheckResult((checked(text),), RULES))]
    assert len(set(before)) == len(before) > 2000
    longer = text.replace("]\n", ", relu, relu]\n")
    after = {mark for *_, mark in fingerprinted(CheckResult((checked(longer),), RULES))}
    assert len(after & set(before)) > len(before) - MAX_LENGTH


def test_suppressions_of_a_line_and_of_the_file() -> None:
    text = HEAD + "layers:\n  - {conv: 4, for: {k: 2}}  # cnncalc: ignore[unused-name]\n"
    rules = ("unused-name", "stale-suppression")

    def found(text: str) -> list[tuple[str, int]]:
        result = check_file(text.encode(), "x.yaml", rules)
        assert result is not None
        return [(one.problem.rule, one.problem.span.line) for one in result.findings]

    assert found(text) == []
    whole = "# cnncalc: ignore[unused-name]\n# cnncalc: ignore[unused-name]\n"
    assert found(whole + text) == []
    assert found(whole + text + "  - {conv: 4, for: {k: 2}}\n") == []
    again = whole + text.replace("for: {k: 2}", "repeat: 2")
    assert found(again) == [("stale-suppression", line) for line in (1, 2, 5)]
    quoted = HEAD + 'name: "a # cnncalc: ignore[unused-name]"\nlayers: [{conv: 4, for: {k: 2}}]\n'
    assert found(quoted) == [("unused-name", 3)]
