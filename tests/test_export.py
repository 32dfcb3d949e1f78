"""`cnncalc export`: source code that is laid out, linted, exact, and never a text of the file."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc.engine import analyse
from cnncalc.exporters.errors import ExportError
from cnncalc.exporters.formats import Exported, ExportOptions
from cnncalc.exporters.python.layout import formatted
from cnncalc.layers import LAYERS

from .support.exports import (
    EXPORTED,
    KERAS_TABLE,
    SOURCES,
    bundled_trace,
    checked,
    checked_kinds,
    digest,
    exported,
    identifiers_of,
    rows_of,
    traced,
    without_docstrings,
)
from .support.hostile import TITLES, network_text, quoted
from .support.processes import cnncalc
from .support.round_trips import PYTORCH_KINDS, PYTORCH_READ_AS, reasons_for, unexplained

TINY = """\
name: Tiny
input: 3x8x8
vars: {classes: 10, width: 8}
blocks:
  unit:
    params: [out, kernel=1]
    layers: [{conv: out, kernel: kernel, padding: kernel // 2, bias: false}, bn, relu]
layers:
  - {unit: width, kernel: 3, name: stem}
  - {add: [[{unit: in_channels}], []]}
  - global_avgpool
  - {linear: classes, name: head}
"""


def test_a_small_network_is_written_as_a_person_would() -> None:
    assert exported(traced(TINY)) == Exported(
        '''\
from torch import nn


class Unit(nn.Sequential):
    """3x8x8 -> 8x8x8, the first of 2."""

    def __init__(self, in_channels, out, kernel=1):
        super().__init__(
            nn.Conv2d(in_channels, out, kernel, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(),
        )


class Tiny(nn.Module):
    """Tiny: 3x8x8 -> 10.

    402 parameters, 18,000 multiply-accumulates.
    """

    def __init__(self, classes=10, width=8):
        super().__init__()
        self.stem = Unit(3, width, 3)
        self.residual = Unit(width, width)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        x = self.stem(x)
        x = self.residual(x) + x
        x = self.avgpool(x)
        x = self.flatten(x)
        return self.head(x)
'''
    )


BLOCK = "input: 3x9x9\nblocks:\n  unit:\n"
MODULES = {
    "operands for each entry of a list": (
        "input: 3x9x9\nlayers:\n  - concat: [[{conv: c}, relu]]\n    across: {c: [2, 3]}\n",
        [
            "for c in (2, 3):",
            "branches.append(nn.Sequential(nn.Conv2d(3, c, 1), nn.ReLU()))",
            "self.branches = nn.ModuleList(branches)",
            "return torch.cat([branch(x) for branch in self.branches], dim=1)",
        ],
    ),
    "a sum for each entry of a list": (
        "input: 3x9x9\nvars: {sizes: [1, 3]}\nlayers:\n"
        "  - add: [[{conv: 4, kernel: k, padding: k // 2}]]\n"
        "    across: {k: sizes}\n    name: sum\n",
        [
            "def __init__(self, sizes=(1, 3)):",
            "[nn.Conv2d(3, 4, k, padding=k // 2) for k in sizes]",
            "return sum([sum_(x) for sum_ in self.sums])",
        ],
    ),
    "parts of other sizes in each call": (
        f"{BLOCK}    params: [a, b]\n    layers:\n      - {{conv: a + b}}\n"
        "      - {chunk: [a, b], name: part}\n      - {conv: 4, from: part.1}\n"
        "layers: [{unit: [2, 3]}, {unit: [4, 1]}]\n",
        ["self.part = Split((a, b))", "_, part_1 = self.part(x)", "nn.Conv2d(b, 4, 1)"],
    ),
    "channels of other numbers in each call": (
        f"{BLOCK}    params: [maps]\n    layers: [{{select: maps}}, {{conv: 4}}]\n"
        "layers: [{unit: [[0, 2]]}, {unit: [[0, 1, 3]]}]\n",
        ["Select(maps), nn.Conv2d(len(maps), 4, 1)", "Unit((0, 2)), Unit((0, 1, 3))"],
    ),
    "a crop to the size of another map": (
        f"{BLOCK}    inputs: [one, other]\n    params: [start]\n    layers:\n"
        "      - {crop: size(other), offset: start}\n      - {add: [[], other]}\n"
        "layers:\n  - {conv: 3, kernel: 3, name: small}\n"
        "  - {conv: 3, kernel: 5, name: least, from: input}\n"
        "  - {unit: 1, from: [small, least]}\n  - {unit: 0, from: [input, small]}\n",
        ["self.crop = CropLike(start)", "return self.crop(one, other) + other"],
    ),
    "a default that is a variable": (
        "input: 3x9x9\nvars: {wide: 4}\nblocks:\n"
        "  unit: {params: [wide=wide], layers: [{conv: wide}]}\nlayers: [unit, {unit: 5}]\n",
        ["def __init__(self, in_channels, *, wide):", "Unit(3, wide=wide), Unit(wide, wide=5)"],
    ),
    "operands of an operator that is a sum": (
        "input: 3x9x9\nlayers: [{add: [[{conv: 4}], [{conv: 4}]]}, {div: [[], 2]}]\n",
        ["return (self.shortcut(x) + self.residual(x)) / 2"],
    ),
    "modules in sequence after one of two inputs": (
        f"{BLOCK}    inputs: [one, other]\n    layers:\n      - {{add: [one, other]}}\n"
        "  both:\n    inputs: [one, other]\n    layers:\n"
        "      - {unit: , from: [one, other]}\n      - {conv: 4}\n      - bn\n      - relu\n"
        "layers: [{both: , from: [input, input]}]\n",
        ["x = self.unit(one, other)", "return self.layers(x)"],
    ),
    "channels that the constructor does not take": (
        f"{BLOCK}    inputs: [one, other]\n    layers:\n"
        "      - {concat: [one, [{from: other}, {conv: channels(other)}]]}\n"
        "layers:\n  - {unit: , from: [input, input], name: joined}\n  - {conv: 4}\n",
        ["def __init__(self, other_channels):", "self.conv = nn.Conv2d(6, 4, 1)"],
    ),
    "windows of a map with relative biases": (
        "input: 8x6x9\nvars: {size: 3}\nlayers: [{attention: 2, window: size, rel_bias: true}]\n",
        ["WindowAttention(8, 2, size, rel_bias=True)"],
    ),
    "attention along an axis": (
        "input: 8x6x9\nlayers: [{attention: 2, axes: 2}]\n",
        ["AxialAttention(8, 2, (3,))"],
    ),
    "recurrent layers along an axis": (
        "input: 8x6x9\nvars: {time: 1}\nlayers: [{lstm: 5, axis: time}, {gru: 4, axis: -1}]\n",
        ["AxisLSTM(2, 8, 5)", "AxisGRU(3, 5, 4)"],
    ),
    "attention with a bias of the output alone": (
        "input: {x: 8x6, text: 4x9}\n"
        "layers: [{attention: 2, bias: false, dim: 6, from: [x, text]}]\n",
        ["DotProductAttention(8, 2, dim=6, source_channels=4, bias=False)"],
    ),
    "sizes and shifts of variables": (
        "input: 8x6x6\nvars: {parts: 2, shift: 3}\nlayers:\n"
        "  - {reshape: [parts, 8 // parts, 6, 6]}\n  - {reshape: [8, 6, 6]}\n"
        "  - {roll: [-(shift // 2), shift], axis: [1, 2]}\n  - {roll: 1, axis: 1}\n",
        [
            "Reshape((parts, 8 // parts, 6, 6))",
            "x.reshape(-1, 8, 6, 6)",
            "Roll((-(shift // 2), shift), (2, 3))",
            "return torch.roll(x, (1,), dims=(2,))",
        ],
    ),
    "a learned value of a size that is a variable": (
        "input: 4x6\nvars: {width: 4}\nlayers:\n  - {conv: width}\n"
        "  - {concat: [[{weight: [width, 1]}], []], axis: 1}\n"
        "  - {add: [[], [{weight: [width, 'in_size[0]']}]]}\n  - {conv: 2}\n",
        [
            "self.weight1 = nn.Parameter(torch.zeros(1, width, 1))",
            "self.weight2 = nn.Parameter(torch.zeros(1, width, 7))",
            "self.conv2 = nn.Conv1d(width, 2, 1)",
            "x = torch.cat([self.weight1.expand(len(x), -1, -1), x], dim=2)",
        ],
    ),
    "any number of inputs": (
        f"{BLOCK}    params: [out]\n    inputs: [below, row.*]\n    layers:\n"
        "      - {concat: [row.*, below]}\n      - {conv: out}\n"
        "layers:\n  - {conv: 4, name: one}\n  - {conv: 5, name: two}\n"
        "  - {unit: 7, from: [two, one], name: three}\n"
        "  - {unit: 6, from: [one, two, three]}\n",
        [
            "def __init__(self, below_channels, row_channels, out):",
            "nn.Conv2d(sum(row_channels) + below_channels, out, 1)",
            "def forward(self, below, *row):",
            "x = torch.cat([*row, below], dim=1)",
            "self.three = Unit(5, (4,), 7)",
            "self.unit = Unit(4, (5, 7), 6)",
            "return self.unit(one, x, three)",
        ],
    ),
    "a head for each of any number of inputs": (
        f"{BLOCK}    params: [sizes]\n    inputs: [maps.*]\n    layers:\n"
        "      - concat: [[{from: 'maps[k]'}, {conv: 'sizes[k]'}, relu]]\n"
        "        across: {k: len(sizes)}\n"
        "layers:\n  - {for: {c: [4, 5]}, layers: [{conv: c}], name: level}\n"
        "  - {unit: [[7, 8, 9]], from: [input, level.*]}\n",
        [
            "for in_channels, size in zip(maps_channels, sizes):",
            "branches.append(nn.Sequential(nn.Conv2d(in_channels, size, 1), nn.ReLU()))",
            "def forward(self, *maps):",
            "[branch(x) for branch, x in zip(self.branches, maps)], dim=1",
            "Unit((3, 4, 5), (7, 8, 9))",
            "return self.unit(x, *levels)",
        ],
    ),
    "steps that are not modules for each of any number of inputs": (
        f"{BLOCK}    inputs: [maps.*]\n    layers:\n"
        "      - concat: [[{from: 'maps[k]'}, {conv: 6}, {permute: [0, 2, 1]}, tokens]]\n"
        "        across: {k: 2}\n        axis: 1\n"
        "layers:\n  - {conv: 4, kernel: 3, name: one}\n"
        "  - {unit: , from: [input, one]}\n",
        [
            "class Branch(nn.Module):",
            "x = x.permute(0, 1, 3, 2)",
            "[Branch(in_channels) for in_channels in maps_channels]",
            "[branch(x) for branch, x in zip(self.branches, maps)], dim=2",
        ],
    ),
    "operands that are not modules for each entry of a list": (
        "input: 8x9x9\nvars: {parts: 2}\nblocks:\n  unit:\n    params: [out]\n    layers:\n"
        "      - {conv: out * parts}\n      - {chunk: parts, name: one}\n"
        "      - add: [{mul: ['one[k]', 'one[parts - 1 - k]']}]\n        across: {k: parts}\n"
        "layers: [{unit: 4}, {conv: 6}, {unit: 3}]\n",
        [
            "def __init__(self, in_channels, out):",
            "one_0, one_1 = x.chunk(2, dim=1)",
            "x = one_0 * one_1",
            "mul = one_1 * one_0",
            "return x + mul",
            "Unit(8, 4), nn.Conv2d(4, 6, 1), Unit(6, 3)",
        ],
    ),
    "channels after a recurrent layer": (
        "input: 8x6\nvars: {hidden: 4}\n"
        "layers: [{lstm: hidden, bidirectional: true}, {linear: 3}]\n",
        ["ChannelLinear(2 * hidden, 3)"],
    ),
    "all iterations, of which there is one": (
        "input: 8x6x6\nvars: {depth: 1}\nlayers:\n"
        "  - {conv: 4, repeat: depth, name: unit}\n  - {concat: [input, unit.*]}\n",
        ["def __init__(self, depth=1):", "units.append(", "return torch.cat([x, *units], dim=1)"],
    ),
    "iterations from an earlier value": (
        "input: 3x9x9\nlayers:\n  - {conv: 4, name: a}\n  - {conv: 4, name: b}\n"
        "  - {conv: 4, from: a, repeat: 2, name: c}\n  - {concat: [c, b]}\n",
        ["b = self.b(x)", "x = self.cs(x)", "torch.cat([x, b], dim=1)"],
    ),
    "a list that is read in another order": (
        f"{BLOCK}    inputs: [maps.*]\n    layers:\n"
        "      - add: [[{from: 'maps[1 - k]'}, {conv: 6}]]\n        across: {k: 2}\n"
        "layers: [{conv: 4, name: one}, {unit: , from: [input, one]}]\n",
        [
            "self.conv1 = nn.Conv2d(maps_channels[1], 6, 1)",
            "return self.conv1(maps[1]) + self.conv2(maps[0])",
        ],
    ),
    "a size of the input that differs between calls": (
        f"{BLOCK}    params: [d]\n    let: {{h: 'in_size[0] // 2'}}\n    layers:\n"
        "      - {reshape: [in_channels * 2, h, -1]}\n      - {conv: d}\n"
        "layers: [{maxpool: 2}, {unit: 4}, {upsample: 4}, {unit: 8}]\n",
        [
            "def __init__(self, in_channels, in_size, d):",
            "h = in_size[0] // 2",
            "Unit(3, (4, 4), 4)",
            "Unit(4, (8, 16), 8)",
        ],
    ),
    "a named value that is read after others": (
        "input: 3x9x9\nlayers:\n  - {conv: 4, name: stem}\n  - {conv: 4, name: two}\n  - relu\n"
        "  - {conv: 4, name: three}\n  - {concat: [[], stem]}\n",
        ["stem = self.stem(x)", "x = self.two(stem)", "torch.cat([self.three(x), stem], dim=1)"],
    ),
    "channels that only a module knows": (
        f"{BLOCK}    params: [more, first]\n    layers:\n"
        "      - {layers: [{conv: 2 * more, when: first}], name: old}\n"
        "      - {conv: more, from: input, name: new}\n      - {concat: [old, new]}\n"
        "layers:\n  - {unit: [4, i == 0], repeat: 3}\n  - {conv: 2}\n",
        [
            "self.out_channels = channels + more",
            "unit = Unit(channels, 4, i == 0)",
            "channels = unit.out_channels",
        ],
    ),
}


@pytest.mark.parametrize("name", MODULES)
def test_steps_are_modules(name: str) -> None:
    text, expected = MODULES[name]
    found = exported(traced(text))
    assert [line for line in expected if line not in found.content] == [], found.content
    assert found.remarks == ()


def test_a_value_before_steps_that_are_skipped_may_be_read_after_them() -> None:
    text = (
        f"{BLOCK}    params: [goes_on]\n    outputs: [on, side]\n    layers:\n"
        "      - {conv: 4, name: first}\n      - {conv: 3, name: side}\n"
        "      - {conv: 3, from: first, when: goes_on}\n      - {identity: , name: on}\n"
        "layers:\n  - {unit: true, name: one}\n  - {unit: false, from: one.on, name: two}\n"
        "  - {add: [one.side, two.side, two.on]}\n"
    )
    forward = """\
        x = self.first(x)
        side = self.side(x)
        conv = side
        if self.goes_on:
            conv = self.conv(x)
        x = self.on(conv)
        return x, side
"""
    assert forward in exported(traced(text)).content


def test_windows_that_do_not_divide_a_map_are_refused() -> None:
    text = "input: 8x7x9\nlayers: [{attention: 2, window: 3}]\n"
    for form in ("pytorch", "onnx"):
        with pytest.raises(ExportError, match="do not divide"):
            exported(traced(text), form=form)


# Layout and linters


@pytest.mark.slow
@pytest.mark.parametrize("is_flat", [False, True])
@pytest.mark.parametrize("form", SOURCES)
def test_bundled_networks_are_laid_out_and_linted(is_flat: bool, form: str, tmp_path: Path) -> None:
    """As `ruff format` and `ruff check` without any configuration have it.

    A third of them has every form of line.
    """
    refused = {name for name, row in rows_of(KERAS_TABLE).items() if row["reason"]}
    for name in EXPORTED[is_flat::3]:
        if form == "keras" and name in refused:
            continue
        source = exported(bundled_trace(name), ExportOptions(is_flat), form).content
        (tmp_path / f"{name}.py").write_text(source, "utf-8")
    for words in (["format", "--diff"], ["check"]):
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "--isolated", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout[-3000:]


# Text of the file


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("is_flat", [False, True])
@pytest.mark.parametrize("form", SOURCES)
def test_no_text_of_a_file_is_code(title: str, is_flat: bool, form: str) -> None:
    """Names are identifiers of ASCII letters, and a title is part of a docstring."""
    options = ExportOptions(is_flat, "Net2")
    plain = exported(traced(network_text("plain")), options, form).content
    found = exported(traced(network_text(title)), options, form).content
    assert without_docstrings(plain) == without_docstrings(found)
    assert all(name.isascii() and name.isidentifier() for name in identifiers_of(found))
    assert found.isprintable() or all(line.isprintable() for line in found.splitlines())


HOSTILE_CODE = (
    '"""\nimport os\nos.system("x")\n"""',
    "'''; import os #",
    "\\",
    '\\"""',
    "x: __import__('os')",
    "__class__",
)


@pytest.mark.parametrize("text", HOSTILE_CODE)
@pytest.mark.parametrize("is_flat", [False, True])
@pytest.mark.parametrize("form", SOURCES)
def test_code_in_a_file_is_text(text: str, is_flat: bool, form: str) -> None:
    """In the name, the source, and the names of steps, blocks, inputs and variables."""
    plain = "".join(char for char in text if char not in "'\n.[]*(),").strip()
    first, second, third = (quoted(f"{plain} {letter}") for letter in "abc")
    title = quoted(text.replace("\n", " "))
    file = (
        f"name: {title}\nsource: {title}\ninput: {{{first}: 3x8x8}}\n"
        "vars: {class: 4, self: 3, layers_: [3, 3], channels: 3}\n"
        "blocks:\n  lambda: {params: [def], layers: [{conv: def}]}\n"
        "  import: {let: {nn: in_channels}, layers: [{conv: nn, kernel: 3, padding: same}]}\n"
        f"layers:\n  - {{lambda: class, name: {second}}}\n  - {{conv: self, name: forward}}\n"
        f"  - {{add: [[{{conv: 3, name: {third}}}], []]}}\n"
        f"  - {{import: , repeat: 2, name: {quoted(plain + ' d')}}}\n"
        f"  - for: {{torch: layers_}}\n    layers: [{{import: }}, {{conv: torch}}]\n"
        f"    name: {quoted(plain + ' e')}\n"
        f"  - {{output: [{{conv: channels}}], name: {quoted(plain + ' f')}}}\n"
        "variants:\n  'import os': {}\n"
    )
    code = exported(traced(file), ExportOptions(is_flat), form).content
    names = identifiers_of(code)
    assert not names & {"os", "system", "__import__", "__class__", "import", "subprocess"}
    assert all(name.isascii() for name in names)
    kinds = {type(node).__name__ for node in ast.parse(code).body}
    assert kinds <= {"Import", "ImportFrom", "ClassDef", "FunctionDef"}
    modules = {"torch", "torch.nn.functional", "math", "torch import nn", "keras"}
    imports = [line.split()[1:] for line in code.splitlines() if "import " in line[:7]]
    assert {words[0] for words in imports} <= modules


@pytest.mark.parametrize(
    "statement", ["import os", "x: int = 1", "del x", "f'{x()}'", "f'{x!r}'", "f'\"'", "lambda: 1"]
)
def test_the_layout_writes_no_other_code(statement: str) -> None:
    """A statement or an expression that an export does not have is a bug, and not written."""
    with pytest.raises(KeyError):
        formatted(statement)


def test_names_that_are_one_in_python_are_no_error() -> None:
    """`x` is a name of generated code itself: it would be `x_`."""
    file = (
        "input: 3x8x8\nvars: {a: 4, a_: 5}\n"
        "blocks: {u: {params: [x, x_], layers: [{conv: x}, {conv: x_}]}}\n"
        "layers: [{u: [a, a_]}]\n"
    )
    found = exported(traced(file))
    assert "nn.Conv2d(3, 4, 1), nn.Conv2d(4, 5, 1)" in found.content
    assert found.remarks[0].endswith("names that are one in Python")


def test_what_would_take_other_steps_is_no_argument() -> None:
    """The network has no `bn`, so its class does not offer one; the width it can change."""
    file = (
        "input: 3x8x8\nvars: {norm: false, wide: 4}\n"
        "blocks:\n  unit:\n    params: [out, n=false]\n"
        "    layers: [{conv: out, bias: not n}, {bn: , when: n}]\n"
        "layers: [{unit: [wide, norm]}, {unit: [wide, norm]}]\n"
    )
    code = exported(traced(file)).content
    assert "def __init__(self, wide=4):" in code
    assert "Unit(3, wide, False), Unit(wide, wide, False)" in code


# What PyTorch counts


@pytest.mark.slow
def test_pytorch_counted_every_bundled_network() -> None:
    """Each source is the one whose module was counted, and whose counts are those of cnncalc."""
    rows = checked()
    assert list(rows) == EXPORTED
    for name, row in rows.items():
        traced_network = bundled_trace(name)
        assert digest(exported(traced_network).content) == row["source"], name
        analysis = analyse(traced_network.network)
        network = traced_network.network
        outputs = [
            str(value.shape)
            for key, value in network.outputs.items()
            if key not in network.training_outputs
        ]
        expected = (
            analysis.training_totals.params,
            analysis.training_totals.buffers,
            analysis.totals.macs,
            " ".join(outputs),
        )
        counted = (int(row["params"]), int(row["buffers"]), int(row["macs"]), row["outputs"])
        assert counted == expected, name


def test_what_is_imported_again_is_the_network() -> None:
    """For `cnncalc diff --flat`; the table states what differs in the others."""
    different = {name: row for name, row in checked().items() if row["imported"] != "equal"}
    assert different.keys() == {"stylegan2_256", "stylegan2_1024", "wavenet"}
    for name, row in different.items():
        assert unexplained(row["imported"], PYTORCH_READ_AS) == set(), name
        assert row["reason"] == reasons_for(row["imported"], PYTORCH_READ_AS)


def test_what_the_example_of_every_kind_is_imported_as() -> None:
    kinds = checked_kinds()
    assert list(kinds) == list(LAYERS)
    different = {kind: words for kind, words in kinds.items() if words != "equal"}
    assert different.keys() == PYTORCH_KINDS.keys()
    refused = {kind for kind, words in different.items() if words.startswith("refused: ")}
    assert refused == {"custom"}


# The command


def test_the_ending_chooses_the_format(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(TINY)
    ran = cnncalc("export", "net.yaml", "-o", "net.py", "--set", "classes=7", cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert "classes=7" in (tmp_path / "net.py").read_text()
    shown = cnncalc("export", "net.yaml", "--to", "pytorch", "--class", "Mine", cwd=tmp_path)
    assert "class Mine(nn.Module):" in shown.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["alexnet"], "name a format: --to pytorch"),
        (["alexnet", "-o", "net.svg"], "unknown extension .svg: write one of pytorch (.py)"),
        (["alexnet", "--to", "pytorch", "-o", "net.yaml"], ".yaml is the extension of yaml"),
        (["alexnet", "--to", "keras", "-o", "net.keras"], "write `-o net.py`"),
        (["alexnet", "--to", "pytorch", "-o", "net.pt"], "write `-o net.py`"),
        (["alexnet", "--to", "onnx", "-o", "net.pt"], "write `-o net.onnx`"),
        (["alexnet", "--to", "pytorch", "--class", "a b"], "is not a name for the class"),
        (["alexnet", "--to", "pytorch", "--class", "Scale"], "is not a name for the class"),
        (["alexnet", "--to", "pytorch", "--class", "my net"], "for the class: write MyNet"),
        (["alexnet", "--to", "keras", "--class", "lambda"], "write one such as my_net"),
        (["alexnet", "--to", "pytorch", "--class", ""], "--class takes a name"),
        (["alexnet", "-o", "net.txt"], "or -o FILE.py or FILE.onnx"),
        (["resnet@*", "--to", "pytorch"], "name one"),
        (["swin_t", "--to", "keras"], "attention1` (attention) and 11 other layers: attention of"),
        (["alexnet", "--to", "pytorch", "--set", "x=1"], "the file has no variable `x`"),
        (["custom.yaml", "--to", "pytorch"], "`custom1` (custom): what it computes is not stated"),
    ],
)
def test_what_cannot_be_written_is_one_message(
    words: list[str], message: str, tmp_path: Path
) -> None:
    (tmp_path / "custom.yaml").write_text(
        "input: 8\nlayers: [{custom: solve, shape: 1, macs: 5}]\n"
    )
    ran = cnncalc("export", *words, cwd=tmp_path)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert "Error" in ran.stderr and not (tmp_path / "net.svg").exists()


def test_a_file_with_errors_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: 3x8x8\nlayers: [{conv: 0}]\n")
    ran = cnncalc("export", "net.yaml", "--to", "pytorch", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (1, "")
