"""Jets in many dimensions: the tightest pair, the largest interpolant, the best values."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
import numpy as np
import numpy.typing as npt
import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis.extra.numpy import arrays

import misstep as ms
from misstep.constructions import (
    Jet,
    best_values,
    roots_of_unity_cycle,
    smallest_lipschitz_constant,
    smoothest_interpolant,
    tightest_pair,
)
from misstep.functions import Interpolant, JetField
from misstep.functions.min_norm_point import SimplexLeastSquares

Floats = npt.NDArray[np.float64]
Jets = tuple[Floats, Floats, Floats]

CLASSES = [None, 0.0, 0.5]
"""μ of the nonconvex, the convex and a strongly convex class."""


def random_jets(n: int, d: int, seed: int = 0) -> Jets:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=(n, d))


def convex_jets(n: int, d: int, seed: int = 0) -> Jets:
    """Of Σ w x²/2 + log(1 + eˣ), 1 ≤ w ≤ 2: curvatures between 1 and 2¼."""
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(n, d)), rng.uniform(1, 2, d)
    return x, x * x @ w / 2 + np.log1p(np.exp(x)).sum(axis=1), x * w + 1 / (1 + np.exp(-x))


def jets_of(mu: float | None, n: int, d: int, seed: int = 0) -> Jets:
    return random_jets(n, d, seed) if mu is None else convex_jets(n, d, seed)


def pair_constant(x: Floats, f: Floats, g: Floats, mu: float | None) -> float:
    """Independent oracle: the conditions as the papers print them, pair by pair; with μ, bisected."""
    if mu is None:
        worst = 0.0
        for i in range(len(x)):
            for j in range(i):
                h = x[j] - x[i]
                a = (2 * (f[i] - f[j]) + (g[i] + g[j]) @ h) / (h @ h)
                b = np.linalg.norm(g[i] - g[j]) / np.linalg.norm(h)
                worst = max(worst, abs(a) + math.hypot(a, b))
        return worst

    def fits(L: float) -> bool:
        """Taylor, Hendrickx & Glineur, Theorem 4."""
        for i in range(len(x)):
            for j in range(len(x)):
                h, s = x[i] - x[j], g[i] - g[j]
                needed = s @ s / L + mu * (h @ h) - 2 * mu / L * (s @ h)
                if i != j and f[i] - f[j] - g[j] @ h < needed / (2 * (1 - mu / L)):
                    return False
        return True

    low, high = mu, mu + 1
    while not fits(high):
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if middle > mu and fits(middle) else (middle, high)
    return high


def scale(F: Interpolant) -> float:
    """What errors are measured against: the parabolas' size over the data."""
    x = F.jets.x - F.jets.x.mean(axis=0)
    return 1 + float(np.abs(F.jets.f).max()) + float(F.lipschitz_constant()) * float((x * x).sum(axis=1).max())


# The tightest pair


@pytest.mark.parametrize("mu", CLASSES)
@pytest.mark.parametrize(("n", "d"), [(2, 1), (7, 2), (30, 5)])
def test_the_tightest_pair_is_what_the_papers_inequalities_say(n: int, d: int, mu: float | None) -> None:
    jets = jets_of(mu, n, d)
    found = tightest_pair(*jets, mu=mu)
    assert found.L == pytest.approx(pair_constant(*jets, mu), rel=1e-9)
    assert found.first is not None
    assert found.second is not None
    pair = [found.first, found.second]
    assert tightest_pair(*(array[pair] for array in jets), mu=mu).L == pytest.approx(found.L, rel=1e-12)


def test_blocks_and_pairs_far_closer_than_the_rest_do_not_change_the_answer() -> None:
    # Two points 1e-7 apart, 1e4 from the origin: matrix products alone know nothing of their distance.
    x, f, g = random_jets(1300, 3, seed=3)
    x += 1e4
    x[1201] = x[77] + np.array([1e-7, 0, 0])
    f[1201], g[1201] = f[77] + g[77, 0] * 1e-7, g[77]
    g[1201, 1] += 0.5
    found = tightest_pair(x, f, g)
    assert (found.first, found.second) == (77, 1201)
    h = x[1201] - x[77]
    a = abs(2 * (f[77] - f[1201]) + (g[77] + g[1201]) @ h) / (h @ h)
    assert found.L == pytest.approx(a + math.hypot(a, 0.5 / np.linalg.norm(h)), rel=1e-12)


@given(st.floats(0.1, 5), st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))
def test_on_a_line_two_jets_have_the_constant_of_the_line(h: float, f1: float, g0: float, g1: float) -> None:
    line = smallest_lipschitz_constant(Jet(0.0, 0.0, g0), Jet(h, f1, g1))
    found = tightest_pair(np.array([[0.0], [h]]), np.array([0.0, f1]), np.array([[g0], [g1]]))
    assert found.L == pytest.approx(line, rel=1e-12, abs=1e-300)


def test_one_jet_needs_nothing() -> None:
    assert tightest_pair([[1.0, 2.0]], [3.0], [[4.0, 5.0]]) == (0.0, None, None)


def test_exact_jets_are_rounded_once() -> None:
    found = tightest_pair([["0"], ["1/2"]], ["0", "0"], [["-1"], ["-1"]])
    assert found == (8.0, 0, 1)


# The interpolant


@pytest.mark.parametrize("mu", CLASSES)
@pytest.mark.parametrize(("n", "d"), [(1, 3), (2, 1), (5, 2), (40, 1), (30, 3), (60, 20)])
def test_the_interpolant_has_the_values_and_gradients_of_its_jets(n: int, d: int, mu: float | None) -> None:
    x, f, g = jets_of(mu, n, d)
    F = Interpolant(x, f, g, 2.0, mu) if n == 1 else smoothest_interpolant(x, f, g, mu=mu)
    value, gradient = F.value_and_gradient(x)
    assert np.abs(value - f).max() <= 1e-12 * scale(F)
    assert np.abs(gradient - g).max() <= 1e-9 * (1 + np.abs(g).max())


@pytest.mark.parametrize("mu", CLASSES)
@pytest.mark.parametrize(("n", "d"), [(2, 2), (30, 1), (30, 3), (60, 20)])
def test_gradients_are_those_of_the_values(n: int, d: int, mu: float | None) -> None:
    F = smoothest_interpolant(*jets_of(mu, n, d), mu=mu)
    rng = np.random.default_rng(1)
    x, u = rng.normal(size=(100, d)), rng.normal(size=(100, d))
    step = 1e-5
    slope = (F.value(x + step * u) - F.value(x - step * u)) / (2 * step)
    # A difference quotient of a gradient with constant L is off by at most L·step·|u|²/2, and by rounding.
    allowed = float(F.lipschitz_constant()) * step * (u * u).sum(axis=1) + 1e-15 * scale(F) / step
    assert (np.abs(slope - (F.gradient(x) * u).sum(axis=1)) <= allowed).all()


@pytest.mark.parametrize("mu", CLASSES)
@pytest.mark.parametrize(("n", "d"), [(2, 2), (30, 1), (30, 3), (60, 20)])
def test_sampled_lipschitz_quotients_reach_the_constant_and_stay_below(n: int, d: int, mu: float | None) -> None:
    jets = jets_of(mu, n, d)
    F = smoothest_interpolant(*jets, mu=mu)
    L = float(F.lipschitz_constant())
    assert pytest.approx(L, rel=1e-15) == tightest_pair(*jets, mu=mu).L
    rng = np.random.default_rng(2)
    x = rng.normal(size=(400, d))
    y = x + rng.normal(size=(400, d)) * 10.0 ** rng.uniform(-2, 0.5, size=(400, 1))
    far = 1e3 * rng.normal(size=(20, d))
    x, y = np.vstack([x, far]), np.vstack([y, far + 1])
    quotients = np.linalg.norm(F.gradient(x) - F.gradient(y), axis=1) / np.linalg.norm(x - y, axis=1)
    assert quotients.max() <= L * (1 + 1e-9)
    assert quotients.max() >= L * (1 - 1e-6)


@pytest.mark.parametrize("mu", [0.0, 0.5])
def test_on_segments_the_interpolant_bends_by_no_less_than_mu_and_no_more_than_its_constant(mu: float) -> None:
    F = smoothest_interpolant(*convex_jets(30, 4), mu=mu)
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(2, 300, 4)) * 2
    t = rng.uniform(size=300)
    chord = (1 - t) * F.value(x) + t * F.value(y)
    bow = t * (1 - t) * ((x - y) ** 2).sum(axis=1) / 2
    sag = chord - F.value(x + t[:, None] * (y - x))
    L = float(F.lipschitz_constant())
    assert (sag >= mu * bow - 1e-12 * scale(F)).all()
    assert (sag <= L * bow + 1e-12 * scale(F)).all()


@pytest.mark.parametrize("mu", CLASSES)
def test_the_interpolant_lies_between_the_bounds_that_each_jet_gives(mu: float | None) -> None:
    F = smoothest_interpolant(*jets_of(mu, 30, 3), mu=mu)
    jets, L = F.jets, float(F.lipschitz_constant())
    least = -L if mu is None else mu
    x = np.random.default_rng(4).normal(size=(200, 3)) * 2
    away = x[:, None] - jets.x
    tangent, square = jets.f + (away * jets.g).sum(axis=2), (away**2).sum(axis=2) / 2
    value = F.value(x)
    assert (value <= (tangent + L * square).min(axis=1) + 1e-12 * scale(F)).all()
    assert (value >= (tangent + least * square).max(axis=1) - 1e-12 * scale(F)).all()


@pytest.mark.parametrize("mu", CLASSES)
def test_it_is_the_largest_function_through_its_jets(mu: float | None) -> None:
    # Jets of another function of the class, sampled from more points, lie below it.
    x, f, g = jets_of(mu, 40, 3)
    G = smoothest_interpolant(x, f, g, mu=mu)
    F = Interpolant(x[:10], f[:10], g[:10], G.lipschitz_constant(), mu)
    points = np.random.default_rng(5).normal(size=(200, 3))
    assert (F.value(points) >= G.value(points) - 1e-12 * scale(F)).all()


def test_one_jet_is_a_parabola() -> None:
    F = Interpolant([[1.0, 2.0]], [3.0], [[1.0, -1.0]], 4.0)
    value, gradient = F.value_and_gradient(np.array([2.0, 2.0]))
    assert value == pytest.approx(3 + 1 + 2)
    assert gradient.tolist() == pytest.approx([5.0, -1.0])


def test_two_jets_of_the_paper_give_the_quadratic_spline() -> None:
    F = smoothest_interpolant([[0.0], [0.1]], [0.0, 0.0], [[-1.0], [-1.0]])
    spline = ms.spline("1/10")
    t = np.linspace(0, 0.1, 101)
    value, gradient = F.value_and_gradient(t[:, None])
    np.testing.assert_allclose(value, spline.value(t), atol=1e-15)
    np.testing.assert_allclose(gradient[:, 0], spline.gradient(t), atol=1e-13)


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.integers(1, 3).flatmap(
            lambda d: st.tuples(
                *(arrays(np.int64, shape, elements=st.integers(-3, 3)) for shape in ((n, d), n, (n, d)))
            )
        )
    ),
    st.sampled_from([1.0, 1.0, 1.5]),
)
def test_jets_on_a_lattice_with_all_their_ties_are_interpolated(jets: tuple[Any, Any, Any], room: float) -> None:
    x, f, g = (array / 2 for array in jets)
    bound = tightest_pair(x, f, g)
    if bound.L == math.inf:
        with pytest.raises(ms.InvalidInput, match="share a point"):
            smoothest_interpolant(x, f, g)
        return
    F = Interpolant(x, f, g, room * bound.L or 1.0)
    value, gradient = F.value_and_gradient(x)
    np.testing.assert_allclose(value, f, atol=1e-12 * scale(F))
    np.testing.assert_allclose(gradient, g, atol=1e-12 * scale(F))
    nodes_and_more = F.evaluate(np.vstack([x, x[::-1] + 0.25, x * 3]))
    assert nodes_and_more.value_error.max() <= 1e-12 * scale(F)


# Degenerate and large data


def test_a_jet_given_twice_changes_nothing() -> None:
    x, f, g = random_jets(10, 3)
    once = smoothest_interpolant(x, f, g)
    twice = smoothest_interpolant(*(np.concatenate([array, array[2:5]]) for array in (x, f, g)))
    points = np.random.default_rng(6).normal(size=(50, 3))
    np.testing.assert_allclose(twice.value(points), once.value(points), atol=1e-12 * scale(once))
    np.testing.assert_allclose(twice.gradient(points), once.gradient(points), atol=1e-12 * scale(once))


def test_jets_on_a_line_in_space_are_those_of_the_line() -> None:
    t, f, g = random_jets(12, 1)
    direction = np.array([[2.0, -1.0, 2.0]]) / 3
    space = smoothest_interpolant(t * direction + 5, f, g * direction)
    line = smoothest_interpolant(t, f, g)
    points = np.random.default_rng(7).normal(size=(50, 1))
    np.testing.assert_allclose(space.value(points * direction + 5), line.value(points), atol=1e-12 * scale(space))


def test_equal_gradients_are_no_trouble() -> None:
    x = np.arange(20.0)[:, None] * np.ones(4) / 10
    F = smoothest_interpolant(x, np.zeros(20), -np.ones((20, 4)))
    # On the diagonal the spacing is 1/5 and the slope −2: 4·2/(1/5).
    assert float(F.lipschitz_constant()) == pytest.approx(40)
    np.testing.assert_allclose(F.gradient(x), -1, atol=1e-12)
    trajectory = ms.run(F, ms.Adam(learning_rate=0.1, eps=0), np.zeros(4), 15)
    np.testing.assert_allclose(trajectory.x[-1], 1.5, atol=1e-9)


def test_data_far_from_the_origin_keep_their_digits() -> None:
    x, f, g = random_jets(20, 3)
    near = smoothest_interpolant(x, f, g)
    far = Interpolant(x + 1e6, f + 1e6, g, near.lipschitz_constant())
    points = np.random.default_rng(8).normal(size=(50, 3))
    np.testing.assert_allclose(far.value(points + 1e6) - 1e6, near.value(points), atol=1e-7)


@pytest.mark.parametrize("mu", CLASSES)
def test_points_together_and_one_at_a_time_agree(mu: float | None) -> None:
    F = smoothest_interpolant(*jets_of(mu, 50, 4), mu=mu)
    x = np.random.default_rng(9).normal(size=(6, 50, 4))
    value, gradient = F.value_and_gradient(x)
    assert value.shape == (6, 50)
    assert gradient.shape == x.shape
    for index in np.ndindex(6, 50):
        alone = F.value_and_gradient(x[index])
        assert abs(alone[0] - value[index]) <= 1e-13 * scale(F)
        np.testing.assert_allclose(alone[1], gradient[index], atol=1e-12 * scale(F))


def test_optimality_is_reached_in_many_dimensions() -> None:
    F = smoothest_interpolant(*random_jets(300, 120))
    found = F.evaluate(np.vstack([np.zeros(120), np.random.default_rng(10).normal(size=(5, 120)) / 10]))
    assert found.value_error.max() <= 1e-13 * scale(F)
    assert found.gradient_error.max() <= 1e-6 * scale(F)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_simplex_solver_finds_the_minimum_of_a_general_one(d: int) -> None:
    from scipy.optimize import minimize

    rng = np.random.default_rng(d)
    atoms, offsets = rng.normal(size=(8, d)), rng.normal(size=8)
    problem = SimplexLeastSquares(atoms, offsets)
    for x in rng.normal(size=(10, d)):

        def cost(lam: Floats, at: Floats = x) -> float:
            return float(((lam @ atoms - at) ** 2).sum() / 2 + lam @ offsets)

        constraint = {"type": "eq", "fun": lambda lam: lam.sum() - 1}
        best = minimize(cost, np.full(8, 1 / 8), bounds=[(0, 1)] * 8, constraints=constraint, tol=1e-12)
        weights = problem.weights(x)
        assert weights.min() >= 0
        assert weights.sum() == pytest.approx(1)
        assert cost(weights) <= best.fun + 1e-9
        assert cost(weights) == pytest.approx(best.fun, abs=1e-6)


# Constants


@pytest.mark.parametrize("mu", CLASSES)
def test_the_infimum_is_below_all_values_and_attained(mu: float | None) -> None:
    from scipy.optimize import minimize

    F = smoothest_interpolant(*jets_of(mu, 20, 3), mu=mu)
    infimum = F.infimum()
    assert isinstance(infimum, arb if mu else fmpq)
    starts = [*F.jets.x]
    found = min(minimize(F.value_and_gradient, x, jac=True, tol=1e-12).fun for x in starts)
    assert float(infimum) == pytest.approx(found, abs=1e-9)


def test_the_constant_is_the_rational_that_was_given() -> None:
    F = Interpolant([["0"], ["1/2"]], ["0", "0"], [["-1"], ["-1"]], "17/2")
    assert F.lipschitz_constant() == fmpq(17, 2)
    assert F.dimension == 1
    assert repr(F) == "Interpolant(2 jets in R^1, L=8.5, mu=-8.5)"


def test_points_that_are_not_finite_give_nan_and_disturb_no_other() -> None:
    F = smoothest_interpolant(*random_jets(5, 2))
    x = np.array([[1.0, 2.0], [math.inf, 0.0], [0.0, math.nan], [1e200, -1e200]])
    value, gradient = F.value_and_gradient(x)
    assert np.isnan(value[1:3]).all()
    assert np.isnan(gradient[1:3]).all()
    assert np.isfinite(gradient[3]).all()
    assert value[0] == F.value(x[0])


def test_no_points_give_no_answers() -> None:
    value, gradient = smoothest_interpolant(*random_jets(5, 2)).value_and_gradient(np.empty((0, 2)))
    assert value.shape == (0,)
    assert gradient.shape == (0, 2)


def test_near_twins_are_told_apart() -> None:
    # Ten pairs of points 1e-6 apart with gradients that differ: L is near 1e13, F is smooth on the scale of 1e-6.
    x, f, g = random_jets(20, 4)
    x[10:] = x[:10] + 1e-6 * random_jets(10, 4, seed=1)[0]
    F = smoothest_interpolant(x, f, g)
    value, gradient = F.value_and_gradient(x)
    assert np.abs(value - f).max() <= 1e-14 * scale(F)
    assert np.abs(gradient - g).max() <= 1e-9 * float(F.lipschitz_constant())


def test_float32_points_give_float32_answers() -> None:
    F = smoothest_interpolant(*random_jets(5, 2))
    value, gradient = F.value_and_gradient(np.ones((3, 2), np.float32))
    assert value.dtype == gradient.dtype == np.float32


# Best values


def linear_program(x: Floats, g: Floats, mu: float | None, L: float) -> bool:
    """Independent oracle: whether values exist for L, by scipy's HiGHS over all pairs."""
    from scipy.optimize import linprog

    rows, bounds = [], []
    for i in range(len(x)):
        for j in range(len(x)):
            if i != j:
                h, s = x[j] - x[i], g[j] - g[i]
                room = (L * (h @ h) - s @ s / L) / 2
                if mu is not None:
                    bent = s - mu * h
                    room = bent @ h - bent @ bent / (L - mu)
                row = np.zeros(len(x))
                row[[i, j]] = 2, -2
                # In units of curvature, so that the solver's own tolerance is one.
                rows.append(row / (h @ h))
                bounds.append((room - (g[i] + g[j]) @ h) / (h @ h))
    found = linprog(np.zeros(len(x)), A_ub=np.array(rows), b_ub=np.array(bounds), bounds=[(None, None)] * len(x))
    return bool(found.status == 0)


@pytest.mark.parametrize("mu", CLASSES)
@pytest.mark.parametrize(("n", "d", "seed"), [(3, 1, 0), (8, 1, 1), (8, 2, 2), (15, 3, 3)])
def test_best_values_are_those_of_the_linear_program(n: int, d: int, seed: int, mu: float | None) -> None:
    x, f, g = jets_of(mu, n, d, seed)
    found = best_values(x, g, mu=mu)
    assert found.L <= tightest_pair(x, f, g, mu=mu).L * (1 + 1e-9)
    assert found.L == pytest.approx(found.lower_bound, rel=1e-9)
    assert linear_program(x, g, mu, found.L * (1 + 1e-5))
    assert not linear_program(x, g, mu, found.L * (1 - 1e-5))


@given(st.lists(st.integers(-3, 3), min_size=3, max_size=7), st.integers(0, 1000))
def test_best_values_of_few_jets_prove_themselves(slopes: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, g = rng.normal(size=(len(slopes), 2)), np.column_stack([slopes, slopes[::-1]]).astype(float)
    found = best_values(x, g)
    assert found.L == pytest.approx(found.lower_bound, rel=1e-9, abs=1e-12)
    assert found.f[0] == 0


def test_a_longer_cycle_proves_a_ring_of_gradients() -> None:
    # A rotation field has no potential: going round the circle costs curvature that no pair alone needs.
    angles = 2 * np.pi * np.arange(12) / 12
    x = np.column_stack([np.cos(angles), np.sin(angles)])
    g = np.column_stack([-np.sin(angles), np.cos(angles)])
    found = best_values(x, g)
    assert len(found.cycle) > 2
    assert found.L > 1.01
    assert found.L == pytest.approx(found.lower_bound, rel=1e-9)
    assert not linear_program(x, g, None, found.L * (1 - 1e-5))


def test_free_values_give_the_smoothest_function_of_all() -> None:
    x, f, g = random_jets(12, 2)
    free = smoothest_interpolant(x, None, g)
    np.testing.assert_allclose(free.gradient(x), g, atol=1e-9)
    assert float(free.lipschitz_constant()) < tightest_pair(x, f, g).L


def test_no_convex_function_has_gradients_that_go_round() -> None:
    angles = 2 * np.pi * np.arange(3) / 3
    x = np.column_stack([np.cos(angles), np.sin(angles)])
    g = np.column_stack([np.cos(angles + 1.4), np.sin(angles + 1.4)])
    with pytest.raises(ms.InvalidInput, match=r"fit no function with mu = 0\.0, whatever values and L"):
        best_values(x, g, mu=0)


# PEPit


def pepit_interpolator(F: Interpolant, mu: float) -> Any:
    interpolators = pytest.importorskip("PEPit.interpolators", reason="PEPit is not installed: misstep[peers]")

    def solved(value: Any) -> SimpleNamespace:
        return SimpleNamespace(eval=lambda: value)

    jets = F.jets
    triplets = [tuple(map(solved, jet)) for jet in zip(jets.x, jets.g, jets.f, strict=True)]
    L = float(F.lipschitz_constant())
    rival = interpolators.SmoothStronglyConvexInterpolator(
        SimpleNamespace(list_of_points=triplets), L=L, mu=mu, options="highest"
    )
    rival.d, rival.solver = F.dimension, "CLARABEL"
    return rival


@pytest.mark.parametrize("mu", CLASSES)
def test_pepit_finds_the_same_values(mu: float | None) -> None:
    jets = jets_of(mu, 8, 3)
    L = 1.1 * tightest_pair(*jets, mu=mu).L
    F = Interpolant(*jets, L, mu)
    rival = pepit_interpolator(F, -L if mu is None else mu)
    for x in np.random.default_rng(11).normal(size=(3, 3)):
        value = F.value(x)
        assert value == pytest.approx(float(rival.evaluate(x)), abs=1e-8 * scale(F))


# Bad input


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[0.0], [1.0]], [0.0, 0.0], [[-1.0], [-1.0]], 3), "jets 0 and 1 need L = 4.0, above the given L = 3.0"),
        (([[0.0], [0.0]], [0.0, 1.0], [[1.0], [1.0]], 3), "jets 0 and 1 share a point, but not value and gradient"),
        (([[0.0], [0.0]], [0.0, 0.0], [[1.0], [2.0]], 3), "jets 0 and 1 share a point, but not value and gradient"),
        (([[0.0], [1.0]], [0.0, 0.0], [[1.0], [-1.0]], 9, 0), "jets 0 and 1 fit no function with mu = 0.0, whatever L"),
        (([[0.0], [1.0]], [0.0, 0.75], [[0.0], [1.0]], 1.25, 0.25), "with mu = 0.25, above the given L = 1.25"),
        (([[0.0]], [0.0], [[0.0]], 0), "L = 0.0 must be positive"),
        (([[0.0]], [0.0], [[0.0]], math.inf), "L = inf is not finite"),
        (([[0.0]], [0.0], [[0.0]], 1, 1), "mu = 1.0 must lie in"),
        (([[0.0]], [0.0], [[0.0]], 1, -2), "mu = -2.0 must lie in"),
        (([[0.0]], [0.0, 1.0], [[0.0]], 1), "x has shape (1, 1), f (2,) and g (1, 1)"),
        (([0.0], [0.0], [[0.0]], 1), "x has shape (1,): (N, d) is needed"),
        ((np.empty((0, 2)), np.empty(0), np.empty((0, 2)), 1), "x has shape (0, 2)"),
        (([[0.0], [math.nan]], [0.0, 0.0], [[0.0], [0.0]], 1), "x of jet 1 is not finite"),
    ],
)
def test_bad_jets_and_constants_are_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ms.InvalidInput) as caught:
        Interpolant(*arguments)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros(2), "its last axis must have length 3"),
        (np.array(1.0), "its last axis must have length 3"),
        (["1", "2", "3"], "float64 or float32, not on numbers of kind exact"),
    ],
)
def test_bad_points_are_refused(x: Any, message: str) -> None:
    F = Interpolant([[0.0, 0.0, 0.0]], [0.0], [[1.0, 0.0, 0.0]], 1)
    with pytest.raises(ms.InvalidInput, match=message):
        F.value_and_gradient(x)


def test_jets_that_need_no_curvature_are_told_so() -> None:
    with pytest.raises(ms.InvalidInput, match=r"one quadratic of curvature 0\.0 goes through all jets"):
        smoothest_interpolant([[0.0], [1.0]], [0.0, 2.0], [[2.0], [2.0]])


def test_jets_of_no_function_are_refused_with_the_pair() -> None:
    with pytest.raises(ms.InvalidInput, match="jets 1 and 2 share a point"):
        smoothest_interpolant([[0.0], [1.0], [1.0]], [0.0, 0.0, 1.0], [[0.0], [0.0], [0.0]])
    with pytest.raises(ms.InvalidInput, match=r"jets 0 and 1 fit no function with mu = 0\.5, whatever L"):
        smoothest_interpolant([[0.0], [1.0]], [0.0, 0.0], [[1.0], [-1.0]], mu="1/2")
    with pytest.raises(
        ms.InvalidInput, match=r"jets 0 and 1 fit no function with mu = 0\.0, whatever their values and L"
    ):
        best_values([[0.0], [1.0]], [[1.0], [-1.0]], mu=0)
    with pytest.raises(ms.InvalidInput, match="share a point, but not the gradient"):
        best_values([[0.0], [0.0]], [[1.0], [-1.0]])


def test_fields_hold_float64_arrays() -> None:
    jets: tuple[Any, ...] = ([[1, 2]], [3], [["1/2", "1/4"]])
    field = JetField(*jets)
    assert field.g.tolist() == [[0.5, 0.25]]
    assert field.x.dtype == np.float64


def test_a_search_among_ties_ends_when_an_active_set_comes_again() -> None:
    """Atoms of a symmetric cycle tie at the center, where only rounding tells which is to enter."""
    method = ms.HeavyBall(learning_rate="1/10", momentum="9/10")
    cycle = roots_of_unity_cycle(method, 10, mu="1/10", L="7.7")
    K, s = 7.7 - 0.1, cycle.g - 0.1 * cycle.x
    heights = -0.05 * np.einsum("ij,ij->i", cycle.x, cycle.x) - np.einsum("ij,ij->i", s, s) / (2 * K)
    problem = SimplexLeastSquares(cycle.x - s / K, heights / K)
    points = 1e-9 * np.random.default_rng(0).standard_normal((400, 2))
    assert max(problem.solve(point[None]).steps for point in points) <= 40
