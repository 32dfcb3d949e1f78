"""`--convention`: the count of another tool, next to that of cnncalc."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

from ..engine.analysis import Analysis
from ..views.text import safe

OURS = "cnncalc"


class ConventionName(click.ParamType):  # type: ignore[type-arg]
    """The name of a convention, or None for that of cnncalc."""

    name = "convention"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | None:
        from ..conventions.table import CONVENTIONS
        from ..problem import did_you_mean

        if value != OURS and value not in CONVENTIONS:
            hint = did_you_mean(value, [OURS, *CONVENTIONS])
            self.fail(f"there is no convention {safe(value) or '``'}: {hint}", param, ctx)
        return None if value == OURS else value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from ..conventions.table import CONVENTIONS

        return [
            CompletionItem(name) for name in (OURS, *CONVENTIONS) if name.startswith(incomplete)
        ]


def convention_option(function: Callable[..., Any]) -> Callable[..., Any]:
    text = "Also count as another tool does; see cnncalc help conventions."
    return click.option("--convention", type=ConventionName(), metavar="TOOL", help=text)(function)


def recounted(report: Analysis, convention: str | None) -> Analysis:
    """The report with a tool's count, where one is asked for.  Raises UsageError where the tool has none."""
    if convention is None:
        return report
    from ..conventions.recount import Uncounted, recount
    from ..conventions.table import load

    try:
        return report._replace(measures=(recount(load(convention), report),))
    except Uncounted as error:
        raise click.UsageError(f"{safe(report.network.file)}: {safe(str(error))}") from None
