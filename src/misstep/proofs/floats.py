"""The checker's recurrences in floating point, for a first look at where a method goes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from misstep.certificates.intervals import Interval
from misstep.certificates.numbers import Number
from misstep.scalars import exact_from_float


@dataclass(frozen=True, slots=True)
class Float(Number):
    """A float64 where a recurrence expects a number.

    >>> Float(0.5).mix(Float(1.0), Float(0.25)).number
    0.625
    """

    number: float

    @classmethod
    def of(cls, value: Interval) -> Float:
        """The middle of an interval."""
        return cls(float((value.lo + value.hi) / 2))

    @property
    def value(self) -> Interval:
        """The interval of this number alone."""
        return Interval.point(exact_from_float(self.number))

    def __add__(self, other: Float, /) -> Float:
        return Float(self.number + other.number)

    def __sub__(self, other: Float, /) -> Float:
        return Float(self.number - other.number)

    def __mul__(self, other: Float, /) -> Float:
        return Float(self.number * other.number)

    def __truediv__(self, other: Float, /) -> Float:
        return Float(self.number / other.number if other.number else math.inf)

    def __neg__(self) -> Float:
        return Float(-self.number)

    def __abs__(self) -> Float:
        return Float(abs(self.number))

    def sqrt(self) -> Float:
        """√x, of what rounding left of it."""
        return Float(math.sqrt(max(self.number, 0.0)))

    def square(self) -> Float:
        """x²."""
        return Float(self.number * self.number)

    def sign(self) -> Float:
        """1, −1 or 0."""
        return Float(float((self.number > 0) - (self.number < 0)))

    def maximum(self, other: Float) -> Float:
        """The larger of two numbers."""
        return Float(max(self.number, other.number))

    def mix(self, other: Float, t: Float) -> Float:
        """(1 − t)·x + t·y."""
        return Float((1 - t.number) * self.number + t.number * other.number)

    def gain(self, p: Float) -> Float:
        """(1 − β)/(1 − βp)."""
        return Float((1 - self.number) / (1 - self.number * p.number))

    def ratio(self, p: Float) -> Float:
        """(1 − p)/(1 − βp)."""
        return Float((1 - p.number) / (1 - self.number * p.number))
