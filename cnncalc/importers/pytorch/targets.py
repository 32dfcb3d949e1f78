"""A callable that makes a model, as a user names it."""

from __future__ import annotations

import os

from ...named_tuple import NamedTuple
from ..errors import ImportFailed
from ..file_formats import PICKLES, PROGRAM_OF_TENSORFLOW, is_tensorflow_program
from .pt2 import EXPORT_LINES

LIBRARIES = {"timm": "timm", "torchvision": "torchvision"}


class CallTarget(NamedTuple):
    """A callable that makes a model: `place` is a module or a Python file."""

    place: str
    call: str

    @property
    def text(self) -> str:
        return f"{self.place}:{self.call}"

    @property
    def title(self) -> str:
        """The name of the model: that of the callable, or of the model of a library."""
        name = self.call.partition("(")[0].rpartition(".")[2]
        first = self.call.partition("(")[2].partition(",")[0].strip("'\" )")
        is_generic = name in ("create_model", "get_model") and first
        return first if is_generic else name


def call_target(target: str) -> CallTarget:
    """The callable that a target names.  Raises ImportFailed if it names none."""
    if target.endswith(PICKLES):
        raise ImportFailed(
            f"{target} is a pickle, which would execute code: export the model instead, and "
            f"import the file:\n{EXPORT_LINES}"
        )
    if target.endswith(".safetensors"):
        raise ImportFailed(f"{target} has weights, but no architecture")
    if is_tensorflow_program(target) and os.path.exists(target):
        raise ImportFailed(f"{target} {PROGRAM_OF_TENSORFLOW}")
    place, colon, call = split_target(target)
    if not colon or not place or not call:
        hint = f" (there is no file {target})" if not os.path.exists(target) else ""
        raise ImportFailed(
            f"`{target}` does not name a model{hint}: write package.module:callable, "
            "file.py:callable, timm:NAME, torchvision:NAME or a model file"
        )
    is_call = "(" in call
    if place in LIBRARIES and not is_call:
        function = "timm:create_model" if place == "timm" else "torchvision.models:get_model"
        place, _, name = function.partition(":")
        call = f"{name}({call!r})"
    return CallTarget(place, call)


def split_target(target: str) -> tuple[str, str, str]:
    """The parts before and after the colon that separates them; a call may have more colons."""
    head, bracket, rest = target.partition("(")
    place, colon, name = head.rpartition(":")
    return place, colon, name + bracket + rest
