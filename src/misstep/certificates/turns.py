"""cos(2πt) and sin(2πt) at rational t: exactly where they are rational, else enclosed."""

from __future__ import annotations

from flint import arb, ctx, fmpq

from misstep.certificates.intervals import Interval, rounded

_PRECISION = 320
_RATIONAL = {
    fmpq(0): fmpq(1),
    fmpq(1, 6): fmpq(1, 2),
    fmpq(1, 4): fmpq(0),
    fmpq(1, 3): fmpq(-1, 2),
    fmpq(1, 2): fmpq(-1),
}
"""cos(2πt) for t in [0, 1/2] where it is rational: nowhere else, by Niven's theorem."""


def cosine(t: fmpq) -> Interval:
    """cos(2πt).

    >>> cosine(fmpq(1, 6)).lo, cosine(fmpq(1, 8)).exact
    (1/2, False)
    """
    part = t - t.floor()
    # The cosine is even: cos(2π(1 - t)) is the same.
    part = min(part, 1 - part)
    if part in _RATIONAL:
        return Interval.point(_RATIONAL[part])
    with ctx.workprec(_PRECISION):
        ball = arb.cos_pi_fmpq(2 * part)
    middle, radius = ball.mid().fmpq(), ball.rad().fmpq()
    return rounded(middle - radius, middle + radius)


def sine(t: fmpq) -> Interval:
    """sin(2πt) = cos(2π(t - 1/4)).

    >>> sine(fmpq(1, 12)), sine(fmpq(5, 4))
    (Interval(lo=1/2, hi=1/2), Interval(lo=1, hi=1))
    """
    return cosine(t - fmpq(1, 4))
