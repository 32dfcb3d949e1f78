"""The JSON documents of `cnncalc list` and `cnncalc compare`: one object per network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..named_tuple import NamedTuple

NOTHING: Mapping[str, Any] = {}


class Networks(NamedTuple):
    """Networks with the same keys each.  `facts` are keys that hold for all of them."""

    schema: str
    networks: Sequence[Mapping[str, Any]]
    facts: Mapping[str, Any] = NOTHING

    def to_json(self) -> str:
        """One network per line; non-ASCII text is not escaped."""
        head = encoded({"schema": self.schema, **self.facts})
        lines = ",\n".join(map(encoded, self.networks))
        return f'{head[:-1]}, "networks": [\n{lines}\n]}}\n'


def encoded(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False)
