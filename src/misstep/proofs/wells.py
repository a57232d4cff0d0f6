"""The function that makes a method drift on one gradient: a line, then wells as far apart as its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from misstep.certificates.intervals import Interval
from misstep.certificates.method_form import SCALAR_METHODS, read_method
from misstep.certificates.methods import Setting, advance
from misstep.constructions import Infeasible, plateaus, spline_through
from misstep.constructions.rationals import near
from misstep.proofs.drift import Drift
from misstep.proofs.not_proved import NotProved
from misstep.proofs.settled import settled_state
from misstep.scalars import Exactable, exact

_LATEST = 50_000
"""Steps of a transient after which a method is said not to settle."""

_STEADY, _FINE = 64, 1e-12
"""Steps that must be alike, and to what part of a step, for the transient to be over."""


def constant_drift(
    method: Mapping[str, Any], *, slope: Exactable = 1, plateau: Exactable = "1/4", wide: bool = False
) -> Drift:
    """The drift of a method on the gradient −slope: f' = −slope up to the first well, and at every well's edge.

    On that gradient the steps come to a step s, so that x_k − ks has a limit a. The wells are at a + ks, from the first
    k from which the iterates stay within half a plateau of them.

    Args:
        method: The recurrence, as certificates name it.
        slope: c > 0.
        plateau: ρ in [0, 1/2), the half-width of the intervals of constant gradient, in spacings.
        wide: Whether every start is to be covered for which the plateaus leave room.

    Raises:
        NotProved: the steps do not settle, or the settled step is not rational.

    >>> heavy_ball = {"name": "heavy-ball", "learning_rate": "1", "momentum": "1/2"}
    >>> constant_drift(heavy_ball).shift
    2
    """
    c, rho = exact(slope), exact(plateau)
    form = read_method(dict(method), SCALAR_METHODS, ranges=True)
    at: Setting[Interval] = Setting(form, lambda value: value)
    g = Interval.point(-c)
    rest = {name: Interval.point(value) for name, value in settled_state(form, [-c]).items()}
    _, settled = advance(at, rest, g, first=False)
    if not settled.exact or settled.lo == 0:
        raise NotProved(f"the settled step {settled} is not a rational number other than 0: choose another slope")
    s = settled.lo
    offsets, state, x = [fmpq(0)], dict(form.start), fmpq(0)
    for k in range(_LATEST):
        state, step = advance(at, state, g, first=k == 0)
        x = x + (step.lo + step.hi) / 2 - s
        x = near(float(x), 1e-15 * abs(float(s))) if x.height_bits() > 2048 else x
        offsets.append(x)
        recent = offsets[-_STEADY:]
        if len(recent) == _STEADY and float(max(recent) - min(recent)) <= _FINE * abs(float(s)):
            break
    else:
        raise NotProved(f"the steps do not settle within {_LATEST}")
    limit = float(offsets[-1])
    within = float(rho * abs(s)) / 2
    first = next(k for k in reversed(range(len(offsets))) if k == 0 or abs(float(offsets[k - 1]) - limit) > within)
    node = fmpq(0) if first == 0 or limit == 0 else near(limit, 1e-3 * abs(float(s)))
    node = node + first * s
    jets = plateaus(sorted([node, node + s]), [-c, -c], rho=rho, repeats_from=0)
    assert not isinstance(jets, Infeasible)
    room = fmpq(0)
    if wide:
        off = max(abs(float(offset) - float(node - first * s)) for offset in offsets[first:])
        room = max(fmpq(0), rho * abs(s) - 2 * near(off, 1e-9 * abs(float(s))))
    return Drift(method, spline_through(jets), Interval(-room, room), (-c,), s, settled=max(1, first))
