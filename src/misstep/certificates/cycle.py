"""The conditions under which a method goes round, and the cycle attracts or repels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from flint import fmpq

from misstep.certificates.conditions import at_most, equal, require, strictly_within
from misstep.certificates.contraction import weighted
from misstep.certificates.cycle_form import Attracting, Cycle, Repelling
from misstep.certificates.duals import Dual, variables
from misstep.certificates.function_conditions import examine_function
from misstep.certificates.functions import Line
from misstep.certificates.intervals import ONE, ZERO, Interval, rounded, told, total, undecided
from misstep.certificates.methods import N, Setting, advance
from misstep.certificates.verdict import condition
from misstep.certificates.watched import Exact

Matrix = Sequence[Sequence[Interval]]


def examine_cycle(cycle: Cycle) -> None:
    """Every condition of the kind `cycle`, in order.

    Raises:
        Stop: One of them is violated or undecided.
    """
    line = Line(cycle.function)
    with condition("1"):
        examine_function(line, cycle.claims)
    with condition("2"):
        if cycle.matrix is None:
            jets = _exactly(cycle, line)
        else:
            jets = []
            _enclosed(cycle, line, cycle.matrix)
    with condition("3"):
        if isinstance(cycle.stability, Attracting):
            _attracting(cycle, line, cycle.stability)
        elif isinstance(cycle.stability, Repelling):
            _repelling(cycle, line, cycle.stability)
    if cycle.claims.optimal:
        with condition("4"):
            L = cycle.claims.lipschitz.value
            points = sorted(set(jets))
            bends = (abs(g - f) / (b - a) for (a, f), (b, g) in pairwise(points) if a < b)
            require(any(bend >= L for bend in bends), "L = {} <= |g' - g|/|x' - x| for some neighbours", L)


def _rounds(
    cycle: Cycle, z: Sequence[N], n_steps: int, lift: Callable[[Interval], N], gradient: Callable[[N, int], N]
) -> list[N]:
    """Φ: the steps from z, with the gradient at each x and the number of the step."""
    at = Setting(cycle.method, lift)
    x, state = z[0], dict(zip(cycle.names[1:], z[1:], strict=True))
    for k in range(n_steps):
        state, s = advance(at, state, gradient(x, k), first=False)
        x = x + s
    return [x, *(state[name] for name in cycle.names[1:])]


def _sees(cycle: Cycle, line: Line, x: Interval, k: int) -> Interval:
    """f' over X, at least c in size."""
    g = line.enclose(x, 1)
    require(at_most(Interval.point(cycle.slope), abs(g)), "c <= |f'(x_{})|: {} <= |{}|", k, cycle.slope, g)
    return g


def _exactly(cycle: Cycle, line: Line) -> list[tuple[fmpq, fmpq]]:
    """2, exact: p steps lead back; the points with their gradients."""
    jets = []

    def gradient(x: Exact, k: int) -> Exact:
        g = Exact(ZERO).after(line.enclose(x.at, 1))
        require(abs(g.at.lo) >= cycle.slope, "c <= |f'(x_{})|: {} <= |{}|", k, cycle.slope, g.at)
        jets.append((x.at.lo, g.at.lo))
        return g

    after = _rounds(cycle, [Exact(z) for z in cycle.box], cycle.period, Exact, gradient)
    for name, z, end in zip(cycle.names, cycle.box, after, strict=True):
        require(equal(end.at, z), "{} is the same after {} steps: {} and {}", name, cycle.period, z, end.at)
    return jets


def _enclosed(cycle: Cycle, line: Line, matrix: Sequence[Sequence[fmpq]]) -> None:
    """2, enclosed: K = z̃ - Y·(Φ(z̃) - z̃) + (I - Y·(Φ'(Z) - I))·(Z - z̃) lies strictly inside Z."""
    n, Y = len(cycle.names), [[Interval.point(y) for y in row] for row in matrix]
    middle = [Interval.point((z.lo + z.hi) / 2) for z in cycle.box]
    after = _rounds(cycle, middle, cycle.period, lambda x: x, lambda x, _: line.enclose(x, 1))
    defect = [a - m for a, m in zip(after, middle, strict=True)]
    J = jacobian(cycle, line, cycle.box, cycle.period)
    for a in range(n):
        newton = middle[a] - total([Y[a][b] * defect[b] for b in range(n)])
        spread = []
        for b in range(n):
            # The entry of I - Y·(J - I).
            product = total([Y[a][c] * (J[c][b] - _unit(c, b)) for c in range(n)])
            spread.append((_unit(a, b) - product) * (cycle.box[b] - middle[b]))
        K = newton + total(spread)
        name, Z = cycle.names[a], cycle.box[a]
        require(strictly_within(K, Z), "Krawczyk's image of {} lies strictly inside {}: it is {}", name, Z, K)
    _rounds(cycle, list(cycle.box), cycle.period, lambda x: x, lambda x, k: _sees(cycle, line, x, k))


def _unit(a: int, b: int) -> Interval:
    return ONE if a == b else ZERO


def jacobian(cycle: Cycle, line: Line, box: Sequence[Interval], n_steps: int) -> Matrix:
    """Φ' over a box, by x and the state, with those through the gradient: g' = f''(x)·x'."""

    def gradient(x: Dual, _: int) -> Dual:
        bend = line.enclose(x.at, 2)
        return Dual(line.enclose(x.at, 1), tuple(bend * slope for slope in x.slopes))

    after = _rounds(cycle, variables(list(box)), n_steps, Dual, gradient)
    return [row.slopes or (ZERO,) * len(box) for row in after]


def _attracting(cycle: Cycle, line: Line, claim: Attracting) -> None:
    """3: Σ_b |J_ab|·r_b <= rate·r_a over Z widened by the radius."""
    box = [rounded(z.lo - r, z.hi + r) for z, r in zip(cycle.box, claim.radius, strict=True)]
    J = jacobian(cycle, line, box, cycle.period * claim.repeats)
    radii, rate = [Interval.point(r) for r in claim.radius], Interval.point(claim.rate)
    for name, row, radius in zip(cycle.names, J, radii, strict=True):
        size = weighted(tuple(row), radii)
        require(at_most(size, rate * radius), "the deviation of {} shrinks: {} <= {}·{}", name, size, rate, radius)


def _repelling(cycle: Cycle, line: Line, claim: Repelling) -> None:
    """3: d·lo^n <= |tr J^n| and the row sums of |J^n| are at most hi^n, so the spectral radius of J is in [lo, hi]."""

    def gradient(x: Interval, k: int) -> Interval:
        if len(line.parts(x)) > 1:
            raise undecided(f"X_{k} = {told(x)} meets more than one piece, where f'' may jump")
        return line.enclose(x, 1)

    _rounds(cycle, list(cycle.box), cycle.period, lambda x: x, gradient)
    J = jacobian(cycle, line, cycle.box, cycle.period)
    P, n = J, claim.power
    for _ in range(n - 1):
        P = product(P, J)
    low, high = (Interval.point(end**n) for end in (claim.multiplier.lo, claim.multiplier.hi))
    trace = abs(total([P[a][a] for a in range(len(P))]))
    least = low * Interval.point(len(P))
    require(at_most(least, trace), "d·lo^{} <= |tr J^{}|: {} <= {}", n, n, least, trace)
    for name, row in zip(cycle.names, P, strict=True):
        size = total([abs(entry) for entry in row])
        require(at_most(size, high), "the row of {} in |J^{}| adds up to at most hi^{}: {} <= {}", name, n, n, size, high)


def product(A: Matrix, B: Matrix) -> Matrix:
    """The matrix product.

    >>> product([[ONE, ONE], [ZERO, ONE]], [[ONE, ZERO], [ONE, ONE]])[0]
    [Interval(lo=2, hi=2), Interval(lo=1, hi=1)]
    """
    columns = range(len(B[0]))
    return [[total([a * B[k][j] for k, a in enumerate(row)]) for j in columns] for row in A]
