"""Python files that are not in a package, as modules."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

TOOLS = Path(__file__).parents[1] / "tools"


def from_path(path: Path) -> ModuleType:
    """A module from its file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_tool(name: str = "check_certificate") -> ModuleType:
    """A program of the folder tools/: the one that is imported already, where it is."""
    if name not in sys.modules:
        sys.modules[name] = from_path(TOOLS / f"{name}.py")
    return sys.modules[name]
