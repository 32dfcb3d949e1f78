"""The state while sections become layers: the layers so far, and the output of each section."""

from __future__ import annotations

from collections.abc import Sequence

from ...shape import Shape
from ...sketch import SketchInput, SketchValue
from ..builder import LayerArguments, Owned, SketchBuilder
from ..errors import InvalidModelFile, Unsupported
from .scopes import SectionScopes
from .sections import CfgSection


class UnstatedLayer(Unsupported):
    """A layer that the catalogue does not have, with its shape, what it owns, and its MACs."""

    def __init__(
        self,
        reason: str,
        shape: Shape,
        inputs: Sequence[SketchValue],
        owned: Owned = Owned(),
        macs: int = 0,
    ) -> None:
        super().__init__(reason)
        self.shape = shape
        self.inputs = tuple(inputs)
        self.owned = owned
        self.macs = macs


class DarknetContext:
    """`outputs` are those of the sections so far; None if a section before is not known."""

    def __init__(self, shape: Shape, scopes: SectionScopes) -> None:
        self.builder = SketchBuilder([SketchInput("input", shape)])
        self.scopes = scopes
        self.outputs: list[SketchValue | None] = []
        self.notes: dict[str, None] = {}

    @property
    def previous(self) -> SketchValue:
        """What a section reads that does not say anything else."""
        return self.output_of(len(self.outputs) - 1)

    def output_of(self, index: int) -> SketchValue:
        """The output of a section; of the one before the first, the input.

        Raises Unsupported if it is not known.
        """
        value = self.outputs[index] if index >= 0 else self.builder.input(0)
        if value is None:
            raise UnknownInput
        return value

    def map_of(self, section: CfgSection) -> SketchValue:
        """The previous output as a map; a vector is one of a single position.

        Raises InvalidModelFile for the vector of `inputs=`, which Darknet does not take either.
        """
        value = self.previous
        if len(value.shape) == 3:
            return value
        if value.layer < 0:
            raise InvalidModelFile(
                f"[{section.kind}] on line {section.line} takes a map, and [net] has `inputs`"
            )
        return self.add_before("reshape", {"shape": (*value.shape, 1, 1)}, value)

    def vector(self) -> SketchValue:
        """The previous output as a vector."""
        value = self.previous
        return value if len(value.shape) == 1 else self.add_before("flatten", {}, value)

    def add_before(self, kind: str, arguments: LayerArguments, value: SketchValue) -> SketchValue:
        """Add a layer that is not one of the section, but comes before its own."""
        scope = self.builder.scope
        self.builder.scope = self.scopes.all[scope].parent or 0
        value = self.add(kind, arguments, [value])
        self.builder.scope = scope
        return value

    def add(
        self,
        kind: str,
        arguments: LayerArguments,
        inputs: Sequence[SketchValue | float],
        path: str = "",
    ) -> SketchValue:
        return self.builder.add_defined(kind, arguments, inputs, path)


class UnknownInput(Unsupported):
    """A section reads one whose output is not known."""
