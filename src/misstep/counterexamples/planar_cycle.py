"""Cycles in the plane through the K-th roots of unity, for heavy ball and for what behaves like it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
from flint import fmpq

from misstep.adapters import Adapter
from misstep.constructions import least_roots_of_unity_constant, roots_of_unity_cycle
from misstep.constructions.rationals import rational
from misstep.counterexamples.captured import Bounds
from misstep.counterexamples.counterexample import Counterexample, Failure
from misstep.counterexamples.linear_twin import linear_twin
from misstep.functions import Interpolant
from misstep.functions.constants import enclosure
from misstep.optimizers import HeavyBall
from misstep.scalars import FloatArray, exact_from_float

LARGER = (1.02, 1.1, 1.3)
"""Factors on the least L at which a cycle is looked for: at the least itself it attracts nothing."""

STARTS = tuple(product((1.0, 1.2, 0.8, 2.0), (0.0, 0.1)))
"""Starts in polar coordinates, in units of the circle's radius."""

_STEPS = 600


def planar_cycle(adapter: Adapter, bounds: Bounds, slope: fmpq) -> Counterexample | None:
    """A strongly convex function of two variables on which the optimizer cycles through K points of a circle.

    The optimizer's linear twin is heavy ball, whose cycles through the K-th roots of unity are known in closed form:
    the least L over K is taken, and the function f = mu/2·|x|² + (L − mu)/2·dist²(x, conv{…}) for it and for slightly
    larger L, until the optimizer itself is caught by a cycle on one.

    Args:
        adapter: The optimizer.
        bounds: The strongly convex class.
        slope: Size of the gradients.

    Source: Goujaud, Taylor & Dieuleveut 2023.
    """
    plane = replace(adapter, parameter_shape=None)
    twin = linear_twin(plane, slope)
    if not isinstance(twin, HeavyBall):
        return None
    condition = bounds.condition
    least = least_roots_of_unity_constant(twin, mu=None if condition is not None else bounds.mu, condition=condition)
    if least is None:
        return None
    smallest = float(enclosure(least.L))
    for factor in LARGER:
        L = rational(smallest * factor * (1 + 1e-12))
        mu = bounds.mu if condition is None else L / condition
        unit = roots_of_unity_cycle(twin, least.period, mu=mu, L=L)
        scale = float(slope) / float(np.linalg.norm(unit.g[0]))
        function = Interpolant(scale * unit.x, np.zeros(least.period), scale * unit.g, L, mu)
        starts = scale * np.array([[reach * np.cos(turn), reach * np.sin(turn)] for reach, turn in STARTS])
        run = plane.observe(function, starts, _STEPS)
        for i, start in enumerate(starts):
            found = _repeats(run.x[:, i], run.g[:, i], float(slope))
            if found:
                period, settled = found
                return _counterexample(function, start, run.x[:, i], run.g[:, i], period, settled, rational(smallest))
    return None


def _repeats(x: FloatArray, g: FloatArray, slope: float) -> tuple[int, int] | None:
    """(period, first step) of what the end of the run repeats, where the gradient is not small."""
    sizes = np.linalg.norm(g, axis=1)
    if not np.isfinite(x).all() or not sizes[-64:].min() >= 0.1 * slope:
        return None
    span = float(np.ptp(x[-64:], axis=0).max())
    for period in range(2, 33):
        off = np.linalg.norm(x[period:] - x[:-period], axis=1) > 1e-6 * span
        if not off[-64:].any():
            settled = int(len(off) - np.argmax(off[::-1])) if off.any() else 0
            return period, settled + (len(g) - settled) % period
    return None


def _counterexample(
    function: Interpolant, start: FloatArray, x: FloatArray, g: FloatArray, period: int, settled: int, optimum: fmpq
) -> Counterexample:
    def rows(array: FloatArray) -> tuple[tuple[fmpq, ...], ...]:
        return tuple(tuple(exact_from_float(entry) for entry in row) for row in array[-period:].tolist())

    return Counterexample(
        failure=Failure.CYCLE,
        function=function,
        x0=tuple(exact_from_float(entry) for entry in start.tolist()),
        family="interpolant",
        word=None,
        gradients=rows(g),
        nodes=rows(x[:-1]),
        spacing=(fmpq(0),) * 2,
        settled=settled,
        horizon=None,
        rho=fmpq(0),
        half_width=fmpq(0),
        optimum=optimum,
        note=("the nodes are those of the float64 run; the function is evaluated in floats",),
    )
