"""The names of steps: which a step may have, and the references that ask for them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from ...document import COMMON_KEYS, STRUCTURES, StaticScope
from ...expression.grammar import compile_reference
from ...expression.reference import is_name
from ...expression.value import Expression, Reference
from ...layers import LAYERS
from ...problem import Refusal, Span, did_you_mean, nearest
from ..yaml_nodes import YamlNode
from .context import ReadContext
from .vocabulary import Vocabulary


class StepNames:
    """The names that are given, and referred to, in one block or in the network."""

    def __init__(self, desk: ReadContext, blocks: Collection[str]) -> None:
        self.desk = desk
        self.blocks = blocks
        self.given: dict[str, None] = {"input": None}  # whatever the scope
        self.pending: list[tuple[Reference, Span]] = []
        self.operands: set[Span] = set()  # where a word could be a layer or a block as well

    def enters(self, names: Iterable[str], scope: StaticScope) -> None:
        """Note the names of what enters, which no step of the scope may have."""
        self.given.update(dict.fromkeys(names))
        scope.entering.update(names)

    def give(self, name: str, node: YamlNode, scope: StaticScope, maybe: bool) -> str | None:
        """Check a given name and note it; None where it cannot be one."""
        if node.broken or node.kind != "scalar" or not self.may_be_name(name, node):
            return None
        if not self.is_new(name, node.span, scope, maybe):
            return None
        self.given[name] = None
        self.desk.steps_named.add(name)
        return name

    def is_new(self, name: str, span: Span, scope: StaticScope, maybe: bool) -> bool:
        """Note a name in its scope; reported where it is that of another step there."""
        if name in scope.entering:
            self.desk.report(
                span,
                "duplicate-name",
                f"`{name}` is the name of what enters",
                "give the step another name",
            )
            return False
        earlier, conditional = scope.given.setdefault(name, (span, maybe))
        if earlier is span or maybe or conditional:
            return True
        first, second = sorted((earlier, span))  # a join's own name is read before its operands
        place = f"it is given first in line {first.line}, column {first.column}"
        self.desk.report(second, "duplicate-name", f"`{name}` is the name of two steps", place)
        return False

    def seen_from_behind(self, inner: StaticScope, scope: StaticScope) -> None:
        """The names in the branches of a repeated join are those of the scope around it, too."""
        for name, (span, maybe) in inner.given.items():
            self.is_new(name, span, scope, maybe)

    def may_be_name(self, name: str, node: YamlNode) -> bool:
        if not name:
            self.desk.report(node.span, "missing-value", "a name is empty")
        elif not is_name(name):
            self.desk.report(
                node.span,
                "bad-name",
                f"`{name}` cannot be a name",
                "a name has a letter in it, and no comma, line break or any of . [ ] ( ) *",
            )
        elif name in LAYERS or name in self.blocks or name in STRUCTURES or name == "input":
            what = (
                "the input"
                if name == "input"
                else "a block"
                if name in self.blocks
                else "a layer or structure"
            )
            self.desk.report(node.span, "bad-name", f"`{name}` cannot be a name: it is {what}")
        elif name in COMMON_KEYS:
            self.desk.report(
                node.span, "bad-name", f"`{name}` cannot be a name: it is a common key"
            )
        else:
            return True
        return False

    def references(
        self, node: YamlNode, vocabulary: Vocabulary
    ) -> tuple[tuple[Reference, Span], ...] | None:
        """`from`: a reference or a list of them."""
        nodes = node.items if node.kind == "sequence" else [node]
        if not nodes:
            self.desk.report(node.span, "missing-value", "`from` names nothing")
            return None
        references = [(self.reference(item, vocabulary), item.span) for item in nodes]
        found = tuple((reference, span) for reference, span in references if reference)
        return found if len(found) == len(nodes) else None

    def reference(self, node: YamlNode, vocabulary: Vocabulary) -> Reference | None:
        if node.broken:
            return None
        if node.empty:
            self.desk.report(
                node.span,
                "missing-value",
                "a reference is empty",
                "name an earlier step, or `input`",
            )
            return None
        text = self.desk.text(node, "a reference")
        try:
            reference = compile_reference(text)
        except Refusal as refusal:
            if node.kind == "scalar":
                self.desk.refuse(node.span, refusal)
            return None
        self.note(reference, node.span, vocabulary)
        return reference

    def note(self, reference: Reference, span: Span, vocabulary: Vocabulary) -> None:
        """Check the names in a reference now, and later whether there is a step of its name."""
        for part in reference.parts:
            if isinstance(part, Expression):
                self.desk.check_names(part.at(span), vocabulary)
        self.pending.append((reference, span))

    def settle_references(self) -> None:
        """Report references to names that no step of this block has."""
        if self.desk.lost:
            return
        for reference, span in self.pending:
            if reference.name not in self.given:
                hint = (
                    span in self.operands and nearest(reference.name, (*LAYERS, *self.blocks))
                ) or self.reference_hint(reference.name)
                self.desk.report(
                    span, "unknown-reference", f"no step is named `{reference.name}`", hint
                )

    def reference_hint(self, name: str) -> str:
        found = re.fullmatch(r"(\w+?)\d+", name)
        if found and (found[1] in LAYERS or found[1] in self.blocks):
            return "automatic names cannot be referred to: give the step a `name`"
        return did_you_mean(name, self.given)
