"""The page of names in other frameworks, made from cnncalc/layers/aliases.py."""

from __future__ import annotations

from cnncalc.layers import FAMILIES
from cnncalc.layers.aliases import FRAMEWORKS, Alias

TITLES = {"pytorch": "PyTorch", "keras": "Keras", "onnx": "ONNX"}
INTRODUCTION = """\
# Names in PyTorch, Keras and ONNX, and ours

<!-- Generated from cnncalc/layers/aliases.py by `python docs/make.py`: edit that instead. -->

The layers of a row are the same, for any number of spatial axes. Arguments with another name follow
in parentheses, with ours after the arrow; others have the same name. An argument or a layer without
a counterpart is not listed: [layers.md](layers.md) has all of ours. A file that uses a name of
another framework gets a hint with ours.
"""


def names_page() -> str:
    """One table per family, one row per layer that another framework has too."""
    kinds = {"structure": ["layers"]}
    parts = [INTRODUCTION.strip()]
    for family, members in {**FAMILIES, **kinds}.items():
        known = {kind for names in FRAMEWORKS.values() for kind in names}
        rows = [row(kind) for kind in members if kind in known]
        if rows:
            head = f"| ours | {' | '.join(TITLES[name] for name in FRAMEWORKS)} |"
            rule = "| --- |" + " --- |" * len(FRAMEWORKS)
            title = family.replace("_", " ").capitalize()
            parts.append("\n".join([f"## {title}\n", head, rule, *rows]))
    return "\n\n".join(parts) + "\n"


def row(kind: str) -> str:
    cells = [cell(names[kind]) if kind in names else "" for names in FRAMEWORKS.values()]
    return f"| `{kind}` | {' | '.join(cells)} |"


def cell(entry: Alias) -> str:
    """The names in a framework, and the arguments that have another name there."""
    renamed = [
        f"`{theirs}` → `{ours}`" for ours, theirs in entry.arguments.items() if ours != theirs
    ]
    names = ", ".join(f"`{name}`" for name in entry.names)
    return names + (f" ({', '.join(renamed)})" if renamed else "")
