"""Each method against its paper's recurrence, written here a second time and run on fractions, decimals and floats."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import misstep as ms
from helpers import feed, floats, fraction, holds
from misstep.scalars import NumberKind
from strategies import rationals

Number = Any
Root = Callable[[Number], Number]
Reference = Callable[..., list[Number]]


def gradient_descent(gs: Sequence[Number], x: Number, _: Root, *, lr: Number) -> list[Number]:
    """Cauchy 1847."""
    path = [x]
    for g in gs:
        path.append(path[-1] - lr * g)
    return path


def heavy_ball(gs: Sequence[Number], x: Number, _: Root, *, lr: Number, momentum: Number) -> list[Number]:
    """Polyak 1964: x₊ = x − αg + β(x − x₋), x₋₁ = x₀."""
    path = [x, x]
    for g in gs:
        path.append(path[-1] - lr * g + momentum * (path[-1] - path[-2]))
    return path[1:]


def nesterov(gs: Sequence[Number], x: Number, _: Root, *, lr: Number, momentum: Number) -> list[Number]:
    """The velocity form of Sutskever et al. 2013 at the look-ahead point: b ← βb + g, y ← y − α(g + βb)."""
    path, b = [x], 0 * x
    for g in gs:
        b = momentum * b + g
        path.append(path[-1] - lr * (g + momentum * b))
    return path


def sign_of(z: Number) -> int:
    return int(z > 0) - int(z < 0)


def sign_descent(gs: Sequence[Number], x: Number, _: Root, *, lr: Number) -> list[Number]:
    """Bernstein et al. 2018."""
    path = [x]
    for g in gs:
        path.append(path[-1] - lr * sign_of(g))
    return path


def lion(
    gs: Sequence[Number], x: Number, _: Root, *, lr: Number, beta1: Number, beta2: Number, weight_decay: Number
) -> list[Number]:
    """Chen et al. 2023, Algorithm 2."""
    path, m = [x], 0 * x
    for g in gs:
        c = beta1 * m + (1 - beta1) * g
        path.append(path[-1] - lr * (sign_of(c) + weight_decay * path[-1]))
        m = beta2 * m + (1 - beta2) * g
    return path


def adam(
    gs: Sequence[Number],
    x: Number,
    root: Root,
    *,
    lr: Number,
    beta1: Number,
    beta2: Number,
    eps: Number,
    mode: str = "",
) -> list[Number]:
    """Kingma & Ba 2015, Algorithm 1, and what others changed in it."""
    path, m, v, top, decay = [x], 0 * x, 0 * x, 0 * x, lr * 0 + Fraction(1, 8).numerator * (lr / lr) / 8
    for t, g in enumerate(gs, 1):
        if mode == "coupled":
            g = g + decay * path[-1]
        if mode == "toint" and t == 1:
            m, v = g, g * g
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        correct1, correct2 = (1, 1) if mode in ("toint", "uncorrected") else (1 - beta1**t, 1 - beta2**t)
        used = v
        if mode == "amsgrad raw":
            used = top = max(top, v)
        used = used / correct2
        if mode == "amsgrad corrected":
            used = top = max(top, used)
        here = path[-1] * (1 - lr * decay) if mode == "decoupled" else path[-1]
        if mode == "eps hat":
            step = lr * root(correct2) / correct1 * m / (root(v) + eps)
        elif mode == "eps inside":
            step = lr * (m / correct1) / root(used + eps)
        else:
            step = lr * (m / correct1) / (root(used) + eps)
        path.append(here - step)
    return path


def adabelief(
    gs: Sequence[Number], x: Number, root: Root, *, lr: Number, beta1: Number, beta2: Number, eps: Number
) -> list[Number]:
    """Zhuang et al. 2020, Algorithm 2: ε is added to s at every step and outside the root."""
    path, m, s = [x], 0 * x, 0 * x
    for t, g in enumerate(gs, 1):
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * (g - m) ** 2 + eps * eps
        path.append(path[-1] - lr * (m / (1 - beta1**t)) / (root(s / (1 - beta2**t)) + eps))
    return path


def adamax(
    gs: Sequence[Number], x: Number, _: Root, *, lr: Number, beta1: Number, beta2: Number, eps: Number
) -> list[Number]:
    """Kingma & Ba 2015, Algorithm 2, with ε as torch and optax have it."""
    path, m, u = [x], 0 * x, 0 * x
    for t, g in enumerate(gs, 1):
        m = beta1 * m + (1 - beta1) * g
        u = max(beta2 * u, abs(g) + eps)
        path.append(path[-1] - lr / (1 - beta1**t) * m / u)
    return path


def nadam(
    gs: Sequence[Number], x: Number, root: Root, *, lr: Number, beta1: Number, beta2: Number, eps: Number
) -> list[Number]:
    """Dozat 2016 with constant momentum: β1·m̂ one step ahead plus (1 − β1)·g corrected for this step."""
    path, m, v = [x], 0 * x, 0 * x
    for t, g in enumerate(gs, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        ahead = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
        path.append(path[-1] - lr * ahead / (root(v / (1 - beta2**t)) + eps))
    return path


def radam(
    gs: Sequence[Number], x: Number, root: Root, *, lr: Number, beta1: Number, beta2: Number, eps: Number
) -> list[Number]:
    """Liu et al. 2020, Algorithm 2, with ε where torch has it."""
    path, m, v, limit = [x], 0 * x, 0 * x, 2 / (1 - beta2) - 1
    for t, g in enumerate(gs, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        rho = limit - 2 * t * beta2**t / (1 - beta2**t)
        scale = lr / (1 - beta1**t)
        if rho > 5:
            r = root((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho))
            scale = scale * r * root(1 - beta2**t) / (root(v) + eps)
        path.append(path[-1] - scale * m)
    return path


def rmsprop(
    gs: Sequence[Number], x: Number, root: Root, *, lr: Number, beta2: Number, eps: Number, mode: str = ""
) -> list[Number]:
    """Tieleman & Hinton 2012; Graves 2013 subtracts the squared mean."""
    path, v, a, b, half = [x], 0 * x, 0 * x, 0 * x, lr / lr / 2
    for g in gs:
        v = beta2 * v + (1 - beta2) * g * g
        a = beta2 * a + (1 - beta2) * g
        b = (half if "momentum" in mode else 0) * b + g / (root(v - a * a if "centered" in mode else v) + eps)
        path.append(path[-1] - lr * b)
    return path


def adagrad(gs: Sequence[Number], x: Number, root: Root, *, lr: Number, eps: Number) -> list[Number]:
    """Duchi, Hazan & Singer 2011."""
    path, total = [x], 0 * x
    for g in gs:
        total = total + g * g
        path.append(path[-1] - lr * g / (root(total) + eps))
    return path


def with_mode(reference: Reference, mode: str) -> Reference:
    return lambda *arguments, **hyper: reference(*arguments, mode=mode, **hyper)


Case = tuple[Callable[..., ms.Optimizer[Any]], Reference, dict[str, str]]

BETAS = {"beta1": "9/10", "beta2": "99/100", "eps": "1/1000"}

CASES: dict[str, Case] = {
    "gradient descent": (ms.GradientDescent, gradient_descent, {}),
    "heavy ball": (ms.HeavyBall, heavy_ball, {"momentum": "3/5"}),
    "Nesterov": (ms.Nesterov, nesterov, {"momentum": "3/5"}),
    "sign descent": (ms.SignDescent, sign_descent, {}),
    "Lion": (ms.Lion, lion, {"beta1": "9/10", "beta2": "99/100", "weight_decay": "1/8"}),
    "Adam": (ms.Adam, adam, BETAS),
    "Adam, first-gradient start": (
        lambda **o: ms.Adam(start="first-gradient", bias_correction=False, **o),
        with_mode(adam, "toint"),
        BETAS,
    ),
    "Adam, uncorrected": (lambda **o: ms.Adam(bias_correction=False, **o), with_mode(adam, "uncorrected"), BETAS),
    "Adam, eps hat": (
        lambda eps, **o: ms.Adam(eps=0, eps_hat=eps, **o),
        with_mode(adam, "eps hat"),
        BETAS,
    ),
    "Adam, eps inside": (
        lambda eps, **o: ms.Adam(eps=0, eps_root=eps, **o),
        with_mode(adam, "eps inside"),
        BETAS,
    ),
    "AMSGrad, raw": (lambda **o: ms.Adam(amsgrad="raw", **o), with_mode(adam, "amsgrad raw"), BETAS),
    "AMSGrad, corrected": (
        lambda **o: ms.Adam(amsgrad="corrected", **o),
        with_mode(adam, "amsgrad corrected"),
        BETAS,
    ),
    "AdamW": (lambda **o: ms.Adam(weight_decay="1/8", **o), with_mode(adam, "decoupled"), BETAS),
    "Adam, coupled decay": (
        lambda **o: ms.Adam(weight_decay="1/8", decoupled=False, **o),
        with_mode(adam, "coupled"),
        BETAS,
    ),
    "AdaBelief": (
        lambda eps, **o: ms.AdaBelief(eps=eps, eps_sum=ms.exact(eps) ** 2 if isinstance(eps, str) else eps**2, **o),
        adabelief,
        BETAS,
    ),
    "Adamax": (ms.Adamax, adamax, BETAS),
    "NAdam, constant momentum": (lambda **o: ms.NAdam(momentum_decay=None, **o), nadam, BETAS),
    "RAdam": (ms.RAdam, radam, BETAS),
    "RMSprop": (ms.RMSprop, rmsprop, {"beta2": "9/10", "eps": "1/1000"}),
    "RMSprop, momentum": (
        lambda **o: ms.RMSprop(momentum="1/2", **o),
        with_mode(rmsprop, "momentum"),
        {"beta2": "9/10", "eps": "1/1000"},
    ),
    "RMSprop, centered, momentum": (
        lambda **o: ms.RMSprop(momentum="1/2", centered=True, **o),
        with_mode(rmsprop, "centered momentum"),
        {"beta2": "9/10", "eps": "1/1000"},
    ),
    "AdaGrad": (ms.AdaGrad, adagrad, {"eps": "1/1000"}),
}

LEARNING_RATE = "1/7"
each_case = pytest.mark.parametrize(("build", "reference", "hyper"), CASES.values(), ids=CASES)


def rational_root(square: Fraction) -> Fraction:
    root = Fraction(math.isqrt(square.numerator), math.isqrt(square.denominator))
    assert root * root == square
    return root


def decimal(number: Fraction | str) -> Decimal:
    return Decimal(Fraction(number).numerator) / Decimal(Fraction(number).denominator)


streams = st.lists(rationals(-5, 5, 12).filter(bool), min_size=1, max_size=8)


@each_case
@given(gs=streams, x0=rationals(-3, 3, 7))
@settings(max_examples=15)
def test_the_exact_run_is_the_recurrence_in_fractions(
    build: Callable[..., ms.Optimizer[Any]],
    reference: Reference,
    hyper: dict[str, str],
    gs: list[Fraction],
    x0: Fraction,
) -> None:
    """With β2 = 0 every root is of a square; AdaGrad's and ε's are, on streams chosen for it."""
    hyper = {**hyper, "beta2": "0"} if "beta2" in hyper else dict(hyper)
    if reference is adagrad:
        gs = [Fraction(g) * x0.denominator / 7 for g in (3, 4, -12, 84, -3612)]
    if reference is CASES["Adam, eps inside"][1]:
        hyper["eps"] = "0"
    method = build(learning_rate=LEARNING_RATE, **hyper)
    if reference is adabelief:
        hyper_sum = Fraction(1, 1000)
        with pytest.raises(ms.IrrationalResult):
            feed(build(learning_rate=LEARNING_RATE, **hyper), gs, x0, NumberKind.EXACT)
        method = ms.AdaBelief(learning_rate=LEARNING_RATE, beta1=hyper["beta1"], beta2="0", eps=hyper_sum)
        reference = belief_without_sum
    found = [fraction(x) for x in feed(method, gs, x0, NumberKind.EXACT)]
    exact = {name: Fraction(value) for name, value in hyper.items()}
    assert found == reference(gs, x0, rational_root, lr=Fraction(LEARNING_RATE), **exact)


def belief_without_sum(
    gs: Sequence[Number], x: Number, root: Root, *, lr: Number, beta1: Number, beta2: Number, eps: Number
) -> list[Number]:
    path, m, s = [x], 0 * x, 0 * x
    for t, g in enumerate(gs, 1):
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * (g - m) ** 2
        path.append(path[-1] - lr * (m / (1 - beta1**t)) / (root(s / (1 - beta2**t)) + eps))
    return path


@each_case
@given(gs=st.lists(rationals(-5, 5, 12).filter(bool), min_size=1, max_size=25), x0=rationals(-3, 3, 7))
@settings(max_examples=15)
def test_the_ball_run_contains_the_recurrence_in_decimals(
    build: Callable[..., ms.Optimizer[Any]],
    reference: Reference,
    hyper: dict[str, str],
    gs: list[Fraction],
    x0: Fraction,
) -> None:
    method = build(learning_rate=LEARNING_RATE, **hyper)
    balls = feed(method, gs, x0, NumberKind.BALL)
    with localcontext() as context:
        context.prec = 70
        path = reference(
            [decimal(g) for g in gs],
            decimal(x0),
            lambda square: max(square, Decimal(0)).sqrt(),
            lr=decimal(LEARNING_RATE),
            **{name: decimal(value) for name, value in hyper.items()},
        )
    for ball, x in zip(balls, path, strict=True):
        assert holds(ball + ms.ball(0).union(ms.ball("1e-25")), Fraction(x)) or holds(ball, Fraction(x))
        assert float(ball.rad()) < 1e-6


@each_case
@pytest.mark.parametrize("seed", range(3))
def test_the_float_run_is_the_recurrence_in_floats(
    build: Callable[..., ms.Optimizer[Any]], reference: Reference, hyper: dict[str, str], seed: int
) -> None:
    gs = [float(g) for g in np.random.default_rng(seed).normal(size=300)]
    found = floats(feed(build(learning_rate=LEARNING_RATE, **hyper), gs, 0.25, NumberKind.FLOAT64))
    numbers = {name: float(Fraction(value)) for name, value in hyper.items()}
    path = reference(gs, 0.25, math.sqrt, lr=float(Fraction(LEARNING_RATE)), **numbers)
    np.testing.assert_allclose(found, path, rtol=1e-11, atol=1e-11)


@each_case
def test_the_float32_run_is_near_the_float64_run_and_stays_in_float32(
    build: Callable[..., ms.Optimizer[Any]], reference: Reference, hyper: dict[str, str]
) -> None:
    del reference
    gs = [np.float32(g) for g in np.random.default_rng(9).normal(size=50)]
    method = build(learning_rate=LEARNING_RATE, **hyper)
    coarse = feed(method, gs, 0.25, NumberKind.FLOAT32)
    assert {type(x) for x in coarse} == {np.float32}
    np.testing.assert_allclose(floats(coarse), floats(feed(method, gs, 0.25, NumberKind.FLOAT64)), atol=2e-3)


def test_nadams_momentum_schedule_is_dozats() -> None:
    """μ_t = β1·(1 − ½·0.96^{tψ}) for t = 1, 2, …, run in 60-digit decimals."""
    gs = [Fraction(g) for g in (1, -2, 3, 1, -1, 5)]
    found = feed(ms.NAdam(learning_rate="1/10"), gs, "0", NumberKind.BALL)
    with localcontext() as context:
        context.prec = 60
        lr, beta1, beta2, eps, psi = (Decimal(h) for h in ("0.1", "0.9", "0.999", "1e-8", "0.004"))
        x = m = v = Decimal(0)
        product = Decimal(1)
        path = [x]
        for t, g in enumerate(map(decimal, gs), 1):
            mu, mu_next = (beta1 * (1 - Decimal("0.96") ** (s * psi) / 2) for s in (t, t + 1))
            product *= mu
            m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
            ahead = mu_next * m / (1 - product * mu_next) + (1 - mu) * g / (1 - product)
            x -= lr * ahead / ((v / (1 - beta2**t)).sqrt() + eps)
            path.append(x)
    for ball, number in zip(found, path, strict=True):
        assert holds(ball, Fraction(number))
        assert float(ball.rad()) < 1e-9
    with pytest.raises(ms.IrrationalResult, match="momentum_decay=None"):
        feed(ms.NAdam(learning_rate="1/10"), gs, "0", NumberKind.EXACT)


@pytest.mark.parametrize("power", ["0", "1", "2", "1/2", "3/4"])
@pytest.mark.parametrize("kind", [NumberKind.FLOAT64, NumberKind.BALL])
def test_an_inverse_power_schedule_is_its_formula(power: str, kind: NumberKind) -> None:
    schedule = ms.InversePower("1/10", power, 3).cast(kind)
    for k in (0, 1, 6, 1000):
        expected = 0.1 / (k + 3) ** float(Fraction(power))
        assert float(schedule(k)) == pytest.approx(expected, rel=1e-13)


def test_an_exact_schedule_is_rational_or_refused() -> None:
    assert ms.InversePower("1/10", 2).cast(NumberKind.EXACT)(3) == ms.exact("1/160")
    assert ms.InversePower("1/10", "1/2").cast(NumberKind.EXACT)(3) == ms.exact("1/20")
    for power in ("1/2", "1/3"):
        with pytest.raises(ms.IrrationalResult):
            ms.InversePower("1/10", power).cast(NumberKind.EXACT)(1)


def test_a_schedule_sets_the_rate_of_each_step() -> None:
    gs = [Fraction(1)] * 4
    halving = ms.FromFunction(lambda k: Fraction(1, 2**k))
    found = feed(ms.GradientDescent(learning_rate=halving), gs, "0", NumberKind.EXACT)
    assert [fraction(x) for x in found] == [0, -1, Fraction(-3, 2), Fraction(-7, 4), Fraction(-15, 8)]
    slow = feed(ms.SignDescent(learning_rate=ms.InversePower("1", 1)), gs, "0", NumberKind.EXACT)
    assert fraction(slow[-1]) == -(1 + Fraction(1, 2) + Fraction(1, 3) + Fraction(1, 4))
