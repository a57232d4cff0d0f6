"""JAX in float64 for a block of code, for the adapters that compute with it."""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from misstep.adapters.observation import Dtype


def precision(jax: Any, dtype: Dtype) -> AbstractContextManager[Any]:
    """A context in which the module `jax` computes in `dtype`.

    JAX rounds float64 to float32 unless its 64-bit mode is on. The mode is switched on for the block and this thread
    alone: what the rest of the process computes stays as it was.
    """
    if dtype == "float32":
        return nullcontext()
    if hasattr(jax, "enable_x64"):
        switch = jax.enable_x64
    else:  # older than JAX 0.8
        switch = importlib.import_module("jax.experimental").enable_x64
    context: AbstractContextManager[Any] = switch(True)
    return context
