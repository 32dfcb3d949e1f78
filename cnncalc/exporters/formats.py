"""The formats that a network is exported to: one entry for each.

`cnncalc export --to` takes its choices, its help and its dispatch from this table.
`views/file_extensions.py` has the file name extensions of the formats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from ..named_tuple import NamedTuple
from ..parser import TracedNetwork
from .contents import ByteChunk, FileParts

WEIGHTS = ("zeros", "random", "none")
"""What a file has for its weights; the first is the default."""


class ExportOptions(NamedTuple):
    """What is asked of an export.

    `is_flat` writes one step for each layer, without blocks.  `class_name` is the name of the class
    of the network; "" takes that of the network.  `weights` is what a file has for its weights, one
    of WEIGHTS; "" is the first.
    """

    is_flat: bool = False
    class_name: str = ""
    weights: str = ""


class Exported(NamedTuple):
    """A file, and remarks on what it does not state as the network does.

    `written` is a text, or the bytes of a binary format in parts.
    """

    written: str | tuple[ByteChunk, ...]
    remarks: tuple[str, ...] = ()

    @property
    def content(self) -> str:
        """The text of the file."""
        return self.written if isinstance(self.written, str) else ""

    @property
    def parts(self) -> FileParts:
        """The bytes of a binary file, which may be too many for the memory."""
        return FileParts(() if isinstance(self.written, str) else self.written)

    @property
    def data(self) -> bytes:
        """All bytes of a binary file."""
        return b"".join(self.parts)


Writer = Callable[[TracedNetwork, ExportOptions], Exported]
"""Writes a network.  Raises ExportError if the format cannot state it."""


class ExportFormat(NamedTuple):
    """A format: its title, MODULE:FUNCTION of its writer in this package, and its options."""

    title: str
    writer: str
    options: tuple[str, ...] = ()
    is_binary: bool = False

    def write(self, network: TracedNetwork, options: ExportOptions) -> Exported:
        """A network in this format.  Raises ExportError if it cannot be stated."""
        module, _, function = self.writer.partition(":")
        writer: Writer = getattr(import_module(f"{__package__}.{module}"), function)
        return writer(network, options)


FORMATS: Mapping[str, ExportFormat] = {
    "pytorch": ExportFormat("PyTorch source", "pytorch.export:write_source", ("--flat", "--class")),
    "keras": ExportFormat("Keras source", "keras.export:write_source", ("--flat", "--class")),
    "onnx": ExportFormat("ONNX file", "onnx.export:write_model", ("--weights",), is_binary=True),
}
"""The formats by name."""


def formats_of_options() -> dict[str, tuple[str, ...]]:
    """The formats that take each option."""
    found: dict[str, tuple[str, ...]] = {}
    for name, form in FORMATS.items():
        for option in form.options:
            found[option] = (*found.get(option, ()), name)
    return found
