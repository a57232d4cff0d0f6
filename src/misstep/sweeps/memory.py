"""A dataset that is computed chunk by chunk and kept in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from misstep.errors import InvalidInput
from misstep.sweeps.blocks import blocks
from misstep.sweeps.chunk_store import ChunkStore
from misstep.sweeps.layout import Layout
from misstep.sweeps.metadata import require_zarr

if TYPE_CHECKING:
    import xarray


class MemoryStore(ChunkStore):
    """What `DiskStore` is on disk, in memory; made by `in_memory`."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout, bytearray(len(layout.grid)))
        self._arrays = {one.name: np.full(layout.shape(one), one.missing, one.dtype) for one in layout.variables}

    def write(self, index: int, arrays: Mapping[str, Any]) -> None:
        """Keep chunk `index`.

        Args:
            index: Of the chunk.
            arrays: One for each variable, of its dtype, of the chunk's shape or flat in C order.

        Raises:
            InvalidInput: the arrays are not what the layout says.
        """
        found = blocks(self.layout, index, arrays)
        slices = self.layout.grid.slices(index)
        for variable in self.layout.variables:
            self._arrays[variable.name][self.layout.along(variable, slices)] = found[variable.name]
        self._whole[index] = 1

    def dataset(self) -> xarray.Dataset:
        """The dataset."""
        import xarray

        coordinates: dict[str, Any] = {}
        variables: dict[str, Any] = {}
        for one in self.layout.coordinates:
            dtype = np.dtypes.StringDType() if isinstance(one.values[0], str) else None
            coordinates[one.name] = ((one.along,), np.asarray(one.values, dtype), dict(one.attrs))
        for each in self.layout.variables:
            among = coordinates if each.coordinate else variables
            among[each.name] = (each.dims, self._arrays[each.name], dict(each.attrs))
        return xarray.Dataset(variables, coordinates, self.layout.dataset_attrs)

    def close(self) -> None:
        """Nothing has to be put away."""


def in_memory(layout: Layout) -> MemoryStore:
    """A store in memory in which no chunk is whole.

    Raises:
        InvalidInput: there is not so much memory.
        MissingDependency: xarray is not installed.
    """
    require_zarr()
    try:
        return MemoryStore(layout)
    except MemoryError as error:
        raise InvalidInput(f"sizes = {dict(layout.sizes)} must fit into memory: give a store by --out") from error
