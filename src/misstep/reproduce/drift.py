"""Follow many runs at once along the paper's orbit, and note when each leaves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from misstep.functions import LineFunction
from misstep.optimizers import Optimizer
from misstep.scalars import FloatArray, NumberKind, convert

OFF_ORBIT = 0.5
"""A run has left the orbit when |f'(x_k) + 1| exceeds this: no node is near x_k any more."""


@dataclass(frozen=True)
class Survey:
    """What `follow` returns, one element a lane.

    Attributes:
        departure: First k ≤ n_steps with |f'(x_k) + 1| > 1/2; n_steps + 1 where there is none.
        x: x_K, K = n_steps.
        n_steps: K.
    """

    departure: npt.NDArray[np.int64]
    x: FloatArray
    n_steps: int

    @property
    def stays(self) -> npt.NDArray[np.bool_]:
        """Which lanes stay on the orbit for all K steps."""
        stays: npt.NDArray[np.bool_] = self.departure > self.n_steps
        return stays


def follow(
    function: LineFunction,
    optimizer: Optimizer[Any],
    x0: FloatArray,
    n_steps: int,
    *,
    noise: Callable[[int], FloatArray] | None = None,
) -> Survey:
    """Run `n_steps` steps in float64 for all starts in `x0`.

    Args:
        function: A function with gradient −1 at its nodes.
        optimizer: The method; its hyper-parameters may be arrays that broadcast with x0.
        x0: Starts, one a lane.
        n_steps: K ≥ 1.
        noise: Of k, what is added to the gradient that the method sees at step k; `None` for nothing.
    """
    method = optimizer.cast(NumberKind.FLOAT64)
    x: FloatArray = convert(x0, NumberKind.FLOAT64)
    state = method.init(x)
    departure = np.full(x.shape, n_steps + 1, dtype=np.int64)
    for k in range(n_steps + 1):
        g: FloatArray = function.gradient(x)
        departure[(departure > k) & ~(np.abs(g + 1) <= OFF_ORBIT)] = k
        if k == n_steps:
            break
        # Off the orbit a gradient can be 0 and, with β2 = 0, the root with it: that lane is then not a number.
        with np.errstate(divide="ignore", invalid="ignore"):
            x, state = method.update(g if noise is None else g + noise(k), state, x)
    return Survey(departure, x, n_steps)


def slopes(survey: Survey, x0: FloatArray, spacing: float) -> FloatArray:
    """(x_K − x_0)/(K·spacing): 1 for the paper's drift."""
    result: FloatArray = (survey.x - x0) / (survey.n_steps * spacing)
    return result
