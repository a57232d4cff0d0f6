"""The function around the places where the optimizer fails on it, and the run there: what a drawing shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from misstep.adapters import Adapter
from misstep.counterexamples.counterexample import Counterexample, Failure
from misstep.functions import LineFunction, PiecewisePolynomial
from misstep.scalars import FloatArray

_BEFORE, _PERIODS, _MOST = 3, 5, 48
_POINTS = 1201


@dataclass(frozen=True, eq=False)
class Portrait:
    """A function on an interval, and consecutive iterates of the optimizer in it, in float64.

    Attributes:
        first: Number k of the first iterate.
        x: Iterates x_k, x_{k+1}, …
        g: f' at the same points, as the optimizer was told.
        f: f at them.
        t: Points of the interval, increasing.
        value: f there.
        gradient: f' there.
        unit: A length to measure the interval in: the spacing of a drift, else 1.
        origin: The point from which it is measured: the first node of a drift, else 0.
        minimizer: Where f is least, for a method that rests elsewhere; else `None`.
    """

    first: int
    x: FloatArray
    g: FloatArray
    f: FloatArray
    t: FloatArray
    value: FloatArray
    gradient: FloatArray
    unit: float
    origin: float
    minimizer: float | None


def portrait(adapter: Adapter, example: Counterexample) -> Portrait | None:
    """The end of the transient and five periods after it; of a run with a horizon, the last steps before it.

    Args:
        adapter: The optimizer.
        example: Function and start.

    Returns:
        `None` on R^n, and where the run is not finite.
    """
    function = example.function
    if not isinstance(function, LineFunction) or isinstance(example.x0, tuple):
        return None
    first, last = _window(example)
    with np.errstate(all="ignore"):
        x = np.asarray(adapter.observe(function, float(example.x0), last).x, np.float64)[first:]
    if not np.isfinite(x).all():
        return None
    minimizer = _minimizer(function, float(example.nodes[0])) if example.failure is Failure.WRONG_LIMIT else None
    f, g = _values(function, x)
    t = _points(function, x if minimizer is None else np.array([*x, minimizer]))
    value, gradient = _values(function, t)
    origin, unit = 0.0, 1.0
    if example.failure is Failure.DRIFT:
        evenly = example.spacing is not None
        origin = float(example.nodes[0] if evenly else x[0])
        unit = abs(float(example.spacing or 0)) or float(np.ptp(x)) / (len(x) - 1)
    return Portrait(first, x, g, f, t, value, gradient, unit, origin, minimizer)


def _window(example: Counterexample) -> tuple[int, int]:
    """Numbers of the first and the last iterate that are shown."""
    if example.horizon is not None:
        return max(example.horizon - _BEFORE - _PERIODS, 0), example.horizon
    period = example.period or 1
    first = max(example.settled - _BEFORE, 0) if example.failure is Failure.DRIFT else example.settled
    return first, example.settled + max(min(_PERIODS * period, _MOST), period)


def _minimizer(function: LineFunction, place: float) -> float | None:
    """The first zero of f' to the right of a place, where f' is linear between knots."""
    knots = [float(knot) for knot in function.knots] if isinstance(function, PiecewisePolynomial) else []
    t = np.array([place, *(knot for knot in knots if knot > place)])
    gradient = _values(function, t)[1]
    if not gradient[-1] >= 0:
        return None
    i = int(np.argmax(gradient >= 0))
    return float(np.interp(0.0, gradient[max(i - 1, 0) : i + 1], t[max(i - 1, 0) : i + 1]))


def _points(function: LineFunction, shown: FloatArray) -> FloatArray:
    """Evenly spaced points on an interval around what is shown, and the function's knots in it."""
    low, high = float(shown.min()), float(shown.max())
    room = (0.08 * (high - low)) or 1.0
    low, high = low - room, high + room
    knots = np.array([float(knot) for knot in function.knots] if isinstance(function, PiecewisePolynomial) else [])
    return np.unique(np.concatenate([np.linspace(low, high, _POINTS), knots[(knots > low) & (knots < high)]]))


def _values(function: LineFunction, t: FloatArray) -> tuple[FloatArray, FloatArray]:
    value, gradient = function.value_and_gradient(t)
    return np.asarray(value, np.float64), np.asarray(gradient, np.float64)
