"""The other formats of `show`: they print the analysis, and a text from a file stays text."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from cnncalc.cli.help import PAGES
from cnncalc.views.show.columns import COLUMNS, PLAIN, TIMED, TRAINED

from .support.networks import bundled
from .support.paths import ROOT
from .support.processes import bare, cnncalc, terminal


def csv_rows(*arguments: str) -> list[dict[str, str]]:
    ran = cnncalc("show", *arguments, "--format", "csv")
    assert ran.returncode == 0, ran.stderr
    return list(csv.DictReader(io.StringIO(ran.stdout)))


# CSV


@pytest.mark.parametrize("name", ["alexnet", "googlenet", "resnet152"])
def test_csv_has_every_layer_and_sums_to_the_totals(name: str) -> None:
    rows = csv_rows(name)
    report = bundled(name)
    assert [row["layer"] for row in rows] == [layer.node.path for layer in report.layers]
    assert list(rows[0]) == list(PLAIN)
    for number in ("params", "macs", "flops"):
        assert sum(int(row[number]) for row in rows) == getattr(report.totals, number)


def test_csv_of_totals() -> None:
    (row,) = csv_rows("googlenet", "--totals-only")
    assert (row["name"], row["params"], row["training_params"]) == (
        "GoogLeNet",
        "6998552",
        "13378280",
    )


def test_csv_is_harmless_in_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "input: 3x8x8\n"
        "layers: [{conv: 4, name: '=cmd|a'}, {relu: , name: '@x'}, {relu: , name: '-1+a'}]\n"
    )
    assert [row["layer"] for row in csv_rows(str(path))] == ["'=cmd|a", "'@x", "'-1+a"]


# Columns, order, patterns


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_in_every_format(name: str) -> None:
    for form in ("table", "csv", "markdown", "latex"):
        columns = f"layer,{name}" if name != "layer" else "layer"
        words: tuple[str, ...] = ()
        if name.startswith("convention"):
            words = ("--convention", "thop")
        if name in TIMED:
            words = ("--device", "rtx-4090", "--dtype", "float16")
        if name in TRAINED:
            words = ("--training",)
        ran = cnncalc("show", "googlenet", "--columns", columns, "--format", form, *words)
        assert ran.returncode == 0 and "conv1" in ran.stdout, ran.stderr


def test_columns_are_the_numbers_of_the_json() -> None:
    layers = json.loads(cnncalc("show", "googlenet_bn", "--format", "json").stdout)["layers"]
    numbers = "layer,type,class,params,buffers,macs,flops,activation_bytes,alive_bytes,line"
    numbers += ",own_params,own_buffers,own_macs,own_flops"
    fields = "receptive_field,field_stride,field_offset"
    for row, layer in zip(
        csv_rows("googlenet_bn", "--columns", f"{numbers},{fields}"), layers, strict=True
    ):
        for name in ("type", "class", "activation_bytes", "line"):
            assert row[name] == str(layer[name])
        for name in ("params", "buffers", "macs", "flops"):
            assert row[name] == str(layer[f"counted_{name}"])
            assert row[f"own_{name}"] == str(layer[name])
        assert row["alive_bytes"] == (
            "" if layer["alive_bytes"] is None else str(layer["alive_bytes"])
        )
        field = layer["receptive_field"]
        for name, key in (
            ("receptive_field", "size"),
            ("field_stride", "stride"),
            ("field_offset", "offset"),
        ):
            whole = "all" if key == "size" else ""
            assert row[name] == ("x".join(map(str, field[key])) if field else whole)


def test_intensity_is_macs_per_byte() -> None:
    """alexnet's fc8: 4,096,000 MACs; 4,097,000 weights, 4,096 inputs, 1,000 outputs of 4 bytes."""
    row = next(
        row for row in csv_rows("alexnet", "--columns", "layer,intensity") if row["layer"] == "fc8"
    )
    assert float(row["intensity"]) == pytest.approx(
        4_096_000 / (4 * (4_097_000 + 4_096 + 1_000)), rel=1e-5
    )


def test_shares_sum_to_one() -> None:
    rows = csv_rows("resnet50", "--columns", "params_share,macs_share")
    for name in ("params_share", "macs_share"):
        assert sum(float(row[name] or 0) for row in rows) == pytest.approx(1, abs=1e-4)


def test_added_columns_and_unknown_ones() -> None:
    assert list(csv_rows("alexnet", "--columns", "+alive_bytes,params")[0]) == [
        *PLAIN,
        "alive_bytes",
    ]
    ran = cnncalc("show", "alexnet", "--columns", "layer,parms")
    assert ran.returncode == 2 and "did you mean `params`?" in ran.stderr
    assert cnncalc("show", "alexnet", "--sort", "mac").returncode == 2


def test_sorting() -> None:
    params = [int(row["params"]) for row in csv_rows("resnet50", "--sort", "params")]
    assert params == sorted(params, reverse=True) and len(params) == len(bundled("resnet50").layers)
    paths = [
        row["layer"]
        for row in csv_rows("googlenet", "--sort", "layer")
        if row["layer"].startswith("maxpool")
    ]
    assert paths == [f"maxpool{number}" for number in range(1, 5)]
    folded = (
        cnncalc("show", "resnet50", "--sort", "params", "--depth", "1")
        .stdout.split("\n\n")[1]
        .splitlines()
    )
    assert folded[1].startswith("stage.3") and folded[2].startswith("stage.2")


@pytest.mark.parametrize(
    ("patterns", "paths"),
    [
        (["fc6"], ["fc6"]),
        (["fc*"], ["fc6", "fc7", "fc8"]),
        (["linear", "conv1"], ["conv1", "fc6", "fc7", "fc8"]),
        (["pool?", "fc8"], ["pool1", "pool2", "pool5", "fc8"]),
    ],
)
def test_patterns(patterns: list[str], paths: list[str]) -> None:
    options = [word for pattern in patterns for word in ("--layers", pattern)]
    assert [row["layer"] for row in csv_rows("alexnet", *options)] == paths


def test_a_group_path_selects_its_layers() -> None:
    paths = [row["layer"] for row in csv_rows("googlenet", "--layers", "3a.5x5")]
    assert paths == [
        "3a.5x5.unit1.conv1",
        "3a.5x5.unit1.relu1",
        "3a.5x5.unit2.conv1",
        "3a.5x5.unit2.relu1",
    ]
    out = cnncalc("show", "googlenet", "--layers", "3a").stdout
    assert "163,696 parameters (2.3 %)" in out


def test_totals_only() -> None:
    out = cnncalc("show", "alexnet", "--totals-only").stdout
    assert "conv1" not in out and "60,965,224" in out and "96.2 %" in out
    found = json.loads(cnncalc("show", "alexnet", "--totals-only", "--format", "json").stdout)
    assert "layers" not in found and found["totals"]["params"] == 60_965_224


# Markdown and LaTeX


def test_markdown_is_a_table() -> None:
    out = cnncalc("show", "googlenet", "--format", "markdown").stdout
    lines = [line for line in out.splitlines() if line.startswith("|")]
    assert lines[1] == "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |"
    width = lines[0].count("|")
    assert all(line.count("|") == width for line in lines[: lines.index("| total |  |  |")])
    assert (
        "| 3a | inception 64, 96, 128, 16, 32, 32 | 256x28x28 | 164k | 2.3 % | 128M | 8.1 % |"
        in out
    )


HOSTILE = """\
name: "<b>|x| @all `c` $y_1$ 5% & #1 ~ ^ {z}"
input: 3x8x8
layers: [{conv: 4, name: "a|b<i>_c$d%e&f#g{h}"}, relu]
"""


def test_text_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(HOSTILE)
    out = cnncalc("show", str(path), "--format", "markdown").stdout
    assert "<b>" not in out and "<i>" not in out and "@all" not in out and "a\\|b&lt;i>\\_c" in out


# On terminals


def test_dropped_columns_are_reported() -> None:
    out = re.sub(r"\s+", " ", bare(terminal("show", "alexnet", columns=60)))
    assert "(too narrow for: share of params)" in out
    assert "too narrow" not in bare(terminal("show", "alexnet", columns=120))


def test_numbers_are_never_cut() -> None:
    for columns in (30, 45, 60):
        out = bare(terminal("show", "alexnet", "--exact", columns=columns))
        assert "37,752,832" in out or "params" not in out.split("\n\n")[1].splitlines()[0]


def test_long_tables_are_complete(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x8x8\nlayers: [{conv: 3, repeat: 5000}]\n")
    out = cnncalc("show", str(path)).stdout
    assert "conv1.4999" in out and out.count("conv 1x1, 3") == 5000


# Completion and help


def completed(words: str) -> list[str]:
    ran = cnncalc(
        _CNNCALC_COMPLETE="bash_complete",
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split(" ")) - 1),
    )
    return [line.partition(",")[2] for line in ran.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("cnncalc sh", "show"),
        ("cnncalc show --to", "--totals-only"),
        ("cnncalc show goog", "googlenet_bn"),
        ("cnncalc show resnet@resnet10", "resnet@resnet101"),
        ("cnncalc show alexnet --format mark", "markdown"),
        ("cnncalc show alexnet --columns layer,par", "layer,params"),
        ("cnncalc show alexnet --convention tor", "torchinfo"),
        ("cnncalc help lang", "language"),
    ],
)
def test_completion(words: str, offered: str) -> None:
    assert offered in completed(words)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, tmp_path: Path) -> None:
    script = cnncalc("completion", shell).stdout
    assert "_CNNCALC_COMPLETE" in script
    if shutil.which(shell):
        (tmp_path / "script").write_text(script)
        assert subprocess.run([shell, "-n", str(tmp_path / "script")], check=False).returncode == 0


@pytest.mark.parametrize(
    "topic", ["language", "numbers", "columns", "python", "show", "tutorial.ko"]
)
def test_help_pages(topic: str, tmp_path: Path) -> None:
    ran = cnncalc("help", topic, cwd=tmp_path)
    assert ran.returncode == 0 and len(ran.stdout) > 300
    assert topic in cnncalc("help").stdout


@pytest.mark.parametrize(
    ("topic", "page", "begins"),
    [
        ("conv", "layers", "### conv\n\nConvolution: "),
        ("dense-on-map", "rules", "## dense-on-map\n"),
        ("Dense On Map", "rules", "## dense-on-map\n"),
        ("receptive-field", "rules", "## receptive-field\n"),
        ("receptive fields", "numbers", "## Receptive fields\n"),
        ("budget", "language", "## Variants and expectations\n"),
        ("repeat", "language", "## "),
        ("Conv2d", "layers", "### conv\n"),
        ("baselines", "ci", "## Baselines\n"),
        ("siamese network", "cookbook", "## Siamese network\n"),
    ],
)
def test_help_sections(topic: str, page: str, begins: str) -> None:
    ran = cnncalc("help", topic)
    assert ran.returncode == 0 and ran.stdout.startswith(begins), ran.stdout[:300]
    assert f"From the page: `cnncalc help {page}`\n" in ran.stdout


def test_a_section_ends_before_the_next_one() -> None:
    text = cnncalc("help", "conv").stdout
    assert "`conv: out, kernel=1" in text and "### depthwise" not in text


@pytest.mark.parametrize(
    ("topic", "hint"), [("convv", "did you mean `conv`?"), ("zzzz", "lists"), ("", "lists")]
)
def test_help_without_a_section(topic: str, hint: str) -> None:
    ran = cnncalc("help", topic)
    assert ran.returncode == 2 and hint in ran.stderr and not ran.stderr.rstrip().endswith(":")


def test_a_long_page_is_paged(tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\ncat\n")
    pager.chmod(0o700)
    assert "PAGED" in terminal("help", "language", columns=80, PAGER=str(pager))
    assert "PAGED" not in terminal("help", "relu", columns=80, PAGER=str(pager))
    assert "PAGED" not in cnncalc("help", "language", PAGER=str(pager)).stdout


def test_the_source_is_the_file() -> None:
    file = (ROOT / "architectures" / "resnet.yaml").read_text("utf-8")
    assert cnncalc("show", "resnet50", "--source").stdout == file
    ran = cnncalc("show", "resnet50", "--source", "--exact")
    assert ran.returncode == 2 and "without --exact" in ran.stderr


def test_help_in_korean() -> None:
    korean = (ROOT / "docs" / "tutorial.ko.md").read_text("utf-8")
    assert "수용 영역" in korean and cnncalc("help", "tutorial.ko").stdout == korean
    assert "수용 영역" in bare(terminal("help", "tutorial.ko", columns=100))


def test_help_on_an_unknown_topic() -> None:
    ran = cnncalc("help", "langauge")
    assert ran.returncode == 2 and "did you mean `language`?" in ran.stderr


def test_help_pages_are_in_the_wheel() -> None:
    included = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"][
        "build"
    ]["targets"]["wheel"]
    for topic in PAGES:
        assert topic == "columns" or f"docs/{topic}.md" in included["force-include"], topic
