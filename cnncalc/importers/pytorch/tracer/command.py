"""The command line of the tracer, and how a model is run."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from typing import Any

from .construction import Constructors, call_parts, is_model, load, made
from .errors import Json, UserError, user_code
from .recording import run

BATCHES = (13, 1)
"""The batch sizes that are tried: a prime tells the batch apart where axes are joined."""

USER_ERROR = 3
"""The exit code for an error in the user's code or arguments."""


def main(arguments: Sequence[str]) -> int:
    """Print the Program, or the message of a USER_ERROR, as the last line of standard output.

    The model's own code may have printed, and torch may have warned.
    """
    options = parser().parse_args(arguments)
    try:
        printed: Json | str = traced(options)
        code = 0
    except UserError as error:
        printed, code = str(error), USER_ERROR
    sys.stdout.write("\n" + json.dumps(printed) + "\n")
    return code


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="trace")
    words.add_argument("source", help="package.module:callable, file.py:callable, or a call of it")
    words.add_argument("--input", action="append", default=[], metavar="[NAME=]SIZES")
    words.add_argument("--arg", action="append", default=[], metavar="NAME=VALUE")
    words.add_argument("--module", default="", metavar="PATH")
    words.add_argument("--train", action="store_true")
    return words


def traced(options: argparse.Namespace) -> Json:
    """The Program of a model.  Raises UserError."""
    model, constructors = made(load(options.source, options.arg))
    if options.module:
        with user_code():
            model = model.get_submodule(options.module)
    model.train(options.train)
    inputs = dict(input_sizes(entry, index) for index, entry in enumerate(options.input))
    if not inputs:
        inputs = default_inputs(model, options.source)
    if options.train:
        return traced_with(model, constructors, inputs)
    return traced_in_both_modes(model, constructors, inputs)


def traced_in_both_modes(
    model: Any, constructors: Constructors, inputs: dict[str, tuple[int, ...]]
) -> Json:
    """The Program in evaluation, with that in training if it has more outputs.

    Raises UserError.
    """
    program = traced_with(model.eval(), constructors, inputs)
    program["training"] = traced_in_training(model, constructors, inputs, program)
    return program


def traced_in_training(
    model: Any, constructors: Constructors, inputs: dict[str, tuple[int, ...]], evaluated: Json
) -> Json | None:
    """The Program in training, if the model has more outputs there than in evaluation."""
    try:
        program = run(model.train(), constructors, inputs, evaluated["batch"], "meta")
    except UserError:  # it was run in evaluation, which is what counts
        return None
    return program if len(program["outputs"]) > len(evaluated["outputs"]) else None


def trace_module(model: Any, inputs: dict[str, tuple[int, ...]]) -> Json:
    """The Program of a module that exists, in its mode; a copy of it without data is run.

    Raises UserError.
    """
    return traced_with(copied_without_data(model), Constructors(), inputs)


def trace_model_in_both_modes(model: Any, inputs: dict[str, tuple[int, ...]]) -> Json:
    """The Program of a module, or of the one that a callable makes, in evaluation and in training.

    Raises UserError.
    """
    if is_model(model):
        return traced_in_both_modes(copied_without_data(model), Constructors(), inputs)
    return traced_in_both_modes(*made(model), inputs)


def copied_without_data(model: Any) -> Any:
    """A copy of a module, on the device `meta`.  Raises UserError."""
    import copy

    with user_code():
        return copy.deepcopy(model, memo_without_data(model)).to("meta")


def memo_without_data(model: Any) -> dict[int, Any]:
    """For `deepcopy`: each tensor of a module becomes one without data."""
    import torch

    found: dict[int, Any] = {}
    for tensor in model.parameters():
        empty = torch.empty_like(tensor, device="meta")
        found[id(tensor)] = torch.nn.Parameter(empty, requires_grad=tensor.requires_grad)
    for tensor in model.buffers():
        found[id(tensor)] = torch.empty_like(tensor, device="meta")
    return found


def traced_with(model: Any, constructors: Constructors, inputs: dict[str, tuple[int, ...]]) -> Json:
    """The Program of a model with inputs of these sizes.  Raises UserError.

    If it cannot be run without data, it is run once on zeros.
    """
    first_error: UserError | None = None
    for batch in BATCHES:
        try:
            return run(model, constructors, inputs, batch, "meta")
        except UserError as error:
            first_error = first_error or error
    try:
        with user_code():
            zero_weights(model)
        program = run(model, constructors, inputs, 1, "cpu")
    except UserError as error:
        reason = error if depends_on_values(first_error) else first_error
        hints = wrong_input(model, inputs) or smaller_part(model)
        raise UserError(f"{reason}{hints}") from None
    program["remarks"].append("the path depends on values: the one for zeros was taken")
    return program


def depends_on_values(error: UserError | None) -> bool:
    """True if a model cannot be run without data."""
    return any(word in str(error) for word in ("NotImplementedError", "meta"))


PARTS = ("backbone", "encoder", "body", "model")
"""What models call their part that has a tensor as the input, and tensors as outputs."""


def smaller_part(model: Any) -> str:
    """How to import a part of a detector or the like, as a line of a message."""
    found = next((name for name in PARTS if name in dict(model.named_children())), "")
    return f"\n  a part of the model may be imported: --module {found}" if found else ""


def zero_weights(model: Any) -> None:
    """Give the model weights, all of them zero."""
    import torch

    model.to_empty(device="cpu")
    with torch.no_grad():
        for tensor in [*model.parameters(), *model.buffers()]:
            tensor.zero_()


def input_sizes(entry: str, index: int) -> tuple[str, tuple[int, ...]]:
    """`3x224x224`, or `image=3x224x224`, as a name and sizes; `t=` is one number for each sample.

    Raises UserError.
    """
    name, equals, text = entry.rpartition("=")
    words = text.replace(",", "x").strip("()[] ")
    try:
        sizes = tuple(int(size) for size in words.split("x")) if words or not name else ()
    except ValueError:
        raise UserError(f"`--input {entry}`: write sizes such as 3x224x224") from None
    return name if equals else f"#{index}", sizes


def default_inputs(model: Any, source: str) -> dict[str, tuple[int, ...]]:
    """The sizes that a library states for its model (timm, torchvision).

    Raises UserError with what the first layer takes if there are none.
    """
    stated = getattr(model, "pretrained_cfg", None) or getattr(model, "default_cfg", None) or {}
    sizes = stated.get("input_size") if isinstance(stated, dict) else None
    if sizes is None and source.startswith("torchvision."):
        sizes = torchvision_sizes(source)
    if sizes:
        return {"#0": tuple(sizes)}
    raise UserError(f"give the shape of the input: --input {wanted_input(model)}")


def torchvision_sizes(source: str) -> tuple[int, ...] | None:
    """The sizes that the weights of a model of torchvision were trained with."""
    name, positional, _ = call_parts(source.rpartition(":")[2])
    try:
        models = importlib.import_module("torchvision.models")
        weights = models.get_model_weights(positional[0] if positional else name)
        crop = weights.DEFAULT.transforms().crop_size
    except (AttributeError, ImportError, IndexError, KeyError, TypeError, ValueError):
        return None
    return (3, crop[0], crop[-1])


def wrong_input(model: Any, inputs: dict[str, tuple[int, ...]]) -> str:
    """What the first layer takes, as a line of a message, if the input is something else."""
    found, wanted = first_layer(model)
    sizes = next(iter(inputs.values())) or (1,)
    is_same = len(wanted) == 1 or len(wanted) == len(sizes)
    if not wanted or (is_same and wanted[0] == str(sizes[-1 if len(wanted) == 1 else 0])):
        return ""
    name = f", {found}," if found else ""
    return f"\n  the first layer with weights{name} takes {'x'.join(wanted)}"


def wanted_input(model: Any) -> str:
    """What the first layer with weights takes, for a message."""
    _, wanted = first_layer(model)
    return "x".join(wanted) or "3x224x224"


def first_layer(model: Any) -> tuple[str, tuple[str, ...]]:
    """The name of the first layer with weights, and the sizes it takes: ("conv1", (3, H, W))."""
    from torch import nn

    for name, module in model.named_modules():
        if isinstance(module, nn.Linear):
            return name, (str(module.in_features),)
        for axes, kind in (("L", nn.Conv1d), ("HW", nn.Conv2d), ("DHW", nn.Conv3d)):
            if isinstance(module, kind):
                return name, (str(module.in_channels), *axes)
    return "", ()
