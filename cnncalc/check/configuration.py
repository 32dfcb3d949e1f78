"""`[tool.cnncalc]` of the nearest `pyproject.toml`."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

from ..lint.selection import UnknownRule, select_rules
from ..named_tuple import NamedTuple
from ..problem import Error, Problem, Span, did_you_mean
from ..sources.files import UnreadableFile, read_file

TABLE = "[tool.cnncalc]"
LISTS = ("select", "ignore", "exclude")
KEYS = (*LISTS, "baseline")
# Whether a file can have the table at all: parsing TOML takes longer.
MENTIONS_TABLE = re.compile(
    rb"tool[\"'\s]*\.[\"'\s]*cnncalc|^[\"'\s]*cnncalc[\"'\s]*[=.]", re.MULTILINE
)
TABLE_HEADER = re.compile(r"\s*\[\s*tool\s*\.\s*cnncalc")


class Configuration(NamedTuple):
    """The keys of the table; its paths are relative to `folder`."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    folder: str = ""


class ConfigurationError(Error, ValueError):
    """An error in a configuration, with the lines of its file."""

    def __init__(self, file: str, lines: Sequence[str], problem: Problem) -> None:
        super().__init__(problem.message)
        self.file = file
        self.lines = lines
        self.problem = problem


def nearest_configuration() -> Configuration:
    """The configuration in the nearest `pyproject.toml` with the table, in this folder or above.

    Raises ConfigurationError, or UnreadableFile.
    """
    try:
        folder = os.getcwd()
    except OSError:  # it was removed
        return Configuration()
    while True:
        path = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(path):
            found = configuration_in(os.path.relpath(path))
            if found is not None:
                return found
        parent = os.path.dirname(folder)
        if parent == folder:
            return Configuration()
        folder = parent


def read_configuration(path: str) -> Configuration:
    """The configuration in a named file.

    Raises ConfigurationError, or UnreadableFile if the file has no table."""
    found = configuration_in(path)
    if found is None:
        raise UnreadableFile(f"{path} has no {TABLE}")
    return found


def configuration_in(path: str) -> Configuration | None:
    """The table of a file; None if it has none.  Raises ConfigurationError, or UnreadableFile."""
    data = read_file(path)
    if not MENTIONS_TABLE.search(data):
        return None
    return ConfigurationReader(path, data.decode("utf-8", "replace")).read()


class ConfigurationReader:
    """Reads the table of one file."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.lines = text.splitlines()

    def read(self) -> Configuration | None:
        """The table; None if the file has none.  Raises ConfigurationError."""
        table = self._parse().get("tool", {})
        table = table.get("cnncalc") if isinstance(table, dict) else None
        if table is None:
            return None
        if not isinstance(table, dict):
            raise self._error(self._find("cnncalc"), f"{TABLE} is a table")
        for key, value in table.items():
            self._check(key, value)
        found = Configuration(
            tuple(table["select"]) if "select" in table else None,
            tuple(table.get("ignore", ())),
            tuple(table.get("exclude", ())),
            table.get("baseline"),
            os.path.dirname(self.path),
        )
        try:
            select_rules(found.select, found.ignore)
        except UnknownRule as error:
            raise self._error(self._find(error.name), str(error)) from None
        return found

    def _parse(self) -> dict[str, Any]:
        import tomllib  # slow to import, and rarely needed

        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            message = str(error)
            found = re.search(r"\(at line (\d+), column (\d+)\)", message)
            line, column = map(int, found.groups()) if found else (max(1, len(self.lines)), 1)
            span = Span(line, column, line, column + 1)
            message = message.partition(" (at ")[0]
            raise self._error(span, f"not TOML: {message}") from None
        except RecursionError:
            raise self._error(Span(1, 1, 1, 2), "not TOML: nested too deeply") from None

    def _check(self, key: str, value: Any) -> None:
        """Raise ConfigurationError if there is no such key, or its value has another type."""
        if key not in KEYS:
            message = f"unknown key `{key}` of {TABLE}"
            raise self._error(self._find(key), message, did_you_mean(key, KEYS))
        if key == "baseline":
            if not isinstance(value, str):
                raise self._error(self._find(key), "`baseline` is the path of a file")
        elif not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            message = f"`{key}` is a list of strings"
            raise self._error(self._find(key), message, f'for example {key} = ["..."]')

    def _error(self, span: Span, message: str, hint: str = "") -> ConfigurationError:
        problem = Problem(span, "settings", message, hint)
        return ConfigurationError(self.path, self.lines, problem)

    def _find(self, word: str) -> Span:
        """The position of a word after the header of the table, which tomllib does not report."""
        pattern = re.compile(rf"(?<![\w+-]){re.escape(word)}(?![\w-])|\+{re.escape(word)}")
        headers = [index for index, line in enumerate(self.lines) if TABLE_HEADER.match(line)]
        begin = headers[0] if headers else 0
        for index in range(begin, len(self.lines)):
            line = self.lines[index]
            found = pattern.search(line)
            if found and not line.lstrip().startswith(("[tool", "#")):
                return Span(index + 1, found.start() + 1, index + 1, found.end() + 1)
        return Span(begin + 1, 1, begin + 1, 2)
