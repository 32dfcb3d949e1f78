"""A module of PyTorch -> a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..importers.importing import ImportedModel, import_sketch
from ..importers.pytorch.lowering import lower
from ..importers.pytorch.recorded import program_from
from ..importers.pytorch.tracer.command import trace_model_in_both_modes, trace_module
from ..importers.pytorch.tracer.errors import Json, UserError
from ..problem import Error
from ..sketch import Sketch

if TYPE_CHECKING:
    import torch

InputSizes = Sequence[int]
"""The shape of an input without the batch: (3, 224, 224)."""

Inputs = InputSizes | Mapping[str, InputSizes] | Sequence[InputSizes]
"""The shape of the only input, or of several: in the order in which the module takes them, or by
their names in `forward`.
"""


class MissingTorch(Error, ImportError):
    """What needs torch was called where it is not installed."""


def from_pytorch(
    module: torch.nn.Module, input: Inputs, *, name: str = "", flat: bool = False
) -> ImportedModel:
    """The network of a module: `.network`, `.text` (also `.to_yaml()`), `.totals`, `.notes`.

    `input` is the shape of its input without the batch, several of them, or a mapping by the names
    in `forward`.  The module is run on tensors without data, in the mode that it is in; its weights
    are neither read nor changed.  Needs torch.

    Raises ValueError if the module cannot be run with such an input, or not be stated exactly, and
    MissingTorch.
    """
    return import_sketch(sketch_of(module, input, trace_module, name), is_flat=flat)


def sketch_in_both_modes(
    model: torch.nn.Module | Callable[[], torch.nn.Module], input: Inputs
) -> Sketch:
    """The layers of a module, or of the one that a callable makes; those of training are marked.

    Raises ValueError and MissingTorch, as `from_pytorch` does.
    """
    return sketch_of(model, input, trace_model_in_both_modes)


TraceFunction = Callable[[Any, dict[str, tuple[int, ...]]], Json]
"""A function that runs a model with inputs of some sizes."""


def sketch_of(model: Any, input: Inputs, trace: TraceFunction, name: str = "") -> Sketch:
    """The layers of a model."""
    check_torch()
    try:
        document = trace(model, sizes_by_name(input))
    except UserError as error:
        raise ValueError(str(error)) from None
    program = program_from(document)
    made_by = model if hasattr(model, "__qualname__") else type(model)
    source = f"{made_by.__module__}:{made_by.__qualname__}"
    return lower(program, name or made_by.__name__, f"{source}, imported with {program.framework}")


def check_torch() -> None:
    """Raise MissingTorch if torch cannot be imported."""
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise MissingTorch("torch is not installed: pip install 'cnncalc[pytorch]'")


def sizes_by_name(input: Inputs) -> dict[str, tuple[int, ...]]:
    """The sizes of each input; those without a name are numbered."""
    if isinstance(input, Mapping):
        return {name: tuple(sizes) for name, sizes in input.items()}
    sizes: list[int] = []
    several: list[tuple[int, ...]] = []
    for entry in input:
        if isinstance(entry, int):
            sizes.append(entry)
        else:
            several.append(tuple(entry))
    if not several:
        return {"#0": tuple(sizes)}
    return {f"#{index}": found for index, found in enumerate(several)}
