"""The function that makes a method drift on one gradient: a line, then wells as far apart as its steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from flint import fmpq

from misstep.certificates.intervals import Interval, told
from misstep.certificates.method_form import SCALAR_METHODS, Method, read_method
from misstep.certificates.methods import Setting, advance
from misstep.constructions import Infeasible, plateaus, spline_through
from misstep.constructions.rationals import near
from misstep.proofs.drift import Drift
from misstep.proofs.floats import Float
from misstep.proofs.not_proved import NotProved
from misstep.proofs.settled import settled_state
from misstep.scalars import Exactable, exact

_LATEST = 60_000
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
    s = settled_step(form, -c)
    away = offsets(form, -c, s)
    limit, size = away[-1], abs(float(s))
    within = float(rho) * size / 2
    first = next((k + 1 for k in reversed(range(len(away))) if abs(away[k] - limit) > within), 0)
    node = first * s + (fmpq(0) if first == 0 and rho == 0 else near(limit, 1e-3 * size))
    jets = plateaus(sorted([node, node + s]), [-c, -c], rho=rho, repeats_from=0)
    assert not isinstance(jets, Infeasible)
    room = fmpq(0)
    if wide:
        off = max(abs(offset - float(node - first * s)) for offset in away[first:])
        room = max(fmpq(0), rho * abs(s) - 2 * near(off, 1e-9 * size))
    return Drift(method, spline_through(jets), Interval(-room, room), (-c,), s, settled=max(1, first))


def settled_step(method: Method, g: fmpq) -> fmpq:
    """The step that the method comes to on one gradient.

    Raises:
        NotProved: the method does not settle, or the step is not rational, or is 0.
    """
    rest = {name: Interval.point(value) for name, value in settled_state(method, [g]).items()}
    at: Setting[Interval] = Setting(method, lambda value: value)
    _, step = advance(at, rest, Interval.point(g), first=False)
    if not step.exact:
        raise NotProved(f"the settled step {told(step)} is not a rational number{_better_slope(method, abs(g))}")
    if step.lo == 0:
        raise NotProved("the steps come to 0: there is no drift")
    return step.lo


def _better_slope(method: Method, c: fmpq) -> str:
    """A slope near c for which c² + eps_root is the square of a rational number: with t = √(c² + eps_root) − c."""
    root = method.numbers.get("eps_root")
    if root is None or not root.exact or root.lo == 0:
        return ": another slope may have one"
    t = near(math.hypot(float(c), math.sqrt(float(root.lo))) - float(c), 1e-3 * float(c))
    return f": try --slope {(root.lo / t - t) / 2}" if t > 0 else ": another slope may have one"


def offsets(method: Method, g: fmpq, s: fmpq) -> list[float]:
    """x_k − ks on one gradient from x = 0, in floats, until it has come to rest.

    Raises:
        NotProved: it does not.
    """
    at: Setting[Float] = Setting(method, Float.of)
    gradient, state = Float(float(g)), {name: Float.of(value) for name, value in method.start.items()}
    pace, offset, found, last = float(s), 0.0, [0.0], 0
    for k in range(_LATEST):
        state, step = advance(at, state, gradient, first=k == 0)
        change = step.number - pace
        if abs(change) > _FINE * abs(pace):
            last = k
        offset += change
        found.append(offset)
        if k - last >= _STEADY:
            # What is left are roundings of the floats, and of the settled step.
            return [value if abs(value) > _FINE * abs(pace) else 0.0 for value in found]
    raise NotProved(f"the steps do not settle within {_LATEST}")
