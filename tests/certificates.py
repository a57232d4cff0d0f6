"""Certificates made by hand, and a few by a small prover: one of every kind, rule and method."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

from flint import fmpq

from misstep.certificates import Checked, check_bytes, sentence_of
from misstep.certificates.fields import number
from misstep.certificates.intervals import Interval
from misstep.certificates.method_form import PARAMETERS, SCALAR_METHODS, read_method
from misstep.certificates.methods import Setting, advance
from misstep.certificates.vector_methods import iterates

Document = dict[str, Any]

TANGENT: Document = {"rule": "tangent"}
EXTEND: Document = {"rule": "extend"}
NOTHING: Document = {"eps": "0", "eps_root": "0", "eps_hat": None, "amsgrad": None}

CUBIC: Document = {
    "type": "piecewise",
    "knots": ["0", "1"],
    "pieces": [["0", "-1", "3", "-2"]],
    "left": TANGENT,
    "right": {"rule": "repeat", "period": "1"},
}
"""Toint's function: f' = -1 at 0, 1, 2, …, with f'' in [-6, 6] and inf f = -√3/18 = -0.0962…."""

PLATEAUS: Document = {
    "type": "piecewise",
    "knots": ["0", "1/8", "1/2", "7/8", "1"],
    "pieces": [["0", "-1"], ["-1/8", "-1", "32/9"], ["0", "5/3", "-32/9"], ["1/8", "-1"]],
    "left": TANGENT,
    "right": {"rule": "repeat", "period": "1"},
}
"""f' = -1 within 1/8 of 0, 1, 2, … and below 0, and between them it goes to 5/3 and back, with f'' = ±64/9."""

LEAST: Document = {**CUBIC, "knots": ["0", "1/2", "1"], "pieces": [["0", "-1", "2"], ["0", "1", "-2"]]}
"""The smoothest function with f' = -1 at 0, 1, 2, …: f'' = ±4."""

POLYAK: Document = {
    "type": "piecewise",
    "knots": ["0", "1", "2", "3"],
    "pieces": [["0", "0", "25/2"], ["25/2", "25", "1/2"], ["38", "26", "25/2"]],
    "left": EXTEND,
    "right": EXTEND,
}
"""The function of Lessard, Recht & Packard (2016) on which the heavy ball goes round."""

PARABOLA: Document = {
    "type": "piecewise",
    "knots": ["0", "1"],
    "pieces": [["0", "0", "1"]],
    "left": EXTEND,
    "right": EXTEND,
}
QUARTIC: Document = {
    "type": "piecewise",
    "knots": ["-2", "2"],
    "pieces": [["4", "-8", "6", "-2", "1/4"]],
    "left": TANGENT,
    "right": TANGENT,
}
"""x⁴/4 on [-2, 2]."""


def seal(document: Document) -> Document:
    """The document with its sentence."""
    return {**document, "sentence": sentence_of(document)}


def certificate(kind: str, method: Any, function: Any, claim: Any, proof: Any) -> Document:
    """A whole certificate."""
    head = {"format": "misstep certificate", "version": 1, "kind": kind, "method": method, "function": function}
    return seal({**head, "claim": claim, "proof": proof, "provenance": {"program": "by hand"}})


def checked(document: object) -> Checked:
    """The check of a JSON value."""
    return check_bytes(json.dumps(document).encode())


def changed(document: Document, changes: Mapping[str, Any], *, sealed: bool = True) -> Document:
    """A copy with other values at paths such as `claim.shift.value`, and the sentence to match."""
    copied: Document = copy.deepcopy(document)
    for path, value in changes.items():
        *parents, last = path.split(".")
        place: Any = copied
        for parent in parents:
            place = place[int(parent) if isinstance(place, list) else parent]
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    return seal(copied) if sealed else copied


def bounds(lipschitz: str, infimum: str, mu: str | None = None, *, optimal: bool = False) -> Document:
    """The four claims about a function, from texts such as `= 6` and `>= -1/10`."""
    (r, L), (s, low) = lipschitz.split(), infimum.split()
    return {
        "lipschitz": {"relation": r, "value": L},
        "infimum": {"relation": s, "value": low},
        "mu": mu,
        "optimal": optimal,
    }


SMOOTH_PLATEAUS = bounds("= 64/9", "= -25/128")


def method(name: str, learning_rate: str = "1", **parameters: Any) -> Document:
    """A method with β1 = β2 = 9/10, momentum 1/2 and no ε unless told."""
    usual: Document = {"beta1": "9/10", "beta2": "9/10", "momentum": "1/2", "eps_sum": "0", "centered": False}
    usual |= {"momentum_decay": None, "start": "corrected", **NOTHING}
    return {
        "name": name,
        "learning_rate": learning_rate,
        **{key: parameters.get(key, usual.get(key)) for key in PARAMETERS[name] if key != "learning_rate"},
    }


def invariant(how: Document, box: Document, **claim: Any) -> Document:
    """A drift on PLATEAUS by 1 a step from 0 on, whose state is invariant from step 1 on."""
    claims: Document = {"start": ["0", "0"], "state": None, "from": 1, "period": 1, "slope": "1", "rounding": None}
    claims |= {"shift": {"relation": "=", "value": "1"}, **SMOOTH_PLATEAUS, **claim}
    proof = {"rule": "invariant", "word": ["-1"], "box": box, "settled": None, "radius": None, "rate": None}
    return certificate("drift", how, PLATEAUS, claims, proof)


def text(x: fmpq) -> str:
    """A number as the format writes it."""
    return str(x)


def above(x: fmpq, scale: int = 10**30) -> fmpq:
    """A short number not below x."""
    return -fmpq((-x * scale).floor(), scale)


def contracting(
    how: Document, settled: Mapping[str, str], rate: str, steps: int, spread: Mapping[str, int] | None = None
) -> Document:
    """A drift on PLATEAUS by 1 a step in the limit: the state after K steps is within the radius of the settled one.

    The start is such that the first K gradients are met below 0, and the iterates end up around 1, 2, 3, ….
    """
    read = read_method(how, SCALAR_METHODS, ranges=True)
    at = Setting(read, lambda x: x)
    state, moved = dict(read.start), Interval.point(0)
    for k in range(steps):
        state, s = advance(at, state, Interval.point(-1), first=k == 0)
        moved = moved + s
    radius = {
        name: above((spread or {}).get(name, 1) * (state[name] - Interval.point(number(value, name))).largest)
        for name, value in settled.items()
    }
    # From here on it moves by 1 a step, in the limit; x_K is put at 0, where the repeated part begins, or just above.
    start = text(above(-moved.lo, 64))
    claim: Document = {
        "start": [start, start],
        "state": None,
        "from": steps,
        "period": 1,
        "slope": "1",
        "rounding": None,
    }
    claim |= {"shift": {"relation": "->", "value": "1"}, **SMOOTH_PLATEAUS}
    names = {name: text(r) for name, r in radius.items()}
    proof = {"rule": "contracting", "word": ["-1"], "box": None, "settled": settled, "radius": names, "rate": rate}
    return certificate("drift", how, PLATEAUS, claim, proof)


def rounded(how: Document, box: Document) -> Document:
    """A drift on PLATEAUS in which every operation may err by 2^-30, for 1000 steps."""
    relation = {"relation": "->", "value": "1"}
    bits = {"unit": "1/1073741824", "steps": 1000}
    whole = invariant(how, box, shift=relation, slope="99/100", start=["1/16", "1/16"])
    return changed(whole, {"claim.rounding": bits, "proof.rule": "rounded"})


def own(start: str = "corrected", **parameters: Any) -> Document:
    """Adam."""
    return method("adam", start=start, **parameters)


POWER = ["0", "9/10"]
ONES: Document = {"m": ["-1", "-1"], "v": ["1", "1"]}
POWERS: Document = {"p1": POWER, "p2": POWER}

DRIFTS: dict[str, Callable[[], Document]] = {
    "adam, first-gradient": lambda: certificate(
        "drift",
        own("first-gradient", beta1=["0", "1"], beta2=["0", "1"]),
        CUBIC,
        {"start": ["0", "0"], "state": None, "from": 1, "period": 1, "shift": {"relation": "=", "value": "1"}}
        | {"slope": "1", "rounding": None, **bounds("= 6", ">= -1/10", optimal=False)},
        {"rule": "invariant", "word": ["-1"], "box": ONES, "settled": None, "radius": None, "rate": None},
    ),
    "gradient-descent": lambda: invariant(method("gradient-descent"), {}),
    "optimal": lambda: changed(
        invariant(method("gradient-descent"), {}),
        {"function": LEAST, **{f"claim.{key}": value for key, value in bounds("= 4", "= -1/8", optimal=True).items()}},
    ),
    "gradient-descent, wide start": lambda: invariant(method("gradient-descent"), {}, start=["0", "1/16"]),
    "sign-descent": lambda: invariant(method("sign-descent", "1"), {}),
    "lion": lambda: invariant(method("lion"), {"m": ["-1", "-1/10"]}),
    "heavy-ball, state": lambda: invariant(method("heavy-ball", "1/2"), {"d": ["1", "1"]}, state={"d": "1"}),
    "nesterov, state": lambda: invariant(method("nesterov", "1/2"), {"b": ["-2", "-2"]}, state={"b": "-2"}),
    "adam, zero, state": lambda: invariant(own("zero"), ONES, state={"m": "-1", "v": "1"}),
    "adam, zero, amsgrad": lambda: invariant(
        own("zero", amsgrad="raw"), {**ONES, "w": ["1", "1"]}, state={"m": "-1", "v": "1", "w": "1"}
    ),
    "rmsprop, state": lambda: invariant(
        method("rmsprop", "1/2"), {"v": ["1", "1"], "b": ["-2", "-2"]}, state={"v": "1", "b": "-2"}
    ),
    "adam, corrected": lambda: invariant(own("corrected", learning_rate="3/2", eps="1/2"), {**ONES, **POWERS}),
    "adam, amsgrad raw": lambda: invariant(own(amsgrad="raw"), {**ONES, "w": ["1", "1"], **POWERS}),
    "adam, amsgrad corrected": lambda: invariant(own(amsgrad="corrected"), {**ONES, "w": ["1", "1"], **POWERS}),
    "adam, every beta": lambda: invariant(
        own(beta1=["0", "1"], beta2=["0", "1"]), {**ONES, "p1": ["0", "1"], "p2": ["0", "1"]}
    ),
    "adamax": lambda: invariant(
        method("adamax", "3/2", eps="1/2"), {"m": ["-1", "-1"], "u": ["3/2", "3/2"], "p1": POWER}
    ),
    "radam, never rectified": lambda: invariant(
        method("radam", beta2="1/2"), {**ONES, "p1": POWER, "p2": ["0", "1/2"], "q": ["0", "1"]}
    ),
    "heavy-ball, contracting": lambda: contracting(method("heavy-ball", "1/2"), {"d": "1"}, "1/2", 20),
    "nesterov, contracting": lambda: contracting(method("nesterov", "1/2"), {"b": "-2"}, "1/2", 20),
    "adam, zero, contracting": lambda: contracting(own("zero"), {"m": "-1", "v": "1"}, "91/100", 200),
    "adam, eps_hat": lambda: contracting(
        own(learning_rate="3/2", eps_hat="1/2"), {"m": "-1", "v": "1", "p1": "0", "p2": "0"}, "9/10", 100
    ),
    "nadam": lambda: contracting(method("nadam"), {"m": "-1", "v": "1", "p2": "0", "P": "0"}, "91/100", 200),
    "nadam, schedule": lambda: contracting(
        method("nadam", momentum_decay="1000"), {"m": "-1", "v": "1", "p2": "0", "P": "0", "D": "0"}, "91/100", 200
    ),
    "radam": lambda: contracting(
        method("radam"), {"m": "-1", "v": "1", "p1": "0", "p2": "0", "q": "0"}, "91/100", 300, {"q": 2}
    ),
    "rmsprop, contracting": lambda: contracting(
        method("rmsprop", "1/2"), {"v": "1", "b": "-2"}, "91/100", 200, {"b": 9}
    ),
    "rmsprop, centered": lambda: contracting(
        method("rmsprop", "1/2", centered=True, eps_root="1"), {"v": "1", "a": "-1", "b": "-2"}, "91/100", 200, {"b": 9}
    ),
    "adabelief": lambda: contracting(
        method("adabelief", eps_sum="1/10"), {"m": "-1", "s": "1", "p1": "0", "p2": "0"}, "91/100", 250
    ),
    "gradient-descent, rounded": lambda: rounded(method("gradient-descent"), {}),
    "sign-descent, rounded": lambda: rounded(method("sign-descent"), {}),
    "adam, first-gradient, rounded": lambda: rounded(
        own("first-gradient"), {"m": ["-100001/100000", "-99999/100000"], "v": ["99999/100000", "100001/100000"]}
    ),
}

CYCLE_BOUNDS = bounds("= 25", "= 0", "1")


def cycle(how: Document, function: Document, period: int, x: Any, state: Document, **claim: Any) -> Document:
    """A cycle through x, exact where that is a number."""
    claims: Document = {
        "period": period,
        "x": x,
        "state": state,
        "slope": "1",
        "stability": None,
        **CYCLE_BOUNDS,
        **claim,
    }
    return certificate("cycle", how, function, claims, {"rule": "exact", "matrix": None})


def enclosed(document: Document, matrix: list[list[str]], radius: str) -> Document:
    """The same cycle, of which only is said that it is within a radius of there."""
    r, claim = number(radius, "radius"), document["claim"]

    def around(value: str) -> list[str]:
        return [text(number(value, "") - r), text(number(value, "") + r)]

    changes: Document = {"claim.x": around(claim["x"]), "proof": {"rule": "enclosed", "matrix": matrix}}
    changes["claim.state"] = {name: around(value) for name, value in claim["state"].items()}
    return changed(document, changes)


POLYAK_METHOD = method("heavy-ball", "1/9", momentum="4/9")
QUARTIC_BOUNDS = bounds("<= 12", ">= 0")
ATTRACTING: Document = {
    "type": "attracting",
    "repeats": 4,
    "rate": "9/10",
    "radius": {"x": "1/1000000", "d": "1/1000000"},
}


def polyak(**claim: Any) -> Document:
    """The cycle of Lessard, Recht & Packard."""
    return cycle(POLYAK_METHOD, POLYAK, 3, "792/1225", {"d": "-72/49"}, slope="10", **claim)


def repelled(**claim: Any) -> Document:
    """1, -1, 1, … of gradient descent on x⁴/4: each round multiplies deviations by (1 - 2·3)² = 25."""
    stability = {"type": "repelling", "power": 1, "multiplier": ["24", "26"]}
    return cycle(
        method("gradient-descent", "2"), QUARTIC, 2, "1", {}, **{**QUARTIC_BOUNDS, "stability": stability, **claim}
    )


def swinging(how: Document, x: str, state: Document, **claim: Any) -> Document:
    """A cycle of two points on x²."""
    return cycle(how, PARABOLA, 2, x, state, **{**bounds("= 2", "= 0", "2"), **claim})


CYCLES: dict[str, Callable[[], Document]] = {
    "exact": polyak,
    "attracting": lambda: polyak(stability=ATTRACTING),
    "enclosed": lambda: enclosed(polyak(), inverse_of_round(), "1/1000"),
    "enclosed, attracting": lambda: enclosed(polyak(stability=ATTRACTING), inverse_of_round(), "1/1000000000"),
    "repelling": repelled,
    "repelling, enclosed": lambda: enclosed(repelled(slope="1/4"), [["1/24"]], "1/100000"),
    "optimal": lambda: swinging(method("gradient-descent"), "1/2", {}, optimal=True),
    "sign-descent": lambda: swinging(method("sign-descent"), "1/2", {}),
    "lion": lambda: swinging(method("lion", beta1="1/10", beta2="1/2"), "1/2", {"m": "-1/3"}),
    "nesterov": lambda: swinging(method("nesterov", "3/4", momentum="1/2"), "1/2", {"b": "-2/3"}),
    "adam, zero": lambda: swinging(own("zero", learning_rate="19"), "1/2", {"m": "-1/19", "v": "1"}),
    "adam, zero, amsgrad": lambda: swinging(
        own("zero", amsgrad="corrected", learning_rate="19"), "1/2", {"m": "-1/19", "v": "1", "w": "1"}
    ),
    "rmsprop": lambda: swinging(method("rmsprop", "3/2"), "1/2", {"v": "1", "b": "-2/3"}),
}
"""In a swing x = 1/2, -1/2 with gradients 1, -1 an average m <- β·m + (1 - β)·g is ∓(1 - β)/(1 + β) before the step."""


def inverse_of_round() -> list[list[str]]:
    """(J - I)^{-1} of the round of three steps, each [x, d] -> [[1 - f''/9, 4/9], [-f''/9, 4/9]]·[x, d]."""
    from flint import fmpq_mat

    def step(bend: int) -> fmpq_mat:
        return fmpq_mat(2, 2, [1 - fmpq(bend, 9), fmpq(4, 9), -fmpq(bend, 9), fmpq(4, 9)])

    bends = [25 if not 1 < float(x) < 2 else 1 for x in ROUND]
    J = step(bends[2]) * step(bends[1]) * step(bends[0])
    inverse = (J - fmpq_mat(2, 2, [1, 0, 0, 1])).inv()
    return [[text(inverse[i, j]) for j in range(2)] for i in range(2)]


ROUND = (fmpq(792, 1225), fmpq(-2208, 1225), fmpq(2592, 1225))
"""The x of the cycle of Lessard, Recht & Packard."""


def sphere(how: Document, n: int = 4, steps: int = 3, **claim: Any) -> Document:
    """A run on F = |x|²/2, whose gradients were rounded to short numbers."""
    read = read_method(how, PARAMETERS, ranges=False)
    x0 = tuple(Interval.point(fmpq(3 - i, 1 + i)) for i in range(n))
    gradients: list[tuple[Interval, ...]] = []
    rows: list[list[str]] = []
    values: list[str] = []
    for x in iterates(read, x0, gradients):
        short = [above((c.lo + c.hi) / 2, 10**12) for c in x]
        rows.append([text(g) for g in short])
        values.append(text(above(sum((g * g for g in short), fmpq(0)) / 2, 10**12)))
        gradients.append(tuple(map(Interval.point, short)))
        if len(rows) == steps + 1:
            break
    rise = text(number(values[-1], "") - number(values[0], ""))
    claims: Document = {"dimension": n, "steps": steps, "closed": False, "slope": "1/100", "rise": rise, "mu": None}
    claims |= {"lipschitz": {"relation": "<=", "value": "2"}, "infimum": {"relation": ">=", "value": "-100"}, **claim}
    proof = {"x0": [text(c.lo) for c in x0], "gradients": rows, "values": values}
    return certificate("orbit", how, None, claims, proof)


def polygon(n_points: int, a: list[str], b: list[str], **claim: Any) -> Document:
    """The corners of a regular polygon, which a linear method visits for ever."""
    claims: Document = {"dimension": 2, "steps": n_points, "closed": True, "slope": "1/2", "rise": None, "mu": None}
    claims |= {"lipschitz": {"relation": "<=", "value": "8"}, "infimum": {"relation": ">=", "value": "-10"}, **claim}
    turns = [text(fmpq(k, n_points)) for k in range(n_points)]
    points = [[["cos", "1", t], ["sin", "1", t]] for t in turns]
    proof = {"points": points, "values": ["0"] * n_points}
    return certificate("orbit", {"name": "linear", "a": a, "b": b}, None, claims, proof)


MUON: Document = {"nesterov": True, "coefficients": ["3", "-3", "1"], "ns_steps": 3, "rows": 2, "columns": 2}
SLOW: Document = {"eps": "1/10", "learning_rate": "1/10"}

ORBITS: dict[str, Callable[[], Document]] = {
    **{name: lambda name=name: sphere(method(name, **SLOW)) for name in SCALAR_METHODS},  # type: ignore[misc]
    "radam": lambda: sphere(method("radam", **SLOW), steps=9),
    "adam, eps_hat": lambda: sphere(own(eps_hat="1/10", learning_rate="1/10", amsgrad="raw")),
    "nadam, schedule": lambda: sphere(method("nadam", momentum_decay="1/250", **SLOW)),
    "normalized": lambda: sphere(method("normalized", **SLOW)),
    "lars": lambda: sphere(method("lars", trust_coefficient="1/10", weight_decay="1/100", **SLOW)),
    "muon": lambda: sphere(method("muon", **SLOW, **MUON)),
    "muon, tall": lambda: sphere(method("muon", **SLOW, **{**MUON, "nesterov": False, "rows": 4, "columns": 1})),
    "convex": lambda: sphere(method("gradient-descent", "1/10"), mu="0"),
    "strongly convex": lambda: sphere(method("gradient-descent", "1/10"), mu="1/2"),
    "closed": lambda: polygon(5, ["1"], ["-1"]),
    "closed, exact": lambda: polygon(4, ["1"], ["-1"]),
    "closed, momentum": lambda: polygon(7, ["3/2", "-1/2"], ["-1", "0"]),
    "closed, past gradient": lambda: polygon(7, ["3/2", "-1/2"], ["0", "-1"]),
}


def vanishing(lipschitz: str = "10", infimum: str = "-3", steps: int = 1000, **parameters: Any) -> Document:
    """Adam with decreasing steps."""
    claim: Document = {"slope": "1", "lipschitz": {"relation": "<=", "value": lipschitz}}
    claim["infimum"] = {"relation": ">=", "value": infimum}
    return certificate("vanishing", own("first-gradient", **parameters), None, claim, {"steps": steps})


def function(shape: Document, claims: Document, *jets: list[str]) -> Document:
    """A function, with jets."""
    return certificate("function", None, shape, {**claims, "jets": list(jets)}, {})


FUNCTIONS: dict[str, Callable[[], Document]] = {
    "cubic": lambda: function(CUBIC, bounds("= 6", ">= -1/10"), ["7", "0", "-1"], ["-2", "2", "-1"]),
    "plateaus": lambda: function(PLATEAUS, SMOOTH_PLATEAUS),
    "polyak": lambda: function(POLYAK, CYCLE_BOUNDS, ["-2", "50", "-50"], ["4", "140", "76"]),
    "quartic": lambda: function(QUARTIC, {**QUARTIC_BOUNDS, "mu": "0"}, ["0", "0", "0"], ["-3", "12", "-8"]),
    "optimal": lambda: function(
        PARABOLA, bounds("= 2", "= 0", "2", optimal=True), ["0", "0", "0"], ["1", "1", "2"], ["0", "0", "0"]
    ),
}

ALL: dict[str, Callable[[], Document]] = {
    **{f"drift: {name}": make for name, make in DRIFTS.items()},
    **{f"cycle: {name}": make for name, make in CYCLES.items()},
    **{f"orbit: {name}": make for name, make in ORBITS.items()},
    **{f"function: {name}": make for name, make in FUNCTIONS.items()},
    "vanishing": vanishing,
    "vanishing, ranges": lambda: vanishing("41", "-11", beta1=["4/5", "9/10"], beta2=["9/10", "99/100"]),
}
"""Every certificate above by its name: all of them are PROVED."""
