"""Write the most memory that a training step of PyTorch needs, of networks of torchvision.

Run it by hand, with the packages of requirements.txt in this folder and cnncalc:

    python tests/generate/training_peaks.py > tests/data/training_peaks.csv

PyTorch's MemTracker adds up all tensors, in two steps on fake tensors of a CPU: forward, the
cross-entropy of all outputs, backward, and the step of the optimizer with `foreach=False`.  Mixed
precision is that of a CPU, in bfloat16.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import torch
import torchvision
from saved_tensors import ARGUMENTS, OTHER_NAMES, input_of
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.distributed._tools.mem_tracker import MemTracker
from torch.nn import functional
from torchvision import models, ops

CASES = (
    ("alexnet", 32, "adam", False),
    ("densenet121", 16, "adam", False),
    ("googlenet", 8, "adam", False),
    ("inception_v3", 4, "sgd", False),
    ("mnasnet1_0", 8, "sgd", False),
    ("mobilenet_v2", 8, "sgd", True),
    ("mobilenet_v3_small", 1, "adam", False),
    ("r3d_18", 2, "sgd", False),
    ("resnet18", 2, "sgd", True),
    ("resnet50", 8, "adam", True),
    ("resnext50_32x4d", 8, "adam", False),
    ("shufflenet_v2_x1_0", 16, "adam", False),
    ("squeezenet1_1", 8, "adam", False),
    ("squeezenet1_1", 8, "adam", True),
    ("vgg11_bn", 8, "sgd", False),
    ("vgg16", 1, "adam", True),
    ("vgg16", 2, "sgd", True),
    ("vit_b_16", 2, "sgd", False),
    ("vit_b_16", 16, "adam", False),
    ("vit_b_16", 32, "adamw", False),
    ("vit_b_16", 16, "sgd", True),
    ("wide_resnet50_2", 1, "adamw", False),
)


def optimizer_of(name: str, model: nn.Module) -> torch.optim.Optimizer:
    parameters = list(model.parameters())
    if name == "sgd":
        return torch.optim.SGD(parameters, lr=0.1, momentum=0.9, foreach=False)
    kind = torch.optim.AdamW if name == "adamw" else torch.optim.Adam
    return kind(parameters, foreach=False)


def outputs_of(found: Any) -> list[torch.Tensor]:
    """The outputs of a model, those for training among them."""
    if isinstance(found, torch.Tensor):
        return [found]
    values = found.values() if isinstance(found, Mapping) else found
    return [value for value in values if isinstance(value, torch.Tensor)]


def loss_of(found: Any, targets: torch.Tensor) -> torch.Tensor:
    losses = [functional.cross_entropy(output, targets) for output in outputs_of(found)]
    return torch.stack(losses).sum() if len(losses) > 1 else losses[0]


def peak_bytes(name: str, batch: int, optimizer: str, amp: bool) -> int:
    with FakeTensorMode(allow_non_fake_inputs=True):
        model = models.get_model(name, weights=None, **ARGUMENTS.get(name, {})).train()
        stepper = optimizer_of(optimizer, model)
        x, targets = torch.empty(batch, *input_of(name)), torch.empty(batch, dtype=torch.long)
        tracker = MemTracker()
        tracker.track_external(model, stepper, x, targets)
        with tracker:
            for step in range(2):
                with torch.autocast("cpu", torch.bfloat16, enabled=amp):
                    loss = loss_of(model(x), targets)
                loss.backward()
                stepper.step()
                stepper.zero_grad()
                if step == 0:
                    tracker.reset_mod_stats()
        [peaks] = tracker.get_tracker_snapshot("peak").values()
    return int(peaks["Total"])


def rows() -> Iterator[list[Any]]:
    for name, batch, optimizer, amp in CASES:
        ours = OTHER_NAMES.get(name, name)
        yield [name, ours, batch, optimizer, amp, peak_bytes(name, batch, optimizer, amp)]


def main() -> None:
    nn.init.trunc_normal_ = lambda tensor, *_, **__: tensor  # fake tensors have no values
    ops.StochasticDepth.forward = lambda self, x: x
    how = f"torch {torch.__version__}, torchvision {torchvision.__version__}"
    writer = csv.writer(sys.stdout, lineterminator="\n")
    columns = ["torchvision_model", "cnncalc_network", "batch", "optimizer", "amp", "peak_bytes"]
    writer.writerow([*columns, "how"])
    for row in rows():
        writer.writerow([*row, how])
        sys.stdout.flush()


if __name__ == "__main__":
    main()
