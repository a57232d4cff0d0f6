"""What every counterexample must be, whatever the optimizer and the class; and what is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from flint import fmpq

import misstep as ms
from failures import (
    CLASSES,
    CONDITIONED,
    CONVEX,
    NONCONVEX,
    STRONGLY_CONVEX,
    Class,
    built,
    check_class_of,
    check_nodes_of,
    check_price_of,
    check_run_of,
    example_of,
    need,
)
from misstep.constructions import search_words
from misstep.counterexamples import Failure, construct
from misstep.errors import InvalidInput

OURS = (
    "gradient_descent(learning_rate=1/7)",
    "heavy_ball(learning_rate=1/10, momentum=9/10)",
    "nesterov(learning_rate=1/10)",
    "sign_descent(learning_rate=1/10)",
    "lion(learning_rate=1/10)",
    "adam(learning_rate=1/10, eps=0)",
    "adam(learning_rate=1/100, weight_decay=1/8)",
    "adamax(learning_rate=1/10)",
    "nadam(learning_rate=1/10, momentum_decay=None)",
    "rmsprop(learning_rate=1/10)",
    "adagrad(learning_rate=1/10)",
    "adabelief(learning_rate=1/10)",
)
ONCE = (
    "adam(learning_rate=1/100)",
    "torch:SGD(lr=0.1)",
    "torch:SGD(lr=0.1, momentum=0.9)",
    "torch:Adam()",
    "torch:Rprop()",
    "torch:Adafactor()",
    "optax:sign_sgd(learning_rate=0.1)",
    "optax:polyak_sgd()",
    "keras:SGD()",
    "keras:RMSprop()",
)
CASES = [
    *((spec, options) for spec in OURS for options in CLASSES),
    *((spec, NONCONVEX) for spec in ONCE),
    ("torch:Adam()", CONVEX),
    ("torch:Adam()", STRONGLY_CONVEX),
    ("torch:SGD(lr=0.1)", CONVEX),
]

SAFE = {
    *(("adagrad(learning_rate=1/10)", options) for options in CLASSES),
    ("adam(learning_rate=1/10, eps=0)", CONDITIONED),
    ("adabelief(learning_rate=1/10)", CONDITIONED),
}
"""Where nothing is found today. A search that finds more takes them off the list."""
FAILING = [case for case in CASES if case not in SAFE]


def each(cases: Sequence[tuple[str, Class]]) -> pytest.MarkDecorator:
    names = [f"{spec} {' '.join(str(v) for _, v in options)}" for spec, options in cases]
    return pytest.mark.parametrize(("spec", "options"), cases, ids=names)


every_case, every_failure = each(CASES), each(FAILING)


@every_case
def test_something_is_found_unless_it_is_known_that_nothing_is(spec: str, options: Class) -> None:
    found = built(spec, options)
    assert (found.example is None) == ((spec, options) in SAFE)
    assert found.search


@every_failure
def test_the_function_is_of_its_class_and_bounded_below(spec: str, options: Class) -> None:
    check_class_of(built(spec, options), options)


@every_failure
def test_nodes_carry_the_prescribed_gradients_exactly(spec: str, options: Class) -> None:
    check_nodes_of(built(spec, options))


@every_failure
def test_no_function_costs_less_than_the_least_constant_of_its_jets(spec: str, options: Class) -> None:
    check_price_of(built(spec, options))


@every_failure
def test_the_implementation_fails_as_claimed_in_float64(spec: str, options: Class) -> None:
    (wide, narrow) = built(spec, options).observed
    assert (wide.dtype, narrow.dtype) == ("float64", "float32")
    assert wide.holds
    assert wide.persists
    assert wide.last_gradient > 0


@every_failure
def test_a_plain_loop_shows_the_same_failure(spec: str, options: Class) -> None:
    check_run_of(spec, built(spec, options))


@every_case
def test_what_is_written_down_is_json_and_rebuilds_the_function(spec: str, options: Class) -> None:
    found = built(spec, options)
    written = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert written["failure"] == str(found.failure)
    assert written["seed"] == 0
    check_numbers(written)
    if found.example is None:
        assert (written["function"], written["L"], written["x0"]) == (None, None, None)
        return
    function: Any = found.example.function
    pieces = written["function"]
    assert pieces["kind"] == "piecewise polynomial"
    rebuilt = ms.PiecewisePolynomial(
        pieces["knots"], pieces["coefficients"], pieces["left_period"], pieces["right_period"]
    )
    for name in ("knots", "coefficients", "left_period", "right_period"):
        assert getattr(rebuilt, name) == getattr(function, name)
    assert str(rebuilt.lipschitz_constant()) == written["L"]["exact"]
    assert len(written["nodes"]) == len(written["gradients"]) == len(found.example.nodes)


def check_numbers(written: Any) -> None:
    """Every exact string is the number beside it."""
    if isinstance(written, dict):
        if "exact" in written and written["exact"] is not None and "√" not in written["exact"]:
            assert float(ms.exact(written["exact"])) == written["float"]
        for value in written.values():
            check_numbers(value)
    elif isinstance(written, list):
        for value in written:
            check_numbers(value)


# --- who fails where ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", CLASSES, ids=str)
def test_nothing_is_found_against_adagrad(options: Class) -> None:
    found = built("adagrad(learning_rate=1/10)", options)
    assert found.failure is Failure.NONE
    assert (found.function, found.price, found.critical, found.stability, found.observed) == (
        None,
        None,
        None,
        None,
        (),
    )
    assert found.sentence.startswith("no ")
    assert found.behavior == "shrinking"


@pytest.mark.parametrize(
    "spec", [spec for spec in OURS if not spec.startswith(("adagrad", "adam(learning_rate=1/100"))]
)
def test_every_other_method_of_ours_fails_on_some_nonconvex_function(spec: str) -> None:
    assert built(spec).failure in (Failure.DRIFT, Failure.CYCLE)


@pytest.mark.parametrize("options", CLASSES, ids=str)
@pytest.mark.parametrize("spec", ["gradient_descent(learning_rate=1/7)", "torch:SGD(lr=0.1)"])
def test_gradient_descent_cycles_at_two_over_alpha_exactly_in_every_class(spec: str, options: Class) -> None:
    found = built(spec, options)
    example = example_of(found)
    L = 14 if spec.startswith("grad") else 20
    assert found.failure is Failure.CYCLE
    assert example.word == (-1, 1)
    constant: Any = example.function.lipschitz_constant()
    assert constant == example.optimum or abs(constant / example.optimum - 1) <= fmpq(1, 10**9)
    if spec.startswith("grad"):
        assert constant == L
    assert float(constant) == pytest.approx(L, rel=1e-9)


@pytest.mark.parametrize("options", CLASSES, ids=str)
def test_sign_descent_cycles_at_twice_the_slope_over_alpha(options: Class) -> None:
    found = built("sign_descent(learning_rate=1/10)", options)
    example = example_of(found)
    assert (found.failure, example.word) == (Failure.CYCLE, (-1, 1))
    assert example.optimum == 20
    assert example.function.lipschitz_constant() == 20


def test_lion_without_decay_cycles_as_sign_descent_does() -> None:
    found = built("lion(learning_rate=1/10)")
    assert found.failure is Failure.CYCLE
    assert example_of(found).optimum == 20


@pytest.mark.parametrize("beta1", ["0", "1/2", "9/10"])
def test_no_word_up_to_the_length_searched_is_smoother_than_what_is_found(beta1: str) -> None:
    """Against the exact search over words, which knows nothing of runs."""
    adam = ms.Adam(learning_rate="1/10", beta1=beta1, eps=0)
    found = construct(adam, curves=False, longest=6)
    best = search_words(adam, 6)
    assert best.drift is not None
    constants = [failure.L for failure in (best.drift, best.cycle) if failure is not None]
    assert float(min(float(L) for L in constants)) == pytest.approx(float(example_of(found).optimum), rel=1e-12)


@pytest.mark.parametrize("options", [CONVEX, STRONGLY_CONVEX], ids=str)
def test_the_least_constant_of_a_caught_orbit_is_not_below_that_of_the_best_word(options: Class) -> None:
    adam = ms.Adam(learning_rate="1/10", eps=0)
    found = example_of(built("adam(learning_rate=1/10, eps=0)", options))
    best = search_words(adam, 8, **dict(options)).cycle
    assert best is not None
    if found.word is not None:
        # Nodes of a run are short fractions, a ten-millionth of the orbit's size from where it was.
        assert float(found.optimum) >= float(best.L) * (1 - 1e-6)


# --- scale and determinism ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["adam({}, eps=0)", "sign_descent({})", "lion({})", "rmsprop({}, eps=0)", "adamax({})"]
)
def test_steps_k_times_as_long_need_a_constant_k_times_as_small(name: str) -> None:
    short, long = (built(name.format(f"learning_rate={rate}")) for rate in ("1/10", "4/5"))
    assert (short.failure, short.behavior) == (long.failure, long.behavior)
    ratio = float(example_of(short).optimum) / float(example_of(long).optimum)
    assert ratio == pytest.approx(8, rel=1e-7)
    assert example_of(short).word == example_of(long).word


@pytest.mark.parametrize("name", ["adam(learning_rate=1/10, eps=0)", "sign_descent(learning_rate=1/10)"])
def test_gradients_k_times_as_large_need_a_constant_k_times_as_large_where_scale_does_not_matter(name: str) -> None:
    one, three = built(name), built(name, (("slope", 3),))
    assert 3 * example_of(one).optimum == example_of(three).optimum
    assert example_of(one).spacing == example_of(three).spacing
    assert three.slope == 3


def test_gradient_descent_does_not_care_about_the_slope() -> None:
    one, three = (built("gradient_descent(learning_rate=1/7)", options) for options in ((), (("slope", "3/7"),)))
    assert example_of(one).function.lipschitz_constant() == example_of(three).function.lipschitz_constant() == 14


@pytest.mark.parametrize(
    ("spec", "options"),
    [("adam(learning_rate=1/10, eps=0)", {}), ("lion(learning_rate=1/10)", {"function_class": "convex", "seed": 5})],
)
def test_the_same_call_gives_the_same_answer(spec: str, options: dict[str, Any]) -> None:
    first, second = (construct(spec, **options).to_dict() for _ in range(2))
    assert first == second
    assert first["seed"] == options.get("seed", 0)


def test_the_text_of_an_optimizer_does_not_depend_on_where_it_lies_in_memory() -> None:
    pair = (lambda _: None, lambda g, state, x: (x - 0.1 * g, state))
    found = construct(pair, curves=False)
    assert "0x" not in found.to_dict()["optimizer"]
    assert found.failure is Failure.CYCLE


def test_random_steps_are_noted_with_the_seed_that_they_hold_for() -> None:
    noisy = (lambda _: None, lambda g, state, x: (x - 0.1 * g * np.random.rand(), state))  # noqa: NPY002
    found = construct(noisy, curves=False, seed=7)
    assert any("random" in note and "7" in note for note in found.notes)
    assert found.to_dict()["notes"] == list(found.notes)
    assert not construct("sign_descent(learning_rate=1)", curves=False).notes


def test_the_class_that_was_asked_for_is_written_down() -> None:
    for options in CLASSES:
        written = built("gradient_descent(learning_rate=1/7)", options).to_dict()
        asked = dict(options)
        assert written["class"] == asked.get("function_class", "nonconvex")
        assert written["mu"] == (None if "mu" not in asked else {"exact": "1/3", "float": 1 / 3})
        assert written["condition"] == (None if "condition" not in asked else {"exact": "30", "float": 30.0})


def test_progress_is_told() -> None:
    told: list[str] = []
    construct("sign_descent(learning_rate=1)", curves=False, progress=told.append)
    assert told == ["importing", "constant gradient", "words", "observing", "curves"]


# --- families -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "plateau", "price"),
    [("spline", 0, 1), ("spline", "1/4", 4), ("cubic", 0, 1.5), ("sine", None, np.pi / 2), ("quintic", 0, 1.4433757)],
)
def test_every_family_costs_its_price(family: str, plateau: Any, price: float) -> None:
    found = construct("adam(learning_rate=1/10, eps=0)", family=family, plateau=plateau, curves=False)
    assert found.price == pytest.approx(price, rel=1e-7)
    assert example_of(found).family == family
    check_nodes_of(found)
    check_class_of(found)


def test_a_quintic_has_a_continuous_second_derivative() -> None:
    f: Any = example_of(
        construct("adam(learning_rate=1/10, eps=0)", family="quintic", plateau=0, curves=False)
    ).function
    for knot in f.knots:
        assert f.curvature(knot, side="left") == f.curvature(knot, side="right")
    f = example_of(built("rmsprop(learning_rate=1/10)", (("family", "quintic"),))).function
    for knot in f.knots:
        assert f.curvature(knot, side="left") == f.curvature(knot, side="right")


def test_a_smooth_plateau_is_flat_where_its_runs_go() -> None:
    found = construct("adam(learning_rate=1/10, eps=0)", family="smooth-plateau", plateau="1/4", curves=False)
    example = example_of(found)
    assert example.half_width == fmpq(1, 40)
    t = np.linspace(-0.99, 0.99, 101) * 0.025 + 0.1 * np.arange(5)[:, None]
    assert np.allclose(example.function.gradient(t), -1, rtol=0, atol=1e-12)
    assert all(run.holds for run in found.observed)


def test_a_closed_form_drifts_where_words_would_do_better() -> None:
    found = construct("sign_descent(learning_rate=1/10)", family="sine", curves=False)
    assert (found.failure, example_of(found).word) == (Failure.DRIFT, (-1,))
    assert any("words: none" in line for line in found.search)


@pytest.mark.parametrize(
    ("spec", "options", "message"),
    [
        ("rmsprop(learning_rate=1/10)", {"family": "sine"}, "'sine' needs steps that are constant from the first"),
        ("optax:polyak_sgd()", {"family": "sine"}, "'sine' has other values at its nodes"),
        ("adabelief(learning_rate=1/10)", {"family": "sine"}, "'sine' is for one node a period"),
        ("adam(learning_rate=1/10)", {"family": "sine", "plateau": "1/8"}, "a sine has no plateaus: plateau = 1/8"),
        (
            "adam(learning_rate=1/10)",
            {"family": "cubic", "function_class": "convex"},
            "'cubic' is of the nonconvex class",
        ),
    ],
)
def test_a_family_that_cannot_be_is_refused(spec: str, options: dict[str, Any], message: str) -> None:
    need(spec)
    with pytest.raises(InvalidInput, match=message):
        construct(spec, curves=False, **options)


# --- bad input ----------------------------------------------------------------------------------------------------

BAD: list[tuple[dict[str, Any], str]] = [
    ({"function_class": "concave"}, "concave"),
    ({"function_class": "strongly-convex"}, "mu = 0 must be positive"),
    ({"function_class": "strongly-convex", "mu": "-1/2"}, "mu = -1/2"),
    ({"mu": 1}, "mu = 1 is for the strongly convex class"),
    ({"condition": 5}, "condition = 5"),
    ({"function_class": "strongly-convex", "condition": "1/2"}, "condition = 1/2"),
    ({"function_class": "strongly-convex", "condition": 4, "mu": 1}, "condition = 4"),
    ({"plateau": "1/2"}, "plateau = 1/2"),
    ({"plateau": "-1/8"}, "plateau = -1/8"),
    ({"plateau": "wide"}, "wide"),
    ({"function_class": "strongly-convex", "mu": 1, "plateau": "1/8"}, "no plateau"),
    ({"family": "splne"}, "splne"),
    ({"slope": 0}, "slope = 0 must be positive"),
    ({"slope": -1}, "slope = -1 must be positive"),
    ({"slope": "1e-400"}, "slope = 1e-400"),
    ({"slope": 10**400}, "slope = 1000"),
    ({"slope": float("nan")}, "nan"),
    ({"n_steps": 99}, "n_steps = 99"),
    ({"n_steps": 10**6 + 1}, "n_steps = 1000001"),
    ({"n_steps": -1}, "n_steps = -1"),
    ({"longest": 0}, "longest = 0"),
    ({"longest": 13}, "longest = 13"),
    ({"longest": True}, "longest = True"),
    ({"longest": 2.0}, "longest = 2.0"),
    ({"seed": -1}, "seed = -1"),
]


@pytest.mark.parametrize(("options", "message"), BAD, ids=lambda part: part if isinstance(part, str) else None)
def test_what_is_out_of_range_is_named_before_anything_runs(options: dict[str, Any], message: str) -> None:
    steps = 0

    def update(g: Any, state: Any, x: Any) -> Any:
        nonlocal steps
        steps += 1
        return x - g, state

    with pytest.raises(InvalidInput) as caught:
        construct((lambda _: None, update), **options)
    assert message in str(caught.value)
    assert steps == 0


def no_state(_: Any) -> None:
    return None


def raising(*_: Any) -> Any:
    raise RuntimeError("out of paper")


@pytest.mark.parametrize(
    ("update", "message"),
    [
        (lambda _, state, x: (x * np.nan, state), "custom returns nan in its first step"),
        (lambda _, state, x: (x + np.inf, state), "custom returns inf in its first step"),
        (lambda _, state, x: (x, state), "does not move in 1024 steps on the gradient -1"),
        (lambda _, state, x: (x[None], state), r"returned shape \(1,\) for a point of shape \(\)"),
        (lambda g, _, x: x - g, "must return"),
        (raising, "raised in step 0: RuntimeError: out of paper"),
    ],
)
def test_a_broken_optimizer_is_told_what_is_wrong_with_it(update: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        construct((no_state, update))


def test_an_optimizer_that_breaks_down_later_is_reported_with_its_step() -> None:
    def update(g: Any, k: int, x: Any) -> Any:
        if k == 700:
            raise ZeroDivisionError("at last")
        return x - g, k + 1

    with pytest.raises(InvalidInput, match="raised in step 700: ZeroDivisionError: at last"):
        construct((lambda _: 0, update))


def test_an_optimizer_may_write_into_its_gradient() -> None:
    def update(g: Any, state: Any, x: Any) -> Any:
        g *= 0.1
        x -= g
        g[...] = np.nan
        return x, state

    found = construct((no_state, update), curves=False)
    plain = built("gradient_descent(learning_rate=1/10)")
    assert found.failure is plain.failure is Failure.CYCLE
    assert float(example_of(found).optimum) == pytest.approx(20, rel=1e-9)


def test_a_torch_optimizer_may_write_into_its_gradient() -> None:
    torch: Any = pytest.importorskip("torch", reason="torch is not installed: misstep[torch]")

    class Greedy(torch.optim.Optimizer):  # type: ignore[misc]
        def __init__(self, params: Any) -> None:
            super().__init__(params, {})

        @torch.no_grad()  # type: ignore[untyped-decorator]
        def step(self, closure: Any = None) -> None:  # noqa: ARG002
            for parameter in self.param_groups[0]["params"]:
                parameter.sub_(parameter.grad.mul_(0.1))
                parameter.grad.fill_(float("nan"))

    found = construct(Greedy, curves=False)
    assert found.failure is Failure.CYCLE
    assert float(example_of(found).optimum) == pytest.approx(20, rel=1e-9)


def test_an_unknown_optimizer_is_refused_with_near_names() -> None:
    with pytest.raises(InvalidInput, match="no optimizer adan"):
        construct("adan(learning_rate=0.1)")
