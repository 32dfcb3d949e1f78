"""What the shell offers behind a half-written word: bundled names, files and their variants, columns."""

from __future__ import annotations

import os

import click
from click.shell_completion import CompletionItem


def complete_networks(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Bundled names and files; behind an `@`, the variants of what stands before it."""
    from ..sources.bundled import bundled_names, variants_of

    path, mark, begun = incomplete.rpartition("@")
    if mark:
        return [
            CompletionItem(f"{path}@{name}") for name in variants_of(path) if name.startswith(begun)
        ]
    names = [name for name in dict.fromkeys(bundled_names()) if name.startswith(incomplete)]
    if not names:
        return [CompletionItem(incomplete, type="file")]
    # bash forgets the other words where one asks it for files: those that fit are listed here.
    return [CompletionItem(name) for name in (*names, *yaml_files(incomplete))]


def complete_bundled(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Bundled names; behind an `@`, the variants of what stands before it."""
    from ..sources.bundled import bundled_names

    if "@" in incomplete:
        return complete_networks(ctx, param, incomplete)
    return [
        CompletionItem(name)
        for name in dict.fromkeys(bundled_names())
        if name.startswith(incomplete)
    ]


def yaml_files(begun: str) -> list[str]:
    """The architecture files of this folder whose names begin so."""
    return sorted(
        name for name in os.listdir() if name.startswith(begun) and name.endswith((".yaml", ".yml"))
    )


def complete_columns(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Columns, each behind those that are there already."""
    from ..views.show.columns import COLUMNS

    before, mark, begun = (
        incomplete.rpartition(",") if param.name == "columns" else ("", "", incomplete)
    )
    return [
        CompletionItem(before + mark + name, help=column.about)
        for name, column in COLUMNS.items()
        if name.startswith(begun)
    ]


def complete_layers(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The paths of the layers and groups of the network that was named."""
    from ..parser import Request, RequestError
    from ..parser.parsing import parse
    from ..sources.resolve import load

    try:
        source = load(ctx.params["net"])
        network = parse(source.data, source.name, Request(source.variant)).network
    except (RequestError, OSError):
        return []
    if network is None:
        return []
    paths = [*(group.path for group in network.groups), *(node.path for node in network.nodes)]
    return [CompletionItem(path) for path in paths if path.startswith(incomplete)]


def complete_kinds(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The kinds of layers; behind one, the names of its arguments."""
    from ..layers import LAYERS, layer_class

    words = ctx.params.get("words") or ()
    kind = next((word for word in words if word in LAYERS), None)
    offered = list(LAYERS) if kind is None else [f"{name}=" for name in layer_class(kind).fields]
    return [CompletionItem(word) for word in offered if word.startswith(incomplete)]
