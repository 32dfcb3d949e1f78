"""Inputs in the order of another framework are noted, and plausible ones are not."""

from __future__ import annotations

import pytest

from cnncalc.check.file import check_file
from cnncalc.problem import Problem
from cnncalc.views.show.summary import notes

from .support.networks import read, report_of

CONV = "{conv: 8, kernel: 3, padding: 1}"

SUSPECT = {
    "224x224x3": ("channels-last-input", "3x224x224"),
    "480x640x3": ("channels-last-input", "3x480x640"),
    "28x28x1": ("channels-last-input", "1x28x28"),
    "64x64x4": ("channels-last-input", "4x64x64"),
    "64x64x64x1": ("channels-last-input", "1x64x64x64"),
    "15x112x112x3": ("channels-last-input", "3x15x112x112"),
    "1x3x224x224": ("batch-axis", "3x224x224"),
    "64x3x32x32": ("batch-axis", "3x32x32"),
    "1x1x28x28": ("batch-axis", "1x28x28"),
    "1x3x480x640": ("batch-axis", "3x480x640"),
    "1x224x224x3": ("batch-axis", "3x224x224"),
    "16x28x28x1": ("batch-axis", "1x28x28"),
}


def findings(text: str) -> list[Problem]:
    result = check_file(text.encode(), "a.yaml", ("channels-last-input", "batch-axis"))
    assert result is not None
    return [finding.problem for finding in result.findings]


@pytest.mark.parametrize("written", SUSPECT)
def test_suspect_inputs(written: str) -> None:
    rule, meant = SUSPECT[written]
    text = f"input: {written}\nlayers: [{CONV}]\n"
    (problem,) = findings(text)
    assert (problem.rule, problem.severity) == (rule, "warning")
    assert problem.span == (1, 8, 1, 8 + len(written))
    assert problem.hint.startswith(f"write `input: {meant}`")
    (note,) = notes(report_of(text), ())
    assert note == f"note: conv1: its input {problem.message}; {problem.hint}"


@pytest.mark.parametrize("meant", sorted({meant for _, meant in SUSPECT.values()}))
def test_the_advice_is_not_suspect(meant: str) -> None:
    assert not findings(f"input: {meant}\nlayers: [{CONV}]\n")


def test_a_batch_of_images_may_be_a_volume() -> None:
    (problem,) = findings(f"input: 16x112x112x3\nlayers: [{CONV}]\n")
    assert problem.hint == "write `input: 3x112x112`, or `input: 3x16x112x112` for a volume"


def test_inputs_with_names_and_of_variants() -> None:
    text = (
        "input: {x: 3x32x32, y: 32x32x3}\nlayers: [{conv: 3, kernel: 3, from: x}]\n"
        "variants:\n  a: {}\n  b: {input: {x: 1x3x32x32, y: 3x3x3}}\n"
    ).replace("layers: [", f"layers: [{CONV.replace('}', ', from: y}')}, ")
    assert [(found.rule, found.span.line, found.hint) for found in findings(text)] == [
        ("channels-last-input", 1, "write `y: 3x32x32`"),
        ("batch-axis", 5, "write `x: 3x32x32`"),
    ]


PLAUSIBLE = {
    # 1-D: audio, sensors, EEG, one-hot DNA, also as images of one row or column
    "1x16000": CONV,
    "9x128": CONV,
    "4x1000": CONV,
    "9x128x1": "{conv: 8, kernel: [9, 1]}",
    "64x1000x1": CONV,
    "1x64x1000": CONV,
    "1x22x1125": CONV,
    "4x1x1000": CONV,
    "1x1x16000": "{conv: 8, kernel: [1, 80]}",
    "128x128x1": "{conv: 8, kernel: [9, 1]}",
    # 3-D: volumes, videos, stacks of slices, point grids
    "1x64x64x64": CONV,
    "1x128x128x128": CONV,
    "3x16x112x112": CONV,
    "1x16x112x112": CONV,
    "4x128x128x128": CONV,
    "1x9x256x256": CONV,
    "1x3x256x256": "{conv: 8, kernel: [1, 3, 3]}",
    "2x32x32x32": CONV,
    "16x1x200x200": CONV.replace("padding: 1", "stride: [1, 2, 2], padding: 1"),
    # Small grids: boards, digits, feature maps
    "17x8x8": CONV,
    "3x3x3": CONV,
    "119x8x8": CONV,
    "8x8x1": CONV,
    "15x15x3": CONV,
    "512x7x7": CONV,
    "512x4x4": CONV,
    "256x6x6": CONV,
    "2048x16x1": CONV,
    "512x16x3": CONV,
    # Images and spectrograms
    "1x128x87": CONV,
    "1x40x101": CONV,
    "1x224x224": CONV,
    "3x224x224": CONV,
    "4x64x64": CONV,
    "3x1080x1920": CONV,
    "12x64x64": CONV,
    "3x300x25": CONV,
    "224x224x30": CONV,  # hyperspectral
    # The file itself chooses the order
    "224x224x3": "{permute: [2, 0, 1]}",
    "28x28x1": "flatten",
    "1x3x224x224": "{reshape: 3x224x224}",
}


@pytest.mark.parametrize(("written", "layer"), PLAUSIBLE.items())
def test_plausible_inputs(written: str, layer: str) -> None:
    text = f"input: {written}\nlayers: [{layer}]\n"
    assert not findings(text)
    assert not [note for note in notes(report_of(text), ()) if "its input" in note]


def test_five_axes_name_the_batch() -> None:
    (problem,) = read(f"input: 8x3x16x112x112\nlayers: [{CONV}]\n").problems
    assert "if 8 is the batch, write 3x16x112x112" in problem.hint
