"""A kernel that hangs over the input wherever it stands: some of its weights only ever meet padding.

(A kernel larger than its padded input fits nowhere, which is a mistake and no matter of rules.)

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

from ...layers.window import Windowed
from ...shape import AxisWindow
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule

MOST_TAPS = 1000  # along an axis; of larger kernels nothing is said


def check(subject: LintContext) -> Iterator[Violation]:
    for built, index, node, layer in subject.nodes():
        if not isinstance(layer, Windowed) or layer.category != "conv":
            continue
        vain = 1.0
        windows = layer.axis_windows(node.input_shapes[0])
        for window in windows:
            vain *= taps_on_input(window) / window.kernel
        if vain < 1:
            kernel = "x".join(str(window.effective_kernel) for window in windows)
            size = "x".join(map(str, node.input_shapes[0].spatial))
            message = (
                f"the kernel of `{node.path}`, {kernel} pixels, is larger than what enters, {size}"
            )
            hint = f"{100 * (1 - vain):.0f} % of its weights only ever meet padding"
            yield Violation(node.span, message, hint, built.calls(index))


def taps_on_input(window: AxisWindow) -> int:
    """How many weights along an axis meet a pixel of the input at some place of the window.

    >>> taps_on_input(AxisWindow(2, 7, 1, 3, 3)), taps_on_input(AxisWindow(2, 3, 1, 1, 1))
    (3, 3)
    """
    size, kernel, stride, before, _, dilation = window
    if kernel > MOST_TAPS:
        return kernel
    last = (window.output_size() - 1) * stride - before
    met = 0
    for tap in range(0, kernel * dilation, dilation):
        # The least place at which the tap is not before the input.
        first = -(-max(0, before - tap) // stride) * stride - before + tap
        met += first < size and first <= last + tap
    return met


RULE = Rule("kernel-larger-than-input", check, __doc__)
