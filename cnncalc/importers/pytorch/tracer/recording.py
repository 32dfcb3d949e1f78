"""Runs a model, and writes down its functions and the calls of its modules."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from .arguments import nested, runnable
from .construction import Constructors
from .errors import Json, user_code

FORMAT = "cnncalc/program/1"

# The functions that return no tensor of the data, or only describe one

QUIET = frozenset(
    (
        *("shape", "size", "dim", "ndim", "ndimension", "device", "dtype", "layout", "names"),
        *("numel", "nelement", "stride", "storage_offset", "element_size", "itemsize", "nbytes"),
        *("requires_grad", "requires_grad_", "grad", "grad_fn", "data_ptr", "_version", "type"),
        *("get_device", "__len__", "__repr__", "__format__", "__hash__", "retains_grad"),
        *("has_names", "dim_order", "_backward_hooks"),
    )
)


def function_name(function: Any) -> str:
    """The name of a function; that of the attribute for a getter."""
    name = str(getattr(function, "__name__", function))
    if name == "__get__":
        return str(getattr(function.__self__, "__name__", name))
    return name


class Recorder:
    """Writes down operations and calls.  A tensor is known by its id as long as it is kept."""

    def __init__(self, model: Any, constructors: Constructors) -> None:
        self.constructors = constructors
        self.operations: list[Json] = []
        self.calls: list[Json] = []
        self.open: list[int] = []
        self.kept: list[Any] = []
        self.tensors: dict[int, Json] = {}
        self.paths: dict[int, str] = {}
        self.parameters: Json = {}
        self.buffers: Json = {}
        self.constants = 0
        for path, module in model.named_modules(remove_duplicate=False):
            self.paths.setdefault(id(module), path)
        for name, tensor in model.named_parameters():
            self.parameters[name] = [list(tensor.shape), bool(tensor.requires_grad)]
            self.store("parameter", name, tensor)
        for name, tensor in model.named_buffers():
            self.buffers[name] = [list(tensor.shape), False]
            self.store("buffer", name, tensor)

    def store(self, kind: str, name: str, tensor: Any) -> Json:
        reference = {"tensor": kind, "sizes": list(tensor.shape), "name": name}
        self.tensors.setdefault(id(tensor), reference)
        self.kept.append(tensor)
        return self.tensors[id(tensor)]

    def reference(self, tensor: Any) -> Json:
        if id(tensor) not in self.tensors:
            self.constants += 1
            self.store("constant", f"constant{self.constants}", tensor)
        return self.tensors[id(tensor)]

    def argument(self, value: Any) -> Any:
        """An argument as JSON has it."""
        import torch

        if isinstance(value, torch.Tensor):
            return self.reference(value)
        if isinstance(value, slice):
            return {"slice": [self.argument(v) for v in (value.start, value.stop, value.step)]}
        if value is Ellipsis:
            return {"ellipsis": True}
        if isinstance(value, dict):
            return {"mapping": {str(key): self.argument(entry) for key, entry in value.items()}}
        if isinstance(value, tuple | list):
            return [self.argument(entry) for entry in value]
        if value is None or isinstance(value, bool | int | float | str):
            return value
        return str(value)

    def record(self, function: Any, args: Any, kwargs: Json, result: Any) -> None:
        """Write an operation down whose result holds tensors."""
        import torch
        from torch.utils._pytree import tree_flatten

        name = function_name(function)
        is_assignment = name == "__setitem__"
        found = [args[0]] if is_assignment else tree_flatten(result)[0]
        tensors = [tensor for tensor in found if isinstance(tensor, torch.Tensor)]
        if not tensors:
            return
        index = len(self.operations)
        self.operations.append(
            {
                "function": name,
                "arguments": self.argument(list(args)),
                "keywords": {key: self.argument(value) for key, value in kwargs.items()},
                "results": [list(tensor.shape) for tensor in tensors],
                "call": self.open[-1] if self.open else 0,
            }
        )
        for part, tensor in enumerate(tensors):
            self.kept.append(tensor)
            self.tensors[id(tensor)] = {
                "tensor": "output",
                "sizes": list(tensor.shape),
                "operation": index,
                "part": part,
            }

    def enter(self, module: Any, args: Any, kwargs: Json) -> None:
        names, inputs = self.inputs_of(module, args, kwargs)
        self.calls.append(
            {
                "path": self.paths.get(id(module), ""),
                "kind": f"{type(module).__module__}.{type(module).__qualname__}",
                "parent": self.open[-1] if self.open else None,
                "start": len(self.operations),
                "end": len(self.operations),
                "inputs": inputs,
                "outputs": [],
                "input_names": names,
                "constructor": self.constructors.of(module),
            }
        )
        self.open.append(len(self.calls) - 1)

    def inputs_of(self, module: Any, args: Any, kwargs: Json) -> tuple[list[str], list[Json]]:
        """The tensors that a module is called with, and the names that its `forward` has."""
        import torch
        from torch.utils._pytree import tree_flatten

        try:
            bound = inspect.signature(module.forward).bind(*args, **kwargs).arguments
        except (TypeError, ValueError):
            bound = {f"input{index}": value for index, value in enumerate(args)}
        names, inputs = [], []
        for name, value in bound.items():
            tensors = [t for t in tree_flatten(value)[0] if isinstance(t, torch.Tensor)]
            for index, tensor in enumerate(tensors):
                names.append(name if len(tensors) == 1 else f"{name}{index}")
                inputs.append(self.reference(tensor))
        return names, inputs

    def leave(self, result: Any) -> None:
        import torch
        from torch.utils._pytree import tree_flatten

        call = self.calls[self.open.pop()]
        call["end"] = len(self.operations)
        tensors = [t for t in tree_flatten(result)[0] if isinstance(t, torch.Tensor)]
        call["outputs"] = [self.reference(tensor) for tensor in tensors]


def recording_mode(recorder: Recorder) -> Any:
    from torch.overrides import TorchFunctionMode

    class RecordingMode(TorchFunctionMode):
        def __torch_function__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            kwargs = dict(kwargs or {})
            name = function_name(function)
            if name in QUIET or name.startswith("is_"):
                return function(*args, **kwargs)
            arguments = recorder.argument(list(args))  # before an in-place function changes them
            runnable_args, runnable_kwargs = runnable(name, args, kwargs)
            result = function(*runnable_args, **runnable_kwargs)
            if "dropout" in name and result is args[0] and not kwargs.get("inplace"):
                result = result.view_as(result)  # in evaluation, it is the input itself
            count = len(recorder.operations)
            recorder.record(function, args, kwargs, result)
            if len(recorder.operations) > count:
                recorder.operations[-1]["arguments"] = arguments
            return result

    return RecordingMode()


def run(
    model: Any,
    constructors: Constructors,
    sizes: dict[str, tuple[int, ...]],
    batch: int,
    device: str,
) -> Json:
    """The Program of one run.  Raises UserError."""
    import torch

    tensors = {name: torch.zeros((batch, *entry), device=device) for name, entry in sizes.items()}
    positional = [tensor for name, tensor in tensors.items() if name.startswith("#")]
    named = nested({name: t for name, t in tensors.items() if not name.startswith("#")})
    make_lazy_weights(model, positional, named)
    recorder = Recorder(model, constructors)
    labels = input_labels(model, list(sizes))
    inputs = [
        recorder.store("input", label, tensor)
        for label, tensor in zip(labels, tensors.values(), strict=True)
    ]
    with recorded_calls(recorder), warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        with user_code(), recording_mode(recorder):
            result = model(*positional, **named)
    outputs = [[name, recorder.reference(tensor)] for name, tensor in named_outputs(result, "")]
    return {
        "format": FORMAT,
        "framework": f"torch {torch.__version__.partition('+')[0]}",
        "batch": batch,
        "inputs": inputs,
        "outputs": outputs,
        "operations": recorder.operations,
        "calls": recorder.calls,
        "parameters": recorder.parameters,
        "buffers": recorder.buffers,
        "remarks": [],
    }


def make_lazy_weights(model: Any, positional: Sequence[Any], named: Json) -> None:
    """Give lazy modules their weights, by a run of the model.  Raises UserError."""
    import torch
    from torch.nn.parameter import is_lazy

    if any(is_lazy(tensor) for tensor in (*model.parameters(), *model.buffers())):
        with user_code(), torch.no_grad():
            model(*positional, **named)


@contextlib.contextmanager
def recorded_calls(recorder: Recorder) -> Iterator[None]:
    """Record every call of a module."""
    from torch.nn.modules import module as hooks

    before = hooks.register_module_forward_pre_hook(
        lambda module, args: recorder.enter(module, args, {})
    )
    after = hooks.register_module_forward_hook(lambda module, args, result: recorder.leave(result))
    try:
        yield
    finally:
        before.remove()
        after.remove()


def input_labels(model: Any, names: Sequence[str]) -> list[str]:
    """The names of the inputs in `forward`."""
    try:
        parameters = list(inspect.signature(model.forward).parameters)
    except (TypeError, ValueError):
        parameters = []
    positional = [name for name in names if name.startswith("#")]
    labels = {name: f"input{index}" for index, name in enumerate(positional)}
    for name, label in zip(positional, parameters, strict=False):
        if label.isidentifier() and label not in ("args", "kwargs"):
            labels[name] = label
    return [labels.get(name, name) for name in names]


def named_outputs(result: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """The tensors of a result with their keys, joined by dots."""
    import torch

    if isinstance(result, torch.Tensor):
        yield prefix, result
        return
    if isinstance(result, dict):
        entries = [(str(key), value) for key, value in result.items()]
    elif isinstance(result, tuple | list):
        fields = getattr(result, "_fields", None) or range(len(result))
        entries = [(str(key), value) for key, value in zip(fields, result, strict=True)]
    elif hasattr(result, "__dataclass_fields__"):
        entries = [(key, getattr(result, key)) for key in result.__dataclass_fields__]
    else:
        return
    for key, value in entries:
        yield from named_outputs(value, f"{prefix}.{key}" if prefix else key)
