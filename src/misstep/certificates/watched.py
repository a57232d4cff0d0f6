"""Intervals that do something after each operation: round as floating-point arithmetic may, or insist on exactness."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Self

from misstep.certificates.intervals import ONE, Interval, told, undecided
from misstep.certificates.numbers import Number


@dataclass(frozen=True, slots=True)
class Watched(Number):
    """An interval, and what follows each operation on it. Signs, maxima and changes of sign have no error."""

    at: Interval

    @property
    def value(self) -> Interval:
        """The interval, without what else is known."""
        return self.at

    @abstractmethod
    def after(self, result: Interval) -> Self:
        """The result of an operation, as it is kept."""

    @abstractmethod
    def like(self, value: Interval) -> Self:
        """A number of the same kind that no operation made."""

    def __add__(self, other: Self, /) -> Self:
        return self.after(self.at + other.at)

    def __sub__(self, other: Self, /) -> Self:
        return self.after(self.at - other.at)

    def __mul__(self, other: Self, /) -> Self:
        return self.after(self.at * other.at)

    def __truediv__(self, other: Self, /) -> Self:
        return self.after(self.at / other.at)

    def __neg__(self) -> Self:
        return self.like(-self.at)

    def __abs__(self) -> Self:
        return self.like(abs(self.at))

    def sqrt(self) -> Self:
        """The square root."""
        return self.after(self.at.sqrt())

    def square(self) -> Self:
        """The exact range of the square."""
        return self.after(self.at.square())

    def sign(self) -> Self:
        """1, -1 or 0, where that is certain."""
        return self.like(self.at.sign())

    def maximum(self, other: Self) -> Self:
        """The larger of two numbers."""
        return self.like(self.at.maximum(other.at))

    def mix(self, other: Self, t: Self) -> Self:
        """(1 - t)·self + t·other."""
        return self.after(self.at.mix(other.at, t.at))

    def gain(self, p: Self) -> Self:
        """(1 - self)/(1 - self·p) within [0, 1]."""
        return self.after(self.at.gain(p.at))

    def ratio(self, p: Self) -> Self:
        """(1 - p)/(1 - self·p) within [0, 1]."""
        return self.after(self.at.ratio(p.at))


@dataclass(frozen=True, slots=True)
class Rounding(Watched):
    """Each operation has a relative error of at most u: `error` is [1 - u, 1 + u]."""

    error: Interval

    def after(self, result: Interval) -> Rounding:
        """The result of an operation, as it is kept."""
        return Rounding(result * self.error, self.error)

    def like(self, value: Interval) -> Rounding:
        """A number of the same kind that no operation made."""
        return Rounding(value, self.error)

    def computed(self) -> Rounding:
        """The value with the error of one operation, such as the gradient has."""
        return self.after(self.at)

    def mix(self, other: Rounding, t: Rounding) -> Rounding:
        """Four operations; none where t is exactly 1, as a gain is in the first step."""
        if t.at.exact and t.at.lo == 1:
            return other
        return (self.like(ONE) - t) * self + t * other


@dataclass(frozen=True, slots=True)
class Exact(Watched):
    """Each operation must be exact."""

    def after(self, result: Interval) -> Exact:
        """The result of an operation, as it is kept."""
        if not result.exact:
            raise undecided(f"an operation that is not exact: {told(result)}")
        return Exact(result)

    def like(self, value: Interval) -> Exact:
        """A number of the same kind that no operation made."""
        return self.after(value)
