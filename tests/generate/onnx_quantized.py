"""Quantizes a small ONNX model as ONNX Runtime does, for the tests of data types.

    python tests/generate/onnx_quantized.py

writes `tests/data/onnx/quantized/NAME.onnx` and `tests/data/onnx_quantized.csv`, with the elements
of the stored matrices and kernels of each type, by the onnx package.  Needs torch, onnx and
onnxruntime.
"""

from __future__ import annotations

import csv
import io
import logging
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Any

import numpy
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from torch import Tensor, nn

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "data" / "onnx" / "quantized"
TABLE = ROOT / "tests" / "data" / "onnx_quantized.csv"
SIZES = (1, 3, 16, 16)
MATRICES = ("Conv", "ConvInteger", "QLinearConv", "MatMul", "MatMulInteger", "Gemm", "QGemm")


class Residual(nn.Module):
    """Two residual blocks, a norm of vectors and a dense layer."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.first = nn.Sequential(
            nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1)
        )
        self.second = nn.Sequential(
            nn.Conv2d(4, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1)
        )
        self.shortcut = nn.Conv2d(4, 8, 1, stride=2)
        self.fc = nn.Linear(8, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.stem(x))
        x = torch.relu(x + self.first(x))
        x = torch.relu(self.shortcut(x) + self.second(x))
        return self.fc(x.mean((2, 3)))


class Samples(CalibrationDataReader):
    """A few random images."""

    def __init__(self) -> None:
        self.left = 3

    def get_next(self) -> dict[str, Any] | None:
        self.left -= 1
        image = numpy.random.default_rng(self.left + 3).standard_normal(SIZES)
        return {"x": image.astype(numpy.float32)} if self.left >= 0 else None


def static(
    form: QuantFormat, activations: QuantType, weights: QuantType, **options: Any
) -> Callable[[str, str], None]:
    def quantize(path: str, result: str) -> None:
        quantize_static(
            path,
            result,
            Samples(),
            quant_format=form,
            activation_type=activations,
            weight_type=weights,
            **options,
        )

    return quantize


def dynamic(weights: QuantType) -> Callable[[str, str], None]:
    return lambda path, result: quantize_dynamic(path, result, weight_type=weights)


QDQ, QOPERATOR = QuantFormat.QDQ, QuantFormat.QOperator
INT8, UINT8 = QuantType.QInt8, QuantType.QUInt8
QUANTIZED: dict[str, Callable[[str, str], None]] = {
    "qdq_int8": static(QDQ, INT8, INT8, per_channel=True),
    "qdq_uint8_int8": static(QDQ, UINT8, INT8),
    "qdq_uint16_int8": static(QDQ, QuantType.QUInt16, INT8),
    "qdq_convolutions": static(QDQ, INT8, INT8, op_types_to_quantize=["Conv"]),
    "qdq_dense_int4": static(QDQ, INT8, QuantType.QInt4, op_types_to_quantize=["Gemm"]),
    "operators_uint8": static(QOPERATOR, UINT8, UINT8),
    "operators_uint8_int8": static(QOPERATOR, UINT8, INT8),
    "dynamic_int8": dynamic(INT8),
    "dynamic_uint8": dynamic(UINT8),
}


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable()
    FOLDER.mkdir(exist_ok=True)
    torch.manual_seed(0)
    model = Residual().eval()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "net.onnx"
        plain.write_bytes(exported(model, torch.zeros(SIZES)))
        for name, quantize in QUANTIZED.items():
            path = FOLDER / f"{name}.onnx"
            quantize(str(plain), str(path))
            rows.append([name, *counted(onnx.load(str(path)))])
    half = exported(model.half(), torch.zeros(SIZES).half())
    (FOLDER / "half.onnx").write_bytes(half)
    rows.append(["half", *counted(onnx.load_from_string(half))])
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "weights", "program"])
        writer.writerows(rows)


def exported(model: nn.Module, x: Tensor) -> bytes:
    buffer = io.BytesIO()
    torch.onnx.export(model, (x,), buffer, dynamo=False, opset_version=17, input_names=["x"])
    return buffer.getvalue()


def counted(model: onnx.ModelProto) -> tuple[str, str]:
    """The elements of stored matrices by their types, and the program."""
    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    made = {node.output[0]: node for node in graph.node if node.op_type == "DequantizeLinear"}
    found: Counter[str] = Counter()
    for node in graph.node:
        for name in node.input if node.op_type in MATRICES else ():
            tensor = stored.get(made[name].input[0] if name in made else name)
            if tensor is not None and len(tensor.dims) > 1:
                found[onnx.TensorProto.DataType.Name(tensor.data_type)] += prod(tensor.dims)
    words = " ".join(f"{word.lower()}={count}" for word, count in sorted(found.items()))
    return words, f"onnxruntime {onnxruntime.__version__}"


if __name__ == "__main__":
    main()
