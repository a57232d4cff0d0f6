"""Cycles: exact ones, enclosed ones, and what becomes of their neighbors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq

from misstep.certificates.duals import Dual, variables
from misstep.certificates.function_form import read_function
from misstep.certificates.functions import Line
from misstep.certificates.intervals import ZERO, Interval
from misstep.certificates.method_form import SCALAR_METHODS, Method, read_method
from misstep.certificates.methods import N, Setting, advance
from misstep.certificates.verdict import Stop
from misstep.functions import PiecewisePolynomial
from misstep.proofs.certificate import Certificate, certified, numbers
from misstep.proofs.functions import claims, described
from misstep.proofs.not_proved import NotProved
from misstep.proofs.rounding import above, below
from misstep.scalars import exact_from_float

Matrix = npt.NDArray[np.float64]

_NEUTRAL = 1e-6
"""How far from 1 a multiplier must be for its side to be proved."""

_MOST_ROUNDS = 4096
_MOST_POWER = 200
_SMALL = fmpq(1, 2**70)
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

    A point that a period does not give back exactly is taken for an approximation: it is refined by Newton's method, and
    the cycle enclosed near it.

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
    orbit = _Orbit.of(cycle)
    if orbit.returns():
        return _with_stability(cycle, orbit, [Interval.point(z) for z in cycle.point], matrix=None)
    refined = orbit.refined()
    size = max(abs(z) for z in refined.point) or fmpq(1)
    box = [Interval(z - size * _SMALL, z + size * _SMALL) for z in refined.point]
    jacobian = orbit.jacobian(box, cycle.period)
    inverse = np.linalg.inv(_middle(jacobian) - np.eye(len(box)))
    matrix = [[_short(value) for value in row] for row in inverse]
    return _with_stability(refined, orbit, box, matrix=matrix)


@dataclass(frozen=True)
class _Orbit:
    """A cycle with its method and function ready to be run."""

    cycle: Cycle
    method: Method
    line: Line
    names: tuple[str, ...]

    @classmethod
    def of(cls, cycle: Cycle) -> _Orbit:
        method = read_method(dict(cycle.method), SCALAR_METHODS, ranges=False)
        line = Line(read_function(described(cycle.function, extend=cycle.extend)))
        if tuple(cycle.state) != tuple(method.start):
            raise NotProved(f"the state has {', '.join(cycle.state)}, and {method.name} needs {', '.join(method.start)}")
        return cls(cycle, method, line, ("x", *method.start))

    def _rounds(self, z: Sequence[N], n_steps: int, lift: Any, gradient: Any) -> list[N]:
        at: Setting[N] = Setting(self.method, lift)
        x, state = z[0], dict(zip(self.names[1:], z[1:], strict=True))
        for _ in range(n_steps):
            state, step = advance(at, state, gradient(x), first=False)
            x = x + step
        return [x, *(state[name] for name in self.names[1:])]

    def after(self, box: Sequence[Interval]) -> list[Interval]:
        """A period from every point of the box."""
        return self._rounds(box, self.cycle.period, lambda x: x, lambda x: self.line.enclose(x, 1))

    def gradients(self, box: Sequence[Interval]) -> list[Interval]:
        """f' at the points of a period."""
        seen: list[Interval] = []

        def gradient(x: Interval) -> Interval:
            seen.append(self.line.enclose(x, 1))
            return seen[-1]

        self._rounds(box, self.cycle.period, lambda x: x, gradient)
        return seen

    def jacobian(self, box: Sequence[Interval], n_steps: int) -> list[tuple[Interval, ...]]:
        """Derivatives of some steps by x and the state, over a box."""

        def gradient(x: Dual) -> Dual:
            bend = self.line.enclose(x.at, 2)
            return Dual(self.line.enclose(x.at, 1), tuple(bend * slope for slope in x.slopes))

        rows = self._rounds(variables(list(box)), n_steps, Dual, gradient)
        return [row.slopes or (ZERO,) * len(box) for row in rows]

    def returns(self) -> bool:
        """Whether a period gives the point back, exactly."""
        try:
            after = self.after([Interval.point(z) for z in self.cycle.point])
        except Stop:
            return False
        return all(end.exact and end.lo == z for end, z in zip(after, self.cycle.point, strict=True))

    def refined(self) -> Cycle:
        """The cycle near the point, to some seventy digits, by Newton's method."""
        z = self.cycle.point
        try:
            for _ in range(12):
                at = [Interval.point(value) for value in z]
                defect = [(a.lo + a.hi) / 2 - value for a, value in zip(self.after(at), z, strict=True)]
                J = _middle(self.jacobian(at, self.cycle.period)) - np.eye(len(z))
                scale = max(abs(float(value)) for value in defect) or 1.0
                step = np.linalg.solve(J, [float(value / exact_from_float(scale)) for value in defect])
                z = [_rounded(value - exact_from_float(scale * by)) for value, by in zip(z, step, strict=True)]
        except (Stop, np.linalg.LinAlgError) as error:
            raise NotProved(f"Newton's method fails: {error}") from None
        return replace(self.cycle, x=z[0], state=dict(zip(self.names[1:], z[1:], strict=True)))


def _with_stability(
    cycle: Cycle, orbit: _Orbit, box: list[Interval], *, matrix: list[list[str]] | None
) -> Certificate:
    sizes = [abs(g) for g in orbit.gradients(box)]
    slope = min(size.lo if size.exact else below(size.lo) for size in sizes)
    if not slope > 0:
        raise NotProved("f' may vanish on the cycle")
    ends = [str(z.lo) if matrix is None else numbers([z.lo, z.hi]) for z in box]
    claim: dict[str, Any] = {
        "period": cycle.period,
        "x": ends[0],
        "state": dict(zip(orbit.names[1:], ends[1:], strict=True)),
        "slope": str(slope),
        "stability": None,
        **claims(cycle.function, mu=cycle.mu, optimal=cycle.optimal),
    }
    proof = {"rule": "exact" if matrix is None else "enclosed", "matrix": matrix}
    function = described(cycle.function, extend=cycle.extend)
    for stability in (_attracting(orbit, box), _repelling(orbit, box), None):
        if stability is None:
            continue
        try:
            return certified(
                "cycle", method=cycle.method, function=function, claim={**claim, "stability": stability}, proof=proof
            )
        except NotProved:
            # The derivative jumps at the cycle, or is not known well enough: the cycle itself may still be proved.
            continue
    return certified("cycle", method=cycle.method, function=function, claim=claim, proof=proof)


def _attracting(orbit: _Orbit, box: list[Interval]) -> dict[str, Any] | None:
    """Radii and a rate with which n rounds shrink every deviation within the radii, or `None`."""
    period = orbit.cycle.period
    at = [Interval.point((z.lo + z.hi) / 2) for z in box]
    try:
        J = _middle(orbit.jacobian(at, period))
    except Stop:
        return None
    if not np.abs(np.linalg.eigvals(J)).max() < 1 - _NEUTRAL:
        return None
    n, power = 1, J
    while n <= _MOST_ROUNDS:
        M = np.abs(power)
        inner = float(np.abs(np.linalg.eigvals(M)).max())
        if inner < 0.9:
            rho = (1 + inner) / 2
            e = np.linalg.solve(np.eye(len(M)) - M / rho, np.ones(len(M)))
            found = _widest(orbit, box, n, e, (1 + rho) / 2)
            if found is not None:
                return found
        n, power = 2 * n, power @ power
    return None


def _widest(orbit: _Orbit, box: list[Interval], n: int, e: Matrix, rate: float) -> dict[str, Any] | None:
    """The widest radii proportional to e, by halves, within which n rounds contract."""
    limit = exact_from_float(rate)
    width = max(float(abs(z.lo)) for z in box) or 1.0
    for halvings in range(60):
        radii = [exact_from_float(float(f"{value / e.max() * width / 2**halvings:.3g}")) for value in e]
        wide = [Interval(z.lo - r, z.hi + r) for z, r in zip(box, radii, strict=True)]
        try:
            rows = orbit.jacobian(wide, n * orbit.cycle.period)
        except Stop:
            continue
        shrinks = [
            sum((slope.largest * r for slope, r in zip(row, radii, strict=True)), fmpq(0)) / radius
            for row, radius in zip(rows, radii, strict=True)
        ]
        if max(shrinks) < limit:
            return {
                "type": "attracting",
                "repeats": n,
                "rate": str(above(max(shrinks))),
                "radius": {name: str(_decimal(r)) for name, r in zip(orbit.names, radii, strict=True)},
            }
    return None


def _repelling(orbit: _Orbit, box: list[Interval]) -> dict[str, Any] | None:
    """A range above 1 that holds the spectral radius of a period, by the trace and a norm of its n-th power, or `None`."""
    try:
        J = _middle(orbit.jacobian([Interval.point((z.lo + z.hi) / 2) for z in box], orbit.cycle.period))
    except Stop:
        return None
    radius = float(np.abs(np.linalg.eigvals(J)).max())
    if not radius > 1 + _NEUTRAL:
        return None
    best, power, scaled = (0.0, 0.0, 1), np.eye(len(J)), J / radius
    for n in range(1, _MOST_POWER + 1):
        power = power @ scaled
        low = radius * (abs(np.trace(power)) / len(J)) ** (1 / n)
        high = radius * float(np.abs(power).sum(axis=1).max()) ** (1 / n)
        if low > 1 and (best[0] <= 1 or high - low < best[1] - best[0]):
            best = low, high, n
    if best[0] <= 1:
        return None
    ends = below(exact_from_float(best[0] * (1 - 1e-6))), above(exact_from_float(best[1] * (1 + 1e-6)))
    if not ends[0] > 1:
        return None
    return {"type": "repelling", "power": best[2], "multiplier": numbers([_decimal(end) for end in ends])}


def _middle(rows: Sequence[Sequence[Interval]]) -> Matrix:
    return np.array([[float((entry.lo + entry.hi) / 2) for entry in row] for row in rows])


def _short(value: float) -> str:
    return str(_decimal(exact_from_float(float(value))))


def _decimal(value: fmpq) -> fmpq:
    """The number to nine significant digits."""
    number = fmpq(0)
    if value != 0:
        digits, _, exponent = f"{float(value):.8e}".partition("e")
        number = fmpq(int(digits.replace(".", "")), 10**8) * fmpq(10) ** int(exponent)
    return number


def _rounded(value: fmpq) -> fmpq:
    """The number to 2⁻²³⁰."""
    return fmpq((value * 2**230).floor(), 2**230)
