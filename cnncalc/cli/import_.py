"""`cnncalc import`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Timer
from typing import IO, TYPE_CHECKING, Any

import click

from ..escape import safe
from ..problem import count
from .options import pairs
from .terminal import note, write

if TYPE_CHECKING:
    from ..importers.importing import ImportedModel
    from ..importers.pytorch.process import TraceOptions
    from ..sketch import Sketch

EPILOG = """\b
Examples:
  cnncalc import model.pt2                              nothing is executed, no torch is needed
  cnncalc import model.onnx --output features
  cnncalc import torchvision:resnet50 -o resnet50.yaml
  cnncalc import timm:convnext_tiny --arg num_classes=10
  cnncalc import net.py:make_model --input image=3x32x32 --arg depth=5
  cnncalc import package.module:Net --input 3x224x224 --module backbone

\b
Importing a callable runs its code.  A file model.pt2 is made with these lines:
  with torch.device("meta"): model = make()
  program = torch.export.export(model.eval(), (torch.empty(7, 3, 224, 224, device="meta"),),
                                strict=False)
  torch.export.save(program, "model.pt2")
"""


PATIENCE = 1.0
"""The seconds after which a step says what it does."""


@click.command(
    epilog=EPILOG,
    help="Write a model as an architecture file: model.pt2, model.onnx, or MODULE:CALLABLE.",
)
@click.argument("target")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="SHAPE",
    help="The shape of an input without the batch: 3x224x224, or NAME=SHAPE.",
)
@click.option(
    "--arg",
    "arguments",
    multiple=True,
    metavar="NAME=VALUE",
    help="An argument of the callable; the value is a Python literal or a word.",
)
@click.option("--module", default="", metavar="PATH", help="Import a submodule, such as backbone.")
@click.option("--train", is_flag=True, help="Run the model in training mode.")
@click.option("--output", default="", metavar="NAME", help="Keep only this output.")
@click.option("--name", default="", metavar="NAME", help="The name of the network.")
@click.option(
    "--allow-custom",
    is_flag=True,
    help="Write unsupported operators of a model file as `custom` layers.",
)
@click.option("--flat", is_flag=True, help="One step for each layer, without blocks.")
@click.option(
    "--python",
    default="",
    metavar="FILE",
    help="A Python interpreter with torch (default: that of the active environment).",
)
@click.option(
    "-o",
    "path",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write to FILE instead of standard output.",
)
def command(
    target: str,
    inputs: Sequence[str],
    arguments: Sequence[str],
    module: str,
    train: bool,
    output: str,
    name: str,
    allow_custom: bool,
    flat: bool,
    python: str,
    path: str | None,
) -> None:
    from ..importers.errors import ImportFailed, InvalidModelFile
    from ..importers.importing import import_sketch
    from ..importers.pytorch.process import TraceOptions
    from ..sources.files import UnreadableFile, write_file
    from ..sources.models import is_model_file, message_on

    trace = TraceOptions(tuple(inputs), tuple(arguments), module, train, python)
    try:
        if is_model_file(target):
            sketch = sketch_of_data(target, trace, name, output, allow_custom)
        else:
            sketch = sketch_of_code(target, trace, name, output)
        with late_note(f"folding {count(len(sketch.layers), 'layer')}"):
            imported = import_sketch(sketch, is_flat=flat)
    except (ImportFailed, InvalidModelFile) as error:
        raise ImportMessage(message_on(target, error)) from None
    except UnreadableFile:
        raise
    except OSError as error:
        raise UnreadableFile(f"cannot read {target}: {error.strerror}") from None
    if path:
        write_file(path, imported.text.encode())
    else:
        write(imported.text)
    for line in summary(imported):
        note(safe(line))


def sketch_of_data(
    path: str, trace: TraceOptions, name: str, output: str, is_custom_allowed: bool
) -> Sketch:
    """The model of a file.  Raises UsageError for options that need code to run."""
    from ..importers.file_formats import ReadOptions
    from ..importers.load import sketch_of_file
    from ..importers.pytorch.process import TraceOptions
    from ..sources.models import input_shapes

    if trace != TraceOptions(trace.inputs):
        raise click.UsageError(
            f"{safe(path)} is a file, whose code does not run: --arg, --module, --train and "
            "--python do not apply"
        )
    shapes = input_shapes(pairs(trace.inputs, "--input", nameless=True))
    return sketch_of_file(path, ReadOptions(name, shapes, output, is_custom_allowed))


def sketch_of_code(target: str, trace: TraceOptions, name: str, output: str) -> Sketch:
    """The model that a callable makes, after saying so."""
    from ..importers.load import sketch_of_call
    from ..importers.pytorch.process import running
    from ..importers.pytorch.targets import call_target
    from ..sources.models import PREFIX

    check_is_model(target)
    called = call_target(target.removeprefix(PREFIX))
    note(safe(running(called, trace)))
    return sketch_of_call(called, trace, name, output)


def check_is_model(target: str) -> None:
    """Raise UsageError for an architecture: there is nothing to import."""
    from os.path import isfile

    from ..sources.bundled import bundled
    from ..sources.models import ARCHITECTURE_ENDINGS

    if (isfile(target) and target.endswith(ARCHITECTURE_ENDINGS)) or bundled(target):
        name = safe(target)
        raise click.UsageError(
            f"{name} is an architecture, which every command takes as it is: cnncalc show {name}; "
            f"cnncalc new NAME --like {name} copies it"
        )


@contextmanager
def late_note(text: str) -> Iterator[None]:
    """A line on standard error about what takes more than a second."""
    timer = Timer(PATIENCE, note, [text])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class ImportMessage(click.ClickException):
    """A message of several lines, which are made safe one by one."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.lines = [safe(line) for line in message.splitlines()]

    def show(self, file: IO[Any] | None = None) -> None:
        text = "\n".join(self.lines)
        if file is None:
            note(f"Error: {text}")
        else:
            file.write(f"Error: {text}\n")


def summary(imported: ImportedModel) -> Iterator[str]:
    """What was imported, how exactly, and what is not folded."""
    totals = imported.totals
    layers = count(len(imported.sketch.layers), "layer")
    yield f"{layers} in {count(imported.lines, 'line')}"
    counts = f"{totals.params:,} parameters, {totals.buffers:,} buffers, {totals.macs:,} MACs"
    if imported.sketch.has_tensors:
        yield f"each layer agrees with the sizes of the model's tensors: {counts}"
    else:
        yield f"the file states no counts; its layers have {counts}"
    yield from imported.notes
    if imported.form != "folded" and imported.reasons:
        yield f"written {imported.form}, since the folded file differs ({imported.reasons[0]})"
