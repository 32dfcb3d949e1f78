"""The count of each tool for a module of PyTorch, and its number of parameters."""

from __future__ import annotations

import io
import logging
import multiprocessing
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any, NamedTuple

import torch
from torch import nn

warnings.filterwarnings("ignore")
logging.getLogger("fvcore").setLevel(logging.ERROR)

import calflops  # noqa: E402
import ptflops  # noqa: E402
import thop  # noqa: E402
import torchinfo  # noqa: E402
from fvcore.nn import FlopCountAnalysis, parameter_count  # noqa: E402

Inputs = dict[str, torch.Tensor]


class Counted(NamedTuple):
    """Parameters and operations of one sample."""

    params: int
    count: int


def of_torchinfo(model: nn.Module, inputs: Inputs) -> tuple[Counted]:
    found = torchinfo.summary(model, input_data=list(inputs.values()), verbose=0, device="cpu")
    return (Counted(found.total_params, found.total_mult_adds),)


def of_fvcore(model: nn.Module, inputs: Inputs) -> tuple[Counted]:
    flops = (
        FlopCountAnalysis(model, tuple(inputs.values()))
        .unsupported_ops_warnings(False)
        .uncalled_modules_warnings(False)
    )
    return (Counted(parameter_count(model)[""], int(flops.total())),)


def of_ptflops(model: nn.Module, inputs: Inputs) -> tuple[Counted]:
    one = next(iter(inputs.values()))
    entering: Any = one if len(inputs) == 1 else inputs
    with redirect_stdout(io.StringIO()):
        macs, params = ptflops.get_model_complexity_info(
            model,
            tuple(one.shape[1:]),
            as_strings=False,
            print_per_layer_stat=False,
            input_constructor=lambda _: entering,
        )
    return (Counted(params, macs),)


def of_thop(model: nn.Module, inputs: Inputs) -> tuple[Counted]:
    macs, params = thop.profile(model, tuple(inputs.values()), verbose=False)
    return (Counted(whole(params), whole(macs)),)


def of_calflops(model: nn.Module, inputs: Inputs) -> tuple[Counted, Counted]:
    """MACs, then FLOPs."""
    lonely = next(model.parameters(), None) is None
    if lonely:
        model.unused = nn.Parameter(torch.zeros(1))  # it asks the first parameter for its device
    flops, macs, params = calflops.calculate_flops(
        model, args=list(inputs.values()), print_results=False, output_as_string=False
    )
    if lonely:
        del model.unused
    return Counted(params - lonely, macs), Counted(params - lonely, flops)


def whole(number: float) -> int:
    assert number == int(number)
    return int(number)


TOOLS: dict[str, Callable[[nn.Module, Inputs], tuple[Counted, ...]]] = {
    "torchinfo": of_torchinfo,
    "fvcore": of_fvcore,
    "ptflops": of_ptflops,
    "thop": of_thop,
    "calflops": of_calflops,
}
FORK = multiprocessing.get_context("fork")
torch.set_num_threads(1)  # which a process that is forked needs
NAMES = {"calflops": ("calflops", "calflops-flops")}
"""The conventions of a tool that has several."""


def counts(model: nn.Module, inputs: Inputs) -> dict[str, Counted | None]:
    """By the name of the convention; None where the tool itself fails."""
    model.eval()
    found: dict[str, Counted | None] = {}
    for tool in TOOLS:
        names = NAMES.get(tool, (tool,))
        found |= zip(names, alone(tool, model, inputs) or (None,) * len(names), strict=True)
    return found


def alone(tool: str, model: nn.Module, inputs: Inputs) -> tuple[Counted, ...] | None:
    """The result of a tool, in a process of its own: some tools modify PyTorch."""
    here, there = FORK.Pipe()
    process = FORK.Process(target=lambda: there.send(attempt(tool, model, inputs)))
    process.start()
    found: tuple[Counted, ...] | None = here.recv()
    process.join()
    return found


def attempt(tool: str, model: nn.Module, inputs: Inputs) -> tuple[Counted, ...] | None:
    try:
        return TOOLS[tool](model, inputs)
    except Exception as error:
        print(f"{tool}: {error!r}", file=sys.stderr)
        return None
