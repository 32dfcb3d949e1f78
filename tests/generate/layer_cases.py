"""Write what PyTorch gives for random layers: run by hand, with the packages of requirements.txt beside this file.

    python tests/generate/layer_cases.py > tests/data/layer_cases.jsonl

Each case holds a kind, its arguments, the shapes that enter, and what PyTorch says: the shape that comes out, the sizes
of its parameters, its running means and variances, and the multiply-accumulates that its own counter finds; or that it
refuses.  The batch axis is left out.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

RANDOM = random.Random(20261124)
Case = tuple[str, dict[str, Any], list[list[int]], Callable[..., Any]]


def pick(*choices: Any) -> Any:
    return RANDOM.choice(choices)


def sizes(rank: int, low: int, high: int) -> list[int]:
    return [RANDOM.randint(low, high) for _ in range(rank)]


def module(name: str, rank: int) -> Any:
    return getattr(nn, f"{name}{rank}d")


def padded(
    x: torch.Tensor, before: list[int], after: list[int], value: float = 0.0
) -> torch.Tensor:
    """Asymmetric padding, which PyTorch's layers do not have."""
    pads = [pad for axis in reversed(range(len(before))) for pad in (before[axis], after[axis])]
    return functional.pad(x, pads, value=value)


def same(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """Source: TensorFlow's notes on SAME padding."""
    out = (size + stride - 1) // stride
    total = max((out - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def window(rank: int) -> tuple[list[int], dict[str, Any]]:
    space = sizes(rank, 1, {1: 40, 2: 20, 3: 9}[rank])
    return space, {
        "kernel": sizes(rank, 1, 5),
        "stride": sizes(rank, 1, 4),
        "dilation": sizes(rank, 1, pick(1, 1, 3)),
    }


def padding_of(
    rank: int, space: list[int], given: dict[str, Any]
) -> tuple[dict[str, Any], list[int], list[int]]:
    """An argument, and the pixels before and after that it means."""
    how = pick("sizes", "sizes", "same", "causal", "both")
    axes = list(zip(space, given["kernel"], given["stride"], given["dilation"], strict=True))
    if how == "same":
        pairs = [same(*axis) for axis in axes]
        return {"padding": "same"}, [a for a, _ in pairs], [b for _, b in pairs]
    if how == "causal":
        return {"padding": "causal"}, [(k - 1) * d for _, k, _, d in axes], [0] * rank
    before = sizes(rank, 0, 3)
    if how == "both":
        after = sizes(rank, 0, 3)
        return {"padding": before, "padding_end": after}, before, after
    return {"padding": before}, before, before


def convolutions() -> Iterator[Case]:
    for _ in range(900):
        rank = pick(1, 2, 2, 3)
        space, given = window(rank)
        groups = pick(1, 1, 2, 3)
        channels = groups * RANDOM.randint(1, 4) + pick(0, 0, 0, 0, 1) * (groups > 1)
        out = groups * RANDOM.randint(1, 4)
        bias = pick(True, False)
        padding, before, after = padding_of(rank, space, given)
        kind = pick("conv", "conv", "depthwise")
        arguments = {**given, **padding, "bias": bias}
        if kind == "depthwise":
            multiplier = pick(1, 1, 2)
            out, groups = channels * multiplier, channels
            arguments["multiplier"] = multiplier
        else:
            arguments |= {"out": out, "groups": groups}

        def run(
            x: Any,
            rank=rank,
            given=given,
            channels=channels,
            out=out,
            groups=groups,
            bias=bias,
            b=before,
            a=after,
        ) -> Any:
            layer = module("Conv", rank)(
                channels,
                out,
                given["kernel"],
                given["stride"],
                0,
                given["dilation"],
                groups=groups,
                bias=bias,
            )
            return layer, lambda: layer(padded(x, b, a))

        yield kind, arguments, [[channels, *space]], run


def transposed() -> Iterator[Case]:
    for _ in range(400):
        rank = pick(1, 2, 3)
        space, given = window(rank)
        space = [min(size, 9) for size in space]
        groups = pick(1, 1, 2)
        channels, out, bias = (
            groups * RANDOM.randint(1, 4),
            groups * RANDOM.randint(1, 4),
            pick(True, False),
        )
        padding, extra = sizes(rank, 0, 2), sizes(rank, 0, pick(0, 0, 3))

        def run(
            x: Any, r=rank, g=given, c=channels, o=out, n=groups, b=bias, p=padding, e=extra
        ) -> Any:
            layer = module("ConvTranspose", r)(
                c, o, g["kernel"], g["stride"], p, e, groups=n, bias=b, dilation=g["dilation"]
            )
            return layer, lambda: layer(x)

        arguments = {
            **given,
            "out": out,
            "padding": padding,
            "output_padding": extra,
            "groups": groups,
            "bias": bias,
        }
        yield "conv_transpose", arguments, [[channels, *space]], run


def poolings() -> Iterator[Case]:
    for _ in range(500):
        rank = pick(1, 2, 3)
        space, given = window(rank)
        kind, ceil = pick("maxpool", "avgpool"), pick(True, False)
        padding = [RANDOM.randint(0, kernel // 2 + pick(0, 0, 0, 1)) for kernel in given["kernel"]]
        arguments = {**given, "padding": padding, "ceil": ceil}
        if (
            kind == "avgpool"
            and rank == 3
            and any(size < kernel for size, kernel in zip(space, given["kernel"], strict=True))
        ):
            continue  # PyTorch's AvgPool3d, alone among its poolings, refuses a kernel over the input even where padding helps
        if kind == "avgpool":
            del arguments["dilation"]

        def run(x: Any, r=rank, g=given, k=kind, c=ceil, p=padding) -> Any:
            if k == "maxpool":
                layer = module("MaxPool", r)(
                    g["kernel"], g["stride"], p, g["dilation"], ceil_mode=c
                )
            else:
                layer = module("AvgPool", r)(g["kernel"], g["stride"], p, ceil_mode=c)
            return layer, lambda: layer(x)

        yield kind, arguments, [[RANDOM.randint(1, 4), *space]], run


def padded_poolings() -> Iterator[Case]:
    """Padded unlike at both ends, which PyTorch's poolings cannot: the padding is put on before."""
    for _ in range(200):
        rank = pick(1, 2, 3)
        space, given = window(rank)
        kind, how = pick("maxpool", "avgpool"), pick("same", "causal", "both")
        dilation = given["dilation"] if kind == "maxpool" else [1] * rank
        given["dilation"] = dilation
        axes = list(zip(space, given["kernel"], given["stride"], dilation, strict=True))
        if how == "both":
            before, after = (
                [RANDOM.randint(0, kernel // 2) for kernel in given["kernel"]] for _ in range(2)
            )
            padding: dict[str, Any] = {"padding": before, "padding_end": after}
        else:
            pairs = [
                same(*axis) if how == "same" else ((axis[1] - 1) * axis[3], 0) for axis in axes
            ]
            before, after = [a for a, _ in pairs], [b for _, b in pairs]
            padding = {"padding": how}
        arguments = {**given, **padding}
        if kind == "avgpool":
            del arguments["dilation"]
            if rank == 3 and any(
                size + a + b < k
                for size, k, a, b in zip(space, given["kernel"], before, after, strict=True)
            ):
                continue

        def run(x: Any, r=rank, g=given, k=kind, b=before, a=after) -> Any:
            if k == "maxpool":
                layer = module("MaxPool", r)(g["kernel"], g["stride"], 0, g["dilation"])
            else:
                layer = module("AvgPool", r)(g["kernel"], g["stride"])
            return layer, lambda: layer(padded(x, b, a))

        yield kind, arguments, [[RANDOM.randint(1, 4), *space]], run


def other_poolings() -> Iterator[Case]:
    for _ in range(150):
        rank = pick(1, 2, 3)
        space, out = sizes(rank, 1, 12), sizes(rank, 1, 8)
        kind = pick("AdaptiveAvg", "AdaptiveMax")
        layer = module(f"{kind}Pool", rank)(out)
        name = {"AdaptiveAvg": "adaptive_avgpool", "AdaptiveMax": "adaptive_maxpool"}[kind]
        yield (
            name,
            {"size": out},
            [[RANDOM.randint(1, 4), *space]],
            lambda x, m=layer: (m, lambda: m(x)),
        )
    for _ in range(40):
        rank = pick(1, 2, 3)
        layer = module("AdaptiveAvgPool", rank)(1)
        yield (
            "global_avgpool",
            {},
            [[RANDOM.randint(1, 4), *sizes(rank, 1, 9)]],
            lambda x, m=layer: (m, lambda: m(x)),
        )
    for _ in range(60):
        rank = pick(1, 2, 3)
        kernel, space = sizes(rank, 1, 3), sizes(rank, 1, 6)
        stride = [RANDOM.randint(size, size + 1) for size in kernel]

        def unpool(x: Any, r=rank, k=kernel, s=stride) -> Any:
            layer = module("MaxUnpool", r)(k, s)
            return layer, lambda: layer(x, torch.zeros(x.shape, dtype=torch.int64))

        yield "unpool", {"kernel": kernel, "stride": stride}, [[2, *space]], unpool


def dense() -> Iterator[Case]:
    for _ in range(120):
        channels, out, bias = RANDOM.randint(1, 40), RANDOM.randint(1, 40), pick(True, False)
        layer = nn.Linear(channels, out, bias)
        if pick(True, False):
            yield (
                "linear",
                {"out": out, "bias": bias},
                [[channels]],
                lambda x, m=layer: (m, lambda: m(x)),
            )
        else:
            run = lambda x, m=layer: (m, lambda: m(x.transpose(1, 2)).transpose(1, 2))
            yield "linear", {"out": out, "bias": bias}, [[channels, RANDOM.randint(2, 9)]], run
    for _ in range(20):
        vocab, dim = RANDOM.randint(1, 99), RANDOM.randint(1, 30)
        layer = nn.Embedding(vocab, dim)
        run = lambda x, m=layer: (m, lambda: m(x.long() * 0).transpose(1, 2))
        yield "embedding", {"vocab": vocab, "dim": dim}, [[RANDOM.randint(1, 20)]], run
    for _ in range(120):
        kind = pick("lstm", "gru", "rnn")
        channels, hidden = RANDOM.randint(1, 9), RANDOM.randint(1, 9)
        layers, both, bias = RANDOM.randint(1, 3), pick(True, False), pick(True, False)
        layer = getattr(nn, kind.upper())(
            channels, hidden, layers, bias=bias, bidirectional=both, batch_first=True
        )
        run = lambda x, m=layer: (m, lambda: m(x.transpose(1, 2))[0].transpose(1, 2))
        arguments = {"hidden": hidden, "layers": layers, "bidirectional": both, "bias": bias}
        yield kind, arguments, [[channels, RANDOM.randint(1, 9)]], run
    for _ in range(60):
        heads = RANDOM.randint(1, 4)
        channels, bias = heads * RANDOM.randint(1, 5), pick(True, False)
        layer = nn.MultiheadAttention(channels, heads, bias=bias, batch_first=True)

        def attend(x: Any, *other: Any, m=layer) -> Any:
            query = x.transpose(1, 2)
            source = other[0].transpose(1, 2) if other else query
            return m, lambda: m(query, source, source)[0].transpose(1, 2)

        inputs = [[channels, RANDOM.randint(1, 9)], *pick([], [[channels, RANDOM.randint(1, 9)]])]
        yield "attention", {"heads": heads, "bias": bias, "out_bias": bias}, inputs, attend


def norms() -> Iterator[Case]:
    for _ in range(200):
        rank = pick(1, 2, 3)
        groups = RANDOM.randint(1, 3)
        channels = groups * RANDOM.randint(1, 4) + pick(0, 0, 1)
        shape = [channels, *sizes(rank, 2, 6)]
        affine = pick(True, False)
        kind = pick("bn", "groupnorm", "instancenorm", "layernorm", "rmsnorm", "lrn")
        arguments: dict[str, Any] = {"affine": affine}
        if kind == "bn":
            make = lambda r=rank, c=channels, a=affine: module("BatchNorm", r)(c, affine=a).eval()
        elif kind == "groupnorm":
            make = lambda g=groups, c=channels, a=affine: nn.GroupNorm(g, c, affine=a)
            arguments["groups"] = groups
        elif kind == "instancenorm":
            make = lambda r=rank, c=channels, a=affine: module("InstanceNorm", r)(c, affine=a)
        elif kind == "layernorm":
            make = lambda c=channels, a=affine: nn.LayerNorm(c, elementwise_affine=a)
        elif kind == "rmsnorm":
            make, arguments = lambda c=channels: nn.RMSNorm(c), {}
        else:
            make, arguments = lambda: nn.LocalResponseNorm(5), {"size": 5}

        def run(x: Any, make=make, last=kind in ("layernorm", "rmsnorm")) -> Any:
            layer = make()
            return layer, lambda: layer(x.movedim(1, -1)).movedim(-1, 1) if last else layer(x)

        yield kind, arguments, [shape], run


ACTIVATIONS = {
    "relu": nn.ReLU, "relu6": nn.ReLU6, "leaky_relu": nn.LeakyReLU, "elu": nn.ELU, "selu": nn.SELU, "sigmoid": nn.Sigmoid,
    "hardsigmoid": nn.Hardsigmoid, "tanh": nn.Tanh, "hardtanh": nn.Hardtanh, "silu": nn.SiLU, "hardswish": nn.Hardswish,
    "gelu": nn.GELU, "mish": nn.Mish, "softplus": nn.Softplus, "identity": nn.Identity, "dropout": nn.Dropout,
}  # fmt: skip


def elementwise() -> Iterator[Case]:
    for kind, make in ACTIVATIONS.items():
        for rank in (0, 1, 2, 3):
            yield (
                kind,
                {},
                [[RANDOM.randint(1, 6), *sizes(rank, 1, 6)]],
                lambda x, m=make: ((n := m()), lambda: n(x)),
            )
    for _ in range(30):
        channels, rank = RANDOM.randint(1, 8), pick(0, 1, 2)
        shape = [channels, *sizes(rank, 1, 6)]
        yield "glu", {}, [shape], lambda x: ((m := nn.GLU(1)), lambda: m(x))
        each = pick(True, False)
        layer = nn.PReLU(channels if each else 1)
        yield "prelu", {"per_channel": each}, [shape], lambda x, m=layer: (m, lambda: m(x))
        yield "softmax", {}, [shape], lambda x: ((m := nn.Softmax(1)), lambda: m(x))
        yield "log_softmax", {}, [shape], lambda x: ((m := nn.LogSoftmax(1)), lambda: m(x))


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of tensors as a layer without parameters."""
    return lambda *tensors: (nn.Identity(), lambda: function(*tensors))


def shapes() -> Iterator[Case]:
    for _ in range(80):
        factor, channels, space = RANDOM.randint(1, 3), RANDOM.randint(1, 12), sizes(2, 1, 9)
        x = [channels, *space]
        yield "pixel_shuffle", {"factor": factor}, [x], plain(nn.PixelShuffle(factor))
        yield "pixel_unshuffle", {"factor": factor}, [x], plain(nn.PixelUnshuffle(factor))
        groups = RANDOM.randint(1, 4)
        yield "channel_shuffle", {"groups": groups}, [x], plain(nn.ChannelShuffle(groups))
        yield "flatten", {}, [x], plain(lambda t: t.flatten(1))
        parts, axis = RANDOM.randint(1, 4), pick(0, 1, 2)
        yield (
            "chunk",
            {"parts": parts, "axis": axis},
            [x],
            plain(lambda t, p=parts, a=axis: exactly(t.chunk(p, a + 1), p)),
        )
        axis, keep = pick(0, 1, 2, [1, 2]), pick(True, False)
        dims = [one + 1 for one in (axis if isinstance(axis, list) else [axis])]
        yield (
            "reduce_mean",
            {"axis": axis, "keep": keep},
            [x],
            plain(lambda t, d=dims, k=keep: t.mean(d, keepdim=k)),
        )
        order = RANDOM.sample([0, 1, 2], 3)
        yield (
            "permute",
            {"order": order},
            [x],
            plain(lambda t, o=order: t.permute(0, *(one + 1 for one in o))),
        )
        kernel, stride, padding, dilation = (
            sizes(2, 1, 3),
            sizes(2, 1, 3),
            sizes(2, 0, 2),
            sizes(2, 1, 2),
        )
        arguments = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        yield "unfold", arguments, [x], plain(nn.Unfold(kernel, dilation, padding, stride))
        begin, end = sizes(2, -2, 3), sizes(2, -2, 3)
        if any(
            size + min(one, 0) + min(other, 0) < 1
            for size, one, other in zip(space, begin, end, strict=True)
        ):
            continue  # PyTorch cuts before it pads, and refuses to cut everything
        yield (
            "pad",
            {"begin": begin, "end": end},
            [x],
            plain(lambda t, b=begin, e=end: padded(t, b, e)),
        )
    for _ in range(120):
        rank = pick(1, 2, 3)
        mode = pick("nearest", {1: "linear", 2: pick("bilinear", "bicubic"), 3: "trilinear"}[rank])
        if pick(True, False):
            argument: dict[str, Any] = {"size": sizes(rank, 1, 12)}
            layer = nn.Upsample(size=tuple(argument["size"]), mode=mode)
        else:
            argument = {"factor": [pick(1, 2, 3, 1.5, 2.5, 0.5) for _ in range(rank)]}
            layer = nn.Upsample(scale_factor=tuple(argument["factor"]), mode=mode)
        yield "upsample", {**argument, "mode": mode}, [[2, *sizes(rank, 2, 9)]], plain(layer)


def exactly(parts: tuple[torch.Tensor, ...], count: int) -> list[torch.Tensor]:
    if len(parts) != count:
        raise RuntimeError("torch.chunk gave fewer parts")
    return list(parts)


def joins() -> Iterator[Case]:
    for _ in range(100):
        rank = pick(1, 2, 3)
        space = sizes(rank, 1, 6)
        channels = sizes(RANDOM.randint(1, 4), 1, 6)
        yield "concat", {}, [[one, *space] for one in channels], plain(lambda *t: torch.cat(t, 1))
        full = [RANDOM.randint(1, 4), *space]
        other = [pick(size, 1, size, size + 1) for size in full]
        yield "add", {}, [full, other], plain(lambda a, b: a + b)
        yield "mul", {}, [full, other], plain(lambda a, b: a * b)
        m, k, n, lead = (
            RANDOM.randint(1, 9),
            RANDOM.randint(1, 9),
            RANDOM.randint(1, 9),
            sizes(pick(0, 1, 2), 1, 3),
        )
        yield (
            "matmul",
            {},
            [[*lead, m, k], [*lead, k + pick(0, 0, 0, 1), n]],
            plain(lambda a, b: a @ b),
        )


def measured(kind: str, inputs: list[list[int]], run: Callable[..., Any]) -> dict[str, Any]:
    """What PyTorch gives, or that it refuses."""
    tensors = [torch.zeros(1, *shape) for shape in inputs]
    try:
        layer, call = run(*tensors)
        counter = FlopCounterMode(display=False)
        with torch.no_grad(), counter:
            out = call()
    except (RuntimeError, ValueError, AssertionError):
        return {"refused": True}
    found: dict[str, Any] = {
        "output": [list(one.shape[1:]) for one in out]
        if isinstance(out, list)
        else list(out.shape[1:]),
        "params": sorted(parameter.numel() for parameter in layer.parameters()),
        "buffers": sum(
            buffer.numel() for name, buffer in layer.named_buffers() if "running" in name
        ),
    }
    if 0 in (found["output"] if not isinstance(out, list) else []):
        return {"refused": True}
    if kind in ("conv", "depthwise", "conv_transpose", "linear", "matmul"):
        found["macs"] = counter.get_total_flops() // 2
    return found


def main() -> None:
    torch.manual_seed(0)
    print(json.dumps({"torch": torch.__version__.partition("+")[0]}))
    families = (
        convolutions, transposed, poolings, padded_poolings, other_poolings, dense, norms, elementwise, shapes, joins,
    )  # fmt: skip
    for family in families:
        for kind, arguments, inputs, run in family():
            case = {
                "kind": kind,
                "arguments": arguments,
                "inputs": inputs,
                **measured(kind, inputs, run),
            }
            print(json.dumps(case, separators=(",", ":")))


if __name__ == "__main__":
    sys.exit(main())
