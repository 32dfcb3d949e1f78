"""A model of what GitHub's runner does with the lines that a job prints.

`actions/runner`, src/Runner.Common/ActionCommand.cs: `TryParseV2` takes a line that starts with
`::` after `TrimStart`, `TryParse` one with `##[` anywhere.  The model is stricter: a command need
not be complete or known, more characters end a line or are trimmed, and colors are not seen.
"""

from __future__ import annotations

import re

WHITE = "\t\v\f \x85\xa0\u1680\u180e\u200b\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What .NET, in any version, trims."""


def log_commands(text: str) -> list[str]:
    """The lines of an output that a runner of GitHub, Azure or TeamCity takes for commands."""
    lines = re.sub(r"\x1b\[[\d;]*m", "", text).splitlines()
    return [line for line in lines if acts(line)]


def acts(line: str) -> bool:
    return line.lstrip(WHITE).startswith("::") or re.search(r"##\w*\[", line) is not None


def is_annotation(line: str) -> bool:
    """Whether a line is a complete annotation whose properties are those of a finding."""
    found = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
    if not found or re.search(r"##\w*\[", line):
        return False
    names = (entry.partition("=")[0] for entry in found[2].split(","))
    ours = ["file", "line", "col", "title"]
    return [name for name in names if not name.startswith("end")] == ours
