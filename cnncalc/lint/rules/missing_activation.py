"""Two convolutions with no activation between them are one linear map, which one convolution could be.

A norm, a dropout or a padding between them changes nothing of that.  Not reported are the ways of taking a convolution apart
on purpose: depthwise and grouped ones, axes one after the other (1x7 and 7x1), a middle of fewer channels than come in
and go out (a linear bottleneck), and a value that something else reads as well.

Fails:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3, padding: 1}
  - {conv: 32, kernel: 3, padding: 1}
  - relu
```

Passes:

```yaml
input: 3x32x32
layers:
  - {conv: 16, kernel: 3, padding: 1}
  - relu
  - {conv: 32, kernel: 3, padding: 1}
  - relu
```
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import BuiltNetwork, LintContext
from ..finding import Violation
from ..rule import Rule

LINEAR = frozenset(("bn", "dropout", "droppath", "identity", "pad"))


def check(subject: LintContext) -> Iterator[Violation]:
    for nodes in subject.by_step.values():
        pairs = [(built, index, second_of(built, index)) for built, index in nodes]
        if all(second is not None for _, _, second in pairs):
            built, index, second = pairs[0]
            first, then = built.nodes[index], built.nodes[second or 0]
            message = f"`{first.path}` and `{then.path}` are two convolutions with no activation between them"
            hint = f"as they stand, one convolution could do what both do (the second is in line {then.span.line})"
            yield Violation(first.span, message, hint, built.calls(index))


def second_of(built: BuiltNetwork, index: int) -> int | None:
    """The convolution that could be one with this one."""
    first = built.nodes[index]
    if first.layer.kind != "conv" or first.layer.groups != 1:  # type: ignore[attr-defined]
        return None
    second = built.next_but(index, LINEAR)
    if second is None or built.nodes[second].layer.kind != "conv":
        return None
    then = built.nodes[second]
    if then.layer.groups != 1:  # type: ignore[attr-defined]
        return None
    middle, ends = first.shape.channels, (first.input_shapes[0].channels, then.shape.channels)
    return None if middle < min(ends) or apart(first.layer, then.layer) else second


def apart(first: object, then: object) -> bool:
    """Whether two kernels filter different axes."""
    axes = list(zip(first.kernel, then.kernel, strict=True))  # type: ignore[attr-defined]
    return any(one > 1 == other for one, other in axes) and any(
        one == 1 < other for one, other in axes
    )


RULE = Rule("missing-activation", check, __doc__)
