"""Sums of ridge functions on R^n: every number kind, constants never below the truth, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb

import misstep as ms
from helpers import (
    Array,
    Family,
    holds,
    piecewise,
)
from misstep.functions.constants import enclosure
from misstep.scalars import NumberKind, convert


def test_a_ridge_sum_takes_every_kind_and_any_batch() -> None:
    F = ms.coupled("1/4", 3)
    x = np.random.default_rng(0).integers(-20, 60, (4, 2, 3)) / 32
    value, gradient = F.value_and_gradient(x)
    assert value.shape == (4, 2)
    assert gradient.shape == (4, 2, 3)
    exact = np.vectorize(ms.exact_from_float, otypes=[object])(x)
    exact_value, exact_gradient = F.value_and_gradient(exact)
    np.testing.assert_allclose(value, exact_value.astype(float), atol=1e-14)
    np.testing.assert_allclose(gradient, exact_gradient.astype(float), atol=1e-13)
    balls = convert(exact, NumberKind.BALL)
    for found, truth in zip(F.gradient(balls).flat, exact_gradient.flat, strict=True):
        assert holds(found, truth)
    coarse: Array = F.gradient(x.astype(np.float32))
    assert coarse.dtype == np.float32
    np.testing.assert_allclose(coarse, gradient, atol=1e-4)


@pytest.mark.parametrize("family", [ms.cubic, ms.spline, ms.plateau, ms.sine, ms.smooth_plateau])
@pytest.mark.parametrize("build", [ms.rotated, ms.coupled])
def test_a_ridge_sums_constant_bounds_sampled_quotients_in_every_family(build: Any, family: Family) -> None:
    F = build("1/4", 3, family=family)
    L = float(enclosure(F.lipschitz_constant()).upper())
    rng = np.random.default_rng(2)
    x = rng.uniform(-1, 1, (3000, 3))
    y = x + 1e-5 * rng.normal(size=x.shape)
    quotients = np.linalg.norm(F.gradient(x) - F.gradient(y), axis=1) / np.linalg.norm(x - y, axis=1)
    assert np.max(quotients) <= L * (1 + 1e-6)
    diagonal = np.outer(np.arange(5), np.full(3, 0.25))
    np.testing.assert_allclose(F.gradient(diagonal), -1, atol=1e-12)


@pytest.mark.parametrize(
    ("directions", "functions", "message"),
    [
        ((), (), "at least one"),
        (((1, 0),), (), "1 directions and 0 functions"),
        (((1, 0), (1,)), (ms.cubic(1),) * 2, r"lengths \[2, 1\]"),
        (((),), (ms.cubic(1),), r"lengths \[0\]"),
        (((0.5,),), (ms.cubic(1),), "is a float"),
    ],
)
def test_a_bad_ridge_sum_is_refused(directions: Any, functions: Any, message: str) -> None:
    with pytest.raises(ms.InvalidInput, match=message):
        ms.RidgeSum(directions, functions)


@pytest.mark.parametrize("build", [ms.rotated, ms.coupled])
def test_many_variables_are_at_least_two(build: Any) -> None:
    with pytest.raises(ms.InvalidInput, match="dimension = 1 must be at least 2"):
        build(1, 1)
    with pytest.raises(ms.InvalidInput, match="last axis must have length 3"):
        build(1, 3).value(np.zeros((3, 2)))


HINGE = piecewise(("-1", "0", "1"), (("0", "0", "0", "0"), ("0", "0", "3")))


def ridge_sum(directions: Any, functions: tuple[ms.LineFunction, ...]) -> ms.RidgeSum:
    return ms.RidgeSum(directions, functions)


def test_a_direction_that_the_diagonal_does_not_move_gives_no_false_constant() -> None:
    """φ(x − y) + φ(y − x) is even in x − y: at its only joint on the diagonal the two curvatures never add up."""
    F = ridge_sum(((1, 1), (1, -1), (-1, 1)), (ms.cubic(1), HINGE, HINGE))
    L = F.lipschitz_constant()
    assert isinstance(L, arb)
    assert enclosure(L).overlaps(arb(12))
