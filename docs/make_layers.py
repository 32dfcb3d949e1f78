"""The page of layers, made from their classes (see make.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from inspect import cleandoc

from cnncalc.engine import analyse
from cnncalc.engine.analysis import LayerAnalysis
from cnncalc.layers import FAMILIES, JOINS, layer_class
from cnncalc.layers.description import (
    Docstring,
    default_text,
    inherited_part,
    input_description,
    parameter_description,
    parameters_of,
    signature,
)
from cnncalc.layers.layer import Layer
from cnncalc.parser import parse

INTRODUCTION = """\
# The layers

<!-- Made from the classes in cnncalc/layers by `python docs/make.py`: edit those instead. -->

The {count} kinds of layers, with their parameters, output shapes, weights and costs.
[language.md](language.md) describes how a file combines them, [numbers.md](numbers.md) what each
number means.

The first parameter may be given as the value of the layer's own key, the others by name:
`{{conv: 64, kernel: 7}}`. A parameter without a default is required. *Per axis* is one value for
all spatial axes, or one for each: `3x5` or `[3, 5]`. An attribute that "changes no number" is
accepted and kept.

Shapes are channels first and have no batch axis: `(C, *S)` is C channels and any number of spatial
axes of sizes S. The formulas give the numbers for one sample. A value has C x prod(S) elements at
prod(S) positions. A learned tensor named after a flag (`bias`) exists only if the flag is true,
`weight` and `bias` of a normalization only if `affine` and `scale` or `shift` are. FLOPs include
two for each MAC. The numbers of the examples were calculated when this page was made.
"""


def layers_page() -> str:
    """The reference of all kinds of layers."""
    headings = {family: heading(f"cnncalc.layers.{family}") for family in FAMILIES}
    contents = [contents_line(title, family) for family, (title, _) in headings.items()]
    title, text = heading("cnncalc.layers.window")
    parts = [
        INTRODUCTION.format(count=sum(map(len, FAMILIES.values()))),
        "\n".join(contents),
        f"## {title}",
        text,
    ]
    for family, (title, text) in headings.items():
        parts += [f"## {title}", text, *map(entry, FAMILIES[family])]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def heading(module: str) -> tuple[str, str]:
    """The docstring of a module, `Title: a sentence`, as a title and a text."""
    docstring = import_module(module).__doc__ or ""
    title, _, text = cleandoc(docstring).partition(": ")
    return title, re.sub(" {2,}", " ", text[:1].upper() + text[1:])


def contents_line(title: str, family: str) -> str:
    """The line of a family in the table of contents."""
    kinds = ", ".join(f"[{kind}](#{kind})" for kind in FAMILIES[family])
    return f"- [{title}](#{title.lower().replace(' ', '-')}): {kinds}"


# The entry of a kind


def entry(kind: str) -> str:
    """The section of one kind."""
    cls = layer_class(kind)
    own = Docstring(cls.__doc__)
    facts = [
        f"Takes: {input_description(cls)}",
        f"Shape: {inherited_part(cls, 'shape')}",
        *costs(cls),
        f"Class: {cls.category}",
        f"Source: {own.source}",
    ]
    parts = [
        f"### {kind}",
        own.summary,
        f"`{signature(cls)}`",
        parameters(cls),
        "\n".join(f"- {fact}" for fact in facts),
        inherited_part(cls, "more"),
        example(cls),
    ]
    return "\n\n".join(part for part in parts if part)


def costs(cls: type[Layer]) -> Iterator[str]:
    """The formulas of the costs of a kind; those that it does not have share the last line."""
    names = {"weights": "weights", "buffers": "buffers", "macs": "MACs", "other_flops": "FLOPs"}
    formulas = {name: formula(cls, rule) for rule, name in names.items()}
    if formulas["MACs"]:
        others = formulas["FLOPs"]
        formulas["FLOPs"] = f"2 per MAC, and {others}" if others else "2 per MAC"
    for name, text in formulas.items():
        if text:
            yield f"{name[:1].upper()}{name[1:]}: {text}"
    nothing = [name for name, text in formulas.items() if not text and name != "buffers"]
    if nothing:
        yield f"No {', no '.join(nothing)}"


def formula(cls: type[Layer], rule: str) -> str:
    """The formula that the docstring of a rule states, with the numbers of the class in it."""
    owner = next(base for base in cls.__mro__ if rule in vars(base))
    if owner is Layer:
        return ""
    stated = Docstring(vars(owner)[rule].__doc__)
    text = " ".join([stated.summary, stated.more]).strip().removesuffix(".")
    text = re.sub(r"`(\w+)`", lambda name: class_number(cls, name[1]) or name[0], text)
    if text[1:2].islower():  # a word, not a symbol
        text = text[0].lower() + text[1:]
    return f"{text} ({stated.source})" if stated.source else text


def class_number(cls: type[Layer], name: str) -> str:
    """The number that a class has by a name that is not a parameter; "" if there is none."""
    value = None if name in cls.fields else getattr(cls, name, None)
    return str(value) if type(value) is int else ""


# Parameters


def parameters(cls: type[Layer]) -> str:
    """The table of the parameters of a kind; "" if it has none."""
    rows = ["| parameter | takes | default |", "| --- | --- | --- |"]
    if cls.kind in JOINS:
        constants = "constants" in cls.fields
        operands = "branches, references and numbers" if constants else "branches and references"
        rows.append(f"| `operands` | [{operands}](language.md#branches) | |")
    for name, field in parameters_of(cls).items():
        default = "" if field.required else f"`{default_text(field)}`"
        rows.append(f"| `{name}` | {parameter_description(field)} | {default} |")
    return "\n".join(rows) if len(rows) > 2 else ""


# Examples


def example(cls: type[Layer]) -> str:
    """The worked example: the step, its input, and the numbers that it has."""
    inputs, step, place = cls.example
    layer = analysed(inputs, step)
    outputs = " + ".join(map(str, layer.node.shapes))
    numbers = {
        "params": layer.params,
        "buffers": layer.buffers,
        "MACs": layer.macs,
        "FLOPs": layer.flops,
    }
    stated = [f"{value:,} {name}" for name, value in numbers.items() if value or name != "buffers"]
    return f"Example: `{step}`, {place}. `{inputs}` → `{outputs}`; {', '.join(stated)}."


def analysed(inputs: str, step: str) -> LayerAnalysis:
    """The numbers of a step with these inputs, from a file with that one step."""
    first = inputs.strip("{}").partition(":")[0] if ":" in inputs else "input"
    # A chunk cannot end a network, so the file continues from its input.
    text = f"input: {inputs}\nlayers:\n  - {step}\n  - {{from: {first}}}\n"
    parsed = parse(text.encode(), "example.yaml")
    if parsed.network is None:
        raise SystemExit(f"{step} on {inputs}: {parsed.problems[0].message}")
    return analyse(parsed.network).layers[-1]
