"""Drifts: wells as far apart as the steps are long, and what is said where steps do not settle."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import misstep as ms
from failures import built, example_of, need
from misstep.adapters import resolve
from misstep.constructions import has_constant_gradient
from misstep.constructions.rationals import near
from misstep.counterexamples import Failure, construct
from misstep.counterexamples.drift import RHOS
from misstep.counterexamples.observed import observe
from misstep.scalars import exact_from_float


@pytest.mark.parametrize("betas", [("0", "0"), ("9/10", "999/1000"), ("1/2", "9/10")], ids=str)
def test_adam_without_eps_drifts_at_four_times_the_slope_over_alpha(betas: tuple[str, str]) -> None:
    adam = ms.Adam(learning_rate="1/10", beta1=betas[0], beta2=betas[1], eps=0)
    found = construct(adam, slope="3/7", curves=False, longest=4)
    example = example_of(found)
    if betas[0] == "0":
        # Without momentum Adam is sign descent on words, and its two-cycle costs half of that.
        assert (found.failure, example.optimum) == (Failure.CYCLE, fmpq(60, 7))
        return
    assert found.failure is Failure.DRIFT
    assert example.optimum == fmpq(120, 7)
    assert (example.spacing, example.settled, example.horizon) == (fmpq(1, 10), 0, None)


@pytest.mark.parametrize("momentum", ["3/5", "4/5", "9/10"])
def test_heavy_ball_drifts_at_four_times_one_minus_beta_over_alpha(momentum: str) -> None:
    method = ms.HeavyBall(learning_rate="1/10", momentum=momentum)
    found = construct(method, curves=False, longest=4)
    assert found.failure is Failure.DRIFT
    assert example_of(found).optimum == 40 * (1 - ms.exact(momentum))
    assert example_of(found).spacing == fmpq(1, 10) / (1 - ms.exact(momentum))


def test_adam_in_plain_python_walks_through_the_wells_for_ever() -> None:
    """The recurrence of Kingma & Ba, written out; f' asked of the function that was built."""
    function: Any = example_of(built("adam(learning_rate=1/10, eps=0)")).function
    x = m = v = 0.0
    for k in range(1, 3001):
        g = float(function.gradient(x))
        assert g == -1
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        x -= 0.1 * (m / (1 - 0.9**k)) / math.sqrt(v / (1 - 0.999**k))
        assert abs(x - 0.1 * k) < 1e-6


@pytest.mark.parametrize("spec", ["rmsprop(learning_rate=1/10)", "heavy_ball(learning_rate=1/10, momentum=9/10)"])
def test_after_a_transient_the_wells_begin_where_the_method_is(spec: str) -> None:
    example = example_of(built(spec))
    function: Any = example.function
    assert example.settled > 0
    first, width = example.nodes[0], example.half_width
    assert has_constant_gradient(function, -(10**6), first + width, -1)
    assert example.spacing is not None
    assert function.lipschitz_constant() == 4 / (1 - 2 * example.rho) ** 2 / example.spacing
    run = resolve(spec).follow(function.gradient, 0.0, example.settled + 2000)
    assert (run.g == -1).all()
    nodes = float(first) + float(example.spacing) * np.arange(2001)
    assert np.abs(run.x[example.settled :] - nodes).max() <= float(width)


@pytest.mark.parametrize(
    "spec", ["adam(learning_rate=1/10, eps=0)", "rmsprop(learning_rate=1/10)", "adamax(learning_rate=1/10)"]
)
def test_the_plateau_is_the_least_of_a_few_that_covers_what_rounding_does_in_both_floats(spec: str) -> None:
    need(spec)
    found = construct(spec, curves=False, n_steps=1000, longest=1)
    example = example_of(found)
    assert example.rho in RHOS
    assert all(run.holds for run in found.observed)
    off = max(run.off for run in found.observed)
    assert all(float(rho) < 1.3 * off for rho in RHOS if rho < example.rho)
    assert float(example.rho) > off


def test_where_float32_cannot_be_helped_float64_still_drifts() -> None:
    found = construct("adam(learning_rate=1/10, eps=0)", curves=False, n_steps=12500, longest=1)
    wide, narrow = found.observed
    assert wide.holds
    assert not narrow.holds
    assert found.example is not None
    assert found.example.rho == RHOS[0]


@pytest.mark.parametrize("spec", ["adabelief(learning_rate=1/10)"])
def test_steps_that_do_not_settle_are_vouched_for_up_to_a_horizon(spec: str) -> None:
    found = built(spec)
    example = example_of(found)
    assert (found.failure, found.behavior) == (Failure.DRIFT, "exploding")
    assert example.spacing is None
    assert example.period is None
    assert example.horizon == example.settled + len(example.nodes) - 1
    assert any("nothing is said beyond" in note for note in example.note)
    assert f"for {example.horizon} steps" in found.sentence
    run = resolve(spec).follow(example.function.gradient, 0.0, example.horizon)
    assert np.array_equal(run.x[example.settled :], [float(node) for node in example.nodes])


def test_a_method_that_climbs_needs_no_smoothness_at_all() -> None:
    need("optax:")
    found = construct("optax:adadelta()", curves=False, n_steps=300, longest=2)
    example = example_of(found)
    function: Any = example.function
    assert (found.failure, found.behavior, found.price) == (Failure.DRIFT, "ascending", None)
    assert example.optimum == 0
    assert function.curvature_range()[0] >= 0
    assert float(function.infimum()) > -math.inf
    run = resolve("optax:adadelta()").follow(function.gradient, 0.0, example.horizon or 0)
    assert (run.g == -1).all()
    assert (np.diff(run.x) <= 0).all()
    assert run.x[-1] < 0
    assert float(function.value(run.x[-1])) > float(function.value(0.0))


def test_a_run_that_stands_still_in_a_well_does_not_hold() -> None:
    """Its gradient is the prescribed one at every step, and yet it does not drift."""
    example = example_of(built("adam(learning_rate=1/10, eps=0)"))
    seen = observe(resolve((lambda _: None, lambda _, state, x: (x, state))), example, 200, "float64")
    assert seen.held < 3
    assert not seen.holds
    moved = replace(example, nodes=(example.nodes[0] + 1,))
    assert observe(resolve("adam(learning_rate=1/10, eps=0)"), moved, 200, "float64").held == 0


@pytest.mark.parametrize(
    ("number", "tolerance", "expected"),
    [(0.1, 1e-9, fmpq(1, 10)), (-2 / 3, 1e-12, fmpq(-2, 3)), (1e-9, 1e-8, fmpq(0)), (5.0, 0.0, fmpq(5)), (3.2, 0.3, 3)],
)
def test_the_fraction_near_a_number_is_the_shortest(number: float, tolerance: float, expected: Any) -> None:
    assert near(number, tolerance) == expected
    assert abs(near(number, tolerance) - exact_from_float(number)) <= exact_from_float(tolerance)
