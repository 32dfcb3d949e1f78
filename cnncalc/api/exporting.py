"""A network -> a module of PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..exporters.pytorch.export import network_source
from ..network import Network
from .importing import check_torch

if TYPE_CHECKING:
    import torch


def to_pytorch(network: Network) -> torch.nn.Module:
    """The module of a network, with one attribute for each layer and PyTorch's own weights.

    The attributes have the paths of the layers, with `_` between the names.  `cnncalc export`
    writes the same network with its blocks as classes.  Needs torch.

    What is run is the source that cnncalc has written, never a text of the file: names of the file
    become identifiers of letters, digits and underscores, its other texts are strings in the
    docstring, numbers are those of the checked network, and the layout writes no statements or
    expressions but those that an export has.

    Raises ExportError (a ValueError) if PyTorch has no such layer, and MissingTorch.
    """
    check_torch()
    exported = network_source(network)
    names: dict[str, Any] = {"__name__": "cnncalc.network"}
    exec(compile(exported.content, "<cnncalc>", "exec"), names)
    module: torch.nn.Module = names[exported.class_name]()
    return module
