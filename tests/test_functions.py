"""Functions on the line: one function in every number kind, with exact joints, constants and nodes."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings

import misstep as ms
from helpers import (
    JET_FAMILIES,
    Array,
    Family,
    ball_between,
    each_family,
    each_function,
    each_piecewise,
    fraction,
    holds,
    rational,
)
from misstep.functions.constants import Constant, describe, enclosure
from strategies import intervals, positives, rationals


def exact_or_none(f: ms.LineFunction, x: Fraction) -> tuple[Fraction, Fraction] | None:
    """f(x) and f'(x) in exact arithmetic, where the function has any there."""
    try:
        value, gradient = f.value_and_gradient(rational(x))
    except ms.IrrationalResult:
        return None
    return fraction(value), fraction(gradient)


@cache
def upper_constant(f: ms.LineFunction) -> arb:
    """An upper bound of L."""
    return enclosure(f.lipschitz_constant()).upper()


# --- number kinds ---------------------------------------------------------------------------------------------------


@each_function
@given(x=rationals(-10, 10, 500))
def test_all_number_kinds_give_one_function(f: ms.LineFunction, x: Fraction) -> None:
    with ms.precision(100):
        ball_value, ball_gradient = f.value_and_gradient(ms.ball(x))
        ball_curvature = f.curvature(ms.ball(x))
    exact = exact_or_none(f, x)
    if exact is not None:
        assert holds(ball_value, exact[0])
        assert holds(ball_gradient, exact[1])
        assert holds(ball_curvature, fraction(f.curvature(rational(x))))
        assert holds(ball_curvature, fraction(f.curvature(rational(x), side="left")))
    value, gradient = f.value_and_gradient(np.float64(float(x)))
    L = float(upper_constant(f))
    assert value == pytest.approx(float(ball_value.mid()), rel=1e-12, abs=1e-13 * (1 + L))
    assert gradient == pytest.approx(float(ball_gradient.mid()), rel=1e-12, abs=1e-13 * (1 + L))
    coarse_value, coarse_gradient = f.value_and_gradient(np.float32(float(x)))
    assert coarse_value == pytest.approx(float(value), rel=1e-4, abs=1e-4 * (1 + L))
    assert coarse_gradient == pytest.approx(float(gradient), rel=1e-4, abs=1e-4 * (1 + L))


@each_function
@given(ends=intervals(), places=st.lists(st.fractions(0, 1), min_size=3, max_size=3))
@settings(max_examples=60)
def test_a_ball_encloses_all_values_over_it(
    f: ms.LineFunction, ends: tuple[Fraction, Fraction], places: list[Fraction]
) -> None:
    ball = ball_between(*ends)
    value, gradient = f.value_and_gradient(ball)
    curvature = f.curvature(ball)
    assert value.is_finite()
    assert gradient.is_finite()
    assert curvature.is_finite()
    for place in (*places, Fraction(0), Fraction(1)):
        x = ends[0] + place * (ends[1] - ends[0])
        with ms.precision(120):
            inside = f.value_and_gradient(ms.ball(x))
            bend = f.curvature(ms.ball(x))
        assert value.overlaps(inside[0])
        assert gradient.overlaps(inside[1])
        assert curvature.overlaps(bend)
        exact = exact_or_none(f, x)
        if exact is not None:
            assert holds(value, exact[0])
            assert holds(gradient, exact[1])


@each_function
@pytest.mark.parametrize(("low", "high"), [("-1/100", "1/100"), ("-30", "30"), ("0", "1000"), ("-1000", "0")])
def test_a_ball_over_zero_or_over_many_periods_encloses_the_values(f: ms.LineFunction, low: str, high: str) -> None:
    ball = ball_between(Fraction(low), Fraction(high))
    value, gradient = f.value_and_gradient(ball)
    x = np.linspace(float(Fraction(low)), float(Fraction(high)), 20_001)
    sampled_value, sampled_gradient = f.value_and_gradient(x)
    for enclosed, sampled in ((value, sampled_value), (gradient, sampled_gradient)):
        slack = 1e-9 * (1 + float(np.max(np.abs(sampled))))
        assert float(enclosed.lower()) - slack <= np.min(sampled)
        assert np.max(sampled) <= float(enclosed.upper()) + slack


@each_piecewise
def test_a_narrow_ball_gives_a_narrow_enclosure(f: ms.PiecewisePolynomial) -> None:
    L = float(enclosure(f.lipschitz_constant()))
    for x in (Fraction(-1, 3), Fraction(1, 7), Fraction(22, 7)):
        radius = Fraction(1, 10**9)
        gradient = f.gradient(ball_between(x - radius, x + radius))
        assert float(gradient.rad()) <= 3 * L * float(radius) + 1e-14


def test_a_ball_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ms.InvalidInput, match="not finite"):
        ms.cubic(1).value(arb("inf"))


@each_function
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(), (0,), (7,), (3, 4), (2, 0, 3), (2, 3, 2)])
def test_float_arrays_keep_their_shape_and_dtype(f: ms.LineFunction, dtype: type, shape: tuple[int, ...]) -> None:
    x: Array = np.random.default_rng(3).uniform(-2, 3, shape).astype(dtype)
    for result in (*f.value_and_gradient(x), f.value(x), f.gradient(x), f.curvature(x)):
        assert np.shape(result) == shape
        assert result.dtype == dtype


@each_function
def test_arrays_give_what_their_elements_give(f: ms.LineFunction) -> None:
    x = np.random.default_rng(4).uniform(-2, 3, 257)
    one_by_one = np.array([f.value_and_gradient(element) for element in x]).T
    np.testing.assert_array_equal(np.array(f.value_and_gradient(x)), one_by_one)
    np.testing.assert_array_equal(f.value(x), one_by_one[0])
    np.testing.assert_array_equal(f.gradient(x), one_by_one[1])
    strided = np.stack([x, x])[:, ::3]
    np.testing.assert_array_equal(f.gradient(strided), f.gradient(strided.copy()))


@each_function
def test_a_large_array_is_evaluated_as_its_parts_are(f: ms.LineFunction) -> None:
    x = np.random.default_rng(5).uniform(-2, 3, 20_000)
    np.testing.assert_array_equal(f.gradient(x), np.concatenate([f.gradient(part) for part in np.split(x, 8)]))


@each_function
def test_numbers_of_other_types_are_read_as_their_kind(f: ms.LineFunction) -> None:
    assert f.gradient(1) == f.gradient(1.0)
    assert f.gradient(np.int64(1)) == f.gradient(1.0)
    np.testing.assert_array_equal(f.gradient(np.arange(3)), f.gradient(np.arange(3.0)))
    np.testing.assert_array_equal(f.gradient([0, 1]), f.gradient(np.array([0.0, 1.0])))
    exact = f.gradient(["0", "0"])
    assert exact.dtype == object
    assert exact[0] == f.gradient("0") == f.gradient(Fraction(0))


@each_function
def test_what_is_not_a_number_gives_no_number(f: ms.LineFunction) -> None:
    for result in (*f.value_and_gradient(np.array([math.nan, 0.05])), f.curvature(np.array([math.nan, 0.05]))):
        assert np.isnan(result[0])
        assert np.isfinite(result[1])
    for thing in (None, True, object(), "abc", np.array([True])):
        with pytest.raises(ms.InvalidInput):
            f.value(thing)


# --- calculus -------------------------------------------------------------------------------------------------------


@each_function
@given(x=rationals(-4, 4, 300))
def test_the_gradient_is_the_derivative_of_the_value(f: ms.LineFunction, x: Fraction) -> None:
    """|f(x + h) − f(x) − h·f'(x)| ≤ L·h²/2, in ball arithmetic."""
    h = Fraction(1, 10**6)
    with ms.precision(200):
        value, gradient = f.value_and_gradient(ms.ball(x))
        ahead = f.value(ms.ball(x + h))
        error = abs(ahead - value - rational(h) * gradient)
        assert not error > upper_constant(f) * rational(h * h) / 2


@each_function
@given(x=rationals(-4, 4, 300), h=positives(2, 400))
def test_no_gradient_quotient_exceeds_the_lipschitz_constant(f: ms.LineFunction, x: Fraction, h: Fraction) -> None:
    with ms.precision(100):
        rise = abs(f.gradient(ms.ball(x + h)) - f.gradient(ms.ball(x)))
        assert not rise > upper_constant(f) * rational(h)


@each_function
@given(x=rationals(-4, 4, 300))
def test_the_curvature_over_a_ball_holds_the_gradients_mean_rise(f: ms.LineFunction, x: Fraction) -> None:
    """f'(x + h) − f'(x) is in h·f''([x, x + h]), also across joints; floats agree with the balls."""
    h = Fraction(1, 2**20)
    with ms.precision(150):
        rise = f.gradient(ms.ball(x + h)) - f.gradient(ms.ball(x))
        bend = f.curvature(ball_between(x, x + h))
        assert rise.overlaps(rational(h) * bend)
        point = float(x)
        single = f.curvature(ms.ball(ms.exact_from_float(point)))
    slack = 1e-9 * (1 + float(upper_constant(f)))
    assert float(single.lower()) - slack <= f.curvature(point) <= float(single.upper()) + slack


@each_function
def test_the_lipschitz_constant_is_attained(f: ms.LineFunction) -> None:
    ball = enclosure(f.lipschitz_constant())
    bends = f.curvature(np.linspace(-2, 3, 500_001))
    assert np.max(np.abs(bends)) == pytest.approx(float(ball.mid()), rel=2e-3)


@each_function
def test_the_infimum_is_below_every_value_and_attained(f: ms.LineFunction) -> None:
    infimum = f.infimum()
    if isinstance(infimum, float):
        assert infimum == -math.inf
        assert min(f.value(-1e6), f.value(1e6)) < -1e3
        return
    sampled = float(np.min(f.value(np.linspace(-7, 10, 400_001))))
    low, high = float(enclosure(infimum).lower()), float(enclosure(infimum).upper())
    assert low - 1e-12 <= sampled
    assert sampled == pytest.approx(high, rel=1e-4, abs=1e-6)


@each_piecewise
def test_the_minimizer_attains_the_infimum(f: ms.PiecewisePolynomial) -> None:
    point, infimum = f.minimizer(), f.infimum()
    if point is None:
        assert infimum == -math.inf
        return
    with ms.precision(200):
        assert f.value(enclosure(point)).overlaps(enclosure(infimum))  # type: ignore[arg-type]


@each_piecewise
@pytest.mark.parametrize("turns", [0, 1, 5])
def test_value_and_gradient_are_continuous_at_every_joint(f: ms.PiecewisePolynomial, turns: int) -> None:
    """Exactly: f(t ± h) → f(t) and f'(t ± h) → f'(t) at the rate that L allows."""
    L = f.lipschitz_constant()
    L = L if isinstance(L, fmpq) else enclosure(L).upper().fmpq()
    h = fmpq(1, 10**30)
    shift = (f.right_period or fmpq(0)) * turns
    for knot in f.knots:
        t = knot + shift
        value, gradient = f.value_and_gradient(t)
        for near in (t - h, t + h):
            near_value, near_gradient = f.value_and_gradient(near)
            assert abs(near_gradient - gradient) <= L * h
            assert abs(near_value - value - gradient * (near - t)) <= L * h * h / 2


@each_piecewise
def test_curvature_at_a_joint_is_the_limit_from_its_side(f: ms.PiecewisePolynomial) -> None:
    h = fmpq(1, 2**40)
    for knot in (*f.knots, f.knots[-1] + (f.right_period or 1), f.knots[0] - (f.left_period or 1)):
        for side, near in (("left", knot - h), ("right", knot + h)):
            limit = f.curvature(knot, side=side)  # type: ignore[arg-type]
            assert abs(limit - f.curvature(near)) < fmpq(1, 10**3)


def test_curvature_of_floats_and_balls_distinguishes_the_sides_of_a_joint() -> None:
    """On binary spacings the float joints are exact."""
    for f in (ms.cubic("1/4", left="periodic"), ms.cubic("1/4"), ms.spline("1/4"), ms.plateau("1/2", rho="1/4")):
        t = np.arange(-8, 24) / 16
        for side in ("left", "right"):
            expected = [float(f.curvature(ms.exact_from_float(x), side=side)) for x in t]
            np.testing.assert_array_equal(f.curvature(t, side=side), expected)
        for x in t:
            ball = f.curvature(arb(float(x)))
            for side in ("left", "right"):
                assert holds(ball, fraction(f.curvature(ms.exact_from_float(x), side=side)))  # type: ignore[arg-type]


# --- the families' jets ---------------------------------------------------------------------------------------------


@each_family
@pytest.mark.parametrize("spacing", ["1/10", "1/3", "7"])
@pytest.mark.parametrize("slope", ["1", "1/1000", "5/3"])
@pytest.mark.parametrize("k", [0, 1, 2, 3, 999, 10**6])
def test_every_node_has_value_zero_and_gradient_minus_slope_exactly(
    family: Family, spacing: str, slope: str, k: int
) -> None:
    f = family(spacing, slope)
    node = f.node(k)
    assert fraction(node) == k * Fraction(spacing)
    value, gradient = f.value_and_gradient(node)
    assert value == 0
    assert gradient == -ms.exact(slope)
    assert f.nodes(k % 5)[-1:] == tuple(f.node(j) for j in range(k % 5))[-1:]


@each_family
@pytest.mark.parametrize("spacing", ["1/4", "1", "8"])
def test_on_binary_spacings_float_nodes_are_exact_too(family: Family, spacing: str) -> None:
    f = family(spacing)
    t = float(Fraction(spacing)) * np.array([0, 1, 2, 1000, 10**6])
    np.testing.assert_array_equal(f.gradient(t), -1)
    np.testing.assert_allclose(f.value(t), 0, atol=1e-30)


@each_family
@given(x=rationals(0, 1, 200), k=st.integers(0, 1000))
@settings(max_examples=25)
def test_families_repeat_with_their_spacing(family: Family, x: Fraction, k: int) -> None:
    f = family("1/3")
    far = x + Fraction(k, 3)
    here, there = exact_or_none(f, x), exact_or_none(f, far)
    assert here == there
    with ms.precision(100):
        for a, b in zip(f.value_and_gradient(ms.ball(x)), f.value_and_gradient(ms.ball(far)), strict=True):
            assert a.overlaps(b)


@pytest.mark.parametrize("family", [ms.cubic, ms.spline, ms.plateau])
@given(x=rationals(-50, 0, 200))
@settings(max_examples=25)
def test_the_left_side_is_the_tangent_line_or_the_period(family: Family, x: Fraction) -> None:
    assert exact_or_none(family("1/3", "2"), x) == (-2 * x, Fraction(-2))
    periodic = family("1/3", "2", left="periodic")
    assert exact_or_none(periodic, x) == exact_or_none(periodic, x + 200)


@pytest.mark.parametrize("family", [ms.plateau, ms.smooth_plateau])
@given(offset=st.floats(-0.24, 0.24), k=st.integers(0, 10**4))
def test_plateaus_show_floats_exactly_the_slope(family: Family, offset: float, k: int) -> None:
    f = family("1", "1/3", rho="1/4")
    assert f.gradient(k + offset) == -np.float64(1 / 3)
    assert f.gradient(np.float32(k + offset)) == -np.float32(1 / 3) or k > 1000


@each_family
@given(factor=rationals(-5, 5, 12), x=rationals(0, 3, 100))
@settings(max_examples=25)
def test_scaling_multiplies_values_gradients_and_constants(family: Family, factor: Fraction, x: Fraction) -> None:
    options = {"left": "periodic"} if family in (ms.cubic, ms.spline, ms.plateau) else {}
    f = family("1/2", **options)
    scaled = f.scaled(rational(factor))
    k = rational(factor)
    for a, b in zip(f.value_and_gradient(ms.ball(x)), scaled.value_and_gradient(ms.ball(x)), strict=True):
        assert b.overlaps(k * a)
    assert enclosure(scaled.lipschitz_constant()).overlaps(abs(k) * enclosure(f.lipschitz_constant()))
    # These functions are odd about their nodes: sup f = −inf f.
    low: Any = scaled.infimum()
    base: Any = f.infimum()
    assert enclosure(low).overlaps(abs(k) * enclosure(base))


# --- bad input ------------------------------------------------------------------------------------------------------


@each_family
@pytest.mark.parametrize("name", ["spacing", "slope"])
@pytest.mark.parametrize("bad", ["0", "-1", 0, "-1e-9"])
def test_spacing_and_slope_must_be_positive(family: Family, name: str, bad: Any) -> None:
    with pytest.raises(ms.InvalidInput, match=f"{name} = {ms.exact(bad)} must be positive"):
        family(**{"spacing": 1, name: bad})


@each_family
@pytest.mark.parametrize("bad", [0.1, np.float64(0.1), math.nan, math.inf, "nan", None, True])
def test_a_family_takes_exact_numbers_only(family: Family, bad: Any) -> None:
    for arguments in ((bad,), (1, bad)):
        with pytest.raises(ms.InvalidInput):
            family(*arguments)


@pytest.mark.parametrize("family", [ms.plateau, ms.smooth_plateau])
@pytest.mark.parametrize("bad", ["1/2", "3/4", "-1/10", "1"])
def test_plateaus_may_not_touch(family: Family, bad: str) -> None:
    with pytest.raises(ms.InvalidInput, match=rf"rho = {ms.exact(bad)} must be in \[0, 1/2\)"):
        family(1, rho=bad)


def test_steepness_must_be_positive_and_left_one_of_two() -> None:
    with pytest.raises(ms.InvalidInput, match="steepness = 0"):
        ms.smooth_plateau(1, steepness=0)
    for family in (ms.cubic, ms.spline, ms.plateau):
        with pytest.raises(ms.InvalidInput, match="left = 'up'"):
            family(1, left="up")  # type: ignore[arg-type]


@each_family
@pytest.mark.parametrize("bad", [0.5, math.nan, "x"])
def test_a_function_is_scaled_by_exact_numbers_only(family: Family, bad: Any) -> None:
    with pytest.raises(ms.InvalidInput):
        family(1).scaled(bad)


@pytest.mark.parametrize(
    ("name", "near"),
    [("cubik", "cubic"), ("splines", "spline"), ("smooth_plateau", "smooth-plateau"), ("Plateau", "plateau")],
)
def test_an_unknown_family_suggests_a_near_name(name: str, near: str) -> None:
    with pytest.raises(ms.InvalidInput, match=f"did you mean '{near}'"):
        ms.family(name, 1)


def test_a_family_far_from_all_names_lists_them() -> None:
    with pytest.raises(ms.InvalidInput, match="cubic, spline, sine, plateau, smooth-plateau") as refusal:
        ms.family("zzz", 1)
    assert "did you mean" not in str(refusal.value)


@each_family
def test_a_family_by_name_is_the_family(family: Family) -> None:
    name = next(name for name, known in JET_FAMILIES if known is family)
    assert ms.family(name, "1/10", "2") == family("1/10", "2")


@pytest.mark.parametrize("family", [ms.sine, ms.smooth_plateau])
def test_where_values_are_irrational_exact_arithmetic_says_so(family: Family) -> None:
    with pytest.raises(ms.IrrationalResult, match="use balls"):
        family(1).value("3/7" if family is ms.smooth_plateau else "1/3")


@pytest.mark.parametrize("rho", ["1/4", "0", "2/5"])
@pytest.mark.parametrize("exponent", [10, 40, 200, 3000])
def test_balls_at_a_smooth_plateaus_edge_stay_finite_and_narrow(rho: str, exponent: int) -> None:
    f = ms.smooth_plateau(1, rho=rho)
    edge = ms.exact(rho)
    for t in (edge + fmpq(1, 2**exponent), 1 - edge - fmpq(1, 2**exponent)):
        gradient = f.gradient(arb(t))
        assert float(gradient.rad()) < 1e-8
        assert abs(float(gradient.mid()) + 1) < 1e-8


def test_constants_are_described_exactly_where_they_are_exact() -> None:
    cases: list[tuple[Constant | float, str]] = [
        (ms.cubic("1/10").lipschitz_constant(), "60"),
        (ms.cubic("1/10").infimum(), "-√3/180"),
        (ms.spline("1/10").infimum(), "-1/80"),
        (-math.inf, "-∞"),
    ]
    for constant, text in cases:
        assert describe(constant) == text
    assert "+/-" in describe(ms.sine(1).infimum())
