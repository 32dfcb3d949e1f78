"""The driver of `--watch`: it runs a command, waits until a file changes, and runs it again.

Files are looked at every tenth of a second, which takes a thousandth of a core, works on every
file system, and needs no package.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NoReturn

import click

from ..escape import safe
from ..named_tuple import NamedTuple
from ..sources.files import UnreadableFile
from ..sources.read_log import FileState, Observed, ReadLog, recorded
from ..views.change import WatchedNumbers, change_text
from .terminal import clear_screen, complain, note
from .watched_numbers import NUMBERS

POLL_SECONDS = 0.1
SETTLE_SECONDS = 0.04  # between two looks at a file that may still be written


class WatchedRun(NamedTuple):
    """One run of a command: what it read, the numbers of its networks, and what ended it early.

    `files` are the paths to name, which may be missing for the moment.
    """

    log: ReadLog
    files: Sequence[str]
    numbers: Mapping[str, WatchedNumbers]
    error: click.ClickException | click.exceptions.Exit | UnreadableFile | None


def run_and_watch(run: Callable[[], object]) -> NoReturn:
    """Run a command again and again, until it is interrupted.

    Raises what ends the first run, unless it is an error in the content of a file.
    """
    last = run_once(run)
    if last.error is not None and not is_in_file(last.error):
        raise last.error
    if not last.files:
        raise click.UsageError("--watch has no file to watch: a network in git does not change")
    note(f"watching {files_text(last.files)}")
    while True:
        gc.collect()  # the command line disables automatic collection
        wait_for_change(last.log.values())
        clear_screen()
        last = following(last, run_once(run))


def run_once(run: Callable[[], object]) -> WatchedRun:
    """Run a command, and observe what it reads."""
    numbers: dict[str, WatchedNumbers] = {}
    token = NUMBERS.set(numbers)
    error = None
    try:
        with recorded() as log:
            run()
    except (click.ClickException, click.exceptions.Exit, UnreadableFile) as raised:
        error = raised
    finally:
        NUMBERS.reset(token)
    sys.stdout.flush()
    files = [one.path for one in log.values() if one.is_file]
    return WatchedRun(log, files, numbers, error)


def following(last: WatchedRun, run: WatchedRun) -> WatchedRun:
    """The state after a further run, and a line that states what has changed.

    What ends this run comes from a change of a file: an option does not fit the file any more, or
    the file is missing.  Then those files are watched, too, that the run did not come to.
    """
    log, files = run.log, run.files
    if run.error is not None:
        show_error(run.error)
        log = {path: one.again() for path, one in last.log.items()} | log
        files = list(dict.fromkeys([*files, *last.files]))
    changes = change_text(last.numbers, run.numbers)
    note(f"watching {files_text(files)}{': ' if changes else ''}{changes}")
    return WatchedRun(log, files, {**last.numbers, **run.numbers}, run.error)


def is_in_file(error: Exception) -> bool:
    """Whether an error, which has been printed, can be corrected in a file."""
    return isinstance(error, click.exceptions.Exit) and error.exit_code == 1


def show_error(error: Exception) -> None:
    """Print an error that would end the command."""
    from .main import show_usage_error

    if isinstance(error, click.ClickException):
        show_usage_error(error)
    elif isinstance(error, UnreadableFile):
        complain(str(error))


def wait_for_change(observed: Iterable[Observed]) -> None:
    """Wait until the state of a path changes, and then until it is the same at two looks.

    An empty file is about to be written: editors empty a file before they write it.
    """
    observed = list(observed)
    while True:
        time.sleep(POLL_SECONDS)
        changed = [one for one in observed if one.look() != one.state]
        if not changed:
            continue
        states = [one.look() for one in changed]
        time.sleep(SETTLE_SECONDS)
        is_settled = states == [one.look() for one in changed]
        is_empty = any(isinstance(state, FileState) and not state.size for state in states)
        if is_settled and not is_empty:
            return


def files_text(files: Sequence[str]) -> str:
    """The file that is watched, or how many there are."""
    return safe(files[0]) if len(files) == 1 else f"{len(files):,} files"
