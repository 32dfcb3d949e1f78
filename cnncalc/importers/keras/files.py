"""The files of Keras -> the JSON document of the model in them.

`.keras` is a zip archive whose `config.json` is the model; `.h5` is an HDF5 file with the document
as an attribute, which is one run of bytes in it; `.json` is the text of `Model.to_json`.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator

from ..archive import WantedMember, archived_text
from ..bounded_json import MAX_JSON_BYTES, JsonValue, bounded_json, first_value
from ..errors import InvalidModelFile
from .first_bytes import HDF5, ZIP
from .hdf5 import LONGEST, stated_size

DOCUMENT_START = re.compile(rb'\{"(?:(?:class_name|module)": ?"|config": ?[\[{])')
"""Older versions of Python write the entries of an object in any order."""

MAX_STARTS = 100
"""In an HDF5 file, where a document could start."""

NO_KERAS = "is not a Keras file: neither a .keras archive, nor HDF5 (.h5), nor the JSON of a model"
NO_MODEL = "has weights, but no architecture: save the whole model, or `model.to_json()`"


def model_document(path: str) -> JsonValue:
    """The document in a file.  Raises InvalidModelFile, and OSError if it cannot be opened."""
    with open(path, "rb") as file:
        head = file.read(len(HDF5))
        if head == HDF5:
            return document_in_hdf5(path, file.fileno())
        if not head.startswith(ZIP):
            data = head + file.read(MAX_JSON_BYTES + 1)
            return document_of_text(path, data)
    wanted = WantedMember("a .keras file", "config.json".__eq__, NO_MODEL)
    name, text = archived_text(path, wanted, MAX_JSON_BYTES)
    return bounded_json(text, f"{name} in {path}")


def document_of_text(path: str, data: bytes) -> JsonValue:
    if len(data) > MAX_JSON_BYTES:
        raise InvalidModelFile(f"{path} is larger than {MAX_JSON_BYTES:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidModelFile(f"{path} is not UTF-8") from None
    if not text.lstrip().startswith("{"):
        raise InvalidModelFile(f"{path} {NO_KERAS}")
    return bounded_json(text, path)


def document_in_hdf5(path: str, descriptor: int) -> JsonValue:
    """The only document of a model in an HDF5 file; others are of the optimizer and of losses."""
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as data:
        size, stated = len(data), stated_size(data[:LONGEST])
        if stated is not None and size < stated:
            message = f"{path} is incomplete: it has {size:,} of {stated:,} bytes"
            raise InvalidModelFile(f"{message}, download or copy it again")
        found = list(documents(data, path))
    found = list(filter(has_layers, found)) or found
    if not found:
        raise InvalidModelFile(f"{path} {NO_MODEL}")
    if any(document != found[0] for document in found):
        raise InvalidModelFile(f"{path} has {len(found)} different models")
    return found[0]


def has_layers(document: JsonValue) -> bool:
    """True for a document of a model with layers, which Keras 1 has as a list."""
    config = document.get("config") if isinstance(document, dict) else None
    return isinstance(config, list) or (isinstance(config, dict) and "layers" in config)


def documents(data: mmap.mmap, path: str) -> Iterator[JsonValue]:
    """The documents in the bytes of a file: objects with a `config`."""
    position = 0
    for _ in range(MAX_STARTS):
        start = DOCUMENT_START.search(data, position)
        if start is None:
            return
        first = start.start()
        last = data.find(b"\0", first, first + MAX_JSON_BYTES)
        run = data[first : last if last >= 0 else first + MAX_JSON_BYTES]
        text = run.decode(errors="replace")
        try:
            value, length = first_value(text, path)
        except InvalidModelFile:
            position = start.end()
            continue
        if isinstance(value, dict) and "config" in value:
            yield value
        position = first + len(text[:length].encode())
