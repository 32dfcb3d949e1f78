"""The limits of a worker of a campaign: memory for all inputs, and CPU time for each."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable
from types import FrameType


class Hang(BaseException):
    """An input took too long.  Not an Exception, so that no handler catches it."""


def prepare(memory: int) -> None:
    """Limit a worker to so many bytes, and let it give way to other processes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    os.nice(10)

    def hang(number: int, frame: FrameType | None) -> None:
        raise Hang

    signal.signal(signal.SIGPROF, hang)


def clock(seconds: float) -> None:
    """So many more seconds of CPU time, from here; 0 ends the limit."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def timed(check: Callable[[], str], seconds: float) -> tuple[str, float]:
    """The result of a check, with the CPU time that it took: also that it hangs, or raises."""
    started = time.process_time()
    clock(seconds)
    try:
        result = check()
    except Hang:
        result = "hang"
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    finally:
        clock(0)
    return result, time.process_time() - started
