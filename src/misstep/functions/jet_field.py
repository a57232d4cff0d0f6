"""Many jets on R^n, and the pair of them that asks for the most curvature."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from misstep.errors import InvalidInput
from misstep.scalars import NumberKind, Scalar, convert

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

_EPS = float(np.finfo(np.float64).eps)
_BLOCK = 512
"""Jets a block: a few arrays of this many squared numbers are held at a time."""


class PairBound(NamedTuple):
    """The least constant of a pair of jets, and the pair (`None` twice for a single jet)."""

    L: float
    first: int | None
    second: int | None


@dataclass(frozen=True, eq=False)
class JetField:
    """N jets (x_i, f_i, g_i) in R^d, as float64 arrays that are checked once.

    Args:
        x: Points, shape (N, d); of any kind that converts to float64.
        f: Values, shape (N,).
        g: Gradients, shape (N, d).

    Raises:
        InvalidInput: shapes do not fit, there is no jet, or a number is not finite.
    """

    x: npt.NDArray[np.float64]
    f: npt.NDArray[np.float64]
    g: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        for name, axes in (("x", 2), ("f", 1), ("g", 2)):
            array = np.ascontiguousarray(_float64(getattr(self, name)))
            if array.ndim != axes or 0 in array.shape:
                shape = "(N, d)" if axes == 2 else "(N,)"
                raise InvalidInput(f"{name} has shape {array.shape}: {shape} is needed, with N ≥ 1 and d ≥ 1")
            if not np.isfinite(array).all():
                place = int(np.argwhere(~np.isfinite(array))[0][0])
                raise InvalidInput(f"{name} of jet {place} is not finite")
            object.__setattr__(self, name, array)
        if self.g.shape != self.x.shape or self.f.shape != self.x.shape[:1]:
            raise InvalidInput(
                f"x has shape {self.x.shape}, f {self.f.shape} and g {self.g.shape}: (N, d), (N,) and (N, d) are needed"
            )

    @property
    def dimension(self) -> int:
        """d."""
        return int(self.x.shape[1])

    def tightest_pair(self, mu: float | None = None) -> PairBound:
        """The largest of the pairs' constants: the least L of any function of the class through all jets.

        With a = |2(f_i − f_j) + ⟨g_i + g_j, x_j − x_i⟩|, p = ⟨g_j − g_i, x_j − x_i⟩ and the distances |x| of the points
        and |g| of the gradients, a pair's constant is

            without μ:  a/|x|² + √(a²/|x|⁴ + |g|²/|x|²)
            with μ:     μ + (|g|² − 2μp + μ²|x|²)/(p − μ|x|² − a)

        In blocks of matrix products, O(N²d) in time and O(Nd) in memory; what rounding leaves open there is computed
        from the jets' own differences. With μ, a denominator is taken as large as the rounding of values and products
        allows, for there data that fit exactly (an affine function's) may fail by the last bit.

        Args:
            mu: Curvatures allowed are [μ, L]; `None` for [−L, L].

        Returns:
            L (∞ where no L will do) and the pair that attains it.

        Source: Le Gruyer 2009 (Γ¹), Azagra, Le Gruyer & Mudarra 2018; Taylor, Hendrickx & Glineur 2017, Theorem 4.
        """
        return _Scan(self, mu).run()


def _float64(value: Scalar) -> Floats:
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return value
    converted: Floats = np.asarray(convert(value, NumberKind.FLOAT64))
    return converted


class _Scan:
    """One pass over all pairs: matrix products bound every pair's constant from above, the highest are recomputed."""

    def __init__(self, jets: JetField, mu: float | None) -> None:
        self._jets, self._mu = jets, mu
        self._x = jets.x - jets.x.mean(axis=0)
        mean = jets.g.mean(axis=0)
        self._g = jets.g - mean
        self._f = jets.f - jets.f.mean() - self._x @ mean
        self._xx, self._gg, self._gx = (
            np.einsum("ij,ij->i", a, b) for a, b in ((self._x, self._x), (self._g, self._g), (self._g, self._x))
        )
        # Rounding of an inner product of this length, in units of the factors' lengths.
        self._unit = _EPS * (16 + math.sqrt(jets.dimension))
        self._best = PairBound(0.0 if mu is None else mu, None, None)

    def run(self) -> PairBound:
        n = len(self._f)
        starts = range(0, n, _BLOCK)
        for i in starts:
            for j in starts:
                if j <= i:
                    self._block(slice(i, min(i + _BLOCK, n)), slice(j, min(j + _BLOCK, n)), diagonal=i == j)
        return self._best

    def _block(self, rows: slice, columns: slice, *, diagonal: bool) -> None:
        bound = self._upper_bounds(rows, columns)
        if diagonal:
            bound[np.triu_indices_from(bound)] = -math.inf
        flat = bound.ravel()
        open_pairs = np.flatnonzero(flat > self._floor())
        open_pairs = open_pairs[np.argsort(-flat[open_pairs], kind="stable")]
        # The first few settle most of the rest.
        size = 16
        while len(open_pairs):
            now, open_pairs = open_pairs[:size], open_pairs[size:]
            i, j = np.divmod(now, bound.shape[1])
            self._directly(i + rows.start, j + columns.start)
            open_pairs = open_pairs[flat[open_pairs] > self._floor()]
            size = min(2 * size, max(16, 4_000_000 // self._jets.dimension))

    def _floor(self) -> float:
        """Below this, a pair's bound cannot change the result."""
        return self._best.L if self._best.first is not None else -math.inf

    def _upper_bounds(self, rows: slice, columns: slice) -> Floats:
        xi, xj, gi, gj = self._x[rows], self._x[columns], self._g[rows], self._g[columns]
        g_x, x_g = gi @ xj.T, xi @ gj.T
        ends = self._gx[rows, None] - self._gx[None, columns]
        a = np.abs(2 * (self._f[rows, None] - self._f[None, columns]) + g_x - x_g - ends)
        sum_x, sum_g = self._xx[rows, None] + self._xx[None, columns], self._gg[rows, None] + self._gg[None, columns]
        unit = self._unit
        mixed = np.sqrt(sum_x * sum_g)
        a += unit * (np.abs(self._f[rows, None]) + np.abs(self._f[None, columns]) + mixed)
        distance = sum_x - 2 * (xi @ xj.T)
        square = sum_g - 2 * (gi @ gj.T)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self._mu is None:
                least = np.maximum(distance - unit * sum_x, 0)
                a /= least
                bound = a + np.sqrt(a * a + np.maximum(square + unit * sum_g, 0) / least)
            else:
                mu = self._mu
                product = self._gx[rows, None] + self._gx[None, columns] - g_x - x_g
                top = square - 2 * mu * product + mu * mu * distance
                top += unit * (sum_g + 2 * abs(mu) * mixed + mu * mu * sum_x)
                room = product - mu * distance - a - unit * (mixed + abs(mu) * sum_x)
                bound = np.where(room > 0, mu + np.maximum(top, 0) / room, math.inf)
        bound[np.isnan(bound)] = math.inf
        return np.asarray(bound)

    def _directly(self, i: Places, j: Places) -> None:
        """The constants of the pairs (i, j) from differences; the largest is kept."""
        constants = pair_constants(self._jets, i, j, self._mu)
        place = int(np.argmax(constants))
        if constants[place] > self._best.L or self._best.first is None:
            first, second = sorted((int(i[place]), int(j[place])))
            self._best = PairBound(max(float(constants[place]), self._best.L), first, second)


def pair_constants(jets: JetField, i: Places, j: Places, mu: float | None) -> Floats:
    """The constant of each pair (i, j), ∞ where no constant will do; see `JetField.tightest_pair`."""
    x, g = jets.x[j] - jets.x[i], jets.g[j] - jets.g[i]
    fi, fj = jets.f[i], jets.f[j]
    to_i, to_j = np.einsum("ij,ij->i", jets.g[i], x), np.einsum("ij,ij->i", jets.g[j], x)
    a = np.abs(2 * (fi - fj) + to_i + to_j)
    distance, square = np.einsum("ij,ij->i", x, x), np.einsum("ij,ij->i", g, g)
    # What the values and products are rounded by.
    slack = 4 * _EPS * (np.abs(fi) + np.abs(fj) + np.abs(to_i) + np.abs(to_j))
    with np.errstate(divide="ignore", invalid="ignore"):
        if mu is None:
            slope = a / distance
            constants = slope + np.sqrt(slope * slope + square / distance)
        else:
            bent = g - mu * x
            top = np.einsum("ij,ij->i", bent, bent)
            room = np.einsum("ij,ij->i", bent, x) - a + slack
            constants = np.where(top > 0, mu + top / np.maximum(room, 0), np.where(room >= 0, mu, math.inf))
    same: npt.NDArray[Any] = distance == 0
    clash = (square > 0) | (np.abs(fi - fj) > slack)
    constants[same] = np.where(clash[same], math.inf, 0.0 if mu is None else mu)
    return np.asarray(constants)
