"""`cnncalc export`."""

from __future__ import annotations

import click

from ..escape import safe
from ..exporters.errors import ExportError, UnusableName
from ..exporters.formats import FORMATS, WEIGHTS, ExportOptions, formats_of_options
from ..network import Network
from ..parser import RequestError, TracedNetwork, build_traced, read_document
from ..problem import Span
from ..sources.resolve import Source
from .completers import complete_networks
from .loading import check_one_variant, checked_network, load
from .options import (
    NetworkOptions,
    OnceCommand,
    check_binary_output,
    check_options,
    chosen_format,
    output_option,
    variable_options,
)
from .terminal import note, write_data, write_output

EPILOG = """\b
Examples:
  cnncalc export resnet50 -o resnet50.py         PyTorch, with the blocks of the file as classes
  cnncalc export mynet.yaml --to pytorch --set classes=10
  cnncalc export unet --to pytorch --flat --class UNet
  cnncalc export resnet50 --to keras             Keras 3, with the blocks of the file as functions
  cnncalc export resnet50 -o resnet50.onnx       ONNX, with weights of zeros that need no space

No framework is needed, and nothing in the file is executed.
cnncalc help export describes the formats.
"""


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Write NET as readable PyTorch or Keras source code, or as an ONNX file.",
)
@click.argument("net", shell_complete=complete_networks)
@click.option(
    "--to",
    "form",
    type=click.Choice(list(FORMATS)),
    help="The format (default: from the extension of -o FILE).",
)
@variable_options
@click.option("--flat", is_flag=True, help="One step for each layer, without blocks.")
@click.option(
    "--class", "class_name", metavar="NAME", help="Name of the network's class or function."
)
@click.option(
    "--weights",
    type=click.Choice(WEIGHTS),
    help=f"The weights of a file (default: {WEIGHTS[0]}); none: they are inputs.",
)
@output_option
def command(
    net: str,
    form: str | None,
    options: NetworkOptions,
    flat: bool,
    class_name: str | None,
    weights: str | None,
    output: str | None,
) -> None:
    form = chosen_format(form, output, FORMATS, "")
    if not form:
        *others, last = FORMATS
        listed = f"--to {', '.join(others)} or {last}"
        raise click.UsageError(f"name a format: {listed}, or -o FILE.py or FILE.onnx")
    check_options(
        form, formats_of_options(), {"--flat": flat, "--class": class_name, "--weights": weights}
    )
    if class_name == "":
        raise click.UsageError("--class takes a name, which is empty")
    if FORMATS[form].is_binary:
        check_binary_output(output, form)
    wanted = ExportOptions(flat, class_name or "", weights or "")
    traced = traced_network(load(net, options.inputs), options)
    try:
        exported = FORMATS[form].write(traced, wanted)
    except UnusableName as error:
        raise click.UsageError(f"--class: {safe(str(error))}") from None
    except ExportError as error:
        place = place_of(error.span, net, traced.network)
        raise NotExported(f"{place} cannot be exported to {form}: {error}") from None
    if FORMATS[form].is_binary:
        write_data(exported.parts, output)
    else:
        write_output(exported.content, form, output)
    for remark in exported.remarks:
        note(safe(remark))


def place_of(span: Span | None, net: str, network: Network) -> str:
    """The network, with the line and the column of a layer in its file."""
    if span is None or network.is_imported:
        return net
    return f"{net}:{span.line}:{span.column}"


class NotExported(click.ClickException):
    """A network that a format cannot state."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(safe(message))


def traced_network(source: Source, options: NetworkOptions) -> TracedNetwork:
    """A network with its trace; if its file has errors, print them and exit with 1."""
    check_one_variant(source)
    file = read_document(source.data, source.name)
    try:
        parsed, traced = build_traced(file, options.request(source.variant))
    except RequestError as error:
        raise click.UsageError(f"{safe(source.name)}: {safe(str(error))}") from None
    checked_network(parsed)
    assert traced is not None
    return traced
