"""Calls of layers and blocks: their arguments, against what they take."""

from __future__ import annotations

from collections.abc import Mapping

from ...document import COMMON_KEYS, Step, What
from ...layers import LAYERS, layer_class
from ...layers.aliases import argument_for
from ...problem import Span, count, nearest_of
from ..yaml_nodes import YamlNode
from .context import Pairs, ReadContext
from .hints import argument_hint, call_example
from .vocabulary import Vocabulary

ARGUMENTS = "arguments stand beside: {conv: 64, kernel: 3}"


class Signature:
    """The parameters of a block, known before any body is read."""

    def __init__(self, params: dict[str, bool], lost: bool = False) -> None:
        self.params = params  # whether each must be given
        self.lost = lost  # some could not be read


class CallReader:
    """Reads calls; `signatures` says what the blocks take."""

    def __init__(self, desk: ReadContext, signatures: Mapping[str, Signature]) -> None:
        self.desk = desk
        self.signatures = signatures

    def call(
        self,
        step: Step,
        key: YamlNode,
        value: YamlNode | None,
        arguments: Pairs,
        vocabulary: Vocabulary,
    ) -> Step:
        """A layer, a block, or a variable that holds one."""
        listed = value is not None and value.kind == "sequence" and step.what != "layer"
        if value is None or value.empty:
            values = []
        elif listed:
            values = [
                self.desk.expression(item, vocabulary, "a parameter", (), ARGUMENTS)
                for item in value.items
            ]
        else:
            words = self.words_of(step, "")
            values = [self.desk.expression(value, vocabulary, f"`{key.text}`", words, ARGUMENTS)]
        lost = None in values or (value is not None and value.broken)
        step = step._replace(
            value=tuple(entry for entry in values if entry),
            listed=listed,
            broken=step.broken or lost,
        )
        step = self.with_arguments(step, arguments, vocabulary)
        if step.what == "variable":
            return step._replace(keys={word: key.span for word, (key, _) in arguments.items()})
        if self.check_call(step, {word: pair[0].span for word, pair in arguments.items()}):
            step = step._replace(broken=True)
        return step.bound(step.word, list(self.parameters(step)))

    def with_arguments(self, step: Step, arguments: Pairs, vocabulary: Vocabulary) -> Step:
        """A step with the arguments that stand beside what it is."""
        read = {
            word: self.desk.expression(
                node, vocabulary, f"`{word}`", self.words_of(step, word), ARGUMENTS
            )
            for word, (_, node) in arguments.items()
        }
        known = {word: expression for word, expression in read.items() if expression is not None}
        return step._replace(arguments=known, broken=step.broken or len(known) < len(read))

    def words_of(self, step: Step, argument: str) -> tuple[str, ...]:
        """The words that an argument of a layer takes; the first argument's where none is named."""
        fields = layer_class(step.word).fields if step.what in ("layer", "join") else {}
        field = fields.get(argument or next(iter(fields), ""))
        return field.type.words if field else ()

    def parameters(self, step: Step) -> dict[str, bool]:
        """What a layer or block takes, and whether it must be given."""
        if step.what == "block":
            return self.signatures[step.word].params
        return {name: field.required for name, field in layer_class(step.word).fields.items()}

    def sorted_out(
        self, word: str, what: What, value: YamlNode | None, arguments: Pairs, common: Pairs
    ) -> tuple[Pairs, Pairs]:
        """The arguments, and the common keys, as they are meant: a word that is neither is reported.

        It is read as the one that it is near, if that is not given, so that nothing more is said of it.
        """
        known = self.arguments_of(word, what)
        if known is None:
            return arguments, common
        kept, common = {}, dict(common)
        for name, (key, node) in arguments.items():
            if name in known:
                kept[name] = (key, node)
                continue
            of = {"group": "a group", "output": "an output"}.get(what, word)
            hint = argument_hint(
                name,
                word,
                value,
                known,
                node,
                lambda word: word in LAYERS or word in self.signatures,
            )
            self.desk.report(
                key.span, "unknown-argument", f"unknown argument `{name}` of {of}", hint
            )
            meant = (
                ""
                if node.empty
                else argument_for(name, known) or nearest_of(name, (*known, *COMMON_KEYS))
            )
            if meant in COMMON_KEYS:
                common.setdefault(meant, (key, node))
            elif meant and meant not in arguments:
                kept[meant] = (key, node)
        return kept, common

    def arguments_of(self, word: str, what: What) -> list[str] | None:
        """The names of the arguments that may stand beside what a step is; None where they are not known."""
        if what == "block":
            signature = self.signatures[word]
            return None if signature.lost else list(signature.params)
        if what in ("group", "output"):
            return ["training_only"] if what == "output" else []
        return [name for name in layer_class(word).fields if name != "constants"]

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
            if word in given:
                self.desk.report(
                    span,
                    "duplicate-argument",
                    f"`{word}` is given twice",
                    f"the value of `{step.word}` is its `{word}`",
                )
        missing = [
            word
            for word, required in params.items()
            if required and word not in given and word not in spans
        ]
        if missing and not step.broken:
            needed = [word for word, required in params.items() if required]
            wanted = " and ".join(f"`{word}`" for word in missing)
            self.desk.report(
                step.span,
                "missing-argument",
                f"{step.word} needs {wanted}",
                f"as in {call_example(step.word, needed, step.what == 'block')}",
            )
        return len(self.desk.problems) > before
