"""Closed intervals with rational ends, rounded outward as the format says."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq, fmpz

from misstep.certificates.numbers import Number
from misstep.certificates.verdict import Stop, Verdict

UNIT_BITS = 256
_SCALE = fmpz(1) << UNIT_BITS
_EXACT_BITS = 4096
_HUGE = 16384
"""Binary digits before the point beyond which no check goes on."""
_ZERO, _ONE = fmpq(0), fmpq(1)


def undecided(reason: str) -> Stop:
    """The end of a check that cannot be decided."""
    return Stop(Verdict.UNDECIDED, reason)


def _down(x: fmpq) -> fmpq:
    """The largest multiple of 2^-256 that is not above x."""
    return fmpq((x.p << UNIT_BITS) // x.q, _SCALE)


def _up(x: fmpq) -> fmpq:
    """The least multiple of 2^-256 that is not below x."""
    return fmpq(-((-x.p << UNIT_BITS) // x.q), _SCALE)


def _short(x: fmpq, bits: int) -> bool:
    """Whether an end of an interval that is not exact may stay; `bits` is the height of x."""
    return bits <= UNIT_BITS or (x.q <= _SCALE and x.p.bit_length() <= _EXACT_BITS)


def rounded(lo: fmpq, hi: fmpq) -> Interval:
    """The interval [lo, hi] after an operation: kept where exact and short, else moved outward to multiples of 2^-256.

    >>> rounded(fmpq(1, 3), fmpq(1, 3)).exact
    True
    >>> rounded(fmpq(1, 3), fmpq(1, 2))
    Interval(lo=1/3, hi=1/2)
    """
    bits = int(lo.height_bits())
    if lo is hi or lo == hi:
        if bits <= _EXACT_BITS:
            return Interval(lo, lo)
        above = bits
        low, high = _down(lo), _up(lo)
    else:
        above = int(hi.height_bits())
        low = lo if _short(lo, bits) else _down(lo)
        high = hi if _short(hi, above) else _up(hi)
    if max(bits, above) > _HUGE and max(abs(low), abs(high)) > fmpz(1) << _HUGE:
        raise undecided(f"a number beyond 2^{_HUGE}")
    return Interval(low, high)


@dataclass(frozen=True, slots=True)
class Interval(Number):
    """The numbers from `lo` to `hi`.

    >>> Interval(fmpq(-1), fmpq(2)).square(), Interval(fmpq(-1), fmpq(2)) * Interval.point(-3)
    (Interval(lo=0, hi=4), Interval(lo=-6, hi=3))
    """

    lo: fmpq
    hi: fmpq

    @classmethod
    def point(cls, x: fmpq | int) -> Interval:
        """The interval of one number."""
        q = fmpq(x)
        return cls(q, q)

    @property
    def value(self) -> Interval:
        """The interval, without what else is known."""
        return self

    @property
    def exact(self) -> bool:
        """Whether it holds one number."""
        return self.lo is self.hi or bool(self.lo == self.hi)

    @property
    def largest(self) -> fmpq:
        """The largest absolute value in it."""
        return max(-self.lo, self.hi)

    def __add__(self, other: Interval, /) -> Interval:
        if self.lo is self.hi and other.lo is other.hi:
            end = self.lo + other.lo
            return rounded(end, end)
        return rounded(self.lo + other.lo, self.hi + other.hi)

    def __sub__(self, other: Interval, /) -> Interval:
        if self.lo is self.hi and other.lo is other.hi:
            end = self.lo - other.lo
            return rounded(end, end)
        return rounded(self.lo - other.hi, self.hi - other.lo)

    def __mul__(self, other: Interval, /) -> Interval:
        a, b, c, d = self.lo, self.hi, other.lo, other.hi
        if a is b:
            if c is d:
                end = a * c
                return rounded(end, end)
            return rounded(a * c, a * d) if a >= 0 else rounded(a * d, a * c)
        if c is d:
            return rounded(a * c, b * c) if c >= 0 else rounded(b * c, a * c)
        products = (a * c, a * d, b * c, b * d)
        return rounded(min(products), max(products))

    def __truediv__(self, other: Interval, /) -> Interval:
        if other.lo <= 0 <= other.hi:
            raise undecided(f"a division by {told(other)}, which contains 0")
        if self.lo is self.hi and other.lo is other.hi:
            end = self.lo / other.lo
            return rounded(end, end)
        return rounded(*_quotient(self, other))

    def __neg__(self) -> Interval:
        lo = -self.lo
        return Interval(lo, lo) if self.lo is self.hi else Interval(-self.hi, lo)

    def __abs__(self) -> Interval:
        if self.lo >= 0:
            return self
        return -self if self.hi <= 0 else Interval(_ZERO, self.largest)

    def sqrt(self) -> Interval:
        """The square root."""
        if self.lo < 0:
            raise undecided(f"a square root of {told(self)}, which reaches below 0")
        if self.exact:
            top, bottom = self.lo.p, self.lo.q
            if top.is_square() and bottom.is_square():
                root = fmpq(top.isqrt(), bottom.isqrt())
                return rounded(root, root)
        # floor(√lo·2^256) = isqrt(floor(lo·2^512)), and the ceiling from that of hi.
        low = ((self.lo.p << 2 * UNIT_BITS) // self.lo.q).isqrt()
        above = -((-self.hi.p << 2 * UNIT_BITS) // self.hi.q)
        high = above.isqrt()
        if high * high < above:
            high += 1
        return rounded(fmpq(low, _SCALE), fmpq(high, _SCALE))

    def square(self) -> Interval:
        """The exact range of the square."""
        if self.lo is self.hi:
            end = self.lo * self.lo
            return rounded(end, end)
        low, high = self.lo * self.lo, self.hi * self.hi
        if self.lo <= 0 <= self.hi:
            return rounded(_ZERO, max(low, high))
        return rounded(min(low, high), max(low, high))

    def sign(self) -> Interval:
        """1, -1 or 0, where that is certain."""
        if self.lo > 0:
            return ONE
        if self.hi < 0:
            return -ONE
        if self.exact:
            return ZERO
        raise undecided(f"the sign of {told(self)}")

    def maximum(self, other: Interval) -> Interval:
        """The larger of two numbers."""
        lo, hi = max(self.lo, other.lo), max(self.hi, other.hi)
        return Interval(lo, lo) if lo == hi else Interval(lo, hi)

    def mix(self, other: Interval, t: Interval) -> Interval:
        """(1 - t)·self + t·other."""
        ends = (t.lo,) if t.lo is t.hi else (t.lo, t.hi)
        low = min((1 - end) * self.lo + end * other.lo for end in ends)
        if self.lo is self.hi and other.lo is other.hi and len(ends) == 1:
            return rounded(low, low)
        return rounded(low, max((1 - end) * self.hi + end * other.hi for end in ends))

    def gain(self, p: Interval) -> Interval:
        """(1 - self)/(1 - self·p) within [0, 1]."""
        return share(ONE - self, ONE - self * p)

    def ratio(self, p: Interval) -> Interval:
        """(1 - p)/(1 - self·p) within [0, 1]."""
        return share(ONE - p, ONE - self * p)

    def hull(self, other: Interval) -> Interval:
        """The least interval that holds both."""
        return Interval(min(self.lo, other.lo), max(self.hi, other.hi))

    def widened(self, radius: fmpq) -> Interval:
        """The numbers within `radius` of it."""
        return rounded(self.lo - radius, self.hi + radius)


ZERO, ONE, TWO = Interval.point(0), Interval.point(1), Interval.point(2)
BOTH_SIGNS = Interval(fmpq(-1), fmpq(1))
_UNIT = Interval(_ZERO, _ONE)


def _quotient(a: Interval, b: Interval) -> tuple[fmpq, fmpq]:
    quotients = (a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi)
    return min(quotients), max(quotients)


def share(part: Interval, whole: Interval) -> Interval:
    """part/whole where that is known to be in [0, 1]: all of [0, 1] where `whole` contains 0.

    >>> share(Interval(fmpq(1), fmpq(2)), Interval(fmpq(1), fmpq(4)))
    Interval(lo=1/4, hi=1)
    """
    if whole.lo <= 0 <= whole.hi:
        return _UNIT
    quotient = part / whole
    lo, hi = max(quotient.lo, _ZERO), min(quotient.hi, _ONE)
    if lo > hi:
        raise undecided(f"a gain of {told(quotient)}, which is not in [0, 1]")
    return Interval(lo, lo) if lo == hi else Interval(lo, hi)


def common(a: Interval, b: Interval) -> Interval:
    """The numbers that are in both, where it is known that there is one.

    >>> common(Interval(fmpq(0), fmpq(2)), Interval(fmpq(1), fmpq(3)))
    Interval(lo=1, hi=2)
    """
    lo, hi = max(a.lo, b.lo), min(a.hi, b.hi)
    if lo > hi:
        raise undecided(f"what is in both {told(a)} and {told(b)}")
    return Interval(lo, lo) if lo == hi else Interval(lo, hi)


def total(terms: list[Interval]) -> Interval:
    """The sum, in order; 0 of none."""
    if not terms:
        return ZERO
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


def told(x: Interval | fmpq) -> str:
    """An interval or a number for a message: exactly where that is short.

    >>> told(Interval(fmpq(1, 3), fmpq(1, 2))), told(fmpq(2) / 3**99)
    ('[1/3, 1/2]', '1.16419513049e-47')
    """
    if isinstance(x, Interval):
        return told(x.lo) if x.exact else f"[{told(x.lo)}, {told(x.hi)}]"
    if x.height_bits() <= 64:
        return str(x)
    return arb(x).str(12, radius=False)
