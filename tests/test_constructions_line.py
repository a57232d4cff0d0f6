"""Jets on a line: the least L over the values, the functions that attain it, and plateaus."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from helpers import rational
from misstep import Adam, GradientDescent, InvalidInput, NumberKind, exact, run
from misstep import cubic as toint_cubic
from misstep import plateau as toint_plateau
from misstep import spline as toint_spline
from misstep.constructions import (
    Infeasible,
    LineJets,
    cubic_through,
    has_constant_gradient,
    plateaus,
    quintic_through,
    smallest_lipschitz_constant,
    smoothest,
    spline_through,
)
from misstep.functions.constants import largest
from strategies import positives, rationals

CLASSES = ("nonconvex", "convex", "strongly-convex")


def found(result: LineJets | Infeasible) -> LineJets:
    """The jets, where there are some."""
    assert isinstance(result, LineJets), result
    return result


# --- strategies and oracles -----------------------------------------------------------------------------------------


@st.composite
def problems(draw: st.DrawFn, *, most: int = 6) -> dict[str, Any]:
    """Arguments of `smoothest` in every class: free, fixed and bounded values, paths, loops and transients."""
    n = draw(st.integers(2, most))
    function_class = draw(st.sampled_from(CLASSES))
    mu = draw(positives(2, 6)) if function_class == "strongly-convex" else Fraction(0)
    x = [draw(rationals(-5, 5, 8))]
    g = [draw(rationals(-4, 4, 6))]
    for _ in range(n - 1):
        h = draw(positives(3, 8))
        x.append(x[-1] + h)
        g.append(draw(rationals(-4, 4, 6)) if function_class == "nonconvex" else g[-1] + h * mu + draw(positives(3, 6)))
    repeats_from = draw(st.one_of(st.none(), st.integers(0, n - 2))) if function_class == "nonconvex" else None
    values = [draw(st.one_of(st.none(), rationals(-6, 6, 6))) for _ in range(n)]
    if repeats_from is not None:
        g[-1], values[-1] = g[repeats_from], draw(st.sampled_from([None, values[repeats_from]]))
    lowest = draw(st.one_of(st.none(), st.just(Fraction(-6))))
    return {
        "nodes": [rational(t) for t in x],
        "gradients": [rational(t) for t in g],
        "values": [None if t is None else rational(t) for t in values],
        "lowest": None if lowest is None else rational(lowest),
        "function_class": function_class,
        "mu": rational(mu),
        "repeats_from": repeats_from,
    }


def interpolation_slack(a: Any, b: Any, mu: fmpq, L: fmpq) -> fmpq:
    """Taylor, Hendrickx & Glineur, Theorem 4, for one ordered pair: must not be negative."""
    dx, dg = a.x - b.x, a.g - b.g
    quadratic = dg**2 / L + mu * dx**2 - 2 * mu / L * dg * dx
    slack: fmpq = a.f - b.f - b.g * dx - quadratic / (2 * (1 - mu / L))
    return slack


def fits(problem: dict[str, Any], L: float) -> bool:
    """Independent oracle: a linear program in the values with the inequalities of every pair, at one L."""
    x, g = (np.array([float(t) for t in problem[name]]) for name in ("nodes", "gradients"))
    n, mu = len(x), float(problem["mu"])
    least = -L if problem["function_class"] == "nonconvex" else mu
    if n and max((g[i + 1] - g[i]) / (x[i + 1] - x[i]) for i in range(n - 1)) > L:
        return False
    rows, right = [], []
    for i, j in [(i, j) for i in range(n) for j in range(n) if i != j]:
        dx, dg = x[i] - x[j], g[i] - g[j]
        row = np.zeros(n)
        row[j], row[i] = 1, -1
        quadratic = dg**2 / L + least * dx**2 - 2 * least / L * dg * dx
        rows.append(row)
        right.append(-g[j] * dx - quadratic / (2 * (1 - least / L)))
    lowest = problem["lowest"]
    bounds = [
        (float(v), float(v)) if v is not None else (None if lowest is None else float(lowest), None)
        for v in problem["values"]
    ]
    same = None
    if problem["repeats_from"] is not None:
        same = np.zeros((1, n))
        same[0, problem["repeats_from"]], same[0, -1] = 1, -1
    solved = linprog(np.zeros(n), np.array(rows), right, same, None if same is None else [0], bounds, method="highs")
    return bool(solved.status == 0)


# --- the least constant ---------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(problems(most=5))
def test_the_least_constant_is_that_of_a_linear_program_over_all_pairs(problem: dict[str, Any]) -> None:
    result = smoothest(**problem)
    if isinstance(result, Infeasible):
        assert not fits(problem, 1e5)
        return
    assume(1e-2 < float(result.L) < 1e3)
    assert fits(problem, float(result.L) * (1 + 1e-4) + 1e-7)
    assert not fits(problem, float(result.lower) * (1 - 1e-3))


@settings(max_examples=150, deadline=None)
@given(problems())
def test_the_jets_meet_the_request_and_the_interpolation_inequalities_of_all_pairs(problem: dict[str, Any]) -> None:
    result = smoothest(**problem)
    if isinstance(result, Infeasible):
        return
    assert [jet.x for jet in result.jets] == problem["nodes"]
    assert [jet.g for jet in result.jets] == problem["gradients"]
    for jet, value in zip(result.jets, problem["values"], strict=True):
        assert value is None or jet.f == value
        assert problem["lowest"] is None or jet.f >= problem["lowest"]
    if problem["repeats_from"] is not None:
        assert result.jets[-1].f == result.jets[problem["repeats_from"]].f
    assert result.lower <= result.L <= result.lower * (1 + fmpq(1, 10**12))
    least = -result.L if problem["function_class"] == "nonconvex" else problem["mu"]
    if result.L > least:
        for a, b in combinations(result.jets, 2):
            assert interpolation_slack(a, b, least, result.L) >= 0
            assert interpolation_slack(b, a, least, result.L) >= 0


@settings(deadline=None)
@given(st.lists(st.tuples(positives(3, 8), rationals(-4, 4, 6), rationals(-4, 4, 6)), min_size=2, max_size=6))
def test_fixed_values_need_the_largest_of_the_gaps_constants(rows: list[tuple[Fraction, ...]]) -> None:
    x = [rational(sum((row[0] for row in rows[:i]), Fraction(0))) for i in range(len(rows))]
    f, g = ([rational(row[k]) for row in rows] for k in (1, 2))
    result = found(smoothest(x, g, values=f))
    assert result.lower == largest([smallest_lipschitz_constant(a, b) for a, b in pairwise(result.jets)])
    for a, b in pairwise(result.jets):
        assert not smallest_lipschitz_constant(a, b) > result.L


@pytest.mark.parametrize(("spacing", "slope"), [("1/10", "1"), ("3", "2/7"), ("1/3", "5")])
def test_a_uniform_drift_needs_four_slopes_over_the_spacing(spacing: str, slope: str) -> None:
    c = exact(slope)
    result = found(smoothest([0, spacing], [-c, -c], repeats_from=0))
    assert result.L == result.lower == 4 * c / exact(spacing)
    assert result.period == exact(spacing)


def test_a_drift_of_unequal_steps_solves_the_scalar_equation() -> None:
    h = [exact("1"), exact("1/2"), exact("2")]
    x = [fmpq(0), h[0], h[0] + h[1], h[0] + h[1] + h[2]]
    g = [exact(v) for v in ("-1", "-5/4", "-3/4", "-1")]
    result = found(smoothest(x, g, repeats_from=0))
    b = [(g[i + 1] - g[i]) / h[i] for i in range(3)]
    gain = abs(sum((h[i] * (g[i] + g[i + 1]) / 2 for i in range(3)), fmpq(0)))

    def room(L: Any) -> Any:
        return sum((h[i] ** 2 / 4 * (L * L - b[i] ** 2) for i in range(3)), fmpq(0)) - gain * L

    # The least L is irrational: a root of the equation, exactly, and L a little above it.
    assert room(result.lower) == 0
    assert room(result.L) > 0
    assert result.lower > max(b)


def test_gradient_descent_cycles_at_its_classical_threshold_and_no_less() -> None:
    alpha = exact("1/10")
    result = found(smoothest([-alpha / 2, alpha / 2], [-1, 1]))
    assert result.L == result.lower == 2 / alpha
    orbit = run(spline_through(result), GradientDescent(learning_rate=alpha), -alpha / 2, 4)
    assert orbit.x.tolist() == [-alpha / 2, alpha / 2, -alpha / 2, alpha / 2, -alpha / 2]


def test_adams_word_of_two_and_two_needs_five() -> None:
    beta, word = exact("1/2"), [-1, -1, 1, 1]
    # m repeats with the word: m_0 = (1−β)Σ_i β^i w_{−i} / (1 − β⁴); v = 1.
    m = sum((beta**i * word[-i % 4] for i in range(4)), fmpq(0)) * (1 - beta) / (1 - beta**4)
    x, orbit = fmpq(0), []
    for k in range(4):
        orbit.append((x, word[k]))
        x -= m
        m = beta * m + (1 - beta) * word[(k + 1) % 4]
    assert x == 0
    orbit.sort(key=lambda pair: pair[0])
    result = found(smoothest([pair[0] for pair in orbit], [pair[1] for pair in orbit]))
    assert result.L == result.lower == 5


def test_a_convex_quadratic_is_recovered() -> None:
    nodes = [exact(v) for v in ("-2", "-1/3", "1", "4")]
    result = found(
        smoothest(nodes, [3 * t for t in nodes], function_class="strongly-convex", mu=3, values=[6, None, None, None])
    )
    assert result.L == result.lower == 3
    assert [jet.f for jet in result.jets] == [3 * t * t / 2 for t in nodes]
    f = spline_through(result)
    assert f.curvature_range() == (fmpq(3), fmpq(3))
    assert f.infimum() == 0


def test_lessard_recht_packards_function_is_found_from_its_gradients() -> None:
    # f' = 25x, x + 24, 25x − 24: the gap from 1 to 2 is as flat as mu allows, the others as steep as L.
    result = found(smoothest([-1, 1, 2, 3], [-25, 25, 26, 51], function_class="strongly-convex", mu=1))
    assert result.L == result.lower == 25
    assert spline_through(result, margin=5).curvature_range() == (fmpq(1), fmpq(25))


@settings(max_examples=40, deadline=None)
@given(problems())
def test_the_least_constant_is_rational_for_convex_classes(problem: dict[str, Any]) -> None:
    result = smoothest(**problem)
    assume(isinstance(result, LineJets) and problem["function_class"] != "nonconvex")
    assert found(result).lower == found(result).L


@settings(max_examples=60, deadline=None)
@given(problems(most=5))
def test_floats_give_what_exact_numbers_give(problem: dict[str, Any]) -> None:
    assume(problem["function_class"] == "nonconvex")
    floats = [None if v is None else float(v) for v in problem["values"]]
    near = {
        **problem,
        "nodes": [float(x) for x in problem["nodes"]],
        "gradients": [float(g) for g in problem["gradients"]],
        "values": floats,
        "lowest": None if problem["lowest"] is None else float(problem["lowest"]),
    }
    first, second = smoothest(**problem), smoothest(**near)
    assert type(first) is type(second)
    if isinstance(first, LineJets) and isinstance(second, LineJets):
        assert float(second.L) == pytest.approx(float(first.L), rel=1e-9, abs=1e-12)


def test_floats_are_the_numbers_that_they_are() -> None:
    nodes, gradients = [0.1, 0.3, 0.7], [-1.0, 0.25, -0.5]
    floats = found(smoothest(nodes, gradients, values=[0.0, None, 0.5]))
    near = found(smoothest(["0.1", "0.3", "0.7"], ["-1", "1/4", "-1/2"], values=["0", None, "1/2"]))
    assert float(floats.L) == pytest.approx(float(near.L), rel=1e-12)
    assert [float(jet.x) for jet in floats.jets] == nodes


def test_a_float_orbit_of_a_thousand_steps_is_done_exactly() -> None:
    rng = np.random.default_rng(0)
    steps, slopes = rng.uniform(0.5, 1.5, 1000), rng.uniform(-2, -1, 1001)
    nodes = [0.0, *np.cumsum(steps).tolist()]
    slopes[-1] = slopes[900]
    result = found(smoothest(nodes, slopes.tolist(), repeats_from=900))
    f = spline_through(result)
    assert f.lipschitz_constant() <= result.L
    np.testing.assert_allclose(f.gradient(np.array(nodes)), slopes, atol=1e-9)


# --- functions through the jets -------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(problems(), st.booleans())
def test_the_spline_has_the_jets_and_no_more_curvature_than_said(problem: dict[str, Any], bang_bang: bool) -> None:
    result = smoothest(**problem)
    if isinstance(result, Infeasible):
        return
    f = spline_through(result, bang_bang=bang_bang)
    for jet in result.jets:
        assert f.value_and_gradient(jet.x) == (jet.f, jet.g)
    assert f.nodes(len(result.jets)) == tuple(jet.x for jet in result.jets)
    L = f.lipschitz_constant()
    assert L <= result.L
    for a, b in pairwise(result.jets):
        assert not L < smallest_lipschitz_constant(a, b)  # type: ignore[operator]
    least, most = f.curvature_range()
    assert most <= result.L
    assert least >= (-result.L if problem["function_class"] == "nonconvex" else problem["mu"])
    assert len(f.coefficients) <= (3 if bang_bang else 2) * (len(result.jets) - 1) + 4
    if result.L > 0:
        assert isinstance(f.infimum(), fmpq)


def test_bang_bang_curvature_is_one_bound_or_the_other() -> None:
    result = found(smoothest([0, 1, 3], [-1, 1, "1/2"], values=[0, "1/8", None]))
    f = spline_through(result, bang_bang=True)
    assert {2 * abs(piece[2]) for piece in f.coefficients} == {result.L}
    curved = found(smoothest([0, 1, 3], [-1, 1, 2], function_class="strongly-convex", mu="1/4"))
    g = spline_through(curved, bang_bang=True, margin=0)
    assert {2 * piece[2] for piece in g.coefficients} == {curved.L, fmpq(1, 4)}


@settings(max_examples=60, deadline=None)
@given(problems())
def test_smoother_functions_have_the_jets_and_cost_no_less(problem: dict[str, Any]) -> None:
    result = smoothest(**problem)
    if isinstance(result, Infeasible):
        return
    built = [cubic_through(result)] + ([] if result.mu > 0 else [quintic_through(result)])
    for f in built:
        for jet in result.jets:
            assert f.value_and_gradient(jet.x) == (jet.f, jet.g)
        for a, b in pairwise(result.jets):
            assert not f.lipschitz_constant() < smallest_lipschitz_constant(a, b)  # type: ignore[operator]
    if result.mu == 0:
        for knot in built[1].knots:
            assert built[1].curvature(knot, side="left") == built[1].curvature(knot) == 0


@pytest.mark.parametrize("left", ["linear", "periodic"])
@pytest.mark.parametrize("kind", ["spline", "bang-bang", "plateau", "cubic"])
def test_the_papers_families_come_out(left: Any, kind: str) -> None:
    drift = found(smoothest([0, "1/10"], ["-3/2", "-3/2"], repeats_from=0, values=[0, None]))
    wide = found(plateaus([0, "1/10"], ["-3/2", "-3/2"], rho="1/5", repeats_from=0, values=[0, None]))
    ours, theirs = {
        "spline": (spline_through(drift, left=left), toint_spline("1/10", "3/2", left=left)),
        "bang-bang": (spline_through(drift, left=left, bang_bang=True), toint_spline("1/10", "3/2", left=left)),
        "plateau": (spline_through(wide, left=left), toint_plateau("1/10", "3/2", rho="1/5", left=left)),
        "cubic": (cubic_through(drift, left=left), toint_cubic("1/10", "3/2", left=left)),
    }[kind]
    assert ours.lipschitz_constant() == theirs.lipschitz_constant()
    for k in range(-40, 80):
        t = fmpq(k, 163)
        assert ours.value_and_gradient(t) == theirs.value_and_gradient(t)


def test_a_transient_runs_into_a_periodic_tail() -> None:
    nodes, gradients = [0, 2, 3, 4], [-4, -2, -1, -1]
    result = found(smoothest(nodes, gradients, repeats_from=2))
    f = spline_through(result)
    assert result.L == 4
    assert f.lipschitz_constant() == 4
    assert [f.gradient(exact(t)) for t in range(2, 9)] == [-2, -1, -1, -1, -1, -1, -1]
    assert f.node(10) == 11
    with pytest.raises(InvalidInput, match="from the first node on"):
        spline_through(result, left="periodic")


def test_a_function_that_would_fall_for_ever_is_turned() -> None:
    result = found(smoothest([0, 1, 2], [1, -2, -3]))
    f = spline_through(result)
    assert f.lipschitz_constant() == result.L == 3
    assert f.infimum() == min(result.jets[0].f - fmpq(1, 6), result.jets[2].f - fmpq(9, 6))
    assert quintic_through(result).infimum() != float("-inf")


# --- plateaus -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rho", ["0", "1/8", "1/4", "2/5"])
def test_plateaus_of_a_uniform_drift_cost_what_the_closed_form_says(rho: str) -> None:
    result = found(plateaus([0, "1/10"], [-1, -1], rho=rho, repeats_from=0))
    assert result.L == result.lower == toint_plateau("1/10", rho=rho).lipschitz_constant()


@settings(max_examples=100, deadline=None)
@given(problems(), st.fractions(0, Fraction(49, 100), max_denominator=100))
def test_the_gradient_is_constant_on_every_plateau(problem: dict[str, Any], rho: Fraction) -> None:
    problem = {name: value for name, value in problem.items() if name != "mu"}
    assume(problem["function_class"] != "strongly-convex")
    result = plateaus(**problem, rho=rational(rho))
    if isinstance(result, Infeasible):
        assert problem["function_class"] == "convex" or problem["repeats_from"] is not None
        return
    f = spline_through(result)
    nodes, gradients = problem["nodes"], problem["gradients"]
    assert f.nodes(len(nodes)) == tuple(nodes)
    assert f.lipschitz_constant() <= result.L
    gaps = [b - a for a, b in pairwise(nodes)]
    t = problem["repeats_from"]
    for i, (x, g) in enumerate(zip(nodes, gradients, strict=True)):
        around = gaps[max(i - 1, 0) : i + 1]
        if t is not None and i in (t, len(nodes) - 1):
            around = [*gaps[max(t - 1, 0) : t + 1], gaps[-1]]
        r = rational(rho) * min(around)
        assert has_constant_gradient(f, x - r, x + r, g)
        if result.period is not None and i >= (t or 0):
            assert has_constant_gradient(f, x - r + 3 * result.period, x + r + 3 * result.period, g)


def test_a_plateau_covers_the_ball_that_its_node_is_known_to_lie_in() -> None:
    balls = [arb(0, 0.01), arb(1, 0.02)]
    result = found(plateaus(balls, [-1, 1], half_width="1/10"))
    f = spline_through(result)
    assert has_constant_gradient(f, "-0.11", "0.11", -1)
    assert has_constant_gradient(f, "0.88", "1.12", 1)
    assert not has_constant_gradient(f, "-0.11", "0.12", -1)
    with pytest.raises(InvalidInput, match="plateau that covers it"):
        smoothest(balls, [-1, 1])


def test_a_whole_ball_of_starts_drifts_alike() -> None:
    f = spline_through(found(plateaus([0, "1/10"], [-1, -1], rho="1/4", repeats_from=0)))
    adam = Adam(learning_rate="1/10", eps=0)
    for start in (-0.02, 0.0, 0.013):
        x = run(f, adam, start, 500, kind=NumberKind.FLOAT64).x
        assert x[-1] == pytest.approx(50 + start)


# --- infeasible data, and malformed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"gradients": [1, 0], "function_class": "convex"}, "a convex function cannot have the gradients 1 and 0"),
        ({"gradients": [0, 1], "function_class": "strongly-convex", "mu": 2}, "f'' ≥ 2 cannot have"),
        ({"gradients": [0, 1], "function_class": "convex", "values": [0, 2]}, "no convex function"),
        # Only with an infinite slope: f must follow its tangent at 0 all the way to 1.
        ({"gradients": [0, 1], "function_class": "convex", "values": [0, 0]}, "no convex function"),
        ({"gradients": [1, 1], "values": [0, 1], "repeats_from": 0}, "no nonconvex function"),
    ],
)
def test_what_no_function_has_is_said(arguments: dict[str, Any], reason: str) -> None:
    result = smoothest([0, 1], **arguments)
    assert isinstance(result, Infeasible)
    assert result.reason.startswith(reason)


def test_a_convex_drift_does_not_exist() -> None:
    assert isinstance(smoothest([0, 1], [-1, -1], function_class="convex", repeats_from=0), Infeasible)
    assert isinstance(smoothest([0, 1], [0, 0], function_class="convex", repeats_from=0), LineJets)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"nodes": [0, 0]}, "nodes 0 and 1 are 0 and 0: nodes must increase"),
        ({"nodes": [1, 0]}, "nodes must increase"),
        ({"nodes": [0, 1, 2]}, "3 nodes and 2 gradients"),
        ({"nodes": [0], "gradients": [1]}, "at least 2"),
        ({"nodes": [0, float("nan")]}, "not a finite number"),
        ({"values": [1]}, "1 values for 2 nodes"),
        ({"values": [1, None], "lowest": 2}, "below lowest"),
        ({"function_class": "concave"}, "must be one of nonconvex, convex, strongly-convex"),
        ({"function_class": "strongly-convex", "mu": -1}, "mu = -1 must be positive"),
        ({"function_class": "convex", "mu": 1}, "mu = 1 is for the strongly convex class"),
        ({"repeats_from": 1}, "must be the index of a node before the last"),
        ({"repeats_from": 0}, "their gradients are 1 and -1"),
        ({"tolerance": 0}, r"tolerance = 0 must be in \(0, 1\)"),
    ],
)
def test_malformed_data_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        smoothest(**{"nodes": [0, 1], "gradients": [-1, 1], **arguments})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"half_width": "1/2"}, "the plateau of node 0 ends at 1/2 and that of node 1 begins at 1/2"),
        ({"half_width": ["3/4", "1/2"]}, "ends at 3/4 and that of node 1 begins at 1/2"),
        ({"half_width": -1}, "half_width = -1 must not be negative"),
        ({"half_width": [1]}, "1 half-widths for 2 nodes"),
        ({"rho": "1/2"}, "rho = 1/2 must be in"),
        ({}, "either half_width or rho"),
        ({"rho": 0, "half_width": 0}, "either half_width or rho"),
        ({"rho": "1/4", "function_class": "strongly-convex"}, "strongly convex function has no interval"),
    ],
)
def test_plateaus_that_do_not_fit_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        plateaus([0, 1], [-1, 1], **arguments)


def test_options_that_do_not_fit_the_jets_are_refused() -> None:
    path = found(smoothest([0, 1], [-1, 1]))
    curved = found(smoothest([0, 1], [-1, 1], function_class="strongly-convex", mu=1))
    with pytest.raises(InvalidInput, match="strongly convex class"):
        spline_through(path, margin=1)
    with pytest.raises(InvalidInput, match="must not be negative"):
        spline_through(curved, margin=-1)
    with pytest.raises(InvalidInput, match='must be "linear" or "periodic"'):
        spline_through(path, left="flat")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="contradicts"):
        quintic_through(curved)
    with pytest.raises(InvalidInput, match="is empty"):
        has_constant_gradient(spline_through(path), 1, 0, 1)


def test_a_periodic_function_is_checked_to_the_left_too() -> None:
    f = toint_plateau(1, rho="1/4", left="periodic")
    assert has_constant_gradient(f, "-9/4", "-7/4", -1)
    assert not has_constant_gradient(f, "-9/4", "-3/2", -1)


def test_importing_the_constructions_loads_no_scipy() -> None:
    code = "import sys, misstep.constructions; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
