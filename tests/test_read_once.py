"""Builds of a file that is read once, in any order, give what a fresh parse gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.parser import ReadFile, Request, RequestError, build, parse, read_document

from .support.builds import BUNDLED, SMALL, outcome
from .support.networks import bundled_file


def spread(names: list[str | None]) -> list[str | None]:
    """About four names of a list from its beginning to its end."""
    return names[:: max(1, len(names) // 4)]


def assert_like_a_fresh_parse(file: ReadFile, data: bytes, request: Request) -> None:
    assert outcome(build(file, request)) == outcome(parse(data, file.name, request))


@pytest.mark.slow
@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_variants_forwards_and_backwards(path: Path) -> None:
    data, file = path.read_bytes(), bundled_file(path.stem)
    requests = [Request(name) for name in spread([*file.variants] or [None])]
    fresh = [outcome(parse(data, file.name, request)) for request in requests]
    assert [outcome(build(file, request)) for request in requests] == fresh
    assert [outcome(build(file, request)) for request in reversed(requests)] == fresh[::-1]


@pytest.mark.slow
@settings(max_examples=60)
@given(st.data())
def test_any_requests_in_any_order(draw: st.DataObject) -> None:
    path = draw.draw(st.sampled_from(BUNDLED))
    data, file = path.read_bytes(), bundled_file(path.stem)
    sizes = st.sampled_from([{}, {"": "3x64x64"}, {"": "3x300x301"}, {"": "5"}])
    names = st.sampled_from([None, *file.variants])
    for _ in range(3):
        request = Request(draw.draw(names), inputs=draw.draw(sizes))
        try:
            fresh = outcome(parse(data, file.name, request))
        except RequestError as error:
            with pytest.raises(RequestError) as found:
                build(file, request)
            assert str(found.value) == str(error)
        else:
            assert outcome(build(file, request)) == fresh


@pytest.mark.slow
@pytest.mark.parametrize("path", SMALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_files_with_problems(path: Path) -> None:
    data = path.read_bytes()
    file = read_document(data, path.name)
    for name in (*file.variants, None, *file.variants):
        assert_like_a_fresh_parse(file, data, Request(name))
