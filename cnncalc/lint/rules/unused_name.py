"""A name that is defined but never read: a `let`, an input of a block, or the binding of a `for`.

A step may have a name that nothing refers to: tables show it, and `expect` may use it.

Fails:

```yaml
input: 3x32x32
blocks:
  wide:
    params: [out]
    let: {width: out * 4}
    layers: [{conv: out, kernel: 3}, relu]
layers:
  - {wide: 16}
```

Passes:

```yaml
input: 3x32x32
blocks:
  wide:
    params: [out]
    let: {width: out * 4}
    layers: [{conv: width, kernel: 3}, relu]
layers:
  - {wide: 16}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..context import LintContext
from ..finding import Violation
from ..rule import Rule
from ..usage import (
    all_steps,
    bodies,
    names_in_step,
    references_in_block,
    unread_definitions,
)

if TYPE_CHECKING:
    from ...document import Block, Step

REMOVE = "remove it"


def check(context: LintContext) -> Iterator[Violation]:
    for block in context.document.blocks.values():
        yield from unused_lets(block)
        yield from unused_inputs(block)
    for body in bodies(context.document):
        for step in all_steps(body):
            yield from unused_bindings(step)


def unused_lets(block: Block) -> Iterator[Violation]:
    for name in unread_definitions(block):
        if name not in block.params:
            message = f"`{name}`, a `let` of block `{block.name}`, is never read"
            yield Violation(block.name_spans[name], message, REMOVE)


def unused_inputs(block: Block) -> Iterator[Violation]:
    """The first input of a block needs no reader: its first step reads it."""
    named = (*block.inputs[1:], *([block.rest] if block.rest else []))
    if not named:
        return
    read = references_in_block(block)
    for name in named:
        if name not in read:
            message = f"`{name}`, an input of block `{block.name}`, is never read"
            yield Violation(block.name_spans[name], message, REMOVE)


def unused_bindings(step: Step) -> Iterator[Violation]:
    """A binding that only sets the number of iterations is better written as `repeat`."""
    if step.bindings is None:
        return
    read = names_in_step(step._replace(bindings=None, repeat=None))
    for name, expression in step.bindings:
        if name not in read:
            hint = "write `repeat` for a count" if len(step.bindings) == 1 else REMOVE
            message = f"the binding `{name}` of `for` is never read"
            yield Violation(expression.span, message, hint)


RULE = Rule("unused-name", check, __doc__)
