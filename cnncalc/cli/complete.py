"""What the shell offers behind a half-written word: bundled names, files and their variants, columns."""

from __future__ import annotations

import os

import click
from click.shell_completion import CompletionItem


def complete_networks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Bundled names and files; behind an `@`, the variants of what stands before it."""
    from ..files import bundled_names, variants_of

    path, mark, begun = incomplete.rpartition("@")
    if mark:
        return [CompletionItem(f"{path}@{name}") for name in variants_of(path) if name.startswith(begun)]
    names = [name for name in dict.fromkeys(bundled_names()) if name.startswith(incomplete)]
    if not names:
        return [CompletionItem(incomplete, type="file")]
    # bash forgets the other words where one asks it for files: those that fit are listed here.
    return [CompletionItem(name) for name in (*names, *yaml_files(incomplete))]


def complete_bundled(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Bundled names; behind an `@`, the variants of what stands before it."""
    from ..files import bundled_names

    if "@" in incomplete:
        return complete_networks(ctx, param, incomplete)
    return [CompletionItem(name) for name in dict.fromkeys(bundled_names()) if name.startswith(incomplete)]


def yaml_files(begun: str) -> list[str]:
    """The architecture files of this folder whose names begin so."""
    return sorted(name for name in os.listdir() if name.startswith(begun) and name.endswith((".yaml", ".yml")))


def complete_columns(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Columns, each behind those that are there already."""
    from ..views.columns import COLUMNS

    before, mark, begun = incomplete.rpartition(",") if param.name == "columns" else ("", "", incomplete)
    return [
        CompletionItem(before + mark + name, help=column.about) for name, column in COLUMNS.items() if name.startswith(begun)
    ]
