"""Errors of the user's code, in one message."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.path.dirname(os.path.abspath(contextlib.__file__))
TORCH = f"{os.sep}torch{os.sep}"

Json = dict[str, Any]
"""An object of the document."""


class UserError(Exception):
    """An error of the model's own code, or of the arguments."""


@contextlib.contextmanager
def user_code() -> Iterator[None]:
    """Errors of the user's code become a UserError with the last line of it that ran."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"{type(error).__name__}: {error}{last_frame(error)}") from None


def last_frame(error: BaseException) -> str:
    """The last frame outside of this package, of torch and of Python itself."""
    traceback, place = error.__traceback__, ""
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if is_user_code(name):
            place = f"\n  in {name}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


def is_user_code(name: str) -> bool:
    """Whether a file of code is neither of this package, nor of torch or Python itself."""
    if name.startswith((HERE, "<frozen")) or TORCH in name:
        return False
    return not name.startswith(PYTHON) or "site-packages" in name
