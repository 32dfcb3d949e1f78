"""Write what the tools of docs/conventions.md count.

Run by hand, with the packages of requirements-conventions.txt, in the checkout:

    export PYTHONPATH=.
    tables=tests/published/conventions
    python tests/generate/conventions.py operations > $tables/operations.csv
    python tests/generate/conventions.py networks > $tables/networks.csv
    python tests/generate/conventions.py torchvision > $tables/torchvision.csv

An operation is a network of one step: the example of each kind of layer, and the steps of
convention_cases.txt. The networks are bundled ones and those of tests/networks, built by
torch_networks.py; the third table has the same
networks as torchvision itself builds them.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
import torchvision
from tool_counts import Counted, counts
from torch_layers import Unwritten
from torch_networks import TorchNetwork, samples

from cnncalc.layers import LAYERS, layer_class
from cnncalc.network import Network
from cnncalc.parser import Request, parse

HERE = Path(__file__).parent
ARCHITECTURES = HERE.parents[1] / "architectures"
OTHERS = HERE.parent / "networks"

NETWORKS = (
    "alexnet",
    "alexnet_owt",
    "zfnet",
    "lenet5",
    "vgg16",
    "vgg16_bn",
    "nin_imagenet",
    "googlenet",
    "googlenet_bn",
    "inception_v3",
    "resnet18",
    "resnet50",
    "resnext50_32x4d",
    "seresnet50",
    "densenet121",
    "squeezenet1_1",
    "mobilenet_v1",
    "mobilenet_v2",
    "mobilenet_v3_large",
    "shufflenet_v2_x1_0",
    "mnasnet1_0",
    "efficientnet_b0",
    "efficientnet_v2_s",
    "regnet_y_400mf",
    "convnext_tiny",
    "convmixer_768_32",
    "xception",
    "dcgan_generator",
    "unet",
    "r3d_18",
    "deeplabv3_mobilenet_v3_large",
    "yolov3_tiny",
    "ssd300",
    "crnn",
    "deepspeech2",
    "hrnet_w18",
    "mixer_b_16",
    "nasnetamobile",
    "pnasnet5large",
    "pointnet",
    "resnest50",
    "retinanet_resnet50_fpn",
    "unetpp",
    "vit_b_16",
    "wavenet",
    "yolov8n",
)
OF_TORCHVISION = {
    "alexnet_owt": "alexnet",
    "vgg16": "vgg16",
    "googlenet_bn": "googlenet",
    "resnet50": "resnet50",
    "densenet121": "densenet121",
    "squeezenet1_1": "squeezenet1_1",
    "mobilenet_v2": "mobilenet_v2",
    "mobilenet_v3_large": "mobilenet_v3_large",
    "shufflenet_v2_x1_0": "shufflenet_v2_x1_0",
    "mnasnet1_0": "mnasnet1_0",
    "efficientnet_b0": "efficientnet_b0",
    "regnet_y_400mf": "regnet_y_400mf",
    "convnext_tiny": "convnext_tiny",
}
"""What torchvision calls ours."""
OPTIONS = {"googlenet": {"aux_logits": True, "init_weights": False, "transform_input": False}}


def read(text: str, name: str, variant: str | None = None) -> Network:
    found = parse(text.encode(), name, Request(variant))
    assert found.network is not None, (text, found.problems)
    return found.network


def operations() -> Iterator[tuple[str, str]]:
    """The input, and a step."""
    for kind in LAYERS:
        entering, step, _ = layer_class(kind).example
        yield entering, step
    for line in (HERE / "convention_cases.txt").read_text("utf-8").splitlines():
        entering, _, step = line.partition(" | ")
        yield entering.strip(), step.strip()


def one_step(entering: str, step: str) -> str:
    """A network of one step; after a chunk, the part that is the output."""
    if step.startswith("{chunk"):
        return f"input: {entering}\nlayers:\n  - {step[:-1]}, name: parts}}\n  - from: parts[0]\n"
    return f"input: {entering}\nlayers:\n  - {step}\n"


def write_operations() -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    head = False
    for entering, step in operations():
        network = read(one_step(entering, step), "operation.yaml")
        try:
            found = counts(TorchNetwork(network), samples(network))
        except Unwritten:
            continue
        if not head:
            out.writerow(["input", "step", *found])
            head = True
        out.writerow([entering, step, *(counted and counted.count for counted in found.values())])


def bundled() -> dict[str, tuple[Path, str | None]]:
    """The bundled networks, by variant or file."""
    found: dict[str, tuple[Path, str | None]] = {}
    for path in sorted(ARCHITECTURES.glob("*.yaml")):
        variants = parse(path.read_bytes(), path.name).variants or (None,)
        found |= {variant or path.stem: (path, variant) for variant in variants}
    return found


def networks() -> Iterator[tuple[str, Network]]:
    known = bundled()
    for name in NETWORKS:
        path, variant = known[name]
        yield name, read(path.read_text("utf-8"), path.name, variant)
    for folder in ("unusual", "conventions"):
        for path in sorted((OTHERS / folder).glob("*.yaml")):
            yield f"{folder}/{path.stem}", read(path.read_text("utf-8"), path.name)


def write_networks() -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["network", "tool", "params", "count"])
    for name, network in networks():
        try:
            built = TorchNetwork(network)
        except Unwritten:
            continue
        write_rows(out, name, counts(built, samples(network)))
        sys.stdout.flush()


def write_rows(out: Any, name: str, found: dict[str, Counted | None]) -> None:
    """One line per tool, empty if the tool failed."""
    for tool, counted in found.items():
        out.writerow([name, tool, *(counted or ("", ""))])


def write_torchvision() -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["network", "tool", "params", "count"])
    for ours, theirs in OF_TORCHVISION.items():
        built = torchvision.models.get_model(theirs, weights=None, **OPTIONS.get(theirs, {}))
        write_rows(out, ours, counts(built, {"input": torch.zeros(1, 3, 224, 224)}))


if __name__ == "__main__":
    {"operations": write_operations, "networks": write_networks, "torchvision": write_torchvision}[
        sys.argv[1]
    ]()
