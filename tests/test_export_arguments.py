"""No argument of a layer is dropped by an export: the file is another one, or it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from cnncalc.exporters.errors import ExportError
from cnncalc.exporters.formats import FORMATS, ExportOptions
from cnncalc.layers import LAYERS, layer_class
from cnncalc.parser import TracedNetwork, build_traced, read_document

from .support.exports import traced, without_docstrings
from .support.networks import example_text

VALUES = [True, False, 0, 1, 2, 3, 4, 7, 0.001, 0.3, 0.9, [1, 1], [2, 3], [3, 1]]
"""What every argument is given, if it accepts it, in addition to its words."""

NO_EFFECT = {
    ("attention", "axes"): "the example has one axis, which is all of them",
    ("avgpool", "ceil"): "the windows of the example fit",
    ("avgpool", "count_include_pad"): "the example has no padding",
    ("hardtanh", "max"): "1 is the default",
    ("dropout", "inplace"): "Keras and ONNX have no word for where a result is stored",
    ("constant", "buffer"): "ONNX stores both kinds in the same way",
    ("instancenorm", "momentum"): "it has no running statistics",
    ("droppath", "p"): "a file that is run has no training",
    ("l2norm", "eps"): "0 is what ONNX has",
    ("linear", "axis"): "a vector has one axis",
    **dict.fromkeys((("lstm", "axis"), ("gru", "axis"), ("rnn", "axis")), "time is the only axis"),
    ("reduce_std", "correction"): "1 is the default",
    ("reduce_var", "correction"): "1 is the default",
    ("softplus", "beta"): "1 is the default",
    ("upsample", "align_corners"): "false is the default",
    ("upsample", "mode"): "linear interpolation has a word for each number of axes",
}
"""Arguments whose value leaves the file of some format as it is, with the reasons."""


def built(text: str) -> TracedNetwork | None:
    """The network of a file; None if it has an error."""
    return build_traced(read_document(text.encode(), "net.yaml"))[1]


def variants(kind: str) -> Iterator[tuple[str, TracedNetwork]]:
    """The example of a kind with another value of one of its arguments, and the argument's name."""
    example = yaml.safe_load(example_text(kind))
    *before, last = example["layers"]
    step = {last: None} if isinstance(last, str) else last
    plain = traced(example_text(kind)).network.nodes[-1].layer
    for index, (field_name, field) in enumerate(layer_class(kind).fields.items()):
        name = field_name.rstrip("_")
        key = kind if index == 0 and step.get(kind) is not None else name
        for value in [*VALUES, *field.type.words]:
            found = built(file_text({**example, "layers": [*before, {**step, key: value}]}))
            if found is None or found.network.nodes[-1].layer == plain:
                continue
            yield name, found


def file_text(tree: Any) -> str:
    return yaml.safe_dump(tree, sort_keys=False).replace(": null", ":")


def content(network: TracedNetwork, form: str, is_flat: bool = False) -> object:
    """What is written, without docstrings; None if the network is refused."""
    try:
        written = FORMATS[form].write(network, ExportOptions(is_flat))
    except ExportError:
        return None
    return without_docstrings(written.content) if written.content else written.data


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_every_argument_is_written_or_refused(form: str) -> None:
    tried: set[tuple[str, str]] = set()
    dropped: set[tuple[str, str]] = set()
    for kind in LAYERS:
        plain = content(traced(example_text(kind)), form)
        for name, network in variants(kind):
            tried.add((kind, name))
            found = content(network, form)
            if found == plain and found is not None:
                dropped.add((kind, name))
    assert dropped <= set(NO_EFFECT)
    assert len(tried) > 170
    if form == "pytorch":
        assert ("dropout", "inplace") in tried


def test_dropout_in_place_is_written() -> None:
    network = traced("input: 8\nlayers: [{dropout: 0.1, inplace: true}, relu]\n")
    for is_flat in (False, True):
        assert "nn.Dropout(0.1, inplace=True)" in str(content(network, "pytorch", is_flat))


SHARED = "{conv: 3, kernel: 3, padding: 1, shared: w%s}"
FROZEN = ", trainable: false"


@pytest.mark.parametrize("uses", [("", FROZEN), (FROZEN, ""), (FROZEN, FROZEN)])
@pytest.mark.parametrize(
    ("form", "words"), [("pytorch", ".requires_grad_(False)"), ("keras", "trainable=False")]
)
def test_a_shared_weight_is_frozen_if_all_its_uses_are(
    uses: tuple[str, str], form: str, words: str
) -> None:
    """As it is counted: a weight that one use trains is trained (docs/language.md)."""
    steps = ", relu, ".join(SHARED % use for use in uses)
    text = str(content(traced(f"input: 3x8x8\nlayers: [{steps}]\n"), form))
    assert (words in text) == (uses == (FROZEN, FROZEN))


@pytest.mark.parametrize("form", ["keras", "onnx"])
def test_a_softplus_with_a_threshold_is_refused(form: str) -> None:
    """log(1 + exp(20)) is 20 + 2e-9, which is 20 as a 32-bit float; below, it is another number."""
    for threshold, is_written in ((20, True), (30, True), (5, False)):
        network = traced(f"input: 8\nlayers: [{{softplus: , threshold: {threshold}}}]\n")
        assert (content(network, form) is not None) == is_written
