"""The numbers of each step at the end of its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..engine.analysis import Analysis, GroupAnalysis
from ..lint.usage import all_steps, bodies
from ..named_tuple import NamedTuple
from ..network import Value
from ..problem import Span
from ..shape import Shape
from ..views.text import short
from .edited_file import EditedFile
from .text_lines import TextPlace

MAX_OUTPUTS = 3  # shapes of a step with several outputs that are listed
SKIPPED = "skipped"
BRANCH = "branch"  # the kind of the group of a named operand


class StepHint(NamedTuple):
    """A text after a step, and the span of the word of that step."""

    place: TextPlace
    text: str
    word: Span


def hints(edited: EditedFile) -> list[StepHint]:
    """A hint for each step.

    While a file has an error, the steps before it have new hints, and the others those that they
    had last.
    """
    fresh = sorted(own_hints(edited))
    good = edited.good
    if good is None or good is edited:
        return fresh
    last_line = fresh[-1].place.line if fresh else 0
    before = sorted(own_hints(good))
    return [*fresh, *(one for one in moved(before, good, edited) if one.place.line > last_line)]


def own_hints(edited: EditedFile) -> Iterator[StepHint]:
    """The hints of the layers and groups that were built, and of the skipped steps."""
    analysis = edited.analysis
    if analysis is None:
        return
    texts = {span: layers_text(analysis, found) for span, found in edited.layers_at.items()}
    for span, found in edited.groups_at.items():
        groups = [analysis.groups[number] for number in found]
        if groups[0].group.kind != BRANCH:
            texts[span] = groups_text(groups)
        elif (place := edited.index.end_of_branch(span)) is not None:
            yield StepHint(place, groups_text(groups), span)
    for span in skipped_steps(edited):
        texts.setdefault(span, SKIPPED)
    for span, text in texts.items():
        yield StepHint(edited.index.end_of_step(span), text, span)


def layers_text(analysis: Analysis, numbers: Sequence[int]) -> str:
    """The output and the params of a step, or the range of the outputs of all its layers."""
    layers = [analysis.layers[number] for number in numbers]
    outputs = [shapes_text(layer.node.shapes) for layer in layers]
    return hint_text(outputs, sum(layer.params for layer in layers if not layer.repeats))


def groups_text(groups: Sequence[GroupAnalysis]) -> str:
    """The same for the groups of a step; those inside another one are its iterations."""
    outermost: list[GroupAnalysis] = []
    for one in groups:
        if not outermost or one.group.start >= outermost[-1].group.end:
            outermost.append(one)
    outputs = [shapes_text(shapes_of(one.group.outputs)) for one in outermost]
    return hint_text(outputs, sum(one.params for one in outermost))


def hint_text(outputs: Sequence[str], params: int) -> str:
    """The text of a hint.

    >>> hint_text(["64x56x56"], 36_928), hint_text(["64x8x8", "9x8x8"], 0)
    ('-> 64x56x56  36.9k', '2x  64x8x8 .. 9x8x8')
    >>> hint_text(["10", "10"], 0)
    '2x  10'
    """
    first, last = outputs[0], outputs[-1]
    if len(outputs) == 1:
        text = f"-> {first}"
    else:
        is_range = len(set(outputs)) > 1
        text = f"{len(outputs):,}x  {first}" + (f" .. {last}" if is_range else "")
    return f"{text}  {short(params)}" if params else text


def shapes_of(values: Sequence[Value]) -> list[Shape]:
    return [value.shape for value in values]


def shapes_text(shapes: Sequence[Shape]) -> str:
    """The shapes of one value, or of several outputs."""
    texts = [str(shape) for shape in shapes[:MAX_OUTPUTS]]
    more = [f"{len(shapes) - MAX_OUTPUTS} more"] if len(shapes) > MAX_OUTPUTS else []
    return " + ".join([*texts, *more])


def skipped_steps(edited: EditedFile) -> Iterator[Span]:
    """The words of the steps whose `when` is false wherever they are."""
    conditions = edited.parsed.conditions
    document = edited.read.document
    if document is None or not conditions:
        return
    for body in bodies(document):
        for step in all_steps(body):
            if step.when is not None and conditions.get(step.when.span) == {False}:
                yield step.span


# The hints of an earlier text


def moved(found: Sequence[StepHint], before: EditedFile, after: EditedFile) -> Iterator[StepHint]:
    """Hints of an earlier text on the lines that are the same, and on those that were edited.

    Lines that were added or deleted have no hint.
    """
    old, new = before.read.lines, after.read.lines
    head = common_length(old, new)
    tail = min(common_length(old[::-1], new[::-1]), len(old) - head, len(new) - head)
    is_same_length = len(old) == len(new)
    for one in found:
        line = one.place.line
        if line > len(old) - tail:
            yield one._replace(place=TextPlace(line + len(new) - len(old), one.place.column))
        elif line <= head:
            yield one
        elif is_same_length:
            yield one._replace(place=TextPlace(line, len(new[line - 1].rstrip()) + 1))


def common_length(one: Sequence[str], other: Sequence[str]) -> int:
    """The number of equal lines at the start."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
