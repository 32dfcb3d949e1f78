"""The browser, and the pages that it opens."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..support.processes import cnncalc
from .chromium import Write, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Writes the page of networks, once for each."""
    folder = tmp_path_factory.mktemp("pages")

    @cache
    def write(*words: str) -> Path:
        path = folder / f"{abs(hash(words))}.html"
        ran = cnncalc("report", *words, "-o", str(path))
        assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
        return path

    return write
