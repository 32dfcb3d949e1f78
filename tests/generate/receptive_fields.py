"""Write which inputs each output of random chains of layers depends on, by PyTorch's gradients.

Run it by hand, with the packages of requirements.txt in this folder:

    python tests/generate/receptive_fields.py > tests/data/receptive_fields.jsonl

Each case has the shape of the input, the steps in our language, and for each spatial axis of the
output a list of the first and last input position that each output position depends on.  All
weights are positive, and windows that take a maximum take a mean instead, so that no gradient is 0
by chance.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import torch
from random_cases import RANDOM, pick, sizes
from torch import nn
from torch.nn import functional

Tensor = torch.Tensor
Step = tuple[str, Callable[[Tensor], Tensor]]
"""A step in our language, and its function."""


def of_rank(name: str, rank: int) -> Any:
    return getattr(nn, f"{name}{rank}d")


def positive(module: nn.Module) -> nn.Module:
    for parameter in module.parameters():
        nn.init.uniform_(parameter, 0.5, 1)
    return module.double()


def convolution(rank: int) -> Step:
    kernel, stride = sizes(rank, 1, 4), RANDOM.randint(1, 3)
    padding, dilation = RANDOM.randint(0, 2), RANDOM.randint(1, 3)
    layer = of_rank("LazyConv", rank)(2, kernel, stride, padding, dilation)
    text = f"{{conv: 2, kernel: {kernel}, stride: {stride}, padding: {padding}, "
    return text + f"dilation: {dilation}}}", made(layer)


def made(lazy: nn.Module) -> Callable[[Tensor], Tensor]:
    """A lazy module, whose channels are those of the first value."""

    def run(x: Tensor) -> Tensor:
        lazy.double()
        with torch.no_grad():
            lazy(x)
        return positive(lazy)(x)

    return run


def transposed(rank: int) -> Step:
    kernel, stride = sizes(rank, 1, 5), RANDOM.randint(1, 4)
    padding, dilation = RANDOM.randint(0, 1), RANDOM.randint(1, 2)
    extra = RANDOM.randint(0, max(stride, dilation) - 1)
    layer = of_rank("LazyConvTranspose", rank)(2, kernel, stride, padding, extra, dilation=dilation)
    text = f"{{conv_transpose: 2, kernel: {kernel}, stride: {stride}, padding: {padding}, "
    return text + f"output_padding: {extra}, dilation: {dilation}}}", made(layer)


def pooling(rank: int) -> Step:
    kernel, stride, ceil = RANDOM.randint(2, 4), RANDOM.randint(1, 3), pick(True, False)
    padding = RANDOM.randint(0, kernel // 2)
    layer = of_rank("AvgPool", rank)(kernel, stride, padding, ceil)
    kind = pick("maxpool", "avgpool")
    text = f"{{{kind}: {kernel}, stride: {stride}, padding: {padding}, ceil: {str(ceil).lower()}}}"
    return text, layer


def adaptive(rank: int) -> Step:
    out = sizes(rank, 2, 9)
    kind = pick("adaptive_avgpool", "adaptive_maxpool")
    return f"{{{kind}: {out}}}", of_rank("AdaptiveAvgPool", rank)(out)


def upsampling(rank: int) -> Step:
    mode = pick("nearest", "nearest_exact", "area", *INTERPOLATIONS[rank])
    options: dict[str, Any] = {"mode": mode.replace("_", "-")}
    text = f"mode: {mode}"
    if mode in INTERPOLATIONS[rank]:
        options["align_corners"] = pick(True, False)
        text += f", align_corners: {str(options['align_corners']).lower()}"
    if pick(True, False):
        factor = [pick(2, 3, 4, 0.5, 1.5, 2.5) for _ in range(rank)]
        text = f"{{upsample: {factor}, {text}}}"
        return text, lambda x: functional.interpolate(x, scale_factor=factor, **options)
    out = sizes(rank, 2, 16)
    return f"{{upsample: , size: {out}, {text}}}", lambda x: functional.interpolate(
        x, out, **options
    )


INTERPOLATIONS = {1: ["linear"], 2: ["bilinear", "bicubic"]}


def moved(rank: int) -> Step:
    before, after = RANDOM.randint(-1, 3), RANDOM.randint(-1, 3)
    if rank == 2 and pick(True, False):
        conv = of_rank("LazyConv", rank)(8, 1)
        run = made(conv)
        text = "{conv: 8, kernel: 1}, {pixel_shuffle: 2}"
        return text, lambda x: functional.pixel_shuffle(run(x), 2)
    if pick(True, False):
        size = RANDOM.randint(2, 5)
        half = pick(0, 1)
        text = f"{{chunk: 2, axis: 1, name: c{size}{half}X}}, {{from: 'c{size}{half}X[{half}]'}}"
        return text, lambda x: halves(x)[half]
    text = f"{{pad: {before}, end: {after}}}"
    return text, lambda x: functional.pad(x, [before, after] * rank)


def halves(x: Tensor) -> tuple[Tensor, ...]:
    parts = x.chunk(2, 2)
    if len(parts) < 2:
        raise RuntimeError("torch.chunk gave fewer parts")
    return parts


def joined(rank: int) -> Step:
    """A concatenation with itself, along the first spatial axis or the channels."""
    axis = pick(0, 1)
    return f"{{concat: [[], []], axis: {axis}}}", lambda x: torch.cat([x, x], axis + 1)


def forked(rank: int) -> Step:
    """Two branches whose fields move by different strides, at one size."""
    out = sizes(rank, 2, 12)
    mode = INTERPOLATIONS[rank][0]
    pool = of_rank("AvgPool", rank)(3, 2, 1)
    text = f"{{concat: [[{{avgpool: 3, stride: 2, padding: 1}}, {{upsample: , size: {out}}}], "
    text += f"[{{upsample: , size: {out}, mode: {mode}}}]]}}"

    def run(x: Tensor) -> Tensor:
        small = functional.interpolate(pool(x), out)
        return torch.cat([small, functional.interpolate(x, out, mode=mode)], 1)

    return text, run


MAKERS = (convolution, transposed, pooling, adaptive, upsampling, upsampling, moved, joined, forked)


def dependencies(run: Callable[[Tensor], Tensor], shape: list[int]) -> list[list[list[int]]]:
    """For each spatial axis, the first and the last input that each output depends on."""
    x = torch.rand(1, *shape, dtype=torch.float64, requires_grad=True)
    out = run(x)
    if min(out.shape) < 1 or max(out.shape) > 64:
        raise RuntimeError("empty or large")
    found = []
    for axis in range(2, out.dim()):
        others = [other for other in range(x.dim()) if other != axis]
        ends = []
        for position in range(out.shape[axis]):
            [gradient] = torch.autograd.grad(out.select(axis, position).sum(), x, retain_graph=True)
            seen = gradient.abs().amax(others).nonzero().flatten().tolist()
            ends.append([seen[0], seen[-1]] if seen else [])
        found.append(ends)
    return found


def chain(rank: int, length: int) -> tuple[str, Callable[[Tensor], Tensor]]:
    steps = [pick(*MAKERS)(rank) for _ in range(length)]
    texts = [text.replace("X", f"_{number}") for number, (text, _) in enumerate(steps)]

    def run(x: Tensor) -> Tensor:
        for _, function in steps:
            x = function(x)
        return x

    return ", ".join(texts), run


def main() -> None:
    torch.manual_seed(0)
    print(json.dumps({"torch": torch.__version__.partition("+")[0]}))
    written = 0
    while written < 700:
        rank = pick(1, 1, 2)
        shape = [2, *sizes(rank, 3, 20)]
        steps, run = chain(rank, pick(1, 1, 2, 3, 4))
        try:
            found = dependencies(run, shape)
        except (RuntimeError, ValueError):
            continue
        case = {"input": shape, "steps": steps, "axes": found}
        print(json.dumps(case, separators=(",", ":")))
        written += 1


if __name__ == "__main__":
    sys.exit(main())
