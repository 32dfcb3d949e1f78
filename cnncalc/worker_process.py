"""How the worker processes of a command begin."""

from __future__ import annotations

import gc
import os
from contextlib import suppress


def start_worker() -> None:
    """Leave Ctrl-C to the parent process, and end when that ends."""
    import signal  # slow to import
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(RuntimeError):  # there may be no further thread
        Thread(target=end_with_parent, daemon=True).start()
    gc.enable()
    gc.freeze()


def end_with_parent() -> None:
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(1)
