"""A validator of files against the JSON Schema, which reads YAML as editors do."""

from __future__ import annotations

import re
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from cnncalc.schema import language_schema


class CoreLoader(yaml.SafeLoader):
    """Reads YAML as editors do: by the core schema of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


def whole(loader: CoreLoader, node: yaml.ScalarNode) -> int:
    base = {"0o": 8, "0x": 16}.get(node.value[:2], 10)
    return int(node.value.removeprefix("0o"), base)


SCALARS = {
    "null": r"null|Null|NULL|~|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
}
for word, pattern in SCALARS.items():
    expression = re.compile(f"^(?:{pattern})$")
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{word}", expression, None)
CoreLoader.add_constructor("tag:yaml.org,2002:int", whole)

SCHEMA = language_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def schema_errors(text: str | bytes) -> list[str]:
    """The errors that the validator finds in a file."""
    return [error.message for error in VALIDATOR.iter_errors(yaml.load(text, CoreLoader))]
