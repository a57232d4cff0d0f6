"""The folder, or the file, that a command writes to: written whole or not at all."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from misstep.errors import InvalidInput, MissingDependency

_PREFIX = ".misstep-"


@dataclass(frozen=True)
class OutputFolder:
    """A reserved folder. Nothing of it is seen before `write`.

    Attributes:
        path: Where the files will be.
        names: Files of the folder that belong to the command.
        staging: A temporary folder of the same file system, where files are written first.
    """

    path: Path
    names: tuple[str, ...]
    staging: Path

    def write(self, files: Mapping[str, str]) -> None:
        """Write the files, then move them into place, all or none.

        Those of `names` that are not among them are removed, so that the folder tells of one run; others there stay.

        Args:
            files: Text by name; folders in names are made.

        Raises:
            InvalidInput: the files cannot be written, for want of room say; the folder is as it was.
        """
        new = self.staging / "new"
        try:
            new.mkdir()
            for name, text in files.items():
                file = new / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8", newline="\n")
            if self.path.exists():
                _replace_files(new, self.path, [*files, *self.names], self.staging / "before")
            else:
                new.rename(self.path)
        except OSError as error:
            raise InvalidInput(f"out = {str(self.path)!r} cannot be written: {error.strerror}") from error


def write_file(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write one file whole, or leave what was there.

    The content, text as UTF-8, goes to a temporary file beside it first; what is no regular file, as a pipe, is written
    to as it is.

    Raises:
        InvalidInput: it cannot be written.
    """
    target = Path(os.path.realpath(path))
    data = content.encode() if isinstance(content, str) else content
    new = None
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        descriptor, name = tempfile.mkstemp(prefix=_PREFIX, dir=target.parent)
        new = Path(name)
        with open(descriptor, "wb") as file:
            file.write(data)
        new.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        new.replace(target)
        new = None
    except OSError as error:
        raise InvalidInput(f"output = {os.fspath(path)!r} cannot be written: {error.strerror}") from error
    finally:
        if new is not None:
            new.unlink(missing_ok=True)


def _umask() -> int:
    """The rights that new files do not have; asking means setting them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextmanager
def output_folder(
    path: str | os.PathLike[str], names: Collection[str], *, drawn: bool = True
) -> Iterator[OutputFolder]:
    """Reserve a folder, before anything is computed for it.

    Parents are made where they are missing; they and every temporary file are removed again unless files are written.

    Args:
        path: The folder. It need not exist; where it does, other files in it are left alone.
        names: Files and, ending in "/", folders in it that may be written.
        drawn: Whether figures are among them.

    Raises:
        InvalidInput: there can be no such folder, or not there; nothing has been made.
        MissingDependency: there will be figures, and matplotlib is not installed.
    """
    if drawn and importlib.util.find_spec("matplotlib") is None:
        raise MissingDependency("the files have figures, drawn with matplotlib: install misstep[plot]")
    target = _target(path, names)
    made: list[Path] = []
    staging = None
    try:
        try:
            if not target.exists():
                _make_parents(target.parent, made)
                # A name that is too long shows only once its parent is there.
                with suppress(FileNotFoundError):
                    target.lstat()
            # Inside the folder where there is one: it may be another file system than its parent.
            staging = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=target if target.exists() else target.parent))
        except OSError as error:
            raise InvalidInput(f"out = {str(path)!r} must be writable: {error.strerror}") from error
        yield OutputFolder(target, tuple(name for name in names if not name.endswith("/")), staging)
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
        # A parent that holds the files is not empty, and stays.
        _remove_empty(made)


def _target(path: str | os.PathLike[str], names: Collection[str]) -> Path:
    """The folder meant, links resolved.

    Raises:
        InvalidInput: it, or what the command has in it, exists as something else.
    """
    text = os.fspath(path)
    if not text:
        raise InvalidInput("out = '' must name a folder")
    try:
        target = Path(os.path.realpath(text))
        for place, is_folder in ((target, True), *((target / name, name.endswith("/")) for name in names)):
            with suppress(FileNotFoundError):
                place.lstat()
                if place.is_dir() != is_folder:
                    kind = "folder" if is_folder else "file"
                    raise InvalidInput(f"out = {text!r} must be a folder: {str(place)!r} is not a {kind}")
    except ValueError as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"out = {text!r} must name a folder: {error}") from error
    except OSError as error:
        raise InvalidInput(f"out = {text!r} must name a folder: {error.strerror}") from error
    return target


def _make_parents(folder: Path, made: list[Path]) -> None:
    """Make a folder and its missing parents; add each to `made`."""
    if not folder.exists():
        _make_parents(folder.parent, made)
        made.append(folder)
        folder.mkdir()


def _remove_empty(made: list[Path]) -> None:
    """Remove the folders in which nothing is, the last made first."""
    for folder in reversed(made):
        with suppress(OSError):
            folder.rmdir()


def _replace_files(new: Path, target: Path, names: Collection[str], before: Path) -> None:
    """Have `target` hold what `new` does under the names, and on any interruption what it held before."""
    placed: list[tuple[Path, Path]] = []
    made: list[Path] = []
    left: dict[Path, None] = {}
    try:
        for name in sorted(set(names)):
            file, place, copy = new / name, target / name, before / name
            if place.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(place, copy)
            placed.append((place, copy))
            if file.exists():
                _make_parents(place.parent, made)
                file.replace(place)
            else:
                place.unlink(missing_ok=True)
                left[place.parent] = None
    except BaseException:
        for place, copy in placed:
            if copy.exists():
                copy.replace(place)
            else:
                place.unlink(missing_ok=True)
        _remove_empty(made)
        raise
    # Folders of which all was removed. The target itself holds what is new.
    _remove_empty(list(left))
