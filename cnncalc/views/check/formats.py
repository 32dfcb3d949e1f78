"""The formats of `cnncalc check`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from ...check.result import CheckResult

FORMATS = {
    "text": "text:check_text",
    "json": "json:check_json",
    "github": "github:check_github",
    "gitlab": "gitlab:check_gitlab",
    "sarif": "sarif:check_sarif",
    "junit": "junit:check_junit",
    "markdown": "markdown:check_markdown",
}
"""The module of each, imported when it is used, and its function from a result to text."""

WITH_SUMMARY = ("text", "github", "markdown")
"""Formats that contain the summary in a form that people read."""


def render(form: str, result: CheckResult) -> str:
    """A result in a format."""
    module, _, name = FORMATS[form].partition(":")
    function: Callable[[CheckResult], str] = getattr(import_module(f".{module}", __package__), name)
    return function(result)
