"""The quantities of a network: every number that cnncalc calculates is one entry of a table.

The columns of tables, the totals, `expect`, `budget`, baselines, `--fail-on`, `compare`, the JSON
Schema and docs/numbers.md are filters of it.  `engine/quantity_values.py` reads a quantity's value.
"""

from __future__ import annotations

from typing import Literal

from .named_tuple import NamedTuple

Unit = Literal["count", "bytes", "shape", "seconds", "joules"]
Combination = Literal["", "sum", "stored", "trainable", "depth", "max", "flash"]
Use = Literal[
    "expect",
    "expect-layers",
    "budget",
    "device-budget",
    "baseline",
    "fail-on",
    "compare",
    "column",
    "totals",
    "diff",
]


class Quantity(NamedTuple):
    """One quantity.

    - `name`: its key in JSON, CSV and architecture files, and on the command line;
    - `title`: its heading in tables;
    - `summary`: what it is, in a few words;
    - `definition`: how it is counted, as Markdown for docs/numbers.md;
    - `uses`: where it may be used, and whether `show` and `diff` have it among their totals;
    - `path`: the attribute of an Analysis that holds the network's; empty if only layers have it,
      or a supplement of the Analysis;
    - `layers`: how the values of layers combine into one: `stored` counts shared weights once,
      `trainable` also omits frozen weights, `flash` counts weights with a folded norm apart,
      `depth` is the longest path; empty if only the network has it;
    - `per_sample`: whether it is proportional to the batch size;
    - `rank`: its importance in a narrow table, from which the lowest are dropped first;
    - `total`: its name among the totals, if it is not the title;
    - `quantized`: whether tables and documents have it, unasked, of quantized networks only.
    """

    name: str
    title: str
    unit: Unit
    summary: str
    definition: str
    uses: tuple[Use, ...]
    path: str = ""
    layers: Combination = ""
    per_sample: bool = False
    rank: int = 1
    total: str = ""
    quantized: bool = False

    @property
    def words(self) -> str:
        """Its name among the totals."""
        return self.total or self.title


IN_FILE: tuple[Use, ...] = ("expect", "expect-layers", "budget")
GUARDED: tuple[Use, ...] = ("baseline", "fail-on")
TOTALS: tuple[Use, ...] = ("totals", "diff")

TABLE = (
    Quantity(
        "output",
        "output",
        "shape",
        "the output shape, channels first",
        "the shape of the output for one sample, channels first",
        ("expect", "expect-layers", *GUARDED, "compare"),
        path="output",
    ),
    Quantity(
        "params",
        "params",
        "count",
        "the elements of the weight tensors",
        "the elements of all weight tensors, trained or frozen. Tensors with the same `shared` tag"
        " are counted once in totals",
        (*IN_FILE, *GUARDED, "compare", "column", *TOTALS),
        path="totals.params",
        layers="stored",
        rank=8,
        total="parameters",
    ),
    Quantity(
        "trainable_params",
        "trained",
        "count",
        "params that are trained",
        "the elements of the weight tensors that are trained; `trainable: false` excludes weights",
        (*IN_FILE, "fail-on", "column", "diff"),
        path="totals.trainable_params",
        layers="trainable",
        rank=4,
        total="trainable",
    ),
    Quantity(
        "buffers",
        "buffers",
        "count",
        "values that are stored but not trained",
        "state that is stored but not trained: the running mean and variance of batch"
        " normalization. Its step counter is not counted",
        (*IN_FILE, *GUARDED, "column", *TOTALS),
        path="totals.buffers",
        layers="stored",
        rank=3,
    ),
    Quantity(
        "macs",
        "MACs",
        "count",
        "multiply-accumulates",
        "multiply-accumulates of convolutions, linear and recurrent layers, attention and matrix"
        " products; no other layer has any. Biases are not counted as MACs; padded positions are."
        ' This is what papers and most model cards call "FLOPs"',
        (*IN_FILE, *GUARDED, "compare", "column", *TOTALS),
        path="totals.macs",
        layers="sum",
        per_sample=True,
        rank=6,
    ),
    Quantity(
        "flops",
        "FLOPs",
        "count",
        "floating-point operations",
        "two per MAC, plus the operations of biases, norms, activations, pooling, joins and other"
        " layers",
        (*IN_FILE, *GUARDED, "compare", "column", "diff"),
        path="totals.flops",
        layers="sum",
        per_sample=True,
        rank=3,
    ),
    Quantity(
        "weight_bytes",
        "weights",
        "bytes",
        "params and buffers in bytes",
        "params and buffers in their `dtype` (float32 unless the file states another), each tensor"
        " rounded up to whole bytes",
        ("budget", *GUARDED, "compare", "column", *TOTALS),
        path="totals.weight_bytes",
        layers="stored",
        rank=4,
    ),
    Quantity(
        "flash_bytes",
        "flash",
        "bytes",
        "the weights in bytes as a device stores them",
        "the weights as a device stores them for inference: norms folded into convolutions, biases"
        " of 32 bits in quantized networks ([Flash](#flash))",
        ("expect", "budget", "device-budget", *GUARDED, "compare", "column", *TOTALS),
        path="flash.total",
        layers="flash",
        rank=4,
        quantized=True,
    ),
    Quantity(
        "activations",
        "activations",
        "count",
        "the elements of all activations",
        "the elements of the inputs and of the outputs of all layers, as they are kept for a"
        " backward pass ([Activations](#activations))",
        ("expect", "budget", "fail-on", "compare", *TOTALS),
        path="totals.activations",
        per_sample=True,
        rank=2,
    ),
    Quantity(
        "activation_bytes",
        "activation",
        "bytes",
        "the output in bytes",
        "a layer's output in its `dtype`, rounded up to whole bytes for each sample",
        ("column",),
        layers="sum",
        per_sample=True,
        rank=4,
    ),
    Quantity(
        "alive_bytes",
        "alive",
        "bytes",
        "the activation memory that is live at the step",
        "the activation memory that is live while a layer runs",
        ("column",),
        layers="max",
        per_sample=True,
        rank=4,
    ),
    Quantity(
        "peak_bytes",
        "peak memory",
        "bytes",
        "the peak activation memory",
        "the most activation memory that is live at once when the layers run in file order",
        ("budget", *GUARDED, "compare", *TOTALS),
        path="totals.peak_bytes",
        per_sample=True,
        rank=5,
    ),
    Quantity(
        "depth",
        "depth",
        "count",
        "the most convolution and dense layers on any path",
        "the most convolution and dense layers on any path",
        (*IN_FILE, *GUARDED, "compare", *TOTALS),
        path="totals.depth",
        layers="depth",
        rank=2,
    ),
    Quantity(
        "layers",
        "layers",
        "count",
        "the number of layers",
        "the number of layers, including those without weights",
        ("compare", "diff"),
        path="layer_count",
    ),
    Quantity(
        "training_params",
        "in training",
        "count",
        "params including the outputs that exist only in training",
        "`params` including the layers that exist only in training (`training_only: true`)",
        ("expect", "budget", *TOTALS),
        path="training_totals.params",
    ),
    Quantity(
        "arena_bytes",
        "arena",
        "bytes",
        "the buffers of values in the arena",
        "the planned part of the arena of TensorFlow Lite Micro: values and scratch buffers, where"
        " its planner places them ([devices.md](devices.md))",
        ("device-budget",),
    ),
    Quantity(
        "ram_bytes",
        "RAM",
        "bytes",
        "the memory that is needed to run",
        "the memory that a runtime needs on a device: the arena, with about what the interpreter"
        " keeps, or the peak memory ([devices.md](devices.md))",
        ("device-budget", "compare", "diff"),
        rank=5,
    ),
    Quantity(
        "at_least_s",
        "at least",
        "seconds",
        "the minimum time that a device takes",
        "the bound on time in seconds: what a device takes at least, layer by layer"
        " ([devices.md](devices.md))",
        ("device-budget", "compare", "diff"),
        rank=5,
        total="time",
    ),
    Quantity(
        "estimate_s",
        "estimate",
        "seconds",
        "the estimated time on a device",
        "the time in seconds that a calibration with measured times gives, where a device has one"
        " ([devices.md](devices.md))",
        ("device-budget", "compare", "diff"),
        rank=5,
    ),
    Quantity(
        "energy_at_least_j",
        "least energy",
        "joules",
        "the energy of a device in its minimum time",
        "the energy in joules of a device that draws its active power for the minimum time that it"
        " takes ([devices.md](devices.md#energy))",
        ("device-budget", "compare", "diff"),
        rank=5,
        total="energy",
    ),
    Quantity(
        "energy_j",
        "energy estimate",
        "joules",
        "the estimated energy on a device",
        "the energy in joules of a device that draws its active power for the estimated time"
        " ([devices.md](devices.md#energy))",
        ("device-budget", "compare", "diff"),
        rank=5,
    ),
    Quantity(
        "training_bytes",
        "training",
        "bytes",
        "the peak memory of a training step",
        "the most memory that a training step of PyTorch needs at once: parameters, gradients, the"
        " state of the optimizer, and what is kept for the backward pass. As a budget, with one"
        " sample, SGD with momentum and no mixed precision, unless it states another step"
        " ([devices.md](devices.md#training))",
        ("budget", "compare"),
        rank=5,
    ),
    Quantity(
        "saved_bytes",
        "saved",
        "bytes",
        "what is kept for the backward pass",
        "what PyTorch keeps of the forward pass for the backward pass; a tensor that several layers"
        " keep counts for the first ([devices.md](devices.md#training))",
        ("compare", "column"),
        layers="sum",
        rank=4,
    ),
)
QUANTITIES = {quantity.name: quantity for quantity in TABLE}
MILLI = {"seconds": "ms", "joules": "mJ"}
"""The thousandths of the units in which amounts on devices are small."""


def names_for(use: Use) -> tuple[str, ...]:
    """The names of the quantities, the output shape excepted, that have a use.

    >>> names_for("expect-layers")
    ('params', 'trainable_params', 'buffers', 'macs', 'flops', 'depth')
    """
    return tuple([one.name for one in TABLE if use in one.uses and one.unit != "shape"])


def device_limits() -> dict[str, Quantity]:
    """The quantities that a budget for a device limits, by their keys in it.

    >>> list(device_limits())
    ['flash', 'arena', 'ram', 'time', 'estimate', 'energy', 'energy_estimate']
    """
    return {folded(one.words): one for one in TABLE if "device-budget" in one.uses}


def folded(text: str) -> str:
    """A name or a title in the form in which both are compared.

    >>> folded("peak memory"), folded("Peak-Memory"), folded("peak_memory")
    ('peak_memory', 'peak_memory', 'peak_memory')
    """
    return text.strip().lower().replace("-", "_").replace(" ", "_")


def quantity_called(text: str) -> Quantity | None:
    """The quantity with a name or a printed title, whatever its case."""
    key = folded(text)
    titled = [one for one in TABLE if key in (folded(one.title), folded(one.words))]
    return QUANTITIES.get(key) or (titled[0] if titled else None)
