"""What the shell offers behind a half-written word: bundled names, files and their variants, columns."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def complete_networks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Bundled names and files; behind an `@`, the variants of what stands before it."""
    from ..files import bundled_names, variants_of

    path, mark, begun = incomplete.rpartition("@")
    if mark:
        return [CompletionItem(f"{path}@{name}") for name in variants_of(path) if name.startswith(begun)]
    names = [CompletionItem(name) for name in dict.fromkeys(bundled_names()) if name.startswith(incomplete)]
    return [*names, CompletionItem(incomplete, type="file")]


def complete_columns(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Columns, each behind those that are there already."""
    from ..views.columns import COLUMNS

    before, mark, begun = incomplete.rpartition(",") if param.name == "columns" else ("", "", incomplete)
    return [
        CompletionItem(before + mark + name, help=column.about) for name, column in COLUMNS.items() if name.startswith(begun)
    ]
