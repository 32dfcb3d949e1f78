"""ONNX files as whole processes: against the bundled network, many nodes, and other tools."""

from __future__ import annotations

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support import onnx

from .bounds import NODES, NODES_SECONDS, ONNX_RATIO, SHOWS, TABLE
from .inside import NETWORK
from .measure import ROOT, alternate, cnncalc, once, python
from .table import FigureTable, megabytes, milliseconds, times, within

EXPORT = ROOT / "tests" / "data" / "onnx" / f"{NETWORK}.onnx.gz"
"""PyTorch's file, of whose weights only the first numbers are kept; they are not read."""

SHOW_FILE = f"show {NETWORK}.onnx"
SHOW_WEIGHTS = f"{SHOW_FILE} with its weights"
WITH_WEIGHTS = ("--to", "onnx", "--weights", "random")
READ = """\
import gc, sys
gc.disable()  # as the command does
from cnncalc.importers.load import sketch_of_file
sketch_of_file(sys.argv[1])
"""


def model_files(largest: int, rounds: int) -> FigureTable:
    """The table of one file against the network by hand, and of a file with many nodes."""
    count = min(largest, NODES)
    read, show = f"read {count:,} nodes", f"show {count:,} nodes"
    with TemporaryDirectory() as folder:
        path, weighted, long = (
            Path(folder) / f"{name}.onnx" for name in ("small", "large", "long")
        )
        path.write_bytes(gzip.decompress(EXPORT.read_bytes()))
        once(cnncalc("export", NETWORK, *WITH_WEIGHTS, "-o", str(weighted)))
        size = weighted.stat().st_size
        long.write_bytes(chain(count))
        commands = {
            TABLE: SHOWS[TABLE],
            SHOW_FILE: cnncalc("show", str(path)),
            SHOW_WEIGHTS: cnncalc("show", str(weighted)),
            read: python(READ, str(long)),
            show: cnncalc("show", str(long)),
        }
        samples = alternate(commands, rounds)
    rows = []
    for name, sample in samples.items():
        ratio = sample.processor / samples[TABLE].processor
        bounds = {
            SHOW_FILE: within(ratio, ONNX_RATIO),
            SHOW_WEIGHTS: within(ratio, ONNX_RATIO),
            read: within(sample.processor, NODES_SECONDS, " s"),
            show: within(sample.processor, NODES_SECONDS, " s"),
        }
        cells = (milliseconds(sample.processor), megabytes(sample.peak), times(ratio))
        rows.append((name, *cells, bounds.get(name, "")))
    return FigureTable(
        "ONNX files",
        ("process", "CPU time", "peak", f"/ {TABLE}", "bound"),
        rows,
        f"{NETWORK}.onnx is PyTorch's export without the numbers of its weights; the file with them"
        f" has {size / 1e6:,.0f} MB, and is written by cnncalc. The file of many nodes has"
        " convolutions, activations and sums, in a module for every four of them.",
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
