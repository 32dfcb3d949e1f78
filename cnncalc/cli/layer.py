"""`cnncalc layer`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..engine.calculation import analyse
from ..problem import count
from ..shape import Shape, parse_shape
from ..sources.inline import NAME, NoChain, text_of
from ..sources.resolve import Source
from ..views.text import safe
from .completers import complete_kinds
from .explain import explained
from .loading import complain, parsed
from .options import batch_option, numbers_of, print_options
from .terminal import terminal_width

if TYPE_CHECKING:
    from ..network import Node

EPILOG = """\b
Examples:
  cnncalc layer conv 3x227x227 out=96 kernel=11 stride=4
  cnncalc layer linear 9216 4096
  cnncalc layer add 64x56x56 64x56x56
  cnncalc layer 3x32x32 'conv 4 kernel=5' relu 'conv 10 kernel=5'
  cnncalc layer conv 3x224x224 kernel=7 stride=2 --want 64x112x112

cnncalc help layers lists the layers and their arguments.
"""


@click.command(
    epilog=EPILOG,
    help="Explain one layer without a file: LAYER SHAPE [NAME=VALUE...]; or a chain: SHAPE 'LAYER [NAME=VALUE...]'...",
)
@click.argument(
    "words",
    nargs=-1,
    required=True,
    metavar="LAYER SHAPE [NAME=VALUE]...",
    shell_complete=complete_kinds,
)
@click.option("--want", metavar="SHAPE", help="Name the paddings with which this shape comes out.")
@click.option("--dtype", metavar="TYPE", help="The type of all tensors: float16, int8, ...")
@batch_option
@print_options
def command(
    words: Sequence[str],
    want: str | None,
    dtype: str | None,
    batch: int,
    only: str | None,
    form: str,
    color: str,
) -> None:
    numbers = numbers_of(only)
    wanted = parse_shape(want) if want is not None else None
    if want is not None and wanted is None:
        raise click.UsageError(f"--want takes a shape such as 64x112x112, found {safe(want)}")
    try:
        text = text_of(words, wanted)
    except NoChain as error:
        raise click.UsageError(safe(str(error))) from None
    source = Source(text.encode("utf-8", "backslashreplace"), NAME, None)
    report = analyse(complain(parsed(source, (), (), dtype), source), batch)
    if wanted is not None:
        sys.stdout.write(ways(report.network.nodes[-1], wanted))
        return
    from ..explain.select import Selection

    sys.stdout.write(
        explained(report, NAME, [Selection(layers=range(len(report.layers)))], numbers, form, color)
    )
    if form == "text" and len(report.layers) > 1:
        sys.stdout.write(
            f"\n\n{total(report.totals.params, report.totals.macs, len(report.layers))}\n"
        )


def total(params: int, macs: int, layers: int) -> str:
    return f"{count(layers, 'layer')} with {params:,} parameters and {macs:,} MACs in all"


# The other way round


def ways(node: Node, wanted: Shape) -> str:
    """The paddings that give a shape, each with its arithmetic.  Exits with 1 where there are none."""
    entering, layer = node.input_shapes, node.layer
    found, width = [], terminal_width()
    if len(wanted) == len(node.shape) and wanted.channels == node.shape.channels:
        found = layer.paddings_for(wanted.spatial, *entering)
    if not found:
        click.echo(
            f"no padding makes {wanted} of {', '.join(map(str, entering))}: {why_not(node, wanted)}",
            err=True,
        )
        raise click.exceptions.Exit(1)
    lines = [f"{layer.kind} {layer.label()}  {', '.join(map(str, entering))} -> {wanted} with"]
    for way in found:
        terms = type(layer)(**{**layer.__dict__, **way}).shape_terms(*entering)
        sums = dict.fromkeys(
            f"{term.with_numbers} = {term.result}" for term in list(terms.values())[1:]
        )
        line = f"  {said(way):<30}  {', '.join(sums)}"
        lines += (
            [line]
            if width is None or len(line) <= width
            else [f"  {said(way)}", *(f"    {one}" for one in sums)]
        )
    return "\n".join(lines) + "\n"


def said(way: dict[str, tuple[int, ...]]) -> str:
    """Arguments as a file has them: those that change nothing are left out."""
    if way.get("padding_end") == way["padding"]:
        del way["padding_end"]
    shown = {
        name: "x".join(map(str, dict.fromkeys(sizes) if len(set(sizes)) == 1 else sizes))
        for name, sizes in way.items()
    }
    return ", ".join(
        f"{name}: {size}" for name, size in shown.items() if name == "padding" or size != "0"
    )


def why_not(node: Node, wanted: Shape) -> str:
    if len(wanted) != len(node.shape) or wanted.channels != node.shape.channels:
        space = count(len(node.shape) - 1, "axis")
        return f"{node.layer.kind} puts out {count(node.shape.channels, 'channel')} and {space} of space"
    if not node.layer.windows(*node.input_shapes) and not node.layer.paddings_for(
        node.shape.spatial, *node.input_shapes
    ):
        return f"{node.layer.kind} has no window that could be padded"
    arguments = node.layer.arguments()
    padding = said({name: sizes for name, sizes in arguments.items() if "padding" in name})
    return f"{node.shape} comes out with `{padding}`; another kernel or stride may do"
