"""A comment that suppresses nothing: the finding is gone, or the name is no rule's.

`# cnncalc: ignore[rule, other]` stands on the line of a finding, or, for the whole file, on a line of its own before
the first key.  `--fix` removes it.  It is stale only where its rule was asked.

Fails:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3, bias: false}  # cnncalc: ignore[bias-before-norm]
  - bn
  - relu
```

Passes:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3}  # cnncalc: ignore[bias-before-norm]
  - bn
  - relu
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import LintContext
from ..finding import Violation
from ..rule import Rule


def check(subject: LintContext) -> Iterator[Violation]:
    """Nothing by itself: what is stale shows when all other rules were asked (see `suppress`)."""
    return iter(())


RULE = Rule("stale-suppression", check, __doc__)
