"""The JSON documents of `list`, `compare` and `devices`: one object per network or device."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..named_tuple import NamedTuple

NOTHING: Mapping[str, Any] = {}


class Networks(NamedTuple):
    """Networks with the same keys each.  `facts` are keys that hold for all of them.

    `key` is that of the list, since devices are listed in the same way.
    """

    schema: str
    networks: Sequence[Mapping[str, Any]]
    facts: Mapping[str, Any] = NOTHING
    key: str = "networks"

    def to_json(self) -> str:
        """One network per line; non-ASCII text is not escaped."""
        head = encoded({"schema": self.schema, **self.facts})
        lines = ",\n".join(map(encoded, self.networks))
        return f'{head[:-1]}, "{self.key}": [\n{lines}\n]}}\n'


def encoded(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False)
