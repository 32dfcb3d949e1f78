"""Checks for files that do not redefine words of the language.

A block may have the name of a layer, and so may a parameter of a block.  In such a file, the key
that names a step depends on the order of keys, which a schema does not know.  In all others, a key
next to `conv` that conv does not take is an error.  In a file without blocks and variables, so is
a step that is not a layer, and so is a `dtype` that is not a data type.
"""

from __future__ import annotations

from ..document import STRUCTURES
from ..layers import JOINS, LAYERS, layer_class
from ..layers.description import parameters_of
from ..layers.parameter import Schema
from .kinds import keys_of, missing_operands, needs
from .steps import COMMON, KINDS
from .values import ref, refused

UNKNOWN = "unknown layer, and the file has neither blocks nor variables"


def strictness() -> Schema:
    """The check of all steps for the top level, if no block has a word of the language."""
    words = "|".join(KINDS)
    parameters = {"items": {"not": {"pattern": rf"^\s*(?:{words})\s*(?:=|$)"}}}
    blocks = {
        "propertyNames": {"not": {"enum": list(KINDS)}},
        "additionalProperties": {"properties": {"params": parameters}},
    }
    return {"if": {"properties": {"blocks": blocks}}, "then": ref("strict_file")}


def strict_definitions() -> dict[str, Schema]:
    """The definitions of this module, by name."""
    steps = {"items": ref("strict"), "doNotSuggest": True}
    blocks = {"additionalProperties": {"properties": {"layers": steps}}, "doNotSuggest": True}
    return {
        "strict_file": {"properties": {"layers": steps, "blocks": blocks}},
        "strict": {
            "items": ref("strict"),
            "if": {"type": "string"},
            "then": ref("strict_word"),
            "else": {"if": {"type": "object"}, "then": ref("strict_mapping")},
        },
        "strict_word": {
            "allOf": [
                {"if": {"const": kind}, "then": refused(why)}
                for kind in KINDS
                if (why := alone(kind))
            ]
        },
        "strict_mapping": {
            "allOf": [keys(kind) for kind in KINDS],
            "properties": {
                **{
                    kind: {**steps, "additionalProperties": ref("strict")}
                    for kind in KINDS
                    if kind in JOINS
                },
                **dict.fromkeys(STRUCTURES, steps),
            },
        },
        **plain_definitions(),
    }


def plainness() -> Schema:
    """The check for the top level that each step is a layer or structure, if nothing else is."""
    return {
        "if": {"anyOf": [{"required": ["blocks"]}, {"required": ["vars"]}]},
        "else": ref("plain_file"),
    }


def plain_definitions() -> dict[str, Schema]:
    steps = {"items": ref("plain_step"), "doNotSuggest": True}
    operands = {
        "items": ref("plain_operand"),
        "additionalProperties": ref("plain_operand"),
        "doNotSuggest": True,
    }
    return {
        "plain_file": {"properties": {"layers": steps, "dtype": ref("plain_types")}},
        "plain_step": {
            "pattern": f"^(?:{'|'.join(KINDS)})$",
            "errorMessage": UNKNOWN,
            "if": {"type": "object"},
            "then": ref("plain_mapping"),
        },
        "plain_operand": {
            "items": ref("plain_step"),
            "if": {"type": "object"},
            "then": ref("plain_mapping"),
        },
        "plain_mapping": {
            "if": {"anyOf": [{"required": [kind]} for kind in KINDS]},
            "then": {
                "properties": {
                    **{kind: operands for kind in KINDS if kind in JOINS},
                    **dict.fromkeys(STRUCTURES, steps),
                },
            },
            "else": {"propertyNames": {"enum": list(COMMON), "errorMessage": UNKNOWN}},
        },
    }


def alone(kind: str) -> str:
    """The reason why a word alone cannot be a step; empty if it can."""
    if kind in STRUCTURES:
        return f"{kind} takes a list of steps, as in {{{kind}: [...]}}"
    if kind in JOINS:
        return missing_operands(kind)
    cls = layer_class(kind)
    return needs(cls) if any(field.required for field in parameters_of(cls).values()) else ""


def keys(kind: str) -> Schema:
    """The keys of a step with this key, unless the key is an argument of another kind there."""
    takers = [other for other in LAYERS if kind in parameters_of(layer_class(other))]
    named: Schema = {"required": [kind]}
    if takers:
        named["not"] = {"anyOf": [{"required": [other]} for other in takers]}
    return {"if": named, "then": {"propertyNames": ref(keys_of(kind))}}
