"""A `when` that is false in every iteration of every variant: the step is always skipped.

The rule ignores conditions on the input (`in_channels != out`), and on a variable that no variant
changes, which is meant for `--set`.

Fails:

```yaml
input: 3x32x32
layers:
  - repeat: 3
    layers:
      - {conv: 16, kernel: 3, padding: 1}
      - {dropout: 0.5, when: i > 2}
      - relu
```

Passes:

```yaml
input: 3x32x32
layers:
  - repeat: 3
    layers:
      - {conv: 16, kernel: 3, padding: 1}
      - {dropout: 0.5, when: i > 1}
      - relu
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..conditions import constant_conditions
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule

HINT = "the step is always skipped: fix the condition, or remove the step"


def check(context: LintContext) -> Iterator[Violation]:
    where = "in any variant" if len(context.networks) > 1 else "here"
    for expression, is_switch, _ in constant_conditions(context, False):
        if not is_switch:
            message = f"`when: {expression.text}` is never true {where}"
            yield Violation(expression.span, message, HINT)


RULE = Rule("when-never-true", check, __doc__)
