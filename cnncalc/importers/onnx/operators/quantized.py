"""Operators between real and quantized numbers, which are not layers."""

from __future__ import annotations

from ....onnx_format.elements import FLOAT, UINT8
from ..writer import ProgramWriter, Results
from .activation import alias
from .call import OperatorCall, OperatorRule, OperatorTable, OutputSizes, always, first_sizes


def quantized_type(call: OperatorCall) -> int:
    """The type of the zero point, or as an argument states it."""
    return call.tensor(2).type if call.has(2) else call.attribute("output_dtype", 0) or UINT8


def dynamic_sizes(call: OperatorCall) -> OutputSizes:
    """DynamicQuantizeLinear: the tensor, its scale and its zero point."""
    return [call.sizes(), (), ()]


def dynamic(w: ProgramWriter, call: OperatorCall) -> Results:
    return [w.tensor(call.name()), None, None]


OPERATORS: OperatorTable = {
    "QuantizeLinear": OperatorRule(first_sizes, alias, None, quantized_type),
    "DequantizeLinear": OperatorRule(first_sizes, alias, None, always(FLOAT)),
    "DynamicQuantizeLinear": OperatorRule(dynamic_sizes, dynamic),
}
