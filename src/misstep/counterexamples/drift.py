"""Away for ever on a constant gradient: wells as far apart as the steps are long."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from flint import fmpq

from misstep.adapters import Adapter
from misstep.constructions import Infeasible, LineJets, plateaus, smoothest
from misstep.constructions.rationals import near
from misstep.counterexamples.counterexample import Counterexample, Failure
from misstep.counterexamples.exact_regime import exact_regime
from misstep.counterexamples.families import CLOSED_FORMS, through
from misstep.counterexamples.streams import LEVEL, ConstantStream, StepBehavior, constant_run
from misstep.errors import InvalidInput
from misstep.scalars import exact_from_float

RHOS = (*(fmpq(1, n) for n in (64, 16, 8, 4)), fmpq(3, 8))
"""Half-widths of plateaus that are tried when none is given, relative to the spacing."""

_MOST_IN_FLOAT32 = 8192
"""Steps of a transient after which float32 has lost the place of a node."""

_FARTHEST = 1e12
"""Where the wells of a method whose steps grow must end."""

N_WELLS = 64
"""Wells that a method is shown to pass when its steps do not settle."""


def exact_spacing(adapter: Adapter, stream: ConstantStream, slope: fmpq) -> fmpq:
    """The distance of the wells: the step itself where it is known exactly, else a short fraction near it."""
    assert stream.limit is not None
    regime = exact_regime(adapter, [-slope])
    if regime is not None:
        return fmpq(regime.shift)
    first = float(stream.x[1] - stream.x[0])
    if abs(first - stream.limit) <= 1e-9 * first:
        # From 0 the first step is not rounded by an addition: it is right to the last bit.
        return near(first, 2.3e-16 * first)
    return near(stream.limit, 1e-12 * stream.limit)


def settled_drift(
    adapter: Adapter, stream: ConstantStream, slope: fmpq, *, family: str, rho: fmpq | None, n_steps: int
) -> Counterexample:
    """The function −slope·t up to where the steps have settled, and from there on wells with their spacing.

    f' = −slope at every well's edge x_T + k·s, and also before x_T, so that whatever the first T steps are, the
    gradient on them is −slope.

    Args:
        adapter: The optimizer.
        stream: Its run on the gradient −slope, settled.
        slope: c > 0.
        family: How f goes between nodes.
        rho: Half-width of the plateaus in spacings, or `None` for the least of `RHOS` on which the optimizer drifts for
            `n_steps` steps in float64 and in float32, or else in float64. Sines have none.
        n_steps: Steps for which it is to hold.

    Raises:
        InvalidInput: the family needs steps that are constant from the first and do not depend on values of f.
    """
    assert stream.settled is not None
    assert stream.limit is not None
    spacing, settled = exact_spacing(adapter, stream, slope), stream.settled
    first = _first_node(stream, float(spacing))
    if family in CLOSED_FORMS:
        if settled > 0:
            raise InvalidInput(
                f"family = {family!r} needs steps that are constant from the first; here {settled} steps come before"
            )
        if stream.uses_values:
            raise InvalidInput(f"family = {family!r} has other values at its nodes than the steps need, which use them")

    def with_plateaus(width: fmpq) -> Counterexample:
        if family in CLOSED_FORMS:
            return _counterexample(CLOSED_FORMS[family](spacing, slope, width), spacing, slope, family, width, first, 0)
        jets = plateaus(
            [first, first + spacing],
            [-slope, -slope],
            rho=width,
            repeats_from=0,
            values=[exact_from_float(LEVEL)] * 2 if stream.uses_values else None,
        )
        assert isinstance(jets, LineJets)
        function = through(jets, family, left="linear")
        return _counterexample(function, spacing, slope, family, width, first, settled)

    if rho is not None or family == "sine":
        return with_plateaus(rho or fmpq(0))
    # On plateaus the gradient is constant, so the runs are those of streams.
    widest = float(RHOS[-1])
    off = _farthest_off(stream.x[settled:], float(first), float(spacing), n_steps)
    if settled <= _MOST_IN_FLOAT32:
        narrow, _ = constant_run(replace(adapter, dtype="float32"), float(slope), settled + n_steps)
        off_32 = _farthest_off(narrow[settled:], float(first), float(spacing), n_steps)
        # Where the widest plateau does not help, none will.
        off = max(off, off_32 if len(narrow) > settled + n_steps and 1.25 * off_32 < widest else 0.0)
    return with_plateaus(next((width for width in RHOS if float(width) > 1.25 * off), RHOS[-1]))


def _counterexample(
    function: Any, spacing: fmpq, slope: fmpq, family: str, rho: fmpq, first: fmpq, settled: int
) -> Counterexample:
    return Counterexample(
        failure=Failure.DRIFT,
        function=function,
        x0=fmpq(0),
        family=family,
        word=(-1,),
        gradients=(-slope,),
        nodes=(first,),
        spacing=spacing,
        settled=settled,
        horizon=None,
        rho=rho,
        half_width=rho * spacing,
        optimum=4 * slope / spacing,
    )


def _first_node(stream: ConstantStream, spacing: float) -> fmpq:
    """Where step T is, seen from the end of the run: what is left of the transient is then spread about it."""
    assert stream.settled is not None
    n = len(stream.x) - 1
    seen_from_end = float(stream.x[n]) - spacing * (n - stream.settled)
    if stream.settled == 0:
        return fmpq(0)
    return near(seen_from_end, spacing / 1000)


def _farthest_off(x: Any, first: float, spacing: float, n_steps: int) -> float:
    """How far, in spacings, iterates of the stream are from their nodes."""
    steps = np.arange(min(len(x), n_steps + 1))
    return float(np.abs(x[: len(steps)] - first - spacing * steps).max()) / spacing


def finite_drift(stream: ConstantStream, slope: fmpq, *, family: str, rho: fmpq | None) -> Counterexample | None:
    """Wells at the last iterates of a run whose steps do not settle; nothing is said beyond them.

    The steps may grow, or shrink so slowly that the second half of the run is more than 3/4 as long as the first; a
    method whose steps shrink like 1/√k, as AdaGrad's, needs L → ∞ and has no such drift.

    Args:
        stream: The run on the gradient −slope.
        slope: c > 0.
        family: How f goes between the nodes.
        rho: Half-width of the plateaus, or `None` for 1/8.
    """
    steps = stream.steps
    if stream.behavior is StepBehavior.SHRINKING:
        half = len(steps) // 2
        if not steps[half:].sum() >= 0.75 * steps[:half].sum():
            return None
    elif stream.behavior is not StepBehavior.EXPLODING:
        return None
    # Where x has outgrown a step by far, x + step says nothing about the step, and float32 ends before float64.
    usable = np.flatnonzero((steps > 0) & (steps > 1e-6 * np.abs(stream.x[1:])) & (np.abs(stream.x[1:]) < _FARTHEST))
    last = int(usable[-1]) + 1 if len(usable) else 0
    first = max(last - N_WELLS, last // 2)
    if last - first < 8 or not (steps[first:last] > 0).all():
        return None
    nodes = [exact_from_float(float(x)) for x in stream.x[first : last + 1]]
    level = exact_from_float(LEVEL) if stream.uses_values else fmpq(0)
    width = fmpq(1, 8) if rho is None else rho
    gradients, values = [-slope] * len(nodes), [level] * len(nodes)
    jets = plateaus(nodes, gradients, rho=width, values=values)
    best = smoothest(nodes, gradients, values=values)
    if isinstance(jets, Infeasible) or isinstance(best, Infeasible):
        return None
    gaps = [b - a for a, b in pairwise(nodes)]
    return Counterexample(
        failure=Failure.DRIFT,
        function=through(jets, family, left="linear"),
        x0=fmpq(0),
        family=family,
        word=(-1,),
        gradients=tuple(gradients),
        nodes=tuple(nodes),
        spacing=None,
        settled=first,
        horizon=last,
        rho=width,
        half_width=width * min(gaps),
        optimum=best.L,
        note=(f"the steps are still {stream.behavior} at step {last}: nothing is said beyond it",),
    )


def ascent(stream: ConstantStream, slope: fmpq) -> Counterexample | None:
    """A convex function up which the method runs: −slope·t to the left, and a quadratic that turns up to the right.

    Any L > 0 will do; the L here makes the turn as long as the run was. Nothing is said beyond its end.
    """
    if stream.behavior is not StepBehavior.ASCENDING:
        return None
    lowest = float(stream.x.min())
    reach = near(max(abs(lowest), float(np.ptp(stream.x[:64]))), 1e-3 * abs(lowest))
    start = max(fmpq(0), 2 * near(float(stream.x.max()), 1e-3 * abs(lowest)))
    jets = smoothest([start, start + reach], [-slope, slope], function_class="convex")
    if isinstance(jets, Infeasible):
        return None
    return Counterexample(
        failure=Failure.DRIFT,
        function=through(jets, "spline", left="linear"),
        x0=fmpq(0),
        family="spline",
        word=(-1,),
        gradients=(-slope,),
        nodes=(fmpq(0),),
        spacing=None,
        settled=0,
        horizon=len(stream.steps),
        rho=fmpq(0),
        half_width=fmpq(0),
        optimum=fmpq(0),
        note=("its steps go up the slope: every L > 0 will do, and f is convex",),
    )
