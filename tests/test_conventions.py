"""The counts of other tools, to the last digit.

tests/generate/conventions.py measured them with the tools themselves.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.conventions import CONVENTIONS, Uncounted, count, load, recount
from cnncalc.engine import analyse
from cnncalc.engine.aggregation import breakdown
from cnncalc.engine.analysis import Analysis, LayerAnalysis
from cnncalc.explain.convention import differences
from cnncalc.layers import LAYERS, layer_class
from cnncalc.parser import parse

from .support.networks import bundled, report_of
from .support.paths import TESTS
from .support.processes import cnncalc

MEASURED = TESTS / "published" / "conventions"
NOT_WRITTEN = {"local_conv", "conv_lstm", "correlation", "custom", "deform_conv"}
"""The layer kinds that PyTorch does not have."""

TOOLS = [name for name in CONVENTIONS if not load(name).counts_params]
"""Those that count the operations of networks written in PyTorch."""


def table(name: str) -> list[dict[str, str]]:
    with open(MEASURED / f"{name}.csv", newline="") as file:
        return list(csv.DictReader(file))


OPERATIONS = table("operations")


def one_step(row: dict[str, str]) -> Analysis:
    """The network of one row. A chunk has several outputs, so its first one is selected."""
    step = row["step"]
    if step.startswith("{chunk"):
        return report_of(
            f"input: {row['input']}\nlayers:\n  - {step[:-1]}, name: parts}}\n  - from: parts[0]\n"
        )
    return report_of(f"input: {row['input']}\nlayers:\n  - {step}\n")


@pytest.mark.parametrize("tool", TOOLS)
def test_operations(tool: str) -> None:
    """Each step on its own; the cell is empty if the tool fails."""
    convention = load(tool)
    for row in OPERATIONS:
        report = one_step(row)
        if row[tool]:
            assert recount(convention, report).total == int(row[tool]), row
        else:
            with pytest.raises(Uncounted, match=tool):
                recount(convention, report)


def test_every_kind_is_measured() -> None:
    measured = {layer.node.layer.kind for row in OPERATIONS for layer in one_step(row).layers}
    assert measured == set(LAYERS) - NOT_WRITTEN
    assert set(OPERATIONS[0]) == {"input", "step", *TOOLS}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("{local_conv: 4, kernel: 3}", "PyTorch has no local_conv layer"),
        ("{attention: 2, window: 2}", "does not support `window`"),
        ("{attention: 2, axes: 1}", "does not support `axes`"),
        ("{attention: 2, rel_bias: true}", "does not support `rel_bias`"),
        ("{attention: 2, dim: 4}", "does not support `dim`"),
        ("{attention: 2, out_bias: false}", "does not support `out_bias`"),
        ("{attention: 2, value_dim: 4}", "does not support `value_dim`"),
        ("{attention: 2, kv_heads: 1}", "does not support `kv_heads`"),
        ("{prelu: , per_element: true}", "PyTorch has no prelu with `per_element: true`"),
        ("{conv_lstm: 4, kernel: 3}", "PyTorch has no conv_lstm layer"),
        ("{conv: 4, kernel: 1, density: 0.5}", "conv with `density` or `weight_norm` is not known"),
        ("{linear: 4, axis: 0, weight_norm: true}", "linear with `density` or `weight_norm`"),
        ("{correlation: [[], []], displacement: 1}", "PyTorch has no correlation layer"),
    ],
)
def test_layers_without_a_pytorch_module_are_not_guessed(tool: str, step: str, reason: str) -> None:
    with pytest.raises(Uncounted, match=rf"^{tool} cannot count `[a-z_]+1`: .*{reason}"):
        recount(load(tool), report_of(f"input: 8x6x6\nlayers:\n  - {step}\n"))


@pytest.mark.parametrize("tool", CONVENTIONS)
def test_rules_are_for_known_kinds(tool: str) -> None:
    convention = load(tool)
    assert set(convention.rules) <= set(LAYERS) and convention.name == tool
    assert all(rule.description for rule in convention.rules.values())


def test_versions() -> None:
    """The versions that the tables were measured with."""
    pinned = dict(
        re.findall(
            r"^(\S+)==(\S+)$",
            (TESTS / "generate" / "requirements-conventions.txt").read_text(),
            re.MULTILINE,
        )
    )
    for tool in CONVENTIONS:
        assert pinned[tool.removesuffix("-flops")] == load(tool).version


# The parameters of Keras


KERAS = {
    row["network"]: [int(row[name]) for name in ("total", "trainable", "non_trainable")]
    for row in csv.DictReader((TESTS / "published" / "keras.csv").read_text().splitlines())
}
"""What Keras has for its own networks (tests/generate/keras_cases.py)."""


def sizes(name: str, kind: str) -> int:
    """The sum of the output channels of the layers of a kind."""
    nodes = [layer.node for layer in bundled(name).layers if not layer.node.training_only]
    return sum(node.shape.channels for node in nodes if node.layer.kind == kind)


def keras_differences() -> dict[str, tuple[int, int]]:
    """Where Keras' network is another one: how many more trainable params and statistics it has."""
    return {
        "resnet50": (sizes("resnet50", "conv"), 0),  # a bias for each filter
        "inception_v3": (-sizes("inception_v3", "bn"), 0),  # no factors
        "inception_resnet_v2": (-sizes("inception_resnet_v2", "bn"), 0),
        "efficientnet_b0": (0, 7),  # the mean and variance of three channels, and a counter
    }


@pytest.mark.parametrize("name", KERAS)
def test_parameters_of_keras(name: str) -> None:
    found = recount(load("keras"), bundled(name))
    trainable, statistics = keras_differences().get(name, (0, 0))
    totals = (
        found.total + trainable + statistics,
        found.totals["trainable_params"] + trainable,
        found.totals["non_trainable_params"] + statistics,
    )
    assert list(totals) == KERAS[name]


def test_parameters_of_keras_do_not_depend_on_the_batch_and_are_shared() -> None:
    """Keras' Dense of 3 -> 3, called twice: 12 parameters; frozen ones are non-trainable."""
    steps = "{linear: 3, shared: a}, {linear: 3, shared: a}, {bn: , trainable: false}, {linear: 2}"
    parsed = parse(f"input: 3\nlayers: [{steps}]\n".encode(), "network.yaml").network
    assert parsed is not None
    found = recount(load("keras"), analyse(parsed, 5))
    assert list(found.layers.values()) == [12, 0, 6 + 6, 8]
    assert (found.total, found.totals["trainable_params"]) == (32, 20)


def test_differences_of_shared_weights_add_up() -> None:
    steps = "{linear: 3, shared: a}, {bn: , shared: b}, {linear: 3, shared: a}, {bn: , shared: b}"
    report = report_of(f"input: 3\nlayers: [{steps}]\n")
    report = report._replace(measures=(recount(load("keras"), report),))
    assert [(one.kind, one.theirs - one.ours) for one in differences(report)] == [("bn", 6)]


def test_keras_counts_every_kind_with_weights() -> None:
    convention = load("keras")
    for kind in LAYERS:
        entering, step, _ = layer_class(kind).example
        report = report_of(f"input: {entering}\nlayers:\n  - {step}\n") if kind != "chunk" else None
        if report is not None and report.totals.params + report.totals.buffers:
            assert kind in convention.rules
            assert recount(convention, report).total == (
                report.totals.params + report.totals.buffers
            )


@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_show_keras(form: str) -> None:
    words = ("show", "mobilenet_v2", "--convention", "keras", "--exact", "--format", form)
    text = cnncalc(*words).stdout
    for number in KERAS["mobilenet_v2"]:
        assert (str(number) if form == "json" else f"{number:,}") in text
    assert "of the params" not in text


def test_rows_of_keras_sum_to_the_total() -> None:
    text = cnncalc("show", "mobilenet_v2", "--convention", "keras", "--format", "csv").stdout
    rows = csv.DictReader(text.splitlines())
    assert sum(int(row["convention_count"]) for row in rows) == KERAS["mobilenet_v2"][0]


def test_explain_keras() -> None:
    text = cnncalc("explain", "mobilenet_v2", "--convention", "keras").stdout
    assert "bn, 52 layers: +34,112; weight, bias, running mean and variance" in text
    text = cnncalc("explain", "mobilenet_v2", "*stem*.bn1", "--convention", "keras").stdout
    assert "128 params, 64 more than our 64 params (+100.00 %)" in text


# Whole networks


def network(name: str) -> Analysis:
    folder, _, stem = name.rpartition("/")
    if not folder:
        return bundled(name)
    path = TESTS / "networks" / folder / f"{stem}.yaml"
    found = parse(path.read_bytes(), path.name).network
    assert found is not None
    return analyse(found)


NETWORKS = table("networks")
TORCHVISION = table("torchvision")


@pytest.mark.slow
@pytest.mark.parametrize("name", dict.fromkeys(row["network"] for row in NETWORKS))
def test_networks(name: str) -> None:
    """Our networks, with a PyTorch module for each layer: what each tool reports."""
    report = network(name)
    rows = [row for row in NETWORKS if row["network"] == name]
    assert [row["tool"] for row in rows] == TOOLS
    for row in rows:
        found = recount(load(row["tool"]), report)
        assert (found.totals["params"], found.total) == (int(row["params"]), int(row["count"])), row


def test_networks_are_many() -> None:
    assert len({row["network"] for row in NETWORKS}) > 50
    assert len({row["network"] for row in TORCHVISION}) > 10


Otherwise = Callable[[str, LayerAnalysis], int | None]
"""A tool's count of a layer that torchvision does not write as the module; None if unchanged."""


def function_relu(tool: str, layer: LayerAnalysis) -> int | None:
    """F.relu: ptflops sees only the function."""
    return layer.node.shape.elements if tool == "ptflops" else None


def function_pool(tool: str, layer: LayerAnalysis) -> int | None:
    """F.adaptive_avg_pool2d: ptflops sees only the function; thop sees nothing."""
    return {"ptflops": layer.node.input_shapes[0].elements, "thop": 0}.get(tool)


def mean(tool: str, layer: LayerAnalysis) -> int | None:
    """x.mean([2, 3]): no tool counts it."""
    return 0


def subclass(tool: str, layer: LayerAnalysis) -> int | None:
    """A subclass of nn.LayerNorm: unknown to tools that look up the class of a module."""
    return 0 if tool in ("ptflops", "thop") else None


def linear(tool: str, layer: LayerAnalysis) -> int | None:
    """A 1x1 convolution written as nn.Linear, with the channels last."""
    node = layer.node
    entering = f"{node.input_shapes[0].channels}x{node.shape.positions}"
    text = f"input: {entering}\nlayers:\n  - linear: {node.shape.channels}\n"
    return recount(load(tool), report_of(text)).total


WRITTEN: dict[str, dict[tuple[str, str], Otherwise]] = {
    "googlenet_bn": {("*", "relu"): function_relu},
    "densenet121": {("relu1", "relu"): function_relu, ("*", "global_avgpool"): function_pool},
    "mobilenet_v2": {("*", "global_avgpool"): function_pool},
    "shufflenet_v2_x1_0": {("*", "global_avgpool"): mean},
    "mnasnet1_0": {("*", "global_avgpool"): mean},
    "convnext_tiny": {
        ("*.block.*.layernorm1", "layernorm"): lambda tool, layer: None,
        ("*", "layernorm"): subclass,
        ("*.block.*", "conv"): linear,
    },
}
"""Layers that torchvision writes in another way, by path and kind; the first match applies."""


def otherwise(name: str, layer: LayerAnalysis) -> Otherwise | None:
    for (path, kind), found in WRITTEN.get(name, {}).items():
        if layer.node.layer.kind == kind and fnmatchcase(layer.node.path, path):
            return found
    return None


@pytest.mark.parametrize("row", TORCHVISION, ids=lambda row: f"{row['network']}-{row['tool']}")
def test_torchvision(row: dict[str, str]) -> None:
    """The code of torchvision: what each tool reports.

    The counts of layers that are functions or other modules there are derived.
    """
    report, convention = bundled(row["network"]), load(row["tool"])
    found = recount(convention, report)
    total, params = found.total, found.totals["params"]
    for layer in report.layers:
        other = None if layer.node.training_only else otherwise(row["network"], layer)
        instead = other(row["tool"], layer) if other else None
        if instead is not None:
            total += instead - count(convention, layer).value
            params -= layer.params if other is subclass and row["tool"] == "thop" else 0
    assert (params, total) == (int(row["params"]), int(row["count"]))


# Properties


@pytest.mark.parametrize(
    "name", ["googlenet_bn", "densenet121", "mobilenet_v3_large", "unet", "r3d_18"]
)
@pytest.mark.parametrize("tool", CONVENTIONS)
def test_layers_and_classes_sum_to_the_total(tool: str, name: str) -> None:
    found = recount(load(tool), bundled(name))
    inference = [layer for layer in bundled(name).layers if not layer.node.training_only]
    shares = breakdown(inference, found.layers)
    assert sum(found.layers.values()) == found.total == sum(share.macs for share in shares)


@given(
    tool=st.sampled_from(TOOLS),
    channels=st.integers(1, 9),
    sizes=st.lists(st.integers(5, 12), min_size=1, max_size=3),
    batch=st.integers(1, 7),
    bias=st.booleans(),
)
def test_two_spellings_have_the_same_count(
    tool: str, channels: int, sizes: list[int], batch: int, bias: bool
) -> None:
    """A depthwise convolution equals a grouped one, and global pooling an adaptive one to 1."""
    entering = "x".join(map(str, (channels, *sizes)))
    word = str(bias).lower()
    one = f"{{depthwise: 3, bias: {word}}}, bn, global_avgpool, global_maxpool"
    convolution = f"{{conv: {channels}, kernel: 3, groups: {channels}, bias: {word}}}"
    two = f"{convolution}, bn, {{adaptive_avgpool: 1}}, {{adaptive_maxpool: 1}}"
    totals = []
    for steps in (one, two):
        parsed = parse(f"input: {entering}\nlayers: [{steps}]\n".encode(), "network.yaml").network
        assert parsed is not None
        found = recount(load(tool), analyse(parsed, batch))
        assert found.total == batch * recount(load(tool), analyse(parsed)).total
        totals.append(found.total)
    assert totals[0] == totals[1]


# The command line


def test_show() -> None:
    text = cnncalc("show", "resnet50", "--convention", "torchinfo", "--exact").stdout
    assert "mult-adds as torchinfo 1.8.0 counts them" in text
    assert re.search(r"^MACs +4,089,184,256 ", text, re.MULTILINE)  # ours stays
    assert re.search(
        r"^torchinfo +4,089,238,376  mult-adds .*: 54,120 \(<0\.01 %\) more than the MACs here",
        text,
        re.MULTILINE,
    )


def test_params_that_differ_are_reported() -> None:
    """Parameters of heads that exist only in training, which all tools except thop report.

    Source: tests/published/conventions/torchvision.csv.
    """
    assert (
        "it reports 13,004,888 parameters"
        in cnncalc("show", "googlenet_bn", "--convention", "torchinfo").stdout
    )
    assert "it reports" not in cnncalc("show", "googlenet_bn", "--convention", "thop").stdout


def test_json_gains_keys_and_changes_none() -> None:
    plain = json.loads(cnncalc("show", "resnet50", "--format", "json").stdout)
    found = json.loads(
        cnncalc("show", "resnet50", "--format", "json", "--convention", "fvcore").stdout
    )
    assert found.pop("convention") == {
        "name": "fvcore",
        "version": "0.1.5.post20221221",
        "unit": "flops",
    }
    assert found["totals"].pop("convention_count") == 4_111_512_576
    assert found["totals"].pop("convention_params") == 25_557_032
    assert sum(layer.pop("convention_count") for layer in found["layers"]) == 4_111_512_576
    for group in found["groups"]:
        assert isinstance(group.pop("convention_count"), int)
    assert found == plain


def test_csv_gains_a_column() -> None:
    plain = list(csv.DictReader(cnncalc("show", "alexnet", "--format", "csv").stdout.splitlines()))
    rows = list(
        csv.DictReader(
            cnncalc(
                "show", "alexnet", "--format", "csv", "--convention", "thop"
            ).stdout.splitlines()
        )
    )
    counts = [row.pop("convention_count") for row in rows]
    assert (
        rows == plain and sum(map(int, counts)) == recount(load("thop"), bundled("alexnet")).total
    )
    (totals,) = csv.DictReader(
        cnncalc(
            "show", "alexnet", "--format", "csv", "--totals-only", "--convention", "thop"
        ).stdout.splitlines()
    )
    assert totals["convention"] == "thop" and int(totals["convention_count"]) == sum(
        map(int, counts)
    )


@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_papers(form: str) -> None:
    text = cnncalc(
        "show", "resnet50", "--format", form, "--convention", "torchinfo", "--exact"
    ).stdout
    assert "torchinfo" in text and "mult-adds" in text and "of MACs" not in text
    assert "4,089,238,376" in text


def test_the_batch_is_counted() -> None:
    found = json.loads(
        cnncalc(
            "show", "alexnet", "--batch", "3", "--format", "json", "--convention", "ptflops"
        ).stdout
    )
    assert (
        found["totals"]["convention_count"]
        == 3 * recount(load("ptflops"), bundled("alexnet")).total
    )


def test_compare() -> None:
    words = ("compare", "resnet50", "mobilenet_v2", "--convention", "calflops-flops")
    text = cnncalc(*words, "--exact").stdout
    assert (
        "8,211,108,352" in text and "614,967,488" in text
    )  # source: tests/published/conventions/torchvision.csv
    assert "calflops-flops: its FLOPs, as version 0.3.2 counts them" in text
    found = json.loads(cnncalc(*words, "--format", "json").stdout)
    assert found["convention"]["unit"] == "FLOPs"
    assert (
        found["networks"][0]["convention_count"] == 8_211_108_352
        and found["networks"][0]["macs"] == 4_089_184_256
    )


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown", "latex"])
@pytest.mark.parametrize(
    ("steps", "tool"),
    [
        ("{matmul: [[], []]}", "torchinfo"),  # we count something, and the tool counts nothing
        ("relu", "ptflops"),  # and vice versa
        ("{conv: 4, name: unread}, {conv: 4, from: input}", "fvcore"),  # a layer that it skips
    ],
)
def test_one_of_the_counts_is_nothing(steps: str, tool: str, form: str) -> None:
    text = f"input: 4x4\nlayers: [{steps}]\n"
    for words in (("--totals-only",), ()):
        ran = cnncalc(
            "show", "-", "--convention", tool, "--format", form, *words, data=text.encode()
        )
        assert ran.returncode == 0 and ran.stdout, ran.stderr


def test_fvcore_does_not_count_unused_layers() -> None:
    """fvcore traces the network.

    Source: the networks wavenet and raft in tests/published/conventions/networks.csv.
    """
    report = report_of("input: 4x4\nlayers: [{conv: 8, name: unread}, {conv: 8, from: input}]\n")
    assert recount(load("fvcore"), report).total == report.totals.macs // 2
    assert recount(load("thop"), report).total == report.totals.macs


def test_cnncalc_is_the_default() -> None:
    assert (
        cnncalc("show", "alexnet", "--convention", "cnncalc").stdout
        == cnncalc("show", "alexnet").stdout
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("show", "alexnet", "--convention", "torchinf"),
            "there is no convention torchinf: did you mean `torchinfo`?",
        ),
        (("show", "alexnet", "--convention", "\x1b[31m"), "there is no convention \\x1b[31m"),
        (
            ("show", "alexnet", "--columns", "convention_count"),
            "column convention_count needs --convention",
        ),
        (
            ("compare", "alexnet", "--convention", "nobody"),
            "there is no convention nobody: known: calflops, ",
        ),
    ],
)
def test_usage_errors(words: tuple[str, ...], message: str) -> None:
    ran = cnncalc(*words)
    assert ran.returncode == 2 and message in ran.stderr and not ran.stdout


def test_a_network_that_cannot_be_counted() -> None:
    text = "input: 3x8x8\nlayers:\n  - {local_conv: 4, kernel: 3, name: here}\n"
    for command in ("show", "compare"):
        ran = cnncalc(command, "-", "--convention", "fvcore", data=text.encode())
        assert ran.returncode == 2 and not ran.stdout
        assert "fvcore cannot count `here`: PyTorch has no local_conv layer" in ran.stderr
