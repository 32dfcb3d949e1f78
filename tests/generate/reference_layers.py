"""Write the numbers of every layer of reference implementations.

Run it by hand, with the packages of requirements-reference.txt:

    python tests/generate/reference_layers.py [NAME...]

A library with a slash in its name is a repository of GitHub, of which the environment variable
CNNCALC_CLONES has a clone: in OWNER/NAME below the folder that it names.

Each network is built without weights and reads one sample.  A line of
tests/published/layers/NAME.json is one module without modules inside it, in order of execution:
its name, its type, its output shape (without the batch), its parameters, and the
multiply-accumulates by PyTorch's own counter.  A function that the network calls in place of a
module is a line too, if it pools, activates, resizes or has parameters: its name is that of the
module that calls it, its type that of the function, in lower case.  Modules that compute nothing at
inference have no line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import timm
import torch
import torchvision
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

LAYERS = Path(__file__).parents[1] / "published" / "layers"


class Reference(NamedTuple):
    """A network of torchvision, timm or a repository, and the sample that it reads."""

    library: str
    name: str
    sample: tuple[int, ...] = (3, 224, 224)
    options: dict[str, Any] = {}  # noqa: RUF012


def of_torchvision(*names: str) -> dict[str, Reference]:
    return {name: Reference("torchvision", name) for name in names}


def of_timm(*names: str) -> dict[str, Reference]:
    return {name: Reference("timm", name) for name in names}


PLAIN = {"aux_logits": False, "init_weights": False}
SEGMENTATION = {"weights_backbone": None}

NETWORKS = {
    "alexnet_owt": Reference("torchvision", "alexnet"),
    "googlenet_bn": Reference("torchvision", "googlenet", options=PLAIN),
    "inception_v3": Reference("torchvision", "inception_v3", (3, 299, 299), PLAIN),
    "efficientnet_v2_s": Reference("torchvision", "efficientnet_v2_s", (3, 384, 384)),
    "deeplabv3_resnet50": Reference(
        "torchvision", "deeplabv3_resnet50", (3, 520, 520), SEGMENTATION
    ),
    "deeplabv3_mobilenet_v3_large": Reference(
        "torchvision", "deeplabv3_mobilenet_v3_large", (3, 520, 520), SEGMENTATION
    ),
    "fcn_resnet50": Reference("torchvision", "fcn_resnet50", (3, 520, 520), SEGMENTATION),
    "lraspp_mobilenet_v3_large": Reference(
        "torchvision", "lraspp_mobilenet_v3_large", (3, 520, 520), SEGMENTATION
    ),
    "r2plus1d_18": Reference("torchvision", "r2plus1d_18", (3, 16, 112, 112)),
    "mc3_18": Reference("torchvision", "mc3_18", (3, 16, 112, 112)),
    "s3d": Reference("torchvision", "s3d", (3, 16, 224, 224)),
    **of_torchvision(
        "convnext_tiny",
        "densenet121",
        "efficientnet_b0",
        "mnasnet1_0",
        "mobilenet_v2",
        "mobilenet_v3_large",
        "mobilenet_v3_small",
        "regnet_x_400mf",
        "regnet_y_400mf",
        "resnet18",
        "resnet50",
        "resnext50_32x4d",
        "shufflenet_v2_x1_0",
        "squeezenet1_0",
        "squeezenet1_1",
        "swin_t",
        "vgg16_bn",
        "wide_resnet50_2",
    ),
    "xception": Reference("timm", "legacy_xception", (3, 299, 299)),
    "inception_v4": Reference("timm", "inception_v4", (3, 299, 299)),
    "inception_resnet_v2": Reference("timm", "inception_resnet_v2", (3, 299, 299)),
    "deit_tiny": Reference("timm", "deit_tiny_distilled_patch16_224"),
    "mixer_s_16": Reference("timm", "mixer_s16_224"),
    "mnasnet_a1": Reference("timm", "semnasnet_100"),
    "mobilenetv4_conv_medium": Reference("timm", "mobilenetv4_conv_medium", (3, 256, 256)),
    "mobilevit_xxs": Reference("timm", "mobilevit_xxs", (3, 256, 256)),
    "mobilevitv2_050": Reference("timm", "mobilevitv2_050", (3, 256, 256)),
    "nasnetalarge": Reference("timm", "nasnetalarge", (3, 331, 331)),
    "pnasnet5large": Reference("timm", "pnasnet5large", (3, 331, 331)),
    "tinynet_a": Reference("timm", "tinynet_a", (3, 192, 192)),
    "vit_ti_16": Reference("timm", "vit_tiny_patch16_224"),
    "seresnet50": Reference("timm", "legacy_seresnet50"),
    "unetpp": Reference(
        "4uiiurz1/pytorch-nested-unet", "archs.NestedUNet", (3, 96, 96), {"num_classes": 1}
    ),
    "attention_unet": Reference("LeeJunHyun/Image_Segmentation", "network.AttU_Net", (3, 256, 256)),
    **of_timm(
        "convmixer_768_32",
        "convnextv2_atto",
        "dla34",
        "dla46x_c",
        "dpn68",
        "efficientnet_lite0",
        "ese_vovnet19b_dw",
        "ese_vovnet39b",
        "ghostnet_100",
        "hrnet_w18_small",
        "lcnet_100",
        "mixnet_s",
        "mnasnet_small",
        "mobileone_s0",
        "poolformer_s12",
        "repvgg_a0",
        "res2net50_26w_4s",
        "resnest14d",
        "resnet18d",
        "seresnext50_32x4d",
    ),
}
"""By the name of our variant."""

PASSING = (
    nn.Identity,
    nn.Sequential,
    nn.Flatten,
    nn.Dropout,
    timm.layers.DropPath,
    torchvision.ops.Permute,
    torchvision.ops.StochasticDepth,
)
"""Modules that compute nothing at inference; a dropout has a line if it acts in training."""

FUNCTIONS = (
    "relu",
    "relu6",
    "silu",
    "gelu",
    "sigmoid",
    "hardsigmoid",
    "hardswish",
    "tanh",
    "softmax",
    "max_pool2d",
    "avg_pool2d",
    "adaptive_avg_pool2d",
    "mean",
    "interpolate",
)


class Recorder(TorchFunctionMode):
    """Records a line for each computation of a network while it is active."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []
        self.counter = FlopCounterMode(display=False)
        self.counted = 0
        self.inside: list[str] = []  # the names of the running modules, outermost first
        self.in_leaf = False
        for name, module in network.named_modules():
            module.register_forward_pre_hook(lambda module, _, name=name: self.enter(name, module))
            module.register_forward_hook(lambda module, _, output: self.leave(module, output))

    def enter(self, name: str, module: nn.Module) -> None:
        self.inside.append(name)
        self.in_leaf = is_leaf(module)

    def leave(self, module: nn.Module, output: Any) -> None:
        if is_leaf(module):
            self.in_leaf = False
            if not isinstance(module, PASSING) or (isinstance(module, nn.Dropout) and module.p > 0):
                self.add(
                    type(module).__name__,
                    output,
                    sum(weight.numel() for weight in module.parameters()),
                )
        self.inside.pop()

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        output = function(*args, **(kwargs or {}))
        name = getattr(function, "__name__", "").removesuffix("_")
        if not self.in_leaf and isinstance(output, torch.Tensor):
            params = sum(
                arg.numel()
                for arg in [*args, *(kwargs or {}).values()]
                if isinstance(arg, nn.Parameter)
            )
            if name in FUNCTIONS or (params and name != "__get__"):
                self.add(name, output, params)
        return output

    def add(self, kind: str, output: torch.Tensor, params: int) -> None:
        total = self.counter.get_total_flops() // 2
        macs, self.counted = total - self.counted, total
        line = {
            "name": self.inside[-1],
            "type": kind,
            "output": list(output.shape[1:]),
            "params": params,
            "macs": macs,
        }
        self.lines.append(line)


def is_leaf(module: nn.Module) -> bool:
    return next(module.children(), None) is None


def built(reference: Reference) -> nn.Module:
    if reference.library == "timm":
        return timm.create_model(reference.name, pretrained=False, **reference.options).eval()
    if "/" in reference.library:
        sys.path.insert(0, str(clone(reference.library)))
        module, _, name = reference.name.rpartition(".")
        network: nn.Module = getattr(import_module(module), name)(**reference.options)
        return network.eval()
    return torchvision.models.get_model(reference.name, weights=None, **reference.options).eval()


def clone(repository: str) -> Path:
    return Path(os.environ["CNNCALC_CLONES"]) / repository


def version(library: str) -> str:
    """The version of a package, or the commit of a repository."""
    if "/" in library:
        command = ["git", "-C", str(clone(library)), "rev-parse", "--short", "HEAD"]
        return subprocess.check_output(command, text=True).strip()
    versions = {"torchvision": torchvision.__version__, "timm": timm.__version__}
    return str(versions[library].partition("+")[0])


def lines(reference: Reference) -> list[dict[str, Any]]:
    network = built(reference).to("meta")  # which has shapes and no numbers
    recorder = Recorder(network)
    with torch.no_grad(), recorder.counter, recorder:
        network(torch.zeros(1, *reference.sample, device="meta"))
    assert recorder.counted == recorder.counter.get_total_flops() // 2, "some MACs are in no line"
    found, owned = (
        sum(line["params"] for line in recorder.lines),
        sum(weight.numel() for weight in network.parameters()),
    )
    assert found == owned, f"{found} parameters in lines, {owned} in the network"
    return recorder.lines


def main() -> None:
    for name in sys.argv[1:] or NETWORKS:
        reference = NETWORKS[name]
        library, network = reference[:2]
        head = json.dumps(f"{library} {network} {version(library)}")
        rows = ",\n ".join(json.dumps(line) for line in lines(reference))
        (LAYERS / f"{name}.json").write_text(f'{{"network": {head}, "layers": [\n {rows}\n]}}\n')


if __name__ == "__main__":
    main()
