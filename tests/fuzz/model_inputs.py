"""Damaged model files: the smallest ones of each format, with bytes, words or values changed."""

from __future__ import annotations

import copy
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from ..support.mutants import values_in
from ..support.paths import ROOT
from ..support.pt2 import document

DATA = ROOT / "tests" / "data"
MOST_BYTES = 60_000
"""Of a file that is damaged: small ones have more damage where it matters."""

KERAS_MEMBER, PT2_MEMBER = "config.json", "model/models/model.json"

FILES = {
    "onnx": ("onnx", (".onnx", ".onnx.gz")),
    "keras": ("keras", (".keras",)),
    "h5": ("keras", (".h5",)),
    "json": ("keras", (".json",)),
    "tflite": ("tflite", (".tflite",)),
    "darknet": ("darknet", (".cfg",)),
    "caffe": ("caffe", (".prototxt",)),
    "pt2": ("pt2", (".pt2",)),
}
"""The folder and the extensions of the files of each format."""

EXTENSIONS = {name: extensions[0] for name, (_, extensions) in FILES.items()}


def content(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


@cache
def seeds(form: str, folder: Path = DATA) -> tuple[bytes, ...]:
    """The smallest files of a format in a folder and in those under it."""
    name, extensions = FILES[form]
    paths = sorted((folder / name).rglob("*")) if (folder / name).is_dir() else []
    found = [content(path) for path in paths if path.name.endswith(extensions)]
    if form == "pt2":
        found.append(archive(PT2_MEMBER, json.dumps(document(["stem", "body"]))))
    found = [data for data in found if len(data) <= MOST_BYTES]
    if form in MEMBERS:
        found = [data for data in found if len(document_in(form, data)) <= MOST_BYTES]
    return tuple(found)


def archive(member: str, text: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(member), text)
    return data.getvalue()


# Bytes

EXTREMES = (
    *(bytes(4), bytes(8), b"\xff" * 4, b"\xff" * 8, b"\xff" * 9 + b"\x01", b"\x00", b"\xff"),
    *(b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\x80" * 9 + b"\x01"),
)
"""Numbers that are 0, -1, the largest, or too long."""


def flipped(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    for _ in range(random.choice((1, 1, 2, 8))):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def extreme(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    number = random.choice(EXTREMES)
    start = random.randrange(len(data))
    end = start + (len(number) if random.random() < 0.7 else 0)
    data[start:end] = number


def removed(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    start = random.randrange(len(data))
    del data[start : start + random.choice((1, 2, 4, 16, 200))]


def doubled(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    start = random.randrange(len(data))
    run = data[start : start + random.choice((1, 4, 16, 200))]
    data[start:start] = run * random.choice((1, 1, 3, 50))


def spliced(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    other = random.choice(others)
    start, at = random.randrange(len(data)), random.randrange(len(other))
    run = other[at : at + random.choice((4, 16, 200, 2000))]
    data[start : start + random.choice((0, len(run)))] = run


def truncated(random: Random, data: bytearray, _others: Sequence[bytes]) -> None:
    del data[random.randrange(len(data)) :]


CHANGES: tuple[Callable[[Random, bytearray, Sequence[bytes]], None], ...] = (
    *(flipped, flipped, extreme, extreme, removed, doubled, spliced, truncated),
)


def damaged(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    found = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if found:
            random.choice(CHANGES)(random, found, others)
    return bytes(found)


# Words

WORD = re.compile(rb"-?\d[\w.+-]*|\w+|[^\w\s]")
WORDS = (
    *(b"0", b"-1", b"1", b"2", b"7", b"1e999", b"-1e-9", b"nan", b"inf", b"0.5", b"999999999"),
    *(b"9" * 25, b"9" * 400, b"1" + b"0" * 18, b"", b"{", b"}", b"[", b"]", b"=", b":", b",", b'"'),
    *(b"true", b"null", b"-99", b"65536", b"\xc3\xa9", b"\xff"),
)


def reworded(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Text with some words that are numbers, signs, or words of other files."""
    for _ in range(random.choice((1, 1, 2, 4))):
        places = [match.span() for match in WORD.finditer(data)]
        if not places:
            return data
        start, end = random.choice(places)
        other = random.choice(WORDS)
        if random.random() < 0.4:
            other = random.choice(WORD.findall(random.choice(others)) or [b""])
        data = data[:start] + other + data[end:]
    return data


def relined(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Text with lines lost, doubled, or moved, or with those of another file."""
    lines = data.splitlines(keepends=True)
    source = random.choice(others).splitlines(keepends=True) if random.random() < 0.3 else lines
    start, at = random.randrange(len(lines) + 1), random.randrange(len(source) + 1)
    run = source[at : at + random.choice((1, 3, 10, 40))]
    end = start + random.choice((0, 0, 1, 10))
    return b"".join((*lines[:start], *run * random.choice((1, 1, 1, 20)), *lines[end:]))


# Values

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 3, 7, 64, 65536, 2**31, 2**63, -(2**63), 10**18, 10**300),
    *(0.5, -0.5, 1e300, float("inf"), float("nan"), "", "0", "same", "valid", "None", "x", "é" * 9),
    *([], {}, [0], [None], [-1, -1], [[]], [1, 2, 3, 4, 5, 6, 7, 8, 9], {"a": 1}, [10**9] * 4),
)


def revalued(random: Random, text: str, others: Sequence[str]) -> str:
    """A JSON document with values that are odd, moved, of another document, lost or doubled."""
    tree = json.loads(text)
    for _ in range(random.choice((1, 1, 2, 3))):
        paths = [path for path in values_in(tree) if path]
        if not paths:
            break
        path = random.choice(paths)
        target = at(tree, path[:-1])
        how = random.random()
        if how < 0.5:
            target[path[-1]] = copy.deepcopy(random.choice(ODD))
        elif how < 0.8:
            source = tree if random.random() < 0.7 else json.loads(random.choice(others))
            target[path[-1]] = copy.deepcopy(at(source, random.choice(list(values_in(source)))))
        elif how < 0.9 or isinstance(target, dict):
            del target[path[-1]]
        else:
            target[path[-1] : path[-1]] = [copy.deepcopy(target[path[-1]])] * random.choice((1, 9))
    return json.dumps(tree)


def at(tree: Any, path: Sequence[Any]) -> Any:
    for key in path:
        tree = tree[key]
    return tree


# Files

TEXTS = ("darknet", "caffe")
MEMBERS = {"keras": KERAS_MEMBER, "pt2": PT2_MEMBER}
JSON_RUN = re.compile(rb'\{"(?:class_name|module)"[^\0]*')
"""The configuration in an HDF5 file."""


def mutant(random: Random, form: str, folder: Path = DATA) -> bytes:
    """A damaged file of a format."""
    files = seeds(form, folder) or seeds(form)
    data = random.choice(files)
    if form in TEXTS:
        change = random.choice((reworded, reworded, relined, damaged))
        return change(random, data, files)
    if form in ("onnx", "tflite") or random.random() < 0.2:
        return damaged(random, data, files)
    texts = [document_in(form, file) for file in files]
    text = revalued(random, document_in(form, data), texts)
    if random.random() < 0.1:
        text = damaged(random, text.encode(), [other.encode() for other in texts]).decode("latin-1")
    return with_document(form, data, text)


@cache
def document_in(form: str, data: bytes) -> str:
    if form in MEMBERS:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return file.read(member_of(form, file.namelist())).decode()
    if form == "h5":
        return next(model_runs(data)).decode()
    return data.decode()


def member_of(form: str, names: Sequence[str]) -> str:
    """The member with the document, whatever the folder of an archive is called."""
    ending = MEMBERS[form].rpartition("/")[2]
    return next(name for name in names if name.endswith(ending))


def model_runs(data: bytes) -> Iterator[bytes]:
    for found in JSON_RUN.finditer(data):
        if b'"layers"' in found[0]:
            yield found[0]


def with_document(form: str, data: bytes, text: str) -> bytes:
    if form in MEMBERS:
        return archive(MEMBERS[form], text)
    if form == "h5":
        return data.replace(next(model_runs(data)), text.encode("utf-8", "replace"))
    return text.encode("utf-8", "replace")
