"""Files of a store: whole or absent, whenever the process ends and whoever else writes the same."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

STALE = 60.0
"""Seconds after which a folder that was to become a store is nobody's any more: making one takes milliseconds."""

_TRIES = 100


def write_whole(file: str, content: bytes, aside: str) -> None:
    """Write one file, seen whole or not at all.

    The content goes to a new file in `aside` first, of the same file system. Whatever removes that, or `aside`, or the
    file's own folder meanwhile, as another writer's `clear` does, only makes this start again.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    for last in [False] * _TRIES + [True]:
        new = f"{aside}/{uuid.uuid4().hex}"
        try:
            try:
                with open(new, "xb", buffering=0) as stream:
                    left = memoryview(content)
                    while left:
                        left = left[stream.write(left) :]
                os.replace(new, file)
            except BaseException:
                with suppress(OSError):
                    os.unlink(new)
                raise
            return
        except FileNotFoundError:
            if last:
                raise
            os.makedirs(aside, exist_ok=True)
            os.makedirs(os.path.dirname(file), exist_ok=True)


def clear(aside: Path) -> None:
    """Remove what writers that were killed left in `aside`, and it if nothing else is there."""
    with suppress(FileNotFoundError):
        for left in list(aside.iterdir()):
            left.unlink(missing_ok=True)
    with suppress(OSError):
        aside.rmdir()


def make_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder with these files, seen with all of them or not at all.

    Args:
        target: The folder, absent or empty; parents are made where they are missing.
        files: Content by name, "/" between folders.

    Raises:
        OSError: it cannot be made, or another was made there meanwhile (it is not empty); nothing is left of it.
    """
    made: list[Path] = []
    new = target.parent / f".{target.name[:100]}.{uuid.uuid4().hex}.partial"
    try:
        _make_parents(target.parent, made)
        _clear_stale(target)
        new.mkdir()
        for name, content in files.items():
            file = new / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        new.rename(target)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise


def _make_parents(folder: Path, made: list[Path]) -> None:
    """Make a folder and its missing parents; add each to `made`."""
    if not folder.exists():
        _make_parents(folder.parent, made)
        folder.mkdir(exist_ok=True)
        made.append(folder)


def _clear_stale(target: Path) -> None:
    """Remove folders that were to become `target` when their maker was killed."""
    for left in target.parent.glob(f".{target.name[:100].translate(_LITERALLY)}.*.partial"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE:
                shutil.rmtree(left, ignore_errors=True)


_LITERALLY = str.maketrans({letter: f"[{letter}]" for letter in "*?["})
