"""`cnncalc show` as a process: what it prints and with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .support.networks import NAMES_OF_BUNDLED, bundled
from .support.paths import ARCHITECTURES, ROOT
from .support.processes import ENVIRONMENT, PATIENCE, bare, cnncalc, interrupt, terminal, write_end

# JSON

CONV1 = {
    "path": "conv1",
    "type": "conv",
    "class": "conv",
    "inputs": ["input"],
    "input_shapes": [[3, 227, 227]],
    "output_shape": [96, 55, 55],
    "arguments": {
        "out": 96,
        "kernel": [11, 11],
        "stride": [4, 4],
        "padding": [0, 0],
        "dilation": [1, 1],
        "groups": 1,
        "bias": True,
    },
    "weights": {"weight": [96, 3, 11, 11], "bias": [96]},
    "params": 34944,
    "buffers": 0,
    "macs": 105415200,
    "flops": 211120800,
    "activation_bytes": 1161600,
    "alive_bytes": 1779948,
    "receptive_field": {"size": [11, 11], "stride": ["4", "4"], "offset": ["5", "5"]},
    "training_only": False,
    "trainable": True,
    "shared": None,
    "notes": [],
    "counted_params": 34944,
    "counted_buffers": 0,
    "counted_macs": 105415200,
    "counted_flops": 211120800,
}
"""The first layer of alexnet; the line in the file is checked separately."""

KEYS = {*CONV1, "line"}


def test_json_of_alexnet() -> None:
    """The example of the interface, to the letter."""
    ran = cnncalc("show", "architectures/alexnet.yaml", "--format", "json", cwd=ROOT)
    assert ran.returncode == 0 and not ran.stderr
    found = json.loads(ran.stdout)
    assert found["schema"] == "cnncalc/show/1"
    assert (found["name"], found["variant"], found["file"]) == (
        "AlexNet",
        "alexnet",
        "architectures/alexnet.yaml",
    )
    assert (found["dtype"], found["batch"]) == ("float32", 1)
    assert found["inputs"] == {"input": [3, 227, 227]} and found["outputs"] == {"output": [1000]}
    first = found["layers"][0]
    assert set(first) == KEYS
    line = (ROOT / "architectures" / "alexnet.yaml").read_text().splitlines()[first["line"] - 1]
    assert "name: conv1" in line
    del first["line"]
    assert first == CONV1
    totals = found["totals"]
    assert (totals["params"], totals["macs"]) == (60965224, 724406816)
    assert (totals["peak_bytes"], totals["peak_layer"]) == (2323200, "relu1")
    assert found["training_totals"]["params"] == 60965224
    assert [
        (row["class"], row["layers"], row["params"], row["macs"]) for row in found["breakdown"]
    ] == [
        ("conv", 5, 2334080, 665784864),
        ("dense", 3, 58631144, 58621952),
    ]


@pytest.mark.parametrize("name", NAMES_OF_BUNDLED)
def test_json_sums_to_its_totals(name: str) -> None:
    report = bundled(name)
    inference = [layer for layer in report.layers if not layer.node.training_only]
    assert (
        sum(layer.macs for layer in inference)
        == report.totals.macs
        == sum(row.macs for row in report.breakdown)
    )
    assert sum(layer.flops for layer in inference) == report.totals.flops
    weights = {layer.node.weight_key or layer.node.path: layer.params for layer in inference}
    assert (
        sum(weights.values()) == report.totals.params == sum(row.params for row in report.breakdown)
    )
    assert sum(layer.macs for layer in report.layers) == report.training_totals.macs


def test_batch_and_dtype() -> None:
    one = json.loads(cnncalc("show", "alexnet", "--format", "json").stdout)
    many = json.loads(
        cnncalc("show", "alexnet", "--format", "json", "--batch", "8", "--dtype", "float16").stdout
    )
    assert many["totals"]["macs"] == 8 * one["totals"]["macs"]
    assert many["totals"]["params"] == one["totals"]["params"]
    assert many["totals"]["peak_bytes"] == 4 * one["totals"]["peak_bytes"]
    assert many["totals"]["weight_bytes"] * 2 == one["totals"]["weight_bytes"]


# Where networks come from


def test_bundled_names_work_anywhere(tmp_path: Path) -> None:
    for name in (
        "alexnet",
        "alexnet.yaml",
        "resnet50",
        "resnet@resnet50",
        "googlenet.yaml@googlenet_bn",
        "lenet5",
    ):
        assert cnncalc("show", name, cwd=tmp_path).returncode == 0
    (tmp_path / "alexnet").write_text("input: 3x8x8\nlayers: [relu]\n")
    assert "3x8x8" in cnncalc("show", "alexnet", cwd=tmp_path).stdout  # an existing file wins


def test_standard_input() -> None:
    ran = cnncalc("show", "-", data=b"input: 3x8x8\nlayers: [{conv: 4}]\n")
    assert ran.returncode == 0 and "4x8x8" in ran.stdout and "<stdin>" in ran.stdout


def test_set_and_input() -> None:
    found = json.loads(cnncalc("show", "alexnet", "--set", "classes=10", "--format", "json").stdout)
    assert found["outputs"]["output"] == [10]
    found = json.loads(
        cnncalc("show", "resnet50", "--input", "3x320x320", "--format", "json").stdout
    )
    assert found["inputs"]["input"] == [3, 320, 320]


# Exit codes


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["show", "nothing"], 2),
        (["show", "."], 2),
        (["show", "/dev/zero"], 2),
        (["show", "alexnet", "--set", "clases=10"], 2),
        (["show", "alexnet", "--set", "classes"], 2),
        (["show", "alexnet", "--set", "classes=9**9**9"], 2),
        (["show", "alexnet", "--input", "large"], 2),
        (["show", "alexnet", "--dtype", "float33"], 2),
        (["show", "alexnet", "--batch", "0"], 2),
        (["show", "alexnet@nothing"], 2),
        (["show", "alexnet", "--depth", "-1"], 2),
        (["show", "alexnet", "--format", "xml"], 2),
        (["shew", "alexnet"], 2),
        (["show"], 2),
        (["show", "alexnet", "--input", "3x10x10"], 1),
        (["show", "a\x1b[31mb"], 2),
        (["--version"], 0),
        (["--help"], 0),
        (["show", "--help"], 0),
    ],
    ids=lambda value: (
        " ".join(value).encode("unicode_escape").decode() if isinstance(value, list) else None
    ),
)
def test_exit_codes(arguments: list[str], code: int) -> None:
    ran = cnncalc(*arguments)
    assert ran.returncode == code, ran.stderr
    assert "\x1b" not in ran.stdout + ran.stderr
    if code == 2:
        assert not ran.stdout and ran.stderr


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * 5_000_001)
    for path in (loop, large, tmp_path):
        ran = cnncalc("show", str(path))
        assert ran.returncode == 2 and ran.stderr.count("\n") == 1, ran.stderr


def test_a_failing_network_shows_its_rows_and_then_the_message(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "input: 3x32x32\nlayers:\n  - {conv: 8, kernel: 3}\n  - {maxpool: 2}\n"
        "  - {linear: 10}\n  - relu\n"
    )
    ran = cnncalc("show", str(path))
    assert ran.returncode == 1
    assert "conv1" in ran.stdout and "maxpool1" in ran.stdout and "linear1" not in ran.stdout
    assert f"{path}:5:6: error:" in ran.stderr
    ran = cnncalc("show", str(path), "--format", "json")
    assert ran.returncode == 1 and not ran.stdout


@pytest.mark.parametrize("buffering", ["", "-u"])
def test_a_closed_pipe_is_quiet(buffering: str) -> None:
    """The exit code is 0, or git would report that its external diff died when a pager quits."""
    show = f"{sys.executable} {buffering} -m cnncalc show resnet152 --format json"
    command = f"{show} | head -n 1; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=PATIENCE,
    )
    assert (ran.returncode, ran.stderr) == (0, b"") and ran.stdout.startswith(b"{")


@pytest.mark.parametrize("closing", [">&-", "2>&-", "<&-"])
def test_closed_streams_are_quiet(closing: str) -> None:
    command = f"{sys.executable} -m cnncalc show lenet5 {closing}"
    ran = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=PATIENCE,
    )
    assert ran.returncode == 0 and ran.stderr == b"" and bool(ran.stdout) == (closing != ">&-")


def test_control_c(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [sys.executable, "-m", "cnncalc", "show", str(fifo)],
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    end = write_end(fifo, process)
    err = interrupt(process)
    os.close(end)
    assert process.returncode == 130 and b"Traceback" not in err


# The table


def test_sentence_of_alexnet() -> None:
    out = cnncalc("show", "alexnet").stdout
    assert (
        "The dense layers hold 96.2 % of the parameters, "
        "25.1 times as many as the convolutional ones" in out
    )
    assert "which do 91.9 % of the multiply-accumulates" in out
    assert "34.9k" in out and "34,944" in cnncalc("show", "alexnet", "--exact").stdout


def test_a_pipe_has_no_color_and_no_drawing() -> None:
    out = cnncalc("show", "resnet50").stdout
    assert "\x1b" not in out and not set("│─█…") & set(out)


def test_color_is_decided_in_order() -> None:
    assert "\x1b" in cnncalc("show", "lenet5", "--color", "always", NO_COLOR="1").stdout
    assert "\x1b" in cnncalc("show", "lenet5", FORCE_COLOR="1").stdout
    assert "\x1b" not in cnncalc("show", "lenet5", FORCE_COLOR="1", NO_COLOR="1").stdout
    assert "\x1b" not in cnncalc("show", "lenet5", FORCE_COLOR="0").stdout
    assert "\x1b" in terminal("show", "lenet5", columns=100)
    assert "\x1b" not in terminal("show", "lenet5", columns=100, NO_COLOR="1")


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 120, 200])
@pytest.mark.parametrize("name", ["alexnet", "googlenet", "resnet152"])
def test_tables_fit_the_terminal(name: str, columns: int) -> None:
    out = bare(terminal("show", name, columns=columns))
    rows = out.splitlines()
    assert max(map(len, rows)) <= max(columns, 40), max(rows, key=len)
    if columns >= 60:
        totals = bundled(name).totals
        assert f"{totals.params:,}" in out and f"{totals.macs:,}" in out


def test_ascii_output_works() -> None:
    ran = cnncalc("show", "alexnet", PYTHONIOENCODING="ascii")
    assert ran.returncode == 0 and "->" in ran.stdout


def test_depth_collapses_groups() -> None:
    def paths(depth: str) -> list[str]:
        lines = cnncalc("show", "resnet18", "--depth", depth).stdout.split("\n\n")[1].splitlines()
        return [line.split()[0] for line in lines[1:]]

    assert paths("1") == [
        "stem",
        "relu1",
        "maxpool1",
        "stage.0",
        "stage.1",
        "stage.2",
        "stage.3",
        "global_avgpool1",
        "classifier",
    ]
    assert "stage.2.block.1" in paths("2")
    everything = paths("all")
    layers = [layer.node.path for layer in bundled("resnet18").layers]
    assert [path for path in everything if path in layers] == layers


def test_text_of_a_file_is_shown_as_text(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text('name: "\\e[31m[red]\\u009bx"\ninput: 3x8x8\nlayers: [{conv: 4}]\n')
    ran = cnncalc("show", str(path), "--color", "always")
    assert "\\x1b[31m[red]\\x9bx" in ran.stdout


def test_legend_only_where_it_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "input: 3x8x8\nlayers:\n  - {conv: 3, shared: w, repeat: 2}\n"
        "  - {conv: 4, trainable: false}\n"
        "  - {output: [relu], training_only: true}\n"
    )
    out = cnncalc("show", str(path)).stdout
    for word in ("training only:", "frozen:", "shared:"):
        assert word in out
        assert word not in cnncalc("show", "alexnet").stdout
    assert (
        json.loads(cnncalc("show", str(path), "--format", "json").stdout)["totals"]["params"]
        == 12 + 16
    )


def test_doubtful_names_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "input: 3x8x8\nvars: {a: 3}\nblocks:\n"
        "  relu: {params: [x=1], layers: [relu]}\n  b: {layers: [relu]}\n"
        "layers: [b]\n"
    )
    ran = cnncalc("show", str(path))
    assert ran.returncode == 0 and "b1.relu1" in ran.stdout
    assert f"{path}:2:8: warning: variable `a` is never read [unused-variable]" in ran.stderr
    assert (
        f"{path}:4:19: warning: parameter `x` of `relu` is never read [unused-parameter]"
        in ran.stderr
    )
    assert f"{path}:4:3: warning: block `relu` hides the built-in layer of that name" in ran.stderr


def test_weights_used_once_are_not_marked(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "input: 8x8x8\nlayers:\n  - {conv: 8, kernel: 1, shared: v}\n"
        "  - {layers: [{conv: 8, kernel: 1, shared: w}], name: g}\n"
    )
    out = cnncalc("show", str(path)).stdout
    assert "shared" not in out and "144" in out


def test_architectures_are_found() -> None:
    assert ARCHITECTURES.is_dir()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("form", ["table", "json"])
def test_a_full_disk_is_reported(form: str) -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "cnncalc", "show", "resnet50", "--format", form],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
            check=False,
            text=True,
        )
    assert (ran.returncode, ran.stderr) == (2, "cnncalc: cannot write: No space left on device\n")


def test_entries_are_one_line_each() -> None:
    """More of them than are encoded at once, with a text that looks like a separator."""
    tag = '}, {"path": '
    text = f"input: 3x8x8\nlayers:\n  - {{conv: 3, repeat: 250, shared: '{tag}'}}\n"
    lines = cnncalc("show", "-", "--format", "json", data=text.encode()).stdout.splitlines()
    entries = [json.loads(line.removesuffix(",")) for line in lines[2:252]]
    assert [(entry["path"], entry["shared"]) for entry in entries] == [
        (f"conv1.{index}", tag) for index in range(250)
    ]
    assert [line[-1] for line in lines[250:253]] == [",", "}", ","]
