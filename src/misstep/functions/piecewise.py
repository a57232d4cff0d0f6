"""Piecewise polynomials on the line, extended by periods or tangent lines, in every number kind."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb, fmpq

from misstep.errors import InvalidInput
from misstep.functions.base import LineFunction, Side, number
from misstep.functions.constants import Constant, largest, may_equal
from misstep.functions.float_table import FloatTable
from misstep.functions.polynomial import Polynomial, derivative, extremes, horner
from misstep.scalars import Exactable, FloatArray, Scalar, elementwise_parts, ends, exact, hull, interval

_BLOCK = 8192
"""Points evaluated at a time: a block's temporaries stay in a core's own cache."""


@dataclass(frozen=True)
class PiecewisePolynomial(LineFunction):
    """A C¹ function that is a polynomial between consecutive knots t_0 < … < t_N.

    On [t_i, t_{i+1}] the value is Σ_j coefficients[i][j]·(t − t_i)^j. Beyond either end the function continues by
    repeating the part of length `left_period` (`right_period`) next to that end, or along its tangent line where the
    period is `None`.

    Args:
        knots: N + 1 increasing exact numbers.
        coefficients: N polynomials, each of degree at least 1.
        left_period: Length of the part repeated to the left of t_0; t_0 + left_period must be a knot.
        right_period: Length of the part repeated to the right of t_N; t_N − right_period must be a knot.
        node_indices: Which knots are nodes (points whose value and gradient were prescribed); all, unless told.

    Raises:
        InvalidInput: knots do not increase, the function or its derivative jumps at a knot, or a period does not fit.

    >>> hat = PiecewisePolynomial(("0", "1", "2"), ((0, 0, "1/2"), ("1/2", 1, "-1/2")), None, None)
    >>> hat.value("3/2"), hat.gradient("3/2"), hat.lipschitz_constant()
    (7/8, 1/2, 1)
    """

    knots: tuple[fmpq, ...]
    coefficients: tuple[Polynomial, ...]
    left_period: fmpq | None = None
    right_period: fmpq | None = None
    node_indices: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "knots", tuple(exact(knot) for knot in self.knots))
        set_(self, "coefficients", tuple(tuple(exact(c) for c in piece) for piece in self.coefficients))
        for name in ("left_period", "right_period"):
            period = getattr(self, name)
            set_(self, name, None if period is None else exact(period))
        if self.node_indices is None:
            set_(self, "node_indices", tuple(range(len(self.knots))))
        self._check()

    def _check(self) -> None:
        if len(self.knots) < 2 or len(self.coefficients) != len(self.knots) - 1:
            raise InvalidInput(
                f"{len(self.knots)} knots and {len(self.coefficients)} pieces: N pieces need N + 1 knots, N ≥ 1"
            )
        for i, (low, high) in enumerate(zip(self.knots, self.knots[1:], strict=False)):
            if not low < high:
                raise InvalidInput(f"knots {i} and {i + 1} are {low} and {high}: knots must increase")
        for i, piece in enumerate(self.coefficients):
            if len(piece) < 2:
                raise InvalidInput(f"piece {i} has {len(piece)} coefficients: it needs at least 2 (degree 1)")
        for i in range(1, len(self.coefficients)):
            self._check_joint(f"knot {self.knots[i]}", self._end_jet(i - 1), self.coefficients[i][:2])
        if self.left_period is not None:
            first = self._knot_index(self.knots[0] + self.left_period, "left_period", self.left_period)
            self._check_joint("the left end of the period", self._end_jet(first - 1), self.coefficients[0][:2])
        if self.right_period is not None:
            first = self._knot_index(self.knots[-1] - self.right_period, "right_period", self.right_period)
            self._check_joint("the right end of the period", self._end_jet(-1), self.coefficients[first][:2])

    def _knot_index(self, t: fmpq, name: str, period: fmpq) -> int:
        if period > 0 and t in self.knots:
            return self.knots.index(t)
        raise InvalidInput(f"{name} = {period} must be positive and span from an end to a knot")

    @staticmethod
    def _check_joint(where: str, left: Polynomial, right: Polynomial) -> None:
        for name, a, b in (("value", left[0], right[0]), ("derivative", left[1], right[1])):
            if a != b:
                raise InvalidInput(f"the {name} jumps from {a} to {b} at {where}: the function must be C¹")

    def _end_jet(self, i: int) -> Polynomial:
        """Value and derivative of piece i at its right knot."""
        i %= len(self.coefficients)
        width = self.knots[i + 1] - self.knots[i]
        piece = self.coefficients[i]
        return horner(piece, width), horner(derivative(piece), width)

    # --- evaluation -------------------------------------------------------------------------------------------------

    def value_and_gradient(self, x: Scalar) -> tuple[Scalar, Scalar]:
        """f(x) and f'(x), elementwise."""
        value, gradient = self._evaluate(number(x), (0, 1))
        return value, gradient

    def value(self, x: Scalar) -> Scalar:
        """f(x), elementwise."""
        return self._evaluate(number(x), (0,))[0]

    def gradient(self, x: Scalar) -> Scalar:
        """f'(x), elementwise."""
        return self._evaluate(number(x), (1,))[0]

    def curvature(self, x: Scalar, *, side: Side = "right") -> Scalar:
        """f''(x), elementwise; at a joint the limit from `side`. For a ball, it covers both sides of every joint."""
        return self._evaluate(number(x), (2,), side)[0]

    def _evaluate(self, x: Scalar, orders: tuple[int, ...], side: Side = "right") -> tuple[Scalar, ...]:
        """The derivatives of the given orders at x."""
        if isinstance(x, np.ndarray) and x.dtype == object:
            return elementwise_parts(lambda element: self._evaluate(element, orders, side), x)
        if isinstance(x, fmpq):
            piece, local = self._locate(x, side)
            return tuple(horner(self._tables[order][piece], local) for order in orders)
        if isinstance(x, arb):
            return self._evaluate_ball(x, orders)
        results = self._evaluate_floats(np.atleast_1d(np.asarray(x)), orders, side)
        return tuple(result.reshape(np.shape(x))[()] for result in results)

    @cached_property
    def _tables(self) -> tuple[tuple[Polynomial, ...], ...]:
        """For each order of derivative: the N pieces, then the left (index N) and the right (N + 1) tangent line."""
        start, end = self.coefficients[0], self._end_jet(-1)
        pieces = (*self.coefficients, start[:2], end)
        first = tuple(derivative(piece) for piece in pieces)
        return pieces, first, tuple(derivative(piece) for piece in first)

    def _reduce(self, t: fmpq, side: Side) -> fmpq:
        """The point of [t_0, t_N] that t repeats, or t itself where no period applies."""
        low, high = self.knots[0], self.knots[-1]
        if self.right_period is not None and (t > high or (t == high and side == "right")):
            start = high - self.right_period
            periods = (t - start) / self.right_period
            count = periods.floor() if side == "right" else periods.ceil() - 1
            return t - count * self.right_period
        if self.left_period is not None and (t < low or (t == low and side == "left")):
            periods = (t - low) / self.left_period
            count = periods.floor() if side == "right" else periods.ceil() - 1
            return t - count * self.left_period
        return t

    def _locate(self, t: fmpq, side: Side) -> tuple[int, fmpq]:
        """The index into `_tables` of the piece that holds t, and the distance of t to that piece's left knot."""
        t = self._reduce(t, side)
        n, low, high = len(self.coefficients), self.knots[0], self.knots[-1]
        if t < low or (t == low and side == "left"):
            return n, t - low
        if t > high or (t == high and side == "right"):
            return n + 1, t - high
        # Bisection for the last knot below t (or at t, from the right).
        first, last = 0, n - 1
        while first < last:
            middle = (first + last + 1) // 2
            if self.knots[middle] < t or (self.knots[middle] == t and side == "right"):
                first = middle
            else:
                last = middle - 1
        return first, t - self.knots[first]

    def _evaluate_ball(self, x: arb, orders: tuple[int, ...]) -> tuple[arb, ...]:
        """The hull of the derivatives over every piece that the ball x meets."""
        pieces = list(self._pieces_over(x, both_sides=2 in orders))
        return tuple(
            hull(arb(horner(self._tables[order][piece], local)) for piece, local in pieces) for order in orders
        )

    def _pieces_over(self, x: arb, *, both_sides: bool) -> Iterator[tuple[int, arb]]:
        """(index into `_tables`, enclosure of the distance to its left knot) for every piece that x meets.

        A piece that ends where x begins counts only with `both_sides`: f and f' are continuous there, f'' is not.
        """
        low, high = ends(x)
        t = low
        seen = 0
        while True:
            piece, offset = self._locate(t, "left" if both_sides and seen == 0 else "right")
            left = t - offset
            width = self._width(piece)
            right = None if width is None else left + width
            upper = high if right is None or high < right else right
            yield piece, interval(t - left, upper - left)
            seen += 1
            if right is None or high < right:
                return
            if seen > 2 * len(self.coefficients) + 2:
                # The ball is wider than the function's whole description: every piece, in full.
                yield from self._all_pieces(low, high)
                return
            t = right

    def _all_pieces(self, low: fmpq, high: fmpq) -> Iterator[tuple[int, arb]]:
        for piece in range(len(self.coefficients)):
            yield piece, interval(fmpq(0), self.knots[piece + 1] - self.knots[piece])
        if self.left_period is None and low < self.knots[0]:
            yield len(self.coefficients), interval(low - self.knots[0], fmpq(0))
        if self.right_period is None and high > self.knots[-1]:
            yield len(self.coefficients) + 1, interval(fmpq(0), high - self.knots[-1])

    def _width(self, piece: int) -> fmpq | None:
        """The length of a piece in `_tables`: for the left tail the distance back to t_0 is 0; `None` for the right."""
        n = len(self.coefficients)
        if piece < n:
            return self.knots[piece + 1] - self.knots[piece]
        return fmpq(0) if piece == n else None

    def _evaluate_floats(self, x: FloatArray, orders: tuple[int, ...], side: Side) -> tuple[FloatArray, ...]:
        flat = np.ascontiguousarray(x).reshape(-1)
        if flat.dtype.kind != "f":
            flat = flat.astype(np.float64)
        table = self._float_table(flat.dtype)
        results = tuple(np.empty_like(flat) for _ in orders)
        for start in range(0, flat.size, _BLOCK):
            block = slice(start, start + _BLOCK)
            table.evaluate(flat[block], orders, side, [result[block] for result in results])
        return tuple(result.reshape(x.shape) for result in results)

    def _float_table(self, dtype: np.dtype[Any]) -> FloatTable:
        tables: dict[np.dtype[Any], FloatTable] = self.__dict__.setdefault("_float_tables", {})
        if dtype not in tables:
            tables[dtype] = FloatTable(
                dtype,
                self.knots,
                self._tables,
                self.left_period,
                self.right_period,
            )
        return tables[dtype]

    # --- constants --------------------------------------------------------------------------------------------------

    def lipschitz_constant(self) -> Constant:
        """max |f''|: exact for pieces up to degree 5, else a ball."""
        low, high = self.curvature_range()
        return largest([-low, high])

    def curvature_range(self) -> tuple[Constant, Constant]:
        """(inf f'', sup f'') between the first and the last knot, so also over all periods; exact to degree 5.

        A tangent line beyond an end has f'' = 0 and is not counted: f is convex when the first number is at least 0,
        and mu-strongly convex between its first and last knot when it is at least mu.

        >>> from misstep.functions import cubic
        >>> cubic("1/10").curvature_range()
        (-60, 60)
        """
        curvatures = [
            curvature
            for i, piece in enumerate(self.coefficients)
            for _, curvature in extremes(derivative(derivative(piece)), self.knots[i + 1] - self.knots[i])
        ]
        return -largest([-curvature for curvature in curvatures]), largest(curvatures)

    def infimum(self) -> Constant | float:
        """inf f: exact for pieces up to degree 3, else a ball; `-math.inf` where a tangent line falls for ever."""
        minimum = self._minimum()
        return -math.inf if minimum is None else minimum[1]

    def minimizer(self) -> Constant | None:
        """A point of [t_0, t_N] at which inf f is attained, or `None` where f is unbounded below.

        >>> from misstep.functions import cubic
        >>> print(cubic("1").minimizer())
        1/2 - √3/6
        """
        minimum = self._minimum()
        return None if minimum is None else minimum[0]

    def _minimum(self) -> tuple[Constant, Constant] | None:
        if self.left_period is None and self.coefficients[0][1] > 0:
            return None
        if self.right_period is None and self._end_jet(-1)[1] < 0:
            return None
        candidates = [
            (self.knots[i] + point, value)
            for i, piece in enumerate(self.coefficients)
            for point, value in extremes(piece, self.knots[i + 1] - self.knots[i])
        ]
        best = -largest([-value for _, value in candidates])
        return next((point for point, value in candidates if may_equal(value, best))), best

    # --- nodes and scale --------------------------------------------------------------------------------------------

    def node(self, k: int) -> fmpq:
        """The k-th node, k ≥ 0: nodes repeat to the right with the period.

        Raises:
            InvalidInput: k < 0, or there are no more nodes because the right end is a tangent line.

        >>> from misstep.functions import cubic
        >>> cubic("1/10").node(10**6)
        100000
        """
        points = [self.knots[i] for i in self.node_indices or ()]
        if 0 <= k < len(points):
            return points[k]
        if k < 0 or self.right_period is None:
            raise InvalidInput(f"node {k} does not exist: there are {len(points)} nodes")
        repeated = [point for point in points if point > self.knots[-1] - self.right_period]
        if not repeated:
            raise InvalidInput(f"node {k} does not exist: the period on the right holds no node")
        cycles, place = divmod(k - len(points), len(repeated))
        return repeated[place] + (cycles + 1) * self.right_period

    def scaled(self, factor: Exactable) -> PiecewisePolynomial:
        """factor·f.

        >>> from misstep.functions import cubic
        >>> cubic("1").scaled("1/100").lipschitz_constant()
        3/50
        """
        scale = exact(factor)
        coefficients = tuple(tuple(scale * c for c in piece) for piece in self.coefficients)
        return PiecewisePolynomial(self.knots, coefficients, self.left_period, self.right_period, self.node_indices)
