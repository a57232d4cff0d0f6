"""A dataset on disk that is computed chunk by chunk, in the zarr format: chunks are whole or absent."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misstep.errors import InvalidInput
from misstep.sweeps.blocks import blocks, payload
from misstep.sweeps.checksum import crc32c, is_sealed, sealed
from misstep.sweeps.chunk_store import ChunkStore
from misstep.sweeps.files import clear, write_whole
from misstep.sweeps.layout import Layout, Variable
from misstep.sweeps.metadata import CHECKSUMS

if TYPE_CHECKING:
    import xarray

_FULL = (errno.ENOSPC, errno.EDQUOT)
_ROW = re.compile(r"c\.(0|[1-9][0-9]{0,17})\.0")


class DiskStore(ChunkStore):
    """A store on disk, to write chunks to; made by `create` and `open_for`.

    A chunk is one file a variable, then one file with their checksums: the chunk is whole only where that is. Each file
    is seen whole or not at all, and is the same whoever writes it, so that several processes may write to one store.

    Attributes:
        path: The folder.
        layout: What is stored.
    """

    def __init__(self, path: Path, layout: Layout, whole: bytearray) -> None:
        super().__init__(layout, whole)
        self.path = path
        self._aside = self._at(f"{CHECKSUMS}/partial")

    def write(self, index: int, arrays: Mapping[str, Any]) -> None:
        """Store chunk `index`, whole or not at all.

        Args:
            index: Of the chunk.
            arrays: One for each variable, of its dtype, of the chunk's shape or flat in C order.

        Raises:
            InvalidInput: the arrays are not what the layout says, or they cannot be written, for want of room say.
        """
        found = blocks(self.layout, index, arrays)
        row = b""
        try:
            for variable in self.layout.variables:
                chunk = self.layout.along(variable, self.grid.chunks)
                content = payload(variable, found[variable.name], chunk)
                checksum = crc32c(content)
                write_whole(self._at(self._name(variable, index)), content + checksum, self._aside)
                row += checksum
            write_whole(self._at(_row_name(index)), sealed(row), self._aside)
        except OSError as error:
            raise self._unwritable(error) from error
        self._whole[index] = 1

    def dataset(self) -> xarray.Dataset:
        """The dataset, read when it is used."""
        return dataset_of(self.path)

    def close(self) -> None:
        """Put away what writing needed."""
        with suppress(OSError):
            os.rmdir(self._aside)

    def examine(self, report: Callable[[str], None]) -> None:
        """Find which chunks are whole; say which are corrupt and have them be missing.

        Raises:
            InvalidInput: the store cannot be read or written.
        """
        try:
            clear(Path(self._aside))
            for index in whole_chunks(self.path, len(self._whole)):
                fault = self._fault(index)
                if fault is None:
                    self._whole[index] = 1
                else:
                    (self.path / _row_name(index)).unlink(missing_ok=True)
                    report(f"chunk {index} of {str(self.path)!r} is corrupt: {fault}; it is computed again")
            # Whether it can be written to shows now, and not after a chunk's work.
            if self.n_whole < len(self._whole):
                os.makedirs(self._aside, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error

    def _fault(self, index: int) -> str | None:
        """What is wrong with a chunk whose checksums are there, if anything is."""
        row = (self.path / _row_name(index)).read_bytes()
        if len(row) != 4 * len(self.layout.variables) + 4 or not is_sealed(row):
            return f"its checksums in {_row_name(index)} are damaged"
        for place, variable in enumerate(self.layout.variables):
            name = self._name(variable, index)
            try:
                stored = (self.path / name).read_bytes()
            except FileNotFoundError:
                return f"{name} is missing"
            if not is_sealed(stored) or stored[-4:] != row[4 * place : 4 * place + 4]:
                return f"{name} has another checksum"
        return None

    def _name(self, variable: Variable, index: int) -> str:
        """The file of a variable's chunk."""
        position = self.layout.along(variable, self.grid.position(index))
        return "/".join([variable.name, "c", *map(str, position)])

    def _at(self, name: str) -> str:
        """Where a file of the store is; as text, because writing is quicker so."""
        return f"{self.path}/{name}"

    def _unwritable(self, error: OSError) -> InvalidInput:
        """The error that the store cannot be written to, which loses nothing."""
        remedy = "free some room and go on" if error.errno in _FULL else "go on when it can be"
        return InvalidInput(
            f"out = {str(self.path)!r} cannot be written: {error.strerror}; "
            f"{self.n_whole} of {len(self._whole)} chunks are whole: {remedy} with --resume"
        )


def _row_name(index: int) -> str:
    """The file of a chunk's checksums."""
    return f"{CHECKSUMS}/c.{index}.0"


def whole_chunks(folder: Path, n_chunks: int) -> list[int]:
    """The chunks whose checksums are there, in order."""
    found = (_ROW.fullmatch(name) for name in os.listdir(folder / CHECKSUMS))
    return sorted(index for match in found if match is not None and (index := int(match[1])) < n_chunks)


def dataset_of(folder: Path) -> xarray.Dataset:
    """The dataset of a store, read when it is used."""
    import xarray

    return xarray.open_zarr(folder, chunks=None, consolidated=True)
