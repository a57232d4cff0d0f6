"""The package against the paper's formulas, written a second time here with sympy, fractions and dense sampling."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import sympy

import misstep as ms
from helpers import RIDGE_SUMS, Array, fraction, ids, rational, values
from misstep.functions.constants import enclosure

ALPHAS = (Fraction(1, 10), Fraction(1, 3), Fraction(7))
U = sympy.symbols("u", real=True)


def paper_value(alpha: Fraction, t: Fraction) -> Fraction:
    """The paper's f: α(−u + 3u² − 2u³) on t ≥ 0 with u = t/α − ⌊t/α⌋, and −t on t < 0."""
    if t < 0:
        return -t
    u = t / alpha - math.floor(t / alpha)
    return alpha * (-u + 3 * u**2 - 2 * u**3)


def paper_gradient(alpha: Fraction, t: Fraction) -> Fraction:
    if t < 0:
        return Fraction(-1)
    u = t / alpha - math.floor(t / alpha)
    return -1 + 6 * u - 6 * u**2


def paper_adam(alpha: Fraction, beta1: Fraction, beta2: Fraction, steps: int) -> list[Fraction]:
    """Adam as the paper has it: m₋₁ = g₀, v₋₁ = g₀², no correction, no ε; √v is taken where it is rational."""
    x, m, v = Fraction(0), None, None
    orbit = [x]
    for _ in range(steps):
        g = paper_gradient(alpha, x)
        m, v = (g, g * g) if m is None or v is None else (m, v)
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        root = Fraction(math.isqrt(v.numerator), math.isqrt(v.denominator))
        assert root * root == v
        x = x - alpha * m / root
        orbit.append(x)
    return orbit


@pytest.mark.parametrize("alpha", ALPHAS, ids=str)
def test_the_cubic_is_the_papers_formula_everywhere(alpha: Fraction) -> None:
    f = ms.cubic(alpha)
    for n in range(-150, 400):
        t = alpha * Fraction(n, 37)
        value, gradient = f.value_and_gradient(rational(t))
        assert (fraction(value), fraction(gradient)) == (paper_value(alpha, t), paper_gradient(alpha, t))


@pytest.mark.parametrize("alpha", ALPHAS, ids=str)
def test_the_cubics_constants_are_what_calculus_gives(alpha: Fraction) -> None:
    s = sympy.Rational(alpha.numerator, alpha.denominator)
    period = s * (-U + 3 * U**2 - 2 * U**3)
    steepest = max(abs(sympy.diff(period, U, 2).subs(U, end)) / s**2 for end in (0, 1))
    lowest = min(period.subs(U, root) for root in sympy.solve(sympy.diff(period, U), U))
    assert steepest == 6 / s
    assert sympy.simplify(lowest + sympy.sqrt(3) * s / 18) == 0
    f = ms.cubic(alpha)
    assert f.lipschitz_constant() == rational(6 / alpha)
    infimum = f.infimum()
    assert isinstance(infimum, ms.Surd)
    assert infimum < 0
    assert fraction(infimum * infimum) == alpha**2 / 108
    assert abs(float(infimum) - float(lowest)) < 1e-15 * float(s)


@pytest.mark.parametrize("alpha", ALPHAS, ids=str)
@pytest.mark.parametrize(
    ("beta1", "beta2"),
    list(product([Fraction(0), Fraction(1, 2), Fraction(9, 10)], [Fraction(0), Fraction(999, 1000)])),
    ids=str,
)
@pytest.mark.parametrize("dialect", ["toint", "kingma-ba"])
def test_adam_walks_along_the_multiples_of_alpha(
    alpha: Fraction, beta1: Fraction, beta2: Fraction, dialect: str
) -> None:
    orbit = paper_adam(alpha, beta1, beta2, 30)
    assert orbit == [k * alpha for k in range(31)]
    adam = ms.adam_dialect(dialect, learning_rate=alpha, beta1=beta1, beta2=beta2)
    trajectory = ms.run(ms.cubic(alpha), adam, "0", 30)
    assert [fraction(x) for x in trajectory.x] == orbit
    assert [fraction(g) for g in trajectory.g] == [Fraction(-1)] * 31
    assert [fraction(f) for f in trajectory.f] == [Fraction(0)] * 31


@pytest.mark.parametrize("alpha", ALPHAS, ids=str)
@pytest.mark.parametrize("scale", [Fraction(1, 10**6), Fraction(3)], ids=str)
def test_scaling_changes_the_constant_and_not_the_orbit(alpha: Fraction, scale: Fraction) -> None:
    f = ms.cubic(alpha).scaled(scale)
    assert f.lipschitz_constant() == rational(6 * scale / alpha)
    trajectory = ms.run(f, ms.adam_dialect("toint", learning_rate=alpha), "0", 10)
    assert [fraction(x) for x in trajectory.x] == [k * alpha for k in range(11)]


def dense(function: ms.LineFunction, spacing: float, points: int = 400_001) -> tuple[Array, Array, Array]:
    """t over one period, f and f', from the package's float64 values."""
    t = np.linspace(0, spacing, points)
    value, gradient = function.value_and_gradient(t)
    return t, value, gradient


@pytest.mark.parametrize("alpha", ALPHAS, ids=str)
@pytest.mark.parametrize("slope", [Fraction(1), Fraction(5, 3)], ids=str)
@pytest.mark.parametrize("rho", [Fraction(0), Fraction(1, 8), Fraction(1, 4), Fraction(2, 5)], ids=str)
def test_the_plateaus_constants_are_theorys(alpha: Fraction, slope: Fraction, rho: Fraction) -> None:
    L = 4 * slope / (alpha * (1 - 2 * rho) ** 2)
    r = rho * alpha
    infimum = -slope * r - slope**2 / (2 * L)
    f = ms.plateau(alpha, slope, rho=rho)
    assert fraction(f.lipschitz_constant()) == L
    assert fraction(f.infimum()) == infimum
    t, value, gradient = dense(f, float(alpha))
    assert np.max(np.abs(np.diff(gradient) / np.diff(t))) == pytest.approx(float(L), rel=1e-4)
    assert np.min(value) == pytest.approx(float(infimum), rel=1e-8)
    assert np.all(gradient[(t <= float(r) * (1 - 1e-12))] == -float(slope))


@pytest.mark.parametrize("alpha", ALPHAS, ids=str)
def test_the_spline_costs_four_and_is_the_plateau_of_no_width(alpha: Fraction) -> None:
    f = ms.spline(alpha, "2/3")
    assert fraction(f.lipschitz_constant()) == 4 * Fraction(2, 3) / alpha
    assert fraction(f.infimum()) == -Fraction(2, 3) * alpha / 8


@pytest.mark.parametrize("alpha", ALPHAS, ids=str)
def test_the_sines_constants_enclose_theorys(alpha: Fraction) -> None:
    s = sympy.Rational(alpha.numerator, alpha.denominator)
    f = ms.sine(alpha, "3/2")
    for constant, expected in (
        (f.lipschitz_constant(), 2 * sympy.pi * sympy.Rational(3, 2) / s),
        (f.infimum(), -sympy.Rational(3, 2) * s / (2 * sympy.pi)),
    ):
        ball = enclosure(constant)
        low, high = (sympy.Rational(str(end.fmpq())) for end in (ball.lower(), ball.upper()))
        assert low < expected < high
        assert high - low < sympy.Rational(1, 10**12) * abs(expected)


@pytest.mark.parametrize("rho", [Fraction(0), Fraction(1, 4), Fraction(2, 5)], ids=str)
@pytest.mark.parametrize("steepness", [Fraction(1, 2), Fraction(1)], ids=str)
def test_the_smooth_plateaus_constants_enclose_a_dense_maximum(rho: Fraction, steepness: Fraction) -> None:
    spacing, slope = 0.1, 2.0
    # The formula of the class's docstring, differentiated by sympy and sampled.
    r, w, a = (
        float(rho) * spacing,
        spacing * (1 - 2 * float(rho)),
        sympy.Rational(steepness.numerator, steepness.denominator),
    )
    step = 1 / (1 + sympy.exp(-a * (1 / (1 - U) - 1 / U)))
    u = np.linspace(0.02, 0.98, 300_001)
    bend = sympy.lambdify(U, sympy.diff(step, U, 2), "numpy")(u)
    steepest = slope * spacing / w**2 * np.max(np.abs(bend))
    depth = np.min(-slope * (r + w * u - spacing * sympy.lambdify(U, step, "numpy")(u)))
    f = ms.smooth_plateau("1/10", "2", rho=rho, steepness=steepness)
    for constant, expected in ((f.lipschitz_constant(), steepest), (f.infimum(), depth)):
        ball = enclosure(constant)
        low, high = float(ball.lower()), float(ball.upper())
        assert low * (1 - 1e-7 * np.sign(low)) <= expected <= high * (1 + 1e-7 * np.sign(high))
        assert high - low < 1e-4 * abs(expected)


def largest_eigenvalue_near(function: ms.RidgeSum, point: Array, step: float) -> float:
    """λ_max of the symmetrized difference quotient of ∇F around the point, by numpy."""
    n = len(point)
    columns = [
        (function.gradient(point + step * e) - function.gradient(point - step * e)) / (2 * step) for e in np.eye(n)
    ]
    hessian = np.array(columns)
    return float(np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1])


@pytest.mark.parametrize("F", values(RIDGE_SUMS), ids=ids(RIDGE_SUMS))
def test_a_ridge_sums_constant_is_attained_just_after_the_origin(F: ms.RidgeSum) -> None:
    L = float(enclosure(F.lipschitz_constant()).mid())
    just_after = np.full(F.dimension, 1e-6)
    assert largest_eigenvalue_near(F, just_after, 1e-8) == pytest.approx(L, rel=1e-3)


@pytest.mark.parametrize("F", values(RIDGE_SUMS), ids=ids(RIDGE_SUMS))
def test_no_sampled_quotient_of_a_ridge_sum_exceeds_its_constant(F: ms.RidgeSum) -> None:
    L = float(enclosure(F.lipschitz_constant()).upper())
    rng = np.random.default_rng(7)
    x = rng.uniform(-1, 1, (4000, F.dimension))
    y = x + rng.normal(size=x.shape) * 10.0 ** rng.uniform(-5, 0, (4000, 1))
    # Some pairs start at the nodes of every ridge and leave along the most curved direction.
    x[:200] = np.outer(np.arange(200) // 10, np.full(F.dimension, 0.1))
    y[:200] = x[:200] + 1e-5
    rise = np.linalg.norm(F.gradient(x) - F.gradient(y), axis=1)
    quotients = rise / np.linalg.norm(x - y, axis=1)
    assert np.max(quotients) <= L * (1 + 1e-8)
    assert np.max(quotients) >= 0.5 * L


@pytest.mark.parametrize("F", values(RIDGE_SUMS), ids=ids(RIDGE_SUMS))
def test_a_ridge_sum_is_the_sum_of_its_ridges(F: ms.RidgeSum) -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (50, F.dimension))
    A = np.array([[float(entry) for entry in row] for row in F.directions])
    value, gradient = F.value_and_gradient(x)
    slopes = np.column_stack([f.gradient(x @ a) for f, a in zip(F.functions, A, strict=True)])
    heights = np.column_stack([f.value(x @ a) for f, a in zip(F.functions, A, strict=True)])
    np.testing.assert_allclose(value, heights.sum(axis=1), atol=1e-14)
    np.testing.assert_allclose(gradient, slopes @ A, atol=1e-13)
    infimum = F.infimum()
    assert float(enclosure(infimum).lower() if not isinstance(infimum, float) else infimum) <= np.min(value)


def rotation_is_orthogonal(F: ms.RidgeSum) -> bool:
    A = sympy.Matrix([[sympy.Rational(str(entry)) for entry in row] for row in F.directions])
    return bool(A * A.T == sympy.eye(F.dimension))


@pytest.mark.parametrize("n", [2, 3, 10])
def test_the_rotation_is_orthogonal_and_mixes_all_variables(n: int) -> None:
    F = ms.rotated("1/10", n)
    assert rotation_is_orthogonal(F)
    assert all(entry != 0 for row in F.directions for entry in row)


Builder = Callable[[int], ms.RidgeSum]


@pytest.mark.parametrize(
    "build", [lambda n: ms.rotated("1/10", n), lambda n: ms.coupled("1/10", n)], ids=["rotated", "coupled"]
)
@pytest.mark.parametrize("n", [2, 3, 10])
def test_adam_drifts_along_the_diagonal_of_a_ridge_sum(build: Builder, n: int) -> None:
    trajectory = ms.run(build(n), ms.adam_dialect("toint", learning_rate="1/10"), ["0"] * n, 8)
    assert [[fraction(c) for c in x] for x in trajectory.x] == [[Fraction(k, 10)] * n for k in range(9)]
    assert all(fraction(c) == -1 for g in trajectory.g for c in g)
