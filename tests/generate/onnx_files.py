"""Exports PyTorch models to ONNX, for the tests of the reader without PyTorch.

    python tests/generate/onnx_files.py [NAME ...]

writes `tests/data/onnx/NAME.onnx.gz` for each model of EXPORTS, of whose large tensors only the
first numbers are kept, and `tests/data/onnx.csv` with counts that do not depend on this project:
the parameters, running statistics and multiply-accumulates of the model by PyTorch, and the
elements of the learned tensors in the file by the onnx package.  Needs torch, torchvision, timm,
onnx and onnxscript.
"""

from __future__ import annotations

import ast
import csv
import gzip
import io
import logging
import sys
import warnings
from collections.abc import Iterable
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import onnx
import torch
from onnx import numpy_helper
from torch.utils.flop_counter import FlopCounterMode

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "data" / "onnx"
TABLE = ROOT / "tests" / "data" / "onnx.csv"
sys.path.insert(0, str(ROOT / "tests" / "generate"))

OPERATIONS = ("Add", "Sub", "Mul", "Div", "Pow", "Where", "Clip", "Expand", "Max", "Min")
"""Operators whose inputs are operands, and not weights."""

KEPT = 64  # numbers of a large tensor
IMAGE = ("3x224x224",)


class Export(NamedTuple):
    """A model, the shapes of its inputs, and how it is exported."""

    source: str
    inputs: tuple[str, ...] = IMAGE
    opset: int = 17
    is_dynamo: bool = False
    is_training: bool = False
    has_open_batch: bool = False


def torchvision(name: str, **options: Any) -> Export:
    return Export(f"torchvision.models:{name}", **options)


EXPORTS = {
    **{name: torchvision(name) for name in ("resnet50", "vgg11_bn", "densenet121", "googlenet")},
    **{name: torchvision(name) for name in ("vit_b_16", "swin_t", "mobilenet_v3_large")},
    "resnet152": torchvision("resnet152"),
    "resnet50_training": torchvision("resnet50", is_training=True),
    "inception_v3": torchvision("inception_v3", inputs=("3x299x299",)),
    "r3d_18": torchvision("r3d_18", inputs=("3x16x112x112",)),
    **{f"convnext_tiny_{n}": torchvision("convnext_tiny", opset=n) for n in (13, 17, 20)},
    "shufflenet_v2_x1_0_open": torchvision("shufflenet_v2_x1_0", has_open_batch=True),
    "resnet50_dynamo": torchvision("resnet50", opset=18, is_dynamo=True),
    "efficientnet_b0_dynamo": torchvision("efficientnet_b0", opset=18, is_dynamo=True),
    "vit_tiny": Export("timm:vit_tiny_patch16_224"),
    "vit_tiny_dynamo": Export("timm:vit_tiny_patch16_224", opset=18, is_dynamo=True),
    "tf_efficientnet_b0": Export("timm:tf_efficientnet_b0"),
    "mobilevit_s": Export("timm:mobilevit_s", ("3x256x256",)),
    "TwoInputs": Export("models:TwoInputs", ("1x28x28", "1x28x28")),
    "SharedWeights": Export("models:SharedWeights", ("1x28x28", "1x28x28")),
    "DetectionHead": Export("models:DetectionHead", ("3x64x64",)),
    "RecurrentAfterConvolutions": Export("models:RecurrentAfterConvolutions", ("1x32x100",)),
    "RowsAndColumns": Export("models:RowsAndColumns", ("3x6x9",)),
    "SelfAttention": Export("models:SelfAttention", ("3x32x32",)),
    "Volume": Export("models:Volume", ("1x16x32x32",)),
    "Generator": Export("models:Generator", ("100x1x1",)),
    "UNet": Export("models:UNet", ("3x128x128",)),
}


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable()
    FOLDER.mkdir(exist_ok=True)
    known: dict[str, list[str]] = {}
    if TABLE.exists():
        known = {row[0]: row for row in csv.reader(TABLE.open(encoding="utf-8"))}
    rows: list[list[Any]] = []
    for name, export in EXPORTS.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            rows.append(known[name])
            continue
        framework = f"torch {torch.__version__.partition('+')[0]}"
        rows.append([name, export.source, framework, *counted(name, export)])
        print(*rows[-1], flush=True)
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "source", "framework", "params", "buffers", "macs", "stored"])
        writer.writerows(rows)


def counted(name: str, export: Export) -> tuple[int, int, int, int]:
    """Write the file of a model; its counts by PyTorch, and those of the file."""
    torch.manual_seed(0)
    model = made(export.source).eval()
    file = exported(model, export)
    stored = stored_elements(file.graph)
    for tensor in tensors_of(file.graph):
        cut(tensor)
    data = file.SerializeToString()
    (FOLDER / f"{name}.onnx.gz").write_bytes(gzip.compress(data, 9, mtime=0))
    return (*own_counts(model.eval(), export), stored)


def made(source: str) -> torch.nn.Module:
    library, _, name = source.partition(":")
    if library == "timm":
        import timm

        return timm.create_model(name)
    if library == "models":
        import models

        return getattr(models, name)()
    from torchvision.models import get_model

    return get_model(name, weights=None)


def sizes(shape: str) -> tuple[int, ...]:
    return (1, *map(int, shape.split("x")))


def exported(model: torch.nn.Module, export: Export) -> onnx.ModelProto:
    tensors = tuple(torch.zeros(sizes(shape)) for shape in export.inputs)
    if export.is_dynamo:
        return torch.onnx.export(
            model, tensors, dynamo=True, opset_version=export.opset
        ).model_proto
    options: dict[str, Any] = {"opset_version": export.opset, "dynamo": False}
    if export.has_open_batch:
        options |= {"input_names": ["image"], "dynamic_axes": {"image": {0: "batch"}}}
    if export.is_training:
        model.train()
        options |= {
            "training": torch.onnx.TrainingMode.PRESERVE,
            "do_constant_folding": False,
        }
    buffer = io.BytesIO()
    torch.onnx.export(model, tensors, buffer, **options)
    return onnx.load_from_string(buffer.getvalue())


def tensors_of(graph: onnx.GraphProto) -> Iterable[onnx.TensorProto]:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t


def stored_elements(graph: onnx.GraphProto) -> int:
    """The elements of real tensors that nodes read, without the statistics of norms.

    An Identity of a tensor counts: it is a parameter that is equal to another one.  A vector of
    equal numbers counts once for each module that reads it, as the newer exporter states it.
    Operands that the exporter named are masks if they have at most two different values along
    several axes.
    """
    statistics = {
        name
        for node in graph.node
        if node.op_type == "BatchNormalization"
        for name in node.input[3:5]
    }
    stored = {tensor.name: tensor for tensor in graph.initializer if tensor.data_type in (1, 10)}
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in stored:
            stored[node.output[0]] = stored[node.input[0]]
    nodes = [node for node in graph.node if node.op_type != "Identity"]
    weights = {name for node in nodes if node.op_type not in OPERATIONS for name in node.input}
    operands = {name for node in nodes if node.op_type in OPERATIONS for name in node.input}
    learned = weights - statistics
    learned |= {name for name in operands & stored.keys() if is_parameter(name, stored[name])}
    return sum(
        prod(stored[name].dims) * copies(name, stored[name], nodes)
        for name in learned & stored.keys()
    )


def copies(name: str, tensor: onnx.TensorProto, nodes: Iterable[onnx.NodeProto]) -> int:
    """The number of modules that read a vector of equal numbers; 1 for other tensors."""
    values = numpy_helper.to_array(tensor).reshape(-1)
    is_vector = max(tensor.dims, default=1) == prod(tensor.dims)
    if not is_vector or len(set(values.tolist())) > 1:
        return 1
    modules = {
        entry.value
        for node in nodes
        if name in node.input
        for entry in node.metadata_props
        if entry.key == "pkg.torch.onnx.name_scopes"
    }
    return max(1, len({str(ast.literal_eval(text)[:-1]) for text in modules}))


def is_parameter(name: str, tensor: onnx.TensorProto) -> bool:
    if not name.startswith(("onnx::", "/", "val_", "_to")):
        return prod(tensor.dims) > 1 or "." in name
    values = numpy_helper.to_array(tensor).reshape(-1)
    is_vector = max(tensor.dims, default=1) == prod(tensor.dims)
    return prod(tensor.dims) > 1 and (is_vector or len(set(values[:4096].tolist())) > 2)


def cut(tensor: onnx.TensorProto) -> None:
    """Keep the first numbers of a tensor that is large, unless it is a mask."""
    count = prod(tensor.dims)
    if count <= KEPT or tensor.data_type != 1:
        return
    values = numpy_helper.to_array(tensor).reshape(-1)
    most = KEPT if len(set(values[:KEPT].tolist())) > 2 else 4096
    tensor.ClearField("float_data")
    tensor.raw_data = values[:most].tobytes()


def own_counts(model: torch.nn.Module, export: Export) -> tuple[int, int, int]:
    """Parameters, running statistics, and half of PyTorch's own FLOPs."""
    model = model.to("meta")
    tensors = [torch.empty(sizes(shape), device="meta") for shape in export.inputs]
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(*tensors)
    statistics = [
        buffer
        for name, buffer in model.named_buffers()
        if name.endswith(("running_mean", "running_var"))
    ]
    return (
        sum(parameter.numel() for parameter in model.parameters()),
        sum(buffer.numel() for buffer in statistics),
        counter.get_total_flops() // 2,
    )


if __name__ == "__main__":
    main()
