"""Writes tests/data/exports.csv: what PyTorch counts of every exported network.

Run it with an interpreter that has torch, with this checkout on its path:

    PYTHONPATH=. python tests/generate/exports.py [NAME...]

The modules are made on the meta device, without data. A row has the checksum of the source, so that
a source that has changed since is known; `imported` is "equal" if the module, traced as
`cnncalc import` does, is the network, layer by layer, else the first difference.
"""

from __future__ import annotations

import csv
import sys
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.engine import analyse
from cnncalc.exporters.formats import ExportOptions
from cnncalc.importers.check import layer_differences, total_differences
from cnncalc.importers.errors import ImportFailed
from cnncalc.importers.graphs import have_equal_graphs
from cnncalc.importers.pytorch.lowering import lower
from cnncalc.importers.pytorch.recorded import program_from
from cnncalc.importers.pytorch.tracer.command import trace_module
from cnncalc.importers.rewrites import simplified
from cnncalc.network import Network
from tests.support.exports import BUNDLED, TABLE, bundled_trace, checked, digest, exported

FIELDS = ("name", "source", "params", "buffers", "macs", "outputs", "imported", "torch")


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
    module.train(bool(network.training_outputs))
    shapes = {f"#{index}": tuple(shape) for index, shape in enumerate(network.inputs.values())}
    try:
        program = program_from(trace_module(module, shapes))
        sketch = simplified(lower(program, "exported", ""))
    except (ImportFailed, ValueError) as error:
        return str(error).splitlines()[0][:120]
    analysis = analyse(network)
    found = list(layer_differences(analysis, sketch))
    if not network.training_outputs:  # the model in training has the layers of both
        found += total_differences(analysis, sketch)
    if found:
        return found[0][:120]
    return "equal" if have_equal_graphs(sketch, network) else "another graph"


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
    return {**found, "imported": same, "torch": version}


def main(names: list[str]) -> None:
    rows: dict[str, Any] = checked() if TABLE.exists() else {}
    for name in names or BUNDLED:
        rows[name] = row(name)
        print(*rows[name].values(), flush=True)
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name] for name in BUNDLED if name in rows)


if __name__ == "__main__":
    main(sys.argv[1:])
