"""Number kinds: exact reading, honest comparison, roots and conversions."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import flint
import hypothesis.strategies as st
import numpy as np
import pytest
from flint import arb, fmpq, fmpz
from hypothesis import example, given

import misstep as ms
from helpers import ball_between, fraction, holds, rational
from misstep.scalars import (
    NumberKind,
    absolute,
    convert,
    ends,
    interval,
    kind_of,
    maximum,
    sign,
    sqrt,
    zeros_like,
)
from strategies import decimal_strings, intervals, positives, rationals

KINDS = tuple(NumberKind)


@given(decimal_strings())
@example("1e-3")
@example(".5")
def test_a_decimal_string_is_the_exact_decimal(text: str) -> None:
    assert fraction(ms.exact(text)) == Fraction(text)
    assert fraction(ms.exact(text)) == Fraction(Decimal(text.strip()))


@given(st.integers(), st.integers(1))
def test_a_ratio_is_the_exact_quotient(p: int, q: int) -> None:
    expected = Fraction(p, q)
    for given_ in (f"{p}/{q}", expected, fmpq(p, q)):
        assert fraction(ms.exact(given_)) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, places=20))
def test_a_decimal_object_is_itself(number: Decimal) -> None:
    assert fraction(ms.exact(number)) == Fraction(number)


@pytest.mark.parametrize("number", [3, np.int64(3), np.uint8(3), fmpz(3), Fraction(3), Decimal(3), "3", fmpq(3)])
def test_three_is_three_however_it_is_given(number: Any) -> None:
    assert ms.exact(number) == fmpq(3)


def test_ints_of_any_length_are_exact() -> None:
    assert fraction(ms.exact(10**5000)) == 10**5000


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_never_exact_by_itself(number: float) -> None:
    for given_ in (number, np.float64(number)):
        with pytest.raises(ms.InexactNumber, match="is a float"):
            ms.exact(given_)  # type: ignore[arg-type]
        with pytest.raises(ms.InexactNumber):
            ms.ball(given_)  # type: ignore[arg-type]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_exact_from_float_keeps_every_bit(number: float) -> None:
    assert fraction(ms.exact_from_float(number)) == Fraction(number)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_no_exact_number(number: float) -> None:
    for read in (ms.exact, ms.exact_from_float):
        with pytest.raises(ms.InvalidInput, match="not a finite number"):
            read(number)  # type: ignore[arg-type]


HOPELESS = {
    "a million digits": "1" * 10**6,
    "a million decimals": "0." + "1" * 10**6,
    "a long ratio": "1/" + "3" * 10**5,
    "a huge exponent": "1e999999999",
    "a tiny exponent": "1e-999999999",
    "an exponent of many digits": "1e" + "9" * 10**5,
    "nothing": "",
    "spaces": "   ",
    "a word": "abc",
    "nan": "nan",
    "inf": "-inf",
    "a division by zero": "1/0",
    "hexadecimal": "0x10",
    "full-width digits": "１２",
    "a full-width ratio": "1/２",
    "Arabic digits": "٣",
    "underscores": "1_000",
    "two signs": "--1",
    "two points": "1.2.3",
    "a ratio of decimals": "0.1/3",
    "a negative denominator": "1/-3",
    "only a point": ".",
    "only an exponent": "e5",
    "two lines": "1\n2",
    "a null": "1\0",
}


@pytest.mark.parametrize("text", HOPELESS.values(), ids=HOPELESS)
def test_a_hopeless_string_is_refused_with_a_short_message(text: str) -> None:
    with pytest.raises(ms.InvalidInput) as refusal:
        ms.exact(text)
    assert 0 < len(str(refusal.value)) < 200


@given(st.text(max_size=12))
def test_any_text_is_read_as_fractions_reads_it_or_refused(text: str) -> None:
    try:
        number = ms.exact(text)
    except ms.InvalidInput:
        return
    assert fraction(number) == Fraction(text)


@pytest.mark.parametrize("thing", [None, True, [1], 1j, object(), np.bool_(True)])
def test_what_is_no_number_is_refused(thing: Any) -> None:
    with pytest.raises(ms.InvalidInput):
        ms.exact(thing)
    for kind in KINDS:
        if not isinstance(thing, list):
            with pytest.raises(ms.InvalidInput):
                convert(thing, kind)


# --- comparison -----------------------------------------------------------------------------------------------------


@given(rationals(), rationals())
def test_exact_numbers_are_always_ordered(x: Fraction, y: Fraction) -> None:
    assert ms.compare(rational(x), rational(y)) == (x > y) - (x < y)


@given(intervals(), intervals(), st.fractions(0, 1), st.fractions(0, 1))
def test_a_certain_answer_about_balls_holds_for_all_they_contain(
    first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction], a: Fraction, b: Fraction
) -> None:
    x, y = ball_between(*first), ball_between(*second)
    inside_x = first[0] + a * (first[1] - first[0])
    inside_y = second[0] + b * (second[1] - second[0])
    answer = ms.compare(x, y)
    truth = (inside_x > inside_y) - (inside_x < inside_y)
    assert answer is None or answer == truth
    assert not ms.certainly_less(x, y) or inside_x < inside_y
    assert ms.possibly_less(x, y) or inside_x >= inside_y


def test_overlapping_balls_are_not_compared() -> None:
    assert ms.compare(arb(1, 1), arb(1)) is None
    assert ms.compare(arb(0, 1), arb(0, 1)) is None
    assert ms.compare(ms.ball("1/3"), ms.ball("1/3")) is None
    assert ms.compare(ms.ball(1), ms.ball(1)) == 0
    assert ms.compare(ms.ball("1/3"), ms.ball("1/2")) == -1


def test_nothing_is_certain_about_what_is_not_a_number() -> None:
    for x in (arb("nan"), math.nan):
        assert ms.compare(x, x if isinstance(x, arb) else 0.0) is None
    assert not ms.certainly_less(arb("nan"), arb(1))


# --- roots, signs, maxima -------------------------------------------------------------------------------------------


@given(rationals())
def test_the_exact_root_of_a_square_is_its_absolute_value(x: Fraction) -> None:
    assert fraction(sqrt(rational(x * x))) == abs(x)


@pytest.mark.parametrize("x", ["2", "1/2", "8/9", "-4"])
def test_an_irrational_root_is_refused(x: str) -> None:
    with pytest.raises(ms.IrrationalResult, match="not rational"):
        sqrt(ms.exact(x))


@given(intervals(), st.fractions(0, 1))
def test_the_root_of_a_ball_contains_the_root_of_all_it_holds(ends: tuple[Fraction, Fraction], a: Fraction) -> None:
    low, high = abs(ends[0]), abs(ends[0]) + ends[1] - ends[0]
    root = low + a * (high - low)
    assert holds(sqrt(ball_between(low**2, high**2)), root)


def test_the_root_of_a_ball_around_zero_starts_at_zero() -> None:
    root = sqrt(ball_between(Fraction(-1), Fraction(4)))
    assert holds(root, Fraction(0))
    assert holds(root, Fraction(2))
    with pytest.raises(ms.InvalidInput, match="negative ball"):
        sqrt(arb(-4))


def test_roots_of_floats_are_numpys() -> None:
    x = np.array([0.0, 2.0, 1e-300])
    assert np.array_equal(sqrt(x), np.sqrt(x))
    assert sqrt(np.float32(2)).dtype == np.float32


def test_roots_of_symbols_are_positive_for_positive_symbols() -> None:
    a, b = ms.symbols("a b")
    assert sqrt(a * a) == a
    assert sqrt((-a) * (-a)) == a
    assert sqrt((a + b) ** 2) == a + b
    for unknown in (a, (a - b) ** 2, a * b):
        with pytest.raises(ms.IrrationalResult):
            sqrt(unknown)


@given(rationals(), rationals())
def test_sign_absolute_and_maximum_agree_in_all_kinds(x: Fraction, y: Fraction) -> None:
    p, q = rational(x), rational(y)
    assert fraction(sign(p)) == (x > 0) - (x < 0)
    assert fraction(absolute(p)) == abs(x)
    assert fraction(maximum(p, q)) == max(x, y)
    assert holds(absolute(arb(p)), abs(x))
    assert holds(maximum(arb(p), arb(q)), max(x, y))
    assert holds(arb(maximum(p, arb(q))), max(x, y))
    assert holds(sign(arb(p)), Fraction((x > 0) - (x < 0)))
    assert maximum(np.float64(float(x)), float(y)) == max(float(x), float(y))
    assert sign(np.float64(float(x))) == (x > 0) - (x < 0)


def test_the_maximum_of_arrays_is_elementwise_on_either_side() -> None:
    array = convert(["1", "3"], NumberKind.EXACT)
    assert maximum(array, fmpq(2)).tolist() == [2, 3]
    assert maximum(fmpq(2), array).tolist() == [2, 3]
    assert sqrt(array * array).tolist() == [1, 3]


def test_a_ball_around_zero_may_have_any_sign() -> None:
    for truth in (-1, 0, 1):
        assert holds(sign(arb(0, 1)), Fraction(truth))


@given(intervals(), st.fractions(0, 1))
def test_an_interval_holds_everything_between_its_ends(ends: tuple[Fraction, Fraction], a: Fraction) -> None:
    ball = interval(rational(ends[0]), rational(ends[1]))
    assert holds(ball, ends[0] + a * (ends[1] - ends[0]))


@given(intervals())
def test_the_ends_of_a_ball_are_outward_and_close(between: tuple[Fraction, Fraction]) -> None:
    low, high = map(fraction, ends(ball_between(*between)))
    slack = Fraction(1, 10**6)
    assert between[0] - slack <= low <= between[0]
    assert between[1] <= high <= between[1] + slack


def test_the_ends_of_a_ball_with_an_endless_exponent_are_small_rationals_or_refused() -> None:
    """e^(−10³⁰) as a rational would take 10²⁹ bytes: it is rounded outward instead."""
    tiny = arb(-(10**30)).exp()
    low, high = ends(tiny)
    assert low == 0
    assert 0 < high < fmpq(1, 10**1000)
    assert ends(-tiny) == (-high, fmpq(0))
    assert ends(arb(0)) == (fmpq(0), fmpq(0))
    assert ms.cubic(1).gradient(tiny).overlaps(arb(-1))
    assert ms.smooth_plateau(1).gradient(tiny).overlaps(arb(-1))
    for endless in (arb(10**30).exp(), arb("inf"), arb("nan")):
        with pytest.raises(ms.InvalidInput, match=r"too large|not finite"):
            ends(endless)


# --- precision ------------------------------------------------------------------------------------------------------


def test_precision_is_restored_after_the_block_and_after_an_exception() -> None:
    before = flint.ctx.prec
    with ms.precision(300):
        assert flint.ctx.prec == 300
        with ms.precision(80):
            assert flint.ctx.prec == 80
        assert flint.ctx.prec == 300
    assert flint.ctx.prec == before
    with pytest.raises(RuntimeError), ms.precision(300):
        raise RuntimeError
    assert flint.ctx.prec == before


@given(positives())
def test_more_precision_gives_a_narrower_ball_of_the_same_number(x: Fraction) -> None:
    widths = []
    for bits in (30, 60, 120):
        with ms.precision(bits):
            ball = sqrt(ms.ball(x))
            assert holds(ball * ball, x)
            widths.append(float(ball.rad()))
    assert all(wide > narrow or wide == narrow == 0 for wide, narrow in pairwise(widths))


# --- kinds ----------------------------------------------------------------------------------------------------------

EXAMPLES: tuple[tuple[Any, NumberKind], ...] = (
    (1, NumberKind.FLOAT64),
    (0.5, NumberKind.FLOAT64),
    (np.float64(1), NumberKind.FLOAT64),
    (np.float32(1), NumberKind.FLOAT32),
    (np.int32(1), NumberKind.FLOAT64),
    (np.zeros(3, np.float32), NumberKind.FLOAT32),
    (np.zeros((2, 2)), NumberKind.FLOAT64),
    (np.arange(3), NumberKind.FLOAT64),
    ([1, 2.5], NumberKind.FLOAT64),
    ("0.1", NumberKind.EXACT),
    (Fraction(1, 3), NumberKind.EXACT),
    (Decimal("0.1"), NumberKind.EXACT),
    (fmpq(1, 3), NumberKind.EXACT),
    (fmpz(3), NumberKind.EXACT),
    (["1/2", Fraction(1, 3)], NumberKind.EXACT),
    (arb(1), NumberKind.BALL),
    ([arb(1), arb(2)], NumberKind.BALL),
    (ms.symbols("a b")[0], NumberKind.SYMBOLIC),
)


@pytest.mark.parametrize(("number", "kind"), EXAMPLES, ids=[repr(number) for number, _ in EXAMPLES])
def test_every_number_has_one_kind(number: Any, kind: NumberKind) -> None:
    assert kind_of(number) is kind


@pytest.mark.parametrize("mixed", [["1/2", 0.5], [arb(1), fmpq(1)], [arb(1), 1.0], (fmpq(1), ms.symbols("a b")[0])])
def test_an_array_of_several_kinds_has_none(mixed: Any) -> None:
    with pytest.raises(ms.InvalidInput, match="mixes number kinds"):
        kind_of(mixed)


@pytest.mark.parametrize(
    "thing", [None, True, [], [[1], [1, 2]], np.array([True]), np.array(["a"]), np.zeros(1, complex), [None], {}]
)
def test_what_holds_no_numbers_has_no_kind(thing: Any) -> None:
    with pytest.raises(ms.InvalidInput):
        kind_of(thing)


@given(rationals())
def test_conversion_towards_floats_rounds_once_and_to_balls_encloses(x: Fraction) -> None:
    for given_ in (x, str(x), rational(x)):
        assert convert(given_, NumberKind.FLOAT64) == float(x)
        assert convert(given_, NumberKind.FLOAT32) == np.float32(float(x))
        assert fraction(convert(given_, NumberKind.EXACT)) == x
        assert holds(convert(given_, NumberKind.BALL), x)


@pytest.mark.parametrize("kind", [NumberKind.EXACT, NumberKind.BALL, NumberKind.SYMBOLIC])
@pytest.mark.parametrize("number", [0.5, np.float32(0.5), [0.5], np.array([0.5])], ids=repr)
def test_a_float_is_refused_where_exactness_is_asked(number: Any, kind: NumberKind) -> None:
    with pytest.raises(ms.InexactNumber):
        convert(number, kind)


def test_a_ball_is_not_one_exact_number() -> None:
    with pytest.raises(ms.InexactNumber, match="not one exact number"):
        convert(arb(1), NumberKind.EXACT)


def test_a_symbol_has_no_numerical_value() -> None:
    symbol = ms.symbols("a b")[0]
    for kind in (NumberKind.FLOAT64, NumberKind.EXACT, NumberKind.BALL):
        with pytest.raises(ms.InvalidInput):
            convert(symbol, kind)


@pytest.mark.parametrize("number", ["1e400", 10**5000, fmpq(10) ** 400, [10**400]], ids=["text", "int", "fmpq", "list"])
def test_a_number_too_large_for_a_float_is_refused(number: Any) -> None:
    for kind in (NumberKind.FLOAT64, NumberKind.FLOAT32):
        with pytest.raises(ms.InvalidInput, match="too large"):
            convert(number, kind)
    with pytest.raises(ms.InvalidInput, match="too large for float32"):
        convert("1e39", NumberKind.FLOAT32)


def test_a_ragged_array_is_refused() -> None:
    with pytest.raises(ms.InvalidInput, match="ragged"):
        convert([[1], [1, 2]], NumberKind.FLOAT64)


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_convert_elementwise_and_keep_their_shape(kind: NumberKind) -> None:
    array = convert([["1/2", "3"], ["0", "-1/4"]], kind)
    assert array.shape == (2, 2)
    assert array.dtype == kind.dtype
    if kind not in (NumberKind.SYMBOLIC, NumberKind.TRACED):
        assert kind_of(array) is kind
    # A number that is known while tracing is a float until it meets one that is traced.
    rounds = kind.is_float or kind is NumberKind.TRACED
    assert array[1, 1] == (-0.25 if rounds else fmpq(-1, 4))


@pytest.mark.parametrize(("x", "kind"), EXAMPLES, ids=[repr(number) for number, _ in EXAMPLES])
def test_zero_comes_in_the_kind_and_shape_of_what_it_is_like(x: Any, kind: NumberKind) -> None:
    x = x if kind is NumberKind.SYMBOLIC else convert(x, kind)
    zero = zeros_like(x)
    assert getattr(zero, "shape", ()) == getattr(x, "shape", ())
    assert kind_of(zero) is kind
    assert np.all(zero == 0)


def test_symbols_cancel_identically() -> None:
    beta, g = ms.symbols("beta g")
    assert beta * g + (1 - beta) * g == g
