"""A Sketch: a model as a flat graph of layers of the catalogue, in the scopes of its modules.

Every importer makes one, and folding makes an architecture file of it.  Shapes are cnncalc's:
channels first, without a batch axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .dtype import FLOAT32, UNSTATED, DataTypes
from .named_tuple import NamedTuple
from .shape import Shape

SketchArgument = int | float | bool | str | None | tuple[int | float, ...]


class SketchValue(NamedTuple):
    """A value: the output of a layer, or `part` of a layer with several outputs.

    `layer` is an index of `Sketch.layers`; -1 - k refers to input k of the network.
    """

    layer: int
    shape: Shape
    part: int | None = None

    @property
    def key(self) -> tuple[int, int | None]:
        """Equal for the same value."""
        return (self.layer, self.part)


class SketchLayer(NamedTuple):
    """One layer.

    `arguments` are those of its kind that are not None, with their defaults.  `inputs` are values,
    and numbers as operands of joins.  `shape` is that of its output, `parts` are those of several
    outputs.  `scope` is an index of `Sketch.scopes`.  `name` is what the model calls the layer
    (the last word of a module's path), if it does.  `weights` are the names of its learned tensors
    in the model: layers with equal ones share them.  `params`, `buffers` and `macs` are the
    model's own numbers.  `note` says what the file cannot state, and is empty otherwise.  `types`
    are those of its weights and of its output, "" for what is as in the network or not known.
    """

    kind: str
    arguments: Mapping[str, SketchArgument]
    inputs: tuple[SketchValue | float, ...]
    shape: Shape
    scope: int
    name: str = ""
    parts: tuple[Shape, ...] = ()
    weights: tuple[str, ...] = ()
    params: int = 0
    buffers: int = 0
    macs: int = 0
    is_trainable: bool = True
    note: str = ""
    types: DataTypes = UNSTATED

    @property
    def values(self) -> tuple[SketchValue, ...]:
        """The inputs that are values."""
        return tuple([value for value in self.inputs if isinstance(value, SketchValue)])


class SketchScope(NamedTuple):
    """One call of a module, which layers are in.  The first scope is the model.

    `path` is the module's name (`layer1.0`), equal for two calls of one module.  `kind` is the
    qualified name of its class; "" if it is not known.  `is_container` is true for a class without
    steps of its own, such as Sequential.  `constructor` has the arguments that it was made with.
    `inputs` and `outputs` are values in the order of the call, and `input_names` their names.
    """

    path: str
    kind: str
    parent: int | None
    is_container: bool = False
    inputs: tuple[SketchValue, ...] = ()
    outputs: tuple[SketchValue, ...] = ()
    input_names: tuple[str, ...] = ()
    constructor: Mapping[str, SketchArgument] = {}

    @property
    def class_name(self) -> str:
        return self.kind.rpartition(".")[2]


class SketchInput(NamedTuple):
    """An input of the network."""

    name: str
    shape: Shape


class SketchOutput(NamedTuple):
    """An output of the network; `name` is "" if it is the only one at inference."""

    name: str
    value: SketchValue
    is_training_only: bool = False


class Sketch(NamedTuple):
    """A model.  Layers are in the order of execution.

    `unused` are the learned tensors that no layer reads, with their numbers of elements.  `notes`
    concern the model as a whole.  `types` are those of layers that have none of their own.
    `has_tensors` is false for a file that has the arguments of its layers alone, and no sizes of
    weights: then all counts follow from the arguments.
    """

    name: str
    source: str
    inputs: tuple[SketchInput, ...]
    layers: tuple[SketchLayer, ...]
    scopes: tuple[SketchScope, ...]
    outputs: tuple[SketchOutput, ...]
    unused: Mapping[str, int] = {}
    notes: tuple[str, ...] = ()
    types: DataTypes = FLOAT32
    has_tensors: bool = True

    def ancestors(self, values: Iterable[SketchValue]) -> set[int]:
        """The layers that some values depend on."""
        found: set[int] = set()
        waiting = [value.layer for value in values]
        while waiting:
            index = waiting.pop()
            if index >= 0 and index not in found:
                found.add(index)
                waiting += [value.layer for value in self.layers[index].values]
        return found

    def training_layers(self) -> set[int]:
        """The layers that only outputs of training depend on."""
        training = [output.value for output in self.outputs if output.is_training_only]
        others = [output.value for output in self.outputs if not output.is_training_only]
        return self.ancestors(training) - self.ancestors(others) if training else set()

    def totals(self) -> SketchTotals:
        """The numbers of the model at inference, with shared weights counted once."""
        params = buffers = macs = 0
        seen: set[tuple[str, ...]] = set()
        training = self.training_layers()
        for index, layer in enumerate(self.layers):
            if index in training:
                continue
            macs += layer.macs
            if layer.weights and layer.weights in seen:
                continue
            seen.add(layer.weights)
            params += layer.params
            buffers += layer.buffers
        return SketchTotals(params, buffers, macs)

    def readers(self) -> Iterator[tuple[SketchValue, int | None]]:
        """Each value that is read, with the layer that reads it (None: it is an output)."""
        for index, layer in enumerate(self.layers):
            for value in layer.values:
                yield value, index
        for output in self.outputs:
            yield output.value, None


class SketchTotals(NamedTuple):
    """Parameters, buffers and multiply-accumulates for one sample."""

    params: int
    buffers: int
    macs: int
