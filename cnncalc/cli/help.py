"""`cnncalc help`."""

from __future__ import annotations

import os
import sys

import click

from ..sources.bundled import folder
from .terminal import terminal_width, wants_colour

PAGES = {
    "language": "the architecture language, from a three-line file up",
    "layers": "every layer: parameters, shapes, weights, costs",
    "numbers": "what each number means",
    "tutorial": "convolution arithmetic, from 7x7 to GoogLeNet",
    "tutorial.ko": "the tutorial in Korean",
    "explain": "how each number comes about, and layers without a file",
    "show": "tables, columns, formats, completion",
    "diff": "what changed between two networks, and how git shows it",
    "graph": "a network as a picture: Mermaid, Graphviz, SVG",
    "report": "one page for the browser: graph, charts, table, file",
    "ci": "`cnncalc check` in CI: formats, configuration, baselines",
    "rules": "what `cnncalc check` looks for",
    "conventions": "how torchinfo, fvcore, ptflops, thop and calflops count operations",
    "columns": "the columns of tables",
    "architectures": "the bundled networks, and what was published of them",
    "schema": "completion and checks in VS Code, JetBrains and Neovim",
    "python": "the Python interface",
}


def topics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from .main import COMMANDS

    return [topic for topic in (*PAGES, *COMMANDS) if topic.startswith(incomplete)]


@click.command(
    help="Show a page on TOPIC, or the help of a command; without one, which topics there are."
)
@click.argument("topic", required=False, shell_complete=topics)
@click.pass_context
def command(ctx: click.Context, topic: str | None) -> None:
    from .main import COMMANDS, main

    if topic is None:
        click.echo(
            "Pages:\n"
            + "\n".join(f"  cnncalc help {name:<13}  {about}" for name, about in PAGES.items())
        )
        click.echo("Commands:\n" + "\n".join(f"  cnncalc {name} --help" for name in COMMANDS))
    elif topic in PAGES:
        show_page(columns_page() if topic == "columns" else page(topic))
    elif topic in COMMANDS and ctx.parent is not None:
        found = main.get_command(ctx.parent, topic)
        assert found is not None
        with click.Context(found, parent=ctx.parent, info_name=topic) as inner:
            click.echo(found.get_help(inner))
    else:
        from ..problem import did_you_mean

        raise click.UsageError(
            f"there is no page {topic!r}: {did_you_mean(topic, [*PAGES, *COMMANDS])}"
        )


def page(topic: str) -> str:
    with open(os.path.join(folder("docs"), f"{topic}.md"), encoding="utf-8") as file:
        return file.read()


def columns_page() -> str:
    from ..views.show.columns import COLUMNS

    rows = "\n".join(f"| `{name}` | {column.about} |" for name, column in COLUMNS.items())
    head = "| column | holds |\n| --- | --- |"
    return f"# Columns\n\nFor `--columns` and `--sort` of `cnncalc show`.\n\n{head}\n{rows}\n"


def show_page(text: str) -> None:
    """A page as it reads best: laid out on a terminal, as it stands on a pipe."""
    width = terminal_width()
    if width is None:
        sys.stdout.write(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(width=min(width, 100), no_color=not wants_colour("auto")).print(Markdown(text))
