"""Calls of layers and blocks, and their arguments."""

from __future__ import annotations

from collections.abc import Mapping

from ...document import COMMON_KEYS, Step, StepType
from ...expression.expression import Expression
from ...layers import LAYERS, layer_class
from ...problem import nearest_of
from ..signature import Signature, layer_signature
from ..yaml_nodes import YamlNode
from .argument_forms import mapping_argument, reference_argument, text_argument
from .context import Pairs, ReadContext
from .names import StepNames
from .vocabulary import Vocabulary

ARGUMENTS_HINT = "arguments are keys of the step: {conv: 64, kernel: 3}"


class CallReader:
    """Reads calls; `signatures` are those of the blocks."""

    def __init__(
        self, context: ReadContext, signatures: Mapping[str, Signature], names: StepNames
    ) -> None:
        self.context = context
        self.signatures = signatures
        self.names = names

    def call(
        self,
        step: Step,
        key: YamlNode,
        value: YamlNode | None,
        arguments: Pairs,
        vocabulary: Vocabulary,
    ) -> Step:
        """A call of a layer, of a block, or of a variable that holds one."""
        step = self.with_value(step, key, value, vocabulary)
        step = self.with_arguments(step, arguments, vocabulary)
        spans = {word: pair[0].span for word, pair in arguments.items()}
        if step.type == "variable":
            return step._replace(keys=spans)
        signature = self.signature_of(step.word, step.type)
        if not self.is_valid_call(signature, step, arguments):
            step = step._replace(broken=True)
        return step.bound(step.word, signature.parameters)

    def with_value(
        self, step: Step, key: YamlNode, value: YamlNode | None, vocabulary: Vocabulary
    ) -> Step:
        """The step with the value of its first key; a list is several values, but for layers."""
        listed = value is not None and value.kind == "sequence" and step.type != "layer"
        if value is None or value.empty:
            values = []
        elif listed:
            values = [
                self.context.expression(item, vocabulary, "a parameter", (), ARGUMENTS_HINT)
                for item in value.items
            ]
        else:
            values = [self.argument(step, "", f"`{key.text}`", value, vocabulary)]
        failed = None in values or (value is not None and value.broken)
        read = tuple(entry for entry in values if entry)
        return step._replace(value=read, listed=listed, broken=step.broken or failed)

    def with_arguments(self, step: Step, arguments: Pairs, vocabulary: Vocabulary) -> Step:
        """The step with its named arguments."""
        if not arguments:
            return step
        read = {}
        for word, (_, node) in arguments.items():
            expression = self.argument(step, word, f"`{word}`", node, vocabulary)
            if expression is not None:
                read[word] = expression
        return step._replace(arguments=read, broken=step.broken or len(read) < len(arguments))

    def argument(
        self, step: Step, name: str, what: str, node: YamlNode, vocabulary: Vocabulary
    ) -> Expression | None:
        """An argument in the form that it has; None if there is an error in it (reported).

        An empty name is the first argument.
        """
        fields = layer_class(step.word).fields if step.type in ("layer", "join") else {}
        field = fields.get(name or next(iter(fields), ""))
        if field is not None and field.type.form == "text":
            return text_argument(self.context, node, what)
        if field is not None and field.type.form == "reference":
            reference = self.names.reference(node, vocabulary)
            return reference_argument(reference, node) if reference else None
        if field is not None and field.type.form == "mapping":
            return mapping_argument(self.context, node, what, vocabulary, field.type.expected)
        words = field.type.words if field else ()
        return self.context.expression(node, vocabulary, what, words, ARGUMENTS_HINT)

    def signature_of(self, word: str, type: StepType) -> Signature:
        """The signature of a layer or block."""
        return self.signatures[word] if type == "block" else layer_signature(word)

    def is_valid_call(self, signature: Signature, step: Step, arguments: Pairs) -> bool:
        """Report the problems of a call; False if there are any."""
        if signature.incomplete:
            return False
        spans = {word: pair[0].span for word, pair in arguments.items()}
        problems = list(signature.problems(step, spans))
        for problem in problems:
            self.context.problems.append(problem)
        return not problems

    # Unknown arguments

    def corrected(
        self, word: str, type: StepType, value: YamlNode | None, arguments: Pairs, common: Pairs
    ) -> tuple[Pairs, Pairs]:
        """The arguments and common keys of a step, after a report on each unknown one.

        An unknown key is read as the key that it resembles, unless that is given too, so that it
        causes no further reports.
        """
        known = self.argument_names(word, type)
        if known is None:
            return arguments, common
        kept, common = {}, dict(common)
        for name, (key, node) in arguments.items():
            if name in known:
                kept[name] = (key, node)
                continue
            from ...layers.aliases import argument_for  # only files with errors need hints
            from .hints import argument_hint

            owner = {"group": "a group", "output": "an output"}.get(type, word)
            hint = argument_hint(name, word, value, known, node, self.is_call)
            message = f"unknown argument `{name}` of {owner}"
            self.context.report(key.span, "unknown-argument", message, hint)
            meant = ""
            if not node.empty:
                meant = argument_for(name, known) or nearest_of(name, (*known, *COMMON_KEYS))
            if meant in COMMON_KEYS:
                common.setdefault(meant, (key, node))
            elif meant and meant not in arguments:
                kept[meant] = (key, node)
        return kept, common

    def is_call(self, word: str) -> bool:
        return word in LAYERS or word in self.signatures

    def argument_names(self, word: str, type: StepType) -> list[str] | None:
        """The names of the arguments of a step; None if they are not known."""
        if type == "block":
            signature = self.signatures[word]
            return None if signature.incomplete else list(signature.parameters)
        if type in ("group", "output"):
            return ["training_only"] if type == "output" else []
        return [name for name in layer_class(word).fields if name != "constants"]
