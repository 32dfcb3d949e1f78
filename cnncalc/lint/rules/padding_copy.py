"""Padding that TensorFlow Lite Micro does in an operator of its own, with a padded copy of the
input: all but `padding: same`.

The rule is for quantized networks, and for those with a `budget` for a device that runs TensorFlow
Lite Micro. It reports windows whose output has the same size with `padding: same`, which a
convolution or pooling does by itself. That pads at other sides if the stride is 2, so a network
that is trained already would have other results. `cnncalc show --device` states how much memory
the copies take.

Fails:

```yaml
input: 3x32x32
dtype: int8
layers:
  - {conv: 16, kernel: 3, stride: 2, padding: 1}
  - relu
```

Passes:

```yaml
input: 3x32x32
dtype: int8
layers:
  - {conv: 16, kernel: 3, stride: 2, padding: same}
  - relu
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ...devices.catalogue import UnknownDevice, bundled_device
from ...devices.tflm.padding import could_be_same
from ...network import Network
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule

HINT = "with `padding: same`, the layer pads by itself"


def check(context: LintContext) -> Iterator[Violation]:
    for built in context.networks:
        if not is_for_tflm(built.network):
            continue
        for index, node in enumerate(built.nodes):
            if could_be_same(node):
                message = f"the padding of `{node.path}` copies its input in TensorFlow Lite Micro"
                yield Violation(node.span, message, HINT, built.calls(index))


def is_for_tflm(network: Network) -> bool:
    """Whether a network is quantized, or has a budget for a device with TensorFlow Lite Micro."""
    if network.types.is_quantized:
        return True
    if network.device_budget is None:
        return False
    try:
        return bundled_device(network.device_budget.name).runtime == "tflm"
    except UnknownDevice:  # it is reported with the budget
        return False


RULE = Rule("padding-copy", check, __doc__, "note")
