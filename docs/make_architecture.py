"""Draws the packages in docs/architecture.md from the table of allowed imports."""

from __future__ import annotations

from pathlib import Path

from tests.support.walls import ARROWS, GROUND

PAGE = Path(__file__).with_name("architecture.md")
MARKS = ("<!-- packages -->\n", "<!-- end of packages -->")
NAMES = {"": "cnncalc", "__main__": "python -m cnncalc", "ground": ", ".join(sorted(GROUND))}

Arrows = dict[str, set[str]]


def architecture_page() -> str:
    """The page, with a new picture between the marks."""
    before, mark, rest = PAGE.read_text("utf-8").partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    assert mark and end, f"{PAGE.name} has no {' ... '.join(MARKS)}"
    return f"{before}{mark}\n```mermaid\n{picture()}```\n\n{end}{after}"


def picture() -> str:
    """The packages as a flowchart of Mermaid, from the entry points down to the basic modules."""
    arrows = reduced(with_one_ground(ARROWS))
    lines = ["flowchart TD"]
    for name in arrows:
        lines.append(f'    {box(name)}["{NAMES.get(name, name)}"]')
    for name, targets in arrows.items():
        for target in sorted(targets):
            lines.append(f"    {box(name)} --> {box(target)}")
    return "\n".join(lines) + "\n"


def box(package: str) -> str:
    """The name of a box in Mermaid."""
    return package.strip("_") or "public"


def with_one_ground(arrows: Arrows) -> Arrows:
    """The basic modules as one box."""
    found: Arrows = {}
    for name, targets in arrows.items():
        if name not in GROUND:
            ground = {"ground"} if targets & GROUND else set()
            found[name] = targets - GROUND - {name} | ground
    return {**found, "ground": set()}


def reduced(arrows: Arrows) -> Arrows:
    """Without the arrows that a path of several others replaces.

    >>> reduced({"a": {"b", "c"}, "b": {"c"}, "c": set()})
    {'a': {'b'}, 'b': {'c'}, 'c': set()}
    """
    found: Arrows = {}
    for name, targets in arrows.items():
        indirect = set().union(*(reached(target, arrows) for target in targets))
        found[name] = targets - indirect
    return found


def reached(name: str, arrows: Arrows) -> set[str]:
    """The packages that a package reaches, over any number of arrows."""
    found: set[str] = set()
    pending = [name]
    while pending:
        new = arrows[pending.pop()] - found
        found |= new
        pending += new
    return found
