"""The top level of a file, with its blocks and variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..devices.catalogue import device_names
from ..document import BLOCK_KEYS, COMMON_KEYS, OWN_KEYS, STRUCTURES, TOP_KEYS, VARIANT_KEYS
from ..figure import BYTE_UNITS, JOULES, SECONDS, SHARE, UNITS
from ..layers import JOINS
from ..layers.parameter import Schema
from ..metrics import METRICS
from ..network import OPTIMIZER_NAMES
from ..quantities import QUANTITIES, Quantity, device_limits, names_for
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
    type_definitions,
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
        "properties": only(TOP_KEYS, {**metadata(), **top()}),
        "additionalProperties": False,
        "allOf": [
            {
                "required": ["layers"],
                "errorMessage": "the file has no `layers`, as in "
                "`layers: [{conv: 64, kernel: 3}, relu]`",
            },
            {
                "if": {"required": ["variants"], "properties": {"variants": {"type": "object"}}},
                "then": {
                    "properties": {
                        name: refused(f"in a file with variants, `{name}` belongs in the variants")
                        for name in OWN_KEYS
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
            **expectation_definitions(),
            **value_definitions(),
            **type_definitions(),
            **step_definitions(),
            **strict_definitions(),
        },
    }


def inputs_of_variants() -> Schema:
    """A file without an input must have variants that each have one."""
    message = {"errorMessage": "the file has no `input`, as in `input: 3x224x224`, channels first"}
    variants = {
        "additionalProperties": {"type": "object", "required": ["input"], **message},
        "doNotSuggest": True,
    }
    return {"required": ["variants"], "properties": {"variants": variants}, **message}


def only(keys: tuple[str, ...], described: dict[str, Schema]) -> dict[str, Schema]:
    """The keys of the parser in its order, each of which must be described."""
    return {key: {"title": key, **described[key]} for key in keys}


def metadata() -> dict[str, Schema]:
    """The keys that a file and a variant may both have."""
    return {
        "name": text("The name of the network."),
        "source": text("The source: authors, title, year and table of the paper."),
        "input": {
            **about(
                "The shape of the input, channels first: `784` is a vector, `64x16000` a series, "
                "`3x224x224` an image. A mapping names several inputs."
            ),
            "if": {"type": "object"},
            "then": {"additionalProperties": ref("shape"), "minProperties": 1},
            "else": ref("shape"),
            "defaultSnippets": [{"label": "3x224x224", "body": "${1:3x224x224}"}],
        },
        "expect": {
            **about("Facts from the source, which `cnncalc check` verifies."),
            **ref("expect"),
        },
        "budget": {
            **about("Upper limits, which `cnncalc check` verifies."),
            **ref("budget"),
        },
        "accuracy": {
            **about("What the network reaches with trained weights, at its own input."),
            **ref("accuracy"),
        },
    }


def top() -> dict[str, Schema]:
    """The keys that only a file may have."""
    return {
        "year": {
            **about("The year of the source."),
            "type": ["string", "integer"],
            "minimum": 1000,
            "maximum": 9999,
            "pattern": "^[0-9]{4}$",
            "errorMessage": "expected a year, such as 2016",
        },
        "task": text("The task of the network, as in `image classification`."),
        "dtype": {
            **about(
                "The data types of all tensors, by default `float32`: one word, or "
                "`{weights: int4, activations: int8}`."
            ),
            **ref("types"),
        },
        "vars": or_empty(
            bindings("Variables, which can be changed: `cnncalc show FILE --set classes=10`.")
        ),
        "blocks": {
            **about("Layers that the file defines, used like built-in ones."),
            "type": ["object", "null"],
            "propertyNames": variable(*sorted(JOINS), *STRUCTURES, "input"),
            "additionalProperties": ref("block"),
            "errorMessage": "expected blocks by name: {conv_bn: {params: [out], layers: [...]}}",
        },
        "layers": {
            **about(
                "The steps of the network; the input of each is the output of the previous one."
            ),
            **steps(minItems=1),
        },
        "variants": variants(),
    }


def variants() -> Schema:
    """`variants`: the networks by name."""
    return {
        **about(
            "Networks of one family: the variables that each changes, and its own keys. "
            "The first is the default."
        ),
        "type": ["object", "null"],
        "propertyNames": {
            "pattern": r"^[^@/\\\x00-\x1f]+$",
            "errorMessage": "the name of a variant has no @, / or \\",
        },
        "additionalProperties": ref("variant"),
        "errorMessage": "expected variants by name: {resnet50: {vars: {...}}}",
    }


def steps(**more: Any) -> Schema:
    return listed(ref("step"), "a list of steps", **more)


# Blocks and variants


def block() -> Schema:
    parameter = {
        "type": "string",
        "pattern": rf"^\s*(?!(?:{'|'.join(COMMON_KEYS)})\s*(?:=|$)){NAME}\s*(?:=\s*\S[\s\S]*)?$",
        "errorMessage": "expected `name` or `name=default`, where the name is not a common key",
    }
    input_name = {
        "type": ["string", "number"],
        "pattern": r"^[^.\[\]*(),]+(?:\.\*)?$",
        "errorMessage": "expected a name; a last `name.*` takes all remaining inputs",
    }
    parts = {
        "params": {
            **about(
                "The parameters in order, with defaults after `=`: `[out, kernel=1, stride=1]`."
            ),
            **or_empty(listed(parameter, "a list of `name` or `name=default`")),
        },
        "let": or_empty(bindings("Names computed from the parameters and from the input.")),
        "inputs": {
            **about("The names of the inputs, if there are several."),
            **listed(input_name, "a list of names", minItems=1),
        },
        "outputs": {
            **about("References to the output values, if there are several."),
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
    changed = or_empty(bindings("The variables of the file that this variant changes."))
    return {
        "title": "variant",
        "type": ["object", "null"],
        "properties": only(VARIANT_KEYS, {**metadata(), "vars": changed}),
        "additionalProperties": False,
    }


# Expectations


def expectation_definitions() -> dict[str, Schema]:
    decimal = [unit for unit in UNITS if unit and unit not in BYTE_UNITS]
    output = {**about("The output shape."), **ref("shape")}
    return {
        "count": figure(decimal, "k, M, G or T"),
        "figure": figure([*decimal, *BYTE_UNITS], "k, M, G, T, KiB, MiB or GiB"),
        "expect": expectations(
            {
                "output": output,
                **figures(names_for("expect")),
                "layers": {
                    **about(
                        "The same for named steps, by reference: `{stem: {output: 64x112x112}}`."
                    ),
                    "type": ["object", "null"],
                    "propertyNames": ref("reference"),
                    "additionalProperties": expectations(
                        {"output": output, **figures(names_for("expect-layers"))}
                    ),
                },
            }
        ),
        "budget": expectations(
            {
                **figures(names_for("budget")),
                "training_bytes": training_budget(),
                "device": device_budget(),
            }
        ),
        "accuracy": accuracy(),
    }


def accuracy() -> Schema:
    """The metrics, and where they come from."""
    texts = {
        "data": "What it was measured on, as in `ImageNet-1K`.",
        "source": "The weights, and who states what they reach.",
    }
    number = {"type": "number", "minimum": 0, "maximum": 100}
    return expectations(
        {
            **{
                name: {**about(f"{metric.title}, in percent: {metric.summary}.", name), **number}
                for name, metric in METRICS.items()
            },
            **{key: text(words) for key, words in texts.items()},
        }
    )


def training_budget() -> Schema:
    """The peak of a training step: for one sample, or for the step that a mapping states."""
    step = expectations(
        {
            "most": ref("figure"),
            "batch": {"type": "integer", "minimum": 1},
            "optimizer": {"enum": list(OPTIMIZER_NAMES)},
            "amp": {"type": "boolean"},
        }
    )
    mapping = {**step, "type": "object", "required": ["most"]}
    title = about(described("training_bytes"), "training_bytes")
    return {**title, "anyOf": [ref("figure"), mapping]}


def device_budget() -> Schema:
    text = (
        "A device that the network must fit on, with its flash and RAM: its name, or a mapping with"
        " limits, `{name: stm32h743, ram: 80%, time: 30ms}`."
    )
    return {**about(text), "anyOf": [device_name(), device_mapping()]}


def device_name() -> Schema:
    return {"enum": device_names(), "errorMessage": "expected a device of `cnncalc devices`"}


def device_mapping() -> Schema:
    """`device` of `budget` with limits."""
    limits = {key: device_limit(key, one) for key, one in device_limits().items()}
    found = expectations({"name": device_name(), **limits})
    return {**found, "type": "object", "required": ["name"]}


def device_limit(key: str, quantity: Quantity) -> Schema:
    """A time, an energy, or a figure or a share of what the device has."""
    title = about(described(quantity.name), key)
    patterns = {"seconds": SECONDS, "joules": JOULES}
    if quantity.unit in patterns:
        return {**title, "type": "string", "pattern": f"^{patterns[quantity.unit].pattern}$"}
    share = {"type": "string", "pattern": f"^{SHARE.pattern}$"}
    return {**title, "anyOf": [ref("figure"), share]}


def figure(units: Sequence[str], listed: str) -> Schema:
    return {
        "type": ["string", "integer"],
        "minimum": 0,
        "pattern": rf"^[0-9][0-9_]*(?:(?:\.[0-9]+)?\s?(?:{'|'.join(units)}))?$",
        "errorMessage": f"expected a figure: 61_100_840, or with a unit such as {listed}: 6.8M",
    }


def figures(names: tuple[str, ...]) -> dict[str, Schema]:
    return {name: {**about(described(name), name), **ref(figure_kind(name))} for name in names}


def figure_kind(name: str) -> str:
    """The definition of the figures of a quantity: those of counts have no units of bytes."""
    return "count" if QUANTITIES[name].unit == "count" else "figure"


def described(name: str) -> str:
    """The definition of a quantity, as a sentence."""
    text = QUANTITIES[name].definition
    return f"{text[0].upper()}{text[1:]}."


def expectations(properties: dict[str, Schema]) -> Schema:
    return {
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": False,
    }
