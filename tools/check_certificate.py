"""Check misstep certificates, with nothing but Python's standard library.

The format, and every condition that is examined here, is docs/reference/certificate-format.md. This program shares no code
with misstep. It reads from the bottom up: `main`, `check`, the five kinds, and before them what they are made of.

Example: python tools/check_certificate.py paper.cert.json
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import json
import math
import os
import re
import stat
import sys
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, combinations, pairwise
from types import SimpleNamespace
from typing import Any

# ---------------------------------------------------------------------------------------------------------- verdicts


class Malformed(Exception):
    """The file is not a certificate of this version."""


class Refuted(Exception):
    """A condition is certainly violated."""


class Undecided(Exception):
    """A condition could neither be confirmed nor excluded."""


def show(value: Any) -> str:
    """A value for a message: exact if short, else rounded or cut."""
    if isinstance(value, Interval):
        return show(value.lo) if value.exact else f"[{show(value.lo)}, {show(value.hi)}]"
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        p, q = value.numerator, value.denominator
        if max(p.bit_length(), q.bit_length()) <= 64:
            return str(value)
        size = p.bit_length() - q.bit_length()
        return f"{p / q:.9g}" if abs(size) < 1000 else f"{'-' if p < 0 else ''}2^{size} or so"
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def require(answer: bool | None, text: str, *values: Any) -> None:
    """Go on if the answer is True; False refutes, None leaves undecided. `{}` in the text are the values."""
    if answer is not True:
        reason = text.format(*map(show, values))
        raise (
            Undecided(f"{reason}: neither confirmed nor excluded") if answer is None else Refuted(f"{reason}: violated")
        )


@contextlib.contextmanager
def condition(name: str) -> Iterator[None]:
    """Whatever is refuted or undecided within belongs to this condition."""
    try:
        yield
    except (Refuted, Undecided) as error:
        raise type(error)(f"condition {name}: {error}") from None


# -------------------------------------------------------------------------------------------------------- arithmetic

GRID = 256  # ends are rounded to multiples of 2^-256
UNIT = 1 << GRID
LONG = 4096  # bits beyond which exact results are rounded
HUGE = 1 << 14  # a number of more bits than this before the point ends the check (it would only grow)


def _down(p: int, q: int) -> tuple[int, int]:
    """The lower end p/q: kept, or moved to the next multiple of 2^-256 (where q is a power of two that changes nothing)."""
    if q & (q - 1):
        g = math.gcd(p, q)
        p, q = p // g, q // g
        return (p, q) if q <= UNIT and p.bit_length() <= LONG else ((p << GRID) // q, UNIT)
    return (p, q) if q <= UNIT else (p >> (q.bit_length() - 1 - GRID), UNIT)


def rounded(p: int, q: int, r: int, s: int) -> tuple[int, int, int]:
    """The rounding rule for [p/q, r/s]: a, b, d that stand for [a/d, b/d]."""
    if max(p.bit_length() - q.bit_length(), r.bit_length() - s.bit_length()) > HUGE:
        raise Undecided(f"a number of more than 2^{HUGE} was met")
    if p * s == r * q:
        g = math.gcd(p, q)
        p, q = p // g, q // g
        if p.bit_length() <= LONG and q.bit_length() <= LONG:
            return p, p, q
        return (p << GRID) // q, -((-p << GRID) // q), UNIT
    p, q = _down(p, q)
    r, s = _down(-r, s)
    return (p, -r, q) if q == s else (p * s, -r * q, q * s)


class Interval:
    """The closed interval [a/d, b/d], d > 0."""

    __slots__ = ("a", "b", "d")

    def __init__(self, a: int, b: int, d: int = 1) -> None:
        self.a, self.b, self.d = a, b, d

    @staticmethod
    def of(lo: Fraction | int, hi: Fraction | int | None = None) -> Interval:
        """[lo, hi], or [lo, lo]; not rounded."""
        hi = lo if hi is None else hi
        p, q, r, s = lo.numerator, lo.denominator, hi.numerator, hi.denominator
        return Interval(p, r, q) if q == s else Interval(p * s, r * q, q * s)

    @property
    def lo(self) -> Fraction:
        """The lower end."""
        return Fraction(self.a, self.d)

    @property
    def hi(self) -> Fraction:
        """The upper end."""
        return Fraction(self.b, self.d)

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.a == self.b

    @property
    def touches_zero(self) -> bool:
        """Whether it contains 0."""
        return self.a <= 0 <= self.b

    def same(self, a: int, b: int, d: int) -> Any:
        """[a/d, b/d] in the arithmetic of self."""
        return Interval(a, b, d)

    def free(self, p: int, q: int, r: int, s: int) -> Any:
        """[p/q, r/s] as the result of something that has no error of its own."""
        return self.same(*rounded(p, q, r, s))

    def result(self, p: int, q: int, r: int, s: int) -> Any:
        """[p/q, r/s] as the result of an operation."""
        return self.free(p, q, r, s)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Dual):
            return NotImplemented
        y = other if isinstance(other, Interval) else Interval(other, other)
        if self.d == y.d:
            return self.result(self.a + y.a, self.d, self.b + y.b, self.d)
        d = self.d * y.d
        return self.result(self.a * y.d + y.a * self.d, d, self.b * y.d + y.b * self.d, d)

    def __neg__(self) -> Any:
        return self.same(-self.b, -self.a, self.d)

    def __sub__(self, other: Any) -> Any:
        return self + (-other) if not isinstance(other, Dual) else NotImplemented

    def __rsub__(self, other: int) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Dual):
            return NotImplemented
        y = other if isinstance(other, Interval) else Interval(other, other)
        ends, d = (self.a * y.a, self.a * y.b, self.b * y.a, self.b * y.b), self.d * y.d
        return self.result(min(ends), d, max(ends), d)

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Any:
        if isinstance(other, Dual):
            return NotImplemented
        y = other if isinstance(other, Interval) else Interval(other, other)
        if y.touches_zero:
            raise Undecided(f"division by {show(y)}, which contains 0")
        if y.b < 0:
            return (-self) / (-y)
        low, high = (y.b if self.a >= 0 else y.a), (y.a if self.b >= 0 else y.b)
        return self.result(self.a * y.d, self.d * low, self.b * y.d, self.d * high)

    def __rtruediv__(self, other: int) -> Any:
        return self.same(other, other, 1) / self

    def square(self) -> Any:
        """The range of x²."""
        low, high = sorted((self.a * self.a, self.b * self.b))
        d = self.d * self.d
        return self.result(0 if self.touches_zero else low, d, high, d)

    def sqrt(self) -> Any:
        """The range of the root."""
        if self.a < 0:
            raise Undecided(f"the root of {show(self)}, which reaches below 0")
        if self.exact:
            g = math.gcd(self.a, self.d)
            n, m = math.isqrt(self.a // g), math.isqrt(self.d // g)
            if n * n * g == self.a and m * m * g == self.d:
                return self.result(n, m, n, m)
        low = math.isqrt((self.a << 2 * GRID) // self.d)
        high = math.isqrt(-((-self.b << 2 * GRID) // self.d) - 1) + 1 if self.b else 0
        return self.result(low, UNIT, high, UNIT)

    def __abs__(self) -> Any:
        low, high = sorted((abs(self.a), abs(self.b)))
        return self.same(0 if self.touches_zero else low, high, self.d)

    def sign(self) -> Any:
        """1, -1 or 0."""
        if self.touches_zero and not self.exact:
            raise Undecided(f"the sign of {show(self)}")
        s = (self.a > 0) - (self.a < 0)
        return self.same(s, s, 1)

    def maximum(self, y: Any) -> Any:
        """The larger one, end by end."""
        if isinstance(y, Dual):
            return y.like(self).maximum(y)
        d = self.d * y.d
        return self.free(max(self.a * y.d, y.a * self.d), d, max(self.b * y.d, y.b * self.d), d)

    def hull(self, y: Interval) -> Interval:
        """The smallest interval around both."""
        d = self.d * y.d
        return Interval(*rounded(min(self.a * y.d, y.a * self.d), d, max(self.b * y.d, y.b * self.d), d))

    def mix(self, y: Interval, t: Interval) -> Any:
        """(1 - t)·self + t·y for t in [0, 1]."""
        p, q, d = self.d * t.d, y.d, self.d * y.d * t.d
        low = min((t.d - e) * self.a * q + e * y.a * self.d for e in (t.a, t.b))
        high = max((t.d - e) * self.b * q + e * y.b * self.d for e in (t.a, t.b))
        return self.result(low, p * q, high, d)

    def share(self, top: Interval, p: Interval) -> Any:
        """(1 - top)/(1 - self·p) within [0, 1]."""
        beta, top, p = (Interval(x.a, x.b, x.d) for x in (self, top, p))
        below = 1 - beta * p
        if below.touches_zero:
            return self.result(0, 1, 1, 1)
        q = (1 - top) / below
        if q.b < 0 or q.a > q.d:
            raise Undecided(f"a gain of {show(q)} outside [0, 1]")
        return self.result(max(q.a, 0), q.d, min(q.b, q.d), q.d)


class Exact(Interval):
    """Numbers that have to stay exact."""

    __slots__ = ()

    def same(self, a: int, b: int, d: int) -> Exact:
        """[a/d, b/d], if a = b."""
        if a != b:
            raise Undecided(f"an operation gives {show(Interval(a, b, d))} and is not exact")
        return Exact(a, b, d)


class Widened(Interval):
    """Intervals for floating-point arithmetic: each operation has a relative error, a factor in [1 - u, 1 + u]."""

    __slots__ = ("factor",)

    def __init__(self, x: Interval, factor: Interval) -> None:
        self.a, self.b, self.d, self.factor = x.a, x.b, x.d, factor

    def same(self, a: int, b: int, d: int) -> Widened:
        """[a/d, b/d] with the same factor."""
        return Widened(Interval(a, b, d), self.factor)

    def result(self, p: int, q: int, r: int, s: int) -> Widened:
        """The result of one operation, with its error."""
        return Widened(Interval(*rounded(p, q, r, s)) * self.factor, self.factor)

    def mix(self, y: Interval, t: Interval) -> Any:
        """Four operations, or none where t is 1."""
        return y if t.exact and t.a == t.d else (1 - t) * self + t * y


ZERO, ONE = Interval(0, 0), Interval(1, 1)


def plus(x: Interval, y: Interval) -> Interval:
    """x + y, where a derivative that is 0 costs nothing."""
    if x.a == 0 == x.b:
        return y
    return x if y.a == 0 == y.b else x + y


class Dual:
    """An interval v and the intervals of its partial derivatives."""

    __slots__ = ("parts", "v")

    def __init__(self, v: Interval, parts: Sequence[Interval]) -> None:
        self.v, self.parts = v, parts

    def like(self, x: Any) -> Dual:
        """X as a dual number: a constant has the derivatives 0."""
        if isinstance(x, Dual):
            return x
        return Dual(x if isinstance(x, Interval) else Interval(x, x), [ZERO] * len(self.parts))

    def __add__(self, other: Any) -> Dual:
        y = self.like(other)
        return Dual(self.v + y.v, [plus(a, b) for a, b in zip(self.parts, y.parts, strict=True)])

    def __neg__(self) -> Dual:
        return Dual(-self.v, [-a for a in self.parts])

    def __sub__(self, other: Any) -> Dual:
        return self + (-other)

    def __rsub__(self, other: Any) -> Dual:
        return -self + other

    def __mul__(self, other: Any) -> Dual:
        y = self.like(other)
        return Dual(self.v * y.v, [plus(a * y.v, self.v * b) for a, b in zip(self.parts, y.parts, strict=True)])

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Dual:
        y = self.like(other)
        q = self.v / y.v
        return Dual(q, [plus(a, -(q * b)) / y.v for a, b in zip(self.parts, y.parts, strict=True)])

    def __rtruediv__(self, other: Any) -> Dual:
        return self.like(other) / self

    def square(self) -> Dual:
        """2·v·v'."""
        return Dual(self.v.square(), [2 * self.v * a for a in self.parts])

    def sqrt(self) -> Dual:
        """v'/(2·sqrt(v))."""
        root = self.v.sqrt()
        return Dual(root, [a / (2 * root) for a in self.parts])

    def __abs__(self) -> Dual:
        return self.maximum(-self)

    def sign(self) -> Interval:
        """A constant."""
        return self.v.sign()  # type: ignore[no-any-return]

    def maximum(self, other: Any) -> Dual:
        """The derivative of the one that is certainly not smaller, or the hull of both."""
        y = self.like(other)
        parts = [a.hull(b) for a, b in zip(self.parts, y.parts, strict=True)]
        if at_most(y.v, self.v):
            parts = list(self.parts)
        elif at_most(self.v, y.v):
            parts = list(y.parts)
        return Dual(self.v.maximum(y.v), parts)


def mix(a: Any, b: Any, t: Any) -> Any:
    """(1 - t)·a + t·b for intervals or dual numbers."""
    dual = next((x for x in (a, b, t) if isinstance(x, Dual)), None)
    if dual is None:
        return a.mix(b, t)
    a, b, t = dual.like(a), dual.like(b), dual.like(t)
    rest, difference = 1 - t.v, b.v - a.v
    parts = zip(a.parts, b.parts, t.parts, strict=True)
    return Dual(a.v.mix(b.v, t.v), [plus(plus(rest * x, t.v * y), difference * z) for x, y, z in parts])


def share(beta: Interval, top: Any, p: Any) -> Any:
    """(1 - top)/(1 - beta·p) within [0, 1] for an interval or a dual number p; top is beta or p."""
    if not isinstance(p, Dual):
        return beta.share(top, p)
    return Dual(beta.share(p.like(top).v, p.v), ((1 - p.like(top)) / (1 - beta * p)).parts)


def gain(beta: Interval, p: Any, first: bool) -> Any:
    """The weight of the newest gradient in a corrected average."""
    return beta.same(1, 1, 1) if first else share(beta, beta, p)


def at_most(x: Interval, y: Interval) -> bool | None:
    """X <= y."""
    return True if x.b * y.d <= y.a * x.d else False if x.a * y.d > y.b * x.d else None


def below(x: Interval, y: Interval) -> bool | None:
    """X < y."""
    return True if x.b * y.d < y.a * x.d else False if x.a * y.d >= y.b * x.d else None


def disjoint(x: Interval, y: Interval) -> bool:
    """Whether x and y have no number in common."""
    return x.b * y.d < y.a * x.d or x.a * y.d > y.b * x.d


def equal(x: Interval, y: Interval) -> bool | None:
    """X = y: both exact and equal, or disjoint, or neither."""
    return True if x.exact and y.exact and x.a * y.d == y.a * x.d else False if disjoint(x, y) else None


def within(x: Interval, y: Interval) -> bool | None:
    """X in y."""
    return True if y.lo <= x.lo and x.hi <= y.hi else False if disjoint(x, y) else None


def inside(x: Interval, y: Interval) -> bool | None:
    """X strictly in y."""
    return True if y.lo < x.lo and x.hi < y.hi else False if x.hi <= y.lo or y.hi <= x.lo else None


def total(terms: Sequence[Any]) -> Any:
    """The sum, in order; 0 if there is none."""
    return functools.reduce(lambda x, y: x + y, terms) if terms else ZERO


@functools.cache
def circle() -> Interval:
    """2π, by Machin: π = 16·atan(1/5) - 4·atan(1/239), each of the under 150 terms wrong by less than 3/2^320."""

    def atan(n: int) -> int:
        power, sum_, k = (1 << 320) // n, 0, 1
        while power:
            sum_ += power // k if k % 4 == 1 else -(power // k)
            power, k = power // (n * n), k + 2
        return sum_

    pi = 16 * atan(5) - 4 * atan(239)
    return Interval(2 * (pi - (1 << 14)), 2 * (pi + (1 << 14)), 1 << 320)


@functools.cache
def cosine(t: Fraction) -> Interval:
    """cos(2πt): by symmetry 0 <= t <= 1/4, and then by Taylor's alternating series, whose rest is under its next term."""
    t = min(t % 1, -t % 1)
    if t > Fraction(1, 4):
        return -cosine(Fraction(1, 2) - t)  # type: ignore[no-any-return]
    exact = {Fraction(0): ONE, Fraction(1, 4): ZERO, Fraction(1, 6): Interval(1, 1, 2)}
    if t in exact:
        return exact[t]
    square, sum_, term = (circle() * Interval.of(t)).square(), ONE, ONE
    for k in range(1, 41):
        term = term * square / (2 * k * (2 * k - 1))
        sum_ = sum_ - term if k % 2 else sum_ + term
    return sum_ + term * Interval(-1, 1)  # type: ignore[no-any-return]


# --------------------------------------------------------------------------------------------------------------- form

BYTES = 8_388_608
DEPTH = 16
DIGITS = 2000
MANY = 1_000_000_000
NUMBER = re.compile(r"(-?)(0|[1-9][0-9]*)(?:/([1-9][0-9]*))?")


def parse(data: bytes) -> Any:
    """The JSON value in the file, by the rules of the format."""
    if len(data) > BYTES:
        raise Malformed(f"the file has more than {BYTES} bytes")
    if data.startswith(b"\xef\xbb\xbf"):
        raise Malformed("the file begins with a byte order mark")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8: byte {error.start}") from None
    depth, quoted, skip = 0, False, -1
    for match in re.finditer(r'["\\\[\]{}]', text):
        sign = match.group()
        if quoted:
            if match.start() == skip:
                continue  # escaped by the backslash before it
            skip, quoted = (match.start() + 1 if sign == "\\" else -1), sign != '"'
        elif sign in "[{":
            depth += 1
            if depth > DEPTH:
                raise Malformed(f"nested more than {DEPTH} deep at character {match.start()}")
        else:
            depth, quoted = depth - (sign in "]}"), sign == '"'

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result:
                raise Malformed(f"the key {show(key)} occurs twice")
            result[key] = value
        return result

    def refuse(number: str) -> Any:
        raise Malformed(f"{show(number)} is not an integer")

    def integer(digits: str) -> int:
        return int(digits) if len(digits) <= 18 else (-1 if digits[0] == "-" else 1) * 10**18  # beyond every limit

    try:
        return json.loads(text, object_pairs_hook=members, parse_float=refuse, parse_constant=refuse, parse_int=integer)
    except ValueError as error:
        raise Malformed(f"not JSON: {error}") from None


def fields(value: Any, keys: Sequence[str], what: str) -> dict[str, Any]:
    """The object, with exactly these keys."""
    if not isinstance(value, dict):
        raise Malformed(f"{what} = {show(value)} is not an object")
    for key in (*keys, *value):
        if key not in value or key not in keys:
            raise Malformed(f"{what}: the key {show(key)} is {'missing' if key in keys else 'not known'}")
    return value


def array(value: Any, size: int | None, what: str, low: int = 0, high: int = MANY) -> list[Any]:
    """The array, of this size or between two."""
    if not isinstance(value, list) or (size is not None and len(value) != size) or not low <= len(value) <= high:
        wanted = f"of {size}" if size is not None else f"of {low} to {high}"
        raise Malformed(f"{what} = {show(value)} is not an array {wanted}")
    return value


def one_of(value: Any, words: Sequence[Any], what: str) -> Any:
    """The value, which is one of the words (true is not 1)."""
    if not any(value is word or (isinstance(value, str) and value == word) for word in words):
        raise Malformed(f"{what} = {show(value)} is not one of {', '.join(map(str, words))}")
    return value


def count(value: Any, what: str, low: int = 0, high: int = MANY) -> int:
    """The integer between low and high."""
    if type(value) is not int or not low <= value <= high:
        raise Malformed(f"{what} = {show(value)} is not a count from {low} to {high}")
    return value


def number(value: Any, what: str, good: Callable[[Fraction], bool] = lambda _: True, how: str = "") -> Fraction:
    """The number in a string p or p/q."""
    match = NUMBER.fullmatch(value) if isinstance(value, str) and len(value) <= 2 * DIGITS + 2 else None
    if match is None:
        raise Malformed(f"{what} = {show(value)} is not a number p or p/q of at most {DIGITS} digits each")
    sign, p, q = match.groups()
    if len(p) > DIGITS or len(q or "") > DIGITS or q == "1" or (sign and p == "0"):
        raise Malformed(f"{what} = {show(value)} is not a number in its only form")
    n, d = int(sign + p), int(q or "1")
    if math.gcd(n, d) != 1:
        raise Malformed(f"{what} = {show(value)} is not in lowest terms")
    if not good(result := Fraction(n, d)):
        raise Malformed(f"{what} = {show(value)} is not {how}")
    return result


def positive(value: Any, what: str) -> Fraction:
    """A number above 0."""
    return number(value, what, lambda x: x > 0, "positive")


def not_negative(value: Any, what: str) -> Fraction:
    """A number of at least 0."""
    return number(value, what, lambda x: x >= 0, "at least 0")


def rate(value: Any, what: str) -> Fraction:
    """A number in [0, 1)."""
    return number(value, what, lambda x: 0 <= x < 1, "in [0, 1)")


def reach(value: Any, what: str) -> Interval:
    """A range."""
    low, high = (number(x, what) for x in array(value, 2, what))
    if low > high:
        raise Malformed(f"{what} = {show(value)}: the first is larger than the second")
    return Interval.of(low, high)


def either(value: Any, what: str) -> Interval:
    """A number or range."""
    return reach(value, what) if isinstance(value, list) else Interval.of(number(value, what))


# ---------------------------------------------------------------------------------------------------------- functions


def horner(coefficients: Sequence[Any], t: Any) -> Any:
    """The polynomial at t, from the highest coefficient down."""
    return functools.reduce(lambda sum_, c: sum_ * t + c, reversed(coefficients[:-1]), coefficients[-1])


def derivative(coefficients: Sequence[Fraction]) -> list[Fraction]:
    """The coefficients of the derivative, at least one."""
    return [j * c for j, c in enumerate(coefficients)][1:] or [Fraction(0)]


def least(c: Sequence[Fraction], low: Fraction | None, high: Fraction | None) -> Fraction | None:
    """The least value of a polynomial of at most 3 coefficients between low and high (None: infinite; None: -infinity)."""
    c0, c1, c2 = [*c, *[Fraction(0)] * (3 - len(c))]
    if c2 < 0 and None in (low, high) or c2 == 0 and (low is None and c1 > 0 or high is None and c1 < 0):
        return None
    points = [t for t in (low, high) if t is not None]
    if c2 > 0 and (low is None or low < -c1 / (2 * c2)) and (high is None or -c1 / (2 * c2) < high):
        points.append(-c1 / (2 * c2))
    return min(horner([c0, c1, c2], t) for t in points)


def nonnegative(c: Sequence[Fraction], h: Fraction) -> bool | None:
    """Whether a polynomial is >= 0 on [0, h]: by its Bernstein coefficients, halving at most 40 times, left half first."""
    if len(c) <= 3:
        return least(c, Fraction(0), h) >= 0  # type: ignore[operator]
    d = len(c) - 1
    powers = [x * h**j / math.comb(d, j) for j, x in enumerate(c)]
    common = math.lcm(*(x.denominator for x in powers))
    scaled = [int(x * common) for x in powers]
    stack = [([sum(math.comb(i, j) * scaled[j] for j in range(i + 1)) for i in range(d + 1)], 0)]
    while stack:
        b, depth = stack.pop()
        if min(b) >= 0:
            continue
        if b[0] < 0 or b[-1] < 0:
            return False
        if depth == 40:
            return None
        rows = [b]  # de Casteljau's triangle, row r times 2^r
        while len(rows[-1]) > 1:
            rows.append([x + y for x, y in pairwise(rows[-1])])
        stack.append(([row[-1] << (d - r) for r, row in enumerate(rows)][::-1], depth + 1))
        stack.append(([row[0] << (d - r) for r, row in enumerate(rows)], depth + 1))
    return True


class Function:
    """A piecewise polynomial. `right` and `left` are the rules of the tails, `right_T` and `left_T` the periods or None."""

    WORK = 3_000_000  # pieces that may be visited in one check

    def __init__(self, value: Any) -> None:
        o = fields(value, ("type", "knots", "pieces", "left", "right"), "function")
        one_of(o["type"], ("piecewise",), "function type")
        pieces = array(o["pieces"], None, "pieces", 1, 100_000)
        self.t = [number(x, "knot") for x in array(o["knots"], len(pieces) + 1, "knots")]
        if any(a >= b for a, b in pairwise(self.t)):
            raise Malformed("the knots do not increase")
        self.pieces = [[number(x, "coefficient") for x in array(piece, None, "piece", 2, 8)] for piece in pieces]
        self.gaps = [b - a for a, b in pairwise(self.t)]
        self.left, self.left_T = self._tail(o["left"], "left", self.pieces[0])
        self.right, self.right_T = self._tail(o["right"], "right", self.pieces[-1])
        self.cache: dict[tuple[int, int], list[Interval]] = {}
        self.work = 0
        for period, end in ((self.left_T, self.t[0]), (self.right_T, self.t[-1])):
            if period is not None and end + (period if end == self.t[0] else -period) not in self.t:
                raise Malformed(f"the part of length {show(period)} that repeats does not begin or end at a knot")

    @staticmethod
    def _tail(value: Any, side: str, piece: list[Fraction]) -> tuple[str, Fraction | None]:
        rule = value.get("rule") if isinstance(value, dict) else None
        fields(value, ("rule", "period") if rule == "repeat" else ("rule",), f"{side} tail")
        one_of(rule, ("tangent", "extend", "repeat"), f"rule of the {side} tail")
        if rule == "extend" and len(piece) > 3:
            raise Malformed(f"the {side} tail extends a piece of more than 3 coefficients")
        return rule, positive(value["period"], f"period of the {side} tail") if rule == "repeat" else None

    def at(self, i: int, t: Fraction) -> tuple[Fraction, Fraction]:
        """The polynomial i and its derivative at t. Below piece 0 and above piece N - 1 these go on."""
        c, u = self.pieces[i], t - self.t[i]
        return horner(c, u), horner(derivative(c), u)

    def exactly(self, x: Fraction) -> tuple[Fraction, Fraction]:
        """f(x) and f'(x)."""
        low, high = self.t[0], self.t[-1]
        if x > high and self.right_T is not None:
            x = high - self.right_T + (x - high) % self.right_T
        if x < low and self.left_T is not None:
            x = low + self.left_T - (low - x) % self.left_T
        end, rule = (low, self.left) if x < low else (high, self.right)
        i = min(max(bisect_right(self.t, x) - 1, 0), len(self.pieces) - 1)
        if (x < low or x > high) and rule == "tangent":
            value, slope = self.at(i, end)
            return value + slope * (x - end), slope
        return self.at(i, x)

    def _regions(self, lo: Fraction, hi: Fraction) -> Iterator[tuple[int, Fraction, Fraction]]:
        """The pieces that [lo, hi] meets, -1 and N for tangent tails, each with the intersection."""
        low, high, n = self.t[0], self.t[-1], len(self.pieces)
        parts = [(lo, hi)]
        if self.right_T is not None and lo >= high - self.right_T:
            move = (lo - high + self.right_T) // self.right_T * self.right_T
            lo, hi = lo - move, hi - move
            parts = [(lo, hi)] if hi <= high else [(lo, high), (high - self.right_T, hi - self.right_T)]
        elif self.left_T is not None and hi <= low + self.left_T:
            move = (low + self.left_T - hi) // self.left_T * self.left_T
            lo, hi = lo + move, hi + move
            parts = [(lo, hi)] if lo >= low else [(lo + self.left_T, low + self.left_T), (low, hi)]
        for a, b in parts:
            if (a < low and self.left == "repeat") or (b > high and self.right == "repeat"):
                raise Undecided(f"f over [{show(a)}, {show(b)}], which reaches into a repeated tail")
            if a <= low and self.left == "tangent":
                yield -1, a, min(b, low)
            for i in range(max(bisect_left(self.t, a) - 1, 0), min(bisect_right(self.t, b), n)):
                yield (
                    i,
                    a if i == 0 and self.left == "extend" else max(a, self.t[i]),
                    b if i == n - 1 and self.right == "extend" else min(b, self.t[i + 1]),
                )
            if b < low and self.left == "extend":
                yield 0, a, b
            if a > high and self.right == "extend":
                yield n - 1, a, b
            if b >= high and self.right == "tangent":
                yield n, max(a, high), b

    def _polynomial(self, i: int, order: int) -> list[Interval]:
        """The coefficients of f' (order 1) or f'' (order 2) on piece i."""
        if (i, order) not in self.cache:
            c = self.pieces[min(max(i, 0), len(self.pieces) - 1)]
            if i != min(max(i, 0), len(self.pieces) - 1):
                c = list(self.at(0, self.t[0]) if i < 0 else self.at(i - 1, self.t[-1]))
            for _ in range(order):
                c = derivative(c)
            self.cache[i, order] = [Interval.of(x) for x in c]
        return self.cache[i, order]

    def over(self, x: Interval, order: int) -> tuple[Interval, int]:
        """f' (order 1) or f'' (order 2) over x, and the number of pieces that x meets."""
        hull, met = None, 0
        for i, lo, hi in self._regions(x.lo, x.hi):
            self.work += 1
            if self.work > self.WORK:
                raise Undecided(f"more than {self.WORK} pieces would have to be visited")
            value = horner(self._polynomial(i, order), Interval.of(lo, hi) - Interval.of(self.t[max(i, 0)]))
            hull, met = (value if hull is None else hull.hull(value)), met + 1
        assert hull is not None
        return hull, met

    def slope(self, x: Any) -> Any:
        """f' over x; of a dual number with f'' in the derivatives."""
        if isinstance(x, Dual):
            curvature = self.over(x.v, 2)[0]
            return Dual(self.over(x.v, 1)[0], [curvature * a for a in x.parts])
        return self.over(x, 1)[0]

    def check(self, claim: SimpleNamespace) -> None:
        """F1 to F4."""
        n, inner = len(self.pieces), list(enumerate(self.t))[1:-1]
        seams = [(self.at(i - 1, t), self.at(i, t), t) for i, t in inner]
        if self.right_T is not None:
            i = self.t.index(self.t[-1] - self.right_T)
            seams.append((self.at(n - 1, self.t[-1]), self.at(i, self.t[i]), self.t[-1]))
        if self.left_T is not None:
            i = self.t.index(self.t[0] + self.left_T)
            seams.append((self.at(i - 1, self.t[i]), self.at(0, self.t[0]), self.t[0]))
        with condition("F1"):
            for one, other, t in seams:
                require(one == other, "at {} (f, f') are ({}, {}) and ({}, {})", t, *one, *other)
        bends = [derivative(derivative(c)) for c in self.pieces]
        with condition("F2"):
            relation, L = claim.lipschitz
            for i, (c, h) in enumerate(zip(bends, self.gaps, strict=True)):
                for sign in (-1, 1):
                    good = nonnegative([L + sign * c[0], *(sign * x for x in c[1:])], h)
                    require(good, f"{'-' if sign > 0 else ''}f'' <= {{}} on piece {{}}", L, i)
            if relation == "=":
                require(None if any(len(c) > 4 for c in self.pieces) else True, "pieces have at most 4 coefficients")
                ends = (abs(x) for c, h in zip(bends, self.gaps, strict=True) for x in (c[0], horner(c, h)))
                require(L in ends, "|f''| = {} at an end of a piece", L)
        with condition("F3"):
            self._check_infimum(*claim.infimum)
        if claim.mu is not None:
            with condition("F4"):
                for i, (c, h) in enumerate(zip(bends, self.gaps, strict=True)):
                    require(nonnegative([c[0] - claim.mu, *c[1:]], h), "f'' >= {} on piece {}", claim.mu, i)
                flat = "tangent" in (self.left, self.right)
                require(not flat or claim.mu <= 0, "mu = {} <= 0 with a tangent tail", claim.mu)

    def _check_infimum(self, relation: str, low: Fraction) -> None:
        n, values = len(self.pieces), []
        for side, rule, i, sign in (("left", self.left, 0, -1), ("right", self.right, n - 1, 1)):
            slope, c = self.at(i, self.t[0 if sign < 0 else n])[1], self.pieces[i]
            if rule == "tangent" or (rule == "extend" and len(c) == 2):
                require(sign * slope >= 0, "the slope {} of the {} tail goes up outward", slope, side)
            elif rule == "extend":
                require(c[2] >= 0, "f'' = {} >= 0 in the {} tail", 2 * c[2], side)
        for side, rule, i in (("left", self.left, 0), ("right", self.right, n - 1)):
            if rule == "extend":
                ends = (None, Fraction(0)) if side == "left" else (self.gaps[i], None)
                value = least(self.pieces[i], *ends)
                require(value is not None and value >= low, "f >= {} in the {} tail", low, side)
                values.append(value)
        for i, (c, h) in enumerate(zip(self.pieces, self.gaps, strict=True)):
            require(nonnegative([c[0] - low, *c[1:]], h), "f >= {} on piece {}", low, i)
        if relation == "=":
            require(None if any(len(c) > 3 for c in self.pieces) else True, "pieces have at most 3 coefficients")
            values += [least(c, Fraction(0), h) for c, h in zip(self.pieces, self.gaps, strict=True)]
            require(low in values, "{} is the least value of f", low)


# ------------------------------------------------------------------------------------------------------------ methods

# A recurrence maps the parameters o, the state z, the gradient g and "is k = 0?" to the step and the next state.
Step = tuple[Any, dict[str, Any]]


def gradient_descent(o: dict[str, Any], z: dict[str, Any], g: Any, first: bool) -> Step:  # noqa: ARG001, D103
    return -(o["learning_rate"] * g), {}


def heavy_ball(o: dict[str, Any], z: dict[str, Any], g: Any, first: bool) -> Step:  # noqa: ARG001, D103
    d = o["momentum"] * z["d"] - o["learning_rate"] * g
    return d, {"d": d}


def nesterov(o: dict[str, Any], z: dict[str, Any], g: Any, first: bool) -> Step:  # noqa: ARG001, D103
    b = o["momentum"] * z["b"] + g
    return -(o["learning_rate"] * (g + o["momentum"] * b)), {"b": b}


def sign_descent(o: dict[str, Any], z: dict[str, Any], g: Any, first: bool) -> Step:  # noqa: ARG001, D103
    return -(o["learning_rate"] * g.sign()), {}


def lion(o: dict[str, Any], z: dict[str, Any], g: Any, first: bool) -> Step:  # noqa: ARG001, D103
    c = mix(z["m"], g, 1 - o["beta1"]).sign()
    return -(o["learning_rate"] * c), {"m": mix(z["m"], g, 1 - o["beta2"])}


def adam(o: dict[str, Any], z: dict[str, Any], g: Any, first: bool) -> Step:  # noqa: D103
    beta1, beta2, new, r = o["beta1"], o["beta2"], {}, o["beta2"].same(1, 1, 1)
    if o["start"] == "corrected":
        r = beta2.same(0, 0, 1) if first else share(beta2, z["p2"], z["p2"])
        t1, t2 = gain(beta1, z["p1"], first), gain(beta2, z["p2"], first)
        new = {"p1": beta1 * z["p1"], "p2": beta2 * z["p2"]}
    elif o["start"] == "first-gradient" and first:
        t1 = t2 = beta1.same(1, 1, 1)
    else:
        t1, t2 = 1 - beta1, 1 - beta2
    m, v = mix(z["m"], g, t1), mix(z["v"], g.square(), t2)
    y = v
    if o["amsgrad"] is not None:
        y = new["w"] = (r * z["w"] if o["amsgrad"] == "raw" else z["w"]).maximum(v)
    e = o["eps"] if o["eps_hat"] is None else o["eps_hat"] / (1 - new["p2"]).sqrt()
    return -(o["learning_rate"] * m / ((y + o["eps_root"]).sqrt() + e)), {"m": m, "v": v, **new}


def adamax(o: dict[str, Any], z: dict[str, Any], g: Any, first: bool) -> Step:  # noqa: D103
    m = mix(z["m"], g, gain(o["beta1"], z["p1"], first))
    u = (o["beta2"] * z["u"]).maximum(abs(g) + o["eps"])
    return -(o["learning_rate"] * m / u), {"m": m, "u": u, "p1": o["beta1"] * z["p1"]}


def nadam(o: dict[str, Any], z: dict[str, Any], g: Any, first: bool) -> Step:  # noqa: D103
    beta1, beta2, h = o["beta1"], o["beta2"], o["h"]
    m = mix(z["m"], g, 1 - beta1)
    v = mix(z["v"], g.square(), gain(beta2, z["p2"], first))
    new, now, ahead = {}, beta1, beta1
    if h is not None:
        new["D"] = h * z["D"]
        now, ahead = beta1 * (1 - new["D"] / 2), beta1 * (1 - h * new["D"] / 2)
    P = z["P"] * now
    direction = ahead * m / (1 - P * ahead) + (1 - now) * g / (1 - P)
    s = -(o["learning_rate"] * direction / (v.sqrt() + o["eps"]))
    return s, {"m": m, "v": v, "p2": beta2 * z["p2"], "P": P, **new}


def radam(o: dict[str, Any], z: dict[str, Any], g: Any, first: bool) -> Step:  # noqa: D103
    beta1, beta2 = o["beta1"], o["beta2"]
    m = mix(z["m"], g, gain(beta1, z["p1"], first))
    v = mix(z["v"], g.square(), gain(beta2, z["p2"], first))
    q = beta2 * (z["q"] + z["p2"])
    p1, p2 = beta1 * z["p1"], beta2 * z["p2"]
    R = 2 / (1 - beta2) - 1
    rho = R - 2 * q / (1 - p2)
    new = {"m": m, "v": v, "p1": p1, "p2": p2, "q": q}
    small = at_most(rho.v if isinstance(rho, Dual) else rho, Interval(5, 5))
    if small is None:
        raise Undecided("whether rho <= 5")
    if small:
        return -(o["learning_rate"] * m), new
    root = ((rho - 4) * (rho - 2) * R / ((R - 4) * (R - 2) * rho)).sqrt()
    return -(o["learning_rate"] * root * m / (v.sqrt() + o["eps"] / (1 - p2).sqrt())), new


def rmsprop(o: dict[str, Any], z: dict[str, Any], g: Any, first: bool) -> Step:  # noqa: ARG001, D103
    v = variance = mix(z["v"], g.square(), 1 - o["beta2"])
    new = {"v": v}
    if o["centered"]:
        new["a"] = mix(z["a"], g, 1 - o["beta2"])
        variance = v - new["a"].square()
    new["b"] = o["momentum"] * z["b"] + g / ((variance + o["eps_root"]).sqrt() + o["eps"])
    return -(o["learning_rate"] * new["b"]), new


def adabelief(o: dict[str, Any], z: dict[str, Any], g: Any, first: bool) -> Step:  # noqa: ARG001, D103
    m = mix(z["m"], g, 1 - o["beta1"])
    s = mix(z["s"], (g - m).square(), 1 - o["beta2"]) + o["eps_sum"]
    p1, p2 = o["beta1"] * z["p1"], o["beta2"] * z["p2"]
    root = (s / (1 - p2) + o["eps_root"]).sqrt()
    return -(o["learning_rate"] * (m / (1 - p1)) / (root + o["eps"])), {"m": m, "s": s, "p1": p1, "p2": p2}


# Name: recurrence, parameters, state. A word before "?" says when a variable is there.
METHODS: dict[str, tuple[Any, str, str]] = {
    "gradient-descent": (gradient_descent, "learning_rate", ""),
    "heavy-ball": (heavy_ball, "learning_rate momentum", "d=0"),
    "nesterov": (nesterov, "learning_rate momentum", "b=0"),
    "sign-descent": (sign_descent, "learning_rate", ""),
    "lion": (lion, "learning_rate beta1 beta2", "m=0"),
    "adam": (
        adam,
        "learning_rate beta1 beta2 eps eps_root eps_hat start amsgrad",
        "m=0 v=0 amsgrad?w=0 corrected?p1=1 corrected?p2=1",
    ),
    "adamax": (adamax, "learning_rate beta1 beta2 eps", "m=0 u=0 p1=1"),
    "nadam": (nadam, "learning_rate beta1 beta2 eps momentum_decay", "m=0 v=0 p2=1 P=1 decay?D=1"),
    "radam": (radam, "learning_rate beta1 beta2 eps", "m=0 v=0 p1=1 p2=1 q=0"),
    "rmsprop": (rmsprop, "learning_rate beta2 eps eps_root momentum centered", "v=0 centered?a=0 b=0"),
    "adabelief": (adabelief, "learning_rate beta1 beta2 eps eps_root eps_sum", "m=0 s=0 p1=1 p2=1"),
    "normalized": (None, "learning_rate momentum eps", ""),
    "lars": (None, "learning_rate momentum trust_coefficient weight_decay eps", ""),
    "muon": (None, "learning_rate momentum eps nesterov coefficients ns_steps rows columns", ""),
    "linear": (None, "a b", ""),
}
COORDINATE = [name for name, (recurrence, _, _) in METHODS.items() if recurrence is not None]
WORDS = {
    "start": ("zero", "first-gradient", "corrected"),
    "amsgrad": (None, "raw", "corrected"),
    "centered": (True, False),
    "nesterov": (True, False),
}


def parameter(key: str, value: Any, numbers: bool) -> Any:
    """One parameter of a method, as an interval, a count, a word or a list of numbers."""
    if key in WORDS:
        return one_of(value, WORDS[key], key)
    if key in ("ns_steps", "rows", "columns"):
        return count(value, key, high=20 if key == "ns_steps" else MANY)
    if key in ("coefficients", "a", "b"):
        return [number(x, key) for x in array(value, 3 if key == "coefficients" else None, key, 1, 100)]
    if key in ("eps_hat", "momentum_decay") and value is None:
        return None
    if key == "momentum_decay":
        return number(value, key, lambda x: 0 <= x.numerator <= 1000 >= x.denominator, "p/q with 0 <= p, q <= 1000")
    x = Interval.of(number(value, key)) if numbers else either(value, key)
    if key in ("learning_rate", "trust_coefficient"):
        good = x.lo > 0
    elif key in ("beta1", "beta2", "momentum"):
        good = x.lo >= 0 and (x.hi < 1 or (x.hi == 1 and not x.exact))
    else:
        good = x.lo >= 0
    if not good:
        raise Malformed(f"{key} = {show(value)} is out of range")
    return x


def read_method(value: Any, names: Sequence[str], numbers: bool) -> dict[str, Any]:
    """The parameters by name, and `name`; `h` for nadam."""
    name = one_of(value.get("name") if isinstance(value, dict) else None, names, "method name")
    keys = METHODS[name][1].split()
    fields(value, ["name", *keys], "method")
    o = {"name": name, **{key: parameter(key, value[key], numbers) for key in keys}}
    if name == "adam" and o["eps_hat"] is not None:
        zeros = value["eps"] == "0" == value["eps_root"]
        if o["start"] != "corrected" or o["amsgrad"] == "corrected" or not zeros:
            raise Malformed("eps_hat goes with start corrected, amsgrad not corrected, eps and eps_root 0")
    if name == "nadam":
        o["h"] = None if o["momentum_decay"] is None else decay(o["momentum_decay"])
    if name == "linear" and (len(o["a"]) != len(o["b"]) or sum(x != 0 for x in o["b"]) != 1):
        raise Malformed("a and b are of equal length, and one of b is not 0")
    return o


def decay(power: Fraction) -> Interval:
    """(24/25)^power between neighboring multiples of 2^-256: the q-th root of an integer, by Newton's method from above."""
    p, q = power.numerator, power.denominator
    if p == 0:
        return ONE
    n, root = (24**p << GRID * q) // 25**p, UNIT
    while (closer := ((q - 1) * root + n // root ** (q - 1)) // q) < root:
        root = closer
    return Interval(root, root + 1, UNIT)


def variables(o: dict[str, Any]) -> dict[str, int]:
    """The state variables of a method in order, each with its start."""
    there = {
        "amsgrad": o.get("amsgrad") is not None,
        "corrected": o.get("start") == "corrected",
        "decay": o.get("momentum_decay") is not None,
        "centered": o.get("centered") is True,
    }
    items = [item.rpartition("?") for item in METHODS[o["name"]][2].split()]
    return {item[:-2]: int(item[-1]) for when, _, item in items if not when or there[when]}


def without_powers(o: dict[str, Any]) -> bool:
    """Whether the state alone decides the step: no p, P, D, q, and no start from the first gradient."""
    return not {"p1", "p2", "P", "D", "q"} & variables(o).keys() and o.get("start") != "first-gradient"


def step(o: dict[str, Any], z: dict[str, Any], g: Any, first: bool = False) -> Step:
    """One step of a method of the table."""
    s, new = METHODS[o["name"]][0](o, z, g, first)
    return s, {name: new[name] for name in z}


def lifted(o: dict[str, Any], lift: Callable[[Interval], Interval]) -> dict[str, Any]:
    """The parameters in another arithmetic."""
    return {key: lift(x) if isinstance(x, Interval) else x for key, x in o.items()}


# ---------------------------------------------------------------------------------------------------------- sentences


def spoken(value: Any) -> str:
    """A word, number, range or array as sentences have it."""
    if isinstance(value, list):
        return f"[{', '.join(map(spoken, value))}]"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def relation_of(value: Any, name: str = "x") -> str:
    """`name = value`, or `name in [a, b]`."""
    return f"{name} in {spoken(value)}" if isinstance(value, list) else f"{name} = {spoken(value)}"


def method_words(raw: dict[str, Any]) -> str:
    """METHOD."""
    items = ((key, raw[key]) for key in METHODS[raw["name"]][1].split())
    words = (f"{k} = {spoken(v)}" if k in ("coefficients", "a", "b") else relation_of(v, k) for k, v in items)
    return f"{raw['name']}({', '.join(words)})"


def class_words(claim: dict[str, Any], jets: str = "", space: bool = False) -> str:
    """SMOOTH, LOW CLASS WORST and the stop."""
    f, slope, x = ("F", "grad F", "|x|") if space else ("f", "f'", "x")
    lipschitz, infimum, mu = claim["lipschitz"], claim["infimum"], claim.get("mu")
    constant = "the Lipschitz constant" if lipschitz["relation"] == "=" else "a Lipschitz constant of at most"
    words = f"{slope} has {constant} {lipschitz['value']}, inf {f} {infimum['relation']} {infimum['value']}"
    if mu is not None:
        words += f", {f} is convex" if mu == "0" else f", {f} - ({mu}/2) {x}^2 is convex"
    return words + jets + ("; no smaller constant will do" if claim.get("optimal") else "") + "."


# -------------------------------------------------------------------------------------------------------------- kinds

# Each kind has a reader, which checks the form of (method, function, claim, proof) and returns what the proof needs with
# the sentence that the claim must have, and a prover, which examines the conditions in order.
CLASS = ("lipschitz", "infimum", "mu", "optimal")


def read_bounds(claim: dict[str, Any], relations: tuple[str, str] = ("=<", "=>")) -> SimpleNamespace:
    """`lipschitz` and `infimum`; the first letters of the relations that are allowed."""
    o = SimpleNamespace()
    for key, allowed, words in (("lipschitz", relations[0], ("=", "<=")), ("infimum", relations[1], ("=", ">="))):
        value = fields(claim[key], ("relation", "value"), key)
        relation = one_of(value["relation"], [word for word in words if word[0] in allowed], f"{key} relation")
        setattr(o, key, (relation, number(value["value"], key)))
    return o


def read_class(claim: dict[str, Any]) -> SimpleNamespace:
    """The four claims about f."""
    o = read_bounds(claim)
    o.mu = None if claim["mu"] is None else number(claim["mu"], "mu")
    o.optimal = one_of(claim["optimal"], (True, False), "optimal")
    if o.optimal and o.lipschitz[0] != "=":
        raise Malformed("optimal goes with the relation = of lipschitz")
    return o


def read_none(value: Any, what: str) -> None:
    """Null."""
    if value is not None:
        raise Malformed(f"{what} = {show(value)} is not null")


def read_state(value: Any, names: Sequence[str], what: str, read: Callable[[Any, str], Any]) -> dict[str, Any]:
    """An object that gives each state variable something, in the order of the table."""
    fields(value, list(names), what)
    return {name: read(value[name], f"{name} of {what}") for name in names}


def read_function(raw: dict[str, Any]) -> tuple[SimpleNamespace, str]:
    """Kind `function`."""
    read_none(raw["method"], "method")
    claim = fields(raw["claim"], (*CLASS, "jets"), "claim")
    fields(raw["proof"], (), "proof")
    o, f = read_class(claim), Function(raw["function"])
    jets = [[number(x, "jet") for x in array(jet, 3, "jet")] for jet in array(claim["jets"], None, "jets", 0, 100_000)]
    words = f", through {len(jets)} jets" if jets else ""
    o.f, o.jets = f, jets
    return o, f"A function of one variable: {class_words(claim, words)}"


def prove_function(o: SimpleNamespace) -> None:
    """The function of the file has the properties, and goes through the jets."""
    o.f.check(o)
    with condition("5"):
        for x, value, slope in o.jets:
            found = o.f.exactly(x)
            require(
                found == (value, slope), "(f, f') = ({}, {}) at {}, where the jet is ({}, {})", *found, x, value, slope
            )
    if o.optimal:
        with condition("6"):
            jets = sorted({x: (x, value, slope) for x, value, slope in reversed(o.jets)}.values())
            require(len(jets) >= 2, "there are two jets at different points")
            L, good = o.lipschitz[1], False
            for (x0, f0, g0), (x1, f1, g1) in pairwise(jets):
                h = x1 - x0
                a, b = abs(2 * (f0 - f1) + (g0 + g1) * h) / h**2, abs(g1 - g0) / h
                good = good or L <= a or (L - a) ** 2 <= a * a + b * b
            require(good, "some pair of jets needs the Lipschitz constant {}", L)


def read_drift(raw: dict[str, Any]) -> tuple[SimpleNamespace, str]:
    """Kind `drift`."""
    keys = ("start", "state", "from", "period", "shift", "slope", "rounding")
    claim = fields(raw["claim"], (*keys, *CLASS), "claim")
    proof = fields(raw["proof"], ("rule", "word", "box", "settled", "radius", "rate"), "proof")
    o = read_class(claim)
    o.m, o.f = read_method(raw["method"], COORDINATE, numbers=False), Function(raw["function"])
    names = list(variables(o.m))
    o.start, o.K = reach(claim["start"], "start"), count(claim["from"], "from", 1, 100_000)
    o.state = variables(o.m)
    if claim["state"] is not None:
        if not without_powers(o.m):
            raise Malformed("a state is given for a method that counts its steps")
        o.state = read_state(claim["state"], names, "state", number)
    o.p, o.c = count(claim["period"], "period", 1, 10_000), positive(claim["slope"], "slope")
    shift = fields(claim["shift"], ("relation", "value"), "shift")
    one_of(shift["relation"], ("=", "->"), "shift relation")
    o.d = number(shift["value"], "shift", lambda x: x != 0, "other than 0")
    o.rounding = None
    if claim["rounding"] is not None:
        rounding = fields(claim["rounding"], ("unit", "steps"), "rounding")
        u = number(rounding["unit"], "unit", lambda x: 0 < x < 1, "in (0, 1)")
        o.rounding = u, count(rounding["steps"], "steps of rounding", o.K + 1)
    o.rule = one_of(proof["rule"], ("invariant", "contracting", "rounded"), "rule")
    if (o.rule == "rounded") != (o.rounding is not None):
        raise Malformed("the rule is rounded exactly when rounding is not null")
    if o.rule != "invariant" and (shift["relation"] != "->" or o.optimal):
        raise Malformed(f"{o.rule} goes with the relation -> of shift, and without optimal")
    if o.rule == "rounded" and o.p != 1:
        raise Malformed("rounded goes with period 1")
    o.word = [number(w, "word") for w in array(proof["word"], o.p, "word")]
    if o.rule == "contracting":
        read_none(proof["box"], "box")
        o.settled = read_state(proof["settled"], names, "settled", number)
        o.radius = read_state(proof["radius"], names, "radius", not_negative)
        o.rate = rate(proof["rate"], "rate")
    else:
        o.box = read_state(proof["box"], names, "box", reach)
        for key in ("settled", "radius", "rate"):
            read_none(proof[key], key)
    words = f"{method_words(raw['method'])} runs away on a function of one variable: from every start in "
    words += ", ".join([spoken(claim["start"]), *(f"with {x}" for x in [state_words(claim["state"], names)] if x)])
    words += f" it moves by {shift['value']} every {o.p} steps "
    words += f"from step {o.K} on" if shift["relation"] == "=" else "in the limit"
    if o.rounding:
        words += f", for {o.rounding[1]} steps with a relative error of at most {rounding['unit']} in every operation"
    return o, f"{words}, and |f'| >= {claim['slope']} at every iterate; {class_words(claim)}"


def state_words(state: dict[str, Any] | None, names: Sequence[str]) -> str:
    """`m = number, v = number`."""
    return ", ".join(relation_of(state[name], name) for name in names) if state else ""


def in_the_wells(o: SimpleNamespace, x: Interval, w: Fraction, i: int) -> None:
    """f' over x is the letter w, and x lies in the part that repeats, or beyond."""
    require(equal(o.f.slope(x), Interval.of(w)), "f' = {} over X_{} = {}", w, i, x)
    if o.d > 0:
        require(x.lo >= o.f.t[-1] - o.f.right_T, "X_{} = {} lies in the repeated part", i, x)
    else:
        require(x.hi <= o.f.t[0] + o.f.left_T, "X_{} = {} lies in the repeated part", i, x)


def prove_drift(o: SimpleNamespace) -> None:
    """The transient ends in a state from which the word of gradients, and with it the drift, repeats for ever."""
    c, d = Interval.of(o.c), Interval.of(o.d)
    u, N = o.rounding or (Fraction(0), 0)
    factor = Interval.of(1 - u, 1 + u)
    lift = (lambda x: Widened(x, factor)) if o.rounding else (lambda x: x)
    o.m = lifted(o.m, lift)
    o.f.check(o)
    with condition("2"):
        T = o.f.right_T if o.d > 0 else o.f.left_T
        require(T is not None, "the {} tail repeats", "right" if o.d > 0 else "left")
        require((o.d / T).denominator == 1, "the shift {} is a multiple of the period {}", o.d, T)
    with condition("3"):
        x, z = lift(o.start), {name: lift(Interval.of(value)) for name, value in o.state.items()}
        for k in range(o.K):
            g = lift(o.f.slope(x)) * 1 if o.rounding else o.f.slope(x)
            require(at_most(c, abs(g)), "step {}: {} <= |f'| = |{}|", k, o.c, g)
            s, z = step(o.m, z, g, first=k == 0)
            x = x + s
    x = Interval(x.a, x.b, x.d)
    with condition("4"):
        for i, w in enumerate(o.word):
            require(abs(w) >= o.c, "|w_{}| = |{}| >= {}", i, w, o.c)
    if o.rule == "contracting":
        return prove_contracting(o, x, z, d)
    with condition("5a"):
        for name, value in z.items():
            require(within(value, o.box[name]), "{} = {} lies in its box {}", name, value, o.box[name])
    places, steps = [x], []
    with condition("5b"):
        z = {name: lift(value) for name, value in o.box.items()}
        for i, w in enumerate(o.word):
            if i:
                places.append(places[-1] + steps[-1])
            if not o.rounding:
                in_the_wells(o, places[-1], w, i)
            s, z = step(o.m, z, lift(Interval.of(w)) * 1 if o.rounding else Interval.of(w))
            steps.append(s)
    with condition("5c"):
        for name, value in z.items():
            require(within(value, o.box[name]), "{} = {} lies in its box {} again", name, value, o.box[name])
    with condition("5d"):
        if not o.rounding:
            require(equal(total(steps), d), "the steps sum to {}, the shift is {}", total(steps), o.d)
        else:
            s = Interval(steps[0].a, steps[0].b, steps[0].d)
            require(None if N * u >= 1 else True, "N·u = {} < 1", N * u)
            size, off = largest(x) + N * largest(s), largest(s - d)
            E = N * (off + Interval.of(u) * (size / Interval.of(1 - N * u)))
            in_the_wells(o, x + Interval.of(-E.hi, E.hi), o.word[0], 0)
    if o.optimal:
        with condition("6"):
            prove_drift_optimal(o, places)
    return None


def largest(x: Interval) -> Interval:
    """The largest absolute value in x."""
    return Interval.of(max(abs(x.lo), abs(x.hi)))


def prove_contracting(o: SimpleNamespace, x: Interval, z: dict[str, Interval], d: Interval) -> None:
    """The state comes to a settled one, from which the word moves x by the shift."""
    box = {name: Interval.of(y) + Interval.of(-o.radius[name], o.radius[name]) for name, y in o.settled.items()}
    radii = [Interval.of(r) for r in o.radius.values()]
    with condition("5a"):
        for name, value in z.items():
            require(within(value, box[name]), "{} = {} lies in {}", name, value, box[name])
    with condition("5b"):
        z, steps = {name: Interval.of(y) for name, y in o.settled.items()}, []
        for w in o.word:
            s, z = step(o.m, z, Interval.of(w))
            steps.append(s)
        for name, value in z.items():
            require(equal(value, Interval.of(o.settled[name])), "{} = {} is {} again", name, value, o.settled[name])
        require(equal(total(steps), d), "the steps sum to {}, the shift is {}", total(steps), o.d)
    with condition("5c"):
        state = dict(zip(box, duals(list(box.values())), strict=True))
        errors = [ZERO]
        moved: Any = None
        for w in o.word:
            s, state = step(o.m, state, Interval.of(w))
            moved = s if moved is None else moved + s
            errors.append(weighted(moved, radii))
        for (name, value), r in zip(state.items(), radii, strict=True):
            require(
                at_most(weighted(value, radii), Interval.of(o.rate) * r), "{} contracts by the rate {}", name, o.rate
            )
    with condition("5d"):
        R = errors[-1] / (1 - Interval.of(o.rate))
        for i, (w, error, ahead) in enumerate(zip(o.word, errors, accumulate([ZERO, *steps]), strict=False)):
            in_the_wells(o, x + ahead + Interval(-1, 1) * (R + error), w, i)


def duals(box: Sequence[Interval]) -> list[Dual]:
    """The intervals as variables."""
    return [Dual(value, [ONE if i == j else ZERO for j in range(len(box))]) for i, value in enumerate(box)]


def weighted(value: Any, radii: Sequence[Interval]) -> Interval:
    """Σ |derivative|·radius."""
    terms = [abs(a) * r for a, r in zip(value.parts, radii, strict=True)] if isinstance(value, Dual) else []
    return total(terms)  # type: ignore[no-any-return]


def prove_drift_optimal(o: SimpleNamespace, places: list[Interval]) -> None:
    """On every gap between the points, and around a period, a smaller constant is too small."""
    require(None if any(not x.exact for x in places) else True, "every X_i is exact")
    D, L = abs(o.d), o.lipschitz[1]
    nodes = sorted((x.lo % D, w) for x, w in zip(places, o.word, strict=True))
    nodes.append((nodes[0][0] + D, nodes[0][1]))
    gaps = [(t1 - t0, w0, w1) for (t0, w0), (t1, w1) in pairwise(nodes)]
    require(all(h > 0 for h, _, _ in gaps), "the X_i differ modulo the shift")
    if any(L * h <= abs(w1 - w0) for h, w0, w1 in gaps):
        return
    fall = sum(h * (w0 + w1) for h, w0, w1 in gaps) / 2 * (-1 if o.d > 0 else 1)
    bound = sum((h * h * L - (w1 - w0) ** 2 / L) for h, w0, w1 in gaps) / 4
    require(fall >= bound, "a smaller constant than {} is too small (per period {} >= {})", L, fall, bound)


def read_cycle(raw: dict[str, Any]) -> tuple[SimpleNamespace, str]:
    """Kind `cycle`."""
    claim = fields(raw["claim"], ("period", "x", "state", "slope", "stability", *CLASS), "claim")
    proof = fields(raw["proof"], ("rule", "matrix"), "proof")
    o = read_class(claim)
    o.m, o.f = read_method(raw["method"], COORDINATE, numbers=True), Function(raw["function"])
    if not without_powers(o.m):
        raise Malformed(f"{o.m['name']} with this start counts its steps and has no cycles here")
    names = list(variables(o.m))
    o.names = ["x", *names]
    o.p, o.c = count(claim["period"], "period", 1, 10_000), positive(claim["slope"], "slope")
    o.rule = one_of(proof["rule"], ("exact", "enclosed"), "rule")
    o.z = [either(claim["x"], "x"), *read_state(claim["state"], names, "state", either).values()]
    for name, value, written in zip(o.names, o.z, [claim["x"], *(claim["state"][n] for n in names)], strict=True):
        if isinstance(written, list) != (o.rule == "enclosed") or (o.rule == "enclosed" and value.exact):
            raise Malformed(f"{name} = {show(written)} does not fit the rule {o.rule}")
    if o.rule == "exact":
        read_none(proof["matrix"], "matrix")
    elif o.optimal:
        raise Malformed("optimal goes with the rule exact")
    else:
        rows = [array(row, len(o.z), "row of the matrix") for row in array(proof["matrix"], len(o.z), "matrix")]
        o.matrix = [[Interval.of(number(y, "matrix")) for y in row] for row in rows]
    words = ", ".join(relation_of(claim["state"][n], n) if n != "x" else relation_of(claim["x"]) for n in o.names)
    words = (
        f"{method_words(raw['method'])} goes round on a function of one variable: from {words} it is back after {o.p} "
    )
    words += f"steps, and |f'| >= {claim['slope']} at every iterate"
    stability, o.stability = claim["stability"], None
    if stability is not None:
        o.stability = one_of(stability.get("type") if isinstance(stability, dict) else None, KINDS_OF_STABILITY, "type")
    if o.stability == "attracting":
        fields(stability, ("type", "repeats", "rate", "radius"), "stability")
        o.n = count(stability["repeats"], "repeats", 1, 100_000 // o.p)
        o.rate = rate(stability["rate"], "rate")
        o.radius = list(read_state(stability["radius"], o.names, "radius", positive).values())
        near = ", ".join(f"{stability['radius'][name]} of {name}" for name in o.names)
        words += f", and every start within {near} converges to the cycle"
    elif o.stability == "repelling":
        fields(stability, ("type", "multiplier"), "stability")
        o.multiplier = reach(stability["multiplier"], "multiplier")
        if not (o.multiplier.lo > 1 or o.multiplier.hi < -1):
            raise Malformed(f"multiplier = {show(o.multiplier)} is neither above 1 nor below -1")
        words += f", and the cycle repels with a multiplier in {spoken(stability['multiplier'])}"
    return o, f"{words}; {class_words(claim)}"


KINDS_OF_STABILITY = ("attracting", "repelling")


def rounds(
    o: SimpleNamespace, z: Sequence[Any], steps: int, see: Callable[[Any, Any], None] | None = None
) -> list[Any]:
    """Φ: the variables after so many steps; `see` is shown each x and gradient."""
    x, state = z[0], dict(zip(o.names[1:], z[1:], strict=True))
    for _ in range(steps):
        g = o.f.slope(x)
        if see is not None:
            see(x, g)
        s, state = step(o.m, state, o.lift(g))
        x = x + s
    return [x, *state.values()]


def jacobian(o: SimpleNamespace, box: Sequence[Interval], steps: int) -> list[list[Interval]]:
    """Φ' over the box."""
    return [list(duals(box)[0].like(y).parts) for y in rounds(o, duals(box), steps)]


def determinant(rows: list[list[Interval]]) -> Any:
    """By Laplace expansion along the first row."""
    if len(rows) == 1:
        return rows[0][0]
    terms = [a * determinant([row[:j] + row[j + 1 :] for row in rows[1:]]) for j, a in enumerate(rows[0])]
    return functools.reduce(lambda x, y: x + y, (-y if j % 2 else y for j, y in enumerate(terms)))


def prove_cycle(o: SimpleNamespace) -> None:
    """A fixed point of p steps, met exactly or by Krawczyk's test, and its derivative."""
    o.lift = lambda x: x
    o.f.check(o)
    c, size, seen = Interval.of(o.c), range(len(o.z)), []

    def see(x: Interval, g: Interval) -> None:
        require(at_most(c, abs(g)), "step {}: {} <= |f'| = |{}|", len(seen), o.c, g)
        seen.append((x, g))

    with condition("2"):
        if o.rule == "exact":
            m, o.lift = o.m, lambda x: Exact(x.a, x.b, x.d).same(x.a, x.b, x.d) if isinstance(x, Interval) else x
            o.m = lifted(m, o.lift)
            ends = rounds(o, [o.lift(x) for x in o.z], o.p, see)
            for name, start, end in zip(o.names, o.z, ends, strict=True):
                require(equal(end, start), "{} = {} is {} again", name, end, start)
            o.m, o.lift = m, lambda x: x
        else:
            middle = [Interval.of((x.lo + x.hi) / 2) for x in o.z]
            miss = [y - x for x, y in zip(middle, rounds(o, middle, o.p), strict=True)]
            J = jacobian(o, o.z, o.p)
            J = [[J[a][b] - int(a == b) for b in size] for a in size]
            for a, name in enumerate(o.names):
                row = [int(a == b) - total([o.matrix[a][e] * J[e][b] for e in size]) for b in size]
                K = middle[a] - total([o.matrix[a][b] * miss[b] for b in size])
                K = K + total([row[b] * (o.z[b] - middle[b]) for b in size])
                require(inside(K, o.z[a]), "{}: Krawczyk's {} lies strictly inside {}", name, K, o.z[a])
            rounds(o, o.z, o.p, see)
    with condition("3"):
        if o.stability == "attracting":
            J = jacobian(o, [x + Interval.of(-r, r) for x, r in zip(o.z, o.radius, strict=True)], o.n * o.p)
            for name, row, r in zip(o.names, J, o.radius, strict=True):
                far = total([abs(a) * Interval.of(b) for a, b in zip(row, o.radius, strict=True)])
                require(at_most(far, Interval.of(o.rate) * Interval.of(r)), "{} contracts by the rate {}", name, o.rate)
        if o.stability == "repelling":
            for k, (x, _) in enumerate(seen):
                require(o.f.over(x, 2)[1] == 1 or None, "step {}: X = {} lies in one piece", k, x)
            J = jacobian(o, o.z, o.p)
            signs = []
            for end in (o.multiplier.lo, o.multiplier.hi):
                value = determinant([[J[a][b] - Interval.of(end) if a == b else J[a][b] for b in size] for a in size])
                require(None if value.touches_zero else True, "det(J - {}) = {} is not 0", end, value)
                signs.append(value.a > 0)
            require(signs[0] != signs[1], "det(J - lambda) changes sign over {}", o.multiplier)
    if o.optimal:
        with condition("4"):
            points = sorted({x.lo: g.lo for x, g in seen}.items())
            good = any(o.lipschitz[1] * (x1 - x0) <= abs(g1 - g0) for (x0, g0), (x1, g1) in pairwise(points))
            require(good, "some pair of points needs the Lipschitz constant {}", o.lipschitz[1])


def read_orbit(raw: dict[str, Any]) -> tuple[SimpleNamespace, str]:
    """Kind `orbit`."""
    keys = ("dimension", "steps", "closed", "slope", "rise", "lipschitz", "infimum", "mu")
    claim = fields(raw["claim"], keys, "claim")
    read_none(raw["function"], "function")
    o = read_bounds(claim, ("<", ">"))
    o.closed = one_of(claim["closed"], (True, False), "closed")
    o.n, o.K = count(claim["dimension"], "dimension", 1, 20_000), count(claim["steps"], "steps", 1, 2000)
    points = o.K if o.closed else o.K + 1
    if points > 2000 or points * o.n > 20_000:
        raise Malformed(f"{points} points of dimension {o.n} are too many")
    o.c, o.L = positive(claim["slope"], "slope"), positive(claim["lipschitz"]["value"], "lipschitz")
    o.mu = None if claim["mu"] is None else number(claim["mu"], "mu", lambda x: 0 <= x < o.L, "in [0, L)")
    names = ["linear"] if o.closed else [name for name in METHODS if name != "linear"]
    o.m = read_method(raw["method"], names, numbers=True)
    if o.m["name"] == "muon" and o.m["rows"] * o.m["columns"] != o.n:
        raise Malformed("rows·columns is not the dimension")
    proof = fields(raw["proof"], ("points", "values") if o.closed else ("x0", "gradients", "values"), "proof")
    o.values = [Interval.of(number(y, "value")) for y in array(proof["values"], points, "values")]

    def vectors(value: Any, what: str, size: int, read: Callable[[Any, str], Any]) -> list[list[Any]]:
        return [[read(x, what) for x in array(row, o.n, what)] for row in array(value, size, what)]

    words = method_words(raw["method"])
    if o.closed:
        read_none(claim["rise"], "rise")
        o.written = vectors(proof["points"], "points", points, coordinate)
        words += f" goes round on a function of {o.n} variables: {o.K} points repeat for ever, and |grad F| >= "
        return o, f"{words}{claim['slope']} at each; {class_words(claim, space=True)}"
    o.rise = number(claim["rise"], "rise")
    o.x0 = vectors([proof["x0"]], "x0", 1, lambda x, what: Interval.of(number(x, what)))[0]
    o.g = vectors(proof["gradients"], "gradients", points, lambda x, what: Interval.of(number(x, what)))
    words += f" on a function of {o.n} variables: for {o.K} steps |grad F| >= {claim['slope']}, and F rises by "
    return o, f"{words}{claim['rise']}; {class_words(claim, space=True)}"


def coordinate(value: Any, what: str) -> tuple[Fraction, Fraction | None]:
    """A number a, or a·cos(2πt): (a, t), where t is None for a number; sin(2πt) is cos(2π(t - 1/4))."""
    if not isinstance(value, list):
        return number(value, what), None
    array(value, 3, what)
    one_of(value[0], ("cos", "sin"), what)
    t = number(value[2], what, lambda t: t.denominator <= 1000, "of a denominator of at most 1000")
    return number(value[1], what), t - Fraction(value[0] == "sin", 4)


def dot(u: Sequence[Any], v: Sequence[Any]) -> Any:
    """The inner product, in order."""
    return total([x * y for x, y in zip(u, v, strict=True)])


def squares(u: Sequence[Any]) -> Any:
    """|u|², in order."""
    return total([x.square() for x in u])


def times(A: list[list[Any]], B: list[list[Any]]) -> list[list[Any]]:
    """The product of two matrices."""
    columns = list(zip(*B, strict=True))
    return [[dot(row, column) for column in columns] for row in A]


def orthogonalized(o: dict[str, Any], X: list[list[Any]]) -> list[list[Any]]:
    """Muon's iteration."""
    a, b, c = (Interval.of(x) for x in o["coefficients"])
    for _ in range(o["ns_steps"]):
        A = times(X, [list(column) for column in zip(*X, strict=True)])
        AA = times(A, A)
        polynomial = [[b * x + c * y for x, y in zip(*rows, strict=True)] for rows in zip(A, AA, strict=True)]
        ahead = times(polynomial, X)
        X = [[a * x + y for x, y in zip(*rows, strict=True)] for rows in zip(X, ahead, strict=True)]
    return X


def vector_step(o: dict[str, Any], x: list[Any], m: list[Any], g: list[Any]) -> tuple[list[Any], list[Any]]:
    """One step of a method that is not coordinate-wise: the step and the next state."""
    lr, momentum, eps = o["learning_rate"], o["momentum"], o["eps"]
    if o["name"] == "lars":
        decay, length = o["weight_decay"], squares(x).sqrt()
        local = o["trust_coefficient"] * length / (squares(g).sqrt() + decay * length + eps)
        m = [momentum * d + lr * local * (y + decay * z) for d, y, z in zip(m, g, x, strict=True)]
        return [-d for d in m], m
    m = [mix(old, y, 1 - momentum) for old, y in zip(m, g, strict=True)]
    if o["name"] == "normalized":
        length = squares(m).sqrt() + eps
        return [-(lr * (y / length)) for y in m], m
    U = [mix(y, b, momentum) for y, b in zip(g, m, strict=True)] if o["nesterov"] else m
    length, r, c = squares(U).sqrt().maximum(eps), o["rows"], o["columns"]
    X = orthogonalized(o, [[y / length for y in U[i * c : (i + 1) * c]] for i in range(r)])
    scale = lr * Interval.of(max(Fraction(1), Fraction(r, c))).sqrt()
    return [-(scale * y) for row in X for y in row], m


def run_orbit(o: SimpleNamespace) -> list[list[Any]]:
    """x_0, ..., x_K with the gradients given."""
    points, name = [o.x0], o.m["name"]
    if name in COORDINATE:
        states = [{key: Interval.of(value) for key, value in variables(o.m).items()} for _ in range(o.n)]
        for k in range(o.K):
            moves = [step(o.m, z, g, first=k == 0) for z, g in zip(states, o.g[k], strict=True)]
            states = [z for _, z in moves]
            points.append([x + s for x, (s, _) in zip(points[-1], moves, strict=True)])
        return points
    if (
        name == "muon"
        and o.K * o.m["ns_steps"] * o.m["rows"] * o.m["rows"] * (o.m["rows"] + 2 * o.m["columns"]) > 10**7
    ):
        raise Undecided("the matrices are too large to be multiplied here")
    m: list[Any] = [ZERO] * o.n
    for g in o.g[: o.K]:
        s, m = vector_step(o.m, points[-1], m, g)
        points.append([x + y for x, y in zip(points[-1], s, strict=True)])
    return points


def close_orbit(o: SimpleNamespace) -> tuple[list[list[Any]], list[list[Any]]]:
    """The points, and the gradients that the recurrence asks for at them."""
    points = [[Interval.of(a) if t is None else Interval.of(a) * cosine(t) for a, t in row] for row in o.written]
    a, (lag, b) = [Interval.of(y) for y in o.m["a"]], next((i, y) for i, y in enumerate(o.m["b"]) if y != 0)
    if not any(max(x.lo for x in column) > min(x.hi for x in column) for column in zip(*points, strict=True)):
        require(False if all(x.exact for row in points for x in row) else None, "two points are different")
    gradients: list[list[Any]] = [[]] * o.K
    for k in range(o.K):
        ahead = [total([y * points[(k - i) % o.K][e] for i, y in enumerate(a)]) for e in range(o.n)]
        target = zip(points[(k + 1) % o.K], ahead, strict=True)
        gradients[(k - lag) % o.K] = [(x - y) / Interval.of(b) for x, y in target]
    return points, gradients


def prove_orbit(o: SimpleNamespace) -> None:
    """The points are the method's, and a function with the gradients at them exists."""
    with condition("1"):
        x, g = close_orbit(o) if o.closed else (run_orbit(o), o.g)
    L, f, c, norms = Interval.of(o.L), o.values, Interval.of(o.c), [squares(y) for y in g]
    with condition("2"):
        for k, norm in enumerate(norms):
            require(at_most(c * c, norm), "{}² <= |g_{}|² = {}", o.c, k, norm)
        if not o.closed:
            require(equal(f[-1] - f[0], Interval.of(o.rise)), "F rises by {}", o.rise)
    mu = Interval.of(o.mu or 0)
    with condition("3"):
        for i, j in combinations(range(len(x)), 2):
            apart = [y - z for y, z in zip(x[j], x[i], strict=True)]
            change = [y - z for y, z in zip(g[j], g[i], strict=True)]
            D, G = squares(apart), squares(change)
            if D.touches_zero:
                require(False if D.exact else None, "x_{} and x_{} are different", i, j)
            if o.mu is None:
                both = [y + z for y, z in zip(g[i], g[j], strict=True)]
                A, LD = abs(2 * (f[i] - f[j]) + dot(both, apart)), L * D
                require(at_most(2 * A, LD), "pair ({}, {}): 2|A| = {} <= L·D = {}", i, j, 2 * A, LD)
                bound = LD.square() - 2 * L * D * A
                require(at_most(G * D, bound), "pair ({}, {}): G·D = {} <= {}", i, j, G * D, bound)
                continue
            # The right side is the same for (j, i): both differences change their signs there.
            right = (G / L + mu * D - 2 * (mu / L) * dot(change, apart)) / (2 * (1 - mu / L))
            left = f[i] - f[j] + dot(g[j], apart), f[j] - f[i] - dot(g[i], apart)
            require(at_most(right, left[0]), "pair ({}, {}): {} >= {}", i, j, left[0], right)
            require(at_most(right, left[1]), "pair ({}, {}): {} >= {}", j, i, left[1], right)
    with condition("4"):
        low, bend = Interval.of(o.infimum[1]), mu if o.mu else L
        answers = [at_most(low, y - norm / (2 * bend)) for y, norm in zip(f, norms, strict=True)]
        if o.mu:
            answer = True if True in answers else False if not any(y is None for y in answers) else None
            require(answer, "{} is below the bound at some point", o.infimum[1])
        for i, good in enumerate(() if o.mu else answers):
            require(good, "{} <= f_{} - |g_{}|²/2L", o.infimum[1], i, i)


def read_vanishing(raw: dict[str, Any]) -> tuple[SimpleNamespace, str]:
    """Kind `vanishing`."""
    claim = fields(raw["claim"], ("slope", "lipschitz", "infimum"), "claim")
    proof = fields(raw["proof"], ("steps",), "proof")
    read_none(raw["function"], "function")
    o = read_bounds(claim, ("<", ">"))
    o.m = read_method(raw["method"], ["adam"], numbers=False)
    o.c, o.K = positive(claim["slope"], "slope"), count(proof["steps"], "steps", 1, 100_000)
    wanted = {"start": "first-gradient", "amsgrad": None, "eps": "0", "eps_root": "0", "eps_hat": None}
    for key, word in wanted.items():
        if raw["method"][key] != word:
            raise Malformed(f"{key} = {show(raw['method'][key])} has to be {show(word)}")
    words = (
        f"{method_words(raw['method'])} with the learning rate divided by sqrt(k + 1) runs away on a function of one "
    )
    words += f"variable: x_k -> infinity, and f'(x_k) = -({claim['slope']})/sqrt(k + 1); "
    return o, words + class_words(claim)


def prove_vanishing(o: SimpleNamespace) -> None:
    """V and U, which are (k + 1)·v_k/c² and sqrt(k + 1)·|m_k|/c, stay bounded."""
    beta1, beta2, c, lr = o.m["beta1"], o.m["beta2"], Interval.of(o.c), o.m["learning_rate"]
    with condition("1"):
        rest1, rest2 = 1 - beta1, 1 - beta2
        U = V = B = D = ONE
        for k in range(o.K):
            j = Interval.of(Fraction(k + 2, k + 1))
            V, U = j * beta2 * V + rest2, j.sqrt() * beta1 * U + rest1
            B, D = B.maximum(V), D.maximum(U)
    with condition("2"):
        j = Interval.of(Fraction(o.K + 2, o.K + 1))
        require(below(j * beta2, ONE), "{}·beta2 < 1", j)
        require(below(j * beta1, ONE), "{}·beta1 < 1", j)
        B = Interval.of(B.maximum(rest2 / (1 - j * beta2)).hi)
        D = Interval.of(D.maximum(rest1 / (1 - j * beta1)).hi)
    with condition("3"):
        bound = Interval.of(o.lipschitz[1]) * lr
        require(at_most(4 * c * B.sqrt(), bound), "4·c·sqrt(B) = {} <= {}", 4 * c * B.sqrt(), bound)
    with condition("4"):
        require(at_most(Interval.of(o.infimum[1]), -(lr * c * D)), "{} <= {}", o.infimum[1], -(lr * c * D))


KINDS: dict[str, tuple[Callable[[dict[str, Any]], tuple[SimpleNamespace, str]], Callable[[SimpleNamespace], None]]] = {
    "function": (read_function, prove_function),
    "drift": (read_drift, prove_drift),
    "cycle": (read_cycle, prove_cycle),
    "orbit": (read_orbit, prove_orbit),
    "vanishing": (read_vanishing, prove_vanishing),
}
TOP = ("format", "version", "kind", "sentence", "method", "function", "claim", "proof", "provenance")

# ------------------------------------------------------------------------------------------------------------ program


def examine(data: bytes, seen: dict[str, str]) -> None:
    """Come back if the certificate is proved. `seen` learns the kind and the sentence."""
    raw = parse(data)
    if not isinstance(raw, dict) or raw.get("format") != "misstep certificate":
        raise Malformed("format is not 'misstep certificate'")
    version, kind = raw.get("version"), raw.get("kind")
    if count(version, "version", 1, 10**18) > 1:
        raise Undecided(f"version {show(version)} is not known")
    if not isinstance(kind, str):
        raise Malformed(f"kind = {show(kind)} is not a string")
    if kind not in KINDS:
        raise Undecided(f"the kind {show(kind)} is not known")
    seen["kind"] = kind
    fields(raw, TOP, "certificate")
    provenance = raw["provenance"]
    if not isinstance(provenance, dict) or not all(isinstance(value, str) for value in provenance.values()):
        raise Malformed("provenance is not an object of strings")
    read, prove = KINDS[kind]
    o, sentence = read(raw)
    if raw["sentence"] != sentence:
        raise Malformed(f"condition 0: the sentence is not the one of the claim, which is: {sentence}")
    seen["sentence"] = sentence
    prove(o)


def check(data: bytes) -> tuple[str, str | None, str | None, str | None]:
    """The verdict on the bytes of a file, the reason (None where PROVED), the kind and the sentence, as far as read."""
    seen: dict[str, str] = {}
    reason: str | None = None
    try:
        examine(data, seen)
        verdict = "PROVED"
    except (Malformed, Refuted, Undecided) as error:
        verdict, reason = type(error).__name__.upper(), str(error)
    except Exception as error:  # noqa: BLE001 (a fault of this program is no verdict on the file)
        verdict, reason = "UNDECIDED", f"this checker failed: {show(repr(error))}"
    return verdict, reason, seen.get("kind"), seen.get("sentence")


def read_file(path: str) -> bytes:
    """The bytes of a regular file, one more than allowed at most."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise Malformed("not a regular file")
        with open(
            os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)), "rb"
        ) as file:
            return file.read(BYTES + 1)
    except (OSError, ValueError) as error:
        raise Malformed(f"cannot be read: {error}") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the files of the command line; 0 if all are proved, else 2 (malformed), 1 (refuted) or 4 (undecided)."""
    parser = argparse.ArgumentParser(
        description="Check misstep certificates; needs Python alone.",
        epilog="example: python tools/check_certificate.py paper.cert.json  "
        "-- exit status: 0 all proved, else 2 one malformed, else 1 one refuted, else 4",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a certificate")
    parser.add_argument("--json", action="store_true", help="print the verdicts as JSON")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    rows = []
    for path in options.files:
        began = time.perf_counter()
        try:
            verdict, reason, kind, sentence = check(read_file(path))
        except Malformed as error:
            verdict, reason, kind, sentence = "MALFORMED", str(error), None, None
        seconds = round(time.perf_counter() - began, 3)
        row = {"file": path, "kind": kind, "claim": sentence, "verdict": verdict, "seconds": seconds, "reason": reason}
        rows.append(row)
        if not options.json:
            print(f"{verdict}  {path}  ({seconds:.2f} s)\n    {reason or sentence}", flush=True)
    if options.json:
        print(json.dumps(rows, indent=1))
    verdicts = {row["verdict"] for row in rows}
    return next((status for word, status in STATUS.items() if word in verdicts), 0)


STATUS = {"MALFORMED": 2, "REFUTED": 1, "UNDECIDED": 4}

if __name__ == "__main__":
    sys.exit(main())
