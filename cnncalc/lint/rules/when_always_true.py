"""A `when` that is always true, where no variable, parameter or input can change it: it says nothing.

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

from ..conditions import conditions
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule


def check(subject: LintContext) -> Iterator[Violation]:
    if not subject.whole:
        return
    for condition in conditions(subject.document):
        if subject.whens.get(condition.expression.span) == {True} and condition.is_fixed:
            message = f"`when: {condition.expression.text}` is always true"
            yield Violation(condition.expression.span, message, "leave it out, or mend it")


RULE = Rule("when-always-true", check, __doc__)
