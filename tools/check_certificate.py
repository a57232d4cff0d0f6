"""Check misstep certificates with Python's standard library alone. Example: python tools/check_certificate.py FILE.

The format and its conditions are those of docs/reference/certificate-format.md; no code is shared with misstep.
Each kind is a generator near the end of the file: it reads the form, yields the sentence that the file has to have, and
then examines the conditions; before each it yields the condition's number. Whatever fails raises `Stop`.
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
from operator import add
from types import SimpleNamespace
from typing import Any

GRID, LONG, HUGE = 256, 4096, 1 << 14  # round to 2^-256, and what has more than 4096 bits; give up beyond 2^16384
BYTES, DEPTH, DIGITS, MANY = 8_388_608, 16, 2000, 1_000_000_000
UNIT, INFINITY = 1 << GRID, math.inf


class Stop(Exception):
    """The end of a check: the verdict and the reason."""


def show(value: Any) -> str:
    """A value for a message, shortened."""
    if isinstance(value, Interval):
        return show(value.lo) if value.exact else f"[{show(value.lo)}, {show(value.hi)}]"
    if isinstance(value, Fraction):
        bits = value.numerator.bit_length(), value.denominator.bit_length()
        if max(bits) <= 64:
            return str(value)
        return f"{float(value):.9g}" if abs(bits[0] - bits[1]) < 1000 else f"+-2^{bits[0] - bits[1]}"
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def require(answer: bool | None, text: str, *values: Any) -> None:
    """Go on where the answer is True; False refutes, None leaves undecided. `{}` in the text stand for the values."""
    if answer is not True:
        words = ("REFUTED", "violated") if answer is False else ("UNDECIDED", "neither confirmed nor excluded")
        raise Stop(words[0], f"{text.format(*map(show, values))}: {words[1]}")


# --------------------------------------------------------------------------------------------------------- arithmetic

MODE = SimpleNamespace(factor=None, exact=False)  # see `arithmetic`


@contextlib.contextmanager
def arithmetic(factor: Interval | None = None, exact: bool = False) -> Iterator[None]:
    """Within, each operation is multiplied by the factor [1 - u, 1 + u], or has to be exact."""
    before, MODE.factor, MODE.exact = (MODE.factor, MODE.exact), factor, exact
    try:
        yield
    finally:
        MODE.factor, MODE.exact = before


def _down(p: int, q: int) -> tuple[int, int]:
    """The lower end p/q: kept, or moved to a multiple of 2^-256 (no change where q is a smaller power of 2)."""
    if q & (q - 1):
        g = math.gcd(p, q)
        p, q = p // g, q // g
        return (p, q) if q <= UNIT and p.bit_length() <= LONG else ((p << GRID) // q, UNIT)
    return (p, q) if q <= UNIT else (p >> (q.bit_length() - 1 - GRID), UNIT)


def rounded(p: int, q: int, r: int, s: int) -> Interval:
    """[p/q, r/s] after the rounding rule."""
    if max(p.bit_length(), r.bit_length()) - min(q.bit_length(), s.bit_length()) > HUGE:
        raise Stop("UNDECIDED", f"a number beyond 2^{HUGE} was met")
    if p == r if q == s else p * s == r * q:
        g = math.gcd(p, q)
        p, q = p // g, q // g
        long = p.bit_length() > LONG or q.bit_length() > LONG
        return Interval((p << GRID) // q, -((-p << GRID) // q), UNIT) if long else Interval(p, p, q)
    if q == s and not q & (q - 1):  # as below, only faster
        more = max(q.bit_length() - 1 - GRID, 0)
        return Interval(p >> more, -(-r >> more), q >> more)
    p, q = _down(p, q)
    r, s = _down(-r, s)
    return Interval(p, -r, q) if q == s else Interval(p * s, -r * q, q * s)


def result(p: int, q: int, r: int, s: int) -> Interval:
    """[p/q, r/s] as the result of an operation."""
    x = rounded(p, q, r, s)
    if MODE.factor is not None:
        ends, d = [e * u for e in (x.a, x.b) for u in (MODE.factor.a, MODE.factor.b)], x.d * MODE.factor.d
        return rounded(min(ends), d, max(ends), d)
    if MODE.exact and not x.exact:
        raise Stop("UNDECIDED", f"an operation gives {show(x)} and is not exact")
    return x


def derived(v: Interval, *terms: tuple[Interval, Interval], over: Interval | None = None) -> Interval:
    """The value v with the derivatives Σ factor·x' for the terms (factor, x), divided by `over`."""
    for j in range(max(len(x.parts) for _, x in terms)):
        products = ((f, x.parts[j]) for f, x in terms if x.parts)
        sums = [y if f is ONE else f.value * y for f, y in products if not y.a == 0 == y.b]
        sum_ = functools.reduce(add, sums) if sums else ZERO
        v.parts = (*v.parts, sum_ if over is None else sum_ / over.value)
    return v


class Interval:
    """[a/d, b/d] with d > 0, and the intervals of its partial derivatives, if it has any."""

    __slots__ = ("a", "b", "d", "parts")

    def __init__(self, a: int, b: int, d: int = 1, parts: tuple[Interval, ...] = ()) -> None:
        self.a, self.b, self.d, self.parts = a, b, d, parts

    @staticmethod
    def of(lo: Fraction | int, hi: Fraction | int | None = None) -> Interval:
        """[lo, hi], or the number lo; not rounded."""
        (p, q), (r, s) = lo.as_integer_ratio(), (lo if hi is None else hi).as_integer_ratio()
        return Interval(p, r, q) if q == s else Interval(p * s, r * q, q * s)

    lo = property(lambda self: Fraction(self.a, self.d))
    hi = property(lambda self: Fraction(self.b, self.d))
    exact = property(lambda self: self.a == self.b)
    value = property(lambda self: Interval(self.a, self.b, self.d) if self.parts else self)

    def __contains__(self, zero: int) -> bool:
        return self.a <= zero * self.d <= self.b

    def __add__(self, other: Interval | int) -> Interval:
        y = other if isinstance(other, Interval) else Interval(other, other)
        if self.d == y.d:
            v = result(self.a + y.a, self.d, self.b + y.b, self.d)
        else:
            d = self.d * y.d
            v = result(self.a * y.d + y.a * self.d, d, self.b * y.d + y.b * self.d, d)
        return derived(v, (ONE, self), (ONE, y)) if self.parts or y.parts else v

    def __neg__(self) -> Interval:
        return Interval(-self.b, -self.a, self.d, tuple(-x for x in self.parts))

    def __sub__(self, other: Interval | int) -> Interval:
        return self + (-other)

    def __rsub__(self, other: int) -> Interval:
        return -self + other

    def __mul__(self, other: Interval | int) -> Interval:
        y = other if isinstance(other, Interval) else Interval(other, other)
        ends, d = (self.a * y.a, self.a * y.b, self.b * y.a, self.b * y.b), self.d * y.d
        v = result(min(ends), d, max(ends), d)
        return derived(v, (y, self), (self, y)) if self.parts or y.parts else v

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Interval | int) -> Interval:
        y = other if isinstance(other, Interval) else Interval(other, other)
        if 0 in y:
            raise Stop("UNDECIDED", f"division by {show(y)}, which contains 0")
        if y.b < 0:
            return -self / -y
        low, high = (y.b if self.a >= 0 else y.a), (y.a if self.b >= 0 else y.b)
        q = result(self.a * y.d, self.d * low, self.b * y.d, self.d * high)
        return derived(q, (ONE, self), (-q, y), over=y) if self.parts or y.parts else q

    def __rtruediv__(self, other: int) -> Interval:
        return Interval(other, other) / self

    def square(self) -> Interval:
        low, high = sorted((self.a * self.a, self.b * self.b))
        v = result(0 if 0 in self else low, self.d * self.d, high, self.d * self.d)
        return derived(v, (2 * self.value, self)) if self.parts else v

    def sqrt(self) -> Interval:
        if self.a < 0:
            raise Stop("UNDECIDED", f"the root of {show(self)}, which reaches below 0")
        g = math.gcd(self.a, self.d)
        n, m = math.isqrt(self.a // g), math.isqrt(self.d // g)
        if self.exact and n * n * g == self.a and m * m * g == self.d:
            root = result(n, m, n, m)
        else:
            high = math.isqrt(-((-self.b << 2 * GRID) // self.d) - 1) + 1 if self.b else 0
            root = result(math.isqrt((self.a << 2 * GRID) // self.d), UNIT, high, UNIT)
        return derived(root, (ONE, self), over=2 * root) if self.parts else root

    def __abs__(self) -> Interval:
        if 0 not in self:
            return self if self.a > 0 else -self
        v = maximum(self.value, -self.value)
        v.parts = tuple(hull(x, -x) for x in self.parts)
        return v

    def sign(self) -> Interval:
        if 0 in self and not self.exact:
            raise Stop("UNDECIDED", f"the sign of {show(self)}")
        return ONE if self.a > 0 else ZERO if self.a == 0 else -ONE


ZERO, ONE = Interval(0, 0), Interval(1, 1)


def hull(x: Interval, y: Interval) -> Interval:
    d = x.d * y.d
    return rounded(min(x.a * y.d, y.a * x.d), d, max(x.b * y.d, y.b * x.d), d)


def maximum(x: Interval, y: Interval) -> Interval:
    """The larger one, end by end; with the derivative of the one that is certainly not smaller, or the hull of both."""
    d, n = x.d * y.d, max(len(x.parts), len(y.parts))
    v = rounded(max(x.a * y.d, y.a * x.d), d, max(x.b * y.d, y.b * x.d), d)
    mine, others = x.parts or (ZERO,) * n, y.parts or (ZERO,) * n
    v.parts = mine if at_most(y, x) else others if at_most(x, y) else tuple(map(hull, mine, others))
    return v


def mix(a: Interval, b: Interval, t: Interval) -> Interval:
    """(1 - t)·a + t·b for t in [0, 1]: one operation on independent a, b, t (four with errors, none where t = 1)."""
    if MODE.factor is not None:
        return b if t.a == t.b == t.d else (1 - t) * a + t * b
    p, q, d = a.d * t.d, b.d, a.d * b.d * t.d
    low = min((t.d - e) * a.a * q + e * b.a * a.d for e in (t.a, t.b))
    high = max((t.d - e) * a.b * q + e * b.b * a.d for e in (t.a, t.b))
    v = result(low, p * q, high, d)
    return derived(v, (1 - t.value, a), (t, b), (b.value - a.value, t)) if a.parts or b.parts or t.parts else v


def share(beta: Interval, top: Interval, p: Interval) -> Interval:
    """(1 - top)/(1 - beta·p) within [0, 1], as one operation: gain(beta, p) where top is beta, ratio where it is p."""
    with arithmetic():
        below = 1 - beta * p
        q = Interval(0, 1) if 0 in below and not p.parts else (1 - top) / below
    if q.b < 0 or q.a > q.d:
        raise Stop("UNDECIDED", f"a gain of {show(q)} outside [0, 1]")
    v = result(max(q.a, 0), q.d, min(q.b, q.d), q.d)
    v.parts = q.parts
    return v


def total(terms: Sequence[Interval]) -> Interval:
    """The sum, in order; 0 if there is none."""
    return functools.reduce(add, terms) if terms else ZERO


def largest(x: Interval) -> Interval:
    return Interval.of(max(abs(x.lo), abs(x.hi)))


def at_most(x: Interval, y: Interval, strict: bool = False) -> bool | None:
    """x <= y, or x < y."""
    room, excess = y.a * x.d - x.b * y.d, x.a * y.d - y.b * x.d
    return True if room > 0 or (room == 0 and not strict) else False if excess > 0 or (excess == 0 and strict) else None


def within(x: Interval, y: Interval, strict: bool = False) -> bool | None:
    """x in y, or strictly in y; violated where they are disjoint."""
    low, high, apart = y.lo, y.hi, x.hi < y.lo or y.hi < x.lo
    inside = low < x.lo and x.hi < high if strict else low <= x.lo and x.hi <= high
    return True if inside else False if apart else None


def equal(x: Interval, y: Interval) -> bool | None:
    answer = within(x, y)
    return answer if answer is False or (x.exact and y.exact) else None


@functools.cache
def circle() -> Interval:
    """2π, by Machin: π = 16·atan(1/5) - 4·atan(1/239), each of the under 150 terms wrong by at most 3/2^320."""
    pi, sides = 0, ((16, 5), (-4, 239))
    for factor, n in sides:
        power, k = (1 << 320) // n, 1
        while power:
            pi += factor * (power // k) * (1 if k % 4 == 1 else -1)
            power, k = power // (n * n), k + 2
    return Interval(2 * (pi - (1 << 14)), 2 * (pi + (1 << 14)), 1 << 320)


@functools.cache
def cosine(t: Fraction) -> Interval:
    """cos(2πt): by symmetry 0 <= t <= 1/4; Taylor's series alternates, so that the rest is under the next term."""
    t = min(t % 1, -t % 1)
    if t > Fraction(1, 4):
        return -cosine(Fraction(1, 2) - t)
    if t in (0, Fraction(1, 6), Fraction(1, 4)):
        return ONE if t == 0 else Interval(1, 1, 2) if t == Fraction(1, 6) else ZERO
    square, sum_, term = (circle() * Interval.of(t)).square(), ONE, ONE
    for k in range(1, 41):
        term = term * square / (2 * k * (2 * k - 1))
        sum_ = sum_ - term if k % 2 else sum_ + term
    return sum_ + term * Interval(-1, 1)


# --------------------------------------------------------------------------------------------------------------- form


def form(good: bool, text: str, value: Any = None) -> None:
    if not good:
        raise Stop("MALFORMED", text.format(show(value)))


def parse(data: bytes) -> Any:
    """The JSON value in the file."""
    form(len(data) <= BYTES, f"the file has more than {BYTES} bytes")
    form(not data.startswith(b"\xef\xbb\xbf"), "the file begins with a byte order mark")

    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Stop("MALFORMED", f"byte {error.start} is not UTF-8") from None
    depth = 0
    for token in re.finditer(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', text, re.DOTALL):  # a whole string, or a bracket
        depth += (token[0] in "[{") - (token[0] in "]}")
        if depth > DEPTH:
            form(False, f"nested more than {DEPTH} deep at character {token.start()}")

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys: set[str] = set()
        for key, _ in pairs:
            form(key not in keys, "the key {} occurs twice", key)
            keys.add(key)
        return dict(pairs)

    def refuse(word: str) -> None:
        form(False, "{} is not an integer", word)

    def integer(digits: str) -> int:  # 10^18 is beyond every limit
        return int(digits) if len(digits) <= 18 else 10**18 * (-1 if digits[0] == "-" else 1)

    try:
        return json.loads(text, object_pairs_hook=members, parse_float=refuse, parse_constant=refuse, parse_int=integer)
    except ValueError as error:
        raise Stop("MALFORMED", f"not JSON: {error}") from None


# What numbers may have to be.
NUMBERS: dict[str, Callable[[Fraction], bool]] = {
    "any": lambda x: True,  # noqa: ARG005
    "positive": lambda x: x > 0,
    "at least 0": lambda x: x >= 0,
    "other than 0": lambda x: x != 0,
    "in [0, 1)": lambda x: 0 <= x < 1,
    "in (0, 1)": lambda x: 0 < x < 1,
    "p/q with p, q <= 1000": lambda x: 0 <= x.numerator <= 1000 >= x.denominator,
    "of a denominator of at most 1000": lambda x: x.denominator <= 1000,
}


def read(value: Any, schema: Any, what: str) -> Any:
    """The value, if it has the form of the schema.

    A dict is an object with these keys (null will do where the key ends in "?"), a list is an array of a schema between
    two lengths, a range is a count, a tuple are words, a string says what a number has to be.
    """
    if callable(schema):
        return schema(value, what)
    if isinstance(schema, dict):
        form(isinstance(value, dict), f"{what} = {{}} is not an object", value)
        keys = {key.rstrip("?"): key for key in schema}
        for key in (*keys, *value):
            form(key in value, f"{what}: the key {{}} is missing", key)
            form(key in keys, f"{what}: the key {{}} is not known", key)
        null = [key for key, name in keys.items() if name[-1] == "?" and value[key] is None]
        return {key: None if key in null else read(value[key], schema[name], key) for key, name in keys.items()}
    if isinstance(schema, list):
        inner, low, high = schema
        form(isinstance(value, list), f"{what} = {{}} is not an array", value)
        form(low <= len(value) <= high, f"{what} = {{}} has not {low} to {high} items", value)
        return [read(item, inner, what) for item in value]
    if isinstance(schema, range):
        form(type(value) is int and value in schema, f"{what} = {{}} is not a count in {schema}", value)
        return value
    if isinstance(schema, tuple):
        good = any(value is item or (isinstance(value, str) and value == item) for item in schema)
        form(good, f"{what} = {{}} is not one of {', '.join(map(str, schema))}", value)
        return value
    short = isinstance(value, str) and len(value) <= 2 * DIGITS + 2
    match = re.fullmatch(r"(-?[1-9][0-9]*|0)(?:/([1-9][0-9]*))?", value) if short else None
    p, q = match.groups("1") if match else ("", "")
    form(0 < len(p.lstrip("-")) <= DIGITS >= len(q), f"{what} = {{}} is not a number p or p/q", value)
    x = Fraction(int(p), int(q))
    form(str(x) == value, f"{what} = {{}} is not in lowest terms", value)
    form(NUMBERS[schema](x), f"{what} = {{}} is not {schema}", value)
    return x


def interval(value: Any, what: str) -> Interval:
    """A range."""
    low, high = read(value, ["any", 2, 2], what)
    form(low <= high, f"{what} = {{}}: the first is larger than the second", value)
    return Interval.of(low, high)


def single(value: Any, what: str) -> Interval:
    return Interval.of(read(value, "any", what))


def either(value: Any, what: str) -> Interval:
    return interval(value, what) if isinstance(value, list) else single(value, what)


# ---------------------------------------------------------------------------------------------------------- functions


def horner(c: Sequence[Any], t: Any) -> Any:
    return functools.reduce(lambda sum_, x: sum_ * t + x, reversed(c[:-1]), c[-1])


def derivative(c: Sequence[Fraction]) -> list[Fraction]:
    return [j * x for j, x in enumerate(c)][1:] or [Fraction(0)]


def at(c: Sequence[Fraction], t: Fraction) -> list[Fraction]:
    return [horner(c, t), horner(derivative(c), t)]


def least(c: Sequence[Fraction], low: Any, high: Any) -> Any:
    """The least value of a polynomial of at most 3 coefficients between low and high, which may be infinite."""
    c0, c1, c2 = [*c, *[Fraction(0)] * (3 - len(c))]
    ends = [t for t in (low, high) if abs(t) < INFINITY]
    if len(ends) < 2 and (c2 < 0 or (c2 == 0 and (c1 > 0 if low == -INFINITY else c1 < 0))):
        return -INFINITY
    return min(
        horner([c0, c1, c2], t) for t in (*ends, *([-c1 / (2 * c2)] if c2 > 0 and low < -c1 / (2 * c2) < high else []))
    )


def nonnegative(c: Sequence[Fraction], h: Fraction) -> bool | None:
    """Whether a polynomial is >= 0 on [0, h]: by Bernstein coefficients, halving at most 40 times, left half first."""
    d = len(c) - 1
    if d <= 2:
        return bool(least(c, Fraction(0), h) >= 0)
    terms = [x * h**j / math.comb(d, j) for j, x in enumerate(c)]
    scale = math.lcm(*(x.denominator for x in terms))
    stack = [([sum(math.comb(i, j) * int(terms[j] * scale) for j in range(i + 1)) for i in range(d + 1)], 0)]
    while stack:
        b, depth = stack.pop()
        if min(b) < 0:
            if b[0] < 0 or b[-1] < 0 or depth == 40:
                return None if b[0] >= 0 <= b[-1] else False
            rows = [b]  # de Casteljau's triangle; row r is 2^r times what it should be
            while len(rows[-1]) > 1:
                rows.append([x + y for x, y in pairwise(rows[-1])])
            halves = [[row[i] << (d - r) for r, row in enumerate(rows)] for i in (-1, 0)]
            stack += [(halves[0][::-1], depth + 1), (halves[1], depth + 1)]
    return True


class Function:
    """A piecewise polynomial: `poly[i]` about `base[i]` between `edges[i]` and `edges[i + 1]`, with the tails' regions.

    `T` are the periods of the left and right tail, or None.
    """

    def __init__(self, value: Any) -> None:
        def tail(value: Any, what: str) -> dict[str, Any]:
            repeats = isinstance(value, dict) and value.get("rule") == "repeat"
            schema = {"rule": ("tangent", "extend", "repeat"), **({"period": "positive"} if repeats else {})}
            o: dict[str, Any] = read(value, schema, f"{what} tail")
            return o

        schema = {"type": ("piecewise",), "knots": ["any", 2, 100_001], "pieces": [["any", 2, 8], 1, 100_000]}
        o = read(value, {**schema, "left": tail, "right": tail}, "function")
        self.t, self.pieces, self.work = o["knots"], o["pieces"], 0
        form(len(self.t) == len(self.pieces) + 1, "there is one knot more than there are pieces")
        self.gaps = [b - a for a, b in pairwise(self.t)]
        form(min(self.gaps) > 0, "the knots do not increase")
        self.rules = [o["left"]["rule"], o["right"]["rule"]]
        self.T = [o["left"].get("period"), o["right"].get("period")]
        for i, (rule, T) in enumerate(zip(self.rules, self.T, strict=True)):
            form(rule != "extend" or len(self.pieces[-i]) <= 3, "a piece of more than 3 coefficients is extended")
            form(T is None or self.t[-i] + (-T if i else T) in self.t, "what repeats does not begin and end at knots")
        self.edges, self.base, self.poly = [*self.t], self.t[:-1], [*self.pieces]
        if self.rules[1] == "tangent":
            self.edges, self.base = [*self.edges, self.t[-1]], [*self.base, self.t[-1]]
            self.poly.append(at(self.pieces[-1], self.gaps[-1]))
        if self.rules[0] == "tangent":
            self.edges, self.base = [self.t[0], *self.edges], [self.t[0], *self.base]
            self.poly.insert(0, self.pieces[0][:2])
        if self.rules[0] != "repeat":
            self.edges[0] = -INFINITY
        if self.rules[1] != "repeat":
            self.edges[-1] = INFINITY

    def exactly(self, x: Fraction) -> list[Fraction]:
        """f(x) and f'(x)."""
        if x > self.t[-1] and self.T[1] is not None:
            x = self.t[-1] - self.T[1] + (x - self.t[-1]) % self.T[1]
        if x < self.t[0] and self.T[0] is not None:
            x = self.t[0] + self.T[0] - (self.t[0] - x) % self.T[0]
        i = min(bisect_right(self.edges, x), len(self.poly)) - 1
        return at(self.poly[i], x - self.base[i])

    def regions(self, x: Interval) -> list[tuple[int, Fraction, Fraction]]:
        """The pieces that x meets, moved into the function's own length, each with its part of x."""
        (a, b), low, high, (left, right) = (x.lo, x.hi), self.t[0], self.t[-1], self.T
        ranges, found = [(a, b)], []
        if right is not None and a >= high - right:
            move = (a - high + right) // right * right
            a, b = a - move, b - move
            ranges = [(a, b)] if b <= high else [(a, high), (high - right, b - right)]
        elif left is not None and b <= low + left:
            move = (low + left - b) // left * left
            a, b = a + move, b + move
            ranges = [(a, b)] if a >= low else [(a + left, low + left), (low, b)]
        for a, b in ranges:
            inside = self.edges[0] <= a and b <= self.edges[-1]
            require(inside or None, "f over [{}, {}], which reaches into a repeated tail", a, b)
            for i in range(max(bisect_left(self.edges, a) - 1, 0), min(bisect_right(self.edges, b), len(self.poly))):
                found.append((i, max(a, self.edges[i]), min(b, self.edges[i + 1])))
        return found

    def over(self, x: Interval, order: int) -> list[Interval]:
        """The values of f' (order 1) or f'' (order 2) over x, on each piece that x meets."""
        values, regions = [], self.regions(x)
        self.work += len(regions)
        require(self.work <= 3_000_000 or None, "f' and f'' are asked for over at most 3000000 pieces")
        for i, a, b in regions:
            c = derivative(self.poly[i]) if order == 1 else derivative(derivative(self.poly[i]))
            values.append(horner([Interval.of(y) for y in c], Interval.of(a, b) - Interval.of(self.base[i])))
        return values

    def slope(self, x: Interval) -> Interval:
        """f' over x, with the derivatives f''·x' if x has any."""
        v = functools.reduce(hull, self.over(x, 1))
        return derived(v, (functools.reduce(hull, self.over(x, 2)), x)) if x.parts else v

    def check(self, claim: dict[str, Any]) -> Iterator[str]:
        """F1 to F4."""
        yield "F1"
        seams = [(i, i + 1) for i in range(len(self.pieces) - 1)]
        if self.T[1] is not None:
            seams.append((len(self.pieces) - 1, self.t.index(self.t[-1] - self.T[1])))
        if self.T[0] is not None:
            seams.append((self.t.index(self.t[0] + self.T[0]) - 1, 0))
        for i, j in seams:
            ends, starts = at(self.pieces[i], self.gaps[i]), self.pieces[j][:2]
            require(
                ends == starts, "(f, f') goes from ({}, {}) to ({}, {}) between pieces {} and {}", *ends, *starts, i, j
            )
        yield "F2"
        L, low, mu = claim["lipschitz"]["value"], claim["infimum"]["value"], claim["mu"]
        bends = [derivative(derivative(c)) for c in self.pieces]
        pieces = list(zip(self.pieces, bends, self.gaps, strict=True))
        for i, (_, c, h) in enumerate(pieces):
            for sign, text in ((-1, "f'' <= {} on piece {}"), (1, "-f'' <= {} on piece {}")):
                require(nonnegative([L + sign * c[0], *(sign * y for y in c[1:])], h), text, L, i)
        if claim["lipschitz"]["relation"] == "=":
            require(all(len(c) <= 4 for c in self.pieces) or None, "every piece has at most 4 coefficients")
            ends = [abs(y) for _, c, h in pieces for y in (c[0], horner(c, h))]
            require(L in ends, "|f''| = {} at an end of a piece", L)
        yield "F3"
        tails: list[Any] = [] if self.T[0] is not None else [(self.poly[0], -INFINITY, Fraction(0))]
        tails += [] if self.T[1] is not None else [(self.poly[-1], self.t[-1] - self.base[-1], INFINITY)]
        bottoms = [least(*tail) for tail in tails]
        for (c, _, _), bottom in zip(tails, bottoms, strict=True):
            require(bottom > -INFINITY and (len(c) == 2 or bottom >= low), "f >= {} on its tails", low)
        for i, (c, _, h) in enumerate(pieces):
            require(nonnegative([c[0] - low, *c[1:]], h), "f >= {} on piece {}", low, i)
        if claim["infimum"]["relation"] == "=":
            require(all(len(c) <= 3 for c in self.pieces) or None, "every piece has at most 3 coefficients")
            bottoms += [least(c, Fraction(0), h) for c, _, h in pieces]
            require(low in bottoms, "{} is the least value of f", low)
        if mu is not None:
            yield "F4"
            for i, (_, c, h) in enumerate(pieces):
                require(nonnegative([c[0] - mu, *c[1:]], h), "f'' >= {} on piece {}", mu, i)
            require("tangent" not in self.rules or mu <= 0, "mu = {} is at most 0 with a tangent tail", mu)


# ------------------------------------------------------------------------------------------------------------ methods

# Name: the parameters, and the state with its start. A word before "?" says when a variable is there.
METHODS = {
    "gradient-descent": ("learning_rate", ""),
    "heavy-ball": ("learning_rate momentum", "d=0"),
    "nesterov": ("learning_rate momentum", "b=0"),
    "sign-descent": ("learning_rate", ""),
    "lion": ("learning_rate beta1 beta2", "m=0"),
    "adam": (
        "learning_rate beta1 beta2 eps eps_root eps_hat start amsgrad",
        "m=0 v=0 amsgrad?w=0 corrected?p1=1 corrected?p2=1",
    ),
    "adamax": ("learning_rate beta1 beta2 eps", "m=0 u=0 p1=1"),
    "nadam": ("learning_rate beta1 beta2 eps momentum_decay", "m=0 v=0 p2=1 P=1 momentum_decay?D=1"),
    "radam": ("learning_rate beta1 beta2 eps", "m=0 v=0 p1=1 p2=1 q=0"),
    "rmsprop": ("learning_rate beta2 eps eps_root momentum centered", "v=0 centered?a=0 b=0"),
    "adabelief": ("learning_rate beta1 beta2 eps eps_root eps_sum", "m=0 s=0 p1=1 p2=1"),
    "normalized": ("learning_rate momentum eps", ""),
    "lars": ("learning_rate momentum trust_coefficient weight_decay eps", ""),
    "muon": ("learning_rate momentum eps nesterov coefficients ns_steps rows columns", ""),
    "linear": ("a b", ""),
}
VECTOR = ["normalized", "lars", "muon"]
COORDINATE = [name for name in METHODS if name not in (*VECTOR, "linear")]


PARAMETERS: dict[str, Any] = {
    "start": ("zero", "first-gradient", "corrected"),
    "amsgrad": (None, "raw", "corrected"),
    "centered": (True, False),
    "nesterov": (True, False),
    "momentum_decay?": "p/q with p, q <= 1000",
    "coefficients": ["any", 3, 3],
    "ns_steps": range(21),
    "rows": range(MANY + 1),
    "columns": range(MANY + 1),
    "a": ["any", 1, 100],
    "b": ["any", 1, 100],
}


def read_method(value: Any, names: Sequence[str], numbers: bool) -> dict[str, Any]:
    """The parameters, each a number, or (if not `numbers`) a number or range, or something else."""
    name = read(value.get("name") if isinstance(value, dict) else None, tuple(names), "method name")

    def quantity(given: Any, what: str) -> Interval:
        x: Interval = (single if numbers else either)(given, what)
        good = x.a > 0 if what in ("learning_rate", "trust_coefficient") else x.a >= 0
        if what in ("beta1", "beta2", "momentum"):
            good = good and (x.b < x.d or (x.b == x.d and not x.exact))
        form(good, f"{what} = {{}} is out of range", given)
        return x

    keys = METHODS[name][0].replace("eps_hat", "eps_hat?").replace("momentum_decay", "momentum_decay?").split()
    o: dict[str, Any] = read(value, {"name": (name,), **{key: PARAMETERS.get(key, quantity) for key in keys}}, "method")
    if name == "adam" and o["eps_hat"] is not None:
        good = o["start"] == "corrected" != o["amsgrad"] and value["eps"] == "0" == value["eps_root"]
        form(good, "eps_hat goes with start corrected, amsgrad not corrected, eps and eps_root 0")
    if name == "nadam" and o["momentum_decay"] is not None:
        # h = (24/25)^(p/q) by Newton's method from above for the q-th root of an integer
        p, q = o["momentum_decay"].as_integer_ratio()
        power, root, closer = (24**p << GRID * q) // 25**p, UNIT + 1, UNIT
        while closer < root:
            root, closer = closer, ((q - 1) * closer + power // closer ** (q - 1)) // q
        o["h"] = Interval(root, root + (p > 0), UNIT)
    form(name != "linear" or len(o["a"]) == len(o["b"]) == o["b"].count(0) + 1, "a and b do not fit")
    return o


def variables(o: dict[str, Any]) -> dict[str, int]:
    """The state variables of a method in order, each with its start."""
    items = [item.rpartition("?") for item in METHODS[o["name"]][1].split()]
    there = {key for key, value in o.items() if value is not None and value is not False} | {"", o.get("start")}
    return {item[:-2]: int(item[-1]) for when, _, item in items if when in there}


def timeless(o: dict[str, Any]) -> bool:
    """Whether the state alone decides the step: no p, P, D, q, and no start from the first gradient."""
    return not {"p1", "p2", "P", "D", "q"} & variables(o).keys() and o.get("start") != "first-gradient"


def step(o: dict[str, Any], z: dict[str, Any], g: Interval, first: bool = False) -> tuple[Any, dict[str, Any]]:
    """One step of a method of the table: s and the next state, from the state z and the gradient g; first is k = 0."""
    given: list[Any] = [o.get(key) for key in ("learning_rate", "momentum", "eps", "beta1", "beta2")]
    lr, momentum, eps, beta1, beta2 = given
    p1: Any = z.get("p1")
    p2: Any = z.get("p2")

    def weight(beta: Interval, p: Any) -> Interval:
        """The weight of the newest gradient: gain(beta, p) where there is a p."""
        if first and (p is not None or o.get("start") == "first-gradient"):
            return ONE
        return 1 - beta if p is None else share(beta, beta, p)

    match o["name"]:
        case "gradient-descent":
            return -(lr * g), {}
        case "heavy-ball":
            d = momentum * z["d"] - lr * g
            return d, {"d": d}
        case "nesterov":
            b = momentum * z["b"] + g
            return -(lr * (g + momentum * b)), {"b": b}
        case "sign-descent":
            return -(lr * g.sign()), {}
        case "lion":
            return -(lr * mix(z["m"], g, 1 - beta1).sign()), {"m": mix(z["m"], g, 1 - beta2)}
        case "rmsprop":
            v = variance = mix(z["v"], g.square(), 1 - beta2)
            new = {"v": v}
            if o["centered"]:
                new["a"] = mix(z["a"], g, 1 - beta2)
                variance = v - new["a"].square()
            new["b"] = momentum * z["b"] + g / ((variance + o["eps_root"]).sqrt() + eps)
            return -(lr * new["b"]), new
        case "adabelief":
            m = mix(z["m"], g, 1 - beta1)
            s = mix(z["s"], (g - m).square(), 1 - beta2) + o["eps_sum"]
            p1, p2 = beta1 * p1, beta2 * p2
            root = (s / (1 - p2) + o["eps_root"]).sqrt()
            return -(lr * (m / (1 - p1)) / (root + eps)), {"m": m, "s": s, "p1": p1, "p2": p2}
    m = mix(z["m"], g, weight(beta1, p1))
    new_p1: Any = p1 and beta1 * p1
    new_p2: Any = p2 and beta2 * p2
    if o["name"] == "adamax":
        u = maximum(beta2 * z["u"], abs(g) + eps)
        return -(lr * m / u), {"m": m, "u": u, "p1": new_p1}
    v = mix(z["v"], g.square(), weight(beta2, p2))
    new = {"m": m, "v": v}
    if o["name"] == "adam":
        y = v
        if o["amsgrad"] is not None:
            w = z["w"]
            if o["amsgrad"] == "raw":
                w = (ONE if p2 is None else ZERO if first else share(beta2, p2, p2)) * w
            new["w"] = y = maximum(w, v)
        new |= {"p1": new_p1, "p2": new_p2} if p2 else {}
        e = eps if o["eps_hat"] is None else o["eps_hat"] / (1 - new_p2).sqrt()
        return -(lr * m / ((y + o["eps_root"]).sqrt() + e)), new
    if o["name"] == "nadam":
        now = ahead = beta1
        if "D" in z:
            D = o["h"] * z["D"]
            now, ahead = beta1 * (1 - D / 2), beta1 * (1 - o["h"] * D / 2)
        P = z["P"] * now
        direction = ahead * m / (1 - P * ahead) + (1 - now) * g / (1 - P)
        new |= {"p2": new_p2, "P": P, **({"D": D} if "D" in z else {})}
        return -(lr * direction / (v.sqrt() + eps)), new
    q = beta2 * (z["q"] + p2)
    R = 2 / (1 - beta2) - 1
    rho = R - 2 * q / (1 - new_p2)
    new |= {"p1": new_p1, "p2": new_p2, "q": q}
    small = at_most(rho, Interval(5, 5))
    if small:
        return -(lr * m), new
    require(small is False or None, "rho = {} <= 5 or not", rho)
    root = ((rho - 4) * (rho - 2) * R / ((R - 4) * (R - 2) * rho)).sqrt()
    return -(lr * root * m / (v.sqrt() + eps / (1 - new_p2).sqrt())), new


# ---------------------------------------------------------------------------------------------------------- sentences


def spoken(value: Any, name: str = "") -> str:
    """A value in a sentence; with a name `name = value` or, for a range, `name in [a, b]`."""
    if name:
        return f"{name} {'in' if isinstance(value, list) else '='} {spoken(value)}"
    if isinstance(value, list):
        return f"[{', '.join(map(spoken, value))}]"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def method_words(raw: dict[str, Any]) -> str:
    """METHOD."""
    lists = ("coefficients", "a", "b")
    keys = METHODS[raw["name"]][0].split()
    words = (f"{key} = {spoken(raw[key])}" if key in lists else spoken(raw[key], key) for key in keys)
    return f"{raw['name']}({', '.join(words)})"


def class_words(claim: dict[str, Any], jets: str = "", space: bool = False) -> str:
    """SMOOTH, LOW CLASS, jets, WORST and the stop."""
    f, slope, x = ("F", "grad F", "|x|") if space else ("f", "f'", "x")
    lipschitz, infimum, mu = claim["lipschitz"], claim["infimum"], claim.get("mu")
    constant = "the Lipschitz constant" if lipschitz["relation"] == "=" else "a Lipschitz constant of at most"
    words = f"{slope} has {constant} {lipschitz['value']}, inf {f} {infimum['relation']} {infimum['value']}"
    if mu is not None:
        words += f", {f} is convex" if mu == "0" else f", {f} - ({mu}/2) {x}^2 is convex"
    return words + jets + ("; no smaller constant will do" if claim.get("optimal") else "") + "."


# -------------------------------------------------------------------------------------------------------------- kinds


def relation(*words: str, value: str = "any") -> dict[str, Any]:
    return {"relation": words, "value": value}


CLASS = {"lipschitz": relation("=", "<="), "infimum": relation("=", ">="), "mu?": "any", "optimal": (True, False)}


def function(raw: dict[str, Any]) -> Iterator[str]:
    """The function of the file has the properties, and goes through the jets."""
    read(raw["method"], (None,), "method")
    read(raw["proof"], {}, "proof")
    claim = read(raw["claim"], {**CLASS, "jets": [["any", 3, 3], 0, 100_000]}, "claim")
    f, jets, L = Function(raw["function"]), claim["jets"], claim["lipschitz"]["value"]
    form(not claim["optimal"] or claim["lipschitz"]["relation"] == "=", "optimal goes with the relation = of lipschitz")
    yield f"A function of one variable: {class_words(raw['claim'], f', through {len(jets)} jets' if jets else '')}"
    yield from f.check(claim)
    yield "5"
    for x, *wanted in jets:
        found = f.exactly(x)
        require(found == wanted, "at {} (f, f') is ({}, {}), in the jet it is ({}, {})", x, *found, *wanted)
    if claim["optimal"]:
        yield "6"
        points = sorted({x: (x, y, g) for x, y, g in reversed(jets)}.values())
        good = False
        for (x0, f0, g0), (x1, f1, g1) in pairwise(points):
            a, b = abs(2 * (f0 - f1) + (g0 + g1) * (x1 - x0)) / (x1 - x0) ** 2, abs(g1 - g0) / (x1 - x0)
            good = good or L <= a or (L - a) ** 2 <= a * a + b * b
        require(good, "there are two jets that need the constant {}", L)


def drift(raw: dict[str, Any]) -> Iterator[str]:
    """The first steps lead to a state from which the word of gradients, and with it the drift, repeats for ever."""
    m, f = read_method(raw["method"], COORDINATE, numbers=False), Function(raw["function"])
    start = variables(m)
    state = dict.fromkeys(start, "any")
    schema = {"start": interval, "state?": state, "from": range(1, 100_001), "period": range(1, 10_001), **CLASS}
    schema |= {"shift": relation("=", "->", value="other than 0"), "slope": "positive"}
    schema |= {"rounding?": {"unit": "in (0, 1)", "steps": range(1, MANY + 1)}}
    claim = read(raw["claim"], schema, "claim")
    K, p, c = claim["from"], claim["period"], claim["slope"]
    d, way = claim["shift"]["value"], claim["shift"]["relation"]
    schema = {"rule": ("invariant", "contracting", "rounded"), "word": ["any", p, p], "rate?": "in [0, 1)"}
    schema |= {"box?": dict.fromkeys(start, interval), "settled?": state, "radius?": dict.fromkeys(start, "at least 0")}
    proof = read(raw["proof"], schema, "proof")
    rule, letters, box, noise = proof["rule"], proof["word"], proof["box"], claim["rounding"]
    form(claim["state"] is None or timeless(m), "a state is given for a method that counts its steps")
    form((rule == "rounded") == (noise is not None), "the rule is rounded exactly where rounding is not null")
    form(noise is None or (noise["steps"] > K and p == 1), "rounded goes with period 1, and steps beyond from")
    form(rule == "invariant" or (way == "->" and not claim["optimal"]), f"{rule} goes with ->, without optimal")
    form(not claim["optimal"] or claim["lipschitz"]["relation"] == "=", "optimal goes with the relation = of lipschitz")
    for key in ("box", "settled", "radius", "rate"):
        form((proof[key] is None) == ((key == "box") == (rule == "contracting")), f"{key} does not go with {rule}")
    said = raw["claim"]
    words = f"{method_words(raw['method'])} runs away on a function of one variable: "
    words += f"from every start in {spoken(said['start'])}"
    if said["state"]:
        words += f", with {', '.join(spoken(said['state'][name], name) for name in start)}"
    words += f" it moves by {said['shift']['value']} every {p} steps "
    words += f"from step {K} on" if way == "=" else "in the limit"
    if noise:
        words += f", for {noise['steps']} steps with a relative error of at most {said['rounding']['unit']} "
        words += "in every operation"
    yield f"{words}, and |f'| >= {said['slope']} at every iterate; {class_words(said)}"

    yield from f.check(claim)
    yield "2"
    T = f.T[1] if d > 0 else f.T[0]
    require(T is not None, "the {} tail repeats", "right" if d > 0 else "left")
    require((d / T).denominator == 1, "the shift {} is a multiple of the period {}", d, T)
    yield "3"
    u, N = (noise["unit"], noise["steps"]) if noise else (Fraction(0), 0)
    factor = Interval.of(1 - u, 1 + u) if noise else None
    x, z = claim["start"], {name: Interval.of(y) for name, y in (claim["state"] or start).items()}
    for k in range(K):
        g = f.slope(x)
        require(at_most(Interval.of(c), abs(g)), "step {}: {} <= |f'| = |{}|", k, c, g)
        with arithmetic(factor):
            s, z = step(m, z, g * 1 if noise else g, first=k == 0)
            x = x + s
    yield "4"
    for i, w in enumerate(letters):
        require(abs(w) >= c, "|w_{}| = |{}| >= {}", i, w, c)

    def well(i: int, x: Interval, w: Fraction) -> None:
        require(equal(f.slope(x), Interval.of(w)), "f' = {} over X_{} = {}", w, i, x)
        beyond = x.lo >= f.t[-1] - T if d > 0 else x.hi <= f.t[0] + T
        require(beyond, "X_{} = {} lies in the repeated part or beyond", i, x)

    yield "5a"
    settled = {name: Interval.of(y) for name, y in (proof["settled"] or {}).items()}
    if rule == "contracting":
        box = {name: y + Interval.of(-proof["radius"][name], proof["radius"][name]) for name, y in settled.items()}
    for name, value in z.items():
        require(within(value, box[name]), "{} = {} lies in {}", name, value, box[name])
    yield "5b"
    z, place, places, steps = settled if rule == "contracting" else box, x, [], []
    for i, w in enumerate(letters):
        if rule == "invariant":
            well(i, place, w)
        with arithmetic(factor):
            s, z = step(m, z, Interval.of(w) * 1 if noise else Interval.of(w))
        places.append(place)
        steps.append(s)
        place = place + s
    yield "5b" if rule == "contracting" else "5c"
    for name, value in z.items():
        if rule == "contracting":
            require(equal(value, settled[name]), "{} = {} is {} again", name, value, settled[name])
        else:
            require(within(value, box[name]), "{} = {} lies in its box {} again", name, value, box[name])
    yield "5b" if rule == "contracting" else "5d"
    if rule != "rounded":
        require(equal(total(steps), Interval.of(d)), "the steps sum to {}, the shift is {}", total(steps), d)
    else:
        require(N * u < 1 or None, "N·u = {} < 1", N * u)
        off, size = largest(steps[0] - Interval.of(d)), largest(x) + N * largest(steps[0])
        E = N * (off + Interval.of(u) * (size / Interval.of(1 - N * u)))
        well(0, x + Interval.of(-E.hi, E.hi), letters[0])
    if rule == "contracting":
        yield "5c"
        radii, share_ = [Interval.of(r) for r in proof["radius"].values()], Interval.of(proof["rate"])
        z, moved, errors = dict(zip(box, as_variables(list(box.values())), strict=True)), ZERO, [ZERO]
        for w in letters:
            s, z = step(m, z, Interval.of(w))
            moved = moved + s
            errors.append(weighted(moved, radii))
        for (name, value), r in zip(z.items(), radii, strict=True):
            require(at_most(weighted(value, radii), share_ * r), "{} contracts by the rate {}", name, share_)
        yield "5d"
        R = errors[-1] / (1 - share_)
        for i, (w, error, ahead) in enumerate(zip(letters, errors, accumulate([ZERO, *steps]), strict=False)):
            well(i, x + ahead + Interval(-1, 1) * (R + error), w)
    if claim["optimal"]:
        yield "6"
        require(all(y.exact for y in places) or None, "every X_i is exact")
        nodes, L = sorted((y.lo % abs(d), w) for y, w in zip(places, letters, strict=True)), claim["lipschitz"]["value"]
        nodes.append((nodes[0][0] + abs(d), nodes[0][1]))
        gaps = [(t1 - t0, w0, w1) for (t0, w0), (t1, w1) in pairwise(nodes)]
        require(all(h > 0 for h, _, _ in gaps), "the X_i differ modulo the shift")
        if not any(L * h <= abs(w1 - w0) for h, w0, w1 in gaps):
            rise = sum(h * (w0 + w1) for h, w0, w1 in gaps) / 2 * (-1 if d > 0 else 1)
            bound = sum(h * h * L - (w1 - w0) ** 2 / L for h, w0, w1 in gaps) / 4
            require(rise >= bound, "{} >= {}, so that no constant below {} will do", rise, bound, L)


def as_variables(box: Sequence[Interval]) -> list[Interval]:
    """The intervals with the derivatives of independent variables."""
    rows = [tuple(ONE if i == j else ZERO for j in range(len(box))) for i in range(len(box))]
    return [Interval(x.a, x.b, x.d, row) for x, row in zip(box, rows, strict=True)]


def weighted(x: Interval, radii: Sequence[Interval]) -> Interval:
    """Σ |derivative|·radius."""
    return total([abs(y) * r for y, r in zip(x.parts or [ZERO] * len(radii), radii, strict=True)])


def cycle(raw: dict[str, Any]) -> Iterator[str]:
    """A fixed point of p steps, met exactly or by Krawczyk's test, and the derivative there."""
    m, f = read_method(raw["method"], COORDINATE, numbers=True), Function(raw["function"])
    form(timeless(m), "the method counts its steps, and has no cycles here")
    names = ["x", *variables(m)]
    rule = read(raw["proof"].get("rule") if isinstance(raw["proof"], dict) else None, ("exact", "enclosed"), "rule")
    exact = rule == "exact"

    def place(value: Any, what: str) -> Interval:
        x = single(value, what) if exact else interval(value, what)
        form(exact or not x.exact, f"{what} = {{}} has no length", value)
        return x

    def stability(value: Any, what: str) -> dict[str, Any]:
        kind = read(value.get("type") if isinstance(value, dict) else None, ("attracting", "repelling"), what)
        near = {"repeats": range(1, 100_001), "rate": "in [0, 1)", "radius": dict.fromkeys(names, "positive")}
        far = {"power": range(1, 1001), "multiplier": interval}
        schema = {"type": (kind,), **(near if kind == "attracting" else far)}
        o: dict[str, Any] = read(value, schema, what)
        return o

    schema = {
        "period": range(1, 10_001),
        "x": place,
        "state": dict.fromkeys(names[1:], place),
        "slope": "positive",
        **CLASS,
    }
    claim = read(raw["claim"], {**schema, "stability?": stability}, "claim")
    matrix = (None,) if exact else [[single, len(names), len(names)], len(names), len(names)]
    Y = read(raw["proof"], {"rule": (rule,), "matrix": matrix}, "proof")["matrix"]
    stable, p, c, said = claim["stability"] or {"type": None}, claim["period"], claim["slope"], raw["claim"]
    form(not claim["optimal"] or (exact and claim["lipschitz"]["relation"] == "="), "optimal goes with exact and =")
    words = ", ".join([spoken(said["x"], "x"), *(spoken(said["state"][name], name) for name in names[1:])])
    words = f"from {words} it is back after {p} steps, and |f'| >= {said['slope']} at every iterate"
    if stable["type"] == "attracting":
        form(p * stable["repeats"] <= 100_000, "period times repeats is beyond 100000")
        near = ", ".join(f"{said['stability']['radius'][name]} of {name}" for name in names)
        words += f", and every start within {near} converges to the cycle"
    if stable["type"] == "repelling":
        form(stable["multiplier"].lo > 1, "the multiplier is not above 1")
        words += f", and the cycle repels with a multiplier in {spoken(said['stability']['multiplier'])}"
    yield f"{method_words(raw['method'])} goes round on a function of one variable: {words}; {class_words(said)}"

    def run(
        z: Sequence[Interval], steps: int, look: bool = False, near: Sequence[Interval] | None = None
    ) -> list[Interval]:
        """Φ: x and the state after so many steps, with a look at each gradient before it is used.

        Starts within the radii `near` of the cycle stay as near to it as the derivatives say (mean value theorem).
        """
        for k in range(steps):
            x, state = z[0], dict(zip(names[1:], z[1:], strict=True))
            g = f.slope(x)
            if look:
                require(at_most(Interval.of(c), abs(g)), "step {}: {} <= |f'| = |{}|", k, c, g)
                seen.append((z, g))
            s, state = step(m, state, g)
            z = [x + s, *state.values()]
            if near is not None:
                around = seen[(k + 1) % p][0]
                for y, middle in zip(z, around, strict=True):
                    bound = middle + Interval(-1, 1) * weighted(y, near)
                    low, high = max(y.lo, bound.lo), min(y.hi, bound.hi)
                    require(low <= high or None, "{} and {} meet", y, bound)
                    both = Interval.of(low, high)
                    y.a, y.b, y.d = both.a, both.b, both.d
        return list(z)

    def jacobian(box: Sequence[Interval], steps: int) -> list[list[Interval]]:
        return [list(y.parts or [ZERO] * len(box)) for y in run(as_variables(box), steps)]

    yield from f.check(claim)
    yield "2"
    Z, size = [claim["x"], *claim["state"].values()], range(len(names))
    seen: list[tuple[Sequence[Interval], Interval]] = []
    if exact:
        with arithmetic(exact=True):
            for name, before, after in zip(names, Z, run(Z, p, look=True), strict=True):
                require(equal(after, before), "{} = {} is {} again", name, after, before)
    else:
        middle = [Interval.of((x.lo + x.hi) / 2) for x in Z]
        miss = [y - x for x, y in zip(middle, run(middle, p), strict=True)]
        J = [[y - int(a == b) for b, y in enumerate(row)] for a, row in enumerate(jacobian(Z, p))]
        for a, name in enumerate(names):
            row = [int(a == b) - total([Y[a][e] * J[e][b] for e in size]) for b in size]
            K = middle[a] - dot(Y[a], miss) + total([row[b] * (Z[b] - middle[b]) for b in size])
            require(within(K, Z[a], strict=True), "{}: Krawczyk's {} lies strictly within {}", name, K, Z[a])
        run(Z, p, look=True)
    yield "3"
    if stable["type"] == "attracting":
        radii = [Interval.of(r) for r in stable["radius"].values()]
        around = [x + Interval.of(-r, r) for x, r in zip(Z, stable["radius"].values(), strict=True)]
        for name, y, r in zip(names, run(as_variables(around), p * stable["repeats"], near=radii), radii, strict=True):
            good = at_most(weighted(y, radii), Interval.of(stable["rate"]) * r)
            require(good, "{} contracts by the rate {}", name, stable["rate"])
    if stable["type"] == "repelling":
        for k, (z, _) in enumerate(seen):
            require(len(f.regions(z[0])) == 1 or None, "step {}: X = {} lies in one piece", k, z[0])
        J = P = jacobian(Z, p)
        for _ in range(stable["power"] - 1):
            P = [[dot(row, column) for column in zip(*J, strict=True)] for row in P]
        low, high = (end ** stable["power"] for end in (stable["multiplier"].lo, stable["multiplier"].hi))
        trace = abs(total([P[a][a] for a in size]))
        require(at_most(Interval.of(low * len(names)), trace), "lo^n·d <= |trace of J^n| = {}", trace)
        for name, row in zip(names, P, strict=True):
            norm = total([abs(y) for y in row])
            require(at_most(norm, Interval.of(high)), "{}: the row sum {} of |J^n| <= hi^n", name, norm)
    if claim["optimal"]:
        yield "4"
        points, L = sorted({z[0].lo: g.lo for z, g in seen}.items()), claim["lipschitz"]["value"]
        good = any(L * (x1 - x0) <= abs(g1 - g0) for (x0, g0), (x1, g1) in pairwise(points))
        require(good, "there are two points that need the constant {}", L)


def dot(u: Sequence[Interval], v: Sequence[Interval]) -> Interval:
    """The inner product, in order."""
    return total([x * y for x, y in zip(u, v, strict=True)])


def squares(u: Sequence[Interval]) -> Interval:
    """|u|², in order."""
    return total([x.square() for x in u])


def vector_step(o: dict[str, Any], x: list[Any], m: list[Any], g: list[Any]) -> tuple[list[Any], list[Any]]:
    """One step of a method that is not coordinate-wise: the step and the next state."""
    lr, momentum, eps = o["learning_rate"], o["momentum"], o["eps"]
    if o["name"] == "lars":
        decay, length = o["weight_decay"], squares(x).sqrt()
        rate = lr * (o["trust_coefficient"] * length / (squares(g).sqrt() + decay * length + eps))
        m = [momentum * d + rate * (y + decay * z) for d, y, z in zip(m, g, x, strict=True)]
        return [-d for d in m], m
    m = [mix(old, y, 1 - momentum) for old, y in zip(m, g, strict=True)]
    if o["name"] == "normalized":
        length = squares(m).sqrt() + eps
        return [-(lr * (y / length)) for y in m], m
    U = [mix(y, b, momentum) for y, b in zip(g, m, strict=True)] if o["nesterov"] else m
    length, n = maximum(squares(U).sqrt(), eps), o["columns"]
    X = [[y / length for y in U[i : i + n]] for i in range(0, len(U), n)]
    a, b, c = (Interval.of(y) for y in o["coefficients"])
    for _ in range(o["ns_steps"]):
        A = [[dot(row, other) for other in X] for row in X]
        AA = [[dot(row, column) for column in zip(*A, strict=True)] for row in A]
        B = [[b * y + c * z for y, z in zip(*rows, strict=True)] for rows in zip(A, AA, strict=True)]
        BX = [[dot(row, column) for column in zip(*X, strict=True)] for row in B]
        X = [[a * y + z for y, z in zip(*rows, strict=True)] for rows in zip(X, BX, strict=True)]
    scale = lr * Interval.of(max(Fraction(1), Fraction(o["rows"], n))).sqrt()
    return [-(scale * y) for row in X for y in row], m


def orbit(raw: dict[str, Any]) -> Iterator[str]:
    """The points are the method's, and a function goes through the jets at them."""
    read(raw["function"], (None,), "function")
    schema: dict[str, Any] = {
        "dimension": range(1, 20_001),
        "steps": range(1, 2001),
        "closed": (True, False),
        "rise?": "any",
    }
    schema |= {"lipschitz": relation("<=", value="positive"), "infimum": relation(">="), "mu?": "at least 0"}
    claim = read(raw["claim"], {**schema, "slope": "positive"}, "claim")
    n, K, closed, said = claim["dimension"], claim["steps"], claim["closed"], raw["claim"]
    mu, size = claim["mu"], K if closed else K + 1
    form(not closed or K > 1, "a closed orbit has at least 2 points")
    form(
        size <= 2000 and size * n <= 20_000 and size * size * n <= 4_000_000,
        f"{size} points of dimension {n} are too many",
    )
    form(mu is None or mu < claim["lipschitz"]["value"], "mu is not below the Lipschitz constant")
    form((claim["rise"] is None) == closed, "rise is null exactly where the orbit is closed")
    m = read_method(raw["method"], ["linear"] if closed else [*COORDINATE, *VECTOR], numbers=True)
    form(m["name"] != "muon" or m["rows"] * m["columns"] == n, "rows times columns is not the dimension")

    def coordinate(value: Any, what: str) -> tuple[Fraction, Fraction | None]:
        """a·cos(2πt) as (a, t), and a number a as (a, None)."""
        if not isinstance(value, list):
            return read(value, "any", what), None
        form(len(value) == 3, f"{what} = {{}} is not a coordinate", value)
        quarter = Fraction(read(value[0], ("cos", "sin"), what) == "sin", 4)  # sin(2πt) = cos(2π(t - 1/4))
        return read(value[1], "any", what), read(value[2], "of a denominator of at most 1000", what) - quarter

    jets = {"gradients": [[single, n, n], size, size], "values": [single, size, size], "x0": [single, n, n]}
    closed_jets = {"points": [[coordinate, n, n], size, size], "values": [single, size, size]}
    proof = read(raw["proof"], closed_jets if closed else jets, "proof")
    if closed:
        words = (
            f"goes round on a function of {n} variables: {K} points repeat for ever, and |grad F| >= {said['slope']} "
        )
        words += "at each"
    else:
        words = (
            f"on a function of {n} variables: for {K} steps |grad F| >= {said['slope']}, and F rises by {said['rise']}"
        )
    yield f"{method_words(raw['method'])} {words}; {class_words(said, space=True)}"

    yield "1"
    if closed:
        x = [[Interval.of(a) if t is None else Interval.of(a) * cosine(t) for a, t in row] for row in proof["points"]]
        if not any(max(y.lo for y in column) > min(y.hi for y in column) for column in zip(*x, strict=True)):
            require(False if all(y.exact for row in x for y in row) else None, "two points are different")
        lag, b = next((i, Interval.of(y)) for i, y in enumerate(m["b"]) if y != 0)
        a, g = [Interval.of(y) for y in m["a"]], [[ZERO]] * K
        for k in range(K):
            before = [x[(k - i) % K] for i in range(len(a))]
            ahead = zip(x[(k + 1) % K], zip(*before, strict=True), strict=True)
            g[(k - lag) % K] = [(y - dot(a, column)) / b for y, column in ahead]
    elif m["name"] in COORDINATE:
        x, g = [proof["x0"]], proof["gradients"]
        states: list[Any] = [{name: Interval.of(y) for name, y in variables(m).items()} for _ in range(n)]
        for k in range(K):
            moves = [step(m, z, y, first=k == 0) for z, y in zip(states, g[k], strict=True)]
            states = [z for _, z in moves]
            x.append([y + s for y, (s, _) in zip(x[-1], moves, strict=True)])
    else:
        x, g, states = [proof["x0"]], proof["gradients"], [ZERO] * n
        if m["name"] == "muon":
            work = K * m["ns_steps"] * m["rows"] ** 2 * (m["rows"] + 2 * m["columns"])
            require(work <= 10**7 or None, "the matrices can be multiplied within 10^7 products")
        for k in range(K):
            s, states = vector_step(m, x[-1], states, g[k])
            x.append([y + z for y, z in zip(x[-1], s, strict=True)])
    yield "2"
    c, L, low = (Interval.of(y) for y in (claim["slope"], claim["lipschitz"]["value"], claim["infimum"]["value"]))
    f, norms, bend = proof["values"], [squares(y) for y in g], Interval.of(mu or 0)
    for k, norm in enumerate(norms):
        require(at_most(c * c, norm), "{}² <= |g_{}|² = {}", c, k, norm)
    if not closed:
        require(equal(f[-1] - f[0], Interval.of(claim["rise"])), "F rises by {}", claim["rise"])
    yield "3"
    for i, j in combinations(range(size), 2):
        apart = [z - y for y, z in zip(x[i], x[j], strict=True)]
        change = [z - y for y, z in zip(g[i], g[j], strict=True)]
        D, G = squares(apart), squares(change)
        require(0 not in D or (False if D.exact else None), f"x_{i} and x_{j} are different")
        if mu is None:
            both = [y + z for y, z in zip(g[i], g[j], strict=True)]
            A, LD = abs(2 * (f[i] - f[j]) + dot(both, apart)), L * D
            require(at_most(2 * A, LD), f"x_{i}, x_{j}: 2|A| = {{}} <= L·D = {{}}", 2 * A, LD)
            room = LD.square() - 2 * L * D * A
            require(at_most(G * D, room), f"x_{i}, x_{j}: G·D = {{}} <= {{}}", G * D, room)
        else:  # (j, i) has the same right side: both differences in it change their signs
            least_ = (G / L + bend * D - 2 * (bend / L) * dot(change, apart)) / (2 * (1 - bend / L))
            for left in (f[i] - f[j] + dot(g[j], apart), f[j] - f[i] - dot(g[i], apart)):
                require(at_most(least_, left), f"x_{i}, x_{j}: {{}} >= {{}}", left, least_)
    yield "4"
    answers = [at_most(low, y - norm / (2 * bend if mu else 2 * L)) for y, norm in zip(f, norms, strict=True)]
    worst = next((k for k, answer in enumerate(answers) if answer is not True), 0)
    answer = answers[worst]
    if mu:
        answer = True if True in answers else None if None in answers else False
    require(answer, "{} <= f_{} - |g_{}|²/(2·{})", low, worst, worst, bend if mu else L)


def vanishing(raw: dict[str, Any]) -> Iterator[str]:
    """V_k = (k + 1)·v_k/c² and U_k = sqrt(k + 1)·|m_k|/c stay bounded."""
    read(raw["function"], (None,), "function")
    claim = read(raw["claim"], {"slope": "positive", "lipschitz": relation("<="), "infimum": relation(">=")}, "claim")
    K = read(raw["proof"], {"steps": range(1, 100_001)}, "proof")["steps"]
    m = read_method(raw["method"], ["adam"], numbers=False)
    wanted = {"start": "first-gradient", "amsgrad": None, "eps": "0", "eps_root": "0", "eps_hat": None}
    form(all(raw["method"][key] == y for key, y in wanted.items()), "adam is not the paper's")
    words = (
        f"{method_words(raw['method'])} with the learning rate divided by sqrt(k + 1) runs away on a function of one "
    )
    words += f"variable: x_k -> infinity, and f'(x_k) = -({raw['claim']['slope']})/sqrt(k + 1); "
    yield words + class_words(raw["claim"])
    yield "1"
    beta1, beta2, lr, c = m["beta1"], m["beta2"], m["learning_rate"], Interval.of(claim["slope"])
    U = V = B = D = ONE
    for k in range(K):
        j = Interval.of(Fraction(k + 2, k + 1))
        V, U = j * beta2 * V + (1 - beta2), j.sqrt() * beta1 * U + (1 - beta1)
        B, D = maximum(B, V), maximum(D, U)
    yield "2"
    j = Interval.of(Fraction(K + 2, K + 1))
    for name, beta in (("beta2", beta2), ("beta1", beta1)):
        require(at_most(j * beta, ONE, strict=True), "{}·{} = {} < 1", j, name, j * beta)
    B = Interval.of(maximum(B, (1 - beta2) / (1 - j * beta2)).hi)
    D = Interval.of(maximum(D, (1 - beta1) / (1 - j * beta1)).hi)
    yield "3"
    need, room = 4 * c * B.sqrt(), Interval.of(claim["lipschitz"]["value"]) * lr
    require(at_most(need, room), "4·c·sqrt(B) = {} <= {}", need, room)
    yield "4"
    low, fall = Interval.of(claim["infimum"]["value"]), -(lr * c * D)
    require(at_most(low, fall), "{} <= {}", low, fall)


KINDS = {"function": function, "drift": drift, "cycle": cycle, "orbit": orbit, "vanishing": vanishing}

# ------------------------------------------------------------------------------------------------------------ program


def examine(data: bytes, seen: dict[str, str]) -> None:
    """Come back if the certificate is proved; `seen` learns the kind, the sentence and the condition."""
    raw = parse(data)
    form(isinstance(raw, dict) and raw.get("format") == "misstep certificate", "format is not 'misstep certificate'")
    version, kind = read(raw.get("version"), range(1, 10**18 + 1), "version"), raw.get("kind")
    require(version == 1 or None, "version {} is known", version)
    form(isinstance(kind, str), "kind = {} is not a string", kind)
    require(kind in KINDS or None, "the kind {} is known", kind)
    seen["kind"] = kind
    provenance = raw.get("provenance")
    good = isinstance(provenance, dict) and all(isinstance(value, str) for value in provenance.values())
    form(good, "provenance = {} is not an object of strings", provenance)
    keys = ("format", "version", "kind", "sentence", "method", "function", "claim", "proof", "provenance")
    steps = KINDS[kind](read(raw, dict.fromkeys(keys, lambda value, _: value), "certificate"))
    sentence = next(steps)
    form(raw["sentence"] == sentence, f"condition 0: the sentence is not that of the claim: {sentence}")
    seen["sentence"] = sentence
    for number_ in steps:
        seen["at"] = f"condition {number_}: "


def check(data: bytes) -> tuple[str, str | None, str | None, str | None]:
    """The verdict on the bytes of a file, the reason (None where PROVED), the kind and the sentence, as far as read."""
    seen: dict[str, str] = {}
    verdict, reason = "PROVED", None
    try:
        examine(data, seen)
    except Stop as stop:
        verdict, reason = stop.args[0], seen.get("at", "") + stop.args[1]
    except Exception as error:  # a fault of this program is no verdict on the file
        verdict, reason = "UNDECIDED", f"this checker failed: {show(repr(error))}"
    return verdict, reason, seen.get("kind"), seen.get("sentence")


def read_file(path: str) -> bytes:
    """The bytes of a regular file, one more than allowed at most."""
    try:
        form(stat.S_ISREG(os.lstat(path).st_mode), "not a regular file")
        with open(
            os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)), "rb"
        ) as file:
            return file.read(BYTES + 1)
    except (OSError, ValueError) as error:
        raise Stop("MALFORMED", f"cannot be read: {error}") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the files of the command line; 0 if all are proved, else 2 (malformed), 1 (refuted) or 4 (undecided)."""
    parser = argparse.ArgumentParser(
        description="Check misstep certificates; needs Python alone.",
        epilog="example: python tools/check_certificate.py paper.cert.json -- exit status: 0 if all are proved, "
        "else 2 if one is malformed, else 1 if one is refuted, else 4",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a certificate")
    parser.add_argument("--json", action="store_true", help="print the verdicts as JSON and nothing else")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    rows = []
    for path in options.files:
        began = time.perf_counter()
        try:
            verdict, reason, kind, sentence = check(read_file(path))
        except Stop as stop:
            (verdict, reason), kind, sentence = stop.args, None, None
        seconds = round(time.perf_counter() - began, 3)
        rows.append(
            {"file": path, "kind": kind, "claim": sentence, "verdict": verdict, "seconds": seconds, "reason": reason}
        )
        if not options.json:
            print(f"{verdict}  {path}  ({seconds:.2f} s)\n    {reason or sentence}", flush=True)
    if options.json:
        print(json.dumps(rows, indent=1))
    status = {"MALFORMED": 2, "REFUTED": 1, "UNDECIDED": 4}
    return next((status[verdict] for verdict in status if verdict in {row["verdict"] for row in rows}), 0)


if __name__ == "__main__":
    sys.exit(main())
