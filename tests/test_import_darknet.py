"""Darknet's configurations: counts are those of Darknet, whatever a file has.

tests/data/darknet/counts.csv is what Darknet itself makes of the files next to it: the numbers in
the file of weights that it saves, and the output of each section.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.importers.darknet.sections import read_sections
from cnncalc.importers.errors import ImportFailed, InvalidModelFile
from cnncalc.importers.file_formats import ReadOptions, is_darknet
from cnncalc.importers.importing import ImportedModel, import_sketch
from cnncalc.importers.load import sketch_of_file
from cnncalc.shape import Shape
from cnncalc.sketch import Sketch

from .support.darknet import network, section, unit, yolov3
from .support.hostile import HOSTILE
from .support.mutants import mutants, read_or_refused
from .support.paths import ROOT
from .support.processes import cnncalc as run

DATA = ROOT / "tests" / "data" / "darknet"
COUNTS = list(csv.DictReader((DATA / "counts.csv").read_text("utf-8").splitlines()))
BLUR_MACS = {"shared.cfg": 9 * (8 * 16 * 16 + 2 * 4 * 4)}
"""Those of the fixed filters of antialiasing, which Darknet does not count."""


def sketch_of(text: str, folder: Path, **options: object) -> Sketch:
    path = folder / "net.cfg"
    path.write_text(text, "utf-8")
    return sketch_of_file(str(path), ReadOptions(**options))  # type: ignore[arg-type]


def imported(text: str, folder: Path) -> ImportedModel:
    return import_sketch(sketch_of(text, folder))


@pytest.mark.parametrize("row", COUNTS, ids=lambda row: row["file"])
def test_counts_are_those_of_darknet(row: dict[str, str]) -> None:
    found = import_sketch(sketch_of_file(str(DATA / row["file"])))
    assert found.form == "folded", found.reasons
    assert found.totals.params + found.totals.buffers == int(row["stored_numbers"])
    assert found.totals.macs - BLUR_MACS.get(row["file"], 0) == int(row["macs"])


@pytest.mark.parametrize("row", COUNTS, ids=lambda row: row["file"])
def test_outputs_of_sections_are_those_of_darknet(row: dict[str, str]) -> None:
    """Each section as the only output; 0x0x0 is that of a section without a map."""
    for number, wanted in enumerate(row["outputs"].split()):
        sketch = sketch_of_file(str(DATA / row["file"]), ReadOptions(output=str(number)))
        shape = sketch.outputs[0].value.shape
        sizes = [int(size) for size in wanted.split("x")]
        assert Shape(sizes) in (shape, Shape((*shape, 1, 1)), Shape((0, 0, 0))), number


def test_yolov3(tmp_path: Path) -> None:
    """The counts are those of architectures/yolov3.yaml, which states where they are from."""
    found = imported(yolov3(), tmp_path)
    assert (found.totals.params, found.totals.buffers) == (61_949_149, 52_608)
    assert found.totals.macs == 32_932_037_632
    assert [output.value.shape for output in found.sketch.outputs] == [
        (255, 13, 13),
        (255, 26, 26),
        (255, 52, 52),
    ]
    assert found.form == "folded"
    assert "{residual: , repeat: 8" in found.text and found.lines <= 45


def test_input_of_the_user(tmp_path: Path) -> None:
    """Darknet-53 detectors take any multiple of 32: 140.69 Bn operations at 608 pixels."""
    found = sketch_of(yolov3(), tmp_path, inputs={"": Shape((3, 608, 608))})
    assert found.totals().macs == 70_345_950_208
    with pytest.raises(ImportFailed, match="one input"):
        sketch_of(yolov3(), tmp_path, inputs={"a": Shape((3, 8, 8)), "b": Shape((3, 8, 8))})


# Values of sections that Darknet reads otherwise than one may think


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (section("maxpool", size=2, stride=2), (3, 12, 16)),
        (section("maxpool", size=2, stride=1), (3, 24, 32)),
        (section("maxpool", stride=3), (3, 8, 11)),
        (section("maxpool", size=3, stride=2, padding=0), (3, 11, 15)),
        (section("convolutional", filters=4, size=4, pad=1), (4, 25, 33)),
        (section("convolutional", filters=4, size=3, pad=1, dilation=2), (4, 24, 32)),
        (section("convolutional", filters=4, size=3, padding=2), (4, 26, 34)),
        (section("convolutional"), (1, 24, 32)),
        (section("upsample", stride=-2), (3, 12, 16)),
        (section("connected"), (1,)),
    ],
)
def test_sizes(text: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    found = sketch_of(network(32, 24) + text, tmp_path)
    assert found.outputs[0].value.shape == shape


def test_first_of_two_options_counts_and_comments_have_lines_of_their_own() -> None:
    text = "[net] \n width = 4 # old\nwidth=8\n#height=2\n;height=3\nheight = 5\n"
    found = read_sections(text)[0]
    assert (found.integer("width"), found.integer("height")) == (4, 5)


def test_start_of_a_file() -> None:
    assert is_darknet(b"# YOLO\n\n [net]\nbatch=1\n")
    assert is_darknet(b"[network]")
    assert not is_darknet(b"[metadata]\nname = cnncalc\n")
    assert not is_darknet(b"\xff\xfe\x00")


def test_unknown_activation_is_relu_with_a_note(tmp_path: Path) -> None:
    text = network(8, 8) + section("convolutional", activation="relu7")
    found = imported(text, tmp_path)
    assert "relu" in found.text and any("relu" in note for note in found.notes)


def test_trailing_layers_are_an_output_and_losses_are_not(tmp_path: Path) -> None:
    head = section("convolutional", filters=6) + section("yolo", classes=1, num=1)
    text = network(8, 8) + unit(4, 3) + head + section("cost") + section("cost")
    assert [output.name for output in sketch_of(text, tmp_path).outputs] == [""]
    found = sketch_of(text + section("route", layers=0) + unit(2), tmp_path)
    assert [output.name for output in found.outputs] == ["yolo2", "convolutional6"]


# Sections that no layer states


RECURRENT = (
    section("net", inputs=256, batch=1)
    + section("rnn", output=10, hidden=20, batch_normalize=1)
    + section("gru", output=12)
    + section("lstm", output=14)
    + section("connected", output=3)
)


def test_all_unsupported_sections_are_in_one_message(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed) as refused:
        sketch_of(RECURRENT, tmp_path)
    message = str(refused.value)
    assert "3 unsupported operators" in message
    assert all(f"[{kind}] (once, at layer" in message for kind in ("rnn", "gru", "lstm"))


def test_custom_layers_have_the_numbers_of_darknet(tmp_path: Path) -> None:
    """Each matrix of Darknet's recurrent layers is a `connected` layer with its own bias."""
    found = import_sketch(sketch_of(RECURRENT, tmp_path, is_custom_allowed=True))
    rnn = 256 * 20 + 20 * 20 + 20 * 10 + 2 * (20 + 20 + 10)
    gru = 3 * (10 * 12 + 12) + 3 * (12 * 12 + 12)
    lstm = 4 * (12 * 14 + 14) + 4 * (14 * 14 + 14)
    assert found.totals.params == rnn + gru + lstm + 14 * 3 + 3
    assert found.totals.buffers == 2 * (20 + 20 + 10)
    assert len([note for note in found.notes if "recurrent" in note]) == 3


def test_output_stops_before_unsupported_sections(tmp_path: Path) -> None:
    text = network(8, 8) + unit(4, 3) + section("history") + unit(6) + section("route", layers=0)
    assert sketch_of(text, tmp_path, output="0").outputs[0].value.shape == (4, 8, 8)
    assert sketch_of(text, tmp_path).outputs[0].value.shape == (4, 8, 8)
    with pytest.raises(ImportFailed, match="history"):
        sketch_of(text, tmp_path, output="2", is_custom_allowed=True)
    with pytest.raises(ImportFailed, match=r"did you mean|it has"):
        sketch_of(text, tmp_path, output="rout3")


# Files of strangers


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty: export or download"),
        ("[convolutional]\n", r"the first section of a Darknet configuration is \[net\]"),
        ("[net]\nwidth=3\n[route]\n", "has neither"),
        (network(8, 8), "has no layers"),
        (network(8, 8) + section("route", layers=0), "`layers` of .* earlier layers"),
        (network(8, 8) + section("route", layers="-1,x"), "is not a list of earlier layers"),
        (network(8, 8) + section("shortcut"), "`from` of .* is not a list of layers"),
        (network(8, 8) + section("convolutional", size="x"), "`size` .* is not a whole number"),
        (network(8, 8) + section("convolutional", size="9" * 5000), "is not a whole number"),
        (network(8, 8) + section("maxpool", size=2, stride=0), "has an invalid window"),
        (network(8, 8) + section("dropout", probability="p"), "is not a number"),
        (network(8, 8) + unit(4) + section("route", layers=0, groups=3), "do not have a group"),
        (network(8, 8) + section("convolutional", filters=0), "unsupported operator"),
        (network(8, 8) + section("convolutional", size=99), "larger than its padded input"),
        (network(8, 8) + section("yolo2"), "not a section that is known"),
        (section("net", inputs=9) + section("maxpool", size=2), "takes a map"),
        (
            network(8, 8) + unit(4) + section("convolutional", filters=8, share_index=0),
            "shares the weights of a layer that has others",
        ),
    ],
)
def test_invalid_files(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises((ImportFailed, InvalidModelFile), match=message):
        sketch_of(text, tmp_path)


def test_too_many_sections(tmp_path: Path) -> None:
    text = network(8, 8) + "[dropout]\n" * 100_001
    with pytest.raises(InvalidModelFile, match="more than 100,000 sections"):
        sketch_of(text, tmp_path)


def test_names_are_only_names(tmp_path: Path) -> None:
    for text in HOSTILE:
        content = network(8, 8) + unit(4) + section("custom", name=text) + section(text)
        with pytest.raises((ImportFailed, InvalidModelFile)):
            sketch_of(content.encode("utf-8", "replace").decode(), tmp_path)


SMALL = [(DATA / row["file"]).read_bytes() for row in COUNTS]
PIECES = [
    b"-1",
    b"0",
    b"999999999999999",
    b"[route]\n",
    b"[shortcut]\nfrom=-2\n",
    b"=",
    b"\n",
    b"[",
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutants(SMALL, PIECES), st.booleans())
def test_mutants_are_read_or_refused(data: bytes, is_custom_allowed: bool) -> None:
    read_or_refused(data, "net.cfg", ReadOptions(is_custom_allowed=is_custom_allowed))


# The command line


def test_commands_take_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "tiny.cfg").write_bytes((DATA / "detector.cfg").read_bytes())
    ran = run("import", "tiny.cfg", "-o", "tiny.yaml", cwd=tmp_path)
    assert ran.returncode == 0
    counts = "9,708 parameters, 144 buffers, 3,962,880 MACs"
    assert f"the file states no counts; its layers have {counts}" in ran.stderr
    assert run("diff", "tiny.cfg", "tiny.yaml", cwd=tmp_path).returncode == 0
    shown = run("show", "tiny.cfg", "--input", "3x128x192", cwd=tmp_path)
    assert shown.returncode == 0 and "15,851,520" in shown.stdout.replace("15.9M", "15,851,520")


def test_unsupported_sections_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "rnn.cfg").write_text(RECURRENT, "utf-8")
    ran = run("import", "rnn.cfg", cwd=tmp_path)
    assert ran.returncode == 2 and "3 unsupported operators" in ran.stderr
    assert run("import", "rnn.cfg", "--allow-custom", cwd=tmp_path).returncode == 0
