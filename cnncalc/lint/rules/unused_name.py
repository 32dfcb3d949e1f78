"""A name that is defined and never read: a `let`, what enters a block, or the binding of a `for`.

A step may have a name that nothing refers to: tables show it, and `expect` may speak of it.

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

from .. import usage as reads
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule

if TYPE_CHECKING:
    from ...document import Block, Step

REMOVE = "remove it"


def check(subject: LintContext) -> Iterator[Violation]:
    for block in subject.document.blocks.values():
        yield from unused_lets(block)
        yield from unused_inputs(block)
    for body in reads.bodies(subject.document):
        for step in reads.all_steps(body):
            yield from unused_bindings(step)


def unused_lets(block: Block) -> Iterator[Violation]:
    for index, (name, _) in enumerate(block.lets):
        read = reads.of_all(expression for _, expression in block.lets[index + 1 :]) | reads.inside(
            block
        )
        if name not in read:
            yield Violation(
                block.places[name],
                f"`{name}`, a `let` of block `{block.name}`, is never read",
                REMOVE,
            )


def unused_inputs(block: Block) -> Iterator[Violation]:
    """Of what enters a block, the first goes on by itself."""
    named = (*block.inputs[1:], *([block.rest] if block.rest else []))
    if not named:
        return
    read = reads.references_of(block)
    for name in named:
        if name not in read:
            yield Violation(
                block.places[name],
                f"`{name}`, which enters block `{block.name}`, is never read",
                REMOVE,
            )


def unused_bindings(step: Step) -> Iterator[Violation]:
    """One of several bindings may be there for the count alone; where it is the only one, `repeat` says it better."""
    if step.bindings is None:
        return
    read = reads.of_step(step._replace(bindings=None, repeat=None))
    for name, expression in step.bindings:
        if name not in read:
            hint = "write `repeat` for a count" if len(step.bindings) == 1 else REMOVE
            yield Violation(
                expression.span, f"`{name}`, which `for` binds to this, is never read", hint
            )


RULE = Rule("unused-name", check, __doc__)
