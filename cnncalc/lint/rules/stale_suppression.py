"""A comment that suppresses nothing: there is no such finding, or no rule has that name.

`# cnncalc: ignore[rule, other]` goes on the line of a finding or, for the whole file, on a line of
its own before the first key.  `--fix` removes it if it is stale.  A rule that is not enabled does
not make it stale.

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


def check(context: LintContext) -> Iterator[Violation]:
    """Nothing: the runner knows what is stale once all other rules have run (`stale_names`)."""
    return iter(())


RULE = Rule("stale-suppression", check, __doc__)
