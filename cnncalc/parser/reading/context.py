"""The state that the readers of a file share, and how they read keys, texts and expressions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import chain

from ...document import INPUT_VARIABLES
from ...expression.expression import Expression, Unknown
from ...expression.grammar import compile_text
from ...expression.lists import sequence
from ...layers import LAYERS
from ...layers.parameter import WORDS
from ...limits import MAX_NAME_LENGTH, MAX_WRITTEN_STEPS
from ...named_tuple import NamedTuple
from ...problem import Problem, Refusal, Severity, Span, did_you_mean, nearest, nearest_of
from ..problem_list import FatalProblem, ProblemList
from ..yaml_nodes import YamlNode
from .vocabulary import FOREIGN_LITERALS, Vocabulary, is_variable_name, is_word

FEW_KEYS = 15
"""Known keys that are all listed for an unknown one."""

Pairs = dict[str, tuple[YamlNode, YamlNode]]
"""The pairs of a mapping, by key."""


class UnknownName(NamedTuple):
    """A name that is unknown where it is read, unless it is a word of some layer.

    `defining` is the variable whose value it is in, `words` are those of the argument that it is
    in.
    """

    name: str
    span: Span
    vocabulary: Vocabulary
    defining: str
    words: tuple[str, ...]


class ReadContext:
    """The problems and names of one file.

    `incomplete` means that a step could not be read, `blocks_incomplete` the same of a block.
    """

    def __init__(self, problems: ProblemList) -> None:
        self.problems = problems
        self.steps = 0
        self.blocks: set[str] = set()
        self.blocks_incomplete = False
        self.incomplete = False
        self.step_names: set[str] = set()
        self.states_types = False  # in a `dtype` of the file or of any step
        self.entered: set[str] = set()  # the steps that a reference selects something inside of
        self.all_variables: set[str] = set()  # every variable, parameter and `let` of the file
        self.unknown_names: list[UnknownName] = []

    # Reports

    @property
    def found(self) -> int:
        """The number of problems so far, and of names that may turn out to be one."""
        return len(self.problems) + len(self.unknown_names)

    def count_step(self, span: Span) -> None:
        """Count a step.  Raises FatalProblem if there are too many."""
        self.steps += 1
        if self.steps > MAX_WRITTEN_STEPS:
            message = f"more than {MAX_WRITTEN_STEPS:,} steps in the file"
            raise FatalProblem(Problem(span, "limit", message))

    def report(
        self, span: Span, rule: str, message: str, hint: str = "", severity: Severity = "error"
    ) -> None:
        self.problems.append(Problem(span, rule, message, hint, severity))

    def refuse(self, span: Span, refusal: Refusal) -> None:
        self.report(span, refusal.rule, refusal.message, refusal.hint)

    def is_too_long(self, name: str, span: Span) -> bool:
        """Whether a name has too many characters, which is reported."""
        if len(name) <= MAX_NAME_LENGTH:
            return False
        message = f"a name has at most {MAX_NAME_LENGTH} characters, found {len(name):,}"
        self.report(span, "limit", message)
        return True

    # Mappings, lists and texts

    def mapping(self, node: YamlNode, what: str, allowed: Iterable[str] | None = None) -> Pairs:
        """The pairs of a mapping by key.

        Unknown keys are reported.  One that resembles an allowed key is read as that key, unless
        that is given too; others are ignored.
        """
        if node.kind != "mapping":
            if not (node.broken or node.empty):
                found = describe(node)
                message = f"{what} must be a mapping (`key: value`), found {found}"
                self.report(node.span, "type", message)
            return {}
        pairs = {key.text: (key, value) for key, value in node.pairs}
        known = pairs if allowed is None else list(allowed)
        for word in [word for word in pairs if word not in known]:
            key, value = pairs.pop(word)
            message = f"unknown key `{word}` in {what}"
            meant = word.partition(":")[0]
            if meant != word and meant in known:
                hint = f"put a space after the colon of `{meant}:`"
                value.broken = True
            else:
                hint = did_you_mean(word, known, FEW_KEYS)
                meant = nearest_of(word, known)
            self.report(key.span, "unknown-key", message, hint)
            if meant:
                pairs.setdefault(meant, (key, value))
        return pairs

    def items(self, node: YamlNode, what: str) -> list[YamlNode]:
        """The items of a list; empty if it is not one, which is reported."""
        if node.kind == "sequence":
            return node.items
        if not node.broken:
            text = node.text or (node.pairs[0][0].text if node.pairs else "")
            hint = ""
            if re.match(r"-\w", text):
                hint = f"put a space after the dash: - {text[1:].split(' -')[0]}"
            elif re.match(r"-[\[{\"']", text):
                hint = "put a space after each dash"
            self.report(node.span, "type", f"{what} must be a list, found {describe(node)}", hint)
        return []

    def text(self, node: YamlNode, what: str) -> str:
        """The text of a scalar; empty if it is not one, which is reported."""
        if node.kind == "scalar" and not node.broken:
            return node.text
        if not node.broken:
            self.report(node.span, "type", f"{what} must be text, found {describe(node)}")
        return ""

    # Expressions

    def expression(
        self,
        node: YamlNode,
        vocabulary: Vocabulary,
        what: str,
        words: tuple[str, ...] = (),
        mapping_hint: str = "",
    ) -> Expression | None:
        """A value, which can be one of `words`; None if there is an error in it (reported)."""
        if node.broken:
            return None
        if node.kind == "sequence":
            entries = [
                self.expression(item, vocabulary, what, words, mapping_hint) for item in node.items
            ]
            if None in entries:
                return None
            return sequence([entry for entry in entries if entry], node.span)
        if node.kind == "mapping":
            if node.pairs and all(value.empty for _, value in node.pairs):
                keys = ", ".join(key.text for key, _ in node.pairs[:9])
                mapping_hint = f"write a list in brackets: [{keys}]"
            message = f"{what} must be a value, found a mapping"
            self.report(node.span, "type", message, mapping_hint)
            return None
        if not node.text:
            self.report(node.span, "missing-value", f"{what} has no value")
            return None
        try:
            expression = compile_text(node.text.strip()).at(node.span)
        except Refusal as refusal:
            self.refuse(node.span, refusal)
            for name in re.findall(r"[A-Za-z_]\w*", node.text[:1000]):
                vocabulary.use(name)  # else it would be reported as unused too
            return None
        return expression if self.check_names(expression, vocabulary, words) else None

    def definitions(
        self, node: YamlNode, what: str, vocabulary: Vocabulary, taken: Collection[str] = ()
    ) -> dict[str, Expression]:
        """`vars` or `let`: names with their values, each of which can read those above it."""
        read: dict[str, Expression] = {}
        pairs = self.mapping(node, what)
        self.all_variables |= set(pairs)
        for name, (key, value) in pairs.items():
            if name in taken:
                message = f"`{name}` is already a parameter"
                hint = "give it another name: it would replace the argument"
                self.report(key.span, "duplicate-name", message, hint)
                vocabulary.use(name)
                continue
            vocabulary.defining = name
            expression = None
            if self.may_be_variable(key):
                expression = self.expression(value, vocabulary, f"`{name}`")
            vocabulary.names[name] = None
            read[name] = expression or unreadable(key.span)
        vocabulary.defining = ""
        return read

    def may_be_variable(self, key: YamlNode) -> bool:
        """Whether a key can be the name of a variable; reported if not."""
        if self.is_too_long(key.text, key.span):
            return False
        if is_variable_name(key.text):
            return True
        message = f"`{key.text}` is not a valid variable name"
        hint = "a variable name has letters, digits and `_`, and is not a keyword or common key"
        self.report(key.span, "bad-name", message, hint)
        return False

    # Names in expressions

    def check_names(
        self, expression: Expression, vocabulary: Vocabulary, words: tuple[str, ...] = ()
    ) -> bool:
        """Whether the names that an expression reads are known; reported if not.

        The references in it are checked when all steps are known.
        """
        if vocabulary.pending is not None:
            pending = [(reference, expression.span) for reference in expression.references]
            vocabulary.pending += pending
        return all(
            self.check_name(name, expression.span, vocabulary, words)
            for name in sorted(expression.names)
        )

    def check_name(
        self, name: str, span: Span, vocabulary: Vocabulary, words: tuple[str, ...]
    ) -> bool:
        """Whether a name can be read here; reported if not."""
        if name == "i" and vocabulary.hides(name):
            message = "`i` is both the counter of `repeat` and a variable here"
            self.report(span, "ambiguous-counter", message, "give the variable another name")
            vocabulary.use(name)
            return False
        if vocabulary.use(name):
            return True
        if name == "i" and vocabulary.repeats == 1:
            return True
        if name == "i" and vocabulary.repeats:
            message = "`i` is ambiguous inside two repetitions"
            hint = "name the counters with `for`, as in `for: {k: 4}`"
            self.report(span, "ambiguous-counter", message, hint)
            return False
        if name in vocabulary.across:
            message = f"`{name}` is bound by `across` of this join"
            self.report(span, "unknown-name", message, "only the operands of the join can read it")
            return False
        if name in LAYERS or name in self.blocks:
            return True
        if vocabulary.incomplete or self.blocks_incomplete:
            return False
        defining = vocabulary.defining
        self.unknown_names.append(UnknownName(name, span, vocabulary, defining, words))
        return True

    def report_unknown_names(self) -> None:
        """Report the names that are not words of any layer either.

        This is done last: the words are known when all families of layers are imported, which
        takes time that most files need not spend.
        """
        for unknown in self.unknown_names:
            if not is_word(unknown.name):
                message = f"unknown name `{unknown.name}`"
                self.report(unknown.span, "unknown-name", message, self.hint_for(unknown))

    def hint_for(self, unknown: UnknownName) -> str:
        """The hint for an unknown name."""
        name, _, vocabulary, defining, words = unknown
        if name in INPUT_VARIABLES:
            return "there is no input here"
        if name == "i":
            return "`i` counts the iterations of a `repeat`, and none encloses this step"
        if name in self.step_names:
            return "the name of a step is not a value: refer to it in `from` or as an operand"
        if name == "valid" and "same" in words:
            return "remove it: without padding is the default"
        if name in FOREIGN_LITERALS:
            return f"write `{FOREIGN_LITERALS[name]}`"
        if name in self.all_variables:
            return order_hint(name, defining)
        others = chain(WORDS, self.blocks)
        near = nearest(name, words) or nearest(name, vocabulary.all()) or nearest(name, others)
        if words and not near:
            return f"expected {' or '.join(f'`{word}`' for word in words)}"
        known = (word for word in vocabulary.all() if word not in INPUT_VARIABLES)
        otherwise = "define variables in `vars`, and parameters of a block in `params`"
        return near or did_you_mean(name, known) or otherwise


def describe(node: YamlNode) -> str:
    """A node in words."""
    if node.kind == "scalar":
        return f"`{node.text[:40]}`" if node.text else "nothing"
    article = "a" if node.items or node.pairs else "an empty"
    return f"{article} {'list' if node.kind == 'sequence' else 'mapping'}"


def order_hint(name: str, defining: str) -> str:
    """The reason why the definition of `defining` cannot read a name that the file defines."""
    where = "refers to itself" if name == defining else "is defined further down"
    return f"`{name}` {where}: each name can read only those above it"


def unreadable(span: Span) -> Expression:
    """An expression that replaces one with a reported error: its value is unknown."""

    def run(_: object) -> object:
        raise Unknown

    return Expression("", span, run)
