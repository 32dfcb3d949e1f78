"""Write the bytes that PyTorch keeps for the backward pass, of networks and of single layers.

Run it by hand, with the packages of requirements.txt in this folder and cnncalc:

    python tests/generate/saved_tensors.py networks > tests/data/saved_networks.csv
    python tests/generate/saved_tensors.py layers > tests/data/saved_layers.csv
    python tests/generate/saved_tensors.py exports > tests/data/saved_exports.csv
    python tests/generate/saved_tensors.py sequences > tests/data/saved_sequences.csv

All run on fake tensors of a GPU, in training mode and without stochastic depth; networks and layers
for a batch of 2.  A single layer comes after a learned factor for each channel, so that its input
has a gradient.  Exports are networks of the collection, and layers, as cnncalc writes them for
PyTorch: they have what torchvision has not, such as frozen and shared weights.  Sequences are
recurrent layers and attention, as cnncalc writes them, and ViT of torchvision, whose file is
tests/data/vit_b_16.yaml.  They run on a CPU, recurrent layers in float32 as meta tensors: fake
tensors of a GPU have no fused attention and no recurrent layers.  oneDNN is off, which keeps a
buffer whose size only it knows.
"""

from __future__ import annotations

import contextlib
import csv
import sys
from collections.abc import Callable, Iterator
from typing import Any

import torch
import torchvision
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.cuda.amp import common
from torch.nn import functional
from torchvision import models, ops

from cnncalc.api.exporting import to_pytorch
from cnncalc.network import Network
from cnncalc.parser import Request, parse
from cnncalc.sources.bundled import bundled, bundled_names

BATCH = 2
OTHER_NAMES = {"googlenet": "googlenet_bn", "alexnet": "alexnet_owt"}
"""The names here of networks that torchvision calls otherwise."""

SKIPPED = ("ssd300_vgg16", "s3d", "regnet")
"""The beginnings of names: targets are needed in training, or values to set up the network."""

NO_INIT: dict[str, Any] = {"init_weights": False}
SEGMENTATION: dict[str, Any] = {"weights_backbone": None, "aux_loss": True}
ARGUMENTS = {
    "googlenet": NO_INIT,
    "inception_v3": NO_INIT,
    "fcn_resnet50": SEGMENTATION,
    "fcn_resnet101": SEGMENTATION,
    "deeplabv3_resnet50": SEGMENTATION,
    "deeplabv3_resnet101": SEGMENTATION,
    "deeplabv3_mobilenet_v3_large": SEGMENTATION,
    "lraspp_mobilenet_v3_large": {"weights_backbone": None},
}


HALF = {"cuda": torch.float16, "cpu": torch.bfloat16}
"""The type of mixed precision on a device."""


def kept_bytes(model: nn.Module, amp: bool, *inputs: torch.Tensor, on: str = "cuda") -> int:
    """The bytes of all storages that are kept, without those of parameters and buffers."""
    own = [*model.parameters(), *model.buffers()]
    known = {tensor.untyped_storage()._cdata for tensor in own}
    storages: dict[int, Any] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in known:
            storages[storage._cdata] = storage  # kept alive, so that the number stays its own
        return tensor

    hooks = torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor)
    mixed = torch.autocast(on, HALF[on]) if amp else contextlib.nullcontext()
    with hooks, mixed:
        model(*inputs)
    return sum(storage.nbytes() for storage in storages.values())


def networks() -> Iterator[list[Any]]:
    bundled = set(bundled_names())
    for name in models.list_models():
        ours = OTHER_NAMES.get(name, name)
        if ours not in bundled or name.startswith(SKIPPED):
            continue
        for amp in (False, True):
            with FakeTensorMode(allow_non_fake_inputs=True), torch.device("cuda"):
                model = models.get_model(name, weights=None, **ARGUMENTS.get(name, {})).train()
                x = torch.empty(BATCH, *input_of(name))
                yield [
                    name,
                    ours,
                    "x".join(map(str, x.shape[1:])),
                    BATCH,
                    amp,
                    kept_bytes(model, amp, x),
                ]


def input_of(name: str) -> tuple[int, ...]:
    if name == "inception_v3":
        return 3, 299, 299
    is_video = name in ("r3d_18", "mc3_18", "r2plus1d_18")
    return (3, 16, 112, 112) if is_video else (3, 224, 224)


class AfterScale(nn.Module):
    """A learned factor for each channel, then a layer."""

    def __init__(self, channels: int, axes: int, layer: nn.Module) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels, *(1,) * axes))
        self.layer = layer

    def forward(self, x: torch.Tensor) -> Any:
        return self.layer(x * self.weight)


class Call(nn.Module):
    """A function as a module."""

    def __init__(self, function: Callable[[torch.Tensor], Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: torch.Tensor) -> Any:
        return self.function(x)


IMAGE, SERIES, VECTOR = (8, 12, 12), (8, 20), (32,)


def layers() -> Iterator[list[Any]]:
    for step, shape, make in CASES:
        for amp in (False, True):
            with FakeTensorMode(allow_non_fake_inputs=True), torch.device("cuda"):
                made = make()
                layer = made if isinstance(made, nn.Module) else Call(made)
                model = AfterScale(shape[0], len(shape) - 1, layer).train()
                kept = kept_bytes(model, amp, torch.empty(BATCH, *shape))
            yield [step, "x".join(map(str, shape)), BATCH, amp, kept]


class OnChannels(nn.Module):
    """A layer of the last axis on the channels, as ConvNeXt has it."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: torch.Tensor) -> Any:
        return self.layer(x.movedim(1, -1)).movedim(-1, 1)


CASES: list[tuple[str, tuple[int, ...], Callable[[], Any]]] = [
    ("{conv: 16, kernel: 3, padding: 1}", IMAGE, lambda: nn.Conv2d(8, 16, 3, padding=1)),
    ("{conv: 16, kernel: 3}", SERIES, lambda: nn.Conv1d(8, 16, 3)),
    ("{depthwise: 3}", IMAGE, lambda: nn.Conv2d(8, 8, 3, groups=8)),
    ("{conv_transpose: 4, kernel: 2, stride: 2}", IMAGE, lambda: nn.ConvTranspose2d(8, 4, 2, 2)),
    ("{linear: 10}", VECTOR, lambda: nn.Linear(32, 10)),
    ("bn", IMAGE, lambda: nn.BatchNorm2d(8)),
    ("{bn: , affine: false}", IMAGE, lambda: nn.BatchNorm2d(8, affine=False)),
    ("layernorm", IMAGE, lambda: OnChannels(nn.LayerNorm(8))),
    ("{layernorm: , axis: all}", IMAGE, lambda: nn.LayerNorm([8, 12, 12])),
    ("{groupnorm: 4}", IMAGE, lambda: nn.GroupNorm(4, 8)),
    ("instancenorm", IMAGE, lambda: nn.InstanceNorm2d(8)),
    ("{instancenorm: , affine: true}", IMAGE, lambda: nn.InstanceNorm2d(8, affine=True)),
    ("rmsnorm", SERIES, lambda: OnChannels(nn.RMSNorm(8))),
    ("{lrn: 5}", IMAGE, lambda: nn.LocalResponseNorm(5)),
    ("l2norm", IMAGE, lambda: functional.normalize),
    ("{maxpool: 2}", IMAGE, lambda: nn.MaxPool2d(2)),
    ("{maxpool: 2}", SERIES, lambda: nn.MaxPool1d(2)),
    ("{avgpool: 2}", IMAGE, lambda: nn.AvgPool2d(2)),
    ("{avgpool: 2}", SERIES, lambda: nn.AvgPool1d(2)),
    ("{adaptive_avgpool: 5}", IMAGE, lambda: nn.AdaptiveAvgPool2d(5)),
    ("{adaptive_avgpool: 1}", IMAGE, lambda: nn.AdaptiveAvgPool2d(1)),
    ("{adaptive_avgpool: 1}", SERIES, lambda: nn.AdaptiveAvgPool1d(1)),
    ("{adaptive_avgpool: 5}", SERIES, lambda: nn.AdaptiveAvgPool1d(5)),
    ("{adaptive_maxpool: 5}", IMAGE, lambda: nn.AdaptiveMaxPool2d(5)),
    ("global_avgpool", IMAGE, lambda: nn.AdaptiveAvgPool2d(1)),
    ("global_maxpool", IMAGE, lambda: nn.AdaptiveMaxPool2d(1)),
    ("relu", IMAGE, nn.ReLU),
    ("relu", IMAGE, lambda: nn.ReLU(inplace=True)),
    ("relu6", IMAGE, nn.ReLU6),
    ("leaky_relu", IMAGE, nn.LeakyReLU),
    ("elu", IMAGE, nn.ELU),
    ("selu", IMAGE, nn.SELU),
    ("sigmoid", IMAGE, nn.Sigmoid),
    ("hardsigmoid", IMAGE, nn.Hardsigmoid),
    ("tanh", IMAGE, nn.Tanh),
    ("hardtanh", IMAGE, nn.Hardtanh),
    ("silu", IMAGE, nn.SiLU),
    ("silu", IMAGE, lambda: nn.SiLU(inplace=True)),
    ("hardswish", IMAGE, nn.Hardswish),
    ("hardswish", IMAGE, lambda: nn.Hardswish(inplace=True)),
    ("gelu", IMAGE, nn.GELU),
    ("mish", IMAGE, nn.Mish),
    ("softplus", IMAGE, nn.Softplus),
    ("softmax", VECTOR, lambda: nn.Softmax(1)),
    ("log_softmax", VECTOR, lambda: nn.LogSoftmax(1)),
    ("abs", IMAGE, lambda: torch.abs),
    ("glu", IMAGE, lambda: nn.GLU(1)),
    ("prelu", IMAGE, lambda: nn.PReLU()),
    ("{prelu: , per_channel: true}", IMAGE, lambda: nn.PReLU(8)),
    *[
        (f"{{elementwise: {name}}}", IMAGE, lambda name=name: getattr(torch, name))
        for name in (
            *("sqrt", "rsqrt", "square", "reciprocal", "exp", "expm1", "log", "log1p", "log2"),
            *("log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "erf", "neg"),
            *("sign", "floor", "ceil", "round"),
        )
    ],
    ("{elementwise: pow, exponent: 3}", IMAGE, lambda: lambda x: x.pow(3)),
    ("{dropout: 0.5}", IMAGE, lambda: nn.Dropout(0.5)),
    ("{dropout: 0.5, inplace: true}", IMAGE, lambda: nn.Dropout(0.5, inplace=True)),
    ("identity", IMAGE, nn.Identity),
    ("flatten", IMAGE, nn.Flatten),
    ("tokens", IMAGE, lambda: lambda x: x.flatten(2)),
    ("{permute: [1, 2, 0]}", IMAGE, lambda: lambda x: x.permute(0, 2, 3, 1)),
    ("{slice: [1, 5]}", IMAGE, lambda: lambda x: x[:, 1:5]),
    ("{slice: [1, 5]}\nsigmoid", IMAGE, lambda: lambda x: x[:, 1:5].sigmoid()),
    ("{slice: [1, 5]}\nsilu", IMAGE, lambda: lambda x: functional.silu(x[:, 1:5])),
    ("{roll: 1, axis: 1}", IMAGE, lambda: lambda x: x.roll(1, 2)),
    ("{channel_shuffle: 2}", IMAGE, lambda: nn.ChannelShuffle(2)),
    ("{pad: 1}", IMAGE, lambda: nn.ZeroPad2d(1)),
    ("{unfold: 3}", IMAGE, lambda: nn.Unfold(3)),
    ("{upsample: 2}", IMAGE, lambda: nn.Upsample(scale_factor=2)),
    (
        "{upsample: 2, mode: bilinear}",
        IMAGE,
        lambda: nn.Upsample(scale_factor=2, mode="bilinear"),
    ),
    (
        "{upsample: 2, mode: bicubic}",
        IMAGE,
        lambda: nn.Upsample(scale_factor=2, mode="bicubic"),
    ),
    (
        "{upsample: , size: 5, mode: area}",
        IMAGE,
        lambda: lambda x: functional.interpolate(x, 5, mode="area"),
    ),
    ("{pixel_shuffle: 2}", IMAGE, lambda: nn.PixelShuffle(2)),
    ("{pixel_unshuffle: 2}", IMAGE, lambda: nn.PixelUnshuffle(2)),
    ("{reduce_sum: [1, 2]}", IMAGE, lambda: lambda x: x.sum([2, 3])),
    ("{reduce_mean: [1, 2]}", IMAGE, lambda: lambda x: x.mean([2, 3])),
    ("{reduce_max: 0, keep: true}", IMAGE, lambda: lambda x: x.amax(1, keepdim=True)),
    ("{reduce_var: [1, 2]}", IMAGE, lambda: lambda x: x.var([2, 3])),
    ("{reduce_std: [1, 2]}", IMAGE, lambda: lambda x: x.std([2, 3])),
    ("{chunk: 2, name: c}\n{add: ['c[0]', 'c[1]']}", IMAGE, lambda: lambda x: sum(x.chunk(2, 1))),
    (
        "{chunk: 2, name: c}\n{mul: ['c[0]', 'c[1]']}",
        IMAGE,
        lambda: lambda x: x.chunk(2, 1)[0] * x.chunk(2, 1)[1],
    ),
    ("{add: [[], sigmoid]}", IMAGE, lambda: lambda x: x + x.sigmoid()),
    ("{sub: [[], sigmoid]}", IMAGE, lambda: lambda x: x - x.sigmoid()),
    ("{mul: [[], sigmoid]}", IMAGE, lambda: lambda x: x * x.sigmoid()),
    ("{mul: [[], sigmoid, tanh]}", IMAGE, lambda: lambda x: x * x.sigmoid() * x.tanh()),
    ("{div: [[], sigmoid]}", IMAGE, lambda: lambda x: x / x.sigmoid()),
    ("{max: [[], sigmoid]}", IMAGE, lambda: lambda x: torch.maximum(x, x.sigmoid())),
    ("{concat: [[], sigmoid]}", IMAGE, lambda: lambda x: torch.cat([x, x.sigmoid()], 1)),
    ("{mul: [[], 2]}", IMAGE, lambda: lambda x: x * 2),
    ("{div: [[], 2]}", IMAGE, lambda: lambda x: x / 2),
    ("{div: [2, []]}", IMAGE, lambda: lambda x: 2 / x),
    ("{sub: [1, []]}", IMAGE, lambda: lambda x: 1 - x),
    ("{matmul: [[], {permute: [1, 0]}]}", SERIES, lambda: lambda x: x @ x.transpose(1, 2)),
]


EXPORTED = (
    *("alexnet", "convmixer_768_32", "dcgan_discriminator", "dpn68", "ds_cnn", "ese_vovnet19b_dw"),
    *("googlenet", "inception_v4", "lenet5", "mobilenet_v1", "nin", "repvgg_a0", "resnet20"),
    *("seresnet50", "ssd300", "unet", "visual_wake_words", "xception", "yolov3_tiny"),
)
"""Networks of the collection."""

STEPS = (
    """\
{conv: 16, kernel: 3, padding: 1, trainable: false}
{bn: , trainable: false}
relu
{conv: 16, kernel: 3, padding: 1}
{bn: , trainable: false}
relu
{conv: 16, kernel: 3, padding: 1, trainable: false}
{groupnorm: 4}
global_avgpool
flatten
{linear: 10, trainable: false}
{linear: 10}""",
    """\
{prelu: }
{scale: , trainable: false}
{layernorm: , trainable: false}
{prelu: , trainable: false}
{groupnorm: 2, trainable: false}
sigmoid""",
    """\
{conv: 8, kernel: 3, padding: 1, shared: w}
relu
{conv: 8, kernel: 3, padding: 1, shared: w}
relu
{conv: 8, kernel: 3, padding: 1, shared: w}""",
    """\
{conv: 8, kernel: 3, padding: 1, shared: w, trainable: false}
relu
scale
{conv: 8, kernel: 3, padding: 1, shared: w, trainable: false}""",
    """\
{weight: 8x8x3x3, name: w}
{conv: 8, kernel: 3, from: input, weights: w, padding: 1}
relu
{conv: 8, kernel: 3, weights: w, padding: 1}
{mul: [[], {weight: 8x1x1}]}""",
    """\
{conv: 16, kernel: 2, padding: same}
{maxpool: 3, stride: 2, padding: same}
{avgpool: 3, stride: 2, padding: same}
{conv_transpose: 8, kernel: 4, stride: 2, padding: 1}
{groupnorm: 4}
gelu
{upsample: 2, mode: bilinear}""",
    """\
{conv: 8, kernel: 3, padding: 1}
{scale: , bias: true}
relu
{conv: 8, kernel: 3, padding: 1}
{add: [[], {weight: 8x1x1}]}
sigmoid
{groupnorm: 2}
{conv: 8}
l2norm
{conv: 8}
{lrn: 5}
{conv: 8}
{select: [0, 1, 5]}
{conv: 8}""",
    """\
{conv: 8, kernel: 3, padding: 1}
{add: [[{groupnorm: 2}], []]}
relu
{concat: [[{conv: 4}], []]}
silu
{mul: [[], [global_avgpool, {conv: 12}, hardsigmoid]]}
{conv: 8}
instancenorm
rmsnorm
softplus
{max: [[], [{conv: 8}]]}
{div: [[], [{conv: 8}, sigmoid]]}
{elementwise: exp}
{conv: 8}
{dropout: 0.5}
{conv: 8}
{chunk: 2, name: c}
{mul: ['c[0]', 'c[1]']}""",
)
"""Layers on an input of 8x12x12."""


def exports() -> Iterator[list[Any]]:
    for number, name in enumerate(EXPORTED):
        file, variant = bundled(name) or ("", None)
        with open(file, "rb") as opened:
            network = built(opened.read(), variant)
        for amp in (False, True):
            batch = (1, 2, 8)[number % 3]
            yield [name, "", batch, amp, exported_bytes(network, batch, amp)]
    for steps in STEPS:
        lines = "\n".join(f"  - {step}" for step in steps.splitlines())
        network = built(f"input: 8x12x12\nlayers:\n{lines}\n".encode(), None)
        for amp in (False, True):
            yield ["", steps, 2, amp, exported_bytes(network, 2, amp)]


def built(text: bytes, variant: str | None) -> Network:
    network = parse(text, "network.yaml", Request(variant)).network
    assert network is not None, text
    return network


def exported_bytes(network: Network, batch: int, amp: bool, on: str = "cuda") -> int:
    with FakeTensorMode(allow_non_fake_inputs=True), torch.device(on):
        model = to_pytorch(network).train()
        inputs = [torch.empty(batch, *shape) for shape in network.inputs.values()]
        return kept_bytes(model, amp, *inputs, on=on)


SEQUENCES = (
    *[
        (f"scale\n{{{kind}: 6{options}}}", f"8x{steps}")
        for kind in ("lstm", "gru", "rnn")
        for options, steps in (
            *(("", 1), ("", 2), ("", 7), (", bias: false", 7), (", bidirectional: true", 5)),
            *((", layers: 2", 5), (", layers: 3, bidirectional: true", 5)),
        )
    ],
    ("scale\n{lstm: 6, proj: 3}", "8x5"),
    ("scale\n{lstm: 6, proj: 3, layers: 2, bidirectional: true}", "8x5"),
    ("{lstm: 6}", "8x5"),
    ("scale\n{gru: 6, trainable: false}", "8x5"),
    ("scale\n{lstm: 6, trainable: false}", "8x5"),
    ("scale\n{attention: 4}", "16x10"),
    ("{attention: 4}", "16x10"),
    ("scale\n{attention: 2, bias: false, out_bias: false}", "16x4x5"),
    ("{name: q, scale: }\n{name: k, scale: }\n{attention: 4, from: [q, k]}", "16x10"),
    ("{name: q, scale: }\n{name: k, conv: 8}\n{attention: 4, from: [q, k]}", "16x10"),
    ("{embedding: 50, dim: 8}\n{gru: 6}\n{lstm: 4}\n{linear: 5, axis: 0}", "12"),
    (
        """\
{conv: 8, kernel: 3, padding: 1}
relu
{maxpool: 2}
{conv: 16, kernel: [8, 1]}
{reshape: 16x20}
{lstm: 24, layers: 2}
{gru: 24}
{rnn: 12, bidirectional: true}
{linear: 37, axis: 0}""",
        "1x16x40",
    ),
)
"""Layers and the shape of their input."""


def sequences() -> Iterator[list[Any]]:
    torch.backends.mkldnn.enabled = False
    for amp in (False, True):
        with FakeTensorMode(allow_non_fake_inputs=True):
            model = models.get_model("vit_b_16", weights=None).train()
            kept = kept_bytes(model, amp, torch.empty(BATCH, 3, 224, 224), on="cpu")
        yield ["vit_b_16", "", "3x224x224", BATCH, amp, kept]
    for steps, shape in SEQUENCES:
        lines = "\n".join(f"  - {step}" for step in steps.splitlines())
        network = built(f"input: {shape}\nlayers:\n{lines}\n".encode(), None)
        unmixed = "cpu" if "attention" in steps else "meta"
        for amp, on in ((False, unmixed), (True, "cpu")):
            yield ["", steps, shape, BATCH, amp, exported_bytes(network, BATCH, amp, on)]


TABLES: dict[str, tuple[str, Callable[[], Iterator[list[Any]]]]] = {
    "networks": ("torchvision_model,cnncalc_network,input,batch,amp", networks),
    "layers": ("layers,input,batch,amp", layers),
    "exports": ("cnncalc_network,layers,batch,amp", exports),
    "sequences": ("network,layers,input,batch,amp", sequences),
}
"""The columns of each table before the number, and its rows."""


def main() -> None:
    common.amp_definitely_not_available = lambda: False  # also without a GPU
    nn.init.trunc_normal_ = lambda tensor, *_, **__: tensor  # fake tensors have no values
    ops.StochasticDepth.forward = lambda self, x: x
    how = f"torch {torch.__version__}, torchvision {torchvision.__version__}"
    writer = csv.writer(sys.stdout, lineterminator="\n")
    columns, rows = TABLES[sys.argv[1]]
    writer.writerow([*columns.split(","), "saved_bytes", "how"])
    for row in rows():
        writer.writerow([*row, how])
        sys.stdout.flush()


if __name__ == "__main__":
    main()
