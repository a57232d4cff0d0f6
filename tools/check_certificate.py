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
BYTES, DEPTH, DIGITS, MANY, PIECES, PRODUCTS = 8_388_608, 16, 2000, 1_000_000_000, 3_000_000, 10_000_000
UNIT, INFINITY = 1 << GRID, math.inf

class Stop(Exception): """The end of a check: the verdict and the reason."""

def show(value: Any) -> str:
    """A value for a message, shortened."""
    if isinstance(value, Interval): return show(value.lo) if value.exact else f"[{show(value.lo)}, {show(value.hi)}]"
    if isinstance(value, Fraction):
        p, q = value.numerator.bit_length(), value.denominator.bit_length()
        return str(value) if max(p, q) <= 64 else f"{float(value):.9g}" if abs(p - q) < 1000 else f"+-2^{p - q}"
    return text if len(text := ascii(value)) <= 60 else f"{text[:57]}..."

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

def rounded(lo: Fraction, hi: Fraction) -> Interval:
    """[lo, hi] after the rounding rule: each end is kept, or moved outward to a multiple of 2^-256."""
    (p, q), (r, s) = lo.as_integer_ratio(), hi.as_integer_ratio()
    if abs(p) > q << HUGE or abs(r) > s << HUGE: raise Stop("UNDECIDED", f"a number beyond 2^{HUGE} was met")
    exact = p == r and q == s
    if exact and max(p, -p, q).bit_length() <= LONG: return Interval(lo, lo)
    if exact or q > UNIT or p.bit_length() > LONG: lo = Fraction((p << GRID) // q, UNIT)
    if exact or s > UNIT or r.bit_length() > LONG: hi = Fraction(-((-r << GRID) // s), UNIT)
    return Interval(lo, hi)

def op(*values: Fraction) -> Interval:
    """The range of the values as the result of an operation."""
    x, (factor, exact) = rounded(min(values), max(values)), MODE
    if exact and not x.exact: raise Stop("UNDECIDED", f"an operation gives {show(x)} and is not exact")
    if not factor: return x
    ends = [e * u for e in (x.lo, x.hi) for u in (factor.lo, factor.hi)]
    return rounded(min(ends), max(ends))

def chain(v: Interval, *terms: tuple[Interval, Interval], over: Interval | None = None) -> Interval:
    """The value v with the derivatives Σ factor·x' for the terms (factor, x), divided by `over`."""
    for j in range(max(len(x.parts) for _, x in terms)):
        sums = [f.value * x.parts[j] for f, x in terms if x.parts and not x.parts[j].lo == 0 == x.parts[j].hi]
        v.parts += (sum(sums, ZERO) / over.value if over and sums else sum(sums, ZERO),)
    return v

def of(lo: Any, hi: Any = None) -> Interval:
    """[lo, hi], or the number lo; not rounded. What is an interval stays."""
    if isinstance(lo, Interval): return lo
    return Interval(x := Fraction(lo), x if hi is None else Fraction(hi))

class Interval:
    """[lo, hi], and the intervals of its partial derivatives, if it has any."""
    __slots__ = ("hi", "lo", "parts")
    def __init__(self, lo: Fraction, hi: Fraction, parts: tuple[Interval, ...] = ()) -> None:
        self.lo, self.hi, self.parts = lo, hi, parts
    exact = property(lambda self: self.lo is self.hi or self.lo == self.hi)
    ends = property(lambda self: (self.lo,) if self.exact else (self.lo, self.hi))
    zero = property(lambda self: self.lo <= 0 <= self.hi)  # contains 0
    value = property(lambda self: Interval(self.lo, self.hi) if self.parts else self)
    def __neg__(self) -> Interval: return Interval(-self.hi, -self.lo, tuple(-x for x in self.parts))
    def __sub__(self, other: Interval | int) -> Interval: return self + -other
    def __rsub__(self, other: int) -> Interval: return -self + other
    def __rtruediv__(self, other: int) -> Interval: return of(other) / self
    def __add__(self, other: Interval | int) -> Interval:
        y = of(other)
        return chain(op(self.lo + y.lo, self.hi + y.hi), (ONE, self), (ONE, y))
    def __mul__(self, other: Interval | int) -> Interval:
        y = of(other)
        return chain(op(*[a * b for a in self.ends for b in y.ends]), (y, self), (self, y))
    __radd__, __rmul__ = __add__, __mul__
    def __truediv__(self, other: Interval | int) -> Interval:
        y = of(other)
        if y.zero: raise Stop("UNDECIDED", f"division by {show(y)}, which contains 0")
        q = op(*[a / b for a in self.ends for b in y.ends])
        return chain(q, (ONE, self), (-q, y), over=y)
    def square(self) -> Interval:
        return chain(op(self.lo**2, self.hi**2, *[Fraction(0)][: self.zero]), (2 * self.value, self))
    def sqrt(self) -> Interval:
        if self.lo < 0: raise Stop("UNDECIDED", f"the root of {show(self)}, which reaches below 0")
        p, q = self.lo.as_integer_ratio()
        ends, above = [Fraction(math.isqrt(p), math.isqrt(q))], math.ceil(self.hi * UNIT**2)
        if not self.exact or ends[0] ** 2 != self.lo:
            ends = [Fraction(y, UNIT) for y in (math.isqrt((p << 2 * GRID) // q), above and math.isqrt(above - 1) + 1)]
        v = op(*ends); return chain(v, (ONE, self), over=2 * v)
    def __abs__(self) -> Interval:
        if not self.zero: return self if self.lo > 0 else -self
        return Interval(Fraction(0), max(-self.lo, self.hi), tuple(hull(x, -x) for x in self.parts))
    def sign(self) -> Interval:
        if self.zero and not self.exact: raise Stop("UNDECIDED", f"the sign of {show(self)}")
        return of((self.lo > 0) - (self.lo < 0))

ZERO, ONE, AROUND = of(0), of(1), of(-1, 1)
def hull(x: Interval, y: Interval) -> Interval: return of(min(x.lo, y.lo), max(x.hi, y.hi))
def maximum(x: Interval, y: Interval) -> Interval:
    """The larger one, end by end; with the derivative of the one that is certainly not smaller, or the hull of both."""
    v = of(max(x.lo, y.lo), max(x.hi, y.hi))
    mine, others = (z.parts or (ZERO,) * len(x.parts or y.parts) for z in (x, y))
    v.parts = mine if at_most(y, x) else others if at_most(x, y) else tuple(map(hull, mine, others))
    return v

def mix(a: Interval, b: Interval, t: Interval) -> Interval:
    """(1 - t)·a + t·b for t in [0, 1]: one operation on independent a, b, t (four with errors, none where t = 1)."""
    if MODE[0]: return b if t.lo == t.hi == 1 else (1 - t) * a + t * b
    v = op(*((1 - e) * x + e * y for e in t.ends for x, y in ((a.lo, b.lo), (a.hi, b.hi))))
    return chain(v, (1 - t.value, a), (t, b), (b.value - a.value, t)) if a.parts or b.parts or t.parts else v

def share(beta: Interval, top: Interval, p: Interval) -> Interval:
    """(1 - top)/(1 - beta·p) within [0, 1], as one operation: gain(beta, p) where top is beta, ratio where it is p."""
    with arithmetic():
        below = 1 - beta * p
        q = of(0, 1) if below.zero and not p.parts else (1 - top) / below
    if q.hi < 0 or q.lo > 1: raise Stop("UNDECIDED", f"a gain of {show(q)} outside [0, 1]")
    return chain(op(max(q.lo, Fraction(0)), min(q.hi, Fraction(1))), (ONE, q))

def at_most(x: Interval, y: Interval, strict: bool = False) -> bool | None:
    """x <= y, or x < y."""
    if strict: return True if x.hi < y.lo else False if x.lo >= y.hi else None
    return True if x.hi <= y.lo else False if x.lo > y.hi else None
def within(x: Interval, y: Interval, strict: bool = False) -> bool | None:
    """x in y, or strictly in y; violated where they are disjoint."""
    inside = y.lo < x.lo and x.hi < y.hi if strict else y.lo <= x.lo and x.hi <= y.hi
    return True if inside else False if x.hi < y.lo or y.hi < x.lo else None
def equal(x: Interval, y: Interval) -> bool | None:
    return False if within(x, y) is False else (x.exact and y.exact) or None
def minus(u: Sequence[Interval], v: Sequence[Interval]) -> list[Interval]:
    return [x - y for x, y in zip(u, v)]
def dot(u: Sequence[Interval], v: Sequence[Interval]) -> Interval:
    return sum([x * y for x, y in zip(u, v)], ZERO)
def squares(u: Sequence[Interval]) -> Interval: return sum([x.square() for x in u], ZERO)
def product(P: Sequence[Sequence[Interval]], Q: Sequence[Sequence[Interval]]) -> list[list[Interval]]:
    return [[dot(row, column) for column in zip(*Q)] for row in P]
def as_variables(box: Sequence[Interval]) -> list[Interval]:
    """The intervals with the derivatives of independent variables."""
    return [Interval(x.lo, x.hi, tuple(of(int(i == j)) for j in range(len(box)))) for i, x in enumerate(box)]
def weighted(x: Interval, radii: Sequence[Interval]) -> Interval:
    """Σ |derivative|·radius: by the mean value theorem x varies by no more over a box of these radii."""
    return dot([abs(y) for y in x.parts or (ZERO,) * len(radii)], radii)

PI = 314159265358979323846264338327950288419716939937510582097494459230781640628620899  # π·10^80, cut off

@functools.cache
def cosine(t: Fraction) -> Interval:
    """cos(2πt): by symmetry 0 <= t <= 1/4; Taylor's series alternates, so that the rest is under the last term."""
    t = min(t % 1, -t % 1)
    if t > Fraction(1, 4): return -cosine(Fraction(1, 2) - t)
    if t in (0, Fraction(1, 6), Fraction(1, 4)): return of({1: 1, 6: Fraction(1, 2), 4: 0}[t.denominator])
    square, terms = (of(Fraction(2 * PI, 10**80), Fraction(2 * PI + 2, 10**80)) * of(t)).square(), [ONE]
    for k in range(1, 41): terms.append(-(terms[-1] * square) / (2 * k * (2 * k - 1)))
    return sum(terms, ZERO) + terms[-1] * AROUND

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
    hooks: Any = {"parse_float": refuse, "parse_constant": refuse, "parse_int": lambda digits: int(digits[:19])}
    try: return json.loads(text, object_pairs_hook=members, **hooks)  # 18 digits are beyond every limit
    except ValueError as error: raise Stop("MALFORMED", f"not JSON: {error}") from None

NUMBERS: dict[str, Callable[[Fraction], bool]] = {  # what numbers may have to be
    "any": lambda _: True, "positive": lambda x: x > 0, "at least 0": lambda x: x >= 0,
    "other than 0": lambda x: x != 0, "in [0, 1)": lambda x: 0 <= x < 1, "in (0, 1)": lambda x: 0 < x < 1,
    "p/q with p, q <= 1000": lambda x: 0 <= x.numerator <= 1000 >= x.denominator,
    "of a denominator of at most 1000": lambda x: x.denominator <= 1000}
NUMBER = re.compile(rf"(0|-?[1-9][0-9]{{,{DIGITS - 1}}})(?:/([1-9][0-9]{{,{DIGITS - 1}}}))?")

def read(value: Any, schema: Any, what: str) -> Any:
    """The value, if it has the form of the schema.

    A dict is an object with these keys (null will do where the key ends in "?"), a list is an array of a schema between
    two lengths, a range is a count, a tuple are words, a string says what a number has to be; else it is a function.
    """
    match schema:
        case dict():
            form(isinstance(value, dict), f"{what} = {{}} is not an object", value)
            keys = {key.rstrip("?"): key for key in schema}
            form(value.keys() == keys.keys(), f"{what}: missing or odd keys: {{}}", sorted(value.keys() ^ keys.keys()))
            return {key: None if value[key] is None and name[-1] == "?" else read(value[key], schema[name], key)
                    for key, name in keys.items()}
        case list():
            inner, low, high = schema
            good = isinstance(value, list) and low <= len(value) <= high
            form(good, f"{what} = {{}} is not an array of {low} to {high} items", value)
            return [read(item, inner, what) for item in value]
        case range(): form(type(value) is int and value in schema, f"{what} = {{}} is not a count in {schema}", value)
        case tuple():
            good = (value is None or isinstance(value, (str, bool))) and value in schema
            form(good, f"{what} = {{}} is not one of {', '.join(map(str, schema))}", value)
        case str():
            match = NUMBER.fullmatch(value) if isinstance(value, str) else None
            x = Fraction(int(match[1]), int(match[2] or 1)) if match else Fraction(0)
            form(str(x) == value, f"{what} = {{}} is not a number p or p/q in lowest terms", value)
            form(NUMBERS[schema](x), f"{what} = {{}} is not {schema}", value)
            return x
        case _: return schema(value, what)
    return value

def interval(value: Any, what: str) -> Interval:
    low, high = read(value, ["any", 2, 2], what)
    form(low <= high, f"{what} = {{}}: the first is larger than the second", value)
    return of(low, high)
def single(value: Any, what: str) -> Interval: return of(read(value, "any", what))
def either(value: Any, what: str) -> Interval: return (interval if isinstance(value, list) else single)(value, what)
def peek(value: Any, key: str) -> Any: return value.get(key) if isinstance(value, dict) else None
def relation(*words: str, value: str = "any") -> dict[str, Any]: return {"relation": words, "value": value}

# ---------------------------------------------------------------------------------------------------------- functions
def horner(c: Sequence[Any], t: Any) -> Any: return functools.reduce(lambda y, x: y * t + x, reversed(c))
def derivative(c: Sequence[Fraction], order: int = 1) -> list[Fraction]:
    return [math.perm(j, order) * x for j, x in enumerate(c)][order:] or [Fraction(0)]
def at(c: Sequence[Fraction], t: Fraction) -> list[Fraction]: return [horner(c, t), horner(derivative(c), t)]

def least(c: Sequence[Fraction], low: Any, high: Any) -> Any:
    """The least value of a polynomial of at most 3 coefficients between low and high, one of which may be infinite."""
    _, c1, c2 = [*c, Fraction(0), Fraction(0)][:3]
    points = [t for t in (low, high) if abs(t) < INFINITY]
    if len(points) < 2 and (c2 < 0 or (c2 == 0 and (c1 > 0 if low == -INFINITY else c1 < 0))): return -INFINITY
    if c2 > 0 and low < -c1 / (2 * c2) < high: points.append(-c1 / (2 * c2))
    return min(horner(c, t) for t in points)

def positive(b: list[Fraction], depth: int = 40) -> bool | None:
    """Whether a polynomial, whose values are averages of these Bernstein coefficients, is >= 0 between its ends."""
    if min(b) >= 0: return True
    if b[0] < 0 or b[-1] < 0 or depth == 0: return None if b[0] >= 0 <= b[-1] else False
    rows = [b]  # de Casteljau's triangle, whose sides are the coefficients of the halves
    while len(rows[-1]) > 1: rows.append([(x + y) / 2 for x, y in pairwise(rows[-1])])
    left = positive([row[0] for row in rows], depth - 1)
    return positive([row[-1] for row in rows[::-1]], depth - 1) if left else left

def nonnegative(c: Sequence[Fraction], h: Fraction, sign: int = 1, over: Fraction | int = 0) -> bool | None:
    """Whether sign·polynomial - over >= 0 on [0, h]."""
    c, d = [sign * c[0] - over, *(sign * x for x in c[1:])], len(c) - 1
    if d <= 2: return bool(least(c, 0, h) >= 0)
    terms = [x * h**j / math.comb(d, j) for j, x in enumerate(c)]
    return positive([sum((math.comb(i, j) * terms[j] for j in range(1, i + 1)), terms[0]) for i in range(d + 1)])

class Function:
    """A piecewise polynomial: cells (lo, hi, base, coefficients), tangents included; T: the periods of the tails."""

    def __init__(self, value: Any) -> None:
        def tail(side: str) -> Any:
            repeats = peek(peek(value, side), "rule") == "repeat"
            return {"rule": ("repeat",), "period": "positive"} if repeats else {"rule": ("tangent", "extend")}
        o = read(value, {"type": ("piecewise",), "knots": ["any", 2, 100_001], "pieces": [["any", 2, 8], 1, 100_000],
                         "left": tail("left"), "right": tail("right")}, "function")
        t, pieces, self.work = o["knots"], o["pieces"], 0
        self.t, self.pieces, self.gaps = t, pieces, [b - a for a, b in pairwise(t)]
        form(len(self.gaps) == len(pieces) and min(self.gaps) > 0, "the knots do not increase or fit the pieces")
        self.rules, self.T = zip(*((o[side]["rule"], o[side].get("period")) for side in ("left", "right")))
        left, right = self.rules
        for i, (rule, T) in enumerate(zip(self.rules, self.T)):
            form(rule != "extend" or len(pieces[-i]) <= 3, "a piece of more than 3 coefficients is extended")
            form(T is None or t[-i] + (-T if i else T) in t, "what repeats does not begin and end at knots")
        self.cells: list[Any] = [(a, b, a, c) for (a, b), c in zip(pairwise(t), pieces)]
        if left == "extend": self.cells[0] = (-INFINITY, *self.cells[0][1:])
        if right == "extend": self.cells[-1] = (self.cells[-1][0], INFINITY, *self.cells[-1][2:])
        if left == "tangent": self.cells.insert(0, (-INFINITY, t[0], t[0], pieces[0][:2]))
        if right == "tangent": self.cells.append((t[-1], INFINITY, t[-1], at(pieces[-1], self.gaps[-1])))

    def regions(self, x: Interval) -> list[tuple[Any, Fraction, Fraction]]:
        """The coefficients on each cell that x meets, and t - base there; a repeated tail is left by whole periods."""
        (a, b), low, high, (left, right) = (x.lo, x.hi), self.t[0], self.t[-1], self.T
        ranges, cells = [(a, b)], self.cells
        if right is not None and a >= high - right:
            a, b = (e - (x.lo - high + right) // right * right for e in (a, b))
            ranges = [(a, b)] if b <= high else [(a, high), (high - right, b - right)]
        elif left is not None and b <= low + left:
            a, b = (e + (low + left - x.hi) // left * left for e in (a, b))
            ranges = [(a, b)] if a >= low else [(a + left, low + left), (low, b)]
        inside = all(cells[0][0] <= a and b <= cells[-1][1] for a, b in ranges)
        require(inside or None, "{} does not reach into a repeated tail", x)
        return [(c, max(a, lo) - base, min(b, hi) - base) for a, b in ranges for lo, hi, base, c in cells[
            bisect_left(cells, a, key=lambda cell: cell[1]) : bisect_right(cells, b, key=lambda cell: cell[0])]]

    def exactly(self, x: Fraction) -> list[Fraction]: return at(*self.regions(of(x))[0][:2])

    def slope(self, x: Interval) -> Interval:
        """f' over x, by Horner's rule on each piece that x meets, with the derivatives f''·x' if x has any."""
        regions, hulls = self.regions(x), []
        for order in (1, 2) if x.parts else (1,):
            self.work += len(regions)
            require(self.work <= PIECES or None, f"f' and f'' are asked for over at most {PIECES} pieces")
            values = [horner(list(map(of, derivative(c, order))), op(a, b)) for c, a, b in regions]
            hulls.append(functools.reduce(hull, values))
        return chain(hulls[0], (hulls[1], x)) if x.parts else hulls[0]

    def check(self, claim: dict[str, Any]) -> Iterator[str]:
        """F1 to F4."""
        yield "F1"  # f and f' are continuous
        n, t, (left, right) = len(self.pieces), self.t, self.T
        seams = [*pairwise(range(n)), *([] if right is None else [(n - 1, t.index(t[-1] - right))])]
        if left is not None: seams.append((t.index(t[0] + left) - 1, 0))
        for i, j in seams:
            end, start = at(self.pieces[i], self.gaps[i]), self.pieces[j][:2]
            require(end == start, "(f, f') = ({}, {}) at the end of {} is ({}, {}) where {} starts", *end, i, *start, j)
        yield "F2"; L, low, mu = claim["lipschitz"]["value"], claim["infimum"]["value"], claim["mu"]
        bends = [(derivative(c, 2), h) for c, h in zip(self.pieces, self.gaps)]
        for i, (c, h) in enumerate(bends):
            require(nonnegative(c, h, -1, -L), "f'' <= {} on piece {}", L, i)
            require(nonnegative(c, h, 1, -L), "-f'' <= {} on piece {}", L, i)
        if claim["lipschitz"]["relation"] == "=":  # a linear f'' is largest at an end
            require(all(len(c) <= 4 for c in self.pieces) or None, "every piece has at most 4 coefficients")
            require(any(L in (abs(c[0]), abs(horner(c, h))) for c, h in bends), "|f''| = {} at an end of a piece", L)
        yield "F3"; (*_, c0), (*_, base, c1) = self.cells[0], self.cells[-1]
        tails: list[Any] = [(c0, -INFINITY, 0)] if left is None else []
        if right is None: tails.append((c1, t[-1] - base, INFINITY))
        bottoms = [least(*tail) for tail in tails]
        for (c, *_), bottom in zip(tails, bottoms):
            require(bottom > -INFINITY and (len(c) == 2 or bottom >= low), "f >= {} on its tails", low)
        for i, (c, h) in enumerate(zip(self.pieces, self.gaps)):
            require(nonnegative(c, h, 1, low), "f >= {} on piece {}", low, i)
        if claim["infimum"]["relation"] == "=":
            require(all(len(c) <= 3 for c in self.pieces) or None, "every piece has at most 3 coefficients")
            bottoms += [least(c, 0, h) for c, h in zip(self.pieces, self.gaps)]
            require(low in bottoms, "{} is the least value of f", low)
        if mu is not None:
            yield "F4"
            for i, (c, h) in enumerate(bends): require(nonnegative(c, h, 1, mu), "f'' >= {} on piece {}", mu, i)
            require("tangent" not in self.rules or mu <= 0, "{} <= 0 with a tangent tail", mu)

# ------------------------------------------------------------------------------------------------------------ methods

METHODS = {  # name: the parameters, and the state with its start. A word before "?" says when a variable is there.
    "gradient-descent": ("learning_rate", ""), "sign-descent": ("learning_rate", ""),
    "heavy-ball": ("learning_rate momentum", "d=0"), "nesterov": ("learning_rate momentum", "b=0"),
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
    "muon": ("learning_rate momentum eps nesterov coefficients ns_steps rows columns", ""), "linear": ("a b", "")}
COORDINATE, VECTOR = list(METHODS)[:11], list(METHODS)[11:14]
PARAMETERS: dict[str, Any] = {  # those that are no number or range; for "?" see `read`
    "start": ("zero", "first-gradient", "corrected"), "amsgrad": (None, "raw", "corrected"), "centered": (True, False),
    "nesterov": (True, False), "momentum_decay?": "p/q with p, q <= 1000", "a": ["any", 1, 100], "b": ["any", 1, 100],
    "coefficients": ["any", 3, 3], "ns_steps": range(21), "rows": range(MANY + 1), "columns": range(MANY + 1)}

def read_method(value: Any, names: Sequence[str], number: Callable[[Any, str], Interval]) -> dict[str, Any]:
    """The parameters; what has no schema of its own is a `number`: single, or either."""
    name = read(peek(value, "name"), tuple(names), "method name")
    def quantity(given: Any, what: str) -> Interval:
        x = number(given, what)
        good = x.lo > 0 if what in ("learning_rate", "trust_coefficient") else x.lo >= 0
        if what in ("beta1", "beta2", "momentum"): good = good and (x.hi < 1 or (x.hi == 1 and not x.exact))
        form(good, f"{what} = {{}} is out of range", given)
        return x
    keys = re.sub("eps_hat|momentum_decay", r"\g<0>?", METHODS[name][0]).split()
    o: dict[str, Any] = read(value, {"name": (name,), **{key: PARAMETERS.get(key, quantity) for key in keys}}, "method")
    if name == "adam" and o["eps_hat"]:
        good = o["start"] == "corrected" != o["amsgrad"] and value["eps"] == "0" == value["eps_root"]
        form(good, "eps_hat goes with start corrected, amsgrad not corrected, eps and eps_root 0")
    if o.get("momentum_decay") is not None:  # h = (24/25)^(p/q): Newton's method from above for the root of an integer
        p, q = o["momentum_decay"].as_integer_ratio()
        power, root, closer = (24**p << GRID * q) // 25**p, UNIT + 1, UNIT
        while closer < root: root, closer = closer, ((q - 1) * closer + power // closer ** (q - 1)) // q
        o["h"] = of(Fraction(root, UNIT), Fraction(root + (p > 0), UNIT))
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
    """s and the next state, in the order of the table, from the state z and the gradient g; first is k = 0."""
    lr, momentum, eps, eps_root = map(o.get, ("learning_rate", "momentum", "eps", "eps_root"))
    beta1, beta2, p1, p2 = o.get("beta1"), o.get("beta2"), z.get("p1"), z.get("p2")
    def gain(beta: Any, p: Any) -> Any:  # the weight of the newest gradient
        if first and (p or o.get("start") == "first-gradient"): return ONE
        return share(beta, beta, p) if p else 1 - beta
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
            y = v = mix(z["v"], g.square(), 1 - beta2)
            if o["centered"]: z = {**z, "a": (a := mix(z["a"], g, 1 - beta2))}; y = v - a.square()
            b = momentum * z["b"] + g / ((y + eps_root).sqrt() + eps)
            return -(lr * b), {**z, "v": v, "b": b}
        case "adabelief":
            m = mix(z["m"], g, 1 - beta1)
            s, p1, p2 = mix(z["s"], (g - m).square(), 1 - beta2) + o["eps_sum"], beta1 * p1, beta2 * p2
            root = (s / (1 - p2) + eps_root).sqrt()
            return -(lr * (m / (1 - p1)) / (root + eps)), {"m": m, "s": s, "p1": p1, "p2": p2}
    m, v = mix(z["m"], g, gain(beta1, p1)), mix(z["v"], g.square(), gain(beta2, p2))
    powers = {name: beta * z[name] for name, beta in (("p1", beta1), ("p2", beta2)) if name in z}
    new, r = {**z, "m": m, "v": v, **powers}, 1 - powers["p2"] if p2 else ONE
    match o["name"]:
        case "adam":
            w = z.get("w")
            if o["amsgrad"] == "raw": w = (ONE if not p2 else ZERO if first else share(beta2, p2, p2)) * w
            y = maximum(w, v) if w else v
            e = o["eps_hat"] / r.sqrt() if o["eps_hat"] else eps
            return -(lr * m / ((y + eps_root).sqrt() + e)), {**new, "w": y} if w else new
        case "nadam":
            D, now, ahead = z.get("D"), beta1, beta1
            if D: new["D"] = D = o["h"] * D; now, ahead = beta1 * (1 - D / 2), beta1 * (1 - o["h"] * D / 2)
            new["P"] = P = z["P"] * now
            return -(lr * (ahead * m / (1 - P * ahead) + (1 - now) * g / (1 - P)) / (v.sqrt() + eps)), new
    new["q"] = q = beta2 * (z["q"] + p2)  # radam
    R = 2 / (1 - beta2) - 1; rho = R - 2 * q / r
    if small := at_most(rho, of(5)): return -(lr * m), new
    require(small is False or None, "rho = {} <= 5 or not", rho)
    root = ((rho - 4) * (rho - 2) * R / ((R - 4) * (R - 2) * rho)).sqrt()
    return -(lr * root * m / (v.sqrt() + eps / r.sqrt())), new

def vector_step(o: Any, x: Any, m: Any, g: Any) -> tuple[Any, Any]:
    """One step of a method that is not coordinate-wise: the step and the next state."""
    lr, momentum, eps = o["learning_rate"], o["momentum"], o["eps"]
    if o["name"] == "lars":
        decay, length = o["weight_decay"], squares(x).sqrt()
        rate = lr * (o["trust_coefficient"] * length / (squares(g).sqrt() + decay * length + eps))
        m = [momentum * d + rate * (y + decay * z) for d, y, z in zip(m, g, x)]
        return [-d for d in m], m
    m = [mix(old, y, 1 - momentum) for old, y in zip(m, g)]
    if o["name"] == "normalized":
        length = squares(m).sqrt() + eps; return [-(lr * (y / length)) for y in m], m
    U = [mix(y, b, momentum) for y, b in zip(g, m)] if o["nesterov"] else m
    length, n = maximum(squares(U).sqrt(), eps), o["columns"]
    X = [[y / length for y in U[i : i + n]] for i in range(0, len(U), n)]
    a, b, c = map(of, o["coefficients"])
    for _ in range(o["ns_steps"]):
        A = product(X, list(zip(*X)))
        B = [[b * y + c * z for y, z in zip(*rows)] for rows in zip(A, product(A, A))]
        X = [[a * y + z for y, z in zip(*rows)] for rows in zip(X, product(B, X))]
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
    low = f"inf {f} {infimum['relation']} {infimum['value']}"
    convex = "" if mu is None else f", {f} is convex" if mu == "0" else f", {f} - ({mu}/2) {x}^2 is convex"
    worst = "; no smaller constant will do" if claim.get("optimal") else ""
    return f"{slope} has {constant} {lipschitz['value']}, {low}{convex}{jets}{worst}."

# -------------------------------------------------------------------------------------------------------------- kinds

CLASS = {"lipschitz": relation("=", "<="), "infimum": relation("=", ">="), "mu?": "any", "optimal": (True, False)}
def check_optimal(claim: dict[str, Any], good: bool = True) -> None:
    good = good and claim["lipschitz"]["relation"] == "="
    form(good or not claim["optimal"], "optimal goes with the relation = of lipschitz, and exact or invariant rules")

def function(raw: dict[str, Any]) -> Iterator[str]:
    """The function of the file has the properties, and goes through the jets."""
    form(raw["method"] is None and raw["proof"] == {}, "method is not null, or proof is not empty")
    claim = read(raw["claim"], {**CLASS, "jets": [["any", 3, 3], 0, 100_000]}, "claim")
    f, jets, L = Function(raw["function"]), claim["jets"], claim["lipschitz"]["value"]
    check_optimal(claim)
    yield f"A function of one variable: {class_words(raw['claim'], f', through {len(jets)} jets' if jets else '')}"
    yield from f.check(claim)
    yield "5"
    for x, *jet in jets:
        found = f.exactly(x)
        require(found == jet, "at {} (f, f') = ({}, {}) is ({}, {})", x, *found, *jet)
    if claim["optimal"]:
        yield "6"  # with a smaller constant f' cannot vary as much between two jets as they ask for (Le Gruyer)
        good, points = False, sorted({x: (x, y, g) for x, y, g in reversed(jets)}.values())
        for (x0, f0, g0), (x1, f1, g1) in pairwise(points):
            a, b = abs(2 * (f0 - f1) + (g0 + g1) * (x1 - x0)) / (x1 - x0) ** 2, abs(g1 - g0) / (x1 - x0)
            good = good or L <= a or (L - a) ** 2 <= a * a + b * b
        require(good, "two jets need the constant {}", L)

def drift(raw: dict[str, Any]) -> Iterator[str]:
    """The first steps lead to a state from which the word of gradients, and with it the drift, repeats for ever."""
    m, f, said = read_method(raw["method"], COORDINATE, either), Function(raw["function"]), raw["claim"]
    start = variables(m)
    state, boxes, radius = (dict.fromkeys(start, schema) for schema in ("any", interval, "at least 0"))
    claim = read(said, {
        "start": interval, "state?": state, "from": range(1, 100_001), "period": range(1, 10_001), "slope": "positive",
        "shift": relation("=", "->", value="other than 0"), **CLASS,
        "rounding?": {"unit": "in (0, 1)", "steps": range(1, MANY + 1)}}, "claim")
    K, p, c, noise, (way, d) = *(claim[key] for key in ("from", "period", "slope", "rounding")), claim["shift"].values()
    proof = read(raw["proof"], {
        "rule": ("invariant", "contracting", "rounded"), "word": ["any", p, p], "box?": boxes, "settled?": state,
        "radius?": radius, "rate?": "in [0, 1)"}, "proof")
    rule, word, box, contracting = proof["rule"], proof["word"], proof["box"], proof["rule"] == "contracting"
    form(claim["state"] is None or timeless(m), "a state is given for a method that counts its steps")
    form((rule == "rounded") == (noise is not None), "the rule is rounded exactly where rounding is not null")
    form(noise is None or (noise["steps"] > K and p == 1), "rounded goes with period 1, and steps beyond from")
    form(rule == "invariant" or way == "->", f"{rule} goes with ->")
    check_optimal(claim, rule == "invariant")
    for key in ("box", "settled", "radius", "rate"):
        form((proof[key] is None) == ((key == "box") == contracting), f"{key} does not go with {rule}")
    u, N = (noise["unit"], noise["steps"]) if noise else (Fraction(0), 0)
    given = f", with {each(said['state'], start)}" if said["state"] else ""
    when = f"from step {K} on" if way == "=" else "in the limit"
    if noise: when += f", for {N} steps with a relative error of at most {u} in every operation"
    yield (f"{method_words(raw['method'])} runs away on a function of one variable: from every start in "
           f"{spoken(said['start'])}{given} it moves by {said['shift']['value']} every {p} steps {when}, "
           f"and |f'| >= {said['slope']} at every iterate; {class_words(said)}")
    yield from f.check(claim)
    yield "2"; T = f.T[d > 0]
    require(T is not None, "the {} tail repeats", "right" if d > 0 else "left")
    require((d / T).denominator == 1, "the shift {} is a multiple of the period {}", d, T)
    yield "3"; x, factor = claim["start"], of(1 - u, 1 + u) if noise else None
    z = {name: of(y) for name, y in (claim["state"] or start).items()}
    for k in range(K):
        g = f.slope(x)
        require(at_most(of(c), abs(g)), "step {}: {} <= |f'| = |{}|", k, c, g)
        with arithmetic(factor):
            s, z = step(m, z, g * 1 if noise else g, first=k == 0); x = x + s
    yield "4"
    for i, w in enumerate(word): require(abs(w) >= c, "|w_{}| = |{}| >= {}", i, w, c)
    def well(i: int, x: Interval) -> None:  # if f' is the next letter over x, it is so after shifts by a multiple of T
        require(equal(f.slope(x), of(word[i])), "f' = {} over X_{} = {}", word[i], i, x)
        beyond = x.lo >= f.t[-1] - T if d > 0 else x.hi <= f.t[0] + T
        require(beyond, "X_{} = {} lies in the repeated part or beyond", i, x)
    yield "5a"; radii = [of(r) for r in (proof["radius"] or {}).values()]
    home = {name: of(y) for name, y in (proof["settled"] or box).items()}
    if contracting: box = {name: y + r * AROUND for (name, y), r in zip(home.items(), radii)}
    for name, y in z.items(): require(within(y, box[name]), "{} = {} lies in {}", name, y, box[name])
    yield "5b"  # one period of the word, from a box, or a settled state, to which the state comes back
    places, z = [x], home
    steps: list[Interval] = []
    for i, w in enumerate(word):
        if rule == "invariant": well(i, places[-1])
        with arithmetic(factor): s, z = step(m, z, of(w) * 1 if noise else of(w))
        steps.append(s); places.append(places[-1] + s)
    yield "5b" if contracting else "5c"
    for name, y in z.items():
        require((equal if contracting else within)(y, home[name]), "{} = {} is back in {}", name, y, home[name])
    yield "5b" if contracting else "5d"
    if not noise: require(equal(sum(steps, ZERO), of(d)), "the steps sum to {}, the shift is {}", sum(steps, ZERO), d)
    else:  # M bounds all |x_k|, and E what N steps and roundings of at most u·M can add up to
        require(N * u < 1 or None, "N·u = {} < 1", N * u)
        far, size, at_x = (of(max(abs(y.lo), abs(y.hi))) for y in (steps[0] - of(d), steps[0], x))
        M = (at_x + N * size) / of(1 - N * u)
        well(0, x + of((N * (far + of(u) * M)).hi) * AROUND)
    if contracting:
        yield "5c"  # the j-th period begins within rate^j·radius of the settled state
        rate, moved, errors, z = of(proof["rate"]), ZERO, [ZERO], dict(zip(box, as_variables([*box.values()])))
        for w in word:
            s, z = step(m, z, of(w)); errors.append(weighted(moved := moved + s, radii))
        for (name, y), r in zip(z.items(), radii):
            require(at_most(weighted(y, radii), rate * r), "{} contracts by the rate {}", name, rate)
        yield "5d"  # so that the periods together move x by a geometric series more or less than the settled ones
        R = errors[-1] / (1 - rate)
        for i, ahead in enumerate(accumulate(steps[:-1], initial=ZERO)): well(i, x + ahead + AROUND * (R + errors[i]))
    if claim["optimal"]:
        yield "6"  # what f gains along a period, by the trapezoidal rule with its error, is no fall without end
        require(all(y.exact for y in places[:-1]) or None, "every X_i is exact")
        nodes, L = sorted((y.lo % abs(d), w) for y, w in zip(places[:-1], word)), claim["lipschitz"]["value"]
        gaps = [(t1 - t0, w0, w1) for (t0, w0), (t1, w1) in pairwise([*nodes, (nodes[0][0] + abs(d), nodes[0][1])])]
        require(all(h > 0 for h, _, _ in gaps), "the X_i differ modulo the shift")
        rise = sum(h * (w0 + w1) for h, w0, w1 in gaps) / 2 * (-1 if d > 0 else 1)
        bound = L and sum(h * h * L - (w1 - w0) ** 2 / L for h, w0, w1 in gaps) / 4
        good = any(L * h <= abs(w1 - w0) for h, w0, w1 in gaps) or rise >= bound
        require(good, "{} >= {}, so that no constant below {} will do", rise, bound, L)

def cycle(raw: dict[str, Any]) -> Iterator[str]:
    """A fixed point of p steps, met exactly or by Krawczyk's test, and the derivative there."""
    m, f, said = read_method(raw["method"], COORDINATE, single), Function(raw["function"]), raw["claim"]
    form(timeless(m), "the method counts its steps, and has no cycles here")
    names, exact = ["x", *variables(m)], peek(raw["proof"], "rule") == "exact"
    n, place, radii = len(names), single if exact else interval, dict.fromkeys(names, "positive")
    near = {"type": ("attracting",), "repeats": range(1, 100_001), "rate": "in [0, 1)", "radius": radii}
    far = {"type": ("repelling",), "power": range(1, 1001), "multiplier": interval}
    claim = read(said, {
        "period": range(1, 10_001), "x": place, "state": dict.fromkeys(names[1:], place), "slope": "positive", **CLASS,
        "stability?": near if peek(peek(said, "stability"), "type") == "attracting" else far}, "claim")
    Y = read(raw["proof"], {"rule": ("exact" if exact else "enclosed",),
                            "matrix": (None,) if exact else [[single, n, n], n, n]}, "proof")["matrix"]
    stable, p, c, Z = claim["stability"] or {}, claim["period"], claim["slope"], [claim["x"], *claim["state"].values()]
    check_optimal(claim, exact)
    form(exact or not any(x.exact for x in Z), "a range of x or the state has no length")
    form(p * stable.get("repeats", 0) <= 100_000, "period times repeats is beyond 100000")
    form("power" not in stable or stable["multiplier"].lo > 1, "the multiplier is not above 1")
    around = ", ".join(f"{said['stability']['radius'][name]} of {name}" for name in names) if "rate" in stable else ""
    words = (f", and every start within {around} converges to the cycle" if around else "" if not stable else
             f", and the cycle repels with a multiplier in {spoken(said['stability']['multiplier'])}")
    yield (f"{method_words(raw['method'])} goes round on a function of one variable: from "
           f"{each({'x': said['x'], **said['state']}, names)} it is back after {p} steps, "
           f"and |f'| >= {said['slope']} at every iterate{words}; {class_words(said)}")
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
            s, state = step(m, dict(zip(names[1:], z[1:])), g)
            z = [z[0] + s, *state.values()]
            for i, y in enumerate(z if radii else []):
                bound = met[(k + 1) % p][0][i] + AROUND * weighted(y, radii)
                low, high = max(y.lo, bound.lo), min(y.hi, bound.hi)
                require(low <= high or None, "{} and {} meet", y, bound)
                z[i] = chain(of(low, high), (ONE, y))
        return z
    def jacobian(box: list[Interval], steps: int) -> list[list[Interval]]:
        return [list(y.parts or [ZERO] * n) for y in run(as_variables(box), steps)]
    yield from f.check(claim)
    yield "2"
    if exact:
        with arithmetic(exact=True): ends = run(Z, p, look=True)
        for name, y, start in zip(names, ends, Z): require(equal(y, start), "{} = {} is {} again", name, y, start)
    else:  # Krawczyk: z -> z - Y·(Φ(z) - z) maps Z into itself
        middle = [of((x.lo + x.hi) / 2) for x in Z]
        miss, spread = minus(run(middle, p), middle), minus(Z, middle)
        YJ = product(Y, [[y - int(a == b) for b, y in enumerate(row)] for a, row in enumerate(jacobian(Z, p))])
        for a, name in enumerate(names):
            K = middle[a] - dot(Y[a], miss) + dot([int(a == b) - y for b, y in enumerate(YJ[a])], spread)
            require(within(K, Z[a], strict=True), "{}: Krawczyk's {} lies strictly within {}", name, K, Z[a])
        run(Z, p, look=True)
    yield "3"
    if "rate" in stable:  # n·p steps contract the norm that is weighted by the radii
        r, rate = [of(y) for y in stable["radius"].values()], of(stable["rate"])
        A = as_variables([x + y * AROUND for x, y in zip(Z, r)])
        for name, y, size in zip(names, run(A, p * stable["repeats"], radii=r), r):
            require(at_most(weighted(y, r), rate * size), "{} contracts by the rate {}", name, rate)
    if "power" in stable:  # |trace of J^n| <= d·(spectral radius)^n, and (spectral radius)^n <= |J^n|
        for k, (z, _) in enumerate(met):
            require(len(f.regions(z[0])) == 1 or None, "step {}: X = {} lies in one piece", k, z[0])
        J = P = jacobian(Z, p)
        for _ in range(stable["power"] - 1): P = product(P, J)
        low, high = (end ** stable["power"] for end in (stable["multiplier"].lo, stable["multiplier"].hi))
        trace = abs(sum([P[a][a] for a in range(n)], ZERO))
        require(at_most(of(low * n), trace), "lo^n·d <= |trace of J^n| = {}", trace)
        for name, row in zip(names, P):
            norm = sum(map(abs, row), ZERO)
            require(at_most(norm, of(high)), "{}: the row sum {} of |J^n| <= hi^n", name, norm)
    if claim["optimal"]:
        yield "4"  # f' varies that fast between two points
        points, L = sorted({z[0].lo: g.lo for z, g in met}.items()), claim["lipschitz"]["value"]
        good = any(L * (x1 - x0) <= abs(g1 - g0) for (x0, g0), (x1, g1) in pairwise(points))
        require(good, "two points need the constant {}", L)

def orbit(raw: dict[str, Any]) -> Iterator[str]:
    """The points are the method's, and a function goes through the jets at them."""
    said = raw["claim"]
    form(raw["function"] is None, "function is not null")
    claim = read(said, {
        "dimension": range(1, 20_001), "steps": range(1, 2001), "closed": (True, False), "slope": "positive",
        "lipschitz": relation("<=", value="positive"), "infimum": relation(">="), "mu?": "at least 0", "rise?": "any"},
        "claim")
    n, K, closed, mu = (claim[key] for key in ("dimension", "steps", "closed", "mu"))
    size = K if closed else K + 1
    form(size > 1, "a closed orbit has at least 2 points")
    form(size <= 2000 and size * n <= 20_000 and size**2 * n <= 4_000_000, "points or dimension are too many")
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
    open_ = {"x0": [single, n, n], "gradients": [[single, n, n], size, size]}
    proof = read(raw["proof"], {"values": [single, size, size],
                                **({"points": [[coordinate, n, n], size, size]} if closed else open_)}, "proof")
    slope, on = f"|grad F| >= {said['slope']}", f"on a function of {n} variables:"
    words = (f"goes round {on} {K} points repeat for ever, and {slope} at each" if closed else
             f"{on} for {K} steps {slope}, and F rises by {said['rise']}")
    yield f"{method_words(raw['method'])} {words}; {class_words(said, '', 'F', 'grad F', '|x|')}"
    yield "1"
    if closed:
        x = [[of(a) if t is None else of(a) * cosine(t) for a, t in row] for row in proof["points"]]
        differ = any(max(y.lo for y in column) > min(y.hi for y in column) for column in zip(*x))
        require(differ or (False if all(y.exact for row in x for y in row) else None), "two points are different")
        lag, b = next((i, of(y)) for i, y in enumerate(m["b"]) if y != 0)
        a, g = [of(y) for y in m["a"]], [[ZERO]] * K
        for k in range(K):
            before = zip(*(x[(k - i) % K] for i in range(len(a))))
            g[(k - lag) % K] = [(y - dot(a, column)) / b for y, column in zip(x[(k + 1) % K], before)]
    else:
        x, g, work = [proof["x0"]], proof["gradients"], 0; z: Any = [ZERO] * n
        if m["name"] == "muon": work = K * m["ns_steps"] * m["rows"] ** 2 * (m["rows"] + 2 * m["columns"])
        require(work <= PRODUCTS or None, f"the matrices take at most {PRODUCTS} products")
        if m["name"] in COORDINATE: z = [{name: of(y) for name, y in variables(m).items()}] * n
        for k in range(K):
            if m["name"] in VECTOR: s, z = vector_step(m, x[-1], z, g[k])
            else: s, z = zip(*(step(m, y, w, first=k == 0) for y, w in zip(z, g[k])))
            x.append([y + w for y, w in zip(x[-1], s)])
    yield "2"
    c, L, low, bend = map(of, (claim["slope"], claim["lipschitz"]["value"], claim["infimum"]["value"], mu or 0))
    f, norms = proof["values"], []
    for k, y in enumerate(g):
        norms.append(squares(y))
        require(at_most(c * c, norms[k]), "{}² <= |g_{}|² = {}", c, k, norms[k])
    if not closed: require(equal(f[-1] - f[0], of(claim["rise"])), "F rises by {}", claim["rise"])
    yield "3"  # if any two jets fit together, then all do (Azagra, Le Gruyer & Mudarra; Taylor, Hendrickx & Glineur)
    for i, j in combinations(range(size), 2):
        apart, change = minus(x[j], x[i]), minus(g[j], g[i])
        D = squares(apart)
        require(not D.zero or (False if D.exact else None), f"x_{i} and x_{j} are different")
        G = squares(change)
        if mu is None:
            both = [y + w for y, w in zip(g[i], g[j])]
            A, LD = abs(2 * (f[i] - f[j]) + dot(both, apart)), L * D
            require(at_most(2 * A, LD), f"x_{i}, x_{j}: 2|A| = {{}} <= L·D = {{}}", 2 * A, LD)
            room = LD.square() - 2 * L * D * A
            require(at_most(G * D, room), f"x_{i}, x_{j}: G·D = {{}} <= {{}}", G * D, room)
        else:  # (j, i) has the same right side: both differences in it change their signs
            right = (G / L + bend * D - 2 * (bend / L) * dot(change, apart)) / (2 * (1 - bend / L))
            for a, b, to in ((i, j, apart), (j, i, [-y for y in apart])):
                left = f[a] - f[b] + dot(g[b], to)
                require(at_most(right, left), f"x_{a}, x_{b}: {{}} >= {{}}", left, right)
    yield "4"  # the largest such function has the infimum min f_i - |g_i|²/2L; a mu-convex one lies above its parabolas
    answers = (at_most(low, y - norm / (2 * bend if mu else 2 * L)) for y, norm in zip(f, norms))
    if mu: answers = [True if True in (found := [*answers]) else None if None in found else False]
    for answer in answers: require(answer, "{} <= f_k - |g_k|²/(2·{})", low, bend if mu else L)

def vanishing(raw: dict[str, Any]) -> Iterator[str]:
    """V_k = (k + 1)·v_k/c² and U_k = sqrt(k + 1)·|m_k|/c stay bounded."""
    form(raw["function"] is None, "function is not null")
    claim = read(raw["claim"], {"slope": "positive", "lipschitz": relation("<="), "infimum": relation(">=")}, "claim")
    K = read(raw["proof"], {"steps": range(1, 100_001)}, "proof")["steps"]
    m = read_method(raw["method"], ["adam"], either)
    paper = {"start": "first-gradient", "amsgrad": None, "eps": "0", "eps_root": "0", "eps_hat": None}
    form({**raw["method"], **paper} == raw["method"], "adam is not the paper's")
    words = f"x_k -> infinity, and f'(x_k) = -({raw['claim']['slope']})/sqrt(k + 1); {class_words(raw['claim'])}"
    yield (f"{method_words(raw['method'])} with the learning rate divided by sqrt(k + 1) "
           f"runs away on a function of one variable: {words}")
    yield "1"; beta1, beta2, lr = m["beta1"], m["beta2"], m["learning_rate"]
    c, L, low = map(of, (claim["slope"], claim["lipschitz"]["value"], claim["infimum"]["value"]))
    U = V = B = D = ONE
    for k in range(K):
        j = of(Fraction(k + 2, k + 1))
        V, U = j * beta2 * V + (1 - beta2), j.sqrt() * beta1 * U + (1 - beta1)
        B, D = maximum(B, V), maximum(D, U)
    yield "2"  # from K on V <- j·beta2·V + 1 - beta2 at most, and U likewise, which stay below the fixed points
    j = of(Fraction(K + 2, K + 1))
    for beta in (beta2, beta1): require(at_most(j * beta, ONE, strict=True), "{}·beta = {} < 1", j, j * beta)
    B, D = (of(maximum(y, (1 - beta) / (1 - j * beta)).hi) for y, beta in ((B, beta2), (D, beta1)))
    yield "3"  # a gap with f = 0 at both ends and slopes up to c_k needs 4·c_k over the step
    require(at_most(4 * c * B.sqrt(), L * lr), "4·c·sqrt(B) = {} <= {}", 4 * c * B.sqrt(), L * lr)
    yield "4"  # f falls by less than slope times step
    require(at_most(low, -(lr * c * D)), "{} <= {}", low, -(lr * c * D))

KINDS = {"function": function, "drift": drift, "cycle": cycle, "orbit": orbit, "vanishing": vanishing}

# ------------------------------------------------------------------------------------------------------------ program

def check(data: bytes) -> tuple[str, str | None, str | None, str | None]:
    """The verdict on the bytes of a file, the reason (None where PROVED), the kind and the sentence, as far as read."""
    kind, sentence, place, known = None, None, "", None
    try:
        raw = parse(data)
        form(peek(raw, "format") == "misstep certificate", "format is not 'misstep certificate'")
        version, known = read(raw.get("version"), range(1, 10**19), "version"), raw.get("kind")
        require(version == 1 or None, "version {} is known", version)
        form(isinstance(known, str), "kind = {} is not a string", known)
        require(known in KINDS or None, "the kind {} is known", known)
        kind = known
        keys = ("format", "version", "kind", "sentence", "method", "function", "claim", "proof", "provenance")
        read(raw, dict.fromkeys(keys, lambda value, _: value), "certificate")
        good = isinstance(raw["provenance"], dict) and all(isinstance(y, str) for y in raw["provenance"].values())
        form(good, "provenance is not an object of strings")
        steps = KINDS[kind](raw); sentence = next(steps)
        form(raw["sentence"] == sentence, f"condition 0: the sentence is not that of the claim: {sentence}")
        for number in steps: place = f"condition {number}: "
    except Stop as stop: return stop.args[0], place + stop.args[1], kind, sentence
    except Exception as error:  # a fault of this program is no verdict on the file
        return "UNDECIDED", f"this checker failed: {show(repr(error))}", kind, sentence
    return "PROVED", None, kind, sentence

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
    options, rows = parser.parse_args(arguments), []
    if isinstance(sys.stdout, io.TextIOWrapper): sys.stdout.reconfigure(errors="backslashreplace")
    for path in options.files:
        began = time.perf_counter()
        try: verdict, reason, kind, claim = check(read_file(path))
        except Stop as stop: (verdict, reason), kind, claim = stop.args, None, None
        seconds = round(time.perf_counter() - began, 3)
        found = {"file": path, "kind": kind, "claim": claim, "verdict": verdict}
        rows.append({**found, "seconds": seconds, "reason": reason})
        if not options.json: print(f"{verdict}  {path}  ({seconds:.2f} s)\n    {reason or claim}", flush=True)
    if options.json: print(json.dumps(rows, indent=1))
    status = {"MALFORMED": 2, "REFUTED": 1, "UNDECIDED": 4}
    return next((status[word] for word in status if word in [row["verdict"] for row in rows]), 0)

if __name__ == "__main__":
    sys.exit(main())
