"""An input with a batch axis: shapes are those of one sample, without a batch.

`1x3x224x224` is a volume of one channel and a depth of 3, over which convolutions are
three-dimensional.  The batch size is the option `--batch` of `show`.  The rule ignores an input
that a layer rearranges (`permute`, `reshape`, `flatten`), and windows that differ between the axes.

Fails:

```yaml
input: 1x3x224x224
layers:
  - {conv: 64, kernel: 3, padding: 1}
  - relu
```

Passes:

```yaml
input: 3x224x224
layers:
  - {conv: 64, kernel: 3, padding: 1}
  - relu
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import LintContext
from ..finding import Violation
from ..inputs import suspect_violations
from ..rule import Rule


def check(context: LintContext) -> Iterator[Violation]:
    return suspect_violations(context, is_batched=True)


RULE = Rule("batch-axis", check, __doc__)
