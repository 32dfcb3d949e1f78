"""What can be written at a position: kinds, arguments, names, references and keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from ..document import BLOCK_KEYS, COMMON_KEYS, STRUCTURES, TOP_KEYS, VARIANT_KEYS
from ..dtype import TYPES_BY_WORD
from ..expression.functions import FUNCTIONS, SHAPE_FUNCTIONS
from ..layers import JOINS, LAYERS, layer_class
from ..layers.description import default_text, parameter_description, parameters_of
from ..layers.parameter import Parameter
from ..metrics import ACCURACY_KEYS
from ..named_tuple import NamedTuple
from ..quantities import names_for
from .cursor import Cursor, NestingLevel, cursor_at
from .edited_file import EditedFile
from .symbols import StepScope
from .text_lines import TextPlace

MAX_PATH = 3  # names in a reference that is offered

ProposalKind = Literal["layer", "block", "argument", "key", "name", "function", "reference", "word"]


class Proposal(NamedTuple):
    """A word that can be written in place of the one before the cursor."""

    text: str
    kind: ProposalKind
    detail: str = ""


class Completion(NamedTuple):
    """The word before the cursor, and the words that can replace it."""

    prefix: str
    proposals: tuple[Proposal, ...]


def completion(edited: EditedFile, place: TextPlace) -> Completion | None:
    """The words for a position; None inside of a comment or a text."""
    cursor = cursor_at(edited.read.lines, place) if edited.read.lines else None
    if cursor is None:
        return None
    found = {one.text: one for one in Proposer(edited, cursor, place).proposals()}
    return Completion(cursor.prefix, tuple(found.values()))


class Proposer:
    """The proposals for one position, with the names of the last text that could be read."""

    def __init__(self, edited: EditedFile, cursor: Cursor, place: TextPlace) -> None:
        named = edited if edited.read.document is not None else edited.good
        self.symbols = (named or edited).symbols
        self.document = (named or edited).read.document
        self.cursor = cursor
        self.place = place
        levels = cursor.levels
        in_block = len(levels) > 2 and levels[0].key == "blocks"
        self.block = levels[1].key if in_block else ""

    def proposals(self) -> Iterator[Proposal]:
        levels = self.cursor.levels
        if not levels:
            yield from words("key", TOP_KEYS)
        elif self.cursor.is_value:
            yield from self.values(levels)
        elif levels[-1].is_list:
            yield from self.entries(levels)
        else:
            yield from self.keys(levels)

    # Keys

    def keys(self, levels: tuple[NestingLevel, ...]) -> Iterator[Proposal]:
        """The keys that a mapping can have in addition."""
        given = levels[-1].keys
        found: Iterable[Proposal] = ()
        if is_step(levels):
            found = self.step_keys(given)
        elif len(levels) == 1:
            found = words("key", TOP_KEYS)
        elif (key := section_keys(levels)) is not None:
            found = words("key", key)
        elif [level.key for level in levels[::2]] == ["variants", "vars"][: len(levels[::2])]:
            found = words("name", self.document.vars if self.document else ())
        yield from (one for one in found if one.text not in given)

    def step_keys(self, given: tuple[str, ...]) -> Iterator[Proposal]:
        """The word of a step, or its arguments, and the keys that every step may have."""
        word = next((key for key in given if key not in COMMON_KEYS), None)
        if word is None:
            yield from self.step_words()
        elif word in LAYERS:
            for name, field in parameters_of(layer_class(word)).items():
                default = "" if field.required else f", default {default_text(field)}"
                yield Proposal(name, "argument", f"{parameter_description(field)}{default}")
        else:
            yield from self.block_arguments(word)
        yield from words("key", COMMON_KEYS)

    def block_arguments(self, word: str) -> Iterator[Proposal]:
        """The parameters of a block; those of all blocks, if the word may hold any of them."""
        blocks = self.document.blocks if self.document is not None else {}
        for block in [blocks[word]] if word in blocks else blocks.values():
            for name, value in block.params.items():
                default = "" if value is None else f", default {value.text}"
                yield Proposal(name, "argument", f"of block {block.name}{default}")

    def step_words(self) -> Iterator[Proposal]:
        """The words that a step can begin with."""
        yield from words("layer", LAYERS)
        if self.document is not None:
            yield from words("block", self.document.blocks)
            names = [*self.document.vars, *self.parameters()]
            yield from words("name", names)
        yield from words("key", STRUCTURES)

    # Entries of lists

    def entries(self, levels: tuple[NestingLevel, ...]) -> Iterator[Proposal]:
        role = role_of_list(levels)
        if role == "steps":
            yield from self.step_words()
        elif role == "operands":
            yield from self.references()
            yield from self.step_words()
        elif role == "references":
            yield from self.references()
        else:
            yield from self.names()

    # Values

    def values(self, levels: tuple[NestingLevel, ...]) -> Iterator[Proposal]:
        """The values of a key."""
        key, section = levels[-1].key, levels[0].key
        if key == "dtype":
            yield from words("word", TYPES_BY_WORD)
        elif is_operands(levels):
            yield from self.references()
            yield from self.step_words()
        elif not is_step(levels):
            if section in ("vars", "blocks", "variants") or key == "input":
                yield from self.names()
        elif key == "from":
            yield from self.references()
        elif key not in ("name", "shared"):
            yield from self.argument_values(levels[-1], key)

    def argument_values(self, level: NestingLevel, key: str) -> Iterator[Proposal]:
        """The words that an argument accepts, and names."""
        parameter = parameter_of(level, key)
        if parameter is not None and parameter.form == "reference":
            yield from self.references()
            return
        if parameter is not None:
            yield from words("word", parameter.words)
            if parameter.expected == "true or false":
                yield from words("word", ("true", "false"))
        if key == "trainable":
            yield from words("word", ("true", "false"))
        yield from self.names()

    # Names

    def names(self) -> Iterator[Proposal]:
        """The names and functions that an expression can have."""
        document = self.document
        for name in self.parameters():
            yield Proposal(name, "name", f"of block {self.block}")
        if document is not None:
            for name, value in document.vars.items():
                yield Proposal(name, "name", value.text)
        counters = {one.name for one in self.symbols.symbols if one.kind == "counter"}
        yield from words("name", sorted(counters))
        yield from words("name", ("in_channels", "in_size"))
        yield from words("function", (*FUNCTIONS, *SHAPE_FUNCTIONS))

    def parameters(self) -> list[str]:
        """The parameters and `let`s of the block around the cursor."""
        block = self.document.blocks.get(self.block) if self.document is not None else None
        return [] if block is None else [*block.params, *dict(block.lets)]

    def references(self) -> Iterator[Proposal]:
        """The steps before the cursor, also those inside of others, by their paths."""
        yield Proposal("input", "reference", "the input")
        scope = self.symbols.scopes.get(self.block)
        if scope is not None:
            yield from self.paths(scope, (), set())

    def paths(
        self, scope: StepScope, before: tuple[str, ...], around: set[StepScope]
    ) -> Iterator[Proposal]:
        for name, found in scope.names.items():
            is_earlier = min(found.symbol.definitions).line <= self.place.line
            if before or is_earlier:
                path = (*before, name)
                yield Proposal(".".join(path), "reference")
                inner = found.inner
                if inner is not None and inner not in around and len(path) < MAX_PATH:
                    yield from self.paths(inner, path, {*around, inner})


def words(kind: ProposalKind, found: Iterable[str]) -> Iterator[Proposal]:
    for text in found:
        yield Proposal(text, kind)


# What a level is


def is_step(levels: tuple[NestingLevel, ...]) -> bool:
    """Whether the last level is the mapping of a step."""
    if levels[-1].is_list or len(levels) < 2:
        return False
    if levels[-2].is_list:
        return role_of_list(levels[:-1]) in ("steps", "operands")
    return is_operands(levels[:-1])


def is_operands(levels: tuple[NestingLevel, ...]) -> bool:
    """Whether the last level is a mapping that names the operands of a join."""
    if len(levels) < 2 or levels[-1].is_list or levels[-2].is_list:
        return False
    return levels[-2].key in JOINS and is_step(levels[:-1])


def role_of_list(levels: tuple[NestingLevel, ...]) -> str:
    """The role of the list that is the last level."""
    before = levels[:-1]
    if not before:
        return "values"
    if before[-1].is_list:
        return "steps" if role_of_list(before) == "operands" else "values"
    key = before[-1].key
    if is_operands(before):
        return "steps"
    if key == "layers" or (key in STRUCTURES and is_step(before)):
        return "steps"
    if key in JOINS and is_step(before):
        return "operands"
    return "references" if key in ("from", "outputs") else "values"


def section_keys(levels: tuple[NestingLevel, ...]) -> Iterable[str] | None:
    """The keys of a block, a variant, or its expectations; None for any other mapping."""
    path = [level.key for level in levels[:-1]]
    tables: dict[str, Callable[[], Iterable[str]]] = {
        "expect": lambda: ("output", *names_for("expect")),
        "budget": lambda: ("device", *names_for("budget")),
        "accuracy": lambda: ACCURACY_KEYS,
    }
    if path[-1] in tables and (len(path) == 1 or path[0] == "variants"):
        return tables[path[-1]]()
    if len(path) == 2 and path[0] == "blocks":
        return BLOCK_KEYS
    return VARIANT_KEYS if len(path) == 2 and path[0] == "variants" else None


def parameter_of(level: NestingLevel, key: str) -> Parameter | None:
    """The type of an argument, by its key, or of the first one, by the word of the step."""
    word = next((found for found in level.keys if found not in COMMON_KEYS), "")
    if word not in LAYERS or word in JOINS:
        return None
    fields = parameters_of(layer_class(word))
    name = next(iter(fields), "") if key == word else key
    return fields[name].type if name in fields else None
