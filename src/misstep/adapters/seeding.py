"""Random numbers that a run draws: seeded for the run, and the process's own put back after it."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Python's, numpy's and (where it is imported) torch's global generators started from `seed` for the block."""
    with ExitStack() as stack:
        stack.callback(random.setstate, random.getstate())
        random.seed(seed)
        stack.callback(np.random.set_state, np.random.get_state())  # noqa: NPY002  optimizers use the global one
        np.random.seed(seed % 2**32)  # noqa: NPY002
        torch = sys.modules.get("torch")
        if torch is not None:
            stack.callback(torch.random.set_rng_state, torch.random.get_rng_state())
            torch.random.default_generator.manual_seed(seed)
        yield
