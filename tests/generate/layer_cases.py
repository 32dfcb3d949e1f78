"""Write the shapes and counts that PyTorch has for random layers.

Run it by hand, with the packages of requirements.txt in this folder:

    python tests/generate/layer_cases.py > tests/data/layer_cases.jsonl

Each case has a kind, its arguments, the input shapes, and what PyTorch calculates: the output
shape, the sizes of the parameters, the number of running means and variances, and the
multiply-accumulates by its own counter; or that it refuses the arguments.  There is no batch axis.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import torch
import window_cases
from random_cases import RANDOM, Case, module, padded, pick, plain, sizes
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode
from torch_layers import ACTIVATIONS
from torchvision.ops import DeformConv2d


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


def recurrent() -> Iterator[Case]:
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


def attention() -> Iterator[Case]:
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


def shapes() -> Iterator[Case]:
    for _ in range(80):
        factor, channels, space = RANDOM.randint(1, 3), RANDOM.randint(1, 12), sizes(2, 1, 9)
        x = [channels, *space]
        yield "pixel_shuffle", {"factor": factor}, [x], plain(nn.PixelShuffle(factor))
        yield "pixel_unshuffle", {"factor": factor}, [x], plain(nn.PixelUnshuffle(factor))
        groups = RANDOM.randint(1, 4)
        yield "channel_shuffle", {"groups": groups}, [x], plain(nn.ChannelShuffle(groups))
        yield "flatten", {}, [x], plain(lambda t: t.flatten(1))
        yield from along_axes(x)
        yield from unfolded_and_padded(x)


def along_axes(x: list[int]) -> Iterator[Case]:
    parts, axis = RANDOM.randint(1, 4), pick(0, 1, 2)
    chunk = plain(lambda t, p=parts, a=axis: exactly(t.chunk(p, a + 1), p))
    yield "chunk", {"parts": parts, "axis": axis}, [x], chunk
    axis, keep = pick(0, 1, 2, [1, 2]), pick(True, False)
    dims = [one + 1 for one in (axis if isinstance(axis, list) else [axis])]
    mean = plain(lambda t, d=dims, k=keep: t.mean(d, keepdim=k))
    yield "reduce_mean", {"axis": axis, "keep": keep}, [x], mean
    order = RANDOM.sample([0, 1, 2], 3)
    permute = plain(lambda t, o=order: t.permute(0, *(one + 1 for one in o)))
    yield "permute", {"order": order}, [x], permute


def unfolded_and_padded(x: list[int]) -> Iterator[Case]:
    kernel, stride = sizes(2, 1, 3), sizes(2, 1, 3)
    padding, dilation = sizes(2, 0, 2), sizes(2, 1, 2)
    arguments = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    yield "unfold", arguments, [x], plain(nn.Unfold(kernel, dilation, padding, stride))
    begin, end = sizes(2, -2, 3), sizes(2, -2, 3)
    left = [
        size + min(one, 0) + min(other, 0)
        for size, one, other in zip(x[1:], begin, end, strict=True)
    ]
    if min(left) >= 1:  # PyTorch crops before it pads, and refuses to crop everything
        pad = plain(lambda t, b=begin, e=end: padded(t, b, e))
        yield "pad", {"begin": begin, "end": end}, [x], pad


def upsampling() -> Iterator[Case]:
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


def options() -> Iterator[Case]:
    """Arguments that were added after the families above."""
    for _ in range(40):
        rank = pick(0, 1, 2)
        x = [RANDOM.randint(2, 8), *sizes(rank, 1, 6)]
        for name in ("sqrt", "rsqrt", "square", "reciprocal", "exp", "log1p", "sin", "erf", "sign"):
            yield "elementwise", {"function": name}, [x], plain(getattr(torch, name))
        power = plain(lambda t: t.pow(3))
        yield "elementwise", {"function": "pow", "exponent": 3}, [x], power
        axes, keep = RANDOM.sample(range(len(x)), RANDOM.randint(1, len(x))), pick(True, False)
        dims = [axis + 1 for axis in axes]
        std = plain(lambda t, d=dims, k=keep: t.std(d, keepdim=k))
        var = plain(lambda t, d=dims, k=keep: t.var(d, keepdim=k))
        if keep or len(axes) < len(x):  # a value without axes is not of the language
            yield "reduce_std", {"axis": axes, "keep": keep}, [x], std
            yield "reduce_var", {"axis": axes, "keep": keep}, [x], var
    yield from other_norms()
    for _ in range(40):
        x, out, bias = sizes(pick(1, 2, 3, 4), 1, 6), RANDOM.randint(1, 9), pick(True, False)
        axis = RANDOM.randint(0, len(x) - 1)
        layer = nn.Linear(x[axis], out, bias)
        run = lambda t, m=layer, a=axis + 1: (m, lambda: m(t.movedim(a, -1)).movedim(-1, a))
        yield "linear", {"out": out, "bias": bias, "axis": axis}, [x], run
    for _ in range(60):
        hidden, layers = RANDOM.randint(2, 9), RANDOM.randint(1, 3)
        both, bias = pick(0, 1), pick(0, 1)
        proj = RANDOM.randint(1, hidden)
        arguments = {"hidden": hidden, "layers": layers, "bidirectional": bool(both)}
        arguments |= {"bias": bool(bias), "proj": proj}
        x = [RANDOM.randint(1, 9), RANDOM.randint(1, 6)]
        yield "lstm", arguments, [x], projected(x, arguments)


def projected(x: list[int], arguments: dict[str, Any]) -> Callable[..., Any]:
    def run(t: Any) -> Any:
        layer = nn.LSTM(
            x[0],
            arguments["hidden"],
            arguments["layers"],
            bias=arguments["bias"],
            bidirectional=arguments["bidirectional"],
            proj_size=arguments["proj"],
            batch_first=True,
        )
        return layer, lambda: layer(t.transpose(1, 2))[0].transpose(1, 2)

    return run


def other_norms() -> Iterator[Case]:
    for _ in range(40):
        x = [RANDOM.randint(1, 8), *sizes(pick(1, 2), 2, 6)]
        first = RANDOM.randint(0, len(x) - 1)
        affine, bias = pick(True, False), pick(True, False)
        make = lambda s=x[first:], a=affine, b=bias: nn.LayerNorm(s, elementwise_affine=a, bias=b)
        run = lambda t, m=make: ((layer := m()), lambda: layer(t))
        arguments = {"axis": list(range(first, len(x))), "affine": affine, "shift": bias}
        yield "layernorm", arguments, [x], run


def sampling() -> Iterator[Case]:
    """Values at places that another input states, and repeated values."""
    for _ in range(80):
        yield deformed()
        rank = pick(2, 3)
        x = [RANDOM.randint(1, 4), *sizes(rank, 1, 6)]
        mode = pick("bilinear", "nearest")
        grid = [pick(rank, rank, rank, rank + 1), *sizes(rank, 1, 6)]
        run = plain(lambda t, g, m=mode: functional.grid_sample(t, g.movedim(1, -1), mode=m))
        yield "sample", {"mode": mode}, [x, grid], run
        axis = RANDOM.randint(0, len(x) - 1)
        indices = [max(1, size + pick(0, 0, -1, 1)) for size in x]
        gather = plain(lambda t, i, a=axis: t.gather(a + 1, i.long()))
        yield "gather", {"axis": axis}, [x, indices], gather
        shape = [pick(size, size, size + 1) for size in x]
        ones = [pick(1, size) for size in x]
        expand = plain(lambda t, s=shape: t.expand(1, *s))
        yield "expand", {"shape": shape}, [ones], expand
        yield "expand", {"shape": shape}, [x], expand


def deformed() -> Case:
    """A deformable convolution, whose offsets have the right sizes in most cases."""
    groups, offset_groups = RANDOM.randint(1, 3), RANDOM.randint(1, 3)
    channels, out = 6 * RANDOM.randint(1, 2) + pick(0, 0, 0, 1), groups * RANDOM.randint(1, 3)
    kernel, stride, padding, dilation = (
        sizes(2, 1, 3),
        sizes(2, 1, 2),
        sizes(2, 0, 1),
        sizes(2, 1, 2),
    )
    bias, mask = pick(True, False), pick(True, False)
    x = [channels, *sizes(2, 5, 8)]
    spatial = [
        (size + 2 * pad - step * (extent - 1) - 1) // move + 1
        for size, pad, step, extent, move in zip(
            x[1:], padding, dilation, kernel, stride, strict=True
        )
    ]
    spatial[0] += pick(0, 0, 0, 0, 0, 1)
    places = offset_groups * kernel[0] * kernel[1]
    arguments = {
        "out": out,
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "groups": groups,
        "bias": bias,
    }
    names = ("stride", "padding", "dilation", "groups", "bias")
    rest = {name: arguments[name] for name in names}

    def run(*values: Any) -> Any:
        layer = DeformConv2d(channels, out, tuple(kernel), **rest)
        return layer, lambda: layer(*values)

    inputs = [x, [2 * places, *spatial], *([[places, *spatial]] if mask else [])]
    return "deform_conv", arguments, inputs, run


def given_weights() -> Iterator[Case]:
    """Layers whose weight is a second input, of the right shape in most cases."""
    for _ in range(60):
        groups, rank = RANDOM.randint(1, 3), pick(1, 2, 3)
        channels, out = groups * RANDOM.randint(1, 3), groups * RANDOM.randint(1, 3)
        kernel, stride, padding = sizes(rank, 1, 3), sizes(rank, 1, 2), sizes(rank, 0, 1)
        x = [channels, *sizes(rank, 3, 7)]
        arguments = {"out": out, "kernel": kernel, "stride": stride, "padding": padding}
        arguments |= {"groups": groups, "weights": True}
        rest = {"stride": stride, "padding": padding, "groups": groups}
        wrong = pick(0, 0, 0, 1)
        for kind, first, second in (
            ("conv", out, channels // groups + wrong),
            ("conv_transpose", channels + wrong, out // groups),
        ):
            function = getattr(functional, f"{kind}{rank}d")
            run = plain(lambda t, w, f=function, r=rest: f(t, w[0], **r))
            yield kind, arguments, [x, [first, second, *kernel]], run
        run = plain(lambda t, w: functional.linear(t, w[0]))
        weight = [out, channels + wrong]
        yield "linear", {"out": out, "weights": True}, [[channels], weight], run


def series_of_maps() -> Iterator[Case]:
    """Recurrent layers along an axis of a map, whose other positions are in the batch."""
    for _ in range(60):
        x, axis = [RANDOM.randint(1, 6), *sizes(pick(1, 2, 3), 1, 5)], RANDOM.randint(1, 3)
        axis = min(axis, len(x) - 1)
        kind, hidden, both = pick("lstm", "gru", "rnn"), RANDOM.randint(1, 6), pick(True, False)
        layer = getattr(nn, kind.upper())(x[0], hidden, bidirectional=both, batch_first=True)

        def run(t: Any, m: Any = layer, a: int = axis + 1) -> Any:
            moved = t.movedim((a, 1), (-2, -1))
            series = moved.reshape(-1, *moved.shape[-2:])
            states = lambda: m(series)[0].view(*moved.shape[:-1], -1).movedim((-2, -1), (a, 1))
            return m, states

        yield kind, {"hidden": hidden, "bidirectional": both, "axis": axis}, [x], run


FAMILIES = (
    window_cases.convolutions,
    window_cases.transposed,
    window_cases.poolings,
    window_cases.padded_poolings,
    window_cases.other_poolings,
    dense,
    recurrent,
    attention,
    norms,
    elementwise,
    shapes,
    upsampling,
    joins,
    options,
    sampling,
    given_weights,
    series_of_maps,
)
"""In the order in which they draw random numbers, so that the table can be made again."""


def measured(kind: str, inputs: list[list[int]], run: Callable[..., Any]) -> dict[str, Any]:
    """What PyTorch calculates, or that it refuses the arguments."""
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
    for family in FAMILIES:
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
