"""What constructions take as numbers, and short fractions near others."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb, fmpq

from misstep.errors import InvalidInput
from misstep.scalars import ends, exact, exact_from_float, precision
from misstep.surd import Surd


def rational(value: Any) -> fmpq:
    """`value` as a rational; a float stands for the number that it is, bit for bit.

    Raises:
        InvalidInput: `value` is not a finite number, or a ball with a radius.

    >>> rational("0.1"), rational(0.5)
    (1/10, 1/2)
    """
    if isinstance(value, arb):
        if value.is_exact() and value.is_finite():
            return value.fmpq()
        raise InvalidInput(f"the ball {value} is not one number: give its node a plateau that covers it")
    if isinstance(value, (float, np.floating)):
        return exact_from_float(float(value))
    return exact(value)


def fraction_above(number: Surd, tolerance: fmpq) -> fmpq:
    """A short fraction in [x, (1 + tolerance)x], where x > 0 is an irrational `number`.

    >>> from misstep.surd import surd
    >>> fraction_above(surd(0, 1, 2), fmpq(1, 100))
    17/12
    """
    bits = 64
    while True:
        with precision(bits):
            low, high = ends(number.enclosure())
        if low > 0 and high < low * (1 + tolerance / 2):
            return simplest_between(high, low * (1 + tolerance))
        bits *= 2


def simplest_between(low: fmpq, high: fmpq) -> fmpq:
    """The fraction of least denominator in [low, high], 0 < low ≤ high, by continued fractions.

    >>> simplest_between(fmpq(3, 10), fmpq(7, 20))
    1/3
    """
    terms = []
    while True:
        whole = low.floor()
        if whole == low:
            terms.append(whole)
            break
        if whole < high.floor():
            terms.append(whole + 1)
            break
        terms.append(whole)
        # Reciprocals swap the ends.
        low, high = 1 / (high - whole), 1 / (low - whole)
    result = fmpq(terms[-1])
    for term in reversed(terms[:-1]):
        result = term + 1 / result
    return result


def near(number: float, tolerance: float) -> fmpq:
    """The fraction of least denominator within `tolerance` of `number`.

    >>> near(0.333, 0.01), near(-1e-9, 1e-6)
    (1/3, 0)
    """
    middle, width = exact_from_float(abs(number)), exact_from_float(tolerance)
    if middle <= width:
        return fmpq(0)
    found = simplest_between(middle - width, middle + width)
    return found if number > 0 else -found
