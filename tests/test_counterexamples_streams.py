"""What the steps of every method do on a constant gradient: section 3 of the theory, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

from failures import need
from misstep.adapters import resolve
from misstep.constructions import periodic_regime
from misstep.counterexamples import StepBehavior, constant_stream
from misstep.counterexamples.streams import constant_streams, is_coordinatewise, regimes
from misstep.optimizers import Adam

CONSTANT, TRANSIENT, SHRINKING = StepBehavior.CONSTANT, StepBehavior.TRANSIENT, StepBehavior.SHRINKING
EXPLODING, ASCENDING, STILL = StepBehavior.EXPLODING, StepBehavior.ASCENDING, StepBehavior.STILL

ROWS: list[tuple[str, StepBehavior, float | None]] = [
    ("gradient_descent(learning_rate=1/10)", CONSTANT, 0.1),
    ("heavy_ball(learning_rate=1/10, momentum=9/10)", TRANSIENT, 1.0),
    ("nesterov(learning_rate=1/10, momentum=1/2)", TRANSIENT, 0.2),
    ("sign_descent(learning_rate=1/10)", CONSTANT, 0.1),
    ("lion(learning_rate=1/10)", CONSTANT, 0.1),
    ("adam(learning_rate=1/10, eps=0)", CONSTANT, 0.1),
    ("adam(learning_rate=1/10, eps=1/4)", CONSTANT, 0.08),
    ("adam(learning_rate=1/10, eps=0, eps_root=3)", CONSTANT, 0.05),
    ("adam(learning_rate=1/10, amsgrad='raw')", CONSTANT, 0.1),
    ("adam(learning_rate=1/10, amsgrad='corrected')", CONSTANT, 0.1),
    ("adam(learning_rate=1/10, weight_decay=1/8)", SHRINKING, None),
    ("adamax(learning_rate=1/10)", CONSTANT, 0.1),
    ("rmsprop(learning_rate=1/10)", TRANSIENT, 0.1),
    ("adagrad(learning_rate=1/10)", SHRINKING, None),
    ("adabelief(learning_rate=1/10)", EXPLODING, None),
    ("torch:SGD(lr=0.1)", CONSTANT, 0.1),
    ("torch:SGD(lr=0.1, momentum=0.9)", TRANSIENT, 1.0),
    ("torch:SGD(lr=0.1, weight_decay=0.5)", SHRINKING, None),
    ("torch:Adam()", CONSTANT, 1e-3),
    ("torch:Adam(amsgrad=True)", CONSTANT, 1e-3),
    ("torch:Adamax()", CONSTANT, 2e-3),
    ("torch:RMSprop()", TRANSIENT, 0.01),
    ("torch:Rprop()", TRANSIENT, 50.0),
    ("torch:Adagrad()", SHRINKING, None),
    ("torch:Adafactor()", EXPLODING, None),
    ("optax:adam(learning_rate=0.1)", CONSTANT, 0.1),
    ("optax:amsgrad(learning_rate=0.1)", CONSTANT, 0.1),
    ("optax:sign_sgd(learning_rate=0.1)", CONSTANT, 0.1),
    ("optax:lion(learning_rate=0.1, weight_decay=0.0)", CONSTANT, 0.1),
    ("optax:rmsprop(learning_rate=0.1)", TRANSIENT, 0.1),
    ("optax:adabelief(learning_rate=0.1)", EXPLODING, None),
    ("optax:contrib.prodigy()", EXPLODING, None),
    ("optax:contrib.dadapt_adamw()", EXPLODING, None),
    ("optax:adadelta()", ASCENDING, None),
    ("optax:polyak_sgd()", CONSTANT, 1.0),
    ("keras:SGD()", CONSTANT, 0.01),
    ("keras:Lion()", CONSTANT, 1e-3),
    ("keras:Adamax()", CONSTANT, 1e-3),
    ("keras:Nadam()", TRANSIENT, 1e-3),
    ("keras:RMSprop()", TRANSIENT, 1e-3),
    ("keras:Adagrad()", SHRINKING, None),
    ("keras:Adam()", CONSTANT, 1e-3),
]


@pytest.mark.parametrize(("spec", "behavior", "limit"), ROWS, ids=[row[0] for row in ROWS])
def test_a_constant_gradient_makes_every_method_do_what_the_table_says(
    spec: str, behavior: StepBehavior, limit: float | None
) -> None:
    need(spec)
    found = constant_stream(resolve(spec), 1.0, longest=4096)
    assert found.behavior is behavior
    assert (found.limit is None) == (limit is None) == (found.settled is None)
    if limit is not None:
        assert found.limit == pytest.approx(limit, rel=1e-5)
    assert found.uses_values == (spec == "optax:polyak_sgd()")
    if behavior is CONSTANT:
        assert found.settled == 0


@pytest.mark.parametrize("spec", ["torch:NAdam()", "torch:RAdam()"])
def test_slow_transients_are_not_called_settled_while_they_last(spec: str) -> None:
    need(spec)
    found = constant_stream(resolve(spec), 1.0, longest=2048)
    assert found.behavior in (SHRINKING, EXPLODING)
    assert found.settled is None


def test_a_method_that_stays_is_still() -> None:
    stay = (lambda _: None, lambda _, state, x: (x, state))
    assert constant_stream(resolve(stay), 1.0).behavior is STILL


def test_steps_of_both_signs_are_irregular() -> None:
    pair = (lambda _: 1.0, lambda g, sign, x: (x - sign * g, -sign))
    found = constant_stream(resolve(pair), 1.0)
    assert (found.behavior, found.limit, found.settled) == (StepBehavior.IRREGULAR, None, None)


def test_steps_that_grow_without_bound_are_cut_off_before_they_overflow() -> None:
    doubling = (lambda _: 1.0, lambda g, rate, x: (x - rate * g, 2 * rate))
    found = constant_stream(resolve(doubling), 1.0)
    assert found.behavior is EXPLODING
    assert np.isfinite(found.x).all()


def test_a_settled_stream_stays_evenly_spaced_from_there_on() -> None:
    """RMSprop by hand: v = 1 − 0.99ᵏ, and the step is α/(√v + ε)."""
    found = constant_stream(resolve("rmsprop(learning_rate=1/10)"), 1.0)
    assert found.settled is not None
    assert found.limit is not None
    x, v, points = 0.0, 0.0, [0.0]
    for _ in range(8 * found.settled):
        v = 0.99 * v + 0.01
        x += 0.1 / (np.sqrt(v) + 1e-8)
        points.append(x)
    late = np.array(points[found.settled :])
    offset = late - late[-1] - found.limit * (np.arange(len(late)) - (len(late) - 1))
    assert np.abs(offset).max() <= found.limit / 32
    assert np.allclose(found.x, points[: len(found.x)], rtol=1e-9)


@pytest.mark.parametrize("slope", [1e-9, 1.0, 1e6])
def test_side_by_side_streams_are_those_of_every_slope_alone(slope: float) -> None:
    adapter = resolve("adam(learning_rate=1/10)")
    together = constant_streams(adapter, [1e-12, slope], n_steps=1024)[1]
    alone = constant_stream(adapter, slope)
    assert (together.behavior, together.settled) == (alone.behavior, alone.settled)
    assert together.limit == pytest.approx(alone.limit, rel=1e-12)
    assert alone.limit == pytest.approx(0.1 * slope / (slope + 1e-8), rel=1e-9)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("adam(learning_rate=1/10)", True),
        ("torch:Adam()", True),
        ("optax:lars(learning_rate=0.1)", False),
        ("optax:contrib.muon(learning_rate=0.1)", False),
        ("torch:Adafactor()", False),
    ],
)
def test_methods_that_mix_coordinates_are_told_from_those_that_do_not(spec: str, expected: bool) -> None:
    need(spec)
    assert is_coordinatewise(resolve(spec)) is expected


@pytest.mark.parametrize("word", [(-1, 1), (-1, -1, 1, 1), (-1, -1, 1)], ids=str)
@pytest.mark.parametrize("side_by_side", [True, False])
def test_regimes_of_words_are_the_exact_ones(word: Any, side_by_side: bool) -> None:
    """Against the fixed point of the method's own recurrence in rational numbers."""
    adam = Adam(learning_rate="1/10", beta1="1/2", beta2="9/10", eps=0)
    (found,) = regimes(resolve(adam), [word], [fmpq(3)], 600, side_by_side=side_by_side)
    expected = periodic_regime(adam, [3 * sign for sign in word])
    assert found.is_settled
    assert np.allclose(found.nodes, [float(node) for node in expected.nodes], rtol=0, atol=1e-9)
    assert found.shift == pytest.approx(float(expected.shift), abs=1e-9)
    assert found.is_cycle == (expected.shift == 0)
