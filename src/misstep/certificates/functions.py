"""Values of a function of one variable: exactly at a point, and enclosed over an interval."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from flint import fmpq

from misstep.certificates.function_form import Piecewise
from misstep.certificates.intervals import Interval, told, undecided

Coefficients = Sequence[fmpq]


def derivative(coefficients: Coefficients) -> tuple[fmpq, ...]:
    """The coefficients of a polynomial's derivative.

    >>> derivative([fmpq(5), fmpq(1), fmpq(3)])
    (1, 6)
    """
    return tuple(j * c for j, c in enumerate(coefficients) if j)


def evaluate(coefficients: Coefficients, t: fmpq) -> fmpq:
    """The exact value of a polynomial."""
    result = fmpq(0)
    for c in reversed(coefficients):
        result = result * t + c
    return result


def horner(coefficients: Coefficients, t: Interval) -> Interval:
    """The value of a polynomial over an interval, from the highest coefficient down; 0 without coefficients."""
    if not coefficients:
        return Interval.point(0)
    result = Interval.point(coefficients[-1])
    for c in reversed(coefficients[:-1]):
        result = result * t + Interval.point(c)
    return result


@dataclass(frozen=True)
class Part:
    """What an interval has in common with one closed piece.

    Attributes:
        piece: Its number; -1 and N are tangent tails.
        argument: t - t_i there.
    """

    piece: int
    argument: Interval


@dataclass(frozen=True)
class Line:
    """A function of one variable, ready to be evaluated."""

    form: Piecewise
    _derivatives: dict[tuple[int, int], tuple[fmpq, ...]] = field(default_factory=dict)

    @cached_property
    def n(self) -> int:
        """The number of pieces."""
        return len(self.form.pieces)

    @cached_property
    def tangents(self) -> dict[int, tuple[fmpq, fmpq]]:
        """The coefficients of the tangent tails: f and f' at their ends."""
        knots, pieces = self.form.knots, self.form.pieces
        found = {}
        if self.form.left.rule == "tangent":
            found[-1] = (pieces[0][0], pieces[0][1])
        if self.form.right.rule == "tangent":
            h = knots[-1] - knots[-2]
            found[self.n] = (evaluate(pieces[-1], h), evaluate(derivative(pieces[-1]), h))
        return found

    def coefficients(self, piece: int, order: int = 0) -> tuple[fmpq, ...]:
        """Those of a piece, or of a tangent tail, after `order` derivatives."""
        if order == 0:
            return self.tangents[piece] if piece in self.tangents else self.form.pieces[piece]
        found = self._derivatives.get((piece, order))
        if found is None:
            found = self._derivatives[piece, order] = derivative(self.coefficients(piece, order - 1))
        return found

    def base(self, piece: int) -> fmpq:
        """The t_i of a piece."""
        return self.form.knots[max(piece, 0)]

    def ends(self, piece: int) -> tuple[fmpq | None, fmpq | None]:
        """Where a closed piece begins and ends, an extended tail being of its end piece; `None` is infinity."""
        knots = self.form.knots
        if piece == -1:
            return None, knots[0]
        if piece == self.n:
            return knots[-1], None
        low = None if piece == 0 and self.form.left.rule == "extend" else knots[piece]
        high = None if piece == self.n - 1 and self.form.right.rule == "extend" else knots[piece + 1]
        return low, high

    def repeated(self, x: Interval, *, right: bool) -> bool:
        """Whether an interval lies in the part that repeats on that side, or beyond."""
        knots, tail = self.form.knots, self.form.right if right else self.form.left
        if tail.period is None:
            return False
        return bool(x.lo >= knots[-1] - tail.period) if right else bool(x.hi <= knots[0] + tail.period)

    def parts(self, x: Interval) -> list[Part]:
        """What an interval has in common with the closed pieces, after it was moved into the part that repeats.

        Raises:
            Stop: It reaches into a repeated tail and could not be moved (UNDECIDED).
        """
        found = []
        first, last = self.form.knots[0], self.form.knots[-1]
        for lo, hi in self._moved(x.lo, x.hi):
            if (hi > last and self.form.right.rule == "repeat") or (lo < first and self.form.left.rule == "repeat"):
                raise undecided(f"x in {told(x)} reaches into a repeated tail and the part before it")
            found.extend(self._meets(lo, hi))
        return found

    def _moved(self, lo: fmpq, hi: fmpq) -> list[tuple[fmpq, fmpq]]:
        first, last = self.form.knots[0], self.form.knots[-1]
        T = self.form.right.period
        if T is not None and lo >= last - T:
            shift = ((lo - (last - T)) / T).floor() * T
            lo, hi = lo - shift, hi - shift
            return [(lo, hi)] if hi <= last else [(lo, last), (last - T, hi - T)]
        T = self.form.left.period
        if T is not None and hi <= first + T:
            shift = ((first + T - hi) / T).floor() * T
            lo, hi = lo + shift, hi + shift
            return [(lo, hi)] if lo >= first else [(first, hi), (lo + T, first + T)]
        return [(lo, hi)]

    def _meets(self, lo: fmpq, hi: fmpq) -> list[Part]:
        """The closed pieces that an interval meets, and the tangent tails."""
        knots = self.form.knots
        start = max(bisect_left(knots, lo) - 1, 0)
        stop = min(bisect_right(knots, hi), self.n)
        pieces = list(range(min(start, self.n - 1), max(stop, 1)))
        candidates = [-1, *pieces, self.n] if self.tangents else pieces
        found = []
        for piece in candidates:
            if piece in (-1, self.n) and piece not in self.tangents:
                continue
            low, high = self.ends(piece)
            a = lo if low is None else max(lo, low)
            b = hi if high is None else min(hi, high)
            if a <= b:
                base = Interval.point(self.base(piece))
                found.append(Part(piece, (Interval(a, a) if a == b else Interval(a, b)) - base))
        return found

    def enclose(self, x: Interval, order: int) -> Interval:
        """The hull of the values of f' (order 1) or f'' (order 2) over an interval."""
        values = [horner(self.coefficients(part.piece, order), part.argument) for part in self.parts(x)]
        result = values[0]
        for value in values[1:]:
            result = result.hull(value)
        return Interval.point(result.lo) if result.exact else result

    def exactly(self, x: fmpq, order: int = 0) -> fmpq:
        """f or a derivative at a point, a point of a repeated tail being moved by a multiple of the period."""
        ((lo, _),) = self._moved(x, x)
        part = self._meets(lo, lo)[0].piece
        return evaluate(self.coefficients(part, order), lo - self.base(part))
