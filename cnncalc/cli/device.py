"""`--device` and `--runtime`: what a network needs on a device."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ..devices.device import RUNTIMES, Device, RuntimeName
from ..engine.analysis import Analysis
from ..escape import safe
from ..named_tuple import NamedTuple
from ..sources.files import is_present, read_file
from .completers import items
from .options import Command, NetworkOptions
from .terminal import note

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class DeviceOptions(NamedTuple):
    """The device and the runtime that are named, if any; `name` is the device as it was named."""

    device: Device | None = None
    runtime: RuntimeName | None = None
    name: str | None = None

    def __bool__(self) -> bool:
        return self.device is not None or self.runtime is not None


def complete_devices(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from ..devices.catalogue import device_names

    names = [name for name in device_names() if name.startswith(incomplete)]
    return items(names) if names else items([incomplete], type="file")


def device_option(text: str) -> Callable[[Command], Command]:
    """`--device`."""
    return click.option("--device", metavar="NAME", shell_complete=complete_devices, help=text)


def device_options(function: Command) -> Command:
    """`--device` and `--runtime`, which the command gets as `target`.

    The type of the device is that of files that state none.
    """

    @functools.wraps(function)
    def command(
        *, options: NetworkOptions, device: str | None, runtime: RuntimeName | None, **others: Any
    ) -> Any:
        target = DeviceOptions(None if device is None else device_called(device), runtime, device)
        if target.device is not None:
            options = options._replace(usual_dtype=target.device.dtype)
        return function(options=options, target=target, **others)

    runtime_option = click.option(
        "--runtime",
        type=click.Choice(RUNTIMES),
        help="How the network is executed (default: by the runtime of the device).",
    )
    text = "Also show the needs on a device: a name that cnncalc devices lists, or a file."
    return device_option(text)(runtime_option(command))


def numbers_there(target: DeviceOptions) -> tuple[str, ...]:
    """The quantities that networks have on the device or in the runtime; none without one."""
    if not target:
        return ()
    from ..devices.deploy import numbers_on

    return numbers_on(target.device, target.runtime)


def with_deployment(analysis: Analysis, target: DeviceOptions) -> Analysis:
    """The analysis with what the network needs on the device or in the runtime, if one is named.

    Raises UsageError if it cannot run there.
    """
    if not target:
        return analysis
    from ..devices.arena import TooManyBuffers
    from ..devices.deploy import deploy
    from ..devices.tflm import UnsupportedOnDevice

    try:
        return analysis.supplemented(deploy(analysis, target.device, target.runtime))
    except (UnsupportedOnDevice, TooManyBuffers) as error:
        file = analysis.network.file
        raise click.UsageError(f"{safe(file)}: {safe(str(error))}") from None


def device_called(name: str) -> Device:
    """The device with a name, or of a file.  Raises UsageError for any other name."""
    from ..devices.catalogue import UnknownDevice, bundled_device

    if name.endswith((".yaml", ".yml")) or is_present(name):
        return device_of_file(name)
    try:
        return bundled_device(name)
    except UnknownDevice as error:
        raise click.UsageError(safe(str(error))) from None


def device_of_file(path: str) -> Device:
    """The device of a file; if it has errors, print them and exit with 1."""
    from ..devices.reading import read_device
    from ..views.problems import problem_text

    stem = os.path.splitext(os.path.basename(path))[0]
    read = read_device(read_file(path, named=True), stem)
    for problem in read.problems:
        note(problem_text(problem, path, read.lines))
    if read.device is None:
        raise click.exceptions.Exit(1)
    return read.device
