"""What the classes of layers say of themselves in fields and docstrings, for the reference page and the schema."""

from __future__ import annotations

import re
from inspect import cleandoc

from ..datum import show
from . import JOINS
from .layer import Field, Layer, ranks
from .parameter import PER_AXIS, UNUSED, Default


class Docstring:
    """The parts of the docstring of a layer, or of one of its rules (see `Layer`)."""

    def __init__(self, text: str | None) -> None:
        self.summary, *parts = re.split(r" {2,}|\n\n|\s(?=Source: )", cleandoc(text or ""))
        self.shape = self.takes = self.source = ""
        more = []
        for part in parts:
            sentence = " ".join(part.split()).removesuffix(".")
            if part.startswith("Source: "):
                self.source = sentence.removeprefix("Source: ")
            elif part.startswith("Takes "):
                self.takes = sentence.removeprefix("Takes ")
            elif "->" in part:
                self.shape = mark_shapes(sentence)
            else:
                more.append(part)
        self.more = "\n\n".join(more)


def mark_shapes(rule: str) -> str:
    """A rule of shapes with each shape set as code, up to where it goes on in words.

    >>> mark_shapes("(C, *S) -> (C * prod(S)), d the axes (of the space)")
    '`(C, *S)` → `(C * prod(S))`, d the axes (of the space)'
    """
    shapes, *words = re.split(r"(?<=\)), (?=[A-Za-z])", rule, maxsplit=1)
    marked = re.sub(r"\((?:[^()]|\([^()]*\))*\)", r"`\g<0>`", shapes).replace("->", "→")
    return ", ".join([marked, *words])


def inherited(cls: type[Layer], part: str) -> str:
    """A part of the docstring of a class, or of the nearest class above it that has this part."""
    above = cls.__mro__[: cls.__mro__.index(Layer)]
    return next(
        (text for text in (getattr(Docstring(one.__doc__), part) for one in above) if text), ""
    )


def entering(cls: type[Layer]) -> str:
    """What a kind takes, in words."""
    return inherited(cls, "takes") or (
        ranks(cls.spatial_axes) if cls.spatial_axes else "any number of axes"
    )


def fields_of(cls: type[Layer]) -> dict[str, Field]:
    """The parameters that a file can give; how many operands of a join are constants is counted, not given."""
    return {
        name: field
        for name, field in cls.fields.items()
        if not (cls.kind in JOINS and name == "constants")
    }


def call(cls: type[Layer]) -> str:
    """The call as a signature: `conv: out, kernel=1`."""
    words = ["operands"] if cls.kind in JOINS else []
    words += [
        name if field.required else f"{name}={default(field)}"
        for name, field in fields_of(cls).items()
    ]
    return f"{cls.kind}: {', '.join(words)}" if words else cls.kind


def default(field: Field) -> str:
    """A default as a file would write it."""
    return field.default.text if isinstance(field.default, Default) else show(field.default)


def taken(field: Field) -> str:
    """What a parameter takes, in words."""
    text = field.type.expected.replace(f" {PER_AXIS}", ", per axis")
    return f"{text}; changes no number" if field.type is UNUSED else text
