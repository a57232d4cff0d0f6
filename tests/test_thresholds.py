"""Known thresholds of methods, found again by the general searches and by nothing else."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from misstep import AdaGrad, Adam, GradientDescent, HeavyBall, InvalidInput, Lion, NumberKind, SignDescent, exact
from misstep.constructions import (
    function_of_word,
    has_roots_of_unity_cycle,
    least_constant_of_gradients,
    least_constant_of_word,
    least_roots_of_unity_constant,
    roots_of_unity_cycle,
    search_real_words,
    search_words,
    tightest_pair,
)

CLASSES: list[dict[str, Any]] = [
    {},
    {"function_class": "convex"},
    {"function_class": "strongly-convex", "mu": "1/3"},
    {"function_class": "strongly-convex", "condition": 30},
    {"function_class": "strongly-convex", "condition": 1},
]
LRP = HeavyBall(learning_rate="1/9", momentum="4/9")
"""Polyak's tuning for mu = 1 and L = 25."""


# --- gradient descent and sign descent ----------------------------------------------------------------------------


@pytest.mark.parametrize("options", CLASSES, ids=str)
def test_gradient_descent_fails_from_two_over_alpha_on_in_every_class(options: dict[str, Any]) -> None:
    method = GradientDescent(learning_rate="1/7")
    signs, reals = search_words(method, 6, **options), search_real_words(method, 6, **options)
    assert signs.cycle is not None
    assert reals.cycle is not None
    assert signs.cycle.L == reals.cycle.L == 14
    assert reals.lower is not None
    assert 14 * (1 - fmpq(2, 10**12)) <= reals.lower < 14
    assert signs.drift is None or signs.drift.L >= 14


def test_sign_descent_cycles_from_two_and_drifts_from_four_over_alpha_on() -> None:
    found = search_words(SignDescent(learning_rate="1/5"), 6, slope="1/3")
    assert found.cycle is not None
    assert found.drift is not None
    assert (found.cycle.word, found.cycle.L) == ((-1, 1), fmpq(10, 3))
    assert (found.drift.word, found.drift.L) == ((-1,), fmpq(20, 3))


def test_lion_drifts_from_two_over_alpha_on() -> None:
    found = search_words(Lion(learning_rate="1/5"), 6, slope="1/3").drift
    assert found is not None
    assert (found.word, found.L) == ((-1, -1, -1, 1, 1), fmpq(10, 3))


# --- Adam and AdaGrad ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("beta1", ["0", "1/2", "9/10"])
def test_adam_drifts_from_four_over_alpha_on_and_no_word_to_length_seven_does_below(beta1: str) -> None:
    found = search_words(Adam(learning_rate="1/10", beta1=beta1, eps=0), 7, slope="1/3").drift
    assert found is not None
    assert (found.word, found.L) == ((-1,), fmpq(40, 3))


@pytest.mark.parametrize(("options", "longest"), [(CLASSES[1], 2), *((options, 6) for options in CLASSES[2:])])
@pytest.mark.parametrize("beta1", ["0", "1/2", "9/10"])
def test_adam_has_its_two_cycle_on_a_parabola(beta1: str, options: dict[str, Any], longest: int) -> None:
    """The best of all sign words in the strongly convex classes; of those of two signs in the convex class."""
    alpha, beta, c = exact("1/10"), exact(beta1), exact("1/3")
    found = search_words(Adam(learning_rate=alpha, beta1=beta, eps=0), longest, slope=c, **options)
    assert found.drift is None
    assert found.cycle is not None
    L = 2 * c * (1 + beta) / (alpha * (1 - beta))
    assert (found.cycle.word, found.cycle.L) == ((-1, 1), L)
    half = alpha * (1 - beta) / (2 * (1 + beta))
    left, right = sorted(found.cycle.regime.nodes)
    assert (right - left) / 2 == half
    f = function_of_word(found.cycle)
    middle = (left + right) / 2
    for share in ("-1", "-2/3", "0", "1/7", "1"):
        t = exact(share) * half
        assert f.gradient(middle + t) == L * t
        assert f.value(middle + t) - f.value(middle) == L / 2 * t * t


@pytest.mark.parametrize("beta1", ["0", "1/2", "9/10"])
def test_convexity_does_not_raise_the_price_of_adams_best_cycle(beta1: str) -> None:
    adam = Adam(learning_rate="1/10", beta1=beta1, eps=0)
    free, convex = search_words(adam, 7).cycle, search_words(adam, 7, function_class="convex").cycle
    assert free is not None
    assert convex is not None
    assert (free.word, free.L) == (convex.word, convex.L)
    f: Any = function_of_word(convex)
    least, most = f.curvature_range()
    assert least >= 0
    assert most == convex.L


@pytest.mark.parametrize("word", [(-1,), (-1, 1), (-1, -1, 1)], ids=str)
def test_no_word_drives_adagrad_for_ever(word: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput, match="AdaGrad does not settle"):
        least_constant_of_word(AdaGrad(learning_rate=1, eps=0), word)


@pytest.mark.parametrize("method", [Adam(learning_rate=1, beta1="1/2", eps=0), LRP, Lion(learning_rate=1)])
def test_a_sign_word_has_one_node_a_sign_on_a_strongly_convex_function(method: Any) -> None:
    found = search_words(method, 7, function_class="strongly-convex", mu="1/1000")
    assert found.cycle is not None
    assert len(set(found.cycle.regime.nodes)) == 2


# --- heavy ball ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("momentum", ["0", "1/3", "1/2", "9/10"])
def test_heavy_ball_in_full_motion_drifts_from_four_times_one_minus_beta_over_alpha_on(momentum: str) -> None:
    """From β = 1/3 on no more than 2(1 + β)/α, where parabolas diverge. The start has the velocity αc/(1 − β)."""
    beta = exact(momentum)
    found: Any = search_words(HeavyBall(learning_rate="1/10", momentum=beta), 7).drift
    assert found is not None
    assert (found.word, found.L) == ((-1,), 40 * (1 - beta))
    assert (found.L <= 20 * (1 + beta)) == (beta >= fmpq(1, 3))


def test_the_example_of_lessard_recht_and_packard_is_a_word() -> None:
    nodes = [exact(node) for node in ("792/1225", "-2208/1225", "2592/1225")]
    slopes = [25 * x if x < 1 else x + 24 if x < 2 else 25 * x - 24 for x in nodes]
    found = least_constant_of_gradients(LRP, slopes, function_class="strongly-convex", mu=1)
    assert found is not None
    assert (found.failure, found.L) == ("cycle", 25)
    assert [node + nodes[0] for node in found.regime.nodes] == nodes


@pytest.mark.parametrize("longest", [3, 4, 5])
def test_heavy_ball_with_polyaks_tuning_cycles_below_the_constant_that_it_is_tuned_for(longest: int) -> None:
    found = search_real_words(LRP, longest, function_class="strongly-convex", mu=1)
    assert found.cycle is not None
    assert found.lower is not None
    assert (found.cycle.regime.period, found.cycle.L) == (3, fmpq(377, 16))
    assert fmpq(377, 16) * (1 - fmpq(3, 10**12)) <= found.lower < fmpq(377, 16)


def test_the_best_cycle_of_heavy_ball_is_repeated_exactly() -> None:
    found = search_real_words(LRP, 3, function_class="strongly-convex", mu=1).cycle
    assert found is not None
    f: Any = function_of_word(found)
    assert f.curvature_range() == (1, found.L)
    method, x, state, seen = LRP.cast(NumberKind.EXACT), fmpq(0), found.regime.state, []
    for _ in range(9):
        g = f.gradient(x)
        seen.append(g)
        x, state = method.update(g, state, x)
    assert seen == 3 * list(found.word)
    assert x == 0


def test_on_the_line_and_in_the_plane_heavy_balls_three_cycles_begin_at_one_constant() -> None:
    line = search_real_words(LRP, 3, function_class="strongly-convex", mu=1).cycle
    plane = least_roots_of_unity_constant(LRP, mu=1)
    assert line is not None
    assert plane is not None
    assert (plane.period, plane.L) == (3, line.L)
    relative = search_real_words(LRP, 3, function_class="strongly-convex", condition=25)
    plane = least_roots_of_unity_constant(LRP, condition=25)
    assert relative.cycle is not None
    assert relative.lower is not None
    assert plane is not None
    assert relative.lower < plane.L <= relative.cycle.L  # type: ignore[operator]
    assert str(plane.L) == "447/2 - √159909/2"


def polyak(condition: float) -> HeavyBall:
    root = condition**0.5
    return HeavyBall(learning_rate=4 / (1 + root) ** 2, momentum=((root - 1) / (root + 1)) ** 2)


@pytest.mark.parametrize(("condition", "periods"), [(10, []), (25, [3]), (1000, list(range(3, 13)))])
def test_polyaks_tuning_cycles_through_these_roots_of_unity(condition: int, periods: list[int]) -> None:
    method = polyak(condition)
    found = [K for K in range(3, 13) if has_roots_of_unity_cycle(method, K, mu=1, L=condition)]
    assert found == periods


def test_the_inequality_is_what_interpolation_of_the_jets_asks() -> None:
    """Independent: the constant that the pairs of jets need in the strongly convex class, in floats."""
    mismatches, n = [], 0
    grid = itertools.product(np.linspace(0.02, 0.98, 9), np.linspace(0.05, 1, 9), (0.5, 0.1, 0.04, 1e-3), range(3, 11))
    for beta, part, kappa, K in grid:
        gamma = float(part * 2 * (1 + beta))
        c = np.cos(2 * np.pi / K)
        y = kappa * gamma
        left = y * y - 2 * (beta - c + kappa * (1 - beta * c)) * y
        left += 2 * kappa * (1 - c) * (1 + beta**2 - 2 * beta * c)
        if abs(left) < 1e-9:
            continue
        n += 1
        angles = 2 * np.pi * np.arange(K) / K
        x = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        g = ((1 + beta) * x - np.roll(x, -1, axis=0) - beta * np.roll(x, 1, axis=0)) / gamma
        fits = tightest_pair(x, np.zeros(K), g, mu=kappa).L <= 1
        method = HeavyBall(learning_rate=gamma, momentum=float(beta))
        if has_roots_of_unity_cycle(method, K, mu=kappa, L=1) != fits:
            mismatches.append((beta, gamma, kappa, K))
    assert mismatches == []
    assert n > 2500


@pytest.mark.parametrize(("momentum", "exists"), [("0.3", False), ("0.302", False), ("0.304", True), ("0.31", True)])
def test_stable_heavy_ball_has_a_three_cycle_for_small_kappa_from_a_momentum_on(momentum: str, exists: bool) -> None:
    """β > (√13 − 3)/2 = 0.30278: then some step size below 2(1 + β)/L, where parabolas converge, has the cycle."""
    beta = exact(momentum)
    L = 10**9
    gamma = 2 * (1 + beta) / L * (1 - fmpq(1, 10**9))
    method = HeavyBall(learning_rate=gamma, momentum=beta)
    assert has_roots_of_unity_cycle(method, 3, mu=1, L=L) is exists


@pytest.mark.parametrize("K", [3, 5, 8, 12])
def test_heavy_ball_is_drawn_into_the_cycle(K: int) -> None:
    method = polyak(1000)
    cycle = roots_of_unity_cycle(method, K, mu=1, L=1000)
    floats = method.cast(NumberKind.FLOAT64)
    x, state = cycle.x[0] + 1e-6, cycle.state
    for k in range(250 * K):
        np.testing.assert_allclose(x, cycle.x[k % K], atol=1e-5)
        x, state = floats.update(cycle.function.gradient(x), state, x)
    np.testing.assert_allclose(x, cycle.x[0], atol=1e-12)


def test_a_cycle_that_no_function_has_is_refused() -> None:
    with pytest.raises(InvalidInput, match="cycle through 4 points"):
        roots_of_unity_cycle(LRP, 4, mu=1, L=25)
