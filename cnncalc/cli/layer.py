"""`cnncalc layer`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from ..dtype import FLOAT32
from ..engine import analyse
from ..escape import safe
from ..layers.parameter import short_sizes_text
from ..parser.reading.types import stated_types
from ..problem import count
from ..shape import Shape, parse_shape
from ..sources.inline import NAME, InlineError, document_text
from ..sources.resolve import Source
from ..views.layer.formats import FORMATS, OPTION_FORMATS, LayerRequest, render
from .completers import complete_kinds
from .convention import convention_option, with_convention
from .explanation import ExplanationOptions, explain_request, explanation_options
from .loading import checked_network, parse_source
from .options import NetworkOptions, OnceCommand, batch_option, dtype_option
from .terminal import note, terminal_width, write_output, write_parts

if TYPE_CHECKING:
    from ..layers.layer import Layer
    from ..network import Node
    from ..parser import Parsed

EPILOG = """\b
Examples:
  cnncalc layer conv 3x227x227 out=96 kernel=11 stride=4
  cnncalc layer linear 9216 4096
  cnncalc layer add 64x56x56 64x56x56
  cnncalc layer 3x32x32 'conv 4 kernel=5' relu 'conv 10 kernel=5'
  cnncalc layer 3x32x32 'conv 4 kernel=5' relu -o net.yaml       the chain as a file
  cnncalc layer conv 3x224x224 kernel=7 stride=2 --want 64x112x112

cnncalc help layers lists the layers and their arguments.
"""


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Explain one layer without a file: LAYER SHAPE [NAME=VALUE...]; or a chain of layers:"
    " SHAPE 'LAYER [NAME=VALUE...]'...",
)
@click.argument(
    "words",
    nargs=-1,
    required=True,
    metavar="LAYER SHAPE [NAME=VALUE]...",
    shell_complete=complete_kinds,
)
@click.option("--want", metavar="SHAPE", help="List the paddings that give this output shape.")
@dtype_option
@batch_option
@convention_option
@explanation_options(FORMATS)
def command(
    words: Sequence[str],
    want: str | None,
    dtype: str | None,
    batch: int,
    convention: str | None,
    shown: ExplanationOptions,
) -> None:
    others = {"--batch": batch > 1, "--convention": convention}
    wanted = wanted_shape(want)
    if wanted is not None:
        check_want({"--dtype": dtype, **others, **shown.given()})
    form = shown.chosen_form(FORMATS, OPTION_FORMATS, others)
    options = NetworkOptions(dtype=dtype, batch=batch)
    parsed = parse_words(words, wanted, options)
    analysis = with_convention(analyse(checked_network(parsed), batch), convention)
    if wanted is not None:
        check_want({f"the format {form}": form != "text"})
        write_output(paddings_text(analysis.network.nodes[-1], wanted), form, shown.output)
        return
    from ..engine.selection import Selection

    assert parsed.document is not None  # the network was built of it
    every_layer = [Selection(layers=range(len(analysis.layers)))]
    explanation = explain_request(analysis, NAME, every_layer, shown)
    types = analysis.network.types
    stated = None if types == FLOAT32 else stated_types(types)
    document = parsed.document._replace(dtype=stated)
    write_parts(render(form, LayerRequest(document, explanation)), form, shown.output)


def check_want(given: Mapping[str, object]) -> None:
    """Raise UsageError for an option that has no effect on the list of paddings."""
    for option, value in given.items():
        if value:
            raise click.UsageError(f"--want lists paddings, on which {option} has no effect")


def wanted_shape(want: str | None) -> Shape | None:
    """The shape of `--want`.  Raises UsageError if it is not one."""
    wanted = parse_shape(want) if want is not None else None
    if want is not None and wanted is None:
        raise click.UsageError(f"--want takes a shape such as 64x112x112, found {safe(want)}")
    return wanted


def parse_words(words: Sequence[str], wanted: Shape | None, options: NetworkOptions) -> Parsed:
    """The file that the words state.  Raises UsageError if they state none."""
    try:
        text = document_text(words, wanted)
    except InlineError as error:
        raise click.UsageError(safe(str(error))) from None
    source = Source(text.encode("utf-8", "backslashreplace"), NAME, None)
    return parse_source(source, options)


# Paddings for a wanted output

PaddingArguments = dict[str, tuple[int, ...]]
"""The arguments that pad a layer, with a number per axis."""


def paddings_text(node: Node, wanted: Shape) -> str:
    """The paddings that give a shape, each with its arithmetic; exits with 1 if there are none."""
    inputs, layer = node.input_shapes, node.layer
    input_text = ", ".join(map(str, inputs))
    found: list[PaddingArguments] = []
    if len(wanted) == len(node.shape) and wanted.channels == node.shape.channels:
        found = layer.paddings_for(wanted.spatial, *inputs)
    if not found:
        reason = no_padding_reason(node, wanted)
        note(f"no padding of {input_text} gives {wanted}: {reason}")
        raise click.exceptions.Exit(1)
    lines = [f"{layer.kind} {layer.label()}  {input_text} -> {wanted} with"]
    for padding in found:
        lines += padding_lines(layer, inputs, padding)
    return "\n".join(lines) + "\n"


def padding_lines(layer: Layer, inputs: Sequence[Shape], padding: PaddingArguments) -> list[str]:
    """One padding with its arithmetic: in one line if the terminal is wide enough."""
    padded = type(layer)(**{**layer.__dict__, **padding})
    terms = list(padded.shape_terms(*inputs).values())[1:]  # without the channels
    sums = dict.fromkeys(f"{term.with_numbers} = {term.result}" for term in terms)
    arguments, width = padding_arguments(padding), terminal_width()
    line = f"  {arguments:<30}  {', '.join(sums)}"
    if width is None or len(line) <= width:
        return [line]
    return [f"  {arguments}", *(f"    {one}" for one in sums)]


def padding_arguments(padding: PaddingArguments) -> str:
    """A padding as a file states it, without the arguments that have no effect."""
    given = dict(padding)
    if given.get("padding_end") == given["padding"]:
        del given["padding_end"]
    parts = []
    for name, sizes in given.items():
        size = short_sizes_text(sizes)
        if name == "padding" or size != "0":
            parts.append(f"{name}: {size}")
    return ", ".join(parts)


def no_padding_reason(node: Node, wanted: Shape) -> str:
    """The reason why no padding gives a shape."""
    kind, shape = node.layer.kind, node.shape
    if len(wanted) != len(shape) or wanted.channels != shape.channels:
        axes = count(len(shape) - 1, "spatial axis")
        return f"the output of {kind} has {count(shape.channels, 'channel')} and {axes}"
    has_window = node.layer.windows(*node.input_shapes)
    if not has_window and not node.layer.paddings_for(shape.spatial, *node.input_shapes):
        return f"{kind} has no window to pad"
    arguments = node.layer.arguments()
    own = {name: sizes for name, sizes in arguments.items() if "padding" in name}
    return f"with `{padding_arguments(own)}` the output is {shape}; try another kernel or stride"
