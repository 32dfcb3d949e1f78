"""The parameters of a layer or block, and the check of a call against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from ..document import Block, Step
from ..layers import layer_class
from ..named_tuple import NamedTuple
from ..problem import Problem, Span, count, did_you_mean


class Signature(NamedTuple):
    """The parameters of a layer or block.

    `parameters` are in the order of positional values, `required` those without a default.
    `example` is a call with the required ones.  `incomplete` means that some could not be read.
    """

    name: str
    parameters: tuple[str, ...]
    required: tuple[str, ...]
    example: str
    incomplete: bool = False

    def problems(self, step: Step, named: Mapping[str, Span]) -> Iterator[Problem]:
        """The problems of a call: its positional values, and the positions of its named ones."""
        names = self.parameters
        positional = names[: len(step.value)]
        if len(step.value) > len(names):
            takes = count(len(names), "argument") if names else "no arguments"
            yield Problem(
                step.value[len(names)].span,
                "unknown-argument",
                f"{self.name} takes {takes}, found {len(step.value)}",
                f"it takes {', '.join(names)}" if names else "",
            )
        for name, span in named.items():
            if name not in self.parameters:
                message = f"unknown argument `{name}` of {self.name}"
                yield Problem(span, "unknown-argument", message, did_you_mean(name, names))
            elif name in positional:
                hint = f"the value of `{step.word}` is its `{name}`"
                yield Problem(span, "duplicate-argument", f"`{name}` is given twice", hint)
        given = {*positional, *named}
        missing = [f"`{name}`" for name in self.required if name not in given]
        if missing and not step.broken:
            message = f"{self.name} needs {' and '.join(missing)}"
            yield Problem(step.span, "missing-argument", message, f"as in {self.example}")


@cache
def layer_signature(kind: str) -> Signature:
    """The signature of a kind of layers."""
    cls = layer_class(kind)
    required = tuple([name for name, field in cls.fields.items() if field.required])
    return Signature(kind, tuple(cls.fields), required, cls.example[1])


def block_signature(
    name: str, defaults: Mapping[str, object | None], incomplete: bool = False
) -> Signature:
    """The signature of a block, from the defaults of its parameters (None: required)."""
    required = tuple([word for word, default in defaults.items() if default is None])
    value = required[0] if len(required) == 1 else f"[{', '.join(required)}]"
    return Signature(name, tuple(defaults), required, f"{{{name}: {value}}}", incomplete)


def signature_of(block: Block) -> Signature:
    """The signature of a block that was read."""
    return block_signature(block.name, block.params)
