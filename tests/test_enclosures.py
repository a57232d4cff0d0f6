"""Branch and bound: the ball that comes back contains the maximum."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given

from helpers import bounds, holds, rational
from misstep.enclosures import enclose_maximum
from strategies import positives, rationals


@given(rationals(-3, 3, 8), positives(3, 8), rationals(-3, 3, 8))
def test_the_maximum_of_a_parabola_is_enclosed(centre: Fraction, width: Fraction, height: Fraction) -> None:
    low, high = Fraction(-1), Fraction(-1) + width
    best = min(max(centre, low), high)
    found = enclose_maximum(
        lambda x: rational(height) - (x - rational(centre)) * (x - rational(centre)),
        rational(low),
        rational(high),
        most_splits=200,
    )
    assert holds(found, height - (best - centre) ** 2)


WAVES: tuple[tuple[str, Callable[[arb], arb], Callable[[np.ndarray], np.ndarray]], ...] = (
    ("three sines", lambda x: x.sin() + (3 * x).sin() / 2, lambda x: np.sin(x) + np.sin(3 * x) / 2),
    ("bump", lambda x: (-(x - 2) * (x - 2)).exp() * (5 * x).cos(), lambda x: np.exp(-((x - 2) ** 2)) * np.cos(5 * x)),
    ("kink", lambda x: -abs(x - 1), lambda x: -np.abs(x - 1)),
)


@pytest.mark.parametrize(("on_balls", "on_floats"), [w[1:] for w in WAVES], ids=[w[0] for w in WAVES])
@pytest.mark.parametrize("tolerance", [1e-2, 1e-6])
def test_the_enclosure_contains_a_dense_maximum_and_is_as_narrow_as_asked(
    on_balls: Callable[[arb], arb],
    on_floats: Callable[[object], np.ndarray],
    tolerance: float,
) -> None:
    found = enclose_maximum(on_balls, fmpq(0), fmpq(4), tolerance=tolerance, most_splits=4000)
    dense = float(np.max(on_floats(np.linspace(0, 4, 400_001))))
    low, high = map(float, bounds(found))
    assert low - 1e-9 <= dense <= high + 1e-12
    if abs(dense) > 0.1:
        assert high - low <= 4 * tolerance * abs(dense)


def test_too_few_splits_give_a_wide_enclosure_that_still_holds() -> None:
    found = enclose_maximum(lambda x: x * (1 - x), fmpq(0), fmpq(1), most_splits=1)
    assert holds(found, Fraction(1, 4))
    assert float(found.rad()) > 1e-3
