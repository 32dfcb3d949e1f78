"""Settings of every test, and the marker of those that start processes."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from cnncalc.parser import network_builder

from .support.marks import starts_process

# How long an example takes, or how slowly it is generated, depends on how busy the machine is.
settings.register_profile("timeless", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("timeless")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that start a process, themselves or in a fixture."""
    for item in items:
        if isinstance(item, pytest.Function):
            fixtures = item._fixtureinfo.name2fixturedefs.values()
            functions = [item.function, *(one.func for found in fixtures for one in found)]
            if any(map(starts_process, functions)):
                item.add_marker("process")


def pytest_collection_finish() -> None:
    """Tens of thousands of tests are never garbage: collections need not look at them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def every_failure_is_explained() -> Iterator[None]:
    """A step that fails without a message is our bug, not an error in the file under test."""

    def fail() -> None:
        raise AssertionError("a step failed and nothing was reported")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network_builder, "unexplained", fail)
        yield
