"""Compares exported Keras sources with the exported PyTorch sources, on the same weights.

    KERAS_BACKEND=torch PYTHONPATH=. python tests/generate/keras_torch.py [NAME ...]

writes `tests/data/keras_torch.csv`: for each network of NAMES, the number of layers with weights,
and the largest difference between the outputs of both in evaluation mode, relative to the largest
output.  A layer of Keras has the name that the flat form of the PyTorch source has for its module,
whose random weights it gets with the axes in the order of Keras.  With names, only their rows are
printed.  Needs torch and Keras with torch as its backend.
"""

from __future__ import annotations

import csv
import sys
from typing import Any

import exports
import keras
import keras_exports
import torch

from cnncalc.exporters.formats import FORMATS, ExportOptions
from cnncalc.exporters.python.identifiers import identifier
from tests.support.exports import bundled_trace
from tests.support.paths import ROOT

TABLE = ROOT / "tests" / "data" / "keras_torch.csv"
NAMES = (
    *("resnet18", "mobilenet_v3_small", "densenet121", "efficientnet_b0", "convnext_tiny"),
    *("shufflenet_v2_x1_0", "googlenet", "vgg11", "dcgan_generator"),
)
COLUMNS = ("name", "layers", "difference")
BATCH = 2


def randomized(module: torch.nn.Module) -> None:
    """Give the statistics of norms other values than those that change nothing."""
    for one in module.modules():
        if isinstance(one, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(one.running_mean, -0.1, 0.1)
            torch.nn.init.uniform_(one.running_var, 0.9, 1.1)
            torch.nn.init.uniform_(one.weight, 0.9, 1.1)


def loaded(model: Any, whole: torch.nn.Module) -> int:
    """Give the layers of a model the weights of the modules with their names; how many."""
    modules = dict(whole.named_modules())
    with_weights = [layer for layer in model.layers if layer.weights]
    for layer in with_weights:
        module = modules[identifier(layer.name)]
        layer.set_weights(weights_for(layer, module))
    return len(with_weights)


def weights_for(layer: Any, module: Any) -> list[Any]:
    """The weights of a module in the order of Keras, with the axes in its order."""
    kind = type(layer).__name__
    tensors = [parameter.detach() for parameter in module.parameters()]
    if kind.startswith("Conv"):
        tensors[0] = tensors[0].movedim((0, 1), (-1, -2))
    elif kind == "DepthwiseConv2D":
        weight = tensors[0]
        tensors[0] = weight.reshape(layer_channels(layer), -1, *weight.shape[2:]).movedim(
            (0, 1), (-2, -1)
        )
    elif kind == "Dense":
        tensors[0] = with_channels_last(tensors[0], layer).T
    elif kind == "BatchNormalization":
        tensors += [module.running_mean, module.running_var]
    elif kind == "LayerScale":
        tensors[0] = tensors[0].flatten()
    return [tensor.numpy() for tensor in tensors]


def layer_channels(layer: Any) -> int:
    return int(layer.input.shape[-1])


def with_channels_last(weight: torch.Tensor, layer: Any) -> torch.Tensor:
    """The weight of a layer after a `Flatten`, whose elements Keras has in another order."""
    before = layer.input._keras_history.operation
    if type(before).__name__ != "Flatten":
        return weight
    *sizes, channels = before.input.shape[1:]
    return weight.reshape(-1, channels, *sizes).movedim(1, -1).reshape(len(weight), -1)


def row(name: str) -> dict[str, object]:
    torch.manual_seed(0)
    traced = bundled_trace(name)
    flat = FORMATS["pytorch"].write(traced, ExportOptions(is_flat=True)).content
    module = exports.class_of(flat)().eval()
    randomized(module)
    model = keras_exports.built(FORMATS["keras"].write(traced, ExportOptions()).content)
    count = loaded(model, module)
    [shape] = traced.network.inputs.values()
    x = torch.rand(BATCH, *shape)
    with torch.no_grad():
        wanted = module(x)
        found = model(x.movedim(1, -1), training=False)
    if wanted.dim() > 2:
        found = found.movedim(-1, 1)
    difference = float((found - wanted).abs().max() / wanted.abs().max())
    return {"name": name, "layers": count, "difference": f"{difference:.1e}"}


def main(names: list[str]) -> None:
    keras.config.set_floatx("float32")
    rows = []
    for name in names or NAMES:
        rows.append(row(name))
        print(*rows[-1].values(), flush=True)
    if not names:
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
