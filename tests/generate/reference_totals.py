"""Write the totals of reference implementations, one row per bundled network.

Run it by hand, with the packages of requirements-reference.txt:

    python tests/generate/reference_totals.py [FAMILY...]

tests/published/references.csv lists the networks: our name, the library and its name for it, and
the input.  The script fills in the numbers, counted from the implementation without weights:
parameters, buffers (running means and variances), and the multiply-accumulates of one sample, which
are half of what PyTorch's own counter reports at inference.
"""

from __future__ import annotations

import csv
import sys
import warnings
from pathlib import Path
from typing import Any

import torch
from reference_layers import Reference, built
from torch.utils.flop_counter import FlopCounterMode

TABLE = Path(__file__).parents[1] / "published" / "references.csv"
RUNNING = ("running_mean", "running_var")


def main() -> None:
    with open(TABLE, newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), list(reader.fieldnames or ())
    families = sys.argv[1:]
    for row in rows:
        if row["family"] in families or not families:
            row.update(counted(row))
    with open(TABLE, "w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def counted(row: dict[str, str]) -> dict[str, int]:
    sample = tuple(int(size) for size in row["input"].split("x"))
    options: dict[str, Any] = {"num_classes": int(row["classes"])}
    reference = Reference(row["library"], row["model"], sample, options)
    with torch.device("meta"):
        network = built(reference)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, *sample, device="meta"))
    buffers = [value for name, value in network.named_buffers() if name.endswith(RUNNING)]
    return {
        "params": sum(value.numel() for value in network.parameters()),
        "buffers": sum(value.numel() for value in buffers),
        "macs": counter.get_total_flops() // 2,
    }


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    main()
