"""`cnncalc new`: the starter, and copies of the bundled architectures."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from cnncalc.check.copies import copy_of
from cnncalc.check.expect import check_expect
from cnncalc.check.file import check_file
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis
from cnncalc.lint.selection import select_rules
from cnncalc.parser import Request, parse
from cnncalc.sources.resolve import Source, load
from cnncalc.sources.starter import MODELINE, starter

from .support.networks import bundled, one_of_each
from .support.processes import cnncalc
from .support.schema import schema_errors


def copy(target: str) -> str:
    return copy_of(load(target))


def report(text: str, variant: str | None = None) -> Analysis:
    parsed = parse(text.encode(), "new.cnn.yaml", Request(variant))
    assert parsed.network is not None and not parsed.problems, parsed.problems
    return analyse(parsed.network)


def params_of_layers(found: Analysis) -> list[tuple[str, int]]:
    return [(layer.node.path, layer.params) for layer in found.layers]


@pytest.mark.parametrize("variant", ["small", "large"])
def test_the_starter_meets_its_expectations(variant: str) -> None:
    found = report(starter("net"), variant)
    assert found.network.expect and not check_expect(found)


def test_the_starter_shows_the_language() -> None:
    """Three stages of two residuals of two 3x3 convolutions, as in a ResNet-14.

    The first residual of the second and the third stage has a projection.
    """
    stages = [4 * (9 * 16 * 16 + 32)]
    for c in (32, 64):
        stages.append((c // 2) * c * 9 + 3 * c * c * 9 + 4 * 2 * c + (c // 2) * c + 2 * c)
    found = report(starter("net"))
    assert found.totals.params == 3 * 16 * 9 + 32 + sum(stages) + 64 * 10 + 10
    assert found.network.budget and found.network.name == "net"
    assert {"add", "conv", "bn", "linear"} <= {layer.node.layer.kind for layer in found.layers}


@pytest.mark.parametrize(
    "name", ["net", "3a", "my net", "a: b", 'q"uo\\te', "# no", "- x", "ü", "[a]"]
)
def test_any_name_of_a_file_is_a_name_of_a_network(name: str) -> None:
    assert report(starter(name)).network.name == name


@pytest.mark.slow
@pytest.mark.parametrize(("file", "variant"), one_of_each())
def test_a_copy_has_the_numbers_of_its_variant(file: str, variant: str | None) -> None:
    text = copy(f"{file}@{variant}" if variant else file)
    found, like = report(text), bundled(variant or file)
    assert found.totals == like.totals and found.training_totals == like.training_totals
    assert params_of_layers(found) == params_of_layers(like)
    ours, theirs = found.network, like.network
    assert (ours.name, ours.source, ours.inputs, ours.year) == (
        theirs.name,
        theirs.source,
        theirs.inputs,
        theirs.year,
    )
    assert len(ours.expect) == len(theirs.expect) and len(ours.budget) == len(theirs.budget)
    assert not check_expect(found)
    assert findings(text) == []


def findings(text: str) -> list[tuple[str, int]]:
    result = check_file(text.encode(), "copy.yaml", select_rules(None, ()))
    assert result is not None
    return [(one.problem.rule, one.problem.span.line) for one in result.findings]


FAMILY = """\
# One file.
input: 3x8x8
vars:
  unit: plain
  # Only the gated one reads it.
  ratio: 2
  sizes:
    - 3
    - 3
blocks: {plain: {params: [out, gate=0, k=1], layers: [{conv: out, kernel: k},
      {sigmoid: , when: gate}]},
  gated: {params: [out, k], layers: [{plain: [ratio * out, 1, k]}]}}
layers:
  - {unit: [4], k: size, for: {size: sizes}, name: c}
budget: {params: 10k, macs: 1M}
variants:
  one: {vars: {sizes: [1]}, budget: {params: 20}}
  two:
    input: 3x9x9
    vars:
      unit: gated
      sizes:
        - 5
        - 1
    budget:
      depth: 2
"""
ONE = """\
# Made from one of family.yaml.  Comments may refer to other networks of that file.
# One file.
input: 3x8x8
vars:
  unit: plain
  sizes:
    [1]
blocks: {plain: {params: [out, k=1], layers: [{conv: out, kernel: k}]}}
layers:
  - {unit: [4], k: size, for: {size: sizes}, name: c}
budget: {params: 20, macs: 1M}
"""


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_copy_of_a_file_has_only_what_its_variant_uses(ending: str) -> None:
    data = FAMILY.replace("\n", ending).encode()
    text = copy_of(Source(data, "nets/family.yaml", "one"))
    assert text == MODELINE + ONE
    text = copy_of(Source(data, "family.yaml", "two"))
    found = report(text)
    # 3x5x5 weights and 1 bias for each of 8 filters, then 8 weights and 1 bias: 9x9 -> 5x5
    assert found.totals.params == 8 * (3 * 25 + 1) + 8 * (8 + 1)
    assert [limit.number for limit in found.network.budget] == ["params", "macs", "depth"]
    assert "\n    [5, 1]\n" in text and "variants" not in text


def test_a_copy_keeps_the_findings_of_its_file() -> None:
    text = "input: 3x8x8\nblocks: {never: {layers: [relu]}}\nlayers: [sigmoid]\n"
    assert copy_of(Source(text.encode(), "x.yaml", None)) == MODELINE + text
    family = copy_of(Source((text + "variants: {a: {}, b: {}}\n").encode(), "x.yaml", "b"))
    assert findings(family) == [("unused-block", 4)] and "ignore" not in family


def test_a_finding_that_cannot_be_removed_gets_a_comment() -> None:
    """A bias that only one of the variants needs stays, as its number is published."""
    text = (
        "input: 3x8x8\nvars: {norm: true}\nlayers:\n  - {conv: 4, kernel: 3}  # three\n"
        "  - {bn: , when: norm}\nvariants: {a: {}, b: {vars: {norm: false}}}\n"
    )
    copied = copy_of(Source(text.encode(), "x.yaml", "a"))
    assert "# three, cnncalc: ignore[bias-before-norm]\n" in copied and findings(copied) == []
    assert report(copied).totals.params == 4 * 27 + 4 + 8


@pytest.mark.parametrize(
    "text", [starter("net"), *map(copy, ("resnet50", "alexnet_owt", "dcgan_generator", "lenet5"))]
)
def test_the_schema_takes_what_is_written(text: str) -> None:
    assert not schema_errors(text)


def test_a_copy_keeps_comments_and_has_no_variants() -> None:
    text = copy("resnet50")
    assert text.startswith(MODELINE) and "depths: [3, 4, 6, 3]" in text and "variants:" not in text
    assert "# The stride of a bottleneck is on its 3x3 convolution" in text
    assert report(text).totals.params == 25_557_032
    assert copy("resnet") == copy("resnet18")


def test_it_writes_the_file_and_shows_the_next_steps(tmp_path: Path) -> None:
    ran = cnncalc("new", "net", cwd=tmp_path)
    assert ran.returncode == 0 and not ran.stderr and "cnncalc show net.cnn.yaml" in ran.stdout
    assert "cnncalc schema -o architecture.schema.json" in ran.stdout
    path = tmp_path / "net.cnn.yaml"
    assert path.read_text("utf-8") == starter("net") and list(tmp_path.iterdir()) == [path]
    assert cnncalc("schema", "-o", "architecture.schema.json", cwd=tmp_path).returncode == 0
    ran = cnncalc("new", "other.yml", "--like", "resnet50", cwd=tmp_path)
    assert ran.returncode == 0 and "cnncalc schema" not in ran.stdout
    shown = cnncalc("show", "other.yml", "--format", "json", cwd=tmp_path)
    assert json.loads(shown.stdout)["totals"]["params"] == 25_557_032 and not shown.stderr


def test_check_finds_nothing_in_it(tmp_path: Path) -> None:
    assert cnncalc("new", "net", cwd=tmp_path).returncode == 0
    ran = cnncalc("check", "net.cnn.yaml", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout


def test_it_replaces_no_file_without_force(tmp_path: Path) -> None:
    path = tmp_path / "net.cnn.yaml"
    path.write_text("mine")
    ran = cnncalc("new", "net", cwd=tmp_path)
    assert ran.returncode == 2 and "--force" in ran.stderr and path.read_text() == "mine"
    assert cnncalc("new", "net", "--force", cwd=tmp_path).returncode == 0
    assert path.read_text("utf-8") == starter("net")
    (tmp_path / "link.yaml").symlink_to("nowhere")
    assert cnncalc("new", "link.yaml", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    "words",
    ["'a\nb'", "''", "folder/", "missing/net", "net --like resnet5", "net --like alexnet@x"],
)
def test_usage_errors(words: str, tmp_path: Path) -> None:
    ran = cnncalc("new", *shlex.split(words), cwd=tmp_path)
    assert ran.returncode == 2 and ran.stderr and not ran.stdout and not list(tmp_path.iterdir())


def test_bundled_names_are_completed() -> None:
    ran = cnncalc(
        "",
        _CNNCALC_COMPLETE="bash_complete",
        COMP_WORDS="cnncalc new x --like resnet1",
        COMP_CWORD="4",
    )
    assert {"plain,resnet18", "plain,resnet101"} <= set(ran.stdout.split())


def test_a_copy_quotes_names_and_texts() -> None:
    """Those that are plain outside of braces, and marks beyond 16 bits."""
    text = """\
input: {x: 3x8x8}
vars: {unit: [1, 2], width: 4}
layers: [{conv: width, kernel: 1, name: "c: 1"}]
variants:
  a:
    vars:
      width: max(4, 8)
    input:
      "x: y 😀": 3x9x9
"""
    found = report(copy_of(Source(text.encode(), "net.yaml", "a")))
    assert {name: str(shape) for name, shape in found.network.inputs.items()} == {
        "x: y 😀": "3x9x9"
    }
    assert found.totals.params == 8 * 3 + 8


def test_a_copy_of_a_file_in_braces() -> None:
    """Edits of its text would break it, so it is laid out anew."""
    text = (
        "{input: 3x8x8, vars: {w: 4}, layers: [{conv: w, kernel: 1}], budget: {params: 1k}, "
        "variants: {a: {expect: {params: 16}}, b: {name: B, vars: {w: 8}, budget: {macs: 2k}}}}"
    )
    copied = copy_of(Source(text.encode(), "net.yaml", "b"))
    header, rest = copied.split("\n", 2)[1:]
    assert header == "# Made from b of net.yaml.  Its comments are not copied."
    assert (
        rest
        == """\
name: B
input: 3x8x8

vars: {w: 8}

layers:
  - {conv: w, kernel: 1}

budget: {params: 1k, macs: 2k}
"""
    )
