"""What an exported file is read as, compared with the network that it was written from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import cnncalc
from cnncalc.documents.diff import DifferenceRow
from cnncalc.network import Network

ALONE = "it moves or keeps elements, and a file of nothing else has no layers"
MOVED = "moved axes are followed, and written where a layer needs them"
DERIVED = "ONNX has no such operator: its parts are read as layers"
UNREAD = "no reader for its operator"

ONNX_READ_AS = {
    "add": "a sum of one operand is nothing",
    "concat": MOVED,
    "conv": "a convolution with a group for each channel is depthwise",
    "lstm": "each of several layers is a node",
    "attention": DERIVED,
    "avgpool": "a window of the whole map is global pooling",
    "adaptive_avgpool": "windows of equal sizes are a pooling; to the size of the input, nothing",
    "grn": DERIVED,
    "hardtanh": "its usual bounds are numbers in a file",
    "squash": DERIVED,
    "glu": DERIVED,
    "dropout": "a dropout that drops nothing is nothing",
    "droppath": "it acts in training alone: a file that is run has an identity",
    "identity": ALONE,
    "scale": "a summand of its own is another node",
    "weight": "a file of weights alone has no layers",
    "constant": "a file of constants alone has no layers",
    "tokens": ALONE,
    "permute": MOVED,
    "reshape": MOVED,
    "select": "indices one after the other are a slice",
    "crop": "a slice along each axis",
    "unfold": DERIVED,
    "pixel_unshuffle": "SpaceToDepth has the channels in another order, so that axes are moved",
    "reduce_mean": "a mean over space is global pooling",
    "reduce_std": DERIVED,
    "reduce_var": DERIVED,
    "expand": "repetition of what is the same is a concatenation",
    "deform_conv": UNREAD,
    "gather": UNREAD,
    "trainable": "a file does not state what is trained",
}
"""Kinds of layers that are not always read as themselves from an ONNX file, with the reasons."""


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


def unexplained(words: str) -> set[str]:
    """The kinds in `differences` that no reason is known for."""
    kinds = {word.lstrip("-").partition("=")[0].partition(".")[0] for word in words.split()}
    return {kind for kind in kinds - {"equal"} if not kind.startswith("+")} - set(ONNX_READ_AS)


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
