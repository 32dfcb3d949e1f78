"""A Sketch -> a file that is the model exactly, in the most readable form that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Literal

from ..escape import safe
from ..folding.folding import flat_tree, folded_tree
from ..folding.mining import MOST_STEPS, has_modules, is_mined
from ..limits import MAX_LAYERS
from ..named_tuple import NamedTuple
from ..network import Network
from ..parser import Parsed, parse
from ..sketch import Sketch, SketchTotals
from ..unparse.layout import Tree, file_text
from .builder import CUSTOM
from .check import differences_of
from .data_types import with_common_types
from .errors import ImportFailed
from .outputs import with_different_outputs
from .rewrites import simplified

FileForm = Literal["folded", "careful", "flat"]
"""How a file was made: with blocks and expressions, with equal blocks alone, or layer by layer."""

FOLDING_FAULTS = (
    *(KeyError, IndexError, AssertionError, AttributeError, ValueError, RecursionError),
)
"""Errors of a form, in place of which a simpler one is tried."""

LARGE = 10_000  # numbers from here on are written with separators


class ImportedModel(NamedTuple):
    """A model as an architecture file.

    `text` is the file, `notes` say what it does not state.  `reasons` are the differences for
    which a more readable form was given up.  `parsed` is the file as it was read for the
    comparison with the model.
    """

    sketch: Sketch
    text: str
    form: FileForm
    reasons: tuple[str, ...]
    parsed: Parsed

    @property
    def network(self) -> Network:
        """The network of the file."""
        assert self.parsed.network is not None
        return self.parsed.network

    @property
    def totals(self) -> SketchTotals:
        """The model's own numbers, which are those of the file."""
        return self.sketch.totals()

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(notes_on(self.sketch))

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    def to_yaml(self) -> str:
        """The text of the file."""
        return self.text


def import_sketch(sketch: Sketch, *, is_flat: bool = False) -> ImportedModel:
    """The file of a Sketch.  Raises ImportFailed if no form of it is the model exactly."""
    sketch = with_common_types(simplest(with_different_outputs(sketch)))
    if not sketch.layers:
        raise ImportFailed("the model has no layers: its outputs are its inputs")
    if len(sketch.layers) > MAX_LAYERS:  # no form of it could be read
        count = len(sketch.layers)
        raise ImportFailed(f"the model has {count:,} layers, more than {MAX_LAYERS:,}")
    forms: dict[FileForm, Callable[[], dict[str, Tree]]] = {
        "folded": lambda: folded_tree(sketch),
        "careful": lambda: folded_tree(sketch, is_careful=True),
        "flat": lambda: flat_tree(sketch),
    }
    if is_flat:
        forms = {"flat": forms["flat"]}
    reasons: list[str] = []
    for form, tree_of in forms.items():
        try:
            tree = with_expectations(tree_of(), sketch)
            text = file_text(tree, list(map(safe, notes_on(sketch))))
        except FOLDING_FAULTS as error:
            reasons.append(f"{form}: {type(error).__name__}: {error}")
            continue
        parsed = parse(text.encode(), sketch.name)
        found = differences_of(parsed, sketch)
        if not found:
            return ImportedModel(sketch, text, form, tuple(reasons), parsed)
        reasons.append(f"{form}: {found[0]}")
    raise ImportFailed(f"the model cannot be stated exactly: {'; '.join(reasons)}")


def simplest(sketch: Sketch) -> Sketch:
    """The Sketch with the layers that people would write."""
    found = simplified(sketch)
    if all(layer.kind != "softmax" for layer in found.layers):
        return found
    from .attention.recognition import attentions  # many models have none

    return simplified(attentions(found))


def with_expectations(tree: dict[str, Tree], sketch: Sketch) -> dict[str, Tree]:
    """The file with `expect`: its output and its totals."""
    totals = sketch.totals()
    expect: dict[str, Tree] = {}
    outputs = [output for output in sketch.outputs if not output.is_training_only]
    if len(outputs) == 1:
        shape = outputs[0].value.shape
        expect["output"] = str(shape) if len(shape) > 1 else [str(shape)]
    expect["params"] = separated(totals.params)
    if totals.buffers:
        expect["buffers"] = separated(totals.buffers)
    expect["macs"] = separated(totals.macs)
    return {**tree, "expect": expect}


def separated(number: int) -> str:
    """A number as a file has it: 25_557_032."""
    return f"{number:_}" if number >= LARGE else str(number)


def notes_on(sketch: Sketch) -> Iterator[str]:
    """What the file does not state, in sentences."""
    yield from sketch.notes
    if not has_modules(sketch) and not is_mined(sketch):
        yield (
            f"the model has no modules and more than {MOST_STEPS:,} layers, in which no blocks are "
            "sought: only equal layers that follow each other are one step"
        )
    if sketch.unused:
        yield unused_note(sketch)
    customs = Counter(
        (str(layer.arguments.get("operation", layer.kind)), layer.note)
        for layer in sketch.layers
        if layer.kind == CUSTOM
    )
    for (operation, reason), times in customs.items():
        often = f"{times} times" if times > 1 else "once"
        yield f"{operation} is stated by its numbers, {often}: {reason}"


def unused_note(sketch: Sketch) -> str:
    """The parameters that no layer reads; empty if there are none."""
    if not sketch.unused:
        return ""
    modules = dict.fromkeys(name.partition(".")[0] for name in sketch.unused)
    names = ", ".join(list(modules)[:6]) + (", ..." if len(modules) > 6 else "")
    return f"{sum(sketch.unused.values()):,} parameters are in no layer that was run: {names}"
