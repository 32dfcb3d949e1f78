"""`cnncalc export --to keras`: what Keras makes of the sources, and what is refused.

What Keras counts is recorded in tests/data/keras_exports.csv, and the comparison with PyTorch in
tests/data/keras_torch.csv, by tests/generate.  Layout, linters and hostile files are tested with
those of PyTorch, in tests/test_export.py.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cnncalc.engine import analyse
from cnncalc.exporters.errors import ExportError
from cnncalc.exporters.formats import ExportOptions
from cnncalc.exporters.keras.layers.table import FORMS
from cnncalc.layers import LAYERS

from .support.exports import (
    EXPORTED,
    KERAS_TABLE,
    digest,
    exported,
    rows_of,
    traced,
    traced_network,
)
from .support.keras_process import needs_keras, with_keras
from .support.paths import ROOT
from .support.processes import cnncalc
from .support.round_trips import KERAS_READ_AS, unexplained

CHECKED = rows_of(KERAS_TABLE)
BUILT = {name: row for name, row in CHECKED.items() if not row["reason"]}

COMPARED = rows_of(ROOT / "tests" / "data" / "keras_torch.csv")

TINY = """\
name: Tiny
input: 3x9x9
vars: {classes: 10, width: 8}
blocks:
  unit:
    params: [out, kernel=1, stride=1]
    layers:
      - {conv: out, kernel: kernel, stride: stride, padding: kernel // 2, bias: false}
      - bn
      - relu
layers:
  - {unit: width, kernel: 3, stride: 2, name: stem}
  - for: {out: [8, 16]}
    layers:
      - add:
          - [{unit: out, kernel: 3}]
          - [{unit: out, when: in_channels != out}]
    name: stage
  - global_avgpool
  - {linear: classes, name: head}
"""


def keras_source(text: str, options: ExportOptions = ExportOptions()) -> str:
    return exported(traced(text), options, "keras").content


TINY_SOURCE = '''\
import keras
from keras import layers


def unit(x, out, kernel=1, stride=1, *, name):
    """3x9x9 -> 8x5x5, the first of 4."""
    padding = "same"
    if stride > 1:
        x = layers.ZeroPadding2D(kernel // 2, name=f"{name}_conv1_pad")(x)
        padding = "valid"
    x = layers.Conv2D(
        out,
        kernel,
        strides=stride,
        padding=padding,
        use_bias=False,
        name=f"{name}_conv1",
    )(x)
    x = layers.BatchNormalization(epsilon=1e-05, name=f"{name}_bn1")(x)
    return layers.ReLU(name=f"{name}_relu1")(x)


def tiny(classes=10, width=8, input_shape=(9, 9, 3)):
    """Tiny: 3x9x9 -> 10.

    2,338 parameters, 51,960 multiply-accumulates.
    """
    inputs = keras.Input(input_shape)
    x = unit(inputs, width, 3, 2, name="stem")
    for i, out in enumerate((8, 16)):
        residual = unit(x, out, 3, name=f"stage_{i}_unit1")
        shortcut = x
        if x.shape[-1] != out:
            shortcut = unit(x, out, name=f"stage_{i}_unit2")
        x = layers.Add(name=f"stage_{i}_add1")([residual, shortcut])
    x = layers.GlobalAveragePooling2D(name="global_avgpool1")(x)
    x = layers.Dense(classes, name="head")(x)
    return keras.Model(inputs, x, name="tiny")
'''


def test_a_small_network_is_written_as_a_person_would() -> None:
    assert keras_source(TINY) == TINY_SOURCE


# Steps


def network(layers: str, more: str = "") -> str:
    return f"name: Net\ninput: 3x8x8\n{more}layers:\n{layers}"


STATEMENTS = {
    "padding that is not that of same": (
        "  - {conv: 4, kernel: 3, stride: 2, padding: 1}\n",
        'x = layers.ZeroPadding2D(1, name="conv1_pad")(inputs)\n'
        '    x = layers.Conv2D(4, 3, strides=2, name="conv1")(x)',
    ),
    "padding: same": (
        "  - {conv: 4, kernel: 3, stride: 2, padding: same}\n",
        'layers.Conv2D(4, 3, strides=2, padding="same", name="conv1")(inputs)',
    ),
    "the largest of zeros and numbers below": (
        "  - {maxpool: 3, stride: 2, padding: 1}\n",
        "x = pad_for_max(inputs, 1)\n",
    ),
    "the largest after a relu": (
        "  - relu\n  - {maxpool: 3, stride: 2, padding: 1}\n",
        'layers.ZeroPadding2D(1, name="maxpool1_pad")(x)',
    ),
    "the largest where same is the same": (
        "  - {maxpool: 3, stride: 1, padding: 1}\n",
        'layers.MaxPooling2D(3, strides=1, padding="same", name="maxpool1")(inputs)',
    ),
    "a mean with its padding": (
        "  - {avgpool: 3, stride: 1, padding: 1}\n",
        'x = layers.ZeroPadding2D(1, name="avgpool1_pad")(inputs)',
    ),
    "a mean without its padding": (
        "  - {avgpool: 3, stride: 1, padding: 1, count_include_pad: false}\n",
        'layers.AveragePooling2D(3, strides=1, padding="same", name="avgpool1")(inputs)',
    ),
    "values of iterations": (
        "  - {conv: 3, repeat: 3, name: step}\n  - {add: [step.*]}\n",
        "    for i in range(3):\n"
        '        x = layers.Conv2D(3, 1, name=f"step_{i}")(x)\n'
        "        steps.append(x)\n"
        '    x = layers.Add(name="add1")(steps)\n',
    ),
    "a value of an earlier iteration": (
        "  - for: {k: 3}\n    layers:\n      - {conv: 3, name: c}\n"
        '      - {add: [[], "dense[k - 1].c"], when: k > 0}\n    name: dense\n',
        '        if k > 0:\n            x = layers.Add(name=f"dense_{k}_add1")([c, cs[k - 1]])\n',
    ),
    "operands for each entry of a list": (
        "  - concat: [[{conv: c}]]\n    across: {c: [2, 3]}\n",
        "    for i, c in enumerate((2, 3)):\n"
        '        branch = layers.Conv2D(c, 1, name=f"concat1_{i}_conv1")(inputs)\n'
        "        branches.append(branch)\n"
        '    x = layers.Concatenate(name="concat1")(branches)\n',
    ),
    "shared weights": (
        "  - {conv: 3, shared: w}\n  - {conv: 3, shared: w}\n",
        'shared_conv1 = layers.Conv2D(3, 1, name="conv1")\n'
        "    x = shared_conv1(inputs)\n    x = shared_conv1(x)\n",
    ),
    "frozen weights": (
        "  - {conv: 3, trainable: false}\n",
        'layers.Conv2D(3, 1, trainable=False, name="conv1")',
    ),
    "attention": (
        "  - tokens\n  - {attention: 1}\n",
        'layers.MultiHeadAttention(1, 3, name="attention1")(x, x)',
    ),
    "numbers": ("  - {sub: [1, []]}\n", "x = 1 - inputs\n"),
    "another axis": (
        "  - tokens\n  - {linear: 5, axis: 1}\n",
        'x = layers.Permute((2, 1), name="linear1_before")(x)\n',
    ),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_statements(name: str) -> None:
    layers, expected = STATEMENTS[name]
    assert expected in keras_source(network(layers))


def test_an_output_of_training_is_left_out_with_a_note() -> None:
    text = network("  - {output: [{conv: 2}], name: aux, training_only: true}\n  - {conv: 4}\n")
    found = exported(traced(text), form="keras")
    assert "aux" not in found.content
    assert [remark.partition(":")[0] for remark in found.remarks] == [
        "the outputs of training are not exported"
    ]


def test_names_that_are_one_in_keras_are_numbered() -> None:
    text = network(
        "  - {layers: [{conv: 3, name: b_c}], name: a}\n"
        "  - {layers: [{conv: 3, name: c}], name: a_b}\n"
    )
    found = exported(traced(text), form="keras")
    assert 'name="a_b_c"' in found.content and 'name="a_b_c2"' in found.content
    assert found.remarks == (
        "the network is written step by step: a_b_c would be the name of several layers",
    )


def test_a_name_has_no_dot_or_slash() -> None:
    code = keras_source(network("  - {conv: 3, name: 'a/b {x}'}\n"))
    assert 'name="a_b__x_"' in code


REFUSED = {
    "lstm": ("input: 4x9\n", "{lstm: 8}", "Keras has one bias for each gate, and PyTorch two"),
    "axis": ("input: 4x9x9\n", "{gru: 8, axis: 1}", "no recurrent layer along one axis of a map"),
    "custom": ("input: 8\n", "{custom: solve, shape: 1}", "what it computes is not stated"),
    "weight_norm": ("input: 3x8x8\n", "{conv: 4, weight_norm: true}", "no norm of each filter"),
    "both steps": (
        "input: 3x8x8\n",
        "{conv: 4, kernel: 3, stride: 2, dilation: 2}",
        "a stride and a dilation",
    ),
    "unfold": ("input: 3x8x8\n", "{unfold: 2}", "Keras has no layer for unfold"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_keras_cannot_state_is_one_message(name: str, tmp_path: Path) -> None:
    head, step, reason = REFUSED[name]
    (tmp_path / "net.yaml").write_text(f"{head}layers:\n  - {step}\n")
    ran = cnncalc("export", "net.yaml", "--to", "keras", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.match(r"Error: net\.yaml:3:\d+ cannot be exported to keras: ", ran.stderr)
    assert reason in ran.stderr


def test_every_kind_is_written_or_refused() -> None:
    assert set(FORMS) == set(LAYERS)


# What Keras counts


REFUSED_NETWORKS = {
    *("swin_t", "swin_s", "swin_b", "swin_l", "swin_b_384", "swin_l_384"),
    *("sd_v1_unet", "sd_v2_unet", "stylegan2_256", "stylegan2_1024", "crnn"),
    *("skresnet18", "skresnet34", "skresnext50_32x4d"),
}
"""Attention in windows or with a bias of the output alone, weights that are values, two biases of
an LSTM, and a stride with a dilation."""


def test_everything_is_recorded() -> None:
    assert set(CHECKED) == {*EXPORTED, *(f"layer:{kind}" for kind in LAYERS)}
    assert set(EXPORTED) - set(BUILT) == REFUSED_NETWORKS


@pytest.mark.slow
def test_keras_built_every_network_and_kind() -> None:
    """Each source is the one that was built, and its counts are those of cnncalc.

    A model of Keras does not have the layers of WaveNet that no output depends on.
    """
    for name, row in CHECKED.items():
        if name == "wavenet":
            continue
        traced_one = traced_network(name)
        try:
            source = exported(traced_one, form="keras").content
        except ExportError as error:
            assert row["reason"] == str(error), name
            continue
        assert digest(source) == row["source"], name
        network = traced_one.network
        totals = analyse(network).totals
        outputs = [
            str(value.shape)
            for key, value in network.outputs.items()
            if key not in network.training_outputs
        ]
        counted = (int(row["trainable"]), int(row["other"]), int(row["macs"]), row["outputs"])
        others = totals.params - totals.trainable_params + totals.buffers
        expected = (totals.trainable_params, others, totals.macs, " ".join(outputs))
        assert counted == expected, name


def test_sources_compute_what_those_of_pytorch_do() -> None:
    """On random weights and inputs, relative to the largest output."""
    assert len(COMPARED) >= 6
    assert all(float(row["difference"]) < 1e-4 for row in COMPARED.values())


# What is read from the models


def test_every_difference_has_a_reason() -> None:
    read = [row["imported"] for row in BUILT.values() if "not read" not in row["imported"]]
    assert set().union(*[unexplained(words, KERAS_READ_AS) for words in read]) == set()


def test_what_is_not_read_has_a_class_of_the_code() -> None:
    unread = [row["imported"] for row in BUILT.values() if "not read" in row["imported"]]
    assert all(any(name in words for name in UNREAD) for words in unread)


UNREAD = ("LayerScale", "LearnedTensor", "GlobalResponseNorm", "Tile", "MultiHeadAttention")
"""The classes of generated code, and layers that have no reader: of attention, one along an axis of
a map whose axes were moved before."""


def test_most_networks_are_read_as_they_are() -> None:
    equal = [name for name in EXPORTED if CHECKED[name]["imported"] == "equal"]
    assert len(equal) > 0.6 * len(EXPORTED)


# With Keras itself

SAMPLE = ("lenet5", "resnet20", "mobilenet_v3_small", "shufflenet_v2_x0_5", "squeezenet1_1")
"""Networks that are built anew."""


@needs_keras
def test_counts_are_the_recorded_ones(tmp_path: Path) -> None:
    code = (
        "import json, keras_exports\n"
        f"print(json.dumps([keras_exports.row(name) for name in {SAMPLE!r}]))"
    )
    for row in json.loads(with_keras(code, tmp_path).stdout.splitlines()[-1]):
        del row["keras"]
        recorded = CHECKED[row["name"]]
        assert {key: str(value) for key, value in row.items()} == {
            key: recorded[key] for key in row
        }


VARIABLES = [
    ("resnet50", {"depths": [3, 4, 23, 3]}, "resnet101"),
    ("densenet121", {"growth": 48, "depths": [6, 12, 36, 24]}, "densenet161"),
    ("efficientnet_b0", {"width": 1.2, "depth": 1.4, "dropout": 0.3}, "efficientnet_b3"),
    ("convnext_tiny", {"depths": [3, 3, 27, 3]}, "convnext_small"),
]


@needs_keras
def test_the_variables_of_the_file_are_arguments(tmp_path: Path) -> None:
    """The function of one variant, with the variables of another, has as many parameters."""
    code = "import json, keras_exports as made\nfrom tests.support.exports import *\nfound = []\n"
    for name, variables, _ in VARIABLES:
        code += (
            f"source = exported(bundled_trace({name!r}), form='keras').content\n"
            f"model = made.built(source, **{variables!r})\n"
            "found.append(made.counted(model)['trainable'])\n"
        )
    found = json.loads(with_keras(f"{code}print(json.dumps(found))", tmp_path).stdout)
    assert found == [int(CHECKED[other]["trainable"]) for _, _, other in VARIABLES]
