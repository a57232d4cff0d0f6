"""What was seen of an optimizer that misstep did not write: never more than an observation, and never proved."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from misstep.errors import InvalidInput
from misstep.scalars import FloatArray

Dtype: TypeAlias = Literal["float64", "float32"]
"""The floats that a run is made of: parameters, gradients and optimizer state."""


class Behavior(enum.Enum):
    """What an optimizer's iterates did, as far as it decides whether they can be studied."""

    MOVED = "the iterates moved and stayed finite"
    STILL = "the iterates never left the start: is the learning rate 0, or a warm-up longer than the run?"
    NOT_FINITE = "an iterate was not finite: the run ends there, and NaN fills what is left"


@dataclass(frozen=True)
class Observation:
    """A run of a foreign optimizer.

    Attributes:
        x: Iterates x_0 … x_K, shape (K + 1, *x0.shape).
        g: The gradients g_0 … g_{K−1} that the optimizer was given, shape (K, *x0.shape).
        name: Public name of the optimizer, such as `"torch.optim.Adam"`.
        version: Version of its library, with that of the library that computes where they differ.
        dtype: Of x, g and the optimizer's state.
        hyper_parameters: As the library itself reports them, by its own names, as text.
        tolerance: The largest `deviation` from the reference recurrence that is put down to rounding.
        seed: Of the random numbers of numpy, Python and torch during the run.
        stochastic: Whether another seed gave other iterates; `None` if that was not tried.
    """

    x: FloatArray
    g: FloatArray
    name: str
    version: str
    dtype: Dtype
    hyper_parameters: Mapping[str, str]
    tolerance: float
    seed: int = 0
    stochastic: bool | None = None

    @property
    def n_steps(self) -> int:
        """K, the number of steps asked for."""
        return len(self.g)

    @property
    def n_finite(self) -> int:
        """The number of steps before the first iterate that is not finite (K if there is none)."""
        finite = np.isfinite(self.x).reshape(len(self.x), -1).all(axis=1)
        return len(self.x) - 1 if finite.all() else int(np.argmin(finite)) - 1

    @property
    def behavior(self) -> Behavior:
        """Whether the iterates moved, stood still or stopped being numbers."""
        if self.n_finite < self.n_steps:
            return Behavior.NOT_FINITE
        return Behavior.MOVED if np.any(self.x != self.x[:1]) else Behavior.STILL


def deviation(x: FloatArray, reference: FloatArray) -> float:
    """How far iterates are from reference iterates, relative to the path walked so far.

        max over k and elements of |x_k − r_k| / (|r_0| + Σ_{j<k} |r_{j+1} − r_j|)

    It does not depend on the scale of the steps. Infinite where x is not a number, or is off a reference that has not
    left 0.

    Args:
        x: Iterates, shape (K + 1, *shape).
        reference: Iterates of the same shape.

    Raises:
        InvalidInput: the shapes differ.

    >>> import numpy as np
    >>> deviation(np.array([0.0, 1.0, 2.5]), np.array([0.0, 1.0, 2.0]))
    0.25
    """
    if np.shape(x) != np.shape(reference):
        raise InvalidInput(f"x has shape {np.shape(x)}, the reference {np.shape(reference)}")
    wide = np.asarray(reference, np.float64)
    path = np.abs(np.diff(wide, axis=0, prepend=np.zeros_like(wide[:1]))).cumsum(axis=0)
    error = np.abs(np.asarray(x, np.float64) - wide)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(error == 0, 0.0, error / path)
    return float(np.where(np.isnan(ratio), np.inf, ratio).max(initial=0.0))
