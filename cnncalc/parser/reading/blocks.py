"""`blocks`: the parameters and steps of each block."""

from __future__ import annotations

from ...document import (
    BLOCK_KEYS,
    COMMON_KEYS,
    INPUT_VARIABLES,
    STRUCTURES,
    Block,
    Body,
    StaticScope,
)
from ...expression.expression import Expression, Reference
from ...expression.grammar import compile_text
from ...layers import JOINS
from ...problem import Refusal, Span
from ..signature import Signature, block_signature
from ..yaml_nodes import YamlNode
from .context import Pairs, ReadContext, unreadable
from .names import StepNames
from .steps import StepReader
from .vocabulary import Vocabulary, is_variable_name

Parameters = list[tuple[str, Expression | None, YamlNode]]
"""The names of parameters with their defaults and nodes."""

PARAMETER_HINT = "write `name` or `name=default`"


class BlockReader:
    """Reads the blocks of a file.

    All `signatures` are read before any body, so that blocks can call one another in any order.
    """

    def __init__(self, context: ReadContext) -> None:
        self.context = context
        self.signatures: dict[str, Signature] = {}

    # Signatures

    def read_signatures(self, blocks: Pairs) -> dict[str, tuple[YamlNode, Pairs, Parameters]]:
        """Read the signature of each block; returns what `block` needs for the rest of it."""
        found = {}
        for name, (key, node) in blocks.items():
            pairs = self.context.mapping(node, f"block `{name}`", BLOCK_KEYS)
            if name in JOINS or name in STRUCTURES or name in COMMON_KEYS or name == "input":
                message = f"`{name}` cannot be the name of a block: it is a keyword"
                self.context.report(key.span, "bad-name", message)
                continue
            if not self.may_be_block(name, key.span):
                self.signatures[name] = block_signature(name, {}, incomplete=True)
                continue
            params, incomplete = self.parameters(pairs)
            incomplete = incomplete or node.kind != "mapping" or node.broken
            defaults = {word: default for word, default, _ in params}
            self.signatures[name] = block_signature(name, defaults, incomplete)
            self.context.all_variables.update(defaults)
            found[name] = (key, pairs, params)
        return found

    def may_be_block(self, name: str, span: Span) -> bool:
        """Whether a block can have a name; reported if not."""
        if self.context.is_too_long(name, span):
            return False
        if is_variable_name(name):
            return True
        message = f"`{name}` is not a valid block name"
        hint = "a block name has letters, digits and `_`, and is not a keyword"
        self.context.report(span, "bad-name", message, hint)
        return False

    def parameters(self, pairs: Pairs) -> tuple[Parameters, bool]:
        """`params`, and whether some could not be read."""
        if "params" not in pairs or pairs["params"][1].empty:
            return [], False
        node = pairs["params"][1]
        kept: Parameters = []
        names: set[str] = set()
        incomplete = node.kind != "sequence" or node.broken
        for item in self.context.items(node, "`params`"):
            param = self.parameter(item)
            if param is None:
                incomplete = True
            elif param[0] in names:
                message = f"duplicate parameter `{param[0]}`"
                self.context.report(item.span, "duplicate-name", message)
            else:
                kept.append(param)
                names.add(param[0])
        return kept, incomplete

    def parameter(self, node: YamlNode) -> tuple[str, Expression | None, YamlNode] | None:
        """`name` or `name=default`; None if it cannot be read, which is reported."""
        if node.kind == "mapping" and len(node.pairs) == 1 and not node.broken:
            key, value = node.pairs[0]
            hint = f"write {key.text}={value.text}"
            message = "a parameter must be text, found a mapping"
            self.context.report(node.span, "type", message, hint)
            return None
        text = self.context.text(node, "a parameter").strip()
        if not text:
            if node.kind == "scalar" and not node.broken:
                message = "a parameter has no name"
                self.context.report(node.span, "missing-value", message, PARAMETER_HINT)
            return None
        name, mark, default = (part.strip() for part in text.partition("="))
        if name in COMMON_KEYS:
            message = f"`{name}` cannot be a parameter: it is a common key of steps"
            self.context.report(node.span, "bad-name", message)
            return None
        if self.context.is_too_long(name, node.span):
            return None
        if not is_variable_name(name):
            message = f"`{name}` is not a valid parameter name"
            self.context.report(node.span, "bad-name", message, PARAMETER_HINT)
            return None
        return name, self.default(name, default, node) if mark else None, node

    def default(self, name: str, text: str, node: YamlNode) -> Expression:
        """The default of a parameter; an error in it is reported."""
        if not text:
            message = f"`{name}=` has no default value"
            self.context.report(node.span, "missing-value", message, PARAMETER_HINT)
            return unreadable(node.span)
        try:
            return compile_text(text).at(node.span)
        except Refusal as refusal:
            self.context.refuse(node.span, refusal)
            return unreadable(node.span)

    # Bodies

    def block(
        self, name: str, key: YamlNode, pairs: Pairs, params: Parameters, variables: Vocabulary
    ) -> Block:
        """The block whose signature was read before."""
        context, signature = self.context, self.signatures[name]
        own = variables.child().child(INPUT_VARIABLES)
        reader = StepReader(context, self.signatures, inside=name)
        own.pending = reader.names.pending
        own.incomplete = own.incomplete or signature.incomplete
        for word, default, _ in params:
            if default is not None:
                context.check_names(default, own)
            own.names[word] = None
        lets: dict[str, Expression] = {}
        if "let" in pairs and not pairs["let"][1].empty:
            node = pairs["let"][1]
            own.incomplete = own.incomplete or node.kind != "mapping"
            lets = context.definitions(node, "`let`", own, signature.parameters)
        scope = StaticScope()
        inputs, rest = self.block_inputs(pairs, reader.names)
        reader.names.add_inputs((*inputs, rest) if rest else inputs, scope)
        if "layers" in pairs:
            body = reader.body(pairs["layers"][1], own, scope, True, "`layers`")
        else:
            body = Body((), scope)
            if not signature.incomplete:
                context.report(key.span, "missing-key", f"block `{name}` has no `layers`")
            context.incomplete = True
        outputs = self.block_outputs(pairs, reader.names, own)
        reader.names.report_unknown_references()
        defaults = {word: default for word, default, _ in params}
        spans = {word: node.span for word, _, node in params}
        if lets:
            spans |= {word.text: word.span for word, _ in pairs["let"][1].pairs}
        if inputs or rest:
            items = pairs["inputs"][1].items
            spans |= {item.text.removesuffix(".*"): item.span for item in items}
        return Block(
            name, key.span, defaults, tuple(lets.items()), inputs, rest, outputs, body, spans
        )

    def block_inputs(self, pairs: Pairs, names: StepNames) -> tuple[tuple[str, ...], str | None]:
        """The names in `inputs`, and the name in a last `name.*`."""
        found: dict[str, None] = {}
        rest = None
        if "inputs" not in pairs:
            return (), None
        node = pairs["inputs"][1]
        items = self.context.items(node, "`inputs`")
        if not items and node.kind == "sequence":
            self.context.report(node.span, "missing-value", "`inputs` is empty")
        for position, item in enumerate(items):
            text = self.context.text(item, "an input")
            takes_rest = text.endswith(".*")
            word = text.removesuffix(".*")
            if takes_rest and position < len(items) - 1:
                message = f"`{text}` takes all remaining inputs, so it must be the last one"
                self.context.report(item.span, "bad-name", message)
                continue
            if item.broken or not names.may_be_name(word, item):
                continue
            if word in found:
                message = f"duplicate input `{word}`"
                self.context.report(item.span, "duplicate-name", message)
                continue
            names.given[word] = None
            if takes_rest:
                rest = word
            else:
                found[word] = None
        return tuple(found), rest

    def block_outputs(
        self, pairs: Pairs, names: StepNames, own: Vocabulary
    ) -> tuple[tuple[Reference, Span], ...] | None:
        """The references in `outputs`; None if there are none, or an error in one."""
        if "outputs" not in pairs:
            return None
        node = pairs["outputs"][1]
        items = self.context.items(node, "`outputs`")
        if not items and node.kind == "sequence":
            self.context.report(node.span, "missing-value", "`outputs` is empty")
        read = []
        for item in items:
            reference = names.reference(item, own)
            if reference is not None:
                read.append((reference, item.span))
        return tuple(read) if len(read) == len(items) and read else None
