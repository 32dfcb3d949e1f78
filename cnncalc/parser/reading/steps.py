"""Nodes -> steps, with the steps inside them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ...document import COMMON_KEYS, STRUCTURES, Body, StaticScope, Step, StepType
from ...layers import JOINS, LAYERS
from ...problem import Span
from ..signature import Signature
from ..yaml_nodes import YamlNode
from .calls import CallReader
from .common_keys import binding_vocabulary, iteration_vocabulary, with_common_keys
from .context import Pairs, ReadContext, describe
from .names import StepNames
from .operands import read_join
from .vocabulary import Vocabulary


class StepReader:
    """Reads the steps of one block (`inside`), or of the network."""

    def __init__(
        self, context: ReadContext, signatures: dict[str, Signature], inside: str | None = None
    ) -> None:
        self.context = context
        self.signatures = signatures
        self.inside = inside
        self.names = StepNames(context, signatures)
        self.calls = CallReader(context, signatures, self.names)
        self.number = 0

    # The meaning of a word

    def is_block(self, word: str) -> bool:
        """True for a block.

        Inside a block that has the name of a built-in layer, the word means the layer.
        """
        return word in self.signatures and not (word == self.inside and word in LAYERS)

    def is_call(self, word: str) -> bool:
        """True for the word of a layer or block."""
        return word in LAYERS or self.is_block(word)

    def is_known(self, word: str) -> bool:
        """True for the word of a layer, block or structure."""
        return word in STRUCTURES or self.is_call(word)

    def type_of(self, word: str, vocabulary: Vocabulary) -> StepType | None:
        """The type of a step with this first key; None if it is unknown."""
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
        """The steps of a list, in the given scope, which is their `own` or the enclosing one."""
        items = joined_calls(self.context.items(node, what))
        steps = tuple([self.step(item, vocabulary, scope) for item in items])
        return Body(steps, scope if own else None)

    def single(self, node: YamlNode, vocabulary: Vocabulary, scope: StaticScope, own: bool) -> Body:
        """A step without a list around it."""
        return Body((self.step(node, vocabulary, scope),), scope if own else None)

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def broken(self, span: Span) -> Step:
        """A step that cannot be read: the names in it are not known."""
        self.context.incomplete = True
        return Step(self.next_number(), "from", "", span, broken=True)

    # One step

    def step(self, node: YamlNode, vocabulary: Vocabulary, scope: StaticScope) -> Step:
        """A word or a mapping as a step."""
        self.context.count_step(node.span)
        if node.broken:
            return self.broken(node.span)
        if node.kind == "scalar" and node.text:
            return self.named_by(node, None, {}, {}, vocabulary, scope)
        if node.kind != "mapping" or not node.pairs:
            message = f"a step must be a word or a mapping, found {describe(node)}"
            hint = "write {layers: [...]} for a group of steps" if node.items else ""
            self.context.report(node.span, "type", message, hint)
            return self.broken(node.span)
        common = {key.text: (key, value) for key, value in node.pairs if key.text in COMMON_KEYS}
        rest = [(key, value) for key, value in node.pairs if key.text not in COMMON_KEYS]
        if not rest:
            return self.only_from(node, common, vocabulary, scope)
        (key, value), *others = rest
        arguments = {other.text: (other, entry) for other, entry in others}
        return self.named_by(key, value, arguments, common, vocabulary, scope)

    def only_from(
        self, node: YamlNode, common: Pairs, vocabulary: Vocabulary, scope: StaticScope
    ) -> Step:
        """`{from: x}`, a step of common keys alone."""
        key = node.pairs[0][0]
        if "from" not in common:
            hint = "the first key that is not a common key names it"
            self.context.report(key.span, "no-layer", "this step has no layer", hint)
            return self.broken(node.span)
        for word in common:
            if word not in ("from", "name", "when"):
                message = f"a step with only `from` does not take `{word}`"
                self.context.report(common[word][0].span, "unknown-key", message)
        step = Step(self.next_number(), "from", "from", key.span)
        return with_common_keys(self.names, step, common, vocabulary, vocabulary, scope)

    def named_by(
        self,
        key: YamlNode,
        value: YamlNode | None,
        arguments: Pairs,
        common: Pairs,
        vocabulary: Vocabulary,
        scope: StaticScope,
    ) -> Step:
        """A step with this first key and its value, other keys and common keys."""
        word = key.text
        inner = iteration_vocabulary(common, vocabulary)
        type = self.type_of(word, inner)
        number = self.next_number()
        if type is None:
            return self.unknown(key, value, arguments, common, vocabulary, inner, scope)
        found_before = len(self.context.problems)
        if type != "variable":
            arguments, common = self.calls.corrected(word, type, value, arguments, common)
            inner = iteration_vocabulary(common, vocabulary)
        has_unknown = len(self.context.problems) > found_before
        operands = binding_vocabulary(common["across"][1], inner) if "across" in common else inner
        if type != "join":  # `across` is an error here, and reading its names is not another one
            inner = operands
        step = Step(number, type, word, key.span)
        step = with_common_keys(self.names, step, common, vocabulary, inner, scope)
        if step.repeat is not None or step.bindings is not None or step.across is not None:
            step = step._replace(scope=StaticScope(step.number))
        if type == "group":
            return self.group(step, value, inner, scope)
        if type == "output":
            return self.output(step, value, arguments, inner)
        if type == "join":
            return self.join(step, value, arguments, inner, operands, scope)
        if has_unknown:
            step = step._replace(broken=True)
        return self.calls.call(step, key, value, arguments, inner)

    def unknown(
        self,
        key: YamlNode,
        value: YamlNode | None,
        arguments: Pairs,
        common: Pairs,
        vocabulary: Vocabulary,
        inner: Vocabulary,
        scope: StaticScope,
    ) -> Step:
        """A step with an unknown first key, which is reported unless it may be a lost block."""
        if not self.context.blocks_incomplete:
            known = chain(LAYERS, STRUCTURES, self.signatures, vocabulary.all())
            from .hints import layer_hint  # only files with errors need hints

            hint = layer_hint(key.text, value, arguments, self.is_known, self.names.given, known)
            message = f"unknown layer `{key.text}`"
            self.context.report(key.span, "unknown-layer", message, hint)
        step = self.broken(key.span)
        step = with_common_keys(self.names, step, common, vocabulary, inner, scope)
        return step._replace(broken=True)

    # Types of steps

    def group(
        self, step: Step, value: YamlNode | None, vocabulary: Vocabulary, scope: StaticScope
    ) -> Step:
        """`layers`: steps in a scope of their own if the group has a name or iterations."""
        own = step.scope is not None or step.name is not None
        if value is None or value.empty:
            self.context.report(step.span, "missing-value", "`layers` is empty")
            return step._replace(broken=True)
        inner = (step.scope or StaticScope(step.number)) if own else scope
        return step._replace(body=self.body(value, vocabulary, inner, own, "`layers`"))

    def output(
        self, step: Step, value: YamlNode | None, arguments: Pairs, vocabulary: Vocabulary
    ) -> Step:
        """`output`: a side chain."""
        step = self.calls.with_arguments(step, arguments, vocabulary)
        if value is None or value.empty:
            hint = "write the side chain: {output: [...]}"
            self.context.report(step.span, "missing-value", "`output` is empty", hint)
            return step._replace(broken=True)
        body = self.body(value, vocabulary, StaticScope(step.number), True, "`output`")
        return step._replace(body=body)

    def join(
        self,
        step: Step,
        value: YamlNode | None,
        arguments: Pairs,
        vocabulary: Vocabulary,
        operands: Vocabulary,
        scope: StaticScope,
    ) -> Step:
        """A join; `operands` are the names that its operands can read."""
        step = self.calls.with_arguments(step, arguments, vocabulary)
        step = read_join(self, step, value, operands, step.scope or scope)
        if step.scope is not None and step.across is None:
            self.names.export_names(step.scope, scope)
        return step


def joined_calls(items: list[YamlNode]) -> Iterator[YamlNode]:
    """The items of a list; `conv(3, 64)`, which YAML has cut in two, is one (invalid) step."""
    following = iter(items)
    for item in following:
        texts = [item.text]
        unclosed = unclosed_brackets(item.text) if item.kind == "scalar" else 0
        while unclosed > 0:
            rest = next(following, None)
            if rest is None or rest.kind != "scalar":
                break
            texts.append(rest.text)
            unclosed += unclosed_brackets(rest.text)
        item.text = ", ".join(texts)
        yield item


def unclosed_brackets(text: str) -> int:
    return text.count("(") - text.count(")")
