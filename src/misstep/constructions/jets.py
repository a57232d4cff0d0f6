"""Jets on the line, and the smallest Lipschitz constant of the gradient of a function through them."""

from __future__ import annotations

from typing import NamedTuple

from misstep.errors import InvalidInput
from misstep.functions.constants import Constant
from misstep.scalars import NumberKind, Scalar, absolute, kind_of, sqrt
from misstep.surd import surd


class Jet(NamedTuple):
    """A point with the value and the gradient that a function must have there."""

    x: Scalar
    f: Scalar
    g: Scalar


def smallest_lipschitz_constant(left: Jet, right: Jet) -> Scalar | Constant:
    """The least L such that some function with L-Lipschitz derivative has these two jets.

        a = |2(f_0 − f_1) + (g_0 + g_1)h|/h²,   b = |g_1 − g_0|/h,   L = a + √(a² + b²),   h = x_1 − x_0

    For jets at x_0 < x_1 < … < x_N the least L for all of them is the largest over consecutive pairs.

    Args:
        left: (x_0, f_0, g_0).
        right: (x_1, f_1, g_1) with x_1 > x_0.

    Returns:
        Of exact jets a rational or a surd, else a number of the jets' kind.

    Raises:
        InvalidInput: x_1 ≤ x_0.

    >>> from flint import fmpq
    >>> smallest_lipschitz_constant(Jet(fmpq(0), fmpq(0), fmpq(-1)), Jet(fmpq(1, 10), fmpq(0), fmpq(-1)))
    40

    Source: Le Gruyer 2009 (Γ¹), in one dimension.
    """
    h = right.x - left.x
    if not h > 0:
        raise InvalidInput(f"jets at {left.x} and {right.x}: the second must lie to the right of the first")
    a = absolute(2 * (left.f - right.f) + (left.g + right.g) * h) / (h * h)
    b = absolute(right.g - left.g) / h
    if kind_of(h) is NumberKind.EXACT:
        return surd(a, 1, a * a + b * b)
    return a + sqrt(a * a + b * b)


def largest_next_slope(slope: Scalar, h: Scalar, L: Scalar) -> Scalar | None:
    """The largest c' ≤ c such that jets (0, 0, −c) and (h, 0, −c') fit a function with L-Lipschitz derivative.

    With c = slope this is the larger root of c'² − 2(c − hL)c' + c² − L²h² + 2hLc = 0, at most c:

        c' = c − hL + √(2L²h² − 4hLc)

    Args:
        slope: c > 0.
        h: Distance of the two points, h > 0.
        L: Lipschitz constant allowed.

    Returns:
        c', a number of the arguments' kind (of balls, an exact lower bound), or `None` when no c' > 0 is known to fit.

    >>> largest_next_slope(1.0, 1.0, 4.0)
    1.0
    """
    radicand = 2 * L * L * h * h - 4 * h * L * slope
    if not radicand >= 0:
        return None
    following = slope - h * L + sqrt(radicand)
    if kind_of(h) is NumberKind.BALL:
        following = following.lower()
    if not following < slope:
        return slope
    return following if following > 0 else None
