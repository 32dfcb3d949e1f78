"""The page of layers, made from their classes (see make.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from inspect import cleandoc

from cnncalc.engine.analysis import LayerAnalysis
from cnncalc.engine.calculation import analyse
from cnncalc.layers import FAMILIES, JOINS, layer_class
from cnncalc.layers.description import (
    Docstring,
    call,
    default,
    entering,
    fields_of,
    inherited,
    taken,
)
from cnncalc.layers.layer import Layer
from cnncalc.parser.parsing import parse

INTRODUCTION = """\
# The layers

<!-- Made from the classes in cnncalc/layers by `python docs/make.py`: change those, not this page. -->

The {count} kinds of layers, with what each takes, puts out, learns and costs. [language.md](language.md) says how a file
puts them together, [numbers.md](numbers.md) what each number means.

The first parameter may be given as the value of the layer's own key, the others by name: `{{conv: 64, kernel: 7}}`. A
parameter without a default must be given. *Per axis* is one for all axes of the space, or one for each: `3x5` or `[3, 5]`.
An attribute that "changes no number" is accepted and kept.

Shapes are channels first and without a batch: `(C, *S)` is C channels and any number of axes of space, of sizes S. The
formulas give the numbers for one sample; an element is one of the C x prod(S) numbers of a value, a position one of its
prod(S) places, and a learned tensor is there where its flag (`bias`, `affine`) is true. FLOPs count two for each MAC
besides what is said. The numbers of each example were calculated when this page was made.
"""


def layers_page() -> str:
    """The reference of all kinds of layers."""
    modules = {family: import_module(f"cnncalc.layers.{family}") for family in FAMILIES}
    window = import_module("cnncalc.layers.window")
    heads = {family: heading(module.__doc__ or "") for family, module in modules.items()}
    contents = [
        f"- [{title}](#{anchor(title)}): {', '.join(f'[{kind}](#{kind})' for kind in FAMILIES[family])}"
        for family, (title, _) in heads.items()
    ]
    title, text = heading(window.__doc__ or "")
    parts = [
        INTRODUCTION.format(count=sum(map(len, FAMILIES.values()))),
        "\n".join(contents),
        f"## {title}",
        text,
    ]
    for family, (title, text) in heads.items():
        parts += [f"## {title}", text, *map(entry, FAMILIES[family])]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def heading(docstring: str) -> tuple[str, str]:
    """The docstring of a module, `Title: a sentence`, as a title and a text."""
    title, _, text = cleandoc(docstring).partition(": ")
    return title, re.sub(" {2,}", " ", text[:1].upper() + text[1:])


def anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


# An entry


def entry(kind: str) -> str:
    """What the page says of one kind."""
    cls = layer_class(kind)
    own = Docstring(cls.__doc__)
    rules = [
        f"Takes: {entering(cls)}",
        f"Shape: {inherited(cls, 'shape')}",
        *costs(cls),
        f"Class: {cls.category}",
        f"Source: {own.source}",
    ]
    facts = "\n".join(f"- {rule}" for rule in rules)
    parts = [
        f"### {kind}",
        own.summary,
        f"`{call(cls)}`",
        parameters(cls),
        facts,
        inherited(cls, "more"),
        example(cls),
    ]
    return "\n\n".join(part for part in parts if part)


def costs(cls: type[Layer]) -> Iterator[str]:
    """The formulas of what a kind learns and costs; those of which it has none come last, in one line."""
    names = {"weights": "weights", "buffers": "buffers", "macs": "MACs", "other_flops": "FLOPs"}
    formulas = {name: formula(cls, rule) for rule, name in names.items()}
    if formulas["MACs"]:
        formulas["FLOPs"] = "2 a MAC" + (f", and {formulas['FLOPs']}" if formulas["FLOPs"] else "")
    for name, text in formulas.items():
        if text:
            yield f"{name[:1].upper()}{name[1:]}: {text}"
    nothing = [name for name, text in formulas.items() if not text and name != "buffers"]
    if nothing:
        yield f"No {', no '.join(nothing)}"


def formula(cls: type[Layer], rule: str) -> str:
    """What the docstring of a rule states, with the numbers of the class in it."""
    owner = next(one for one in cls.__mro__ if rule in vars(one))
    if owner is Layer:
        return ""
    stated = Docstring(vars(owner)[rule].__doc__)
    text = " ".join(" ".join([stated.summary, stated.more]).split()).removesuffix(".")
    text = re.sub(r"`(\w+)`", lambda name: number(cls, name[1]) or name[0], text)
    if text[1:2].islower():  # a word, and no symbol
        text = text[0].lower() + text[1:]
    return f"{text} ({stated.source})" if stated.source else text


def number(cls: type[Layer], name: str) -> str:
    """The number that a class has under a name that is none of its parameters; "" where it has none."""
    value = None if name in cls.fields else getattr(cls, name, None)
    return str(value) if type(value) is int else ""


# Parameters


def parameters(cls: type[Layer]) -> str:
    rows = ["| parameter | takes | default |", "| --- | --- | --- |"]
    if cls.kind in JOINS:
        operands = (
            "branches, references and numbers"
            if "constants" in cls.fields
            else "branches and references"
        )
        rows.append(f"| `operands` | [{operands}](language.md#branches) | |")
    for name, field in fields_of(cls).items():
        rows.append(
            f"| `{name}` | {taken(field)} | {'' if field.required else f'`{default(field)}`'} |"
        )
    return "\n".join(rows) if len(rows) > 2 else ""


# Examples


def example(cls: type[Layer]) -> str:
    """The worked example: the step, what enters, and the numbers that come of it."""
    entering, step, place = cls.example
    layer = worked(entering, step)
    put_out = " + ".join(map(str, layer.node.shapes))
    numbers = {
        "params": layer.params,
        "buffers": layer.buffers,
        "MACs": layer.macs,
        "FLOPs": layer.flops,
    }
    told = [f"{value:,} {name}" for name, value in numbers.items() if value or name != "buffers"]
    return f"Example: `{step}`, {place}. `{entering}` → `{put_out}`; {', '.join(told)}."


def worked(entering: str, step: str) -> LayerAnalysis:
    """The numbers of a step on what enters, by way of a file of that one step."""
    first = entering.strip("{}").partition(":")[0] if ":" in entering else "input"
    # A chunk can be no end of a network, so the file goes on from its input.
    text = f"input: {entering}\nlayers:\n  - {step}\n  - {{from: {first}}}\n"
    parsed = parse(text.encode(), "example.yaml")
    if parsed.network is None:
        raise SystemExit(f"{step} on {entering}: {parsed.problems[0].message}")
    return analyse(parsed.network).layers[-1]
