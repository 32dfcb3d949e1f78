"""A tree of keys and values -> YAML, laid out as a person would write it.

A step is on one line if it fits and is easy to read there, else its keys are below each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

Tree = str | Sequence["Tree"] | Mapping[str, "Tree"]
"""A value in a file: the text of a scalar as YAML has it, a list, or a mapping."""

WIDTH = 118
MAX_NESTING = 4  # brackets inside of each other on one line
MAX_ENTRIES = 9  # list entries on one line that hold brackets


SECTIONS = ("vars", "blocks", "layers", "variants", "expect", "budget", "accuracy")
"""The keys of a file with an empty line before them."""


def file_text(tree: Mapping[str, Tree], comments: Sequence[str] = ()) -> str:
    """The text of a file with these keys, and with comments above the input."""
    return "\n".join(file_lines(tree, comments)) + "\n"


def file_lines(tree: Mapping[str, Tree], comments: Sequence[str]) -> Iterator[str]:
    for key, value in tree.items():
        if key in SECTIONS and not (key == "budget" and "expect" in tree):
            yield ""
        if key == "input":
            for comment in comments:
                yield from (f"# {line}" for line in wrap(comment, WIDTH - len("# ")))
        yield from section_lines(key, value)


def section_lines(key: str, value: Tree) -> Iterator[str]:
    """A key of a file; steps, blocks and variants are below each other."""
    if key == "layers" and value and not isinstance(value, str | Mapping):
        yield "layers:"
        yield from list_lines(value, 2)
    elif key in ("blocks", "variants") and value and isinstance(value, Mapping):
        yield f"{key}:"
        yield from mapping_lines(value, 2)
    else:
        yield from pair_lines(key, value, 0)


def flow(tree: Tree) -> str:
    """A value on one line.

    >>> flow({"conv": "64", "kernel": ["3", "5"]}), flow({"relu": ""})
    ('{conv: 64, kernel: [3, 5]}', '{relu: }')
    """
    if isinstance(tree, str):
        return tree
    if isinstance(tree, Mapping):
        return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in tree.items()) + "}"
    return "[" + ", ".join(map(flow, tree)) + "]"


def nesting(tree: Tree) -> int:
    """How many brackets are inside of each other in a value on one line."""
    if isinstance(tree, str):
        return 0
    children = tree.values() if isinstance(tree, Mapping) else tree
    return 1 + max(map(nesting, children), default=0)


def entries(tree: Tree) -> int:
    """The number of list entries in a value; those of a list of words are one."""
    if isinstance(tree, str):
        return 0
    if isinstance(tree, Mapping):
        return sum(map(entries, tree.values()))
    if all(isinstance(entry, str) for entry in tree):
        return 1
    return len(tree) + sum(map(entries, tree))


def is_simple(tree: Tree) -> bool:
    """True if a value is easy to read on one line."""
    return nesting(tree) <= MAX_NESTING and entries(tree) <= MAX_ENTRIES


def fits(tree: Tree, column: int) -> bool:
    """True if a value that starts in a column may be on one line."""
    return is_simple(tree) and column + len(flow(tree)) <= WIDTH


# Block style


def mapping_lines(tree: Mapping[str, Tree], indent: int) -> Iterator[str]:
    """The lines of a mapping, one key below the other."""
    for key, value in tree.items():
        yield from pair_lines(key, value, indent)


def pair_lines(key: str, value: Tree, indent: int) -> Iterator[str]:
    """The lines of one key with its value."""
    start = f"{' ' * indent}{key}:"
    if isinstance(value, str):
        yield from text_lines(f"{start} {value}" if value else start, indent)
    elif fits(value, len(start) + 1):
        yield f"{start} {flow(value)}"
    elif isinstance(value, Mapping):
        yield start
        yield from mapping_lines(value, indent + 2)
    elif all(isinstance(entry, str) for entry in value):
        yield from wrapped_list(start, value)
    else:
        yield start
        yield from list_lines(value, indent + 2)


def text_lines(line: str, indent: int) -> Iterator[str]:
    """A key with a text; in a step, a long one in quotes is over several lines.

    A line break in quotes is one space, so that texts with several in a row are not broken.
    """
    if indent and len(line) > WIDTH and line.endswith('"') and "  " not in line.strip():
        margin = " " * (indent + 2)
        yield from wrap(line, WIDTH, subsequent_indent=margin, break_on_hyphens=False)
    else:
        yield line


def wrapped_list(start: str, words: Sequence[Tree]) -> Iterator[str]:
    """A list of words over several lines."""
    line = f"{start} ["
    column = len(line)
    for number, word in enumerate(words, 1):
        text = flow(word) + (", " if number < len(words) else "]")
        if len(line) + len(text.rstrip()) > WIDTH and len(line) > column:
            yield line.rstrip()
            line = " " * column
        line += text
    yield line


def list_lines(items: Sequence[Tree], indent: int) -> Iterator[str]:
    """The lines of a list, one item below the other."""
    for item in items:
        yield from item_lines(item, indent)


def item_lines(item: Tree, indent: int) -> Iterator[str]:
    """The lines of one item of a list."""
    dash = f"{' ' * indent}- "
    if isinstance(item, Mapping) and len(item) == 1 and not is_flat(only_value(item)):
        # A join without other keys needs no braces.
        yield from dashed(dash, step_lines(item, indent + 2))
    elif fits(item, len(dash)):
        yield dash + flow(item)
    elif isinstance(item, Mapping):
        yield from dashed(dash, step_lines(item, indent + 2))
    elif isinstance(item, str):
        yield dash + item
    else:
        yield from dashed(dash, list_lines(item, indent + 2))


def is_flat(tree: Tree) -> bool:
    """True for a word, and for a list of words: the arguments of a call."""
    return isinstance(tree, str) or all(isinstance(entry, str) for entry in tree)


def only_value(mapping: Mapping[str, Tree]) -> Tree:
    return next(iter(mapping.values()))


def step_lines(step: Mapping[str, Tree], indent: int) -> Iterator[str]:
    """The keys of a step below each other; lists in it are indented by two more."""
    for key, value in step.items():
        start = f"{' ' * indent}{key}:"
        is_list = not isinstance(value, str | Mapping)
        words = is_list and all(isinstance(entry, str) for entry in value)
        if is_list and not words and not fits(value, len(start) + 1):
            yield start
            yield from list_lines(value, indent + 2)  # type: ignore[arg-type]
        else:
            yield from pair_lines(key, value, indent)


def dashed(dash: str, lines: Iterator[str]) -> Iterator[str]:
    """Lines of an item, with the dash of the list before the first one."""
    first = next(lines)
    yield dash + first[len(dash) :]
    yield from lines
