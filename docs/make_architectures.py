"""Generates docs/architectures.md from the architecture files and the published numbers."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from cnncalc.catalogue import CatalogueEntry, entries

ROOT = Path(__file__).parent.parent
PUBLISHED = ROOT / "tests" / "published"
TORCHVISION = {"alexnet": "alexnet_owt", "googlenet": "googlenet_bn"}
"""The bundled names of torchvision models, where they differ from the names in torchvision.

The alexnet and googlenet of torchvision are not the networks of their papers.
"""

TITLES = {"params": "params", "macs": "MACs", "training_params": "params in training"}

INTRODUCTION = """\
# The bundled architectures

<!-- Made from architectures/ and tests/published/ by `python docs/make.py`:
change those, not this page. -->

cnncalc includes {networks} networks in {files} files. `cnncalc list` lists them in the terminal,
and `cnncalc show NAME` shows one of them.

Each table compares the numbers of cnncalc with those that the sources state. The numbers of cnncalc
equal those in the *published* column, to all digits that the source prints. If a source prints a
number that does not follow from its own layers, the text above the table states this. MACs are
those of convolutions, dense layers and matrix products at inference.
"""


def architectures_page() -> str:
    found = entries()
    claims = published()
    families = [(file, list(group)) for file, group in groupby(found, key=lambda entry: entry.file)]
    parts = [INTRODUCTION.format(networks=len(found), files=len(families))]
    parts += [section(file, family, claims) for file, family in families]
    return "\n".join(parts)


def section(file: str, family: list[CatalogueEntry], claims: dict[str, list[str]]) -> str:
    text = (ROOT / "architectures" / f"{file}.yaml").read_text("utf-8")
    rows = [
        f"| `{entry.name}` | {entry.input} | {entry.params:,} | {entry.macs:,} "
        f"| {'; '.join(claims.get(entry.name, []))} |"
        for entry in family
    ]
    head = ["| network | input | params | MACs | published |", "| --- | --- | ---: | ---: | --- |"]
    about = f"[{file}.yaml](../architectures/{file}.yaml): {top(text, 'source')}."
    notes = " ".join(comments(text))
    parts = [f"## {top(text, 'name')}", about, escaped(notes), "\n".join([*head, *rows])]
    return "\n\n".join(part for part in parts if part) + "\n"


def top(text: str, key: str) -> str:
    """The value of a top-level key of the file."""
    found = re.search(rf'^{key}: "?(.*?)"?$', text, re.MULTILINE)
    return escaped(found[1]) if found else ""


def comments(text: str) -> Iterator[str]:
    """The comments at the head of a file, which describe the whole family."""
    head = re.split(r"^(?:vars|blocks|layers):", text, maxsplit=1, flags=re.MULTILINE)[0]
    for line in head.splitlines():
        if line.startswith("# "):
            yield line[2:]


def published() -> dict[str, list[str]]:
    """The params and MACs that the sources state for each network, with the source."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted((PUBLISHED / "networks").glob("*.csv")):
        for row in table(path):
            if row["number"] in TITLES and not row["path"]:
                claims = found.setdefault(row["name"], {}).setdefault(
                    escaped(row["implementation"] or row["source"]), []
                )
                claims.append(f"{TITLES[row['number']]} {figure(row['value'])}")
    for row in table(PUBLISHED / "torchvision.csv"):
        larger = "_384" if row["model"].startswith("regnet") and row["input"] == "3x384x384" else ""
        name = TORCHVISION.get(row["model"], row["model"]) + larger
        source = "torchvision 0.28.0" + ", with its auxiliary head" * (row["variant"] == "aux_on")
        found.setdefault(name, {})[source] = [
            f"params {figure(row['params'])}",
            f"MACs {figure(row['macs'])}",
        ]
    versions = reference_versions()
    for row in table(PUBLISHED / "references.csv"):
        source = escaped(f"{row['library']} {versions[row['library']]}")
        found.setdefault(row["name"], {})[source] = [
            f"params {figure(row['params'])}",
            f"MACs {figure(row['macs'])}",
        ]
    for path in sorted((PUBLISHED / "layers").glob("*.json")):
        reference = json.loads(path.read_text("utf-8"))
        if "/" in reference["network"]:  # a repository; the libraries are in references.csv
            params, macs = (
                sum(layer[number] for layer in reference["layers"]) for number in ("params", "macs")
            )
            found.setdefault(path.stem, {})[escaped(reference["network"])] = [
                f"params {params:,}",
                f"MACs {macs:,}",
            ]
    return {
        name: [f"{', '.join(numbers)} ({source})" for source, numbers in by_source.items()]
        for name, by_source in found.items()
    }


def reference_versions() -> dict[str, str]:
    """The versions of the libraries that tests/published/references.csv was counted with."""
    pins = (ROOT / "tests" / "generate" / "requirements-reference.txt").read_text("utf-8")
    return dict(pin.split("==") for pin in pins.split())


def table(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def figure(text: str) -> str:
    return f"{int(text):,}" if text.isdigit() else text


def escaped(text: str) -> str:
    return re.sub(r"([|_*<])", r"\\\1", text)
