"""A network without `expect`: nothing holds it to the numbers of its source.

Off unless it is selected.

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

from ...problem import Span
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule


def check(subject: LintContext) -> Iterator[Violation]:
    document = subject.document
    for variant in document.variants.values():
        if not (variant.facts.expect.figures or variant.facts.expect.shapes):
            yield Violation(
                variant.span,
                f"variant `{variant.name}` has no `expect`",
                "state its params, and where they are from",
            )
    if not document.variants and not (
        document.facts.expect.figures or document.facts.expect.shapes
    ):
        yield Violation(
            Span(1, 1, 1, 2),
            "the file has no `expect`",
            "state its params, and where they are from",
        )


RULE = Rule("missing-expect", check, __doc__, default=False)
