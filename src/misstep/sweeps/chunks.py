"""How a sweep is cut: blocks of a regular grid over its cells, each the unit of work, of storing and of resuming."""

from __future__ import annotations

import math
from dataclasses import dataclass

from misstep.sweeps.grid import ChunkGrid
from misstep.sweeps.spec import SweepSpec

STEPS_IN_A_CHUNK = 10**8
"""Steps that a thread takes in some tenths of a second: the least of a chunk."""

LONG = 10**9
"""Steps of a chunk of a long sweep."""

USUAL_CHUNKS, MOST_CHUNKS = 200, 10**5
"""Chunks that serve any number of workers; and so many that files and folders of them are still handled well."""

MIN_LANES = 1024
"""Lanes that keep a kernel's blocks full."""

MAX_LANES = 2**16
"""Most lanes of a chunk: what bounds the memory in flight."""


@dataclass(frozen=True)
class Chunk:
    """A block of cells.

    Attributes:
        starts: First cell along each dimension.
        stops: The cell after the last.
    """

    starts: tuple[int, ...]
    stops: tuple[int, ...]

    @property
    def slices(self) -> tuple[slice, ...]:
        """What selects the block from an array of all cells."""
        return tuple(map(slice, self.starts, self.stops))

    @property
    def shape(self) -> tuple[int, ...]:
        """The block's lengths."""
        return tuple(stop - start for start, stop in zip(self.starts, self.stops, strict=True))

    @property
    def n_cells(self) -> int:
        """The number of cells."""
        return math.prod(self.shape)


def chunk_shape(spec: SweepSpec) -> tuple[int, ...]:
    """The shape of a sweep's chunks, but for those at the far ends.

    A chunk has one method, one function and one arithmetic. Of the axes it takes whole ones, from the last, while the
    lanes (cells times replicates) are fewer than are wanted, and a part of one: some tenths of a second of work, up to
    some seconds in a long sweep, and more where there would be over `MOST_CHUNKS`; no fewer lanes than `MIN_LANES`
    where there are as many, and never more than `MAX_LANES`. The shape depends on the spec alone.

    >>> from misstep.sweeps.reading import read_spec
    >>> spec = read_spec("adam(learning_rate=0.1, beta1=0..0.999:400, beta2=0..0.999:400)", steps=1e5)
    >>> chunk_shape(spec), n_chunks(spec)
    ((4, 400), 100)
    """
    total = spec.n_lanes * spec.n_steps
    steps = max(STEPS_IN_A_CHUNK, min(total // USUAL_CHUNKS, LONG), total // MOST_CHUNKS)
    wanted_lanes = min(max(steps // spec.n_steps, MIN_LANES), MAX_LANES)
    wanted = -(-wanted_lanes // spec.replicates)
    most = MAX_LANES // spec.replicates
    labels = len(spec.label_dims)
    shape = [1] * len(spec.shape)
    inside = 1
    for i in reversed(range(labels, len(shape))):
        n = spec.shape[i]
        if inside * n <= wanted:
            shape[i], inside = n, inside * n
            continue
        # Parts of equal length, none shorter than what is wanted, and none longer than what is allowed.
        parts = max(n // -(-wanted // inside), -(-n // max(most // inside, 1)), 1)
        shape[i] = -(-n // parts)
        break
    return tuple(shape)


def chunk_grid(spec: SweepSpec) -> ChunkGrid:
    """The cells of a sweep, cut into chunks."""
    return ChunkGrid(spec.shape, chunk_shape(spec))


def n_chunks(spec: SweepSpec) -> int:
    """The number of chunks."""
    return math.prod(chunk_grid(spec).counts)


def chunk_at(spec: SweepSpec, number: int) -> Chunk:
    """The chunk of that number, counted from 0 in the order in which the last dimension runs fastest.

    Raises:
        InvalidInput: there is none.

    >>> from misstep.sweeps.reading import read_spec
    >>> spec = read_spec("adam(learning_rate=0.1, beta1=0..0.999:400, beta2=0..0.999:400)", steps=1e5)
    >>> chunk_at(spec, 99).slices
    (slice(396, 400, None), slice(0, 400, None))
    """
    grid = chunk_grid(spec)
    slices = grid.slices(number)
    return Chunk(tuple(part.start for part in slices), tuple(part.stop for part in slices))
