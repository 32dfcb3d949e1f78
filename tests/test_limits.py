"""Each bound of the language has a description, which docs/language.md shows."""

from __future__ import annotations

import importlib

import pytest

from cnncalc import limits

from .support.paths import ROOT


def test_every_bound_is_described() -> None:
    assert list(limits.DESCRIPTIONS) == [name for name in vars(limits) if name.startswith("MAX_")]


def test_the_page_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    page = (ROOT / "docs" / "language.md").read_text("utf-8")
    assert importlib.import_module("make_language").language_page() == page
