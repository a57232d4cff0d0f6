"""What a chunk function computed, as the layout wants it: one array a variable, of the chunk's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from misstep.errors import InvalidInput
from misstep.sweeps.layout import Layout, Variable


def blocks(layout: Layout, index: int, arrays: Mapping[str, Any]) -> dict[str, Any]:
    """The arrays of chunk `index` in the order and the shape of the layout's variables, NaN having one form.

    Args:
        layout: Of the dataset.
        index: Of the chunk.
        arrays: One for each variable and no other, of its dtype; of the chunk's shape, or flat in C order.

    Raises:
        InvalidInput: they are not.
    """
    names = [variable.name for variable in layout.variables]
    if set(arrays) != set(names):
        raise InvalidInput(f"arrays = {sorted(arrays)} of chunk {index} must be {sorted(names)}")
    shape = layout.grid.shape_of(index)
    return {one.name: _block(one, layout.along(one, shape), index, arrays[one.name]) for one in layout.variables}


def _block(variable: Variable, shape: tuple[int, ...], index: int, given: Any) -> Any:
    array, dtype = np.asarray(given), np.dtype(variable.dtype)
    if array.dtype != dtype or array.shape not in (shape, (int(np.prod(shape)),)):
        raise InvalidInput(
            f"{variable.name} of chunk {index} must be {dtype} of shape {shape}: {array.dtype} of shape {array.shape}"
        )
    array = array.reshape(shape)
    # The sign and the payload of a NaN depend on the processor that made it.
    return np.where(np.isnan(array), dtype.type(np.nan), array) if dtype.kind == "f" else array


def payload(variable: Variable, block: Any, chunk: tuple[int, ...]) -> bytes:
    """The bytes of a block as zarr stores them: little endian, filled up to a full chunk at an edge of the array."""
    if block.shape != chunk:
        full = np.full(chunk, variable.missing, variable.dtype)
        full[tuple(slice(size) for size in block.shape)] = block
        block = full
    return bytes(block.astype(block.dtype.newbyteorder("<"), copy=False).tobytes())
