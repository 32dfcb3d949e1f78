"""The page of conventions, made from their rules and from what was measured with the tools (see make.py)."""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path

from cnncalc.conventions import Convention
from cnncalc.conventions.table import CONVENTIONS, load

MEASURED = Path(__file__).parent.parent / "tests" / "published" / "conventions" / "networks.csv"
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

<!-- Made from cnncalc/conventions and tests/published/conventions by `python docs/make.py`: change those, not this page. -->

Ask five tools for the operations of one network, and there are five answers. They agree on the products of convolutions and
dense layers, and part over the rest: is a bias an operation, does a normalisation count by its parameters or by its elements,
is an activation free? None of them is wrong; but a figure of one tool beside that of another says little.

`--convention TOOL` counts as the tool does, layer by layer:

```sh
cnncalc show resnet50 --convention torchinfo
cnncalc show mobilenet_v2 --convention thop --columns layer,type,macs,convention_count
cnncalc show alexnet --convention calflops-flops --format json --totals-only
cnncalc compare resnet50 mobilenet_v2 efficientnet_b0 --convention fvcore
cnncalc explain resnet50 --convention ptflops       # where the difference comes from, by kind of layer
cnncalc explain alexnet conv1 --convention torchinfo
```

In tables for people the tool's count stands in place of the MACs, under the tool's name, and the totals have both. In JSON and
CSV `macs` stays what it was, and `convention_count` stands beside it, with `convention_params` in the totals: the parameters
that the tool reports. `--convention cnncalc` is [our own count](numbers.md).

## Totals

{totals}

As the tools themselves count the networks of this collection, built as said below; so does `--convention`, to the last digit.
calflops reports two numbers: its MACs are `calflops`, its FLOPs, with two for each multiply-accumulate, `calflops-flops`.

## The reading

The tools count modules and functions of PyTorch, and no architectures: the same network written in another way has another
count. These are the counts of a network in which

- every layer that `torch.nn` has is that module: `nn.ReLU`, `nn.MaxPool2d`, `nn.LayerNorm` over the channels, `nn.Upsample`,
  a global pooling as `nn.AdaptiveAvgPool2d(1)`, attention as `nn.MultiheadAttention`, called as it is called without options;
- padding is given in numbers (a convolution whose padding is the word `same` is nothing to fvcore), and is put on by a
  function before the layer where it is not alike at both ends;
- joins are operators (`a + b`), a product of matrices is `torch.matmul`; reductions and whatever rearranges are functions;
- weights for which there is no module (`scale`, `weight`, `grn`) belong to the network itself;
- one sample runs through it once, in evaluation mode; layers that share weights are one module, run at each of its places.

What is there for training only does not run, and counts for nothing; its parameters are reported by all but thop, which
reports only modules that ran. ptflops and calflops leave frozen parameters out. With `--batch N` all counts are N times
those of one sample.

There is no count of `local_conv`, which PyTorch does not have, and none of attention that `nn.MultiheadAttention` does not
do: within windows, along some axes, with relative biases, or of another width. Such a network is refused.

torchvision writes some layers in another way, and its networks have these counts but for them:

| network | is written as | so that |
| --- | --- | --- |
| googlenet | `functional.relu` after each convolution | ptflops counts these once, not twice |
| densenet | the last activation and the pooling as functions | ptflops counts both once, thop the pooling not at all |
| mobilenet_v2 | the pooling as a function | ptflops counts it once, thop not at all |
| shufflenet_v2, mnasnet | the pooling as `x.mean([2, 3])` | nobody counts it |
| convnext | 1x1 convolutions as `nn.Linear` | torchinfo counts them once, not once a position; calflops without biases |
| convnext | a class of its own derived from `nn.LayerNorm` | ptflops and thop do not know it |

All of these are held by tests, to the last digit.

## The rules

Each with the version whose rules these are; measured with PyTorch 2.14.1.
"""


def conventions_page() -> str:
    sections = [section(load(name)) for name in CONVENTIONS]
    return "\n\n".join([INTRODUCTION.strip().format(totals=totals()), *sections]) + "\n"


def totals() -> str:
    """What each tool counts of some networks."""
    with open(MEASURED, newline="") as file:
        counts = {(row["network"], row["tool"]): int(row["count"]) for row in csv.DictReader(file)}
    rows = [f"| | {' | '.join(NETWORKS)} |", f"| --- |{' ---: |' * len(NETWORKS)}"]
    for name in CONVENTIONS:
        cells = [f"{counts[network, name]:,}" for network in NETWORKS]
        rows.append(f"| {name}, {load(name).unit} | {' | '.join(cells)} |")
    return "\n".join(rows)


def section(convention: Convention) -> str:
    """The rules of one tool, those that are alike in one row."""
    head = f"### {convention.name}\n\nVersion {convention.version}; its {convention.unit} are {convention.about}."
    rows = ["| layers | count |", "| --- | --- |"]
    for says, group in groupby(convention.rules.items(), key=lambda pair: pair[1].says):
        rows.append(f"| {', '.join(f'`{kind}`' for kind, _ in group)} | {says} |")
    rows.append(f"| all others | {convention.otherwise} |")
    parts = [head, "\n".join(rows)]
    if convention.traces:
        parts.append("It follows the values: a layer that no output depends on does not count.")
    return "\n\n".join(parts)
