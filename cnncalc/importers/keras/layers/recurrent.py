"""Recurrent layers, and those that wrap them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....layers.aliases import KERAS
from ....sketch import SketchValue
from ...axes import BATCH, TensorView, channels_at, in_order, without_extra_axes
from ...errors import Unsupported
from ...operands import joined
from ..config import LayerConfig
from ..context import LayerCall, LayerResults

CUDNN = "CuDNN"
CELL = "Cell"
KIND_OF = {name: kind for kind in ("lstm", "gru", "rnn") for name in KERAS[kind].names}
"""The kind of the catalogue by the class."""

TIME = 1
"""The axis of the value that is the time."""


def recurrent(call: LayerCall) -> LayerResults:
    """LSTM, GRU and SimpleRNN."""
    return results(call, call.config, states_of(call, call.layer.kind, call.config))


def series(call: LayerCall) -> TensorView:
    """The input, channels first, with the time as its only other axis."""
    view = without_extra_axes(call.builder, channels_at(call.builder, call.view, -1))
    if view.rank != 3 or view.axes[0] != (BATCH,):
        raise Unsupported("a recurrent layer along one axis of a map")
    if len(call.views) > 1:
        call.note("the states that recurrent layers start with are not in the file")
    if len(view.axes[1]) > 1:
        return in_order(call.builder, view, [2, 1])
    return view if view.axes[1] else with_time(call, view)


def with_time(call: LayerCall, view: TensorView) -> TensorView:
    from ...operands import with_axes

    return with_axes(call.builder, view, [1])


def arguments_of(kind: str, config: LayerConfig, *, is_cudnn: bool = False) -> dict[str, Any]:
    """Keras has one bias for each gate; a GRU has two with `reset_after`, as cuDNN has."""
    bias = config.flag("use_bias", True)
    arguments: dict[str, Any] = {"hidden": config.integer("units"), "bias": bias}
    is_double = is_cudnn or (kind == "gru" and config.flag("reset_after", False))
    if bias and not is_double:
        arguments["biases"] = 1
    return arguments


def states_of(
    call: LayerCall,
    name: str,
    config: LayerConfig,
    *,
    is_bidirectional: bool = False,
    part: str = "",
) -> TensorView:
    """The states of all time steps, of the class `name`."""
    kind = KIND_OF.get(name.removeprefix(CUDNN).removesuffix(CELL))
    if kind is None:
        raise Unsupported(f"the cell {name}")
    arguments = arguments_of(kind, config, is_cudnn=name.startswith(CUDNN))
    if is_bidirectional:
        arguments["bidirectional"] = True
    return call.apply(kind, arguments, series(call), part)


def results(call: LayerCall, config: LayerConfig, states: TensorView) -> LayerResults:
    """The states, or the last one; with `return_state`, also the last one by itself."""
    last = last_of(call, states.value)
    output = states if config.flag("return_sequences", False) else last
    if not config.flag("return_state", False):
        return output
    if "LSTM" not in call.layer.kind:
        return [output, last]
    note = "the cell of an LSTM, which is not an output of the layer"
    cell = call.builder.add_custom("cell_state", last.shape, [states.value], note)
    return [output, last, last.with_value(cell)]


def last_of(call: LayerCall, states: SketchValue, index: int = -1) -> TensorView:
    """The state of one time step."""
    value = call.add("select", {"index": index, "axis": TIME}, [states])
    return TensorView(value, ((BATCH,), (0,)))


# Wrappers


def bidirectional(call: LayerCall) -> LayerResults:
    """Bidirectional: two layers in one of the catalogue, if they differ in direction only."""
    inner, config = wrapped(call, "layer")
    mode = call.config.values.get("merge_mode", "concat")
    if config.flag("return_state", False):
        raise Unsupported("the states of both directions")
    if call.config.has("backward_layer"):
        backward, other = wrapped(call, "backward_layer")
        if backward != inner or sizes_differ(config, other):
            raise Unsupported("directions with different layers")
    states = states_of(call, inner, config, is_bidirectional=True)
    is_series = config.flag("return_sequences", False)
    if mode == "concat" and is_series:
        return states
    parts = call.builder.add_parts({"parts": 2, "axis": 0}, states.value)
    if is_series:
        both = [states.with_value(part) for part in parts]
    else:
        both = [last_of(call, parts[0], -1), last_of(call, parts[1], 0)]
    return merged(call, both, mode)


def merged(call: LayerCall, both: list[TensorView], mode: object) -> LayerResults:
    """Both directions as `merge_mode` has them."""
    sizes = call.sizes(both[0])
    if mode is None:
        return both
    if mode == "concat":
        value = call.add("concat", {"axis": 0}, [view.value for view in both])
        return both[0].with_value(value)
    if mode == "mul":
        return joined(call.builder, "mul", both, sizes)
    if mode not in ("sum", "ave"):
        raise call.config.wrong("merge_mode", "one of concat, sum, mul and ave")
    total = joined(call.builder, "add", both, sizes)
    return total if mode == "sum" else total.with_value(call.add("div", {}, [total.value, 2.0]))


def wrapped(call: LayerCall, key: str) -> tuple[str, LayerConfig]:
    """The class and the configuration of a layer in another one."""
    entry = call.config.inner(key)
    return entry.text("class_name", ""), entry.inner("config")


def sizes_differ(first: LayerConfig, second: LayerConfig) -> bool:
    keys = ("units", "use_bias", "reset_after")
    return any(first.values.get(key) != second.values.get(key) for key in keys)


def cells(call: LayerCall) -> LayerResults:
    """RNN with one cell or several, one after the other."""
    if call.config.flag("return_state", False):
        raise Unsupported("the states of cells")
    entries = cell_entries(call.config)
    states = call.view
    for number, (name, config) in enumerate(entries):
        inner = call._replace(arguments=(states,))
        states = states_of(inner, name, config, part=f"cell{number}")
    if call.config.flag("return_sequences", False):
        return states
    return last_of(call, states.value)


def cell_entries(config: LayerConfig) -> list[tuple[str, LayerConfig]]:
    """The classes and configurations of cells; StackedRNNCells has a list of them."""
    given = config.values.get("cell")
    entries = config.objects("cell") if isinstance(given, list) else [config.inner("cell")]
    found: list[tuple[str, LayerConfig]] = []
    for entry in entries:
        name, inner = entry.text("class_name", ""), entry.inner("config")
        if name == "StackedRNNCells":
            found += [(e.text("class_name", ""), e.inner("config")) for e in inner.objects("cells")]
        else:
            found.append((name, inner))
    return found


KINDS = dict.fromkeys(("lstm", "gru", "rnn"), recurrent)
CLASSES: Mapping[str, Any] = {
    **dict.fromkeys(("CuDNNLSTM", "CuDNNGRU"), recurrent),
    "Bidirectional": bidirectional,
    "RNN": cells,
}
