"""`expect` and `budget`: what a file promises, as figures and shapes."""

from __future__ import annotations

import re

from ...document import Expectations
from ...expression.grammar import compile_reference
from ...expression.value import Expression
from ...network import Figure, Limit, Promise
from ...problem import Refusal, Span
from ..source import Node
from .context import Desk, Pairs
from .vocabulary import Vocabulary

UNITS = {
    "": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip
FIGURE = re.compile(r"([0-9]{1,30}(?:_[0-9]{1,30}){0,30})(?:\.([0-9]{1,15}))?\s?([A-Za-z]*)")

NUMBERS = ("params", "trainable_params", "training_params", "buffers", "macs", "flops", "depth")
LIMITS = (*NUMBERS, "weight_bytes", "peak_bytes")
LAYER_NUMBERS = ("params", "trainable_params", "buffers", "macs", "flops", "depth")


def figure(text: str) -> Figure | None:
    """Read `61_100_840`, `6.8M` or `1.5 MiB`; None where it is no figure.

    >>> figure("6.8M")
    Figure(text='6.8M', value=6800000, resolution=100000)
    """
    found = FIGURE.fullmatch(text)
    if not found or found[3] not in UNITS:
        return None
    unit, decimals = UNITS[found[3]], found[2] or ""
    digits = int(found[1].replace("_", "") + decimals)
    scale = 10 ** len(decimals)
    if not found[3] and decimals.strip("0"):
        return None
    return Figure(text, digits * unit // scale, max(1, unit // scale))


class PromiseReader:
    """Reads the promises of a file or a variant."""

    def __init__(self, desk: Desk, vocabulary: Vocabulary) -> None:
        self.desk = desk
        self.vocabulary = vocabulary

    def figure(self, node: Node, name: str) -> Figure | None:
        if node.broken:
            return None
        text = self.desk.text(node, f"`{name}`").strip()
        read = figure(text)
        if read is None and node.kind == "scalar":
            unit = re.sub(r"[\d._\s]", "", text)
            hint = "a number, with k, M, G, T or KiB, MiB, GiB behind it: 6.8M"
            if re.fullmatch(r"[0-9_]+\.[0-9]*", text):
                hint = "without k, M, G or T behind it, it is a whole number"
            if unit and unit not in UNITS:
                near = next((known for known in UNITS if known and known.lower() == unit.lower()), "")
                hint = f"did you mean `{text.replace(unit, near)}`?" if near else hint
            self.desk.report(node.span, "bad-figure", f"`{name}` is a figure, found `{text[:40]}`", hint)
        return read

    def expect(self, node: Node) -> Expectations:
        figures: list[Promise] = []
        shapes: list[tuple[str, Expression, Span]] = []
        references: list[tuple[str, Span]] = []
        pairs = self.desk.mapping(node, "`expect`", ("output", *NUMBERS, "layers"))
        layers = pairs.pop("layers", None)
        self.numbers("", pairs, figures, shapes)
        if layers is not None:
            for reference, (key, value) in self.desk.mapping(layers[1], "`layers` of `expect`").items():
                try:
                    parts = compile_reference(reference).parts
                except Refusal as refusal:
                    self.desk.refuse(key.span, refusal)
                    continue
                computed = [part.at(key.span) for part in parts if isinstance(part, Expression)]
                known = [self.desk.check_names(part, self.vocabulary) for part in computed]
                if all(known):
                    references.append((reference, key.span))
                numbers = self.desk.mapping(value, f"`{reference}` of `expect`", ("output", *LAYER_NUMBERS))
                self.numbers(reference, numbers, figures, shapes)
        return Expectations(tuple(figures), tuple(shapes), tuple(references))

    def numbers(
        self,
        reference: str,
        pairs: Pairs,
        figures: list[Promise],
        shapes: list[tuple[str, Expression, Span]],
    ) -> None:
        for name, (key, value) in pairs.items():
            if name == "output":
                expression = self.desk.expression(value, self.vocabulary, "`output`")
                if expression is not None:
                    shapes.append((reference, expression, key.span))
                continue
            read = self.figure(value, name)
            if read is not None:
                figures.append(Promise(reference, name, read, key.span))

    def budget(self, node: Node) -> tuple[Limit, ...]:
        limits = []
        for name, (key, value) in self.desk.mapping(node, "`budget`", LIMITS).items():
            most = self.figure(value, name)
            if most is not None:
                limits.append(Limit(name, most, key.span))
        return tuple(limits)
