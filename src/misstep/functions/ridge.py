"""Sums of ridge functions on R^n: the paper's function in many variables, separable, rotated and coupled."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import arb, fmpq, fmpq_mat

from misstep.errors import InvalidInput
from misstep.functions.base import Function, LineFunction, number
from misstep.functions.constants import Constant, enclosure, largest, total
from misstep.functions.families import cubic, positive
from misstep.functions.piecewise import PiecewisePolynomial
from misstep.functions.polynomial import real_roots
from misstep.scalars import Exactable, NumberKind, Scalar, convert, ends, exact, interval, kind_of

Matrix = tuple[tuple[fmpq, ...], ...]


@dataclass(frozen=True)
class RidgeSum(Function):
    """F(x) = Σ_r φ_r(⟨a_r, x⟩), so ∇F(x) = Σ_r φ_r'(⟨a_r, x⟩)·a_r.

    With unit vectors a_r this is a separable function, with the rows of an orthogonal matrix a rotated one, and with
    more directions than variables a coupled one.

    Args:
        directions: The m vectors a_r in R^n, exact.
        functions: The m functions φ_r of one variable.

    Raises:
        InvalidInput: the counts or lengths do not fit.

    >>> F = RidgeSum(((1, 0), (1, 1)), (cubic("1"), cubic("2")))
    >>> F.gradient(["3", "1"]).tolist()
    [-2, -1]
    """

    directions: Matrix
    functions: tuple[LineFunction, ...]

    def __post_init__(self) -> None:
        directions = tuple(tuple(exact(entry) for entry in row) for row in self.directions)
        object.__setattr__(self, "directions", directions)
        if not directions or len(directions) != len(self.functions):
            raise InvalidInput(
                f"{len(directions)} directions and {len(self.functions)} functions: as many are needed, at least one"
            )
        if len({len(row) for row in directions}) != 1 or not directions[0]:
            raise InvalidInput(
                f"directions have lengths {[len(row) for row in directions]}: one length n ≥ 1 is needed"
            )

    @property
    def dimension(self) -> int:
        """The number of variables n."""
        return len(self.directions[0])

    def value_and_gradient(self, x: Scalar) -> tuple[Scalar, Scalar]:
        """F(x), shape x.shape[:-1], and ∇F(x), shape x.shape.

        Args:
            x: Array of any number kind and shape (…, n).

        Raises:
            InvalidInput: the last axis of x has not length n.
        """
        x = np.asarray(number(x))
        if x.shape[-1:] != (self.dimension,):
            raise InvalidInput(f"x has shape {x.shape}: its last axis must have length {self.dimension}")
        matrix = self._matrix(kind_of(x))
        projections = x @ matrix.T
        values, slopes = np.empty_like(projections), np.empty_like(projections)
        for function, places in self._groups.items():
            values[..., places], slopes[..., places] = function.value_and_gradient(projections[..., places])
        return values.sum(axis=-1), slopes @ matrix

    @cached_property
    def _groups(self) -> dict[LineFunction, list[int]]:
        """The places of each different function: equal ones are evaluated together."""
        groups: dict[LineFunction, list[int]] = {}
        for r, function in enumerate(self.functions):
            groups.setdefault(function, []).append(r)
        return groups

    def _matrix(self, kind: NumberKind) -> npt.NDArray[Any]:
        exact_kind = NumberKind.EXACT if kind is NumberKind.BALL else kind
        matrix: npt.NDArray[Any] = convert([list(row) for row in self.directions], exact_kind)
        return matrix

    def lipschitz_constant(self) -> Constant:
        """λ_max(AᵀΛA) with Λ = diag(L_r): exact where it is known to be attained, else a ball from 0 to it.

        For orthogonal directions it is max L_r|a_r|², attained wherever that φ_r is bent most. Else it is attained
        where all φ_r have curvature L_r at once; points t·(1, …, 1) are tried, with t from the knots of the first
        function.
        """
        constants = [function.lipschitz_constant() for function in self.functions]
        if self._is_orthogonal:
            squares = [sum((entry * entry for entry in row), fmpq(0)) for row in self.directions]
            return largest([constant * square for constant, square in zip(constants, squares, strict=True)])
        rationals = [constant for constant in constants if isinstance(constant, fmpq)]
        if len(rationals) == len(constants):
            bound = _largest_eigenvalue(self._hessian(rationals))
            if any(self._curvatures_after(t) == rationals for t in self._diagonal_knots()):
                return bound
        else:
            # Λ ≼ its upper ends, so the bound with those is one too.
            tops = [_upper(constant) for constant in constants]
            bound = _largest_eigenvalue(self._hessian(tops))
        return interval(fmpq(0), enclosure(bound))

    @cached_property
    def _is_orthogonal(self) -> bool:
        """Whether no two directions have a product other than 0."""
        a = fmpq_mat([list(row) for row in self.directions])
        gram = a * a.transpose()
        m = len(self.directions)
        return all(gram[i, j] == 0 for i in range(m) for j in range(i))

    def _diagonal_knots(self) -> list[fmpq]:
        """The t at which the first ridge, along t·(1, …, 1), is at a knot."""
        first, along = self.functions[0], sum(self.directions[0], fmpq(0))
        return [knot / along for knot in first.knots] if isinstance(first, PiecewisePolynomial) and along != 0 else []

    def _curvatures_after(self, t: fmpq) -> list[Scalar]:
        """φ_r''(⟨a_r, x⟩) as x comes down to t·(1, …, 1) along the diagonal; 0 where that picks no side of a joint."""
        curvatures = []
        for row, function in zip(self.directions, self.functions, strict=True):
            along = sum(row, fmpq(0))
            right, left = function.curvature(t * along), function.curvature(t * along, side="left")
            undecided = along == 0 and right != left
            curvatures.append(fmpq(0) if undecided else right if along >= 0 else left)
        return curvatures

    def _hessian(self, curvatures: Sequence[fmpq]) -> fmpq_mat:
        """Σ_r curvature_r·a_r a_rᵀ."""
        a = fmpq_mat([list(row) for row in self.directions])
        scaled = fmpq_mat([[c * entry for entry in row] for c, row in zip(curvatures, self.directions, strict=True)])
        return a.transpose() * scaled

    def infimum(self) -> Constant | float:
        """A lower bound on inf F: Σ inf φ_r; it is inf F itself where the directions are independent."""
        infima = [function.infimum() for function in self.functions]
        if any(isinstance(value, float) for value in infima):
            return -math.inf
        return total(infima)


def separable(*functions: LineFunction) -> RidgeSum:
    """F(x) = Σ_i f_i(x_i): L is the largest of the L_i, exactly where they are equal and attained together.

    >>> separable(cubic("1/10"), cubic("1/10")).lipschitz_constant()
    60
    """
    n = len(functions)
    identity = tuple(tuple(fmpq(int(i == j)) for j in range(n)) for i in range(n))
    return RidgeSum(identity, functions)


def rotated(spacing: Exactable, dimension: int, *, family: Callable[[fmpq, fmpq], LineFunction] = cubic) -> RidgeSum:
    """A separable function turned by a rational orthogonal matrix Q with no zero entry: not separable.

    F(x) = Σ_j φ_j((Qx)_j), where φ_j has spacing |(Q1)_j|·s and slope |(Q1)_j|. Then ∇F(k·s·1) = −1 = (−1, …, −1):
    a coordinate-wise method whose step on a constant gradient is s goes along the diagonal, and L = 6/s as on the
    line.

    Args:
        spacing: s > 0, the step of every coordinate.
        dimension: n ≥ 2.
        family: Family of the φ_j, a function of spacing and slope.

    Raises:
        InvalidInput: an argument is out of range.

    >>> F = rotated("1/10", 3)
    >>> F.lipschitz_constant(), F.gradient(["1/5", "1/5", "1/5"]).tolist()
    (60, [-1, -1, -1])
    """
    s = positive("spacing", spacing)
    if dimension < 2:
        raise InvalidInput(f"dimension = {dimension} must be at least 2")
    # The reflection I − 2vvᵀ/vᵀv with v = (1, …, n); (Q1)_i = 1 − 6i/(2n + 1) is never 0. Rows are turned so that
    # (Q1)_i > 0.
    square = fmpq(dimension * (dimension + 1) * (2 * dimension + 1), 6)
    rows: list[tuple[fmpq, ...]] = []
    functions: list[LineFunction] = []
    for i in range(1, dimension + 1):
        row = [fmpq(int(i == j)) - 2 * fmpq(i * j) / square for j in range(1, dimension + 1)]
        along = sum(row, fmpq(0))
        sign = 1 if along > 0 else -1
        rows.append(tuple(sign * entry for entry in row))
        functions.append(family(abs(along) * s, abs(along)))
    return RidgeSum(tuple(rows), tuple(functions))


def coupled(spacing: Exactable, dimension: int, *, family: Callable[[fmpq, fmpq], LineFunction] = cubic) -> RidgeSum:
    """Every variable coupled to every other: F(x) = Σ_i φ(x_i) + Σ_{i<j} ψ(x_i + x_j).

    φ has spacing s and ψ spacing 2s, both slope 1/n. Then ∇F(k·s·1) = −1 = (−1, …, −1) for all k, and every mixed
    second derivative is ψ''(x_i + x_j). No rotation makes F separable: the directions e_i and e_i + e_j are more than
    n and not orthogonal.

    Args:
        spacing: s > 0, the step of every coordinate.
        dimension: n ≥ 2.
        family: Family of φ and ψ, a function of spacing and slope.

    Raises:
        InvalidInput: an argument is out of range.

    >>> F = coupled("1/10", 2)
    >>> F.lipschitz_constant(), F.gradient(["1/5", "1/5"]).tolist()
    (60, [-1, -1])
    """
    s = positive("spacing", spacing)
    if dimension < 2:
        raise InvalidInput(f"dimension = {dimension} must be at least 2")
    slope = fmpq(1, dimension)
    singles = [(i,) for i in range(dimension)]
    pairs = [(i, j) for i in range(dimension) for j in range(i)]
    rows = tuple(tuple(fmpq(int(k in places)) for k in range(dimension)) for places in (*singles, *pairs))
    functions = (family(s, slope),) * len(singles) + (family(2 * s, slope),) * len(pairs)
    return RidgeSum(rows, functions)


def _upper(constant: Constant) -> fmpq:
    if isinstance(constant, fmpq):
        return constant
    return ends(enclosure(constant))[1]


def _largest_eigenvalue(matrix: fmpq_mat) -> Constant:
    """Of a symmetric rational matrix: exact where rational, else a ball."""
    _, factors = matrix.charpoly().factor()
    roots: list[fmpq | arb] = []
    for factor, _ in factors:
        coefficients = factor.coeffs()
        if len(coefficients) == 2:
            roots.append(-coefficients[0] / coefficients[1])
        else:
            roots += real_roots(tuple(coefficients))
    return largest(roots)
