"""Cycles: exact ones, enclosed ones, and what becomes of their neighbors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq

from misstep.certificates.cycle import deviations, jacobian, rounds
from misstep.certificates.cycle_form import Cycle as Form
from misstep.certificates.cycle_form import read_cycle
from misstep.certificates.functions import Line
from misstep.certificates.intervals import Interval
from misstep.certificates.verdict import Stop
from misstep.functions import PiecewisePolynomial
from misstep.proofs.certificate import Certificate, certified, numbers
from misstep.proofs.functions import claims, described
from misstep.proofs.not_proved import NotProved
from misstep.proofs.rounding import below, down, up
from misstep.scalars import exact_from_float

Matrix = npt.NDArray[np.float64]

_NEUTRAL = 1e-6
"""How far from 1 a multiplier must be for its side to be proved."""

_MOST_ROUNDS = 256
_MOST_POWER = 200

_SHRUNK = 0.8
"""A power of the Jacobian this small, entry by entry, is taken to show an attraction."""

_NEWTON_STEPS = 12
_SMALL = fmpq(1, 10**16)
"""Half-width of the box around a cycle that is enclosed, relative to its size."""


@dataclass(frozen=True)
class Cycle:
    """A cycle that is to be proved.

    Attributes:
        method: The recurrence, as certificates name it.
        function: f.
        x: A point of the cycle.
        state: The method's state there, every variable.
        period: p.
        mu: Least f'' to be claimed, or `None`.
        optimal: Whether no smaller constant allows these gradients at these points.
        extend: Whether f goes on beyond its knots as its end pieces do.
    """

    method: Mapping[str, Any]
    function: PiecewisePolynomial
    x: fmpq
    state: Mapping[str, fmpq]
    period: int
    mu: fmpq | None = None
    optimal: bool = False
    extend: bool = False

    @property
    def point(self) -> list[fmpq]:
        """x and the state."""
        return [self.x, *self.state.values()]


def prove_cycle(cycle: Cycle) -> Certificate:
    """The certificate of a cycle, with its stability where that can be proved.

    A point that a period does not give back exactly is taken for an approximation: Newton's method refines it, and the
    cycle is enclosed near it.

    Args:
        cycle: The cycle.

    Raises:
        NotProved: there is no cycle near the point, or it cannot be enclosed.

    >>> from misstep.functions import PiecewisePolynomial
    >>> parabola = PiecewisePolynomial((-1, 1), ((5, -10, 5),))
    >>> descent = {"name": "gradient-descent", "learning_rate": "1/5"}
    >>> prove_cycle(Cycle(descent, parabola, fmpq(1, 2), {}, 2, extend=True)).document["claim"]["x"]
    '1/2'
    """
    if _returns(cycle):
        return _with_stability(cycle, [Interval.point(z) for z in cycle.point], matrix=None)
    refined = _refined(cycle)
    size = fmpq(10) ** math.floor(math.log10(float(max(abs(z) for z in refined.point)) or 1.0))
    box = [Interval(z - size * _SMALL, z + size * _SMALL) for z in refined.point]
    form, line = _form(refined)
    inverse = np.linalg.inv(_middle(jacobian(form, line, box, cycle.period)) - np.eye(len(box)))
    matrix = [[_short(value) for value in row] for row in inverse]
    return _with_stability(refined, box, matrix=matrix)


def _form(cycle: Cycle) -> tuple[Form, Line]:
    """The cycle as the checker reads it, with nothing claimed of its stability, and its function."""
    z = [str(value) for value in cycle.point]
    form = read_cycle(
        {
            "method": dict(cycle.method),
            "function": described(cycle.function, extend=cycle.extend),
            "claim": {
                "period": cycle.period,
                "x": z[0],
                "state": dict(zip(cycle.state, z[1:], strict=True)),
                "slope": "1",
                "stability": None,
                **claims(cycle.function, mu=cycle.mu, optimal=cycle.optimal),
            },
            "proof": {"rule": "exact", "matrix": None},
        }
    )
    return form, Line(form.function)


def _after(cycle: Cycle) -> list[Interval]:
    """A period from the point."""
    form, line = _form(cycle)
    return rounds(form, list(form.box), cycle.period, lambda x: x, lambda x, _: line.enclose(x, 1))


def _returns(cycle: Cycle) -> bool:
    """Whether a period gives the point back, exactly."""
    try:
        return all(end.exact and end.lo == z for end, z in zip(_after(cycle), cycle.point, strict=True))
    except Stop:
        return False


def _refined(cycle: Cycle) -> Cycle:
    """The cycle near the point, to twenty decimals, by Newton's method."""
    try:
        for _ in range(_NEWTON_STEPS):
            form, line = _form(cycle)
            defect = [(a.lo + a.hi) / 2 - z for a, z in zip(_after(cycle), cycle.point, strict=True)]
            J = _middle(jacobian(form, line, form.box, cycle.period)) - np.eye(len(defect))
            scale = exact_from_float(max(abs(float(value)) for value in defect) or 1.0)
            step = np.linalg.solve(J, [float(value / scale) for value in defect])
            point = [_rounded(z - scale * exact_from_float(float(by))) for z, by in zip(cycle.point, step, strict=True)]
            cycle = replace(cycle, x=point[0], state=dict(zip(cycle.state, point[1:], strict=True)))
    except (Stop, np.linalg.LinAlgError) as error:
        raise NotProved(f"Newton's method finds no cycle: {error}") from None
    return cycle


def _with_stability(cycle: Cycle, box: list[Interval], *, matrix: list[list[str]] | None) -> Certificate:
    form, line = _form(cycle)
    form = replace(form, box=tuple(box))
    sizes: list[Interval] = []

    def gradient(x: Interval, _: int) -> Interval:
        g = line.enclose(x, 1)
        sizes.append(abs(g))
        return g

    rounds(form, box, cycle.period, lambda x: x, gradient)
    slope = min(size.lo if size.exact else below(size.lo) for size in sizes)
    if not slope > 0:
        raise NotProved("f' may vanish on the cycle")
    ends = [str(z.lo) if matrix is None else numbers([z.lo, z.hi]) for z in box]
    claim: dict[str, Any] = {
        "period": cycle.period,
        "x": ends[0],
        "state": dict(zip(cycle.state, ends[1:], strict=True)),
        "slope": str(slope),
        **claims(cycle.function, mu=cycle.mu, optimal=cycle.optimal),
    }
    proof = {"rule": "exact" if matrix is None else "enclosed", "matrix": matrix}
    function = described(cycle.function, extend=cycle.extend)

    def with_(stability: Any) -> Certificate:
        return certified(
            "cycle", method=cycle.method, function=function, claim={**claim, "stability": stability}, proof=proof
        )

    try:
        stability = _stability(form, line)
        return with_(stability)
    except (NotProved, Stop):
        # The derivative jumps at the cycle, or is not known well enough: the cycle itself may still be proved.
        return with_(None)


def _stability(form: Form, line: Line) -> dict[str, Any] | None:
    """What can be shown of the cycle's neighbors."""
    middle = [Interval.point((z.lo + z.hi) / 2) for z in form.box]
    J = _middle(jacobian(form, line, middle, form.period))
    radius = float(np.abs(np.linalg.eigvals(J)).max())
    if radius < 1 - _NEUTRAL:
        return _attracting(form, line, J)
    return _repelling(J, radius) if radius > 1 + _NEUTRAL else None


def _attracting(form: Form, line: Line, J: Matrix) -> dict[str, Any] | None:
    """Radii and a rate with which n rounds shrink every deviation within the radii, or `None`."""
    n, power = 1, J
    while n <= _MOST_ROUNDS:
        M = np.abs(power)
        inner = float(np.abs(np.linalg.eigvals(M)).max())
        if inner < _SHRUNK:
            rho = (1 + inner) / 2
            e = np.linalg.solve(np.eye(len(M)) - M / rho, np.ones(len(M)))
            return _widest(form, line, n, e / e.max(), exact_from_float((1 + rho) / 2))
        n, power = 2 * n, power @ power
    return None


def _widest(form: Form, line: Line, n: int, e: Matrix, limit: fmpq) -> dict[str, Any] | None:
    """The widest radii proportional to e within which n rounds contract: doubled from small ones while they do."""
    best = None
    size = max(float(abs(z.lo)) for z in form.box) or 1.0
    for doublings in range(-20, 8):
        radii = [up(float(value) * size * 2.0**doublings) for value in e]
        try:
            sizes = deviations(form, line, radii, n)
        except Stop:
            break
        shrinks = max(s.hi / r for s, r in zip(sizes, radii, strict=True))
        if shrinks > limit:
            break
        best = {
            "type": "attracting",
            "repeats": n,
            "rate": str(up(float(shrinks) * (1 + 1e-9))),
            "radius": {name: str(r) for name, r in zip(form.names, radii, strict=True)},
        }
    return best


def _repelling(J: Matrix, radius: float) -> dict[str, Any] | None:
    """A range above 1 for the spectral radius of a period, by the trace and a norm of its n-th power, or `None`."""
    best, power, scaled = (0.0, 0.0, 1), np.eye(len(J)), J / radius
    for n in range(1, _MOST_POWER + 1):
        power = power @ scaled
        low = radius * (abs(np.trace(power)) / len(J)) ** (1 / n)
        high = radius * float(np.abs(power).sum(axis=1).max()) ** (1 / n)
        if low > 1 and (best[0] <= 1 or high - low < best[1] - best[0]):
            best = low, high, n
    ends = [down(best[0] * (1 - 1e-9), 4), up(best[1] * (1 + 1e-9), 4)]
    return {"type": "repelling", "power": best[2], "multiplier": numbers(ends)} if ends[0] > 1 else None


def _middle(rows: Sequence[Sequence[Interval]]) -> Matrix:
    return np.array([[float((entry.lo + entry.hi) / 2) for entry in row] for row in rows])


def _short(value: float) -> str:
    size = down(abs(value), 9)
    return str(size if value > 0 else -size)


def _rounded(value: fmpq) -> fmpq:
    """The number to twenty decimals, far within the box and short enough to be read."""
    return fmpq((value * 10**20).floor(), 10**20)
