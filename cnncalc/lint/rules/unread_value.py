"""A value that is computed but never read: its cost is counted, and it changes no output.

It is not an output of the network, and no later step reads it: a `from` has skipped it, a branch
leads nowhere, or a part of a `chunk` is not used.

Fails:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3, padding: 1, name: first}
  - relu
  - {conv: 16, kernel: 5, padding: 2, from: first}
  - relu
```

Passes:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3, padding: 1, name: first}
  - relu
  - {conv: 16, kernel: 5, padding: 2}
  - relu
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import BuiltNetwork, LintContext
from ..finding import Violation
from ..rule import Rule

HINT = "read it in a later step, or remove it"


def check(context: LintContext) -> Iterator[Violation]:
    for nodes in context.nodes_of_step.values():
        messages = [list(unread_of(built, index)) for built, index in nodes]
        if all(messages):  # the output of a block may be read after one call and not after another
            built, index = nodes[0]
            yield Violation(built.nodes[index].span, messages[0][0], HINT, built.calls(index))


def unread_of(built: BuiltNetwork, index: int) -> Iterator[str]:
    """A message for each value of a node that nothing reads."""
    node = built.nodes[index]
    if index in built.output_nodes:
        return
    if not built.readers[index]:
        yield f"the output of `{node.path}` is never read"
    elif node.outputs:
        parts = read_parts(built, index)
        for part in range(len(node.outputs)):
            if part not in parts:
                yield f"part {part} of `{node.path}` is never read"


def read_parts(built: BuiltNetwork, index: int) -> set[int | None]:
    """The parts of a node's output that other nodes read."""
    found: set[int | None] = set()
    for reader in built.readers[index]:
        found |= {value.part for value in built.nodes[reader].inputs if value.node == index}
    return found


RULE = Rule("unread-value", check, __doc__)
