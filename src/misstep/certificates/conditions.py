"""Conditions on intervals: they hold, are violated, or are undecided (`None`)."""

from __future__ import annotations

from flint import fmpq

from misstep.certificates.intervals import Interval, told
from misstep.certificates.verdict import Stop, Verdict


def require(holds: bool | None, message: str, *values: object) -> None:
    """Go on where a condition holds.

    Args:
        holds: Whether it does; `None` where that is not decided.
        message: What must hold, with `{}` for each value.
        values: What it does not hold for; they are written only then.

    Raises:
        Stop: It is violated (REFUTED) or not decided (UNDECIDED).

    >>> require(at_most(Interval.point(2), Interval.point(1)), "{} <= 1", fmpq(2))
    Traceback (most recent call last):
    misstep.certificates.verdict.Stop: violated: 2 <= 1
    """
    if holds:
        return
    text = message.format(*(told(value) if isinstance(value, fmpq | Interval) else value for value in values))
    if holds is None:
        raise Stop(Verdict.UNDECIDED, f"cannot decide whether {text}")
    raise Stop(Verdict.REFUTED, f"violated: {text}")


def at_most(a: Interval, b: Interval) -> bool | None:
    """Whether a <= b."""
    return True if a.hi <= b.lo else False if a.lo > b.hi else None


def less(a: Interval, b: Interval) -> bool | None:
    """Whether a < b."""
    return True if a.hi < b.lo else False if a.lo >= b.hi else None


def equal(a: Interval, b: Interval) -> bool | None:
    """Whether a = b: both exact and the same, and certainly not where they are disjoint."""
    if a.hi < b.lo or b.hi < a.lo:
        return False
    return True if a.exact and b.exact else None


def within(a: Interval, b: Interval) -> bool | None:
    """Whether a lies in b, and certainly not where they are disjoint."""
    if a.hi < b.lo or b.hi < a.lo:
        return False
    return True if b.lo <= a.lo and a.hi <= b.hi else None


def strictly_within(a: Interval, b: Interval) -> bool | None:
    """Whether a lies between the ends of b, and certainly not where they are disjoint."""
    if a.hi < b.lo or b.hi < a.lo:
        return False
    return True if b.lo < a.lo and a.hi < b.hi else None
