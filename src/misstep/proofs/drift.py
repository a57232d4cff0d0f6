"""Drifts: the steps until the word begins, and one of three arguments for all that follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq

from misstep.certificates.conditions import equal, within
from misstep.certificates.duals import Dual, variables
from misstep.certificates.intervals import ZERO, Interval, told, total
from misstep.certificates.method_form import SCALAR_METHODS, Method, read_method
from misstep.certificates.methods import Setting, advance
from misstep.certificates.verdict import Stop
from misstep.certificates.watched import Rounding
from misstep.functions import PiecewisePolynomial
from misstep.proofs.certificate import Certificate, certified, numbers
from misstep.proofs.functions import claims, described
from misstep.proofs.not_proved import NotProved
from misstep.proofs.plateau import gradient_over, plateau_around
from misstep.proofs.rounding import above, below, up
from misstep.proofs.settled import COUNTERS, settled_state
from misstep.scalars import exact, exact_from_float

State = Mapping[str, Interval]

_LATEST = 50_000
"""Steps of a transient after which a proof is given up."""

_LEAST_RADIUS = 1e-40

_SLACK, _ROUNDED = 1 + 1e-9, 1.02
"""Room for the floats' own errors, and for what rounding to three digits adds."""


@dataclass(frozen=True)
class Drift:
    """A drift that is to be proved.

    Attributes:
        method: The recurrence, as certificates name it.
        function: f.
        start: Every x_0 in it.
        word: The gradients of a period.
        shift: What a period adds to x.
        settled: A step at which a period may begin.
        state: The state at the start, where it is not the method's own.
        mu: Least f'' to be claimed, or `None`.
        optimal: Whether no smaller constant allows these gradients at these points.
    """

    method: Mapping[str, Any]
    function: PiecewisePolynomial
    start: Interval
    word: tuple[fmpq, ...]
    shift: fmpq
    settled: int = 1
    state: Mapping[str, fmpq] | None = None
    mu: fmpq | None = None
    optimal: bool = False

    @property
    def slope(self) -> fmpq:
        """The least |f'| of the word."""
        return min(abs(w) for w in self.word)


def prove_drift(drift: Drift, *, latest: int = _LATEST, patience: int = _LATEST) -> Certificate:
    """The certificate of a drift: exactly where a state repeats, else by contraction to one that does.

    Args:
        drift: The drift.
        latest: Steps of a transient after which the proof is given up.
        patience: Steps at which no weights are found with which the state contracts, until the proof is given up.

    Raises:
        NotProved: no argument works; the message says by how much it fails.

    >>> from misstep import cubic
    >>> from misstep.proofs.methods import with_ranges
    >>> adam = {"name": "adam", "learning_rate": "1", "beta1": ["0", "1"], "beta2": ["0", "1"], "eps": "0",
    ...         "eps_root": "0", "eps_hat": None, "start": "first-gradient", "amsgrad": None}
    >>> prove_drift(Drift(adam, cubic(1), Interval.point(0), (fmpq(-1),), fmpq(1))).document["proof"]["rule"]
    'invariant'
    """
    method = read_method(dict(drift.method), SCALAR_METHODS, ranges=True)
    nearest: tuple[fmpq, NotProved] | None = None
    nothing = (
        f"no step up to {latest} begins the word {', '.join(map(str, drift.word))} with a state that repeats, or that "
        "comes to one that does"
    )
    try:
        for k, state, x, smallest in _first_steps(drift, method, latest):
            word = _turned(drift, x)
            if word is None:
                continue
            proof, relation = _invariant(drift, method, word, state), "="
            if proof is None and not drift.optimal:
                try:
                    proof, relation = _contracting(drift, method, word, state, x), "->"
                except _TooNarrow as failure:
                    if nearest is None or failure.missing < nearest[0]:
                        nearest = failure.missing, NotProved(str(failure))
                except _Restless as failure:
                    patience -= 1
                    if patience <= 0:
                        raise _Lost(str(failure)) from None
            if proof is not None:
                return _drift_certificate(drift, k, relation, min(drift.slope, smallest), proof, rounding=None)
    except _Lost as lost:
        nothing = str(lost)
    raise nearest[1] if nearest is not None else NotProved(nothing) from None


def prove_rounded(drift: Drift, *, unit: fmpq, n_steps: int) -> Certificate:
    """The certificate that rounding does no harm for a number of steps.

    Args:
        drift: A drift of one gradient, whose state is settled after one step.
        unit: u, the relative error of an operation: 2⁻⁵³ in float64.
        n_steps: N.

    Raises:
        NotProved: the plateau is too narrow for so many steps, or the state does not stay near the settled one.
    """
    method = read_method(dict(drift.method), SCALAR_METHODS, ranges=True)
    error = Interval(1 - unit, 1 + unit)
    at = Setting(method, lambda value: Rounding(value, error))
    w = Rounding(Interval.point(drift.word[0]) * error, error)
    start = {name: Rounding(value, error) for name, value in method.start.items()}
    state, _ = advance(at, start, w, first=True)
    settled = settled_state(method, drift.word)
    for doublings in range(2, 60):
        box = {
            name: value.value.hull(Interval.point(settled[name]).widened(abs(settled[name]) * unit * 2**doublings))
            for name, value in state.items()
        }
        after, _ = advance(at, {name: Rounding(value, error) for name, value in box.items()}, w, first=False)
        if all(within(after[name].value, box[name]) for name in box):
            proof = _proof("rounded", drift.word, box={name: _short_range(value) for name, value in box.items()})
            rounding = {"unit": str(unit), "steps": n_steps}
            return _drift_certificate(drift, 1, "->", drift.slope, proof, rounding=rounding)
    raise NotProved("the state does not stay near the settled one under rounding")


def _drift_certificate(
    drift: Drift, k: int, relation: str, slope: fmpq, proof: dict[str, Any], *, rounding: dict[str, Any] | None
) -> Certificate:
    claim = {
        "start": [str(drift.start.lo), str(drift.start.hi)],
        "state": None if drift.state is None else {name: str(value) for name, value in drift.state.items()},
        "from": k,
        "period": len(drift.word),
        "shift": {"relation": relation, "value": str(drift.shift)},
        "slope": str(slope),
        "rounding": rounding,
        **claims(drift.function, mu=drift.mu, optimal=drift.optimal),
    }
    return certified("drift", method=drift.method, function=described(drift.function), claim=claim, proof=proof)


def _proof(rule: str, word: Sequence[fmpq], **parts: Any) -> dict[str, Any]:
    return {"rule": rule, "word": numbers(word), "box": None, "settled": None, "radius": None, "rate": None} | parts


def _first_steps(drift: Drift, method: Method, latest: int) -> Iterator[tuple[int, State, Interval, fmpq]]:
    """(k, state, x, least |f'| so far) at steps at which a period may begin, ever farther apart."""
    at: Setting[Interval] = Setting(method, lambda value: value)
    state: dict[str, Interval] = dict(method.start)
    if drift.state is not None:
        state = {name: Interval.point(value) for name, value in drift.state.items()}
    x, L = drift.start, exact(claims(drift.function)["lipschitz"]["value"])
    smallest, off = drift.slope, None
    p, k = len(drift.word), 0
    wanted = max(1, drift.settled)
    while k < latest:
        g = gradient_over(drift.function, x, L)
        if off is None and not (g.exact and g.lo in drift.word):
            off = _off_the_plateaus(drift, k, x)
        low = g.lo if g.lo > 0 else -g.hi
        if low <= 0:
            raise _Lost(off or f"the gradient at step {k} may vanish: it is in {told(g)}")
        smallest = min(smallest, low if g.exact else below(low))
        state, step = advance(at, state, g, first=k == 0)
        x = x + step
        k += 1
        if k == wanted:
            yield k, state, x, smallest
            wanted = k + p * max(1, k // (4 * p))


def _turned(drift: Drift, x: Interval) -> tuple[fmpq, ...] | None:
    """The word from the letter that is the gradient at x, or `None` where none is."""
    w = drift.function.gradient((x.lo + x.hi) / 2)
    if w not in drift.word:
        return None
    if len(set(drift.word)) == len(drift.word):
        turn = drift.word.index(w)
        return drift.word[turn:] + drift.word[:turn]
    return drift.word


def _short_range(value: Interval) -> list[str]:
    """An enclosing range with short ends."""
    if value.exact and value.lo.height_bits() <= 512:
        return numbers([value.lo, value.hi])
    return numbers([below(value.lo), above(value.hi)])


def _period(method: Method, word: Sequence[fmpq], state: State) -> tuple[dict[str, Interval], list[Interval]]:
    """The state after a period, and the steps of it."""
    at: Setting[Interval] = Setting(method, lambda value: value)
    current, steps = dict(state), []
    for w in word:
        current, step = advance(at, current, Interval.point(w), first=False)
        steps.append(step)
    return current, steps


def _invariant(drift: Drift, method: Method, word: Sequence[fmpq], state: State) -> dict[str, Any] | None:
    """A box that holds the state for ever, on which a period moves x by exactly the shift, or `None`."""
    box = {
        name: Interval(min(value.lo, fmpq(0)), max(value.hi, fmpq(0))) if name in COUNTERS else value
        for name, value in state.items()
    }
    try:
        rest = settled_state(method, word)
    except NotProved:
        rest = {}
    for name, number in rest.items():
        if name not in COUNTERS:
            box[name] = box[name].hull(Interval.point(number))
    for _ in range(4):
        try:
            after, steps = _period(method, word, box)
        except Stop:
            return None
        if not equal(total(steps), Interval.point(drift.shift)):
            return None
        if all(within(after[name], box[name]) for name in box):
            return _proof("invariant", word, box={name: _short_range(value) for name, value in box.items()})
        box = {name: value.hull(after[name]) for name, value in box.items()}
    return None


class _Lost(Exception):
    """Enclosures have grown so wide that nothing is known of the run any more."""


class _Restless(Exception):
    """No weights were found with which the state comes nearer to the settled one."""


class _TooNarrow(Exception):
    """The plateaus do not cover how far the iterates may be from their nodes."""

    def __init__(self, missing: fmpq, spacing: fmpq, needed: fmpq) -> None:
        super().__init__(too_small(missing, spacing, needed))
        self.missing = missing


def too_small(missing: fmpq | float, spacing: fmpq, needed: fmpq | float) -> str:
    """By how much a plateau is too small, and the half-width in spacings that would do, with a little room."""
    ratio = up(float(needed) / abs(float(spacing)) * _ROUNDED, 2)
    hint = f": try --plateau {float(ratio):g}" if ratio < fmpq(1, 2) else ""
    return f"plateau too small by {float(missing):.2g}{hint}"


def _off_the_plateaus(drift: Drift, k: int, x: Interval) -> str | None:
    """How far the first iterate that is off the plateaus is from the nearest one, of a drift on one gradient."""
    if len(drift.word) > 1:
        return None
    start = drift.function.knots[-1] if drift.shift > 0 else drift.function.knots[0]
    flat = plateau_around(drift.function, start)
    turns = ((x.lo + x.hi - flat.lo - flat.hi) / 2 / drift.shift + fmpq(1, 2)).floor()
    missing = max(x.hi - flat.hi - turns * drift.shift, flat.lo + turns * drift.shift - x.lo)
    if missing <= 0:
        return None
    needed = (flat.hi - flat.lo) / 2 + missing
    return f"step {k} leaves the plateaus: {too_small(missing, drift.shift, needed)}"


def _contracting(
    drift: Drift, method: Method, word: Sequence[fmpq], state: State, x: Interval
) -> dict[str, Any] | None:
    """Weights and a rate with which the state comes to the settled one, if the plateaus cover the whole way."""
    rest = settled_state(method, word)
    exact = {name: Interval.point(value) for name, value in rest.items()}
    after, steps = _period(method, word, exact)
    if any(not after[name].exact or after[name].lo != rest[name] for name in rest):
        return None
    moved = total(steps)
    if not equal(moved, Interval.point(drift.shift)):
        raise NotProved(
            f"the settled steps add up to {told(moved)} in a period, not to the distance {drift.shift} of the wells"
        )
    names = list(rest)
    away = np.array([float(max(abs(state[n].lo - rest[n]), abs(state[n].hi - rest[n]))) for n in names]) * (1 + 1e-12)
    found = _weights(method, word, rest, names, away)
    if found is None:
        raise _Restless("no weights are found with which the state comes nearer to the settled one")
    radius, rate, bounds = found
    # How far beyond its plateau an iterate may be.
    missing, needed, offset = None, fmpq(0), ZERO
    for i, w in enumerate(word):
        place = x + offset
        middle = (place.lo + place.hi) / 2
        reach = above(exact_from_float(bounds[-1] / (1 - float(rate)) + bounds[i]))
        if drift.function.gradient(middle) != w:
            return None
        flat = plateau_around(drift.function, middle)
        short = max(flat.lo - (place.lo - reach), (place.hi + reach) - flat.hi)
        missing = short if missing is None else max(missing, short)
        needed = max(needed, reach + (place.hi - place.lo) / 2 + abs((flat.lo + flat.hi) / 2 - middle))
        offset = offset + steps[i]
    assert missing is not None
    if missing > 0:
        raise _TooNarrow(missing, drift.shift, needed)
    return _proof(
        "contracting",
        word,
        settled={name: str(rest[name]) for name in names},
        radius={name: str(radius[name]) for name in names},
        rate=str(rate),
    )


def _weights(
    method: Method, word: Sequence[fmpq], rest: Mapping[str, fmpq], names: list[str], away: npt.NDArray[np.float64]
) -> tuple[dict[str, fmpq], fmpq, list[float]] | None:
    """Radii e ≥ `away` with |J|e ≤ ρe over their box, the rate ρ, and the bounds of the partial displacements.

    With M = |J| and ρ above its spectral radius, e = (I − M/ρ)⁻¹·away is such a vector; J depends on the box, so it is
    found again for the box that comes out, a few times over. Of several ρ the one with the least total deviation wins.
    """
    best = None
    # Far above the checker's own rounding, far below what a plateau would notice.
    scale = np.maximum(away, _LEAST_RADIUS)
    for share in (0.02, 0.1, 0.3, 0.6):
        e = scale.copy()
        for _ in range(12):
            derivatives = _derivatives(method, word, rest, names, e)
            if derivatives is None:
                break
            M, partial = derivatives
            radius = float(np.abs(np.linalg.eigvals(M)).max())
            rho = radius + share * (1 - radius)
            if not 0 <= radius < 1 or rho <= 0:
                break
            wanted = np.linalg.solve(np.eye(len(M)) - M / rho, scale)
            if (wanted < 0).any():
                break
            if (wanted * _ROUNDED <= e).all():
                total = float(partial[-1] @ e) / (1 - rho)
                if best is None or total < best[0]:
                    best = total, e, rho, [float(row @ e) for row in partial]
                break
            e = np.maximum(e, wanted) * _ROUNDED
    if best is None:
        return None
    _, e, rho, bounds = best
    radii = {name: up(value) for name, value in zip(names, e * _SLACK, strict=True)}
    return radii, up(rho, 6), [0.0, *(bound * _ROUNDED for bound in bounds)]


def _derivatives(
    method: Method, word: Sequence[fmpq], rest: Mapping[str, fmpq], names: list[str], e: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    """|J| of a period over the box, and the derivatives of the sums of its first 1, …, p steps, as float bounds."""
    box = [
        Interval.point(rest[name]).widened(exact_from_float(float(radius)))
        for name, radius in zip(names, e, strict=True)
    ]
    at: Setting[Dual] = Setting(method, Dual)
    current = dict(zip(names, variables(box), strict=True))
    total, partial = Dual(ZERO), []
    try:
        for w in word:
            current, step = advance(at, current, Dual(Interval.point(w)), first=False)
            total = total + step
            partial.append(_row(total, len(names)))
    except Stop:
        return None
    return np.array([_row(current[name], len(names)) for name in names]), np.array(partial)


def _row(value: Dual, n: int) -> list[float]:
    slopes = value.slopes or (ZERO,) * n
    return [float(slope.largest) * (1 + 1e-12) for slope in slopes]
