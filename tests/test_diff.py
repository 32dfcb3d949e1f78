"""`cnncalc diff` of bundled families: its output, formats, exit codes and bounds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc.difference import compare
from cnncalc.views.diff.markdown import diff_markdown
from cnncalc.views.diff.rows import DiffRow, diff_rows
from cnncalc.views.diff.table import diff_table
from cnncalc.views.layout import width_of
from cnncalc.views.style import Style

from .support.networks import SMALL, bundled, report_of
from .support.paths import ARCHITECTURES, ROOT
from .support.processes import ENVIRONMENT, PATIENCE, cnncalc, terminal, write_end

ALEXNET = (ARCHITECTURES / "alexnet.yaml").read_text("utf-8")


def rows(before: str, after: str) -> list[DiffRow]:
    return diff_rows(compare(bundled(before), bundled(after)), None, False)


def listed(before: str, after: str) -> list[str]:
    return [f"{row.mark} {row.label}: {row.text}" for row in rows(before, after)]


# How it reads


def test_more_blocks_in_one_stage() -> None:
    assert listed("resnet50", "resnet101") == [
        "+ stage.2.block.6-22: added bottleneck 256 (10 layers), 17 times"
    ]
    assert listed("resnet101", "resnet50") == [
        "- stage.2.block.6-22: removed bottleneck 256 (10 layers), 17 times"
    ]


def test_groups_and_widths() -> None:
    found = listed("resnet50", "resnext50_32x4d")
    changes = [line for line in found if line.startswith("~")]
    assert changes == [
        line
        for width in (64, 128, 256, 512)
        for line in (
            f"~ conv_bn1.conv1: conv out {width} -> {2 * width}",
            f"~ conv_bn2.conv1: conv out {width} -> {2 * width}, groups 1 -> 32",
        )
    ]
    others = [line for line in found if line not in changes]
    assert all("follow" in line or line.startswith(" ") for line in others), others


def test_a_norm_after_each_convolution() -> None:
    assert listed("vgg16", "vgg16_bn") == ["+ stage.*.unit.*.bn1: added bn after conv1, 13 times"]
    difference = compare(bundled("vgg16"), bundled("vgg16_bn"))
    layers = list(difference.layers())
    before = [layers[index - 1].name for index, entry in enumerate(layers) if entry.what]
    assert before == ["conv1"] * 13


def test_the_kernel_that_became_smaller() -> None:
    found = [line for line in listed("googlenet", "googlenet_bn") if "kernel 5x5" in line]
    assert found == ["~ conv1: conv kernel 5x5 -> 3x3, padding 2x2 -> 1x1, bias true -> false"]


def test_one_renamed_layer(tmp_path: Path) -> None:
    (tmp_path / "renamed.yaml").write_text(ALEXNET.replace("conv3", "third"), encoding="utf-8")
    ran = cnncalc("diff", "alexnet", "renamed.yaml", cwd=tmp_path)
    assert "1 layer renamed: both calculate the same" in ran.stdout
    assert re.findall(r"^[-+~>.] .*", ran.stdout, re.MULTILINE) == ["~ third  renamed from conv3"]


def test_another_order_of_keys_and_comments_is_no_difference(tmp_path: Path) -> None:
    text = ALEXNET.replace(
        "kernel: 3, padding: 1, groups: towers", "groups: towers,   padding: 1, kernel: 3"
    ).replace(" # ", " # : ")
    head, layers = text.split("layers:\n", 1)
    body, variants = layers.split("\nvariants:", 1)
    (tmp_path / "other.yaml").write_text(
        f"layers:\n{body}\n{head}\nvariants:{variants}", encoding="utf-8"
    )
    ran = cnncalc("diff", "--exit-code", "alexnet", "other.yaml", cwd=tmp_path)
    assert ran.returncode == 0 and ran.stdout.splitlines()[1] == "no difference"


def test_a_wrapper_is_one_change() -> None:
    inner = "{conv: 4, kernel: 3}, bn, relu"
    before = report_of(f"input: 3x16x16\nlayers: [{inner}, {{conv: 9}}]")
    after = report_of(f"input: 3x16x16\nlayers: [{{layers: [{inner}], name: stem}}, {{conv: 9}}]")
    difference = compare(before, after)
    assert [
        (entry.path, entry.what, entry.around) for entry in difference.everything() if entry.what
    ] == [("stem", ("added",), True)]


def test_a_step_that_is_repeated() -> None:
    before, after = (
        report_of(
            "input: 4x16x16\n"
            f"layers: [relu, {{layers: [{{conv: 4}}, bn], name: block{times}}}, relu]"
        )
        for times in ("", ", repeat: 4")
    )
    found = [
        (entry.path, entry.what)
        for entry in compare(before, after).everything()
        if not entry.is_layer and entry.what
    ]
    assert found == [(f"block.{number}", ("added",)) for number in (1, 2, 3)]


def test_a_layer_with_another_input() -> None:
    text = (
        "input: 4x8x8\nlayers:\n"
        "  - {{conv: 4, name: a}}\n  - {{conv: 4, name: b}}\n  - {{add: [{0}, b]}}\n"
    )
    difference = compare(report_of(text.format("a")), report_of(text.format("input")))
    found = [
        (entry.path, [(change.name, change.before, change.after) for change in entry.changes])
        for entry in difference.layers()
        if entry.what
    ]
    assert found == [("add1", [("inputs", "a, b", "input, b")])]


def test_rows_sum_to_the_totals() -> None:
    """The rows of the outermost level add up to the change of the totals."""
    for pair in (
        ("resnet50", "resnext50_32x4d"),
        ("googlenet", "googlenet_bn"),
        ("resnet18", "resnet50"),
        ("alexnet", "vgg16"),
    ):
        before, after = map(bundled, pair)
        outermost = [row for row in rows(*pair) if row.level == 0]
        assert (
            sum(row.delta.params for row in outermost) == after.totals.params - before.totals.params
        )
        assert sum(row.delta.macs for row in outermost) == after.totals.macs - before.totals.macs


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_it_fits_the_terminal(columns: int) -> None:
    text = terminal("diff", "googlenet", "googlenet_bn", "--color", "never", columns=columns)
    assert max(map(width_of, text.splitlines())) <= columns
    assert re.sub(r"\s+", " ", text).count("3x3") >= 1


def test_a_narrow_terminal_has_every_number() -> None:
    """ResNet-18 and -34 at 40 columns: each total before and after, and each change of a row."""
    text = terminal("diff", "resnet18", "resnet34", "--color", "never", columns=40)
    words = set(text.split())
    assert {"11.7M", "21.8M", "1.81G", "3.66G", "44.6", "83.2", "435x435", "899x899"} <= words
    assert {"+10.1M", "+1.85G", "+86.5%", "+4.72M,", "+925M", "+462M"} <= words
    assert "MACs 1.81G" in text and "params 11.2M" in text


def test_color_carries_no_information() -> None:
    difference = compare(bundled("googlenet"), bundled("googlenet_bn"))
    plain, colored = (diff_table([difference], Style(100, color)) for color in (False, True))
    assert "\x1b[32m" in colored and re.sub(r"\x1b\[\d+m", "", colored) == plain


def test_depth_and_consequences() -> None:
    closed = cnncalc("diff", "resnet50", "resnext50_32x4d", "--depth", "1").stdout
    assert "32 changed, 80 follow" in closed
    opened = cnncalc("diff", "resnet50", "resnext50_32x4d", "--consequences").stdout
    assert "follows: input 64x56x56 -> 128x56x56" in opened and "layers follow)" not in opened
    assert "stage.2.block" in cnncalc("diff", "resnet50", "resnet101", "--depth", "all").stdout


# Formats


def test_json() -> None:
    ran = cnncalc("diff", "resnet50", "resnext50_32x4d", "--format", "json")
    document = json.loads(ran.stdout)
    assert document["schema"] == "cnncalc/diff/2"
    (found,) = document["differences"]
    assert found["delta"]["params"] == 25_028_904 - 25_557_032 and not found["equal"]
    assert (
        sum(layer["delta"].get("params", 0) for layer in found["layers"])
        == found["delta"]["params"]
    )
    assert {"name": "groups", "before": "1", "after": "32"} in [
        change for layer in found["layers"] for change in layer["changes"]
    ]
    assert {what for layer in found["layers"] for what in layer["what"]} == {
        "same",
        "changed",
        "consequence",
    }
    assert {change["name"] for change in found["declarations"]["vars"]} == {"groups", "base_width"}


def test_markdown_is_for_a_comment() -> None:
    text = cnncalc("diff", "googlenet", "googlenet_bn", "--format", "markdown").stdout
    assert text.startswith(
        "### googlenet → googlenet\\_bn\n\n"
        "**59 layers added, 2 layers removed, 63 layers changed; params 7.00M -> 6.62M"
    )
    assert text.count("<details>") == text.count("</details>") == 3
    for line in text.splitlines():
        assert not line.startswith("|") or len(re.findall(r"(?<!\\)\|", line)) in (6, 8)


def test_markdown_has_a_bound(tmp_path: Path) -> None:
    for name, start in (("one", 0), ("two", 5_000)):
        steps = "".join(
            f"  - {{conv: {2 + number % 7}, name: n{start + number}}}\n" for number in range(3_000)
        )
        (tmp_path / f"{name}.yaml").write_text(f"input: 3x8x8\nlayers:\n{steps}", encoding="utf-8")
    text = cnncalc(
        "diff", "one.yaml", "two.yaml", "--format", "markdown", "--depth", "all", cwd=tmp_path
    ).stdout
    assert 60_000 < len(text) <= 65_000 and "**Cut off here**" in text
    assert text.count("<details>") == text.count("</details>")


@pytest.mark.slow
def test_many_files_in_one_comment() -> None:
    """If the comparisons do not fit in a comment, only the totals of every file are printed."""
    few, many = ([[compare(bundled("lenet5"), bundled("googlenet"))]] * times for times in (2, 40))
    assert diff_markdown(few, None, False, False).count("<details>") == 6
    text = diff_markdown(many, None, False, False)
    assert (
        len(text) <= 65_000
        and text.count("### ") == 40
        and "**Totals only**" in text
        and "<details>" not in text
    )
    assert len(diff_markdown(many * 10, None, False, False)) <= 65_000


def test_no_line_acts_on_a_log(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f'name: "::error::a ##[error]"\n{SMALL}', encoding="utf-8")
    (tmp_path / "b.yaml").write_text(
        f'name: "::error::b"\n{SMALL.replace("conv: 8", "conv: 9")}', encoding="utf-8"
    )
    for words in (
        ["diff", "a.yaml", "b.yaml"],
        ["diff", "--textconv", "a.yaml"],
        ["show", "a.yaml"],
    ):
        text = cnncalc(*words, cwd=tmp_path).stdout
        assert "error::" in text and "##[" not in text
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())


def test_text_of_a_file_has_no_effect(tmp_path: Path) -> None:
    hostile = SMALL.replace("input:", 'name: "<img onerror=x>|@all #12 ::error:: \\e[31m"\ninput:')
    (tmp_path / "a.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(hostile.replace("conv: 8", "conv: 9"), encoding="utf-8")
    text = cnncalc("diff", "a.yaml", "b.yaml", "--format", "markdown", cwd=tmp_path).stdout
    assert "<img" not in text and "@all" not in text and "#12" not in text and "\x1b" not in text
    assert "\x1b" not in cnncalc("diff", "a.yaml", "b.yaml", cwd=tmp_path).stdout


# Exit codes and limits


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--exit-code"], 1),
        ([], 0),
        (["--fail-on", "params > +5%"], 1),
        (["--fail-on", "params > +75%"], 0),
        (["--fail-on", "macs>8G", "--fail-on", "macs > +1G"], 1),
        (["--fail-on", "macs > 8G"], 0),
        (["--fail-on", "weight_bytes >= 100 MiB"], 1),
        (["--fail-on", "peak_bytes > +0"], 0),
        (["--fail-on", "params < +0%"], 0),
        (["--fail-on", "output"], 0),
        (["--fail-on", "output", "--set", "classes=10"], 0),
        (["--fail-on", "parms > 5%"], 2),
        (["--fail-on", "params > five"], 2),
    ],
)
def test_codes(words: list[str], code: int) -> None:
    ran = cnncalc("diff", "resnet50", "resnet101", *words)
    assert ran.returncode == code, ran.stderr
    assert (code == 1 and "--fail-on" in words) == ("fails on" in ran.stderr)


def test_another_output_fails() -> None:
    ran = cnncalc("diff", "lenet5", "alexnet", "--fail-on", "output")
    assert ran.returncode == 1 and "fails on output" in ran.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["resnet50"],
        [],
        ["a", "b", "c"],
        ["-", "-"],
        ["/dev/null", "/dev/null"],
        ["resnet50", "nowhere"],
    ],
)
def test_a_usage_error_is_one_line(words: list[str], tmp_path: Path) -> None:
    ran = cnncalc("diff", *words, cwd=tmp_path)
    assert ran.returncode == 2 and not ran.stdout and ran.stderr


def test_an_invalid_file(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(
        "input: 3x8x8\nlayers: [{conv: 4, kernal: 3}]\n", encoding="utf-8"
    )
    ran = cnncalc("diff", "lenet5", "bad.yaml", cwd=tmp_path)
    assert ran.returncode == 1 and not ran.stdout and "did you mean `kernel`?" in ran.stderr


def test_the_empty_side(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL, encoding="utf-8")
    assert "3 layers added" in cnncalc("diff", "/dev/null", "a.yaml", cwd=tmp_path).stdout
    assert "3 layers removed" in cnncalc("diff", "a.yaml", "/dev/null", cwd=tmp_path).stdout


def test_a_fifo_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL, encoding="utf-8")
    os.mkfifo(tmp_path / "fifo")
    process = subprocess.Popen(
        [sys.executable, "-m", "cnncalc", "diff", "a.yaml", "fifo"],
        cwd=tmp_path,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    with open(write_end(tmp_path / "fifo", process), "w", encoding="utf-8") as end:
        end.write(SMALL.replace("conv: 8", "conv: 9"))
    assert b"out 8 -> 9" in process.communicate(timeout=PATIENCE)[0]
