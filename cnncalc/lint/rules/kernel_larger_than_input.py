"""A kernel that is larger than the input: some of its weights only ever multiply padding.

(A kernel larger than its padded input is an error, not a finding of this rule.)

Fails:

```yaml
input: 256x2x2
layers:
  - {conv: 256, kernel: 7, padding: 3}
```

Passes:

```yaml
input: 256x2x2
layers:
  - {conv: 256, kernel: 3, padding: 1}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from ...layers.window import Windowed
from ...shape import AxisWindow
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule

MAX_TAPS = 1000  # along an axis; larger kernels are not checked


def check(context: LintContext) -> Iterator[Violation]:
    for built, index, node, layer in context.nodes():
        if not isinstance(layer, Windowed) or layer.category != "conv":
            continue
        windows = layer.axis_windows(node.input_shapes[0])
        used = prod(used_taps(window) / window.kernel for window in windows)
        if used < 1:
            kernel = "x".join(str(window.effective_kernel) for window in windows)
            size = "x".join(map(str, node.input_shapes[0].spatial))
            message = (
                f"the kernel of `{node.path}`, {kernel} pixels, is larger than its input, {size}"
            )
            hint = f"{100 * (1 - used):.0f} % of its weights only ever multiply padding"
            yield Violation(node.span, message, hint, built.calls(index))


def used_taps(window: AxisWindow) -> int:
    """The number of weights along an axis that meet an input pixel at some window position.

    >>> used_taps(AxisWindow(2, 7, 1, 3, 3)), used_taps(AxisWindow(2, 3, 1, 1, 1))
    (3, 3)
    """
    size, kernel, stride, before, _, dilation = window
    if kernel > MAX_TAPS:
        return kernel
    last = (window.output_size() - 1) * stride - before
    used = 0
    for tap in range(0, kernel * dilation, dilation):
        # The first position of the window at which the tap is not before the input.
        first = -(-max(0, before - tap) // stride) * stride - before + tap
        used += first < size and first <= last + tap
    return used


RULE = Rule("kernel-larger-than-input", check, __doc__, "note")
