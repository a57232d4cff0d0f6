"""The function as an optimizer may ask for it: value, gradient and curvature at any point, not only at the iterates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from misstep.scalars import FloatArray


@dataclass(frozen=True)
class Oracle:
    """A function of one parameter array, for the optimizers whose step needs more than the gradient at x_k.

    Args:
        value: f(x), one number: the sum over the elements where each is a start of its own.
        gradient: f'(x), of the shape and dtype of x.
    """

    value: Callable[[FloatArray], float]
    gradient: Callable[[FloatArray], FloatArray]

    def hessian_vector(self, x: FloatArray, z: FloatArray) -> FloatArray:
        """f''(x)·z by central differences of the gradient, with a step of about the cube root of the rounding unit."""
        longest = float(np.max(np.abs(z), initial=0.0))
        if longest == 0:
            return np.zeros_like(x)
        reach = float(np.cbrt(np.finfo(x.dtype).eps)) * (1 + float(np.max(np.abs(x), initial=0.0)))
        offset = np.asarray(z * (reach / longest), x.dtype)
        difference = self.gradient(np.asarray(x + offset)) - self.gradient(np.asarray(x - offset))
        return np.asarray(difference * (longest / (2 * reach)), x.dtype)
