"""A drift towards which the state contracts."""

from __future__ import annotations

from collections.abc import Mapping

from misstep.certificates.conditions import at_most, equal, require, within
from misstep.certificates.drift_form import Contracting, Drift
from misstep.certificates.duals import Dual, variables
from misstep.certificates.functions import Line
from misstep.certificates.intervals import BOTH_SIGNS, ONE, ZERO, Interval, total
from misstep.certificates.methods import Setting, advance
from misstep.certificates.places import look
from misstep.certificates.verdict import condition


def weighted(slopes: tuple[Interval, ...], radii: list[Interval]) -> Interval:
    """Σ_b |J_b|·r_b."""
    return total([abs(slope) * radius for slope, radius in zip(slopes, radii, strict=True)])


def examine_contraction(
    drift: Drift, proof: Contracting, line: Line, x: Interval, state: Mapping[str, Interval]
) -> None:
    """Condition 5 by the rule `contracting`.

    Args:
        drift: The certificate.
        proof: The settled state and how the state approaches it.
        line: Its function.
        x: Where the first K steps lead.
        state: The state there.

    Raises:
        Stop: It is violated or undecided.
    """
    settled = {name: Interval.point(value) for name, value in proof.settled.items()}
    box = {name: value.widened(proof.radius[name]) for name, value in settled.items()}
    with condition("5(a)"):
        for name, ends in box.items():
            require(within(state[name], ends), "{} in settled ± radius: {} lies in {}", name, state[name], ends)
    with condition("5(b)"):
        offsets = _settled_steps(drift, settled)
    rate = Interval.point(proof.rate)
    radii = [Interval.point(proof.radius[name]) for name in settled]
    with condition("5(c)"):
        errors = _contract(drift, box, radii, rate)
    with condition("5(d)"):
        R = errors[-1] / (ONE - rate)
        for i, offset in enumerate(offsets):
            look(drift, line, x + offset + BOTH_SIGNS * (R + errors[i]), i)


def _settled_steps(drift: Drift, settled: Mapping[str, Interval]) -> list[Interval]:
    """(b): a period from the settled state leads back to it, and moves x by d; the D_i."""
    at = Setting(drift.method, lambda x: x)
    state, steps, offsets = dict(settled), list[Interval](), list[Interval]()
    moved = ZERO
    for w in drift.word:
        offsets.append(moved)
        state, s = advance(at, state, Interval.point(w), first=False)
        steps.append(s)
        moved = moved + s
    for name, value in settled.items():
        require(equal(state[name], value), "{} is settled: {} after the period, {} before", name, state[name], value)
    require(equal(moved, Interval.point(drift.shift)), "the steps add up to d = {}: to {}", drift.shift, moved)
    return offsets


def _contract(drift: Drift, box: Mapping[str, Interval], radii: list[Interval], rate: Interval) -> list[Interval]:
    """(c): a period shrinks the deviation of the state by the rate; e_0, …, e_p."""
    at = Setting(drift.method, Dual)
    state = dict(zip(box, variables(list(box.values())), strict=True))
    moved, errors = Dual(ZERO), [ZERO]
    for w in drift.word:
        state, s = advance(at, state, Dual(Interval.point(w)), first=False)
        moved = moved + s
        errors.append(weighted(moved.slopes or (ZERO,) * len(box), radii))
    for name, radius in zip(box, radii, strict=True):
        size = weighted(state[name].slopes or (ZERO,) * len(box), radii)
        require(at_most(size, rate * radius), "the deviation of {} shrinks: {} <= {}·{}", name, size, rate, radius)
    return errors
