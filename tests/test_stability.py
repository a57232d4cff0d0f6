"""Multipliers of orbits that methods repeat."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from misstep import (
    Adam,
    GradientDescent,
    HeavyBall,
    InvalidInput,
    Lion,
    Nesterov,
    NumberKind,
    PiecewisePolynomial,
    SignDescent,
    cubic,
    exact,
    plateau,
    spline,
)
from misstep.constructions import periodic_regime, roots_of_unity_cycle, stability
from misstep.optimizers import MomentumState


def polynomial(knots: Any, pieces: Any) -> PiecewisePolynomial:
    return PiecewisePolynomial(knots, pieces)


LRP = HeavyBall(learning_rate="1/9", momentum="4/9")
NODES = [exact(node) for node in ("792/1225", "-2208/1225", "2592/1225")]
EXAMPLE: Any = polynomial((-4, 1, 2, 4), ((200, -100, "25/2"), ("25/2", 25, "1/2"), (38, 26, "25/2")))
PARABOLA: Any = polynomial((-1, 1), (("1/2", -1, "1/2"),))


@pytest.mark.parametrize(
    ("betas", "left", "right"),
    [
        (("9/10", "999/1000"), 2.056, 1),
        (("1/2", "9/10"), 3.678, 1),
        (("9/10", "1/2"), 1, 3.678),
        (("0", "0"), 1, 1),
    ],
)
def test_the_papers_drift_repels_from_one_side(betas: Any, left: float, right: float) -> None:
    adam = Adam(learning_rate="1/10", beta1=betas[0], beta2=betas[1], eps=0)
    state = periodic_regime(adam, [-1]).state
    found = stability(cubic("1/10"), adam, "1/10", state, 1)
    assert [found.left, found.right] == pytest.approx([left, right], abs=5e-4)
    assert found.kind == ("repelling" if max(left, right) > 1 else "neutral")


def test_the_multiplier_is_an_eigenvalue_of_the_linearized_recurrence() -> None:
    """Independent: deviations (dx, dm, dv) of Adam by hand at g = m = −1, v = 1, with f'' = −6/α from the left."""
    alpha, beta1, beta2 = 0.1, 0.9, 0.999
    h = -6 / alpha
    m, v = np.array([(1 - beta1) * h, beta1, 0]), np.array([-2 * (1 - beta2) * h, 0, beta2])
    # x' = x − α·m/√v: at m = −1, v = 1 the step's deviation is −α(dm + dv/2).
    x = np.array([1.0, 0, 0]) - alpha * (m + v / 2)
    radius = np.abs(np.linalg.eigvals(np.stack([x, m, v]))).max()
    adam = Adam(learning_rate=alpha, beta1=beta1, beta2=beta2, eps=0)
    state = periodic_regime(Adam(learning_rate="1/10", eps=0), [-1]).state
    floats = dataclasses.replace(
        state, **{name: float(getattr(state, name)) for name in ("m", "v", "beta1_power", "beta2_power", "v_max")}
    )
    assert stability(cubic("1/10"), adam, 0.1, floats, 1).left == pytest.approx(radius, rel=1e-7)


@pytest.mark.parametrize("function", [plateau("1/10"), spline("1/10"), cubic("1/10")])
@pytest.mark.parametrize("method", [SignDescent(learning_rate="1/10"), Lion(learning_rate="1/10")])
def test_where_only_signs_matter_every_drift_is_neutral(method: Any, function: Any) -> None:
    assert stability(function, method, "1/10", periodic_regime(method, [-1]).state, 1).kind == "neutral"


def test_a_plateau_makes_the_drift_neutral() -> None:
    adam = Adam(learning_rate="1/10", eps=0)
    found = stability(plateau("1/10"), adam, "1/10", periodic_regime(adam, [-1]).state, 1)
    assert (found.left, found.right, found.kind) == (1, 1, "neutral")


@pytest.mark.parametrize("start", range(3))
def test_the_three_cycle_of_lessard_recht_and_packard_attracts(start: int) -> None:
    """All its points have f'' = 25, where heavy ball contracts by √β = 2/3 a step."""
    found = stability(EXAMPLE, LRP, NODES[start], MomentumState(1, NODES[start - 1]), 3)
    assert found.kind == "attracting"
    assert found.left == found.right == pytest.approx((2 / 3) ** 3, rel=1e-8)


def test_in_the_plane_the_cycle_contracts_as_on_the_line() -> None:
    cycle = roots_of_unity_cycle(LRP, 3, mu=1, L=25)
    found = stability(cycle.function, LRP, cycle.x[0], cycle.state, 3)
    assert found.kind == "attracting"
    assert found.multiplier == pytest.approx((2 / 3) ** 3, rel=1e-3)


def test_gradient_descent_on_a_parabola_has_the_multiplier_of_the_textbook() -> None:
    for rate, expected in (("1/2", 0.5), ("3", 2.0), ("2", 1.0)):
        found = stability(PARABOLA, GradientDescent(learning_rate=rate), fmpq(0), 0, 1)
        assert found.left == found.right == pytest.approx(expected, rel=1e-9)


def test_nesterov_on_a_parabola_has_the_multiplier_of_its_matrix() -> None:
    alpha, beta = 0.5, 0.25
    factor = 1 - alpha
    radius = np.abs(np.roots([1, -(1 + beta) * factor, beta * factor])).max()
    found = stability(PARABOLA, Nesterov(learning_rate="1/2", momentum="1/4"), fmpq(0), MomentumState(1, fmpq(0)), 1)
    assert found.multiplier == pytest.approx(radius, rel=1e-6)


@pytest.mark.parametrize(
    ("betas", "kind"),
    [(("0", "9/10"), "attracting"), (("1/2", "9/10"), "repelling"), (("9/10", "999/1000"), "repelling")],
)
def test_adams_two_cycle_on_a_parabola_grows_or_shrinks_as_its_multiplier_says(betas: Any, kind: str) -> None:
    adam = Adam(learning_rate="1/10", beta1=betas[0], beta2=betas[1], eps=0)
    beta = exact(betas[0])
    half = exact("1/10") * (1 - beta) / (2 * (1 + beta))
    state = periodic_regime(adam, [-half, half]).state
    found = stability(PARABOLA, adam, -half, state, 2)
    assert found.kind == kind
    # Exact numbers have no rational roots off the cycle: a deviation is watched in floats, while it is small.
    method = adam.cast(NumberKind.FLOAT64)
    names = ("m", "v", "beta1_power", "beta2_power", "v_max")
    memory: Any = dataclasses.replace(state, **{name: np.float64(float(getattr(state, name))) for name in names})
    x, start = np.float64(-float(half)), np.float64(-float(half))
    x += 1e-9 * float(half) if kind == "repelling" else 1e-4 * float(half)
    sizes = []
    for _ in range(1000):
        deviation = np.array([x - start, memory.m - float(state.m), (memory.v - float(state.v)) / float(half)])
        sizes.append(float(np.abs(deviation).max()))
        for _ in range(2):
            x, memory = method.update(PARABOLA.gradient(x), memory, x)
    logs = np.log([size / float(half) for size in sizes])
    linear = [k for k in range(20, 1000) if -20 < logs[k] < -8 and -20 < logs[20 : k + 1].min()]
    slope = np.polyfit(linear, logs[linear], 1)[0]
    assert np.exp(slope) == pytest.approx(found.multiplier, rel=0.02)


def test_an_orbit_that_does_not_repeat_is_refused() -> None:
    with pytest.raises(InvalidInput, match="the steps of a second period of 1 differ"):
        stability(PARABOLA, GradientDescent(learning_rate="1/2"), fmpq(1, 2), 0, 1)
    with pytest.raises(InvalidInput, match="period = 0"):
        stability(PARABOLA, GradientDescent(learning_rate="1/2"), fmpq(1, 2), 0, 0)
