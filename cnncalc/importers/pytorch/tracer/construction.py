"""Makes a model without memory for its weights, and remembers what its modules were made with."""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from .errors import Json, UserError, user_code

LARGE = 1024
"""The elements from which on a tensor that a constructor makes is not allocated."""


def load(source: str, given: Sequence[str]) -> Callable[[], Any]:
    """The function that makes the model: `source`, with arguments as literals.

    Raises UserError.
    """
    place, _, call = source.rpartition(":")
    if not place or not call:
        raise UserError(f"`{source}` does not name a callable: write package.module:callable")
    name, positional, named = call_parts(call)
    for entry in given:
        key, equals, text = entry.partition("=")
        if not equals:
            raise UserError(f"`--arg {entry}`: write --arg NAME=VALUE")
        named[key.strip()] = literal(text)
    factory = attribute(module_of(place), name, place)
    if is_model(factory) or not callable(factory):
        return lambda: factory
    if place.startswith("torchvision."):
        named = {**without_weights(positional, named), **named}
    return lambda: factory(*positional, **named)


def is_model(value: Any) -> bool:
    """True for a model, which is callable, but not to be called for one."""
    from torch import nn

    return isinstance(value, nn.Module)


def without_weights(positional: Sequence[Any], named: Json) -> Json:
    """The arguments with which a model of torchvision downloads no weights."""
    models = importlib.import_module("torchvision.models")
    try:
        builder = models.get_model_builder(positional[0] if positional else named["name"])
        known = inspect.signature(builder).parameters
    except (KeyError, ValueError):
        return {}
    return {name: None for name in ("weights", "weights_backbone") if name in known}


def call_parts(call: str) -> tuple[str, list[Any], dict[str, Any]]:
    """The name and the arguments of `name` or `name(1, key='x')`; the arguments are literals."""
    if "(" not in call:
        return call, [], {}
    try:
        node = ast.parse(call, mode="eval").body
        if not isinstance(node, ast.Call):
            raise ValueError("not a call")
        positional = [ast.literal_eval(argument) for argument in node.args]
        named = {key.arg: ast.literal_eval(key.value) for key in node.keywords if key.arg}
    except (SyntaxError, ValueError):
        raise UserError(f"`{call}`: the arguments of a call must be literals") from None
    return ast.unparse(node.func), positional, named


def literal(text: str) -> Any:
    """A value on the command line: a Python literal, else the text itself."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def module_of(place: str) -> Any:
    """A module by its name, or the file with its code.  Raises UserError."""
    sys.path.insert(0, os.getcwd())
    with user_code():
        if place.endswith(".py"):
            sys.path.insert(0, os.path.dirname(os.path.abspath(place)))
            spec = importlib.util.spec_from_file_location(os.path.basename(place)[:-3], place)
            if spec is None or spec.loader is None or not os.path.isfile(place):
                raise UserError(f"there is no file {place}")
            module = importlib.util.module_from_spec(spec)
            sys.modules[spec.name] = module
            spec.loader.exec_module(module)
            return module
        return importlib.import_module(place)


def attribute(module: Any, name: str, place: str) -> Any:
    """An attribute by its dotted name.  Raises UserError."""
    found = module
    for word in name.split("."):
        if not hasattr(found, word):
            raise UserError(f"{place} has no `{name}`")
        found = getattr(found, word)
    return found


def plain_module(cls: type, *_: Any, **__: Any) -> Any:
    """`__new__` of modules, as it is without a Constructors."""
    return object.__new__(cls)


class Constructors:
    """Remembers the arguments that each module was made with, while it is active."""

    def __init__(self) -> None:
        self.arguments: dict[int, tuple[tuple[Any, ...], dict[str, Any]]] = {}
        self.kept: list[Any] = []  # so that ids stay unique

    def __enter__(self) -> Constructors:
        from torch import nn

        def make(cls: type, *positional: Any, **named: Any) -> Any:
            module: Any = object.__new__(cls)
            self.arguments[id(module)] = (positional, named)
            self.kept.append(module)
            return module

        nn.Module.__new__ = make  # type: ignore[method-assign, assignment]
        return self

    def __exit__(self, *_: object) -> None:
        from torch import nn

        # Deleting it would make CPython refuse the arguments of every later constructor.
        nn.Module.__new__ = plain_module  # type: ignore[method-assign, assignment]

    def of(self, module: Any) -> Json:
        """What a module was made with, by name; then the numbers that it keeps, as `.name`.

        The attributes of an argument that is a configuration are arguments too.
        """
        found: Json = {}
        for name, value in self.bound(module).items():
            add_plain(found, name, value)
        for name, value in vars(module).items():
            is_known = name.startswith("_") or name in found or name == "training"
            if not is_known and isinstance(value, bool | int | float):
                found[f".{name}"] = value
        return found

    def bound(self, module: Any) -> Json:
        """The arguments of the constructor by name, with their defaults."""
        if id(module) not in self.arguments:
            return {}
        positional, named = self.arguments[id(module)]
        try:
            bound = inspect.signature(type(module).__init__).bind(module, *positional, **named)
        except (TypeError, ValueError):
            return dict(named)
        bound.apply_defaults()
        arguments = dict(list(bound.arguments.items())[1:])
        for extra in ("kwargs", "kw"):
            if isinstance(arguments.get(extra), dict):
                arguments |= arguments.pop(extra)
        return arguments


def add_plain(found: Json, name: str, value: Any, *, is_inner: bool = False) -> None:
    """Add an argument: numbers, words, short lists of numbers, else only that it is there."""
    if value is None or isinstance(value, bool | int | float | str):
        found[name] = value
    elif isinstance(value, tuple | list) and all(type(entry) is int for entry in value):
        if len(value) <= 4:
            found[name] = list(value)
    elif not is_inner and is_configuration(value):
        for key, entry in vars(value).items():
            add_plain(found, key, entry, is_inner=True)
        found.setdefault(name, True)
    else:
        found[name] = True


def is_configuration(value: Any) -> bool:
    """True for an object that holds values: neither a module nor a function or class."""
    from torch import nn

    return hasattr(value, "__dict__") and not isinstance(value, nn.Module) and not callable(value)


def made(factory: Callable[[], Any]) -> tuple[Any, Constructors]:
    """The model, without memory for its weights.

    A constructor that needs the values of large tensors is called again, with memory for them.
    Raises UserError.
    """
    import torch

    try:
        return made_with(factory, sparing_mode(torch))
    except UserError as error:
        try:
            return made_with(factory, contextlib.nullcontext())
        except UserError:
            raise error from None


def made_with(factory: Callable[[], Any], mode: Any) -> tuple[Any, Constructors]:
    """The model, made in a mode of torch.  Raises UserError."""
    from torch import nn

    with Constructors() as constructors, user_code(), mode:
        model = factory()
        if not isinstance(model, nn.Module):
            kind = type(model).__name__
            raise UserError(f"the callable returned {kind}, not a torch.nn.Module")
        model = without_data(model)
    return model, constructors


def without_data(model: Any) -> Any:
    """The model on the device `meta`.

    A tensor that has several names stays one, and the weights of lazy modules stay to be made.
    """
    from torch.nn.parameter import is_lazy

    tensors = [
        *model.named_parameters(remove_duplicate=False),
        *model.named_buffers(remove_duplicate=False),
    ]
    names: dict[int, list[str]] = {}
    for name, tensor in tensors:
        if is_lazy(tensor):
            set_tensor(model, name, type(tensor)(device="meta"))
        else:
            names.setdefault(id(tensor), []).append(name)
    model = model.to("meta")
    for first, *others in names.values():
        path, _, word = first.rpartition(".")
        for name in others:
            set_tensor(model, name, getattr(model.get_submodule(path), word))
    return model


def set_tensor(model: Any, name: str, tensor: Any) -> None:
    """Replace a parameter or a buffer of a model."""
    path, _, word = name.rpartition(".")
    setattr(model.get_submodule(path), word, tensor)


def sparing_mode(torch: Any) -> Any:
    """A mode in which large tensors are not allocated; small ones, which constructors may compute
    with, are."""
    from torch.overrides import TorchFunctionMode

    makers = {torch.empty, torch.zeros, torch.ones, torch.randn, torch.rand, torch.full}

    class SparingMode(TorchFunctionMode):
        def __torch_function__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            kwargs = dict(kwargs or {})
            if function in makers and kwargs.get("device") is None and is_large(args, kwargs):
                kwargs["device"] = "meta"
            return function(*args, **kwargs)

    return SparingMode()


def is_large(args: tuple[Any, ...], kwargs: Json) -> bool:
    """True if a tensor of these sizes is large."""
    sizes = kwargs.get("size", args[0] if args and isinstance(args[0], tuple | list) else args)
    try:
        return prod(sizes) >= LARGE
    except TypeError:
        return False
