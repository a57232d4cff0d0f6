"""Chunks computed by threads, processes or a cluster: each once, in any order, with the same results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from misstep.errors import MisstepError
from misstep.sweeps.crew import Crew, LostWorker, Threads
from misstep.sweeps.workers import Workers

Job = TypeVar("Job")
Result = TypeVar("Result")

_TICK = 1.0
"""Seconds after which waiting is begun anew: on Windows, Ctrl-C is noticed between waits only."""


def run(
    chunk_function: Callable[[Job], Result],
    jobs: Iterable[tuple[int, Job]],
    *,
    done: Callable[[int, Result], object],
    where: Workers | None = None,
    retries: int = 2,
) -> int:
    """Call a function with every job, by many workers at once.

    Two or three jobs a worker are under way at any time, whatever the number of jobs. What a job's surroundings do to
    it, as a lost worker, want of memory or another `OSError`, is tried again; anything else is an answer like a result.
    When something is raised, or a signal comes, no job is begun, and what is under way is dropped. So `done` has been
    called with all that is ever known.

    Args:
        chunk_function: From a job to its result, the same result whenever and wherever it is called. For processes and
            clusters it is a module's function, or a `functools.partial` of one.
        jobs: Each with its index, of which no two are the same; read when workers are free.
        done: Is called with each index and result, in this thread, in the order in which they come.
        where: The workers; one thread a processor, unless given.
        retries: How often a job is tried again, from 0 on.

    Returns:
        The number of jobs, all of which are done.

    Raises:
        MisstepError: a job did not succeed in `retries` + 1 attempts, for its surroundings.
        InvalidInput: there are no such workers.
        MissingDependency: there is to be a cluster, and dask.distributed is not installed.
        Exception: what the chunk function, `jobs` or `done` raised.

    >>> found = {}
    >>> run(abs, enumerate([-1, 2, -3]), done=found.__setitem__, where=Workers("threads", n=2))
    3
    >>> sorted(found.items())
    [(0, 1), (1, 2), (2, 3)]
    """
    crew = _crew(chunk_function, where or Workers())
    finished = False
    try:
        # A call and not a loop: CPython 3.11 leaves out `finally` if Ctrl-C comes at the jump of a loop within `try`.
        n_jobs = _serve(crew, iter(jobs), done, retries)
        finished = True
    finally:
        crew.close(abandon=not finished)
    return n_jobs


def _serve(crew: Crew, jobs: Iterator[tuple[int, Job]], done: Callable[[int, Result], object], retries: int) -> int:
    """Have the workers do all jobs; the number of these."""
    attempts: dict[int, tuple[Job, int]] = {}
    n_done = 0
    while True:
        for index, job in islice(jobs, max(0, crew.width() - len(attempts))):
            attempts[index] = job, 1
            crew.start(index, job)
        if not attempts:
            return n_done
        answer = crew.answer(_TICK)
        if answer is None:
            continue
        job, attempt = attempts.pop(answer.index)
        if answer.error is None:
            done(answer.index, answer.result)
            n_done += 1
        elif not _is_of_surroundings(answer.error):
            raise answer.error
        elif attempt > retries:
            raise _given_up(answer.index, attempt, answer.error) from answer.error
        else:
            attempts[answer.index] = job, attempt + 1
            crew.start(answer.index, job)


def _crew(chunk_function: Callable[[Job], Result], where: Workers) -> Crew:
    """The workers, ready for jobs."""
    if where.kind == "dask":
        from misstep.sweeps.cluster import Cluster

        return Cluster(chunk_function, where)
    if where.kind == "processes":
        from misstep.sweeps.processes import Processes

        return Processes(chunk_function, where.count)
    return Threads(chunk_function, where.count)


def _is_of_surroundings(error: BaseException) -> bool:
    """Whether the same job may succeed elsewhere, or a moment later."""
    return isinstance(error, (OSError, MemoryError)) and not isinstance(error, MisstepError)


def _given_up(index: int, attempts: int, error: BaseException) -> MisstepError:
    what = str(error) if isinstance(error, LostWorker) else f"{type(error).__name__}: {error}".rstrip(": ")
    times = "once" if attempts == 1 else f"{attempts} times"
    return MisstepError(f"chunk {index} was tried {times} in vain: {what}")
