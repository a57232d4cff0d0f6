"""Processes that examine optimizers one after another, and may be ended at any time."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import sys
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any

from misstep.audit.entry import Entry, examine

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
            worker.end()

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
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def examine(self, optimizer: str, seed: int, time_limit: float) -> Entry:
        fresh = self._process is None
        if fresh:
            self._start()
        assert self._pipe is not None
        start = time.perf_counter()
        try:
            self._pipe.send((optimizer, seed))
            if self._pipe.poll(time_limit + (STARTUP if fresh else 0.0)):
                entry: Entry = self._pipe.recv()
                return entry
            reason = f"it was ended after {time_limit:g} s: --time-limit allows more"
        except (EOFError, ConnectionError):
            reason = f"its process ended{self._exit_code()}"
        self.end()
        return Entry(optimizer, (), None, time.perf_counter() - start, reason)

    def end(self) -> None:
        """End the process, if there is one."""
        if self._process is not None and self._pipe is not None:
            self._pipe.close()
            self._process.kill()
            self._process.join()
        self._process = self._pipe = None

    def _exit_code(self) -> str:
        assert self._process is not None
        self._process.join(5)
        code = self._process.exitcode
        return "" if code is None else f" with exit status {code}"

    def _start(self) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()


def _serve(pipe: Any) -> None:
    """Examine what comes through the pipe until it closes; what libraries print is dropped."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        torch: Any = None
        while True:
            try:
                optimizer, seed = pipe.recv()
            except EOFError:
                return
            entry = examine(optimizer, seed=seed)
            pipe.send(entry)
            if torch is None and "torch" in sys.modules:
                torch = sys.modules["torch"]
                torch.set_num_threads(1)
