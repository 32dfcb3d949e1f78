"""The page of rules, made from their docstrings and from what they find in the examples there (see make.py)."""

from __future__ import annotations

import re
from typing import NamedTuple

from cnncalc.check.file import inspect
from cnncalc.check.fixes import mend
from cnncalc.lint.registry import RULES, rule
from cnncalc.lint.selection import selected
from cnncalc.views.check.text import finding_text

INTRODUCTION = """\
# The rules

<!-- Made from the modules in cnncalc/checks/rules by `python docs/make.py`: change those, not this page. -->

What `cnncalc check` looks for beside mistakes of the language, promises that are not kept (`expect`) and limits that are
exceeded (`budget`). Each finding is a warning; any finding makes the command exit with 1.

`--select` names the rules that are asked (`--select +RULE` adds to the usual ones, `--select all` is every one), `--ignore`
those that are not; [ci.md](ci.md#configuration) says how a project does that. A comment suppresses findings where they are
meant:

```yaml
- {linear: 4096}  # as published, cnncalc: ignore[dense-on-map]
```

It stands on the line of the finding, or on that of a call of the block in which the finding is; on a line of its own before
the first key it is for the whole file. A comment that suppresses nothing is a finding itself.

`--fix` mends what can be mended safely, and leaves a fix out where a promise of the file would be broken by it.
"""


class Example(NamedTuple):
    """The parts of a rule's documentation."""

    why: str
    fails: str
    passes: str


def example(name: str) -> Example:
    """The documentation of a rule in its parts."""
    found = re.fullmatch(
        r"(.*?)\n+Fails:\n+```yaml\n(.*?)```\n+Passes:\n+```yaml\n(.*?)```\n*",
        rule(name).doc,
        re.DOTALL,
    )
    if not found:
        raise SystemExit(
            f"the docstring of {name} has no `Fails:` and `Passes:` with an example each"
        )
    return Example(*found.groups())


def rules_page() -> str:
    """The reference of all rules."""
    rows = ["| rule | | fixed by `--fix` | asked by default |", "| --- | --- | --- | --- |"]
    for name in RULES:
        summary = re.split(r"\.\s|:\s|\.$", " ".join(example(name).why.split()), maxsplit=1)[0]
        rows.append(
            f"| [{name}](#{name}) | {summary} | {'yes' * is_fixed(name)} | {'yes' if rule(name).default else 'no'} |"
        )
    return "\n\n".join([INTRODUCTION.strip(), "\n".join(rows), *map(entry, RULES)]) + "\n"


def entry(name: str) -> str:
    parts = example(name)
    result = inspect(parts.fails.encode(), "network.yaml", asked(name))
    assert result is not None
    found = "\n".join(
        finding_text(finding.problem, result.file, finding.line) for finding in result.findings
    )
    shown = [f"## {name}", parts.why, f"```yaml\n{parts.fails}```", f"```text\n{found}\n```"]
    if is_fixed(name):
        shown += ["`--fix` makes of it:", f"```yaml\n{fixed(name)}```"]
    return "\n\n".join([*shown, "This passes:", f"```yaml\n{parts.passes}```"])


def asked(name: str) -> tuple[str, ...]:
    """The rule alone; what suppresses nothing shows where the others are asked too."""
    return selected(None, ()) if name == "stale-suppression" else (name,)


def fixed(name: str) -> str:
    """The example that fails, mended."""
    done = mend(
        example(name).fails.encode(), lambda data: inspect(data, "network.yaml", asked(name))
    )
    return done.data.decode()


def is_fixed(name: str) -> bool:
    return fixed(name) != example(name).fails
