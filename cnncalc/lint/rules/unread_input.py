"""An input that no step reads, in any variant: it changes no output.

The first input is the value that the first step reads; each other one is read by its name.

Fails:

```yaml
input: {image: 3x32x32, mask: 1x32x32}
layers:
  - {conv: 8, kernel: 3, from: image}
  - relu
```

Passes:

```yaml
input: {image: 3x32x32, mask: 1x32x32}
layers:
  - {concat: [image, mask]}
  - {conv: 8, kernel: 3}
  - relu
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ...problem import Span
from ..context import BuiltNetwork, LintContext
from ..finding import Violation
from ..inputs import input_spans
from ..rule import Rule


def check(context: LintContext) -> Iterator[Violation]:
    unread: dict[Span, str] = {}
    read: set[Span] = set()
    for built in context.networks:
        names = read_inputs(built)
        for name, span in input_spans(context.document, built.network.variant).items():
            if name in names:
                read.add(span)
            else:
                unread.setdefault(span, name)
    for span, name in unread.items():
        if span not in read:
            hint = f"read it with `from: {name}` or as an operand, or remove it"
            yield Violation(span, f"the input `{name}` is never read", hint)


def read_inputs(built: BuiltNetwork) -> set[str]:
    """The names of the inputs that a node reads, or that are outputs."""
    values = {value.node for node in built.nodes for value in node.inputs}
    values |= {value.node for value in built.network.outputs.values()}
    names = enumerate(built.network.inputs)
    return {name for index, name in names if -1 - index in values}


RULE = Rule("unread-input", check, __doc__)
