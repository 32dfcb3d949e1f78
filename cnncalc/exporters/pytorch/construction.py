"""What constructs modules, as statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..python.identifiers import RESERVED, identifier, plural, unused
from .program import Let, Make, Part, Repeat, When

INDENT = "    "
SEQUENTIAL = "nn.Sequential"


def indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"{INDENT}{line}" for line in lines)


def single(part: Part) -> str | None:
    """A part as an argument of a call, if it needs no statements."""
    match part:
        case Make(text):
            return text
        case Repeat(target, source, (Make(text),), (), ()):
            return f"*[{text} for {target} in {source}]"
    return None


def arguments(parts: Sequence[Part]) -> list[str] | None:
    """Parts as arguments of one call; None if they need statements."""
    texts = [single(part) for part in parts]
    return None if None in texts else [text for text in texts if text is not None]


def module_lines(target: str, parts: Sequence[Part], names: set[str], hint: str) -> Iterator[str]:
    """Statements that construct one module and give it to a target, such as `self.stem = {}`.

    `names` are those that local variables have; `hint` is the name of a list of modules.
    """
    if len(parts) == 1 and isinstance(parts[0], Make):
        yield target.format(parts[0].text)
        return
    choice = alternative(parts)
    if choice:
        yield target.format(choice)
        return
    yield from sequence_lines(target, parts, names, hint, SEQUENTIAL)


def alternative(parts: Sequence[Part]) -> str:
    """Modules under one condition, or none, as an expression; "" if they are more than that."""
    if len(parts) != 1 or not isinstance(parts[0], When):
        return ""
    found = arguments(parts[0].parts)
    if found is None:
        return ""
    module = found[0] if is_one_module(parts[0].parts) else f"{SEQUENTIAL}({', '.join(found)})"
    return f"{module} if {parts[0].test} else nn.Identity()"


def sequence_lines(
    target: str, parts: Sequence[Part], names: set[str], hint: str, wrapper: str
) -> Iterator[str]:
    """Statements that construct a sequence or a list of modules."""
    found = arguments(parts)
    if found is not None:
        listed = ", ".join(found)
        is_list = wrapper != SEQUENTIAL and wrapper != "super().__init__"
        inside = list_text(found) if is_list else listed
        yield target.format(f"{wrapper}({inside})")
        return
    name = unused(identifier(hint, RESERVED, "layers"), names)
    yield from list_lines(name, parts, {*names, name})
    star = "" if wrapper == "nn.ModuleList" else "*"
    yield target.format(f"{wrapper}({star}{name})")


def list_text(found: Sequence[str]) -> str:
    """Modules as the argument of a list of modules."""
    if len(found) == 1 and found[0].startswith("*["):
        return found[0][1:]
    return f"[{', '.join(found)}]"


def list_lines(name: str, parts: Sequence[Part], names: set[str]) -> Iterator[str]:
    """Statements that make a list of modules."""
    start = 0
    while start < len(parts) and isinstance(parts[start], Make):
        start += 1
    first = ", ".join(part.text for part in parts[:start] if isinstance(part, Make))
    yield f"{name} = [{first}]"
    yield from added_lines(name, parts[start:], names)


def added_lines(name: str, parts: Sequence[Part], names: set[str]) -> Iterator[str]:
    """Statements that add modules to a list."""
    texts: list[str] = []
    for part in parts:
        text = part.text if isinstance(part, Make) else None
        if text is not None:
            texts.append(text)
            continue
        yield from added(name, texts)
        texts = []
        match part:
            case Let(statement):
                yield statement
            case When(test, inner):
                yield f"if {test}:"
                yield from indented(added_lines(name, inner, names))
            case Repeat():
                yield from loop_lines(name, part, names)
    yield from added(name, texts)


def added(name: str, texts: Sequence[str]) -> Iterator[str]:
    if len(texts) == 1:
        yield f"{name}.append({texts[0]})"
    elif texts:
        yield f"{name} += [{', '.join(texts)}]"


def loop_lines(name: str, loop: Repeat, names: set[str]) -> Iterator[str]:
    """Statements that add the modules of each iteration to a list."""
    yield from loop.before
    text = single(loop)
    if text is not None:
        yield f"{name} += {text[1:]}"
        return
    yield f"for {loop.target} in {loop.source}:"
    inside = {*names, *loop.target.split(", ")}
    if loop.is_nested and not is_one_module(loop.parts):
        hint = inner_name(loop)
        target = f"{name}.append({{}})"
        yield from indented(module_lines(target, loop.parts, inside, hint))
    else:
        yield from indented(added_lines(name, loop.parts, inside))
    yield from indented(iter(loop.after))


def is_one_module(parts: Sequence[Part]) -> bool:
    return len(parts) == 1 and isinstance(parts[0], Make)


def inner_name(loop: Repeat) -> str:
    """The name of the list of the modules of one iteration."""
    inner = next((part.name for part in loop.parts if isinstance(part, Repeat)), "")
    return plural(inner) if inner else "layers"
