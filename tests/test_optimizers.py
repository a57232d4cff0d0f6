"""What theory says of each method: steps on constant gradients, cycles, identities; and what is refused."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

import misstep as ms
from helpers import (
    FALL,
    LESSARD_RECHT_PACKARD,
    METHODS,
    Array,
    feed,
    floats,
    fraction,
    ids,
    piecewise,
    rational,
    values,
)
from misstep.optimizers import AdamState, MomentumState
from misstep.scalars import NumberKind, convert
from strategies import positives

Build = Callable[..., ms.Optimizer[Any]]
each_method = pytest.mark.parametrize("build", values(METHODS), ids=ids(METHODS))

betas = st.fractions(0, Fraction(99, 100), max_denominator=100)


def steps(method: ms.Optimizer[Any], c: Any, n: int, kind: NumberKind = NumberKind.EXACT) -> list[Any]:
    """x_{k+1} − x_k on the constant gradient −c."""
    path = feed(method, [-c] * n, convert(0, kind), kind)
    return [after - before for before, after in pairwise(path)]


# --- constant gradients (theory, section 3) -------------------------------------------------------------------------


@given(alpha=positives(), c=positives(), beta1=betas, beta2=betas, eps=st.fractions(0, 1, max_denominator=50))
@pytest.mark.parametrize("form", ["corrected", "first-gradient", "amsgrad raw", "amsgrad corrected"])
@settings(max_examples=20)
def test_adam_steps_alpha_c_over_c_plus_eps_at_every_step(
    form: str, alpha: Fraction, c: Fraction, beta1: Fraction, beta2: Fraction, eps: Fraction
) -> None:
    choices: dict[str, dict[str, Any]] = {
        "corrected": {},
        "first-gradient": {"start": "first-gradient", "bias_correction": False},
        "amsgrad raw": {"amsgrad": "raw"},
        "amsgrad corrected": {"amsgrad": "corrected"},
    }
    options = choices[form]
    adam = ms.Adam(learning_rate=alpha, beta1=beta1, beta2=beta2, eps=eps, **options)
    assert {fraction(step) for step in steps(adam, c, 6)} == {alpha * c / (c + eps)}


def test_epsilon_inside_the_root_gives_alpha_c_over_the_root_of_c_squared_plus_eps() -> None:
    adam = ms.Adam(learning_rate="1/10", eps=0, eps_root=16)
    assert {fraction(step) for step in steps(adam, Fraction(3), 6)} == {Fraction(1, 10) * Fraction(3, 5)}


@pytest.mark.parametrize("c", [1.0, 1e-3])
def test_uncorrected_adam_reaches_the_same_step_after_a_transient(c: float) -> None:
    alpha, beta1, beta2, eps = 0.1, 0.9, 0.99, 1e-4
    adam = ms.Adam(learning_rate=alpha, beta1=beta1, beta2=beta2, eps=eps, bias_correction=False)
    found = floats(steps(adam, c, 3000, NumberKind.FLOAT64))
    k = np.arange(3000)
    expected = alpha * c * (1 - beta1 ** (k + 1)) / (c * np.sqrt(1 - beta2 ** (k + 1)) + eps)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert found[-1] == pytest.approx(alpha * c / (c + eps), rel=1e-9)
    assert np.max(np.abs(found / found[-1] - 1)) > 0.01


def test_epsilon_hat_gives_a_step_that_depends_on_k() -> None:
    alpha, beta2, eps = 0.1, 0.999, 1e-7
    c = 1e-6
    found = floats(steps(ms.adam_dialect("keras", learning_rate=alpha), c, 100, NumberKind.FLOAT64))
    root = np.sqrt(1 - beta2 ** np.arange(1, 101))
    np.testing.assert_allclose(found, alpha * root * c / (c * root + eps), rtol=1e-9)
    assert len(set(np.round(found, 9))) == 100


@pytest.mark.parametrize("c", ["1", "1/1000", "7"])
@pytest.mark.parametrize(
    "method",
    [
        ms.Adamax(learning_rate="1/10", eps=0),
        ms.SignDescent(learning_rate="1/10"),
        ms.Lion(learning_rate="1/10"),
    ],
    ids=["Adamax", "sign descent", "Lion"],
)
def test_sign_like_methods_step_alpha_whatever_the_gradients_size(method: ms.Optimizer[Any], c: str) -> None:
    assert {fraction(step) for step in steps(method, Fraction(c), 8)} == {Fraction(1, 10)}


@given(alpha=positives(), c=positives(), beta=betas)
def test_gradient_descent_steps_alpha_c_and_the_heavy_ball_sums_to_its_geometric_limit(
    alpha: Fraction, c: Fraction, beta: Fraction
) -> None:
    assert {fraction(step) for step in steps(ms.GradientDescent(learning_rate=alpha), c, 4)} == {alpha * c}
    found = [fraction(step) for step in steps(ms.HeavyBall(learning_rate=alpha, momentum=beta), c, 6)]
    assert found == [alpha * c * sum(beta**j for j in range(k + 1)) for k in range(6)]


def test_adagrads_step_falls_as_one_over_the_root_of_k() -> None:
    found = floats(steps(ms.AdaGrad(learning_rate="0.01", eps=0), 1.0, 2000, NumberKind.FLOAT64))
    np.testing.assert_allclose(found, 0.01 / np.sqrt(np.arange(1, 2001)), rtol=1e-11)
    assert found[-1] == pytest.approx(2.2e-4, rel=0.02)
    exact = [fraction(x) for x in feed(ms.AdaGrad(learning_rate=1, eps=0), [3, 4, 12, 84], "0", NumberKind.EXACT)]
    assert exact[-1] == -(1 + Fraction(4, 5) + Fraction(12, 13) + Fraction(84, 85))


def test_rmsprops_step_falls_from_a_tenth_to_a_hundredth() -> None:
    found = floats(steps(ms.RMSprop(learning_rate="0.01"), 1.0, 3000, NumberKind.FLOAT64))
    np.testing.assert_allclose(found, 0.01 / (np.sqrt(1 - 0.99 ** np.arange(1, 3001)) + 1e-8), rtol=1e-9)
    assert found[0] == pytest.approx(0.1, rel=1e-6)
    assert found[-1] == pytest.approx(0.01, rel=1e-6)


def test_nadams_step_settles_at_alpha() -> None:
    found = floats(steps(ms.NAdam(learning_rate="0.002"), 1.0, 4000, NumberKind.FLOAT64))
    assert np.max(found) == pytest.approx(2.11e-3, rel=0.01)
    assert found[-1] == pytest.approx(2.00e-3, rel=1e-3)


def test_adabeliefs_step_grows_far_beyond_alpha_and_up_to_its_bound() -> None:
    found = floats(steps(ms.AdaBelief(learning_rate=1, eps="1e-8"), 1.0, 2000, NumberKind.FLOAT64))
    assert found[-1] == pytest.approx(38.6, rel=0.01)
    assert np.all(np.diff(found[100:]) > 0)
    accumulating = ms.AdaBelief(learning_rate=1, beta2="0.9", eps=0, eps_sum="1e-6")
    bounded = floats(steps(accumulating, 1.0, 2000, NumberKind.FLOAT64))
    assert bounded[-1] == pytest.approx(1 / math.sqrt(1e-6 / (1 - 0.9)), rel=1e-6)


@pytest.mark.parametrize("build", [ms.Adam, ms.Lion], ids=["AdamW", "Lion"])
def test_decoupled_decay_stops_the_drift_at_one_over_lambda(build: Build) -> None:
    path = floats(feed(build(learning_rate="0.1", weight_decay="0.5"), [-1.0] * 1000, 0.0, NumberKind.FLOAT64))
    assert np.all(path <= 2 + 1e-12)
    assert path[-1] == pytest.approx(2, rel=1e-6)


# --- cycles ---------------------------------------------------------------------------------------------------------


@given(alpha=positives(), c=positives(), beta1=betas, beta2=betas)
def test_adam_has_an_exact_two_cycle_on_every_parabola(
    alpha: Fraction, c: Fraction, beta1: Fraction, beta2: Fraction
) -> None:
    """On c·x²/2: x = ±α(1 − β1)/(2(1 + β1)), for every β2 (Bock & Weiß)."""
    adam = ms.Adam(learning_rate=alpha, beta1=beta1, beta2=beta2, eps=0, bias_correction=False).cast(NumberKind.EXACT)
    x0 = rational(alpha * (1 - beta1) / (2 * (1 + beta1)))
    g0 = rational(c) * x0
    # m alternates with g: m = β1·(−m) + (1 − β1)·g.
    m = rational((1 - beta1) / (1 + beta1)) * g0
    state = AdamState(1, -m, g0 * g0, fmpq(1), fmpq(1), fmpq(0))
    x1, state1 = adam.update(g0, state, x0)
    x2, state2 = adam.update(rational(c) * x1, state1, x1)
    assert x1 == -x0
    assert x2 == x0
    assert (state2.m, state2.v) == (state.m, state.v)


def test_the_heavy_ball_has_an_exact_three_cycle_on_the_lessard_recht_packard_function() -> None:
    """f' = 25x, x + 24, 25x − 24 on x < 1, 1 ≤ x < 2, x ≥ 2; α = 1/9, β = 4/9."""
    f = LESSARD_RECHT_PACKARD
    assert f.lipschitz_constant() == 25
    assert [f.gradient(x) for x in ("-1", "3/2", "3")] == [-25, ms.exact("51/2"), 51]
    ball = ms.HeavyBall(learning_rate="1/9", momentum="4/9").cast(NumberKind.EXACT)
    cycle = [ms.exact(p) for p in ("792/1225", "-2208/1225", "2592/1225")]
    for start in range(3):
        before, x = cycle[start], cycle[(start + 1) % 3]
        state = MomentumState(0, before)
        seen = []
        for _ in range(3):
            x, state = ball.update(f.gradient(x), state, x)
            seen.append(x)
        assert seen == [cycle[(start + 2 + j) % 3] for j in range(3)]


def test_the_heavy_balls_three_cycle_attracts_starts_near_three_point_three() -> None:
    f = LESSARD_RECHT_PACKARD
    trajectory = ms.run(f, ms.HeavyBall(learning_rate="1/9", momentum="4/9"), np.array([3.1, 3.3, 3.45]), 600)
    cycle = np.array([792, -2208, 2592]) / 1225
    for lane in trajectory.x[-3:].T:
        np.testing.assert_allclose(np.sort(lane), np.sort(cycle), atol=1e-9)


def test_gradient_descent_cycles_at_two_over_the_constant() -> None:
    parabola = piecewise(("-10", "10"), (("150", "-30", "3/2"),))
    trajectory = ms.run(parabola, ms.GradientDescent(learning_rate="2/3"), "1", 4)
    assert [fraction(x) for x in trajectory.x] == [1, -1, 1, -1, 1]


# --- symbols --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["zero", "first-gradient"])
def test_adams_drift_is_an_identity_in_all_hyper_parameters(start: Any) -> None:
    """From m = −c, v = c², the gradient −c maps x to x + α and the state to itself, for all α, β1, β2, c, x."""
    alpha, beta1, beta2, c, x = ms.symbols("alpha beta1 beta2 c x")
    adam = ms.Adam(learning_rate=alpha, beta1=beta1, beta2=beta2, eps=0, bias_correction=False, start=start)
    zero = x - x
    state = AdamState(1, -c, c * c, zero + 1, zero + 1, zero)
    x_next, after = adam.update(-c, state, x)
    assert x_next == x + alpha
    assert after.m == -c
    assert after.v == c * c


def test_the_seeds_identity_holds_with_unit_gradient() -> None:
    alpha, beta1, beta2, x = ms.symbols("alpha beta1 beta2 x")
    adam = ms.Adam(learning_rate=alpha, beta1=beta1, beta2=beta2, eps=0, bias_correction=False)
    one = x - x + 1
    x_next, after = adam.update(-one, AdamState(1, -one, one, one, one, one - 1), x)
    assert x_next == x + alpha
    assert (after.m, after.v) == (-one, one)


# --- lanes ----------------------------------------------------------------------------------------------------------

RATES = np.array([0.1, 0.05, 0.3, 0.1, 0.02])
BETA1 = np.array([0.0, 0.5, 0.9, 0.99, 0.37])


def fields(method: ms.Optimizer[Any]) -> set[str]:
    return {field.name for field in dataclasses.fields(method)}  # type: ignore[arg-type]


def lane_options(build: Build, lane: Any) -> dict[str, Any]:
    options = {"learning_rate": RATES[lane]}
    for name in ("beta1", "momentum"):
        if name in fields(build(learning_rate="1/10")) and build is not values(METHODS)[-2]:
            options[name] = BETA1[lane]
    return options


@each_method
@pytest.mark.parametrize(
    "f", [ms.cubic("1/10"), ms.plateau("1/10"), ms.spline("1/4", left="periodic")], ids=["cubic", "plateau", "spline"]
)
def test_hyper_parameter_arrays_give_each_lane_its_own_run_bit_for_bit(build: Build, f: ms.LineFunction) -> None:
    starts = np.linspace(-0.05, 0.07, 5)
    together = ms.run(f, build(**lane_options(build, slice(None))), starts, 60)
    for lane in range(5):
        alone = ms.run(f, build(**lane_options(build, lane)), starts[lane], 60)
        np.testing.assert_array_equal(together.x[:, lane], alone.x)
        np.testing.assert_array_equal(together.g[:, lane], alone.g)
        np.testing.assert_array_equal(together.f[:, lane], alone.f)


def test_lanes_run_in_exact_arithmetic_too() -> None:
    rates = convert(["1/10", "1/3"], NumberKind.EXACT)
    trajectory = ms.run(FALL, ms.SignDescent(learning_rate=rates), ["0", "0"], 3)
    assert trajectory.x[-1].tolist() == [ms.exact("3/10"), 1]


def test_lanes_that_do_not_fit_the_start_are_refused() -> None:
    for x0 in (0.0, np.zeros(3), np.zeros((2, 1))):
        with pytest.raises(ms.InvalidInput, match=r"hyper-parameters of shape \(2,\) do not fit"):
            ms.run(ms.cubic(1), ms.Adam(learning_rate=0.1, beta1=np.array([0.1, 0.9])), x0, 3)
    assert ms.Adam(learning_rate=np.ones((2, 1)), beta1=np.zeros(3)).lanes == (2, 3)


# --- purity ---------------------------------------------------------------------------------------------------------


@each_method
def test_updates_change_nothing_they_are_given(build: Build) -> None:
    method = build(learning_rate="1/10").cast(NumberKind.FLOAT64)
    x: Array = np.array([1.0, -2.0])
    state = method.init(x)
    for _ in range(3):
        g = 2 * x
        kept_x, kept_g = x.copy(), g.copy()
        first = method.update(g, state, x)
        second = method.update(g, state, x)
        np.testing.assert_array_equal(x, kept_x)
        np.testing.assert_array_equal(g, kept_g)
        np.testing.assert_array_equal(first[0], second[0])
        x, state = first


@each_method
def test_methods_are_values(build: Build) -> None:
    one, two = build(learning_rate="1/10"), build(learning_rate="1/10")
    assert one == two
    assert hash(one) == hash(two)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.learning_rate = 1  # type: ignore[attr-defined]


# --- what is refused ------------------------------------------------------------------------------------------------

BAD: dict[str, tuple[Any, ...]] = {
    "learning_rate": ("0", "-1", 0, 0.0, -0.1, math.nan, math.inf, "nan", True, None, [0.1], 1j, arb("inf"), "1/0"),
    "beta1": ("1", 1.0, "-1/10", -0.1, 1.5, math.nan, -math.inf, True, "x", np.array([0.5, 1.0]), np.complex128(0.5)),
    "beta2": ("1", "-1/10", 2, math.nan, False, np.array([math.nan])),
    "eps": ("-1/100", -1e-8, math.nan, math.inf, True),
    "eps_root": (-1, math.inf),
    "weight_decay": ("-1", math.nan),
    "momentum": ("1", "-1/2", math.nan),
    "momentum_decay": (-1, math.inf),
    "initial_accumulator": ("-1", math.nan),
    "eps_sum": ("-1", math.nan),
}


@each_method
def test_a_hyper_parameter_out_of_range_is_refused_and_named(build: Build) -> None:
    names = fields(build(learning_rate="1/10")) & set(BAD)
    assert "learning_rate" in names
    for name in names:
        for bad in BAD[name]:
            with pytest.raises(ms.InvalidInput, match=f"^{name} "):
                dataclasses.replace(build(learning_rate="1/10"), **{name: bad})  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rate": "-1"}, "learning_rate = -1 must be positive"),
        ({"learning_rate": 0.1, "beta1": 1.0}, r"beta1 = 1.0 must be in \[0, 1\)"),
        ({"learning_rate": 0.1, "beta2": "-1/2"}, r"beta2 = -1/2 must be in \[0, 1\)"),
        ({"learning_rate": math.nan}, "learning_rate = nan must be finite"),
        ({"learning_rate": 0.1, "eps": -1}, "eps = -1 must be at least 0"),
        ({"learning_rate": 0.1, "start": "warm"}, "start = 'warm' must be one of 'zero', 'first-gradient'"),
        ({"learning_rate": 0.1, "amsgrad": True}, "amsgrad = True must be one of None, 'raw', 'corrected'"),
        ({"learning_rate": 0.1, "bias_correction": "no"}, "bias_correction = 'no'"),
        ({"learning_rate": 0.1, "decoupled": "no"}, "decoupled = 'no'"),
        ({"learning_rate": 0.1, "start": "first-gradient"}, "bias_correction = False"),
        ({"learning_rate": 0.1, "eps": 0, "eps_hat": -1}, "eps_hat = -1"),
        ({"learning_rate": 0.1, "eps": 0, "eps_hat": 1e-7, "bias_correction": False}, "needs bias_correction"),
        ({"learning_rate": 0.1, "eps": 0, "eps_hat": 1e-7, "amsgrad": "corrected"}, "amsgrad"),
        ({"learning_rate": 0.1, "eps_hat": 1e-7}, "excludes eps = 1e-8"),
        ({"learning_rate": 0.1, "eps": 0, "eps_root": "1/9", "eps_hat": 1e-7}, "excludes eps_root = 1/9"),
    ],
)
def test_adams_refusals_show_the_value_and_the_condition(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ms.InvalidInput, match=message):
        ms.Adam(**options)


def test_an_unknown_option_or_dialect_is_refused() -> None:
    with pytest.raises(TypeError, match="learn_rate"):
        ms.Adam(learn_rate=0.1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        ms.Adam(0.1)  # type: ignore[call-arg]
    with pytest.raises(ms.InvalidInput, match=r"'tf' is not a dialect of Adam: toint, kingma-ba, .*, keras"):
        ms.adam_dialect("tf", learning_rate=0.1)
    with pytest.raises(ms.InvalidInput, match="centered = 'yes'"):
        ms.RMSprop(learning_rate=0.1, centered="yes")  # type: ignore[arg-type]


@pytest.mark.parametrize("arguments", [("-1",), ("0",), (math.nan,), ("1", "-1/2"), ("1", "1/2", 0), ("1", 0.5)])
def test_a_bad_schedule_is_refused(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ms.InvalidInput):
        ms.InversePower(*arguments)


@each_method
@pytest.mark.parametrize("kind", [NumberKind.EXACT, NumberKind.BALL])
def test_a_float_hyper_parameter_is_refused_in_an_exact_run(build: Build, kind: NumberKind) -> None:
    with pytest.raises(ms.InexactNumber, match=r"0\.1 is a float"):
        build(learning_rate=0.1).cast(kind)
    with pytest.raises(ms.InexactNumber):
        ms.run(ms.cubic("1/10"), build(learning_rate=0.1), "0", 1, kind=kind)


def test_a_hyper_parameter_of_any_exact_kind_is_taken() -> None:
    for rate in ("1/10", Fraction(1, 10), fmpq(1, 10), ms.ball("1/10"), 0.1, np.float64(0.1), np.array([0.1])):
        ms.Adam(learning_rate=rate)
    ms.GradientDescent(learning_rate="1e400")


@pytest.mark.parametrize("name", list(ms.ADAM_DIALECTS))
def test_dialects_are_adam_and_may_be_overruled(name: str) -> None:
    adam = ms.adam_dialect(name, learning_rate="1/10", beta1="1/2")
    assert isinstance(adam, ms.Adam)
    assert adam.beta1 == "1/2"
