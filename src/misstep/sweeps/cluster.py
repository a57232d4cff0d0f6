"""A Dask cluster that computes chunks, and may lose workers at any time."""

from __future__ import annotations

import importlib.util
import logging
import queue
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from misstep.errors import InvalidInput, MissingDependency, MisstepError
from misstep.sweeps.crew import Answer
from misstep.sweeps.interrupts import interrupts_blocked
from misstep.sweeps.workers import Workers

_REFRESH = 2.0
"""Seconds after which the cluster is asked again how many threads it has: workers come and go."""


class Cluster:
    """The client of a cluster; one on this machine is started where no scheduler is named.

    Args:
        chunk_function: What workers call with each job; both are pickled, and what they name must be installed there.
        where: With kind "dask".

    Raises:
        InvalidInput: no scheduler answers at the address, or it has no worker.
        MissingDependency: dask.distributed is not installed.
    """

    def __init__(self, chunk_function: Callable[[Any], Any], where: Workers) -> None:
        if importlib.util.find_spec("distributed") is None:
            raise MissingDependency("a cluster needs dask.distributed: install misstep[distributed]")
        self._chunk_function = chunk_function
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._futures: dict[int, Any] = {}
        self._threads, self._asked = 1, 0.0
        self._address = where.address or "of this machine"
        with ExitStack() as opened:
            self._client = _connected(where, opened)
            self._opened = opened.pop_all()

    def width(self) -> int:
        """Two a thread of the cluster, and one."""
        if time.monotonic() - self._asked > _REFRESH:
            # A scheduler that is gone is told of by its jobs.
            with suppress(OSError, ValueError):
                self._threads = max(1, sum(self._client.nthreads().values()))
            self._asked = time.monotonic()
        return 2 * self._threads + 1

    def start(self, index: int, job: Any) -> None:
        """Give it a job; the scheduler itself repeats one whose worker was lost, three times."""
        future = self._client.submit(self._chunk_function, job, pure=False)
        self._futures[index] = future
        future.add_done_callback(lambda done: self._answers.put(self._answer(index, done)))

    def answer(self, timeout: float) -> Answer | None:
        """The next answer, if one comes in time."""
        try:
            answer = self._answers.get(timeout=timeout)
        except queue.Empty:
            return None
        self._futures.pop(answer.index).release()
        return answer

    def close(self, *, abandon: bool) -> None:
        """Leave the cluster; end it if it was started here."""
        if abandon:
            with suppress(Exception):
                self._client.cancel(list(self._futures.values()), force=True)
        self._opened.close()

    def _answer(self, index: int, future: Any) -> Answer:
        """What became of a future that is done; runs in a thread of the client."""
        from distributed import KilledWorker

        try:
            return Answer(index, future.result())
        except KilledWorker as error:
            lost = MisstepError(f"chunk {index} was lost with its worker again and again: {error}")
            lost.__cause__ = error
            return Answer(index, error=lost)
        except BaseException as error:
            if future.status != "cancelled":
                return Answer(index, error=error)
            gone = MisstepError(f"scheduler = {self._address!r} is gone, or dropped chunk {index}")
            gone.__cause__ = error
            return Answer(index, error=gone)


def _connected(where: Workers, opened: ExitStack) -> Any:
    """A client with at least one worker, to be closed by `opened`."""
    from distributed import Client, LocalCluster

    address: Any = where.address
    if address is None:
        aside = opened.enter_context(tempfile.TemporaryDirectory(prefix="misstep-", ignore_cleanup_errors=True))
        with interrupts_blocked():
            address = LocalCluster(
                n_workers=where.count,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                # No dashboard, and not its usual port for what is left of it.
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                local_directory=aside,
                # Ending it while it computes is nothing to warn of.
                silence_logs=logging.ERROR,
            )
            opened.enter_context(address)
    try:
        client = opened.enter_context(Client(address, timeout=where.patience, set_as_default=False))
    except (OSError, ValueError, TypeError) as error:
        raise InvalidInput(
            f"scheduler = {where.address!r} must be that of a Dask cluster: "
            f"none answers within {where.patience:g} s ({type(error).__name__})"
        ) from error
    try:
        client.wait_for_workers(1, timeout=where.patience)
    except TimeoutError as error:
        raise InvalidInput(
            f"scheduler = {where.address!r} must have workers: it has none within {where.patience:g} s"
        ) from error
    return client
