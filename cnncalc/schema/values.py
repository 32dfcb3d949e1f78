"""Values: literals, expressions, names and references."""

from __future__ import annotations

from typing import Any

from ..document import COMMON_KEYS, INPUT_VARIABLES, STRUCTURES
from ..dtype import BITS, TYPES_BY_WORD
from ..expression.grammar import KEYWORDS
from ..layers import LAYERS
from ..layers.parameter import SHAPE, Schema
from ..limits import MAX_EXPRESSION_LENGTH

NAME = "[A-Za-z_][A-Za-z0-9_]*"
# The characters of an expression, which begins with no operator but a sign, and ends with none.
EXPRESSION = r"^\s*[\w.(\[+-](?:[\w\s.+\-*/%<>=!()\[\],]*[\w.)\]])?\s*$"
NO_SIZES = r"^(?!\s*\d+(?:x\d+)+\s*$)" + EXPRESSION.removeprefix("^")


def ref(name: str) -> Schema:
    """A reference to a definition.

    Only a title, a description or a default may be next to it: with anything else, the language
    server makes an `allOf` of both, which it completes worse.
    """
    return {"$ref": f"#/$defs/{name}"}


def about(text: str, title: str = "", short: str = "") -> Schema:
    """A title with a description, in Markdown and (or a shorter one) in plain text."""
    plain = (short or text).replace("`", "")
    return {
        **({"title": title} if title else {}),
        "description": plain,
        **({"markdownDescription": text} if plain != text else {}),
    }


def or_expression(literal: Schema, expected: str = "") -> Schema:
    """A literal or, as text, a name or an expression."""
    if "anyOf" in literal:
        return {"anyOf": [or_expression(one, expected) for one in literal["anyOf"]]}
    description = {"errorMessage": f"expected {expected}, or an expression"} if expected else {}
    if "enum" in literal:
        return {**literal, **description}
    list_rules = {key: value for key, value in literal.items() if key in ("items", "minItems")}
    found = {key: value for key, value in literal.items() if key not in list_rules}
    found |= {
        "type": ["string", *literal["type"]],
        "pattern": EXPRESSION if list_rules else NO_SIZES,
        **description,
    }
    found["maxLength"] = MAX_EXPRESSION_LENGTH
    return (
        found | as_list({**list_rules, "items": or_expression(literal["items"])})
        if list_rules
        else found
    )


def as_list(rules: Schema) -> Schema:
    """Rules for a list, if the value is one: the editor completes a list for any `items`."""
    return {"if": {"type": "array"}, "then": rules}


def refused(message: str) -> Schema:
    """No value at all: a `false` with an error message."""
    return {"type": "string", "pattern": "^(?!)", "errorMessage": message, "doNotSuggest": True}


def variable(*words: str) -> Schema:
    """The name of a variable, parameter or block, which must not be one of these words either."""
    taken = "|".join([*sorted(KEYWORDS), *COMMON_KEYS, *INPUT_VARIABLES, *words])
    message = "this name has letters, digits and `_`, and is not a keyword or common key"
    return {"pattern": f"^(?!(?:{taken})$){NAME}$", "errorMessage": message}


def text(description: str, **more: Any) -> Schema:
    """A text, which may look like a number."""
    return {**about(description), "type": ["string", "number", "boolean"], **more}


def listed(item: Schema, expected: str, **more: Any) -> Schema:
    return {"type": "array", "items": item, "errorMessage": f"expected {expected}", **more}


def bindings(description: str, entry: Schema | None = None) -> Schema:
    """Names with their values: `vars`, `let`, `for`."""
    return {
        **about(description),
        "type": "object",
        "propertyNames": ref("variable"),
        "additionalProperties": entry or ref("value"),
        "errorMessage": "expected names with their values: {name: value}",
    }


def or_empty(schema: Schema) -> Schema:
    """A mapping or list, which may be empty."""
    return {**schema, "type": [schema["type"], "null"]}


DATA_TYPE = "a data type, such as int8 or w4a8"


def type_definitions() -> dict[str, Schema]:
    """The values of `dtype`: with expressions, and in a file without variables."""
    one = {"anyOf": [{"type": []}, {"enum": list(BITS)}]}
    both = {"anyOf": [{"type": []}, {"enum": list(TYPES_BY_WORD)}]}
    parts = {
        "weights": about("The data type of the weights.", "weights"),
        "activations": about("The data type of the activations.", "activations"),
    }
    expected = "the data type of one of them, such as int8"
    return {
        "types": {
            "if": {"type": "object"},
            "then": {
                "properties": {
                    name: {**part, **or_expression(one, expected)} for name, part in parts.items()
                },
                "additionalProperties": False,
                "minProperties": 1,
            },
            "else": or_expression(both, DATA_TYPE),
            "examples": list(BITS),  # what an editor offers: it does not look into if and else
        },
        "plain_types": {
            "if": {"type": "object"},
            "then": {"additionalProperties": {"enum": list(BITS)}},
            "else": {"enum": list(TYPES_BY_WORD), "errorMessage": f"expected {DATA_TYPE}"},
        },
    }


LETTER = r"[^\x00-@\[-`{-\x7f]"


def or_current(reference: Schema) -> Schema:
    """A reference, or `[]` for the current value."""
    return {**reference, "type": [*reference["type"], "array"], "maxItems": 0}


def value_definitions() -> dict[str, Schema]:
    """The definitions of this module, by name."""
    step_words = "|".join([*LAYERS, *STRUCTURES, *COMMON_KEYS, "input"])
    reference = {
        "type": ["string", "number"],  # 1e3 is a name, and a number of YAML's
        "pattern": rf"^(?=.*{LETTER})[^\s.\[\]*(),]",
        "errorMessage": "expected a reference: `name`, `name.inner`, `name.0`, `name[k]` or "
        "`name.*`, also followed by `.inner`",
    }
    return {
        "value": {
            "if": {"type": "object"},
            "then": refused(
                "a value cannot be a mapping: arguments are keys of the step, as in "
                "{conv: 64, kernel: 3}"
            ),
            "items": ref("value"),
        },
        "variable": variable(),
        "step_name": {
            "type": ["string", "number"],
            "pattern": rf"^(?!\s|(?:{step_words})$)(?!.*\s$)(?=.*{LETTER})[^.\[\]*(),\x00-\x1f]+$",
            "errorMessage": "a name has a letter, none of . [ ] ( ) * or a comma, and is not a "
            "layer or common key",
        },
        "shape": or_expression(SHAPE.schema(), SHAPE.expected),
        "reference": reference,
        "references": {
            **reference,
            "type": [*reference["type"], "array"],
            **as_list({"items": or_current(reference), "minItems": 1}),
        },
    }
