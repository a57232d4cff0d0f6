"""Short fractions on a given side of a number, for bounds that need not be sharp."""

from __future__ import annotations

from flint import fmpq

from misstep.constructions.rationals import simplest_between

_SLACK = fmpq(1, 10**9)


def above(number: fmpq) -> fmpq:
    """A short fraction above a number, by a billionth to two of it; 0 for 0.

    >>> above(fmpq(1, 3)) > fmpq(1, 3), above(fmpq(0))
    (True, 0)
    """
    if number == 0:
        return number
    slack = abs(number) * _SLACK
    low, high = number + slack, number + 2 * slack
    return simplest_between(low, high) if low > 0 else -simplest_between(-high, -low)


def below(number: fmpq) -> fmpq:
    """A short fraction below a number, by a billionth to two of it; 0 for 0.

    >>> below(fmpq(1, 3)) < fmpq(1, 3)
    True
    """
    return -above(-number)
