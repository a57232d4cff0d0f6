"""The certificate checker of the standard library: what it proves, what it refuses, and its arithmetic."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judged import (
    BY_JETS,
    CONVEX,
    COORDINATES,
    CORNER,
    CYCLES,
    DRIFTS,
    GD,
    HALVING,
    HARD,
    HB,
    JETS,
    LEFT,
    NEAR_HEAVY,
    OPTIMAL,
    PARABOLA,
    THREE,
    VANISHING,
    VECTOR_METHODS,
    Certificate,
    Edit,
    both,
    certificate,
    edited,
    heavy,
    number_of,
    orbit,
    piecewise,
    put,
    ring,
    sealed,
    text,
    tool,
    vector_run,
    verdict,
    wide_orbit,
)

# --------------------------------------------------------------------------------------------------------------- drift


def test_every_rule_of_a_drift_is_there() -> None:
    assert {c["proof"]["rule"] for c in DRIFTS.values()} == {"invariant", "contracting", "rounded"}


@pytest.mark.parametrize("name", DRIFTS)
def test_a_true_drift_is_proved(name: str) -> None:
    assert verdict(DRIFTS[name]) == ("PROVED", "")


def test_a_drift_on_the_function_of_least_constant_is_proved_optimal() -> None:
    assert verdict(OPTIMAL) == ("PROVED", "")


def test_a_drift_to_the_left_is_proved() -> None:
    assert verdict(LEFT) == ("PROVED", "")


VIOLATED_DRIFTS: list[tuple[str, Certificate, Edit, str, str]] = [
    ("the pieces do not meet", OPTIMAL, put("function.pieces.1.0", "1"), "REFUTED", "F1"),
    ("what repeats does not meet itself", GD, put("function.pieces.0.1", "-2"), "REFUTED", "F1"),
    ("f'' is larger", GD, put("claim.lipschitz.value", "5"), "REFUTED", "F2"),
    ("f'' is smaller", GD, put("claim.lipschitz.value", "7"), "REFUTED", "F2"),
    ("f falls lower", GD, put("claim.infimum.value", "-1/20"), "REFUTED", "F3"),
    ("a cubic's least value", GD, put("claim.infimum.relation", "="), "UNDECIDED", "F3"),
    ("f is not convex", GD, put("claim.mu", "0"), "REFUTED", "F4"),
    ("the other side", GD, put("claim.shift.value", "-1"), "REFUTED", "2"),
    ("not a multiple", GD, put("claim.shift.value", "1/2"), "REFUTED", "2"),
    ("a smaller slope", GD, put("claim.slope", "2"), "REFUTED", "3"),
    ("a start that is wide", GD, put("claim.start", ["0", "1"]), "UNDECIDED", "3"),
    ("a smaller letter", GD, put("proof.word", ["-1/2"]), "REFUTED", "4"),
    ("the state is elsewhere", HB, put("proof.radius.d", "1/5"), "REFUTED", "5a"),
    ("another word", GD, put("proof.word", ["-2"]), "REFUTED", "5b"),
    ("a settled state that is none", HB, put("proof.settled.d", "39/10"), "REFUTED", "5b"),
    ("before the part that repeats", DRIFTS["adam, corrected"], put("claim.start", ["-9", "-9"]), "REFUTED", "5b"),
    ("the rate", HB, put("proof.rate", "1/17"), "REFUTED", "5c"),
    ("the plateau is too short", HB, put("proof.rate", "9999/10000"), "UNDECIDED", "5d"),
    (
        "the box does not hold",
        DRIFTS["lion"],
        put("proof.box.m", ["-1", "-1/100"]),
        "UNDECIDED",
        "5a",
    ),
    (
        "the box is left",
        DRIFTS["heavy ball from a state"],
        both(put("method.momentum", "1/4"), put("claim.state.d", "2")),
        "REFUTED",
        "5c",
    ),
    ("a shift that is no step", GD, put("claim.shift.value", "2"), "REFUTED", "5d"),
    (
        "rounded for too long",
        DRIFTS["gradient descent, rounded"],
        put("claim.rounding.steps", 10**9),
        "UNDECIDED",
        "5d",
    ),
    (
        "rounded coarsely",
        DRIFTS["gradient descent, rounded"],
        put("claim.rounding.unit", "1/1000000"),
        "UNDECIDED",
        "5d",
    ),
    ("the optimum is smaller", sealed(GD), put("claim.optimal", True), "REFUTED", "6"),
]


@pytest.mark.parametrize(
    ("name", "base", "edit", "word", "condition"), VIOLATED_DRIFTS, ids=lambda x: x[:40] if isinstance(x, str) else ""
)
def test_a_drift_fails_at_the_condition_that_is_violated(
    name: str, base: Certificate, edit: Edit, word: str, condition: str
) -> None:
    found, reason = edited(base, edit)
    assert (found, reason.split(": ")[0]) == (word, f"condition {condition}"), (name, reason)


# --------------------------------------------------------------------------------------------------------------- cycle


@pytest.mark.parametrize("name", [name for name in CYCLES if name != "enclosed, two variables"])
def test_a_true_cycle_is_proved(name: str) -> None:
    assert verdict(CYCLES[name]) == ("PROVED", "")


def test_krawczyk_in_two_variables_needs_the_matrix() -> None:
    base = CYCLES["enclosed, two variables"]
    # (x, d) -> (x + d', d') with d' = d/2 - 3·f'(x), f'' = 1/4: M = [[1/4, 1/2], [-3/4, 1/2]], and the period is two
    m = np.array([[0.25, 0.5], [-0.75, 0.5]])
    y = np.linalg.inv(m @ m - np.eye(2))
    good = [[text(Fraction(float(v)).limit_denominator(10**6)) for v in row] for row in y]
    assert edited(base, put("proof.matrix", good)) == ("PROVED", "")
    word, reason = edited(base, put("proof.matrix", [["1", "0"], ["0", "1"]]))
    assert (word, reason.split(": ")[0]) == ("UNDECIDED", "condition 2")


def test_the_mean_value_theorem_keeps_a_long_attracting_run_together() -> None:
    # |M| has the spectral radius 1.1 where M has 0.71: without it the enclosures would grow beyond the piece
    assert verdict(heavy(NEAR_HEAVY)) == ("PROVED", "")


@pytest.mark.parametrize(
    ("power", "low", "high", "word"),
    [
        # f'' = 2 at ±1, so that M = [[-5, 1/2], [-6, 1/2]] has the eigenvalue -4.386: two steps multiply by 19.24
        (1, "9", "58", "PROVED"),
        (1, "10", "58", "REFUTED"),
        (1, "9", "28", "REFUTED"),
        (40, "189/10", "20", "PROVED"),
        (40, "19", "20", "REFUTED"),
        (40, "189/10", "96/5", "REFUTED"),
    ],
)
def test_a_repelling_cycle_is_held_between_the_trace_and_the_row_sums(
    power: int, low: str, high: str, word: str
) -> None:
    stability = {"type": "repelling", "power": power, "multiplier": [low, high]}
    # f' = 1 at 1 and -1 at -1
    assert verdict(heavy(stability, HARD, "2"))[0] == word


def test_the_slope_of_a_rounded_drift_is_that_of_the_function() -> None:
    assert edited(DRIFTS["gradient descent, rounded"], put("claim.slope", "1")) == ("PROVED", "")


def test_the_absolute_value_of_what_reaches_zero_has_either_slope() -> None:
    (x,) = tool.as_variables([tool.of(0, 1)])
    (slope,) = abs(x).parts
    assert (slope.lo, slope.hi) == (-1, 1)


def test_work_that_the_file_does_not_show_is_limited() -> None:
    many = orbit(HALVING, [np.ones(20)] * 2, [np.ones(20)] * 2)
    many["method"] = {**VECTOR_METHODS[-1], "rows": 20, "columns": 1, "ns_steps": 20}
    many["claim"] |= {"steps": 60, "rise": "0"}
    many["proof"] |= {"gradients": [["1"] * 20] * 61, "values": ["0"] * 61}
    word, reason = edited(many, put("provenance", {}))  # 60 steps of 20·20²·22 products
    assert (word, reason.split(": ")[0]) == ("UNDECIDED", "condition 1")


VIOLATED_CYCLES: list[tuple[str, Certificate, Edit, str, str]] = [
    ("another place", CYCLES["sign descent"], put("claim.x", "3/2"), "REFUTED", "2"),
    ("the optimum is smaller", CYCLES["sign descent"], put("claim.x", "1/2"), "REFUTED", "2"),
    ("a smaller slope", CYCLES["gradient descent"], put("claim.slope", "2"), "REFUTED", "2"),
    ("another state", CYCLES["heavy ball"], put("claim.state.d", "1"), "REFUTED", "2"),
    ("another period", CYCLES["gradient descent"], put("claim.period", 3), "REFUTED", "2"),
    ("a root", CYCLES["adam"], put("claim.state.v", "2"), "UNDECIDED", "2"),
    ("f'' is larger", CYCLES["gradient descent"], put("claim.lipschitz.value", "1/2"), "REFUTED", "F2"),
    ("a larger mu", CYCLES["gradient descent"], put("claim.mu", "2"), "REFUTED", "F4"),
    ("an attracting rate", CYCLES["attracting, exact"], put("claim.stability.rate", "1/17"), "REFUTED", "3"),
    ("a wide radius", CYCLES["attracting, exact"], put("claim.stability.radius.x", "1"), "UNDECIDED", "3"),
    (
        "a larger multiplier",
        CYCLES["repelling, exact"],
        put("claim.stability.multiplier", ["10", "11"]),
        "REFUTED",
        "3",
    ),
    (
        "a smaller multiplier",
        CYCLES["repelling, exact"],
        put("claim.stability.multiplier", ["8", "89/10"]),
        "REFUTED",
        "3",
    ),
    ("at a corner", CYCLES["repelling, exact"], put("function", CORNER), "UNDECIDED", "3"),
    ("no fixed point", CYCLES["attracting, enclosed"], put("claim.x", ["11/10", "6/5"]), "REFUTED", "2"),
    ("a box around a corner", CYCLES["repelling, enclosed"], put("claim.x", ["2/5", "8/5"]), "UNDECIDED", "2"),
]


@pytest.mark.parametrize(
    ("name", "base", "edit", "word", "condition"), VIOLATED_CYCLES, ids=lambda x: x[:40] if isinstance(x, str) else ""
)
def test_a_cycle_fails_at_the_condition_that_is_violated(
    name: str, base: Certificate, edit: Edit, word: str, condition: str
) -> None:
    found, reason = edited(base, edit)
    assert (found, reason.split(": ")[0]) == (word, f"condition {condition}"), (name, reason)


def test_a_cycle_fails_where_no_pair_of_points_needs_the_constant() -> None:
    word, reason = edited(CYCLES["attracting, exact"], put("claim.optimal", True))
    assert (word, reason.split(": ")[0]) == ("REFUTED", "condition 4")


def test_the_three_cycle_of_lessard_recht_and_packard_is_proved() -> None:
    assert verdict(THREE) == ("PROVED", "")


# ------------------------------------------------------------------------------------------------------------ function


def test_a_function_through_jets_is_proved_optimal() -> None:
    assert verdict(BY_JETS) == ("PROVED", "")


@pytest.mark.parametrize(
    ("edit", "word", "condition"),
    [
        (put("function.pieces.0", ["1/2", "-1", "1/3"]), "REFUTED", "F2"),
        (put("claim.infimum.value", "1"), "REFUTED", "F3"),
        (put("claim.infimum.value", "-1"), "REFUTED", "F3"),
        (put("function.left", {"rule": "repeat", "period": "2"}), "REFUTED", "F1"),
        (put("claim.mu", "3/2"), "REFUTED", "F4"),
        (put("claim.jets.0.1", "1"), "REFUTED", "5"),
        (put("claim.jets.2.2", "1"), "REFUTED", "5"),
        (put("claim.jets", JETS[:1]), "REFUTED", "6"),
        (put("claim.jets", []), "REFUTED", "6"),
        (put("claim.jets", JETS[:1] * 2), "REFUTED", "6"),
        (put("function.right", {"rule": "tangent"}), "REFUTED", "F4"),
    ],
)
def test_a_function_fails_at_the_condition_that_is_violated(edit: Edit, word: str, condition: str) -> None:
    found, reason = edited(BY_JETS, edit)
    assert (found, reason.split(": ")[0]) == (word, f"condition {condition}"), reason


def test_a_quintic_that_touches_its_bound_at_a_third_is_undecided() -> None:
    # (t - 1/3)²·(1 + t²) on [0, 1]; at 1/2, where halving meets the point, it is decided
    def touching(r: Fraction) -> Certificate:
        coefficients = [r * r, -2 * r, 1 + r * r, -2 * r, 1]
        claim: Any = {
            "lipschitz": {"relation": "<=", "value": "100"},
            "infimum": {"relation": ">=", "value": "0"},
            "mu": None,
            "optimal": False,
            "jets": [],
        }
        return certificate("function", None, piecewise([0, 1], [coefficients]), claim, {})

    assert verdict(touching(Fraction(1, 2)))[0] == "PROVED"
    word, reason = verdict(touching(Fraction(1, 3)))
    assert (word, reason.split(": ")[0]) == ("UNDECIDED", "condition F3")


def test_tails_are_tangents_extensions_or_repetitions_of_the_end() -> None:
    tangent = tool.Function(PARABOLA | {"left": {"rule": "tangent"}})
    repeated = tool.Function(piecewise([0, 1, 3], [[0, 1], [1, 1]], 1, 2))
    assert tangent.exactly(Fraction(-3)) == [Fraction(5, 2), Fraction(-1)]
    assert tangent.exactly(Fraction(3)) == [Fraction(9, 2), Fraction(3)]
    assert repeated.exactly(Fraction(-7, 2)) == [Fraction(1, 2), Fraction(1)]
    assert repeated.exactly(Fraction(6)) == [Fraction(2), Fraction(1)]


@given(st.fractions(-20, 20, max_denominator=60), st.fractions(0, 2, max_denominator=60))
def test_over_an_interval_the_hull_holds_every_value(lo: Fraction, width: Fraction) -> None:
    f = tool.Function(piecewise([-1, 1, 2, 3], [[0, -1], [-2, -1, 2], [-1, 3, -2]], "tangent", 4))
    try:
        hull = f.slope(tool.of(lo, lo + width))
    except tool.Stop as stop:
        assert stop.args[0] == "UNDECIDED"  # noqa: PT017
        assert lo < -1 < 3 < lo + width
        return
    for k in range(9):
        assert hull.lo <= f.exactly(lo + width * k / 8)[1] <= hull.hi


# --------------------------------------------------------------------------------------------------------------- orbit


@pytest.mark.parametrize("method", VECTOR_METHODS, ids=lambda m: m["name"])
@pytest.mark.parametrize("mu", [None, "0", "1/2"])
def test_an_orbit_of_a_method_of_vectors_is_proved(method: Any, mu: str | None) -> None:
    o = {key: number_of(value) for key, value in method.items() if key not in ("name", "coefficients")}
    o["coefficients"] = [float(Fraction(c)) for c in method.get("coefficients", [])]
    start = np.array([1.0, -0.5, 0.25, 2.0, -1.5, 0.75])
    xs, gs = vector_run(method["name"], o, start, lambda x: x, 4)
    assert verdict(orbit(method, xs, gs, mu)) == ("PROVED", "")


def test_an_orbit_of_as_many_pairs_as_may_be_is_examined() -> None:
    word, reason = edited(wide_orbit(1000, 4), put("claim.slope", "100000"))
    assert (word, reason.split(": ")[0]) == ("REFUTED", "condition 2")


@pytest.mark.parametrize("k", [2, 3, 4, 5, 6, 12])
@pytest.mark.parametrize("kind", ["cos", "sin"])
def test_a_regular_polygon_is_proved(k: int, kind: str) -> None:
    assert verdict(ring(k, kind)) == ("PROVED", "")


@pytest.mark.parametrize(
    ("base", "edit", "word", "condition"),
    [
        (COORDINATES, put("claim.slope", "1"), "REFUTED", "2"),
        (COORDINATES, put("claim.rise", "1"), "REFUTED", "2"),
        (COORDINATES, put("claim.lipschitz.value", "1/2"), "REFUTED", "3"),
        (COORDINATES, put("proof.values.1", "2"), "REFUTED", "3"),
        (COORDINATES, put("claim.infimum.value", "1"), "REFUTED", "4"),
        (CONVEX, put("proof.values.1", "2"), "REFUTED", "3"),
        (CONVEX, put("claim.infimum.value", "1"), "REFUTED", "4"),
        (COORDINATES, put("proof.gradients.0", ["0", "0"]), "REFUTED", "2"),
        (COORDINATES, put("method.learning_rate", "1/1000"), "REFUTED", "3"),
        (ring(3), put("claim.slope", "10"), "REFUTED", "2"),
        (ring(2), put("proof.points.1", ["1", "0"]), "REFUTED", "1"),
        (
            ring(5),
            both(put("claim.slope", "1/1000"), put("proof.points.1", ring(5)["proof"]["points"][0])),
            "REFUTED",
            "3",
        ),
        (ring(5, radius="0"), put("claim.dimension", 2), "REFUTED", "1"),
        (ring(3), put("claim.lipschitz.value", "1"), "REFUTED", "3"),
    ],
)
def test_an_orbit_fails_at_the_condition_that_is_violated(
    base: Certificate, edit: Edit, word: str, condition: str
) -> None:
    found, reason = edited(base, edit)
    assert (found, reason.split(": ")[0]) == (word, f"condition {condition}"), reason


# ----------------------------------------------------------------------------------------------------------- vanishing


def test_a_run_with_vanishing_gradients_is_proved() -> None:
    assert verdict(VANISHING) == ("PROVED", "")


@pytest.mark.parametrize(
    ("edit", "word", "condition"),
    [
        (put("method.beta2", "99/100"), "REFUTED", "2"),
        (put("method.beta1", "99/100"), "REFUTED", "2"),
        (put("method.beta1", ["0", "1"]), "UNDECIDED", "2"),
        (put("claim.lipschitz.value", "5"), "REFUTED", "3"),
        (put("claim.infimum.value", "-1"), "REFUTED", "4"),
    ],
)
def test_a_vanishing_run_fails_at_the_condition_that_is_violated(edit: Edit, word: str, condition: str) -> None:
    found, reason = edited(VANISHING, edit)
    assert (found, reason.split(": ")[0]) == (word, f"condition {condition}"), reason


# ----------------------------------------------------------------------------------------------------------- sentences

PAPER = (
    "adam(learning_rate = 1, beta1 in [0, 1], beta2 in [0, 1], eps = 0, eps_root = 0, eps_hat = none, start = "
    "first-gradient, amsgrad = none) runs away on a function of one variable: from every start in [0, 0] it moves by 1 "
    "every 1 steps from step 1 on, and |f'| >= 1 at every iterate; f' has the Lipschitz constant 6, inf f >= -1/10."
)


@pytest.mark.parametrize(
    ("certificate", "sentence"),
    [
        (DRIFTS["adam, first gradient"], PAPER),
        (
            DRIFTS["heavy ball from a state"],
            "heavy-ball(learning_rate = 1/2, momentum = 1/2) runs away on a function of one variable: "
            "from every start in "
            "[0, 0], with d = 1 it moves by 1 every 1 steps from step 1 on, and |f'| >= 1 at every iterate; f' has the "
            "Lipschitz constant 6, inf f >= -1/10.",
        ),
        (
            DRIFTS["gradient descent, rounded"],
            "gradient-descent(learning_rate = 4) runs away on a function of one variable: from every "
            "start in [0, 0] it "
            "moves by 4 every 1 steps in the limit, for 1000000 steps with a relative error of at most "
            "1/9007199254740992 in every operation, and |f'| >= 99/100 at every iterate; f' has the "
            "Lipschitz constant 4, "
            "inf f = -17/8.",
        ),
        (
            CYCLES["attracting, enclosed"],
            "gradient-descent(learning_rate = 2) goes round on a function of one variable: from x in "
            "[19/20, 21/20] it is "
            "back after 2 steps, and |f'| >= 1/2 at every iterate, and every start within 1/16 of x converges to the "
            "cycle; f' has the Lipschitz constant 7/4, inf f = 0, f is convex.",
        ),
        (
            CYCLES["repelling, exact"],
            "gradient-descent(learning_rate = 2) goes round on a function of one variable: from x = 1 "
            "it is back after 2 "
            "steps, and |f'| >= 1/2 at every iterate, and the cycle repels with a multiplier in [8, 10]; f' has the "
            "Lipschitz constant 2, inf f = 0, f is convex.",
        ),
        (
            BY_JETS,
            "A function of one variable: f' has the Lipschitz constant 1, inf f = 0, f - (1/2) x^2 is "
            "convex, through 3 "
            "jets; no smaller constant will do.",
        ),
        (
            CONVEX,
            "gradient-descent(learning_rate = 1/2) on a function of 2 variables: for 3 steps |grad F| >= 1/100, and F "
            "rises by -63/64; grad F has a Lipschitz constant of at most 2, inf F >= -10, F - (1/2/2) |x|^2 is convex.",
        ),
        (
            ring(3),
            "linear(a = [3/2, -1/2], b = [-1, 0]) goes round on a function of 2 variables: 3 points "
            "repeat for ever, and "
            "|grad F| >= 1/10 at each; grad F has a Lipschitz constant of at most 100, inf F >= -100.",
        ),
        (
            VANISHING,
            "adam(learning_rate = 1, beta1 = 1/2, beta2 in [1/4, 1/2], eps = 0, eps_root = 0, eps_hat = none, start = "
            "first-gradient, amsgrad = none) with the learning rate divided by sqrt(k + 1) runs away on a function of "
            "one variable: x_k -> infinity, and f'(x_k) = -(1)/sqrt(k + 1); f' has a Lipschitz constant of at most 6, "
            "inf f >= -2.",
        ),
    ],
)
def test_the_sentence_is_made_by_the_rules(certificate: Certificate, sentence: str) -> None:
    assert certificate["sentence"] == sentence


def test_another_sentence_is_malformed() -> None:
    word, reason = verdict({**BY_JETS, "sentence": BY_JETS["sentence"] + " "})
    assert word == "MALFORMED"
    assert reason.startswith("condition 0")
