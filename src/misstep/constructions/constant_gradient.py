"""An exact check of a built function: where its gradient is constant."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flint import fmpq

from misstep.constructions.rationals import rational
from misstep.errors import InvalidInput
from misstep.functions import PiecewisePolynomial


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
