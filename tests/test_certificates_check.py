"""The checker of certificates: what is true is proved, and each condition that is broken is named."""

from __future__ import annotations

from typing import Any

import pytest

from certificates import (
    ALL,
    CUBIC,
    CYCLES,
    DRIFTS,
    MUON,
    ORBITS,
    PARABOLA,
    PLATEAUS,
    QUARTIC,
    SMOOTH_PLATEAUS,
    TANGENT,
    Document,
    bounds,
    changed,
    checked,
    cycle,
    function,
    invariant,
    method,
    polygon,
    rounded,
    vanishing,
)
from misstep.certificates import Verdict

PROVED, REFUTED, UNDECIDED, MALFORMED = Verdict


@pytest.mark.parametrize("name", ALL)
def test_a_true_claim_is_proved(name: str) -> None:
    answer = checked(ALL[name]())
    assert (answer.verdict, answer.reason) == (PROVED, "")
    assert answer.kind == name.partition(":")[0].partition(",")[0]
    assert answer.sentence is not None


def test_every_scalar_method_has_a_drift_and_every_method_an_orbit() -> None:
    from misstep.certificates.method_form import PARAMETERS, SCALAR_METHODS

    assert {make()["method"]["name"] for make in DRIFTS.values()} == set(SCALAR_METHODS)
    assert {make()["method"]["name"] for make in ORBITS.values()} == set(PARAMETERS)


def _proof(document: Document, **changes: Any) -> Document:
    return changed(document, {f"proof.{name}": value for name, value in changes.items()})


def _plateaus(**changes: Any) -> Document:
    return function(PLATEAUS, {**SMOOTH_PLATEAUS, **changes})


BENT: Document = {**CUBIC, "pieces": [["0", "-1", "3", "-3/2"]]}
CORNER: Document = {**PARABOLA, "knots": ["0", "1", "2"], "pieces": [["0", "0", "1"], ["1", "3", "1"]]}
FALLING: Document = {**PARABOLA, "knots": ["-1", "1"], "pieces": [["0", "-1"]], "left": TANGENT, "right": TANGENT}
HILL: Document = {**PARABOLA, "pieces": [["0", "0", "-1"]]}
LOPSIDED: Document = {**PARABOLA, "knots": ["-1", "0", "1"], "pieces": [["1/2", "-1", "1/2"], ["0", "0", "3/2"]]}
TOUCHING: Document = {
    "type": "piecewise",
    "knots": ["0", "3"],
    "pieces": [["4", "0", "-4", "0", "1"]],
    "left": TANGENT,
    "right": TANGENT,
}
"""(t² - 2)², whose least value 0 is at the irrational √2."""

VIOLATED: dict[str, tuple[Document, Verdict, str]] = {
    # F1 to F4, and the kind `function`.
    "F1, f": (function(CORNER | {"pieces": [["0", "0", "1"], ["2", "2", "1"]]}, bounds("<= 2", ">= 0")), REFUTED, "F1"),
    "F1, f'": (function(CORNER, bounds("<= 2", ">= 0")), REFUTED, "F1: violated: f' is the same before and after"),
    "F1, repeated": (function(BENT, bounds("<= 6", ">= -1")), REFUTED, "where the right repeated part meets itself"),
    "F2, too small": (_plateaus(lipschitz={"relation": "=", "value": "7"}), REFUTED, "F2: violated: f'' <= 7"),
    "F2, from below": (function(HILL, bounds("<= 1", ">= 0")), REFUTED, "f'' >= -(1)"),
    "F2, not attained": (_plateaus(lipschitz={"relation": "=", "value": "8"}), REFUTED, "|f''| is 8 at an end"),
    "F2, quartic": (function(TOUCHING, bounds("= 100", ">= 0")), UNDECIDED, "more than 4 coefficients"),
    "F3, tangent": (function(FALLING, bounds("<= 2", ">= 0")), REFUTED, "F3: violated: f does not fall for ever along"),
    "F3, extended": (function(HILL, bounds("<= 2", ">= -9")), REFUTED, "f does not fall for ever along an extended"),
    "F3, half-line": (
        function(PARABOLA | {"pieces": [["0", "1", "1"]]}, bounds("<= 2", ">= 0")),
        REFUTED,
        "f >= 0 along an extended tail, where it is -1/4",
    ),
    "F3, piece": (_plateaus(infimum={"relation": ">=", "value": "-1/10"}), REFUTED, "F3: violated: f >= -1/10 on"),
    "F3, touching": (function(TOUCHING, bounds("<= 100", ">= 0")), UNDECIDED, "F3: cannot decide whether f >= 0"),
    "F3, not attained": (
        _plateaus(infimum={"relation": "=", "value": "-1"}),
        REFUTED,
        "inf f, which is -25/128, is -1",
    ),
    "F3, cubic": (function(CUBIC, bounds("= 6", "= -1/10")), UNDECIDED, "more than 3 coefficients"),
    "F4, piece": (_plateaus(mu="0"), REFUTED, "F4: violated: f'' >= mu = 0 on the piece 2"),
    "F4, tangent": (
        function(PARABOLA | {"left": TANGENT}, bounds("<= 2", ">= 0", "1")),
        REFUTED,
        "F4: violated: 0 >= mu = 1",
    ),
    "function 5, value": (function(PARABOLA, bounds("= 2", "= 0"), ["3", "8", "6"]), REFUTED, "5: violated: f(3) is 8"),
    "function 5, gradient": (function(PARABOLA, bounds("= 2", "= 0"), ["3", "9", "5"]), REFUTED, "f'(3) is 5"),
    "function 6, one jet": (
        function(PARABOLA, bounds("= 2", "= 0", optimal=True), ["0", "0", "0"], ["0", "0", "0"]),
        REFUTED,
        "condition 6: violated: there are two jets at different points",
    ),
    "function 6": (
        function(CUBIC, bounds("= 6", ">= -1", optimal=True), ["0", "0", "-1"], ["1/2", "0", "1/2"]),
        REFUTED,
        "condition 6: violated: no L below 6 will do",
    ),
    # The kind `drift`.
    "drift 1": (
        changed(DRIFTS["sign-descent"](), {"claim.lipschitz.value": "7"}),
        REFUTED,
        "condition 1: condition F2",
    ),
    "drift 2, side": (
        changed(DRIFTS["sign-descent"](), {"claim.shift.value": "-1"}),
        REFUTED,
        "condition 2: violated: the left tail repeats",
    ),
    "drift 2, multiple": (
        changed(DRIFTS["sign-descent"](), {"claim.shift.value": "1/2"}),
        REFUTED,
        "condition 2: violated: d = 1/2 is a multiple of the period 1",
    ),
    "drift 3": (
        changed(DRIFTS["sign-descent"](), {"claim.start": ["5/16", "5/16"]}),
        REFUTED,
        "condition 3: violated: c <= |f'(x_0)|",
    ),
    "drift 3, wide": (
        changed(DRIFTS["sign-descent"](), {"claim.start": ["0", "1/2"]}),
        UNDECIDED,
        "condition 3: cannot decide whether c <= |f'(x_0)|",
    ),
    "drift 3, division": (
        invariant(method("rmsprop", beta2="0", centered=True), {"v": ["0", "1"], "a": ["0", "1"], "b": ["0", "1"]}),
        UNDECIDED,
        "condition 3: a division by 0, which contains 0",
    ),
    "drift 4": (_proof(DRIFTS["sign-descent"](), word=["-1/2"]), REFUTED, "condition 4: violated: |w_0| >= c"),
    "drift 5(a)": (_proof(DRIFTS["lion"](), box={"m": ["0", "1"]}), REFUTED, "condition 5(a): violated: m in its box"),
    "drift 5(a), partly": (
        changed(DRIFTS["lion"](), {"method.beta2": ["0", "1"]}),
        UNDECIDED,
        "condition 5(a): cannot decide whether m in its box",
    ),
    "drift 5(b), gradient": (
        _proof(DRIFTS["sign-descent"](), word=["-2"]),
        REFUTED,
        "condition 5(b): violated: f' over X_0 = 1 is w_0 = -2: it is -1",
    ),
    "drift 5(b), place": (
        changed(DRIFTS["gradient-descent"](), {"claim.start": ["-2", "-2"]}),
        REFUTED,
        "condition 5(b): violated: X_0 = -1 lies in the repeated part or beyond",
    ),
    "drift 5(b), tail": (
        changed(DRIFTS["gradient-descent"](), {"claim.start": ["-17/16", "-15/16"]}),
        REFUTED,
        "condition 5(b): violated: X_0",
    ),
    "drift 5(b), sign": (
        _proof(DRIFTS["lion"](), box={"m": ["-1", "1"]}),
        UNDECIDED,
        "condition 5(b): the sign of [-1, 4/5]",
    ),
    "drift 5(c)": (
        _proof(DRIFTS["lion"](), box={"m": ["-1/10", "-1/10"]}),
        REFUTED,
        "condition 5(c): violated: m in its box after the period",
    ),
    "drift 5(c), partly": (
        _proof(DRIFTS["lion"](), box={"m": ["-1/2", "-1/10"]}),
        UNDECIDED,
        "condition 5(c): cannot decide",
    ),
    "drift 5(d)": (
        changed(DRIFTS["sign-descent"](), {"claim.shift.value": "2"}),
        REFUTED,
        "condition 5(d): violated: the steps add up to d = 2: to 1",
    ),
    "drift 5(d), wide": (
        changed(DRIFTS["adam, corrected"](), {"method.eps": ["2/5", "1/2"]}),
        UNDECIDED,
        "condition 5(d): cannot decide",
    ),
    "contracting 5(a)": (
        _proof(DRIFTS["heavy-ball, contracting"](), radius={"d": "1/1000000000"}),
        REFUTED,
        "condition 5(a): violated: d in settled",
    ),
    "contracting 5(b), state": (
        _proof(DRIFTS["heavy-ball, contracting"](), settled={"d": "1/2"}, radius={"d": "1"}),
        REFUTED,
        "condition 5(b): violated: d is settled",
    ),
    "contracting 5(b), shift": (
        changed(DRIFTS["heavy-ball, contracting"](), {"claim.shift.value": "2"}),
        REFUTED,
        "condition 5(b): violated: the steps add up to d = 2: to 1",
    ),
    "contracting 5(c)": (
        _proof(DRIFTS["heavy-ball, contracting"](), rate="49/100"),
        REFUTED,
        "condition 5(c): violated: the deviation of d shrinks",
    ),
    "contracting 5(d), gradient": (
        _proof(DRIFTS["heavy-ball, contracting"](), radius={"d": "1/8"}),
        UNDECIDED,
        "condition 5(d): cannot decide whether f' over X_0",
    ),
    "rounded 5(a)": (
        _proof(rounded(method("lion"), {"m": ["-1", "-1/100"]}), box={"m": ["1", "2"]}),
        REFUTED,
        "condition 5(a): violated",
    ),
    "rounded 5(c)": (
        _proof(rounded(method("lion"), {"m": ["-1", "-1/100"]}), box={"m": ["-1/9", "-1/100"]}),
        UNDECIDED,
        "condition 5(c): cannot decide",
    ),
    "rounded 5(d), too long": (
        changed(DRIFTS["sign-descent, rounded"](), {"claim.rounding": {"unit": "1/1000", "steps": 1000}}),
        UNDECIDED,
        "condition 5(d): N·u = 1000·u is not less than 1",
    ),
    "rounded 5(d), too far": (
        changed(DRIFTS["sign-descent, rounded"](), {"claim.rounding.steps": 20_000}),
        UNDECIDED,
        "condition 5(d): cannot decide whether f' over X_0",
    ),
    "rounded 5(d), too near": (
        changed(DRIFTS["sign-descent, rounded"](), {"claim.start": ["-1", "-1"]}),
        REFUTED,
        "lies in the repeated part or beyond",
    ),
    "drift 6": (
        changed(DRIFTS["adam, first-gradient"](), {"claim.optimal": True}),
        REFUTED,
        "condition 6: violated: no L below 6 will do",
    ),
    "drift 6, not exact": (
        changed(DRIFTS["gradient-descent, wide start"](), {"claim.optimal": True}),
        UNDECIDED,
        "condition 6: X_0 = [1, 17/16] is not exact",
    ),
    # The kind `cycle`.
    "cycle 1": (changed(CYCLES["exact"](), {"claim.mu": "2"}), REFUTED, "condition 1: condition F4"),
    "cycle 2, slope": (changed(CYCLES["exact"](), {"claim.slope": "30"}), REFUTED, "condition 2: violated: c <= |f'"),
    "cycle 2, x": (changed(CYCLES["exact"](), {"claim.x": "1/2"}), REFUTED, "condition 2: violated: x is the same"),
    "cycle 2, state": (
        cycle(method("heavy-ball", momentum="0"), PARABOLA, 2, "1/2", {"d": "2"}, **bounds("= 2", "= 0")),
        REFUTED,
        "condition 2: violated: d is the same after 2 steps: 2 and 1",
    ),
    "cycle 2, inexact": (
        changed(CYCLES["rmsprop"](), {"claim.state": {"v": "2", "b": "-2/3"}}),
        UNDECIDED,
        "condition 2: an operation that is not exact",
    ),
    "cycle 2, not inside": (
        _proof(CYCLES["enclosed"](), matrix=[["0", "0"], ["0", "0"]]),
        UNDECIDED,
        "condition 2: cannot decide whether Krawczyk's image of x",
    ),
    "cycle 2, elsewhere": (
        changed(CYCLES["repelling, enclosed"](), {"claim.x": ["1001/1000", "1003/1000"]}),
        REFUTED,
        "condition 2: violated: Krawczyk's image of x",
    ),
    "cycle 2, enclosed slope": (
        changed(CYCLES["enclosed"](), {"claim.slope": "30"}),
        REFUTED,
        "condition 2: violated: c <= |f'(x_0)|",
    ),
    "cycle 3, attracting": (
        changed(CYCLES["attracting"](), {"claim.stability.repeats": 1}),
        REFUTED,
        "condition 3: violated: the deviation of x shrinks",
    ),
    "cycle 3, multiplier": (
        changed(CYCLES["repelling"](), {"claim.stability.multiplier": ["2", "24"]}),
        REFUTED,
        "condition 3: violated: the row of x in |J^2|",
    ),
    "cycle 3, less than its multiplier": (
        changed(CYCLES["repelling"](), {"claim.stability.multiplier": ["2501/100", "26"]}),
        REFUTED,
        "condition 3: violated: d·lo^2 <= |tr J^2|",
    ),
    "cycle 3, at a knot": (
        changed(
            CYCLES["repelling"](),
            {"function.knots": ["-2", "1", "2"], "function.pieces": [QUARTIC["pieces"][0], ["1/4", "1", "3"]]}
            | {"claim.infimum.value": "-1"},
        ),
        UNDECIDED,
        "condition 3: X_0 = 1 meets more than one piece",
    ),
    "cycle 4": (
        cycle(method("gradient-descent", "4/3"), LOPSIDED, 2, "1/2", {}, **bounds("= 3", "= 0", "1", optimal=True)),
        REFUTED,
        "condition 4: violated: L = 3",
    ),
    # The kind `orbit`.
    "orbit 1, same points": (
        _proof(polygon(2, ["1"], ["-1"]), points=[["1", "0"], ["1", "0"]]),
        REFUTED,
        "condition 1: violated: some two points are different",
    ),
    "orbit 1, perhaps the same": (
        _proof(polygon(2, ["1"], ["-1"]), points=[[["cos", "1", "1/8"], "0"]] * 2),
        UNDECIDED,
        "condition 1: cannot decide whether some two points",
    ),
    "orbit 1, division": (
        _proof(changed(ORBITS["normalized"](), {"method.eps": "0"}), gradients=[["0"] * 4] * 4),
        UNDECIDED,
        "condition 1: a division by",
    ),
    "orbit 2, slope": (changed(ORBITS["lion"](), {"claim.slope": "9"}), REFUTED, "condition 2: violated: c² <= |g_0|²"),
    "orbit 2, rise": (changed(ORBITS["lion"](), {"claim.rise": "9"}), REFUTED, "condition 2: violated: F rises by 9"),
    "orbit 3, same point": (
        _proof(polygon(4, ["1"], ["-1"]), points=[["1", "0"], ["0", "1"], ["-1", "0"], ["0", "1"]]),
        REFUTED,
        "condition 3: violated: x_1 and x_3 are different",
    ),
    "orbit 3, perhaps the same point": (
        _proof(
            polygon(4, ["1"], ["-1"]),
            points=[["1", "0"], [["cos", "1", "1/8"], "1"], ["-1", "0"], [["cos", "1", "1/8"], "1"]],
        ),
        UNDECIDED,
        "condition 3: cannot decide whether x_1 and x_3",
    ),
    "orbit 3, values": (
        _proof(polygon(5, ["1"], ["-1"]), values=["0", "100", "0", "0", "0"]),
        REFUTED,
        "condition 3: violated: 2|A| <= L·D for the jets 0 and 1",
    ),
    "orbit 3, gradients": (
        changed(ORBITS["closed"](), {"claim.lipschitz.value": "3"}),
        REFUTED,
        "condition 3: violated: G·D <= (L·D)² - 2·L·D·|A|",
    ),
    "orbit 3, convex": (
        changed(ORBITS["closed"](), {"claim.mu": "0"}),
        REFUTED,
        "condition 3: violated: f_0 - f_1 - <g_1, x_0 - x_1> >=",
    ),
    "orbit 3, strongly convex": (
        changed(ORBITS["strongly convex"](), {"claim.mu": "3/2"}),
        REFUTED,
        "condition 3: violated: f_0 - f_1",
    ),
    "orbit 4": (
        changed(ORBITS["closed"](), {"claim.infimum.value": "0"}),
        REFUTED,
        "condition 4: violated: inf F >= 0",
    ),
    "orbit 4, strongly convex": (
        changed(ORBITS["strongly convex"](), {"claim.infimum.value": "1"}),
        REFUTED,
        "condition 4: violated: inf F >= 1 by strong convexity",
    ),
    # The kind `vanishing`.
    "vanishing 2": (vanishing(steps=50, beta2="99/100"), REFUTED, "condition 2: violated: 52/51·beta2 = 429/425 < 1"),
    "vanishing 3": (vanishing("1"), REFUTED, "condition 3: violated: 4·c·sqrt(B)"),
    "vanishing 4": (vanishing(infimum="-1"), REFUTED, "condition 4: violated: infimum = -1 <="),
}


@pytest.mark.parametrize("name", VIOLATED)
def test_a_condition_that_does_not_hold_is_named(name: str) -> None:
    document, verdict, reason = VIOLATED[name]
    answer = checked(document)
    assert (answer.verdict, reason in answer.reason) == (verdict, True), answer.reason
    assert answer.sentence == document["sentence"]


def test_reasons_are_short_whatever_the_numbers() -> None:
    long = "1" + "0" * 1999
    answer = checked(changed(DRIFTS["sign-descent"](), {"claim.shift.value": long}))
    assert answer.verdict is REFUTED
    assert len(answer.reason) < 200
    assert "e+1999" in answer.reason


def test_numbers_beyond_two_to_the_16384_end_the_check() -> None:
    muon = {**MUON, "coefficients": [str(10**1999), "0", str(10**1999)], "ns_steps": 20}
    document = changed(ORBITS["muon"](), {f"method.{name}": value for name, value in muon.items()})
    answer = checked(document)
    assert (answer.verdict, "beyond 2^16384" in answer.reason) == (UNDECIDED, True)
    assert answer.seconds < 5


def test_a_matrix_with_many_rows_is_not_multiplied() -> None:
    wide: Document = {"method.rows": 10_000, "method.columns": 1, "claim.dimension": 10_000, "claim.steps": 1}
    wide |= {"proof.x0": ["0"] * 10_000, "proof.gradients": [["1"] * 10_000] * 2, "proof.values": ["0", "0"]}
    answer = checked(changed(ORBITS["muon"](), wide))
    assert (answer.verdict, "take too long" in answer.reason) == (UNDECIDED, True)
