"""Processes that examine optimizers one after another, and may be ended at any time."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any

from misstep.audit.entry import Entry, examine
from misstep.errors import MisstepError

_CONTEXT = multiprocessing.get_context("spawn")

STARTUP = 120.0
"""Seconds that a fresh process has beyond the limit, to import a framework."""


class Workers:
    """A fixed number of processes; each is replaced when its optimizer crashes it or outlives the limit.

    Args:
        n: How many.
        time_limit: Seconds for one optimizer.
    """

    def __init__(self, n: int, time_limit: float) -> None:
        self._time_limit = time_limit
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._all: list[_Worker] = []
        for _ in range(n):
            worker = _Worker()
            self._all.append(worker)
            self._idle.put(worker)

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._all:
            worker.close()

    def examine(self, optimizer: str, seed: int) -> Entry:
        """The row of one optimizer; waits for an idle process."""
        worker = self._idle.get()
        try:
            return worker.examine(optimizer, seed, self._time_limit)
        finally:
            self._idle.put(worker)


class _Worker:
    """One process at a time, started when it is first needed."""

    def __init__(self) -> None:
        self._running: tuple[BaseProcess, Connection] | None = None
        self._closed = False
        self._lock = threading.Lock()

    def examine(self, optimizer: str, seed: int, time_limit: float) -> Entry:
        fresh = self._running is None
        try:
            process, pipe = self._running or self._start()
        except OSError as error:
            # Above all a broken pipe, where the process ended before it had read what to do.
            return Entry(optimizer, (), None, 0.0, f"its process could not be started: {error.strerror}")
        start = time.perf_counter()
        try:
            pipe.send((optimizer, seed))
            if pipe.poll(time_limit + (STARTUP if fresh else 0.0)):
                entry: Entry = pipe.recv()
                return entry
            reason = f"it was ended after {time_limit:g} s: --time-limit allows more"
        except (EOFError, OSError):
            process.join(5)
            code = process.exitcode
            reason = "its process ended" + ("" if code is None else f" with exit status {code}")
        self._end()
        return Entry(optimizer, (), None, time.perf_counter() - start, reason)

    def close(self) -> None:
        """End the process, if there is one, and start no other."""
        with self._lock:
            self._closed = True
        self._end()

    def _end(self) -> None:
        with self._lock:
            running, self._running = self._running, None
        if running is not None:
            process, pipe = running
            # A thread that waits at the pipe is woken by the end of the process, not by that of our side.
            process.kill()
            process.join()
            pipe.close()

    def _start(self) -> tuple[BaseProcess, Connection]:
        with self._lock:
            if self._closed:
                raise MisstepError("the audit was interrupted")
            pipe, theirs = _CONTEXT.Pipe()
            process = _CONTEXT.Process(target=_serve, args=(theirs,), daemon=True)
            with _interrupts_blocked():
                process.start()
            theirs.close()
            self._running = process, pipe
            return self._running


@contextlib.contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Ctrl-C reaches a whole group of processes, but a process inherits what is blocked where it is started."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Any) -> None:
    """Examine what comes through the pipe until it closes; what libraries print is dropped."""
    # One thread each, read by frameworks when they are imported: processes share the cores, parameters are tiny.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        while True:
            try:
                optimizer, seed = pipe.recv()
            except EOFError:
                return
            entry = examine(optimizer, seed=seed)
            try:
                pipe.send(entry)
            except ConnectionError:
                return  # nobody waits for it
