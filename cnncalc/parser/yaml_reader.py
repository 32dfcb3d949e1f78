"""Text -> YAML nodes.

YAML is read as a stream of events, with every check that does not depend on the language:
nesting, duplicate keys, and YAML features that are not supported.  Both parsers of PyYAML give the
same result, libyaml's and the pure Python one.
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
from .quoting import (
    SPACE_AFTER_COLON,
    is_closed,
    quoting_hint,
    spaced,
    unspaced,
    with_brackets,
    with_quotes,
)
from .yaml_nodes import YamlNode

CALL = rf"\b({'|'.join((*FUNCTIONS, *SHAPE_FUNCTIONS))})\("
UNEXPECTED_COLON = "found unexpected ':'"
COMMENT_AFTER_HEADER = re.compile(r"[|>][-+0-9]*#")
COLON_BEFORE_BRACKET = re.compile(r" *:[,\[\]{}]")
FILE_START = Span(1, 1, 1, 2)
ANCHOR_HINT = "use blocks and vars instead of anchors and aliases"
TOO_DEEP = f"nested more than {MAX_YAML_NESTING} levels deep"


def read_yaml(
    text: str, lines: Sequence[str], problems: ProblemList, *, pure: bool = False
) -> YamlNode:
    """The root node of a text, whose lines are given too.  Problems go to `problems`.

    `pure` selects PyYAML's pure Python parser even if libyaml is available.  Raises FatalProblem
    if the text cannot be read any further.
    """
    check_characters(text)
    check_directives(text)
    loader = yaml.SafeLoader if pure or not yaml.__with_libyaml__ else yaml.CSafeLoader
    try:
        return YamlReader(lines, problems).read(loader(text))
    except yaml.MarkedYAMLError as error:
        raise FatalProblem(syntax_problem(error, lines)) from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: the pure parser for "\U00110000"
        raise FatalProblem(Problem(FILE_START, "syntax", f"invalid YAML: {error}")) from None


def syntax_problem(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> Problem:
    """The problem for an error of PyYAML, with a hint at what is probably meant."""
    if error.problem and "nesting depth" in error.problem:  # libyaml's own bound
        return Problem(FILE_START, "limit", TOO_DEEP)
    from .syntax_errors import (
        find_syntax_error,
        find_wrong_indent,
        worded,
    )  # only files with errors need them

    found = find_syntax_error(lines)
    if found:
        return found
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    line = min(line, len(lines) - 1)
    column = min(column, len(lines[line]))
    position = unspaced(lines, line)
    if position:
        line, column = position
        mark_name = "colon" if lines[line][column] == ":" else "dash"
        message = f"no space after the {mark_name}"
        hint = f"write: {spaced(lines[line])}"
    else:
        message = worded(error.problem or "unknown error")
        hint = quoting_hint(lines[line], column)
        if error.problem == UNEXPECTED_COLON:
            hint = SPACE_AFTER_COLON
        if not hint and (found := find_wrong_indent(lines)):
            return found
    span = Span(line + 1, column + 1, line + 1, column + 2)
    return Problem(span, "syntax", f"invalid YAML: {message}", hint)


class YamlReader:
    """The event loop: `stack` are the collections that are open.

    `keys` are the keys whose values are still to come, one for each open collection.
    """

    def __init__(self, lines: Sequence[str], problems: ProblemList) -> None:
        self.lines = lines
        self.problems = problems
        self.stack: list[YamlNode] = []
        self.keys: list[YamlNode | None] = []

    def report(self, node: YamlNode, rule: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(node.span, rule, message, hint))

    def read(self, loader: Any) -> YamlNode:
        """The root node.  Raises FatalProblem, and the errors of PyYAML."""
        stack, keys = self.stack, self.keys
        root: YamlNode | None = None
        count = 0
        while True:
            event = loader.get_event()
            if type(event) is yaml.StreamEndEvent:
                break
            node = self.node_of(event, root)
            if node is None:
                continue
            count += 1
            if count > MAX_YAML_NODES:
                message = f"more than {MAX_YAML_NODES:,} YAML nodes"
                raise FatalProblem(Problem(node.span, "limit", message))
            if stack:
                self.place(node, stack[-1])
            else:
                root = node
            if node.kind != "scalar":
                stack.append(node)
                keys.append(None)
        if root is None or root.empty:
            hint = "start with `input:` and `layers:`"
            raise FatalProblem(Problem(FILE_START, "empty", "the file is empty", hint))
        return root

    def node_of(self, event: Any, root: YamlNode | None) -> YamlNode | None:
        """The node that an event begins; None if it begins none."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            node = YamlNode("scalar", event.start_mark, event.end_mark)
            node.text, node.plain = event.value, event.style in (None, "")
            if event.anchor or event.tag:
                self.report_properties(event, node)
            self.check_scalar(node, bool(self.stack) and self.stack[-1].flow)
            return node
        if kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            name = "mapping" if kind is yaml.MappingStartEvent else "sequence"
            node = YamlNode(name, event.start_mark, event.end_mark)
            node.flow = event.flow_style
            if event.anchor or event.tag:
                self.report_properties(event, node)
            if len(self.stack) >= MAX_YAML_NESTING:
                raise FatalProblem(Problem(node.span, "limit", TOO_DEEP))
            return node
        if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self.keys.pop()
            self.close(self.stack.pop(), event)
        elif kind is yaml.AliasEvent:
            node = YamlNode("scalar", event.start_mark, event.end_mark)
            node.broken = True
            self.report(node, "alias", "aliases (`*`) are not supported", ANCHOR_HINT)
            return node
        elif kind is yaml.DocumentStartEvent and root is not None:
            mark = event.start_mark
            span = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 4)
            message = "a file cannot have several YAML documents"
            hint = "use `variants` for several networks"
            raise FatalProblem(Problem(span, "documents", message, hint))
        return None

    def place(self, node: YamlNode, parent: YamlNode) -> None:
        """Put a node into the innermost open collection.

        The parsers disagree on the positions of empty nodes, so these are set here.
        """
        if parent.kind == "sequence":
            parent.items.append(node)
            return
        key = self.keys[-1]
        if key is None:
            if node.empty:
                node.line, node.column = node.end_line, node.end_column = parent.line, parent.column
            self.keys[-1] = node
        else:
            if node.empty:
                node.line = node.end_line = key.end_line
                node.column = node.end_column = key.end_column + 1
            parent.pairs.append((key, node))
            self.keys[-1] = None

    # Checks of nodes

    def report_properties(self, event: Any, node: YamlNode) -> None:
        """Report an anchor or a tag."""
        node.broken = True
        if event.anchor:
            message = f"anchors (`&{event.anchor}`) are not supported"
            self.report(node, "anchor", message, ANCHOR_HINT)
        if event.tag:
            message = f"tags (`{event.tag}`) are not supported"
            hint = "remove it: the key determines the type of the value"
            self.report(node, "tag", message, hint)

    def check_scalar(self, node: YamlNode, flow: bool) -> None:
        """Refuse what only one of the parsers refuses."""
        if not node.text.isascii() and re.search("[\ud800-\udfff]", node.text):
            raise self.invalid(node, "half of a surrogate pair")
        if not node.plain:
            line = self.lines[node.line - 1]
            if COMMENT_AFTER_HEADER.match(line, node.column - 1):
                raise self.invalid(node, "no space before the comment", "put one before the #")
        if not (flow and node.plain):
            return
        if "?" in node.text:
            raise self.invalid(node, "a `?` inside brackets", "put quotes around the text")
        # If the file ends inside of a text, libyaml puts the end after the last line.
        line = self.lines[node.end_line - 1] if node.end_line <= len(self.lines) else ""
        if node.text and COLON_BEFORE_BRACKET.match(line, node.end_column - 1):
            raise self.invalid(node, UNEXPECTED_COLON, SPACE_AFTER_COLON)

    def invalid(self, node: YamlNode, message: str, hint: str = "") -> FatalProblem:
        return FatalProblem(Problem(node.span, "syntax", f"invalid YAML: {message}", hint))

    # Checks of collections

    def close(self, node: YamlNode, event: Any) -> None:
        """Check a collection that is complete."""
        last = node.last
        if last is None or node.flow:
            node.end_line, node.end_column = event.end_mark.line + 1, event.end_mark.column + 1
        else:  # the parsers disagree on the ends of block collections
            node.end_line, node.end_column = last.end_line, last.end_column
        if node.kind == "mapping":
            self.check_mapping(node)
        elif node.flow:
            self.check_cut_call(node)

    def check_cut_call(self, node: YamlNode) -> None:
        """Report `[x, y=max(1, 2)]`, in which YAML sees three items."""
        for item, following in pairwise(node.items):
            if not (item.kind == "scalar" and item.plain and item.line == following.line):
                continue
            if has_open_bracket(item) and re.search(CALL, item.text):
                self.report_cut(item, self.lines[item.line - 1])
                node.broken = True
                node.items = []
                return

    def report_cut(self, node: YamlNode, line: str) -> None:
        """Report an expression that YAML cuts off at its first comma."""
        if node.text.startswith("("):  # a tuple of Python
            hint = f"write a list in brackets: {with_brackets(line, node.column - 1).strip()}"
        elif not is_closed(line, node.column - 1):
            hint = "a `)` is missing"
        else:
            hint = f"quote it: {with_quotes(line, node.column - 1).strip()}"
        self.report(node, "quote", f"`{node.text}` is cut off at the comma", hint)

    def check_mapping(self, node: YamlNode) -> None:
        """Report keys that are not words, duplicate keys, and values that YAML cuts into keys."""
        if self.report_cut_value(node):
            return
        seen: dict[str, YamlNode] = {}
        kept = []
        for key, value in node.pairs:
            if key.kind != "scalar":
                kind = "list" if key.kind == "sequence" else key.kind
                self.report(key, "key", f"a key must be a word, found a {kind}")
                node.broken = True
                continue
            if key.text == "<<" and key.plain:
                self.report(key, "merge", "merge keys (`<<`) are not supported", ANCHOR_HINT)
                node.broken = True
                continue
            if key.broken:
                node.broken = True
            earlier = seen.setdefault(key.text, key)
            if earlier is key:
                kept.append((key, value))
            else:
                hint = f"the first one is in line {earlier.line}, column {earlier.column}"
                self.report(key, "duplicate-key", f"duplicate key `{key.text}`", hint)
        node.pairs = kept

    def report_cut_value(self, node: YamlNode) -> bool:
        """Report `{conv: max(8, c)}` and `{conv: 8,kernel:3}`, in which YAML sees other keys.

        True if the mapping is one of these.
        """
        for index, (key, value) in enumerate(node.pairs):
            if key.kind != "scalar" or not key.plain or key.end_line != key.line:
                continue
            line = self.lines[key.line - 1]
            following = node.pairs[index + 1][1] if index + 1 < len(node.pairs) else None
            if is_cut(key, value, following):
                self.report_cut(value, line)
            elif value.empty and re.fullmatch(r"[A-Za-z_]\w*:\S+", key.text):
                word = key.text.partition(":")[0]
                message = f"`{key.text}` needs a space after `{word}:`"
                self.report(key, "quote", message, f"write: {spaced(line)}")
            else:
                continue
            node.broken = True
            node.pairs = []
            return True
        return False


def has_open_bracket(node: YamlNode) -> bool:
    return node.text.count("(") > node.text.count(")")


def is_cut(key: YamlNode, value: YamlNode, following: YamlNode | None) -> bool:
    """True if a value is the first part of an expression with a comma, as in `max(8, c)`."""
    if value.kind != "scalar" or not value.plain or value.line != key.line:
        return False
    return has_open_bracket(value) and following is not None and following.empty
