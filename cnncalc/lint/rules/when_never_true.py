"""A `when` that is false in every round of every variant: the step is never taken.

Not meant are conditions on what enters (`in_channels != out`), which depend on the input, and on a variable that no
variant changes, which is there for `--set`.

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

from ..conditions import conditions
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule


def check(subject: LintContext) -> Iterator[Violation]:
    if not subject.whole:
        return
    for condition in conditions(subject.document):
        if subject.whens.get(condition.expression.span) == {False} and not condition.is_switch:
            where = "in any variant" if len(subject.networks) > 1 else "here"
            message = f"`when: {condition.expression.text}` is never true {where}"
            yield Violation(
                condition.expression.span,
                message,
                "the step is never taken: mend the condition, or remove the step",
            )


RULE = Rule("when-never-true", check, __doc__)
