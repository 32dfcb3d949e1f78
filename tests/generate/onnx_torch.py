"""Compares exported ONNX files with the exported PyTorch source, on the same weights and inputs.

    PYTHONPATH=. python tests/generate/onnx_torch.py [NAME ...]

writes `tests/data/onnx_torch.csv`: for each network of NAMES, the number of tensors that both have,
and the largest difference between the outputs of onnxruntime and PyTorch in evaluation mode,
relative to the largest element of the output.  The weights are the random ones of the file, which
the module gets in the order in which it has them.  With names, only their rows are printed.  Needs
torch, onnx and onnxruntime.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import numpy
import onnx
import onnxruntime
import torch
from onnx import numpy_helper

from cnncalc.exporters.formats import FORMATS, ExportOptions
from cnncalc.parser import Request, TracedNetwork, build_traced

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests" / "data" / "onnx_torch.csv"
sys.path.insert(0, str(ROOT))

from tests.support.networks import bundled_file, variants  # noqa: E402

NAMES = (
    *("resnet18", "mobilenet_v3_small", "densenet121", "efficientnet_b0", "convnext_tiny"),
    *("shufflenet_v2_x1_0", "googlenet", "swin_t", "mobilevit_xxs"),
    *("mixer_s_32", "mobilevitv2_050", "nasnetamobile", "resnest14d", "wavenet", "yolo11n"),
    *("yolov8n", "yolov5n", "conv_tasnet", "x3d_xs", "dla34", "dla46x_c", "res2net50_14w_8s"),
    *("hrnet_w18_small", "mobilenetv4_conv_small", "mobilenetv4_hybrid_medium"),
    *("convnextv2_atto", "dpn68", "pointnet", "attention_unet", "mcunet_in0"),
    *("poolformer_s12", "ghostnet_100", "tinynet_e", "mixnet_s", "lcnet_050"),
    *("ese_vovnet19b_dw", "resnet18d", "skresnet18", "unet3d", "vnet"),
    *("lraspp_mobilenet_v3_large", "s3d", "r2plus1d_18"),
    *("repvgg_a0", "repvgg_a0_deploy", "mobileone_s0", "mobileone_s0_deploy"),
    *("ssdlite320_mobilenet_v3_large", "yolov3_tiny"),
    *("lenet5", "alexnet_owt", "squeezenet1_1", "mnasnet_small", "regnet_x_200mf"),
    *("efficientnet_v2_b0", "ds_cnn", "tcn_mnist", "dcgan_discriminator", "espcn_x2"),
    *("deep_autoencoder", "resnet20"),
)
FLAT = ("repvgg_a0", "mobileone_s0")
"""Networks whose source is that layer by layer, which has the tensors in the order of the file.

The classes of their blocks have an optional branch last.
"""
COLUMNS = ("name", "tensors", "difference")
COUNTER = "num_batches_tracked"
BATCH = 2


def traced_network(name: str) -> TracedNetwork:
    stem, variant = next(one for one in variants() if name == (one[1] or one[0]))
    _, traced = build_traced(bundled_file(stem), Request(variant))
    assert traced is not None
    return traced


def torch_module(traced: TracedNetwork, is_flat: bool) -> torch.nn.Module:
    """The network of the source, with its blocks as classes unless it is flat."""
    source = FORMATS["pytorch"].write(traced, ExportOptions(is_flat, class_name="Net2")).content
    names: dict[str, Any] = {}
    exec(source, names)
    module: torch.nn.Module = names["Net2"]()
    return module.eval()


def loaded(module: torch.nn.Module, model: onnx.ModelProto) -> int:
    """Give a module the tensors of a file; their number.  Layers of training keep their own."""
    stored = [one for one in model.graph.initializer if not one.name.startswith("/")]
    given = [torch.from_numpy(numpy_helper.to_array(one).copy()) for one in stored]
    own = [(name, one) for name, one in module.state_dict().items() if not name.endswith(COUNTER)]
    kept = [(name, one) for name, one in own if not name.startswith("aux")]
    pairs = list(zip(kept, given, strict=True))
    for (name, before), after in pairs:
        assert before.numel() == after.numel(), name
        before.copy_(after.reshape(before.shape))
    return len(pairs)


def row(name: str) -> dict[str, Any]:
    traced = traced_network(name)
    data = FORMATS["onnx"].write(traced, ExportOptions(weights="random")).data
    module = torch_module(traced, name in FLAT)
    with torch.no_grad():
        random = numpy.random.default_rng(0)
        (shape,) = traced.network.inputs.values()
        x = random.standard_normal((BATCH, *shape)).astype(numpy.float32)
        tensors = loaded(module, onnx.load_model_from_string(data))
        wanted = module(torch.from_numpy(x))
    outputs = wanted if isinstance(wanted, tuple) else (wanted,)
    session = onnxruntime.InferenceSession(data)
    found = session.run(None, {session.get_inputs()[0].name: x})
    pairs = zip(found, (one.numpy() for one in outputs), strict=True)
    difference = max(difference_of(one, other) for one, other in pairs)
    return {"name": name, "tensors": tensors, "difference": f"{difference:.1e}"}


def difference_of(found: Any, wanted: Any) -> float:
    """The largest difference of an output, relative to its largest element."""
    assert numpy.isfinite(wanted).all() and wanted.std() > 0
    return float(numpy.abs(found - wanted).max() / numpy.abs(wanted).max())


def main(names: list[str]) -> None:
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
