"""The descriptions in fields and docstrings of layers, for the reference page and the schema."""

from __future__ import annotations

import re
from inspect import cleandoc

from ..datum import show
from . import JOINS
from .field import Field
from .layer import Layer, ranks
from .parameter import PER_AXIS, UNUSED, Default


class Docstring:
    """The parts of the docstring of a layer, or of one of its rules (see `Layer`).

    `shape` is the rule of the output shape, `takes` the inputs, `more` all else.
    """

    def __init__(self, text: str | None) -> None:
        summary, *parts = re.split(r" {2,}|\n\n|\s(?=Source: )", cleandoc(text or ""))
        self.summary = " ".join(summary.split())
        self.shape = self.takes = self.source = ""
        more = []
        for part in parts:
            sentence = " ".join(part.split())
            if sentence.startswith("Source: "):
                self.source = sentence.removeprefix("Source: ").removesuffix(".")
            elif sentence.startswith("Takes "):
                self.takes = sentence.removeprefix("Takes ").removesuffix(".")
            elif "->" in sentence:
                self.shape = mark_shapes(sentence.removesuffix("."))
            else:
                more.append(sentence)
        self.more = "\n\n".join(more)


def mark_shapes(rule: str) -> str:
    """A rule of shapes with each shape set as code, up to where it continues in words.

    >>> mark_shapes("(C, *S) -> (C * prod(S)), d the axes (of the space)")
    '`(C, *S)` → `(C * prod(S))`, d the axes (of the space)'
    """
    shapes, *words = re.split(r"(?<=\)), (?=[A-Za-z])", rule, maxsplit=1)
    marked = re.sub(r"\((?:[^()]|\([^()]*\))*\)", r"`\g<0>`", shapes).replace("->", "→")
    return ", ".join([marked, *words])


def inherited_part(cls: type[Layer], part: str) -> str:
    """A part of the docstring of a class, or of its nearest base that has this part."""
    for base in cls.__mro__[: cls.__mro__.index(Layer)]:
        text: str = getattr(Docstring(base.__doc__), part)
        if text:
            return text
    return ""


def input_description(cls: type[Layer]) -> str:
    """The inputs that a kind accepts, in words."""
    stated = inherited_part(cls, "takes")
    return stated or (ranks(cls.spatial_axes) if cls.spatial_axes else "any number of axes")


def parameters_of(cls: type[Layer]) -> dict[str, Field]:
    """The parameters that a file can give: the constants of a join are counted, not given."""
    fields = dict(cls.fields)
    if cls.kind in JOINS:
        fields.pop("constants", None)
    return fields


def signature(cls: type[Layer]) -> str:
    """A call with all parameters and their defaults: `conv: out, kernel=1`."""
    words = ["operands"] if cls.kind in JOINS else []
    for name, field in parameters_of(cls).items():
        words.append(name if field.required else f"{name}={default_text(field)}")
    return f"{cls.kind}: {', '.join(words)}" if words else cls.kind


def default_text(field: Field) -> str:
    """A default as a file would give it."""
    if isinstance(field.default, Default):
        return field.default.text
    return "{}" if field.type.form == "mapping" else show(field.default)


def parameter_description(field: Field) -> str:
    """The values that a parameter accepts, in words."""
    text = field.type.expected.replace(f" {PER_AXIS}", ", per axis")
    return f"{text}; changes no number" if field.type is UNUSED else text
