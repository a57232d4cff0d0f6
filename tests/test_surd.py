"""Quadratic numbers a + b√d: exact order, arithmetic, equality and text."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import assume, example, given

import misstep as ms
from helpers import bounds, fraction, rational
from misstep.functions.constants import describe, largest, may_equal, total
from strategies import rationals, surds

Parts = tuple[Fraction, Fraction, Fraction]


def build(parts: Parts) -> fmpq | ms.Surd:
    return ms.surd(*map(rational, parts))


def decimal(parts: Parts) -> Decimal:
    """a + b√d to 80 digits, by Python's decimal module."""
    with localcontext() as context:
        context.prec = 80
        a, b, d = (Decimal(part.numerator) / Decimal(part.denominator) for part in parts)
        return a + b * d.sqrt()


def equal(x: Parts, y: Parts) -> bool:
    """Whether a + b√d = a' + b'√d', by algebra: irrational parts are equal in sign and in square, or both rational."""
    return abs(decimal(x) - decimal(y)) < Decimal(10) ** -60


@given(surds(), surds())
@example((Fraction(0), Fraction(1), Fraction(8)), (Fraction(0), Fraction(2), Fraction(2)))
@example((Fraction(1), Fraction(1), Fraction(2)), (Fraction(1), Fraction(1), Fraction(3)))
def test_order_agrees_with_high_precision(x: Parts, y: Parts) -> None:
    p, q, same = build(x), build(y), equal(x, y)
    assert (p < q) == (not same and decimal(x) < decimal(y))
    assert (p > q) == (not same and decimal(x) > decimal(y))
    assert (p <= q) == (same or decimal(x) < decimal(y))
    assert (p >= q) == (same or decimal(x) > decimal(y))
    assert (p == q) == same
    assert (p != q) == (not same)
    assert not same or hash(p) == hash(q)


@given(surds(), rationals(), rationals(), rationals())
def test_arithmetic_in_one_field_agrees_with_high_precision(x: Parts, a: Fraction, b: Fraction, k: Fraction) -> None:
    y = (a, b, x[2])
    p, q = build(x), build(y)
    assume(isinstance(p, ms.Surd))
    small = Decimal(10) ** -60
    with localcontext() as context:
        context.prec = 80
        scale = Decimal(k.numerator) / Decimal(k.denominator)
        for found, expected in (
            (p + q, decimal(x) + decimal(y)),
            (p - q, decimal(x) - decimal(y)),
            (q - p, decimal(y) - decimal(x)),
            (p * q, decimal(x) * decimal(y)),
            (-p, -decimal(x)),
            (p + rational(k), decimal(x) + scale),
            (rational(k) - p, scale - decimal(x)),
            (rational(k) * p, scale * decimal(x)),
        ):
            parts = (
                (fraction(found.a), fraction(found.b), Fraction(found.d))
                if isinstance(found, ms.Surd)
                else (fraction(found), Fraction(0), Fraction(0))
            )
            assert abs(decimal(parts) - expected) < small
    if k:
        assert (p * rational(k)) / rational(k) == p


@given(surds(), rationals())
def test_a_number_built_twice_is_one_number(parts: Parts, k: Fraction) -> None:
    a, b, d = parts
    assume(k != 0)
    other = (a, b / abs(k), d * k**2)
    assert build(parts) == build(other)
    assert not build(parts) < build(other)
    assert not build(parts) > build(other)
    assert hash(build(parts)) == hash(build(other))


def test_equality_does_not_depend_on_which_squares_were_taken_out() -> None:
    prime = 1009  # beyond the primes that are tried
    x, y = ms.surd(0, 1, 2 * prime**2), ms.surd(0, prime, 2)
    assert x == y
    assert hash(x) == hash(y)
    assert x - y == 0
    assert x + y == ms.surd(0, 2 * prime, 2)


@given(surds())
def test_the_enclosure_contains_the_number_and_the_float_is_near(parts: Parts) -> None:
    x = build(parts)
    assume(isinstance(x, ms.Surd))
    assert isinstance(x, ms.Surd)
    low, high = bounds(x.enclosure())
    slack = Fraction(1, 10**60)
    assert low - slack <= Fraction(decimal(parts)) <= high + slack
    assert float(x) == pytest.approx(float(decimal(parts)), rel=1e-9, abs=1e-13)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((0, 1, 3), "√3"),
        ((0, -1, 3), "-√3"),
        ((0, "-1/18", 3), "-√3/18"),
        ((0, "5/7", 3), "5√3/7"),
        ((0, 1, 12), "2√3"),
        (("1/2", "-1/6", 3), "1/2 - √3/6"),
        ((1, 2, 2), "1 + 2√2"),
        ((1, 2, "1/4"), "2"),
        ((1, 0, 7), "1"),
        ((3, 5, 0), "3"),
        ((0, 1, "1/2"), "√2/2"),
    ],
)
def test_surds_are_written_in_lowest_terms(parts: tuple[int | str, ...], text: str) -> None:
    assert str(ms.surd(*(ms.exact(part) for part in parts))) == text


def test_a_negative_radicand_is_refused() -> None:
    with pytest.raises(ms.InvalidInput, match="-2"):
        ms.surd(0, 1, -2)


def test_two_fields_do_not_add_but_do_compare() -> None:
    root2, root3 = ms.surd(0, 1, 2), ms.surd(0, 1, 3)
    with pytest.raises(ms.InvalidInput, match="not in one quadratic field"):
        root2 + root3
    assert root2 < root3
    assert root3 > root2
    assert root2 != root3


def test_a_surd_equals_no_rational_and_no_float() -> None:
    root2 = ms.surd(0, 1, 2)
    assert root2 != fmpq(3, 2)
    assert root2 != float(root2)


@given(surds(), surds(), surds())
def test_the_largest_constant_is_the_largest(x: Parts, y: Parts, z: Parts) -> None:
    best = largest([build(parts) for parts in (x, y, z)])
    assert isinstance(best, fmpq | ms.Surd)
    assert all(not best < build(parts) for parts in (x, y, z))
    assert any(may_equal(best, build(parts)) for parts in (x, y, z))


def test_sums_stay_exact_within_one_field_and_become_balls_beyond() -> None:
    root2, root3 = ms.surd(0, 1, 2), ms.surd(0, 1, 3)
    assert total([root2, fmpq(1), root2]) == ms.surd(1, 2, 2)
    ball = total([root2, root3])
    low, high = bounds(ball)  # type: ignore[arg-type]
    truth = Fraction(
        decimal((Fraction(0), Fraction(1), Fraction(2))) + decimal((Fraction(0), Fraction(1), Fraction(3)))
    )
    assert low < truth < high
    assert describe(root2) == "√2"
    assert describe(float("inf")) == "∞"


def test_a_surd_of_any_length_can_be_written() -> None:
    """Python refuses to write integers of more than 4300 digits; a least constant may hold longer ones."""
    long = ms.surd(0, 1, 10**9000 + 1)
    assert str(long).startswith("√1000")
    assert len(str(long)) == 9002
