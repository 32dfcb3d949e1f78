"""Where the mistakes of a file are collected, and what all parts of it share is read: words, texts and expressions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import chain
from typing import NamedTuple

from ...document import ENTERING
from ...expression.grammar import compile_text
from ...expression.lists import sequence
from ...expression.value import Expression, Unknown
from ...layers import LAYERS
from ...layers.parameter import WORDS
from ...limits import MAX_WRITTEN_STEPS
from ...problem import Problem, Refusal, Severity, Span, did_you_mean, nearest, nearest_of
from ..problem_list import FatalProblem, ProblemList
from ..yaml_nodes import YamlNode
from .vocabulary import WORDS_OF_OTHERS, Vocabulary, is_variable_name, is_word

Pairs = dict[str, tuple[YamlNode, YamlNode]]
"""The pairs of a mapping, by key."""


class Doubt(NamedTuple):
    """A name that is not known where it is read, and may prove to be a word of a layer."""

    name: str
    span: Span
    vocabulary: Vocabulary  # there
    within: str  # the variable whose value it stands in
    words: tuple[str, ...]  # that the argument takes whose value it stands in


class ReadContext:
    """Collects the mistakes of one file, and reads what all parts of it share: words, texts and expressions."""

    def __init__(self, problems: ProblemList) -> None:
        self.problems = problems
        self.steps = 0
        self.blocks: set[str] = set()
        self.blocks_lost = (
            False  # they could not be read: a word that is not known may be one of them
        )
        self.steps_named: set[str] = set()
        self.lost = False  # a step could not be read: the names in it are not known
        self.doubtful: list[Doubt] = []
        self.late: set[str] = (
            set()
        )  # every variable, parameter and `let` of the file, wherever it can be read

    @property
    def found(self) -> int:
        """How many mistakes there are up to here, and how many names that may prove to be one."""
        return len(self.problems) + len(self.doubtful)

    def count_step(self, span: Span) -> None:
        """Note that a step is read.  Raises FatalProblem where they are too many."""
        self.steps += 1
        if self.steps > MAX_WRITTEN_STEPS:
            raise FatalProblem(
                Problem(span, "limit", f"more than {MAX_WRITTEN_STEPS:,} written steps")
            )

    def report(
        self, span: Span, rule: str, message: str, hint: str = "", severity: Severity = "error"
    ) -> None:
        self.problems.append(Problem(span, rule, message, hint, severity))

    def refuse(self, span: Span, refusal: Refusal) -> None:
        self.report(span, refusal.rule, refusal.message, refusal.hint)

    def mapping(self, node: YamlNode, what: str, allowed: Iterable[str] | None = None) -> Pairs:
        """The pairs of a mapping by key.

        Unknown keys are reported; one that is near a known key which is not there is read as that key, the others are
        left out.  A mapping that is left empty says nothing.
        """
        if node.kind != "mapping":
            if not (node.broken or node.empty):
                self.report(
                    node.span, "type", f"{what} is a mapping (`key: value`), found {describe(node)}"
                )
            return {}
        pairs = {key.text: (key, value) for key, value in node.pairs}
        known = pairs if allowed is None else list(allowed)
        for word in [word for word in pairs if word not in known]:
            key, value = pairs.pop(word)
            head = word.partition(":")[0]
            if head != word and head in known:
                self.report(
                    key.span,
                    "unknown-key",
                    f"unknown key `{word}` of {what}",
                    f"put a space behind the colon of `{head}:`",
                )
                value.broken = True
                pairs.setdefault(head, (key, value))
                continue
            self.report(
                key.span,
                "unknown-key",
                f"unknown key `{word}` of {what}",
                did_you_mean(word, known),
            )
            meant = nearest_of(word, known)
            if meant:
                pairs.setdefault(meant, (key, value))
        return pairs

    def items(self, node: YamlNode, what: str) -> list[YamlNode]:
        if node.kind == "sequence":
            return node.items
        if not node.broken:
            text = node.text or (node.pairs[0][0].text if node.pairs else "")
            hint = (
                f"put a space behind the dash: - {text[1:].split(' -')[0]}"
                if re.match(r"-\w", text)
                else ""
            )
            self.report(node.span, "type", f"{what} is a list, found {describe(node)}", hint)
        return []

    def text(self, node: YamlNode, what: str) -> str:
        if node.kind == "scalar" and not node.broken:
            return node.text
        if not node.broken:
            self.report(node.span, "type", f"{what} is a text, found {describe(node)}")
        return ""

    def expression(
        self,
        node: YamlNode,
        vocabulary: Vocabulary,
        what: str,
        words: tuple[str, ...] = (),
        mapping_hint: str = "",
    ) -> Expression | None:
        """Read a value, which may be one of `words`; None where it is broken, which is then reported."""
        if node.broken:
            return None
        if node.kind == "sequence":
            entries = [
                self.expression(item, vocabulary, what, words, mapping_hint) for item in node.items
            ]
            return (
                None
                if None in entries
                else sequence([entry for entry in entries if entry], node.span)
            )
        if node.kind == "mapping":
            if node.pairs and all(value.empty for _, value in node.pairs):
                mapping_hint = f"a list stands in brackets: [{', '.join(key.text for key, _ in node.pairs[:9])}]"
            self.report(node.span, "type", f"{what} is a value, found a mapping", mapping_hint)
            return None
        if not node.text:
            self.report(node.span, "missing-value", f"{what} has no value")
            return None
        try:
            expression = compile_text(node.text.strip()).at(node.span)
        except Refusal as refusal:
            self.refuse(node.span, refusal)
            for name in re.findall(r"[A-Za-z_]\w*", node.text[:1000]):
                vocabulary.use(name)  # what is read in the wrong way is read
            return None
        return expression if self.check_names(expression, vocabulary, words) else None

    def definitions(
        self, node: YamlNode, what: str, vocabulary: Vocabulary, taken: Collection[str] = ()
    ) -> dict[str, Expression]:
        """`vars` or `let`: names with their values, each of which may read those above it; none may be a taken one."""
        read: dict[str, Expression] = {}
        pairs = self.mapping(node, what)
        self.late |= set(pairs)
        for name, (key, value) in pairs.items():
            if name in taken:
                hint = "give it another name: the argument would be thrown away"
                self.report(key.span, "duplicate-name", f"`{name}` is a parameter already", hint)
                vocabulary.use(name)
                continue
            vocabulary.defining = name
            expression = (
                self.expression(value, vocabulary, f"`{name}`")
                if self.may_be_variable(key)
                else None
            )
            vocabulary.names[name] = None
            read[name] = expression or unreadable(key.span)
        vocabulary.defining = ""
        return read

    def may_be_variable(self, key: YamlNode) -> bool:
        """Whether a key can be the name of a variable; reported where it cannot."""
        if is_variable_name(key.text):
            return True
        hint = "letters, digits and `_`, and no common key or word of the language"
        self.report(key.span, "bad-name", f"`{key.text}` cannot be a variable", hint)
        return False

    def check_names(
        self, expression: Expression, vocabulary: Vocabulary, words: tuple[str, ...] = ()
    ) -> bool:
        """Whether each name that an expression reads is known where it stands.  Its references are checked later."""
        if vocabulary.pending is not None:
            vocabulary.pending += [
                (reference, expression.span) for reference in expression.references
            ]
        for name in sorted(expression.names):
            if name == "i" and vocabulary.hides(name):
                message = "`i` is the counter of `repeat` here, and a variable around it"
                self.report(
                    expression.span, "ambiguous-counter", message, "give the variable another name"
                )
                vocabulary.use(name)
                return False
            if vocabulary.use(name):
                continue
            if name == "i" and vocabulary.repeats:
                if vocabulary.repeats > 1:
                    self.report(
                        expression.span, "ambiguous-counter", "`i` is read where two repetitions enclose it",
                        "name the counters with `for`, as in `for: {k: 4}`",
                    )  # fmt: skip
                    return False
            elif name in vocabulary.across:
                hint = "only its operands read what `across` binds"
                self.report(
                    expression.span,
                    "unknown-name",
                    f"`{name}` is bound by the `across` of this join",
                    hint,
                )
                return False
            elif name not in LAYERS and name not in self.blocks:
                if vocabulary.lost or self.blocks_lost:
                    return False
                self.doubtful.append(
                    Doubt(name, expression.span, vocabulary, vocabulary.defining, words)
                )
        return True

    def settle_doubts(self) -> None:
        """Report the names that no layer of the file takes as a word."""
        for doubt in self.doubtful:
            if not is_word(doubt.name):
                self.report(
                    doubt.span, "unknown-name", f"unknown name `{doubt.name}`", self.hint_for(doubt)
                )

    def hint_for(self, doubt: Doubt) -> str:
        """What to do about a name that nothing has where it is read."""
        name, _, vocabulary, within, words = doubt
        if name in ENTERING:
            return "nothing enters here"
        if name == "i":
            return "`i` counts the rounds of a `repeat`, and there is none around it"
        if name in self.steps_named:
            return "the name of a step is no value: references stand in `from` and in operands"
        if name in WORDS_OF_OTHERS:
            return f"write `{WORDS_OF_OTHERS[name]}`"
        if name in self.late:
            return later_hint(name, within)
        near = (
            nearest(name, words)
            or nearest(name, vocabulary.all())
            or nearest(name, chain(WORDS, self.blocks))
        )
        if words and not near:
            return f"{' and '.join(f'`{word}`' for word in words)} {'are the words' if len(words) > 1 else 'is the word'} it takes"
        known = (word for word in vocabulary.all() if word not in ENTERING)
        return (
            near or did_you_mean(name, known) or "variables stand in `vars`, parameters in `params`"
        )


def describe(node: YamlNode) -> str:
    """What stands there, in words."""
    if node.kind == "scalar":
        return f"`{node.text[:40]}`" if node.text else "nothing"
    article = "a" if node.items or node.pairs else "an empty"
    return f"{article} {'list' if node.kind == 'sequence' else 'mapping'}"


def later_hint(name: str, within: str) -> str:
    """Why the definition of `within` cannot read a name."""
    where = "reads itself" if name == within else "is defined further down"
    return f"`{name}` {where}: each name reads only those above it"


def unreadable(span: Span) -> Expression:
    """Stands for a value with a mistake in it, which was reported: what depends on it is not known."""

    def run(_: object) -> object:
        raise Unknown

    return Expression("", span, run)
