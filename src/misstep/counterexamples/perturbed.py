"""What becomes of a start that is a little off: the orbit attracts it, keeps its distance, or throws it out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from misstep.adapters import Adapter
from misstep.counterexamples.counterexample import Counterexample
from misstep.scalars import FloatArray

Kind = Literal["attracting", "neutral", "repelling"]

NEUTRAL = 5e-6
"""How far from 1 a measured multiplier may be and count as 1."""

_NUDGE = 1e-7
_STEPS = 400
_FLOOR, _CEILING = 1e-6, 1e4
"""Distances, in nudges, beyond which rounding or the function's next piece decide."""


@dataclass(frozen=True)
class Perturbed:
    """How the distance of a nudged start to the orbit goes on, measured in float64.

    Attributes:
        kind: Whether it shrinks, stays or grows.
        multiplier: The larger of the factors a period after a nudge to the left and to the right.
        left: The factor after a nudge to the left.
        right: The factor after a nudge to the right.
    """

    kind: Kind
    multiplier: float
    left: float
    right: float


def perturbed(adapter: Adapter, example: Counterexample, *, side_by_side: bool) -> Perturbed | None:
    """The factor by which the distance to the orbit changes in a period, after a nudge of 1e-7 spacings.

    It is the largest |eigenvalue| of the return map that a nudge of x alone wakes, as seen in the optimizer's own
    floats. The run in which the distance is compared begins with the same x_0; both are nudged in x alone.

    Args:
        adapter: The optimizer.
        example: Function and start, on the line.
        side_by_side: Whether many starts may be elements of one parameter.

    Returns:
        `None` where the orbit has no period.
    """
    if example.spacing is None or isinstance(example.x0, tuple):
        return None
    spread = float(max(example.nodes) - min(example.nodes))
    scale = max(abs(float(example.spacing)), spread) or abs(float(example.nodes[0]))
    nudge = _NUDGE * scale
    starts = float(example.x0) + nudge * np.array([0.0, -1.0, 1.0])
    n_steps = example.settled + _STEPS
    with np.errstate(all="ignore"):
        if side_by_side:
            x = adapter.observe(example.function, starts, n_steps).x
        else:
            x = np.stack([adapter.observe(example.function, start, n_steps).x for start in starts], axis=1)
    period = len(example.gradients)
    left, right = (_factor(np.abs(x[:, i] - x[:, 0]) / nudge, period) for i in (1, 2))
    multiplier = max(left, right)
    kind: Kind = "neutral" if abs(multiplier - 1) <= NEUTRAL else "attracting" if multiplier < 1 else "repelling"
    return Perturbed(kind, multiplier, left, right)


def _factor(distance: FloatArray, period: int) -> float:
    """The mean factor a period over the part of the run that is neither in the rounding nor beyond all bounds."""
    inside = (distance > _FLOOR) & (distance < _CEILING)
    last = len(distance) - 1 if inside.all() else int(np.argmin(inside))
    rows = distance[: last + 1 : period]
    rows = rows[rows > 0]
    if len(rows) < 2:
        # Gone within a period: to the orbit itself, or out of sight.
        return 0.0 if distance[min(period, len(distance) - 1)] <= _FLOOR else math.inf
    # The first third is left to faster modes.
    first = len(rows) // 3
    return float((rows[-1] / rows[first]) ** (1 / max(len(rows) - 1 - first, 1)))
