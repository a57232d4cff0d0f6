"""Jets in many dimensions: the least curvature that they need, the best values, the function that attains it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from misstep.errors import InvalidInput
from misstep.functions.interpolant import Interpolant
from misstep.functions.jet_field import Floats, JetField, PairBound
from misstep.scalars import NumberKind, Scalar, convert

_EPS = float(np.finfo(np.float64).eps)


def tightest_pair(x: Scalar, f: Scalar, g: Scalar, *, mu: Scalar | None = None) -> PairBound:
    """The least L of a function through all N jets, and the pair of jets that needs it.

        Γ¹ = max over i ≠ j of |A| + √(A² + B²),   A = (2(f_i − f_j) + ⟨g_i + g_j, x_j − x_i⟩)/|x_i − x_j|²,
                                                   B = |g_i − g_j|/|x_i − x_j|

    is the smallest Lipschitz constant of the gradient of a function on R^d through the jets. With `mu` functions are
    μ-strongly convex (convex for 0) and the constant is the smallest L of their gradients. Time is O(N²d), by matrix
    products; memory O(Nd).

    Args:
        x: Points, shape (N, d).
        f: Values, shape (N,).
        g: Gradients, shape (N, d).
        mu: Least curvature, or `None` for the class with curvatures in [−L, L].

    Returns:
        `PairBound(L, first, second)`: L is ∞ where no L will do.

    Raises:
        InvalidInput: shapes do not fit, or a number is not finite.

    >>> tightest_pair([["0"], ["1/4"], ["1"]], ["0", "0", "0"], [["-1"], ["-1"], ["-1"]])
    PairBound(L=16.0, first=0, second=1)

    Source: Le Gruyer 2009; Azagra, Le Gruyer & Mudarra 2018; Taylor, Hendrickx & Glineur 2017, Theorem 4.
    """
    return JetField(x, f, g).tightest_pair(_curvature(mu))


def smoothest_interpolant(x: Scalar, f: Scalar | None, g: Scalar, *, mu: Scalar | None = None) -> Interpolant:
    """The function through the jets whose gradient has the smallest Lipschitz constant: `Interpolant` with L = Γ¹.

    Args:
        x: Points, shape (N, d).
        f: Values, shape (N,), or `None` where they are free: `best_values` chooses them.
        g: Gradients, shape (N, d).
        mu: Least curvature, or `None` for the class with curvatures in [−L, L].

    Raises:
        InvalidInput: shapes do not fit, a number is not finite, no L will do, or L = 0 or L = μ would do.

    >>> F = smoothest_interpolant([[0.0, 0.0], [1.0, 1.0]], None, [[-1.0, 0.0], [0.0, -1.0]])
    >>> round(F.gradient(np.array([1.0, 1.0]))[1], 9), round(float(F.lipschitz_constant()), 9)
    (np.float64(-1.0), 1.0)
    """
    if f is None:
        f = best_values(x, g, mu=mu).f
    least = _curvature(mu)
    jets = JetField(x, f, g)
    L = jets.tightest_pair(least).L
    if L <= max(least or 0.0, 0.0):
        raise InvalidInput(f"one quadratic of curvature {L} goes through all jets: give Interpolant any L above it")
    if not L < math.inf:
        L = 1.0 + 2 * abs(least or 0.0)  # refused below, with the pair
    return Interpolant(jets.x, jets.f, jets.g, L, least)


@dataclass(frozen=True, eq=False)
class BestValues:
    """Values of least L for given points and gradients.

    Attributes:
        f: The values, shape (N,), with f_0 = 0.
        L: Their constant, `tightest_pair(x, f, g).L`.
        lower_bound: No values do with less, by the jets of `cycle` alone (before rounding).
        cycle: Jets i_0, i_1, … whose differences f_{i_k} − f_{i_{k+1}}, which sum to 0 round the cycle, need that L.
    """

    f: npt.NDArray[np.float64]
    L: float
    lower_bound: float
    cycle: tuple[int, ...]


def best_values(x: Scalar, g: Scalar, *, mu: Scalar | None = None) -> BestValues:
    """The values f_i for which points and gradients fit a function of least L.

    For a given L each pair of jets bounds a difference of values,

        2(f_i − f_j) ≤ r_ij(L) − q_ij,   q_ij = ⟨g_i + g_j, x_j − x_i⟩,
        r_ij = (L|x|² − |g|²/L)/2 without μ,   ⟨g − μx, x⟩ − |g − μx|²/(L − μ) with μ

    with x = x_j − x_i and g = g_j − g_i, so values exist when no cycle of jets has Σ(r − q) < 0. From below, L is
    raised to what a violated cycle needs (the root of a scalar equation) until none is left: then the shortest paths
    are the values, and the last cycle proves that no others do with less. Memory is O(N²).

    Args:
        x: Points, shape (N, d).
        g: Gradients, shape (N, d).
        mu: Least curvature, or `None` for the class with curvatures in [−L, L].

    Raises:
        InvalidInput: shapes do not fit, a number is not finite, or no values will do, whatever L.

    >>> found = best_values([[0.0], [1.0], [3.0]], [[-1.0], [-1.0], [1.0]])
    >>> round(found.L, 9), round(found.lower_bound, 9)
    (1.0, 1.0)
    """
    points = np.asarray(convert(x, NumberKind.FLOAT64))
    least = _curvature(mu)
    jets = JetField(points, np.zeros(points.shape[:1]), g)
    pairs = _Differences(jets, least)
    L, cycle = pairs.start()
    for _ in range(1000):
        f, violated = _shortest_paths(pairs.weights(L))
        needed = pairs.needed(violated) if violated else L
        if not needed > L * (1 + 4 * _EPS) + 4 * _EPS * abs(least or 0.0):
            break
        L, cycle = needed, violated
    f = f - f[0]
    return BestValues(f, JetField(jets.x, f, jets.g).tightest_pair(least).L, L, tuple(cycle))


class _Differences:
    """For all pairs q, and r as a function of L: r = (L·u − v/L)/2 without μ, r = u − v/(L − μ) with μ."""

    def __init__(self, jets: JetField, mu: float | None) -> None:
        self._mu = mu
        n = len(jets.f)
        self._u, self._v, self._q = np.empty((n, n)), np.empty((n, n)), np.empty((n, n))
        # Row by row from differences: no cancellation between large products.
        for i in range(n):
            x, g = jets.x - jets.x[i], jets.g - jets.g[i]
            if mu is not None:
                g = g - mu * x
            same = (x == 0).all(axis=1) & (g != 0).any(axis=1)
            if same.any():
                raise InvalidInput(f"jets {i} and {int(np.argmax(same))} share a point, but not the gradient")
            self._u[i] = np.einsum("ij,ij->i", x, x if mu is None else g)
            self._v[i] = np.einsum("ij,ij->i", g, g)
            self._q[i] = np.einsum("ij,ij->i", jets.g[i] + jets.g, x)

    def start(self) -> tuple[float, list[int]]:
        """What pairs need by themselves: r ≥ 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.sqrt(self._v / self._u) if self._mu is None else np.where(self._v > 0, self._v / self._u, 0.0)
        each[np.isnan(each)] = 0
        each[(each < 0) | ((self._u < 0) & (self._v > 0))] = math.inf
        i, j = divmod(int(np.argmax(each)), len(each))
        L = float(each[i, j]) + (self._mu or 0.0)
        if not L < math.inf:
            raise InvalidInput(f"jets {i} and {j} fit no function with mu = {self._mu}, whatever their values and L")
        return L, [i, j] if i != j else [i]

    def weights(self, L: float) -> Floats:
        """w_ij ≥ f_i − f_j."""
        if self._mu is None:
            r = (L * self._u - self._v / L) / 2 if L > 0 else np.zeros_like(self._u)
        else:
            bent = np.divide(self._v, L - self._mu, out=np.zeros_like(self._v), where=self._v > 0)
            r = self._u - bent
        weights: Floats = (r - self._q) / 2
        return weights

    def needed(self, cycle: list[int]) -> float:
        """The least L for which Σr ≥ Σq round the cycle."""
        place = (cycle, [*cycle[1:], cycle[0]])
        u, v, q = (float(table[place].sum()) for table in (self._u, self._v, self._q))
        if self._mu is None:
            return (q + math.sqrt(q * q + u * v)) / u
        if u - q > 0:
            return self._mu + v / (u - q)
        jets = ", ".join(map(str, cycle))
        raise InvalidInput(f"the gradients of jets {jets} fit no function with mu = {self._mu}, whatever values and L")


def _shortest_paths(weights: Floats) -> tuple[Floats, list[int]]:
    """f with f_i − f_j ≤ w_ij and no cycle; or a cycle with Σw < 0 (Bellman & Ford)."""
    n = len(weights)
    f, before = np.zeros(n), np.full(n, -1)
    rows: npt.NDArray[Any] = np.arange(n)
    tolerance = 16 * _EPS * float(np.abs(weights).max())
    for _ in range(n + 1):
        paths = weights + f
        via = paths.argmin(axis=1)
        lengths = paths[rows, via]
        lower = lengths < f - tolerance
        if not lower.any():
            return f, []
        f = np.where(lower, lengths, f)
        before[lower] = via[lower]
        worst, found = -tolerance, list[int]()
        for cycle in _cycles(before.tolist()):
            excess = float(weights[cycle, [*cycle[1:], cycle[0]]].sum())
            if excess < worst:
                worst, found = excess, cycle
        if found:
            return f, found
    return f, []


def _cycles(before: list[int]) -> list[list[int]]:
    """The cycles of the graph i → before[i] (−1: nowhere)."""
    mark = [0] * len(before)
    cycles = []
    for start in range(len(before)):
        place = start
        while place >= 0 and not mark[place]:
            mark[place] = start + 1
            place = before[place]
        if place >= 0 and mark[place] == start + 1:
            cycle = [place]
            while before[cycle[-1]] != place:
                cycle.append(before[cycle[-1]])
            cycles.append(cycle)
            # A cycle is met once: all its places are marked now.
    return cycles


def _curvature(mu: Scalar | None) -> float | None:
    if mu is None:
        return None
    value = float(convert(mu, NumberKind.FLOAT64))
    if not math.isfinite(value):
        raise InvalidInput(f"mu = {value} is not finite")
    return value
