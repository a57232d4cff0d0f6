"""Exact checks of a built function: between what bounds f'' lies, and where the gradient is constant."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flint import fmpq

from misstep.constructions.rationals import rational
from misstep.errors import InvalidInput
from misstep.functions import Constant, PiecewisePolynomial
from misstep.functions.constants import largest
from misstep.functions.polynomial import derivative, extremes


def curvature_range(function: PiecewisePolynomial) -> tuple[Constant, Constant]:
    """(inf f'', sup f'') between the first and the last knot, so also over all periods; exact to degree 5.

    A tangent line beyond an end has f'' = 0 and is not counted: f is convex when the first number is at least 0, and
    mu-strongly convex between its first and last knot when it is at least mu.

    >>> from misstep.functions import cubic
    >>> curvature_range(cubic("1/10"))
    (-60, 60)
    """
    curvatures = [
        curvature
        for i, piece in enumerate(function.coefficients)
        for _, curvature in extremes(derivative(derivative(piece)), function.knots[i + 1] - function.knots[i])
    ]
    return -largest([-curvature for curvature in curvatures]), largest(curvatures)


def has_constant_gradient(function: PiecewisePolynomial, low: Any, high: Any, gradient: Any) -> bool:
    """Whether f' is the number `gradient` everywhere on [low, high], decided exactly.

    Between neighbouring breakpoints f' is a polynomial of degree at most d, and a polynomial that takes one value at
    d + 1 points is constant.

    Args:
        function: f; periods and tangent lines included.
        low: Left end, exact or a float.
        high: Right end, at least `low`.
        gradient: The constant.

    Raises:
        InvalidInput: high < low.

    >>> from misstep.functions import plateau
    >>> f = plateau(1, rho="1/4")
    >>> has_constant_gradient(f, "7/4", "9/4", -1), has_constant_gradient(f, "7/4", "19/8", -1)
    (True, False)
    """
    a, b, g = rational(low), rational(high), rational(gradient)
    if b < a:
        raise InvalidInput(f"the interval from {a} to {b} is empty")
    degree = max(len(piece) for piece in function.coefficients)
    points = [a, *(knot for knot in _breakpoints(function, a, b) if a < knot < b), b]
    return all(
        function.gradient(left + (right - left) * fmpq(k, degree)) == g
        for left, right in pairwise(points)
        for k in range(degree + 1)
    )


def _breakpoints(function: PiecewisePolynomial, a: fmpq, b: fmpq) -> list[fmpq]:
    """The places in [a, b] where one polynomial may give way to another, in order."""
    knots, first, last = function.knots, function.knots[0], function.knots[-1]
    found = set(knots)
    if function.right_period is not None:
        period = function.right_period
        repeated = [knot for knot in knots if knot >= last - period]
        for k in range(max(1, int(((a - last) / period).floor())), int(((b - last) / period).ceil()) + 1):
            found.update(knot + k * period for knot in repeated)
    if function.left_period is not None:
        period = function.left_period
        repeated = [knot for knot in knots if knot <= first + period]
        for k in range(max(1, int(((first - b) / period).floor())), int(((first - a) / period).ceil()) + 1):
            found.update(knot - k * period for knot in repeated)
    return sorted(found)
