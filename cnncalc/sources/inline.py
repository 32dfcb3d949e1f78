"""Layers on the command line -> the text of a file.

Either one layer, its input shapes and its arguments (`conv 3x227x227 out=96 kernel=11`), or an
input shape and a chain of steps (`3x32x32 'conv 4 kernel=5' relu`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..expression.tokens import sizes_meant
from ..layers import JOINS, LAYERS, layer_class
from ..layers.layer import Layer
from ..problem import Error, did_you_mean
from ..shape import Shape, parse_shape
from ..unparse.scalars import scalar

NAME = "<command line>"
PLAIN_LIST = re.compile(r"\[[\w.,x -]*\]")
"""A list that YAML reads as one."""
InlineStep = tuple[str, list[str]]
"""The kind of a layer, and its arguments as written: `64` or `kernel=3`."""


class InlineError(Error, ValueError):
    """Arguments that do not state a layer; the message states what is missing."""


def document_text(words: Sequence[str], wanted: Shape | None = None) -> str:
    """The text of the file that the words state.

    With an output shape that is `wanted`, a single layer gets the number of filters and a
    padding with which it may have that output.  Raises InlineError.
    """
    if not words:
        raise InlineError("give a layer and its input shape: conv 3x227x227 out=96 kernel=11")
    if parse_shape(words[0]):
        return file_text([words[0]], [split_step(word) for word in words[1:]])
    kind, rest = words[0], list(words[1:])
    if kind not in LAYERS:
        meant = sizes_meant(kind)
        hint = f"did you mean {meant}?" if meant else did_you_mean(kind, LAYERS)
        message = f"{kind} is neither a layer nor a shape such as 3x227x227"
        raise InlineError(f"{message}: {hint}" if hint else message)
    shapes, arguments = split_shapes(kind, rest)
    if wanted:
        arguments += implied_arguments(kind, arguments, wanted)
    return file_text(shapes, [(kind, arguments)])


def split_shapes(kind: str, words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The input shapes of a layer, and the arguments after them.  Raises InlineError."""
    if layer_class(kind).arity[1] == 0:
        return ["1"], list(words)  # the layer has no input, but a file must have one
    end = 0
    while end < len(words) and parse_shape(words[end]):
        if end > 0 and not is_further_input(kind, words[end]):
            break
        end += 1
    if end == 0:
        meant = sizes_meant(words[0]) if words else ""
        if meant:
            raise InlineError(f"{words[0]} is not a shape: did you mean {meant}?")
        raise InlineError(f"the input shape of {kind} is missing: {kind} 3x227x227 ...")
    return list(words[:end]), list(words[end:])


def is_further_input(kind: str, shape: str) -> bool:
    """Whether a shape after the first is that of another input, and not an argument."""
    return kind in JOINS or ("x" in shape and layer_class(kind).arity[1] != 1)


def implied_arguments(kind: str, arguments: Sequence[str], wanted: Shape) -> list[str]:
    """The arguments that a wanted output implies, unless they are given.

    That is the number of filters, and a padding with which any window fits.
    """
    cls = layer_class(kind)
    first = next(iter(cls.fields), "")
    given = set()
    for argument in arguments:
        name, mark, _ = argument.partition("=")
        given.add(name if mark else first)
    implied = []
    if first == "out" and "out" not in given:
        implied.append(f"out={wanted.channels}")
    if cls.paddings_for is not Layer.paddings_for and "padding" not in given:
        implied.append("padding=same")
    return implied


def has_several_outputs(kind: str) -> bool:
    """Whether a kind always has several outputs, which a custom layer may state."""
    if kind not in LAYERS:
        return False
    cls = layer_class(kind)
    return cls.outputs is not Layer.outputs and not cls.stated


def split_step(text: str) -> InlineStep:
    """A step that is one word of the command line: `conv 4 kernel=5`."""
    kind, *arguments = re.findall(r"[^\s\[]*\[[^\]]*\]|\S+", text) or [""]
    return kind, arguments


def file_text(shapes: Sequence[str], steps: Sequence[InlineStep]) -> str:
    """A file with these inputs and steps; a step with several operands reads all inputs."""
    names = ["input"]
    lines = [f"input: {shapes[0]}"]
    if len(shapes) > 1:
        names = [f"input{number}" for number in range(1, len(shapes) + 1)]
        inputs = ", ".join(map("{}: {}".format, names, shapes))
        lines = [f"input: {{{inputs}}}"]
    lines.append("layers:" if steps else "layers: []")
    for kind, arguments in steps:
        lines += step_lines(kind, arguments, names if len(names) > 1 else [])
    if steps and has_several_outputs(steps[-1][0]):  # one of them must be the last value
        lines += ["    name: parts", "  - {from: 'parts[0]'}"]
    return "\n".join(lines) + "\n"


def step_lines(kind: str, arguments: Sequence[str], operands: Sequence[str]) -> list[str]:
    """The lines of one step.  Raises InlineError if two arguments have no name."""
    given = [argument.partition("=") for argument in arguments]
    bare = [name for name, mark, _ in given if not mark]
    if len(bare) > 1:
        problem = f"{kind} has {bare[0]} and {bare[1]} without a name"
        raise InlineError(f"{problem}: give the second as NAME={bare[1]}")
    first = value_text(bare[0]) if bare else ""
    source = []
    if operands and kind in JOINS:
        first = f"[{', '.join(operands)}]"
    elif operands:
        source = [f"    from: [{', '.join(operands)}]"]
    named = [f"    {scalar(name)}: {value_text(value)}" for name, mark, value in given if mark]
    return [f"  - {scalar(kind)}: {first}".rstrip(), *named, *source]


def value_text(text: str) -> str:
    """A value as a file has it: a list in brackets, or a text, in quotes if necessary."""
    return text if PLAIN_LIST.fullmatch(text) else scalar(text)
