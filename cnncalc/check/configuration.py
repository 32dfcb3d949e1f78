"""`[tool.cnncalc]` of the nearest `pyproject.toml`."""

# Without `from __future__ import annotations`, which makes them texts: NamedTuple compiles each, at every start.
import os
import re
from typing import Any, NamedTuple

from ..lint.selection import UnknownRule, selected
from ..problem import Error, Problem, Span, did_you_mean
from ..sources.files import UnreadableFile, read

TABLE = "[tool.cnncalc]"


class Configuration(NamedTuple):
    """What a configuration says.  `folder` is where its paths begin."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    folder: str = ""


LISTS = ("select", "ignore", "exclude")
KEYS = (*LISTS, "baseline")


class ConfigurationError(Error, ValueError):
    """A configuration with a mistake in it."""

    def __init__(self, file: str, problem: Problem, lines: list[str]) -> None:
        super().__init__(problem.message)
        self.file = file
        self.problem = problem
        self.lines = lines


def nearest_settings() -> Configuration:
    """Those of the nearest `pyproject.toml` from the current folder upwards that has such a table."""
    try:
        folder = os.getcwd()
    except OSError:  # it was removed
        return Configuration()
    while True:
        path = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(path) and (found := settings_in(os.path.relpath(path))) is not None:
            return found
        above = os.path.dirname(folder)
        if above == folder:
            return Configuration()
        folder = above


def settings_of(path: str) -> Configuration:
    """Those of a file that is named.  Raises UnreadableFile where it has none."""
    found = settings_in(path)
    if found is None:
        raise UnreadableFile(f"{path} has no {TABLE}")
    return found


def settings_in(path: str) -> Configuration | None:
    """What a file says in its table; None where it has none.  Raises ConfigurationError, or UnreadableFile."""
    data = read(path)
    if not re.search(
        rb"tool[\"'\s]*\.[\"'\s]*cnncalc|^[\"'\s]*cnncalc[\"'\s]*[=.]", data, re.MULTILINE
    ):
        return None  # nothing in it can be such a table, and reading TOML takes long
    text = data.decode("utf-8", "replace")
    lines = text.splitlines()
    table = parsed(path, text, lines).get("tool", {})
    table = table.get("cnncalc") if isinstance(table, dict) else None
    if table is None:
        return None
    return checked(path, table, lines)


def parsed(path: str, text: str, lines: list[str]) -> dict[str, Any]:
    import tomllib  # slow to import, and few need it

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = re.search(r"\(at line (\d+), column (\d+)\)", message)
        line, column = (int(found[1]), int(found[2])) if found else (max(1, len(lines)), 1)
        message = message.partition(" (at ")[0]
        raise wrong(
            path, Span(line, column, line, column + 1), f"not TOML: {message}", "", lines
        ) from None
    except RecursionError:
        raise wrong(path, Span(1, 1, 1, 2), "not TOML: nested too deeply", "", lines) from None


def checked(path: str, table: Any, lines: list[str]) -> Configuration:
    if not isinstance(table, dict):
        raise wrong(path, place(lines, "cnncalc"), f"{TABLE} is a table", "", lines)
    for key, value in table.items():
        if key not in KEYS:
            raise wrong(
                path,
                place(lines, key),
                f"unknown key `{key}` of {TABLE}",
                did_you_mean(key, KEYS),
                lines,
            )
        if key == "baseline" and not isinstance(value, str):
            raise wrong(path, place(lines, key), "`baseline` is the path of a file", "", lines)
        if key in LISTS and not (
            isinstance(value, list) and all(isinstance(entry, str) for entry in value)
        ):
            raise wrong(
                path,
                place(lines, key),
                f"`{key}` is a list of texts",
                f'as in {key} = ["..."]',
                lines,
            )
    settings = Configuration(
        tuple(table["select"]) if "select" in table else None,
        tuple(table.get("ignore", ())),
        tuple(table.get("exclude", ())),
        table.get("baseline"),
        os.path.dirname(path),
    )
    try:
        selected(settings.select, settings.ignore)
    except UnknownRule as error:
        raise wrong(path, place(lines, error.name), str(error), "", lines) from None
    return settings


def wrong(path: str, span: Span, message: str, hint: str, lines: list[str]) -> ConfigurationError:
    return ConfigurationError(path, Problem(span, "settings", message, hint), lines)


def place(lines: list[str], word: str) -> Span:
    """Where a word stands behind the head of the table, which TOML's reader does not tell."""
    begin = next(
        (
            index
            for index, line in enumerate(lines)
            if re.match(r"\s*\[\s*tool\s*\.\s*cnncalc", line)
        ),
        0,
    )
    for index in range(begin, len(lines)):
        found = re.search(
            rf"(?<![\w+-]){re.escape(word)}(?![\w-])|\+{re.escape(word)}", lines[index]
        )
        if found and not lines[index].lstrip().startswith(("[tool", "#")):
            return Span(index + 1, found.start() + 1, index + 1, found.end() + 1)
    return Span(begin + 1, 1, begin + 1, 2)
