"""Write the accuracies that libraries state of their trained weights, one row per bundled network.

Run it by hand, with torchvision, and with results/results-imagenet.csv of the repository of timm:

    python tests/generate/accuracies.py results-imagenet.csv

tests/published/accuracy.csv lists the networks: our name, the input, the library and its name for
the weights.  The script fills in the numbers of torchvision (the metadata of the weights) and timm
(that file); those of tensorflow/models are in its research/slim/nets/mobilenet_v1.md and
mobilenet/README.md, those of mit-han-lab/mcunet (in float32) in its README.md.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from torchvision.models import get_weight

TABLE = Path(__file__).parents[1] / "published" / "accuracy.csv"


def main() -> None:
    with open(TABLE, newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), list(reader.fieldnames or ())
    with open(sys.argv[1], newline="") as file:
        timm = {(row["model"], row["img_size"]): row for row in csv.DictReader(file)}
    for row in rows:
        size = row["input"].rpartition("x")[2]
        if row["library"] == "timm":
            found = timm[row["weights"], size]
            row.update({name: found[name] for name in ("top1", "top5")})
        elif row["library"] == "torchvision":
            row.update(metrics_of(row["weights"], row["data"], int(size)))
    with open(TABLE, "w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def metrics_of(name: str, data: str, size: int) -> dict[str, str]:
    """The metrics of weights, which were measured at a size."""
    weights = get_weight(name)
    crop = weights.transforms.keywords["crop_size"]
    assert size in (crop, *(crop if isinstance(crop, tuple) else ())), name
    found = weights.meta["_metrics"][data]
    return {"top1": str(found["acc@1"]), "top5": str(found["acc@5"])}


if __name__ == "__main__":
    main()
