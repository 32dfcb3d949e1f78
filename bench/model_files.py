"""ONNX files as whole processes: against the bundled network, many nodes, and other tools."""

from __future__ import annotations

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support import onnx

from .bounds import NODES, NODES_SECONDS, ONNX_RATIO, SHOWS, TABLE
from .inside import NETWORK
from .measure import ROOT, alternate, cnncalc, python
from .table import FigureTable, times, timings, within

EXPORT = ROOT / "tests" / "data" / "onnx" / f"{NETWORK}.onnx.gz"
"""PyTorch's file, of whose weights only the first numbers are kept; they are not read."""

SHOW_FILE = f"show {NETWORK}.onnx"
READ = """\
import gc, sys
gc.disable()  # as the command does
from cnncalc.importers.load import sketch_of_file
sketch_of_file(sys.argv[1])
"""


def model_files(largest: int, rounds: int) -> FigureTable:
    """The table of one file against the network by hand, and of a file with many nodes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{NETWORK}.onnx"
        path.write_bytes(gzip.decompress(EXPORT.read_bytes()))
        commands = {TABLE: SHOWS[TABLE], SHOW_FILE: cnncalc("show", str(path))}
        count = min(largest, NODES)
        long = Path(folder) / "long.onnx"
        long.write_bytes(chain(count))
        read = f"read {count:,} nodes"
        samples = alternate({**commands, read: python(READ, str(long))}, rounds)
    rows = []
    for name, sample in samples.items():
        ratio = sample.seconds / samples[TABLE].seconds
        bounds = {
            SHOW_FILE: within(ratio, ONNX_RATIO),
            read: within(sample.seconds, NODES_SECONDS, " s"),
        }
        rows.append((name, *timings(sample), times(ratio), bounds.get(name, "")))
    return FigureTable(
        "ONNX files",
        ("process", "median", "least", "peak", f"/ {TABLE}", "bound"),
        rows,
        f"{NETWORK} is PyTorch's export. The file of many nodes has convolutions, activations and"
        " sums in a module for every four of them; it is read, but not folded.",
    )


def chain(count: int) -> bytes:
    """A file of so many nodes: residual modules of two convolutions, one after the other."""
    nodes: list[bytes] = []
    tensors: list[bytes] = []
    value = "x"
    for module in range(max(1, count // 4)):
        names = [f"{module}.{word}" for word in ("conv1", "relu", "conv2", "sum")]
        weights = [f"{module}.{word}" for word in ("weight1", "weight2")]
        tensors += [onnx.tensor(name, [8, 8, 1, 1]) for name in weights]
        scope = f"/blocks.{module}"
        nodes += [
            onnx.node("Conv", [value, weights[0]], [names[0]], f"{scope}/conv1/Conv"),
            onnx.node("Relu", [names[0]], [names[1]], f"{scope}/relu/Relu"),
            onnx.node("Conv", [names[1], weights[1]], [names[2]], f"{scope}/conv2/Conv"),
            onnx.node("Add", [names[2], value], [names[3]], f"{scope}/Add"),
        ]
        value = names[3]
    return onnx.model(nodes, tensors, (1, 8, 8, 8), (value,))
