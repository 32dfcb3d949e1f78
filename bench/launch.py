"""Run one command, and print its wall time and its processor time in seconds, its peak memory in
bytes and its exit code.

The peak of a child starts at that of the process it was forked from, so this process is as small
as possible: start it with `python -I -S`.
"""

import os
import sys
from time import perf_counter

UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes

started = perf_counter()
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(child, 0)
seconds = perf_counter() - started, usage.ru_utime + usage.ru_stime
print(*seconds, usage.ru_maxrss * UNIT, os.waitstatus_to_exitcode(status))
