"""`expect` and `budget`: the figures and shapes that a file states."""

from __future__ import annotations

import re

from ...document import Expectations
from ...expression.expression import Expression
from ...expression.grammar import compile_reference
from ...figure import Figure, parse_figure, parse_joules, parse_seconds, parse_share, unit_hint
from ...network import (
    ONE_SAMPLE,
    OPTIMIZER_NAMES,
    BudgetStep,
    DeviceBudget,
    DeviceLimit,
    Expectation,
    Limit,
)
from ...problem import Refusal, Span, did_you_mean
from ...quantities import QUANTITIES, Quantity, device_limits, folded, names_for
from ..yaml_nodes import YamlNode
from .context import Pairs, ReadContext
from .vocabulary import Vocabulary

Shapes = list[tuple[str, Expression, Span]]


class ExpectationReader:
    """Reads `expect` and `budget` of a file or a variant."""

    def __init__(self, context: ReadContext, vocabulary: Vocabulary) -> None:
        self.context = context
        self.vocabulary = vocabulary

    def expect(self, node: YamlNode) -> Expectations:
        """The figures and shapes of the network and of steps in it."""
        figures: list[Expectation] = []
        shapes: Shapes = []
        references: list[tuple[str, Span]] = []
        pairs = self.context.mapping(node, "`expect`", ("output", *names_for("expect"), "layers"))
        layers = pairs.pop("layers", None)
        self.read_numbers("", pairs, figures, shapes)
        layer_pairs = self.context.mapping(layers[1], "`layers` of `expect`") if layers else {}
        for reference, (key, value) in layer_pairs.items():
            if not self.is_reference(reference, key):
                continue
            if self.names_are_known(reference, key):
                references.append((reference, key.span))
                self.context.entered.update(compile_reference(reference).entered)
            what = f"`{reference}` of `expect`"
            numbers = self.context.mapping(value, what, ("output", *names_for("expect-layers")))
            self.read_numbers(reference, numbers, figures, shapes)
        return Expectations(tuple(figures), tuple(shapes), tuple(references))

    def is_reference(self, text: str, key: YamlNode) -> bool:
        """Whether a key is a reference; reported if not."""
        try:
            compile_reference(text)
        except Refusal as refusal:
            self.context.refuse(key.span, refusal)
            return False
        return True

    def names_are_known(self, text: str, key: YamlNode) -> bool:
        """Whether the names in brackets of a reference are known; reported if not."""
        parts = compile_reference(text).parts
        computed = [part.at(key.span) for part in parts if isinstance(part, Expression)]
        known = [self.context.check_names(part, self.vocabulary) for part in computed]
        return all(known)

    def read_numbers(
        self, reference: str, pairs: Pairs, figures: list[Expectation], shapes: Shapes
    ) -> None:
        """The expectations of one step, or (an empty reference) of the network."""
        for name, (key, value) in pairs.items():
            if name == "output":
                expression = self.context.expression(value, self.vocabulary, "`output`")
                if expression is not None:
                    shapes.append((reference, expression, key.span))
                continue
            read = self.figure(value, name)
            if read is not None:
                figures.append(Expectation(reference, name, read, key.span))

    def budget(self, node: YamlNode) -> tuple[tuple[Limit, ...], DeviceBudget | None]:
        """The upper limits of `budget`, and its device."""
        limits = []
        pairs = self.context.mapping(node, "`budget`", (*names_for("budget"), "device"))
        device = pairs.pop("device", None)
        for name, (key, value) in pairs.items():
            figure: YamlNode | None = value
            step = ONE_SAMPLE
            if name == "training_bytes" and value.kind == "mapping":
                figure, step = self.training_step(key, value)
            most = self.figure(figure, name) if figure is not None else None
            if most is not None:
                limits.append(Limit(name, most, key.span, step))
        return tuple(limits), self.device_budget(*device) if device else None

    def training_step(self, key: YamlNode, node: YamlNode) -> tuple[YamlNode | None, BudgetStep]:
        """The limit of `training_bytes`, and the step that it is for."""
        pairs = self.context.mapping(node, "`training_bytes`", ("most", *BudgetStep._fields))
        most = pairs.pop("most", None)
        if most is None:
            message = "`training_bytes` needs `most`, the limit"
            self.context.report(key.span, "missing-argument", message)
        amp = self.word(pairs, "amp", ("false", "true"))
        step = BudgetStep(
            self.batch(pairs), self.word(pairs, "optimizer", OPTIMIZER_NAMES), amp == "true"
        )
        return (most[1] if most else None), step

    def word(self, pairs: Pairs, key: str, words: tuple[str, ...]) -> str:
        """One of some words; the first one if there is none, or another is reported."""
        if key not in pairs:
            return words[0]
        node = pairs[key][1]
        text = self.context.text(node, f"`{key}`").strip()
        if text in words:
            return text
        if text:
            message = f"`{key}` must be one of {', '.join(words)}, found `{text[:40]}`"
            self.context.report(node.span, "bad-value", message, did_you_mean(text, words))
        return words[0]

    def batch(self, pairs: Pairs) -> int:
        """The batch of a training step; 1 if it is not stated, or not one, which is reported."""
        if "batch" not in pairs:
            return 1
        node = pairs["batch"][1]
        text = self.context.text(node, "`batch`").strip()
        if text.isascii() and text.isdecimal() and 1 <= len(text) <= 9 and int(text) > 0:
            return int(text)
        if node.kind == "scalar":
            message = f"`batch` must be a positive integer, found `{text[:40]}`"
            self.context.report(node.span, "bad-value", message)
        return 1

    def device_budget(self, key: YamlNode, node: YamlNode) -> DeviceBudget | None:
        """A device by its name, or a mapping with its name and limits."""
        if node.kind != "mapping":
            name = self.context.text(node, "`device`").strip()
            return DeviceBudget(name, (), node.span) if name else None
        limits = device_limits()
        pairs = self.context.mapping(node, "`device`", ("name", *limits))
        named = pairs.pop("name", None)
        if named is None:
            hint = "cnncalc devices lists the names"
            self.context.report(key.span, "missing-argument", "`device` needs a `name`", hint)
            return None
        found = [self.device_limit(limits[word], *pair) for word, pair in pairs.items()]
        name = self.context.text(named[1], "`name` of `device`").strip()
        return DeviceBudget(name, tuple([one for one in found if one]), named[1].span)

    def device_limit(self, quantity: Quantity, key: YamlNode, node: YamlNode) -> DeviceLimit | None:
        """One limit on a device; None if it is not one, which is reported."""
        if node.broken:
            return None
        text = self.context.text(node, f"`{key.text}`").strip()
        try:
            return device_limit(quantity, text, key.span)
        except Refusal as refusal:
            if node.kind == "scalar":
                self.context.refuse(node.span, refusal)
            return None

    def figure(self, node: YamlNode, name: str) -> Figure | None:
        """A figure; None if it is not one, which is reported."""
        if node.broken:
            return None
        text = self.context.text(node, f"`{name}`").strip()
        is_count = QUANTITIES[name].unit == "count"
        read = parse_figure(text, is_count=is_count)
        if read is None and node.kind == "scalar":
            message = f"`{name}` must be a figure, found `{text[:40]}`"
            hint = figure_hint(text, is_count=is_count)
            self.context.report(node.span, "bad-figure", message, hint)
        return read


def device_limit(quantity: Quantity, text: str, span: Span) -> DeviceLimit:
    """The limit of a number on a device that a text states.  Raises Refusal.

    >>> device_limit(device_limits()["ram"], "80%", Span(1, 1, 1, 2))[1:4]
    ('80%', 0.8, True)
    """
    share = None
    if quantity.unit == "seconds":
        amount, form = parse_seconds(text), "a time, such as 30ms or 1.5s"
    elif quantity.unit == "joules":
        amount, form = parse_joules(text), "an energy, such as 5mJ or 20uJ"
    else:
        share = parse_share(text)
        figure, form = parse_figure(text), "a figure, such as 256KiB, or a share, such as 80%"
        amount = figure.value if figure else share
    if amount is None:
        key = folded(quantity.words)
        raise Refusal(f"`{key}` must be {form}, found `{text[:40]}`", rule="bad-figure")
    return DeviceLimit(quantity.name, text, amount, share is not None, span)


def figure_hint(text: str, *, is_count: bool) -> str:
    """The hint for a text that is not a figure."""
    if hint := unit_hint(text, is_count=is_count):
        return hint
    if re.fullmatch(r"[0-9_]+\.[0-9]*", text):
        return "a figure without a unit such as k, M, G or T must be an integer"
    units = "k, M, G or T" if is_count else "k, M, G, T, KiB, MiB or GiB"
    return f"write a number, with a unit such as {units} if needed: 6.8M"
