"""The root node -> a Document: the top-level keys and the variants."""

from __future__ import annotations

from ...document import (
    INPUT_VARIABLES,
    OWN_KEYS,
    TOP_KEYS,
    VARIANT_KEYS,
    Block,
    Body,
    Document,
    Expectations,
    InputSpec,
    Metadata,
    StaticScope,
    Variant,
)
from ...expression.expression import Expression
from ...problem import Span, did_you_mean
from ..yaml_nodes import YamlNode
from .accuracy import read_accuracy
from .blocks import BlockReader
from .context import Pairs, ReadContext, describe, order_hint, unreadable
from .expectations import ExpectationReader
from .names import StepNames
from .steps import StepReader
from .types import read_types
from .vocabulary import Vocabulary

REQUIRED_KEYS = {
    "input": "as in `input: 3x224x224`, channels first",
    "layers": "as in `layers: [{conv: 64, kernel: 3}, relu]`",
}


class DocumentReader:
    """Reads one file.  After an error, everything that does not depend on it is still read."""

    def __init__(self, context: ReadContext) -> None:
        self.context = context
        self.blocks = BlockReader(context)

    def read(self, root: YamlNode) -> Document:
        """The document; problems go to the context."""
        context = self.context
        pairs = self.top_pairs(root)
        block_pairs = self.block_pairs(pairs)
        variables = Vocabulary(())
        vars_read = self.vars(pairs.get("vars"), variables)
        variant_pairs: Pairs = {}
        if "variants" in pairs:
            variant_pairs = context.mapping(pairs["variants"][1], "`variants`")
        metadata = self.metadata(pairs, variables)
        blocks = self.read_blocks(block_pairs, variables)
        body = self.network_body(pairs, variables, variant_pairs)
        declared = {name: position for position, name in enumerate(vars_read)}
        variants = {
            name: self.variant(name, *pair, declared, variables)
            for name, pair in variant_pairs.items()
        }
        for name in OWN_KEYS:
            if variants and name in pairs:
                message = f"`{name}` cannot be at the top level of a file with variants"
                hint = "move it into the variants"
                context.report(pairs[name][0].span, f"misplaced-{name}", message, hint)
        context.report_unknown_names()
        spans = {key.text: key.span for key, _ in pairs["vars"][1].pairs} if vars_read else {}
        return Document(
            metadata=metadata,
            year=self.year(pairs),
            task=self.plain_text(pairs, "task"),
            dtype=self.dtype(pairs, variables),
            vars=vars_read,
            blocks=blocks,
            body=body,
            variants=variants,
            incomplete=context.incomplete,
            name_spans=spans,
            entered=frozenset(context.entered),
            states_types=context.states_types,
        )

    # The top level

    def top_pairs(self, root: YamlNode) -> Pairs:
        """The top-level keys; missing ones are reported."""
        if root.kind != "mapping":
            found = describe(root)
            message = (
                f"an architecture file must be a mapping with `input` and `layers`, found {found}"
            )
            self.context.report(root.span, "type", message)
            return {}
        pairs = self.context.mapping(root, "an architecture file", TOP_KEYS)
        if not root.broken:
            start = Span(root.line, root.column, root.line, root.column + 1)
            for key, hint in REQUIRED_KEYS.items():
                in_variants = key == "input" and self.every_variant_has_input(pairs)
                if key not in pairs and not in_variants:
                    message = f"the file has no `{key}`"
                    self.context.report(start, "missing-key", message, hint)
        return pairs

    def every_variant_has_input(self, pairs: Pairs) -> bool:
        if "variants" not in pairs:
            return False
        node = pairs["variants"][1]
        if node.kind != "mapping" or not node.pairs:
            return False
        return all(any(key.text == "input" for key, _ in value.pairs) for _, value in node.pairs)

    def plain_text(self, pairs: Pairs, key: str) -> str:
        """The text of a key, which must not be empty; the empty string if the key is missing."""
        if key not in pairs:
            return ""
        node = pairs[key][1]
        text = self.context.text(node, f"`{key}`")
        if not text and node.kind == "scalar" and not node.broken:
            message, hint = f"`{key}` has no value", "write a value, or remove the key"
            self.context.report(node.span, "missing-value", message, hint)
        return text

    def year(self, pairs: Pairs) -> int | None:
        if "year" not in pairs:
            return None
        text = self.plain_text(pairs, "year")
        if text.isascii() and text.isdigit() and len(text) == 4:
            return int(text)
        if text:
            node = pairs["year"][1]
            message = f"`year` must have four digits, found {describe(node)}"
            self.context.report(node.span, "bad-value", message)
        return None

    def dtype(self, pairs: Pairs, variables: Vocabulary) -> Expression | None:
        if "dtype" not in pairs:
            return None
        node = pairs["dtype"][1]
        if node.empty:
            self.plain_text(pairs, "dtype")
            return None
        return read_types(self.context, node, variables)

    def vars(
        self, pair: tuple[YamlNode, YamlNode] | None, variables: Vocabulary
    ) -> dict[str, Expression]:
        if pair is None:
            return {}
        node = pair[1]
        variables.incomplete = (node.kind != "mapping" and not node.empty) or node.broken
        return self.context.definitions(node, "`vars`", variables)

    def metadata(self, pairs: Pairs, variables: Vocabulary) -> Metadata:
        """The keys that a file and a variant may both have."""
        reader = ExpectationReader(self.context, variables)
        budget, device = reader.budget(pairs["budget"][1]) if "budget" in pairs else (None, None)
        return Metadata(
            name=self.plain_text(pairs, "name") if "name" in pairs else None,
            source=self.plain_text(pairs, "source") if "source" in pairs else None,
            input=self.input(pairs["input"][1], variables) if "input" in pairs else None,
            expect=reader.expect(pairs["expect"][1]) if "expect" in pairs else Expectations(),
            budget=budget,
            device_budget=device,
            accuracy=read_accuracy(self.context, pairs["accuracy"][1])
            if "accuracy" in pairs
            else None,
        )

    def input(self, node: YamlNode, variables: Vocabulary) -> InputSpec:
        """One shape, or several by name."""
        if node.kind != "mapping":
            shape = self.context.expression(node, variables, "`input`")
            return InputSpec(((None, shape or unreadable(node.span)),), node.span)
        if not node.pairs and not node.broken:
            self.context.report(node.span, "missing-value", "`input` is empty")
        names = StepNames(self.context, self.blocks.signatures)
        shapes: list[tuple[str | None, Expression]] = []
        for name, (key, value) in self.context.mapping(node, "`input`").items():
            known = name == "input" or names.may_be_name(name, key)
            expression = self.context.expression(value, variables, f"`{name}`") if known else None
            shapes.append((name, expression or unreadable(key.span)))
        return InputSpec(tuple(shapes), node.span)

    # Blocks and layers

    def block_pairs(self, pairs: Pairs) -> Pairs:
        """The blocks by name, which the context then knows."""
        if "blocks" not in pairs:
            return {}
        node = pairs["blocks"][1]
        block_pairs = self.context.mapping(node, "`blocks`")
        self.context.blocks = set(block_pairs)
        readable = node.empty or node.kind == "mapping"
        self.context.blocks_incomplete = node.broken or not readable
        return block_pairs

    def read_blocks(self, block_pairs: Pairs, variables: Vocabulary) -> dict[str, Block]:
        """All blocks, their signatures first."""
        signatures = self.blocks.read_signatures(block_pairs)
        return {
            name: self.blocks.block(name, *found, variables) for name, found in signatures.items()
        }

    def network_body(self, pairs: Pairs, variables: Vocabulary, variants: Pairs) -> Body:
        """The steps of the network."""
        scope = StaticScope()
        if "layers" not in pairs:
            return Body((), scope)
        reader = StepReader(self.context, self.blocks.signatures)
        inputs = [pairs["input"][1]] if "input" in pairs else []
        inputs += [
            node
            for _, value in variants.values()
            for key, node in value.pairs
            if key.text == "input"
        ]
        reader.names.add_inputs([name.text for node in inputs for name, _ in node.pairs], scope)
        vocabulary = variables.child(INPUT_VARIABLES)
        vocabulary.pending = reader.names.pending
        layers = pairs["layers"][1]
        body = reader.body(layers, vocabulary, scope, True, "`layers`")
        if not body.steps and layers.kind == "sequence":
            self.context.report(layers.span, "missing-value", "`layers` is empty")
        reader.names.report_unknown_references()
        return body

    # Variants

    def variant(
        self,
        name: str,
        key: YamlNode,
        node: YamlNode,
        declared: dict[str, int],
        variables: Vocabulary,
    ) -> Variant:
        """One variant; `declared` are the file's variables with their positions."""
        if any(mark in name for mark in "@/\\") or not name or not name.isprintable():
            message = f"`{name}` is not a valid variant name"
            hint = "a variant name has no @, / or \\, and no line break"
            self.context.report(key.span, "bad-name", message, hint)
        if node.empty:
            return Variant(name, key.span, {}, Metadata())
        pairs = self.context.mapping(node, f"variant `{name}`", VARIANT_KEYS)
        read = self.variant_vars(name, pairs, declared, variables)
        return Variant(name, key.span, read, self.metadata(pairs, variables))

    def variant_vars(
        self, name: str, pairs: Pairs, declared: dict[str, int], variables: Vocabulary
    ) -> dict[str, Expression]:
        """The variables that a variant changes."""
        read: dict[str, Expression] = {}
        if "vars" not in pairs or pairs["vars"][1].empty:
            return read
        own = self.context.mapping(pairs["vars"][1], f"`vars` of variant `{name}`")
        for word, (key, value) in own.items():
            if word not in declared:
                if not variables.incomplete:
                    message = f"the file has no variable `{word}`"
                    hint = did_you_mean(word, declared) or "declare it in the file's `vars`"
                    self.context.report(key.span, "unknown-name", message, hint)
                continue
            expression = self.context.expression(value, variables, f"`{word}`")
            if expression is not None and self.reads_above(word, expression, declared):
                read[word] = expression
        return read

    def reads_above(self, word: str, expression: Expression, declared: dict[str, int]) -> bool:
        """Whether a variant's value reads only variables above its own; reported if not."""
        below = sorted(
            name for name in expression.names if declared.get(name, -1) >= declared[word]
        )
        for name in below:
            message, hint = f"unknown name `{name}`", order_hint(name, word)
            self.context.report(expression.span, "unknown-name", message, hint)
        return not below
