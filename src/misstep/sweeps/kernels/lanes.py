"""What a kernel is given: many runs of one method on functions of one structure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from misstep.functions import LineFunction
from misstep.optimizers import Optimizer
from misstep.scalars import FloatArray

QUANTITIES = ("outcome", "period", "speed", "gradient", "departure", "f_min", "f_max", "lyapunov")
"""What a kernel measures of a lane."""


@dataclass(frozen=True)
class Lanes:
    """Runs that differ in numbers only, one a lane.

    Attributes:
        optimizer: Hyper-parameters are numbers, or arrays of floats, one a lane.
        functions: Those that occur.
        function_index: For each lane, which of them it is on.
        x0: Starts.
        slope: c > 0 of the gradient −c that is predicted at every iterate; NaN where none is.
        n_steps: K, at least 8.
        noise: σ ≥ 0 of the Gaussian noise that the method sees on every gradient, or `None`.
        cell: With `replicate`, the key of a lane's random numbers.
        replicate: See `cell`.
        seed: Of the random numbers, below 2^64.
        dtype: `"float64"` or `"float32"`.
        moments: `"same"`, or `"bfloat16"` where the method's moments are rounded to 8 bits after each step.
        quantities: What is measured, of `QUANTITIES`.
    """

    optimizer: Optimizer[Any]
    functions: tuple[LineFunction, ...]
    function_index: npt.NDArray[np.intp]
    x0: FloatArray
    slope: FloatArray
    n_steps: int
    noise: FloatArray | None = None
    cell: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    replicate: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    seed: int = 0
    dtype: Literal["float64", "float32"] = "float64"
    moments: Literal["same", "bfloat16"] = "same"
    quantities: frozenset[str] = frozenset(QUANTITIES)

    @property
    def n(self) -> int:
        """The number of lanes."""
        return len(self.x0)
