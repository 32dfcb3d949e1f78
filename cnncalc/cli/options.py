"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..escape import safe
from ..named_tuple import NamedTuple

if TYPE_CHECKING:
    from ..parser import Request

Command = Callable[..., Any]
ALL = 10**6
"""The depth `all`: no network is nested this deep."""


class OnceCommand(click.Command):
    """A command that refuses an option with a value that is given twice, unless it takes several.

    Click would ignore all but the last.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            _, extra, order = self.make_parser(ctx).parse_args(args=list(args))
            if extra and self.params and self.params[0].name == "net":
                raise click.UsageError(several_networks(ctx.info_name or "", extra), ctx)
            for param in self.params:
                if isinstance(param, click.Option) and order.count(param) > 1:
                    check_repeats(param)
        return super().parse_args(ctx, args)


def several_networks(command: str, extra: Sequence[str]) -> str:
    """The error for more arguments than the one network that a command takes."""
    message = f"cnncalc {command} takes one network, found also {' '.join(extra)}"
    return f"{message}: cnncalc compare and cnncalc diff take several"


def check_repeats(option: click.Option) -> None:
    """Raise UsageError for an option that is given several times but takes one value."""
    if not (option.multiple or option.is_flag or option.count):
        raise click.UsageError(f"{option.opts[-1]} is given twice")


class NetworkOptions(NamedTuple):
    """The options that change a network: `--set`, `--input`, `--dtype` and `--batch`.

    `usual_dtype` is the type of what the file states none for.
    """

    variables: Mapping[str, str] = {}
    inputs: Mapping[str, str] = {}  # by name; "" for the only input
    dtype: str | None = None
    batch: int = 1
    usual_dtype: str = "float32"

    @property
    def changes_network(self) -> bool:
        """Whether the network is not the one that the file describes."""
        return bool(self.variables or self.inputs)

    def request(self, variant: str | None = None) -> Request:
        """The request for a variant of a file."""
        from ..parser import Request

        return Request(variant, self.variables, self.inputs, self.dtype, self.usual_dtype)


def network_options(function: Command) -> Command:
    """`--set`, `--input`, `--dtype` and `--batch`, which the command gets as `options`."""

    @functools.wraps(function)
    def command(*, options: NetworkOptions, dtype: str | None, batch: int, **others: Any) -> Any:
        return function(options=options._replace(dtype=dtype, batch=batch), **others)

    return variable_options(dtype_option(batch_option(command)))


def variable_options(function: Command) -> Command:
    """`--set` and `--input`, which the command gets as `options`."""

    @functools.wraps(function)
    def command(*, settings: Sequence[str], inputs: Sequence[str], **others: Any) -> Any:
        variables, shapes = pairs(settings, "--set"), pairs(inputs, "--input", nameless=True)
        return function(options=NetworkOptions(variables, shapes), **others)

    set_option = click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="VAR=VALUE",
        help="Set a variable of the file, e.g. classes=10.",
    )
    input_option = click.option(
        "--input",
        "inputs",
        multiple=True,
        metavar="SHAPE",
        help="Replace the input shape: 3x299x299, or NAME=SHAPE.",
    )
    return set_option(input_option(command))


dtype_option = click.option(
    "--dtype", metavar="TYPE", help="Type of all tensors: float16, int8, w4a8, ..."
)
batch_option = click.option(
    "--batch",
    type=click.IntRange(1, 10**9),
    default=1,
    metavar="N",
    help="Batch size (default: 1).",
)


def depth_option(default: str) -> Callable[[Command], Command]:
    """`--depth`."""
    text = f"Expand groups to depth N, or `all` (default: {default})."
    return click.option("--depth", type=DepthType(), metavar="N", help=text)


def format_option(
    formats: Iterable[str], default: str, text: str = "Output format"
) -> Callable[[Command], Command]:
    """`--format`, one of the names of a table of formats."""
    text = f"{text} (default: {default}, or from the extension of -o FILE)."
    return click.option("--format", "form", type=click.Choice(list(formats)), help=text)


def chosen_format(
    form: str | None, output: str | None, formats: Mapping[str, object], default: str
) -> str:
    """The named format, or that of the extension of the output, or the default.

    Raises UsageError if the extension belongs to another format.
    """
    from ..views.file_extensions import WrongExtension, check_extension, format_for

    path = None if output == "-" else output
    try:
        if form is None:
            return format_for(path, formats, default)
        check_extension(path, form)
    except WrongExtension as error:
        raise click.UsageError(f"-o {safe(output or '')}: {safe(str(error))}") from None
    return form


def check_options(
    form: str, option_formats: Mapping[str, Sequence[str]], given: Mapping[str, object]
) -> None:
    """Raise UsageError if an option that is given does not apply to the format."""
    if not any(given.values()):
        return
    from ..views.conversion import drawn_as, with_conversions

    drawn = drawn_as(form)
    for option, value in given.items():
        forms = option_formats.get(option, (drawn,))
        if value and drawn not in forms:
            *others, last = with_conversions(forms)
            listed = f"{', '.join(others)} and {last}" if others else last
            raise click.UsageError(f"{option} is for {listed}, not for {form}")


def check_binary_output(output: str | None, form: str) -> None:
    """Raise UsageError if a binary format would be printed on a terminal."""
    import sys

    if output in (None, "-") and sys.stdout.isatty():
        raise click.UsageError(f"{form} is binary: write it to a file with -o FILE, or to a pipe")


def colors(color: str) -> dict[str, object]:
    """`--color` for `check_options`: only `always` needs a format that has colors."""
    return {"--color": color == "always"}


SORT_HELP = "Sort by a column: numbers from the largest, text from a to z; -COLUMN reverses it"


def sort_order(text: str | None) -> tuple[bool, str | None]:
    """Whether `--sort` reverses the order, and the column that it names."""
    if text is None or not text.startswith("-"):
        return False, text
    return True, text[1:]


exact_option = click.option("--exact", is_flag=True, help="Print all digits of every number.")


def color_option(function: Command) -> Command:
    """`--color`."""
    choice = click.Choice(["auto", "always", "never"])
    text = "Color the output (default: auto, on terminals)."
    return click.option("--color", type=choice, default="auto", help=text)(function)


def output_option(function: Command) -> Command:
    """`-o FILE`, of commands that print to standard output without it."""
    text = "Write to FILE instead of standard output."
    return click.option(
        "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False), help=text
    )(function)


# Values


def pairs(texts: Sequence[str], option: str, nameless: bool = False) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping.

    If `nameless`, a text may be a value alone, whose name is "".  Raises UsageError.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, mark, value = text.partition("=")
        if not mark and nameless:
            name, value = "", text
        elif not mark or not name:
            raise click.UsageError(f"{option} takes NAME=VALUE, found {safe(text)}")
        if name.strip() in found:
            raise click.UsageError(f"{option} gives {safe(name) or 'the input'} twice")
        found[name.strip()] = value
    return found


class DepthType(click.ParamType):  # type: ignore[type-arg]
    """A number of levels, 1 or more, or `all`."""

    name = "depth"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "all":
            return ALL
        if not (value.isascii() and value.isdigit() and int(value[:7]) >= 1):
            self.fail(f"{value!r} is not a depth: 1 or more, or all", param, ctx)
        return int(value[:7])


class FigureType(click.ParamType):  # type: ignore[type-arg]
    """A number with a unit: 5M, 1.5G, 300k."""

    name = "amount"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from ..figure import parse_figure

        found = parse_figure(value, is_count=True)
        if found is None:
            self.fail(f"{value!r} is not an amount, such as 5M or 1.5G", param, ctx)
        return found.value
