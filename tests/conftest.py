"""What holds in every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from cnncalc.parser import network_builder

# How long an example takes says how busy the machine is.
settings.register_profile("timeless", deadline=None)
settings.load_profile("timeless")


@pytest.fixture(scope="session", autouse=True)
def every_failure_is_explained() -> Iterator[None]:
    """A step that fails without a message is a mistake of ours, which no test may take for one of the file's."""

    def fail() -> None:
        raise AssertionError("a step failed and nothing was reported")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network_builder, "unexplained", fail)
        yield
