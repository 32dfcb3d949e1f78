"""Changes of a Sketch that are made at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ..sketch import Sketch, SketchLayer, SketchScope, SketchValue

ValueKey = tuple[int, int | None]


class Rewrite:
    """Changes of a Sketch, collected and then made at once.

    `layers` are the layers by their old numbers, changed or not; `removed` are those that go, and
    `moved` has the values that readers of others get instead.
    """

    def __init__(self, sketch: Sketch) -> None:
        self.sketch = sketch
        self.layers = list(sketch.layers)
        self.removed: set[int] = set()
        self.moved: dict[ValueKey, SketchValue] = {}

    @cached_property
    def readers(self) -> dict[ValueKey, list[int | None]]:
        """The layers that read each value, as they were; None is for an output."""
        found: dict[ValueKey, list[int | None]] = {}
        for value, reader in self.sketch.readers():
            found.setdefault(value.key, []).append(reader)
        return found

    def is_read_once(self, layer: int) -> bool:
        """True if one layer reads the output of a layer, once, and it is not an output."""
        readers = self.readers.get((layer, None), [])
        return len(readers) == 1 and readers[0] is not None

    def source(self, value: Any) -> SketchLayer | None:
        """The layer that makes a value; None for inputs and numbers."""
        if not isinstance(value, SketchValue) or value.layer < 0:
            return None
        return self.layers[value.layer]

    def final(self, value: SketchValue) -> SketchValue:
        """The value that readers get, with old numbers."""
        while value.key in self.moved:
            value = self.moved[value.key]
        return value

    def result(self) -> Sketch:
        """The Sketch with all changes; layers are renumbered if some are gone."""
        if not self.removed and not self.moved:
            return self.sketch._replace(layers=tuple(self.layers))
        kept = [index for index in range(len(self.layers)) if index not in self.removed]
        numbers = {old: new for new, old in enumerate(kept)}

        def renumbered(value: SketchValue) -> SketchValue:
            found = self.final(value)
            return found if found.layer < 0 else found._replace(layer=numbers[found.layer])

        def present(values: Sequence[SketchValue]) -> tuple[SketchValue, ...]:
            found = (value for value in values if self.final(value).layer not in self.removed)
            return tuple(map(renumbered, found))

        def scope(found: SketchScope) -> SketchScope:
            return found._replace(inputs=present(found.inputs), outputs=present(found.outputs))

        layers = []
        for index in kept:
            layer = self.layers[index]
            inputs = (
                renumbered(value) if isinstance(value, SketchValue) else value
                for value in layer.inputs
            )
            layers.append(layer._replace(inputs=tuple(inputs)))
        outputs = (o._replace(value=renumbered(o.value)) for o in self.sketch.outputs)
        return self.sketch._replace(
            layers=tuple(layers),
            scopes=tuple(map(scope, self.sketch.scopes)),
            outputs=tuple(outputs),
        )


def without_unread(sketch: Sketch) -> Sketch:
    """Without layers that nothing reads, if they have neither parameters nor MACs."""
    rewrite = Rewrite(sketch)
    read = {value.layer for value, reader in sketch.readers() if reader is None}
    for index in reversed(range(len(sketch.layers))):
        layer = sketch.layers[index]
        if index in read or layer.params or layer.macs:
            read |= {value.layer for value in layer.values}
        else:
            rewrite.removed.add(index)
    return rewrite.result()
