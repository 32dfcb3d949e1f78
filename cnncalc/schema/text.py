"""The JSON Schema as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .document import language_schema


def schema_text() -> str:
    """The schema as a file: one line per definition, so that a change of it changes one line."""
    return "".join(lines(language_schema())) + "\n"


def lines(schema: dict[str, Any]) -> Iterator[str]:
    """A mapping, with one line per entry of its large members."""
    mark = "{"
    for key, value in schema.items():
        inner = value if key in ("properties", "$defs") else None
        yield f"{mark}\n{encoded(key)}: " + (encoded(value) if inner is None else "{\n")
        if inner is not None:
            yield (
                ",\n".join(f"  {encoded(name)}: {encoded(one)}" for name, one in inner.items())
                + "\n}"
            )
        mark = ","
    yield "\n}"


def encoded(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
