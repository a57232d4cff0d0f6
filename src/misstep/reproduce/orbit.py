"""The paper's orbit in exact arithmetic: the step of its induction, and whether a run is on it."""

from __future__ import annotations

from typing import Any

import numpy as np

from misstep.optimizers import Adam, AdamState
from misstep.scalars import Scalar
from misstep.trajectory import Trajectory


def step_of_induction(adam: Adam, g: Scalar, x: Scalar) -> tuple[Scalar, AdamState]:
    """One step of Adam from m = g and v = g² at x, with gradient g: the next point, and the state that it leaves.

    Args:
        adam: Without bias correction; its hyper-parameters may be symbols.
        g: Gradient, of the kind of x.
        x: The point.

    >>> from misstep import adam_dialect, symbols
    >>> alpha, beta1, beta2, x = symbols("alpha beta1 beta2 x")
    >>> adam = adam_dialect("toint", learning_rate=alpha, beta1=beta1, beta2=beta2)
    >>> ahead, after = step_of_induction(adam, x - x - 1, x)
    >>> ahead, after.m, after.v
    (alpha + x, -1, 1)
    """
    one: Any = x - x + 1
    return adam.update(g, AdamState(1, g, g * g, one, one, one - 1), x)


def is_on_orbit(trajectory: Trajectory, spacing: Scalar, slope: Scalar = 1) -> bool:
    """Whether x_k = k·spacing and g_k = −slope, exactly, for all k, all coordinates and all lanes."""
    return all(bool(np.all(x == k * spacing)) for k, x in enumerate(trajectory.x)) and bool(
        np.all(trajectory.g == -slope)
    )
