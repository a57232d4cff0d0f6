"""Enclosures on numbers chosen to break them: both checkers' intervals, end for end, and against rational numbers."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pytest
from flint import arb, ctx, fmpq

from files import load_tool
from misstep.certificates.intervals import Interval
from misstep.certificates.turns import cosine
from misstep.certificates.verdict import Stop

tool: Any = load_tool()
GRID, LONG = 256, 4096
UNIT = Fraction(1, 2**GRID)
HUGE = Fraction(2**16384)

EXACT: Sequence[Fraction] = tuple(
    Fraction(x)
    for x in (
        *(0, 1, -1, 3, Fraction(1, 3), Fraction(-2, 7), Fraction(1, 2**8)),
        # On the grid, next to it, and halfway between two of its points.
        *(UNIT, -UNIT, 1 - UNIT, -1 + UNIT, UNIT / 2, -UNIT / 2, 1 + UNIT / 2, 3 * UNIT / 2, UNIT / 3, 1 - UNIT / 3),
        *(Fraction(1, 2**256 - 1), Fraction(1, 2**256 + 1), Fraction(-1, 2**257), Fraction(2**300 + 1, 2**257)),
        # As long as an exact result may be, and one bit longer.
        *(2**4095, 2**4096 - 1, 2**4096, -(2**4096), Fraction(1, 2**4095), Fraction(1, 2**4096), Fraction(-1, 2**4096)),
        *(Fraction(2**4096 - 1, 2**4095), Fraction(2**4097 + 1, 2**4097), Fraction(3**2584, 2**4096), 3**2600),
        # As long as a number in a file may be.
        *(Fraction(1, 10**1999), 10**1999, -(10**1999), Fraction(10**1999 - 1, 10**1999), Fraction(7**2300, 10**1999)),
        # Next to squares.
        *(4, Fraction(4, 9), 4 + UNIT**2, Fraction(10**40 + 1, 10**40), (1 + UNIT) ** 2, (1 - UNIT) ** 2, UNIT**2),
        *((1 + UNIT) ** 2 + Fraction(1, 2**600), (1 + UNIT) ** 2 - Fraction(1, 2**600), 2**513, 2**512 - 1),
    )
)
RANGES: Sequence[tuple[Fraction, Fraction]] = tuple(
    (Fraction(a), Fraction(b))
    for a, b in (
        *((0, 1), (-1, 0), (0, UNIT), (-UNIT, 0), (0, UNIT / 3), (-UNIT / 3, 0), (-UNIT, UNIT), (-1, 1), (-3, 2)),
        *((0, 2**4097), (-(2**4097), 0), (Fraction(1, 3), Fraction(1, 3) + Fraction(1, 2**9000)), (UNIT / 2, UNIT)),
        *((1 - UNIT, 1 + UNIT), (Fraction(1, 3**200), 3**200), (-Fraction(1, 2**256), -Fraction(1, 2**257))),
        *((Fraction(1, 10**1999), Fraction(2, 10**1999)), (2**4096 - 1, 2**4096), (4, 4 + UNIT**2), (-(10**1999), 1)),
        *((Fraction(-2, 7), Fraction(1, 3)), (Fraction(2**256 + 2, 2**256 + 1), Fraction(2**256 + 1, 2**256)), (3, 9)),
    )
)
VALUES = [*((x, x) for x in EXACT), *RANGES]

Pair = tuple[Fraction, Fraction]
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def theirs(x: Pair) -> Any:
    """An interval of the tool of the standard library."""
    make: Callable[..., Any] = getattr(tool, "of", None) or tool.Interval.of
    return make(*x)


def ours(x: Pair) -> Interval:
    """An interval of the package; of one number where it is exact."""
    lo, hi = (fmpq(end.numerator, end.denominator) for end in x)
    return Interval(lo, lo) if lo == hi else Interval(lo, hi)


def fraction(x: fmpq) -> Fraction:
    return Fraction(int(x.p), int(x.q))


def outcomes(ask: Callable[[], Any], answer: Callable[[], Interval]) -> tuple[Pair | None, Pair | None]:
    """The ends of both results; None where a check ends there."""
    first: Pair | None
    second: Pair | None
    try:
        found = ask()
        first = found.lo, found.hi
    except tool.Stop:
        first = None
    try:
        other = answer()
        second = fraction(other.lo), fraction(other.hi)
    except Stop:
        second = None
    return first, second


def down(x: Fraction) -> Fraction:
    return math.floor(x / UNIT) * UNIT


def rounded(lo: Fraction, hi: Fraction) -> Pair | None:
    """[lo, hi] by the rule of the format, written from its words."""

    def bits(x: Fraction) -> int:
        return max(abs(x.numerator).bit_length(), x.denominator.bit_length())

    if lo == hi:
        ends = (lo, lo) if bits(lo) <= LONG else (down(lo), -down(-lo))
    else:
        ends = tuple(  # type: ignore[assignment]
            x if x.denominator <= 2**GRID and abs(x.numerator).bit_length() <= LONG else away
            for x, away in ((lo, down(lo)), (hi, -down(-hi)))
        )
    return None if max(map(abs, ends)) > HUGE else ends


def exact_range(sign: str, x: Pair, y: Pair) -> Pair | None:
    if sign == "/" and y[0] <= 0 <= y[1]:
        return None
    values = [BINARY[sign](a, b) for a in x for b in y]
    return rounded(min(values), max(values))


@pytest.mark.parametrize("sign", BINARY)
def test_an_operation_gives_the_ends_that_the_format_says_in_both_checkers(sign: str) -> None:
    operation = BINARY[sign]
    for x, y in itertools.product(VALUES, VALUES):
        found = outcomes(lambda: operation(theirs(x), theirs(y)), lambda: operation(ours(x), ours(y)))  # noqa: B023
        assert found == 2 * (exact_range(sign, x, y),), (sign, x, y)


def test_squares_are_rounded_and_sizes_and_negatives_are_not_in_both_checkers() -> None:
    for x in VALUES:
        squares = x[0] ** 2, x[1] ** 2
        sizes = abs(x[0]), abs(x[1])
        inside = x[0] <= 0 <= x[1]
        zero = Fraction(0)
        assert outcomes(theirs(x).square, ours(x).square) == 2 * (
            rounded(zero if inside else min(squares), max(squares)),
        ), x
        assert outcomes(lambda: abs(theirs(x)), lambda: abs(ours(x))) == 2 * (  # noqa: B023
            (zero if inside else min(sizes), max(sizes)),
        ), x
        assert outcomes(lambda: -theirs(x), lambda: -ours(x)) == 2 * ((-x[1], -x[0]),), x  # noqa: B023


def test_maxima_are_not_rounded_in_both_checkers() -> None:
    for x, y in itertools.product(VALUES, VALUES):
        found = outcomes(lambda: tool.maximum(theirs(x), theirs(y)), lambda: ours(x).maximum(ours(y)))  # noqa: B023
        assert found == 2 * ((max(x[0], y[0]), max(x[1], y[1])),), (x, y)


def test_roots_have_the_ends_that_the_format_says_in_both_checkers() -> None:
    more = [(x * x, x * x) for x in EXACT] + [(x * x, x * x + UNIT) for x in EXACT]
    for x in [*VALUES, *more]:
        found = outcomes(theirs(x).sqrt, ours(x).sqrt)
        assert found[0] == found[1], x
        if x[0] < 0:
            assert found[0] is None
            continue
        top, bottom = math.isqrt(x[0].numerator), math.isqrt(x[0].denominator)
        if x[0] == x[1] and Fraction(top, bottom) ** 2 == x[0]:
            assert found[0] == rounded(Fraction(top, bottom), Fraction(top, bottom)), x
            continue
        assert found[0] is not None
        for end, true, outward in zip(found[0], x, (-1, 1), strict=True):
            assert outward * (end**2 - true) >= 0, x
            assert (end / UNIT).denominator == 1, x
            inward = end - outward * UNIT
            assert inward < 0 or outward * (inward**2 - true) < 0, x


def test_mixtures_have_the_ends_that_the_format_says_in_both_checkers() -> None:
    shares = [(Fraction(a), Fraction(b)) for a, b in ((0, 0), (1, 1), (0, 1), (Fraction(1, 3), Fraction(1, 3)))]
    shares += [(UNIT / 3, 1 - UNIT / 3), (Fraction(1, 10**1999), Fraction(1, 10**1999)), (1 - UNIT, Fraction(1))]
    some = VALUES[::2]
    for a, b, t in itertools.product(some, some, shares):
        low = min((1 - e) * a[0] + e * b[0] for e in t)
        high = max((1 - e) * a[1] + e * b[1] for e in t)
        found = outcomes(
            lambda: tool.mix(theirs(a), theirs(b), theirs(t)),  # noqa: B023
            lambda: ours(a).mix(ours(b), ours(t)),  # noqa: B023
        )
        assert found == 2 * (rounded(low, high),), (a, b, t)


def turns() -> list[Fraction]:
    """Rational turns, those next to them, and the largest denominators."""
    near = [Fraction(k, 12) + Fraction(s, q) for k in range(-12, 25) for q in (997, 1000, 10**9) for s in (-1, 0, 1)]
    far = [Fraction(10**30) + Fraction(1, 999), Fraction(-(10**600)) + Fraction(1, 6), Fraction(10**1990, 7)]
    return near + far + [Fraction(p, 1000) for p in (1, 249, 251, 499, 501, 999)] + [Fraction(1, 2**300)]


def test_cosines_next_to_rational_ones_are_enclosed_to_two_hundred_bits_by_both_checkers() -> None:
    for t in turns():
        with ctx.workprec(900):
            ball = arb.cos_pi_fmpq(2 * fmpq(t.numerator, t.denominator))
            middle, radius = fraction(ball.mid().fmpq()), fraction(ball.rad().fmpq())
        both = outcomes(lambda: tool.cosine(t), lambda: cosine(fmpq(t.numerator, t.denominator)))  # noqa: B023
        for found in both:
            assert found is not None
            lo, hi = found
            rational = (4 * t).denominator == 1 or (6 * t).denominator == 1
            assert (lo == hi) is rational, t
            assert lo <= middle + radius, t
            assert middle - radius <= hi, t
            assert hi - lo <= Fraction(1, 2**200), t


@pytest.mark.parametrize("exponent", [16383, 16384])
def test_what_is_beyond_two_to_the_16384_ends_the_check_and_no_less(exponent: int) -> None:
    # 2^8192 is too long to stay exact, but it lies on the grid.
    half, rest = (Fraction(2**8192),) * 2, (Fraction(2 ** (exponent - 8192)),) * 2
    at_limit = outcomes(lambda: theirs(half) * theirs(rest), lambda: ours(half) * ours(rest))
    assert at_limit == 2 * ((Fraction(2**exponent),) * 2,)
    beyond = Fraction(2**8192) + UNIT, Fraction(2**8192) + 1
    past = outcomes(lambda: theirs(beyond) * theirs(half), lambda: ours(beyond) * ours(half))
    assert past == (None, None)
