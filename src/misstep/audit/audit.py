"""The whole list of one or more libraries, each optimizer in a process that may crash or hang without harm."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from misstep._version import __version__
from misstep.adapters import LIBRARIES
from misstep.audit.entry import Entry
from misstep.audit.specs import audited
from misstep.audit.worker import Workers
from misstep.errors import InvalidInput, unknown_name

FORMAT = "misstep audit 1"


@dataclass(frozen=True)
class Audit:
    """What `audit` returns.

    Attributes:
        libraries: As asked for.
        learning_rate: The one given, or `None` for defaults.
        entries: A row for each optimizer, in the order of the lists.
        seed: Of every run.
        version: Of misstep.
    """

    libraries: tuple[str, ...]
    learning_rate: str | None
    entries: tuple[Entry, ...]
    seed: int
    version: str = field(default=__version__)

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON's types."""
        return {
            "format": FORMAT,
            "libraries": list(self.libraries),
            "learning_rate": self.learning_rate,
            "seed": self.seed,
            "version": self.version,
            "entries": [entry.to_dict() for entry in self.entries],
        }


def audit(
    libraries: Sequence[str],
    *,
    learning_rate: str | None = None,
    time_limit: float = 60.0,
    workers: int = 1,
    seed: int = 0,
    progress: Callable[[Entry, int], None] | None = None,
) -> Audit:
    """Every optimizer of some libraries, with its defaults.

    Args:
        libraries: Names from `LIBRARIES`, at least one.
        learning_rate: For every optimizer that takes one, as text; defaults unless given, and 1/1000 where there is no
            default.
        time_limit: Seconds for one optimizer, beyond which its process is ended.
        workers: Number of processes. Results do not depend on it. Call from under `if __name__ == "__main__":`.
        seed: Of the random numbers during every run.
        progress: Called with each finished row, and the number of all.

    Raises:
        InvalidInput: an argument is out of range, or there is no such library.
        MissingDependency: a library is not installed.
    """
    if not libraries:
        raise InvalidInput(f"libraries: name at least one of {', '.join(LIBRARIES)}")
    for library in libraries:
        if library not in LIBRARIES:
            raise unknown_name(library, "a library", LIBRARIES)
    if not 0 < time_limit < math.inf:
        raise InvalidInput(f"time_limit = {time_limit} must be positive and finite")
    if workers < 1:
        raise InvalidInput(f"workers = {workers} must be at least 1")
    if not 0 <= seed < 2**63:
        raise InvalidInput(f"seed = {seed} must be in [0, 2^63)")
    chosen = tuple(dict.fromkeys(libraries))
    specs = [spec for library in chosen for spec in audited(library, learning_rate=learning_rate)]
    # On Ctrl-C `map` drops what has not begun; then processes are ended, and with them what the threads wait for.
    with ThreadPoolExecutor(workers) as threads, Workers(workers, time_limit) as pool:

        def row(spec: str) -> Entry:
            entry = pool.examine(spec, seed)
            if progress is not None:
                progress(entry, len(specs))
            return entry

        return Audit(chosen, learning_rate, tuple(threads.map(row, specs)), seed)
