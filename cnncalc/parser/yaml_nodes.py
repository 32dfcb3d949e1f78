"""Text -> nodes that know their positions.

YAML is read as events, in one loop, with every check that needs no knowledge of the language: characters, nesting,
duplicate keys, and the constructs that have no place here.  Both of PyYAML's parsers serve, libyaml's and the pure one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import yaml

from ..expression.functions import FUNCTIONS, SHAPE_FUNCTIONS
from ..limits import MAX_YAML_NESTING, MAX_YAML_NODES
from ..problem import Problem, Span
from .decoding import check_characters, check_directives
from .problem_list import FatalProblem, ProblemList
from .quoting import SPACE_BEHIND_COLON, quoting_hint, spaced, unspaced, with_quotes

CALL = rf"\b({'|'.join((*FUNCTIONS, *SHAPE_FUNCTIONS))})\("
UNEXPECTED_COLON = "found unexpected ':'"
COMMENT_BEHIND_HEADER = re.compile(r"[|>][-+0-9]*#")
COLON_BEFORE_BRACKET = re.compile(r" *:[,\[\]{}]")

NOTHING: list[Any] = []  # never filled


class YamlNode:
    """A piece of YAML: a scalar's text, a sequence's items or a mapping's pairs of key and value."""

    __slots__ = (
        "broken",
        "column",
        "end_column",
        "end_line",
        "flow",
        "items",
        "kind",
        "line",
        "pairs",
        "plain",
        "text",
    )

    def __init__(self, kind: str, start: Any, end: Any) -> None:
        self.kind = kind
        self.line, self.column = start.line + 1, start.column + 1
        self.end_line, self.end_column = end.line + 1, end.column + 1
        self.text = ""
        self.plain = True
        self.flow = False  # a collection in brackets
        self.broken = False  # a mistake in it was reported: what it says is not to be relied on
        # Most nodes are scalars, and a file may have very many.
        self.items: list[YamlNode] = [] if kind == "sequence" else NOTHING
        self.pairs: list[tuple[YamlNode, YamlNode]] = [] if kind == "mapping" else NOTHING

    @property
    def span(self) -> Span:
        return Span(self.line, self.column, self.end_line, self.end_column)

    @property
    def last(self) -> YamlNode | None:
        """The last node in a collection."""
        if self.items:
            return self.items[-1]
        return self.pairs[-1][1] if self.pairs else None

    @property
    def empty(self) -> bool:
        """Whether nothing was written."""
        return self.kind == "scalar" and self.plain and not self.text and not self.broken


def read_yaml(
    text: str, lines: Sequence[str], problems: ProblemList, *, pure: bool = False
) -> YamlNode:
    """Text, whose lines these are -> the root node.  Mistakes go to `problems`; FatalProblem where nothing more can be read.

    `pure` uses PyYAML's pure parser even where libyaml is there.
    """
    check_characters(text)
    check_directives(text)
    loader = yaml.SafeLoader if pure or not yaml.__with_libyaml__ else yaml.CSafeLoader
    try:
        return Reader(lines, problems).read(loader(text))
    except yaml.MarkedYAMLError as error:
        raise FatalProblem(syntax_problem(error, lines)) from None
    except (
        yaml.YAMLError,
        ValueError,
    ) as error:  # the pure parser leaks ValueError for "\U00110000"
        raise FatalProblem(Problem(Span(1, 1, 1, 2), "syntax", f"not YAML: {error}")) from None


def syntax_problem(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> Problem:
    if (
        error.problem and "nesting depth" in error.problem
    ):  # libyaml's own bound, which its look-ahead meets before ours
        return Problem(Span(1, 1, 1, 2), "limit", f"nested deeper than {MAX_YAML_NESTING} levels")
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    line = min(line, len(lines) - 1)
    column = min(column, len(lines[line]))
    place = unspaced(lines, line)
    if place:
        line, column = place
        span = Span(line + 1, column + 1, line + 1, column + 2)
        what = "colon" if lines[line][column] == ":" else "dash"
        return Problem(
            span, "syntax", f"not YAML: no space behind the {what}", f"write: {spaced(lines[line])}"
        )
    hint = (
        SPACE_BEHIND_COLON
        if error.problem == UNEXPECTED_COLON
        else quoting_hint(lines[line], column)
    )
    return Problem(
        Span(line + 1, column + 1, line + 1, column + 2),
        "syntax",
        f"not YAML: {error.problem}",
        hint,
    )


def place(node: YamlNode, parent: YamlNode, keys: list[YamlNode | None]) -> None:
    """Put a node into the collection that is open; the last of `keys` is the one that waits for its value there."""
    if parent.kind == "sequence":
        parent.items.append(node)
    elif keys[-1] is None:
        if node.empty:  # of which, too, the parsers say different places
            node.line, node.column = node.end_line, node.end_column = parent.line, parent.column
        keys[-1] = node
    else:
        if node.empty:  # of which the parsers say different places
            node.line = node.end_line = keys[-1].end_line
            node.column = node.end_column = keys[-1].end_column + 1
        parent.pairs.append((keys[-1], node))
        keys[-1] = None


class Reader:
    """The event loop.  A stack holds the collections that are open."""

    def __init__(self, lines: Sequence[str], problems: ProblemList) -> None:
        self.lines = lines
        self.problems = problems

    def report(self, node: YamlNode, rule: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(node.span, rule, message, hint))

    def read(self, loader: Any) -> YamlNode:
        stack: list[YamlNode] = []
        keys: list[
            YamlNode | None
        ] = []  # the key that waits for its value, for each open collection
        root: YamlNode | None = None
        count = 0
        events, get = yaml, loader.get_event
        while True:
            event = get()
            kind = type(event)
            if kind is events.ScalarEvent:
                node = YamlNode("scalar", event.start_mark, event.end_mark)
                node.text, node.plain = event.value, event.style in (None, "")
                self.check_properties(event, node)
                self.check_scalar(node, bool(stack) and stack[-1].flow)
            elif kind is events.MappingStartEvent or kind is events.SequenceStartEvent:
                node = YamlNode(
                    "mapping" if kind is events.MappingStartEvent else "sequence",
                    event.start_mark,
                    event.end_mark,
                )
                node.flow = event.flow_style
                self.check_properties(event, node)
                if len(stack) >= MAX_YAML_NESTING:
                    raise FatalProblem(
                        Problem(node.span, "limit", f"nested deeper than {MAX_YAML_NESTING} levels")
                    )
            elif kind is events.MappingEndEvent or kind is events.SequenceEndEvent:
                keys.pop()
                self.close(stack.pop(), event)
                continue
            elif kind is events.AliasEvent:
                node = YamlNode("scalar", event.start_mark, event.end_mark)
                node.broken = True
                self.report(
                    node, "alias", "an alias (`*`)", "blocks and vars replace anchors and aliases"
                )
            elif kind is events.DocumentStartEvent:
                self.check_document(event, root)
                continue
            elif kind is events.StreamEndEvent:
                break
            else:
                continue

            count += 1
            if count > MAX_YAML_NODES:
                raise FatalProblem(
                    Problem(node.span, "limit", f"more than {MAX_YAML_NODES:,} words and lists")
                )
            if stack:
                place(node, stack[-1], keys)
            else:
                root = node
            if node.kind != "scalar":
                stack.append(node)
                keys.append(None)
        if root is None or root.empty:
            raise FatalProblem(
                Problem(
                    Span(1, 1, 1, 2),
                    "empty",
                    "the file is empty",
                    "start with `input:` and `layers:`",
                )
            )
        return root

    def check_scalar(self, node: YamlNode, flow: bool) -> None:
        """Refuse what only one of the parsers refuses."""
        if not node.text.isascii() and re.search("[\ud800-\udfff]", node.text):
            raise FatalProblem(
                Problem(node.span, "syntax", "not YAML: half of a surrogate pair is no character")
            )
        if not node.plain and COMMENT_BEHIND_HEADER.match(
            self.lines[node.line - 1], node.column - 1
        ):
            raise FatalProblem(
                Problem(
                    node.span,
                    "syntax",
                    "not YAML: a comment without a space before it",
                    "put one before the #",
                )
            )
        if not (flow and node.plain):
            return
        if "?" in node.text:
            raise FatalProblem(
                Problem(
                    node.span,
                    "syntax",
                    "not YAML: a `?` inside brackets",
                    "put quotes around the text",
                )
            )
        # At the end of a file that is cut off in a text, libyaml is behind the last line.
        line = self.lines[node.end_line - 1] if node.end_line <= len(self.lines) else ""
        if node.text and COLON_BEFORE_BRACKET.match(line, node.end_column - 1):
            raise FatalProblem(
                Problem(node.span, "syntax", f"not YAML: {UNEXPECTED_COLON}", SPACE_BEHIND_COLON)
            )

    def close(self, node: YamlNode, event: Any) -> None:
        """A collection is whole."""
        last = node.last
        if last is None or node.flow:
            node.end_line, node.end_column = event.end_mark.line + 1, event.end_mark.column + 1
        else:  # of blocks the parsers say different ends
            node.end_line, node.end_column = last.end_line, last.end_column
        if node.kind == "mapping":
            self.check_mapping(node)
        elif node.flow:
            self.check_cut_call(node)

    def check_cut_call(self, node: YamlNode) -> None:
        """Report `[x, y=max(1, 2)]`, in which YAML sees three entries."""
        for item, following in pairwise(node.items):
            if not (item.kind == "scalar" and item.plain and item.line == following.line):
                continue
            if item.text.count("(") > item.text.count(")") and re.search(CALL, item.text):
                self.report_cut(item, self.lines[item.line - 1])
                node.broken = True
                node.items = []
                return

    def report_cut(self, node: YamlNode, line: str) -> None:
        hint = f"quote it: {with_quotes(line, node.column - 1).strip()}"
        self.report(node, "quote", f"`{node.text}` is cut off at the comma", hint)

    def check_document(self, event: Any, root: YamlNode | None) -> None:
        mark = event.start_mark
        span = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 4)
        if root is not None:
            raise FatalProblem(
                Problem(
                    span, "documents", "a second document", "one file is one family: use `variants`"
                )
            )

    def check_properties(self, event: Any, node: YamlNode) -> None:
        """Anchors and tags."""
        if event.anchor:
            node.broken = True
            self.report(
                node,
                "anchor",
                f"an anchor (`&{event.anchor}`)",
                "blocks and vars replace anchors and aliases",
            )
        if event.tag:
            node.broken = True
            self.report(
                node,
                "tag",
                f"a tag (`{event.tag}`)",
                "write the value alone: its type follows from where it stands",
            )

    def check_mapping(self, node: YamlNode) -> None:
        """Keys that are no words, keys given twice, and values that YAML has cut into keys."""
        if self.mend_cut_value(node):
            return
        seen: dict[str, YamlNode] = {}
        kept = []
        for key, value in node.pairs:
            if key.kind != "scalar":
                self.report(key, "key", f"a {key.kind} as a key", "keys are words")
                node.broken = True
                continue
            if key.text == "<<" and key.plain:
                self.report(
                    key,
                    "merge",
                    "a merge key (`<<`)",
                    "blocks and vars replace anchors and aliases",
                )
                node.broken = True
                continue
            if key.broken:
                node.broken = True
            earlier = seen.get(key.text)
            if earlier is not None:
                place = f"line {earlier.line}, column {earlier.column}"
                self.report(
                    key,
                    "duplicate-key",
                    f"`{key.text}` is given twice",
                    f"it is given first in {place}",
                )
                continue
            seen[key.text] = key
            kept.append((key, value))
        node.pairs = kept

    def mend_cut_value(self, node: YamlNode) -> bool:
        """Report `{conv: max(8, c)}` and `{conv: 8,kernel:3}`, in which YAML sees other keys than their writer."""
        for index, (key, value) in enumerate(node.pairs):
            if key.kind != "scalar" or not key.plain or key.end_line != key.line:
                continue
            line = self.lines[key.line - 1]
            cut = (
                value.kind == "scalar"
                and value.plain
                and value.text.count("(") > value.text.count(")")
            )
            if (
                cut
                and index + 1 < len(node.pairs)
                and node.pairs[index + 1][1].empty
                and value.line == key.line
            ):
                self.report_cut(value, line)
            elif value.empty and re.fullmatch(r"[A-Za-z_]\w*:\S+", key.text):
                word = key.text.partition(":")[0]
                self.report(
                    key,
                    "quote",
                    f"`{key.text}` needs a space behind `{word}:`",
                    f"write: {spaced(line)}",
                )
            else:
                continue
            node.broken = True
            node.pairs = []
            return True
        return False
