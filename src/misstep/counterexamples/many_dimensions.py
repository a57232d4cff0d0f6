"""Drifts in many variables, for methods that work by coordinate and for those that do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from flint import fmpq

from misstep.adapters import Adapter
from misstep.constructions import Infeasible, plateaus, smoothest, spline_through
from misstep.constructions.rationals import near, rational
from misstep.counterexamples.counterexample import Counterexample, Failure
from misstep.counterexamples.drift import RHOS
from misstep.counterexamples.streams import FINE
from misstep.functions import LineFunction, RidgeSum
from misstep.scalars import FloatArray, exact_from_float

LENGTHS = (1024, 4096, 16384)

Vector = tuple[fmpq, ...]


def reshaped(adapter: Adapter, shape: tuple[int, ...]) -> Adapter:
    """The optimizer on a parameter of this shape."""
    return replace(adapter, parameter_shape=shape)


def steep_direction(shape: tuple[int, ...], slope: fmpq) -> Vector:
    """The constant gradient that is tried: −slope·(1, 1/2, 1/3, …), row by row; of full rank as a matrix."""
    return tuple(-slope / (i + 1) for i in range(int(np.prod(shape))))


def drift_in_space(
    adapter: Adapter, shape: tuple[int, ...], slope: fmpq, *, rho: fmpq | None, n_steps: int
) -> Counterexample | None:
    """The sum of a row of wells along the steps and of one ridge across them, or `None` where steps do not settle.

    On the constant gradient g the method's steps settle on a vector s. With γ = −⟨g, s⟩/|s|² and g' = g + γs, which is
    orthogonal to s,

        F(x) = φ(⟨s, x⟩) + ψ(⟨g', x⟩)

    has ∇F = g wherever φ' = −γ and ψ' = 1. φ has wells at a distance of |s|² and falls along a line before the first;
    ψ is a line over all that the method visits, and ends in a parabola, so that F is bounded below. The constant is
    L = 4γ/(1 − 2ρ)². It is the least for jets at k·s with gradient g and one value, and for a method whose step is
    not along g it is less than 4|g|/|s|: in R^n Adam, whose step is the same in every coordinate, needs down to an n-th
    of what it needs on the line.

    Args:
        adapter: The optimizer.
        shape: Of its parameter; F's variables are the elements row by row.
        slope: Size of the largest element of g.
        rho: Half-width of the plateaus in spacings, or `None` for what rounding needs.
        n_steps: Steps for which it is to hold.
    """
    g = steep_direction(shape, slope)
    found = _settled(reshaped(adapter, shape), np.array([float(entry) for entry in g]))
    if found is None:
        return None
    x, step, settled = found
    s = tuple(near(float(entry), 1e-12 * float(np.abs(step).max())) for entry in step)
    square, along = _dot(s, s), _dot(g, s)
    if square == 0 or not along < 0:
        return None
    gamma = -along / square
    across = tuple(a + gamma * b for a, b in zip(g, s, strict=True))
    anchor = x[-1] - (len(x) - 1 - settled) * np.array([float(entry) for entry in s])
    first = (fmpq(0),) * len(s)
    if settled:
        first = tuple(near(float(entry), 1e-3 * float(np.abs(step).max())) for entry in anchor)
    width = rho if rho is not None else _least_rho(x[settled:], anchor, step, n_steps)
    start = _dot(s, first)
    wells = plateaus([start, start + square], [-gamma, -gamma], rho=width, repeats_from=0)
    if isinstance(wells, Infeasible):
        return None
    directions = [s]
    ridges: list[LineFunction] = [spline_through(wells, left="linear")]
    if any(entry != 0 for entry in across):
        directions.append(across)
        ridges.append(_across(across, x, fmpq(wells.L) * square))
    return Counterexample(
        failure=Failure.DRIFT,
        function=RidgeSum(tuple(directions), tuple(ridges)),
        x0=(fmpq(0),) * len(s),
        family="spline",
        word=None,
        gradients=(g,),
        nodes=(first,),
        spacing=s,
        settled=settled,
        horizon=None,
        rho=width,
        half_width=width * rational(float(np.sqrt(float(square)))),
        optimum=4 * gamma,
        note=(f"the gradient is -{slope} times (1, 1/2, 1/3, ...), row by row in a parameter of shape {shape}",),
    )


def _settled(adapter: Adapter, g: FloatArray) -> tuple[FloatArray, FloatArray, int] | None:
    """Iterates, the step that they settle on, and the first of which the rest is evenly spaced."""
    for n in LENGTHS:
        with np.errstate(all="ignore"):
            x = np.asarray(adapter.stream(np.broadcast_to(g, (n, len(g)))).x, np.float64)
        if not np.isfinite(x).all():
            return None
        quarter = n // 4
        step = (x[n] - x[n - quarter]) / quarter
        length = float(np.linalg.norm(step))
        if length == 0:
            return None
        off = np.linalg.norm(x - x[n] - np.outer(np.arange(n + 1) - n, step), axis=1) > FINE / 2 * length
        settled = int(n - np.argmax(off[::-1])) + 1 if off.any() else 0
        if settled <= n // 2:
            return x, step, settled
    return None


def _least_rho(x: FloatArray, anchor: FloatArray, step: FloatArray, n_steps: int) -> fmpq:
    """The least half-width that covers how far iterates are from their nodes along the steps."""
    rows = x[: n_steps + 1] - anchor - np.outer(np.arange(min(len(x), n_steps + 1)), step)
    off = float(np.abs(rows @ step).max() / (step @ step))
    # Room for float32 as on the line.
    return next((rho for rho in RHOS[1:] if float(rho) > 1.25 * off), RHOS[-1])


def _across(direction: Vector, x: FloatArray, L: fmpq) -> LineFunction:
    """ψ: slope 1 over all visited places and as far again, then a parabola down to slope 0, as bent as L allows."""
    places = x @ np.array([float(entry) for entry in direction])
    low, high = exact_from_float(float(places.min())), exact_from_float(float(places.max()))
    square = _dot(direction, direction)
    edge = low - (high - low) - square / L
    width = 2 * square / L
    jets = smoothest([edge - width, edge], [fmpq(0), fmpq(1)], function_class="convex")
    assert not isinstance(jets, Infeasible)
    return spline_through(jets)


def _dot(a: Vector, b: Vector) -> fmpq:
    return sum((p * q for p, q in zip(a, b, strict=True)), fmpq(0))
