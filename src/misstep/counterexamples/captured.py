"""Words that the optimizer repeats: the function through their jets, and a start from which it is caught by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from flint import fmpq

from misstep.adapters import Adapter
from misstep.constructions import Infeasible
from misstep.constructions.gap import FunctionClass
from misstep.constructions.periodic_jets import jets_through, least_constant
from misstep.constructions.rationals import near, rational
from misstep.counterexamples.counterexample import Counterexample, Failure
from misstep.counterexamples.exact_regime import exact_regime
from misstep.counterexamples.families import through, widened
from misstep.counterexamples.streams import Regime
from misstep.functions import Function
from misstep.scalars import FloatArray, exact_from_float

RHOS = (fmpq(0), fmpq(1, 8), fmpq(1, 4))
"""Half-widths of plateaus that are tried in turn when none is given."""

_SMALLEST, _LARGEST = 1e-30, 1e12
"""Between these lie the orbits that float32 can run."""

_STARTS, _STARTS_ALONE = 49, 5
_LONGEST_PERIOD = 64
_NEARLY = fmpq(1, 10**4)
"""How far gradients may be from ±slope, relatively, for an orbit to count as one of a sign word."""


@dataclass(frozen=True)
class Bounds:
    """The class of functions that is searched.

    Attributes:
        function_class: `"nonconvex"`, `"convex"` or `"strongly-convex"`.
        mu: Least curvature of the strongly convex class, or 0.
        condition: κ in the place of mu, or `None`.
    """

    function_class: FunctionClass
    mu: fmpq = fmpq(0)
    condition: fmpq | None = None

    @property
    def options(self) -> dict[str, Any]:
        """The class as the constructions take it."""
        bound = {"mu": self.mu} if self.condition is None else {"condition": self.condition}
        return {"function_class": self.function_class, **bound}

    def least_constant(self, nodes: Any, gradients: Any, shift: Any) -> Any:
        """The least L of a function of the class with these jets, or `None`."""
        return least_constant(nodes, gradients, shift, **self.options)


@dataclass(frozen=True)
class Candidate:
    """Gradients of a period, where they are asked, and the least constant of a function that has them there.

    Attributes:
        L: The constant, as a float.
        nodes: The nodes, exact.
        gradients: The gradients, exact.
        shift: Displacement in a period, exact.
    """

    L: float
    nodes: tuple[fmpq, ...]
    gradients: tuple[fmpq, ...]
    shift: fmpq

    @property
    def span(self) -> float:
        """The size of the orbit: the nodes' range or the displacement, whichever is larger."""
        return max(float(max(self.nodes) - min(self.nodes)), abs(float(self.shift)))


def candidates(adapter: Adapter, found: Sequence[Regime], bounds: Bounds) -> list[Candidate]:
    """The regimes that functions of the class allow, the smoothest first."""
    listed = []
    for regime in found:
        size = float(np.abs([*regime.nodes, regime.shift]).max())
        if not regime.is_settled or not _SMALLEST < size < _LARGEST:
            continue
        shift = 0.0 if regime.is_cycle else regime.shift
        L = bounds.least_constant(regime.nodes, regime.gradients, shift)
        if L is not None and 0 < float(L) < np.inf:
            listed.append((float(L), len(regime.word), regime))
    listed.sort(key=lambda entry: entry[:2])
    return [Candidate(L, *_exact(adapter, regime)) for L, _, regime in listed]


def _exact(adapter: Adapter, regime: Regime) -> tuple[tuple[fmpq, ...], tuple[fmpq, ...], fmpq]:
    """Nodes, gradients and shift in rational numbers: the method's own where it has an exact regime."""
    gradients = tuple(sign * regime.slope for sign in regime.word)
    found = exact_regime(adapter, gradients)
    if found is not None:
        return tuple(fmpq(x) for x in found.nodes), gradients, fmpq(found.shift)
    tolerance = 1e-12 * max(float(np.ptp(regime.nodes)), abs(regime.shift))
    shift = fmpq(0) if regime.is_cycle else near(regime.shift, tolerance)
    return tuple(near(float(x), tolerance) for x in regime.nodes), gradients, shift


def caught(
    adapter: Adapter,
    candidate: Candidate,
    bounds: Bounds,
    *,
    rho: fmpq,
    family: str,
    n_steps: int,
    side_by_side: bool,
    slope: fmpq,
) -> Counterexample | None:
    """The function through a candidate's jets, if the optimizer fails on it from some start; else `None`.

    Tried are the nodes themselves, the starts from which a method that sees the word from its first step on would come
    to the nodes, and a grid over three times the orbit's range. The first run whose last part repeats, with gradients
    of at least a tenth of the word's, is taken; one that repeats the candidate's own gradients before any other.

    Args:
        adapter: The optimizer.
        candidate: Nodes and gradients.
        bounds: Class of f.
        rho: Half-width of the plateaus, relative to the distance of the nearest nodes.
        family: How f goes between the nodes.
        n_steps: Steps to run.
        side_by_side: Whether many starts may be elements of one parameter.
        slope: Size of the gradients of sign words.
    """
    nodes, gradients, shift = candidate.nodes, candidate.gradients, candidate.shift
    mu = bounds.mu
    if bounds.condition is not None:
        least = bounds.least_constant(nodes, gradients, shift)
        if least is None:
            return None
        mu = rational(least) / bounds.condition
    jets = jets_through(nodes, gradients, shift, function_class=bounds.function_class, mu=mu)
    wide = jets if isinstance(jets, Infeasible) else widened(jets, rho)
    if isinstance(jets, Infeasible) or isinstance(wide, Infeasible):
        return None
    function = through(wide, family, left="linear" if shift == 0 else "periodic")
    found = _caught_run(adapter, function, candidate, n_steps, side_by_side=side_by_side)
    if found is None:
        return None
    x0, orbit = found
    least = jets.lower
    if not orbit.has_the_gradients_of(candidate):
        # It was caught in another orbit, whose nodes may ask for less.
        own = bounds.least_constant(orbit.nodes, orbit.gradients, orbit.shift)
        least = least if own is None else own
    off = orbit.off
    half_width = fmpq(0) if off is None else max(rho * _least_gap(nodes, shift) - abs(off), fmpq(0))
    return Counterexample(
        failure=Failure.CYCLE if orbit.shift == 0 else Failure.DRIFT,
        function=function,
        x0=exact_from_float(x0),
        family=family,
        word=orbit.signs if all(abs(abs(g) / slope - 1) <= _NEARLY for g in orbit.gradients) else None,
        gradients=orbit.gradients,
        nodes=orbit.nodes,
        spacing=orbit.shift,
        settled=orbit.settled,
        horizon=None,
        rho=rho,
        half_width=half_width,
        optimum=least,
    )


def _least_gap(nodes: tuple[fmpq, ...], shift: fmpq) -> fmpq:
    """The distance of the nearest nodes, of all that repeat them too."""
    places = sorted({node if shift == 0 else node - (node / abs(shift)).floor() * abs(shift) for node in nodes})
    if shift != 0:
        places.append(places[0] + abs(shift))
    return min(b - a for a, b in pairwise(places))


@dataclass(frozen=True)
class _Orbit:
    """What the end of a run repeats: nodes in short fractions, and the gradients of f exactly there.

    `off` is how far the candidate's nodes had to be moved for it, or `None` if it is another orbit.
    """

    nodes: tuple[fmpq, ...]
    gradients: tuple[fmpq, ...]
    shift: fmpq
    settled: int
    off: fmpq | None

    @property
    def signs(self) -> tuple[int, ...]:
        return tuple(1 if g > 0 else -1 for g in self.gradients)

    def has_the_gradients_of(self, candidate: Candidate) -> bool:
        """Whether a period asks for as many gradients as the candidate, and for the same ones."""
        return sorted(self.gradients) == sorted(candidate.gradients)


def _caught_run(
    adapter: Adapter, function: Function, candidate: Candidate, n_steps: int, *, side_by_side: bool
) -> tuple[float, _Orbit] | None:
    """A start from which the run ends in the candidate's orbit, or else in another one, and that orbit."""
    other = None
    starts = _starts(adapter, candidate, n_steps, side_by_side=side_by_side)
    for start, x, g in _runs(adapter, function, starts, n_steps, side_by_side=side_by_side):
        period = _period(x, g, candidate)
        if not period:
            continue
        orbit = _orbit(function, x, g, period, candidate)
        if orbit.has_the_gradients_of(candidate):
            return start, orbit
        other = other or (start, orbit)
    return other


def _starts(adapter: Adapter, candidate: Candidate, n_steps: int, *, side_by_side: bool) -> FloatArray:
    """Where to start: nodes, the starts that lead to them if all goes by the word, and a grid."""
    nodes = np.array([float(x) for x in candidate.nodes])
    gradients = np.array([float(g) for g in candidate.gradients])
    p, shift, span = len(nodes), float(candidate.shift), candidate.span
    turned = np.stack([np.resize(np.roll(gradients, -j), n_steps // p * p) for j in range(p)], axis=1)
    columns = [turned] if side_by_side else turned.T[:_STARTS_ALONE]
    with np.errstate(all="ignore"):
        ends = np.concatenate([np.atleast_1d(adapter.stream(column).x[-1]) for column in columns])
    aligned = nodes[: len(ends)] - ends
    if shift != 0:
        aligned = np.mod(aligned, abs(shift))
    grid = np.linspace(nodes.min() - span, nodes.max() + span, _STARTS if side_by_side else _STARTS_ALONE)
    starts = np.concatenate([aligned, nodes[: len(ends)], grid])
    finite: FloatArray = starts[np.abs(starts) < _LARGEST]
    return finite


def _runs(
    adapter: Adapter, function: Function, starts: FloatArray, n_steps: int, *, side_by_side: bool
) -> Iterator[tuple[float, FloatArray, FloatArray]]:
    """The runs from every start."""
    with np.errstate(all="ignore"):
        if side_by_side:
            run = adapter.observe(function, starts, n_steps)
            yield from zip(starts.tolist(), run.x.T, run.g.T, strict=True)
            return
        for start in starts.tolist():
            run = adapter.observe(function, start, n_steps)
            yield start, run.x, run.g


def _period(x: FloatArray, g: FloatArray, candidate: Candidate) -> int:
    """The least period with which the end of a run repeats although its gradients do not vanish, or 0."""
    least = 0.1 * max(abs(float(h)) for h in candidate.gradients)
    window = max(4 * len(candidate.gradients), 2 * _LONGEST_PERIOD)
    end_x, end_g = x[-window - 1 :], g[-window:]
    if len(end_g) < window or not (np.isfinite(end_x).all() and np.isfinite(end_g).all()):
        return 0
    if not np.abs(end_g).min() >= least:
        return 0
    for period in range(1, _LONGEST_PERIOD + 1):
        moved = end_x[period:] - end_x[:-period]
        steady = np.ptp(moved) <= 1e-6 * candidate.span + 1e-9 * float(np.abs(end_x).max())
        if steady and (np.abs(end_g[period:] - end_g[:-period]) <= 1e-6 * np.abs(end_g).max()).all():
            return period
    return 0


def _orbit(function: Function, x: FloatArray, g: FloatArray, period: int, candidate: Candidate) -> _Orbit:
    """The last period: the candidate's nodes, moved as a whole, where they are as near, else short fractions."""
    tolerance = 1e-7 * candidate.span
    moved = float(x[-1] - x[-1 - period])
    shift = fmpq(0) if abs(moved) <= tolerance else near(moved, tolerance)
    if shift != 0 and abs(shift - candidate.shift) <= exact_from_float(10 * tolerance):
        shift = candidate.shift
    start = len(g) - period
    points = x[start : start + period]
    nodes, off = _aligned(points, candidate, tolerance) or (tuple(near(float(x), tolerance) for x in points), None)
    gradients = tuple(function.gradient(node) for node in nodes)
    return _Orbit(nodes, gradients, shift, _since(x, g, period, moved, candidate.span), off)


def _aligned(points: FloatArray, candidate: Candidate, tolerance: float) -> tuple[tuple[fmpq, ...], fmpq] | None:
    """The candidate's nodes, from the place in its period that fits, moved to the points by a short fraction."""
    p = len(candidate.nodes)
    if len(points) != p:
        return None
    unrolled = [*candidate.nodes, *(node + candidate.shift for node in candidate.nodes)]
    for turn in range(p):
        nodes = unrolled[turn : turn + p]
        offsets = points - np.array([float(node) for node in nodes])
        if float(np.ptp(offsets)) <= 2 * tolerance:
            middle = near(float(offsets.max() + offsets.min()) / 2, tolerance)
            return tuple(node + middle for node in nodes), middle - _whole(middle, candidate.shift)
    return None


def _whole(distance: fmpq, shift: fmpq) -> fmpq:
    """The nearest whole number of shifts."""
    return fmpq(0) if shift == 0 else (distance / shift + fmpq(1, 2)).floor() * shift


def _since(x: FloatArray, g: FloatArray, period: int, moved: float, span: float) -> int:
    """The first step from which on the iterates are where the last period was; the last period begins at a full one."""
    start = len(g) - period
    turns, phase = np.divmod(np.arange(len(g)) - start, period)
    off = np.abs(x[:-1] - x[start + phase] - turns * moved) > 1e-3 * span
    off |= np.abs(g - g[start + phase]) > 1e-2 * float(np.abs(g[start:]).max())
    first = len(g) - int(np.argmax(off[::-1])) if off.any() else 0
    return first + (len(g) - first) % period
