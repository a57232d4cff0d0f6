"""An N-dimensional array of cells, cut into numbered blocks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from misstep.errors import InvalidInput


@dataclass(frozen=True)
class ChunkGrid:
    """A regular grid of chunks: each cell is in exactly one.

    Chunks are numbered in C order, the last dimension fastest; those at an upper edge may be smaller.

    Args:
        shape: Number of cells along each dimension, at least 1.
        chunks: Number of cells of a chunk along each dimension, from 1 on; may exceed the shape.

    Raises:
        InvalidInput: the two differ in length, or have a number below 1.

    >>> grid = ChunkGrid((5, 4), (2, 4))
    >>> len(grid), grid.slices(2), grid.shape_of(2)
    (3, (slice(4, 5, None), slice(0, 4, None)), (1, 4))
    """

    shape: tuple[int, ...]
    chunks: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.shape) != len(self.chunks):
            raise InvalidInput(f"chunks = {self.chunks} must have as many dimensions as shape = {self.shape}")
        for name, sizes in (("shape", self.shape), ("chunks", self.chunks)):
            if min(sizes, default=1) < 1:
                raise InvalidInput(f"{name} = {sizes} must be positive")

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """Number of chunks along each dimension."""
        return tuple(-(-size // chunk) for size, chunk in zip(self.shape, self.chunks, strict=True))

    def __len__(self) -> int:
        return math.prod(self.counts)

    def position(self, index: int) -> tuple[int, ...]:
        """Where chunk `index` is in the grid of chunks.

        Raises:
            InvalidInput: there is no such chunk.
        """
        if not 0 <= index < len(self):
            raise InvalidInput(f"chunk = {index} must be one of 0 … {len(self) - 1}")
        position = []
        for count in reversed(self.counts):
            index, along = divmod(index, count)
            position.append(along)
        return tuple(reversed(position))

    def slices(self, index: int) -> tuple[slice, ...]:
        """The cells of chunk `index`, along each dimension."""
        return tuple(
            slice(along * chunk, min((along + 1) * chunk, size))
            for along, chunk, size in zip(self.position(index), self.chunks, self.shape, strict=True)
        )

    def shape_of(self, index: int) -> tuple[int, ...]:
        """Number of cells of chunk `index` along each dimension."""
        return tuple(block.stop - block.start for block in self.slices(index))
