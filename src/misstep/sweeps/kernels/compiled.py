"""Compiled kernels, kept on disk so that the next process need not compile them again."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from misstep._version import __version__
from misstep.errors import MissingDependency

_LOCK = threading.Lock()


def cache_folder() -> Path:
    """Where kernels are kept: $MISSTEP_CACHE, or misstep/ in the user's cache folder ($XDG_CACHE_HOME or ~/.cache)."""
    if given := os.environ.get("MISSTEP_CACHE"):
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "misstep"


def has_numba() -> bool:
    """Whether kernels can be compiled."""
    return importlib.util.find_spec("numba") is not None


def compiled(text: str) -> Callable[..., None]:
    """The function `advance` of a module.

    Args:
        text: The module's, in which numba is told to keep what it compiles by `cache=True`.

    Raises:
        MissingDependency: numba is not installed.
    """
    if not has_numba():
        raise MissingDependency("kernels are compiled with numba: install misstep[sweep], or ask for kernel numpy")
    with _LOCK:
        return _loaded(text)


@cache
def _loaded(text: str) -> Callable[..., None]:
    import numba

    key = hashlib.sha256(f"{__version__} {numba.__version__} {text}".encode()).hexdigest()[:24]
    try:
        folder = cache_folder() / "kernels"
        folder.mkdir(parents=True, exist_ok=True)
        return _imported(_written(folder, key, text), key)
    except OSError:
        # No folder to keep kernels in: this process compiles for itself.
        with tempfile.TemporaryDirectory(prefix="misstep-kernel-") as temporary:
            return _imported(_written(Path(temporary), key, text.replace("cache=True", "cache=False")), key)


def _written(folder: Path, key: str, text: str) -> Path:
    """The module's file. It is written whole, and once: numba goes by its age."""
    file = folder / f"kernel_{key}.py"
    if not file.exists():
        descriptor, name = tempfile.mkstemp(prefix=".kernel-", dir=folder)
        try:
            with open(descriptor, "w", encoding="utf-8") as out:
                out.write(text)
            os.replace(name, file)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(name)
    return file


def _imported(file: Path, key: str) -> Callable[..., None]:
    name = f"misstep_kernel_{key}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    advance: Callable[..., None] = module.advance
    return advance
