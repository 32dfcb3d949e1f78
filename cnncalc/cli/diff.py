"""`cnncalc diff`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, product

import click

from ..difference import Comparison
from ..difference.fail_on import ConditionError, FailCondition, parse_condition
from ..difference.file_comparison import FileComparison, InvalidFile, compare_files
from ..engine import analyse
from ..engine.analysis import Analysis
from ..escape import safe
from ..limits import MAX_CHECK_EFFORT
from ..network import Network
from ..parser import RequestError
from ..problem import count
from ..sources.files import UnreadableFile
from ..sources.revisions import (
    GIT_ARGUMENTS,
    FileVersions,
    against_revision,
    changed_since,
    from_git,
    two_networks,
)
from ..views.diff.formats import FORMATS, OPTION_FORMATS, DiffRequest, render
from .completers import complete_networks
from .device import DeviceOptions, device_options, with_deployment
from .options import (
    NetworkOptions,
    OnceCommand,
    check_options,
    chosen_format,
    color_option,
    colors,
    depth_option,
    exact_option,
    format_option,
    network_options,
    output_option,
)
from .terminal import complain, note, style, write, write_output

TOO_MUCH_EFFORT = f"earlier ones take more than {MAX_CHECK_EFFORT:,} steps, iterations and values"

EPILOG = """\b
Examples:
  cnncalc diff resnet50 resnext50_32x4d
  cnncalc diff mynet.yaml                       git's HEAD against the working tree
  cnncalc diff main:mynet.yaml mynet.yaml@small
  cnncalc diff --base main --format markdown    every changed file of a branch, for a pull request
  cnncalc diff --flat mynet.yaml model.pt2      only the layers, without names and groups
  cnncalc diff resnet8 mynet.yaml --device stm32f746
  cnncalc diff vgg16 mynet.yaml --fail-on 'params > +5%' --fail-on output

cnncalc help diff describes the output, and the use with git.
"""


@click.command(
    cls=OnceCommand,
    epilog=EPILOG,
    help="Show what changed from network A to network B; with one FILE, since git's HEAD; with"
    " --base, in every architecture file of a branch.",
)
@click.argument("nets", nargs=-1, metavar="[A B | FILE]", shell_complete=complete_networks)
@click.option("--base", metavar="REV", help="Compare every architecture file changed since REV.")
@network_options
@device_options
@click.option(
    "--flat",
    is_flag=True,
    help="Compare only the layers, regardless of names, groups and order in the file.",
)
@depth_option("as deep as fits in 40 rows")
@click.option(
    "--consequences", is_flag=True, help="Also show layers that changed only because of others."
)
@exact_option
@click.option("--exit-code", is_flag=True, help="Exit with 1 if the networks differ.")
@click.option(
    "--fail-on",
    multiple=True,
    metavar="RULE",
    help="Exit with 1 if a rule applies: 'params > +5%', output, ...",
)
@format_option(FORMATS, "table")
@output_option
@click.option("--textconv", is_flag=True, help="For git: print one FILE, one line per layer.")
@color_option
def command(
    nets: Sequence[str],
    base: str | None,
    options: NetworkOptions,
    target: DeviceOptions,
    flat: bool,
    depth: int | None,
    consequences: bool,
    exact: bool,
    exit_code: bool,
    fail_on: Sequence[str],
    form: str | None,
    output: str | None,
    textconv: bool,
    color: str,
) -> None:
    if textconv:
        print_layers(nets)
        return
    form = chosen_format(form, output, FORMATS, "table")
    check_given(form, {"--depth": depth, "--consequences": consequences, **colors(color)}, flat)
    for_git = is_called_by_git(nets)
    try:
        conditions = parse_conditions(fail_on)
        files, unread = files_to_compare(base, nets, options)
        compared, is_valid = compare_all(files, options, target, flat)
    except (UnreadableFile, click.UsageError) as error:
        if not for_git:
            raise
        complain(str(error))
        return
    print_unread(unread)
    groups = [file.comparisons for file in compared]
    if compared or is_valid or for_git or base is not None:
        remarks = remarks_on(files, compared)
        request = DiffRequest(groups, remarks, depth, consequences, style(color, exact, output))
        write_output(render(form, request), form, output)
    has_failed = report_failures(conditions, chain.from_iterable(groups)) or not is_valid
    if not for_git and (unread or has_failed or (exit_code and differ(groups))):
        raise click.exceptions.Exit(2 if unread else 1)


def is_called_by_git(nets: Sequence[str]) -> bool:
    """Whether git runs the command as an external diff, which must exit with 0."""
    return len(nets) in GIT_ARGUMENTS or "GIT_DIFF_PATH_COUNTER" in os.environ


def check_given(form: str, given: Mapping[str, object], flat: bool) -> None:
    """Raise UsageError for options that would have no effect together, or on the format."""
    check_options(form, OPTION_FORMATS, given)
    if flat and given["--depth"]:
        raise click.UsageError("--flat compares layers without groups, so --depth has no effect")


def parse_conditions(texts: Sequence[str]) -> list[FailCondition]:
    """The conditions of `--fail-on`.  Raises UsageError."""
    try:
        return [parse_condition(text) for text in texts]
    except ConditionError as error:
        raise click.UsageError(safe(str(error))) from None


def print_unread(problems: Iterable[UnreadableFile]) -> None:
    for problem in problems:
        complain(str(problem))


def differ(groups: Iterable[Iterable[Comparison]]) -> bool:
    return not all(comparison.is_empty for comparison in chain.from_iterable(groups))


def check_textconv() -> None:
    """Raise UsageError for any other option: git calls `--textconv` with a file alone."""
    ctx = click.get_current_context()
    for param in ctx.command.params:
        if isinstance(param, click.Option) and param.name not in (None, "textconv", "help"):
            source = ctx.get_parameter_source(param.name or "")
            if source is click.core.ParameterSource.COMMANDLINE:
                raise click.UsageError(f"--textconv takes no other option, found {param.opts[-1]}")


def files_to_compare(
    base: str | None, words: Sequence[str], options: NetworkOptions
) -> tuple[list[FileVersions], list[UnreadableFile]]:
    """The versions of each file, and why others cannot be read; raises as `versions_of` does."""
    if base is not None:
        return changed_since(base, words)
    return [versions_of(words, options)], []


def versions_of(words: Sequence[str], options: NetworkOptions) -> FileVersions:
    """The two versions that the arguments refer to.  Raises UsageError, or UnreadableFile."""
    if len(words) in GIT_ARGUMENTS:
        versions = from_git(words)
    elif len(words) == 1:
        versions = against_revision(words[0], options.inputs)
    elif len(words) != 2:
        raise click.UsageError("give two networks, or one file of a git repository")
    elif words[0] == words[1] == "-":
        raise click.UsageError("only one of the two networks can be standard input")
    else:
        from .loading import announce

        try:
            versions = two_networks(words[0], words[1], options.request(), announce)
        except RequestError as error:
            raise click.UsageError(safe(str(error))) from None
    if versions.before is None and versions.after is None:
        raise click.UsageError("there is nothing to compare: both are /dev/null")
    return versions


def compare_all(
    files: Iterable[FileVersions], options: NetworkOptions, target: DeviceOptions, flat: bool
) -> tuple[list[FileComparison], bool]:
    """The comparisons, and whether all files are valid; errors go to standard error.

    Raises UsageError if the options do not fit a file.
    """
    compared, is_valid = [], True

    def analyze(network: Network) -> Analysis:
        return with_deployment(analyse(network, options.batch), target)

    try:
        for found in compare_files(files, options.request(), analyze, is_flat=flat):
            if isinstance(found, InvalidFile):
                print_errors(found)
                is_valid = False
            else:
                compared.append(found)
                is_valid = is_valid and not found.uncompared
                print_uncompared(found)
    except RequestError as error:
        raise click.UsageError(safe(str(error))) from None
    return compared, is_valid


def print_uncompared(file: FileComparison) -> None:
    """Report the variants that are not compared."""
    if file.uncompared:
        number = count(len(file.uncompared), "variant")
        what = f"{file.name}: {number} from `{file.uncompared[0]}` on not compared"
        complain(f"{what}: {TOO_MUCH_EFFORT}")


def print_errors(file: InvalidFile) -> None:
    """Print errors only: warnings concern those who work on the file."""
    from ..views.problems import problem_text

    for problem in file.problems:
        note(problem_text(problem, file.name, file.lines, is_imported=file.is_imported))


def remarks_on(files: Sequence[FileVersions], compared: Sequence[FileComparison]) -> list[str]:
    """Remarks: the variants without a difference, or that no file changed."""
    if not files:
        return ["no architecture file changed"]
    return [
        f"{file.name}: no difference in {', '.join(file.unchanged)}"
        for file in compared
        if file.unchanged
    ]


def report_failures(conditions: Sequence[FailCondition], comparisons: Iterable[Comparison]) -> bool:
    """Print each condition that a comparison meets; whether there is one."""
    failed = False
    for condition, comparison in product(conditions, comparisons):
        reason = condition.reason(comparison)
        if reason:
            complain(f"fails on {condition.text.strip()}: {reason}")
            failed = True
    return failed


def print_layers(words: Sequence[str]) -> None:
    """A file for git's textconv: one line per layer, or its text if it is not a valid network."""
    check_textconv()
    from ..engine import analyse
    from ..parser import parse
    from ..sources.resolve import file_source
    from ..sources.revisions import NOWHERE
    from ..views.diff.textconv import layers_text

    if len(words) != 1:
        raise click.UsageError("--textconv takes one file")
    data = b"" if words[0] == NOWHERE else file_source(words[0], None).data
    network = parse(data, words[0]).network if data else None
    if network is None:
        write(data.decode("utf-8", "replace"))
    else:
        write(layers_text(analyse(network)))
