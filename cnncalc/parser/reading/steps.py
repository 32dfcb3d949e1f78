"""Nodes -> steps: what each step is, and the steps inside it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ...document import COMMON_KEYS, STRUCTURES, Body, StaticScope, Step, What
from ...layers import JOINS, LAYERS
from ...problem import Span
from ..yaml_nodes import YamlNode
from .calls import CallReader, Signature
from .common_keys import binding_vocabulary, round_vocabulary, with_common
from .context import Pairs, ReadContext, describe
from .hints import layer_hint
from .names import StepNames
from .operands import read_join
from .vocabulary import Vocabulary


class StepReader:
    """Reads the steps of one block, or of the network."""

    def __init__(
        self, desk: ReadContext, signatures: dict[str, Signature], inside: str | None = None
    ) -> None:
        self.desk = desk
        self.signatures = signatures
        self.inside = inside
        self.names = StepNames(desk, signatures)
        self.calls = CallReader(desk, signatures)
        self.number = 0

    # What a word means

    def is_block(self, word: str) -> bool:
        """A block; inside a block that hides a built-in layer, the word means the built-in."""
        return word in self.signatures and not (word == self.inside and word in LAYERS)

    def is_call(self, word: str) -> bool:
        """Whether a word alone means a layer or a block."""
        return word in LAYERS or self.is_block(word)

    def is_known(self, word: str) -> bool:
        """Whether a word alone means a layer, a block or a structure."""
        return word in STRUCTURES or self.is_call(word)

    def what_is(self, word: str, vocabulary: Vocabulary) -> What | None:
        if self.is_block(word):
            return "block"
        if word in JOINS:
            return "join"
        if word in LAYERS:
            return "layer"
        if word in STRUCTURES:
            return "group" if word == "layers" else "output"
        return "variable" if vocabulary.use(word) else None

    # Bodies

    def body(
        self, node: YamlNode, vocabulary: Vocabulary, scope: StaticScope, own: bool, what: str
    ) -> Body:
        """Steps, in a scope of their own or in the one around."""
        steps = [
            self.step(item, vocabulary, scope) for item in whole_calls(self.desk.items(node, what))
        ]
        return Body(tuple(steps), scope if own else None)

    def single(self, node: YamlNode, vocabulary: Vocabulary, scope: StaticScope, own: bool) -> Body:
        return Body((self.step(node, vocabulary, scope),), scope if own else None)

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def broken(self, span: Span) -> Step:
        """A step that could not be read; what is named in it is not known."""
        self.desk.lost = True
        return Step(self.next_number(), "from", "", span, broken=True)

    # One step

    def step(self, node: YamlNode, vocabulary: Vocabulary, scope: StaticScope) -> Step:
        self.desk.count_step(node.span)
        if node.broken:
            return self.broken(node.span)
        if node.kind == "scalar" and node.text:
            return self.named_by(node, None, {}, vocabulary, scope, node)
        if node.kind != "mapping" or not node.pairs:
            hint = "write {layers: [...]} for a group of steps" if node.items else ""
            self.desk.report(
                node.span, "type", f"a step is a word or a mapping, found {describe(node)}", hint
            )
            return self.broken(node.span)
        common = {key.text: (key, value) for key, value in node.pairs if key.text in COMMON_KEYS}
        rest = [(key, value) for key, value in node.pairs if key.text not in COMMON_KEYS]
        if not rest:
            return self.onward(node, common, vocabulary, scope)
        (key, value), *arguments = rest
        return self.named_by(
            key, value, {k.text: (k, v) for k, v in arguments}, vocabulary, scope, node, common
        )

    def onward(
        self, node: YamlNode, common: Pairs, vocabulary: Vocabulary, scope: StaticScope
    ) -> Step:
        """`{from: x}` alone: go on from there."""
        if "from" not in common:
            key = node.pairs[0][0]
            self.desk.report(
                key.span,
                "no-layer",
                "this step names no layer",
                "the first key that is not a common key does",
            )
            return self.broken(node.span)
        for word in common:
            if word not in ("from", "name", "when"):
                self.desk.report(
                    common[word][0].span, "unknown-key", f"a step of `from` alone takes no `{word}`"
                )
        step = Step(self.next_number(), "from", "from", node.pairs[0][0].span)
        return with_common(self.names, step, common, vocabulary, vocabulary, scope)

    def named_by(
        self,
        key: YamlNode,
        value: YamlNode | None,
        arguments: Pairs,
        vocabulary: Vocabulary,
        scope: StaticScope,
        node: YamlNode,
        common: Pairs | None = None,
    ) -> Step:
        """A step whose naming key is known."""
        common = common or {}
        inner = round_vocabulary(common, vocabulary)
        word = key.text
        what = self.what_is(word, inner)
        number = self.next_number()
        if what is None and self.desk.blocks_lost:
            return with_common(
                self.names, self.broken(key.span), common, vocabulary, inner, scope
            )._replace(broken=True)
        if what is None:
            known = chain(LAYERS, STRUCTURES, self.signatures, vocabulary.all())
            hint = layer_hint(word, arguments, self.is_known, self.names.given, known)
            self.desk.report(key.span, "unknown-layer", f"unknown layer `{word}`", hint)
            return with_common(
                self.names, self.broken(key.span), common, vocabulary, inner, scope
            )._replace(broken=True)
        before = len(self.desk.problems)
        if what != "variable":
            arguments, common = self.calls.sorted_out(word, what, value, arguments, common)
            inner = round_vocabulary(common, vocabulary)
        wrong = len(self.desk.problems) > before
        operands = binding_vocabulary(common["across"][1], inner) if "across" in common else inner
        inner = (
            inner if what == "join" else operands
        )  # where `across` is a mistake, to read it is none
        step = Step(number, what, word, key.span)
        step = with_common(self.names, step, common, vocabulary, inner, scope)
        own = step.repeat is not None or step.bindings is not None or step.across is not None
        if own:
            step = step._replace(scope=StaticScope(step.number))
        if what == "group":
            return self.group(step, value, inner, scope)
        if what == "output":
            return self.output(step, value, arguments, inner)
        if what == "join":
            step = self.calls.with_arguments(step, arguments, inner)
            step = read_join(self, step, value, operands, step.scope or scope)
            if step.scope is not None and step.across is None:
                self.names.seen_from_behind(step.scope, scope)
            return step
        return self.calls.call(
            step._replace(broken=step.broken or wrong), key, value, arguments, inner
        )

    # Kinds of steps

    def group(
        self,
        step: Step,
        value: YamlNode | None,
        vocabulary: Vocabulary,
        scope: StaticScope,
    ) -> Step:
        own = step.scope is not None or step.name is not None
        if value is None or value.empty:
            self.desk.report(step.span, "missing-value", "`layers` lists no steps")
            return step._replace(broken=True)
        body = self.body(
            value,
            vocabulary,
            (step.scope or StaticScope(step.number)) if own else scope,
            own,
            "`layers`",
        )
        return step._replace(body=body)

    def output(
        self, step: Step, value: YamlNode | None, arguments: Pairs, vocabulary: Vocabulary
    ) -> Step:
        step = self.calls.with_arguments(step, arguments, vocabulary)
        if value is None or value.empty:
            self.desk.report(
                step.span,
                "missing-value",
                "`output` lists no steps",
                "write the side chain: {output: [...]}",
            )
            return step._replace(broken=True)
        return step._replace(
            body=self.body(value, vocabulary, StaticScope(step.number), True, "`output`")
        )


def whole_calls(items: list[YamlNode]) -> Iterator[YamlNode]:
    """The items of a list, in which YAML has cut `conv(3, 64)` in two: no step, but one mistake."""
    following = iter(items)
    for item in following:
        while item.kind == "scalar" and item.text.count("(") > item.text.count(")"):
            rest = next(following, None)
            if rest is None or rest.kind != "scalar":
                break
            item.text += f", {rest.text}"
        yield item
