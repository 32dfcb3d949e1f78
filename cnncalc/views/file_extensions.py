"""File name extensions, and the formats that they select."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..problem import Error

EXTENSIONS = {
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
    "a Keras model": (".keras", ".h5", ".hdf5"),
    "a PyTorch model": (".pt", ".pth", ".pt2"),
    "a TensorFlow Lite model": (".tflite",),
    "an image": (".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp"),
    "PostScript": (".ps", ".eps"),
}
"""The extensions of each format, including formats that cnncalc does not write."""

ADVICE = {
    "html": "write an .html, open it in a browser, and print it",
    **dict.fromkeys(
        ("pytorch", "keras"), "that is Python code, which builds the model; write `-o {name}.py`"
    ),
    "onnx": "write `-o {name}.onnx`",
}
"""What to do instead, by the format that is written."""


class WrongExtension(Error, ValueError):
    """A file name whose extension does not fit the format of the output."""


def extension_of(path: str | None) -> str:
    """The extension of a file name in lower case, such as `.svg`; empty for none and `.txt`."""
    extension = os.path.splitext(path or "")[1].lower()
    return "" if extension == ".txt" else extension


def format_for(path: str | None, formats: Mapping[str, object], default: str) -> str:
    """The format of a file name with an extension; the default one without.

    Raises WrongExtension if the extension belongs to none of the formats.
    """
    extension = extension_of(path)
    if not extension:
        return default
    for form in formats:
        if extension in EXTENSIONS.get(form, ()):
            return form
    known = ", ".join(f"{form} ({EXTENSIONS[form][0]})" for form in formats if form in EXTENSIONS)
    raise WrongExtension(f"unknown extension {extension}: write one of {known}")


def check_extension(path: str | None, form: str) -> None:
    """Raise WrongExtension if the extension of a file belongs to another format."""
    extension = extension_of(path)
    others = [other for other, extensions in EXTENSIONS.items() if extension in extensions]
    if others and form not in others:
        message = f"{extension} is the extension of {others[0]}, but the format is {form}"
        name = os.path.splitext(path or "")[0]
        advice = f": {ADVICE[form].format(name=name)}" if form in ADVICE else ""
        raise WrongExtension(f"{message}{advice}")
