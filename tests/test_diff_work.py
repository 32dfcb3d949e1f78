"""The work of `diff`: it grows with the networks, also if they have little in common."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from cnncalc.difference import Comparison, compare
from cnncalc.difference.file_comparison import compare_versions
from cnncalc.difference.wiring import SOURCE_BITS
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis
from cnncalc.limits import MAX_CHECK_EFFORT
from cnncalc.sources.resolve import Source
from cnncalc.sources.revisions import FileVersions
from cnncalc.views.diff.table import diff_table
from cnncalc.views.style import Style

from .support.differences import mirrors, sums_hold
from .support.networks import SMALL, read
from .support.processes import cnncalc
from .support.repositories import commit, git
from .support.work import lines_executed

HEAD = "input: 1x8x8\nlayers:\n"
KINDS = ("relu", "sigmoid", "gelu", "tanh", "elu", "silu")


def steps(*lines: str) -> str:
    return HEAD + "".join(f"  - {line}\n" for line in lines)


def nested(levels: int, kind: str) -> str:
    text = kind
    for _ in range(levels):
        text = f"{{layers: [{', '.join([kind] * 20)}, {text}]}}"
    return steps(text)


def shuffled(n: int, seed: int) -> str:
    choice = random.Random(seed).choice
    return steps(*[choice(KINDS) for _ in range(n)])


def groups(n: int) -> str:
    """Groups of all sizes up to about the square root of n."""
    sizes = range(1, int((2 * n) ** 0.5))
    return steps(*[f"{{name: g{k}, layers: [{{relu: , repeat: {k}}}]}}" for k in sizes])


def ungrouped(n: int) -> str:
    return steps(*[f"{{relu: , repeat: {k}, name: h{k}}}" for k in range(1, int((2 * n) ** 0.5))])


def numbered(n: int, prefix: str) -> str:
    return steps(*[f"{{relu: , name: {prefix}{k}}}" for k in range(n)])


PAIRS: dict[str, Callable[[int], tuple[str, str]]] = {
    "iterations of another layer": lambda n: (
        steps("relu"),
        steps(f"{{tanh: , repeat: {n}}}"),
    ),
    "nothing in common": lambda n: (
        steps(f"{{layers: [relu, gelu], repeat: {n}}}"),
        steps(f"{{layers: [bn, {{dropout: 0.5}}], repeat: {n}}}"),
    ),
    "activations in another order": lambda n: (shuffled(n, 1), shuffled(n, 2)),
    "other names": lambda n: (numbered(n, "a"), numbered(n, "b")),
    "reversed": lambda n: (
        steps(*[f"{{conv: 1, kernel: 1, groups: 1, name: c{k}}}" for k in range(n)]),
        steps(*[f"{{conv: 1, kernel: 1, groups: 1, name: c{k}}}" for k in reversed(range(n))]),
    ),
    "inserted layers that read all": lambda n: (
        steps(f"{{relu: , repeat: {n}, name: s}}", "sigmoid"),
        steps(
            f"{{relu: , repeat: {n}, name: s}}",
            "{add: [s.*]}",
            f"{{tanh: , repeat: {n}}}",
            "sigmoid",
        ),
    ),
    "inserted layers that read one more each": lambda n: (
        steps(f"{{relu: , repeat: {n}, name: s}}", "sigmoid"),
        steps(
            f"{{relu: , repeat: {n}, name: s}}",
            f"{{add: [[], 's[k]'], for: {{k: {n}}}}}",
            "sigmoid",
        ),
    ),
    "groups of all sizes": lambda n: (groups(n), ungrouped(n)),
    "steps that are repeated": lambda n: (
        numbered(n, "r"),
        steps(*[f"{{relu: , name: r{k}, repeat: 2}}" for k in range(n)]),
    ),
}


def analysis(text: str) -> Analysis:
    parsed = read(text)
    assert parsed.network is not None, parsed.problems
    return analyse(parsed.network)


def compared(pair: tuple[str, str]) -> Callable[[], Comparison]:
    before, after = map(analysis, pair)

    def run() -> Comparison:
        found = compare(before, after)
        diff_table([found], Style(), None, False)
        return found

    return run


@pytest.mark.parametrize("name", PAIRS)
def test_work_grows_with_the_networks(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the search for counterparts is bounded, as it is for large networks."""
    monkeypatch.setattr("cnncalc.difference.align.MAX_ALIGNMENT_EFFORT", 2_000)
    small, large = compared(PAIRS[name](400)), compared(PAIRS[name](800))
    small()
    assert lines_executed(large) / lines_executed(small) <= 2.2


def test_work_grows_with_the_depth() -> None:
    """Each level is a line of the table at most, and none is looked at for each level above it."""
    small, large = (compared((nested(n, "relu"), nested(n, "tanh"))) for n in (14, 28))
    small()
    assert lines_executed(large) / lines_executed(small) <= 2.4


@pytest.mark.parametrize("name", PAIRS)
def test_the_largest_networks(name: str, tmp_path: Path) -> None:
    """Within the limits of `limited`: a gigabyte, and 30 seconds of CPU time on any machine."""
    written = name in ("other names", "reversed", "steps that are repeated")
    for file, text in zip("ab", PAIRS[name](15_000 if written else 24_000), strict=True):
        (tmp_path / f"{file}.yaml").write_text(text)
    ran = cnncalc("diff", "a.yaml", "b.yaml", cwd=tmp_path, is_limited=True)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_coarse_alignment_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = [analysis(text) for text in (shuffled(300, 1), shuffled(300, 2))]
    assert not compare(pair[0], pair[1]).is_coarse
    monkeypatch.setattr("cnncalc.difference.align.MAX_ALIGNMENT_EFFORT", 0)
    there, back = compare(pair[0], pair[1]), compare(pair[1], pair[0])
    assert there.is_coarse and back.is_coarse
    sums_hold(there)
    mirrors(there, back)
    text = diff_table([there], Style(), None, False)
    assert "aligned coarsely, since the networks have little in common" in text


def test_coarse_alignments_of_large_networks(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 2)):
        (tmp_path / f"{name}.yaml").write_text(shuffled(16_000, seed))
    for form, text in (("table", "aligned coarsely"), ("json", '"aligned_coarsely": true')):
        ran = cnncalc("diff", "a.yaml", "b.yaml", "--format", form, cwd=tmp_path)
        assert ran.returncode == 0 and text in ran.stdout


def test_common_sources_of_many() -> None:
    """A kept layer reads the same, if what was inserted before it reads what it read."""
    n = SOURCE_BITS // 64
    before = steps(f"{{relu: , repeat: {n}, name: s}}", "sigmoid")
    inserted = "{add: [s.*]}", f"{{tanh: , repeat: {n}}}"
    after = steps(f"{{relu: , repeat: {n}, name: s}}", *inserted, "sigmoid")
    (kept,) = [
        entry
        for entry in compare(analysis(before), analysis(after)).layers()
        if entry.path == "sigmoid1"
    ]
    assert not kept.what
    other = steps(f"{{relu: , repeat: {n}, name: s}}", "{tanh: , from: input}", "sigmoid")
    (kept,) = [
        entry
        for entry in compare(analysis(before), analysis(other)).layers()
        if entry.path == "sigmoid1"
    ]
    assert [change.name for change in kept.changes] == ["inputs"]


# Families


def family(layers: int, variants: int, kind: str = "relu") -> str:
    listed = "".join(f"  w{index}: {{}}\n" for index in range(variants))
    return steps(f"{{{kind}: , repeat: {layers}}}") + f"variants:\n{listed}"


def test_a_family_is_bounded_as_in_check() -> None:
    layers = MAX_CHECK_EFFORT // 8
    before, after = (
        Source(family(layers, 20, kind).encode(), "x.yaml", None) for kind in ("relu", "tanh")
    )
    found, uncompared = compare_versions(FileVersions(before, after, all_variants=True))
    assert 1 <= len(found) <= 8 and len(found) + len(uncompared) == 20
    assert uncompared[-1] == "w19"


def test_uncompared_variants_are_reported(tmp_path: Path) -> None:
    """On standard error, and a gate does not pass."""
    git(tmp_path, "init", "-q", "-b", "main")
    path = tmp_path / "x.yaml"
    path.write_text(family(90_000, 9))
    commit(tmp_path)
    path.write_text(family(90_000, 9, "tanh"))
    ran = cnncalc("diff", "x.yaml", "--fail-on", "params > +5%", cwd=tmp_path)
    assert ran.returncode == 1 and "w0" in ran.stdout
    assert "variants from `w2` on not compared: earlier ones take more than" in ran.stderr


def test_one_unreadable_file_of_a_branch(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    for name in ("a", "large"):
        (tmp_path / f"{name}.yaml").write_text(SMALL)
    commit(tmp_path)
    (tmp_path / "a.yaml").write_text(SMALL.replace("relu", "tanh"))
    (tmp_path / "large.yaml").write_text(SMALL + "#" * 5_000_000)
    (tmp_path.parent / "secret.yaml").write_text(SMALL)
    (tmp_path / "link.yaml").symlink_to("../secret.yaml")
    git(tmp_path, "add", "-A")
    ran = cnncalc("diff", "--base", "HEAD", cwd=tmp_path)
    assert ran.returncode == 2 and "tanh" in ran.stdout and "link.yaml" not in ran.stdout
    assert "large.yaml is larger than 5,000,000 bytes" in ran.stderr
