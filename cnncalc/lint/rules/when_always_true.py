"""A `when` that is always true, and that no variable, parameter or input can change.

Fails:

```yaml
input: 3x32x32
layers:
  - repeat: 3
    layers:
      - {conv: 16, kernel: 3, padding: 1}
      - {relu: , when: i < 3}
```

Passes:

```yaml
input: 3x32x32
layers:
  - repeat: 3
    layers:
      - {conv: 16, kernel: 3, padding: 1}
      - {relu: , when: i < 2}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..conditions import constant_conditions
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule


def check(context: LintContext) -> Iterator[Violation]:
    for expression, _, is_constant in constant_conditions(context, True):
        if is_constant:
            message = f"`when: {expression.text}` is always true"
            yield Violation(expression.span, message, "remove the condition, or fix it")


RULE = Rule("when-always-true", check, __doc__)
