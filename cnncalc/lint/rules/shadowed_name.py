"""A name that hides another one: a reader has to know which of the two is meant.

That is a block named after a built-in layer (inside the block the word means the built-in,
elsewhere the block), a `let` or the binding of a `for` named after a variable, and a binding named
after a parameter, a `let` or an outer binding.  A parameter may have the name of a variable, and a
list may be bound to its own name: that is how they are passed on.

Fails:

```yaml
input: 3x32x32
vars: {width: 16}
layers:
  - for: {width: [32, 64]}
    layers: [{conv: width, kernel: 3}, relu]
  - {conv: width, kernel: 1}
```

Passes:

```yaml
input: 3x32x32
vars: {width: 16}
layers:
  - for: {wider: [32, 64]}
    layers: [{conv: wider, kernel: 3}, relu]
  - {conv: width, kernel: 1}
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ...layers import LAYERS
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule

if TYPE_CHECKING:
    from ...document import Block, Body, Step

HINT = "choose another name"
BUILT_IN_HINT = "inside the block the word means the built-in layer: choose another name"


def check(context: LintContext) -> Iterator[Violation]:
    document = context.document
    variables = dict.fromkeys(document.vars, "a variable")
    for block in document.blocks.values():
        yield from in_block(block, variables)
    yield from in_body(document.body, variables)


def in_block(block: Block, variables: Mapping[str, str]) -> Iterator[Violation]:
    if block.name in LAYERS:
        message = f"block `{block.name}` hides the built-in layer of that name"
        yield Violation(block.span, message, BUILT_IN_HINT)
    for let, _ in block.lets:
        if let in variables:
            message = f"`{let}`, a `let` of block `{block.name}`, hides a variable of the file"
            yield Violation(block.name_spans[let], message, HINT)
    params = dict.fromkeys(block.params, "a parameter")
    lets = dict.fromkeys(dict(block.lets), "a `let`")
    yield from in_body(block.body, {**variables, **params, **lets})


def in_body(body: Body, known: Mapping[str, str]) -> Iterator[Violation]:
    for step in body.steps:
        yield from in_step(step, known)


def in_step(step: Step, known: Mapping[str, str]) -> Iterator[Violation]:
    for bindings in (step.bindings, step.across):
        for name, expression in bindings or ():
            if name in known and expression.text != name:
                message = f"the binding `{name}` hides {known[name]} of the same name"
                yield Violation(expression.span, message, HINT)
        if bindings:
            known = {**known, **{name: "an outer binding" for name, _ in bindings}}
    for body in (step.body, *(operand.body for operand in step.operands)):
        if body:
            yield from in_body(body, known)


RULE = Rule("shadowed-name", check, __doc__)
