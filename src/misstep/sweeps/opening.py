"""Whether a path is a store, or may become one."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from misstep.errors import InvalidInput
from misstep.sweeps.difference import first_difference
from misstep.sweeps.metadata import CHECKSUMS

# What of an array's or a group's description says what is stored; the rest is how a version of zarr writes it down.
_TELLING = (
    "node_type",
    "shape",
    "data_type",
    "dimension_names",
    "chunk_grid",
    "chunk_key_encoding",
    "codecs",
    "fill_value",
    "attributes",
)


def target(path: str | os.PathLike[str]) -> Path:
    """The folder meant, links resolved.

    Raises:
        InvalidInput: no folder can be there, or something that is none is.
    """
    text = os.fspath(path)
    if not text:
        raise InvalidInput("out = '' must name a folder")
    try:
        folder = Path(os.path.realpath(text))
        if not stat.S_ISDIR(folder.lstat().st_mode):
            raise InvalidInput(f"out = {text!r} must be a folder: it is a file")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise InvalidInput(f"out = {text!r} must name a folder: {error.strerror}") from error
    except ValueError as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(f"out = {text!r} must name a folder: {error}") from error
    return folder


def require_new(folder: Path) -> None:
    """Have nothing at `folder`, or an empty one.

    Raises:
        InvalidInput: a store is there, or something else.
    """
    try:
        held = next(iter(sorted(folder.iterdir())), None)
    except FileNotFoundError:
        return
    except OSError as error:
        raise InvalidInput(f"out = {str(folder)!r} cannot be read: {error.strerror}") from error
    if held is None:
        return
    if _described(folder) is not None:
        raise InvalidInput(f"out = {str(folder)!r} holds a sweep already: go on with it by --resume, or name another")
    raise InvalidInput(f"out = {str(folder)!r} must be new or empty: it holds {held.name!r}, and is no sweep")


def require_store(folder: Path) -> dict[str, Any]:
    """The description of the store at `folder`.

    Raises:
        InvalidInput: there is none.
    """
    described = _described(folder)
    if described is None:
        what = "holds no sweep" if folder.exists() else "does not exist"
        raise InvalidInput(f"out = {str(folder)!r} must be a sweep: it {what}")
    return described


def require_same(folder: Path, there: dict[str, Any], here: dict[str, Any]) -> None:
    """Have the store's description be what is asked for.

    Raises:
        InvalidInput: it is of another sweep; the message names the first difference.
    """
    specs = tuple(json.loads(one["attributes"]["spec"]) for one in (there, here))
    found = first_difference(*specs)
    if found is None:
        found = first_difference(telling(there), telling(here))
    if found is not None:
        where, stored, asked = found
        raise InvalidInput(
            f"out = {str(folder)!r} holds another sweep: {where or 'spec'} is {stored} there, and {asked} is asked for"
        )


def telling(described: Any) -> dict[str, Any]:
    """What a description says of what is stored, with that of every array that it consolidates."""
    if not isinstance(described, dict):
        return {}
    kept = {key: described[key] for key in _TELLING if key in described}
    inner = (described.get("consolidated_metadata") or {}).get("metadata")
    return kept | {name: telling(one) for name, one in (inner or {}).items()}


def _described(folder: Path) -> dict[str, Any] | None:
    """The root's description, if it is one of a sweep."""
    try:
        described = json.loads((folder / "zarr.json").read_bytes())
        json.loads(described["attributes"]["spec"])
        is_sweep = CHECKSUMS in described["consolidated_metadata"]["metadata"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return described if is_sweep else None
