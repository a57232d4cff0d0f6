"""Workers at work: they are given jobs, and answer in any order."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol


class LostWorker(OSError):
    """A worker ended before it had answered; another may do its job."""


@dataclass(frozen=True)
class Answer:
    """What became of a job.

    Attributes:
        index: Of the job.
        result: What the chunk function returned, if it did.
        error: What was raised instead, if anything was.
    """

    index: int
    result: Any = None
    error: BaseException | None = None


class Crew(Protocol):
    """Workers that have the chunk function."""

    def width(self) -> int:
        """Number of jobs that they should have at a time, so that none waits for work."""

    def start(self, index: int, job: Any) -> None:
        """Give them a job; does not wait."""

    def answer(self, timeout: float) -> Answer | None:
        """The next answer; None if there was none for so many seconds."""

    def close(self, *, abandon: bool) -> None:
        """Let them go; with `abandon` they drop what they have, and nobody waits for what cannot be dropped."""


class Threads:
    """Threads of this process.

    Args:
        chunk_function: What they call with each job.
        n: How many.
    """

    def __init__(self, chunk_function: Callable[[Any], Any], n: int) -> None:
        self._compute = chunk_function
        self._n = n
        self._executor = ThreadPoolExecutor(n, thread_name_prefix="misstep-sweep")
        # A signal may interrupt whoever waits at this queue, at any time: it holds no lock of Python's then.
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()

    def width(self) -> int:
        """Two a thread, and one: the next is there when one ends."""
        return 2 * self._n + 1

    def start(self, index: int, job: Any) -> None:
        """Give them a job."""
        self._executor.submit(self._serve, index, job)

    def answer(self, timeout: float) -> Answer | None:
        """The next answer, if one comes in time."""
        try:
            return self._answers.get(timeout=timeout)
        except queue.Empty:
            return None

    def close(self, *, abandon: bool) -> None:
        """End them. A job under way cannot be stopped; its thread ends after it."""
        self._executor.shutdown(wait=not abandon, cancel_futures=abandon)

    def _serve(self, index: int, job: Any) -> None:
        try:
            answer = Answer(index, self._compute(job))
        except BaseException as error:
            answer = Answer(index, error=error)
        self._answers.put(answer)
