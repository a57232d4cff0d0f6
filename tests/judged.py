"""Certificates made by hand for the standard library's checker, from its own arithmetic alone."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from files import TOOLS, load_tool

TOOL = TOOLS / "check_certificate.py"

tool: Any = load_tool()

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


# ----------------------------------------------------------------------------------------------------------- functions


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


# --------------------------------------------------------------------------------------------------------------- drift


def drifting(method: Any, function: Any, claims: Any, rule: str, shift: tuple[str, str], **parts: Any) -> Certificate:
    """A drift of one gradient, -1. The parts are those of claim and proof that are not as most often."""
    claim = {"state": None, "from": 1, "slope": "1", "rounding": None}
    proof = {"box": None, "settled": None, "radius": None, "rate": None}
    start = parts.pop("start")
    claim |= {key: parts.pop(key) for key in claim.keys() & parts.keys()}
    relation, value = shift
    whole = {"start": [start, start], "period": 1, "shift": {"relation": relation, "value": value}, **claim, **claims}
    return certificate("drift", method, function, whole, {"rule": rule, "word": ["-1"], **proof, **parts})


def drift(method: Any, start: int | str, box: Any, *, k: int = 1, state: Any = None) -> Certificate:
    """On the cubic, by 1 in each step."""
    parts = {"start": text(Fraction(start)), "from": k, "state": state, "box": box}
    return drifting(method, CUBIC, CUBIC_CLASS, "invariant", ("=", "1"), **parts)


def contracting(method: Any, settled: Any, radius: Any, rate: str, start: str = "0", k: int = 1) -> Certificate:
    """On the plateaus, by 4 a step in the limit."""
    parts = {"start": start, "from": k, "settled": settled, "radius": radius, "rate": rate}
    return drifting(method, PLATEAUS, PLATEAUS_CLASS, "contracting", ("->", "4"), **parts)


def rounded(method: Any, box: Any, start: str = "0", k: int = 1, steps: int = 1000) -> Certificate:
    """On the plateaus, in double precision."""
    rounding = {"unit": text(Fraction(1, 2**53)), "steps": steps}
    parts = {"start": start, "from": k, "slope": "99/100", "rounding": rounding, "box": box}
    return drifting(method, PLATEAUS, PLATEAUS_CLASS, "rounded", ("->", "4"), **parts)


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

GD, HB = DRIFTS["gradient descent"], DRIFTS["heavy ball, contracting"]


# --------------------------------------------------------------------------------------------------------------- cycle


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

HEAVY = {"name": "heavy-ball", "learning_rate": "3", "momentum": "1/2"}


def heavy(stability: Any, function: Any = SOFT, constant: str = "7/4", x: str = "1", d: str = "2") -> Certificate:
    """1, -1, 1, … of the heavy ball, each step z -> M·z with M = [[1 - 3·f'', 1/2], [-3·f'', 1/2]]."""
    base = stable(function, constant, stability, x, None)
    return sealed({**base, "method": HEAVY, "claim": {**base["claim"], "state": {"d": d}}})


NEAR_HEAVY = {"type": "attracting", "repeats": 40, "rate": "1/100", "radius": {"x": "1/100", "d": "1/100"}}

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


# ------------------------------------------------------------------------------------------------------------ function

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


# --------------------------------------------------------------------------------------------------------------- orbit


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


# ----------------------------------------------------------------------------------------------------------- vanishing

VANISHING = certificate(
    "vanishing",
    adam("first-gradient", beta1="1/2", beta2=["1/4", "1/2"]),
    None,
    {"slope": "1", "lipschitz": {"relation": "<=", "value": "6"}, "infimum": {"relation": ">=", "value": "-2"}},
    {"steps": 50},
)
