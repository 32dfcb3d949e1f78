"""What an exported file is read as, compared with the network that it was written from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import cnncalc
from cnncalc.documents.diff import DifferenceRow
from cnncalc.network import Network

ONNX_READ_AS = {
    "-dropout": "a dropout that drops nothing is nothing",
    "-droppath": "it acts in training alone: a file that is run has an identity",
    "-identity": "it is nothing",
    "-add": "a sum of one operand is nothing",
    "-concat": "of one operand is nothing",
    "conv=depthwise": "a convolution with a group for each channel is depthwise",
    "avgpool=global_avgpool": "a window of the whole map",
    "maxpool=global_maxpool": "a window of the whole map",
    "adaptive_avgpool=avgpool": "windows of equal sizes are a pooling",
    "adaptive_avgpool=global_avgpool": "one window of the whole map",
    "-adaptive_avgpool": "to the size of the input: it is nothing",
    "-crop +slice": "a slice along each axis",
    "-pixel_unshuffle +permute +reshape": "SpaceToDepth has the channels in another order",
    "-reduce_mean +flatten +global_avgpool": "a mean over space",
    "hardtanh.max hardtanh.min": "its usual bounds are numbers in a file",
    "trainable": "a file does not state what is trained",
}
"""How the layers of a file differ from those that it was written from, with the reasons."""


def differences(network: Network, data: bytes, ending: str) -> str:
    """What differs between a network and the file that it was exported to, in words.

    The word `+kind` is a layer that only the file has, `-kind` one that it lacks, `kind=other` one
    that is another there, and `kind.argument` an argument.  Layers of training are not in a file.
    Raises UnreadableFile.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"net{ending}"
        path.write_bytes(data)
        found = cnncalc.diff(network, cnncalc.load(path), flat=True)
    training = {node.path for node in network.nodes if node.training_only}
    rows = [row for row in found.layers if row.path_before not in training]
    words = sorted({word for row in rows for word in words_of(row)})
    totals = [f"{name} {found.delta[name]:+}" for name in ("params", "buffers", "macs")]
    return " ".join([*words, *(one for one in totals if not one.endswith(" +0"))])


def words_of(row: DifferenceRow) -> Iterator[str]:
    if "added" in row.what:
        yield f"+{row.type}"
    elif "removed" in row.what:
        yield f"-{row.type}"
    elif "changed" in row.what:
        for change in row.changes:
            if change.name == "type":
                yield f"{change.before}={change.after}"
            elif change.name == "trainable":
                yield change.name
            else:
                yield f"{row.type}.{change.name}"
