"""A module of PyTorch -> a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..importers.importing import ImportedModel, import_sketch
from ..importers.pytorch.lowering import lower
from ..importers.pytorch.recorded import program_from
from ..importers.pytorch.tracer.command import trace_module
from ..importers.pytorch.tracer.errors import UserError

if TYPE_CHECKING:
    import torch

InputSizes = Sequence[int]
"""The shape of an input without the batch: (3, 224, 224)."""


def from_pytorch(
    module: torch.nn.Module,
    input: InputSizes | Mapping[str, InputSizes] | Sequence[InputSizes],
    *,
    name: str = "",
    flat: bool = False,
) -> ImportedModel:
    """The network of a module: `.network`, `.text` (also `.to_yaml()`), `.totals`, `.notes`.

    `input` is the shape of its input without the batch, several of them, or a mapping by the names
    in `forward`.  The module is run on tensors without data, in the mode that it is in; its weights
    are neither read nor changed.  Needs torch.

    Raises ValueError if the module cannot be run with such an input, or not be stated exactly.
    """
    try:
        document = trace_module(module, sizes_by_name(input))
    except UserError as error:
        raise ValueError(str(error)) from None
    program = program_from(document)
    title = name or type(module).__name__
    source = f"{type(module).__module__}:{type(module).__qualname__}"
    sketch = lower(program, title, f"{source}, imported with {program.framework}")
    return import_sketch(sketch, is_flat=flat)


def sizes_by_name(
    input: InputSizes | Mapping[str, InputSizes] | Sequence[InputSizes],
) -> dict[str, tuple[int, ...]]:
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
