"""`[tool.cnncalc]` of the nearest `pyproject.toml`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ..limits import MAX_CONFIGURATION_BYTES, MAX_CONFIGURATION_KEY_PARTS
from ..lint.selection import UnknownRule, select_rules
from ..named_tuple import NamedTuple
from ..problem import SEVERITIES, Error, Problem, Severity, Span, did_you_mean
from ..sources.files import UnreadableFile, current_folder, read_file
from ..sources.read_log import record_file

TABLE = "[tool.cnncalc]"
KEYS = ("select", "ignore", "exclude", "severity", "fail-on", "baseline", "device")
TEXTS = {"baseline": "the path of a file", "device": "the name of a device, or a device file"}
"""What a key is whose value is text."""
Level = Severity | Literal["off"]
OFF: Literal["off"] = "off"
# Whether a file can have the table at all: parsing TOML takes longer.
MENTIONS_TABLE = re.compile(
    rb"tool[\"'\ \t]*+\.[\"'\ \t]*+cnncalc | cnncalc[\"']?[\ \t]*+[\].=]", re.VERBOSE
)
TABLE_HEADER = re.compile(r"\s*\[\s*tool\s*\.\s*cnncalc")
# Strings, comments, parts of keys, and all else.  Each alternative takes what it has read, also
# without its end, so that no text is read twice.
TOML_TOKEN = re.compile(
    r"""
    (?P<basic> "{3} (?: [^"\\]++ | \\. | "(?!"") )*+ (?:"{3})? )
    | (?P<literal> '{3} (?: [^']++ | '(?!'') )*+ (?:'{3})? )
    | (?P<comment> \#[^\n]*+ )
    | (?P<part> [\w-]++ | " (?: [^"\\\n]++ | \\. )*+ "? | '[^'\n]*+'? )
    | (?P<dot> \. )
    | (?P<space> [ \t]++ )
    | (?P<other> [^\w"'\#. \t-]++ )
    """,
    re.VERBOSE | re.DOTALL,
)


class Configuration(NamedTuple):
    """The keys of the table; its paths are relative to `folder`."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    severity: Mapping[str, Level] = {}  # of rules
    fail_on: Severity | None = None
    baseline: str | None = None
    device: str | None = None
    folder: str = ""

    def enabled_rules(self, select: Sequence[str] | None, ignore: Sequence[str]) -> tuple[str, ...]:
        """The enabled rules, with those of the command line.  Raises UnknownRule.

        `select` replaces the configured ones, `ignore` adds to them.  A rule that is OFF is
        ignored; one that has another severity is one of the default rules.
        """
        off = [name for name, level in self.severity.items() if level == OFF]
        selected = self.select if select is None else select
        return select_rules(selected, (*self.ignore, *off, *ignore), tuple(self.severity))

    @property
    def severities(self) -> dict[str, Severity]:
        """The severities of rules that are not those of the rules themselves."""
        return {name: level for name, level in self.severity.items() if level != OFF}


class ConfigurationError(Error, ValueError):
    """An error in a configuration, with the lines of its file."""

    def __init__(self, file: str, lines: Sequence[str], problem: Problem) -> None:
        super().__init__(problem.message)
        self.file = file
        self.lines = lines
        self.problem = problem


def nearest_configuration(folder: str = "") -> Configuration:
    """The configuration in the nearest `pyproject.toml` with the table, in a folder or above.

    It is the current folder if none is given.  Raises ConfigurationError, or UnreadableFile.
    """
    try:
        folder = folder or current_folder()
    except UnreadableFile:  # it was removed
        return Configuration()
    while True:
        path = os.path.join(folder, "pyproject.toml")
        record_file(path)
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
    found = configuration_in(path, named=True)
    if found is None:
        raise UnreadableFile(f"{path} has no {TABLE}")
    return found


def configuration_in(path: str, *, named: bool = False) -> Configuration | None:
    """The table of a file; None if it has none.  Raises ConfigurationError, or UnreadableFile."""
    data = read_file(path, named=named)
    if not MENTIONS_TABLE.search(data):
        return None
    if len(data) > MAX_CONFIGURATION_BYTES:
        raise UnreadableFile(
            f"{path} has {TABLE} and is larger than {MAX_CONFIGURATION_BYTES:,} bytes"
        )
    return ConfigurationReader(path, data.decode("utf-8", "replace")).read()


def long_key(text: str) -> int | None:
    """The position of a dotted key of too many parts, whose parsing takes quadratic time.

    None if there is none.
    """
    if all(line.count(".") < MAX_CONFIGURATION_KEY_PARTS for line in text.split("\n")):
        return None
    parts, start, is_open = 0, 0, False  # is_open: a dot was the last token but for spaces
    for token in TOML_TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "part":
            parts, start = (parts + 1, start) if is_open else (1, token.start())
            if parts > MAX_CONFIGURATION_KEY_PARTS:
                return start
        if kind != "space":
            is_open = kind == "dot"
    return None


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
            table.get("severity", {}),
            table.get("fail-on"),
            table.get("baseline"),
            table.get("device"),
            os.path.dirname(self.path),
        )
        try:
            select_rules(found.select, (*found.ignore, *found.severity))
        except UnknownRule as error:
            raise self._error(self._find(error.name), str(error)) from None
        return found

    def _parse(self) -> dict[str, Any]:
        import tomllib  # slow to import, and rarely needed

        key = long_key(self.text)
        if key is not None:
            most = MAX_CONFIGURATION_KEY_PARTS
            raise self._error(self._span_at(key), f"a key of more than {most} parts")
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
        except ValueError:
            digits = max(re.finditer(r"\d[\d_]*+", self.text), key=lambda found: len(found[0]))
            span = self._span_at(digits.start())
            raise self._error(span, "a number of too many digits") from None

    def _span_at(self, position: int) -> Span:
        """The span of one character."""
        before = self.text[:position].splitlines(keepends=True) or [""]
        ends = before[-1].endswith(("\r", "\n"))
        line, column = len(before) + ends, 1 if ends else len(before[-1]) + 1
        return Span(line, column, line, column + 1)

    def _check(self, key: str, value: Any) -> None:
        """Raise ConfigurationError if there is no such key, or its value has another type."""
        if key not in KEYS:
            message = f"unknown key `{key[:60]}` of {TABLE}"
            raise self._error(self._find(key), message, did_you_mean(key, KEYS))
        if key in TEXTS:
            if not isinstance(value, str):
                raise self._error(self._find(key), f"`{key}` is {TEXTS[key]}")
        elif key == "fail-on":
            self._check_level(key, key, value, SEVERITIES)
        elif key == "severity":
            if not isinstance(value, dict):
                hint = 'for example severity = {dense-on-map = "warning"}'
                raise self._error(self._find(key), "`severity` is a table of rules", hint)
            for name, level in value.items():
                self._check_level(name, f"the severity of `{name}`", level, (*SEVERITIES, OFF))
        elif not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            message = f"`{key}` is a list of strings"
            raise self._error(self._find(key), message, f'for example {key} = ["..."]')

    def _check_level(self, word: str, what: str, value: Any, levels: Sequence[str]) -> None:
        """Raise ConfigurationError if a value is not one of some levels."""
        if value not in levels:
            message = f"{what} is one of {', '.join(levels)}"
            hint = did_you_mean(value, levels) if isinstance(value, str) else ""
            raise self._error(self._find(word), message, hint)

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
