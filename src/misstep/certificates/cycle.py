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
from misstep.certificates.intervals import BOTH_SIGNS, ONE, ZERO, Interval, common, rounded, told, total, undecided
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


def rounds(
    cycle: Cycle,
    start: Sequence[N],
    n_steps: int,
    lift: Callable[[Interval], N],
    gradient: Callable[[N, int], N],
    after: Callable[[list[N], int], list[N]] = lambda z, _: z,
) -> list[N]:
    """Φ: the steps from z, with the gradient at each x and the number of the step, and what is done after it."""
    at = Setting(cycle.method, lift)
    z = list(start)
    for k in range(n_steps):
        state, s = advance(at, dict(zip(cycle.names[1:], z[1:], strict=True)), gradient(z[0], k), first=False)
        z = after([z[0] + s, *(state[name] for name in cycle.names[1:])], k + 1)
    return z


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

    after = rounds(cycle, [Exact(z) for z in cycle.box], cycle.period, Exact, gradient)
    for name, z, end in zip(cycle.names, cycle.box, after, strict=True):
        require(equal(end.at, z), "{} is the same after {} steps: {} and {}", name, cycle.period, z, end.at)
    return jets


def _enclosed(cycle: Cycle, line: Line, matrix: Sequence[Sequence[fmpq]]) -> None:
    """2, enclosed: K = z̃ - Y·(Φ(z̃) - z̃) + (I - Y·(Φ'(Z) - I))·(Z - z̃) lies strictly inside Z."""
    n, Y = len(cycle.names), [[Interval.point(y) for y in row] for row in matrix]
    middle = [Interval.point((z.lo + z.hi) / 2) for z in cycle.box]
    after = rounds(cycle, middle, cycle.period, lambda x: x, lambda x, _: line.enclose(x, 1))
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
    rounds(cycle, list(cycle.box), cycle.period, lambda x: x, lambda x, k: _sees(cycle, line, x, k))


def _unit(a: int, b: int) -> Interval:
    return ONE if a == b else ZERO


def jacobian(
    cycle: Cycle,
    line: Line,
    box: Sequence[Interval],
    n_steps: int,
    after: Callable[[list[Dual], int], list[Dual]] = lambda z, _: z,
) -> Matrix:
    """Φ' over a box, by x and the state, with those through the gradient: g' = f''(x)·x'."""

    def gradient(x: Dual, _: int) -> Dual:
        bend = line.enclose(x.at, 2)
        return Dual(line.enclose(x.at, 1), tuple(bend * slope for slope in x.slopes))

    ends = rounds(cycle, variables(list(box)), n_steps, Dual, gradient, after)
    return [row.slopes or (ZERO,) * len(box) for row in ends]


def _attracting(cycle: Cycle, line: Line, claim: Attracting) -> None:
    """3: Σ_b |J_ab|·r_b <= rate·r_a over Z widened by the radius."""
    sizes = deviations(cycle, line, claim.radius, claim.repeats)
    for name, size, r in zip(cycle.names, sizes, claim.radius, strict=True):
        bound = Interval.point(claim.rate) * Interval.point(r)
        require(at_most(size, bound), "the deviation of {} shrinks to {} or less: it is {}", name, bound, size)


def deviations(cycle: Cycle, line: Line, radius: Sequence[fmpq], repeats: int) -> list[Interval]:
    """Σ_b |J_ab|·r_b for each variable: how far a start within the radius can be from the cycle after some rounds."""
    radii = [Interval.point(r) for r in radius]
    points = _first_round(cycle, line)

    def narrowed(z: list[Dual], k: int) -> list[Dual]:
        """By the mean value theorem, a start within the radius is as near the cycle as J·radius says."""
        at = points[k % cycle.period]
        near = (centre + BOTH_SIGNS * weighted(a.slopes, radii) for centre, a in zip(at, z, strict=True))
        return [Dual(common(a.at, bound), a.slopes) for a, bound in zip(z, near, strict=True)]

    box = [rounded(z.lo - r, z.hi + r) for z, r in zip(cycle.box, radius, strict=True)]
    J = jacobian(cycle, line, box, cycle.period * repeats, narrowed)
    return [weighted(tuple(row), radii) for row in J]


def _first_round(cycle: Cycle, line: Line) -> list[list[Interval]]:
    """Where Z is after 0, 1, …, p - 1 steps."""
    found = [list(cycle.box)]

    def kept(z: list[Interval], _: int) -> list[Interval]:
        found.append(z)
        return z

    rounds(cycle, cycle.box, cycle.period - 1, lambda x: x, lambda x, _: line.enclose(x, 1), kept)
    return found


def _repelling(cycle: Cycle, line: Line, claim: Repelling) -> None:
    """3: d·lo^n <= |tr J^n| and the row sums of |J^n| are at most hi^n, so the spectral radius of J is in [lo, hi]."""

    def gradient(x: Interval, k: int) -> Interval:
        if len(line.parts(x)) > 1:
            raise undecided(f"X_{k} = {told(x)} meets more than one piece, where f'' may jump")
        return line.enclose(x, 1)

    rounds(cycle, list(cycle.box), cycle.period, lambda x: x, gradient)
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
        require(
            at_most(size, high), "the row of {} in |J^{}| adds up to at most hi^{}: {} <= {}", name, n, n, size, high
        )


def product(A: Matrix, B: Matrix) -> Matrix:
    """The matrix product.

    >>> product([[ONE, ONE], [ZERO, ONE]], [[ONE, ZERO], [ONE, ONE]])[0]
    [Interval(lo=2, hi=2), Interval(lo=1, hi=1)]
    """
    columns = range(len(B[0]))
    return [[total([a * B[k][j] for k, a in enumerate(row)]) for j in columns] for row in A]
