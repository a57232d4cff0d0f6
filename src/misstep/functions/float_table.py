"""The pieces of a piecewise polynomial in one float dtype, evaluated a block of points at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq

from misstep.functions.base import Side
from misstep.functions.polynomial import Polynomial
from misstep.scalars import FloatArray

_FEW = 8
"""Up to so many inner knots, comparing with each beats a binary search."""


class FloatTable:
    """Knots and coefficients rounded once to a float dtype.

    Args:
        dtype: float64 or float32.
        knots: N + 1 increasing rationals.
        tables: For each order of derivative, the polynomials of N pieces, the left and the right tangent line.
        left_period: Length of the part repeated to the left, or `None` for the tangent line.
        right_period: Length of the part repeated to the right, or `None` for the tangent line.
    """

    def __init__(
        self,
        dtype: np.dtype[Any],
        knots: Sequence[fmpq],
        tables: Sequence[Sequence[Polynomial]],
        left_period: fmpq | None,
        right_period: fmpq | None,
    ) -> None:
        def rounded(number: fmpq) -> Any:
            return dtype.type(float(number))

        self.low, self.high = rounded(knots[0]), rounded(knots[-1])
        self.left = None if left_period is None else rounded(left_period)
        self.right = None if right_period is None else rounded(right_period)
        self.right_start = self.high if right_period is None else rounded(knots[-1] - right_period)
        # With the whole range repeated on both sides, one reduction serves all points.
        self.fully_periodic = left_period == knots[-1] - knots[0] == right_period
        self.n = len(knots) - 1
        self.inner = np.array([float(knot) for knot in knots[1:-1]], dtype)
        self.starts = np.array([float(knot) for knot in (*knots[:-1], knots[0], knots[-1])], dtype)
        self.coefficients = [_rectangular(table, dtype) for table in tables]

    def evaluate(self, x: FloatArray, orders: Sequence[int], side: Side, out: Sequence[FloatArray]) -> None:
        """Write the derivatives of the given orders at the points x into the arrays `out`."""
        with np.errstate(invalid="ignore", over="ignore"):
            reduced = self._reduce(x, side)
            row = self._row(reduced, x, side)
            start = self.starts[0] if row is None else self.starts[row]
            local = reduced if row is None and start == 0 else reduced - start
            for order, target in zip(orders, out, strict=True):
                _horner(self.coefficients[order], row, local, target)

    def _reduce(self, x: FloatArray, side: Side) -> FloatArray:
        """Each point, or the point of the described range that it repeats."""
        if self.fully_periodic or (self.right is not None and x.min(initial=np.inf) > self.right_start):
            return _modulo(x, self.right_start, self.right, side)
        reduced = x
        if self.right is not None:
            beyond = self._beyond(x, side)
            if beyond.any():
                reduced = np.where(beyond, _modulo(x, self.right_start, self.right, side), reduced)
        if self.left is not None:
            before = self._before(x, side)
            if before.any():
                reduced = np.where(before, _modulo(x, self.low, self.left, side), reduced)
        return reduced

    def _row(self, reduced: FloatArray, x: FloatArray, side: Side) -> npt.NDArray[np.intp] | None:
        """The row of `coefficients` for each point, or `None` where all are in the first."""
        row: npt.NDArray[np.intp] | None = None
        if 1 < self.n <= _FEW + 1 and side == "right":
            row = (reduced >= self.inner[0]).astype(np.intp)
            for knot in self.inner[1:]:
                row += reduced >= knot
        elif self.n > 1:
            row = np.searchsorted(self.inner, reduced, side=side)
        if self.left is None:
            row = _where_any(self._before(x, side), self.n, row)
        if self.right is None:
            row = _where_any(self._beyond(x, side), self.n + 1, row)
        return row

    def _before(self, x: FloatArray, side: Side) -> npt.NDArray[np.bool_]:
        before: npt.NDArray[np.bool_] = x < self.low if side == "right" else x <= self.low
        return before

    def _beyond(self, x: FloatArray, side: Side) -> npt.NDArray[np.bool_]:
        beyond: npt.NDArray[np.bool_] = x >= self.high if side == "right" else x > self.high
        return beyond


def _where_any(
    mask: npt.NDArray[np.bool_], value: int, row: npt.NDArray[np.intp] | None
) -> npt.NDArray[np.intp] | None:
    return np.where(mask, value, 0 if row is None else row) if mask.any() else row


def _modulo(x: FloatArray, start: Any, period: Any, side: Side) -> FloatArray:
    """x − n·period in [start, start + period), or in (start, start + period] from the left."""
    count: FloatArray = x / period if start == 0 else (x - start) / period
    if side == "right":
        np.floor(count, out=count)
    else:
        np.ceil(count, out=count)
        count -= 1
    count *= period
    return np.subtract(x, count, out=count)


def _horner(table: FloatArray, row: npt.NDArray[np.intp] | None, local: FloatArray, out: FloatArray) -> None:
    """Σ_j table[j]·local^j, with one polynomial for all points or one a point."""
    columns = [column[0] if row is None else column[row] for column in table]
    if len(columns) == 1:
        out[...] = columns[0]
        out[np.isnan(local)] = np.nan
        return
    np.multiply(local, columns[-1], out=out)
    out += columns[-2]
    for column in columns[-3::-1]:
        out *= local
        out += column


def _rectangular(table: Sequence[Polynomial], dtype: np.dtype[Any]) -> FloatArray:
    """Coefficients as an array of shape (degree + 1, pieces), short polynomials padded with zeros."""
    array = np.zeros((max(len(piece) for piece in table), len(table)), dtype)
    for i, piece in enumerate(table):
        array[: len(piece), i] = [float(c) for c in piece]
    return array
