"""Completions for the shell: bundled names, files and their variants, columns, layers."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from ..escape import guarded, safe

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def items(texts: Iterable[str], **facts: str) -> list[CompletionItem]:
    """Completions with the same attributes, such as `help`.

    A name that cannot be printed as it is cannot be typed either, and is not offered.
    """
    from click.shell_completion import CompletionItem  # only the shell's completion needs it

    return [CompletionItem(text, **facts) for text in texts if guarded(safe(text)) == text]


def complete_networks(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Bundled names and files; after an `@`, the variants of the network before it."""
    from ..sources.bundled import bundled_names, variants_of

    path, mark, prefix = incomplete.rpartition("@")
    if mark:
        variants = [name for name in variants_of(path) if name.startswith(prefix)]
        return items(f"{path}@{name}" for name in variants)
    names = [name for name in dict.fromkeys(bundled_names()) if name.startswith(incomplete)]
    if not names:
        return items([incomplete], type="file")
    # bash drops the other words if one of them requests files, so matching files are listed here.
    return items([*names, *network_files(incomplete)])


def network_files(prefix: str) -> list[str]:
    """The YAML and model files of the current folder whose names begin with the prefix."""
    from ..importers.file_formats import FORMATS

    models = [extension for found in FORMATS.values() for extension in found.extensions]
    names = [name for name in os.listdir() if name.endswith((".yaml", ".yml", *models))]
    return sorted(name for name in names if name.startswith(prefix))


def complete_columns(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Columns; for `--columns`, after those already given."""
    from ..views.show.columns import COLUMNS

    before, mark, prefix = "", "", incomplete
    if param.name == "columns":
        before, mark, prefix = incomplete.rpartition(",")
    found = [column for name, column in COLUMNS.items() if name.startswith(prefix)]
    return [item for one in found for item in items([before + mark + one.name], help=one.about)]


def complete_numbers(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The quantities of networks, after those already given."""
    from ..quantities import QUANTITIES, names_for

    before, mark, prefix = incomplete.rpartition(",")
    found = [QUANTITIES[name] for name in names_for("compare") if name.startswith(prefix)]
    return [item for one in found for item in items([before + mark + one.name], help=one.summary)]


def complete_layers(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The paths of the layers and groups of the network that is the first argument."""
    from ..parser import Request, RequestError, parse
    from ..sources.resolve import is_at_rest, load

    if not is_at_rest(ctx.params["net"]):  # a key press runs nothing, and waits for nothing
        return []
    try:
        source = load(ctx.params["net"])
        network = parse(source.data, source.name, Request(source.variant)).network
    except (RequestError, OSError):
        return []
    if network is None:
        return []
    paths = [*(group.path for group in network.groups), *(node.path for node in network.nodes)]
    return items(path for path in paths if path.startswith(incomplete))


def complete_kinds(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The kinds of layers; after one, the names of its arguments."""
    from ..layers import LAYERS, layer_class

    words = ctx.params.get("words") or ()
    kind = next((word for word in words if word in LAYERS), None)
    offered = list(LAYERS) if kind is None else [f"{name}=" for name in layer_class(kind).fields]
    return items(word for word in offered if word.startswith(incomplete))
