"""A variable that is never read: changing it has no effect.

Fails:

```yaml
input: 3x32x32
vars: {width: 16, classes: 10}
layers:
  - {conv: width, kernel: 3}
  - flatten
  - {linear: 10}
```

Passes:

```yaml
input: 3x32x32
vars: {width: 16, classes: 10}
layers:
  - {conv: width, kernel: 3}
  - flatten
  - {linear: classes}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import LintContext
from ..finding import Violation
from ..rule import Rule
from ..usage import names_in_document


def check(context: LintContext) -> Iterator[Violation]:
    document = context.document
    read = names_in_document(document)
    for name in document.vars:
        if name not in read:
            yield Violation(
                document.name_spans[name], f"variable `{name}` is never read", "remove it"
            )


RULE = Rule("unused-variable", check, __doc__)
