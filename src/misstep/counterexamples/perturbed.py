"""What becomes of a start that is a little off: the orbit attracts it, keeps its distance, or throws it out."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from misstep.adapters import Adapter
from misstep.adapters.base import NeedsTheFunction
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
    """The mean factor a period by which the distance to the orbit changes, after a nudge of 1e-7 spacings.

    It estimates the largest |eigenvalue| of the return map that a nudge of x alone wakes, as seen in the optimizer's
    own floats: from below where a nudge grows, for as long as the first steps still correct a bias. All runs begin at
    x_0. The nudge comes at x_0, or where a transient comes first at the step from which the orbit repeats: from there
    on the function is asked beside the iterate.

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
    nudges = nudge * np.array([0.0, -1.0, 1.0])
    with np.errstate(all="ignore"):
        if side_by_side:
            x = _points(adapter, example, nudges)
        else:
            x = np.stack([_points(adapter, example, off) for off in nudges], axis=1)
    period = len(example.gradients)
    distances = np.abs(x[:, 1:] - x[:, :1]) / nudge
    # Where a nudge to one side grows that far, so does the rounding of the orbit itself.
    far = (distances >= _CEILING).any(axis=1)
    distances = distances[: int(np.argmax(far)) + 1] if far.any() else distances
    left, right = (_factor(distances[:, i], period) for i in (0, 1))
    multiplier = max(left, right)
    kind: Kind = "neutral" if abs(multiplier - 1) <= NEUTRAL else "attracting" if multiplier < 1 else "repelling"
    return Perturbed(kind, multiplier, left, right)


def _points(adapter: Adapter, example: Counterexample, off: FloatArray) -> FloatArray:
    """Where the function is asked from the nudge on."""
    settled, f = example.settled, example.function
    n_steps, x0 = settled + _STEPS, float(example.x0)
    if settled > 0:
        step = itertools.count()
        try:
            x = adapter.follow(lambda p: f.gradient(p + off if next(step) >= settled else p), x0 + 0 * off, n_steps).x
        except NeedsTheFunction:
            pass
        else:
            return np.asarray(x[settled:] + off)
    # A method that evaluates f in its step may ask more than once a step.
    return np.asarray(adapter.observe(f, x0 + off, n_steps).x[settled:])


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
