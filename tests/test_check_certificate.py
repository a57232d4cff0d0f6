"""The certificate checker of the standard library: what it proves, what it refuses, and its arithmetic."""

from __future__ import annotations

import copy
import importlib.util
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from misstep.optimizers import (
    AdaBelief,
    Adam,
    Adamax,
    GradientDescent,
    HeavyBall,
    Lion,
    NAdam,
    Nesterov,
    RMSprop,
    SignDescent,
)
from misstep.scalars import NumberKind, ball

TOOL = Path(__file__).parents[1] / "tools" / "check_certificate.py"


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("check_certificate", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


tool = _load()
Certificate = dict[str, Any]
Edit = Callable[[Certificate], object]


def text(x: Fraction | int | float) -> str:
    return str(Fraction(x))


def verdict(certificate: Certificate) -> tuple[str, str]:
    """The verdict and reason."""
    word, reason, _, _ = tool.check(json.dumps(certificate).encode())
    return word, reason or ""


def sealed(certificate: Certificate) -> Certificate:
    """The certificate with the sentence that the tool asks for, if its form is right."""
    certificate = copy.deepcopy(certificate)
    certificate["sentence"] = ""
    _, reason = verdict(certificate)
    certificate["sentence"] = reason.partition("that of the claim: ")[2]
    return certificate


def edited(certificate: Certificate, edit: Edit) -> tuple[str, str]:
    """The verdict on a certificate after an edit, with the sentence that it then needs."""
    certificate = copy.deepcopy(certificate)
    edit(certificate)
    return verdict(sealed(certificate))


def put(path: str, value: Any) -> Edit:
    """The edit that sets one place, `claim.period` or `function.knots.0`, to a value."""

    def edit(certificate: Certificate) -> None:
        *way, last = path.split(".")
        place: Any = certificate
        for key in way:
            place = place[int(key) if isinstance(place, list) else key]
        place[int(last) if isinstance(place, list) else last] = value

    return edit


def both(*edits: Edit) -> Edit:
    return lambda certificate: [edit(certificate) for edit in edits]


def certificate(kind: str, method: Any, function: Any, claim: Any, proof: Any) -> Certificate:
    top = {"format": "misstep certificate", "version": 1, "kind": kind, "sentence": "", "provenance": {}}
    return sealed({**top, "method": method, "function": function, "claim": claim, "proof": proof})


# ---------------------------------------------------------------------------------------------------------- functions


def piecewise(knots: Iterable[Any], pieces: Any, left: Any = "tangent", right: Any = "tangent") -> Any:
    tails = [
        {"rule": tail} if isinstance(tail, str) else {"rule": "repeat", "period": text(tail)} for tail in (left, right)
    ]
    return {
        "type": "piecewise",
        "knots": [text(t) for t in knots],
        "pieces": [[text(Fraction(c)) for c in piece] for piece in pieces],
        "left": tails[0],
        "right": tails[1],
    }


# f(0) = f(1) = 0 and f'(0) = f'(1) = -1
CUBIC = piecewise([0, 1], [[0, -1, 3, -2]], right=1)
CUBIC_CLASS = {
    "lipschitz": {"relation": "=", "value": "6"},
    "infimum": {"relation": ">=", "value": "-1/10"},
    "mu": None,
    "optimal": False,
}
# f' = -1 on [-1, 1], up to 3 at 2, down to -1 at 3, and so on
PLATEAUS = piecewise([-1, 1, 2, 3], [[0, -1], [-2, -1, 2], [-1, 3, -2]], right=4)
PLATEAUS_CLASS = {
    "lipschitz": {"relation": "=", "value": "4"},
    "infimum": {"relation": "=", "value": "-17/8"},
    "mu": None,
    "optimal": False,
}
PARABOLA = piecewise([-1, 1], [["1/2", -1, "1/2"]], "extend", "extend")
PARABOLA_CLASS = {
    "lipschitz": {"relation": "=", "value": "1"},
    "infimum": {"relation": "=", "value": "0"},
    "mu": "1",
    "optimal": True,
}


# -------------------------------------------------------------------------------------------------------------- drift


def drift(method: Any, start: int | str, box: Any, *, k: int = 1, state: Any = None) -> Certificate:
    """On the cubic, by 1 in each step."""
    start = text(Fraction(start))
    claim = {
        "start": [start, start],
        "state": state,
        "from": k,
        "period": 1,
        "shift": {"relation": "=", "value": "1"},
        "slope": "1",
        "rounding": None,
        **CUBIC_CLASS,
    }
    proof = {"rule": "invariant", "word": ["-1"], "box": box, "settled": None, "radius": None, "rate": None}
    return certificate("drift", method, CUBIC, claim, proof)


def contracting(method: Any, settled: Any, radius: Any, rate: str, start: str = "0", k: int = 1) -> Certificate:
    """On the plateaus, by 4 a step in the limit."""
    claim = {
        "start": [start, start],
        "state": None,
        "from": k,
        "period": 1,
        "shift": {"relation": "->", "value": "4"},
        "slope": "1",
        "rounding": None,
        **PLATEAUS_CLASS,
    }
    proof = {"rule": "contracting", "word": ["-1"], "box": None, "settled": settled, "radius": radius, "rate": rate}
    return certificate("drift", method, PLATEAUS, claim, proof)


def rounded(method: Any, box: Any, start: str = "0", k: int = 1, steps: int = 1000) -> Certificate:
    """On the plateaus, in double precision."""
    claim = {
        "start": [start, start],
        "state": None,
        "from": k,
        "period": 1,
        "shift": {"relation": "->", "value": "4"},
        "slope": "99/100",
        "rounding": {"unit": text(Fraction(1, 2**53)), "steps": steps},
        **PLATEAUS_CLASS,
    }
    proof = {"rule": "rounded", "word": ["-1"], "box": box, "settled": None, "radius": None, "rate": None}
    return certificate("drift", method, PLATEAUS, claim, proof)


def adam(start: str = "corrected", **changes: Any) -> Any:
    method = {"name": "adam", "learning_rate": "1", "beta1": ["0", "1"], "beta2": ["0", "1"], "eps": "0"}
    return {**method, "eps_root": "0", "eps_hat": None, "start": start, "amsgrad": None, **changes}


def rmsprop(**changes: Any) -> Any:
    method = {"name": "rmsprop", "learning_rate": "1", "beta2": "1/2", "eps": "0", "eps_root": "0"}
    return {**method, "momentum": "0", "centered": False, **changes}


ONE_TO_ONE, M_ONE, UNIT = ["1", "1"], ["-1", "-1"], ["0", "1"]
CONSTANT = {"m": M_ONE, "v": ONE_TO_ONE}
POWERS = {"p1": UNIT, "p2": UNIT}
SMALL = "1/16"


def power(base: str, exponent: int) -> str:
    return text(Fraction(base) ** exponent)


DRIFTS = {
    "gradient descent": drift({"name": "gradient-descent", "learning_rate": "1"}, 0, {}),
    "heavy ball from a state": drift(
        {"name": "heavy-ball", "learning_rate": "1/2", "momentum": "1/2"}, 0, {"d": ["1", "1"]}, state={"d": "1"}
    ),
    "nesterov from a state": drift(
        {"name": "nesterov", "learning_rate": "1/2", "momentum": "1/2"}, 0, {"b": ["-2", "-2"]}, state={"b": "-2"}
    ),
    "sign descent": drift({"name": "sign-descent", "learning_rate": "1"}, 0, {}),
    "lion": drift(
        {"name": "lion", "learning_rate": "1", "beta1": ["0", "9/10"], "beta2": UNIT}, 0, {"m": ["-1", "0"]}, k=3
    ),
    "adam, first gradient": drift(adam("first-gradient"), 0, CONSTANT),
    "adam, zero, from a state": drift(adam("zero"), 0, CONSTANT, state={"m": "-1", "v": "1"}),
    "adam, corrected": drift(adam(), 0, {**CONSTANT, **POWERS}, k=5),
    "adam, eps": drift(adam(eps="1/4", learning_rate="5/4"), 0, {**CONSTANT, **POWERS}),
    "adam, eps_root": drift(adam(eps_root="5/4", learning_rate="3/2"), 0, {**CONSTANT, **POWERS}),
    "adam, amsgrad raw": drift(adam(amsgrad="raw"), 0, {**CONSTANT, "w": ONE_TO_ONE, **POWERS}, k=3),
    "adam, amsgrad corrected": drift(adam(amsgrad="corrected"), 0, {**CONSTANT, "w": ONE_TO_ONE, **POWERS}),
    "adam, amsgrad, zero": drift(
        adam("zero", amsgrad="raw"),
        0,
        {**CONSTANT, "w": ONE_TO_ONE},
        state={"m": "-1", "v": "1", "w": "1"},
    ),
    "adamax": drift(
        {"name": "adamax", "learning_rate": "5/4", "beta1": UNIT, "beta2": UNIT, "eps": "1/4"},
        0,
        {"m": M_ONE, "u": ["5/4", "5/4"], "p1": UNIT},
        k=2,
    ),
    "rmsprop from a state": drift(rmsprop(), 0, {"v": ONE_TO_ONE, "b": M_ONE}, state={"v": "1", "b": "-1"}),
    "rmsprop, centered": drift(
        rmsprop(centered=True, eps_root="1", momentum="1/2", learning_rate="1/2"),
        0,
        {"v": ONE_TO_ONE, "a": M_ONE, "b": ["-2", "-2"]},
        state={"v": "1", "a": "-1", "b": "-2"},
    ),
    "heavy ball, contracting": contracting(
        {"name": "heavy-ball", "learning_rate": "15/4", "momentum": SMALL}, {"d": "4"}, {"d": "1/4"}, SMALL
    ),
    "nesterov, contracting": contracting(
        {"name": "nesterov", "learning_rate": "15/4", "momentum": SMALL}, {"b": "-16/15"}, {"b": "1/15"}, SMALL
    ),
    "adam, eps_hat, contracting": contracting(
        adam(eps_hat="1/10", learning_rate="22/5", beta1=SMALL, beta2=SMALL),
        {"m": "-1", "v": "1", "p1": "0", "p2": "0"},
        {"m": "0", "v": "0", "p1": "1/256", "p2": "1/256"},
        SMALL,
        k=2,
    ),
    "adam, zero, contracting": contracting(
        adam("zero", learning_rate="4", beta1=SMALL, beta2=SMALL),
        {"m": "-1", "v": "1"},
        {"m": "1/256", "v": "1/256"},
        SMALL,
        k=2,
    ),
    "nadam": contracting(
        {"name": "nadam", "learning_rate": "4", "beta1": SMALL, "beta2": SMALL, "eps": "0", "momentum_decay": None},
        {"m": "-1", "v": "1", "p2": "0", "P": "0"},
        {"m": power(SMALL, 3), "v": "0", "p2": power(SMALL, 3), "P": power(SMALL, 3)},
        SMALL,
        k=3,
    ),
    "nadam with a schedule": contracting(
        {"name": "nadam", "learning_rate": "5", "beta1": SMALL, "beta2": SMALL, "eps": "1/4", "momentum_decay": "1"},
        {"m": "-1", "v": "1", "p2": "0", "P": "0", "D": "0"},
        {"m": power(SMALL, 3), "v": "0", "p2": power(SMALL, 3), "P": power(SMALL, 3), "D": "9/10"},
        "97/100",
        k=3,
    ),
    "radam": contracting(
        {"name": "radam", "learning_rate": "4", "beta1": SMALL, "beta2": "3/4", "eps": "0"},
        {"m": "-1", "v": "1", "p1": "0", "p2": "0", "q": "0"},
        {"m": "0", "v": "0", "p1": power(SMALL, 40), "p2": "1/80000", "q": "1/1000"},
        "4/5",
        start="-152",
        k=40,
    ),
    "rmsprop, contracting": contracting(
        rmsprop(learning_rate="15/4", beta2=SMALL, momentum=SMALL),
        {"v": "1", "b": "-16/15"},
        {"v": power(SMALL, 5), "b": power(SMALL, 4)},
        "1/2",
        start="-20",
        k=5,
    ),
    "adabelief": contracting(
        {
            "name": "adabelief",
            "learning_rate": "4",
            "beta1": SMALL,
            "beta2": SMALL,
            "eps": "0",
            "eps_root": "0",
            "eps_sum": "15/16",
        },
        {"m": "-1", "s": "1", "p1": "0", "p2": "0"},
        {"m": power(SMALL, 6), "s": power(SMALL, 5), "p1": power(SMALL, 6), "p2": power(SMALL, 6)},
        "1/2",
        start="-24",
        k=6,
    ),
    "gradient descent, rounded": rounded({"name": "gradient-descent", "learning_rate": "4"}, {}, steps=10**6),
    "heavy ball, rounded": rounded(
        {"name": "heavy-ball", "learning_rate": "15/4", "momentum": SMALL},
        {"d": ["3999999/1000000", "4000001/1000000"]},
        start="-36",
        k=9,
    ),
    "adam, rounded": rounded(
        adam(learning_rate="4", beta1="1/2", beta2="1/2"),
        {
            "m": ["-1000001/1000000", "-999999/1000000"],
            "v": ["999999/1000000", "1000001/1000000"],
            "p1": ["0", "1/1000000000000"],
            "p2": ["0", "1/1000000000000"],
        },
        start="-240",
        k=60,
    ),
}


def test_every_rule_of_a_drift_is_there() -> None:
    assert {c["proof"]["rule"] for c in DRIFTS.values()} == {"invariant", "contracting", "rounded"}


@pytest.mark.parametrize("name", DRIFTS)
def test_a_true_drift_is_proved(name: str) -> None:
    assert verdict(DRIFTS[name]) == ("PROVED", "")


OPTIMAL = certificate(
    "drift",
    {"name": "gradient-descent", "learning_rate": "4"},
    piecewise([0, 2, 4], [[0, -1, "1/2"], [0, 1, "-1/2"]], right=4),
    {
        **DRIFTS["gradient descent"]["claim"],
        "shift": {"relation": "=", "value": "4"},
        "lipschitz": {"relation": "=", "value": "1"},
        "infimum": {"relation": "=", "value": "-1/2"},
        "optimal": True,
    },
    DRIFTS["gradient descent"]["proof"],
)
LEFT = certificate(
    "drift",
    {"name": "sign-descent", "learning_rate": "1"},
    piecewise([0, 1], [[0, 1, -3, 2]], left=1),
    {**DRIFTS["gradient descent"]["claim"], "start": ["1", "1"], "shift": {"relation": "=", "value": "-1"}},
    {**DRIFTS["gradient descent"]["proof"], "word": ["1"]},
)


def test_a_drift_on_the_function_of_least_constant_is_proved_optimal() -> None:
    assert verdict(OPTIMAL) == ("PROVED", "")


def test_a_drift_to_the_left_is_proved() -> None:
    assert verdict(LEFT) == ("PROVED", "")


GD, HB = DRIFTS["gradient descent"], DRIFTS["heavy ball, contracting"]
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


# -------------------------------------------------------------------------------------------------------------- cycle


def cycle(
    method: Any, state: Any, *, x: Any = "1", function: Any = PARABOLA, kind: Any = PARABOLA_CLASS
) -> Certificate:
    claim = {"period": 2, "x": x, "state": state, "slope": "1", "stability": None, **kind}
    return certificate("cycle", method, function, claim, {"rule": "exact", "matrix": None})


# f' = 1 + (x - 1)/4 around 1, steeper around 0, and odd: gradient descent with 2 goes between 1 and -1, multiplier 1/4
SOFT = piecewise(
    [-2, "-1/2", "1/2", 2],
    [["29/16", "-5/4", "1/8"], ["7/32", "-7/8", "7/8"], ["7/32", "7/8", "1/8"]],
    "extend",
    "extend",
)
# f' = 0 around 0 and 2x - 1 beyond 1/2: multiplier 9
HARD = piecewise([-2, "-1/2", "1/2", 2], [["9/4", -3, 1], [0, 0], [0, 0, 1]], "extend", "extend")
GD2 = {"name": "gradient-descent", "learning_rate": "2"}
# the same, with f'' = 1 just beyond 1, where f'' jumps
CORNER = piecewise(
    [-2, "-1/2", "1/2", 1, 2],
    [["9/4", -3, 1], [0, 0], [0, 0, 1], ["1/4", 1, "1/2"]],
    "extend",
    "extend",
)


def stable(function: Any, constant: str, stability: Any, x: Any, matrix: Any) -> Certificate:
    kind = {
        "lipschitz": {"relation": "=", "value": constant},
        "infimum": {"relation": "=", "value": "0"},
        "mu": "0",
        "optimal": False,
    }
    claim = {"period": 2, "x": x, "state": {}, "slope": "1/2", "stability": stability, **kind}
    proof = {"rule": "exact" if matrix is None else "enclosed", "matrix": matrix}
    return certificate("cycle", GD2, function, claim, proof)


ATTRACTING = {"type": "attracting", "repeats": 2, "rate": "1/10", "radius": {"x": "1/16"}}
REPELLING = {"type": "repelling", "power": 2, "multiplier": ["8", "10"]}
AROUND = ["19/20", "21/20"]
CYCLES = {
    "gradient descent": cycle(GD2, {}),
    "sign descent": cycle({"name": "sign-descent", "learning_rate": "2"}, {}),
    "heavy ball": cycle({"name": "heavy-ball", "learning_rate": "3", "momentum": "1/2"}, {"d": "2"}),
    "nesterov": cycle({"name": "nesterov", "learning_rate": "3/2", "momentum": "1/2"}, {"b": "-2/3"}),
    "lion": cycle({"name": "lion", "learning_rate": "2", "beta1": "0", "beta2": "0"}, {"m": "-1"}),
    "adam": cycle(adam("zero", learning_rate="4", beta1="1/3", beta2="1/2"), {"m": "-1/2", "v": "1"}),
    "adam, amsgrad": cycle(
        adam("zero", learning_rate="4", beta1="1/3", beta2="1/2", amsgrad="raw"), {"m": "-1/2", "v": "1", "w": "1"}
    ),
    "rmsprop": cycle(rmsprop(learning_rate="2"), {"v": "1", "b": "-1"}),
    "rmsprop, centered": cycle(
        rmsprop(learning_rate="2", beta2="1/3", centered=True, eps_root="1/4"), {"v": "1", "a": "-1/2", "b": "-1"}
    ),
    "attracting, exact": stable(SOFT, "7/4", ATTRACTING, "1", None),
    "attracting, enclosed": stable(SOFT, "7/4", ATTRACTING, AROUND, [["-4/3"]]),
    "repelling, exact": stable(HARD, "2", REPELLING, "1", None),
    "repelling, enclosed": stable(HARD, "2", REPELLING, AROUND, [["1/8"]]),
    "enclosed, two variables": certificate(
        "cycle",
        {"name": "heavy-ball", "learning_rate": "3", "momentum": "1/2"},
        SOFT,
        {
            "period": 2,
            "x": ["99/100", "101/100"],
            "state": {"d": ["199/100", "201/100"]},
            "slope": "7/8",
            "stability": None,
            "lipschitz": {"relation": "<=", "value": "2"},
            "infimum": {"relation": ">=", "value": "0"},
            "mu": "0",
            "optimal": False,
        },
        {"rule": "enclosed", "matrix": [["-16/27", "0"], ["0", "-16/27"]]},
    ),
}


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


HEAVY = {"name": "heavy-ball", "learning_rate": "3", "momentum": "1/2"}


def heavy(stability: Any, function: Any = SOFT, constant: str = "7/4", x: str = "1", d: str = "2") -> Certificate:
    """1, -1, 1, … of the heavy ball, each step z -> M·z with M = [[1 - 3·f'', 1/2], [-3·f'', 1/2]]."""
    base = stable(function, constant, stability, x, None)
    return sealed({**base, "method": HEAVY, "claim": {**base["claim"], "state": {"d": d}}})


NEAR_HEAVY = {"type": "attracting", "repeats": 40, "rate": "1/100", "radius": {"x": "1/100", "d": "1/100"}}


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


THREE = certificate(
    "cycle",
    {"name": "heavy-ball", "learning_rate": "1/9", "momentum": "4/9"},
    piecewise([0, 1, 2, 3], [[0, 0, "25/2"], ["25/2", 25, "1/2"], [38, 26, "25/2"]], "extend", "extend"),
    {
        "period": 3,
        "x": "792/1225",
        "state": {"d": "-72/49"},
        "slope": "10",
        "stability": None,
        "lipschitz": {"relation": "=", "value": "25"},
        "infimum": {"relation": "=", "value": "0"},
        "mu": "1",
        "optimal": False,
    },
    {"rule": "exact", "matrix": None},
)


def test_the_three_cycle_of_lessard_recht_and_packard_is_proved() -> None:
    assert verdict(THREE) == ("PROVED", "")


# ----------------------------------------------------------------------------------------------------------- function

JETS = [["-1", "1/2", "-1"], ["1", "1/2", "1"], ["3", "9/2", "3"]]
BY_JETS = certificate("function", None, PARABOLA, {**PARABOLA_CLASS, "jets": JETS}, {})
PERIODIC = certificate(
    "function",
    None,
    piecewise([0, 1, 2], [[0, 1, -1], [0, -1, 1]], 1, 2),
    {
        "lipschitz": {"relation": "=", "value": "2"},
        "infimum": {"relation": "=", "value": "-1/4"},
        "mu": "-2",
        "optimal": False,
        "jets": [["21/2", "1/4", "0"], ["0", "0", "1"]],
    },
    {},
)


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


# -------------------------------------------------------------------------------------------------------------- orbit


def vector_run(name: str, o: Any, x: Any, gradient: Any, steps: int) -> tuple[list[Any], list[Any]]:
    """The points and gradients of a method that is not coordinate-wise, in double precision."""
    xs, gs, m = [x], [gradient(x)], np.zeros_like(x)
    for _ in range(steps):
        g = gs[-1]
        if name == "normalized":
            m = o["momentum"] * m + (1 - o["momentum"]) * g
            x = x - o["learning_rate"] * m / (np.linalg.norm(m) + o["eps"])
        elif name == "lars":
            decay = o["weight_decay"]
            trust = o["trust_coefficient"] * np.linalg.norm(x)
            local = trust / (np.linalg.norm(g) + decay * np.linalg.norm(x) + o["eps"])
            m = o["momentum"] * m + o["learning_rate"] * local * (g + decay * x)
            x = x - m
        else:
            m = o["momentum"] * m + (1 - o["momentum"]) * g
            u = (1 - o["momentum"]) * g + o["momentum"] * m if o["nesterov"] else m
            big = u.reshape(o["rows"], o["columns"]) / max(np.linalg.norm(u), o["eps"])
            a, b, c = o["coefficients"]
            for _ in range(o["ns_steps"]):
                gram = big @ big.T
                big = a * big + (b * gram + c * (gram @ gram)) @ big
            x = x - o["learning_rate"] * math.sqrt(max(1, o["rows"] / o["columns"])) * big.ravel()
        xs.append(x)
        gs.append(gradient(x))
    return xs, gs


def orbit(method: Any, xs: Any, gs: Any, mu: str | None = None, x0: Any = None) -> Certificate:
    """On the paraboloid |x|²/2, rounded."""
    values = [Fraction(float(x @ x) / 2).limit_denominator(10**6) for x in xs]
    claim = {
        "dimension": len(xs[0]),
        "steps": len(xs) - 1,
        "closed": False,
        "slope": "1/100",
        "rise": text(values[-1] - values[0]),
        "lipschitz": {"relation": "<=", "value": "2"},
        "infimum": {"relation": ">=", "value": "-10"},
        "mu": mu,
    }
    proof = {
        "x0": [text(Fraction(float(v))) for v in (xs[0] if x0 is None else x0)],
        "gradients": [[text(Fraction(float(v)).limit_denominator(10**9)) for v in g] for g in gs],
        "values": [text(v) for v in values],
    }
    return certificate("orbit", method, None, claim, proof)


def number_of(value: Any) -> Any:
    return float(Fraction(value)) if isinstance(value, str) else value


VECTOR_METHODS: list[Any] = [
    {"name": "normalized", "learning_rate": "1/4", "momentum": "1/2", "eps": "1/8"},
    {
        "name": "lars",
        "learning_rate": "1/4",
        "momentum": "1/2",
        "trust_coefficient": "1/2",
        "weight_decay": "1/8",
        "eps": "1/16",
    },
    *(
        {
            "name": "muon",
            "learning_rate": "1/4",
            "momentum": "1/2",
            "eps": "1/1000",
            "nesterov": nesterov,
            "coefficients": ["3", "-4", "2"],
            "ns_steps": 2,
            "rows": 3,
            "columns": 2,
        }
        for nesterov in (True, False)
    ),
]


@pytest.mark.parametrize("method", VECTOR_METHODS, ids=lambda m: m["name"])
@pytest.mark.parametrize("mu", [None, "0", "1/2"])
def test_an_orbit_of_a_method_of_vectors_is_proved(method: Any, mu: str | None) -> None:
    o = {key: number_of(value) for key, value in method.items() if key not in ("name", "coefficients")}
    o["coefficients"] = [float(Fraction(c)) for c in method.get("coefficients", [])]
    start = np.array([1.0, -0.5, 0.25, 2.0, -1.5, 0.75])
    xs, gs = vector_run(method["name"], o, start, lambda x: x, 4)
    assert verdict(orbit(method, xs, gs, mu)) == ("PROVED", "")


LINE = [np.array([0.5**k, -(0.5**k)]) for k in range(4)]
HALVING: Any = {"name": "gradient-descent", "learning_rate": "1/2"}
COORDINATES = orbit(HALVING, LINE, LINE)
CONVEX = orbit(HALVING, LINE, LINE, "1/2")


def ring(k: int, kind: str = "cos", radius: str = "1") -> Certificate:
    """The heavy ball on a regular polygon in the plane: x_{j+1} = 3/2·x_j - 1/2·x_{j-1} - g_j."""
    other = {"cos": "sin", "sin": "cos"}[kind]
    points = [[[kind, radius, text(Fraction(j, k))], [other, radius, text(Fraction(j, k))]] for j in range(k)]
    claim = {
        "dimension": 2,
        "steps": k,
        "closed": True,
        "slope": "1/10",
        "rise": None,
        "lipschitz": {"relation": "<=", "value": "100"},
        "infimum": {"relation": ">=", "value": "-100"},
        "mu": None,
    }
    proof = {"points": points, "values": ["0"] * k}
    return certificate("orbit", {"name": "linear", "a": ["3/2", "-1/2"], "b": ["-1", "0"]}, None, claim, proof)


def shorten(certificate: Certificate, points: int) -> None:
    for key in ("points", "values"):
        certificate["proof"][key] = certificate["proof"][key][:points]


def wide_orbit(points: int, dimension: int) -> Certificate:
    """Of a form that is right but for the number of pairs times the dimension."""
    changed = copy.deepcopy(ring(2))
    changed["claim"] |= {"steps": points, "dimension": dimension}
    changed["proof"] = {"points": [[text(k)] * dimension for k in range(points)], "values": ["0"] * points}
    return changed


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


# ---------------------------------------------------------------------------------------------------------- vanishing

VANISHING = certificate(
    "vanishing",
    adam("first-gradient", beta1="1/2", beta2=["1/4", "1/2"]),
    None,
    {"slope": "1", "lipschitz": {"relation": "<=", "value": "6"}, "infimum": {"relation": ">=", "value": "-2"}},
    {"steps": 50},
)


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


# ---------------------------------------------------------------------------------------------------------- sentences

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


# --------------------------------------------------------------------------------------------------------------- form

MALFORMED: list[tuple[str, Certificate, Edit]] = [
    ("a key too many", GD, put("claim.extra", "1")),
    ("a key too few", GD, lambda c: c["claim"].pop("mu")),
    ("a key too many at the top", GD, put("extra", "1")),
    ("true as a count", GD, put("claim.period", True)),
    ("false as a count", DRIFTS["lion"], put("claim.from", False)),
    ("a string as a count", GD, put("claim.period", "1")),
    ("a count beyond the limit", GD, put("claim.period", 10**12)),
    ("a count beyond 64 bits", GD, put("claim.period", 10**40)),
    ("period 0", GD, put("claim.period", 0)),
    ("from 0", GD, put("claim.from", 0)),
    ("a number as a JSON integer", GD, put("claim.slope", 1)),
    *(
        (f"the number {n}", GD, put("claim.slope", n))
        for n in ("-0", "2/4", "01", "+1", "1/1", "1/0", "0/2", "1/-2", " 1")
    ),
    *(
        (f"the number {n}", GD, put("claim.slope", n))
        for n in ("", "1.5", "1e3", "1/2/3", "1\n", "\u0661", "1/02", "-1", "0")
    ),
    ("a number of 2001 digits", GD, put("claim.slope", "1" * 2001)),
    ("a denominator of 2001 digits", GD, put("claim.slope", "1/" + "1" * 2001)),
    ("a number of a million digits", GD, put("claim.slope", "1" * 10**6)),
    ("a range in the wrong order", GD, put("claim.start", ["1", "0"])),
    ("a range of three", GD, put("claim.start", ["1", "2", "3"])),
    ("provenance of numbers", GD, put("provenance", {"a": 1})),
    ("no method", GD, put("method", None)),
    ("a method of no table", GD, put("method.name", "sgd")),
    ("a method of orbits", GD, put("method", VECTOR_METHODS[0])),
    ("a learning rate of 0", GD, put("method.learning_rate", "0")),
    ("beta 1", DRIFTS["adam, corrected"], put("method.beta1", "1")),
    ("beta [1, 1]", DRIFTS["adam, corrected"], put("method.beta1", ["1", "1"])),
    ("beta up to 2", DRIFTS["adam, corrected"], put("method.beta1", ["0", "2"])),
    ("eps_hat beside eps", DRIFTS["adam, eps"], put("method.eps_hat", "1")),
    ("eps_hat without correction", DRIFTS["adam, first gradient"], put("method.eps_hat", "1")),
    ("an unknown start", DRIFTS["adam, corrected"], put("method.start", "one")),
    ("centered as a word", DRIFTS["rmsprop, centered"], put("method.centered", 1)),
    ("momentum_decay of a large denominator", DRIFTS["nadam"], put("method.momentum_decay", "1/1001")),
    (
        "a state for a method that counts",
        DRIFTS["adam, corrected"],
        put("claim.state", dict.fromkeys(("m", "v", "p1", "p2"), "1")),
    ),
    ("a box without a variable", DRIFTS["lion"], put("proof.box", {})),
    ("a word that is too long", GD, put("proof.word", ["-1", "-1"])),
    ("rounded without rounding", GD, put("proof.rule", "rounded")),
    ("a settled state for an invariant box", GD, put("proof.settled", {})),
    ("contracting with =", HB, put("claim.shift.relation", "=")),
    ("no shift", GD, put("claim.shift.value", "0")),
    ("rate 1", HB, put("proof.rate", "1")),
    ("steps within the transient", DRIFTS["heavy ball, rounded"], put("claim.rounding.steps", 9)),
    ("optimal with <=", OPTIMAL, put("claim.lipschitz.relation", "<=")),
    ("knots that do not increase", GD, put("function.knots", ["0", "0"])),
    ("a knot too many", GD, put("function.knots", ["0", "1", "2"])),
    ("a piece of one coefficient", GD, put("function.pieces.0", ["0"])),
    ("a piece of nine", GD, put("function.pieces.0", ["0"] * 9)),
    ("a cubic that is extended", GD, put("function.left", {"rule": "extend"})),
    ("a period that meets no knot", GD, put("function.right.period", "1/2")),
    ("a tangent with a period", GD, put("function.left.period", "1")),
    ("a cycle in ranges, exact", CYCLES["gradient descent"], put("claim.x", ["1", "1"])),
    ("a cycle of a method that counts", CYCLES["gradient descent"], put("method", DRIFTS["adamax"]["method"])),
    ("a cycle's parameter as a range", CYCLES["gradient descent"], put("method.learning_rate", ["2", "2"])),
    ("a matrix of another size", CYCLES["attracting, enclosed"], put("proof.matrix", [["1", "2"]])),
    ("a multiplier below -1", CYCLES["repelling, exact"], put("claim.stability.multiplier", ["-3", "-2"])),
    ("power 0", CYCLES["repelling, exact"], put("claim.stability.power", 0)),
    ("power 1001", CYCLES["repelling, exact"], put("claim.stability.power", 1001)),
    ("no power", CYCLES["repelling, exact"], lambda c: c["claim"]["stability"].pop("power")),
    ("a closed orbit of one point", ring(2), both(put("claim.steps", 1), lambda c: shorten(c, 1))),
    ("an orbit of too many pairs", wide_orbit(1000, 5), put("provenance", {})),
    ("a multiplier around 1", CYCLES["repelling, exact"], put("claim.stability.multiplier", ["1", "2"])),
    ("too many repeats", CYCLES["attracting, exact"], put("claim.stability.repeats", 50_001)),
    ("optimal and enclosed", CYCLES["attracting, enclosed"], put("claim.optimal", True)),
    ("an orbit that rises and is closed", ring(3), put("claim.rise", "0")),
    ("an orbit of another length", COORDINATES, put("claim.steps", 2)),
    ("an orbit of too many coordinates", COORDINATES, put("claim.dimension", 10_000)),
    ("mu as large as L", COORDINATES, put("claim.mu", "2")),
    ("a turn of a large denominator", ring(3), put("proof.points.0.0", ["cos", "1", "1/1001"])),
    ("tan", ring(3), put("proof.points.0.0", ["tan", "1", "1/3"])),
    ("two of b", ring(3), put("method.b", ["1", "1"])),
    ("a and b of two lengths", ring(3), put("method.b", ["1"])),
    ("a function in an orbit", ring(3), put("function", PARABOLA)),
    ("vanishing with eps", VANISHING, put("method.eps", "1")),
    ("vanishing with eps as a range", VANISHING, put("method.eps", ["0", "0"])),
    ("version 0", GD, put("version", 0)),
    ("version -1", GD, put("version", -1)),
    ("version as a word", GD, put("version", "2")),
    ("version true", GD, put("version", True)),
    ("kind as an array", GD, put("kind", ["drift"])),
    ("kind null", GD, put("kind", None)),
    ("another format", GD, put("format", "misstep")),
    ("an unknown kind of another format", GD, both(put("format", "x"), put("kind", "y"))),
]


@pytest.mark.parametrize(("name", "base", "edit"), MALFORMED, ids=lambda x: x[:40] if isinstance(x, str) else "")
def test_a_fault_of_form_is_malformed(name: str, base: Certificate, edit: Edit) -> None:
    changed = copy.deepcopy(base)
    edit(changed)
    word, reason = verdict({**changed, "sentence": ""})
    assert word == "MALFORMED", name
    assert not reason.startswith("condition 0"), name
    assert 0 < len(reason) < 300, name


@pytest.mark.parametrize("edit", [put("version", 2), put("version", 10**30), put("kind", "spiral")])
def test_a_later_version_or_kind_is_undecided_whatever_else_it_holds(edit: Edit) -> None:
    changed = copy.deepcopy(GD)
    both(edit, put("extra", [1]), put("claim", None))(changed)
    assert verdict(changed)[0] == "UNDECIDED"


GOOD = json.dumps(GD)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'"',
        b'"\\',
        b"\xff\xfe",
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.encode() + b"\x00",
        GOOD.encode() + b"{}",
        b"[" * 10**6,
        b"[" * 10**6 + b"]" * 10**6,
        b'{"a":' * 10**6,
        b'["' + b'\\"' * 10**6,
        b'"' * 10**6,
        b"]" * 10**6 + b"[" * 10**6,
        GOOD.replace('"version": 1', '"version": 1, "version": 1').encode(),
        GOOD.replace('"version": 1', '"version": 1, "vers\\u0069on": 1').encode(),
        *(
            GOOD.replace('"period": 1', f'"period": {n}').encode()
            for n in ("1e999999999", "NaN", "-Infinity", "1.0", "1e0")
        ),
        GOOD.replace('"period": 1', f'"period": {"9" * 10**6}').encode(),
        GOOD.replace('"period": 1', '"period": 01').encode(),
        GOOD.replace("cubic", "").encode()[:-1],
        GOOD.replace('"provenance": {}', '"provenance": {"a": "\\ud800", "b": [1]}').encode(),
        GOOD.replace("misstep certificate", "\\ud800").encode(),
        GOOD.encode() + b" " * tool.BYTES,
    ],
    ids=lambda data: data[:20].decode("latin-1"),
)
def test_bytes_that_are_no_certificate_are_malformed(data: bytes) -> None:
    word, reason, _, _ = tool.check(data)
    assert word == "MALFORMED"
    assert reason
    assert reason.isascii()
    assert len(reason) < 300


def test_depth_sixteen_is_read_and_seventeen_is_not() -> None:
    assert "deep" not in tool.check(b"[" * 16 + b"]" * 16)[1]
    assert "deep" in tool.check(b"[" * 17 + b"]" * 17)[1]
    assert "deep" not in tool.check(b'["' + b"[" * 99 + b'\\"[[[[[[[[[[[[[[[[[["]')[1]


@given(st.binary(max_size=60), st.integers(0, len(GOOD)))
def test_no_bytes_raise(data: bytes, at: int) -> None:
    assert tool.check(GOOD.encode()[:at] + data + GOOD.encode()[at:])[0] in {
        "MALFORMED",
        "REFUTED",
        "UNDECIDED",
        "PROVED",
    }


def leaves(value: Any, path: str = "") -> Iterable[str]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield f"{path}.{key}".lstrip(".")
        yield from leaves(inner, f"{path}.{key}")


@pytest.mark.parametrize(
    "name", ["adam, corrected", "nadam with a schedule", "adam, rounded", "rmsprop, centered", "radam"]
)
@pytest.mark.parametrize("value", [None, True, 7, "7", "-7/3", [], {}, ["0", "5"], "0"])
def test_no_change_of_a_drift_makes_the_checker_fail(name: str, value: Any) -> None:
    for path in leaves(DRIFTS[name]):
        word, reason = edited(DRIFTS[name], put(path, value))
        assert "this checker failed" not in reason, (path, word, reason)


@pytest.mark.parametrize("base", [*CYCLES.values(), COORDINATES, ring(5), BY_JETS, PERIODIC, VANISHING])
def test_no_change_of_a_certificate_makes_the_checker_fail(base: Certificate) -> None:
    for path in leaves(base):
        for value in (None, 3, "-7/3", ["0", "5"], "0"):
            word, reason = edited(base, put(path, value))
            assert "this checker failed" not in reason, (path, word, reason)


def test_numbers_that_explode_end_the_check_as_undecided() -> None:
    huge = "1" + "0" * 1999
    base = both(put("method.learning_rate", huge), put("function.left", {"rule": "extend"}))
    word, reason = edited(CYCLES["heavy ball"], both(base, put("claim.period", 10_000)))
    assert word == "UNDECIDED"
    assert "beyond" in reason


# -------------------------------------------------------------------------------------------------------- command line


def run_tool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", str(TOOL), *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """One file for each verdict."""
    contents = {"PROVED": GD, "REFUTED": {**GD, "claim": {**GD["claim"], "slope": "2"}}}
    contents["REFUTED"] = sealed(contents["REFUTED"])
    contents |= {"UNDECIDED": {**GD, "version": 2}, "MALFORMED": {**GD, "sentence": "?"}}
    for word, content in contents.items():
        (tmp_path / f"{word}.json").write_text(json.dumps(content))
    return {word: str(tmp_path / f"{word}.json") for word in contents}


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["PROVED"], 0),
        (["PROVED", "PROVED"], 0),
        (["PROVED", "UNDECIDED"], 4),
        (["UNDECIDED", "REFUTED"], 1),
        (["REFUTED", "MALFORMED", "PROVED"], 2),
    ],
)
def test_the_exit_status_is_that_of_the_worst_file(files: dict[str, str], words: list[str], status: int) -> None:
    assert tool.main([files[word] for word in words]) == status


def test_each_file_has_a_line_and_its_sentence_or_reason(files: dict[str, str]) -> None:
    done = run_tool(files["PROVED"], files["REFUTED"])
    lines = done.stdout.splitlines()
    assert done.stderr == ""
    assert lines[0].startswith(f"PROVED  {files['PROVED']}  (")
    assert lines[1] == f"    {GD['sentence']}"
    assert lines[2].startswith(f"REFUTED  {files['REFUTED']}  (")
    assert lines[3] == "    condition 3: step 0: 2 <= |f'| = |-1|: violated"


def test_json_is_a_list_of_the_verdicts(files: dict[str, str]) -> None:
    done = run_tool("--json", *files.values())
    rows = json.loads(done.stdout)
    assert [row["verdict"] for row in rows] == list(files)
    assert all(list(row) == ["file", "kind", "claim", "verdict", "seconds", "reason"] for row in rows)
    assert rows[0]["claim"] == GD["sentence"]
    assert [row["reason"] is None for row in rows] == [True, False, False, False]
    assert done.returncode == 2


def test_help_has_an_example() -> None:
    assert "example: python tools/check_certificate.py" in run_tool("--help").stdout.replace("\n", " ")


def test_what_is_no_regular_file_is_malformed(tmp_path: Path, files: dict[str, str]) -> None:
    link, fifo = tmp_path / "link.json", tmp_path / "fifo.json"
    link.symlink_to(files["PROVED"])
    os.mkfifo(fifo)
    done = run_tool("--json", str(link), str(fifo), str(tmp_path), str(tmp_path / "none"), "/dev/zero", "a\udcff")
    assert {row["verdict"] for row in json.loads(done.stdout)} == {"MALFORMED"}
    assert done.stderr == ""
    assert done.returncode == 2


def test_the_tool_imports_the_standard_library_alone(files: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(TOOL), files["PROVED"]],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith("PROVED")


# --------------------------------------------------------------------------------------------------------- arithmetic

GRID = Fraction(1, 2**256)
SIZES = st.sampled_from([0, 1, 30, 300, 2000])


@st.composite
def numbers(draw: st.DrawFn) -> Fraction:
    """Small, large, long, close to 0, of either sign."""
    p = draw(st.integers(-(2**64), 2**64)) << draw(SIZES)
    q = draw(st.one_of(st.integers(1, 2**64), st.sampled_from([2**200, 2**256, 2**256 + 1, 2**300, 3**900, 10**600])))
    return Fraction(p + draw(st.integers(-3, 3)), q)


@st.composite
def intervals(draw: st.DrawFn) -> Any:
    """Degenerate, thin, wide, around 0, on and off the grid."""
    lo = draw(numbers())
    width = draw(st.one_of(st.just(Fraction(0)), st.just(GRID), numbers().map(abs)))
    return tool.of(lo, lo + width)


def fraction(x: fmpq) -> Fraction:
    return Fraction(int(x.p), int(x.q))


def as_arb(x: Fraction) -> Any:
    return arb(fmpq(x.numerator, x.denominator))


def arb_ends(x: Any) -> tuple[Fraction, Fraction]:
    """Two rational numbers around a ball."""
    mid, rad = (
        Fraction(*map(int, part.man_exp()[:1])) * Fraction(2) ** int(part.man_exp()[1]) for part in (x.mid(), x.rad())
    )
    return mid - rad, mid + rad


def is_rounded(found: Any, lo: Fraction, hi: Fraction) -> None:
    """The interval is [lo, hi], moved outward by less than 2^-256 and only where the rule says so."""
    assert found.lo <= lo <= hi <= found.hi
    for end, true in ((found.lo, lo), (found.hi, hi)):
        long = max(abs(true.numerator).bit_length(), true.denominator.bit_length()) > 4096
        kept = not long if lo == hi else true.denominator <= 2**256 and true.numerator.bit_length() <= 4096
        assert (end == true) if kept else ((end / GRID).denominator == 1 and abs(end - true) < GRID)


OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
}


@pytest.mark.parametrize("sign", OPERATIONS)
@given(x=intervals(), y=intervals())
def test_an_operation_gives_the_exact_range_rounded_outward(sign: str, x: Any, y: Any) -> None:
    operation = OPERATIONS[sign]
    if sign == "/" and y.lo <= 0 <= y.hi:
        with pytest.raises(tool.Stop, match="contains 0"):
            operation(x, y)
        return
    values = [operation(a, b) for a in (x.lo, x.hi) for b in (y.lo, y.hi)]
    found = operation(x, y)
    is_rounded(found, min(values), max(values))
    with ctx.workprec(600):
        value = operation(as_arb(x.lo), as_arb(y.hi))
    low, high = arb_ends(value)
    assert found.lo <= high
    assert low <= found.hi


@given(intervals())
def test_the_square_is_the_exact_range_of_squares(x: Any) -> None:
    values = [x.lo**2, x.hi**2]
    is_rounded(x.square(), Fraction(0) if x.lo <= 0 <= x.hi else min(values), max(values))


@given(intervals(), intervals())
def test_absolute_value_and_maximum_are_ranges(x: Any, y: Any) -> None:
    values = [abs(x.lo), abs(x.hi)]
    assert abs(x).hi >= max(values)
    assert (abs(x).lo == 0) if x.lo <= 0 <= x.hi else abs(x).lo <= min(values)
    assert (tool.maximum(x, y).lo, tool.maximum(x, y).hi) == (max(x.lo, y.lo), max(x.hi, y.hi))


@given(intervals())
def test_the_root_is_enclosed_between_neighboring_multiples(x: Any) -> None:
    if x.lo < 0:
        with pytest.raises(tool.Stop, match="below 0"):
            x.sqrt()
        return
    root = x.sqrt()
    assert 0 <= root.lo**2 <= x.lo
    assert x.hi <= root.hi**2
    if not root.exact:
        assert (root.lo + GRID) ** 2 > x.lo
        assert root.hi == 0 or (root.hi - GRID) ** 2 < x.hi
    with ctx.workprec(600):
        low, high = arb_ends(as_arb(x.hi).sqrt())
    assert low <= root.hi
    assert root.hi - GRID <= high or root.exact


@given(numbers())
def test_the_root_of_a_square_is_exact(x: Fraction) -> None:
    if max(x.numerator.bit_length(), x.denominator.bit_length()) <= 2048:
        root = tool.of(x * x).sqrt()
        assert root.exact
        assert root.lo == abs(x)


@given(intervals(), intervals(), st.fractions(0, 1), st.fractions(0, 1))
def test_a_mixture_is_the_exact_range_over_independent_values(a: Any, b: Any, s: Fraction, t: Fraction) -> None:
    share = sorted((s, t))
    low = min((1 - e) * a.lo + e * b.lo for e in share)
    high = max((1 - e) * a.hi + e * b.hi for e in share)
    is_rounded(tool.mix(a, b, tool.of(*share)), low, high)


@given(st.fractions(-3, 3, max_denominator=1000))
def test_cosines_are_enclosed_to_two_hundred_bits(t: Fraction) -> None:
    found = tool.cosine(t)
    with ctx.workprec(600):
        low, high = arb_ends((2 * arb.pi() * as_arb(t)).cos())
    assert found.hi - found.lo < Fraction(1, 2**200)
    assert found.lo <= high
    assert low <= found.hi


@pytest.mark.parametrize("twelfth", range(-13, 25))
def test_rational_cosines_and_sines_are_exact(twelfth: int) -> None:
    t = Fraction(twelfth, 12)
    assert tool.cosine(t).exact == ((4 * t).denominator == 1 or (6 * t).denominator == 1)
    assert abs(float(tool.cosine(t).lo) - math.cos(2 * math.pi * t)) < 1e-14


@given(st.fractions(0, 1), st.fractions(0, 1))
def test_a_sign_is_certain_or_undecided(a: Fraction, b: Fraction) -> None:
    assert tool.of(a + 1, a + b + 1).sign().lo == 1
    assert (-tool.of(a + 1, a + b + 1)).sign().lo == -1
    assert tool.of(0).sign().lo == 0
    with pytest.raises(tool.Stop):
        tool.of(-a, 1 + b).sign()


@given(intervals(), intervals())
def test_comparisons_hold_are_violated_or_are_open(x: Any, y: Any) -> None:
    assert tool.at_most(x, y) is (True if x.hi <= y.lo else False if x.lo > y.hi else None)
    assert tool.within(x, y) is (
        True if y.lo <= x.lo and x.hi <= y.hi else False if x.hi < y.lo or y.hi < x.lo else None
    )
    apart = x.hi < y.lo or y.hi < x.lo
    assert tool.within(x, y, strict=True) is (True if y.lo < x.lo and x.hi < y.hi else False if apart else None)
    assert tool.at_most(x, y, strict=True) is (True if x.hi < y.lo else False if x.lo >= y.hi else None)
    assert tool.equal(x, y) is (False if apart else True if x.lo == x.hi == y.lo == y.hi else None)


FORMULAS: dict[str, Callable[[Any, Any], Any]] = {
    "product": lambda x, y: x * y * 3 - y,
    "quotient": lambda x, y: (x + 1) / (y + 2),
    "root": lambda x, y: (x.square() + y).sqrt(),
    "maximum": lambda x, y: tool.maximum(x, y) * abs(x),
    "mixture": lambda x, y: tool.mix(x, y, x / (x + y)),
    "gain": lambda x, y: tool.share(tool.of(Fraction(1, 3)), tool.of(Fraction(1, 3)), x) * y,
}


@pytest.mark.parametrize("name", FORMULAS)
@settings(max_examples=10)
@given(st.fractions("1/10", "9/10", max_denominator=99), st.fractions("1/10", "9/10", max_denominator=99))
def test_derivatives_enclose_difference_quotients(name: str, a: Fraction, b: Fraction) -> None:
    formula, h = FORMULAS[name], Fraction(1, 10**6)
    x, y = tool.as_variables([tool.of(a, a + h), tool.of(b)])
    slope = formula(x, y).parts[0]
    ends = [formula(tool.of(e), tool.of(b)) for e in (a, a + h)]
    quotient = (ends[1] - ends[0]) / tool.of(h)
    slack = Fraction(1, 2**200)
    assert slope.lo - slack <= quotient.hi
    assert quotient.lo <= slope.hi + slack
    assert slope.hi - slope.lo < 2 * abs(slope.hi) + 3


@given(intervals(), intervals(), st.integers(1, 100))
def test_an_operation_with_errors_holds_every_result(x: Any, y: Any, bits: int) -> None:
    u = Fraction(1, 2**bits)
    with tool.arithmetic(tool.of(1 - u, 1 + u)):
        found = x + y
    for e in (x.lo + y.lo, x.hi + y.hi):
        assert found.lo <= min(e * (1 - u), e * (1 + u))
        assert max(e * (1 - u), e * (1 + u)) <= found.hi


# ------------------------------------------------------------------------------------------------------------ methods

STREAMS = st.lists(st.fractions(-5, 5, max_denominator=20).filter(bool), min_size=1, max_size=9)
B1, B2 = "9/10", "3/4"
PAIRS: dict[str, tuple[Any, Any]] = {
    "gradient-descent": ({"name": "gradient-descent", "learning_rate": "1/3"}, GradientDescent(learning_rate="1/3")),
    "heavy-ball": (
        {"name": "heavy-ball", "learning_rate": "1/3", "momentum": B1},
        HeavyBall(learning_rate="1/3", momentum=B1),
    ),
    "nesterov": (
        {"name": "nesterov", "learning_rate": "1/3", "momentum": B1},
        Nesterov(learning_rate="1/3", momentum=B1),
    ),
    "sign-descent": ({"name": "sign-descent", "learning_rate": "1/3"}, SignDescent(learning_rate="1/3")),
    "lion": (
        {"name": "lion", "learning_rate": "1/3", "beta1": "7/11", "beta2": B2},
        Lion(learning_rate="1/3", beta1="7/11", beta2=B2),
    ),
    "adamax": (
        {"name": "adamax", "learning_rate": "1/3", "beta1": B1, "beta2": B2, "eps": "1/100"},
        Adamax(learning_rate="1/3", beta1=B1, beta2=B2, eps="1/100"),
    ),
    "nadam": (
        {"name": "nadam", "learning_rate": "1/3", "beta1": B1, "beta2": B2, "eps": "1/100", "momentum_decay": None},
        NAdam(learning_rate="1/3", beta1=B1, beta2=B2, eps="1/100", momentum_decay=None),
    ),
    "nadam with a schedule": (
        {"name": "nadam", "learning_rate": "1/3", "beta1": B1, "beta2": B2, "eps": "1/100", "momentum_decay": "1/250"},
        NAdam(learning_rate="1/3", beta1=B1, beta2=B2, eps="1/100", momentum_decay="1/250"),
    ),
    "rmsprop": (
        rmsprop(learning_rate="1/3", beta2=B2, eps="1/100", momentum=B1),
        RMSprop(learning_rate="1/3", beta2=B2, eps="1/100", momentum=B1),
    ),
    "rmsprop, centered": (
        rmsprop(learning_rate="1/3", beta2=B2, eps_root="1/100", centered=True),
        RMSprop(learning_rate="1/3", beta2=B2, eps=0, eps_root="1/100", centered=True),
    ),
    "adabelief": (
        {
            "name": "adabelief",
            "learning_rate": "1/3",
            "beta1": B1,
            "beta2": B2,
            "eps": "1/100",
            "eps_root": "1/7",
            "eps_sum": "1/9",
        },
        AdaBelief(learning_rate="1/3", beta1=B1, beta2=B2, eps="1/100", eps_root="1/7", eps_sum="1/9"),
    ),
}
for _start, _options in (
    ("zero", {"bias_correction": False}),
    ("first-gradient", {"bias_correction": False, "start": "first-gradient"}),
    ("corrected", {}),
):
    for _amsgrad in (None, "raw", "corrected"):
        PAIRS[f"adam, {_start}, {_amsgrad}"] = (
            adam(_start, learning_rate="1/3", beta1=B1, beta2=B2, eps="1/100", eps_root="1/70", amsgrad=_amsgrad),
            Adam(learning_rate="1/3", beta1=B1, beta2=B2, eps="1/100", eps_root="1/70", amsgrad=_amsgrad, **_options),
        )
        if _start == "corrected" != _amsgrad:
            PAIRS[f"adam, eps_hat, {_amsgrad}"] = (
                adam(learning_rate="1/3", beta1=B1, beta2=B2, eps_hat="1/100", amsgrad=_amsgrad),
                Adam(learning_rate="1/3", beta1=B1, beta2=B2, eps=0, eps_hat="1/100", amsgrad=_amsgrad),
            )


def tool_steps(method: Any, stream: list[Fraction], ranges: bool = False) -> list[Any]:
    """The points of the tool's recurrence from 0."""
    o = tool.read_method(method, tool.COORDINATE, tool.either if ranges else tool.single)
    z, x, points = {name: tool.of(value) for name, value in tool.variables(o).items()}, tool.ZERO, []
    for k, g in enumerate(stream):
        s, z = tool.step(o, z, tool.of(g), k == 0)
        x = x + s
        points.append(x)
    return points


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=10)
@given(stream=STREAMS)
def test_a_recurrence_is_that_of_missteps_optimizer(name: str, stream: list[Fraction]) -> None:
    method, optimizer = PAIRS[name]
    with ctx.workprec(600):
        cast = optimizer.cast(NumberKind.BALL)
        x = ball(0)
        state = cast.init(x)
        for found, g in zip(tool_steps(method, stream), stream, strict=True):
            x, state = cast.update(ball(fmpq(g.numerator, g.denominator)), state, x)
            low, high = arb_ends(x)
            assert found.lo <= high
            assert low <= found.hi
            assert found.hi - found.lo < Fraction(1, 2**200)


@pytest.mark.parametrize("beta2", ["3/4", "9/10", "99/100", "1/2"])
@settings(max_examples=10)
@given(stream=STREAMS)
def test_radam_is_that_of_torch(beta2: str, stream: list[Fraction]) -> None:
    method = {"name": "radam", "learning_rate": "1/3", "beta1": B1, "beta2": beta2, "eps": "1/100"}
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.RAdam([x], lr=1 / 3, betas=(0.9, float(Fraction(beta2))), eps=0.01)
    for found, g in zip(tool_steps(method, stream * 3), stream * 3, strict=True):
        x.grad = torch.tensor([float(g)], dtype=torch.float64)
        optimizer.step()
        assert abs(float(found.lo) - x.item()) < 1e-9


@pytest.mark.parametrize("name", ["adam, corrected, raw", "adam, zero, None", "lion", "nadam", "adamax"])
@settings(max_examples=10)
@given(stream=STREAMS, low=st.fractions(0, "1/2", max_denominator=20))
def test_ranges_of_parameters_hold_each_run_within(name: str, stream: list[Fraction], low: Fraction) -> None:
    method = PAIRS[name][0]
    ranges = {**method, "beta1": [text(low), "1/2"], "beta2": [text(low), "1/2"]}
    try:
        wide = tool_steps(ranges, stream, ranges=True)
    except tool.Stop as stop:
        assert stop.args[0] == "UNDECIDED"  # noqa: PT017
        return
    for beta in (low, (low + Fraction(1, 2)) / 2, Fraction(1, 2)):
        narrow = tool_steps({**method, "beta1": text(beta), "beta2": text(beta)}, stream)
        assert all(a.lo <= b.lo and b.hi <= a.hi for a, b in zip(wide, narrow, strict=True))


@pytest.mark.parametrize("decay", ["1/250", "1", "7", "1000", "1/1000", "999/1000", "0"])
def test_nadams_decay_lies_between_neighboring_multiples(decay: str) -> None:
    h = tool.read_method(
        {"name": "nadam", "learning_rate": "1", "beta1": B1, "beta2": B2, "eps": "0", "momentum_decay": decay},
        tool.COORDINATE,
        tool.single,
    )["h"]
    with ctx.workprec(600):
        low, high = arb_ends(arb(fmpq(24, 25)) ** as_arb(Fraction(decay)))
    assert h.lo <= high
    assert low <= h.hi
    assert h.hi - h.lo == (0 if decay == "0" else GRID)
