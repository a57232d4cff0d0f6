"""Whether the claim of a certificate is true, found without either checker.

What `implication` does not settle is *recomputed* with misstep's own functions, optimizers and constructions: balls of
2000 bits, exact constants of functions, the least constants that jets need. The certificate format gives claims their
meaning; nothing here knows its proofs.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import acb_mat, arb, arb_mat, fmpq

from implication import Document, ends_of, is_quantity
from misstep.constructions import (
    Jet,
    least_constant,
    smallest_lipschitz_constant,
    tightest_pair,
    vanishing_gradient,
)
from misstep.errors import InvalidInput
from misstep.functions import Interpolant, PiecewisePolynomial
from misstep.functions.constants import enclosure
from misstep.optimizers import (
    AdaBelief,
    Adam,
    Adamax,
    AdamState,
    GradientDescent,
    HeavyBall,
    InversePower,
    Lion,
    LionState,
    MomentumState,
    NAdam,
    Nesterov,
    Optimizer,
    RAdam,
    RMSprop,
    RMSpropState,
    SignDescent,
)
from misstep.scalars import NumberKind, ball, exact, precision

BITS = 2000
_TINY = fmpq(1, 2**300)
"""What stands for 0 in a run of balls of `BITS` bits."""


class Unconfirmed(AssertionError):
    """A claim was found to be false, or could not be confirmed."""


def confirm(holds: bool, message: str, *values: object) -> None:
    """Go on where it holds."""
    if not holds:
        raise Unconfirmed(message.format(*values))


def recomputed(document: Document) -> None:
    """Confirm a claim by computing it anew.

    Raises:
        Unconfirmed: It is not true, or not confirmed.
    """
    try:
        with precision(BITS):
            _RECOMPUTED[document["kind"]](document)
    except (InvalidInput, ArithmeticError) as error:
        raise Unconfirmed(f"{type(error).__name__}: {error}") from None


def shifted(piece: Sequence[fmpq], h: fmpq) -> tuple[fmpq, ...]:
    """The coefficients of p(t + h)."""
    n = len(piece)
    return tuple(sum((math.comb(j, i) * piece[j] * h ** (j - i) for j in range(i, n)), fmpq(0)) for i in range(n))


def function_of(raw: Document) -> PiecewisePolynomial:
    """Our own function; an extended tail is a long piece more, far beyond where anything happens."""
    knots = [exact(t) for t in raw["knots"]]
    pieces = [tuple(exact(c) for c in piece) for piece in raw["pieces"]]
    periods = [exact(raw[side]["period"]) if raw[side]["rule"] == "repeat" else None for side in ("left", "right")]
    for side in ("left", "right"):
        if raw[side]["rule"] != "extend":
            continue
        piece = pieces[0 if side == "left" else -1]
        vertex = abs(piece[1] / (2 * piece[2])) if len(piece) > 2 and piece[2] != 0 else 0
        far = 10**6 * (1 + knots[-1] - knots[0]) + 2 * vertex
        if side == "left":
            knots, pieces = [knots[0] - far, *knots], [shifted(piece, -far), *pieces]
        else:
            knots, pieces = [*knots, knots[-1] + far], [*pieces, shifted(piece, knots[-1] - knots[-2])]
    return PiecewisePolynomial(tuple(knots), tuple(pieces), periods[0], periods[1])


def _check_bound(found: Any, claim: Document, sign: int, what: str) -> None:
    confirm(not isinstance(found, float), "{} is {}", what, found)
    difference = sign * (arb(exact(claim["value"])) - enclosure(found))
    scale = _TINY * (1 + abs(exact(claim["value"])))
    if claim["relation"] == "=":
        confirm(abs(difference) < scale, "{} is {}, the claim is {}", what, found, claim)
    else:
        confirm(difference > -scale, "{} is {}, the claim is {}", what, found, claim)


def _check_function(document: Document) -> PiecewisePolynomial:
    """Lipschitz constant, infimum and mu of the function of the file."""
    raw, claim = document["function"], document["claim"]
    f = function_of(raw)
    _check_bound(f.lipschitz_constant(), claim["lipschitz"], 1, "the Lipschitz constant")
    _check_bound(f.infimum(), claim["infimum"], -1, "the infimum")
    if claim["mu"] is not None:
        mu = exact(claim["mu"])
        confirm(enclosure(f.curvature_range()[0]) > arb(mu - _TINY), "mu = {}", mu)
        tangent = "tangent" in (raw["left"]["rule"], raw["right"]["rule"])
        confirm(not tangent or mu <= 0, "mu = {} with a tangent tail", mu)
    return f


def _recomputed_function(document: Document) -> None:
    claim, f = document["claim"], _check_function(document)
    jets = sorted({tuple(map(exact, jet)) for jet in claim["jets"]}, key=lambda jet: jet[0])
    for x, value, gradient in jets:
        confirm(f.value_and_gradient(x) == (value, gradient), "the jet at {}", x)
    if claim["optimal"]:
        needs = [enclosure(smallest_lipschitz_constant(Jet(*a), Jet(*b))) for a, b in itertools.pairwise(jets)]
        least = arb(exact(claim["lipschitz"]["value"]))
        confirm(any(need > least - arb(_TINY) for need in needs), "no smaller constant will do")


# --- methods


def optimizers_of(raw: Document, rng: random.Random, n_random: int = 3) -> Iterator[Optimizer[Any]]:
    """Our own methods for a method with ranges: at the ends, in the middle, and at random corners and places."""
    ranges = {key: ends_of(value) for key, value in raw.items() if key != "name" and is_quantity(value)}

    def at(choose: Callable[[], float]) -> dict[str, Any]:
        chosen = dict(raw)
        for key, (lo, hi) in ranges.items():
            value = lo + exact(Fraction(choose())) * (hi - lo)
            if key in ("beta1", "beta2", "momentum") and value == 1:
                value -= fmpq(1, 10**6)
            chosen[key] = value
        return chosen

    points: list[Callable[[], float]] = [lambda: 0.0]
    if any(lo != hi for lo, hi in ranges.values()):
        points += [lambda: 1.0, lambda: 0.5, *n_random * [lambda: float(rng.randrange(2)), rng.random]]
    for choose in points:
        yield optimizer_of(at(choose))


def optimizer_of(raw: Document) -> Optimizer[Any]:
    """Our own method for one of the format's recurrences, its parameters being numbers."""
    build, names = _METHODS[raw["name"]]
    chosen = {key: raw[key] for key in names}
    if raw["name"] == "adam":
        corrected = raw["start"] == "corrected"
        chosen |= {"bias_correction": corrected, "start": "zero" if corrected else raw["start"]}
    return build(**chosen)


_ADAM = ("learning_rate", "beta1", "beta2", "eps")
_METHODS: Mapping[str, tuple[Callable[..., Optimizer[Any]], tuple[str, ...]]] = {
    "gradient-descent": (GradientDescent, ("learning_rate",)),
    "heavy-ball": (HeavyBall, ("learning_rate", "momentum")),
    "nesterov": (Nesterov, ("learning_rate", "momentum")),
    "sign-descent": (SignDescent, ("learning_rate",)),
    "lion": (Lion, ("learning_rate", "beta1", "beta2")),
    "adam": (Adam, (*_ADAM, "eps_root", "eps_hat", "amsgrad")),
    "adamax": (Adamax, _ADAM),
    "nadam": (NAdam, (*_ADAM, "momentum_decay")),
    "radam": (RAdam, _ADAM),
    "rmsprop": (RMSprop, ("learning_rate", "beta2", "eps", "eps_root", "momentum", "centered")),
    "adabelief": (AdaBelief, (*_ADAM, "eps_root", "eps_sum")),
}


def state_of(optimizer: Optimizer[Any], x: arb, given: Mapping[str, arb] | None) -> Any:
    """Our state for that of the format; its own start where none is given."""
    own = optimizer.init(x)
    if given is None:
        return own
    z, zero = dict(given), arb(0)
    match optimizer:
        case HeavyBall():
            return MomentumState(1, x - z["d"])
        case Nesterov():
            # y_k - x_k = -α·momentum·b.
            return MomentumState(1, x + optimizer.learning_rate * optimizer.momentum * z["b"])
        case Lion():
            return LionState(1, z["m"])
        case Adam():
            return AdamState(1, z["m"], z["v"], zero, zero, z.get("w", zero))
        case RMSprop():
            return RMSpropState(1, z["v"], z.get("a", zero), z["b"])
        case _:
            confirm(not z, "a state {} is given", sorted(z))
            return own


def read_state(optimizer: Optimizer[Any], x: arb, state: Any, names: Sequence[str]) -> list[arb]:
    """The variables of the format from our state."""
    match optimizer:
        case HeavyBall():
            found = {"d": x - state.x_before}
        case Nesterov():
            found = {"b": -(x - state.x_before) / (optimizer.learning_rate * optimizer.momentum)}
        case RMSprop():
            found = {"v": state.v, "a": state.mean, "b": state.buffer}
        case Adam():
            found = {"m": state.m, "v": state.v, "w": state.v_max}
        case _:
            found = {name: getattr(state, name) for name in names}
    return [found[name] for name in names]


def play(
    f: PiecewisePolynomial, optimizer: Optimizer[Any], x: fmpq, state: Mapping[str, Any] | None, n_steps: int
) -> tuple[list[arb], list[arb]]:
    """The iterates x_0 … x_n, and the gradients there."""
    method = optimizer.cast(NumberKind.BALL)
    point = ball(x)
    own = state_of(method, point, None if state is None else {name: ball(exact(y)) for name, y in state.items()})
    xs, gs = [point], [f.gradient(point)]
    for _ in range(n_steps):
        point, own = method.update(gs[-1], own, point)
        xs.append(point)
        gs.append(f.gradient(point))
    return xs, gs


def _recomputed_drift(document: Document) -> None:
    claim, f = document["claim"], _check_function(document)
    rng = random.Random(0)  # noqa: S311
    lo, hi = ends_of(claim["start"])
    K, p, d = claim["from"], claim["period"], exact(claim["shift"]["value"])
    if claim["rounding"] is not None:
        _check_rounding(document, f)
        return
    starts = [lo] if lo == hi else [lo, hi, (lo + hi) / 2, lo + (hi - lo) * fmpq(rng.randrange(1000), 1000)]
    in_the_limit = claim["shift"]["relation"] == "->"
    # Deviations shrink in the limit: how fast the proof knows best, and this is a hint only.
    rate = float(exact(document["proof"]["rate"] or "0")) if in_the_limit else 0.0
    if in_the_limit:
        starts = starts[:2]
    more = 40 if not 0 < rate < 1 else min(6000, math.ceil(math.log(1e-24) / math.log(rate)))
    for start, optimizer in itertools.product(starts, optimizers_of(document["method"], rng)):
        xs, gs = play(f, optimizer, start, claim["state"], K + p * max(3, more // p))
        for k, g in enumerate(gs):
            confirm(abs(g) > arb(exact(claim["slope"]) - _TINY), "|f'(x_{})| = {}", k, g)
        off = [abs(xs[k + p] - xs[k] - arb(d)) for k in range(K, len(xs) - p)]
        if in_the_limit:
            confirm(max(off[-p:], key=float) < arb(abs(d)) / 10**18, "the shift is off by {} in the end", off[-1])
        else:
            for k, error in enumerate(off):
                confirm(error < arb(_TINY), "from step {} on the shift is off by {}", K + k, error)
    if claim["optimal"]:
        optimizer = next(optimizers_of(document["method"], rng))
        xs, gs = play(f, optimizer, lo, claim["state"], K + p)
        nodes, gradients = ([_near(y) for y in values[K : K + p]] for values in (xs, gs))
        least = least_constant(nodes, gradients, d)
        confirm(least is not None and not isinstance(least, float), "no constant will do")
        _check_bound(least, {**claim["lipschitz"], "relation": "="}, 1, "the least constant")


def _near(x: arb) -> fmpq:
    """The rational number with a short denominator in a very small ball."""
    middle = x.mid().fmpq()
    value = Fraction(int(middle.p), int(middle.q)).limit_denominator(10**60)
    found = fmpq(value.numerator, value.denominator)
    confirm(x.contains(arb(found)) or abs(x - arb(found)) < arb(_TINY), "{} is near no short rational number", x)
    return found


def _check_rounding(document: Document, f: PiecewisePolynomial) -> None:
    """Adam of the paper with the worst constant errors, whose settled state is found in closed form."""
    claim, method = document["claim"], document["method"]
    confirm(method["name"] == "adam" and method["start"] == "first-gradient", "only the paper's Adam is known here")
    confirm(method["amsgrad"] is None and method["eps_hat"] is None, "only the paper's Adam is known here")
    u, N = arb(exact(claim["rounding"]["unit"])), claim["rounding"]["steps"]
    K, d, c = claim["from"], exact(claim["shift"]["value"]), exact(claim["slope"])
    confirm(claim["period"] == 1, "period 1")
    (lo, hi), rng = ends_of(claim["start"]), random.Random(0)  # noqa: S311
    one = arb(1)

    def steps(adam: Optimizer[Any], sign: Callable[[], int]) -> Iterator[arb]:
        """The first step and the settled one, for the gradient of X_K, with errors of these signs."""
        given = adam.cast(NumberKind.BALL)
        assert isinstance(given, Adam)
        e = [one + u * sign() for _ in range(24)]
        g = f.gradient(ball(lo)) * e[0]
        t1, t2 = (one - given.beta1 * e[1]) * e[2], (one - given.beta2 * e[3]) * e[4]
        square = g * g * e[5]
        # m = ((1 - t)·m·e + t·g·e)·e, and m = g in the first step.
        m = t1 * g * e[6] * e[7] / (one - (one - t1) * e[8] * e[9] * e[7])
        v = t2 * square * e[10] * e[11] / (one - (one - t2) * e[12] * e[13] * e[11])
        for first, second in ((g, square), (m, v), (g, v), (m, square)):
            below = (((second + given.eps_root) * e[17]).sqrt() * e[15] + given.eps) * e[18]
            yield -(given.learning_rate * first * e[14] / below * e[16])

    signs: list[Callable[[], int]] = [lambda: 1, lambda: -1, *60 * [lambda: rng.choice((-1, 1))]]
    methods = list(optimizers_of(method, rng))
    worst = max((abs(s - arb(d)) for adam in methods for sign in signs for s in steps(adam, sign)), key=float)
    reach = arb(max(abs(lo), abs(hi))) + (N + K) * (arb(abs(d)) + worst)
    E = (N + K) * worst + (N + K) * u * reach / 2
    for start in (lo, hi, (lo + hi) / 2):
        confirm(abs(f.gradient(ball(start))) > arb(c - _TINY), "|f'| at the start")
        middle = ball(start) + K * arb(d)
        for part in range(-50, 51):
            g = f.gradient(middle + E * part / 50)
            confirm(abs(g) > arb(c - _TINY), "|f'| = {} at {} of E", g, part / 50)


# --- cycles


def _recomputed_cycle(document: Document) -> None:
    claim, f = document["claim"], _check_function(document)
    names, p = list(claim["state"]), claim["period"]
    optimizer = optimizer_of(document["method"]).cast(NumberKind.BALL)
    seen: list[tuple[arb, arb]] = []

    def run(z: Sequence[arb], n_steps: int) -> list[arb]:
        x, state = z[0], state_of(optimizer, z[0], dict(zip(names, z[1:], strict=True)))
        for _ in range(n_steps):
            g = f.gradient(x)
            seen.append((x, g))
            x, state = optimizer.update(g, state, x)
        return [x, *read_state(optimizer, x, state, names)]

    ranges = [ends_of(claim["x"]), *(ends_of(claim["state"][name]) for name in names)]
    z = [ball((lo + hi) / 2) for lo, hi in ranges]
    d = len(z)
    J = _jacobian(lambda y: run(y, p), z)
    if any(lo != hi for lo, hi in ranges):
        for _ in range(12):
            miss = [b - a for a, b in zip(z, run(z, p), strict=True)]
            unit = arb_mat(d, d, [int(i == j) for i in range(d) for j in range(d)])
            step = (unit - _jacobian(lambda y: run(y, p), z)).solve(arb_mat(d, 1, miss))
            z = [(y + step[i, 0]).mid() for i, y in enumerate(z)]
        J = _jacobian(lambda y: run(y, p), z)
    for y, (lo, hi), name in zip(z, ranges, ["x", *names], strict=True):
        confirm(y > arb(lo - _TINY) and y < arb(hi + _TINY), "the fixed {} = {}", name, y)
    seen.clear()
    for before, after in zip(z, run(z, p), strict=True):
        confirm(abs(after - before) < arb(_TINY), "it is back at {} after {} steps: {}", before, p, after)
    for x, g in seen:
        confirm(abs(g) > arb(exact(claim["slope"]) - _TINY), "|f'({})| = {}", x, g)
    if claim["optimal"]:
        least = least_constant([_near(x) for x, _ in seen], [_near(g) for _, g in seen], 0)
        confirm(least is not None, "no constant will do")
        _check_bound(least, claim["lipschitz"], 1, "the least constant")
    stability = claim["stability"]
    if stability is not None and stability["type"] == "repelling":
        radius = _spectral_radius(J)
        lo, hi = ends_of(stability["multiplier"])
        confirm(radius > arb(lo - _TINY) and radius < arb(hi + _TINY), "the multiplier is {}", radius)
        for x, _ in seen:
            confirm(f.curvature(x).rad() < 1, "f'' jumps at {}", x)
    elif stability is not None:
        _check_attraction(stability, z, ["x", *names], lambda y: run(y, p * stability["repeats"]))


def _jacobian(run: Callable[[Sequence[arb]], list[arb]], z: Sequence[arb]) -> arb_mat:
    """By differences of 2^-600."""
    h, d = arb(fmpq(1, 2**600)), len(z)
    J = arb_mat(d, d)
    base = run(z)
    for j in range(d):
        for i, (a, b) in enumerate(zip(base, run([y + h if i == j else y for i, y in enumerate(z)]), strict=True)):
            J[i, j] = ((b - a) / h).mid()
    return J


def _spectral_radius(J: arb_mat) -> arb:
    """The largest absolute value of an eigenvalue."""
    sizes: list[arb] = [abs(value) for value in acb_mat(J).eig(multiple=True)]
    return max(sizes, key=float)


def _check_attraction(
    stability: Document, z: list[arb], names: Sequence[str], run: Callable[[Sequence[arb]], list[arb]]
) -> None:
    """Starts at corners and at random places within the radius come nearer by the rate, five times over."""
    rng = random.Random(0)  # noqa: S311
    radii, rate = [exact(stability["radius"][name]) for name in names], exact(stability["rate"])
    corners = list(itertools.product((-1, 1), repeat=len(z)))[:16]
    for corner in [*corners, *([rng.uniform(-1, 1) for _ in z] for _ in range(8))]:
        start = [y + ball(exact(Fraction(t)) * r) for y, t, r in zip(z, corner, radii, strict=True)]
        distance = arb(max(abs(exact(Fraction(t))) for t in corner))
        for _ in range(5):
            start = run(start)
            off = [abs(a - y) / arb(r) for a, y, r in zip(start, z, radii, strict=True)]
            distance = distance * arb(rate) + arb(_TINY)
            confirm(all(y < distance for y in off), "it comes within {}: {}", distance, off)


# --- orbits


def _norm(u: Sequence[arb]) -> arb:
    square = sum((y * y for y in u), arb(0))
    # A ball around 0 reaches below it, by rounding.
    return square.sqrt() if square.lower() >= 0 else arb(0).union(square.upper().sqrt())


def vector_steps(raw: Document, x0: Sequence[arb], gradients: Sequence[Sequence[arb]]) -> list[list[arb]]:
    """The iterates of a method of vectors on given gradients, from their published formulas."""
    number = {key: ball(exact(value)) for key, value in raw.items() if isinstance(value, str) and key != "name"}
    rate, momentum, eps = number["learning_rate"], number["momentum"], number["eps"]
    xs, buffer = [list(x0)], [arb(0) for _ in x0]
    for g in gradients[:-1]:
        x = xs[-1]
        if raw["name"] == "lars":
            decay = number["weight_decay"]
            local = number["trust_coefficient"] * _norm(x) / (_norm(g) + decay * _norm(x) + eps)
            buffer = [momentum * b + rate * local * (y + decay * t) for b, y, t in zip(buffer, g, x, strict=True)]
            moved = buffer
        else:
            buffer = [momentum * b + (1 - momentum) * y for b, y in zip(buffer, g, strict=True)]
            if raw["name"] == "normalized":
                moved = [rate * b / (_norm(buffer) + eps) for b in buffer]
            else:
                moved = _muon(raw, number, g, buffer)
        xs.append([t - y for t, y in zip(x, moved, strict=True)])
    return xs


def _muon(raw: Document, number: Mapping[str, arb], g: Sequence[arb], buffer: Sequence[arb]) -> list[arb]:
    rows, columns, momentum = raw["rows"], raw["columns"], number["momentum"]
    U = [(1 - momentum) * y + momentum * b for y, b in zip(g, buffer, strict=True)] if raw["nesterov"] else buffer
    X = arb_mat(rows, columns, [y / _norm(U).max(number["eps"]) for y in U])
    a, b, c = (ball(exact(y)) for y in raw["coefficients"])
    for _ in range(raw["ns_steps"]):
        A = X * X.transpose()
        X = a * X + (b * A + c * A * A) * X
    scale = number["learning_rate"] * ball(max(fmpq(1), fmpq(rows, columns))).sqrt()
    return [scale * X[i, j] for i in range(rows) for j in range(columns)]


def _orbit_points(document: Document) -> tuple[list[list[arb]], list[list[arb]]]:
    """The points and the gradients."""
    method, proof, closed = document["method"], document["proof"], document["claim"]["closed"]
    if not closed:
        gradients = [[ball(exact(y)) for y in row] for row in proof["gradients"]]
        x0 = [ball(exact(y)) for y in proof["x0"]]
        if method["name"] not in _METHODS:
            return vector_steps(method, x0, gradients), gradients
        optimizer = optimizer_of(method).cast(NumberKind.BALL)
        columns = []
        for i, x in enumerate(x0):
            state, column = optimizer.init(x), [x]
            for row in gradients[:-1]:
                x, state = optimizer.update(row[i], state, column[-1])
                column.append(x)
            columns.append(column)
        return [list(point) for point in zip(*columns, strict=True)], gradients
    points = [[_coordinate(value) for value in row] for row in proof["points"]]
    a, b = ([ball(exact(y)) for y in method[key]] for key in ("a", "b"))
    K, lag = len(points), next(i for i, y in enumerate(method["b"]) if y != "0")
    found: list[list[arb]] = [[] for _ in points]
    for k in range(K):
        row = []
        for i, ahead in enumerate(points[(k + 1) % K]):
            before = sum((c * points[(k - j) % K][i] for j, c in enumerate(a)), arb(0))
            row.append((ahead - before) / b[lag])
        found[(k - lag) % K] = row
    return points, found


def _coordinate(value: Any) -> arb:
    if isinstance(value, str):
        return ball(exact(value))
    turn = 2 * exact(value[2])
    return ball(exact(value[1])) * (arb.cos_pi_fmpq(turn) if value[0] == "cos" else arb.sin_pi_fmpq(turn))


def _recomputed_orbit(document: Document) -> None:
    claim = document["claim"]
    x, g = _orbit_points(document)
    f = [ball(exact(y)) for y in document["proof"]["values"]]
    L, low = (arb(exact(claim[key]["value"])) for key in ("lipschitz", "infimum"))
    confirm(all(_norm(row) > arb(exact(claim["slope"]) - _TINY) for row in g), "|g| >= c")
    if not claim["closed"]:
        confirm(abs(f[-1] - f[0] - arb(exact(claim["rise"]))) < arb(_TINY), "F rises by {}", claim["rise"])
    size = claim["steps"] + (not claim["closed"])
    confirm(len(x) == size and all(len(row) == claim["dimension"] for row in [*x, *g]), "points and dimension")
    mu = claim["mu"]
    floats = [np.array([[float(y) for y in row] for row in rows]) for rows in (x, [f], g)]
    # Iterates may be too large for floats (some are): without mu the balls below say all.
    if mu is not None or all((np.abs(array) < 1e60).all() for array in floats):
        least = tightest_pair(floats[0], floats[1][0], floats[2], mu=None if mu is None else float(exact(mu)))
        confirm(least.L <= float(L) * (1 + 1e-9), "jets {} and {} need L = {}", least.first, least.second, least.L)
    if mu is None:
        for (x0, f0, g0), (x1, f1, g1) in itertools.combinations(zip(x, f, g, strict=True), 2):
            h, turned = ([b - a for a, b in zip(*pair, strict=True)] for pair in ((x0, x1), (g0, g1)))
            mean = sum(((p + q) * y for p, q, y in zip(g0, g1, h, strict=True)), arb(0))
            A, B = abs(2 * (f0 - f1) + mean) / _norm(h) ** 2, _norm(turned) / _norm(h)
            confirm(A + (A * A + B * B).sqrt() < L + arb(_TINY), "two jets need more than L")
        bottoms = [y - _norm(row) ** 2 / (2 * L) for y, row in zip(f, g, strict=True)]
        confirm(all(y > low - arb(_TINY) for y in bottoms), "the largest function has a lower infimum")
        return
    interpolant = Interpolant(floats[0], floats[1][0], floats[2], float(L), float(exact(mu)))
    bottom = interpolant.infimum()
    confirm(float(enclosure(bottom)) >= float(low) - 1e-9 * (1 + abs(float(low))), "inf F = {}", bottom)  # type: ignore[arg-type]


def _recomputed_vanishing(document: Document) -> None:
    claim, method = document["claim"], document["method"]
    c, L, low = (float(exact(y)) for y in (claim["slope"], claim["lipschitz"]["value"], claim["infimum"]["value"]))
    rng = random.Random(0)  # noqa: S311
    for optimizer in optimizers_of(method, rng):
        assert isinstance(optimizer, Adam)
        decreasing = Adam(
            learning_rate=InversePower(optimizer.learning_rate),
            beta1=optimizer.beta1,
            beta2=optimizer.beta2,
            eps=0,
            bias_correction=False,
            start="first-gradient",
        )
        found = vanishing_gradient(
            decreasing, slope=claim["slope"], n_steps=20_000, kind=NumberKind.FLOAT64, rule="inverse-root"
        )
        confirm(found.collapse is None and float(found.L) <= L * (1 + 1e-9), "it needs L = {}", found.L)
        confirm(float(found.depth) <= -low * (1 + 1e-9), "f may fall to -{}", found.depth)
        # 1 + 1/2 + … + 1/K grows without end, and so do the iterates.
        halves = float(found.x[-1] - found.x[10_000]), float(found.x[10_000] - found.x[5_000])
        confirm(halves[0] > 0.9 * halves[1] > 0, "the iterates do not run away: {}", halves)
        confirm(math.isclose(float(found.slope[99]), c / 10), "the slopes")


_RECOMPUTED: Mapping[str, Callable[[Document], None]] = {
    "function": _recomputed_function,
    "drift": _recomputed_drift,
    "cycle": _recomputed_cycle,
    "orbit": _recomputed_orbit,
    "vanishing": _recomputed_vanishing,
}
