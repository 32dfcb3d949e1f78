"""Compare public networks of Darknet and Caffe with what these programs count.

    python -m tests.generate.public_networks tests/data/darknet/public.csv REPOSITORY FOLDER

The counts were recorded by Darknet and by Caffe (github.com/BVLC/caffe@9b89154) themselves; the
files are not kept.  FOLDER is a checkout of the REPOSITORY (`pjreddie/darknet`), of Darknet its
folder cfg; a file is called by its path in it, with `_` in place of `/`.  Sizes that a file for
training lacks are 3x227x227.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from cnncalc.importers.file_formats import ReadOptions
from cnncalc.importers.load import sketch_of_file
from cnncalc.problem import Error
from cnncalc.shape import Shape
from cnncalc.sketch import Sketch


def main() -> None:
    table, repository, folder = sys.argv[1:]
    files = {name_of(path, Path(folder)): path for path in Path(folder).rglob("*.*")}
    different = 0
    table_rows = csv.DictReader(Path(table).read_text("utf-8").splitlines())
    rows = [row for row in table_rows if any(repository in text for text in row.values())]
    found = [(row, files[row["file"]]) for row in rows if row["file"] in files]
    for row, path in found:
        wanted, counted = expected(row), counts(path, row)
        if wanted != counted:
            different += 1
            print(f"{row['file']}: {counted}, expected {wanted}")
    print(f"{len(found) - different} of {len(found)} are equal; {len(rows) - len(found)} not found")


def name_of(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)).replace("/", "_")


def expected(row: dict[str, str]) -> tuple[int, ...]:
    names = (
        ("stored_numbers", "macs") if "stored_numbers" in row else ("params", "statistics", "macs")
    )
    return tuple(int(row[name]) for name in names)


def counts(path: Path, row: dict[str, str]) -> tuple[int, ...]:
    """All layers, also those of training alone; weights that layers share once."""
    try:
        layers = read(path).layers
    except Error as error:
        print(f"{path.name}: {error}")
        return ()
    stored = {layer.weights: layer for layer in layers if layer.weights}.values()
    params, buffers = (
        sum(getattr(layer, name) for layer in stored) for name in ("params", "buffers")
    )
    macs = sum(layer.macs for layer in layers)
    return (params + buffers, macs) if "stored_numbers" in row else (params, buffers, macs)


def read(path: Path) -> Sketch:
    try:
        return sketch_of_file(str(path), ReadOptions(is_custom_allowed=True))
    except Error:
        options = ReadOptions(inputs={"": Shape((3, 227, 227))}, is_custom_allowed=True)
        return sketch_of_file(str(path), options)


if __name__ == "__main__":
    main()
