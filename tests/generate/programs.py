"""Records what PyTorch models do, for the tests of the import without PyTorch.

    python tests/generate/programs.py [NAME ...]

writes `tests/data/programs/NAME.json.gz`, a Program of each model of MODELS, and
`tests/data/programs.csv` with the model's own counts: its parameters, the running statistics of its
norms, and the multiply-accumulates of torch.utils.flop_counter.FlopCounterMode, halved.  Needs
torch, torchvision and timm; the rows say with which versions they were made.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import torch  # noqa: E402
from torch.overrides import TorchFunctionMode  # noqa: E402
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from cnncalc.importers.pytorch.tracer import command  # noqa: E402
from cnncalc.importers.pytorch.tracer.arguments import nested, runnable  # noqa: E402
from cnncalc.importers.pytorch.tracer.recording import function_name  # noqa: E402

FOLDER = ROOT / "tests" / "data" / "programs"
TABLE = ROOT / "tests" / "data" / "programs.csv"
MODELS = ROOT / "tests" / "generate" / "models.py"

TORCHVISION = {
    **dict.fromkeys(("alexnet", "vgg11_bn", "googlenet"), "3x224x224"),
    **dict.fromkeys(("resnet18", "resnet50", "resnet152"), "3x224x224"),
    **dict.fromkeys(("densenet121", "squeezenet1_0", "mobilenet_v2"), "3x224x224"),
    **dict.fromkeys(("mobilenet_v3_large", "mnasnet1_0", "shufflenet_v2_x1_0"), "3x224x224"),
    **dict.fromkeys(("efficientnet_b0", "regnet_y_400mf", "convnext_tiny"), "3x224x224"),
    **dict.fromkeys(("vit_b_16", "swin_t", "deeplabv3_resnet50"), "3x224x224"),
    "inception_v3": "3x299x299",
    "r3d_18": "3x16x112x112",
}
TIMM = ("convnextv2_atto", "tf_efficientnet_b0", "nfnet_f0", "mobilevit_s", "dla34", "hrnet_w18")
OWN = {
    "TwoInputs": ("image=1x28x28", "mask=1x28x28"),
    "SharedWeights": ("1x28x28", "1x28x28"),
    "DictionaryOfOutputs": ("3x32x32",),
    "DetectionHead": ("3x64x64",),
    "Series": ("4x128",),
    "Volume": ("1x16x32x32",),
    "Generator": ("100x1x1",),
    "RecurrentAfterConvolutions": ("1x32x100",),
    "SelfAttention": ("3x32x32",),
    "UNet": ("3x128x128",),
    "ComputedWeights": ("1x16x16",),
    "ConditionalGenerator": ("batch.noise=8", "batch.label="),
    "BoxDecoder": ("3x32x32",),
    "EncoderDecoder": ("3x32x32",),
    "Warped": ("3x16x16",),
    "PartsInPlace": ("3x8x8",),
    "TransposedInPlace": ("3x8x8",),
    "ClassToken": ("3x16x16",),
    "LastState": ("20x12",),
    "AxialAttention": ("16x8x8",),
    "RowsAndColumns": ("3x6x9",),
    "TiedAutoencoder": ("4x3x16x16",),
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    rows: list[list[Any]] = []
    known = {row[0]: row for row in csv.reader(TABLE.open(encoding="utf-8"))}
    for name, (source, inputs) in sources().items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            rows.append(known[name])
            continue
        options = command.parser().parse_args([source, *(f"--input={shape}" for shape in inputs)])
        program = command.traced(options)
        data = json.dumps(program, separators=(",", ":")).encode()
        (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(data, 9, mtime=0))
        rows.append([name, source_name(source), program["framework"], *own_counts(options)])
        print(*rows[-1])
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "source", "framework", "params", "buffers", "macs"])
        writer.writerows(rows)


def sources() -> dict[str, tuple[str, tuple[str, ...]]]:
    """The callable of each model with the shapes of its inputs."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for name, shape in TORCHVISION.items():
        found[name] = f"torchvision.models:get_model('{name}')", (shape,)
    for name in TIMM:
        found[name] = f"timm:create_model('{name}')", ()
    for name, shapes in OWN.items():
        found[name] = f"{MODELS}:{name}", shapes
    return found


def source_name(source: str) -> str:
    return source.rpartition("/")[2]


def own_counts(options: Any) -> tuple[int, int, int]:
    """Parameters, running statistics, and half of PyTorch's own FLOPs, by PyTorch alone."""
    model, _ = command.made(command.load(options.source, options.arg))
    model.eval()
    shapes = dict(command.input_sizes(e, i) for i, e in enumerate(options.input))
    shapes = shapes or command.default_inputs(model, options.source)
    tensors = {name: torch.empty(1, *sizes, device="meta") for name, sizes in shapes.items()}
    with FlopCounterMode(display=False) as counter, torch.no_grad(), WithoutData():
        model(*nested(tensors).values())
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


class WithoutData(TorchFunctionMode):
    """Runs functions on tensors without data, and with indices that are integers."""

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        args, kwargs = runnable(function_name(function), args, kwargs or {})
        return function(*args, **kwargs)


if __name__ == "__main__":
    main()
