"""A network as a graph of layers: which of them run, and what each one reads.

Source: github.com/BVLC/caffe at 9b89154, src/caffe/proto/caffe.proto, net.cpp (FilterNet,
StateMeetsRule) and util/upgrade_proto.cpp.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...named_tuple import NamedTuple
from ..errors import InvalidModelFile
from .text_format import TextMessage

MAX_LAYERS = 100_000

LEARNED = "Parameter"
"""The layer that reads nothing and is not data."""

SINKS = frozenset(
    ("Accuracy", "Silence", "HDF5Output", "SegAccuracy", "DetectionEvaluate", "BoxAnnotatorOHEM")
)
"""Layers whose results are for the user who trains."""

SAME_WORDS = (
    *("Accuracy", "Concat", "Convolution", "Data", "Deconvolution", "Dropout", "Eltwise", "Exp"),
    *("Flatten", "Pooling", "Power", "Sigmoid", "Silence", "Slice", "Softmax", "Split"),
    "Threshold",
)
FIRST_VERSION = {
    **{word.upper(): word for word in SAME_WORDS},
    "ABSVAL": "AbsVal",
    "ARGMAX": "ArgMax",
    "CONTRASTIVE_LOSS": "ContrastiveLoss",
    "DUMMY_DATA": "DummyData",
    "EUCLIDEAN_LOSS": "EuclideanLoss",
    "HDF5_DATA": "HDF5Data",
    "HDF5_OUTPUT": "HDF5Output",
    "HINGE_LOSS": "HingeLoss",
    "IM2COL": "Im2col",
    "IMAGE_DATA": "ImageData",
    "INFOGAIN_LOSS": "InfogainLoss",
    "INNER_PRODUCT": "InnerProduct",
    "MEMORY_DATA": "MemoryData",
    "MULTINOMIAL_LOGISTIC_LOSS": "MultinomialLogisticLoss",
    "RELU": "ReLU",
    "SIGMOID_CROSS_ENTROPY_LOSS": "SigmoidCrossEntropyLoss",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "TANH": "TanH",
    "WINDOW_DATA": "WindowData",
}
"""The types of `layers`, by the present names; without those that are equal."""


class BlobRef(NamedTuple):
    """Output `top` of a layer, by the number of the layer; -1 - k is input k of the network."""

    layer: int
    top: int = 0


class CaffeLayer(NamedTuple):
    """A layer.  `sources` are what it reads: None for a blob that no layer makes.

    `norm_scale` is the `Scale` after a `BatchNorm`, which is one layer with it.
    """

    kind: str
    name: str
    message: TextMessage
    sources: tuple[BlobRef | None, ...]
    tops: tuple[str, ...]
    norm_scale: TextMessage | None = None

    @property
    def place(self) -> str:
        """Where the layer is, for messages."""
        return f"`{self.name}`, {self.message.place}"

    @property
    def is_loss(self) -> bool:
        """True for a layer that only training needs."""
        return "Loss" in self.kind or self.kind in SINKS or self.message.has("loss_weight")


class CaffeNetwork(NamedTuple):
    """The layers that run in one phase, in the order of the file; data layers are `inputs`."""

    name: str
    inputs: tuple[CaffeInput, ...]
    layers: tuple[CaffeLayer, ...]


class CaffeInput(NamedTuple):
    """An input of the network.  `sizes` include the batch; None if the file does not state them."""

    name: str
    sizes: tuple[int, ...] | None


class Phase(NamedTuple):
    """The state in which a network runs."""

    name: str


TEST, TRAIN = Phase("TEST"), Phase("TRAIN")


def network_in(message: TextMessage, phase: Phase) -> CaffeNetwork:
    """The network of a file in a phase.  Raises InvalidModelFile."""
    if not message.has("layer") and not message.has("layers"):
        message = solver_network(message)
    layers = message.messages("layer") + message.messages("layers")
    if len(layers) > MAX_LAYERS:
        raise InvalidModelFile(f"the network has more than {MAX_LAYERS:,} layers")
    running = [layer for layer in layers if runs_in(layer, phase)]
    inputs = declared_inputs(message) + data_inputs(running, layers)
    names = {entry.name: BlobRef(-1 - number) for number, entry in enumerate(inputs)}
    others = [layer for layer in running if not is_data(layer)]
    return CaffeNetwork(message.text("name"), tuple(inputs), tuple(connected(others, names)))


def solver_network(message: TextMessage) -> TextMessage:
    """The network in a file of a solver.  Raises InvalidModelFile if it has none."""
    for name in ("net_param", "train_net_param", "test_net_param"):
        if message.has(name):
            return message.message(name)
    if message.has("base_lr") or message.has("net"):
        raise InvalidModelFile("the file is of a solver: give that of its network, `net`")
    raise InvalidModelFile("the file has no layers of Caffe")


def kind_of(layer: TextMessage) -> str:
    """The type; one of the first version by its present name.

    Raises InvalidModelFile for a layer of the version before that.
    """
    kind = layer.text("type")
    if not kind and layer.has("layer"):
        raise InvalidModelFile(
            f"{layer.place}: upgrade the file by upgrade_net_proto_text of Caffe"
        )
    return FIRST_VERSION.get(kind, kind)


def is_data(layer: TextMessage) -> bool:
    """True for a layer that makes what the network reads, whatever its type."""
    return not layer.has("bottom") and kind_of(layer) != LEARNED


# Phases


def runs_in(layer: TextMessage, phase: Phase) -> bool:
    """True unless the rules of a layer exclude it."""
    included, excluded = layer.messages("include"), layer.messages("exclude")
    if included:
        return any(meets(phase, rule) for rule in included)
    return not any(meets(phase, rule) for rule in excluded)


def meets(phase: Phase, rule: TextMessage) -> bool:
    """True if a phase without stages, of level 0, meets a rule."""
    wanted = {"0": "TRAIN", "1": "TEST"}.get(rule.text("phase"), rule.text("phase"))
    if wanted and wanted != phase.name:
        return False
    is_level = rule.integer("min_level") <= 0 <= rule.integer("max_level")
    return is_level and not rule.has("stage")


# Inputs


def declared_inputs(message: TextMessage) -> list[CaffeInput]:
    """The inputs of a file for deployment: `input` with `input_shape` or `input_dim`."""
    names = message.texts("input")
    shapes = [tuple(shape.integers("dim")) for shape in message.messages("input_shape")]
    numbers = message.integers("input_dim")
    if not shapes:
        shapes = [tuple(numbers[start : start + 4]) for start in range(0, len(numbers), 4)]
    missing: list[tuple[int, ...] | None] = [None] * len(names)
    found = [*shapes, *missing][: len(names)]
    return [CaffeInput(name, sizes or None) for name, sizes in zip(names, found, strict=True)]


def data_inputs(running: Sequence[TextMessage], layers: Sequence[TextMessage]) -> list[CaffeInput]:
    """The outputs of data layers; of those of another phase if none runs in this one."""
    found = list(filter(is_data, running)) or list(filter(is_data, layers))
    inputs: dict[str, CaffeInput] = {}
    for layer in found:
        tops = layer.texts("top") or [layer.text("name")]
        shapes = data_sizes(layer)
        for number, top in enumerate(tops):
            sizes = shapes[min(number, len(shapes) - 1)] if number < len(shapes) else None
            inputs.setdefault(top, CaffeInput(top, sizes))
    return list(inputs.values())


def data_sizes(layer: TextMessage) -> list[tuple[int, ...]]:
    """The sizes of the outputs of a data layer, as far as it states them."""
    given = layer.message("input_param").messages("shape")
    dummy = layer.message("dummy_data_param")
    given = given or dummy.messages("shape")
    if given:
        return [tuple(shape.integers("dim")) for shape in given]
    axes = ("num", "channels", "height", "width")
    if dummy.has("channels"):
        return [tuple(sizes) for sizes in zip(*map(dummy.integers, axes), strict=False)]
    memory = layer.message("memory_data_param")
    if memory.has("channels"):
        return [(1, *map(memory.integer, axes[1:]))]
    return image_sizes(layer)


def image_sizes(layer: TextMessage) -> list[tuple[int, ...]]:
    """The sizes of images that are cropped or resized; nothing if they are not."""
    transform = layer.message("transform_param")
    resized = transform.message("resize_param")
    if resized.has("height"):
        return [(1, 3, resized.integer("height"), resized.integer("width"))]
    size = transform.integer("crop_size")
    for name in ("data_param", "image_data_param", "window_data_param"):
        size = size or layer.message(name).integer("crop_size")
    channels = 1 if transform.flag("force_gray") else 3
    return [(1, channels, size, size)] if size else []


# Connections


def connected(layers: Sequence[TextMessage], inputs: Mapping[str, BlobRef]) -> list[CaffeLayer]:
    """The layers with what they read: of several blobs with one name, the last one before."""
    blobs = dict(inputs)
    found = []
    for number, message in enumerate(layers):
        sources = tuple(blobs.get(name) for name in message.texts("bottom"))
        kind = kind_of(message)
        name = message.text("name") or f"{kind}{number}"
        tops = tuple(message.texts("top"))
        found.append(CaffeLayer(kind, name, message, sources, tops))
        for place, top in enumerate(tops):
            blobs[top] = BlobRef(number, place)
    return with_norm_scales(found)


def with_norm_scales(layers: Sequence[CaffeLayer]) -> list[CaffeLayer]:
    """A `BatchNorm` and the `Scale` that alone reads it are one layer; the other one is a split."""
    readers: dict[BlobRef, list[int]] = {}
    for number, layer in enumerate(layers):
        for source in layer.sources:
            if source is not None:
                readers.setdefault(source, []).append(number)
    result = list(layers)
    for number, layer in enumerate(layers):
        after = readers.get(BlobRef(number), [])
        if layer.kind != "BatchNorm" or len(after) != 1:
            continue
        scale = layers[after[0]]
        if scale.kind == "Scale" and len(scale.sources) == 1 and is_per_channel(scale.message):
            result[number] = layer._replace(norm_scale=scale.message)
            result[after[0]] = scale._replace(kind="Split")
    return result


def is_per_channel(message: TextMessage) -> bool:
    """True for a `Scale` with a factor for each channel."""
    param = message.message("scale_param")
    return param.integer("axis", 1) in (1, -3) and param.integer("num_axes", 1) == 1
