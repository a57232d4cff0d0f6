"""Orbits in R^n: the points that a method visits, and the smoothest function through jets at them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from flint import fmpq

from misstep.certificates.intervals import Interval
from misstep.certificates.method_form import LINEAR_METHOD, SCALAR_METHODS, VECTOR_METHODS, read_method
from misstep.certificates.turns import cosine, sine
from misstep.certificates.vector_methods import iterates, wanted_gradients
from misstep.constructions import tightest_pair
from misstep.proofs.certificate import Certificate, certified, numbers
from misstep.proofs.not_proved import NotProved
from misstep.proofs.rounding import below, up
from misstep.scalars import Exactable, exact

Coordinate = fmpq | tuple[str, fmpq, fmpq]
"""A number, or ("cos", a, t) for a·cos(2πt), or ("sin", a, t)."""


def prove_orbit(
    method: Mapping[str, Any],
    x0: Sequence[Exactable],
    gradients: Sequence[Sequence[Exactable]],
    *,
    values: Sequence[Exactable] | None = None,
) -> Certificate:
    """The certificate of what a method does in R^n for a finite number of steps.

    Args:
        method: A recurrence, as certificates name it.
        x0: The start, n numbers.
        gradients: g_0, …, g_K.
        values: f_0, …, f_K; all 0, unless told.

    Raises:
        NotProved: two points are the same, or no function has these jets.

    >>> pull = {"name": "normalized", "learning_rate": "1", "momentum": "0", "eps": "0"}
    >>> found = prove_orbit(pull, [0, 0], 3 * [["-3/5", "-4/5"]])
    >>> found.document["claim"]["steps"], found.document["claim"]["slope"]
    (2, '1')
    """
    start, steep = [exact(x) for x in x0], [[exact(g) for g in row] for row in gradients]
    levels = [exact(f) for f in values] if values is not None else [fmpq(0)] * len(steep)
    form = read_method(dict(method), {**SCALAR_METHODS, **VECTOR_METHODS}, ranges=False)
    points = list(iterates(form, _vector(start), [_vector(row) for row in steep[:-1]]))
    middles = [[float((x.lo + x.hi) / 2) for x in point] for point in points]
    found = tightest_pair(np.array(middles), _floats(levels), np.array([_floats(row) for row in steep]))
    if not math.isfinite(found.L):
        raise NotProved(f"jets {found.first} and {found.second} are at the same point, or no function has both")
    L = up(found.L * (1 + 1e-9), 6)
    sizes = [sum((g * g for g in row), fmpq(0)) for row in steep]
    claim = {
        "dimension": len(start),
        "steps": len(steep) - 1,
        "closed": False,
        "slope": str(_root_below(min(sizes))),
        "rise": str(levels[-1] - levels[0]),
        "lipschitz": {"relation": "<=", "value": str(L)},
        "infimum": {"relation": ">=", "value": str(min(f - s / (2 * L) for f, s in zip(levels, sizes, strict=True)))},
        "mu": None,
    }
    proof = {"x0": numbers(start), "gradients": [numbers(row) for row in steep], "values": numbers(levels)}
    return certified("orbit", method=method, claim=claim, proof=proof)


def prove_closed_orbit(
    *,
    a: Sequence[Exactable],
    b: Sequence[Exactable],
    points: Sequence[Sequence[Coordinate]],
    L: Exactable,
    mu: Exactable | None = None,
    values: Sequence[Exactable] | None = None,
) -> Certificate:
    """The certificate of a cycle in R^n of x_{k+1} = Σ a_i·x_{k−i} + Σ b_i·g_{k−i}.

    Args:
        a: Of the points.
        b: Of the gradients; exactly one is not 0.
        points: The cycle. The gradients there are those that the recurrence asks for.
        L: Lipschitz constant of the gradient.
        mu: Strong convexity, or `None`.
        values: Of F at the points; all 0, unless told.

    Raises:
        NotProved: no function of the class has these jets.

    >>> heavy_ball = {"a": ["13/9", "-4/9"], "b": ["-1/9", 0]}
    >>> ring = [[("cos", fmpq(1), fmpq(t, 3)), ("sin", fmpq(1), fmpq(t, 3))] for t in range(3)]
    >>> prove_closed_orbit(**heavy_ball, points=ring, L=25, mu=1).kind
    'orbit'
    """
    method = {"name": "linear", "a": numbers([exact(x) for x in a]), "b": numbers([exact(x) for x in b])}
    levels = [exact(f) for f in values] if values is not None else [fmpq(0)] * len(points)
    constant, least = exact(L), None if mu is None else exact(mu)
    gradients = wanted_gradients(
        read_method(method, LINEAR_METHOD, ranges=False), [tuple(_enclosed(x) for x in point) for point in points]
    )
    squares = [sum((g.square() for g in row[1:]), row[0].square()) for row in gradients]
    sizes = [(s.lo, s.hi) for s in squares]
    if least is None or least == 0:
        infimum = min(f - high / (2 * constant) for f, (_, high) in zip(levels, sizes, strict=True))
    else:
        infimum = max(f - high / (2 * least) for f, (_, high) in zip(levels, sizes, strict=True))
    claim = {
        "dimension": len(points[0]),
        "steps": len(points),
        "closed": True,
        "slope": str(_root_below(min(low for low, _ in sizes))),
        "rise": None,
        "lipschitz": {"relation": "<=", "value": str(constant)},
        "infimum": {"relation": ">=", "value": str(below(infimum))},
        "mu": None if least is None else str(least),
    }
    proof = {"points": [[_written(x) for x in point] for point in points], "values": numbers(levels)}
    return certified("orbit", method=method, claim=claim, proof=proof)


def _vector(values: Sequence[fmpq]) -> tuple[Interval, ...]:
    return tuple(Interval.point(value) for value in values)


def _floats(values: Sequence[fmpq]) -> Any:
    return np.array([float(value) for value in values])


def _enclosed(x: Coordinate) -> Interval:
    if isinstance(x, tuple):
        name, size, turn = x
        return Interval.point(size) * (cosine(turn) if name == "cos" else sine(turn))
    return Interval.point(x)


def _written(x: Coordinate) -> Any:
    return [x[0], str(x[1]), str(x[2])] if isinstance(x, tuple) else str(x)


def _root_below(square: fmpq) -> fmpq:
    """The root where it is rational, else a short fraction below it."""
    root = Interval.point(square).sqrt()
    return root.lo if root.exact else below(root.lo)
