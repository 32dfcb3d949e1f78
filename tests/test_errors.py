"""Every exception class of the package derives from `cnncalc.Error`."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

import cnncalc

from .support.walls import MODULES


def subclasses(cls: type[BaseException]) -> Iterator[type[BaseException]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from subclasses(sub)


def test_base_class() -> None:
    for module in MODULES:
        if module != "cnncalc.__main__":
            importlib.import_module(module)
    ours = {cls for cls in subclasses(Exception) if cls.__module__.startswith("cnncalc")}
    assert len(ours) > 10
    # The tracer runs without cnncalc, and the command line's messages are click's.
    others = {"UserError", "ImportMessage", "NotExported"}
    wrong = {cls.__name__ for cls in ours if not issubclass(cls, cnncalc.Error)}
    assert wrong == others


def test_public_exceptions_keep_their_builtin_bases() -> None:
    with pytest.raises(cnncalc.Error) as unreadable:
        cnncalc.load("missing.yaml")
    assert isinstance(unreadable.value, OSError)
    with pytest.raises(cnncalc.Error) as request:
        cnncalc.load("alexnet", vars={"clases": 10})
    assert isinstance(request.value, ValueError)
