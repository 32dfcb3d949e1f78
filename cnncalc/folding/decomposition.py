"""A module -> steps: chains, joins with branches, and references for the rest.

A join's operands are the current value (an empty branch), a reference, or a branch that starts at
the current value.  A branch that is too long to read is written in line instead, before the join,
and its fork gets a name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..layers import JOINS
from ..shape import Shape
from ..sketch import Sketch, SketchValue
from .dataflow import START, Dataflow, Item, ItemPlace
from .drafts import DraftBody, DraftRef, DraftStep
from .inner_types import state_inner_types
from .names import input_names
from .scopes import Leaf, ModuleScope

MAX_BRANCH = 14  # steps
MAX_BRANCH_AT_TOP = 5
MAX_JOINS_IN_BRANCH = 2
MAX_NESTED = 50
"""How many long branches start in each other before what they need is written in its order."""

CUSTOM = "custom"


def decompose(sketch: Sketch, scope: ModuleScope) -> DraftBody:
    """The steps of a module."""
    body = Decomposition(sketch, scope).body()
    state_inner_types(body.steps, sketch.types)
    return body


class Decomposition:
    """The steps of one module while they are written.

    `written` has the step of each place.  A current place is where the chain has arrived; None if
    there is none.
    """

    def __init__(self, sketch: Sketch, scope: ModuleScope) -> None:
        self.sketch = sketch
        self.scope = scope
        self.is_root = scope.role == "root"
        self.inputs = self.ordered_inputs()
        self.flow = Dataflow(sketch, scope, self.inputs)
        self.written: dict[ItemPlace, DraftStep | None] = {
            -1 - place: None for place in range(len(self.inputs))
        }
        self.nested = 0  # long branches that are being written

    def ordered_inputs(self) -> tuple[SketchValue, ...]:
        """The values that enter, in the order of the network's inputs or of the call."""
        if self.is_root:
            inputs = self.sketch.inputs
            return tuple(SketchValue(-1 - n, entry.shape) for n, entry in enumerate(inputs))
        return self.scope.inputs

    def body(self) -> DraftBody:
        body = DraftBody(self.scope)
        body.input_shapes = [value.shape for value in self.inputs]
        body.inputs = self.input_names()
        steps = body.steps
        has_current = bool(self.inputs) and (len(self.inputs) == 1 or self.scope.role == "block")
        current = -1 if has_current else None
        outputs = self.outputs()
        for place in self.flow.unread(outputs):
            current = self.chain(place, steps, current)
        main = self.main_output(outputs)
        if len(outputs) == 1:
            self.go_to(main, steps, current)
        elif self.is_root:
            self.write_outputs(outputs, main, steps, current)
        else:
            current = self.go_to(main, steps, current)
            for value in outputs:
                if self.flow.place(value) not in self.written:
                    current = self.go_to(value, steps, current)
            body.outputs = [self.reference(value) for value in outputs]
        return body

    # Inputs and outputs

    def input_names(self) -> list[str]:
        """The names of the values that enter; empty if there is only one."""
        if len(self.inputs) < 2:
            return []
        if self.is_root:
            return [entry.name for entry in self.sketch.inputs]
        names = self.sketch.scopes[self.scope.call].input_names
        if len(names) >= len(self.inputs):
            return input_names(names[: len(self.inputs)])
        return [f"x{number}" for number in range(1, len(self.inputs) + 1)]

    def outputs(self) -> tuple[SketchValue, ...]:
        if self.is_root:
            return tuple(output.value for output in self.sketch.outputs)
        return self.scope.outputs

    def main_output(self, outputs: Sequence[SketchValue]) -> SketchValue:
        """The output at the end of the chain: the first, or the last one that is calculated."""
        if len(outputs) == 1 or (self.is_root and not self.are_entangled(outputs)):
            return outputs[0]
        return max(outputs, key=self.flow.place)

    def are_entangled(self, outputs: Sequence[SketchValue]) -> bool:
        """True if other outputs share items that are not on the way to the first."""
        first = self.flow.ancestors(self.flow.place(outputs[0]))
        seen: set[ItemPlace] = set()
        for value in outputs[1:]:
            own = self.flow.ancestors(self.flow.place(value)) - first
            if own & seen:
                return True
            seen |= own
        return False

    def write_outputs(
        self,
        outputs: Sequence[SketchValue],
        main: SketchValue,
        steps: list[DraftStep],
        current: ItemPlace | None,
    ) -> None:
        """The chain to the main output, with a side chain for each other one."""
        readers = [self.flow.ancestors(self.flow.place(value)) for value in outputs]
        uses = Counter(item for found in readers for item in found)
        order = sorted(range(len(outputs)), key=lambda k: self.flow.place(outputs[k]))
        for number in order:
            value = outputs[number]
            if value is main:
                current = self.go_to(main, steps, current)
                continue
            own = {item for item in readers[number] if uses[item] == 1}
            name = self.sketch.outputs[number].name or "aux"
            output = DraftStep("output", path=name)
            if self.sketch.outputs[number].is_training_only:
                output.arguments["training_only"] = True
            shared = readers[number] - own
            output.body, current = self.side_chain(value, own, shared, steps, current)
            steps.append(output)

    def side_chain(
        self,
        value: SketchValue,
        own: set[ItemPlace],
        shared: set[ItemPlace],
        steps: list[DraftStep],
        current: ItemPlace | None,
    ) -> tuple[list[DraftStep], ItemPlace | None]:
        """The steps of an output, of its `own` items; the chain is continued to their start.

        What it shares with other outputs is in the chain, where these can refer to it.
        """
        place = self.flow.place(value)
        if place in self.written:
            return [self.from_step(value)], current
        start = place
        while start in own and start in self.flow.dominators and start not in self.written:
            start = self.flow.dominators[start]
        if start not in self.written and start != START:
            current = self.chain(start, steps, current)
        for other in sorted(shared - self.written.keys(), reverse=True):
            if other not in self.written:
                current = self.chain(other, steps, current)
        if place in self.written:
            return [self.from_step(value)], current
        body: list[DraftStep] = []
        self.go_to(value, body, current)
        return body, current

    # Chains

    def go_to(
        self, value: SketchValue, steps: list[DraftStep], current: ItemPlace | None
    ) -> ItemPlace | None:
        """Append steps after which a value is the current one; returns its place."""
        place = self.flow.place(value)
        if place in self.written:
            if current != place or self.flow.is_part(value):
                steps.append(self.from_step(value))
            return place
        current = self.chain(place, steps, current)
        if self.flow.is_part(value):
            steps.append(self.from_step(value))
        return current

    def from_step(self, value: SketchValue) -> DraftStep:
        """`{from: x}`."""
        step = DraftStep("from")
        step.sources = [self.reference(value)]
        self.note_input(step, value)
        step.out_channels = step.channels
        return step

    def chain(
        self, place: ItemPlace, steps: list[DraftStep], current: ItemPlace | None
    ) -> ItemPlace | None:
        """Append steps from the nearest dominator that is written to an item."""
        if place not in self.flow.dominators:
            return self.stored(place, steps, current)
        path = []
        while place not in self.written and place != START:
            path.append(place)
            place = self.flow.dominators[place]
        for next_place in reversed(path):
            current = self.append_item(next_place, steps, current)
        return current

    def stored(
        self, place: ItemPlace, steps: list[DraftStep], current: ItemPlace | None
    ) -> ItemPlace | None:
        """Append a learned tensor, or what is computed from some: no input enters it.

        A `custom` layer needs a single value to enter it all the same: the first of several.
        """
        item = self.flow.items[place]
        step = self.step_of(item)
        self.written[place] = step
        values = self.flow.inputs_of(item)
        if len(values) == 1 and step.kind not in JOINS:
            self.go_to(values[0], steps, current)
        elif values:
            step.operands = []
            for value in values:
                branch: list[DraftStep] = []
                self.go_to(value, branch, current)
                step.operands.append(branch)
        elif step.kind == CUSTOM and current is not None and self.flow.has_parts(current):
            several = self.written[current]
            assert several is not None
            step.sources = [DraftRef(several, 0)]
            several.is_read = True
        steps.append(step)
        return place

    # Items

    def append_item(
        self, place: ItemPlace, steps: list[DraftStep], current: ItemPlace | None
    ) -> ItemPlace | None:
        """Append the step of an item, after those that it needs."""
        item = self.flow.items[place]
        if isinstance(item, Leaf) and self.sketch.layers[item.layer].kind in JOINS:
            return self.append_join(place, item, steps, current)
        step = self.step_of(item)
        values = self.flow.inputs_of(item)
        if len(values) == 1:
            source = self.flow.place(values[0])
            if source not in self.written:
                self.go_to(values[0], steps, current)
            elif source != current or self.flow.is_part(values[0]):
                step.sources = [self.reference(values[0])]
        elif values:
            for value in sorted(values, key=self.flow.place):
                if self.flow.place(value) not in self.written:
                    current = self.chain(self.flow.place(value), steps, current)
            step.sources = [self.reference(value) for value in values]
        self.written[place] = step
        if values:
            self.note_input(step, values[0])
        steps.append(step)
        return place

    def append_join(
        self, place: ItemPlace, item: Leaf, steps: list[DraftStep], current: ItemPlace | None
    ) -> ItemPlace | None:
        step = self.step_of(item)
        inputs = self.sketch.layers[item.layer].inputs
        values = [value for value in inputs if isinstance(value, SketchValue)]
        current = self.write_long_branch(values, steps, current)
        step.operands = []
        for value in inputs:
            if not isinstance(value, SketchValue):
                step.arguments[f"#{len(step.operands)}"] = value
                step.operands.append(value)
                continue
            step.operands.append(self.operand(value, current))
        self.written[place] = step
        shape = self.shape_at(current)
        if shape is not None:
            step.channels, step.input_shape = shape.channels, shape
        steps.append(step)
        return place

    def operand(self, value: SketchValue, current: ItemPlace | None) -> list[DraftStep] | DraftRef:
        """The current value, a reference, or a branch."""
        place = self.flow.place(value)
        if place == current and not self.flow.is_part(value):
            return []
        if place in self.written:
            return self.reference(value)
        branch: list[DraftStep] = []
        self.go_to(value, branch, current)
        return branch

    def write_long_branch(
        self, values: Sequence[SketchValue], steps: list[DraftStep], current: ItemPlace | None
    ) -> ItemPlace | None:
        """Write the longest branch of a join in line, if it would be hard to read as a branch."""
        places = [self.flow.place(value) for value in values]
        number, items = self.flow.longest_branch(places, self.written)
        if not items:
            return current
        is_long = self.flow.layers_of(items) > (MAX_BRANCH_AT_TOP if self.is_root else MAX_BRANCH)
        branches = sum(not self.flow.is_written(place, self.written) for place in places)
        is_only = branches == 1 and current not in places
        if not (is_long or is_only or self.is_forked(items)):
            return current
        if self.nested == MAX_NESTED:
            for place in sorted(items):
                if place not in self.written:
                    current = self.chain(place, steps, current)
            return current
        self.nested += 1
        current = self.chain(places[number], steps, current)
        self.nested -= 1
        return current

    def is_forked(self, items: Iterable[ItemPlace]) -> bool:
        """True if a branch of these items would have too many joins in it."""
        joins = sum(map(self.flow.is_forking_join, items))
        return joins > (0 if self.is_root else MAX_JOINS_IN_BRANCH)

    # Steps and references

    def step_of(self, item: Item) -> DraftStep:
        if isinstance(item, ModuleScope):
            kind = "call" if item.role == "block" else "group"
            step = DraftStep(kind, path=self.relative(item.path))
            step.scope = item
            layers = [self.sketch.layers[leaf.layer] for leaf in item.leaves()]
            owned = {name for layer in layers if layer.params for name in layer.weights}
            step.weights = tuple(sorted(owned))
            shape = item.outputs[0].shape if item.outputs else None
        else:
            layer = self.sketch.layers[item.layer]
            step = DraftStep(layer.kind, dict(layer.arguments), self.relative(item.path))
            step.weights = layer.weights if layer.params else ()
            step.is_trainable = layer.is_trainable or not layer.params
            step.types = layer.types
            step.note = layer.note
            shape = layer.shape
            if layer.kind == CUSTOM:
                counts = {"params": layer.params, "buffers": layer.buffers, "macs": layer.macs}
                step.arguments |= {name: count for name, count in counts.items() if count}
        step.out_channels = shape.channels if shape else None
        return step

    def relative(self, path: str) -> str:
        """The path of a module in this one."""
        here = self.scope.path
        return path.removeprefix(f"{here}.") if here else path

    def reference(self, value: SketchValue) -> DraftRef:
        place = self.flow.place(value)
        if place < 0:
            names = self.input_names()
            return DraftRef(names[-1 - place] if names else "input")
        step = self.written[place]
        assert step is not None
        step.is_read = True
        return DraftRef(step, self.flow.part(value))

    def note_input(self, step: DraftStep, value: SketchValue) -> None:
        step.channels = value.shape.channels if value.shape else None
        step.input_shape = value.shape

    def shape_at(self, place: ItemPlace | None) -> Shape | None:
        """The shape of the value at a place."""
        if place is None:
            return None
        if place < 0:
            return self.inputs[-1 - place].shape
        item = self.flow.items[place]
        if isinstance(item, Leaf):
            return self.sketch.layers[item.layer].shape
        return item.outputs[0].shape
