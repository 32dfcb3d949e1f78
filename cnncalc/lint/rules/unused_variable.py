"""A variable that nothing reads changes nothing, though the file says that it may be changed.

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

from .. import usage as reads
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule


def check(subject: LintContext) -> Iterator[Violation]:
    read = reads.of_document(subject.document)
    for name in subject.document.vars:
        if name not in read:
            yield Violation(
                subject.document.places[name], f"variable `{name}` is never read", "remove it"
            )


RULE = Rule("unused-variable", check, __doc__)
