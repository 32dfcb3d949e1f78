"""The page of rules, made from their docstrings and from their findings in the examples there."""

from __future__ import annotations

import re
from typing import NamedTuple

from cnncalc.check.file import check_file
from cnncalc.check.fixes import apply_fixes
from cnncalc.lint.registry import RULES, load_rule
from cnncalc.lint.selection import select_rules
from cnncalc.views.check.text import place_of
from cnncalc.views.problems import problem_lines

INTRODUCTION = """\
# The rules

<!-- Generated from cnncalc/lint/rules by `python docs/make.py`: edit those modules instead. -->

In addition to errors in the language, unmet expectations (`expect`) and exceeded limits (`budget`),
`cnncalc check` reports what these rules find, as warnings or notes. A warning is probably a
mistake: something that is written has no effect, or another one than it seems. A note is about the
design, and published networks do the same. Errors and warnings make the command exit with 1;
`--fail-on error` or `--fail-on note` changes that, and `severity` in a project's
[configuration](ci.md#configuration) gives a rule another severity.

`--select` names the enabled rules (`--select +RULE` adds to the default ones, `--select all` is
every rule), `--ignore` disables some, and `--list-rules` shows what is enabled. A comment
suppresses intended findings:

```yaml
- {linear: 4096}  # as published, cnncalc: ignore[dense-on-map]
```

The comment goes on the line of the finding, or on the line of a call of the block that contains
the finding; on a line of its own before the first key it applies to the whole file. A comment that
suppresses nothing is itself a finding.

`--fix` applies the safe fixes. It skips a fix that would cause an error, such as an expectation
that is no longer met.
"""

DOCUMENTATION = re.compile(
    r"(.*?)\n+Fails:\n+```yaml\n(.*?)```\n+Passes:\n+```yaml\n(.*?)```\n*", re.DOTALL
)


class Example(NamedTuple):
    """The parts of a rule's documentation."""

    why: str
    fails: str
    passes: str


def example(name: str) -> Example:
    """The documentation of a rule in its parts."""
    found = DOCUMENTATION.fullmatch(load_rule(name).doc)
    if not found:
        raise SystemExit(f"the docstring of {name} needs an example for `Fails:` and `Passes:`")
    return Example(*found.groups())


def rules_page() -> str:
    """The reference of all rules."""
    rows = ["| rule | | severity | fixed by `--fix` | enabled by default |"]
    rows.append("| --- | --- | --- | --- | --- |")
    rows += map(row, RULES)
    return "\n\n".join([INTRODUCTION.strip(), "\n".join(rows), *map(section, RULES)]) + "\n"


def row(name: str) -> str:
    """The row of a rule."""
    rule = load_rule(name)
    cells = [f"[{name}](#{name})", rule.summary, rule.severity, "yes" * is_fixed(name)]
    return f"| {' | '.join(cells)} | {'yes' if rule.default else 'no'} |"


def section(name: str) -> str:
    """The section of a rule, with its findings in the example that fails."""
    parts = example(name)
    result = check_file(parts.fails.encode(), "network.yaml", enabled_rules(name))
    assert result is not None
    found = "\n".join(
        problem_lines(finding.problem, place_of(result, finding), finding.line)
        for finding in result.findings
    )
    shown = [f"## {name}", parts.why, f"```yaml\n{parts.fails}```", f"```text\n{found}\n```"]
    if is_fixed(name):
        shown += ["`--fix` changes this to:", f"```yaml\n{fixed(name)}```"]
    return "\n\n".join([*shown, "This passes:", f"```yaml\n{parts.passes}```"])


def enabled_rules(name: str) -> tuple[str, ...]:
    """The rule alone; stale comments are found only if the other rules are enabled too."""
    return select_rules(None, ()) if name == "stale-suppression" else (name,)


def fixed(name: str) -> str:
    """The example that fails, after its fixes."""
    rules = enabled_rules(name)
    data = example(name).fails.encode()
    return apply_fixes(data, lambda data: check_file(data, "network.yaml", rules)).data.decode()


def is_fixed(name: str) -> bool:
    return fixed(name) != example(name).fails
