"""Hypothesis strategies for what misstep takes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as st

import misstep as ms
from helpers import rational


def rationals(low: int = -20, high: int = 20, denominator: int = 60) -> st.SearchStrategy[Fraction]:
    """Rationals with a bounded denominator."""
    return st.fractions(low, high, max_denominator=denominator)


def positives(high: int = 20, denominator: int = 60) -> st.SearchStrategy[Fraction]:
    """Positive rationals with a bounded denominator."""
    return st.fractions(Fraction(1, denominator), high, max_denominator=denominator)


@st.composite
def intervals(draw: st.DrawFn, widest: int = 5) -> tuple[Fraction, Fraction]:
    """(low, high) with low ≤ high: sometimes a point, sometimes many periods wide."""
    low = draw(rationals(-10, 10, 400))
    return low, low + draw(st.sampled_from([0, 1, 1, 1])) * draw(st.fractions(0, widest, max_denominator=400))


@st.composite
def decimal_strings(draw: st.DrawFn) -> str:
    """Decimal numbers as people write them: signs, no leading or trailing digits, exponents, spaces around."""
    digits = st.text("0123456789", min_size=1, max_size=30)
    whole, part = draw(digits), draw(digits)
    mantissa = draw(st.sampled_from([whole, f"{whole}.", f".{part}", f"{whole}.{part}"]))
    exponent = draw(st.one_of(st.just(""), st.integers(-200, 200).map(lambda e: f"e{e}"), st.just("E+7")))
    around = draw(st.sampled_from(["", " ", "\t"]))
    return around + draw(st.sampled_from(["", "-", "+"])) + mantissa + exponent + around


@st.composite
def surds(draw: st.DrawFn) -> tuple[Fraction, Fraction, Fraction]:
    """(a, b, d) of a + b√d."""
    return draw(rationals()), draw(rationals()), draw(st.fractions(0, 60, max_denominator=12))


@st.composite
def piecewise_polynomials(draw: st.DrawFn, *, most_pieces: int = 12, tails: bool = True) -> ms.PiecewisePolynomial:
    """C¹ functions: the Hermite cubic of random jets plus a multiple of τ²(w − τ)² on each piece, and random tails."""
    n = draw(st.integers(1, most_pieces))
    widths = draw(st.lists(positives(3, 8), min_size=n, max_size=n))
    knots = [draw(rationals(-5, 5, 8))]
    for width in widths:
        knots.append(knots[-1] + width)
    jets = [(draw(rationals(-4, 4, 6)), draw(rationals(-4, 4, 6))) for _ in range(n + 1)]
    left = right = None
    if tails:
        left = draw(st.one_of(st.none(), st.integers(1, n)))
        right = draw(st.one_of(st.none(), st.integers(0, n - 1)))
    # A period's two ends carry one jet; periods that share a knot share it all round.
    same = {0: {0}, n: {n}}
    if left is not None:
        same[0].add(left)
    if right is not None:
        same[n].add(right)
    groups = [same[0] | same[n]] if same[0] & same[n] else list(same.values())
    for group in groups:
        for place in group:
            jets[place] = jets[min(group)]
    bends = draw(st.lists(rationals(-2, 2, 4), min_size=n, max_size=n))
    pieces: list[tuple[Any, ...]] = []
    for (f0, g0), (f1, g1), w, bend in zip(jets, jets[1:], widths, bends, strict=False):
        rise = (f1 - f0) / w
        second, third = (3 * rise - 2 * g0 - g1) / w, (g0 + g1 - 2 * rise) / w**2
        pieces.append((f0, g0, second + bend * w**2, third - 2 * bend * w, bend))
    return ms.PiecewisePolynomial(
        tuple(map(rational, knots)),
        tuple(tuple(map(rational, piece)) for piece in pieces),
        None if left is None else rational(knots[left] - knots[0]),
        None if right is None else rational(knots[n] - knots[right]),
    )
