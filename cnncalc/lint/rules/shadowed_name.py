"""A name that hides another one: whoever reads it must know which of the two is meant.

That is a block with the name of a built-in layer (inside it the word means the built-in, elsewhere the block), a `let`
or the binding of a `for` with the name of a variable, and a binding with the name of a parameter, of a `let` or of a
binding around it.  A parameter may have the name of a variable, and a list may be bound to its own name: that is how
they are handed on.

Fails:

```yaml
input: 3x32x32
vars: {width: 16}
layers:
  - for: {width: [32, 64]}
    layers: [{conv: width, kernel: 3}, relu]
  - {conv: width}
```

Passes:

```yaml
input: 3x32x32
vars: {width: 16}
layers:
  - for: {wider: [32, 64]}
    layers: [{conv: wider, kernel: 3}, relu]
  - {conv: width}
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
    from ...document import Body, Step

HINT = "give it another name"


def check(subject: LintContext) -> Iterator[Violation]:
    document = subject.document
    variables = dict.fromkeys(document.vars, "a variable")
    for name, block in document.blocks.items():
        if name in LAYERS:
            hint = "inside the block the word means the built-in; another name avoids doubts"
            yield Violation(
                block.span, f"block `{name}` hides the built-in layer of that name", hint
            )
        for let, _ in block.lets:
            if let in variables:
                yield Violation(
                    block.places[let],
                    f"`{let}`, a `let` of block `{name}`, hides a variable of the file",
                    HINT,
                )
        known = {
            **variables,
            **dict.fromkeys(block.params, "a parameter"),
            **dict.fromkeys(dict(block.lets), "a `let`"),
        }
        yield from in_body(block.body, known)
    yield from in_body(document.body, variables)


def in_body(body: Body, known: Mapping[str, str]) -> Iterator[Violation]:
    for step in body.steps:
        yield from in_step(step, known)


def in_step(step: Step, known: Mapping[str, str]) -> Iterator[Violation]:
    for bindings in (step.bindings, step.across):
        for name, expression in bindings or ():
            if name in known and expression.text != name:
                yield Violation(
                    expression.span,
                    f"`{name}`, which is bound to this, hides {known[name]} of that name",
                    HINT,
                )
        known = {**known, **{name: "a binding around it" for name, _ in bindings or ()}}
    for body in (step.body, *(operand.body for operand in step.operands)):
        if body:
            yield from in_body(body, known)


RULE = Rule("shadowed-name", check, __doc__)
