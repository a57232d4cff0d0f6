"""Words that a run repeats: where it was caught, what its orbit is, and what becomes of a nudge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import misstep as ms
from failures import CONVEX, STRONGLY_CONVEX, built, example_of, rerun
from helpers import LESSARD_RECHT_PACKARD
from misstep.adapters import resolve
from misstep.constructions import periodic_regime, stability
from misstep.counterexamples import Failure, construct
from misstep.counterexamples.captured import Bounds, candidates
from misstep.counterexamples.linear_twin import linear_twin
from misstep.counterexamples.perturbed import perturbed
from misstep.counterexamples.streams import regimes

CAUGHT: list[tuple[str, Any]] = [
    ("gradient_descent(learning_rate=1/7)", ()),
    ("heavy_ball(learning_rate=1/10, momentum=9/10)", CONVEX),
    ("heavy_ball(learning_rate=1/10, momentum=9/10)", STRONGLY_CONVEX),
    ("nesterov(learning_rate=1/10)", CONVEX),
    ("adam(learning_rate=1/10, eps=0)", CONVEX),
    ("adam(learning_rate=1/10, eps=0)", STRONGLY_CONVEX),
    ("adamax(learning_rate=1/10)", CONVEX),
    ("rmsprop(learning_rate=1/10)", CONVEX),
    ("adabelief(learning_rate=1/10)", CONVEX),
]


@pytest.mark.parametrize(("spec", "options"), CAUGHT, ids=str)
def test_from_the_given_start_the_run_comes_to_the_given_nodes(spec: str, options: Any) -> None:
    """From `settled` on the iterates are at the nodes, in their order, up to a part of the orbit's size."""
    example = example_of(built(spec, options))
    p = len(example.nodes)
    x, _ = rerun(spec, example, example.settled + 40 * p)
    nodes = np.array([float(node) for node in example.nodes])
    late = x[example.settled : example.settled + 40 * p].reshape(40, p)
    assert example.spacing == 0
    assert np.abs(late - nodes).max() <= 5e-3 * np.ptp(nodes)


@pytest.mark.parametrize(("spec", "options"), CAUGHT, ids=str)
def test_a_word_has_gradients_of_the_size_of_the_slope(spec: str, options: Any) -> None:
    found = built(spec, options)
    example = example_of(found)
    sizes = [abs(float(g)) for g in example.gradients]
    assert (example.word is not None) == all(abs(size - 1) <= 1e-4 for size in sizes)
    assert found.critical is not None
    assert found.critical.slope == pytest.approx(max(sizes))


def test_candidates_come_with_the_least_constant_first() -> None:
    adapter = resolve("adam(learning_rate=1/10, eps=0)")
    bounds = Bounds("nonconvex")
    words = [(-1, 1), (-1,), (-1, -1, 1, 1)]
    found = candidates(adapter, regimes(adapter, words, [fmpq(1)], 1200, side_by_side=True), bounds)
    assert [candidate.L for candidate in found] == sorted(candidate.L for candidate in found)
    assert found[0].L == pytest.approx(40)
    assert list(found[0].gradients) == [-1]
    for candidate in found:
        regime = periodic_regime(ms.Adam(learning_rate="1/10", eps=0), list(candidate.gradients))
        assert candidate.nodes == tuple(regime.nodes)
        assert candidate.shift == regime.shift


def test_gradient_descent_in_plain_python_jumps_between_two_points() -> None:
    example = example_of(built("gradient_descent(learning_rate=1/7)"))
    function: Any = example.function
    x: Any = example.x0
    seen: list[Any] = []
    for _ in range(20):
        seen.append(x)
        x = x - function.gradient(x) / 7
    assert seen == 10 * [seen[0], seen[1]]
    assert abs(seen[1] - seen[0]) == fmpq(1, 7)


def test_no_word_costs_more_than_the_drift() -> None:
    for spec in ("adam(learning_rate=1/10, eps=0)", "lion(learning_rate=1/10)", "sign_descent(learning_rate=1/10)"):
        for plateau in (None, "1/4"):
            found = construct(spec, plateau=plateau, curves=False, longest=6, n_steps=200)
            L: Any = example_of(found).function.lipschitz_constant()
            assert L <= 40 / (1 - 2 * (fmpq(1, 64) if plateau is None else fmpq(1, 4))) ** 2


# --- the linear twin ----------------------------------------------------------------------------------------------


def test_adam_answers_small_changes_as_heavy_ball() -> None:
    twin = linear_twin(resolve("adam(learning_rate=1/10, beta1=1/2, eps=0)"), fmpq(2))
    assert isinstance(twin, ms.HeavyBall)
    rate: Any = twin.learning_rate
    assert float(rate) == pytest.approx(0.1 * 0.5 / 2, rel=1e-2)
    assert float(twin.momentum) == pytest.approx(0.5, rel=1e-2)


def test_linear_methods_are_their_own_twins() -> None:
    for method in (ms.GradientDescent(learning_rate="1/7"), ms.HeavyBall(learning_rate="1/7", momentum="1/2")):
        assert linear_twin(resolve(method), fmpq(1)) is method


def test_a_method_of_signs_has_no_twin() -> None:
    assert linear_twin(resolve("sign_descent(learning_rate=1/10)"), fmpq(1)) is None


# --- nudges -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("momentum", [None, "1/4", "1/2"])
@pytest.mark.parametrize("options", [CONVEX, STRONGLY_CONVEX], ids=str)
def test_the_measured_multiplier_of_a_linear_method_is_that_of_its_jacobian(momentum: Any, options: Any) -> None:
    """Against the spectral radius of the method's own derivative along the orbit."""
    method: Any = ms.GradientDescent(learning_rate="1/7")
    if momentum is not None:
        method = ms.HeavyBall(learning_rate="1/7", momentum=momentum)
    found = construct(method, curves=False, **dict(options))
    example, measured = example_of(found), found.stability
    assert found.failure is Failure.CYCLE
    assert measured is not None
    cast = method.cast(ms.NumberKind.FLOAT64)
    function: Any = example.function
    x: Any = np.float64(float(example.x0))
    state = cast.init(x)
    for _ in range(example.settled + 20 * len(example.gradients)):
        x, state = cast.update(function.gradient(x), state, x)
    expected = stability(function, method, x, state, len(example.gradients))
    # Where f'' jumps at a node, a nudge may meet one side here and the other side there.
    if all(function.curvature(node, side="left") == function.curvature(node) for node in example.nodes):
        assert measured.multiplier == pytest.approx(expected.multiplier, abs=2e-2)
    assert (measured.kind == "repelling") <= (expected.kind == "repelling")


def test_on_the_papers_cubic_a_nudge_to_the_left_grows_twofold_and_one_to_the_right_does_not() -> None:
    """With the paper's start there is no bias to correct: 2.056 is the eigenvalue, approached from below."""
    adam = ms.adam_dialect("toint", learning_rate="1/10")
    found = construct(adam, family="cubic", plateau=0, curves=False, longest=1)
    assert found.stability is not None
    regime = periodic_regime(ms.Adam(learning_rate="1/10", eps=0), [-1])
    expected = stability(example_of(found).function, ms.Adam(learning_rate="1/10", eps=0), fmpq(1, 10), regime.state, 1)
    assert expected.left == pytest.approx(2.056, abs=5e-4)
    assert found.stability.left == pytest.approx(expected.left, rel=5e-2)
    assert found.stability.left <= expected.left * (1 + 1e-3)
    assert found.stability.right == pytest.approx(1, abs=1e-2)
    assert found.stability.kind == "repelling"


@pytest.mark.parametrize("spec", ["adam(learning_rate=1/10, eps=0)", "rmsprop(learning_rate=1/10)", "torch:Adamax()"])
def test_a_plateau_makes_the_drift_neutral(spec: str) -> None:
    found = built(spec)
    assert found.stability is not None
    assert found.stability.kind == "neutral"
    assert found.stability.multiplier == pytest.approx(1, abs=5e-6)


def test_a_cycle_that_a_run_keeps_for_a_thousand_steps_is_not_called_repelling() -> None:
    """The nudge comes where the orbit begins: before it, on the way there, distances may grow for another reason."""
    for spec, options in CAUGHT:
        found = built(spec, options)
        if all(run.holds for run in found.observed):
            assert found.stability is not None
            assert found.stability.kind != "repelling", (spec, found.stability)


def test_the_three_cycle_of_lessard_recht_and_packard_attracts_by_eight_twenty_sevenths() -> None:
    method = ms.HeavyBall(learning_rate="1/9", momentum="4/9")
    template = example_of(built("gradient_descent(learning_rate=1/7)"))
    nodes = tuple(ms.exact(node) for node in ("792/1225", "-2208/1225", "2592/1225"))
    gradients = tuple(LESSARD_RECHT_PACKARD.gradient(node) for node in nodes)
    example = replace(
        template,
        function=LESSARD_RECHT_PACKARD,
        x0=fmpq(33, 10),
        nodes=nodes,
        gradients=gradients,
        settled=300,
        word=None,
    )
    found = perturbed(resolve(method), example, side_by_side=True)
    assert found is not None
    assert found.kind == "attracting"
    # A double eigenvalue: distances fall as k·(2/3)^k, a little more slowly.
    assert (2 / 3) ** 3 * (1 - 1e-3) <= found.multiplier <= 0.35
