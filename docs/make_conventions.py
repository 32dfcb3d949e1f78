"""Generates docs/conventions.md from the rules and from the counts measured with the tools."""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path

from cnncalc.conventions import CONVENTIONS, Convention, load

PUBLISHED = Path(__file__).parent.parent / "tests" / "published"
MEASURED = PUBLISHED / "conventions" / "networks.csv"
KERAS = PUBLISHED / "keras.csv"
NETWORKS = (
    "resnet50",
    "googlenet_bn",
    "densenet121",
    "mobilenet_v2",
    "efficientnet_b0",
    "convnext_tiny",
)

INTRODUCTION = """\
# What other tools count

<!-- Made from cnncalc/conventions and tests/published/conventions by `python docs/make.py`:
change those, not this page. -->

Five tools report five different numbers of operations for the same network. They agree on the
products of convolutions and dense layers, but not on the rest. Is adding a bias an operation? Does
a normalization count by its parameters or by its elements? Is an activation free? No answer is
wrong, but comparing the number of one tool with that of another means little.

`--convention TOOL` counts as that tool does, layer by layer:

```sh
cnncalc show resnet50 --convention torchinfo
cnncalc show mobilenet_v2 --convention thop --columns layer,type,macs,convention_count
cnncalc show alexnet --convention calflops-flops --format json --totals-only
cnncalc compare resnet50 mobilenet_v2 efficientnet_b0 --convention fvcore
cnncalc explain resnet50 --convention ptflops       # the difference, by layer kind
cnncalc explain alexnet conv1 --convention torchinfo
```

In tables, the tool's count replaces the MACs, under the tool's name, and the totals show both. In
JSON and CSV, `macs` keeps its meaning; `convention_count` is added, and so is
`convention_params` in the totals: the number of parameters that the tool reports.
`--convention cnncalc` is the default: [the definitions of cnncalc](numbers.md).

## Totals

{totals}

The tools themselves report these numbers for bundled networks, written in PyTorch as described
below. `--convention` reproduces them to the last digit. calflops reports two numbers: `calflops` is
its MACs, and `calflops-flops` its FLOPs, with two per multiply-accumulate.

## The parameters of Keras

`--convention keras` counts no operations, but parameters as the summary of a Keras model prints
them: the total, which includes the running means and variances of batch normalization; and the
trainable and non-trainable ones. `params` of cnncalc, as of PyTorch, are those without the
statistics, which are `buffers`. Keras can count every network, and a batch changes nothing.

{keras}

Keras itself has these numbers for its own networks (`keras.applications`), and so has cnncalc for
the bundled ones. Where Keras' network is another one, the numbers differ: its ResNet-50 has biases
in the convolutions (26,560), its Inception v3 has batch normalizations without a factor
(`{{bn: , scale: false}}`), and its EfficientNet-B0 first normalizes the image, by 7 statistics.
In JSON and CSV, the totals have `convention_trainable_params` and
`convention_non_trainable_params`, but not `convention_params`.

## How the networks are written in PyTorch

The tools count PyTorch modules and functions, not architectures. If the same network is written in
another way, its count changes. `--convention` counts a network in which

- every layer that `torch.nn` provides is that module: `nn.ReLU`, `nn.MaxPool2d`, `nn.LayerNorm`
  over the channels, `nn.Upsample`, global pooling as `nn.AdaptiveAvgPool2d(1)`, and attention as
  `nn.MultiheadAttention`, called with its default arguments;
- padding is numeric, because fvcore counts 0 for a convolution with `padding="same"`; padding that
  differs between the two ends is applied by a function before the layer;
- joins are operators (`a + b`), matrix products are `torch.matmul`, and reductions and
  rearrangements are functions;
- weights for which there is no module (`scale`, `weight`, `grn`) are parameters of the network
  itself;
- one sample runs through the network once, in evaluation mode. Layers that share weights are one
  module, which runs once for each of these layers.

Layers that are used only in training do not run and are not counted. Their parameters are reported
by all tools except thop, which reports only modules that ran. ptflops and calflops exclude frozen
parameters. With `--batch N`, all counts are multiplied by N.

A network cannot be counted, and `--convention` fails, if PyTorch does not have one of its layers: a
`local_conv`, `conv_lstm` or `correlation`; a recurrent layer with `biases: 1`; a `prelu` with a
slope per element; or an attention that `nn.MultiheadAttention` does not support: in windows, along
some axes only, with relative biases, with another width, or with heads that share keys. How the
tools count `weight_norm` and pruned weights (`density`) was not measured: they fail as well.

torchvision writes some layers in another way. Its networks have the counts of these rules, except
for the following differences:

| network | torchvision uses | how it is counted |
| --- | --- | --- |
| googlenet | `functional.relu` after each convolution | ptflops: once, not twice |
| densenet | functions for last activation and pooling | ptflops: once; thop: pooling not counted |
| mobilenet_v2 | a function for the pooling | ptflops: once; thop: not counted |
| shufflenet_v2, mnasnet | `x.mean([2, 3])` for the pooling | all tools: not counted |
| convnext | `nn.Linear` for 1x1 convolutions | torchinfo: not per position; calflops: no biases |
| convnext | a subclass of `nn.LayerNorm` | ptflops, thop: not counted |

Tests check all of these counts to the last digit.

## The rules

Each section states the version of the tool. All rules were measured with PyTorch 2.14.1.
"""


def conventions_page() -> str:
    sections = [section(load(name)) for name in CONVENTIONS]
    text = INTRODUCTION.strip().format(totals=totals(), keras=keras_totals())
    return "\n\n".join([text, *sections]) + "\n"


def keras_totals() -> str:
    """The table of the parameters that Keras has for its own networks."""
    rows = ["| | total | trainable | non-trainable |", "| --- | ---: | ---: | ---: |"]
    with open(KERAS, newline="") as file:
        for row in csv.DictReader(file):
            numbers = [int(row[name]) for name in ("total", "trainable", "non_trainable")]
            if row["network"] in NETWORKS[2:]:
                rows.append(f"| {row['network']} | " + " | ".join(f"{n:,}" for n in numbers) + " |")
    return "\n".join(rows)


def totals() -> str:
    """The table of the counts of some networks by each tool."""
    with open(MEASURED, newline="") as file:
        counts = {(row["network"], row["tool"]): int(row["count"]) for row in csv.DictReader(file)}
    rows = [f"| | {' | '.join(NETWORKS)} |", f"| --- |{' ---: |' * len(NETWORKS)}"]
    for name in CONVENTIONS:
        if load(name).counts_params:
            continue
        cells = [f"{counts[network, name]:,}" for network in NETWORKS]
        rows.append(f"| {name}, {load(name).unit} | {' | '.join(cells)} |")
    return "\n".join(rows)


def section(convention: Convention) -> str:
    """The rules of one tool; consecutive kinds with the same description share a row."""
    counted = f"its {convention.unit} are {convention.about}"
    head = f"### {convention.name}\n\nVersion {convention.version}; {counted}."
    rows = ["| layers | count |", "| --- | --- |"]
    rules = convention.rules.items()
    for description, group in groupby(rules, key=lambda rule: rule[1].description):
        kinds = ", ".join(f"`{kind}`" for kind, _ in group)
        rows.append(f"| {kinds} | {description} |")
    rows.append(f"| all others | {convention.default} |")
    parts = [head, "\n".join(rows)]
    if convention.traces:
        parts.append("The tool traces the network: it does not count layers that no output uses.")
    return "\n\n".join(parts)
