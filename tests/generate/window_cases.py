"""Random convolutions and poolings for layer_cases.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from random_cases import RANDOM, Case, module, padded, pick, same, sizes


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
    """An argument, and the padding before and after that it means."""
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

        run = convolution(rank, given, (channels, out, groups, bias), before, after)
        yield kind, arguments, [[channels, *space]], run


def convolution(
    rank: int,
    given: dict[str, Any],
    filters: tuple[int, int, int, bool],
    before: list[int],
    after: list[int],
) -> Callable[..., Any]:
    channels, out, groups, bias = filters
    sizes = given["kernel"], given["stride"], 0, given["dilation"]

    def run(x: Any) -> Any:
        layer = module("Conv", rank)(channels, out, *sizes, groups=groups, bias=bias)
        return layer, lambda: layer(padded(x, before, after))

    return run


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
            # Unlike its other poolings, PyTorch's AvgPool3d refuses a kernel larger than the input
            # even if it fits into the padded input.
            continue
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
    """Pooling with asymmetric padding, which PyTorch does not have: the input is padded first."""
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
