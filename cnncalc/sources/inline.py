"""Words of a command line -> the text of a file: one layer, or a chain of them, on what enters.

Either a layer, the shape of what enters it and its arguments (`conv 3x227x227 out=96 kernel=11`), or a shape and steps
(`3x32x32 'conv 4 kernel=5' relu`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from ..layers import JOINS, LAYERS, layer_class
from ..layers.layer import Layer
from ..problem import Error, did_you_mean
from ..shape import Shape, parse_shape

NAME = "<command line>"
PLAIN = re.compile(
    r"\[[\w.,x -]*\]|[\w.+-][\w.+*/()-]*"
)  # what YAML takes as it is, and as a file would have it


class NoChain(Error, ValueError):
    """Words that state no layer; the message says what is missing."""


def text_of(words: Sequence[str], wanted: Shape | None = None) -> str:
    """The file that the words state; of a layer alone, made so that a shape that is `wanted` may come out.  Raises NoChain."""
    if not words:
        raise NoChain("a layer and the shape that enters it: conv 3x227x227 out=96 kernel=11")
    if parse_shape(words[0]):
        return written([words[0]], [step_words(word) for word in words[1:]])
    kind, rest = words[0], list(words[1:])
    if kind not in LAYERS:
        raise NoChain(
            f"{kind} is no layer, and no shape such as 3x227x227: {did_you_mean(kind, LAYERS)}".removesuffix(
                ": "
            )
        )
    shapes: list[str] = []
    takes_none = layer_class(kind).arity[1] == 0
    while (
        rest
        and not takes_none
        and parse_shape(rest[0])
        and (not shapes or another_enters(kind, rest[0]))
    ):
        shapes.append(rest.pop(0))
    if not shapes and not takes_none:
        raise NoChain(f"the shape of what enters {kind} is missing: {kind} 3x227x227 ...")
    return written(
        shapes or ["1"], [(kind, [*rest, *wanting(kind, rest, wanted)] if wanted else rest)]
    )


def wanting(kind: str, arguments: Sequence[str], wanted: Shape) -> list[str]:
    """What a wanted shape says where the arguments do not: the number of filters, and a padding with which any window fits."""
    cls = layer_class(kind)
    first = next(iter(cls.fields), "")
    given = {
        name if mark else first
        for name, mark, _ in (argument.partition("=") for argument in arguments)
    }
    out = [f"out={wanted.channels}"] if first == "out" and "out" not in given else []
    return (
        [*out, "padding=same"]
        if cls.paddings_for is not Layer.paddings_for and "padding" not in given
        else out
    )


def another_enters(kind: str, shape: str) -> bool:
    """Whether a shape behind the first is that of another value, and no argument."""
    return kind in JOINS or ("x" in shape and layer_class(kind).arity[1] != 1)


def puts_out_several(kind: str) -> bool:
    return kind in LAYERS and layer_class(kind).outputs is not Layer.outputs


def step_words(text: str) -> tuple[str, list[str]]:
    """A step in one word: `conv 4 kernel=5`."""
    kind, *arguments = re.findall(r"[^\s\[]*\[[^\]]*\]|\S+", text) or [""]
    return kind, arguments


def written(shapes: Sequence[str], steps: Sequence[tuple[str, list[str]]]) -> str:
    """A file of these inputs and steps; a step that takes several values takes all inputs."""
    names = (
        ["input"] if len(shapes) == 1 else [f"input{place}" for place in range(1, len(shapes) + 1)]
    )
    lines = [f"input: {shapes[0]}"] if len(shapes) == 1 else [
        f"input: {{{', '.join(f'{name}: {shape}' for name, shape in zip(names, shapes, strict=True))}}}"
    ]  # fmt: skip
    lines.append("layers:" if steps else "layers: []")
    for kind, arguments in steps:
        lines += step_lines(kind, arguments, names if len(names) > 1 else [])
    if steps and puts_out_several(steps[-1][0]):  # of which one must be the end
        lines += ["    name: parts", "  - {from: 'parts[0]'}"]
    return "\n".join(lines) + "\n"


def step_lines(kind: str, arguments: Sequence[str], operands: Sequence[str]) -> list[str]:
    given = [argument.partition("=") for argument in arguments]
    bare = [name for name, mark, _ in given if not mark]
    if len(bare) > 1:
        raise NoChain(
            f"{kind} has {bare[0]} and {bare[1]} without a name: give the second as NAME={bare[1]}"
        )
    first = (
        f"[{', '.join(operands)}]"
        if operands and kind in JOINS
        else scalar(bare[0])
        if bare
        else ""
    )
    named = [f"    {scalar(name)}: {scalar(value)}" for name, mark, value in given if mark]
    source = [f"    from: [{', '.join(operands)}]"] if operands and kind not in JOINS else []
    return [f"  - {scalar(kind)}: {first}".rstrip(), *named, *source]


def scalar(text: str) -> str:
    """A text as YAML has it: plain where it is a word, a size, a list or an expression, else in quotes."""
    return text if PLAIN.fullmatch(text) else json.dumps(text)
