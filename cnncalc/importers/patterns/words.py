"""Short names for the parts of patterns."""

from __future__ import annotations

from collections.abc import Callable

from .matching import ChoicePattern, OperandPattern, Pattern, StoredPattern, ValuePattern


def operator(name: str) -> Callable[..., Pattern]:
    """A function that makes patterns of an operator."""

    def made(*operands: OperandPattern, label: str = "") -> Pattern:
        return Pattern(name, operands, label)

    return made


def one_of(*choices: OperandPattern) -> ChoicePattern:
    return ChoicePattern(choices)


add, sub, mul, div = (operator(name) for name in ("Add", "Sub", "Mul", "Div"))
power, root, erf, tanh = (operator(name) for name in ("Pow", "Sqrt", "Erf", "Tanh"))
sigmoid, hard_sigmoid = operator("Sigmoid"), operator("HardSigmoid")
softplus, clip, mean = operator("Softplus"), operator("Clip"), operator("ReduceMean")
norm, reciprocal = operator("ReduceL2"), operator("Reciprocal")
total, absolute = operator("ReduceSum"), operator("Abs")
matmul, conv, batch_norm = (operator(name) for name in ("MatMul", "Conv", "BatchNormalization"))
reshape, instance_norm = operator("Reshape"), operator("InstanceNormalization")
maximum, expand, concat, cut = (operator(name) for name in ("Max", "Expand", "Concat", "Slice"))
gather, pad = operator("Gather"), operator("Pad")
lstm, gru, transpose = operator("LSTM"), operator("GRU"), operator("Transpose")
conv_integer, matmul_integer = operator("ConvInteger"), operator("MatMulInteger")

X = ValuePattern("x")
GAIN, SHIFT, EPS = StoredPattern("gain"), StoredPattern("shift"), StoredPattern("eps")
MATRIX = StoredPattern("matrix")


squared_difference, square = operator("SquaredDifference"), operator("Square")
negative, reciprocal_root = operator("Neg"), operator("Rsqrt")


def squared(operand: OperandPattern) -> ChoicePattern:
    """ONNX has neither Square, SquaredDifference nor Rsqrt, other formats do."""
    return one_of(power(operand, 2.0), mul(operand, operand), square(operand))
