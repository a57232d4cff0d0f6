"""Short numbers on a given side of another, for bounds that need not be sharp.

What comes from floating-point linear algebra is rounded to a few decimals, outward: another machine's last bits do not
show in a certificate then.
"""

from __future__ import annotations

import math

from flint import fmpq

from misstep.constructions.rationals import simplest_between
from misstep.scalars import exact_from_float

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


def up(number: float, digits: int = 3) -> fmpq:
    """A number with a few significant decimal digits that is not below a float ≥ 0.

    >>> up(0.12341), up(0.0)
    (31/250, 0)
    """
    value = exact_from_float(float(number))
    if value == 0:
        return value
    unit = fmpq(10) ** (math.floor(math.log10(float(number))) + 1 - digits)
    return (value / unit).ceil() * unit


def down(number: float, digits: int = 3) -> fmpq:
    """A number with a few significant decimal digits that is not above a float ≥ 0.

    >>> down(0.12341)
    123/1000
    """
    value = exact_from_float(float(number))
    if value == 0:
        return value
    unit = fmpq(10) ** (math.floor(math.log10(float(number))) + 1 - digits)
    return (value / unit).floor() * unit
