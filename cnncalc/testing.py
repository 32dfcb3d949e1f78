"""Assertions for tests: code or a model file is held to an architecture file.

>>> from cnncalc.testing import assert_same
>>> assert_same("resnet50", "docs/examples/imported/resnet50.yaml")
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .api.importing import Inputs, sizes_by_name, sketch_in_both_modes
from .api.loading import load
from .difference import compare
from .engine import analyse
from .importers.importing import import_sketch, unused_note
from .importers.module_names import named_after_modules
from .network import Network
from .parser import Request, RequestError, parse
from .problem import count
from .sketch import Sketch
from .views.diff.mismatch import mismatch_text

if TYPE_CHECKING:
    import torch

__all__ = ["assert_same"]


def assert_same(
    net: str | os.PathLike[str],
    model: torch.nn.Module | Callable[[], torch.nn.Module] | str | os.PathLike[str],
    input: Inputs | None = None,
    *,
    vars: Mapping[str, Any] | None = None,
    dtype: str | None = None,
) -> None:
    """Raise AssertionError unless a model is the network of a file, layer by layer.

    `net` is a path, `path@variant`, or a bundled name; `vars` replaces variables of the file.
    `model` is a module of PyTorch, a class or function that makes one without arguments, or the
    path of a model file.  Both get the inputs of the file, or `input`: the shape of the only one
    without the batch, several in order, or a mapping by the names in `forward`.  `dtype` is the
    data type of both; without it, that of the file counts.

    Networks that `cnncalc diff --flat` finds equal are the same: every layer has the arguments,
    shapes and numbers of its counterpart, and reads the same layers.  The outputs and the layers of
    training count, and so do parameters of the module that no layer reads.  The message lists the
    layers that differ, with their names in both and their lines in the file.

    A module is run on tensors without data; its weights are neither read nor changed.

    Raises what `cnncalc.load` and `cnncalc.from_pytorch` raise if the file or the model is wrong.
    """
    __tracebackhide__ = True  # pytest shows the line of the test instead of this function
    wanted = loaded(net, input, vars, dtype)
    unused = ""
    if isinstance(model, str | os.PathLike):
        found = loaded(model, input, None, dtype)
    else:
        shapes = list(wanted.inputs.values()) if input is None else input
        sketch = sketch_in_both_modes(model, shapes)
        found, unused = network_of(sketch, dtype), unused_note(sketch)
    comparison = compare(analyse(wanted), analyse(found), is_flat=True)
    if not comparison.is_empty or unused:
        raise AssertionError(mismatch_text(comparison, unused))


def loaded(
    name: str | os.PathLike[str],
    input: Inputs | None,
    vars: Mapping[str, Any] | None,
    dtype: str | None,
) -> Network:
    """The network of a file, with other inputs: by its names, or else in its order."""
    network = load(name, vars=vars, dtype=dtype)
    if input is None:
        return network
    sizes = sizes_by_name(input)
    if len(sizes) != len(network.inputs):
        found = f"{count(len(sizes), 'input shape')} for the {len(network.inputs)} of {name}"
        raise RequestError(f"found {found}")
    if not network.inputs.keys() >= sizes.keys():
        sizes = dict(zip(network.input_names, sizes.values(), strict=True))
    return load(name, input=sizes, vars=vars, dtype=dtype)


def network_of(sketch: Sketch, dtype: str | None) -> Network:
    """The network of a module, its layers called as its modules are."""
    found = import_sketch(sketch, is_flat=True)
    place = sketch.source.partition(",")[0]
    network = parse(found.text.encode(), place, Request(dtype=dtype)).network
    assert network is not None  # it was compared with the module
    return named_after_modules(network._replace(is_imported=True), found.sketch)
