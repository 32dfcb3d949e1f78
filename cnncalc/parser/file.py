"""The root node -> a Document: the top level, blocks and variants."""

from __future__ import annotations

from ..layers import JOINS, LAYERS
from ..network import BYTES
from ..problem import Refusal, Span, did_you_mean
from .desk import ENTERING, Desk, Vocabulary, describe, is_variable_name, unreadable
from .document import COMMON_KEYS, STRUCTURES, Block, Body, Document, Expectations, Facts, InputSpec, StaticScope, Variant
from .expression import Expression, Reference, compile_text
from .promises import PromiseReader
from .source import Node
from .steps import Signature, StepReader

TOP = (
    "name", "source", "year", "task", "input", "dtype", "vars", "blocks", "layers", "variants", "expect", "budget",
)  # fmt: skip
VARIANT = ("vars", "name", "source", "input", "expect", "budget")
BLOCK = ("params", "let", "inputs", "outputs", "layers")

MISSING = {"input": "as in `input: 3x224x224`, channels first", "layers": "as in `layers: [{conv: 64, kernel: 3}, relu]`"}

Pairs = dict[str, tuple[Node, Node]]


class FileReader:
    """Reads one file.  A mistake costs what it touches, and the rest is read on."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.signatures: dict[str, Signature] = {}

    def read(self, root: Node) -> Document:
        desk = self.desk
        if root.kind != "mapping":
            desk.report(
                root.span, "type", f"an architecture file is a mapping with `input` and `layers`, found {describe(root)}"
            )
        pairs = desk.mapping(root, "an architecture file", TOP) if root.kind == "mapping" else {}
        missing = [key for key in ("input", "layers") if key not in pairs]
        if root.kind == "mapping" and not root.broken:
            for key in missing:
                if key == "layers" or not self.every_variant_has_input(pairs):
                    span = Span(root.line, root.column, root.line, root.column + 1)
                    desk.report(span, "missing-key", f"the file has no `{key}`", MISSING[key])
        block_pairs = desk.mapping(pairs["blocks"][1], "`blocks`") if "blocks" in pairs else {}
        desk.blocks = set(block_pairs)

        variables = Vocabulary(())
        vars_read = self.vars(pairs.get("vars"), variables)
        variants_node = desk.mapping(pairs["variants"][1], "`variants`") if "variants" in pairs else {}
        if "variants" in pairs and not variants_node and pairs["variants"][1].kind == "mapping":
            desk.report(pairs["variants"][0].span, "missing-value", "`variants` names none")
        facts = self.facts(pairs, variables)

        bodies = self.block_signatures(block_pairs)
        blocks = {}
        for name, read in bodies.items():
            blocks[name] = self.block(name, *read, variables)
        body = self.network_body(pairs, facts, variables, variants_node)
        variants = {name: self.variant(name, *pair, variables) for name, pair in variants_node.items()}
        if variants and "expect" in pairs:
            desk.report(
                pairs["expect"][0].span,
                "misplaced-expect",
                "a file with variants has no `expect` but theirs",
                "move it into the variants",
            )
        desk.settle_doubts()
        self.report_unused_vars(pairs, variables)
        return Document(
            facts, self.year(pairs), self.plain(pairs, "task"), self.dtype(pairs), vars_read, blocks, body, variants, desk.lost
        )

    def every_variant_has_input(self, pairs: Pairs) -> bool:
        if "variants" not in pairs or pairs["variants"][1].kind != "mapping" or not pairs["variants"][1].pairs:
            return False
        return all(any(key.text == "input" for key, _ in value.pairs) for _, value in pairs["variants"][1].pairs)

    # The top level

    def plain(self, pairs: Pairs, key: str) -> str:
        return self.desk.text(pairs[key][1], f"`{key}`") if key in pairs else ""

    def year(self, pairs: Pairs) -> int | None:
        if "year" not in pairs:
            return None
        text = self.plain(pairs, "year")
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            if pairs["year"][1].kind == "scalar" and not pairs["year"][1].broken:
                self.desk.report(pairs["year"][1].span, "bad-value", f"`year` is a year, found `{text[:40]}`")
            return None
        return int(text)

    def dtype(self, pairs: Pairs) -> str:
        text = self.plain(pairs, "dtype")
        if text and text not in BYTES:
            self.desk.report(pairs["dtype"][1].span, "bad-value", f"`{text}` is no type", did_you_mean(text, BYTES))
        return text if text in BYTES else "float32"

    def vars(self, pair: tuple[Node, Node] | None, variables: Vocabulary) -> dict[str, Expression]:
        if pair is None or pair[1].empty:
            return {}
        variables.lost = pair[1].kind != "mapping" or pair[1].broken
        return self.definitions(pair[1], "`vars`", variables)

    def definitions(self, node: Node, what: str, vocabulary: Vocabulary) -> dict[str, Expression]:
        """`vars` or `let`: names with their values, each of which may read those above it."""
        read: dict[str, Expression] = {}
        pairs = self.desk.mapping(node, what)
        self.desk.late |= set(pairs)
        for name, (key, value) in pairs.items():
            expression = self.desk.expression(value, vocabulary, f"`{name}`") if self.desk.may_be_variable(key) else None
            vocabulary.names.add(name)
            read[name] = expression or unreadable(key.span)
        return read

    def facts(self, pairs: Pairs, variables: Vocabulary) -> Facts:
        """What a file and a variant may both say."""
        promises = PromiseReader(self.desk, variables)
        return Facts(
            name=self.plain(pairs, "name") if "name" in pairs else None,
            source=self.plain(pairs, "source") if "source" in pairs else None,
            input=self.input(pairs["input"][1], variables) if "input" in pairs else None,
            expect=promises.expect(pairs["expect"][1]) if "expect" in pairs else Expectations(),
            budget=promises.budget(pairs["budget"][1]) if "budget" in pairs else None,
        )

    def input(self, node: Node, variables: Vocabulary) -> InputSpec:
        shapes: list[tuple[str | None, Expression]] = []
        if node.kind == "mapping":
            if not node.pairs and not node.broken:
                self.desk.report(node.span, "missing-value", "`input` names none")
            names = StepReader(self.desk, self.signatures)
            for name, (key, value) in self.desk.mapping(node, "`input`").items():
                if name != "input" and not names.may_be_name(name, key):
                    continue
                expression = self.desk.expression(value, variables, f"`{name}`")
                if expression is not None:
                    shapes.append((name, expression))
        else:
            expression = self.desk.expression(node, variables, "`input`")
            if expression is not None:
                shapes.append((None, expression))
        return InputSpec(tuple(shapes), node.span)

    def network_body(self, pairs: Pairs, facts: Facts, variables: Vocabulary, variants: Pairs) -> Body:
        scope = StaticScope()
        if "layers" not in pairs:
            return Body((), scope)
        reader = StepReader(self.desk, self.signatures)
        inputs = [pairs["input"][1]] if "input" in pairs else []
        inputs += [node for _, value in variants.values() for key, node in value.pairs if key.text == "input"]
        names = [name.text for node in inputs for name, _ in node.pairs]
        reader.enters(names, scope)
        body = reader.body(pairs["layers"][1], variables.child(ENTERING), scope, True, "`layers`")
        if not body.steps and pairs["layers"][1].kind == "sequence":
            self.desk.report(pairs["layers"][1].span, "missing-value", "`layers` lists no steps")
        reader.settle_references()
        return body

    def variant(self, name: str, key: Node, node: Node, variables: Vocabulary) -> Variant:
        read: dict[str, Expression] = {}
        if any(mark in name for mark in "@/\\") or not name:
            self.desk.report(key.span, "bad-name", f"`{name}` cannot be a variant", "no @, / or \\ in its name")
        if node.empty:
            return Variant(name, key.span, read, Facts())
        pairs = self.desk.mapping(node, f"variant `{name}`", VARIANT)
        if "vars" in pairs and not pairs["vars"][1].empty:
            for word, (var, value) in self.desk.mapping(pairs["vars"][1], f"`vars` of variant `{name}`").items():
                if word not in variables.names:
                    if variables.lost:
                        continue
                    hint = did_you_mean(word, variables.names) or "declare it in the file's `vars`"
                    self.desk.report(var.span, "unknown-name", f"the file has no variable `{word}`", hint)
                    continue
                expression = self.desk.expression(value, variables, f"`{word}`")
                if expression is not None:
                    read[word] = expression
        return Variant(name, key.span, read, self.facts(pairs, variables))

    def report_unused_vars(self, pairs: Pairs, variables: Vocabulary) -> None:
        if "vars" not in pairs:
            return
        variables.used.update(name for name, _, _ in self.desk.doubtful)  # read, if in the wrong place
        for key, _ in pairs["vars"][1].pairs:
            if key.text in variables.names and key.text not in variables.used and is_variable_name(key.text):
                self.desk.report(key.span, "unused-variable", f"variable `{key.text}` is never read", "remove it", "warning")

    # Blocks

    def block_signatures(self, blocks: Pairs) -> dict[str, tuple[Node, Pairs, list[tuple[str, Expression | None, Node]]]]:
        """Read what each block takes, so that blocks may call one another whatever their order."""
        found = {}
        for name, (key, node) in blocks.items():
            pairs = self.desk.mapping(node, f"block `{name}`", BLOCK)
            if name in JOINS or name in STRUCTURES or name in COMMON_KEYS or name == "input":
                self.desk.report(key.span, "bad-name", f"`{name}` cannot be a block: it is a word of the language")
                continue
            if not is_variable_name(name):
                hint = "letters, digits and `_`, and no word of the language"
                self.desk.report(key.span, "bad-name", f"`{name}` cannot be a block", hint)
                self.signatures[name] = Signature({}, lost=True)
                continue
            if name in LAYERS:
                self.desk.report(
                    key.span, "hidden-layer", f"block `{name}` hides the built-in layer of that name",
                    "inside the block the word means the built-in; another name avoids doubts", "warning",
                )  # fmt: skip
            params, lost = self.parameters(pairs)
            lost = lost or node.kind != "mapping" or node.broken
            self.signatures[name] = Signature({word: default is None for word, default, _ in params}, lost)
            self.desk.late.update(word for word, _, _ in params)
            found[name] = (key, pairs, params)
        return found

    def parameters(self, pairs: Pairs) -> tuple[list[tuple[str, Expression | None, Node]], bool]:
        """`params`, and whether some could not be read."""
        if "params" not in pairs or pairs["params"][1].empty:
            return [], False
        node = pairs["params"][1]
        kept: list[tuple[str, Expression | None, Node]] = []
        lost = node.kind != "sequence" or node.broken
        for param in [self.parameter(item) for item in self.desk.items(node, "`params`")]:
            if param is None:
                lost = True
            elif any(param[0] == other[0] for other in kept):
                self.desk.report(param[2].span, "duplicate-name", f"`{param[0]}` is a parameter twice")
            else:
                kept.append(param)
        return kept, lost

    def parameter(self, node: Node) -> tuple[str, Expression | None, Node] | None:
        """`name` or `name=default`."""
        text = self.desk.text(node, "a parameter")
        if not text:
            return None
        name, mark, default = (part.strip() for part in text.partition("="))
        if name in COMMON_KEYS:
            self.desk.report(node.span, "bad-name", f"no parameter may be called `{name}`: it is a common key of steps")
            return None
        if not is_variable_name(name):
            self.desk.report(node.span, "bad-name", f"`{name}` cannot be a parameter", "write `name` or `name=default`")
            return None
        if not mark:
            return name, None, node
        if not default:
            self.desk.report(node.span, "missing-value", f"`{name}=` has no default", "write `name` or `name=default`")
            return name, unreadable(node.span), node
        try:
            return name, compile_text(default).at(node.span), node
        except Refusal as refusal:
            self.desk.refuse(node.span, refusal)
            return name, unreadable(node.span), node

    def block(
        self, name: str, key: Node, pairs: Pairs, params: list[tuple[str, Expression | None, Node]], variables: Vocabulary
    ) -> Block:
        desk = self.desk
        own = variables.child().child(ENTERING)
        own.lost = own.lost or self.signatures[name].lost
        for word, default, _ in params:
            if default is not None:
                desk.check_names(default, own)
            own.names.add(word)
        lets: list[tuple[str, Expression]] = []
        if "let" in pairs and not pairs["let"][1].empty:
            own.lost = own.lost or pairs["let"][1].kind != "mapping"
            lets = list(self.definitions(pairs["let"][1], "`let`", own).items())
        reader = StepReader(desk, self.signatures, inside=name)
        scope = StaticScope()
        inputs, rest = self.block_inputs(pairs, reader)
        reader.enters((*inputs, rest) if rest else inputs, scope)
        if "layers" in pairs:
            body = reader.body(pairs["layers"][1], own, scope, True, "`layers`")
        else:
            body = Body((), scope)
            if not self.signatures[name].lost:
                desk.report(key.span, "missing-key", f"block `{name}` has no `layers`")
            desk.lost = True
        outputs = self.block_outputs(pairs, reader, own)
        reader.settle_references()
        for word, _, node in params:
            if word not in own.used and "layers" in pairs:
                desk.report(
                    node.span, "unused-parameter", f"parameter `{word}` of `{name}` is never read", "remove it", "warning"
                )
        return Block(
            name, key.span, {word: default for word, default, _ in params}, tuple(lets), inputs, rest, outputs, body, False
        )

    def block_inputs(self, pairs: Pairs, reader: StepReader) -> tuple[tuple[str, ...], str | None]:
        names: list[str] = []
        rest = None
        if "inputs" not in pairs:
            return (), None
        items = self.desk.items(pairs["inputs"][1], "`inputs`")
        if not items and pairs["inputs"][1].kind == "sequence":
            self.desk.report(pairs["inputs"][1].span, "missing-value", "`inputs` names none")
        for position, item in enumerate(items):
            text = self.desk.text(item, "an input")
            last = text.endswith(".*")
            word = text.removesuffix(".*")
            if last and position < len(items) - 1:
                self.desk.report(item.span, "bad-name", f"`{text}` takes all that are left, so it comes last")
                continue
            if item.broken or not reader.may_be_name(word, item):
                continue
            if word in names:
                self.desk.report(item.span, "duplicate-name", f"`{word}` is an input twice")
                continue
            reader.given.add(word)
            if last:
                rest = word
            else:
                names.append(word)
        return tuple(names), rest

    def block_outputs(self, pairs: Pairs, reader: StepReader, own: Vocabulary) -> tuple[tuple[Reference, Span], ...] | None:
        if "outputs" not in pairs:
            return None
        items = self.desk.items(pairs["outputs"][1], "`outputs`")
        if not items and pairs["outputs"][1].kind == "sequence":
            self.desk.report(pairs["outputs"][1].span, "missing-value", "`outputs` names none")
        read = []
        for item in items:
            reference = reader.reference(item, own)
            if reference is not None:
                read.append((reference, item.span))
        return tuple(read) if len(read) == len(items) and read else None
