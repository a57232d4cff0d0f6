"""What a dataset that is computed chunk by chunk is to the rest of a sweep, on disk or in memory."""

from __future__ import annotations

import abc
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from misstep.sweeps.grid import ChunkGrid
from misstep.sweeps.layout import Layout

if TYPE_CHECKING:
    import xarray


class ChunkStore(abc.ABC):
    """Chunks that are whole or missing.

    Attributes:
        layout: What is stored.
    """

    def __init__(self, layout: Layout, whole: bytearray) -> None:
        self.layout = layout
        self._whole = whole

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def grid(self) -> ChunkGrid:
        """The chunks."""
        return self.layout.grid

    @property
    def n_whole(self) -> int:
        """Number of chunks that are whole: those found when the store was opened, and those written since."""
        return self._whole.count(1)

    def missing(self) -> Iterator[int]:
        """The chunks that are not whole, in order."""
        return (index for index, whole in enumerate(self._whole) if not whole)

    @abc.abstractmethod
    def write(self, index: int, arrays: Mapping[str, Any]) -> None:
        """Store chunk `index`, whole or not at all."""

    @abc.abstractmethod
    def dataset(self) -> xarray.Dataset:
        """The dataset."""

    @abc.abstractmethod
    def close(self) -> None:
        """Put away what writing needed."""
