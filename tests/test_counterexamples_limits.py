"""Wrong limits: weight decay that holds a method where the gradient does not vanish."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

import misstep as ms
from failures import CLASSES, CONDITIONED, NONCONVEX, STRONGLY_CONVEX, built, check_class_of, check_run_of, example_of
from misstep.adapters import resolve
from misstep.counterexamples import Failure, construct
from misstep.counterexamples.wrong_limit import resting_place

DECAYING = [
    ("adam(learning_rate=1/100, eps=0, weight_decay=1/8)", 8.0),
    ("adam(learning_rate=1/1000, weight_decay=1/100)", 100.0 / (1 + 1e-8)),
    ("lion(learning_rate=1/1000, weight_decay=1/10)", 10.0),
    ("torch:AdamW(weight_decay=0.01)", 100.0 / (1 + 1e-8)),
    ("torch:SGD(lr=0.1, weight_decay=0.01)", 100.0),
    ("torch:SGD(lr=0.1, weight_decay=0.5)", 2.0),
    ("torch:SGD(lr=1.0, weight_decay=0.5)", 2.0),
    ("torch:SGD(lr=1.0, weight_decay=1.0)", 1.0),
    ("torch:SGD(lr=1.5, weight_decay=1.0)", 1.0),
]


@pytest.mark.parametrize(("spec", "place"), DECAYING, ids=[spec for spec, _ in DECAYING])
def test_decay_rests_where_it_pulls_as_hard_as_the_gradient_pushes(spec: str, place: float) -> None:
    found = built(spec)
    example = example_of(found)
    assert found.failure is Failure.WRONG_LIMIT
    assert float(example.x0) == float(example.nodes[0]) == pytest.approx(place, rel=3e-9)
    assert all(run.holds and run.off < 1e-6 for run in found.observed)
    assert found.price is None
    assert example.optimum == 0
    check_class_of(found, (("function_class", "convex"),))
    check_run_of(spec, found)


def test_coupled_decay_rests_farther_out_where_the_gradient_is_larger() -> None:
    for slope in (1, 3):
        found = construct("torch:SGD(lr=0.1, weight_decay=0.01)", slope=slope, curves=False, n_steps=200)
        assert float(example_of(found).nodes[0]) == pytest.approx(100 * slope, rel=1e-9)


@pytest.mark.parametrize("options", CLASSES, ids=str)
def test_the_minimizer_lies_beyond_the_limit_in_every_class(options: Any) -> None:
    spec = "adam(learning_rate=1/100, eps=0, weight_decay=1/8)"
    found = built(spec, options)
    function: Any = example_of(found).function
    check_class_of(found, options)
    assert found.failure is Failure.WRONG_LIMIT
    assert list(example_of(found).nodes) == [8]
    assert function.gradient(fmpq(8)) == -1
    minimizer = function.minimizer()
    assert minimizer is not None
    assert minimizer > 8
    assert function.gradient(minimizer) == 0


def test_only_mu_asks_for_smoothness() -> None:
    """A parabola has condition number 1: for a bound on κ every L > 0 will do, for a bound on mu every L ≥ mu."""
    spec = "adam(learning_rate=1/100, eps=0, weight_decay=1/8)"
    assert [example_of(built(spec, options)).optimum for options in (NONCONVEX, STRONGLY_CONVEX, CONDITIONED)] == [
        0,
        fmpq(1, 3),
        0,
    ]
    parabola: Any = example_of(built(spec, CONDITIONED)).function
    low, high = parabola.curvature_range()
    assert low == high == fmpq(1, 8)


def test_every_start_comes_to_the_wrong_limit() -> None:
    spec = "adam(learning_rate=1/10, eps=0, weight_decay=1/8)"
    found = built(spec)
    function: Any = example_of(found).function
    for start in (-3.0, 0.0, 7.0, 11.0):
        x = resolve(spec).follow(function.gradient, start, 4000).x
        assert x[-1] == pytest.approx(8, rel=1e-3)


@pytest.mark.parametrize(
    "spec", ["adam(learning_rate=1/10)", "adagrad(learning_rate=1)", "gradient_descent(learning_rate=1/7)"]
)
def test_a_method_without_decay_rests_nowhere(spec: str) -> None:
    assert resting_place(resolve(spec), 1.0, side_by_side=True) is None


def test_side_by_side_or_alone_the_place_is_one() -> None:
    adapter = resolve(ms.Adam(learning_rate="1/100", eps=0, weight_decay="1/8"))
    places = [resting_place(adapter, 1.0, side_by_side=flag) for flag in (True, False)]
    assert places[0] == pytest.approx(places[1], rel=1e-12)
    assert places[0] == pytest.approx(8, rel=1e-12)


def test_in_plain_python_decayed_sign_descent_never_leaves_its_box() -> None:
    """Lion at its limit is x − α(sign + λx): |x| ≤ 1/λ for ever."""
    found = built("lion(learning_rate=1/1000, weight_decay=1/10)")
    function: Any = example_of(found).function
    x, points = 0.0, []
    for _ in range(100_000):
        x -= 1e-3 * (np.sign(-1.0) + 0.1 * x)
        points.append(x)
    assert max(points) <= 10
    assert x == pytest.approx(10, rel=1e-4)
    assert float(function.gradient(x)) == -1


def test_steps_that_outgrow_floats_are_no_rest() -> None:
    """Steps that double end, in floats, at one huge place from every start: that is a drift, not a limit."""
    doubling = (lambda _: 1.0, lambda g, step, x: (x - step * np.sign(g), 2 * step))
    found = construct(doubling, curves=False)
    assert found.failure is Failure.DRIFT
    assert found.example is not None
    assert found.example.horizon is not None
