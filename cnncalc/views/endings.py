"""The endings of file names, and the formats that they state."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..problem import Error

ENDINGS = {
    "dot": (".dot", ".gv"),
    "svg": (".svg",),
    "html": (".html", ".htm"),
    "json": (".json",),
    "csv": (".csv",),
    "markdown": (".md", ".markdown"),
    "mermaid": (".mmd", ".mermaid", ".md"),
    "latex": (".tex",),
    "tikz": (".tex",),
    "pdf": (".pdf",),
    "png": (".png",),
    "yaml": (".yaml", ".yml"),
    "pytorch": (".py",),
    "keras": (".py",),
    "onnx": (".onnx",),
    "a model of Keras": (".keras", ".h5", ".hdf5"),
    "an image": (".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp"),
    "PostScript": (".ps", ".eps"),
}
"""The endings of each format, and of what cnncalc does not write."""

ADVICE = {
    "html": "write an .html, open it in a browser, and print it",
}
"""How to get another format, by the format that is written."""


class WrongEnding(Error, ValueError):
    """A file name that states another format than that of its content."""


def ending_of(path: str | None) -> str:
    """The ending of a file name in lower case, such as `.svg`; empty if it states no format."""
    ending = os.path.splitext(path or "")[1].lower()
    return "" if ending == ".txt" else ending


def format_for(path: str | None, formats: Mapping[str, object], default: str) -> str:
    """The format that the ending of a file states; the default one without an ending.

    Raises WrongEnding if the ending is that of none of the formats.
    """
    ending = ending_of(path)
    if not ending:
        return default
    for form in formats:
        if ending in ENDINGS.get(form, ()):
            return form
    known = ", ".join(f"{form} ({ENDINGS[form][0]})" for form in formats if form in ENDINGS)
    raise WrongEnding(f"the ending {ending} is none of {known}")


def check_ending(path: str | None, form: str) -> None:
    """Raise WrongEnding if the ending of a file is that of another format."""
    ending = ending_of(path)
    others = [other for other, endings in ENDINGS.items() if ending in endings]
    if others and form not in others:
        message = f"the ending {ending} is that of {others[0]}, but the format is {form}"
        raise WrongEnding(f"{message}: {ADVICE[form]}" if form in ADVICE else message)
