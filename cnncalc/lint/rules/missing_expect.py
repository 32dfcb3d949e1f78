"""A network without `expect`: nothing checks it against the numbers of its source.

Disabled by default.

Fails:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3}
  - relu
```

Passes:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3}
  - relu
expect:
  output: 16x30x30
  params: 448
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ...document import Metadata
from ...problem import Span
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule

HINT = "state its params, and their source"


def check(context: LintContext) -> Iterator[Violation]:
    document = context.document
    for variant in document.variants.values():
        if expects_nothing(variant.metadata):
            yield Violation(variant.span, f"variant `{variant.name}` has no `expect`", HINT)
    if not document.variants and expects_nothing(document.metadata):
        yield Violation(Span(1, 1, 1, 2), "the file has no `expect`", HINT)


def expects_nothing(metadata: Metadata) -> bool:
    return not (metadata.expect.figures or metadata.expect.shapes)


RULE = Rule("missing-expect", check, __doc__, "note", default=False)
