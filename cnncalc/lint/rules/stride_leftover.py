"""A stride that leaves pixels unread: no window reaches the last rows or columns of the input.

The rule ignores padding that is not read, and a kernel smaller than its stride, which skips pixels
everywhere.

Fails:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3, stride: 3}
  - relu
```

Passes:

```yaml
input: 3x33x33
layers:
  - {conv: 16, kernel: 3, stride: 3}
  - relu
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ...layers.layer import axis_name
from ...layers.window import Windowed
from ...shape import Shape
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule

NOUNS = {"height": "rows", "width": "columns"}
HINT = "no window reaches them: pad, crop, or choose another size"


def check(context: LintContext) -> Iterator[Violation]:
    for built, index, node, layer in context.nodes():
        if not isinstance(layer, Windowed) or layer.ceil:
            continue
        rest = leftover(layer, node.input_shapes[0])
        if rest:
            message = f"the stride of `{node.path}` leaves {rest} unread"
            yield Violation(node.span, message, HINT, built.calls(index))


def leftover(layer: Windowed, x: Shape) -> str:
    """The pixels that no window reads, in words; empty if every pixel is read."""
    parts = []
    for axis, window in enumerate(layer.axis_windows(x)):
        if window.unread and window.effective_kernel >= window.stride:
            name = axis_name(axis, len(x.spatial))
            noun = NOUNS.get(name, f"positions of its {name}")
            parts.append(f"{window.unread:,} of {window.size:,} {noun}")
    return " and ".join(parts)


RULE = Rule("stride-leftover", check, __doc__, "note")
