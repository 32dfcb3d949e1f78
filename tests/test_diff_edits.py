"""The output for edits of one file: the verdict, and every row."""

from __future__ import annotations

import re

import pytest

from cnncalc.difference.file_comparison import compare_versions
from cnncalc.sources.resolve import Source
from cnncalc.sources.revisions import FileVersions
from cnncalc.views.diff.declarations import declaration_lines
from cnncalc.views.diff.rows import diff_rows
from cnncalc.views.diff.verdict import verdict

BASE = """name: Base
input: 3x32x32
vars: {width: 8, classes: 10, depth: 3}
blocks:
  unit:
    params: [out, stride=1]
    layers:
      - {conv: out, kernel: 3, stride: stride, padding: 1, bias: false}
      - bn
      - relu
  residual:
    params: [out]
    layers:
      - add:
          main: [{unit: out}, {unit: out}]
          skip: []
layers:
  - {unit: width, name: stem}
  - {residual: width, name: stage1, repeat: depth}
  - {maxpool: 2, name: down1}
  - {unit: 16, name: mid}
  - concat:
      a: [{conv: 8}, relu]
      b: [{conv: 12, kernel: 3, padding: 1}, relu]
  - global_avgpool
  - {linear: 64, name: fc1}
  - {linear: classes, name: fc2}
expect: {output: [10]}
"""

# A regular expression and its replacement; then the verdict, and the rows without consequences.
EDITS: dict[str, tuple[str, str, str, list[str]]] = {
    "a layer inserted": (
        r"  - \{unit: 16",
        "  - relu\n\\g<0>",
        "1 layer added",
        ["+ relu1: added relu after down1"],
    ),
    "a layer at the start": (
        r"layers:\n  - \{unit: w",
        "layers:\n  - {conv: 3}\n  - {unit: w",
        "1 layer added",
        ["+ conv1: added conv 1x1, 3 at the start"],
    ),
    "a layer inserted into a block": (
        r"      - bn\n",
        "\\g<0>      - {dropout: 0.1}\n",
        "8 layers added",
        [
            "+ {stem, mid}.dropout1: added dropout 0.1 after bn1, 2 times",
            "+ stage1.*.main.{unit1, unit2}.dropout1: added dropout 0.1 after bn1, 6 times",
        ],
    ),
    "a layer removed": (
        r"  - \{maxpool.*\n",
        "",
        "1 layer removed, 9 layers follow",
        ["- down1: removed maxpool 2x2 /2 after stage1"],
    ),
    "a layer moved": (
        r"(  - \{maxpool.*\n)(  - \{unit.*\n)",
        "\\2\\1",
        "1 layer moved, 3 layers follow",
        ["> down1: moved, now after mid; follows"],
    ),
    "a group inserted": (
        r"  - \{unit: 16",
        "  - {layers: [{unit: 16}], name: body}\n  - {unit: 16",
        "1 group added (3 layers), 1 layer follows",
        ["+ body: added 3 layers after down1"],
    ),
    "a layer renamed in a block": (
        r"- bn",
        "- {bn: , name: norm}",
        "8 layers renamed: both calculate the same",
        [
            "~ {stem, mid}.norm: renamed from bn1, 2 times",
            "~ stage1.*.main.{unit1, unit2}.norm: renamed from bn1, 6 times",
        ],
    ),
    "a repeated step written out": (
        r"(  - \{residual: width), name: stage1, repeat: depth\}",
        "\\1}\n\\1}\n\\1}",
        "1 repeated step removed: both calculate the same",
        ["- stage1: no longer repeated"],
    ),
    "a residual taken away": (
        r"      - add:\n.*\[(.*), (.*)\]\n.*\n",
        "      - \\1\n      - \\2\n",
        "3 groups removed, 3 layers removed",
        ["- main: group removed, its layers stay", "- add1: removed add after unit2"],
    ),
    "layers frozen": (
        r"name: stem",
        "name: stem, trainable: false",
        "2 layers changed",
        ["~ stem.{conv1, bn1}: trainable true -> false, 2 times"],
    ),
    "a branch added": (
        r"      a: .*\n",
        "\\g<0>      c: [{conv: 4}, relu]\n",
        "1 group added (2 layers), 3 layers follow",
        ["+ c: added branch of 2 layers"],
    ),
    "a block renamed": (
        r"\bunit\b",
        "cbr",
        "8 groups changed: both calculate the same",
        ["~ stem, mid: unit -> cbr, 2 times", "~ stage1.*.main.{cbr1, cbr2}: unit -> cbr, 6 times"],
    ),
    "another input": (r"3x32x32", "3x64x64", "input changed, 34 layers follow", []),
    "another dtype": (r"input:", "dtype: float16\ninput:", "dtype changed", []),
    "another expectation": (r"\[10\]", "10", "no difference", []),
    "no expectation": (r"expect: .*", "", "no layer changed: both calculate the same", []),
}


def source(text: str) -> Source:
    return Source(text.encode(), "net.yaml", None)


@pytest.mark.parametrize("name", EDITS)
def test_edits(name: str) -> None:
    pattern, replacement, expected, rows = EDITS[name]
    text = re.sub(pattern, replacement, BASE)
    assert text != BASE
    ((found,), _) = compare_versions(FileVersions(source(BASE), source(text)))
    assert verdict(found) == expected
    listed = [
        f"{row.mark} {row.label}: {row.text}"
        for row in diff_rows(found, None, False)
        if row.mark not in ("", ".")
    ]
    assert listed == rows


def test_a_renamed_block_is_reported() -> None:
    renamed = source(re.sub(r"\bunit\b", "cbr", BASE))
    ((found,), _) = compare_versions(FileVersions(source(BASE), renamed))
    assert declaration_lines(found) == [("blocks", "unit renamed cbr, residual changed")]


def test_a_new_file_is_reported_once() -> None:
    ((found,), _) = compare_versions(FileVersions(None, source(BASE)))
    assert not found.declarations and not found.is_empty
