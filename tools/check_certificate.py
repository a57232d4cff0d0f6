"""Check misstep certificates with Python's standard library alone. Example: python tools/check_certificate.py FILE.

The format and its conditions are those of docs/reference/certificate-format.md; no code is shared with misstep.
Each kind is a generator near the end of the file: it reads the form, yields the sentence that the file has to have, and
then examines the conditions; before each it yields the condition's number. Whatever fails raises `Stop`.
"""

from __future__ import annotations

import argparse, contextlib, functools, io, json, math, os, re, stat, sys, time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, combinations, pairwise
from typing import Any

GRID, LONG, HUGE = 256, 4096, 1 << 14  # round to 2^-256, and what has more than 4096 bits; give up beyond 2^16384
BYTES, DEPTH, DIGITS, MANY = 8_388_608, 16, 2000, 1_000_000_000
PIECES, PRODUCTS = 3_000_000, 10_000_000
UNIT, INFINITY = 1 << GRID, math.inf


class Stop(Exception):
    """The end of a check: the verdict and the reason."""


def show(value: Any) -> str:
    """A value for a message, shortened."""
    if isinstance(value, Interval):
        return show(value.lo) if value.exact else f"[{show(value.lo)}, {show(value.hi)}]"
    if isinstance(value, Fraction):
        p, q = value.numerator.bit_length(), value.denominator.bit_length()
        return str(value) if max(p, q) <= 64 else f"{float(value):.9g}" if abs(p - q) < 1000 else f"+-2^{p - q}"
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def form(good: bool, text: str, value: Any = None) -> None:
    """Go on where the form is right. `{}` in the text stands for the value."""
    if not good: raise Stop("MALFORMED", text.format(show(value)))


def require(answer: bool | None, text: str, *values: Any) -> None:
    """Go on where the answer is True; False refutes, None leaves undecided. `{}` in the text stand for the values."""
    word, end = ("REFUTED", "violated") if answer is False else ("UNDECIDED", "neither confirmed nor excluded")
    if answer is not True: raise Stop(word, f"{text.format(*map(show, values))}: {end}")


# --------------------------------------------------------------------------------------------------------- arithmetic

MODE: list[Any] = [None, False]


@contextlib.contextmanager
def arithmetic(factor: Interval | None = None, exact: bool = False) -> Iterator[None]:
    """Within, the result of each operation is multiplied by the factor [1 - u, 1 + u], or has to be exact."""
    before, MODE[:] = MODE[:], [factor, exact]
    try: yield
    finally: MODE[:] = before


def rounded(p: int, r: int, q: int) -> Interval:
    """[p/q, r/q] after the rounding rule; floor division rounds the lower end, and minus the upper one, down."""
    if max(abs(p), abs(r)) >> HUGE > q: raise Stop("UNDECIDED", f"a number beyond 2^{HUGE} was met")
    if p == r:
        p, q = p // (g := math.gcd(p, q)), q // g
        if p.bit_length() <= LONG >= q.bit_length(): return Interval(p, p, q)
        r = p
    low, high = (p << GRID) // q, -((-r << GRID) // q)
    if p == r or not q & (q - 1): return Interval(low, high, UNIT)  # over a power of 2 each end is a multiple, or moved

    def end(n: int, moved: int) -> Fraction:
        x = Fraction(n, q)
        return x if x.denominator <= UNIT and x.numerator.bit_length() <= LONG else Fraction(moved, UNIT)

    return of(end(p, low), end(r, high))


def op(p: int, r: int, q: int) -> Interval:
    """[p/q, r/q] as the result of an operation."""
    x, (factor, exact) = rounded(p, r, q), MODE
    if factor:
        ends = [e * u for e in (x.a, x.b) for u in (factor.a, factor.b)]
        x = rounded(min(ends), max(ends), x.d * factor.d)
    if exact and not x.exact: raise Stop("UNDECIDED", f"an operation gives {show(x)} and is not exact")
    return x


def chain(v: Interval, *terms: tuple[Interval, Interval], over: Interval | None = None) -> Interval:
    """The value v with the derivatives Σ factor·x' for the terms (factor, x), divided by `over`."""
    for j in range(max(len(x.parts) for _, x in terms)):
        sums = [f.value * x.parts[j] for f, x in terms if x.parts and not x.parts[j].a == 0 == x.parts[j].b]
        v.parts += (sum(sums, ZERO) / over.value if over and sums else sum(sums, ZERO),)
    return v


def of(lo: Any, hi: Fraction | int | None = None) -> Interval:
    """[lo, hi], or the number lo; not rounded. What is an interval stays."""
    if isinstance(lo, Interval): return lo
    (p, q), (r, s) = lo.as_integer_ratio(), (lo if hi is None else hi).as_integer_ratio()
    return Interval(p, r, q) if q == s else Interval(p * s, r * q, q * s)


class Interval:
    """[a/d, b/d] with d > 0, and the intervals of its partial derivatives, if it has any."""

    __slots__ = ("a", "b", "d", "parts")

    def __init__(self, a: int, b: int, d: int = 1, parts: tuple[Interval, ...] = ()) -> None:
        self.a, self.b, self.d, self.parts = a, b, d, parts

    lo = property(lambda self: Fraction(self.a, self.d))
    hi = property(lambda self: Fraction(self.b, self.d))
    exact = property(lambda self: self.a == self.b)
    value = property(lambda self: Interval(self.a, self.b, self.d) if self.parts else self)

    def __contains__(self, zero: int) -> bool: return self.a <= zero * self.d <= self.b

    def __neg__(self) -> Interval: return Interval(-self.b, -self.a, self.d, tuple(-x for x in self.parts))

    def __add__(self, other: Interval | int) -> Interval:
        y = of(other)
        return chain(op(self.a * y.d + y.a * self.d, self.b * y.d + y.b * self.d, self.d * y.d), (ONE, self), (ONE, y))

    def __sub__(self, other: Interval | int) -> Interval: return self + -other

    def __rsub__(self, other: int) -> Interval: return -self + other

    def __mul__(self, other: Interval | int) -> Interval:
        y = of(other)
        ends = self.a * y.a, self.a * y.b, self.b * y.a, self.b * y.b
        return chain(op(min(ends), max(ends), self.d * y.d), (y, self), (self, y))

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Interval | int) -> Interval:
        y = of(other)
        if 0 in y: raise Stop("UNDECIDED", f"division by {show(y)}, which contains 0")
        if y.b < 0: return -self / -y
        low, high = (y.b if self.a >= 0 else y.a), (y.a if self.b >= 0 else y.b)  # divides the lower, the upper end
        q = op(self.a * high * y.d, self.b * low * y.d, self.d * low * high)
        return chain(q, (ONE, self), (-q, y), over=y)

    def __rtruediv__(self, other: int) -> Interval: return of(other) / self

    def square(self) -> Interval:
        low, high = sorted((self.a**2, self.b**2))
        v = op(0 if 0 in self else low, high, self.d**2)
        return chain(v, (2 * self.value, self)) if self.parts else v

    def sqrt(self) -> Interval:
        if self.a < 0: raise Stop("UNDECIDED", f"the root of {show(self)}, which reaches below 0")
        g = math.gcd(self.a, self.d)
        n, m = math.isqrt(self.a // g), math.isqrt(self.d // g)
        if self.exact and n * n * g == self.a and m * m * g == self.d:
            root = op(n, n, m)
        else:
            above = -((-self.b << 2 * GRID) // self.d)
            high = math.isqrt(above)
            root = op(math.isqrt((self.a << 2 * GRID) // self.d), high + (high * high < above), UNIT)
        return chain(root, (ONE, self), over=2 * root) if self.parts else root

    def __abs__(self) -> Interval:
        if 0 not in self: return self if self.a > 0 else -self
        return Interval(0, max(-self.a, self.b), self.d, tuple(hull(x, -x) for x in self.parts))

    def sign(self) -> Interval:
        if 0 in self and not self.exact: raise Stop("UNDECIDED", f"the sign of {show(self)}")
        return of((self.a > 0) - (self.a < 0))


ZERO, ONE, AROUND = Interval(0, 0), Interval(1, 1), Interval(-1, 1)


def hull(x: Interval, y: Interval) -> Interval:
    return rounded(min(x.a * y.d, y.a * x.d), max(x.b * y.d, y.b * x.d), x.d * y.d)


def maximum(x: Interval, y: Interval) -> Interval:
    """The larger one, end by end; with the derivative of the one that is certainly not smaller, or the hull of both."""
    v = rounded(max(x.a * y.d, y.a * x.d), max(x.b * y.d, y.b * x.d), x.d * y.d)
    mine, others = (z.parts or (ZERO,) * len(x.parts or y.parts) for z in (x, y))
    v.parts = mine if at_most(y, x) else others if at_most(x, y) else tuple(map(hull, mine, others))
    return v


def mix(a: Interval, b: Interval, t: Interval) -> Interval:
    """(1 - t)·a + t·b for t in [0, 1]: one operation on independent a, b, t (four with errors, none where t = 1)."""
    if MODE[0]: return b if t.a == t.b == t.d else (1 - t) * a + t * b
    low = min((t.d - e) * a.a * b.d + e * b.a * a.d for e in (t.a, t.b))
    high = max((t.d - e) * a.b * b.d + e * b.b * a.d for e in (t.a, t.b))
    v = op(low, high, a.d * b.d * t.d)
    return chain(v, (1 - t.value, a), (t, b), (b.value - a.value, t)) if a.parts or b.parts or t.parts else v


def share(beta: Interval, top: Interval, p: Interval) -> Interval:
    """(1 - top)/(1 - beta·p) within [0, 1], as one operation: gain(beta, p) where top is beta, ratio where it is p."""
    with arithmetic():
        below = 1 - beta * p
        q = Interval(0, 1) if 0 in below and not p.parts else (1 - top) / below
    if q.b < 0 or q.a > q.d: raise Stop("UNDECIDED", f"a gain of {show(q)} outside [0, 1]")
    v = op(max(q.a, 0), min(q.b, q.d), q.d)
    v.parts = q.parts
    return v


def at_most(x: Interval, y: Interval, strict: bool = False) -> bool | None:
    """x <= y, or x < y."""
    room, excess = y.a * x.d - x.b * y.d, x.a * y.d - y.b * x.d
    return True if room >= strict else False if excess > -strict else None


def within(x: Interval, y: Interval, strict: bool = False) -> bool | None:
    """x in y, or strictly in y; violated where they are disjoint."""
    inside = min(x.a * y.d - y.a * x.d, y.b * x.d - x.b * y.d) >= strict
    return True if inside else False if at_most(x, y, strict=True) or at_most(y, x, strict=True) else None


def equal(x: Interval, y: Interval) -> bool | None:
    return False if within(x, y) is False else (x.exact and y.exact) or None


def dot(u: Sequence[Interval], v: Sequence[Interval]) -> Interval:
    return sum([x * y for x, y in zip(u, v, strict=True)], ZERO)


def squares(u: Sequence[Interval]) -> Interval:
    return sum([x.square() for x in u], ZERO)


def product(P: list[list[Interval]], Q: list[list[Interval]]) -> list[list[Interval]]:
    return [[dot(row, column) for column in zip(*Q, strict=True)] for row in P]


def as_variables(box: Sequence[Interval]) -> list[Interval]:
    """The intervals with the derivatives of independent variables."""
    return [Interval(x.a, x.b, x.d, tuple(ONE if i == j else ZERO for j in range(len(box)))) for i, x in enumerate(box)]


def weighted(x: Interval, radii: Sequence[Interval]) -> Interval:
    """Σ |derivative|·radius: by the mean value theorem x varies by no more over a box of these radii."""
    return dot([abs(y) for y in x.parts or (ZERO,) * len(radii)], radii)


PI = 314159265358979323846264338327950288419716939937510582097494459230781640628620899  # of π·10^80, cut off


@functools.cache
def cosine(t: Fraction) -> Interval:
    """cos(2πt): by symmetry 0 <= t <= 1/4; Taylor's series alternates, so that the rest is under the last term."""
    t = min(t % 1, -t % 1)
    if t > Fraction(1, 4): return -cosine(Fraction(1, 2) - t)
    if t in (0, Fraction(1, 6), Fraction(1, 4)): return of({1: 1, 6: Fraction(1, 2), 4: 0}[t.denominator])
    square, sum_, term = (Interval(2 * PI, 2 * PI + 2, 10**80) * of(t)).square(), ONE, ONE
    for k in range(1, 41):
        term = -(term * square) / (2 * k * (2 * k - 1))
        sum_ = sum_ + term
    return sum_ + term * AROUND


# --------------------------------------------------------------------------------------------------------------- form


def parse(data: bytes) -> Any:
    """The JSON value in the file."""
    form(len(data) <= BYTES, f"the file has more than {BYTES} bytes")
    form(not data.startswith(b"\xef\xbb\xbf"), "the file begins with a byte order mark")
    try: text = data.decode()
    except UnicodeDecodeError as error: raise Stop("MALFORMED", f"byte {error.start} is not UTF-8") from None
    depth = 0
    for token in re.finditer(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', text, re.DOTALL):  # a whole string, or a bracket
        depth += (token[0] in "[{") - (token[0] in "]}")
        form(depth <= DEPTH, f"nested more than {DEPTH} deep")

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        form(len(o := dict(pairs)) == len(pairs), "a key occurs twice in {}", [key for key, _ in pairs])
        return o

    def refuse(word: str) -> None: form(False, "{} is not an integer", word)

    def integer(digits: str) -> int: return int(digits[:19])  # 18 digits are beyond every limit

    try:
        return json.loads(text, object_pairs_hook=members, parse_float=refuse, parse_constant=refuse, parse_int=integer)
    except ValueError as error: raise Stop("MALFORMED", f"not JSON: {error}") from None


NUMBERS: dict[str, Callable[[Fraction], bool]] = {  # what numbers may have to be
    "any": lambda _: True,
    "positive": lambda x: x > 0,
    "at least 0": lambda x: x >= 0,
    "other than 0": lambda x: x != 0,
    "in [0, 1)": lambda x: 0 <= x < 1,
    "in (0, 1)": lambda x: 0 < x < 1,
    "p/q with p, q <= 1000": lambda x: 0 <= x.numerator <= 1000 >= x.denominator,
    "of a denominator of at most 1000": lambda x: x.denominator <= 1000,
}
NUMBER = re.compile(rf"(0|-?[1-9][0-9]{{,{DIGITS - 1}}})(?:/([1-9][0-9]{{,{DIGITS - 1}}}))?")


def read(value: Any, schema: Any, what: str) -> Any:
    """The value, if it has the form of the schema.

    A dict is an object with these keys (null will do where the key ends in "?"), a list is an array of a schema between
    two lengths, a range is a count, a tuple are words, a string says what a number has to be.
    """
    if callable(schema): return schema(value, what)
    if isinstance(schema, dict):
        form(isinstance(value, dict), f"{what} = {{}} is not an object", value)
        keys = {key.rstrip("?"): key for key in schema}
        form(value.keys() == keys.keys(), f"{what}: the keys {{}} are missing or too many", sorted(value.keys() ^ keys))
        return {key: None if value[key] is None and name[-1] == "?" else read(value[key], schema[name], key)
                for key, name in keys.items()}
    if isinstance(schema, list):
        inner, low, high = schema
        good = isinstance(value, list) and low <= len(value) <= high
        form(good, f"{what} = {{}} is not an array of {low} to {high} items", value)
        return [read(item, inner, what) for item in value]
    if isinstance(schema, range): form(type(value) is int and value in schema, f"{what} = {{}} is not in {schema}", value)
    elif isinstance(schema, tuple):
        good = value is None or isinstance(value, (str, bool))
        form(good and value in schema, f"{what} = {{}} is not one of {', '.join(map(str, schema))}", value)
    else:
        match = NUMBER.fullmatch(value) if isinstance(value, str) else None
        x = Fraction(int(match[1]), int(match[2] or 1)) if match else Fraction(0)
        form(str(x) == value, f"{what} = {{}} is not a number p or p/q in lowest terms", value)
        form(NUMBERS[schema](x), f"{what} = {{}} is not {schema}", value)
        return x
    return value


def single(value: Any, what: str) -> Interval: return of(read(value, "any", what))


def interval(value: Any, what: str) -> Interval:
    low, high = read(value, ["any", 2, 2], what)
    form(low <= high, f"{what} = {{}}: the first is larger than the second", value)
    return of(low, high)


def either(value: Any, what: str) -> Interval: return interval(value, what) if isinstance(value, list) else single(value, what)


def relation(*words: str, value: str = "any") -> dict[str, Any]: return {"relation": words, "value": value}


# ---------------------------------------------------------------------------------------------------------- functions


def horner(c: Sequence[Any], t: Any) -> Any: return functools.reduce(lambda sum_, x: sum_ * t + x, reversed(c))


def derivative(c: Sequence[Fraction], order: int = 1) -> Sequence[Fraction]:
    return derivative([j * x for j, x in enumerate(c)][1:] or [Fraction(0)], order - 1) if order else c


def at(c: Sequence[Fraction], t: Fraction) -> list[Fraction]: return [horner(c, t), horner(derivative(c), t)]


def least(c: Sequence[Fraction], low: Any, high: Any) -> Any:
    """The least value of a polynomial of at most 3 coefficients between low and high, one of which may be infinite."""
    _, c1, c2 = [*c, Fraction(0), Fraction(0)][:3]
    ends = [t for t in (low, high) if abs(t) < INFINITY]
    if len(ends) < 2 and (c2 < 0 or (c2 == 0 and (c1 > 0 if low == -INFINITY else c1 < 0))): return -INFINITY
    return min(horner(c, t) for t in (*ends, *([-c1 / (2 * c2)] if c2 > 0 and low < -c1 / (2 * c2) < high else [])))


def nonnegative(c: Sequence[Fraction], h: Fraction) -> bool | None:
    """Whether a polynomial is >= 0 on [0, h]: its values are averages of its Bernstein coefficients; first half first."""
    d = len(c) - 1
    if d <= 2: return bool(least(c, Fraction(0), h) >= 0)
    terms = [x * h**j / math.comb(d, j) for j, x in enumerate(c)]
    scale = math.lcm(*(x.denominator for x in terms))
    stack = [([sum(math.comb(i, j) * int(terms[j] * scale) for j in range(i + 1)) for i in range(d + 1)], 0)]
    while stack:
        b, depth = stack.pop()
        if min(b) >= 0: continue
        if b[0] < 0 or b[-1] < 0: return False
        if depth == 40: return None
        rows = [b]  # de Casteljau's triangle; row r is 2^r times what it should be
        while len(rows[-1]) > 1: rows.append([x + y for x, y in pairwise(rows[-1])])
        left, right = ([row[i] << (d - r) for r, row in enumerate(rows)] for i in (0, -1))
        stack += [(right[::-1], depth + 1), (left, depth + 1)]
    return True


class Function:
    """A piecewise polynomial: `poly[i]` about `base[i]` between `edges[i]` and `edges[i + 1]`, tangents included.

    `T` are the periods of the left and right tail, or None.
    """

    def __init__(self, value: Any) -> None:
        def tail(value: Any, what: str) -> Any:
            repeats = isinstance(value, dict) and value.get("rule") == "repeat"
            return read(value, {"rule": ("repeat",), "period": "positive"} if repeats else {"rule": ("tangent", "extend")}, what)

        schema = {"type": ("piecewise",), "knots": ["any", 2, 100_001], "pieces": [["any", 2, 8], 1, 100_000]}
        o = read(value, {**schema, "left": tail, "right": tail}, "function")
        self.t, self.pieces, self.work = o["knots"], o["pieces"], 0
        self.gaps = [b - a for a, b in pairwise(self.t)]
        form(len(self.gaps) == len(self.pieces) and min(self.gaps) > 0, "the knots do not fit the pieces, or do not increase")
        self.rules, self.T = zip(*((o[side]["rule"], o[side].get("period")) for side in ("left", "right")), strict=True)
        for i, (rule, T) in enumerate(zip(self.rules, self.T, strict=True)):
            form(rule != "extend" or len(self.pieces[-i]) <= 3, "a piece of more than 3 coefficients is extended")
            form(T is None or self.t[-i] + (-T if i else T) in self.t, "what repeats does not begin and end at knots")
        self.edges, self.base, self.poly = self.t[:], self.t[:-1], self.pieces[:]
        if self.rules[1] == "tangent":
            self.edges.append(INFINITY); self.base.append(self.t[-1]); self.poly.append(at(self.pieces[-1], self.gaps[-1]))
        if self.rules[0] == "tangent":
            self.edges.insert(0, -INFINITY); self.base.insert(0, self.t[0]); self.poly.insert(0, self.pieces[0][:2])
        if self.rules[0] == "extend": self.edges[0] = -INFINITY
        if self.rules[1] == "extend": self.edges[-1] = INFINITY

    def regions(self, x: Interval) -> list[tuple[int, Fraction, Fraction]]:
        """The pieces that x meets, each with its part of x; a repeated tail is left by a multiple of its period."""
        (a, b), low, high, (left, right) = (x.lo, x.hi), self.t[0], self.t[-1], self.T
        ranges = [(a, b)]
        if right is not None and a >= high - right:
            move = (a - high + right) // right * right
            a, b = a - move, b - move
            ranges = [(a, b)] if b <= high else [(a, high), (high - right, b - right)]
        elif left is not None and b <= low + left:
            move = (low + left - b) // left * left
            a, b = a + move, b + move
            ranges = [(a, b)] if a >= low else [(a + left, low + left), (low, b)]
        inside = all(self.edges[0] <= a and b <= self.edges[-1] for a, b in ranges)
        require(inside or None, "f over {}, which does not reach into a repeated tail", x)
        return [(i, max(a, self.edges[i]), min(b, self.edges[i + 1])) for a, b in ranges
                for i in range(max(bisect_left(self.edges, a) - 1, 0), min(bisect_right(self.edges, b), len(self.poly)))]

    def exactly(self, x: Fraction) -> list[Fraction]:
        """f(x) and f'(x)."""
        i, a, _ = self.regions(of(x))[0]
        return at(self.poly[i], a - self.base[i])

    def over(self, x: Interval, order: int) -> Interval:
        """f' (order 1) or f'' (order 2) over x, by Horner's rule on each piece that x meets."""
        regions = self.regions(x)
        self.work += len(regions)
        require(self.work <= PIECES or None, f"f' and f'' are asked for over at most {PIECES} pieces")
        return functools.reduce(hull, [
            horner([of(y) for y in derivative(self.poly[i], order)], of(a, b) - of(self.base[i])) for i, a, b in regions])

    def slope(self, x: Interval) -> Interval:
        """f' over x, with the derivatives f''·x' if x has any."""
        return chain(self.over(x, 1), (self.over(x, 2), x)) if x.parts else self.over(x, 1)

    def check(self, claim: dict[str, Any]) -> Iterator[str]:
        """F1 to F4."""
        yield "F1"
        n, (left, right) = len(self.pieces), self.T
        seams = [*pairwise(range(n))]
        if right is not None: seams.append((n - 1, self.t.index(self.t[-1] - right)))
        if left is not None: seams.append((self.t.index(self.t[0] + left) - 1, 0))
        for i, j in seams:
            ends, starts = at(self.pieces[i], self.gaps[i]), self.pieces[j][:2]
            require(ends == starts, "(f, f') = ({}, {}) at the end of piece {} is ({}, {}) at the start of {}", *ends, i, *starts, j)
        yield "F2"
        L, low, mu = claim["lipschitz"]["value"], claim["infimum"]["value"], claim["mu"]
        bends = [(derivative(c, 2), h) for c, h in zip(self.pieces, self.gaps, strict=True)]
        for i, (c, h) in enumerate(bends):
            require(nonnegative([L - c[0], *(-y for y in c[1:])], h), "f'' <= {} on piece {}", L, i)
            require(nonnegative([L + c[0], *c[1:]], h), "-f'' <= {} on piece {}", L, i)
        if claim["lipschitz"]["relation"] == "=":
            require(all(len(c) <= 4 for c in self.pieces) or None, "every piece has at most 4 coefficients")
            require(any(L in (abs(c[0]), abs(horner(c, h))) for c, h in bends), "|f''| = {} at an end of a piece", L)
        yield "F3"
        tails: list[Any] = [(self.poly[0], -INFINITY, Fraction(0))] if left is None else []
        tails += [(self.poly[-1], self.t[-1] - self.base[-1], INFINITY)] if right is None else []
        bottoms = [least(*tail) for tail in tails]
        for (c, _, _), bottom in zip(tails, bottoms, strict=True):
            require(bottom > -INFINITY and (len(c) == 2 or bottom >= low), "f >= {} on its tails", low)
        for i, (c, h) in enumerate(zip(self.pieces, self.gaps, strict=True)):
            require(nonnegative([c[0] - low, *c[1:]], h), "f >= {} on piece {}", low, i)
        if claim["infimum"]["relation"] == "=":
            require(all(len(c) <= 3 for c in self.pieces) or None, "every piece has at most 3 coefficients")
            bottoms += [least(c, Fraction(0), h) for c, h in zip(self.pieces, self.gaps, strict=True)]
            require(low in bottoms, "{} is the least value of f", low)
        if mu is not None:
            yield "F4"
            for i, (c, h) in enumerate(bends):
                require(nonnegative([c[0] - mu, *c[1:]], h), "f'' >= {} on piece {}", mu, i)
            require("tangent" not in self.rules or mu <= 0, "{} <= 0 with a tangent tail", mu)


# ------------------------------------------------------------------------------------------------------------ methods

METHODS = {  # name: the parameters, and the state with its start. A word before "?" says when a variable is there.
    "gradient-descent": ("learning_rate", ""),
    "heavy-ball": ("learning_rate momentum", "d=0"),
    "nesterov": ("learning_rate momentum", "b=0"),
    "sign-descent": ("learning_rate", ""),
    "lion": ("learning_rate beta1 beta2", "m=0"),
    "adam": ("learning_rate beta1 beta2 eps eps_root eps_hat start amsgrad",
             "m=0 v=0 amsgrad?w=0 corrected?p1=1 corrected?p2=1"),
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
COORDINATE, VECTOR = list(METHODS)[:11], list(METHODS)[11:14]
PARAMETERS: dict[str, Any] = {  # those that are no number or range; for "?" see `read`
    "start": ("zero", "first-gradient", "corrected"), "amsgrad": (None, "raw", "corrected"), "centered": (True, False),
    "nesterov": (True, False), "momentum_decay?": "p/q with p, q <= 1000", "coefficients": ["any", 3, 3],
    "ns_steps": range(21), "rows": range(MANY + 1), "columns": range(MANY + 1), "a": ["any", 1, 100], "b": ["any", 1, 100],
}


def read_method(value: Any, names: Sequence[str], number: Callable[[Any, str], Interval]) -> dict[str, Any]:
    """The parameters; what has no schema of its own is a `number`: single, or either."""
    name = read(value.get("name") if isinstance(value, dict) else None, tuple(names), "method name")

    def quantity(given: Any, what: str) -> Interval:
        x = number(given, what)
        good = x.a > 0 if what in ("learning_rate", "trust_coefficient") else x.a >= 0
        if what in ("beta1", "beta2", "momentum"): good = good and x.b < x.d + (not x.exact)
        form(good, f"{what} = {{}} is out of range", given)
        return x

    keys = re.sub("eps_hat|momentum_decay", r"\g<0>?", METHODS[name][0]).split()
    o: dict[str, Any] = read(value, {"name": (name,), **{key: PARAMETERS.get(key, quantity) for key in keys}}, "method")
    if name == "adam" and o["eps_hat"]:
        good = o["start"] == "corrected" != o["amsgrad"] and value["eps"] == "0" == value["eps_root"]
        form(good, "eps_hat goes with start corrected, amsgrad not corrected, eps and eps_root 0")
    if name == "nadam" and o["momentum_decay"] is not None:
        # h = (24/25)^(p/q), by Newton's method from above for the q-th root of an integer
        p, q = o["momentum_decay"].as_integer_ratio()
        power, root, closer = (24**p << GRID * q) // 25**p, UNIT + 1, UNIT
        while closer < root: root, closer = closer, ((q - 1) * closer + power // closer ** (q - 1)) // q
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


def step(o: Any, z: Any, g: Any, first: bool = False) -> tuple[Any, dict[str, Any]]:
    """One step of a method of the table: s and the next state, from the state z and the gradient g; first is k = 0."""
    lr, momentum, eps, beta1, beta2 = map(o.get, ("learning_rate", "momentum", "eps", "beta1", "beta2"))
    p1, p2 = map(z.get, ("p1", "p2"))

    def gain(beta: Any, p: Any) -> Interval:
        """The weight of the newest gradient: gain(beta, p) where there is a p."""
        if first and (p or o.get("start") == "first-gradient"): return ONE
        return share(beta, beta, p) if p else of(1 - beta)

    match o["name"]:
        case "gradient-descent": return -(lr * g), {}
        case "heavy-ball": return (d := momentum * z["d"] - lr * g), {"d": d}
        case "nesterov": return -(lr * (g + momentum * (b := momentum * z["b"] + g))), {"b": b}
        case "sign-descent": return -(lr * g.sign()), {}
        case "lion": return -(lr * mix(z["m"], g, 1 - beta1).sign()), {"m": mix(z["m"], g, 1 - beta2)}
        case "adamax":
            m, u = mix(z["m"], g, gain(beta1, p1)), maximum(beta2 * z["u"], abs(g) + eps)
            return -(lr * m / u), {"m": m, "u": u, "p1": beta1 * p1}
        case "rmsprop":
            new = {"v": (y := mix(z["v"], g.square(), 1 - beta2))}
            if o["centered"]:
                new["a"] = mix(z["a"], g, 1 - beta2)
                y = y - new["a"].square()
            b = momentum * z["b"] + g / ((y + o["eps_root"]).sqrt() + eps)
            return -(lr * b), {**new, "b": b}
        case "adabelief":
            m = mix(z["m"], g, 1 - beta1)
            s = mix(z["s"], (g - m).square(), 1 - beta2) + o["eps_sum"]
            p1, p2 = beta1 * p1, beta2 * p2
            root = (s / (1 - p2) + o["eps_root"]).sqrt()
            return -(lr * (m / (1 - p1)) / (root + eps)), {"m": m, "s": s, "p1": p1, "p2": p2}
    m, v = mix(z["m"], g, gain(beta1, p1)), mix(z["v"], g.square(), gain(beta2, p2))
    new = {"m": m, "v": v}
    if o["name"] == "adam":
        y, e = v, eps
        if o["amsgrad"]:
            r = ONE if not p2 else ZERO if first else share(beta2, p2, p2)
            new["w"] = y = maximum(r * z["w"] if o["amsgrad"] == "raw" else z["w"], v)
        if p2: new |= {"p1": beta1 * p1, "p2": beta2 * p2}
        if o["eps_hat"]: e = o["eps_hat"] / (1 - new["p2"]).sqrt()
        return -(lr * m / ((y + o["eps_root"]).sqrt() + e)), new
    new["p2"] = beta2 * p2
    if o["name"] == "nadam":
        now = ahead = beta1
        if "D" in z:
            D = o["h"] * z["D"]
            now, ahead = beta1 * (1 - D / 2), beta1 * (1 - o["h"] * D / 2)
        P = z["P"] * now
        direction = ahead * m / (1 - P * ahead) + (1 - now) * g / (1 - P)
        return -(lr * direction / (v.sqrt() + eps)), {**new, "P": P, **({"D": D} if "D" in z else {})}
    new = {"m": m, "v": v, "p1": beta1 * p1, "p2": new["p2"], "q": (q := beta2 * (z["q"] + p2))}  # radam
    R = 2 / (1 - beta2) - 1
    rho = R - 2 * q / (1 - new["p2"])
    if small := at_most(rho, of(5)): return -(lr * m), new
    require(small is False or None, "rho = {} <= 5 or not", rho)
    root = ((rho - 4) * (rho - 2) * R / ((R - 4) * (R - 2) * rho)).sqrt()
    return -(lr * root * m / (v.sqrt() + eps / (1 - new["p2"]).sqrt())), new


def vector_step(o: Any, x: Any, m: Any, g: Any) -> tuple[Any, Any]:
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
    a, b, c = map(of, o["coefficients"])
    for _ in range(o["ns_steps"]):
        A = product(X, [list(column) for column in zip(*X, strict=True)])
        B = [[b * y + c * z for y, z in zip(*rows, strict=True)] for rows in zip(A, product(A, A), strict=True)]
        X = [[a * y + z for y, z in zip(*rows, strict=True)] for rows in zip(X, product(B, X), strict=True)]
    scale = lr * of(max(Fraction(1), Fraction(o["rows"], n))).sqrt()
    return [-(scale * y) for row in X for y in row], m


# ---------------------------------------------------------------------------------------------------------- sentences


def spoken(value: Any, name: str = "") -> str:
    """A value in a sentence; with a name `name = value` or, for a range, `name in [a, b]`."""
    if name: return f"{name} {'in' if isinstance(value, list) and name not in PARAMETERS else '='} {spoken(value)}"
    if isinstance(value, list): return f"[{', '.join(map(spoken, value))}]"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def each(values: dict[str, Any], names: Iterable[str]) -> str: return ", ".join(spoken(values[n], n) for n in names)


def method_words(raw: dict[str, Any]) -> str: return f"{raw['name']}({each(raw, METHODS[raw['name']][0].split())})"


def class_words(claim: dict[str, Any], jets: str = "", f: str = "f", slope: str = "f'", x: str = "x") -> str:
    """SMOOTH, LOW CLASS, jets, WORST and the stop."""
    lipschitz, infimum, mu = claim["lipschitz"], claim["infimum"], claim.get("mu")
    constant = "the Lipschitz constant" if lipschitz["relation"] == "=" else "a Lipschitz constant of at most"
    words = f"{slope} has {constant} {lipschitz['value']}, inf {f} {infimum['relation']} {infimum['value']}"
    if mu is not None: words += f", {f} is convex" if mu == "0" else f", {f} - ({mu}/2) {x}^2 is convex"
    return f"{words}{jets}{'; no smaller constant will do' if claim.get('optimal') else ''}."


# -------------------------------------------------------------------------------------------------------------- kinds

CLASS = {"lipschitz": relation("=", "<="), "infimum": relation("=", ">="), "mu?": "any", "optimal": (True, False)}


def function(raw: dict[str, Any]) -> Iterator[str]:
    """The function of the file has the properties, and goes through the jets."""
    read(raw["method"], (None,), "method"), read(raw["proof"], {}, "proof")
    claim = read(raw["claim"], {**CLASS, "jets": [["any", 3, 3], 0, 100_000]}, "claim")
    f, jets, L = Function(raw["function"]), claim["jets"], claim["lipschitz"]["value"]
    form(not claim["optimal"] or claim["lipschitz"]["relation"] == "=", "optimal goes with the relation = of lipschitz")
    yield f"A function of one variable: {class_words(raw['claim'], f', through {len(jets)} jets' if jets else '')}"
    yield from f.check(claim)
    yield "5"
    for x, *wanted in jets:
        found = f.exactly(x)
        require(found == wanted, "at {} (f, f') = ({}, {}) is ({}, {})", x, *found, *wanted)
    if claim["optimal"]:
        yield "6"  # f' between two jets cannot vary as much as they ask for with a smaller constant
        good, points = False, sorted({x: (x, y, g) for x, y, g in reversed(jets)}.values())
        for (x0, f0, g0), (x1, f1, g1) in pairwise(points):
            a, b = abs(2 * (f0 - f1) + (g0 + g1) * (x1 - x0)) / (x1 - x0) ** 2, abs(g1 - g0) / (x1 - x0)
            good = good or L <= a or (L - a) ** 2 <= a * a + b * b
        require(good, "two jets need the constant {}", L)


def drift(raw: dict[str, Any]) -> Iterator[str]:
    """The first steps lead to a state from which the word of gradients, and with it the drift, repeats for ever."""
    m, f, said = read_method(raw["method"], COORDINATE, either), Function(raw["function"]), raw["claim"]
    start = variables(m)
    state, boxes = dict.fromkeys(start, "any"), dict.fromkeys(start, interval)
    claim = read(said, {
        "start": interval, "state?": state, "from": range(1, 100_001), "period": range(1, 10_001), "slope": "positive",
        "shift": relation("=", "->", value="other than 0"), **CLASS,
        "rounding?": {"unit": "in (0, 1)", "steps": range(1, MANY + 1)}}, "claim")
    K, p, c, noise = claim["from"], claim["period"], claim["slope"], claim["rounding"]
    d, way = claim["shift"]["value"], claim["shift"]["relation"]
    proof = read(raw["proof"], {
        "rule": ("invariant", "contracting", "rounded"), "word": ["any", p, p], "box?": boxes, "settled?": state,
        "radius?": dict.fromkeys(start, "at least 0"), "rate?": "in [0, 1)"}, "proof")
    rule, letters, box, contracting = proof["rule"], proof["word"], proof["box"], proof["rule"] == "contracting"
    form(claim["state"] is None or timeless(m), "a state is given for a method that counts its steps")
    form((rule == "rounded") == (noise is not None), "the rule is rounded exactly where rounding is not null")
    form(noise is None or (noise["steps"] > K and p == 1), "rounded goes with period 1, and steps beyond from")
    form(rule == "invariant" or (way == "->" and not claim["optimal"]), f"{rule} goes with ->, without optimal")
    form(not claim["optimal"] or claim["lipschitz"]["relation"] == "=", "optimal goes with the relation = of lipschitz")
    for key in ("box", "settled", "radius", "rate"):
        form((proof[key] is None) == ((key == "box") == contracting), f"{key} does not go with {rule}")
    given = f", with {each(said['state'], start)}" if said["state"] else ""
    when = f"from step {K} on" if way == "=" else "in the limit"
    if noise: when += f", for {noise['steps']} steps with a relative error of at most {said['rounding']['unit']} in every operation"
    yield (f"{method_words(raw['method'])} runs away on a function of one variable: from every start in {spoken(said['start'])}"
           f"{given} it moves by {said['shift']['value']} every {p} steps {when}, and |f'| >= {said['slope']} at every iterate; "
           f"{class_words(said)}")
    yield from f.check(claim)
    yield "2"
    T = f.T[d > 0]
    require(T is not None, "the {} tail repeats", "right" if d > 0 else "left")
    require((d / T).denominator == 1, "the shift {} is a multiple of the period {}", d, T)
    yield "3"
    u, N = (noise["unit"], noise["steps"]) if noise else (Fraction(0), 0)
    factor = of(1 - u, 1 + u) if noise else None
    x, z = claim["start"], {name: of(y) for name, y in (claim["state"] or start).items()}
    for k in range(K):
        g = f.slope(x)
        require(at_most(of(c), abs(g)), "step {}: {} <= |f'| = |{}|", k, c, g)
        with arithmetic(factor):
            s, z = step(m, z, g * 1 if noise else g, first=k == 0)
            x = x + s
    yield "4"
    for i, w in enumerate(letters): require(abs(w) >= c, "|w_{}| = |{}| >= {}", i, w, c)

    def well(i: int, x: Interval) -> None:
        """Where f' is the next letter over x in the repeated part, it is so after every shift by a multiple of T."""
        require(equal(f.slope(x), of(letters[i])), "f' = {} over X_{} = {}", letters[i], i, x)
        beyond = x.lo >= f.t[-1] - T if d > 0 else x.hi <= f.t[0] + T
        require(beyond, "X_{} = {} lies in the repeated part or beyond", i, x)

    yield "5a"
    radii = [of(r) for r in (proof["radius"] or {}).values()]
    settled = {name: of(y) for name, y in (proof["settled"] or {}).items()}
    if contracting: box = {name: y + r * AROUND for (name, y), r in zip(settled.items(), radii, strict=True)}
    for name, y in z.items(): require(within(y, box[name]), "{} = {} lies in {}", name, y, box[name])
    yield "5b"  # one period of the word, from a box or point to which the state comes back
    z, places, steps = settled if contracting else box, [x], []
    for i, w in enumerate(letters):
        if rule == "invariant": well(i, places[-1])
        with arithmetic(factor): s, z = step(m, z, of(w) * 1 if noise else of(w))
        steps.append(s)
        places.append(places[-1] + s)
    yield "5b" if contracting else "5c"
    for name, y in z.items():
        if contracting: require(equal(y, settled[name]), "{} = {} is {} again", name, y, settled[name])
        else: require(within(y, box[name]), "{} = {} lies in its box {} again", name, y, box[name])
    yield "5b" if contracting else "5d"
    if not noise: require(equal(sum(steps, ZERO), of(d)), "the steps sum to {}, the shift is {}", sum(steps, ZERO), d)
    else:  # M bounds all |x_k|, and E what N steps and roundings of at most u·M can add up to
        require(N * u < 1 or None, "N·u = {} < 1", N * u)
        far, size = (of(max(abs(y.lo), abs(y.hi))) for y in (steps[0] - of(d), steps[0]))
        M = (of(max(abs(x.lo), abs(x.hi))) + N * size) / of(1 - N * u)
        well(0, x + of((N * (far + of(u) * M)).hi) * AROUND)
    if contracting:
        yield "5c"  # the j-th period begins within rate^j·radius of the settled state
        rate, moved, errors = of(proof["rate"]), ZERO, [ZERO]
        z = dict(zip(box, as_variables(list(box.values())), strict=True))
        for w in letters:
            s, z = step(m, z, of(w))
            moved = moved + s
            errors.append(weighted(moved, radii))
        for (name, y), r in zip(z.items(), radii, strict=True):
            require(at_most(weighted(y, radii), rate * r), "{} contracts by the rate {}", name, rate)
        yield "5d"  # so that the periods together move x by a geometric series more or less than the settled ones
        R = errors[-1] / (1 - rate)
        for i, ahead in enumerate(accumulate(steps[:-1], initial=ZERO)): well(i, x + ahead + AROUND * (R + errors[i]))
    if claim["optimal"]:
        yield "6"  # what f gains along a period, by the trapezoidal rule with its error, would add up to a fall without end
        require(all(y.exact for y in places[:-1]) or None, "every X_i is exact")
        nodes, L = sorted((y.lo % abs(d), w) for y, w in zip(places[:-1], letters, strict=True)), claim["lipschitz"]["value"]
        gaps = [(t1 - t0, w0, w1) for (t0, w0), (t1, w1) in pairwise([*nodes, (nodes[0][0] + abs(d), nodes[0][1])])]
        require(all(h > 0 for h, _, _ in gaps), "the X_i differ modulo the shift")
        if not any(L * h <= abs(w1 - w0) for h, w0, w1 in gaps):
            rise = sum(h * (w0 + w1) for h, w0, w1 in gaps) / 2 * (-1 if d > 0 else 1)
            bound = sum(h * h * L - (w1 - w0) ** 2 / L for h, w0, w1 in gaps) / 4
            require(rise >= bound, "{} >= {}, so that no constant below {} will do", rise, bound, L)


def cycle(raw: dict[str, Any]) -> Iterator[str]:
    """A fixed point of p steps, met exactly or by Krawczyk's test, and the derivative there."""
    m, f, said = read_method(raw["method"], COORDINATE, single), Function(raw["function"]), raw["claim"]
    form(timeless(m), "the method counts its steps, and has no cycles here")
    names, exact = ["x", *variables(m)], isinstance(raw["proof"], dict) and raw["proof"].get("rule") == "exact"
    n = len(names)

    def place(value: Any, what: str) -> Interval:
        x = (single if exact else interval)(value, what)
        form(exact or not x.exact, f"{what} = {{}} has no length", value)
        return x

    def stability(value: Any, what: str) -> Any:
        near = {"repeats": range(1, 100_001), "rate": "in [0, 1)", "radius": dict.fromkeys(names, "positive")}
        attracts = isinstance(value, dict) and value.get("type") == "attracting"
        far = {"type": ("repelling",), "power": range(1, 1001), "multiplier": interval}
        return read(value, {"type": ("attracting",), **near} if attracts else far, what)

    claim = read(said, {"period": range(1, 10_001), "x": place, "state": dict.fromkeys(names[1:], place), "stability?": stability,
                        "slope": "positive", **CLASS}, "claim")
    matrix = {"matrix": (None,) if exact else [[single, n, n], n, n]}
    Y = read(raw["proof"], {"rule": ("exact",) if exact else ("enclosed",), **matrix}, "proof")["matrix"]
    stable, p, c = claim["stability"] or {}, claim["period"], claim["slope"]
    form(not claim["optimal"] or (exact and claim["lipschitz"]["relation"] == "="), "optimal goes with exact and =")
    form(p * stable.get("repeats", 0) <= 100_000, "period times repeats is beyond 100000")
    form("power" not in stable or stable["multiplier"].lo > 1, "the multiplier is not above 1")
    words = f"from {each({'x': said['x'], **said['state']}, names)} it is back after {p} steps, and |f'| >= {said['slope']} at every iterate"
    if "rate" in stable:
        near = ", ".join(f"{said['stability']['radius'][name]} of {name}" for name in names)
        words += f", and every start within {near} converges to the cycle"
    if "power" in stable: words += f", and the cycle repels with a multiplier in {spoken(said['stability']['multiplier'])}"
    yield f"{method_words(raw['method'])} goes round on a function of one variable: {words}; {class_words(said)}"

    met: list[tuple[list[Interval], Interval]] = []  # x and the state, and the gradient, before each of p steps from Z

    def run(z: list[Interval], steps: int, look: bool = False, radii: Sequence[Interval] = ()) -> list[Interval]:
        """Φ: x and the state after so many steps, with a look at each gradient before it is used.

        Starts within the radii of the cycle stay as near to it as the derivatives say (mean value theorem).
        """
        for k in range(steps):
            g = f.slope(z[0])
            if look:
                require(at_most(of(c), abs(g)), "step {}: {} <= |f'| = |{}|", k, c, g)
                met.append((z, g))
            s, state = step(m, dict(zip(names[1:], z[1:], strict=True)), g)
            z = [z[0] + s, *state.values()]
            for i, y in enumerate(z if radii else []):
                bound = met[(k + 1) % p][0][i] + AROUND * weighted(y, radii)
                low, high = max(y.lo, bound.lo), min(y.hi, bound.hi)
                require(low <= high or None, "{} and {} meet", y, bound)
                z[i] = of(low, high)
                z[i].parts = y.parts
        return z

    def jacobian(box: list[Interval], steps: int) -> list[list[Interval]]:
        return [list(y.parts or [ZERO] * n) for y in run(as_variables(box), steps)]

    yield from f.check(claim)
    yield "2"
    Z = [claim["x"], *claim["state"].values()]
    if exact:
        with arithmetic(exact=True):
            for name, y, before in zip(names, run(Z, p, look=True), Z, strict=True):
                require(equal(y, before), "{} = {} is {} again", name, y, before)
    else:  # Krawczyk: z -> z - Y·(Φ(z) - z) maps Z into itself
        middle = [of((x.lo + x.hi) / 2) for x in Z]
        miss = [y - x for x, y in zip(middle, run(middle, p), strict=True)]
        YJ = product(Y, [[y - int(a == b) for b, y in enumerate(row)] for a, row in enumerate(jacobian(Z, p))])
        for a, name in enumerate(names):
            K = middle[a] - dot(Y[a], miss) + dot([int(a == b) - y for b, y in enumerate(YJ[a])], [x - y for x, y in zip(Z, middle, strict=True)])
            require(within(K, Z[a], strict=True), "{}: Krawczyk's {} lies strictly within {}", name, K, Z[a])
        run(Z, p, look=True)
    yield "3"
    if "rate" in stable:  # n·p steps contract the norm that is weighted by the radii
        radii = [of(r) for r in stable["radius"].values()]
        ends = run(as_variables([x + r * AROUND for x, r in zip(Z, radii, strict=True)]), p * stable["repeats"], radii=radii)
        for name, y, r in zip(names, ends, radii, strict=True):
            require(at_most(weighted(y, radii), of(stable["rate"]) * r), "{} contracts by the rate {}", name, stable["rate"])
    if "power" in stable:  # |trace of J^n| <= d·(spectral radius)^n, and (spectral radius)^n <= |J^n|
        for k, (z, _) in enumerate(met):
            require(len(f.regions(z[0])) == 1 or None, "step {}: X = {} lies in one piece", k, z[0])
        J = P = jacobian(Z, p)
        for _ in range(stable["power"] - 1): P = product(P, J)
        low, high = (of(end ** stable["power"]) for end in (stable["multiplier"].lo, stable["multiplier"].hi))
        trace = abs(sum([P[a][a] for a in range(n)], ZERO))
        require(at_most(of(low.lo * n), trace), "lo^n·d <= |trace of J^n| = {}", trace)
        for name, row in zip(names, P, strict=True):
            norm = sum(map(abs, row), ZERO)
            require(at_most(norm, high), "{}: the row sum {} of |J^n| <= hi^n", name, norm)
    if claim["optimal"]:
        yield "4"  # f' varies that fast between two points
        points, L = sorted({z[0].lo: g.lo for z, g in met}.items()), claim["lipschitz"]["value"]
        good = any(L * (x1 - x0) <= abs(g1 - g0) for (x0, g0), (x1, g1) in pairwise(points))
        require(good, "two points need the constant {}", L)


def orbit(raw: dict[str, Any]) -> Iterator[str]:
    """The points are the method's, and a function goes through the jets at them."""
    read(raw["function"], (None,), "function")
    said = raw["claim"]
    claim = read(said, {
        "dimension": range(1, 20_001), "steps": range(1, 2001), "closed": (True, False), "rise?": "any", "slope": "positive",
        "lipschitz": relation("<=", value="positive"), "infimum": relation(">="), "mu?": "at least 0"}, "claim")
    n, K, closed, mu = claim["dimension"], claim["steps"], claim["closed"], claim["mu"]
    size = K if closed else K + 1
    form(not closed or K > 1, "a closed orbit has at least 2 points")
    form(size <= 2000 and size * n <= 20_000 and size * size * n <= 4_000_000, f"{size} points of dimension {n} are too many")
    form(mu is None or mu < claim["lipschitz"]["value"], "mu is not below the Lipschitz constant")
    form((claim["rise"] is None) == closed, "rise is null exactly where the orbit is closed")
    m = read_method(raw["method"], ["linear"] if closed else [*COORDINATE, *VECTOR], single)
    form(m["name"] != "muon" or m["rows"] * m["columns"] == n, "rows times columns is not the dimension")

    def coordinate(value: Any, what: str) -> tuple[Fraction, Fraction | None]:
        """a·cos(2πt) as (a, t), and a number a as (a, None)."""
        if not isinstance(value, list): return read(value, "any", what), None
        form(len(value) == 3, f"{what} = {{}} is not a coordinate", value)
        quarter = Fraction(read(value[0], ("cos", "sin"), what) == "sin", 4)  # sin(2πt) = cos(2π(t - 1/4))
        return read(value[1], "any", what), read(value[2], "of a denominator of at most 1000", what) - quarter

    values = {"values": [single, size, size]}
    jets = {"points": [[coordinate, n, n], size, size]} if closed else {"gradients": [[single, n, n], size, size], "x0": [single, n, n]}
    proof = read(raw["proof"], {**values, **jets}, "proof")
    words = (f"goes round on a function of {n} variables: {K} points repeat for ever, and |grad F| >= {said['slope']} at each" if closed else
             f"on a function of {n} variables: for {K} steps |grad F| >= {said['slope']}, and F rises by {said['rise']}")
    yield f"{method_words(raw['method'])} {words}; {class_words(said, '', 'F', 'grad F', '|x|')}"

    yield "1"
    if closed:
        x = [[of(a) if t is None else of(a) * cosine(t) for a, t in row] for row in proof["points"]]
        if not any(max(y.lo for y in column) > min(y.hi for y in column) for column in zip(*x, strict=True)):
            require(False if all(y.exact for row in x for y in row) else None, "two points are different")
        lag, b = next((i, of(y)) for i, y in enumerate(m["b"]) if y != 0)
        a, g = [of(y) for y in m["a"]], [[ZERO]] * K
        for k in range(K):
            before = zip(*(x[(k - i) % K] for i in range(len(a))), strict=True)
            g[(k - lag) % K] = [(y - dot(a, column)) / b for y, column in zip(x[(k + 1) % K], before, strict=True)]
    else:
        x, g, work = [proof["x0"]], proof["gradients"], 0
        z: Any = [{name: of(y) for name, y in variables(m).items()}] * n if m["name"] in COORDINATE else [ZERO] * n
        if m["name"] == "muon": work = K * m["ns_steps"] * m["rows"] ** 2 * (m["rows"] + 2 * m["columns"])
        require(work <= PRODUCTS or None, f"the matrices take at most {PRODUCTS} products")
        for k in range(K):
            if m["name"] in COORDINATE: s, z = zip(*(step(m, y, w, first=k == 0) for y, w in zip(z, g[k], strict=True)), strict=True)
            else: s, z = vector_step(m, x[-1], z, g[k])
            x.append([y + w for y, w in zip(x[-1], s, strict=True)])
    yield "2"
    c, L, low, bend = map(of, (claim["slope"], claim["lipschitz"]["value"], claim["infimum"]["value"], mu or 0))
    f, norms = proof["values"], [squares(y) for y in g]
    for k, norm in enumerate(norms): require(at_most(c * c, norm), "{}² <= |g_{}|² = {}", c, k, norm)
    if not closed: require(equal(f[-1] - f[0], of(claim["rise"])), "F rises by {}", claim["rise"])
    yield "3"  # any two jets fit together: then all do (Azagra, Le Gruyer & Mudarra; Taylor, Hendrickx & Glineur)
    for i, j in combinations(range(size), 2):
        apart, change = ([w - y for y, w in zip(v[i], v[j], strict=True)] for v in (x, g))
        D, G = squares(apart), squares(change)
        require(0 not in D or (False if D.exact else None), f"x_{i} and x_{j} are different")
        if mu is None:
            both = [y + w for y, w in zip(g[i], g[j], strict=True)]
            A, LD = abs(2 * (f[i] - f[j]) + dot(both, apart)), L * D
            require(at_most(2 * A, LD), f"x_{i}, x_{j}: 2|A| = {{}} <= L·D = {{}}", 2 * A, LD)
            room = LD.square() - 2 * L * D * A
            require(at_most(G * D, room), f"x_{i}, x_{j}: G·D = {{}} <= {{}}", G * D, room)
        else:  # (j, i) has the same right side: both differences in it change their signs
            least_ = (G / L + bend * D - 2 * (bend / L) * dot(change, apart)) / (2 * (1 - bend / L))
            for left in (f[i] - f[j] + dot(g[j], apart), f[j] - f[i] - dot(g[i], apart)):
                require(at_most(least_, left), f"x_{i}, x_{j}: {{}} >= {{}}", left, least_)
    yield "4"  # the largest function has the infimum min f_i - |g_i|²/2L; a mu-convex one lies above its parabolas
    answers = [at_most(low, y - norm / (2 * bend if mu else 2 * L)) for y, norm in zip(f, norms, strict=True)]
    all_ = next((answer for answer in answers if answer is not True), True)
    any_ = True if True in answers else None if None in answers else False
    require(any_ if mu else all_, "{} <= f_k - |g_k|²/(2·{})", low, bend if mu else L)


def vanishing(raw: dict[str, Any]) -> Iterator[str]:
    """V_k = (k + 1)·v_k/c² and U_k = sqrt(k + 1)·|m_k|/c stay bounded."""
    read(raw["function"], (None,), "function")
    claim = read(raw["claim"], {"slope": "positive", "lipschitz": relation("<="), "infimum": relation(">=")}, "claim")
    K, m = read(raw["proof"], {"steps": range(1, 100_001)}, "proof")["steps"], read_method(raw["method"], ["adam"], either)
    wanted = {"start": "first-gradient", "amsgrad": None, "eps": "0", "eps_root": "0", "eps_hat": None}
    form(all(raw["method"][key] == y for key, y in wanted.items()), "adam is not the paper's")
    yield (f"{method_words(raw['method'])} with the learning rate divided by sqrt(k + 1) runs away on a function of one variable: "
           f"x_k -> infinity, and f'(x_k) = -({raw['claim']['slope']})/sqrt(k + 1); {class_words(raw['claim'])}")
    yield "1"
    beta1, beta2, lr = m["beta1"], m["beta2"], m["learning_rate"]
    c, L, low = map(of, (claim["slope"], claim["lipschitz"]["value"], claim["infimum"]["value"]))
    U = V = B = D = ONE
    for k in range(K):
        j = of(Fraction(k + 2, k + 1))
        V, U = j * beta2 * V + (1 - beta2), j.sqrt() * beta1 * U + (1 - beta1)
        B, D = maximum(B, V), maximum(D, U)
    yield "2"  # from K on V <- j·beta2·V + 1 - beta2 at most, and U likewise, which stay below the fixed points
    j = of(Fraction(K + 2, K + 1))
    for name, beta in (("beta2", beta2), ("beta1", beta1)):
        require(at_most(j * beta, ONE, strict=True), "{}·{} = {} < 1", j, name, j * beta)
    B, D = (of(maximum(y, (1 - beta) / (1 - j * beta)).hi) for y, beta in ((B, beta2), (D, beta1)))
    yield "3"  # a gap with f = 0 at both ends and slopes up to c_k needs 4·c_k over the step
    need, room = 4 * c * B.sqrt(), L * lr
    require(at_most(need, room), "4·c·sqrt(B) = {} <= {}", need, room)
    yield "4"  # f falls by less than slope times step
    require(at_most(low, -(lr * c * D)), "{} <= {}", low, -(lr * c * D))


KINDS = {"function": function, "drift": drift, "cycle": cycle, "orbit": orbit, "vanishing": vanishing}

# ------------------------------------------------------------------------------------------------------------ program


def examine(data: bytes, seen: dict[str, str]) -> None:
    """Come back if the certificate is proved; `seen` learns the kind, the sentence and the condition."""
    raw = parse(data)
    form(isinstance(raw, dict) and raw.get("format") == "misstep certificate", "format is not 'misstep certificate'")
    version, kind = read(raw.get("version"), range(1, 10**19), "version"), raw.get("kind")
    require(version == 1 or None, "version {} is known", version)
    form(isinstance(kind, str), "kind = {} is not a string", kind)
    require(kind in KINDS or None, "the kind {} is known", kind)
    seen["kind"] = kind
    keys = ("format", "version", "kind", "sentence", "method", "function", "claim", "proof", "provenance")
    steps = KINDS[kind](read(raw, dict.fromkeys(keys, lambda value, _: value), "certificate"))
    free = raw["provenance"]
    good = isinstance(free, dict) and all(isinstance(value, str) for value in free.values())
    form(good, "provenance = {} is not an object of strings", free)
    seen["sentence"] = next(steps)
    form(raw["sentence"] == seen["sentence"], f"condition 0: the sentence is not that of the claim: {seen['sentence']}")
    for number in steps: seen["at"] = f"condition {number}: "


def check(data: bytes) -> tuple[str, str | None, str | None, str | None]:
    """The verdict on the bytes of a file, the reason (None where PROVED), the kind and the sentence, as far as read."""
    seen: dict[str, str] = {}
    verdict, reason = "PROVED", None
    try: examine(data, seen)
    except Stop as stop: verdict, reason = stop.args[0], seen.get("at", "") + stop.args[1]
    except Exception as error:  # a fault of this program is no verdict on the file
        verdict, reason = "UNDECIDED", f"this checker failed: {show(repr(error))}"
    return verdict, reason, seen.get("kind"), seen.get("sentence")


def read_file(path: str) -> bytes:
    """The bytes of a regular file, one more than allowed at most."""
    try:
        form(stat.S_ISREG(os.lstat(path).st_mode), "not a regular file")
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with open(os.open(path, flags), "rb") as file: return file.read(BYTES + 1)
    except (OSError, ValueError) as error: raise Stop("MALFORMED", f"cannot be read: {error}") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the files of the command line; 0 if all are proved, else 2 (malformed), 1 (refuted) or 4 (undecided)."""
    parser = argparse.ArgumentParser(
        description="Check misstep certificates; needs Python alone.",
        epilog="example: python tools/check_certificate.py paper.cert.json -- exit status: 0 if all are proved, "
        "else 2 if one is malformed, else 1 if one is refuted, else 4")
    parser.add_argument("files", nargs="+", metavar="FILE", help="a certificate")
    parser.add_argument("--json", action="store_true", help="print the verdicts as JSON and nothing else")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper): sys.stdout.reconfigure(errors="backslashreplace")
    rows: list[dict[str, Any]] = []
    for path in options.files:
        began = time.perf_counter()
        try: verdict, reason, kind, claim = check(read_file(path))
        except Stop as stop: (verdict, reason), kind, claim = stop.args, None, None
        seconds = round(time.perf_counter() - began, 3)
        rows.append({"file": path, "kind": kind, "claim": claim, "verdict": verdict, "seconds": seconds, "reason": reason})
        if not options.json: print(f"{verdict}  {path}  ({seconds:.2f} s)\n    {reason or claim}", flush=True)
    if options.json: print(json.dumps(rows, indent=1))
    status = {"MALFORMED": 2, "REFUTED": 1, "UNDECIDED": 4}
    return next((status[word] for word in status if word in [row["verdict"] for row in rows]), 0)


if __name__ == "__main__":
    sys.exit(main())
