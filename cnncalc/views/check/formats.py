"""The formats of `cnncalc check`, by name: each is a function from a result to text, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

from ...lint.finding import CheckResult

FORMATS = ("text", "json", "github", "gitlab", "sarif", "junit", "markdown")


def rendered(form: str, result: CheckResult) -> str:
    """A result in a format."""
    text: str = getattr(import_module(f"{__package__}.{form}"), f"check_{form}")(result)
    return text
