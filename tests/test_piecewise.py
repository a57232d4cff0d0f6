"""Piecewise polynomials of any pieces, periods and tails: their values, constants, nodes, and what is refused."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings

import misstep as ms
from helpers import (
    each_function,
    fraction,
    holds,
    piecewise,
    rational,
)
from misstep.functions.constants import enclosure
from strategies import piecewise_polynomials, rationals


def locate(f: ms.PiecewisePolynomial, t: Fraction) -> tuple[list[Fraction], Fraction]:
    """The polynomial that holds at t (from the right) and its local variable, written independently."""
    knots = [fraction(knot) for knot in f.knots]
    low, high = knots[0], knots[-1]
    if t >= high and f.right_period is not None:
        period = fraction(f.right_period)
        t -= period * math.ceil((t - high) / period) if (t - high) % period else (t - high) + period
    if t < low and f.left_period is not None:
        period = fraction(f.left_period)
        t += period * math.ceil((low - t) / period)
    pieces = [[fraction(c) for c in piece] for piece in f.coefficients]
    if t < low:
        return pieces[0][:2], t - low
    if t >= high:
        width, last = high - knots[-2], pieces[-1]
        value = sum((c * width**j for j, c in enumerate(last)), Fraction(0))
        slope = sum((j * c * width ** (j - 1) for j, c in enumerate(last) if j), Fraction(0))
        return [value, slope], t - high
    i = max(j for j in range(len(pieces)) if knots[j] <= t)
    return pieces[i], t - knots[i]


def reference(f: ms.PiecewisePolynomial, t: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    piece, u = locate(f, t)
    return (
        sum((c * u**j for j, c in enumerate(piece)), Fraction(0)),
        sum((j * c * u ** (j - 1) for j, c in enumerate(piece) if j), Fraction(0)),
        sum((j * (j - 1) * c * u ** (j - 2) for j, c in enumerate(piece) if j > 1), Fraction(0)),
    )


@given(f=piecewise_polynomials(), points=st.lists(rationals(-40, 40, 24), min_size=3, max_size=10))
@settings(max_examples=80)
def test_a_piecewise_polynomial_is_its_pieces_periods_and_tails(
    f: ms.PiecewisePolynomial, points: list[Fraction]
) -> None:
    scale = 1e-11 * max(1.0, *(abs(float(c)) for piece in f.coefficients for c in piece))
    for t in (*points, *(fraction(knot) for knot in f.knots)):
        expected = reference(f, t)
        exact = (*f.value_and_gradient(rational(t)), f.curvature(rational(t)))
        assert tuple(map(fraction, exact)) == expected
        ball = ms.ball(t)
        for found, truth in zip((*f.value_and_gradient(ball), f.curvature(ball)), expected, strict=True):
            assert holds(found, truth)
        found_floats = f.value_and_gradient(float(t))
        for number, truth in zip(found_floats, expected, strict=False):
            assert float(number) == pytest.approx(float(truth), rel=1e-10, abs=1e3 * scale)


@given(f=piecewise_polynomials(), points=st.lists(rationals(-40, 40, 24), min_size=2, max_size=6))
def test_a_batch_of_floats_is_evaluated_as_single_floats_are(f: ms.PiecewisePolynomial, points: list[Fraction]) -> None:
    """The float code takes other paths for batches beyond one end, before the other, and astride."""
    x = np.array([float(t) for t in points])
    for side in ("left", "right"):
        together = f.curvature(x, side=side)
        np.testing.assert_allclose(together, [f.curvature(t, side=side) for t in x], rtol=1e-9)
    np.testing.assert_allclose(f.value(x), [f.value(t) for t in x], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(f.gradient(x), [f.gradient(t) for t in x], rtol=1e-9, atol=1e-9)


@given(f=piecewise_polynomials(most_pieces=20, tails=False))
def test_float_values_are_those_of_scipys_ppoly(f: ms.PiecewisePolynomial) -> None:
    interpolate = pytest.importorskip("scipy.interpolate", reason="the independent implementation is scipy's")
    knots = np.array([float(knot) for knot in f.knots])
    coefficients = np.array([[float(c) for c in piece] for piece in f.coefficients]).T[::-1]
    theirs = interpolate.PPoly(coefficients, knots)
    x = np.concatenate([np.linspace(knots[0], knots[-1], 203)[:-1], knots[:-1]])
    scale = 1e-13 * np.max(np.abs(coefficients)) * 100
    np.testing.assert_allclose(f.value(x), theirs(x), rtol=1e-12, atol=scale)
    np.testing.assert_allclose(f.gradient(x), theirs(x, 1), rtol=1e-12, atol=scale)
    np.testing.assert_allclose(f.curvature(x), theirs(x, 2), rtol=1e-12, atol=scale)


@given(f=piecewise_polynomials(most_pieces=5))
@settings(max_examples=40)
def test_constants_of_a_piecewise_polynomial_bound_its_samples(f: ms.PiecewisePolynomial) -> None:
    low, high = float(f.knots[0]), float(f.knots[-1])
    x = np.linspace(low, high, 4001)
    L = enclosure(f.lipschitz_constant())
    steepest = float(np.max(np.abs(f.curvature(x))))
    assert steepest <= float(L.upper()) * (1 + 1e-9) + 1e-9
    assert steepest >= float(L.lower()) * (1 - 2e-2) - 1e-6
    infimum = f.infimum()
    if isinstance(infimum, float):
        assert (f.left_period is None and f.coefficients[0][1] > 0) or f.right_period is None
        return
    lowest = float(np.min(f.value(x)))
    assert float(enclosure(infimum).lower()) <= lowest + 1e-9
    assert float(enclosure(infimum).upper()) >= lowest - float(L.upper()) * ((high - low) / 4000) ** 2 - 1e-9


def test_one_sided_periods_repeat_on_their_side_alone() -> None:
    wave = (("0", "-1", "2"), ("0", "1", "-2"))
    right = piecewise(("0", "1/2", "1"), wave, None, "1")
    left = piecewise(("0", "1/2", "1"), wave, "1", None)
    assert right.gradient("41/4") == right.gradient("1/4")
    assert right.gradient("-5") == -1
    assert right.value("-5") == 5
    assert left.gradient("-39/4") == left.gradient("1/4")
    assert left.value("3") == -2
    assert right.infimum() == fmpq(-1, 8)
    assert left.infimum() == -math.inf


def test_a_period_may_be_a_part_of_the_description() -> None:
    f = piecewise(("0", "1", "3/2", "2"), (("0", "-2", "1/2"), ("-3/2", "-1", "2"), ("-3/2", "1", "-2")), None, "1")
    for k in range(4):
        assert f.gradient(1 + k + ms.exact("1/4")) == 0
    assert f.gradient("1/2") == ms.exact("-3/2")
    assert f.node(3) == 2
    assert [f.node(k) for k in range(7)] == [0, 1, ms.exact("3/2"), 2, ms.exact("5/2"), 3, ms.exact("7/2")]


def test_without_a_period_nodes_end() -> None:
    f = piecewise(("0", "1", "2"), ((0, 0, "1/2"), ("1/2", 1, "-1/2")), None, None, (0, 2))
    assert list(f.nodes(2)) == [fmpq(0), fmpq(2)]
    with pytest.raises(ms.InvalidInput, match="node 2 does not exist: there are 2 nodes"):
        f.node(2)


def test_only_chosen_knots_are_nodes() -> None:
    assert [ms.plateau(1).node(k) for k in range(4)] == [0, 1, 2, 3]
    bare = piecewise(("0", "1/2", "1"), (("0", "-1", "2"), ("0", "1", "-2")), None, "1", (0,))
    assert bare.node(0) == 0
    with pytest.raises(ms.InvalidInput, match="holds no node"):
        bare.node(1)


@each_function
def test_there_are_no_nodes_before_the_first(f: ms.LineFunction) -> None:
    with pytest.raises(ms.InvalidInput, match="node -1 does not exist"):
        f.node(-1)


def test_equal_functions_are_equal_and_hash_alike() -> None:
    assert ms.cubic("0.1") == ms.cubic("1/10")
    assert hash(ms.cubic("0.1")) == hash(ms.cubic("1/10"))
    assert ms.plateau("1", rho=0) == ms.spline("1")
    assert ms.cubic("1") != ms.spline("1")


LINE = (("0", "1"),)

BAD_PIECEWISE: dict[str, tuple[tuple[Any, ...], str]] = {
    "no pieces": ((("0",), ()), "N pieces need N \\+ 1 knots"),
    "too many pieces": ((("0", "1"), (("0", "1"), ("1", "1"))), "2 knots and 2 pieces"),
    "equal knots": ((("0", "0"), LINE), "knots must increase"),
    "falling knots": ((("1", "0"), LINE), "knots 0 and 1 are 1 and 0"),
    "a constant piece": ((("0", "1"), (("0",),)), "at least 2"),
    "a jump of the value": ((("0", "1", "2"), (("0", "1"), ("2", "1"))), "value jumps from 1 to 2 at knot 1"),
    "a jump of the derivative": ((("0", "1", "2"), (("0", "1"), ("1", "2"))), "derivative jumps from 1 to 2"),
    "a period that is no knot": ((("0", "1"), (("0", "1"),), None, "1/2"), "right_period = 1/2"),
    "a negative period": ((("0", "1"), (("0", "1"),), "-1", None), "left_period = -1"),
    "a period of zero": ((("0", "1"), (("0", "1"),), None, "0"), "right_period = 0"),
    "a period that does not join": ((("0", "1"), (("0", "1"),), None, "1"), "value jumps from 1 to 0"),
    "a left period that does not join": ((("0", "1"), (("0", "0", "1", "-1"),), "1", None), "derivative jumps"),
    "a float knot": (((0.0, "1"), LINE), "is a float"),
    "a float coefficient": ((("0", "1"), ((0.5, "1"),)), "is a float"),
    "a coefficient that is not a number": ((("0", "1"), (("nan", "1"),)), "not a finite number"),
    "an infinite knot": ((("0", math.inf), LINE), "not a finite number"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD_PIECEWISE.values(), ids=BAD_PIECEWISE)
def test_a_bad_piecewise_polynomial_is_refused_and_the_value_shown(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ms.InvalidInput, match=message):
        piecewise(*arguments)
