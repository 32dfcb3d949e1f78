"""Nodes -> steps: what each step is, its arguments by name, and the mistakes that can be seen before anything is calculated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress

from ..layers import JOINS, LAYERS, layer_class
from ..problem import Refusal, Span, count, did_you_mean, nearest
from .desk import Desk, Vocabulary, describe, unreadable
from .document import COMMON_KEYS, STRUCTURES, Bindings, Body, Operand, StaticScope, Step, What
from .expression import Expression, Reference, compile_reference, compile_text, is_name
from .source import Node


class Signature:
    """The parameters of a block, known before any body is read."""

    def __init__(self, params: dict[str, bool], lost: bool = False) -> None:
        self.params = params  # whether each must be given
        self.lost = lost  # some could not be read


class StepReader:
    """Reads the steps of one block, or of the network."""

    def __init__(self, desk: Desk, signatures: dict[str, Signature], inside: str | None = None) -> None:
        self.desk = desk
        self.signatures = signatures
        self.inside = inside
        self.number = 0
        self.given: set[str] = {"input"}  # every name given in this block, whatever its scope
        self.pending: list[tuple[Reference, Span]] = []

    def enters(self, names: Iterable[str], scope: StaticScope) -> None:
        """Note the names of what enters, which no step of the scope may have."""
        self.given.update(names)
        scope.entering.update(names)

    # What a word means

    def is_block(self, word: str) -> bool:
        """A block; inside a block that hides a built-in layer, the word means the built-in."""
        return word in self.signatures and not (word == self.inside and word in LAYERS)

    def is_layer(self, word: str) -> bool:
        return word in LAYERS and not self.is_block(word)

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

    def body(self, node: Node, vocabulary: Vocabulary, scope: StaticScope, own: bool, what: str) -> Body:
        """Steps, in a scope of their own or in the one around."""
        steps = [self.step(item, vocabulary, scope) for item in self.desk.items(node, what)]
        return Body(tuple(steps), scope if own else None)

    def single(self, node: Node, vocabulary: Vocabulary, scope: StaticScope, own: bool) -> Body:
        return Body((self.step(node, vocabulary, scope),), scope if own else None)

    def broken(self, span: Span) -> Step:
        """A step that could not be read; what is named in it is not known."""
        self.number += 1
        self.desk.lost = True
        return Step(self.number, "from", "", span, broken=True)

    # One step

    def step(self, node: Node, vocabulary: Vocabulary, scope: StaticScope) -> Step:
        self.desk.count_step(node.span)
        if node.broken:
            return self.broken(node.span)
        if node.kind == "scalar" and node.text:
            return self.named_by(node, None, {}, vocabulary, scope, node)
        if node.kind != "mapping" or not node.pairs:
            hint = "write {layers: [...]} for a group of steps" if node.items else ""
            self.desk.report(node.span, "type", f"a step is a word or a mapping, found {describe(node)}", hint)
            return self.broken(node.span)
        common = {key.text: (key, value) for key, value in node.pairs if key.text in COMMON_KEYS}
        rest = [(key, value) for key, value in node.pairs if key.text not in COMMON_KEYS]
        if not rest:
            return self.onward(node, common, vocabulary, scope)
        (key, value), *arguments = rest
        return self.named_by(key, value, {k.text: (k, v) for k, v in arguments}, vocabulary, scope, node, common)

    def onward(self, node: Node, common: dict[str, tuple[Node, Node]], vocabulary: Vocabulary, scope: StaticScope) -> Step:
        """`{from: x}` alone: go on from there."""
        if "from" not in common:
            key = node.pairs[0][0]
            self.desk.report(key.span, "no-layer", "this step names no layer", "the first key that is not a common key does")
            return self.broken(node.span)
        for word in common:
            if word not in ("from", "name", "when"):
                self.desk.report(common[word][0].span, "unknown-key", f"a step of `from` alone takes no `{word}`")
        self.number += 1
        step = Step(self.number, "from", "from", node.pairs[0][0].span)
        return self.with_common(step, common, vocabulary, vocabulary, scope)

    def named_by(
        self,
        key: Node,
        value: Node | None,
        arguments: dict[str, tuple[Node, Node]],
        vocabulary: Vocabulary,
        scope: StaticScope,
        node: Node,
        common: dict[str, tuple[Node, Node]] | None = None,
    ) -> Step:
        """A step whose naming key is known."""
        common = common or {}
        inner = self.inner_vocabulary(common, vocabulary)
        word = key.text
        what = self.what_is(word, inner)
        self.number += 1
        if what is None:
            words = [*LAYERS, *self.signatures, *STRUCTURES, *vocabulary.all()]
            hint = did_you_mean(word, words) or "the first key that is not a common key names a layer, a block or a structure"
            if word == "training_only":
                hint = "write `output` first: {output: [...], training_only: true}"
            self.desk.report(key.span, "unknown-layer", f"unknown layer `{word}`", hint)
            return self.with_common(self.broken(key.span), common, vocabulary, inner, scope)._replace(broken=True)
        step = Step(self.number, what, word, key.span)
        step = self.with_common(step, common, vocabulary, inner, scope)
        own = step.repeat is not None or step.bindings is not None or step.across is not None
        if own:
            step = step._replace(scope=StaticScope(step.number))
        if what == "group":
            return self.group(step, value, arguments, inner, scope)
        if what == "output":
            return self.output(step, value, arguments, inner)
        if what == "join":
            return self.join(step, value, arguments, inner, step.scope or scope)
        return self.call(step, key, value, arguments, inner)

    def inner_vocabulary(self, common: dict[str, tuple[Node, Node]], vocabulary: Vocabulary) -> Vocabulary:
        """What a step's own values may read: its counters and bindings too."""
        bindings = [common[word][1] for word in ("for", "across") if word in common]
        if not bindings and "repeat" not in common:
            return vocabulary
        inner = vocabulary.child([key.text for node in bindings for key, _ in node.pairs], "repeat" in common)
        inner.lost = inner.lost or any(node.kind != "mapping" or node.broken for node in bindings)
        return inner

    # Common keys

    def with_common(
        self, step: Step, common: dict[str, tuple[Node, Node]], outer: Vocabulary, inner: Vocabulary, scope: StaticScope
    ) -> Step:
        changes: dict[str, object] = {}
        desk = self.desk
        if "from" in common:
            changes["sources"] = self.references(common["from"][1], outer)
            changes["broken"] = changes["sources"] is None
        for word, vocabulary in (("when", inner), ("repeat", outer), ("trainable", inner)):
            if word in common:
                changes[word] = desk.expression(common[word][1], vocabulary, f"`{word}`")
                changes["broken"] = changes.get("broken") or changes[word] is None
        if "for" in common:
            changes["bindings"] = self.bindings(common["for"][1], outer, "for")
        if "across" in common:  # is asked in each round
            around = {word: pair for word, pair in common.items() if word != "across"}
            changes["across"] = self.bindings(common["across"][1], self.inner_vocabulary(around, outer), "across")
        if "repeat" in common and "for" in common:
            hint = "put one of them on a group around it"
            desk.report(common["for"][0].span, "repeat-and-for", "`for` and `repeat` on one step", hint)
            changes["broken"] = True
        if "across" in common and step.what != "join":
            desk.report(common["across"][0].span, "unknown-key", "`across` stands on joins only", "use `for`")
            changes["across"] = None
        if "shared" in common:
            changes |= self.tag(common["shared"][1])
        name = None
        if "name" in common:
            value = common["name"][1]
            name = self.give(desk.text(value, "`name`"), value, scope, "when" in common)
        step = step._replace(name=name, **changes)  # type: ignore[arg-type]
        if name is None and step.what != "from":
            scope.unnamed.append(step)
        return step

    def tag(self, node: Node) -> dict[str, object]:
        """`shared`: a tag, or false."""
        tag = self.desk.text(node, "`shared`")
        if tag == "false":
            return {"unshared": True}
        if node.kind == "scalar" and not node.broken and tag in ("true", ""):
            hint = "as in `shared: head` on each of them; `shared: false` opts out"
            self.desk.report(node.span, "bad-value", "`shared` is a tag that the steps with the same weights have", hint)
        return {"shared": tag} if tag not in ("true", "") else {}

    def give(self, name: str, node: Node, scope: StaticScope, maybe: bool) -> str | None:
        """Check a given name and note it; None where it cannot be one."""
        if node.broken or node.kind != "scalar" or not self.may_be_name(name, node):
            return None
        if name in scope.entering:
            self.desk.report(node.span, "duplicate-name", f"`{name}` is the name of what enters", "give the step another name")
            return None
        if name in scope.given and not (maybe or scope.given[name][1]):
            earlier = scope.given[name][0]
            self.desk.report(
                node.span,
                "duplicate-name",
                f"`{name}` is the name of two steps",
                f"it is given first in line {earlier.line}, column {earlier.column}",
            )
            return None
        scope.given.setdefault(name, (node.span, maybe))
        self.given.add(name)
        self.desk.steps_named.add(name)
        return name

    def may_be_name(self, name: str, node: Node) -> bool:
        if not name:
            self.desk.report(node.span, "missing-value", "a name is empty")
        elif not is_name(name):
            self.desk.report(
                node.span,
                "bad-name",
                f"`{name}` cannot be a name",
                "a name has a letter in it, and none of . [ ] ( ) * or a comma",
            )
        elif name in LAYERS or name in self.signatures or name in STRUCTURES or name == "input":
            what = "the input" if name == "input" else "a block" if name in self.signatures else "a layer or structure"
            self.desk.report(node.span, "bad-name", f"`{name}` cannot be a name: it is {what}")
        elif name in COMMON_KEYS:
            self.desk.report(node.span, "bad-name", f"`{name}` cannot be a name: it is a common key")
        else:
            return True
        return False

    def references(self, node: Node, vocabulary: Vocabulary) -> tuple[tuple[Reference, Span], ...] | None:
        """`from`: a reference or a list of them."""
        nodes = node.items if node.kind == "sequence" else [node]
        if not nodes:
            self.desk.report(node.span, "missing-value", "`from` names nothing")
            return None
        references = [(self.reference(item, vocabulary), item.span) for item in nodes]
        found = tuple((reference, span) for reference, span in references if reference)
        return found if len(found) == len(nodes) else None

    def reference(self, node: Node, vocabulary: Vocabulary) -> Reference | None:
        if node.broken:
            return None
        if node.empty:
            self.desk.report(node.span, "missing-value", "a reference is empty", "name an earlier step, or `input`")
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
                self.desk.report(
                    span, "unknown-reference", f"no step is named `{reference.name}`", self.reference_hint(reference.name)
                )

    def reference_hint(self, name: str) -> str:
        found = re.fullmatch(r"(\w+?)\d+", name)
        if found and (found[1] in LAYERS or found[1] in self.signatures):
            return "automatic names cannot be referred to: give the step a `name`"
        return did_you_mean(name, self.given)

    def bindings(self, node: Node, vocabulary: Vocabulary, word: str) -> Bindings:
        pairs = self.desk.mapping(node, f"`{word}`")
        if not pairs and node.kind == "mapping" and not node.broken:
            self.desk.report(node.span, "missing-value", f"`{word}` binds no name", "as in `for: {k: 4}`")
        bound = []
        for name, (key, value) in pairs.items():
            expression = self.desk.expression(value, vocabulary, f"`{name}`") if self.desk.may_be_variable(key) else None
            bound.append((name, expression or unreadable(key.span)))
        return tuple(bound)

    # Kinds of steps

    def group(
        self,
        step: Step,
        value: Node | None,
        arguments: dict[str, tuple[Node, Node]],
        vocabulary: Vocabulary,
        scope: StaticScope,
    ) -> Step:
        self.no_arguments(arguments, "a group")
        own = step.scope is not None or step.name is not None
        if value is None or value.empty:
            self.desk.report(step.span, "missing-value", "`layers` lists no steps")
            return step._replace(broken=True)
        body = self.body(value, vocabulary, (step.scope or StaticScope(step.number)) if own else scope, own, "`layers`")
        return step._replace(body=body)

    def output(self, step: Step, value: Node | None, arguments: dict[str, tuple[Node, Node]], vocabulary: Vocabulary) -> Step:
        training_only = arguments.pop("training_only", None)
        if training_only is not None:
            expression = self.desk.expression(training_only[1], vocabulary, "`training_only`")
            step = step._replace(arguments={"training_only": expression}) if expression else step._replace(broken=True)
        self.no_arguments(arguments, "an output", ("training_only",))
        if value is None or value.empty:
            self.desk.report(step.span, "missing-value", "`output` lists no steps", "write the side chain: {output: [...]}")
            return step._replace(broken=True)
        return step._replace(body=self.body(value, vocabulary, StaticScope(step.number), True, "`output`"))

    def no_arguments(self, arguments: dict[str, tuple[Node, Node]], what: str, known: tuple[str, ...] = ()) -> None:
        for word, (key, _) in arguments.items():
            self.desk.report(
                key.span, "unknown-argument", f"unknown argument `{word}` of {what}", did_you_mean(word, (*known, *COMMON_KEYS))
            )

    def call(
        self, step: Step, key: Node, value: Node | None, arguments: dict[str, tuple[Node, Node]], vocabulary: Vocabulary
    ) -> Step:
        """A layer, a block, or a variable that holds one."""
        broken = step.broken
        if value is not None and not value.empty:
            if value.broken:
                broken = True
            if value.kind == "sequence" and step.what != "layer":
                values = [self.desk.expression(item, vocabulary, "a parameter") for item in value.items]
                step = step._replace(listed=True)
            else:
                values = [self.desk.expression(value, vocabulary, f"`{key.text}`")]
            broken = broken or None in values
            step = step._replace(value=tuple(entry for entry in values if entry))
        read = {}
        for word, (_, node) in arguments.items():
            expression = self.desk.expression(node, vocabulary, f"`{word}`")
            if expression is None:
                broken = True
            else:
                read[word] = expression
        step = step._replace(arguments=read, broken=broken)
        if step.what != "variable":
            broken = self.check_call(step, {word: pair[0].span for word, pair in arguments.items()}) or broken
        return step._replace(broken=broken)

    def parameters(self, step: Step) -> dict[str, bool]:
        """What a layer or block takes, and whether it must be given."""
        if step.what == "block":
            return self.signatures[step.word].params
        return {name: field.required for name, field in layer_class(step.word).fields.items()}

    def check_call(self, step: Step, spans: dict[str, Span]) -> bool:
        """Report unknown, doubled and missing arguments; whether there are any."""
        if step.what == "block" and self.signatures[step.word].lost:
            return True
        params = self.parameters(step)
        before = len(self.desk.problems)
        names = list(params)
        count_given = len(step.value)
        if count_given > len(names):
            found = f"takes {count(len(names), 'argument') if names else 'no arguments'}, found {count_given}"
            self.desk.report(
                step.value[len(names)].span,
                "unknown-argument",
                f"{step.word} {found}",
                f"it takes {', '.join(names)}" if names else "",
            )
        given = names[:count_given]
        for word, span in spans.items():
            if word not in params:
                hint = nearest(word, (*names, *COMMON_KEYS)) or f"it takes {', '.join(names) or 'no arguments'}"
                self.desk.report(span, "unknown-argument", f"unknown argument `{word}` of {step.word}", hint)
            elif word in given:
                self.desk.report(
                    span, "duplicate-argument", f"`{word}` is given twice", f"the value of `{step.word}` is its `{word}`"
                )
        missing = [word for word, required in params.items() if required and word not in given and word not in spans]
        if missing and not step.broken:
            needed = [word for word, required in params.items() if required]
            form = needed[0] if len(needed) == 1 else f"[{', '.join(needed)}]"
            if step.what == "layer":
                form = ", ".join([needed[0], *(f"{word}: ..." for word in needed[1:])])
            wanted = " and ".join(f"`{word}`" for word in missing)
            self.desk.report(step.span, "missing-argument", f"{step.word} needs {wanted}", f"as in {{{step.word}: {form}}}")
        return len(self.desk.problems) > before

    # Joins

    def join(
        self,
        step: Step,
        value: Node | None,
        arguments: dict[str, tuple[Node, Node]],
        vocabulary: Vocabulary,
        scope: StaticScope,
    ) -> Step:
        read = {}
        fields = [name for name in layer_class(step.word).fields if name != "constants"]
        for word, (key, node) in arguments.items():
            if word not in fields:
                hint = did_you_mean(word, (*fields, *COMMON_KEYS))
                self.desk.report(key.span, "unknown-argument", f"unknown argument `{word}` of {step.word}", hint)
                continue
            expression = self.desk.expression(node, vocabulary, f"`{word}`")
            if expression is None:
                step = step._replace(broken=True)
            else:
                read[word] = expression
        step = step._replace(arguments=read)
        if value is None or value.kind == "scalar" or not (value.items or value.pairs):
            if not (value is not None and value.broken):
                found = f", found {describe(value)}" if value is not None and not value.empty else ""
                message = f"{step.word} takes a list or a mapping of operands{found}"
                self.desk.report(step.span, "missing-operands", message, f"write {{{step.word}: [[], other]}}")
            return step._replace(broken=True)
        pairs: list[tuple[Node | None, Node]] = [(None, item) for item in value.items] + list(value.pairs)
        bound = {name for name, _ in step.across or ()}
        operands = []
        for operand_key, item in pairs:
            if bound and not mentions(item, bound):
                self.desk.report(
                    item.span,
                    "across",
                    "this operand reads no binding of `across`, so that all of its copies are alike",
                    f"read one of: {', '.join(sorted(bound))}",
                )
            operands.append(self.operand(operand_key, item, vocabulary, scope))
        unnamed = any(key is not None and operand.name is None for (key, _), operand in zip(pairs, operands, strict=True))
        return step._replace(operands=tuple(operands), broken=step.broken or unnamed)

    def operand(self, key: Node | None, node: Node, vocabulary: Vocabulary, scope: StaticScope) -> Operand:
        name = None
        if key is not None:
            conditional = node.kind == "mapping" and any(k.text == "when" for k, _ in node.pairs)
            name = self.give(key.text, key, scope, conditional)
        inner = StaticScope(self.number) if key is not None else scope
        own = key is not None
        if node.kind == "sequence":
            return Operand(name, self.body(node, vocabulary, inner, own, "a branch"), "", None, None, node.span)
        if node.kind == "mapping" or node.broken or not node.text:
            return Operand(name, self.single(node, vocabulary, inner, own), "", None, None, node.span, lone=True)
        word = node.text
        if self.is_layer(word) or self.is_block(word):
            if vocabulary.use(word):
                self.desk.report(
                    node.span,
                    "ambiguous-operand",
                    f"`{word}` is a layer and a variable",
                    f"write {{{word}: }} for the layer, and rename the variable",
                )
            return Operand(name, self.single(node, vocabulary, inner, own), "", None, None, node.span, lone=True)
        return self.word_operand(name, node, vocabulary, inner, own)

    def word_operand(self, name: str | None, node: Node, vocabulary: Vocabulary, scope: StaticScope, own: bool) -> Operand:
        """A reference, a number, or a variable that holds a number or a layer."""
        reference = expression = None
        problem = None
        with suppress(Refusal):
            reference = compile_reference(node.text)
        try:
            expression = compile_text(node.text.strip()).at(node.span)
        except Refusal as refusal:
            problem = refusal
        known = expression is not None and all(
            vocabulary.use(word) or (word == "i" and vocabulary.repeats) or word in ("in_channels", "in_size")
            for word in expression.names
        )
        if reference is not None and not (known and expression is not None):
            expression = None
            self.note(reference, node.span, vocabulary)
        elif reference is None and expression is not None:
            self.desk.check_names(expression, vocabulary)
        elif reference is None:
            message = f"expected a branch, a reference or a number, found {describe(node)}"
            self.desk.report(node.span, "bad-operand", message, problem.hint if problem else "")
        body = None
        if expression is not None and expression.names == {expression.text}:
            self.number += 1
            step = Step(self.number, "variable", expression.text, node.span)
            scope.unnamed.append(step)
            body = Body((step,), scope if own else None)
        return Operand(name, body, node.text, reference, expression, node.span, lone=True)


def mentions(node: Node, names: set[str]) -> bool:
    """Whether any text below a node has one of the names as a word."""
    if node.kind == "scalar":
        return bool(names & set(re.findall(r"[A-Za-z_]\w*", node.text)))
    return any(mentions(item, names) for item in node.items) or any(
        mentions(key, names) or mentions(value, names) for key, value in node.pairs
    )
