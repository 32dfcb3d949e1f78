"""`cnncalc help`."""

from __future__ import annotations

import os

import click

from ..sources.bundled import data_folder
from .options import OnceCommand
from .terminal import terminal_width, wants_color, write

PAGES = {
    "language": "the architecture language, from a three-line file up",
    "layers": "every layer: arguments, shapes, weights, costs",
    "numbers": "what each number means",
    "tutorial": "convolution arithmetic, from 7x7 to GoogLeNet",
    "tutorial.ko": "the tutorial in Korean",
    "explain": "how each number is calculated, and layers without a file",
    "show": "tables, columns, formats, completion",
    "diff": "what changed between two networks, and how to use it with git",
    "graph": "a network as a picture: Mermaid, Graphviz, SVG",
    "report": "one page for the browser: graph, charts, table, file",
    "ci": "`cnncalc check` in CI: formats, configuration, baselines",
    "rules": "the lint rules of `cnncalc check`",
    "conventions": "how torchinfo, fvcore, ptflops, thop, calflops and Keras count",
    "columns": "the columns of tables",
    "architectures": "the bundled networks, and their published numbers",
    "schema": "completion and checks in VS Code, JetBrains and Neovim",
    "python": "the Python interface",
}


def complete_topics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from .main import COMMANDS

    return [topic for topic in (*PAGES, *COMMANDS) if topic.startswith(incomplete)]


@click.command(
    cls=OnceCommand,
    help="Show the page on TOPIC, or the help of a command; without TOPIC, list both.",
)
@click.argument("topic", required=False, shell_complete=complete_topics)
@click.pass_context
def command(ctx: click.Context, topic: str | None) -> None:
    from .main import COMMANDS, main

    if topic is None:
        write(f"{overview()}\n")
    elif topic in PAGES:
        show_page(columns_page() if topic == "columns" else page(topic))
    elif topic in COMMANDS and ctx.parent is not None:
        found = main.get_command(ctx.parent, topic)
        assert found is not None
        with click.Context(found, parent=ctx.parent, info_name=topic) as inner:
            write(f"{found.get_help(inner)}\n")
    else:
        from ..problem import did_you_mean

        hint = did_you_mean(topic, [*PAGES, *COMMANDS])
        raise click.UsageError(f"there is no page {topic!r}: {hint or 'cnncalc help lists them'}")


def overview() -> str:
    """All pages and commands."""
    from .main import COMMANDS

    pages = [f"  cnncalc help {name:<13}  {about}" for name, about in PAGES.items()]
    commands = [f"  cnncalc {name} --help" for name in COMMANDS]
    return "\n".join(["Pages:", *pages, "Commands:", *commands])


def page(topic: str) -> str:
    with open(os.path.join(data_folder("docs"), f"{topic}.md"), encoding="utf-8") as file:
        return file.read()


def columns_page() -> str:
    """The page on columns, made from their table."""
    from ..views.show.columns import COLUMNS

    rows = "\n".join(f"| `{name}` | {column.about} |" for name, column in COLUMNS.items())
    head = "| column | content |\n| --- | --- |"
    return f"# Columns\n\nFor `--columns` and `--sort` of `cnncalc show`.\n\n{head}\n{rows}\n"


def show_page(text: str) -> None:
    """A page: laid out on a terminal, its Markdown otherwise."""
    width = terminal_width()
    if width is None:
        write(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(width=min(width, 100), no_color=not wants_color("auto")).print(Markdown(text))
