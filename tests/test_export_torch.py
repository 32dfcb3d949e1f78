"""Exported networks with PyTorch itself: they are counted, traced and run.

Skipped where there is no interpreter with torch (tests/support/torch_process.py).
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from cnncalc.engine import analyse
from cnncalc.exporters.pytorch.names import PUBLIC_NAMES

from .support.exports import bundled_trace, checked
from .support.torch_process import needs_torch, with_torch

SAMPLE = (
    *("lenet5", "resnet20", "mobilenet_v3_small", "googlenet", "shufflenet_v2_x0_5"),
    *("repvgg_a0", "preact_resnet18", "mobilenet_v1_025", "squeezenet1_1", "yolov3_tiny"),
)
"""Networks that are counted anew: those with most kinds of steps."""


@needs_torch
def test_counts_are_the_recorded_ones(tmp_path: Path) -> None:
    """tests/generate/exports.py gives the rows of tests/data/exports.csv."""
    code = f"import exports, json\nprint(json.dumps([exports.row(name) for name in {SAMPLE!r}]))"
    found = json.loads(with_torch(code, tmp_path).stdout.splitlines()[-1])
    rows = checked()
    for row in found:
        del row["torch"]
        recorded = rows[row["name"]]
        assert {key: str(value) for key, value in row.items()} == {
            key: recorded[key] for key in row
        }


VARIABLES = [
    ("resnet50", "depths=(3, 4, 23, 3)", "resnet101"),
    ("resnet18", "depths=(3, 4, 6, 3)", "resnet34"),
    ("densenet121", "growth=48, depths=(6, 12, 36, 24)", "densenet161"),
    ("efficientnet_b0", "width=1.2, depth=1.4, dropout=0.3", "efficientnet_b3"),
    ("mobilenet_v3_large", "width=0.75", "mobilenet_v3_large_0_75"),
    ("convnext_tiny", "depths=(3, 3, 27, 3)", "convnext_small"),
    ("shufflenet_v2_x1_0", "widths=(176, 352, 704)", "shufflenet_v2_x1_5"),
    ("vgg16", "classes=10", ""),
]


@needs_torch
def test_the_variables_of_the_file_are_arguments(tmp_path: Path) -> None:
    """The class of one variant, with the variables of another, has as many parameters as that."""
    code = "import exports, json, torch\nfound = []\n"
    for name, arguments, _ in VARIABLES:
        code += (
            f"with torch.device('meta'):\n"
            f"    module = exports.class_of(exports.source_of({name!r}))({arguments})\n"
            "found.append(sum(one.numel() for one in module.parameters()))\n"
        )
    found = json.loads(with_torch(f"{code}print(json.dumps(found))", tmp_path).stdout)
    vgg16 = analyse(bundled_trace("vgg16").network).totals.params - 990 * (4096 + 1)
    expected = [
        analyse(bundled_trace(other).network).totals.params if other else vgg16
        for _, _, other in VARIABLES
    ]
    assert found == expected


NUMBERS = (
    *("resnet20", "mobilenet_v3_small", "shufflenet_v2_x0_5", "densenet_bc_100_12", "lenet5"),
    "dpn68",
)


@needs_torch
def test_blocks_calculate_what_the_layers_do(tmp_path: Path) -> None:
    """The module with classes and the one layer by layer have equal outputs with equal weights."""
    code = f"import exports\nprint(*map(exports.difference_of_forms, {NUMBERS!r}))"
    differences = with_torch(code, tmp_path).stdout.splitlines()[-1].split()
    assert len(differences) == len(NUMBERS)
    assert max(map(float, differences)) < 1e-4


ATTENTION = """
import exports, torch
from itertools import product
from torch import nn
from tests.support.exports import exported, traced

torch.manual_seed(0)
HEADS, CHANNELS, DEPTH = 2, 8, 4


def made(step, size="8x4x6"):
    code = exported(traced(f"input: {size}\\nlayers: [{step}]\\n")).content
    module = exports.class_of(code)()[0]
    for one in module.parameters():
        nn.init.normal_(one)
    return module


def by_hand(module, tokens, bias=None):
    parts = [part(tokens) for part in (module.query, module.key, module.value)]
    found = torch.zeros(len(tokens), CHANNELS)
    for head in range(HEADS):
        own = slice(head * DEPTH, (head + 1) * DEPTH)
        query, key, value = (part[:, own] for part in parts)
        scores = query @ key.T / DEPTH**0.5
        found[:, own] = (scores + (0 if bias is None else bias[head])).softmax(1) @ value
    return module.out(found)
"""


@needs_torch
def test_attention_in_windows_is_that_of_each_window(tmp_path: Path) -> None:
    """Window by window and head by head, with the bias of each pair of positions looked up."""
    code = f"""{ATTENTION}
module = made("{{attention: 2, window: [2, 3], rel_bias: true}}")
x = torch.randn(1, CHANNELS, 4, 6)
places = list(product(range(2), range(3)))
bias = torch.zeros(HEADS, 6, 6)
for i, (a, b) in enumerate(places):
    for j, (c, d) in enumerate(places):
        bias[:, i, j] = module.rel_bias[:, c - a + 1, d - b + 2]
wanted = torch.zeros_like(x)
for top, left in product((0, 2), (0, 3)):
    window = x[0, :, top : top + 2, left : left + 3]
    found = by_hand(module, window.flatten(1).T, bias)
    wanted[0, :, top : top + 2, left : left + 3] = found.T.reshape(window.shape)
print(float((module(x) - wanted).abs().max() / wanted.abs().max()))
"""
    assert float(with_torch(code, tmp_path).stdout) < 1e-5


@needs_torch
def test_attention_along_an_axis_is_that_of_each_row(tmp_path: Path) -> None:
    code = f"""{ATTENTION}
module = made("{{attention: 2, axes: 2, bias: false}}")
x = torch.randn(2, CHANNELS, 4, 6)
rows = [[by_hand(module, row.T).T for row in one.unbind(1)] for one in x]
wanted = torch.stack([torch.stack(one, dim=1) for one in rows])
print(float((module(x) - wanted).abs().max() / wanted.abs().max()))
"""
    assert float(with_torch(code, tmp_path).stdout) < 1e-5


@needs_torch
@pytest.mark.parametrize(("kind", "axis"), [("lstm", 1), ("gru", 2), ("rnn", 3)])
def test_recurrent_layers_along_an_axis_are_those_of_each_line(
    kind: str, axis: int, tmp_path: Path
) -> None:
    """Line by line, with the weights of the module in PyTorch's own layer."""
    code = f"""{ATTENTION}
module = made("{{{kind}: 3, axis: {axis}, bidirectional: true}}", "8x4x6x5")
plain = nn.{kind.upper()}(8, 3, bidirectional=True)
plain.load_state_dict(module.state_dict())
x = torch.randn(2, 8, 4, 6, 5)
found, moved = (one.movedim(({axis + 1}, 1), (0, -1)) for one in (module(x), x))
worst = 0
for place in product(*map(range, moved.shape[1:-1])):
    line = (slice(None), *place)
    worst = max(worst, float((found[line] - plain(moved[line])[0]).abs().max()))
print(worst)
"""
    assert float(with_torch(code, tmp_path).stdout) < 1e-5


STEPS = """
{conv: 8, kernel: 3, padding: 1}
{conv: 8, kernel: 3, padding: same, groups: 2, bias: false}
{depthwise: 3, padding: 1}
{conv_transpose: 8, kernel: 2, stride: 2}, {avgpool: 2}
{local_conv: 8, kernel: 1}
bn
layernorm
{groupnorm: 4}
{instancenorm: , affine: true}
rmsnorm
grn
l2norm
{lrn: 5}
scale
relu
gelu
{leaky_relu: 0.2}
{prelu: , per_channel: true}
squash
{softmax: 2}
{elementwise: sin}
{dropout: 0.1}
{maxpool: 3, stride: 1, padding: 1}
{avgpool: 3, stride: 1, padding: same}
{linear: 8, axis: 2}
{attention: 2}
{attention: 2, axes: 1}
{attention: 2, window: 4}
{lstm: 8, axis: 1}
{permute: [0, 2, 1]}
tokens, layernorm, {reshape: [8, 8, 8]}
{reshape: [2, 4, 8, 8]}, {permute: [1, 0, 2, 3]}, {reshape: [8, 8, 8]}
{channel_shuffle: 2}
{pixel_unshuffle: 2}, {pixel_shuffle: 2}
{upsample: 2}, {maxpool: 2}
{roll: 1, axis: 1}
{pad: 1}, {crop: 8}
{slice: [0, 4]}, {concat: [[], []]}
{add: [[{conv: 8}], []]}
{mul: [[global_avgpool, {conv: 8}, sigmoid], []]}
{mul: [[global_avgpool, flatten, {linear: 8}, sigmoid], []]}
{concat: [[{conv: 4}], [{conv: 4, kernel: 3, padding: 1}, relu]]}
"""
"""Steps that keep the shape 8x8x8, one after the other in a line."""

MOST_STEPS = 7


def random_networks(count: int) -> list[str]:
    random = Random(20261130)
    lines = STEPS.strip().splitlines()
    texts = []
    for _ in range(count):
        chosen = random.choices(lines, k=random.randint(2, MOST_STEPS))
        texts.append(f"input: 8x8x8\nlayers: [{', '.join(chosen)}, {{conv: 3}}]\n")
    return texts


STEPS_OF_MODULES = (
    "{attention: 2, axes: 1}, {lstm: 8, axis: 1}",
    "{attention: 2, axes: 1}, {groupnorm: 4}, {attention: 2, window: 4}",
    "{attention: 2, window: 4}, {instancenorm: , affine: true}",
    "relu, {add: [[{dropout: 0.1}, softplus], []]}",
)
"""Steps whose axes the modules leave moved, and one that in evaluation returns its input itself."""


@needs_torch
def test_steps_survive_export_and_import(tmp_path: Path) -> None:
    texts = [f"input: 8x8x8\nlayers: [{steps}, {{conv: 3}}]\n" for steps in STEPS_OF_MODULES]
    assert not_equal(texts, tmp_path) == ""


@needs_torch
@pytest.mark.slow
def test_random_networks_survive_export_and_import(tmp_path: Path) -> None:
    assert not_equal(random_networks(60), tmp_path) == ""


def not_equal(texts: list[str], tmp_path: Path) -> str:
    """The networks that are not what their exported module is imported as, with the differences."""
    code = f"""
import exports
from tests.support.exports import exported, traced

for text in {texts!r}:
    network = traced(text)
    found = exports.imported(exports.made(exported(network).content), network.network)
    if found != "equal":
        print(text, found)
"""
    return with_torch(code, tmp_path).stdout


@needs_torch
def test_a_module_in_python(tmp_path: Path) -> None:
    code = (
        "import cnncalc\n"
        "network = cnncalc.load('resnet18', vars={'classes': 10})\n"
        "module = cnncalc.to_pytorch(network)\n"
        "print(type(module).__name__, sum(one.numel() for one in module.parameters()))"
    )
    assert with_torch(code, tmp_path).stdout == f"ResNet18 {11_689_512 - 990 * 513}\n"


@needs_torch
def test_attributes_of_modules_are_known(tmp_path: Path) -> None:
    """No step has the name of an attribute that a module has already."""
    code = (
        "from torch import nn\n"
        "names = {*dir(nn.Module()), *dir(nn.Sequential())}\n"
        "print(*sorted(name for name in names if not name.startswith('_')))"
    )
    assert set(with_torch(code, tmp_path).stdout.split()) <= set(PUBLIC_NAMES.split())
