"""The state while layers of Caffe become layers of the catalogue: what each blob is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ...named_tuple import NamedTuple
from ...shape import Shape
from ...sketch import SketchInput, SketchValue
from ..axes import TensorView, batch_first, standard
from ..builder import LayerArguments, Owned, SketchBuilder
from ..errors import InvalidModelFile, Unsupported
from .network import BlobRef, CaffeLayer
from .text_format import TextMessage


class Blob(NamedTuple):
    """A tensor of Caffe: what it is of ours, and its sizes, with the batch."""

    view: TensorView
    sizes: tuple[int, ...]

    @property
    def rank(self) -> int:
        return len(self.sizes)


class UnstatedCaffeLayer(Unsupported):
    """A layer that the catalogue does not have, with the shape of its output for one sample."""

    def __init__(
        self, reason: str, shape: Shape, inputs: Sequence[SketchValue], owned: Owned = Owned()
    ) -> None:
        super().__init__(reason)
        self.shape = shape
        self.inputs = tuple(inputs)
        self.owned = owned


class UnknownBlob(Unsupported):
    """A layer reads a blob whose sizes are not known."""


class CaffeContext:
    """The layers so far, and the outputs of each layer of Caffe; None if they are not known.

    `owners` has the layer of Caffe whose weights have a name.
    """

    def __init__(self, inputs: Sequence[SketchInput], batches: Sequence[int]) -> None:
        self.builder = SketchBuilder(inputs)
        self.blobs: dict[BlobRef, Blob] = {}
        self.notes: dict[str, None] = {}
        self.owners: dict[str, CaffeLayer] = {}
        self.layer: CaffeLayer
        self.batches = tuple(batches)

    def input_blob(self, place: int) -> Blob:
        value = self.builder.input(place)
        return Blob(batch_first(value), (self.batches[place], *value.shape))

    # What a layer reads

    def blob(self, place: int = 0) -> Blob:
        """What the layer reads at a place.

        Raises InvalidModelFile if it reads less, UnknownBlob if it is not known.
        """
        sources = self.layer.sources
        if place >= len(sources):
            raise InvalidModelFile(f"{self.layer.place} reads {len(sources)} blobs")
        source = sources[place]
        if source is None or source not in self.blobs:
            raise UnknownBlob
        return self.blobs[source]

    def all_blobs(self) -> list[Blob]:
        return [self.blob(place) for place in range(max(len(self.layer.sources), 1))]

    def value(self, place: int = 0) -> SketchValue:
        """What the layer reads, as a value whose axes are those after the batch."""
        return standard(self.builder, self.blob(place).view).value

    def param(self, name: str) -> TextMessage:
        return self.layer.message.message(name)

    def note_unknown(self, param: TextMessage, known: Collection[str]) -> None:
        """Note the fields of a message that have no meaning here."""
        for name in param.fields:
            if name not in known:
                self.notes[f"`{name}` of {self.layer.kind} is not known, and is ignored"] = None

    # Layers

    def add(
        self, kind: str, arguments: LayerArguments, inputs: Sequence[SketchValue | float]
    ) -> SketchValue:
        """Add a layer, which owns the weights of the layer of Caffe."""
        path, name = self.weights_path(), self.layer.name
        tensors = 1 if arguments.get("bias") is False else 2
        is_trained = trained_tensors(self.layer, tensors) > 0
        return self.builder.add_defined(kind, arguments, inputs, path, name, is_trained)

    def weights_path(self) -> str:
        """The name of the weights: layers share those that they name, but not those named as they.

        Files have several layers of one name by mistake.
        """
        path = weights_path(self.layer)
        if path == self.layer.name and self.owners.setdefault(path, self.layer) is not self.layer:
            return f"{path}#{len(self.builder.layers)}"
        return path

    def result(self, value: SketchValue) -> list[Blob]:
        """The only output of a layer, whose axes are the batch and those of a value."""
        batch = self.blob().sizes[0] if self.layer.sources else 1
        return [Blob(batch_first(value), (batch, *value.shape))]

    def applied(
        self, kind: str, arguments: LayerArguments, *others: SketchValue | float
    ) -> list[Blob]:
        """The result of a layer that keeps the axes of what it reads."""
        blob = self.blob()
        value = self.add(kind, arguments, [blob.view.value, *others])
        return [blob._replace(view=blob.view.with_value(value))]


def weights_path(layer: CaffeLayer) -> str:
    """The name of the weights: layers that name equal parameters share them."""
    message = layer.message
    specs = message.fields.get("param", ())
    names = [spec.text("name") if isinstance(spec, TextMessage) else spec for spec in specs]
    given = [name for name in names if name]
    return "+".join(given) or layer.name


def trained_tensors(layer: CaffeLayer, tensors: int) -> int:
    """How many of its first learned tensors a layer trains: those whose rate is not 0."""
    message = layer.norm_scale or layer.message
    rates = message.reals("blobs_lr")
    for spec in message.fields.get("param", ()):
        if isinstance(spec, TextMessage):
            rates.append(spec.real("lr_mult", 1.0))
    rates += [1.0] * (tensors - len(rates))
    return sum(rate != 0 for rate in rates[:tensors])
