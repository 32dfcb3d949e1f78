"""The JSON document of a model -> a KerasModel, for Keras 2 and 3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..bounded_json import JsonValue
from ..errors import ImportFailed, InvalidModelFile
from .arguments import call_of, shape_of, tensor_of
from .channels import input_channels
from .config import LayerConfig
from .model import KerasCall, KerasLayer, KerasModel, KerasShape, KerasTensor

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
    """Reads one document; counts the layers of all models in it."""

    def __init__(self) -> None:
        self.layers = 0

    def layer(self, entry: Mapping[str, JsonValue], place: str, depth: int) -> KerasLayer:
        """One entry of `layers`, with the model that it is."""
        self.layers += 1
        if self.layers > MAX_LAYERS:
            raise InvalidModelFile(f"more than {MAX_LAYERS:,} layers")
        kind, registered = entry.get("class_name"), entry.get("registered_name")
        if not isinstance(kind, str):
            raise InvalidModelFile(f"malformed at {place}: an object without a class")
        raw = entry.get("config")
        given = raw if isinstance(raw, Mapping) else {}
        name = text_or(entry.get("name"), text_or(given.get("name"), kind))
        place = f"layer {name} ({kind})" if place != ROOT else ROOT
        module = text_or(entry.get("module"), "")
        identity = entry.get("shared_object_id")
        node = entry.get("inbound_nodes")
        calls = node if isinstance(node, list) else []
        return KerasLayer(
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
        layers: list[KerasLayer] = []
        for number, entry in enumerate(entries):
            where = f"layer {number} of {name}"
            if not isinstance(entry, Mapping):
                raise InvalidModelFile(f"malformed at {where}: not an object")
            layers.append(self.layer(entry, where, depth + 1))
        names = Counter(layer.name for layer in layers)
        twice = next((name for name, times in names.items() if times > 1), None)
        if twice is not None:
            raise InvalidModelFile(f"malformed at {place}: two layers are named {twice}")
        if isinstance(raw, Mapping) and "output_layers" in raw:
            model = functional(raw, layers, name, place)
        else:
            model = sequential(raw, layers, name)
        return model._replace(channels=input_channels(model))


def text_or(value: JsonValue, default: str) -> str:
    return value if isinstance(value, str) and value else default


def is_own_class(kind: str, module: str, registered: JsonValue) -> bool:
    """True for a class of the user: of another module, or registered by a name of its own.

    Keras 2 registers the classes of its applications among those of users.
    """
    is_registered = ">" in kind
    if isinstance(registered, str) and APPLICATIONS not in module:
        is_registered |= ">" in registered
    return is_registered or bool(module and module.partition(".")[0] not in MODULES)


APPLICATIONS = ".applications."
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


def sequential(raw: JsonValue, layers: Sequence[KerasLayer], name: str) -> KerasModel:
    """A model whose layers are called one after the other; it always has an input layer."""
    first = layers[0] if layers else None
    chain = list(layers)
    if first is None or first.kind != INPUT:
        shape = shape_of(raw.get("build_input_shape")) if isinstance(raw, Mapping) else None
        chain.insert(0, input_layer(f"{name}_input", shape or first_shape(first)))
    called = [chain[0]]
    for layer in chain[1:]:
        before = KerasTensor(called[-1].name, 0)
        called.append(layer._replace(calls=(KerasCall((before,)),)))
    end = KerasTensor(called[-1].name, 0)
    return KerasModel(name, tuple(called), (KerasTensor(called[0].name, 0),), (end,), (end.layer,))


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
