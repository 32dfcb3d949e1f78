"""Steps: words, layers, joins, groups, outputs, calls, and `from` alone."""

from __future__ import annotations

from ..document import COMMON_KEYS, STRUCTURES
from ..layers import LAYERS
from ..layers.parameter import Boolean, Integer, Schema
from .kinds import begun, keys_of, kind_definitions, rules, step_of
from .values import NAME, about, bindings, listed, or_expression, ref, refused, text

COMMON = tuple(key for key in COMMON_KEYS if key != "across")
"""The common keys without `across`, which is for joins only."""

KINDS = (*LAYERS, *STRUCTURES)
"""The first keys of steps, except for the blocks and variables of a file."""

ONWARD = ("from", "name", "when")
"""The keys of a step of `from` alone."""


def step_definitions() -> dict[str, Schema]:
    """The definitions of this module, by name."""
    return {
        "steps": listed(ref("step"), "a list of steps"),
        "step": {
            "title": "step",
            "type": ["string", "object"],
            "pattern": f"^{NAME}$",
            "errorMessage": "a step is a word or a mapping: relu, or {conv: 64, kernel: 3}",
            "if": {"type": "string"},
            "then": ref("word"),
            "else": ref("mapping"),
        },
        **operands(),
        "word": {"allOf": [{"if": {"const": kind}, "then": ref(kind)} for kind in KINDS]},
        "mapping": mapping(),
        "unnamed": unnamed(),
        "across": {
            **bindings(
                "All operands once per binding, in parallel: `{k: 4}`, or `{k: [1, 3, 5]}`.",
                counts(),
            ),
            "minProperties": 1,
        },
        **structures(),
        **kind_definitions(COMMON),
    }


def operands() -> dict[str, Schema]:
    """The operands of joins."""
    return {
        "operand": {
            "title": "operand",
            "type": ["string", "number", "array", "object"],
            "errorMessage": "an operand is a list of steps, a layer, a reference or a number; "
            "[] is the current value",
            "items": ref("step"),
            "if": {"type": "object"},
            "then": ref("operand_mapping"),
            "else": {"if": {"type": "string"}, "then": ref("word")},
        },
        "operand_mapping": {
            "if": {
                "type": "object",
                "required": ["output"],
                "propertyNames": ref(keys_of("output")),
            },
            "then": refused("an output cannot be an operand: it passes no value on"),
            "else": ref("mapping"),
        },
    }


def mapping() -> Schema:
    """A step that is a mapping: of the kind that is among its keys, if the others fit this kind."""
    steps: list[Schema] = [
        {
            "if": {"type": "object", "required": [kind], "propertyNames": ref(keys_of(kind))},
            "then": ref(step_of(kind)),
        }
        for kind in KINDS
    ]
    twice = {
        "if": {"required": ["for"]},
        "then": {
            "properties": {"repeat": refused("`for` and `repeat` cannot be on the same step")}
        },
    }
    return {
        "minProperties": 1,
        "properties": common_keys(),
        "allOf": [*steps, twice],
        "if": {"type": "object", "anyOf": [{"required": [kind]} for kind in KINDS]},
        "else": ref("unnamed"),
    }


def unnamed() -> Schema:
    """A step without a layer: a call of a block or variable, `from` alone, or one being typed."""
    return {
        "properties": {
            **dict.fromkeys(COMMON, True),
            **{kind: begun(kind) for kind in LAYERS},
            **{
                kind: {**description, "type": "array", "items": {}}
                for kind, description in ABOUT.items()
            },
            "across": refused("`across` is for joins only: use `for`"),
            "training_only": refused("write `output` first: {output: [...], training_only: true}"),
        },
        "additionalProperties": ref("value"),
        "if": {"propertyNames": {"enum": list(COMMON)}},
        "then": {
            "required": ["from"],
            "propertyNames": {
                "enum": list(ONWARD),
                "errorMessage": "a step with only `from` takes only `name` and `when`",
            },
            "errorMessage": "this step has no layer, block or structure",
        },
    }


def counts() -> Schema:
    """The value of a binding: a list or a count."""
    return {
        "type": ["string", "integer", "array"],
        "minimum": 0,
        "items": ref("value"),
        "errorMessage": "expected a list, a count, or an expression",
    }


def common_keys() -> dict[str, Schema]:
    """The common keys of all steps."""
    flag = Boolean()
    return {
        "name": {
            **about("The name in tables, references and expectations, as in `stem`.", "name"),
            **ref("step_name"),
        },
        "from": {
            **about(
                "The input, instead of the previous step: a reference, or a list of them. Alone: "
                "continue from there.",
                "from",
            ),
            **ref("references"),
        },
        "when": {
            **about("If this is false, the step is skipped.", "when"),
            **or_expression(flag.schema(), flag.expected),
        },
        **repetition(),
        **weight_keys(),
    }


def weight_keys() -> dict[str, Schema]:
    """The common keys that describe weights."""
    flag = Boolean()
    return {
        "shared": text(
            "A tag: steps with the same tag, and the iterations of a step, use the same weights. "
            "`false` opts out.",
            title="shared",
            **{
                "if": {"const": True},
                "then": refused(
                    "`shared` must be a tag, as in `shared: head`; `shared: false` opts out"
                ),
            },
        ),
        "trainable": {
            **about(
                "`false` freezes the weights; `true` inside unfreezes them.",
                "trainable",
            ),
            **or_expression(flag.schema(), flag.expected),
        },
        "dtype": {
            **about("The data types of its tensors, as at the top of the file.", "dtype"),
            **ref("types"),
        },
    }


def repetition() -> dict[str, Schema]:
    """`repeat` and `for`."""
    count = Integer(0)
    return {
        "repeat": {
            **about("The number of iterations, one after the other. `i` counts from 0.", "repeat"),
            **or_expression(count.schema(), count.expected),
        },
        "for": {
            **bindings(
                "One iteration per entry: `{planes: [64, 128]}`, or `{k: 4}` for 0 to 3.",
                counts(),
            ),
            "title": "for",
            "minProperties": 1,
        },
    }


# Structures


ABOUT = {
    "layers": about(
        "A group of steps, shown as one row that expands into its layers, as in "
        "`{layers: [...], name: stem}`.",
        "layers",
    ),
    "output": about(
        "A side chain that ends in one more output of the network, as in "
        "`{output: [...], name: aux}`. The main chain continues from before it.",
        "output",
    ),
}


def structures() -> dict[str, Schema]:
    flag = Boolean()
    training = {
        **about(
            "Whether it exists in training only, and is excluded from the totals for inference."
        ),
        **or_expression(flag.schema(), flag.expected),
        "default": True,
    }
    chains = {
        kind: {**ABOUT[kind], **listed(ref("step"), "a list of steps")} for kind in STRUCTURES
    }
    return {
        **ABOUT,
        **rules("layers", {"layers": chains["layers"]}, COMMON, "steps"),
        **rules(
            "output",
            {"output": chains["output"], "training_only": training},
            COMMON,
            "steps, `training_only`",
        ),
    }
