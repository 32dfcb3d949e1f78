"""The root node -> a Document: the top level and the variants."""

from __future__ import annotations

from ...document import (
    ENTERING,
    TOP,
    VARIANT,
    Body,
    Document,
    Expectations,
    Facts,
    InputSpec,
    StaticScope,
    Variant,
)
from ...expression.value import Expression
from ...network import BYTES
from ...problem import Span, did_you_mean
from ..yaml_nodes import YamlNode
from .blocks import BlockReader
from .context import Pairs, ReadContext, describe, later_hint, unreadable
from .expectations import ExpectationReader
from .names import StepNames
from .steps import StepReader
from .vocabulary import Vocabulary

MISSING = {
    "input": "as in `input: 3x224x224`, channels first",
    "layers": "as in `layers: [{conv: 64, kernel: 3}, relu]`",
}


class FileReader:
    """Reads one file.  A mistake costs what it touches, and the rest is read on."""

    def __init__(self, desk: ReadContext) -> None:
        self.desk = desk
        self.blocks = BlockReader(desk)

    def read(self, root: YamlNode) -> Document:
        desk = self.desk
        if root.kind != "mapping":
            desk.report(
                root.span,
                "type",
                f"an architecture file is a mapping with `input` and `layers`, found {describe(root)}",
            )
        pairs = desk.mapping(root, "an architecture file", TOP) if root.kind == "mapping" else {}
        if root.kind == "mapping" and not root.broken:
            self.report_missing(pairs, Span(root.line, root.column, root.line, root.column + 1))
        block_pairs = desk.mapping(pairs["blocks"][1], "`blocks`") if "blocks" in pairs else {}
        desk.blocks = set(block_pairs)
        node = pairs["blocks"][1] if "blocks" in pairs else None
        desk.blocks_lost = node is not None and (
            node.broken or not (node.empty or node.kind == "mapping")
        )

        variables = Vocabulary(())
        vars_read = self.vars(pairs.get("vars"), variables)
        variants_node = (
            desk.mapping(pairs["variants"][1], "`variants`") if "variants" in pairs else {}
        )
        facts = self.facts(pairs, variables)

        signed = self.blocks.read_signatures(block_pairs)
        blocks = {
            name: self.blocks.block(name, *found, variables) for name, found in signed.items()
        }
        body = self.network_body(pairs, facts, variables, variants_node)
        declared = {name: position for position, name in enumerate(vars_read)}
        variants = {
            name: self.variant(name, *pair, declared, variables)
            for name, pair in variants_node.items()
        }
        if variants and "expect" in pairs:
            desk.report(
                pairs["expect"][0].span,
                "misplaced-expect",
                "a file with variants has no `expect` but theirs",
                "move it into the variants",
            )
        desk.settle_doubts()
        places = {key.text: key.span for key, _ in pairs["vars"][1].pairs} if vars_read else {}
        year, task, dtype = self.year(pairs), self.plain(pairs, "task"), self.dtype(pairs)
        return Document(
            facts, year, task, dtype, vars_read, blocks, body, variants, desk.lost, places
        )

    def report_missing(self, pairs: Pairs, span: Span) -> None:
        """Report the keys that a file must have."""
        for key, hint in MISSING.items():
            if key not in pairs and (key == "layers" or not self.every_variant_has_input(pairs)):
                self.desk.report(span, "missing-key", f"the file has no `{key}`", hint)

    def every_variant_has_input(self, pairs: Pairs) -> bool:
        if (
            "variants" not in pairs
            or pairs["variants"][1].kind != "mapping"
            or not pairs["variants"][1].pairs
        ):
            return False
        return all(
            any(key.text == "input" for key, _ in value.pairs)
            for _, value in pairs["variants"][1].pairs
        )

    # The top level

    def plain(self, pairs: Pairs, key: str) -> str:
        """The text of a key; one that is there must not be empty."""
        if key not in pairs:
            return ""
        node = pairs[key][1]
        text = self.desk.text(node, f"`{key}`")
        if not text and node.kind == "scalar" and not node.broken:
            self.desk.report(
                node.span,
                "missing-value",
                f"`{key}` has no value",
                "write one, or leave the key out",
            )
        return text

    def year(self, pairs: Pairs) -> int | None:
        if "year" not in pairs:
            return None
        text = self.plain(pairs, "year")
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            if text:
                found = describe(pairs["year"][1])
                self.desk.report(
                    pairs["year"][1].span,
                    "bad-value",
                    f"`year` is a year of four digits, found {found}",
                )
            return None
        return int(text)

    def dtype(self, pairs: Pairs) -> str:
        text = self.plain(pairs, "dtype")
        if text and text not in BYTES:
            self.desk.report(
                pairs["dtype"][1].span,
                "bad-value",
                f"`{text}` is no type",
                did_you_mean(text, BYTES),
            )
        return text if text in BYTES else "float32"

    def vars(
        self, pair: tuple[YamlNode, YamlNode] | None, variables: Vocabulary
    ) -> dict[str, Expression]:
        if pair is None:
            return {}
        variables.lost = (pair[1].kind != "mapping" and not pair[1].empty) or pair[1].broken
        return self.desk.definitions(pair[1], "`vars`", variables)

    def facts(self, pairs: Pairs, variables: Vocabulary) -> Facts:
        """What a file and a variant may both say."""
        promises = ExpectationReader(self.desk, variables)
        return Facts(
            name=self.plain(pairs, "name") if "name" in pairs else None,
            source=self.plain(pairs, "source") if "source" in pairs else None,
            input=self.input(pairs["input"][1], variables) if "input" in pairs else None,
            expect=promises.expect(pairs["expect"][1]) if "expect" in pairs else Expectations(),
            budget=promises.budget(pairs["budget"][1]) if "budget" in pairs else None,
        )

    def input(self, node: YamlNode, variables: Vocabulary) -> InputSpec:
        shapes: list[tuple[str | None, Expression]] = []
        if node.kind == "mapping":
            if not node.pairs and not node.broken:
                self.desk.report(node.span, "missing-value", "`input` names none")
            names = StepNames(self.desk, self.blocks.signatures)
            for name, (key, value) in self.desk.mapping(node, "`input`").items():
                known = name == "input" or names.may_be_name(name, key)
                expression = self.desk.expression(value, variables, f"`{name}`") if known else None
                shapes.append((name, expression or unreadable(key.span)))
        else:
            shapes.append(
                (None, self.desk.expression(node, variables, "`input`") or unreadable(node.span))
            )
        return InputSpec(tuple(shapes), node.span)

    def network_body(
        self, pairs: Pairs, facts: Facts, variables: Vocabulary, variants: Pairs
    ) -> Body:
        scope = StaticScope()
        if "layers" not in pairs:
            return Body((), scope)
        reader = StepReader(self.desk, self.blocks.signatures)
        inputs = [pairs["input"][1]] if "input" in pairs else []
        inputs += [
            node
            for _, value in variants.values()
            for key, node in value.pairs
            if key.text == "input"
        ]
        names = [name.text for node in inputs for name, _ in node.pairs]
        reader.names.enters(names, scope)
        vocabulary = variables.child(ENTERING)
        vocabulary.pending = reader.names.pending
        body = reader.body(pairs["layers"][1], vocabulary, scope, True, "`layers`")
        if not body.steps and pairs["layers"][1].kind == "sequence":
            self.desk.report(pairs["layers"][1].span, "missing-value", "`layers` lists no steps")
        reader.names.settle_references()
        return body

    def variant(
        self,
        name: str,
        key: YamlNode,
        node: YamlNode,
        declared: dict[str, int],
        variables: Vocabulary,
    ) -> Variant:
        read: dict[str, Expression] = {}
        if any(mark in name for mark in "@/\\") or not name or not name.isprintable():
            self.desk.report(
                key.span,
                "bad-name",
                f"`{name}` cannot be a variant",
                "no @, / or \\ in its name, and no line break",
            )
        if node.empty:
            return Variant(name, key.span, read, Facts())
        pairs = self.desk.mapping(node, f"variant `{name}`", VARIANT)
        if "vars" in pairs and not pairs["vars"][1].empty:
            own = self.desk.mapping(pairs["vars"][1], f"`vars` of variant `{name}`")
            for word, (var, value) in own.items():
                if word not in declared:
                    if not variables.lost:
                        hint = did_you_mean(word, declared) or "declare it in the file's `vars`"
                        self.desk.report(
                            var.span, "unknown-name", f"the file has no variable `{word}`", hint
                        )
                    continue
                expression = self.desk.expression(value, variables, f"`{word}`")
                if expression is not None and self.reads_above(word, expression, declared):
                    read[word] = expression
        return Variant(name, key.span, read, self.facts(pairs, variables))

    def reads_above(self, word: str, expression: Expression, declared: dict[str, int]) -> bool:
        """Whether a variant's value reads only the variables above its own, as the file's value must."""
        later = sorted(
            name for name in expression.names if declared.get(name, -1) >= declared[word]
        )
        for name in later:
            self.desk.report(
                expression.span, "unknown-name", f"unknown name `{name}`", later_hint(name, word)
            )
        return not later
