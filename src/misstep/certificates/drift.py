"""The conditions under which a method runs away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from misstep.certificates.conditions import at_most, equal, require, within
from misstep.certificates.contraction import examine_contraction
from misstep.certificates.drift_form import Contracting, Drift
from misstep.certificates.drift_optimal import examine_least
from misstep.certificates.function_conditions import examine_function
from misstep.certificates.functions import Line
from misstep.certificates.intervals import BOTH_SIGNS, ONE, Interval, total, undecided
from misstep.certificates.methods import N, Setting, State, advance
from misstep.certificates.places import look
from misstep.certificates.verdict import condition
from misstep.certificates.watched import Rounding


@dataclass(frozen=True)
class _Run(Generic[N]):
    """Where the first K steps lead: x and the state."""

    x: Interval
    state: State[N]


def examine_drift(drift: Drift) -> None:
    """Every condition of the kind `drift`, in order.

    Raises:
        Stop: One of them is violated or undecided.
    """
    line = Line(drift.function)
    with condition("1"):
        examine_function(line, drift.claims)
    with condition("2"):
        _side(drift)
    if drift.rounding is not None:
        u = drift.rounding.unit
        error = Interval(1 - u, 1 + u)
        _rounded(drift, line, Setting(drift.method, lambda x: Rounding(x, error)), drift.rounding.steps)
        return
    run = _first_steps(drift, line, Setting(drift.method, lambda x: x))
    _word(drift)
    if isinstance(drift.proof, Contracting):
        examine_contraction(drift, drift.proof, line, run.x, run.state)
        return
    nodes = _invariant(drift, line, run)
    if drift.claims.optimal:
        with condition("6"):
            examine_least(nodes, drift.word, drift.shift, drift.claims.lipschitz.value)


def _side(drift: Drift) -> None:
    """2: the tail that the drift runs into repeats, and the shift is a multiple of its period."""
    tail, side = (drift.function.right, "right") if drift.shift > 0 else (drift.function.left, "left")
    period = tail.period
    require(period is not None, "the {} tail repeats", side)
    if period is not None:
        require((drift.shift / period).q == 1, "d = {} is a multiple of the period {}", drift.shift, period)


def _first_steps(drift: Drift, line: Line, at: Setting[N]) -> _Run[N]:
    """3: |f'| >= c at the first K iterates."""
    start = drift.method.start if drift.state is None else {a: Interval.point(v) for a, v in drift.state.items()}
    state = {name: at.lift(value) for name, value in start.items()}
    x, c = at.lift(drift.start), Interval.point(drift.slope)
    with condition("3"):
        for k in range(drift.first):
            g = at.lift(line.enclose(x.value, 1)).computed()
            require(at_most(c, abs(g.value)), "c <= |f'(x_{})|: {} <= |{}|", k, drift.slope, g.value)
            state, s = advance(at, state, g, first=k == 0)
            x = x + s
    return _Run(x.value, state)


def _word(drift: Drift) -> None:
    """4: |w_i| >= c."""
    with condition("4"):
        for i, w in enumerate(drift.word):
            require(abs(w) >= drift.slope, "|w_{}| >= c: |{}| >= {}", i, w, drift.slope)


def _box(drift: Drift) -> dict[str, Interval]:
    assert not isinstance(drift.proof, Contracting)  # what the rule says
    return dict(drift.proof.box)


def _held(state: State[N], box: dict[str, Interval], when: str) -> None:
    """Each variable of the state lies in its box."""
    for name, ends in box.items():
        value = state[name].value
        require(within(value, ends), "{} in its box {}: {} lies in {}", name, when, value, ends)


def _invariant(drift: Drift, line: Line, run: _Run[Interval]) -> list[Interval]:
    """5, by invariance: the X_i."""
    box = _box(drift)
    with condition("5(a)"):
        _held(run.state, box, f"after {drift.first} steps")
    at = Setting(drift.method, lambda x: x)
    state, x, nodes, steps = dict(box), run.x, [], []
    with condition("5(b)"):
        for i, w in enumerate(drift.word):
            look(drift, line, x, i)
            nodes.append(x)
            state, s = advance(at, state, Interval.point(w), first=False)
            steps.append(s)
            x = x + s
    with condition("5(c)"):
        _held(state, box, "after the period")
    with condition("5(d)"):
        moved = total(steps)
        require(equal(moved, Interval.point(drift.shift)), "the steps add up to d = {}: to {}", drift.shift, moved)
    return nodes


def _rounded(drift: Drift, line: Line, at: Setting[Rounding], n_steps: int) -> None:
    """3 to 5 where every operation may err."""
    run = _first_steps(drift, line, at)
    _word(drift)
    box = _box(drift)
    with condition("5(a)"):
        _held(run.state, box, f"after {drift.first} steps")
    with condition("5(b)"):
        held = {name: at.lift(value) for name, value in box.items()}
        state, s = advance(at, held, at.lift(Interval.point(drift.word[0])).computed(), first=False)
    with condition("5(c)"):
        _held(state, box, "after the step")
    with condition("5(d)"):
        x = run.x + BOTH_SIGNS * _deviation(drift, run.x, s.value, n_steps)
        look(drift, line, x, 0)


def _deviation(drift: Drift, x: Interval, s: Interval, n_steps: int) -> Interval:
    """E = N·(|S_x - d| + u·M) with M = (|X| + N·|S_x|)/(1 - N·u): how far from their places the N iterates may be."""
    assert drift.rounding is not None
    N, u = Interval.point(n_steps), Interval.point(drift.rounding.unit)
    room = ONE - N * u
    if room.lo <= 0:
        raise undecided(f"N·u = {n_steps}·u is not less than 1")
    size = (Interval.point(x.largest) + N * Interval.point(s.largest)) / room
    error = Interval.point((s - Interval.point(drift.shift)).largest)
    return N * (error + u * size)
