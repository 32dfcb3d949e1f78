"""The bundled collection: what there is of it, without calculating it anew.

`index.json` beside the files holds the numbers of every variant, and of every file a checksum: what no longer fits its
checksum is calculated, so that the index may be old but never wrong.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from .sources.bundled import bundled_files, folder

INDEX = "index.json"


class CatalogueEntry(NamedTuple):
    """One bundled network: `name` is that of its variant, or of its file where this has no variants."""

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


def entries() -> list[CatalogueEntry]:
    """Every bundled network, in the order of the files and of the variants in them."""
    known = indexed()
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


def indexed() -> dict[str, Any]:
    """What the index says of each file; nothing where it cannot be read."""
    try:
        with open(os.path.join(folder(), INDEX), encoding="utf-8") as file:
            found: dict[str, Any] = json.load(file)
            return found
    except (OSError, ValueError):
        return {}


def make_index() -> str:
    """The text of the index, made from the files as they are: a network a line."""
    lines = []
    for stem, path in bundled_files().items():
        with open(path, "rb") as file:
            data = file.read()
        networks = ",\n  ".join(
            json.dumps(without_file(entry), ensure_ascii=False) for entry in calculated(stem, data)
        )
        lines.append(f'"{stem}": {{"checksum": {zlib.crc32(data)}, "networks": [\n  {networks}]}}')
    return "{" + ",\n".join(lines) + "}\n"


def without_file(entry: CatalogueEntry) -> dict[str, Any]:
    return {key: value for key, value in entry._asdict().items() if key != "file"}


def calculated(stem: str, data: bytes) -> Iterator[CatalogueEntry]:
    """The networks of one file, calculated.  A file that is wrong has none."""
    from .engine.calculation import analyse
    from .parser import Request, build, read_document

    read = read_document(data, f"{stem}.yaml")
    for name in read.variants or (None,):
        network = build(read, Request(name)).network
        if network is None:
            continue
        totals = analyse(network).totals
        inputs = ", ".join(map(str, network.inputs.values()))
        output = str(network.outputs["output"].shape)
        about = (
            network.name,
            network.year,
            network.task,
            inputs,
            output,
            totals.params,
            totals.macs,
            network.source,
        )
        yield CatalogueEntry(name or stem, stem, *about)
