"""An input with the channels last, as frameworks write images too: here the channels come first.

`224x224x3` is an image of 224 channels, 224 rows and 3 columns, and every number that follows is
that of another network.  The rule ignores an input that a layer rearranges (`permute`, `reshape`,
`flatten`), grids under 16x16, and windows that differ between the axes.

Fails:

```yaml
input: 224x224x3
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
    return suspect_violations(context, is_batched=False)


RULE = Rule("channels-last-input", check, __doc__)
