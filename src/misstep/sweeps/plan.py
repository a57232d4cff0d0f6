"""What a sweep will take, before it begins."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from misstep.errors import InvalidInput
from misstep.sweeps.chunks import chunk_shape, n_chunks
from misstep.sweeps.quantities import QUANTITIES
from misstep.sweeps.spec import SweepSpec

MOST_LANES = 10**10
"""Runs beyond which a sweep has to be confirmed."""

MOST_SECONDS = 30 * 86_400.0
MOST_BYTES = 10**12

_FILE_BYTES = 128
"""What a chunk of a variable takes beside its values: its checksum, its index and its name in a folder."""

_LANE_BYTES = 8 * 48
"""What a lane takes in memory: its numbers, its state, its measures and its share of temporaries."""


@dataclass(frozen=True)
class Plan:
    """What a sweep will take.

    Attributes:
        dims: The dimensions' names.
        shape: The dimensions' lengths.
        chunk_shape: Of a chunk.
        cells: Their number.
        replicates: Runs a cell.
        lanes: Runs in total.
        n_steps: Steps of each.
        steps: Steps in total.
        chunks: Their number.
        rate: Steps a second that were measured, all workers together.
        seconds: Time at that rate, where no run ends early.
        disk_bytes: Size of the store before compression.
        memory_bytes: Of the chunks in flight.
    """

    dims: tuple[str, ...]
    shape: tuple[int, ...]
    chunk_shape: tuple[int, ...]
    cells: int
    replicates: int
    lanes: int
    n_steps: int
    steps: int
    chunks: int
    rate: float
    seconds: float
    disk_bytes: int
    memory_bytes: int

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON's types."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def __str__(self) -> str:
        shape = " × ".join(f"{name} {n:,}" for name, n in zip(self.dims, self.shape, strict=True))
        runs = "" if self.replicates == 1 else f" of {self.replicates:,} replicates"
        return "\n".join(
            (
                f"cells    {self.cells:,} = {shape}",
                f"runs     {self.lanes:,}{runs}, {self.n_steps:,} steps each: {self.steps:.3g} steps",
                f"chunks   {self.chunks:,} of {' × '.join(f'{n:,}' for n in self.chunk_shape)} cells",
                f"time     {duration(self.seconds)} at {self.rate:.3g} steps a second; less where runs end early",
                f"disk     {size(self.disk_bytes)}, before compression",
                f"memory   {size(self.memory_bytes)} for the chunks in flight",
            )
        )

    def objections(self) -> tuple[str, ...]:
        """Why somebody has to confirm this sweep: one phrase each."""
        found = []
        if self.lanes > MOST_LANES:
            found.append(f"{self.lanes:.3g} runs are more than {MOST_LANES:.0e}")
        if self.seconds > MOST_SECONDS:
            found.append(f"{duration(self.seconds)} are more than {duration(MOST_SECONDS)}")
        if self.disk_bytes > MOST_BYTES:
            found.append(f"{size(self.disk_bytes)} on disk are more than {size(MOST_BYTES)}")
        return tuple(found)

    def require(self, *, confirmed: bool) -> None:
        """Refuse a sweep that is very large, unless it is confirmed.

        Raises:
            InvalidInput: there are `objections` and `confirmed` is false.

        >>> from misstep.sweeps.reading import read_spec
        >>> text = "adam(learning_rate=0.1, beta1=0..0.999:2e5, beta2=0..0.999:2e5)"
        >>> plan(read_spec(text, steps=1e5), rate=1e9).require(confirmed=False)
        Traceback (most recent call last):
            ...
        misstep.errors.InvalidInput: 40,000,000,000 cells × 1 replicate × 100,000 steps take 46.3 days and ...
        """
        if confirmed or not (objections := self.objections()):
            return
        runs = f"{self.cells:,} cells × {self.replicates:,} replicate{'s' * (self.replicates > 1)}"
        raise InvalidInput(
            f"{runs} × {self.n_steps:,} steps take {duration(self.seconds)} and {size(self.disk_bytes)}: "
            f"{'; '.join(objections)}; confirm it with --yes (in Python, confirmed=True)"
        )


def plan(spec: SweepSpec, *, rate: float, workers: int = 2) -> Plan:
    """What the sweep will take. Nothing of the size of its cells is allocated.

    Args:
        spec: The sweep.
        rate: Steps a second, as measured, of all workers together; positive.
        workers: Threads or processes; each has two chunks in flight.

    Raises:
        InvalidInput: the rate is not positive and finite.

    >>> from misstep.sweeps.reading import read_spec
    >>> text = "adam(learning_rate=0.1, beta1=0..0.999:200, beta2=0..0.9999:200:logit)"
    >>> print(plan(read_spec(text, steps=1e5), rate=1e9))
    cells    40,000 = beta1 200 × beta2 200
    runs     40,000, 100,000 steps each: 4e+09 steps
    chunks   29 of 7 × 200 cells
    time     4 s at 1e+09 steps a second; less where runs end early
    disk     2.15 MB, before compression
    memory   2.15 MB for the chunks in flight
    """
    if not (math.isfinite(rate) and rate > 0):
        raise InvalidInput(f"rate = {rate} must be positive and finite")
    shape, chunks = chunk_shape(spec), n_chunks(spec)
    steps = spec.n_lanes * spec.n_steps
    a_cell = sum(np.dtype(QUANTITIES[name].dtype).itemsize for name in spec.quantities) + spec.certify
    axes = 8 * (sum(axis.n for axis in spec.axes) if spec.points is None else spec.points * len(spec.axes))
    in_flight = min(2 * workers, chunks) * math.prod(shape) * spec.replicates
    return Plan(
        dims=spec.dims,
        shape=spec.shape,
        chunk_shape=shape,
        cells=spec.n_cells,
        replicates=spec.replicates,
        lanes=spec.n_lanes,
        n_steps=spec.n_steps,
        steps=steps,
        chunks=chunks,
        rate=rate,
        seconds=steps / rate,
        disk_bytes=spec.n_cells * a_cell + axes + chunks * (len(spec.quantities) + spec.certify) * _FILE_BYTES,
        memory_bytes=in_flight * _LANE_BYTES,
    )


def duration(seconds: float) -> str:
    """A time for a reader.

    >>> duration(0.02), duration(90), duration(7200), duration(1e6), duration(1e12)
    ('less than 0.1 s', '90 s', '2 hours', '11.6 days', '3.17e+04 years')
    """
    if seconds < 0.1:
        return "less than 0.1 s"
    for unit, length, until in (("s", 1, 120), ("minutes", 60, 120), ("hours", 3600, 48), ("days", 86_400, 1000)):
        if seconds / length < until:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds / (365.25 * 86_400):.3g} years"


def size(n_bytes: int) -> str:
    """A number of bytes for a reader.

    >>> size(999), size(1234567), size(10**13)
    ('999 B', '1.23 MB', '10 TB')
    """
    for power, unit in ((15, "PB"), (12, "TB"), (9, "GB"), (6, "MB"), (3, "kB")):
        if n_bytes >= 10**power:
            return f"{n_bytes / 10**power:.3g} {unit}"
    return f"{n_bytes} B"
