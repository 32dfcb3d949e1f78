"""The steps of each kind of layer, from its class."""

from __future__ import annotations

import re
from typing import Any

from ..layers import JOINS, LAYERS, layer_class
from ..layers.description import (
    Docstring,
    default_text,
    inherited_part,
    input_description,
    parameter_description,
    parameters_of,
    signature,
)
from ..layers.field import Field
from ..layers.layer import Layer
from ..layers.parameter import Default, Schema
from .values import about, or_expression, ref, refused

# The names of the definitions of a kind.  Its description has the name of the kind itself.


def step_of(kind: str) -> str:
    return f"{kind}_step"


def keys_of(kind: str) -> str:
    return f"{kind}_keys"


def kind_definitions(common: tuple[str, ...]) -> dict[str, Schema]:
    """The description of each kind, and the keys of its steps."""
    found: dict[str, Schema] = {}
    for kind in LAYERS:
        cls = layer_class(kind)
        found[kind] = about_kind(kind)
        found |= join_rules(cls, common) if kind in JOINS else layer_rules(cls, common)
    return found


def about_kind(kind: str) -> Schema:
    """The description of a kind: its signature, its shapes and an example."""
    cls = layer_class(kind)
    _, step, origin = cls.example
    summary = Docstring(cls.__doc__).summary
    parts = [f"`{signature(cls)}`", summary]
    parts.append(f"Takes {input_description(cls)}. Shape: {inherited_part(cls, 'shape')}.")
    parts.append(f"Example: `{step}`, {origin}.")
    return about("\n\n".join(parts), kind, summary)


def begun(kind: str) -> Schema:
    """The completion of a kind: a list to fill, a value to change, or a word."""
    if kind in JOINS:
        return {**about_kind(kind), "type": "array", "items": {}}
    return about_kind(kind) | snippet(layer_class(kind))


def snippet(cls: type[Layer]) -> Schema:
    """A snippet with the first parameter of the example, if that is required."""
    written = re.match(rf"\{{{cls.kind}: ([\w.]+)", cls.example[1])
    if not written or not next(iter(cls.fields.values())).required:
        return {}
    return {
        "defaultSnippets": [
            {"label": written[1], "description": cls.example[2], "body": f"${{1:{written[1]}}}"}
        ]
    }


# Layers


def layer_rules(cls: type[Layer], common: tuple[str, ...]) -> dict[str, Schema]:
    """A mapping that names this kind, with its arguments by name or as the value of the key."""
    fields = parameters_of(cls)
    first = next(iter(fields), None)
    if first is None:
        return rules(cls.kind, {cls.kind: no_value(cls.kind)}, common, "no arguments")
    properties: dict[str, Schema] = {cls.kind: key_value(cls, fields[first])}
    properties |= {name: argument(cls.kind, name, field) for name, field in fields.items()}
    properties[first]["doNotSuggest"] = True
    found = rules(cls.kind, properties, common, f"`{'`, `'.join(fields)}`")
    found[step_of(cls.kind)] |= given(cls, first)
    return found


def given(cls: type[Layer], first: str) -> Schema:
    """The required parameters; the first is either the value of the key or given by name."""
    otherwise: Schema = {
        "properties": {first: refused(f"the value of `{cls.kind}` is its `{first}`")}
    }
    found: Schema = {"if": {"properties": {cls.kind: {"type": "null"}}}, "else": otherwise}
    required = [name for name, field in cls.fields.items() if field.required]
    if required:
        found["then"] = {"required": required, "errorMessage": needs(cls)}
    if required[1:]:
        otherwise |= {"required": required[1:], "errorMessage": needs(cls)}
    return found


def needs(cls: type[Layer]) -> str:
    first, *others = [name for name, field in parameters_of(cls).items() if field.required]
    form = ", ".join([f"{cls.kind}: {first}", *(f"{name}: ..." for name in others)])
    return f"{cls.kind} needs `{'` and `'.join([first, *others])}`, as in {{{form}}}"


def rules(
    kind: str, properties: dict[str, Schema], common: tuple[str, ...], takes: str
) -> dict[str, Schema]:
    """The definitions of a step of a kind: its keys and their values."""
    known = list(dict.fromkeys([*properties, *common]))
    message = f"unknown argument of {kind}, which takes {takes} and common keys"
    return {
        step_of(kind): {"title": kind, "properties": properties},
        keys_of(kind): {"enum": known, "errorMessage": message},
    }


def key_value(cls: type[Layer], field: Field) -> Schema:
    """The value of a kind's own key: its first parameter, or empty."""
    return {**begun(cls.kind), "if": {"type": "null"}, "else": value_of(field)}


def no_value(kind: str) -> Schema:
    return {
        **about_kind(kind),
        "if": {"type": "null"},
        "else": refused(f"{kind} takes no arguments"),
    }


def argument(kind: str, name: str, field: Field) -> Schema:
    """A parameter by name: its values and its default."""
    description = f"`{name}` of {kind}: {parameter_description(field)}"
    if not field.required:
        description += f". Default: `{default_text(field)}`"
    found = {**about(description), **value_of(field)}
    usual = field.default.literal if isinstance(field.default, Default) else field.default
    if not field.required and field.type.form == "value" and usual is not None:
        found["default"] = usual
    return found


def value_of(field: Field) -> Schema:
    literal = field.type.schema()
    if field.type.form == "reference":
        return literal
    if field.type.form != "value":
        return {"errorMessage": f"expected {field.type.expected}", **literal}
    if "enum" in literal:  # a variable or an expression may evaluate to a word
        literal = {"anyOf": [{"type": []}, literal]}
    return or_expression(literal, field.type.expected)


# Joins


def join_rules(cls: type[Layer], common: tuple[str, ...]) -> dict[str, Schema]:
    """A mapping that names a join: its operands and its arguments."""
    operands: dict[str, Any] = {
        **about_kind(cls.kind),
        "type": ["array", "object"],
        "items": ref("operand"),
        "minItems": 1,
        "propertyNames": ref("step_name"),
        "additionalProperties": ref("operand"),
        "minProperties": 1,
        "errorMessage": missing_operands(cls.kind),
    }
    arguments = {
        name: argument(cls.kind, name, field) for name, field in parameters_of(cls).items()
    }
    takes = ", ".join(["operands", *(f"`{name}`" for name in arguments)])
    return rules(
        cls.kind, {cls.kind: operands, **arguments, "across": ref("across")}, common, takes
    )


def missing_operands(kind: str) -> str:
    return f"{kind} takes a list or a mapping of operands, as in {{{kind}: [[], other]}}"
