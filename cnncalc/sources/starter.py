"""The commented starter file."""

from __future__ import annotations

import os
import re

from ..unparse.scalars import scalar
from .bundled import data_folder

SCHEMA = "architecture.schema.json"
MODELINE = f"# yaml-language-server: $schema={SCHEMA}\n"
"""Makes editors use the schema next to the file."""


def starter(name: str) -> str:
    """The commented starter file, for a network of that name."""
    path = os.path.join(data_folder("docs"), "examples", "starter.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    line = f"name: {scalar(name)}"
    return MODELINE + re.sub(r"^name: .*$", lambda _: line, text, count=1, flags=re.MULTILINE)
