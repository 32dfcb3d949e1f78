"""A stride that leaves pixels over: the last rows or columns of what enters are under no window.

What is left over in the padding is not meant, nor a kernel smaller than the stride, which leaves pixels out everywhere.

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
from ...problem import count
from ...shape import Shape
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule


def check(subject: LintContext) -> Iterator[Violation]:
    for built, index, node, layer in subject.nodes():
        if (
            isinstance(layer, Windowed)
            and not layer.ceil
            and (told := leftover(layer, node.input_shapes[0]))
        ):
            message = f"the stride of `{node.path}` leaves {told} over"
            hint = "no window reaches them: pad, crop, or choose another size"
            yield Violation(node.span, message, hint, built.calls(index))


def leftover(layer: Windowed, x: Shape) -> str:
    """What is left over, in words; empty where nothing is."""
    told = []
    for axis, window in enumerate(layer.axis_windows(x)):
        if window.unread and window.effective_kernel >= window.stride:
            name = axis_name(axis, len(x.spatial))
            noun = {"height": "row", "width": "column"}.get(name, "position")
            told.append(f"{count(window.unread, noun)} of the {window.size} of its {name}")
    return " and ".join(told)


RULE = Rule("stride-leftover", check, __doc__)
