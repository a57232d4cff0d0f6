"""Jets and the smallest Lipschitz constant through them; iterates that run away with a vanishing gradient."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from misstep import Adam, InvalidInput, InversePower, NumberKind, SignDescent, ball, exact
from misstep.constructions import Jet, largest_next_slope, smallest_lipschitz_constant, vanishing_gradient

numbers = st.floats(-10, 10, allow_nan=False).map(lambda x: round(x, 3))
widths = st.floats(0.01, 10).map(lambda x: round(x, 3))


def two_piece_bound(h: float, f0: float, g0: float, f1: float, g1: float) -> float:
    """Independent oracle: least max|curvature| of a quadratic spline with one knot, over the knot's place."""
    knots = np.linspace(1e-4, 1 - 1e-4, 4001) * h
    # f'' = a on [0, k], b on [k, h]: a·k + b·(h − k) = g1 − g0 and the value at h.
    best = math.inf
    for k in knots:
        matrix = np.array([[k, h - k], [k * (h - k) + k * k / 2, (h - k) ** 2 / 2]])
        a, b = np.linalg.solve(matrix, [g1 - g0, f1 - f0 - g0 * h])
        best = min(best, max(abs(a), abs(b)))
    return best


@pytest.mark.parametrize(
    "jets", [(1.0, 0, -1, 0, -1), (0.5, 0.2, 1, -0.3, 2), (2.0, 1, 0, -1, 0.5), (1.5, 0, -1, 0.4, -0.25)]
)
def test_the_smallest_constant_is_that_of_the_best_two_piece_spline(jets: tuple[float, ...]) -> None:
    h, f0, g0, f1, g1 = jets
    found = smallest_lipschitz_constant(Jet(0.0, f0, float(g0)), Jet(h, f1, float(g1)))
    assert found == pytest.approx(two_piece_bound(*jets), rel=1e-3)


@given(widths, numbers, numbers, numbers, numbers)
def test_exact_and_float_constants_agree(h: float, f0: float, g0: float, f1: float, g1: float) -> None:
    rational = [exact(str(value)) for value in (h, f0, g0, f1, g1)]
    found = smallest_lipschitz_constant(Jet(fmpq(0), *rational[1:3]), Jet(rational[0], *rational[3:]))
    floats = smallest_lipschitz_constant(Jet(0.0, f0, g0), Jet(h, f1, g1))
    assert float(found) == pytest.approx(floats, rel=1e-9, abs=1e-9)


def test_jets_out_of_order_are_refused() -> None:
    with pytest.raises(InvalidInput, match="must lie to the right"):
        smallest_lipschitz_constant(Jet(1.0, 0.0, 0.0), Jet(0.0, 0.0, 0.0))


@given(st.floats(0.05, 1.0), st.floats(0.5, 2.0))
def test_the_largest_next_slope_uses_up_the_constant_or_stays(slope: float, h: float) -> None:
    L = 4.0
    following = largest_next_slope(slope, h, L)
    if following is None:
        return
    assert 0 < following <= slope
    needed = smallest_lipschitz_constant(Jet(0.0, 0.0, -slope), Jet(h, 0.0, -following))
    assert float(needed) <= L * (1 + 1e-9)
    if following < slope:
        assert needed == pytest.approx(L, rel=1e-6)


def test_balls_give_a_slope_that_certainly_fits() -> None:
    following = largest_next_slope(ball(1), ball(1) / 3 * 3 * exact("0.999"), ball(4))
    assert following is not None
    assert following < 1
    assert following.is_exact()


@pytest.mark.parametrize("kind", [NumberKind.FLOAT64, NumberKind.BALL])
def test_sign_descent_runs_away_as_twice_the_root_of_k(kind: NumberKind) -> None:
    method = SignDescent(learning_rate=InversePower(1))
    found = vanishing_gradient(method, slope=1, L=4, n_steps=2000, kind=kind)
    assert float(found.x[-1]) == pytest.approx(2 * math.sqrt(2000), rel=0.05)
    assert float(found.slope[-1]) == pytest.approx(1 / math.sqrt(2000), rel=0.05)
    assert found.collapse is None


def test_balls_contain_the_floating_point_run() -> None:
    adam = Adam(learning_rate=InversePower("1/10"), beta1="1/2", beta2="9/10", eps=0)
    arguments = {"slope": 1, "n_steps": 200, "rule": "inverse-root"}
    balls = vanishing_gradient(adam, kind=NumberKind.BALL, **arguments)  # type: ignore[arg-type]
    floats = vanishing_gradient(adam, kind=NumberKind.FLOAT64, **arguments)  # type: ignore[arg-type]
    np.testing.assert_allclose([float(x) for x in balls.x], floats.x, rtol=1e-12)
    assert float(balls.L) == pytest.approx(float(floats.L), rel=1e-9)


def test_greedy_slopes_collapse_where_v_remembers() -> None:
    adam = Adam(learning_rate=InversePower("1/10"), eps=0)
    found = vanishing_gradient(adam, slope=1, n_steps=8000, L=40, kind=NumberKind.FLOAT64)
    assert found.slope[-1] < 1e-15
    assert found.x[-1] == pytest.approx(found.x[len(found.x) // 2])


def test_a_constant_too_small_for_any_slope_is_reported_as_a_collapse() -> None:
    found = vanishing_gradient(SignDescent(learning_rate=1), slope=1, n_steps=5, L=1, kind=NumberKind.FLOAT64)
    assert found.collapse == 0
    assert len(found.x) == 1


def test_the_greedy_rule_needs_a_constant() -> None:
    with pytest.raises(InvalidInput, match="L is None"):
        vanishing_gradient(SignDescent(learning_rate=1), slope=1, n_steps=3, kind=NumberKind.FLOAT64)
