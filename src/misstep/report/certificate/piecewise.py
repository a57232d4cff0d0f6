"""A certificate's function of one variable: its values and slopes, exactly."""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

from misstep.report.certificate.values import Interval, Unknown, Value, ends, hull

Polynomial = Sequence[Fraction]


def horner(coefficients: Polynomial, t: Value) -> Value:
    """Σ c_j t^j, from the highest coefficient down."""
    total: Value = Fraction(0)
    for c in reversed(coefficients):
        total = total * t + c
    return total


def derived(coefficients: Polynomial, order: int = 1) -> list[Fraction]:
    """The coefficients of a derivative."""
    found = list(coefficients)
    for _ in range(order):
        found = [j * c for j, c in enumerate(found)][1:] or [Fraction(0)]
    return found


@dataclass(frozen=True)
class Piecewise:
    """Knots, the coefficients of each piece by powers of t − t_i, and the rules of the tails.

    Attributes:
        knots: t_0 < … < t_N.
        pieces: N polynomials.
        left: How it goes on below t_0: a rule, and a period where it repeats.
        right: How it goes on above t_N.
    """

    knots: tuple[Fraction, ...]
    pieces: tuple[tuple[Fraction, ...], ...]
    left: tuple[str, Fraction]
    right: tuple[str, Fraction]

    @classmethod
    def of(cls, function: Mapping[str, Any]) -> Piecewise:
        """The function of a certificate."""
        left, right = (
            (tail["rule"], Fraction(tail.get("period", "0"))) for tail in (function["left"], function["right"])
        )
        return cls(
            tuple(map(Fraction, function["knots"])),
            tuple(tuple(map(Fraction, piece)) for piece in function["pieces"]),
            left,
            right,
        )

    @cached_property
    def lengths(self) -> tuple[Fraction, ...]:
        """The length of each piece."""
        return tuple(b - a for a, b in pairwise(self.knots))

    def at_end(self, i: int, order: int, *, right: bool) -> Fraction:
        """A derivative of piece i at one of its ends, from within it."""
        found = horner(derived(self.pieces[i], order), self.lengths[i] if right else Fraction(0))
        assert isinstance(found, Fraction)
        return found

    def moved(self, t: Fraction) -> Fraction:
        """The point of [t_0, t_N] where f is the same, for a point of a repeated tail; any other point itself."""
        first, last = self.knots[0], self.knots[-1]
        if t > last and self.right[0] == "repeat":
            start, period = last - self.right[1], self.right[1]
            return start + (t - start) % period
        if t < first and self.left[0] == "repeat":
            period = self.left[1]
            return first + (t - first) % period
        return t

    def jet(self, t: Fraction) -> tuple[Fraction, Fraction]:
        """f(t) and f'(t)."""
        t = self.moved(t)
        base, coefficients = self._piece(t)
        value, slope = (horner(derived(coefficients, order), t - base) for order in (0, 1))
        assert isinstance(value, Fraction)
        assert isinstance(slope, Fraction)
        return value, slope

    def _piece(self, t: Fraction) -> tuple[Fraction, Polynomial]:
        last = len(self.pieces) - 1
        if t < self.knots[0] and self.left[0] == "tangent":
            return self.knots[0], self.pieces[0][:2]
        if t > self.knots[-1] and self.right[0] == "tangent":
            return self.knots[-1], [self.at_end(last, order, right=True) for order in (0, 1)]
        i = min(max(bisect.bisect_right(self.knots, t) - 1, 0), last)
        return self.knots[i], self.pieces[i]

    def slope(self, x: Value) -> Value:
        """f' over x, for an interval that reaches over few pieces.

        Raises:
            Unknown: it reaches over many.
        """
        low, high = ends(x)
        if low == high:
            return self.jet(low)[1]
        shift = self.moved(low) - low
        low, high = low + shift, high + shift
        if high > self.knots[-1] and self.right[0] == "repeat":
            beyond = hull(Fraction(0), high - self.knots[-1])
            start = self.knots[-1] - self.right[1]
            if high - self.knots[-1] > self.right[1]:
                raise Unknown
            return hull(self._over(low, self.knots[-1]), self._over(start, start + ends(beyond)[1]))
        return self._over(low, high)

    def _over(self, low: Fraction, high: Fraction) -> Value:
        inside = self._between(low, high)
        if len(inside) > 8:
            raise Unknown
        points = [low, *inside, high]
        found: list[Value] = []
        for a, b in pairwise(points):
            base, coefficients = self._piece((a + b) / 2)
            found.append(horner(derived(coefficients), hull(a - base, b - base)))
        return hull(*found)

    def _between(self, low: Fraction, high: Fraction) -> Sequence[Fraction]:
        return self.knots[bisect.bisect_right(self.knots, low) : bisect.bisect_left(self.knots, high)]

    def flat_around(self, x: Fraction, *, right: bool) -> tuple[Fraction, Fraction]:
        """How far f' is constant to the left and to the right of a point of a repeated part, within all its copies.

        Args:
            x: Where, in the repeated part or beyond.
            right: Whether it is the right tail that repeats.
        """
        n = len(self.pieces)
        edge = self.knots[-1] - self.right[1] if right else self.knots[0] + self.left[1]
        at = bisect.bisect_left(self.knots, edge)
        first, end = (at, n) if right else (0, at)
        beyond = x >= self.knots[-1] if right else x < self.knots[0]
        t = self.moved(x)
        i = min(max(bisect.bisect_right(self.knots, t) - 1, first), end - 1)
        slope = self.jet(t)[1]
        if not self._is_flat(i, slope):
            return Fraction(0), Fraction(0)
        before = self._flat_from(i, -1, slope, first, end, wraps=beyond or not right)
        after = self._flat_from(i, 1, slope, first, end, wraps=beyond or right)
        return t - self.knots[i] + before, self.knots[i + 1] - t + after

    def _is_flat(self, i: int, slope: Fraction) -> bool:
        return self.pieces[i][1] == slope and not any(derived(self.pieces[i], 2))

    def _flat_from(self, i: int, step: int, slope: Fraction, first: int, end: int, *, wraps: bool) -> Fraction:
        """The length of the pieces next to piece i on which f' is the slope, around the repeated part once at most."""
        total = Fraction(0)
        for _ in range(end - first):
            i += step
            if not first <= i < end:
                if not wraps:
                    break
                i = first if step > 0 else end - 1
            if not self._is_flat(i, slope):
                break
            total += self.lengths[i]
        return total


def midpoint(value: Value) -> Fraction:
    """The middle of an interval, or the number."""
    return (value.low + value.high) / 2 if isinstance(value, Interval) else value
