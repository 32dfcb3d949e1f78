"""Pooling, and reductions over axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...arrays import reduced, sizes_without
from ...errors import Unsupported
from ..writer import ProgramWriter, Results
from .call import (
    INDEX,
    Folding,
    OperatorCall,
    OperatorRule,
    OperatorTable,
    OutputSizes,
    Translation,
)
from .windows import positions_of, windows_of


def pooled_sizes(call: OperatorCall) -> OutputSizes:
    is_ceil = bool(call.attribute("ceil_mode", 0))
    positions = positions_of(windows_of(call), call.sizes()[2:], is_ceil)
    return [(*call.sizes()[:2], *positions)]


def pooled(word: str) -> Translation:
    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        windows = windows_of(call)
        more: dict[str, Any] = {}
        if word == "max":
            more["dilation"] = windows.dilation
        else:
            more["count_include_pad"] = bool(call.attribute("count_include_pad", 0))
        result = w.emit(
            f"{word}_pool{call.rank() - 2}d",
            sizes=pooled_sizes(call)[0],
            input=w.tensor(call.name()),
            kernel_size=windows.kernel,
            ceil_mode=bool(call.attribute("ceil_mode", 0)),
            **windows.keywords(),
            **more,
        )
        return [result]

    return translation


def global_sizes(call: OperatorCall) -> OutputSizes:
    return [(*call.sizes()[:2], *(1 for _ in call.sizes()[2:]))]


def pooled_globally(word: str) -> Translation:
    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        axes = call.rank() - 2
        if axes not in (1, 2, 3):
            raise Unsupported("pooling of other than one to three axes")
        x, sizes = w.tensor(call.name()), global_sizes(call)[0]
        return [w.emit(f"adaptive_{word}_pool{axes}d", x, (1,) * axes, sizes=sizes)]

    return translation


# Reductions

NumberReduction = Callable[[Sequence[Any]], Any]

CHAINS: Mapping[str, tuple[str, ...]] = {
    "ReduceMean": ("mean",),
    "ReduceSum": ("sum",),
    "ReduceMax": ("amax",),
    "ReduceMin": ("amin",),
    "ReduceProd": ("prod",),
    "ReduceL1": ("abs", "sum"),
    "ReduceL2": ("square", "sum", "sqrt"),
    "ReduceSumSquare": ("square", "sum"),
    "ReduceLogSum": ("sum", "log"),
    "ReduceLogSumExp": ("exp", "sum", "log"),
}
"""Reductions as functions one after the other, of which one reduces."""

REDUCING = ("mean", "sum", "amax", "amin", "prod")

NUMBER_REDUCTIONS: Mapping[str, NumberReduction] = {
    "ReduceProd": math.prod,
    "ReduceSum": sum,
    "ReduceMax": max,
    "ReduceMin": min,
    "ReduceMean": lambda values: sum(values) / len(values),
}


def reduced_axes(call: OperatorCall) -> list[int]:
    """The axes that a reduction is over; all of them, or none, if none are given."""
    given = call.integers("axes", 1)
    if not given and call.attribute("noop_with_empty_axes", 0):
        return []
    rank = call.rank()
    axes = given or range(rank)
    if any(not -rank <= axis < rank for axis in axes):
        raise Unsupported("an axis that is not there")
    return sorted({axis % rank for axis in axes})


def reduced_sizes(call: OperatorCall) -> OutputSizes:
    return [sizes_without(call.sizes(), reduced_axes(call), keeps=keeps_axes(call))]


def keeps_axes(call: OperatorCall) -> bool:
    return bool(call.attribute("keepdims", 1))


def reduction(functions: Sequence[str]) -> Translation:
    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        x = w.tensor(call.name())
        axes, keep = tuple(reduced_axes(call)), keeps_axes(call)
        if not axes:
            return [x]
        for function in functions:
            if function in REDUCING:
                sizes = sizes_without(x.sizes, axes, keeps=keep)
                x = w.emit(function, x, axes, keep, sizes=sizes)
            else:
                x = w.emit(function, x, sizes=x.sizes)
        return [x]

    return translation


def spread(function: str) -> Translation:
    """A variance or a deviation."""

    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        keep, correction = bool(call.attribute("keepdims")), call.attribute("correction")
        found = w.emit(
            function,
            w.tensor(call.name()),
            reduced_axes(call),
            correction=correction,
            keepdim=keep,
            sizes=reduced_sizes(call)[0],
        )
        return [found]

    return translation


def folded(function: NumberReduction) -> Folding:
    """The reduction of constants."""

    def folding(call: OperatorCall, sizes: OutputSizes) -> list[list[Any] | None]:
        return [reduced(function, call.numbers(0), call.sizes(), reduced_axes(call))]

    return folding


def arg_sizes(call: OperatorCall) -> OutputSizes:
    return [sizes_without(call.sizes(), [call.axis()], keeps=keeps_axes(call))]


def position_of(word: str) -> Translation:
    def translation(w: ProgramWriter, call: OperatorCall) -> Results:
        return [w.emit(word, w.tensor(call.name()), sizes=arg_sizes(call)[0])]

    return translation


def top_sizes(call: OperatorCall) -> OutputSizes:
    """TopK: so many positions along an axis, and where they are."""
    axis = call.axis(default=-1)
    count = (
        (call.integers("k", 1) or (1,))[0] if call.attribute("k") is None else call.attribute("k")
    )
    sizes = (*call.sizes()[:axis], int(count), *call.sizes()[axis + 1 :])
    return [sizes, sizes]


def top(w: ProgramWriter, call: OperatorCall) -> Results:
    return list(w.emit_parts("topk", w.tensor(call.name()), sizes=top_sizes(call)))


VARIANCE, DEVIATION = "var", "std"
"""What was several operators; `correction` is subtracted from the number of elements."""

OPERATORS: OperatorTable = {
    **{name: OperatorRule(reduced_sizes, spread(name)) for name in (VARIANCE, DEVIATION)},
    "MaxPool": OperatorRule(pooled_sizes, pooled("max")),
    **dict.fromkeys(
        ("AveragePool", "com.microsoft.QLinearAveragePool"),
        OperatorRule(pooled_sizes, pooled("avg")),
    ),
    **dict.fromkeys(
        ("GlobalAveragePool", "com.microsoft.QLinearGlobalAveragePool"),
        OperatorRule(global_sizes, pooled_globally("avg")),
    ),
    "GlobalMaxPool": OperatorRule(global_sizes, pooled_globally("max")),
    **{
        name: OperatorRule(
            reduced_sizes,
            reduction(functions),
            folded(NUMBER_REDUCTIONS[name]) if name in NUMBER_REDUCTIONS else None,
        )
        for name, functions in CHAINS.items()
    },
    "ArgMax": OperatorRule(arg_sizes, position_of("argmax"), None, INDEX),
    "ArgMin": OperatorRule(arg_sizes, position_of("argmin"), None, INDEX),
    "TopK": OperatorRule(top_sizes, top),
}
