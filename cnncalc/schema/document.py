"""The top level of a file: its facts, `vars`, `blocks`, `variants`, `expect` and `budget`."""

from __future__ import annotations

from typing import Any

from ..document import BLOCK_KEYS, COMMON_KEYS, STRUCTURES, TOP_KEYS, VARIANT_KEYS
from ..figure import UNITS
from ..layers import JOINS
from ..layers.parameter import Schema
from ..network import BYTES
from ..quantities import QUANTITIES, names_for
from .steps import step_definitions
from .strict import plainness, strict_definitions, strictness
from .values import (
    NAME,
    about,
    bindings,
    listed,
    or_empty,
    ref,
    refused,
    text,
    value_definitions,
    variable,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID = "urn:cnncalc:architecture:1"


def language_schema() -> Schema:
    """The whole document."""
    return {
        "$schema": DIALECT,
        "$id": ID,
        "title": "cnncalc architecture",
        "description": "A convolutional network architecture, for cnncalc.",
        "type": "object",
        "properties": only(TOP_KEYS, {**facts(), **top()}),
        "additionalProperties": False,
        "allOf": [
            {
                "required": ["layers"],
                "errorMessage": "the file has no `layers`, as in `layers: [{conv: 64, kernel: 3}, relu]`",
            },
            {
                "if": {"required": ["variants"], "properties": {"variants": {"type": "object"}}},
                "then": {
                    "properties": {
                        "expect": refused("a file with variants has no `expect` but theirs")
                    }
                },
            },
            {"if": {"required": ["input"]}, "else": ref("inputs_of_variants")},
            strictness(),
            plainness(),
        ],
        "$defs": {
            "block": block(),
            "variant": variant(),
            "inputs_of_variants": inputs_of_variants(),
            **promise_definitions(),
            **value_definitions(),
            **step_definitions(),
            **strict_definitions(),
        },
    }


def inputs_of_variants() -> Schema:
    """What a file without an input has: variants that each have one."""
    message = {"errorMessage": "the file has no `input`, as in `input: 3x224x224`, channels first"}
    variants = {
        "additionalProperties": {"type": "object", "required": ["input"], **message},
        "doNotSuggest": True,
    }
    return {"required": ["variants"], "properties": {"variants": variants}, **message}


def only(keys: tuple[str, ...], described: dict[str, Schema]) -> dict[str, Schema]:
    """The keys that the parser knows, in its order; each must be described."""
    return {key: {"title": key, **described[key]} for key in keys}


def facts() -> dict[str, Schema]:
    """What a file and a variant may both say."""
    return {
        "name": text("What the network is called."),
        "source": text("Where it is from: authors, title, year and table of the paper."),
        "input": {
            **about(
                "The shape that enters, channels first: `784` is a vector, `64x16000` a series, `3x224x224` an image. "
                "A mapping names several inputs."
            ),
            "if": {"type": "object"},
            "then": {"additionalProperties": ref("shape"), "minProperties": 1},
            "else": ref("shape"),
            "defaultSnippets": [{"label": "3x224x224", "body": "${1:3x224x224}"}],
        },
        "expect": {
            **about("Facts from the source, to which `cnncalc check` holds the file."),
            **ref("expect"),
        },
        "budget": {
            **about("Upper limits, to which `cnncalc check` holds the file."),
            **ref("budget"),
        },
    }


def top() -> dict[str, Schema]:
    """What a file alone may say."""
    return {
        "year": {
            **about("The year of the source."),
            "type": ["string", "integer"],
            "minimum": 1000,
            "maximum": 9999,
            "pattern": "^[0-9]{4}$",
            "errorMessage": "expected a year, such as 2016",
        },
        "task": text("What the network is for, as in `image classification`."),
        "dtype": {**about("The type of all tensors, `float32` if not said."), "enum": list(BYTES)},
        "vars": or_empty(
            bindings(
                "Variables, each of which can be changed: `cnncalc show FILE --set classes=10`."
            )
        ),
        "blocks": {
            **about("Layers that the file defines, called as built-in ones are."),
            "type": ["object", "null"],
            "propertyNames": variable(*sorted(JOINS), *STRUCTURES, "input"),
            "additionalProperties": ref("block"),
            "errorMessage": "expected blocks by name: {conv_bn: {params: [out], layers: [...]}}",
        },
        "layers": {
            **about("The steps of the network, each fed by the one before it."),
            **steps(minItems=1),
        },
        "variants": {
            **about(
                "Networks of one family: the variables that each changes, and its own facts. The first is the default."
            ),
            "type": ["object", "null"],
            "propertyNames": {
                "pattern": r"^[^@/\\\x00-\x1f]+$",
                "errorMessage": "no @, / or \\ in the name of a variant",
            },
            "additionalProperties": ref("variant"),
            "errorMessage": "expected variants by name: {resnet50: {vars: {...}}}",
        },
    }


def steps(**more: Any) -> Schema:
    return listed(ref("step"), "a list of steps", **more)


# Blocks and variants


def block() -> Schema:
    parameter = {
        "type": "string",
        "pattern": rf"^\s*(?!(?:{'|'.join(COMMON_KEYS)})\s*(?:=|$)){NAME}\s*(?:=\s*\S[\s\S]*)?$",
        "errorMessage": "expected `name` or `name=default`, and no common key of steps",
    }
    entering = {
        "type": ["string", "number"],
        "pattern": r"^[^.\[\]*(),]+(?:\.\*)?$",
        "errorMessage": "expected a name; a last `name.*` takes all that are left",
    }
    parts = {
        "params": {
            **about(
                "The parameters in order, with defaults behind `=`: `[out, kernel=1, stride=1]`."
            ),
            **or_empty(listed(parameter, "a list of `name` or `name=default`")),
        },
        "let": or_empty(
            bindings("Names that are computed from the parameters and from what enters.")
        ),
        "inputs": {
            **about("Names of what enters, where that is several values."),
            **listed(entering, "a list of names", minItems=1),
        },
        "outputs": {
            **about("References to the values that it gives, where these are several."),
            **listed(ref("reference"), "a list of references", minItems=1),
        },
        "layers": {**about("The steps of the block."), **steps()},
    }
    return {
        "title": "block",
        "type": "object",
        "properties": only(BLOCK_KEYS, parts),
        "additionalProperties": False,
        "allOf": [{"required": ["layers"], "errorMessage": "the block has no `layers`"}],
    }


def variant() -> Schema:
    changed = or_empty(bindings("The variables of the file that it changes."))
    return {
        "title": "variant",
        "type": ["object", "null"],
        "properties": only(VARIANT_KEYS, {**facts(), "vars": changed}),
        "additionalProperties": False,
    }


# Promises


def promise_definitions() -> dict[str, Schema]:
    units = "|".join(unit for unit in UNITS if unit)
    output = {**about("The shape that comes out."), **ref("shape")}
    return {
        "figure": {
            "type": ["string", "integer"],
            "minimum": 0,
            "pattern": rf"^[0-9][0-9_]*(?:(?:\.[0-9]+)?\s?(?:{units}))?$",
            "errorMessage": "expected a figure: 61_100_840, or with k, M, G, T or KiB, MiB, GiB behind it as in 6.8M",
        },
        "expect": promises(
            {
                "output": output,
                **figures(names_for("expect")),
                "layers": {
                    **about(
                        "The same of steps that have a name, by reference: `{stem: {output: 64x112x112}}`."
                    ),
                    "type": ["object", "null"],
                    "propertyNames": ref("reference"),
                    "additionalProperties": promises(
                        {"output": output, **figures(names_for("expect-layers"))}
                    ),
                },
            }
        ),
        "budget": promises(figures(names_for("budget"))),
    }


def figures(names: tuple[str, ...]) -> dict[str, Schema]:
    return {name: {**about(described(name), name), **ref("figure")} for name in names}


def described(name: str) -> str:
    """A quantity in a sentence, with its unit."""
    text = QUANTITIES[name].definition
    return f"{text[0].upper()}{text[1:]}."


def promises(properties: dict[str, Schema]) -> Schema:
    return {
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": False,
    }
