"""`cnncalc help`."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click

from ..escape import safe
from ..sources.bundled import data_folder
from .options import OnceCommand
from .terminal import terminal_width, wants_color, write, write_paged

PAGES = {
    "language": "the architecture language, from a three-line file up",
    "layers": "every layer: arguments, shapes, weights, costs",
    "numbers": "the definition of every number",
    "tutorial": "convolution arithmetic, from 7x7 to GoogLeNet",
    "tutorial.ko": "the tutorial in Korean",
    "explain": "how each number is calculated, and layers without a file",
    "show": "tables, columns, formats, completion",
    "compare": "networks in one table or plot: accuracy, your own columns, fronts",
    "diff": "what changed between two networks, and how to use it with git",
    "graph": "a network as a flowchart or a figure: Mermaid, Graphviz, SVG, TikZ",
    "figures": "examples of figures, in color and in gray",
    "latex": "LaTeX: tables, formulas and figures for a paper",
    "report": "a self-contained HTML page: graph, charts, table, file",
    "live": "`--watch`: new numbers whenever a file is saved",
    "editors": "the language server in VS Code, Neovim, Helix, Zed and Emacs",
    "import": "a PyTorch model or a model file as an architecture file",
    "export": "a network as PyTorch or Keras source, or as an ONNX file",
    "spec": "the file as the specification: code is checked against it in CI",
    "sweep": "the totals of many variants: conditions, fronts, statistics, long sweeps",
    "design_spaces": "statistics of many networks, and the largest that fits a board",
    "design_spaces.ko": "the same in Korean",
    "ci": "`cnncalc check` in CI: formats, configuration, baselines",
    "rules": "the lint rules of `cnncalc check`",
    "cookbook": "common parts of networks, each in a file to copy",
    "names": "the names of layers and arguments in PyTorch, Keras, ONNX and cnncalc",
    "conventions": "how torchinfo, fvcore, ptflops, thop, calflops and Keras count",
    "devices": "the devices, their files, and the calculations for them",
    "columns": "the columns of tables",
    "architectures": "the bundled networks, and their published numbers",
    "schema": "completion and validation in VS Code, JetBrains IDEs and Neovim",
    "site": "the playground in the browser, and the documentation as a site",
    "python": "the Python API",
}


def complete_topics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from .main import COMMANDS

    return [topic for topic in (*PAGES, *COMMANDS) if topic.startswith(incomplete)]


@click.command(
    cls=OnceCommand,
    help="Show the page or the section on TOPIC, such as a layer or a rule, or the help of a"
    " command; without TOPIC, list the pages and commands.",
)
@click.argument("words", nargs=-1, metavar="[TOPIC]", shell_complete=complete_topics)
@click.pass_context
def command(ctx: click.Context, words: tuple[str, ...]) -> None:
    from .main import COMMANDS, main

    topic = " ".join(words)
    if not words:
        write(f"{overview()}\n")
    elif topic in PAGES:
        show_page(page(topic))
    elif topic in COMMANDS and ctx.parent is not None:
        found = main.get_command(ctx.parent, topic)
        assert found is not None
        with click.Context(found, parent=ctx.parent, info_name=topic) as inner:
            write(f"{found.get_help(inner)}\n")
    else:
        show_page(topic_sections(topic))


def topic_sections(topic: str) -> str:
    """The sections on a topic, each with the page that it is on.  Raises UsageError."""
    from ..layers.aliases import kind_for
    from ..views.help_sections import find_sections

    pages = {name: page(name) for name in PAGES if not name.endswith(".ko")}
    found = find_sections(topic, kind_for(topic), pages)
    if not found:
        raise click.UsageError(unknown_topic(topic, pages))
    texts = [f"{one.text}\nFrom the page: `cnncalc help {one.page}`\n" for one in found]
    return "\n".join(texts)


def unknown_topic(topic: str, pages: Mapping[str, str]) -> str:
    """The error for a topic that no page has."""
    from ..problem import nearest
    from ..views.help_sections import sections
    from .main import COMMANDS

    titles = [one.title for name, text in pages.items() for one in sections(name, text)]
    hint = nearest(topic, [*PAGES, *COMMANDS, *titles]) or "cnncalc help lists the pages"
    return f"there is no page or section on `{safe(topic)}`: {hint}"


def overview() -> str:
    """All pages and commands."""
    from .main import COMMANDS

    width = max(map(len, PAGES))
    pages = [f"  cnncalc help {name:<{width}}  {about}" for name, about in PAGES.items()]
    commands = [f"  cnncalc {name} --help" for name in COMMANDS]
    return "\n".join(["Pages:", *pages, "Commands:", *commands])


def page(topic: str) -> str:
    """The Markdown of a page."""
    if topic == "columns":
        return columns_page()
    with open(os.path.join(data_folder("docs"), f"{topic}.md"), encoding="utf-8") as file:
        return file.read()


def columns_page() -> str:
    """The page on columns, made from their table."""
    from ..views.show.columns import COLUMNS

    rows = "\n".join(f"| `{name}` | {column.about} |" for name, column in COLUMNS.items())
    head = "| column | content |\n| --- | --- |"
    return f"# Columns\n\nFor `--columns` and `--sort` of `cnncalc show`.\n\n{head}\n{rows}\n"


def show_page(text: str) -> None:
    """A page: laid out on a terminal, a long one in its pager; its Markdown otherwise."""
    width = terminal_width()
    if width is None:
        write(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(width=min(width, 100), no_color=not wants_color("auto"))
    with console.capture() as capture:
        console.print(Markdown(text))
    write_paged(capture.get())
