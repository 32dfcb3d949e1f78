"""Module calls that are equal in all that their steps are made from.

A network calls most of its modules many times, of which few differ: the steps of one of each are
enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from ..sketch import Sketch, SketchLayer, SketchValue
from .dataflow import Item
from .scopes import ModuleScope

OF_A_MODEL = frozenset(("arguments", "inputs", "scope", "name", "weights"))
"""The fields of a layer that differ between equal calls, or are not values that can be keys."""

plain_facts = itemgetter(
    *(place for place, name in enumerate(SketchLayer._fields) if name not in OF_A_MODEL)
)
"""The other fields of a layer."""


class CallNumbers:
    """Numbers of module calls, which are the same for equal calls.

    Weights that a layer shares with another one are equal to themselves alone.
    """

    def __init__(self, sketch: Sketch) -> None:
        self.sketch = sketch
        uses = Counter(name for layer in sketch.layers for name in layer.weights)
        self.shared = frozenset(name for name, count in uses.items() if count > 1)
        self.numbers: dict[Any, int] = {}
        self.texts: dict[int, str] = {}  # of arguments by their identity: equal layers share them

    def together(self, scopes: Sequence[ModuleScope]) -> list[list[ModuleScope]]:
        """Equal calls in lists, in the order of the first of each."""
        found: dict[int, list[ModuleScope]] = {}
        for scope in scopes:
            found.setdefault(self.number(scope), []).append(scope)
        return list(found.values())

    def number(self, scope: ModuleScope) -> int:
        facts = self.sketch.scopes[scope.call]
        places = {value.key: (-1 - n, None) for n, value in enumerate(scope.inputs)}
        items = []
        for number, item in enumerate(scope.items):
            items.append(self.item_facts(item, scope.path, places))
            self.add_places(places, item, number)
        key = (
            *(scope.key, scope.role, scope.is_lone, facts.input_names, repr(facts.constructor)),
            tuple([value.shape for value in scope.inputs]),
            tuple(items),
            tuple([places[value.key] for value in scope.outputs]),
        )
        return self.numbers.setdefault(key, len(self.numbers))

    def item_facts(self, item: Item, path: str, places: dict[Any, Any]) -> Any:
        """What is equal for equal items; `places` are the values of the items before."""
        own_path = item.path.removeprefix(f"{path}.")
        if isinstance(item, ModuleScope):
            return own_path, self.number(item), tuple([places[v.key] for v in item.inputs])
        layer = self.sketch.layers[item.layer]
        inputs = [
            places[value.key] if isinstance(value, SketchValue) else repr(value)
            for value in layer.inputs
        ]
        shared = tuple([name for name in layer.weights if name in self.shared])
        return own_path, plain_facts(layer), self.arguments_of(layer), tuple(inputs), shared

    def arguments_of(self, layer: SketchLayer) -> str:
        """The text of the arguments of a layer."""
        found = self.texts.get(id(layer.arguments))
        if found is None:
            found = self.texts[id(layer.arguments)] = repr(layer.arguments)
        return found

    def add_places(self, places: dict[Any, Any], item: Item, number: int) -> None:
        """Add the values that an item makes: its number, and which of them each is."""
        if isinstance(item, ModuleScope):
            for part, value in enumerate(item.outputs):
                places[value.key] = (number, part)
            return
        places[item.layer, None] = (number, None)
        for part in range(len(self.sketch.layers[item.layer].parts)):
            places[item.layer, part] = (number, part)
