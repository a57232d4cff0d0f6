"""Where a gradient is constant, and what it can be on an interval."""

from __future__ import annotations

from itertools import pairwise

from flint import fmpq

from misstep.certificates.intervals import Interval
from misstep.functions import PiecewisePolynomial


def plateau_around(function: PiecewisePolynomial, x: fmpq) -> Interval:
    """The longest interval around x on which f' is what it is at x; x alone where there is none.

    >>> from misstep import plateau
    >>> plateau_around(plateau(1, rho="1/4"), fmpq(7))
    Interval(lo=27/4, hi=29/4)
    """
    w = function.gradient(x)
    flat = [
        (start, end)
        for (start, end), piece in zip(pairwise(function.knots), function.coefficients, strict=True)
        if piece[1] == w and not any(piece[2:])
    ]
    low, high = function.knots[0], function.knots[-1]
    moved = []
    for period, side in ((function.right_period, 1), (function.left_period, -1)):
        if period is not None:
            # Copies of the parts that repeat, as near x as parts of the same plateau can be.
            away = max((x - high) / period, fmpq(0)) if side > 0 else max((low - x) / period, fmpq(0))
            for count in range(int(away.floor()), int(away.floor()) + 4):
                offset = side * count * period
                moved += [(start + offset, end + offset) for start, end in flat if _repeats(start, end, function, side)]
    far = 10**6 * (high - low)
    if function.left_period is None and function.gradient(low) == w:
        moved.append((min(x, low) - far, low))
    if function.right_period is None and function.gradient(high) == w:
        moved.append((high, max(x, high) + far))
    lo = hi = x
    parts = sorted({*flat, *moved})
    for start, end in (*parts, *reversed(parts)):
        if start <= hi and lo <= end:
            lo, hi = min(lo, start), max(hi, end)
    return Interval(lo, hi)


def _repeats(start: fmpq, end: fmpq, function: PiecewisePolynomial, side: int) -> bool:
    """Whether the piece from `start` to `end` is in the part that repeats to that side."""
    if side > 0:
        assert function.right_period is not None
        return bool(start >= function.knots[-1] - function.right_period)
    assert function.left_period is not None
    return bool(end <= function.knots[0] + function.left_period)


def gradient_over(function: PiecewisePolynomial, x: Interval, L: fmpq) -> Interval:
    """An enclosure of f' over an interval: exact on a plateau, else from the middle and the Lipschitz constant."""
    middle = (x.lo + x.hi) / 2
    w = function.gradient(middle)
    if x.exact:
        return Interval.point(w)
    flat = plateau_around(function, middle)
    if flat.lo <= x.lo and x.hi <= flat.hi:
        return Interval.point(w)
    return Interval.point(w).widened(L * (x.hi - x.lo) / 2)
