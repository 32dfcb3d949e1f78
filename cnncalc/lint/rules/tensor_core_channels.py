"""A number of channels that does not fill tensor cores.

They multiply 8 numbers of 2 bytes (16 of 1 byte or less) at a time, and pad the rest.  The rule
checks the channels between dense layers and ungrouped convolutions, not those of the network's
inputs and outputs.  Disabled by default.

Source: NVIDIA, Deep Learning Performance Documentation, Convolutional Layers, "Channels In And
Out".

Fails:

```yaml
input: 3x32x32
layers:
  - {conv: 30, kernel: 3}
  - relu
  - {conv: 10, kernel: 3}
```

Passes:

```yaml
input: 3x32x32
layers:
  - {conv: 32, kernel: 3}
  - relu
  - {conv: 10, kernel: 3}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ...dtype import BITS
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule


def check(context: LintContext) -> Iterator[Violation]:
    for built, index, node, layer in context.nodes():
        is_grouped = getattr(layer, "groups", 1) > 1
        if layer.kind not in ("conv", "linear") or is_grouped or index in built.output_nodes:
            continue
        step = 16 if BITS[node.dtype.activations] <= 8 else 8
        channels = node.shape.channels
        if channels % step:
            below, above = channels // step * step, -(-channels // step) * step
            message = f"`{node.path}` outputs {channels} channels, not a multiple of {step}"
            hint = f"the nearest are {below or step} and {above}"
            yield Violation(node.span, message, hint, built.calls(index))


RULE = Rule("tensor-core-channels", check, __doc__, "note", default=False)
