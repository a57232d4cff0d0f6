"""Processes that compute chunks, and may be killed at any time."""

from __future__ import annotations

import multiprocessing
import pickle
import queue
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from misstep.errors import MisstepError
from misstep.sweeps.crew import LostWorker, Threads
from misstep.sweeps.interrupts import interrupts_blocked

_CONTEXT = multiprocessing.get_context("spawn")


class Processes(Threads):
    """Threads, each of which has a process do its job; one that is killed is replaced, and costs one job's work.

    A pool of the standard library would be broken by it, and not say whose job it was.

    Args:
        chunk_function: What they call with each job; both are pickled.
        n: How many.
    """

    def __init__(self, chunk_function: Callable[[Any], Any], n: int) -> None:
        super().__init__(self._ask, n)
        self._all = [_Worker(chunk_function) for _ in range(n)]
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in self._all:
            self._idle.put(worker)

    def close(self, *, abandon: bool) -> None:
        """End them, whatever they do."""
        for worker in self._all:
            worker.close()
        super().close(abandon=abandon)

    def _ask(self, job: Any) -> Any:
        worker = self._idle.get()
        try:
            return worker.compute(job)
        finally:
            self._idle.put(worker)


class _Worker:
    """One process at a time, started when it is first needed."""

    def __init__(self, chunk_function: Callable[[Any], Any]) -> None:
        self._chunk_function = chunk_function
        self._running: tuple[BaseProcess, Connection] | None = None
        self._closed = False
        self._lock = threading.Lock()

    def compute(self, job: Any) -> Any:
        """What the chunk function returns for the job.

        Raises:
            LostWorker: the process ended first.
            BaseException: whatever the chunk function raised.
        """
        _, pipe = self._running or self._start()
        try:
            pipe.send(job)
            result, error = pipe.recv()
        except (EOFError, OSError) as lost:
            code = self._end(patience=5)
            ended = "its process ended" + ("" if code is None else f" with exit status {code}")
            raise LostWorker(f"{ended}, for want of memory perhaps") from lost
        if error is not None:
            raise error
        return result

    def close(self) -> None:
        """End the process, if there is one, and start no other."""
        with self._lock:
            self._closed = True
        self._end()

    def _end(self, patience: float = 0) -> int | None:
        """End the process, if nobody does so already, and say with which status it ended."""
        with self._lock:
            running, self._running = self._running, None
        if running is None:
            return None
        process, pipe = running
        process.join(patience)
        # A thread that waits at the pipe is woken by the end of the process, not by that of our side.
        process.kill()
        process.join()
        pipe.close()
        return process.exitcode

    def _start(self) -> tuple[BaseProcess, Connection]:
        with self._lock:
            if self._closed:
                raise MisstepError("the sweep was interrupted")
            pipe, theirs = _CONTEXT.Pipe()
            process = _CONTEXT.Process(target=_serve, args=(theirs, self._chunk_function), daemon=True)
            with interrupts_blocked():
                process.start()
            theirs.close()
            self._running = process, pipe
            return self._running


def _serve(pipe: Any, chunk_function: Callable[[Any], Any]) -> None:
    """Compute what comes through the pipe until it closes."""
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        answer: tuple[Any, BaseException | None]
        try:
            answer = chunk_function(job), None
        except BaseException as error:
            answer = None, _portable(error)
        try:
            pipe.send(answer)
        except ConnectionError:
            return  # nobody waits for it


def _portable(error: BaseException) -> BaseException:
    """The error with its traceback as a note, or, where it cannot be pickled, one that says the same."""
    text = "".join(traceback.format_exception(error))
    try:
        same = pickle.loads(pickle.dumps(error))  # noqa: S301
    except Exception:
        same = RuntimeError(f"{type(error).__name__}: {error}")
    if not isinstance(same, MisstepError):
        same.add_note(f"In a worker process:\n{text}")
    return same if isinstance(same, BaseException) else error
