"""A value that is computed and that nothing reads: its cost is counted, and it changes no output.

It is neither an output of the network nor does a later step take it: a `from` has left it behind, a branch ends in the
air, or a part of a `chunk` is not taken.

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

HINT = "read it further on, or remove it"


def check(subject: LintContext) -> Iterator[Violation]:
    for nodes in subject.by_step.values():
        unread = [list(unread_of(*place)) for place in nodes]
        if all(unread):  # what a block gives may be read after one call and not after another
            built, index = nodes[0]
            yield Violation(built.nodes[index].span, unread[0][0], HINT, built.calls(index))


def unread_of(built: BuiltNetwork, index: int) -> Iterator[str]:
    node = built.nodes[index]
    if index in built.ends:
        return
    if not built.readers[index]:
        yield f"nothing reads what `{node.path}` puts out"
    elif node.outputs:
        read = {
            value.part
            for reader in built.readers[index]
            for value in built.nodes[reader].inputs
            if value.node == index
        }
        for part in range(len(node.outputs)):
            if part not in read:
                yield f"nothing reads part {part} of `{node.path}`"


RULE = Rule("unread-value", check, __doc__)
