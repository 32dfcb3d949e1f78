"""Calls of layers and blocks: their arguments, against what they take."""

from __future__ import annotations

from collections.abc import Mapping

from ...layers import layer_class
from ...problem import Span, count, nearest
from ..document import COMMON_KEYS, Step
from ..source import Node
from .desk import Desk, Pairs
from .vocabulary import Vocabulary


class Signature:
    """The parameters of a block, known before any body is read."""

    def __init__(self, params: dict[str, bool], lost: bool = False) -> None:
        self.params = params  # whether each must be given
        self.lost = lost  # some could not be read


class CallReader:
    """Reads calls; `signatures` says what the blocks take."""

    def __init__(self, desk: Desk, signatures: Mapping[str, Signature]) -> None:
        self.desk = desk
        self.signatures = signatures

    def call(self, step: Step, key: Node, value: Node | None, arguments: Pairs, vocabulary: Vocabulary) -> Step:
        """A layer, a block, or a variable that holds one."""
        listed = value is not None and value.kind == "sequence" and step.what != "layer"
        if value is None or value.empty:
            values = []
        elif listed:
            values = [self.desk.expression(item, vocabulary, "a parameter") for item in value.items]
        else:
            values = [self.desk.expression(value, vocabulary, f"`{key.text}`")]
        read = {word: self.desk.expression(node, vocabulary, f"`{word}`") for word, (_, node) in arguments.items()}
        lost = None in values or None in read.values() or (value is not None and value.broken)
        step = step._replace(
            value=tuple(entry for entry in values if entry),
            listed=listed,
            arguments={word: entry for word, entry in read.items() if entry},
            broken=step.broken or lost,
        )
        if step.what == "variable":
            return step
        if self.check_call(step, {word: pair[0].span for word, pair in arguments.items()}):
            step = step._replace(broken=True)
        return step.bound(step.word, list(self.parameters(step)))

    def parameters(self, step: Step) -> dict[str, bool]:
        """What a layer or block takes, and whether it must be given."""
        if step.what == "block":
            return self.signatures[step.word].params
        return {name: field.required for name, field in layer_class(step.word).fields.items()}

    def check_call(self, step: Step, spans: dict[str, Span]) -> bool:
        """Report unknown, doubled and missing arguments; whether there are any."""
        if step.what == "block" and self.signatures[step.word].lost:
            return True
        params = self.parameters(step)
        before = len(self.desk.problems)
        names = list(params)
        count_given = len(step.value)
        if count_given > len(names):
            found = f"takes {count(len(names), 'argument') if names else 'no arguments'}, found {count_given}"
            self.desk.report(
                step.value[len(names)].span,
                "unknown-argument",
                f"{step.word} {found}",
                f"it takes {', '.join(names)}" if names else "",
            )
        given = names[:count_given]
        for word, span in spans.items():
            if word not in params:
                hint = nearest(word, (*names, *COMMON_KEYS)) or f"it takes {', '.join(names) or 'no arguments'}"
                self.desk.report(span, "unknown-argument", f"unknown argument `{word}` of {step.word}", hint)
            elif word in given:
                self.desk.report(
                    span, "duplicate-argument", f"`{word}` is given twice", f"the value of `{step.word}` is its `{word}`"
                )
        missing = [word for word, required in params.items() if required and word not in given and word not in spans]
        if missing and not step.broken:
            needed = [word for word, required in params.items() if required]
            form = needed[0] if len(needed) == 1 else f"[{', '.join(needed)}]"
            if step.what == "layer":
                form = ", ".join([needed[0], *(f"{word}: ..." for word in needed[1:])])
            wanted = " and ".join(f"`{word}`" for word in missing)
            self.desk.report(step.span, "missing-argument", f"{step.word} needs {wanted}", f"as in {{{step.word}: {form}}}")
        return len(self.desk.problems) > before
