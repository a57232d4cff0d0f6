"""Where the chunks of a sweep are computed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

from misstep.errors import InvalidInput, unknown_name

KINDS = ("threads", "processes", "dask")


def n_processors() -> int:
    """Number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class Workers:
    """Threads or processes of this machine, or a Dask cluster.

    Args:
        kind: "threads", for chunk functions that release Python's lock; "processes", which may be killed without any
            loss; or "dask".
        n: How many, at least 1; None is one a processor. Not with an address.
        address: Of the scheduler of a Dask cluster that there is already, as "tcp://host:8786"; None, with "dask", is
            a cluster of `n` processes on this machine.
        patience: Seconds to wait for a scheduler, and for its first worker.

    Raises:
        InvalidInput: there are no such workers.

    >>> Workers("threads", n=2).count
    2
    """

    kind: Literal["threads", "processes", "dask"] = "threads"
    n: int | None = None
    address: str | None = None
    patience: float = 10.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown_name(self.kind, "a kind of workers", KINDS)
        if self.n is not None and self.n < 1:
            raise InvalidInput(f"workers = {self.n} must be at least 1")
        if self.address is not None and self.kind != "dask":
            raise InvalidInput(f"scheduler = {self.address!r} must be given with Dask, and not with {self.kind}")
        if self.address is not None and self.n is not None:
            raise InvalidInput(f"workers = {self.n} must not be given with a scheduler: {self.address} has its own")

    @property
    def count(self) -> int:
        """Number of workers on this machine."""
        return n_processors() if self.n is None else self.n
