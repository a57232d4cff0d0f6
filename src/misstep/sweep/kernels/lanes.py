"""What a chunk of a sweep hands to a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from misstep.functions import LineFunction
from misstep.optimizers import Optimizer


@dataclass(frozen=True)
class Lanes:
    """Runs that differ in numbers only, one a lane.

    Attributes:
        optimizer: The method; its hyper-parameters are scalars, or float64 arrays with one element a lane.
        functions: The functions that occur, of one structure, each once.
        function_index: Which of them a lane is on.
        x0: Starts.
        noise: Standard deviation of the Gaussian noise added to each gradient, or `None` for none.
        cell: Flat index of a lane's cell in the whole sweep: with `replicate`, the key of its random numbers.
        replicate: Which of its cell's replicates a lane is.
        n_steps: Steps of every lane.
        dtype: `"float64"` or `"float32"`.
        moments: `"same"`, or `"bfloat16"` where the method's state is rounded to 8 bits after each step.
        seed: Of the random numbers.
        quantities: What is measured.
        slope: The predicted gradient is −slope; NaN where none is predicted.
    """

    optimizer: Optimizer[Any]
    functions: tuple[LineFunction, ...]
    function_index: npt.NDArray[np.intp]
    x0: npt.NDArray[np.float64]
    noise: npt.NDArray[np.float64] | None
    cell: npt.NDArray[np.uint64]
    replicate: npt.NDArray[np.uint64]
    n_steps: int
    dtype: str
    moments: str
    seed: int
    quantities: frozenset[str]
    slope: npt.NDArray[np.float64]
