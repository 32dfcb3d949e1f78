"""Checks exported ONNX files with the onnx package and onnxruntime, and records the result.

    PYTHONPATH=. python tests/generate/onnx_exports.py [NAME ...]

writes `tests/data/onnx_exports.csv`: for each bundled name and the example of each kind of layer,
the size and the nodes of the file, what the checker and the inference of shapes report, whether
onnxruntime runs it with a batch of 2 and gives the shapes of the outputs, and the reason why a file
cannot be written or why another network is read from it.  Networks of more than 20 GMACs are not
run.  `read` is what differs in the network that cnncalc reads from the file.  With names, only
their rows are made anew.
Needs onnx and onnxruntime.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy
import onnx
import onnxruntime

from cnncalc import Error
from cnncalc.engine import analyse
from cnncalc.exporters.errors import ExportError
from cnncalc.exporters.formats import FORMATS, ExportOptions
from cnncalc.layers import LAYERS
from cnncalc.parser import TracedNetwork
from tests.support.exports import BUNDLED, ONNX_TABLE, rows_of, traced_network, write_rows
from tests.support.round_trips import ONNX_READ_AS, differences, read_back, reasons_for

COLUMNS = ("name", "bytes", "nodes", "checker", "runtime", "read", "reason")
MOST_MACS = 20 * 10**9
BATCH = 2


def row(name: str, traced: TracedNetwork) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    found["name"] = name
    try:
        data = FORMATS["onnx"].write(traced, ExportOptions()).data
    except ExportError as error:
        return found | {"reason": str(error)}
    model = onnx.load_model_from_string(data)
    found |= {"bytes": len(data), "nodes": len(model.graph.node)}
    found["checker"] = checked(model)
    try:
        read = read_back(data, ".onnx")
        found["read"] = differences(traced.network, read, has_training=False) or "equal"
        found["reason"] = reasons_for(found["read"], ONNX_READ_AS)
    except Error as error:
        found["read"] = f"not read: {str(error).partition(';')[0]}"
    macs = analyse(traced.network).totals.macs
    found["runtime"] = "not run" if macs > MOST_MACS else ran(traced, data)
    return found


def checked(model: onnx.ModelProto) -> str:
    """ "ok", or the first line of the error of the checker with full inference of shapes."""
    try:
        onnx.checker.check_model(model, full_check=True)
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    except Exception as error:
        return str(error).splitlines()[0]
    for before, after in zip(model.graph.output, inferred.graph.output, strict=True):
        if before != after:
            return f"the inferred shape of {before.name} is another one"
    return "ok"


def ran(traced: TracedNetwork, data: bytes) -> str:
    """ "ok", or what is wrong with the outputs that onnxruntime calculates."""
    network = traced.network
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(data, options)
        feeds = {
            found.name: numpy.ones(
                (BATCH, *found.shape[1:]),
                numpy.int64 if found.type == "tensor(int64)" else numpy.float32,
            )
            for found in session.get_inputs()
        }
        results = session.run(None, feeds)
    except Exception as error:
        return str(error).splitlines()[0]
    wanted = [
        tuple(value.shape)
        for name, value in network.outputs.items()
        if name not in network.training_outputs
    ]
    shapes = [result.shape[1:] for result in results]
    if shapes != wanted:
        return f"the shapes are {shapes}, not {wanted}"
    return "ok"


def main(names: list[str]) -> None:
    everything = [*(f"layer:{kind}" for kind in LAYERS), *BUNDLED]
    rows: dict[str, Any] = rows_of(ONNX_TABLE) if ONNX_TABLE.exists() else {}
    for name in names or everything:
        rows[name] = row(name, traced_network(name))
        print(*rows[name].values(), flush=True)
    write_rows(ONNX_TABLE, COLUMNS, [rows[name] for name in everything if name in rows])


if __name__ == "__main__":
    main(sys.argv[1:])
