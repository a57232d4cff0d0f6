"""A layout in the zarr format, version 3."""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any

from misstep.errors import MissingDependency
from misstep.sweeps.layout import Layout

CHECKSUMS = ".misstep/checksums"
"""The array of checksums, a row of one for each variable for each chunk; a row is there exactly if its chunk is."""


def require_zarr() -> None:
    """Have what stores are made with, or say what to install.

    Raises:
        MissingDependency: it is not installed.
    """
    for name in ("zarr", "xarray", "google_crc32c"):
        if importlib.util.find_spec(name) is None:
            raise MissingDependency(
                f"sweeps are xarray datasets, stored by zarr; {name} is missing: install misstep[sweep]"
            )


def metadata(layout: Layout) -> dict[str, bytes]:
    """Every file that a store has before anything is computed: what describes it, and its coordinates.

    Arrays are stored as they are, little endian, each chunk with its checksum: no compressor, because other versions of
    one give other bytes.
    """
    require_zarr()
    import numpy as np
    import zarr
    from zarr.codecs import BytesCodec, Crc32cCodec
    from zarr.storage import MemoryStore

    content: dict[str, Any] = {}
    attrs = layout.dataset_attrs
    computed = [variable.name for variable in layout.variables if variable.coordinate]
    beside = [coordinate.name for coordinate in layout.coordinates if coordinate.name != coordinate.along]
    if computed or beside:
        attrs["coordinates"] = " ".join([*beside, *computed])  # CF: these are coordinates
    root = zarr.create_group(MemoryStore(content), zarr_format=3, attributes=attrs)
    checked: dict[str, Any] = {"compressors": [Crc32cCodec()]}
    plain = {**checked, "filters": (), "serializer": BytesCodec(endian="little")}
    for coordinate in layout.coordinates:
        texts = isinstance(coordinate.values[0], str)
        array = root.create_array(
            coordinate.name,
            shape=(len(coordinate.values),),
            chunks=(len(coordinate.values),),
            dtype="string" if texts else np.asarray(coordinate.values).dtype,
            fill_value="" if texts else 0,
            dimension_names=(coordinate.along,),
            attributes=dict(coordinate.attrs),
            config={"write_empty_chunks": True},
            **(checked if texts else plain),
        )
        array[:] = np.asarray(coordinate.values, dtype=object if texts else None)
    for variable in layout.variables:
        root.create_array(
            variable.name,
            shape=layout.shape(variable),
            chunks=layout.along(variable, layout.grid.chunks),
            dtype=np.dtype(variable.dtype),
            fill_value=variable.missing,
            dimension_names=variable.dims,
            attributes=dict(variable.attrs),
            chunk_key_encoding={"name": "default", "separator": "/"},
            **plain,
        )
    group, _, name = CHECKSUMS.partition("/")
    root.create_group(group).create_array(
        name,
        shape=(len(layout.grid), len(layout.variables)),
        chunks=(1, len(layout.variables)),
        dtype=np.dtype("uint32"),
        fill_value=0,
        dimension_names=("chunk", "variable"),
        attributes={"long_name": "CRC-32C of a chunk of each variable", "units": "1"},
        chunk_key_encoding={"name": "default", "separator": "."},
        **plain,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Consolidated metadata is currently not part")
        zarr.consolidate_metadata(root.store)
    return {name: buffer.to_bytes() for name, buffer in sorted(content.items())}
