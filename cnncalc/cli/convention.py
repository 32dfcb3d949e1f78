"""`--convention`: the count of another tool, next to that of cnncalc."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ..engine.analysis import Analysis
from ..escape import safe
from .completers import items

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

OURS = "cnncalc"


class ConventionName(click.ParamType):  # type: ignore[type-arg]
    """The name of a convention, or None for that of cnncalc."""

    name = "convention"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | None:
        from ..conventions import CONVENTIONS
        from ..problem import suggestion

        if value != OURS and value not in CONVENTIONS:
            hint = suggestion(value, [OURS, *CONVENTIONS])
            self.fail(f"there is no convention {safe(value) or '``'}: {hint}", param, ctx)
        return None if value == OURS else value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from ..conventions import CONVENTIONS

        return items(name for name in (OURS, *CONVENTIONS) if name.startswith(incomplete))


def convention_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--convention`."""
    text = "Also count operations as TOOL does; see cnncalc help conventions."
    return click.option("--convention", type=ConventionName(), metavar="TOOL", help=text)(function)


def with_convention(analysis: Analysis, convention: str | None) -> Analysis:
    """The analysis with the count of another tool, if one is named.

    Raises UsageError if the tool cannot count the network.
    """
    if convention is None:
        return analysis
    from ..conventions import Uncounted, load, recount

    try:
        measure = recount(load(convention), analysis)
    except Uncounted as error:
        file = analysis.network.file
        raise click.UsageError(f"{safe(file)}: {safe(str(error))}") from None
    return analysis._replace(measures=(measure,))
