"""Runs in every number kind, and what diagnose says of them."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings

import misstep as ms
from helpers import (
    FALL,
    LESSARD_RECHT_PACKARD,
    LINE_FUNCTIONS,
    METHODS,
    PARABOLA,
    fraction,
    holds,
    ids,
    piecewise,
    values,
)
from misstep.scalars import NumberKind, kind_of
from strategies import rationals

Build = Callable[..., ms.Optimizer[Any]]
each_method = pytest.mark.parametrize("build", values(METHODS), ids=ids(METHODS))
each_function = pytest.mark.parametrize("f", values(LINE_FUNCTIONS), ids=ids(LINE_FUNCTIONS))


@each_method
@each_function
def test_a_ball_run_contains_the_run_that_more_precision_finds(build: Build, f: ms.LineFunction) -> None:
    method = build(learning_rate="1/10")
    with ms.precision(400):
        sharp = ms.run(f, method, ms.ball("1/100"), 12)
    with ms.precision(120):
        plain = ms.run(f, method, ms.ball("1/100"), 12)
    for wide, narrow in zip(plain.x, sharp.x, strict=True):
        assert wide.overlaps(narrow)
    assert plain.kind is NumberKind.BALL
    if all(float(x.rad()) < 1e-20 for x in plain.x):
        double = ms.run(f, method, 0.01, 12)
        # Cancellation in v − a² and steep functions multiply rounding by up to 1e11 within these steps.
        np.testing.assert_allclose(double.x, plain.x.astype(float), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "method",
    [
        ms.GradientDescent(learning_rate="1/40"),
        ms.HeavyBall(learning_rate="1/40", momentum="1/2"),
        ms.SignDescent(learning_rate="1/30"),
        ms.Lion(learning_rate="1/30", weight_decay="1/8"),
        ms.Adam(learning_rate="1/10", beta2=0, eps="1/100"),
        ms.Adamax(learning_rate="1/10"),
    ],
    ids=["gradient descent", "heavy ball", "sign descent", "Lion", "Adam", "Adamax"],
)
@given(x0=rationals(-1, 1, 9))
@settings(max_examples=15)
def test_exact_ball_and_float_runs_are_one_run(method: ms.Optimizer[Any], x0: Fraction) -> None:
    f = ms.cubic("1/10")
    exact = ms.run(f, method, x0, 5)
    with ms.precision(200):
        balls = ms.run(f, method, x0, 5, kind=NumberKind.BALL)
    for ball, x in zip(balls.x, exact.x, strict=True):
        assert holds(ball, fraction(x))
    assert kind_of(exact.x) is NumberKind.EXACT


@pytest.mark.parametrize(
    ("x0", "kind"),
    [
        (0, NumberKind.FLOAT64),
        (0.0, NumberKind.FLOAT64),
        (np.float32(0), NumberKind.FLOAT32),
        ("0", NumberKind.EXACT),
        (Fraction(0), NumberKind.EXACT),
        (arb(0), NumberKind.BALL),
        (np.zeros(3), NumberKind.FLOAT64),
        (np.zeros((2, 3), np.float32), NumberKind.FLOAT32),
        (["0", "1/2"], NumberKind.EXACT),
        ([arb(0), arb(1)], NumberKind.BALL),
    ],
    ids=str,
)
def test_a_run_is_in_the_kind_and_shape_of_its_start(x0: Any, kind: NumberKind) -> None:
    trajectory = ms.run(ms.cubic("1/10"), ms.adam_dialect("toint", learning_rate="1/10"), x0, 4)
    assert trajectory.kind is kind
    assert trajectory.n_steps == 4
    for array in (trajectory.x, trajectory.f, trajectory.g):
        assert array.shape == (5, *np.shape(x0))
        assert array.dtype == kind.dtype
        assert kind_of(array) is kind
    assert repr(trajectory.optimizer) == repr(trajectory.optimizer.cast(kind))  # a ball does not equal itself


@pytest.mark.parametrize("kind", [kind for kind in NumberKind if kind not in (NumberKind.SYMBOLIC, NumberKind.TRACED)])
def test_the_kind_can_be_told(kind: NumberKind) -> None:
    trajectory = ms.run(ms.plateau("1/4"), ms.adam_dialect("toint", learning_rate="1/4"), "0", 8, kind=kind)
    assert trajectory.kind is kind
    assert [float(x) for x in trajectory.x] == [k / 4 for k in range(9)]


@each_method
def test_a_trajectory_is_what_iterate_yields(build: Build) -> None:
    f, method = ms.cubic("1/10"), build(learning_rate="1/10")
    trajectory = ms.run(f, method, 0.03, 20)
    points = list(itertools.islice(ms.iterate(f, method, 0.03), 21))
    assert [point.k for point in points] == list(range(21))
    np.testing.assert_array_equal(trajectory.x, [point.x for point in points])
    np.testing.assert_array_equal(trajectory.g, [point.g for point in points])
    np.testing.assert_array_equal(trajectory.f, [f.value(point.x) for point in points])
    assert trajectory.state == points[-1].state


def test_no_steps_give_the_start_alone() -> None:
    trajectory = ms.run(ms.cubic("1/10"), ms.Adam(learning_rate="1/10", eps=0), "1/7", 0)
    assert trajectory.n_steps == 0
    assert [fraction(x) for x in trajectory.x] == [Fraction(1, 7)]


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("batch", [(), (4,), (2, 3)])
def test_a_run_in_many_variables_keeps_the_last_axis(n: int, batch: tuple[int, ...]) -> None:
    x0 = np.zeros((*batch, n))
    trajectory = ms.run(ms.rotated("1/10", n, family=ms.plateau), ms.Adam(learning_rate=0.1, eps=0), x0, 12)
    assert trajectory.x.shape == (13, *batch, n)
    assert trajectory.f.shape == (13, *batch)
    np.testing.assert_allclose(trajectory.x[-1], 1.2, rtol=1e-9)


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_steps", [-1, 1.5, 2.0, "3", None, True, np.float64(2), math.inf])
def test_the_number_of_steps_is_a_whole_number(n_steps: Any) -> None:
    with pytest.raises(ms.InvalidInput, match=r"n_steps = .* must be a whole number"):
        ms.run(ms.cubic(1), ms.SignDescent(learning_rate=1), 0.0, n_steps)


@pytest.mark.parametrize(
    "x0", [math.nan, math.inf, [0.0, math.nan], None, True, "zero", [[0.0], [1.0, 2.0]], object(), 1j, [], ["1", 0.5]]
)
def test_a_start_that_is_no_finite_number_is_refused_before_any_step(x0: Any) -> None:
    with pytest.raises(ms.InvalidInput):
        ms.iterate(ms.cubic(1), ms.SignDescent(learning_rate=1), x0)


@pytest.mark.parametrize("x0", [0.0, np.zeros(2), np.zeros((3, 2)), ["0", "0"]], ids=str)
def test_a_start_of_the_wrong_length_is_refused_in_many_variables(x0: Any) -> None:
    with pytest.raises(ms.InvalidInput, match="last axis must have length 3"):
        ms.iterate(ms.rotated(1, 3), ms.SignDescent(learning_rate=1), x0)


def test_a_float_start_is_refused_in_an_exact_run_and_symbols_in_any() -> None:
    with pytest.raises(ms.InexactNumber):
        ms.run(ms.cubic(1), ms.SignDescent(learning_rate=1), 0.0, 3, kind=NumberKind.EXACT)
    with pytest.raises(ms.InvalidInput, match="no value at a symbol"):
        ms.run(ms.cubic(1), ms.SignDescent(learning_rate=1), ms.symbols("x y")[0], 3)


def test_an_exact_run_that_meets_an_irrational_number_says_so() -> None:
    with pytest.raises(ms.IrrationalResult, match="use balls"):
        ms.run(ms.cubic("1/10"), ms.Adam(learning_rate="1/7", eps=0), "0", 5)


# --- diagnosis ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [f for name, f in LINE_FUNCTIONS if name in ("cubic", "spline", "plateau", "sine")])
def test_adam_on_a_family_through_the_papers_jets_drifts_at_alpha(f: ms.LineFunction) -> None:
    found = ms.diagnose(ms.run(f, ms.adam_dialect("toint", learning_rate="1/10"), "0", 60))
    assert found.outcome is ms.Outcome.DRIFTS
    assert found.speed == pytest.approx(0.1, rel=1e-12)
    assert found.gradient == 1
    assert found.period is None
    assert found.limit is None


@pytest.mark.parametrize("kind", [NumberKind.FLOAT64, NumberKind.FLOAT32, NumberKind.EXACT, NumberKind.BALL])
def test_a_drift_is_a_drift_in_every_kind(kind: NumberKind) -> None:
    trajectory = ms.run(ms.plateau("1/4"), ms.SignDescent(learning_rate="1/4"), "0", 40, kind=kind)
    assert ms.diagnose(trajectory).outcome is ms.Outcome.DRIFTS


@pytest.mark.parametrize("n", [2, 3])
def test_a_drift_in_many_variables_has_the_length_of_its_displacement(n: int) -> None:
    found = ms.diagnose(ms.run(ms.coupled("1/10", n), ms.SignDescent(learning_rate="1/10"), ["0"] * n, 40))
    assert found.outcome is ms.Outcome.DRIFTS
    assert found.speed == pytest.approx(0.1 * math.sqrt(n))


def test_one_variable_as_a_vector_is_diagnosed_like_a_number() -> None:
    found = ms.diagnose(ms.run(ms.separable(ms.cubic(1)), ms.SignDescent(learning_rate=1), np.zeros(1), 20))
    assert found.outcome is ms.Outcome.DRIFTS


def test_sign_descent_on_a_parabola_cycles_with_period_two() -> None:
    found = ms.diagnose(ms.run(PARABOLA, ms.SignDescent(learning_rate="1/4"), "1/8", 40))
    assert found.outcome is ms.Outcome.CYCLES
    assert found.period == 2
    assert found.gradient == pytest.approx(1 / 8)


def test_the_heavy_balls_cycle_has_period_three() -> None:
    f = LESSARD_RECHT_PACKARD
    found = ms.diagnose(ms.run(f, ms.HeavyBall(learning_rate="1/9", momentum="4/9"), 3.3, 600))
    assert found.outcome is ms.Outcome.CYCLES
    assert found.period == 3
    assert "period 3" in str(found)


def test_gradient_descent_on_a_parabola_converges() -> None:
    found = ms.diagnose(ms.run(PARABOLA, ms.GradientDescent(learning_rate="1/2"), 1.0, 200))
    assert found.outcome is ms.Outcome.CONVERGES
    assert found.limit == pytest.approx(0, abs=1e-12)
    many = ms.separable(PARABOLA, PARABOLA)
    settled = ms.diagnose(ms.run(many, ms.GradientDescent(learning_rate=0.5), np.array([1.0, -1.0]), 200))
    assert settled.outcome is ms.Outcome.CONVERGES
    assert settled.limit == pytest.approx([0, 0], abs=1e-12)


def test_a_start_at_the_minimizer_converges_at_once() -> None:
    found = ms.diagnose(ms.run(PARABOLA, ms.GradientDescent(learning_rate="1/2"), "0", 10))
    assert found.outcome is ms.Outcome.CONVERGES
    assert found.limit == 0


def test_decay_makes_lion_stall_away_from_the_minimizer() -> None:
    """On ½(x − 4)² the decayed sign step settles at 1/λ = 1, where f' = −3."""
    shifted = piecewise(("-6", "14"), (("50", "-10", "1/2"),))
    found = ms.diagnose(ms.run(shifted, ms.Lion(learning_rate=0.1, weight_decay=1.0), 0.0, 1000))
    assert found.outcome is ms.Outcome.STALLS
    assert found.limit == pytest.approx(1, rel=1e-6)
    assert found.gradient == pytest.approx(3, rel=1e-6)


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning", "ignore:invalid value:RuntimeWarning")
def test_iterates_that_double_for_ever_overflow() -> None:
    trajectory = ms.run(PARABOLA, FlipAndGrow(), 1.0, 1100)
    found = ms.diagnose(trajectory)
    assert found.outcome is ms.Outcome.OVERFLOWS
    bad = found.first_bad_step
    assert bad is not None
    assert np.isfinite(trajectory.x[:bad]).all()
    assert not (np.isfinite(trajectory.x[bad]).all() and np.isfinite(trajectory.g[bad]).all())
    assert f"first not finite at step {bad}" in str(found)


@dataclasses.dataclass(frozen=True)
class FlipAndGrow(ms.Optimizer[int]):
    """x ← −2x: what a method does whose step is far too long."""

    def init(self, x: Any) -> int:  # noqa: ARG002
        return 0

    def update(self, g: Any, state: int, x: Any) -> tuple[Any, int]:  # noqa: ARG002
        return -2 * x, state + 1


def test_oscillation_that_grows_is_unsettled() -> None:
    assert ms.diagnose(ms.run(PARABOLA, FlipAndGrow(), 1.0, 30)).outcome is ms.Outcome.UNSETTLED


def test_a_run_that_comes_to_rest_late_is_not_called_a_cycle() -> None:
    """β near 1: the last points lie within 10⁻⁹ of each other, and so did not repeat anything; the last half moved."""
    f = LESSARD_RECHT_PACKARD
    trajectory = ms.run(f, ms.HeavyBall(learning_rate=0.036, momentum=0.9975), 2.8, 20_000)
    found = ms.diagnose(trajectory)
    assert np.abs(trajectory.x[-200:]).max() < 1e-9
    assert (found.outcome, found.period) == (ms.Outcome.UNSETTLED, None)


def test_a_cycle_longer_than_looked_for_is_unsettled() -> None:
    f = LESSARD_RECHT_PACKARD
    trajectory = ms.run(f, ms.HeavyBall(learning_rate="1/9", momentum="4/9"), 3.3, 600)
    assert ms.diagnose(trajectory, longest_period=2).outcome is ms.Outcome.UNSETTLED


def test_a_slowing_walk_is_not_called_a_drift() -> None:
    """Σ 1/k is unbounded by a hair and Σ 1/k² bounded; Σ 1/√k is a drift in earnest."""
    for power, outcome in (
        ("2", ms.Outcome.UNSETTLED),
        ("1", ms.Outcome.UNSETTLED),
        ("1/2", ms.Outcome.DRIFTS),
        ("0", ms.Outcome.DRIFTS),
    ):
        method = ms.SignDescent(learning_rate=ms.InversePower("1", power))
        assert ms.diagnose(ms.run(FALL, method, 0.0, 400)).outcome is outcome


def test_a_batch_or_a_short_run_is_not_diagnosed() -> None:
    method = ms.SignDescent(learning_rate=1)
    with pytest.raises(ms.InvalidInput, match="not a batch"):
        ms.diagnose(ms.run(ms.cubic(1), method, np.zeros(2), 20))
    with pytest.raises(ms.InvalidInput, match="not a batch"):
        ms.diagnose(ms.run(ms.rotated(1, 2), method, np.zeros((3, 2)), 20))
    with pytest.raises(ms.InvalidInput, match="7 steps: at least 8"):
        ms.diagnose(ms.run(ms.cubic(1), method, 0.0, 7))


@pytest.mark.parametrize("outcome", ms.Outcome)
def test_every_outcome_is_one_word_and_says_what_it_means(outcome: ms.Outcome) -> None:
    assert outcome.value.startswith(f"{outcome}: ")
    assert " " not in str(outcome)
