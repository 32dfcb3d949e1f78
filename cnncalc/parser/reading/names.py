"""The names that are given to steps, and the references to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ...document import COMMON_KEYS, STRUCTURES, StaticScope
from ...expression.expression import CURRENT, Expression, Reference
from ...expression.grammar import compile_reference
from ...expression.reference import is_name
from ...layers import LAYERS
from ...problem import Refusal, Span, did_you_mean, nearest
from ..yaml_nodes import YamlNode
from .context import ReadContext
from .vocabulary import Vocabulary


class StepNames:
    """The names and references in one block, or in the network.

    `given` are the names of all scopes in it.  `pending` are the references to check at the end;
    a reference at one of the `operand_spans` may be meant as a layer or a block.
    """

    def __init__(self, context: ReadContext, blocks: Collection[str]) -> None:
        self.context = context
        self.blocks = blocks
        self.given: dict[str, None] = {"input": None}  # in order
        self.pending: list[tuple[Reference, Span]] = []
        self.operand_spans: set[Span] = set()

    # Names

    def add_inputs(self, names: Iterable[str], scope: StaticScope) -> None:
        """Record the names of inputs, which no step of the scope may have."""
        self.given.update(dict.fromkeys(names))
        scope.inputs.update(names)

    def give(self, name: str, node: YamlNode, scope: StaticScope, conditional: bool) -> str | None:
        """Check and record the name of a step; None if it cannot have it, which is reported."""
        if node.broken or node.kind != "scalar" or not self.may_be_name(name, node):
            return None
        if not self.is_new(name, node.span, scope, conditional):
            return None
        self.given[name] = None
        self.context.step_names.add(name)
        return name

    def is_new(self, name: str, span: Span, scope: StaticScope, conditional: bool) -> bool:
        """Record a name in its scope; False, and reported, if another step there has it.

        Steps with a `when` may have equal names: building finds out whether two of them are active.
        """
        if name in scope.inputs:
            message = f"`{name}` is already the name of an input"
            hint = "give the step another name"
            self.context.report(span, "duplicate-name", message, hint)
            return False
        earlier, earlier_conditional = scope.given.setdefault(name, (span, conditional))
        if earlier is span or conditional or earlier_conditional:
            return True
        first, second = sorted((earlier, span))  # a join's own name is read before its operands
        hint = f"the first one is in line {first.line}, column {first.column}"
        self.context.report(second, "duplicate-name", f"two steps are named `{name}`", hint)
        return False

    def export_names(self, inner: StaticScope, scope: StaticScope) -> None:
        """Record the names in the branches of a repeated join in the scope around it, too."""
        for name, (span, conditional) in inner.given.items():
            self.is_new(name, span, scope, conditional)

    def may_be_name(self, name: str, node: YamlNode) -> bool:
        """Whether a step or input can have a name; reported if not."""
        if not name:
            self.context.report(node.span, "missing-value", "the name is empty")
            return False
        if self.context.is_too_long(name, node.span):
            return False
        if not is_name(name):
            message = f"`{name}` is not a valid name"
            hint = "a name has a letter in it, and no comma, line break or any of . [ ] ( ) *"
            self.context.report(node.span, "bad-name", message, hint)
            return False
        reserved = self.reserved_for(name)
        if reserved:
            message = f"`{name}` cannot be a name: it is {reserved}"
            self.context.report(node.span, "bad-name", message)
        return not reserved

    def reserved_for(self, name: str) -> str:
        """The meaning of a word that cannot be a name; empty if it can."""
        if name == "input":
            return "the input"
        if name in self.blocks:
            return "a block"
        if name in LAYERS or name in STRUCTURES:
            return "a layer or structure"
        return "a common key" if name in COMMON_KEYS else ""

    # References

    def references(
        self, node: YamlNode, vocabulary: Vocabulary
    ) -> tuple[tuple[Reference, Span], ...] | None:
        """`from`: a reference or a list of them; None if there is an error (reported)."""
        nodes = node.items if node.kind == "sequence" else [node]
        if not nodes:
            self.context.report(node.span, "missing-value", "`from` is empty")
            return None
        references = [(self.source(item, vocabulary), item.span) for item in nodes]
        found = tuple((reference, span) for reference, span in references if reference)
        return found if len(found) == len(nodes) else None

    def source(self, node: YamlNode, vocabulary: Vocabulary) -> Reference | None:
        """A reference in `from`, in a list of which `[]` is the current value, as in a join."""
        if node.kind == "sequence" and not node.items and not node.broken:
            return CURRENT
        return self.reference(node, vocabulary)

    def reference(self, node: YamlNode, vocabulary: Vocabulary) -> Reference | None:
        """A reference; None if there is an error in it, which is reported."""
        if node.broken:
            return None
        if node.empty:
            hint = "name an earlier step, or `input`"
            self.context.report(node.span, "missing-value", "the reference is empty", hint)
            return None
        text = self.context.text(node, "a reference")
        try:
            reference = compile_reference(text)
        except Refusal as refusal:
            if node.kind == "scalar":
                self.context.refuse(node.span, refusal)
            return None
        self.add_reference(reference, node.span, vocabulary)
        return reference

    def add_reference(self, reference: Reference, span: Span, vocabulary: Vocabulary) -> None:
        """Check the names in brackets now, and whether the step exists at the end."""
        for part in reference.parts:
            if isinstance(part, Expression):
                self.context.check_names(part.at(span), vocabulary)
        self.pending.append((reference, span))

    def report_unknown_references(self) -> None:
        """Report references to names that no step of this block has."""
        if self.context.incomplete:
            return
        for reference, span in self.pending:
            if len(reference.parts) > 1:
                self.context.entered.update(reference.entered)
            name = reference.name
            if name in self.given:
                continue
            hint = self.automatic_hint(name)
            if not hint and span in self.operand_spans:
                hint = nearest(name, (*LAYERS, *self.blocks))
            hint = hint or did_you_mean(name, self.given)
            self.context.report(span, "unknown-reference", f"no step is named `{name}`", hint)

    def automatic_hint(self, name: str) -> str:
        """The hint for a reference to a name that tables give a step; empty for any other one."""
        stem = name.rstrip("0123456789")
        if stem == name or not (stem in LAYERS or stem in self.blocks):
            return ""
        return f"automatic names cannot be referred to: give the step `name: {name}`"
