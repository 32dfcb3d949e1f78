"""The catalogue of the bundled architectures, with numbers that are not calculated each time.

`index.json` next to the files holds the numbers of every variant, and a checksum of every file.  A
file that does not match its checksum is calculated, so that the index may be old but never wrong.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from typing import Any

from .named_tuple import NamedTuple
from .sources.bundled import bundled_files, data_folder, plain

INDEX = "index.json"


class CatalogueEntry(NamedTuple):
    """One bundled network; `name` is that of its variant, or of a file without variants."""

    name: str
    file: str
    title: str
    year: int | None
    task: str
    input: str
    output: str
    params: int
    macs: int
    source: str


class CatalogueFilter(NamedTuple):
    """Selects networks; an empty word or a None limit accepts all."""

    word: str
    task: str
    max_params: int | None
    max_macs: int | None

    def accepts(self, entry: CatalogueEntry) -> bool:
        """Whether a network has the word in its names, title or source, and is in the limits."""
        return (
            self.matches(entry)
            and self.task.lower() in entry.task.lower()
            and (self.max_params is None or entry.params <= self.max_params)
            and (self.max_macs is None or entry.macs <= self.max_macs)
        )

    def matches(self, entry: CatalogueEntry) -> bool:
        """Whether the word is in a text, or its letters and digits are in a name or the title."""
        names = (entry.name, entry.file, entry.title)
        letters = plain(self.word)
        return any(self.word.lower() in text.lower() for text in (*names, entry.source)) or (
            bool(letters) and any(letters in plain(name) for name in names)
        )


def entries() -> list[CatalogueEntry]:
    """Every bundled network, in the order of the files and of the variants in them."""
    known = read_index()
    found: list[CatalogueEntry] = []
    for stem, path in bundled_files().items():
        with open(path, "rb") as file:
            data = file.read()
        record = known.get(stem)
        if record is not None and record["checksum"] == zlib.crc32(data):
            found += [CatalogueEntry(file=stem, **entry) for entry in record["networks"]]
        else:
            found += calculated(stem, data)
    return found


def read_index() -> dict[str, Any]:
    """The records of the index by file; empty if it cannot be read."""
    try:
        with open(os.path.join(data_folder(), INDEX), encoding="utf-8") as file:
            found: dict[str, Any] = json.load(file)
            return found
    except (OSError, ValueError):
        return {}


def make_index() -> str:
    """The text of the index, made from the files: one line per network."""
    lines = []
    for stem, path in bundled_files().items():
        with open(path, "rb") as file:
            data = file.read()
        records = [without_file(entry) for entry in calculated(stem, data)]
        networks = ",\n  ".join(json.dumps(record, ensure_ascii=False) for record in records)
        lines.append(f'"{stem}": {{"checksum": {zlib.crc32(data)}, "networks": [\n  {networks}]}}')
    return "{" + ",\n".join(lines) + "}\n"


def without_file(entry: CatalogueEntry) -> dict[str, Any]:
    return {key: value for key, value in entry._asdict().items() if key != "file"}


def calculated(stem: str, data: bytes) -> Iterator[CatalogueEntry]:
    """The networks of one file, calculated.  A file with errors has none."""
    from .engine.summary import Summary
    from .parser import Request, build, read_document
    from .parser.expansion.build_cache import BuildCache

    read, cache = read_document(data, f"{stem}.yaml"), BuildCache()
    for name in read.variants or (None,):
        network = build(read, Request(name), cache=cache).network
        if network is None:
            continue
        totals = Summary(network).totals
        yield CatalogueEntry(
            name=name or stem,
            file=stem,
            title=network.name,
            year=network.year,
            task=network.task,
            input=", ".join(map(str, network.inputs.values())),
            output=str(network.outputs["output"].shape),
            params=totals.params,
            macs=totals.macs,
            source=network.source,
        )
