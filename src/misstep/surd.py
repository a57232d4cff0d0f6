"""Real quadratic numbers a + b√d, exactly: the extrema of a cubic are of this form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from flint import arb, fmpq, fmpz

from misstep.errors import InvalidInput


@dataclass(frozen=True, eq=False)
class Surd:
    """The irrational number a + b√d, with rational a, b ≠ 0 and an integer d > 1 that is not a square.

    Build it with `surd`, which simplifies. Arithmetic works with rationals and with surds of the same d; comparison
    works with every rational and every surd, exactly.

    >>> x = surd(0, fmpq(-1, 18), 3)
    >>> print(x), x * x
    -√3/18
    (None, 1/108)
    """

    a: fmpq
    b: fmpq
    d: int

    @property
    def _key(self) -> tuple[fmpq, int, fmpq]:
        """What the number is, however it was built: a, and b√d by its sign and its square."""
        return self.a, _sign(self.b), self.b * self.b * self.d

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, Surd) else False

    def __hash__(self) -> int:
        return hash(self._key)

    def __neg__(self) -> Surd:
        return Surd(-self.a, -self.b, self.d)

    def __add__(self, other: Real) -> fmpq | Surd:
        a, b = self._parts(other)
        return surd(self.a + a, self.b + b, self.d)

    __radd__ = __add__

    def __sub__(self, other: Real) -> fmpq | Surd:
        return self + (-other)

    def __rsub__(self, other: Real) -> fmpq | Surd:
        return (-self) + other

    def __mul__(self, other: Real) -> fmpq | Surd:
        a, b = self._parts(other)
        return surd(self.a * a + self.b * b * self.d, self.a * b + self.b * a, self.d)

    __rmul__ = __mul__

    def __truediv__(self, other: fmpq | int) -> fmpq | Surd:
        return surd(self.a / other, self.b / other, self.d)

    def _parts(self, other: Real) -> tuple[fmpq, fmpq]:
        """Of `other` = a + b√d with this number's d, the pair (a, b)."""
        if isinstance(other, Surd):
            # √e = (√(de)/d)·√d: one field where de is a square.
            square = fmpz(self.d * other.d)
            if not square.is_square():
                raise InvalidInput(f"{self} and {other} are not in one quadratic field")
            return other.a, other.b * fmpq(square.isqrt()) / self.d
        return fmpq(other), fmpq(0)

    def __lt__(self, other: Real) -> bool:
        return _sign_of_difference(self, other) < 0

    def __gt__(self, other: Real) -> bool:
        return _sign_of_difference(self, other) > 0

    def __le__(self, other: Real) -> bool:
        return not self > other

    def __ge__(self, other: Real) -> bool:
        return not self < other

    def enclosure(self) -> arb:
        """A ball that contains the number, at the precision in force."""
        return arb(self.a) + arb(self.b) * arb(self.d).sqrt()

    def __float__(self) -> float:
        return float(self.enclosure())

    def __str__(self) -> str:
        # Of fmpz, for Python's own integers refuse to be written from 4300 digits on.
        numerator, denominator = abs(self.b.p), self.b.q
        factor = "" if numerator == 1 else str(numerator)
        root = f"{factor}√{fmpz(self.d)}" + ("" if denominator == 1 else f"/{denominator}")
        if self.a == 0:
            return f"-{root}" if self.b < 0 else root
        return f"{self.a} {'-' if self.b < 0 else '+'} {root}"


Real: TypeAlias = int | fmpq | Surd


def surd(a: fmpq | int, b: fmpq | int, d: fmpq | int) -> fmpq | Surd:
    """a + b√d in lowest terms: a rational when √d is one, else a `Surd`.

    Args:
        a: Rational part.
        b: Rational factor of the root.
        d: What is under the root, d ≥ 0.

    Raises:
        InvalidInput: d < 0.

    >>> surd(1, 2, fmpq(1, 4)), str(surd(0, 1, 12))
    (2, '2√3')
    """
    a, b, d = fmpq(a), fmpq(b), fmpq(d)
    if d < 0:
        raise InvalidInput(f"√({d}) is not real: the number under the root must be at least 0")
    # √(p/q) = √(pq)/q
    radicand, b = int(d.p * d.q), b / fmpq(d.q)
    # Squares of primes to 1000 go out, and any square that remains; a larger square factor is left, harmlessly.
    for prime in _PRIMES:
        while radicand and radicand % (prime * prime) == 0:
            radicand //= prime * prime
            b *= prime
    remainder = fmpz(radicand)
    if remainder.is_square():
        return a + b * fmpq(remainder.isqrt())
    return a if b == 0 else Surd(a, b, radicand)


_PRIMES = tuple(n for n in range(2, 1000) if all(n % k for k in range(2, int(n**0.5) + 1)))


def _sign_of_difference(x: Real, y: Real) -> int:
    """The sign of x − y, exactly: p + q√d + r√e is settled by squaring twice."""
    p = (x.a if isinstance(x, Surd) else fmpq(x)) - (y.a if isinstance(y, Surd) else fmpq(y))
    q, d = (x.b, x.d) if isinstance(x, Surd) else (fmpq(0), 1)
    r, e = (-y.b, y.d) if isinstance(y, Surd) else (fmpq(0), 1)
    head = _sign_of_surd(p, q, d)
    tail = _sign(r)
    if head == 0 or tail == 0 or head == tail:
        return head or tail
    # Opposite signs: the larger square wins. (p + q√d)² − r²e = (p² + q²d − r²e) + 2pq√d.
    return head * _sign_of_surd(p * p + q * q * d - r * r * e, 2 * p * q, d)


def _sign_of_surd(p: fmpq, q: fmpq, d: int) -> int:
    """The sign of p + q√d."""
    if _sign(p) == 0 or _sign(q) == 0 or _sign(p) == _sign(q):
        return _sign(p) or _sign(q)
    return _sign(p) * _sign(p * p - q * q * d)


def _sign(x: fmpq) -> int:
    return int(x > 0) - int(x < 0)
