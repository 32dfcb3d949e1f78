"""What an exported file is read as, compared with the network that it was written from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import cnncalc
from cnncalc.documents.diff import DifferenceRow
from cnncalc.network import Network

BUFFER = "a file does not state whether a constant is stored with the weights"
MOVED = (
    "moved axes are followed, and written where a layer needs them: of axes that a reshape has"
    " joined, code does not say whether they are the channels"
)

COMPUTED = "what is computed of weights and constants alone is a custom layer with its weights"
UNUSED = "what no output depends on is omitted"
PADDED = "zeros that the window itself does not have are a layer before it"

FROM_WEIGHTS = dict.fromkeys(("mul", "weight", "constant", "depthwise"), COMPUTED)
NOT_READ = dict.fromkeys(("add", "conv", "params", "macs"), UNUSED)

PYTORCH_READ_AS = {**FROM_WEIGHTS, "add": UNUSED}
"""Kinds of layers of bundled networks that are not always read as themselves from exported source.

Each has its reason.
"""

ONNX_READ_AS = {
    **NOT_READ,
    **FROM_WEIGHTS,
    **dict.fromkeys(("constant.buffer", "buffers"), BUFFER),
}
"""Kinds of layers that are not always read as themselves from an ONNX file, with the reasons."""

CODE = "a class or a function of the code itself is not in the file of a model, or its parts are"
SAME_ELSEWHERE = "padding that keeps the size is `same` in a file that has it elsewhere"

KERAS_READ_AS = {
    **NOT_READ,
    **FROM_WEIGHTS,
    **dict.fromkeys(("reshape", "permute", "tokens", "flatten", "concat", "softmax"), MOVED),
    "conv": SAME_ELSEWHERE,
    "avgpool": PADDED,
    "pad": "what it cuts off is a crop before it",
    "maxpool": f"{PADDED}; a size that is rounded up is padding",
    "conv_transpose": "`same` of Keras, or a layer that crops",
    "linear": "those of training only are not exported",
    "lrn": CODE,
    "squash": CODE,
    "pixel_shuffle": "the only channel of an output is no axis of its own",
}
"""Kinds of layers that are not always read as themselves from a model of Keras."""

SAMPLES = "what it calculates is read, sample by sample, not what that is for"
PYTORCH_KINDS = {
    "unpool": "its indices are those of no pooling: a custom layer",
    "droppath": "it acts in training alone: PyTorch has no such module, and the source an identity",
    "constant": BUFFER,
    "deform_conv": SAMPLES,
    "custom": "what it computes is not stated, so that it cannot be exported",
    "correlation": SAMPLES,
}
"""Kinds of layers whose examples alone are read as other layers from exported source."""


TOTALS = ("params", "buffers", "macs")


def read_back(data: bytes, extension: str) -> Network:
    """The network that is read from a file.  Raises UnreadableFile."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"net{extension}"
        path.write_bytes(data)
        return cnncalc.load(path)


def differences(network: Network, found: Network, *, has_training: bool) -> str:
    """What differs between a network and what its export is read as, in words.

    The word `+kind` is a layer that only the export has, `-kind` one that it lacks, `kind=other`
    one that is another there, and `kind.argument` an argument; a number after it is how often.
    Layers of training count if the format `has_training`.
    """
    compared = cnncalc.diff(network, found, flat=True)
    training = {node.path for node in network.nodes if node.training_only and not has_training}
    rows = [row for row in compared.layers if row.path_before not in training]
    counts = Counter(word for row in rows for word in words_of(row))
    words = [word if count == 1 else f"{word}:{count}" for word, count in sorted(counts.items())]
    totals = [f"{name} {compared.delta[name]:+}" for name in TOTALS]
    return " ".join([*words, *(one for one in totals if not one.endswith(" +0"))])


def unexplained(words: str, reasons: Mapping[str, str]) -> set[str]:
    """The kinds in `differences` that no reason is known for."""
    return different_kinds(words) - set(reasons)


def reasons_for(words: str, reasons: Mapping[str, str]) -> str:
    """The reasons for the words of `differences`, each once.  Totals differ where layers do."""
    kinds = [(word, *different_kinds(word)) for word in words.split()]
    found = [next((one for one in kind if one in reasons), "") for kind in kinds]
    return "; ".join(dict.fromkeys(reasons[one] for one in found if one and one not in TOTALS))


def different_kinds(words: str) -> set[str]:
    """The kinds in `differences`.  What a layer reads differs where the layer before it does."""
    own = [word for word in words.split() if ".inputs" not in word] or words.split()
    own = [word for word in own if not word.lstrip("+-").isdigit()]
    kinds = {re.split(r"[.=:]", word.lstrip("-"))[0] for word in own}
    return {kind for kind in kinds - {"equal"} if not kind.startswith("+")}


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
