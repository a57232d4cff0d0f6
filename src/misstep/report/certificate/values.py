"""Exact numbers and intervals around what is not rational: enough to show what a certificate's steps do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

_BITS = 192
_MOST = 4096


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`.

    >>> Interval(Fraction(1), Fraction(2)) * -1
    Interval(low=Fraction(-2, 1), high=Fraction(-1, 1))
    """

    low: Fraction
    high: Fraction

    def __add__(self, other: Value | int) -> Interval:
        low, high = ends(other)
        return Interval(self.low + low, self.high + high)

    __radd__ = __add__

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Value | int) -> Interval:
        return self + -other

    def __rsub__(self, other: Value | int) -> Interval:
        return -self + other

    def __mul__(self, other: Value | int) -> Interval:
        low, high = ends(other)
        corners = [a * b for a in (self.low, self.high) for b in (low, high)]
        return Interval(min(corners), max(corners))

    __rmul__ = __mul__

    def __truediv__(self, other: Value | int) -> Interval:
        low, high = ends(other)
        if low <= 0 <= high:
            raise Unknown
        return self * Interval(1 / high, 1 / low)

    def __rtruediv__(self, other: Fraction | int) -> Interval:
        return Interval(Fraction(other), Fraction(other)) / self


Value = Fraction | Interval


class Unknown(ArithmeticError):
    """What was asked for is not known so simply, as a quotient by an interval around 0."""


def ends(value: Value | int) -> tuple[Fraction, Fraction]:
    """The least and the largest number."""
    return (value.low, value.high) if isinstance(value, Interval) else (Fraction(value), Fraction(value))


def hull(*values: Value) -> Value:
    """The least interval around all of them; a number where they are one number."""
    low, high = min(ends(v)[0] for v in values), max(ends(v)[1] for v in values)
    return low if low == high else Interval(low, high)


def tidy(value: Value) -> Value:
    """The value, rounded outward where it has grown long."""
    low, high = ends(value)
    if all(
        max(e.numerator.bit_length(), e.denominator.bit_length()) <= (_MOST if low == high else 2 * _BITS)
        for e in (low, high)
    ):
        return low if low == high else value
    return Interval(Fraction(math.floor(low * 2**_BITS), 2**_BITS), Fraction(math.ceil(high * 2**_BITS), 2**_BITS))


def square(value: Value) -> Value:
    """The exact range of the square."""
    low, high = ends(value)
    corners = (low * low, high * high)
    return hull(Fraction(0) if low <= 0 <= high else min(corners), max(corners))


def root(value: Value) -> Value:
    """The square root, rational where it is.

    >>> root(Fraction(4, 9))
    Fraction(2, 3)
    """
    low, high = ends(value)
    if low < 0:
        raise Unknown
    if low == high:
        p, q = math.isqrt(low.numerator), math.isqrt(low.denominator)
        if p * p == low.numerator and q * q == low.denominator:
            return Fraction(p, q)
    scale = 4**_BITS
    below = math.isqrt(math.floor(low * scale))
    above = math.isqrt(math.ceil(high * scale)) + 1
    return Interval(Fraction(below, 2**_BITS), Fraction(above, 2**_BITS))


def absolute(value: Value) -> Value:
    """The range of the absolute value."""
    low, high = ends(value)
    size = max(-low, high)
    return hull(Fraction(0) if low <= 0 <= high else min(abs(low), abs(high)), size)


def sign(value: Value) -> Fraction:
    """1, −1 or 0, where it is one of them for all numbers of the value."""
    low, high = ends(value)
    if low > 0 or high < 0 or low == high:
        return Fraction((low > 0) - (high < 0))
    raise Unknown


def largest(a: Value, b: Value) -> Value:
    """The larger one, end by end."""
    (a_low, a_high), (b_low, b_high) = ends(a), ends(b)
    return hull(max(a_low, b_low), max(a_high, b_high))


def mix(a: Value, b: Value, weight: Value) -> Value:
    """The exact range of (1 − weight)·a + weight·b."""
    (a_low, a_high), (b_low, b_high) = ends(a), ends(b)
    low = min((1 - t) * a_low + t * b_low for t in ends(weight))
    high = max((1 - t) * a_high + t * b_high for t in ends(weight))
    return hull(low, high)
