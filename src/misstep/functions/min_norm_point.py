"""Least squares on a simplex with a linear term, by an active set of atoms: what an interpolant asks of a point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_EPS = float(np.finfo(np.float64).eps)
_DEPENDENT = 1e-11
"""An atom this near to the flat through the active ones, in units of its distance from them, is taken to lie in it."""
_FEW = 16
"""Atoms within rounding of entering that are looked at one by one."""
_MOST_ENTRIES = 4_000_000
"""Points tried together times atoms."""


@dataclass(frozen=True)
class Solution:
    """The minimizers for P points.

    Attributes:
        residual: y = Cᵀλ* − x for each point, shape (P, d).
        offset: ⟨β, λ*⟩ for each point, shape (P,).
        gap: By how much ½|y|² + offset may lie above the minimum, before rounding; |y − y*| ≤ √gap. Shape (P,).
        steps: Active sets visited, over all points.
    """

    residual: Floats
    offset: Floats
    gap: Floats
    steps: int


class SimplexLeastSquares:
    """min over λ ≥ 0, Σλ = 1 of ½|Cᵀλ − x|² + ⟨β, λ⟩, for many x.

    The active atoms are kept affinely independent, with the factors of their edges: one that lowers the objective
    enters, the minimum over the flat through the active ones is taken, and atoms whose weight would become negative
    leave. The objective falls at each step, so no active set comes twice. The factors do not depend on x: the next
    point starts from the last one's atoms, and all points that share them are answered together.

    Args:
        atoms: C, shape (N, d).
        offsets: β, shape (N,).

    >>> square = SimplexLeastSquares(np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0]]), np.zeros(3))
    >>> square.solve(np.array([[1.0, -1.0], [2.0, 2.0]])).residual.round(12) + 0.0
    array([[ 0.,  1.],
           [-1., -1.]])

    Source: Wolfe 1976, Finding the nearest point in a polytope (without the linear term).
    """

    def __init__(self, atoms: Floats, offsets: Floats) -> None:
        self.center = atoms.mean(axis=0)
        self.atoms = atoms - self.center
        self.offsets = offsets
        squares = np.einsum("ij,ij->i", self.atoms, self.atoms)
        self._vertex_cost = squares / 2 + offsets
        self._radius = float(np.sqrt(squares.max()))
        self._offset_scale = float(np.abs(offsets).max())

    def solve(self, x: Floats) -> Solution:
        """The minimizers for the points x, shape (P, d)."""
        x = x - self.center
        residual, offset, gap = np.empty_like(x), np.empty(len(x)), np.empty(len(x))
        active = _ActiveSet(self.atoms, self.offsets)
        steps = 0
        waiting = np.arange(len(x))
        while len(waiting):
            place = waiting[0]
            steps += self._minimize(active, x[place])
            residual[place], offset[place] = active.residual, active.offset
            gap[place] = active.gap
            waiting = waiting[1:]
            # A finite window keeps the tries no more expensive than the solutions they save.
            window = waiting[:1024]
            if len(window):
                shared, y, b, gaps = self._share(active, x[window])
                residual[window[shared]], offset[window[shared]], gap[window[shared]] = y, b, gaps
                waiting = np.concatenate([window[~shared], waiting[1024:]])
        return Solution(residual, offset, gap, steps)

    def weights(self, x: Floats) -> Floats:
        """λ* for one point x, shape (d,), as a vector of length N."""
        active = _ActiveSet(self.atoms, self.offsets)
        self._minimize(active, x - self.center)
        weights = np.zeros(len(self.atoms))
        weights[active.members] = active.weights
        return weights

    def _tolerance(self, length: npt.NDArray[np.float64] | float) -> npt.NDArray[np.float64] | float:
        """What rounding may make of a difference of two prices, for a residual of this length."""
        return 8 * _EPS * (self._radius * length + self._offset_scale)

    def _minimize(self, active: _ActiveSet, x: Floats) -> int:
        """Leave the minimizer for x in `active`; the number of active sets visited."""
        best = int(np.argmin(self._vertex_cost - self.atoms @ x))
        if not active.suits(x, self._vertex_cost[best] - float(self.atoms[best] @ x) + float(x @ x) / 2):
            active.start(best)
        steps = active.descend(x)
        limit = 100 + 20 * (len(self.atoms) + x.size)
        seen: set[frozenset[int]] = set()
        for _ in range(limit):
            entering = self._entering(active)
            members = frozenset(active.members)
            if members in seen:
                # The objective falls at each step but for rounding: what comes twice differs by no more.
                active.refresh(x)
                break
            seen.add(members)
            if entering is None:
                # Factors fresh and in order: the answer depends on the set of atoms, not on how it was found.
                if active.fresh or not active.refresh(x):
                    break
                continue
            active.enter(entering)
            steps += active.descend(x)
        active.gap = max(active.gap, 0.0)
        return steps

    def _entering(self, active: _ActiveSet) -> int | None:
        """An atom whose entry lowers the objective, as far as rounding can tell."""
        y, members = active.residual, active.members
        prices = self.atoms @ y
        prices += self.offsets
        level = float(active.weights @ prices[members])
        entering = int(np.argmin(prices))
        active.gap = level - float(prices[entering])
        tolerance = float(self._tolerance(float(np.linalg.norm(y))))
        if active.gap > tolerance:
            return None if entering in members else entering
        # The difference to the price of the nearest member, from differences: near twins are told apart.
        prices[members] = np.inf
        near = np.flatnonzero(prices < level + tolerance)
        for atom in near[np.argsort(prices[near], kind="stable")][:_FEW].tolist():
            edges = self.atoms[atom] - self.atoms[members]
            nearest = int(np.argmin(np.einsum("ij,ij->i", edges, edges)))
            along, rise = float(edges[nearest] @ y), float(self.offsets[atom] - self.offsets[members[nearest]])
            size = float(np.linalg.norm(edges[nearest])) * float(np.linalg.norm(y)) + abs(rise)
            if along + rise < -8 * _EPS * size:
                return int(atom)
        return None

    def _share(self, active: _ActiveSet, x: Floats) -> tuple[npt.NDArray[np.bool_], Floats, Floats, Floats]:
        """Which points x have the same active atoms, and their residuals, offsets and gaps."""
        weights, residual = active.minimizer(x)
        shared = np.asarray((weights >= 0).all(axis=1))
        kept: list[tuple[Floats, Floats, Floats]] = []
        candidates = np.flatnonzero(shared)
        block = max(1, _MOST_ENTRIES // len(self.atoms))
        for start in range(0, len(candidates), block):
            places = candidates[start : start + block]
            y, lam = residual[places], weights[places]
            prices = y @ self.atoms.T
            prices += self.offsets
            inner = prices[:, active.members]
            level = np.einsum("ij,ij->i", lam, inner)
            gap = level - inner.min(axis=1)
            prices[:, active.members] = np.inf
            # Where an atom is within rounding of entering, the point is left to `_minimize`.
            good = prices.min(axis=1) > level + self._tolerance(np.linalg.norm(y, axis=1))
            shared[places] = good
            kept.append((y[good], lam[good] @ self.offsets[active.members], np.maximum(gap[good], 0.0)))
        if not kept:
            return shared, np.empty((0, x.shape[1])), np.empty(0), np.empty(0)
        y, b, gaps = (np.concatenate(parts) for parts in zip(*kept, strict=True))
        return shared, y, b, gaps


class _ActiveSet:
    """Affinely independent atoms c_0 … c_n with their weights, and E T = Q for the edges E = (c_k − c_0), QᵀQ = I.

    On the flat through them, ½|y|² + ⟨β, λ⟩ is least at y = r − Qu, with r = c_0 − x, u = Qᵀr + Tᵀγ, γ_k = β_k − β_0,
    where the weights of c_1 … c_n are −Tu.
    """

    def __init__(self, atoms: Floats, offsets: Floats) -> None:
        self._atoms, self._offsets = atoms, offsets
        self.members: list[int] = []
        self.gap = 0.0

    @property
    def offset(self) -> float:
        """⟨β, λ⟩."""
        return float(self.weights @ self._offsets[self.members])

    def start(self, member: int) -> None:
        """One atom alone."""
        self.members, self.weights = [member], np.ones(1)
        self._factor()

    def suits(self, x: Floats, vertex_cost: float) -> bool:
        """Whether to start from these atoms for the point x: most of them stay, and no atom alone is better."""
        if not self.members or np.count_nonzero(self.minimizer(x)[0] < 0) > len(self.members) // 4:
            return False
        y = self.weights @ self._atoms[self.members] - x
        return float(y @ y) / 2 + self.offset <= vertex_cost

    def minimizer(self, x: Floats) -> tuple[Floats, Floats]:
        """Weights and residuals of the minima over the flat, for points x of shape (…, d)."""
        n = len(self.members) - 1
        base = self._atoms[self.members[0]] - x
        weights = np.empty((*x.shape[:-1], n + 1))
        if not n:
            weights[...] = 1
            return weights, base
        q, t = self._q[:n], self._t[:n, :n]
        u = base @ q.T + self._slopes[:n] @ t
        rest = u @ t.T
        weights[..., 1:] = -rest
        weights[..., 0] = 1 + rest.sum(axis=-1)
        return weights, base - u @ q

    def descend(self, x: Floats) -> int:
        """Minimize over the hull's face that is reached by dropping atoms; the number of flats tried."""
        tried = 1
        target, self.residual = self.minimizer(x)
        while len(target) > 1 and target.min() <= 0:
            sinking = np.flatnonzero(target <= 0)
            room = self.weights[sinking] / (self.weights[sinking] - target[sinking])
            step = float(room.min())
            self.weights += step * (target - self.weights)
            self.weights[sinking[room <= step]] = 0
            self._drop()
            target, self.residual = self.minimizer(x)
            tried += 1
        self.weights = target
        return tried

    def enter(self, atom: int) -> None:
        """Add an atom with weight 0; where it lies in the flat, go to the hull's boundary with it first."""
        n = len(self.members) - 1
        edge = self._atoms[atom] - self._atoms[self.members[0]]
        q = self._q[:n]
        along = q @ edge
        across = edge - along @ q
        again = q @ across
        across -= again @ q
        along += again
        length, reach = float(np.linalg.norm(across)), float(np.linalg.norm(edge))
        combination = self._t[:n, :n] @ along
        self.members.append(atom)
        self.fresh = False
        if length > _DEPENDENT * reach and n < edge.size:
            self._grow(n + 1)
            self._q[n] = across / length
            self._t[:n, n] = -combination / length
            self._t[n, n] = 1 / length
            self._slopes[n] = self._offsets[atom] - self._offsets[self.members[0]]
            self.weights = np.append(self.weights, 0.0)
            return
        change = np.empty(n + 2)
        change[0], change[1:-1], change[-1] = float(combination.sum()) - 1, -combination, 1
        falling = np.flatnonzero(change < 0)
        weights = np.append(self.weights, 0.0)
        room = weights[falling] / -change[falling]
        step = float(room.min())
        self.weights = weights + step * change
        self.weights[falling[room <= step]] = 0
        self._drop()

    def refresh(self, x: Floats) -> bool:
        """Sort the atoms, factor anew and minimize; `False` where rounding then calls for another set."""
        order = np.argsort(self.members)
        before = (self.members, self.weights, self.residual)
        self.members = [self.members[k] for k in order]
        self.weights = self.weights[order]
        self._factor()
        target, residual = self.minimizer(x)
        if target.min() < 0:
            self.members, self.weights, self.residual = before
            self._factor()
            return False
        self.weights, self.residual = target, residual
        return True

    def _drop(self) -> None:
        """Remove the atoms without weight."""
        keep = np.flatnonzero(self.weights > 0)
        self.members = [self.members[k] for k in keep]
        self.weights = self.weights[keep]
        self._factor()

    def _factor(self) -> None:
        chosen = self._atoms[self.members]
        n = len(self.members) - 1
        if n:
            q, r = np.linalg.qr((chosen[1:] - chosen[0]).T)
            self._q, self._t = np.ascontiguousarray(q.T), np.linalg.inv(r)
        else:
            self._q, self._t = np.empty((0, chosen.shape[1])), np.empty((0, 0))
        offsets = self._offsets[self.members]
        self._slopes = offsets[1:] - offsets[0]
        self.fresh = True

    def _grow(self, n: int) -> None:
        """Room for n edges."""
        held, d = self._q.shape
        if n <= held:
            return
        room = min(max(8, 2 * held, n), max(d, n))
        q, t, slopes = np.zeros((room, d)), np.zeros((room, room)), np.zeros(room)
        q[:held], t[:held, :held], slopes[:held] = self._q, self._t, self._slopes
        self._q, self._t, self._slopes = q, t, slopes
