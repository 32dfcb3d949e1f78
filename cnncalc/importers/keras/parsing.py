"""The JSON document of a model -> a KerasModel, for Keras 1, 2 and 3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..bounded_json import JsonValue
from ..errors import ImportFailed, InvalidModelFile
from .arguments import call_of, shape_of, tensor_of
from .channels import input_channels
from .config import LayerConfig
from .keras_1 import MERGE, as_in_keras_2, stated_format
from .model import KerasCall, KerasLayer, KerasModel, KerasShape, KerasTensor
from .tensorflow_nodes import as_function

MAX_LAYERS = 100_000
MAX_MODELS = 20
"""How deep models are in models."""

INPUT = "InputLayer"
OF_KERAS = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras", "builtins")
ROOT = "the model"


def model_of(document: JsonValue) -> KerasModel:
    """The model of a document.

    Raises InvalidModelFile, and ImportFailed if the model is a class whose layers are in code.
    """
    if not isinstance(document, Mapping):
        raise InvalidModelFile("the document is not an object")
    layer = ModelReader().layer(document, ROOT, 0)
    if layer.inner is None:
        raise ImportFailed(
            f"the model is a {layer.kind}, a class whose layers are in its code and not in the "
            "file: save a Functional or Sequential model"
        )
    return layer.inner


class ModelReader:
    """Reads one document; counts the layers of all models in it, and the models without a name.

    `data_format` is the order of axes that layers of Keras 1 state.
    """

    def __init__(self) -> None:
        self.layers = 0
        self.unnamed = 0
        self.data_format = ""

    def layer(self, entry: Mapping[str, JsonValue], place: str, depth: int) -> KerasLayer:
        """One entry of `layers`, with the model that it is."""
        self.layers += 1
        if self.layers > MAX_LAYERS:
            raise InvalidModelFile(f"more than {MAX_LAYERS:,} layers")
        module = text_or(entry.get("module"), "")
        if not module:
            entry = as_in_keras_2(entry, self.data_format)
        kind, registered = entry.get("class_name"), entry.get("registered_name")
        if not isinstance(kind, str):
            raise InvalidModelFile(f"malformed at {place}: an object without a class")
        raw = entry.get("config")
        given = raw if isinstance(raw, Mapping) else {}
        name = text_or(entry.get("name"), text_or(given.get("name"), self.default_name(kind, raw)))
        place = f"layer {name} ({kind})" if place != ROOT else ROOT
        identity = entry.get("shared_object_id")
        node = entry.get("inbound_nodes")
        calls = node if isinstance(node, list) else []
        layer = KerasLayer(
            kind,
            module,
            name,
            LayerConfig(given, place),
            tuple([call_of(call, place) for call in calls]),
            self.model(raw, name, place, depth),
            self.wrapped(given, place, depth),
            is_own_class(kind, module, registered),
            str(identity) if isinstance(identity, int) else "",
            built_shape(entry),
        )
        return as_function(layer)

    def default_name(self, kind: str, raw: JsonValue) -> str:
        """The name of a layer without one: models, which are lists before Keras 2.2.3, count."""
        if not isinstance(raw, list):
            return kind
        self.unnamed += 1
        return f"{kind.lower()}_{self.unnamed}"

    def wrapped(self, config: Mapping[str, JsonValue], place: str, depth: int) -> KerasLayer | None:
        """The layer in the configuration of a wrapper, such as TimeDistributed."""
        entry = config.get("layer")
        if not isinstance(entry, Mapping) or "class_name" not in entry:
            return None
        if depth > MAX_MODELS:
            raise InvalidModelFile(f"layers are nested more than {MAX_MODELS} deep")
        return self.layer(entry, place, depth + 1)

    def model(self, raw: JsonValue, name: str, place: str, depth: int) -> KerasModel | None:
        """The model that a configuration is; None for that of another layer."""
        entries = raw if isinstance(raw, list) else None
        if isinstance(raw, Mapping) and isinstance(raw.get("layers"), list):
            entries = raw["layers"]  # type: ignore[assignment]
        if not isinstance(entries, list):
            return None
        if depth > MAX_MODELS:
            raise InvalidModelFile(f"models are nested more than {MAX_MODELS} deep")
        self.data_format = self.data_format or stated_format(entries)
        layers = self.listed(entries, name, depth)
        names = Counter(layer.name for layer in layers)
        twice = next((name for name, times in names.items() if times > 1), None)
        if twice is not None:
            raise InvalidModelFile(f"malformed at {place}: two layers are named {twice}")
        if isinstance(raw, Mapping) and "output_layers" in raw:
            model = functional(raw, layers, name, place)
        else:
            branches = self.listed(merged_models(entries), name, depth)
            model = sequential(raw, layers, name, branches)
        return model._replace(channels=input_channels(model))

    def listed(self, entries: Sequence[JsonValue], name: str, depth: int) -> list[KerasLayer]:
        """The layers of a model."""
        found: list[KerasLayer] = []
        for number, entry in enumerate(entries):
            place = f"layer {number} of {name}"
            if not isinstance(entry, Mapping):
                raise InvalidModelFile(f"malformed at {place}: not an object")
            found.append(self.layer(entry, place, depth + 1))
        return found


def text_or(value: JsonValue, default: str) -> str:
    return value if isinstance(value, str) and value else default


def is_own_class(kind: str, module: str, registered: JsonValue) -> bool:
    """True for a class of the user: of another module, or registered by a name of its own.

    Keras 2 registers the classes of its applications among those of users.
    """
    is_registered = ">" in kind and kind not in REGISTERED_BY_KERAS
    if isinstance(registered, str) and APPLICATIONS not in module:
        is_registered |= ">" in registered
    return is_registered or bool(module and module.partition(".")[0] not in MODULES)


APPLICATIONS = ".applications."
REGISTERED_BY_KERAS = ("Custom>CustomScaleLayer",)
MODULES = frozenset(name.partition(".")[0] for name in OF_KERAS)


def built_shape(entry: Mapping[str, JsonValue]) -> KerasShape:
    """The shape that a layer of one input was built with."""
    built = entry.get("build_config")
    return shape_of(built.get("input_shape")) if isinstance(built, Mapping) else None


# Functional


def functional(
    raw: Mapping[str, JsonValue], layers: Sequence[KerasLayer], name: str, place: str
) -> KerasModel:
    """A model whose layers state their calls."""
    inputs = [tensor for _, tensor in ends(raw.get("input_layers"), place)]
    if len(set(inputs)) < len(inputs):
        raise InvalidModelFile(f"malformed at {place}: an input that is listed twice")
    outputs = ends(raw.get("output_layers"), place)
    tensors = [tensor for _, tensor in outputs]
    tensors += [t for layer in layers for call in layer.calls for t in call.tensors()]
    return KerasModel(
        name,
        tuple(numbered(layers, tensors)),
        tuple(inputs),
        tuple(tensor for _, tensor in outputs),
        tuple(label or tensor.layer for label, tensor in outputs),
    )


def numbered(layers: Iterable[KerasLayer], tensors: Iterable[KerasTensor]) -> Iterator[KerasLayer]:
    """The layers; the calls of a model are numbered from 1 if one has the number of all of them."""
    last: dict[str, int] = {}
    for tensor in tensors:
        last[tensor.layer] = max(tensor.call, last.get(tensor.layer, 0))
    for layer in layers:
        is_later = layer.inner is not None and layer.calls
        first = 1 if is_later and last.get(layer.name) == len(layer.calls) else 0
        yield layer._replace(first_call=first)


def ends(value: JsonValue, place: str, label: str = "") -> list[tuple[str, KerasTensor]]:
    """The tensors in `input_layers` or `output_layers`: one, or lists and mappings of these."""
    if isinstance(value, Mapping):
        return [end for key, entry in value.items() for end in ends(entry, place, key)]
    if not isinstance(value, list):
        raise InvalidModelFile(f"malformed at {place}: inputs or outputs without layers")
    if value and isinstance(value[0], str):
        return [(label, tensor_of(value, place))]
    return [end for entry in value for end in ends(entry, place, label)]


# Sequential


def sequential(
    raw: JsonValue, layers: Sequence[KerasLayer], name: str, branches: Sequence[KerasLayer]
) -> KerasModel:
    """A model whose layers are called one after the other; it always has an input layer.

    The first layer may merge the results of models, which are its `branches`.
    """
    first = layers[0] if layers else None
    chain = list(layers)
    if branches:
        before, inputs, end = merged(branches)
    elif first is not None and first.kind == INPUT:
        before, inputs, end = [first], [first], (output_of(first),)
        del chain[0]
    else:
        shape = shape_of(raw.get("build_input_shape")) if isinstance(raw, Mapping) else None
        start = input_layer(f"{name}_input", shape or first_shape(first))
        before, inputs, end = [start], [start], (output_of(start),)
    for layer in chain:
        before.append(layer._replace(calls=(KerasCall(end),)))
        end = (output_of(layer),)
    (last,) = end
    return KerasModel(name, tuple(before), tuple(map(output_of, inputs)), end, (last.layer,))


def output_of(layer: KerasLayer) -> KerasTensor:
    """The result of the only call of a layer."""
    return KerasTensor(layer.name, 0)


def merged_models(entries: Sequence[JsonValue]) -> Sequence[JsonValue]:
    """The models whose results the first layer merges, as Keras 1 writes them; or none."""
    first = entries[0] if entries else None
    if not isinstance(first, Mapping) or first.get("class_name") != MERGE:
        return ()
    config = first.get("config")
    models = config.get("layers") if isinstance(config, Mapping) else None
    return models if isinstance(models, list) else ()


def merged(
    branches: Sequence[KerasLayer],
) -> tuple[list[KerasLayer], list[KerasLayer], tuple[KerasTensor, ...]]:
    """Models that are called on inputs of their own: all layers, the inputs, and the results."""
    inputs: list[KerasLayer] = []
    called: list[KerasLayer] = []
    for branch in branches:
        if branch.inner is None:
            raise InvalidModelFile(f"malformed at {branch.config.place}: not a model")
        tensors = {tensor.layer for tensor in branch.inner.inputs}
        own = [layer for layer in branch.inner.layers if layer.name in tensors]
        inputs += own
        called.append(branch._replace(calls=(KerasCall(tuple(map(output_of, own))),)))
    return [*inputs, *called], inputs, tuple(map(output_of, called))


def input_layer(name: str, shape: KerasShape) -> KerasLayer:
    sizes: list[JsonValue] | None = list(shape) if shape is not None else None
    config = LayerConfig({"batch_shape": sizes}, f"layer {name}")
    return KerasLayer(INPUT, "", name, config)


def first_shape(layer: KerasLayer | None) -> KerasShape:
    """The shape of the input, which the first layer states; that of a model is in that model."""
    while layer is not None:
        stated = stated_shape(layer)
        if stated is not None or layer.inner is None or not layer.inner.layers:
            return stated
        layer = layer.inner.layers[0]
    return None


def stated_shape(layer: KerasLayer) -> KerasShape:
    """The shape of a layer's input with the batch, as its configuration states it."""
    values = layer.config.values
    for key in ("batch_shape", "batch_input_shape"):
        shape = shape_of(values.get(key))
        if shape is not None:
            return shape
    return layer.input_shape
