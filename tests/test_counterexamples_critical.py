"""The critical smoothness: the least L over the size of the gradients, and the curves it is read from."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from failures import CONVEX, built, example_of, need
from misstep.adapters import resolve
from misstep.counterexamples import Construction, Curve, Failure, construct
from misstep.counterexamples.critical import SLOPES, critical, drift_curve
from misstep.counterexamples.rates import learning_rate, with_learning_rate


@pytest.fixture(scope="module")
def torch_adam() -> Construction:
    need("torch:")
    return construct("torch:Adam()", n_steps=200, longest=3)


def test_torchs_adam_drifts_for_every_L_from_four_eps_over_alpha_on(torch_adam: Construction) -> None:  # noqa: N802
    assert torch_adam.critical is not None
    assert torch_adam.critical.L == pytest.approx(4e-8 / 1e-3 * (1 + 1e-4), rel=1e-3)
    assert (torch_adam.critical.slope, torch_adam.critical.failure) == (1e-12, Failure.DRIFT)
    assert not torch_adam.critical.scales


def test_the_curve_over_slopes_is_four_times_slope_plus_eps_over_alpha(torch_adam: Construction) -> None:
    at, L = np.array(torch_adam.by_slope.at), np.array(torch_adam.by_slope.L)
    assert at.tolist() == [float(slope) for slope in SLOPES]
    assert np.allclose(L, 4 * (at + 1e-8) / 1e-3, rtol=1e-6)


def test_the_curve_over_learning_rates_falls_as_its_inverse(torch_adam: Construction) -> None:
    at, L = np.array(torch_adam.by_learning_rate.at), np.array(torch_adam.by_learning_rate.L)
    assert at[np.argmin(np.abs(at - 1e-3))] == pytest.approx(1e-3, rel=1e-9)
    assert (np.diff(at) > 0).all()
    assert np.allclose(L, 4 * (1 + 1e-8) / at, rtol=1e-6)


def test_without_eps_there_is_no_least_constant() -> None:
    found = construct("adam(learning_rate=1/10, eps=0)", longest=2, n_steps=200)
    assert found.critical is not None
    assert found.critical.scales
    assert found.critical.L == pytest.approx(40e-12, rel=1e-6)


def test_gradient_descent_has_one_threshold_whatever_the_slope() -> None:
    found = construct("gradient_descent(learning_rate=1/7)", longest=2, n_steps=200)
    assert found.critical is not None
    assert found.critical.L == pytest.approx(14)
    assert not found.critical.scales
    assert np.allclose(found.by_slope.L, 14)
    assert np.allclose(np.array(found.by_learning_rate.at) * np.array(found.by_learning_rate.L), 2)


def test_the_critical_smoothness_is_never_above_the_examples_own() -> None:
    for spec in ("sign_descent(learning_rate=1/10)", "rmsprop(learning_rate=1/10)", "lion(learning_rate=1/10)"):
        found = construct(spec, longest=3, n_steps=200)
        assert found.critical is not None
        assert found.critical.L <= float(example_of(found).optimum) * (1 + 1e-9)
        assert found.critical.L in (*found.by_slope.L, float(example_of(found).optimum))


def test_without_curves_the_critical_smoothness_is_the_examples() -> None:
    found = built("adam(learning_rate=1/10, eps=0)", CONVEX)
    assert found.critical is not None
    assert found.critical.L == pytest.approx(float(example_of(found).optimum))
    assert (found.by_slope.at, found.by_learning_rate.at) == ((), ())


def test_where_every_constant_will_do_it_is_zero() -> None:
    found = built("lion(learning_rate=1/1000, weight_decay=1/10)")
    assert found.critical is not None
    assert found.critical.L == 0


def test_a_curve_alone_is_the_curve_side_by_side() -> None:
    adapter = resolve("adam(learning_rate=1/10)")
    slopes = [fmpq(1, 10**9), fmpq(1), fmpq(100)]
    one, other = (drift_curve(adapter, slopes, side_by_side=flag, longest=1024) for flag in (True, False))
    assert one.at == other.at
    assert np.allclose(one.L, other.L, rtol=1e-10)


def test_an_empty_curve_has_no_least() -> None:
    assert Curve((), ()).least() is None
    assert critical(Curve((), ()), Failure.DRIFT, (-1,)) is None
    assert Curve((1.0, 2.0, 3.0), (5.0, 4.0, 6.0)).least() == (2.0, 4.0)


@pytest.mark.parametrize(
    ("optimizer", "arguments", "reported", "expected"),
    [
        ("torch:Adam(lr=1/4)", {}, {}, ("lr", 0.25)),
        ("torch:Adam()", {}, {"lr": "0.001"}, ("lr", 0.001)),
        ("adam(learning_rate=1/10)", {}, {}, ("learning_rate", 0.1)),
        ("optax:adam(learning_rate=0.1)", {}, {}, ("learning_rate", 0.1)),
        (object, {"lr": 2.0}, {}, ("lr", 2.0)),
        (object, {}, {}, None),
        (object, {}, {"learning_rate": "None"}, None),
    ],
)
def test_the_learning_rate_is_found_where_it_was_given_or_reported(
    optimizer: object, arguments: dict[str, float], reported: dict[str, str], expected: tuple[str, float] | None
) -> None:
    found = learning_rate(optimizer, arguments, reported)
    assert (found is None) == (expected is None)
    if expected is not None:
        assert (found[0], float(found[1])) == expected


def test_another_learning_rate_makes_steps_in_proportion() -> None:
    adapter = with_learning_rate("sign_descent(learning_rate=1/10)", {}, "learning_rate", 0.375, seed=3)
    assert adapter is not None
    assert adapter.seed == 3
    assert adapter.stream([-1.0, -1.0]).x.tolist() == [0.0, 0.375, 0.75]
    assert with_learning_rate(adapter, {}, "learning_rate", 0.5, seed=0) is None
