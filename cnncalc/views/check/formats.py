"""The formats of `cnncalc check`.  Each imports its view when it is used."""

from __future__ import annotations

from collections.abc import Callable

from ...check.result import CheckResult

WITH_SUMMARY = ("text", "github", "markdown")
"""Formats that contain the summary in a form that people read."""


def render(form: str, result: CheckResult) -> str:
    """A result in a format."""
    return FORMATS[form](result)


def as_text(result: CheckResult) -> str:
    from .text import check_text

    return check_text(result)


def as_json(result: CheckResult) -> str:
    from .json import check_json

    return check_json(result)


def as_github(result: CheckResult) -> str:
    from .github import check_github

    return check_github(result)


def as_gitlab(result: CheckResult) -> str:
    from .gitlab import check_gitlab

    return check_gitlab(result)


def as_sarif(result: CheckResult) -> str:
    from .sarif import check_sarif

    return check_sarif(result)


def as_junit(result: CheckResult) -> str:
    from .junit import check_junit

    return check_junit(result)


def as_markdown(result: CheckResult) -> str:
    from .markdown import check_markdown

    return check_markdown(result)


FORMATS: dict[str, Callable[[CheckResult], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "gitlab": as_gitlab,
    "sarif": as_sarif,
    "junit": as_junit,
    "markdown": as_markdown,
}
