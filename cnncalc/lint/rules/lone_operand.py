"""An activation or a norm that is a separate branch, after another step that is one, too.

The entries under a join are branches, and each of them reads the same value.  Steps that belong to
one branch, one after the other, need a list around them: `[{conv: 16, kernel: 1}, bn, relu]`.  The
rule ignores branches with names, and activations alone, as in `mul: [tanh, sigmoid]`.

Fails:

```yaml
input: 16x32x32
layers:
  - {relu: , name: x}
  - add:
      - {conv: 16, kernel: 3, padding: 1, bias: false}
      - bn
      - relu
```

Passes:

```yaml
input: 16x32x32
layers:
  - {relu: , name: x}
  - add:
      - [{conv: 16, kernel: 3, padding: 1, bias: false}, bn, relu]
      - x
```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ...document import Operand, Step
from ...layers import FAMILIES
from ..context import LintContext
from ..finding import Violation
from ..rule import Rule
from ..usage import all_steps, bodies

ACTIVATIONS = frozenset(FAMILIES["activation"])
NORMS = frozenset(FAMILIES["normalization"])
WEIGHTED = frozenset(
    (*FAMILIES["convolution"], *FAMILIES["transposed_convolution"], *FAMILIES["dense"])
)


def check(context: LintContext) -> Iterator[Violation]:
    for body in bodies(context.document):
        for step in all_steps(body):
            if step.type != "join" or step.across is not None:
                continue
            for before, operand in pairwise(map(lone_step, step.operands)):
                if before and operand and continues(before, operand):
                    message = (
                        f"this {operand.word} is a separate branch: "
                        f"it does not read the {before.word} before it"
                    )
                    hint = (
                        f"write the steps of one branch as a list: [{before.word}, {operand.word}];"
                        f" for a separate branch, write [{operand.word}]"
                    )
                    yield Violation(operand.span, message, hint)


def lone_step(operand: Operand) -> Step | None:
    """The step that is an operand without a name and without a list around it."""
    if not operand.lone or operand.name is not None or operand.body is None:
        return None
    (step,) = operand.body.steps
    return step if step.type in ("layer", "block") and step.sources is None else None


def continues(before: Step, step: Step) -> bool:
    """Whether a step usually follows another one: a norm after weights, an activation after both.

    A block may end in a norm, so that `[{conv_bn: 8}, bn]` can be two branches.
    """
    if step.word in NORMS:
        return before.word in WEIGHTED
    return step.word in ACTIVATIONS and before.word not in ACTIVATIONS


RULE = Rule("lone-operand", check, __doc__)
