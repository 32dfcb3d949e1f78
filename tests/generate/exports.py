"""Writes tests/data/exports.csv: what PyTorch counts of every exported network.

Run it with an interpreter that has torch, with this checkout on its path:

    PYTHONPATH=. python tests/generate/exports.py [NAME...]

Without names, it also writes tests/data/export_kinds.csv: what the example of each kind of layer is
imported as, or why it cannot be exported.

The modules are made on the meta device, without data. A row has the checksum of the source, so that
a source that has changed since is known; `imported` is "equal" if the module, imported as
`cnncalc import` does, is the network for `cnncalc diff --flat`, else what differs, with the reason.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.api.importing import sketch_in_both_modes
from cnncalc.exporters.errors import ExportError
from cnncalc.exporters.formats import ExportOptions
from cnncalc.importers.importing import import_sketch
from cnncalc.layers import LAYERS
from cnncalc.network import Network
from tests.support.exports import (
    BUNDLED,
    KINDS_TABLE,
    TABLE,
    bundled_trace,
    checked,
    digest,
    exported,
    traced,
    write_rows,
)
from tests.support.networks import example_text
from tests.support.round_trips import PYTORCH_KINDS, PYTORCH_READ_AS, differences, reasons_for

FIELDS = ("name", "source", "params", "buffers", "macs", "outputs", "imported", "torch", "reason")


def class_of(source: str) -> Any:
    """The last class of a source, which is the network's."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(source, "exported", "exec"), names)
    title = [line for line in source.splitlines() if line.startswith("class ")][-1]
    return names[title.removeprefix("class ").partition("(")[0]]


def source_of(name: str, is_flat: bool = False) -> str:
    """The source of a bundled network."""
    return exported(bundled_trace(name), ExportOptions(is_flat)).content


def made(source: str) -> torch.nn.Module:
    """The module of a source, on the meta device."""
    with torch.device("meta"):
        return class_of(source)()


def counted(module: torch.nn.Module, network: Network) -> dict[str, object]:
    """The numbers of a module: all parameters and buffers, those of training too."""
    module.eval()
    with torch.device("meta"):
        inputs = [torch.zeros(1, *shape) for shape in network.inputs.values()]
        with FlopCounterMode(display=False) as counter:
            found = module(*inputs)
    outputs = found if isinstance(found, tuple) else (found,)
    buffers = [
        buffer.numel()
        for name, buffer in module.named_buffers()
        if not name.endswith("num_batches_tracked")
    ]
    return {
        "params": sum(parameter.numel() for parameter in module.parameters()),
        "buffers": sum(buffers),
        "macs": counter.get_total_flops() // 2,
        "outputs": " ".join("x".join(map(str, one.shape[1:])) for one in outputs),
    }


def imported(module: torch.nn.Module, network: Network) -> str:
    """How the module differs from the network, after importing it; "equal" if it does not."""
    shapes = [tuple(shape) for shape in network.inputs.values()]
    try:
        found = import_sketch(sketch_in_both_modes(module, shapes), is_flat=True).network
    except ValueError as error:
        return f"not read: {str(error).splitlines()[0]}"
    return differences(network, found, has_training=True) or "equal"


def difference_of_forms(name: str) -> float:
    """The largest difference of the outputs of both forms of a network, with equal weights.

    Modules with weights are paired in the order in which they are called.
    """
    torch.manual_seed(0)
    shapes = bundled_trace(name).network.inputs.values()
    inputs = [torch.rand(2, *shape) for shape in shapes]
    forms = [class_of(source_of(name, is_flat))().eval() for is_flat in (False, True)]
    called = [modules_called(form, inputs) for form in forms]
    for one, two in zip(*called, strict=True):
        two.load_state_dict(one.state_dict())
    with torch.no_grad():
        one, two = (form(*inputs) for form in forms)
    return float((one - two).abs().max())


def modules_called(form: torch.nn.Module, inputs: list[torch.Tensor]) -> list[torch.nn.Module]:
    """The modules with weights of their own, in the order in which they are called."""
    found: list[torch.nn.Module] = []
    for module in form.modules():
        if list(module.parameters(recurse=False)):
            module.register_forward_hook(lambda one, *_: found.append(one))
    with torch.no_grad():
        form(*inputs)
    return list(dict.fromkeys(found))


def row(name: str) -> dict[str, object]:
    traced = bundled_trace(name)
    source = exported(traced).content
    module = made(source)
    numbers = counted(module, traced.network)
    version = torch.__version__.partition("+")[0]
    same = imported(module, traced.network)
    found = {"name": name, "source": digest(source), **numbers}
    reason = reasons_for(same, PYTORCH_READ_AS)
    return {**found, "imported": same, "torch": version, "reason": reason}


def kinds() -> Iterator[dict[str, str]]:
    """For the example of each kind of layer: what it is imported as."""
    for kind in LAYERS:
        example = traced(example_text(kind))
        try:
            found = imported(made(exported(example).content), example.network)
        except ExportError as error:
            found = f"refused: {error}"
        yield {
            "kind": kind,
            "imported": found,
            "reason": "" if found == "equal" else PYTORCH_KINDS.get(kind, ""),
        }


def write_kinds() -> None:
    write_rows(KINDS_TABLE, ("kind", "imported", "reason"), kinds())


def main(names: list[str]) -> None:
    if not names:
        write_kinds()
    rows: dict[str, Any] = checked() if TABLE.exists() else {}
    for name in names or BUNDLED:
        rows[name] = row(name)
        print(*rows[name].values(), flush=True)
    write_rows(TABLE, FIELDS, [rows[name] for name in BUNDLED if name in rows])


if __name__ == "__main__":
    main(sys.argv[1:])
