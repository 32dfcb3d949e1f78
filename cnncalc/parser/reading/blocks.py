"""`blocks`: what each block takes, and its steps."""

from __future__ import annotations

from ...document import BLOCK, COMMON_KEYS, ENTERING, STRUCTURES, Block, Body, StaticScope
from ...expression.grammar import compile_text
from ...expression.value import Expression, Reference
from ...layers import JOINS
from ...problem import Refusal, Span
from ..yaml_nodes import YamlNode
from .calls import Signature
from .context import Pairs, ReadContext, unreadable
from .names import StepNames
from .steps import StepReader
from .vocabulary import Vocabulary, is_variable_name

Parameters = list[tuple[str, Expression | None, YamlNode]]
"""The names of parameters, their defaults, and where they stand."""


class BlockReader:
    """Reads the blocks of a file; `signatures` are known before any body is read."""

    def __init__(self, desk: ReadContext) -> None:
        self.desk = desk
        self.signatures: dict[str, Signature] = {}

    def read_signatures(self, blocks: Pairs) -> dict[str, tuple[YamlNode, Pairs, Parameters]]:
        """Read what each block takes, so that blocks may call one another whatever their order."""
        found = {}
        for name, (key, node) in blocks.items():
            pairs = self.desk.mapping(node, f"block `{name}`", BLOCK)
            if name in JOINS or name in STRUCTURES or name in COMMON_KEYS or name == "input":
                self.desk.report(
                    key.span,
                    "bad-name",
                    f"`{name}` cannot be a block: it is a word of the language",
                )
                continue
            if not is_variable_name(name):
                hint = "letters, digits and `_`, and no word of the language"
                self.desk.report(key.span, "bad-name", f"`{name}` cannot be a block", hint)
                self.signatures[name] = Signature({}, lost=True)
                continue
            params, lost = self.parameters(pairs)
            lost = lost or node.kind != "mapping" or node.broken
            self.signatures[name] = Signature(
                {word: default is None for word, default, _ in params}, lost
            )
            self.desk.late.update(word for word, _, _ in params)
            found[name] = (key, pairs, params)
        return found

    def parameters(self, pairs: Pairs) -> tuple[Parameters, bool]:
        """`params`, and whether some could not be read."""
        if "params" not in pairs or pairs["params"][1].empty:
            return [], False
        node = pairs["params"][1]
        kept: Parameters = []
        lost = node.kind != "sequence" or node.broken
        for param in [self.parameter(item) for item in self.desk.items(node, "`params`")]:
            if param is None:
                lost = True
            elif any(param[0] == other[0] for other in kept):
                self.desk.report(
                    param[2].span, "duplicate-name", f"`{param[0]}` is a parameter twice"
                )
            else:
                kept.append(param)
        return kept, lost

    def parameter(self, node: YamlNode) -> tuple[str, Expression | None, YamlNode] | None:
        """`name` or `name=default`."""
        if node.kind == "mapping" and len(node.pairs) == 1 and not node.broken:
            key, value = node.pairs[0]
            self.desk.report(
                node.span,
                "type",
                "a parameter is a text, found a mapping",
                f"write {key.text}={value.text}",
            )
            return None
        text = self.desk.text(node, "a parameter").strip()
        if not text:
            if node.kind == "scalar" and not node.broken:
                self.desk.report(
                    node.span,
                    "missing-value",
                    "a parameter has no name",
                    "write `name` or `name=default`",
                )
            return None
        name, mark, default = (part.strip() for part in text.partition("="))
        if name in COMMON_KEYS:
            self.desk.report(
                node.span,
                "bad-name",
                f"no parameter may be called `{name}`: it is a common key of steps",
            )
            return None
        if not is_variable_name(name):
            self.desk.report(
                node.span,
                "bad-name",
                f"`{name}` cannot be a parameter",
                "write `name` or `name=default`",
            )
            return None
        if not mark:
            return name, None, node
        if not default:
            self.desk.report(
                node.span,
                "missing-value",
                f"`{name}=` has no default",
                "write `name` or `name=default`",
            )
            return name, unreadable(node.span), node
        try:
            return name, compile_text(default).at(node.span), node
        except Refusal as refusal:
            self.desk.refuse(node.span, refusal)
            return name, unreadable(node.span), node

    def block(
        self, name: str, key: YamlNode, pairs: Pairs, params: Parameters, variables: Vocabulary
    ) -> Block:
        desk = self.desk
        own = variables.child().child(ENTERING)
        reader = StepReader(desk, self.signatures, inside=name)
        own.pending = reader.names.pending
        own.lost = own.lost or self.signatures[name].lost
        for word, default, _ in params:
            if default is not None:
                desk.check_names(default, own)
            own.names[word] = None
        lets: list[tuple[str, Expression]] = []
        if "let" in pairs and not pairs["let"][1].empty:
            own.lost = own.lost or pairs["let"][1].kind != "mapping"
            lets = list(
                desk.definitions(
                    pairs["let"][1], "`let`", own, self.signatures[name].params
                ).items()
            )
        scope = StaticScope()
        inputs, rest = self.block_inputs(pairs, reader.names)
        reader.names.enters((*inputs, rest) if rest else inputs, scope)
        if "layers" in pairs:
            body = reader.body(pairs["layers"][1], own, scope, True, "`layers`")
        else:
            body = Body((), scope)
            if not self.signatures[name].lost:
                desk.report(key.span, "missing-key", f"block `{name}` has no `layers`")
            desk.lost = True
        outputs = self.block_outputs(pairs, reader.names, own)
        reader.names.settle_references()
        defaults = {word: default for word, default, _ in params}
        places = {word: node.span for word, _, node in params}
        places |= {key.text: key.span for key, _ in pairs["let"][1].pairs} if lets else {}
        places |= (
            {item.text.removesuffix(".*"): item.span for item in pairs["inputs"][1].items}
            if inputs or rest
            else {}
        )
        return Block(name, key.span, defaults, tuple(lets), inputs, rest, outputs, body, places)

    def block_inputs(self, pairs: Pairs, names: StepNames) -> tuple[tuple[str, ...], str | None]:
        found: list[str] = []
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
                self.desk.report(
                    item.span, "bad-name", f"`{text}` takes all that are left, so it comes last"
                )
                continue
            if item.broken or not names.may_be_name(word, item):
                continue
            if word in found:
                self.desk.report(item.span, "duplicate-name", f"`{word}` is an input twice")
                continue
            names.given[word] = None
            if last:
                rest = word
            else:
                found.append(word)
        return tuple(found), rest

    def block_outputs(
        self, pairs: Pairs, names: StepNames, own: Vocabulary
    ) -> tuple[tuple[Reference, Span], ...] | None:
        if "outputs" not in pairs:
            return None
        items = self.desk.items(pairs["outputs"][1], "`outputs`")
        if not items and pairs["outputs"][1].kind == "sequence":
            self.desk.report(pairs["outputs"][1].span, "missing-value", "`outputs` names none")
        read = []
        for item in items:
            reference = names.reference(item, own)
            if reference is not None:
                read.append((reference, item.span))
        return tuple(read) if len(read) == len(items) and read else None
