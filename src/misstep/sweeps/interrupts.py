"""Processes that Ctrl-C does not reach."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from multiprocessing import resource_tracker


@contextlib.contextmanager
def interrupts_blocked() -> Iterator[None]:
    """What this thread starts meanwhile, processes and threads that start processes, is left alone by Ctrl-C.

    Ctrl-C reaches a whole group of processes, but a process inherits what is blocked where it is started. One that
    comes meanwhile is noticed here afterwards.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    # Multiprocessing's own helper unblocks signals in the thread that starts it.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
