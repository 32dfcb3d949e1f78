"""The layers of Keras 1, in the words of Keras 2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..bounded_json import JsonValue

CLASSES = {
    **{f"Convolution{axes}D": f"Conv{axes}D" for axes in (1, 2, 3)},
    **{f"AtrousConvolution{axes}D": f"Conv{axes}D" for axes in (1, 2)},
    "SeparableConvolution2D": "SeparableConv2D",
    "Deconvolution2D": "Conv2DTranspose",
    "TimeDistributedDense": "Dense",
}
"""The classes of layers by those of Keras 1."""

MERGE = "Merge"
MERGING = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
    "cos": "Dot",
}
"""The class of a Merge by its mode; another one is a function."""

ENTRIES = {
    "nb_filter": "filters",
    "output_dim": "units",
    "border_mode": "padding",
    "p": "rate",
    "filter_length": "kernel_size",
    "pool_length": "pool_size",
    "length": "size",
    **dict.fromkeys(("subsample", "subsample_length", "stride"), "strides"),
    "atrous_rate": "dilation_rate",
    "bias": "use_bias",
    "concat_axis": "axis",
    "dot_axes": "axes",
}
"""The entries of configurations by those of Keras 1."""

KERNELS = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))
ORDERING = "dim_ordering"
DATA_FORMATS = {"th": "channels_first", "tf": "channels_last"}
WITHOUT_ORDERING = ("ZeroPadding", "Cropping", "UpSampling")
"""Layers that do not state the order of their axes."""


def as_in_keras_2(entry: Mapping[str, JsonValue], data_format: str) -> Mapping[str, JsonValue]:
    """An entry of `layers` in the words of Keras 2; one that is in these is equal.

    `data_format` is that of the layers that state it.
    """
    kind, config = entry.get("class_name"), entry.get("config")
    if not isinstance(kind, str) or not isinstance(config, Mapping):
        return entry
    if kind == MERGE:
        mode = config.get("mode", "sum")
        kind = MERGING.get(mode, MERGE) if isinstance(mode, str) else MERGE
        config = {key: value for key, value in config.items() if key != "layers"}
        config |= {"normalize": mode == "cos", "dot_axes": joined_axes(config.get("dot_axes"))}
    kind = CLASSES.get(kind, kind)
    found = {name_of(key, kind): value for key, value in config.items()}
    for names in KERNELS:
        if all(name in config for name in names):
            found["kernel_size"] = [config[name] for name in names]
    ordering = config.get(ORDERING)
    if isinstance(ordering, str):
        found["data_format"] = DATA_FORMATS.get(ordering, ordering)
    elif data_format and kind.startswith(WITHOUT_ORDERING):
        found.setdefault("data_format", data_format)
    wrapped = config.get("layer")
    if isinstance(wrapped, Mapping):
        found["layer"] = as_in_keras_2(wrapped, data_format)  # type: ignore[assignment]
    return {**entry, "class_name": kind, "config": found}


def name_of(key: str, kind: str) -> str:
    """The name of an entry of a configuration; an Embedding has kept its own."""
    return key if kind == "Embedding" else ENTRIES.get(key, key)


def joined_axes(axes: JsonValue) -> JsonValue:
    """The axes of a product, [[1], [2]] as [1, 2]."""
    if not isinstance(axes, list):
        return axes
    return [axis[0] if isinstance(axis, list) and len(axis) == 1 else axis for axis in axes]


def stated_format(entries: Sequence[JsonValue]) -> str:
    """The order of the axes in the first layer of Keras 1 that states it; "" if none does."""
    for entry in entries:
        config = entry.get("config") if isinstance(entry, Mapping) else None
        ordering = config.get(ORDERING) if isinstance(config, Mapping) else None
        if isinstance(ordering, str):
            return DATA_FORMATS.get(ordering, "")
    return ""
