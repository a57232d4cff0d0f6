"""Datasets of sweeps on disk: made, opened to go on with, and read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from misstep.errors import InvalidInput
from misstep.sweeps.disk import DiskStore, dataset_of, whole_chunks
from misstep.sweeps.files import make_folder, write_whole
from misstep.sweeps.layout import Layout
from misstep.sweeps.memory import MemoryStore
from misstep.sweeps.metadata import CHECKSUMS, metadata, require_zarr
from misstep.sweeps.opening import require_new, require_same, require_store, target, telling

if TYPE_CHECKING:
    import xarray

Store: TypeAlias = DiskStore | MemoryStore
"""What chunks are written to."""


def create(path: str | os.PathLike[str], layout: Layout) -> DiskStore:
    """Make a store in which no chunk is whole, at once or not at all.

    Args:
        path: Its folder, absent or empty.
        layout: What will be stored.

    Raises:
        InvalidInput: something is there, or it cannot be made; nothing is changed.
        MissingDependency: zarr or xarray is not installed.
    """
    require_zarr()
    folder = target(path)
    require_new(folder)
    try:
        make_folder(folder, metadata(layout))
    except OSError as error:
        # Another process may have made one while this did.
        require_new(folder)
        raise InvalidInput(f"out = {os.fspath(path)!r} cannot be written: {error.strerror}") from error
    return DiskStore(folder, layout, bytearray(len(layout.grid)))


def open_for(path: str | os.PathLike[str], layout: Layout, report: Callable[[str], None] = lambda _: None) -> DiskStore:
    """Open a store to go on with it.

    Args:
        path: Its folder.
        layout: What is to be stored, the same as it was created for.
        report: Is told of each chunk that is corrupt, and so counts as missing, and of what else was damaged.

    Raises:
        InvalidInput: there is no store, or one of another sweep (the message names the first difference), or it cannot
            be written to.
        MissingDependency: zarr or xarray is not installed.
    """
    require_zarr()
    folder = target(path)
    there = require_store(folder)
    files = metadata(layout)
    require_same(folder, there, json.loads(files["zarr.json"]))
    store = DiskStore(folder, layout, bytearray(len(layout.grid)))
    store.examine(report)
    for name in files:
        if name != "zarr.json" and not _is_intact(folder / name, files[name]):
            try:
                write_whole(f"{folder}/{name}", files[name], f"{folder}/{CHECKSUMS}/partial")
            except OSError as error:
                raise InvalidInput(f"out = {str(folder)!r} cannot be written: {error.strerror}") from error
            report(f"{name} of {str(folder)!r} was damaged; it is written again")
    return store


def open_dataset(path: str | os.PathLike[str]) -> xarray.Dataset:
    """The dataset of a store, finished or not; cells are read when they are used.

    Raises:
        InvalidInput: there is no store.
        MissingDependency: zarr or xarray is not installed.
    """
    require_zarr()
    folder = target(path)
    require_store(folder)
    return dataset_of(folder)


def how_far(path: str | os.PathLike[str]) -> tuple[int, int]:
    """Number of chunks of a store that are there, and of all; the first is the second where the sweep is finished.

    Raises:
        InvalidInput: there is no store.
    """
    folder = target(path)
    described = require_store(folder)
    n_chunks = int(described["consolidated_metadata"]["metadata"][CHECKSUMS]["shape"][0])
    try:
        return len(whole_chunks(folder, n_chunks)), n_chunks
    except OSError as error:
        raise InvalidInput(f"out = {str(folder)!r} cannot be read: {error.strerror}") from error


def _is_intact(file: Path, content: bytes) -> bool:
    """Whether a file that describes a store, or holds a coordinate, says what it has to."""
    try:
        stored = file.read_bytes()
        if stored == content or file.name != "zarr.json":
            return stored == content
        return telling(json.loads(stored)) == telling(json.loads(content))
    except (OSError, ValueError):
        return False
