"""The architecture language as a JSON Schema (2020-12), for editors: what `cnncalc schema` writes.

It is derived from the words that the parser knows and from the classes of layers; `document` has the top level, `steps`
what a step can be, `kinds` what each kind of layer takes, `values` what stands as a value.

It is shaped for the YAML language server, which VS Code, Neovim and others use.  What a step is, is told apart by `if`,
one kind at a time, so that a mistake is marked where it stands, in words of that kind: of alternatives (`anyOf`) a
message could name only some.  `markdownDescription`, `errorMessage`, `defaultSnippets` and `doNotSuggest` are its own
keywords, which others read over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .document import language_schema

__all__ = ["language_schema", "schema_text"]


def schema_text() -> str:
    """The schema as a file: a line for each definition, so that a change of one is a change of one line."""
    return "".join(lines(language_schema())) + "\n"


def lines(schema: dict[str, Any]) -> Iterator[str]:
    """A mapping, of whose large members each entry has a line."""
    mark = "{"
    for key, value in schema.items():
        inner = value if key in ("properties", "$defs") else None
        yield f"{mark}\n{encoded(key)}: " + (encoded(value) if inner is None else "{\n")
        if inner is not None:
            yield ",\n".join(f"  {encoded(name)}: {encoded(one)}" for name, one in inner.items()) + "\n}"
        mark = ","
    yield "\n}"


def encoded(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
