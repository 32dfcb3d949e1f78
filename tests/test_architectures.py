"""The bundled files meet their expectations, and are found by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnncalc.check.expect import check_expect
from cnncalc.parser import parse
from cnncalc.sources.bundled import variant_names

from .support.networks import NAMES_OF_BUNDLED as NAMES
from .support.networks import bundled
from .support.paths import ARCHITECTURES

FILES = sorted(ARCHITECTURES.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_meets_its_expectations(name: str) -> None:
    assert check_expect(bundled(name)) == []
    assert bundled(name).network.expect


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_variants_are_found_without_parsing(path: Path) -> None:
    assert tuple(variant_names(str(path))) == parse(path.read_bytes(), path.name).variants


@pytest.mark.parametrize("name", NAMES)
def test_paths_are_unique(name: str) -> None:
    paths = [layer.node.path for layer in bundled(name).layers]
    assert len(paths) == len(set(paths))


def test_unread_column() -> None:
    """Krizhevsky et al. 2012 state 224 pixels, of which 11x11 kernels at stride 4 read 223."""
    notes = bundled("lecture_224").layers[0].notes
    assert [note.partition(":")[0] for note in notes] == [
        "the last row is never read",
        "the last column is never read",
    ]
    assert bundled("lecture_227").layers[0].notes == ()
