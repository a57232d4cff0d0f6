"""Intervals with derivatives: the rules of calculus, forward through a formula as it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from misstep.certificates.intervals import ONE, TWO, ZERO, Interval
from misstep.certificates.numbers import Number

Slopes = tuple[Interval, ...]


def _none(x: Interval) -> bool:
    """Whether an interval is exactly 0."""
    return x.lo is x.hi and x.lo == 0


def _add(a: Interval, b: Interval) -> Interval:
    return b if _none(a) else a if _none(b) else a + b


def _times(a: Interval, b: Interval) -> Interval:
    return ZERO if _none(a) or _none(b) else a * b


def _each(rule: Callable[[Interval, Interval], Interval], a: Slopes, b: Slopes) -> Slopes:
    """A rule for each variable; a constant, whose derivatives are not listed, has zeros."""
    if not a and not b:
        return ()
    n = len(a) or len(b)
    return tuple(map(rule, a or (ZERO,) * n, b or (ZERO,) * n))


@dataclass(frozen=True, slots=True)
class Dual(Number):
    """An enclosure of a function and of its derivatives by each variable, over a box.

    >>> x = Dual(Interval.point(3), (ONE,))
    >>> x.square().slopes, (Dual(ONE) / x).slopes
    ((Interval(lo=6, hi=6),), (Interval(lo=-1/9, hi=-1/9),))
    """

    at: Interval
    slopes: Slopes = ()

    @property
    def value(self) -> Interval:
        """The interval, without what else is known."""
        return self.at

    def __add__(self, other: Dual, /) -> Dual:
        return Dual(self.at + other.at, _each(_add, self.slopes, other.slopes))

    def __sub__(self, other: Dual, /) -> Dual:
        return Dual(self.at - other.at, _each(lambda a, b: _add(a, -b), self.slopes, other.slopes))

    def __mul__(self, other: Dual, /) -> Dual:
        x, y = self.at, other.at
        return Dual(x * y, _each(lambda a, b: _add(_times(a, y), _times(x, b)), self.slopes, other.slopes))

    def __truediv__(self, other: Dual, /) -> Dual:
        y = other.at
        quotient = self.at / y
        return Dual(quotient, _each(lambda a, b: _add(a, -_times(quotient, b)) / y, self.slopes, other.slopes))

    def __neg__(self) -> Dual:
        return Dual(-self.at, tuple(-a for a in self.slopes))

    def __abs__(self) -> Dual:
        # A hull may stand in for the derivative where there is none.
        if self.at.lo >= 0:
            return Dual(abs(self.at), self.slopes)
        if self.at.hi <= 0:
            return Dual(abs(self.at), tuple(-a for a in self.slopes))
        return Dual(abs(self.at), tuple(a.hull(-a) for a in self.slopes))

    def sqrt(self) -> Dual:
        """The square root."""
        root = self.at.sqrt()
        return Dual(root, tuple(a / (TWO * root) for a in self.slopes))

    def square(self) -> Dual:
        """The exact range of the square."""
        return Dual(self.at.square(), tuple(_times(TWO * self.at, a) for a in self.slopes))

    def sign(self) -> Dual:
        """1, -1 or 0, where that is certain."""
        return Dual(self.at.sign())

    def maximum(self, other: Dual) -> Dual:
        """The larger of two numbers."""
        top = self.at.maximum(other.at)
        if self.at.lo >= other.at.hi:
            return Dual(top, self.slopes)
        if other.at.lo >= self.at.hi:
            return Dual(top, other.slopes)
        return Dual(top, _each(Interval.hull, self.slopes, other.slopes))

    def mix(self, other: Dual, t: Dual) -> Dual:
        """(1 - t)·self + t·other."""
        rest, share = ONE - t.at, t.at
        slopes = _each(lambda a, b: _add(_times(rest, a), _times(share, b)), self.slopes, other.slopes)
        if any(not _none(a) for a in t.slopes):
            gap = other.at - self.at
            slopes = _each(lambda a, b: _add(a, _times(gap, b)), slopes, t.slopes)
        return Dual(self.at.mix(other.at, t.at), slopes)

    def gain(self, p: Dual) -> Dual:
        """(1 - self)/(1 - self·p) within [0, 1]."""
        one = Dual(ONE)
        return Dual(self.at.gain(p.at), _share_slopes(one - self, one - self * p))

    def ratio(self, p: Dual) -> Dual:
        """(1 - p)/(1 - self·p) within [0, 1]."""
        one = Dual(ONE)
        return Dual(self.at.ratio(p.at), _share_slopes(one - p, one - self * p))


def _share_slopes(part: Dual, whole: Dual) -> Slopes:
    return (part / whole).slopes


def variables(box: list[Interval]) -> list[Dual]:
    """The variables themselves over a box: each has the derivative 1 by itself and 0 by the others."""
    return [Dual(x, tuple(ONE if i == j else ZERO for j in range(len(box)))) for i, x in enumerate(box)]
