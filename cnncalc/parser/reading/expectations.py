"""`expect` and `budget`: what a file promises, as figures and shapes."""

from __future__ import annotations

import re

from ...document import Expectations
from ...expression.grammar import compile_reference
from ...expression.value import Expression
from ...figure import UNITS, Figure, figure
from ...network import Expectation, Limit
from ...problem import Refusal, Span
from ...quantities import names_for
from ..yaml_nodes import YamlNode
from .context import Pairs, ReadContext
from .vocabulary import Vocabulary


class ExpectationReader:
    """Reads the promises of a file or a variant."""

    def __init__(self, desk: ReadContext, vocabulary: Vocabulary) -> None:
        self.desk = desk
        self.vocabulary = vocabulary

    def figure(self, node: YamlNode, name: str) -> Figure | None:
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
                near = next(
                    (known for known in UNITS if known and known.lower() == unit.lower()), ""
                )
                hint = f"did you mean `{text.replace(unit, near)}`?" if near else hint
            self.desk.report(
                node.span, "bad-figure", f"`{name}` is a figure, found `{text[:40]}`", hint
            )
        return read

    def expect(self, node: YamlNode) -> Expectations:
        figures: list[Expectation] = []
        shapes: list[tuple[str, Expression, Span]] = []
        references: list[tuple[str, Span]] = []
        pairs = self.desk.mapping(node, "`expect`", ("output", *names_for("expect"), "layers"))
        layers = pairs.pop("layers", None)
        self.numbers("", pairs, figures, shapes)
        if layers is not None:
            for reference, (key, value) in self.desk.mapping(
                layers[1], "`layers` of `expect`"
            ).items():
                try:
                    parts = compile_reference(reference).parts
                except Refusal as refusal:
                    self.desk.refuse(key.span, refusal)
                    continue
                computed = [part.at(key.span) for part in parts if isinstance(part, Expression)]
                known = [self.desk.check_names(part, self.vocabulary) for part in computed]
                if all(known):
                    references.append((reference, key.span))
                numbers = self.desk.mapping(
                    value, f"`{reference}` of `expect`", ("output", *names_for("expect-layers"))
                )
                self.numbers(reference, numbers, figures, shapes)
        return Expectations(tuple(figures), tuple(shapes), tuple(references))

    def numbers(
        self,
        reference: str,
        pairs: Pairs,
        figures: list[Expectation],
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
                figures.append(Expectation(reference, name, read, key.span))

    def budget(self, node: YamlNode) -> tuple[Limit, ...]:
        limits = []
        for name, (key, value) in self.desk.mapping(node, "`budget`", names_for("budget")).items():
            most = self.figure(value, name)
            if most is not None:
                limits.append(Limit(name, most, key.span))
        return tuple(limits)
