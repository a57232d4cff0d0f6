"""The largest function through many jets with curvature between two bounds: C^{1,1}, convex or strongly convex."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from flint import arb, fmpq

from misstep.errors import InvalidInput
from misstep.functions.base import Function, number
from misstep.functions.constants import Constant
from misstep.functions.jet_field import Floats, JetField
from misstep.functions.min_norm_point import SimplexLeastSquares
from misstep.scalars import NumberKind, Scalar, convert, exact_from_float, interval, kind_of

SLACK = 1e-9
"""How far, relative to L − μ, the jets' own constant may lie above the given L: room for the jets' rounding."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Values and gradients with the bounds that the optimality conditions give (before rounding).

    Attributes:
        value: F(x).
        gradient: ∇F(x).
        value_error: F(x) is at most this much too high.
        gradient_error: |∇F(x)| is off by at most this.
    """

    value: npt.NDArray[np.float64]
    gradient: npt.NDArray[np.float64]
    value_error: npt.NDArray[np.float64]
    gradient_error: npt.NDArray[np.float64]


class Interpolant(Function):
    """The largest function F on R^d through N jets whose curvature lies in [μ, L].

    F − μ/2|·|² is the lower convex hull of the parabolas of curvature L − μ that the jets allow above it. With
    K = L − μ, s_i = g_i − μx_i, h_i = f_i − μ/2|x_i|², c_i = x_i − s_i/K and b_i = h_i − |s_i|²/2K,

        F(x) = min over λ ≥ 0, Σλ = 1 of K/2 |x − Σλ_i c_i|² + Σλ_i b_i + μ/2 |x|²
        ∇F(x) = K(x − Σλ*_i c_i) + μx

    so a value and a gradient cost one small least-squares problem on a simplex. F(x_i) = f_i and ∇F(x_i) = g_i. With
    the default μ = −L, and L the largest constant of a pair of jets, no function through the jets has a gradient with a
    smaller Lipschitz constant.

    Args:
        x: Points, shape (N, d); float64, or of any kind that converts to it.
        f: Values, shape (N,).
        g: Gradients, shape (N, d).
        L: Largest curvature, L > 0. Exact numbers are rounded to float64.
        mu: Least curvature, −L ≤ μ < L: −L (the default) for a function with L-Lipschitz gradient, 0 for a convex one,
            μ > 0 for a strongly convex one.

    Raises:
        InvalidInput: shapes do not fit, a number is not finite or out of range, or two jets need more than L: the
            message names the pair and its constant.

    >>> F = Interpolant([[0.0], [1.0]], [0.0, 0.0], [[-1.0], [-1.0]], 4)
    >>> F.value_and_gradient(np.array([[0.5], [1.0]]))
    (array([0., 0.]), array([[ 1.],
           [-1.]]))
    >>> Interpolant([[0.0], [1.0]], [0.0, 0.0], [[-1.0], [-1.0]], 3)
    Traceback (most recent call last):
        ...
    misstep.errors.InvalidInput: jets 0 and 1 need L = 4.0, above the given L = 3.0

    Source: Azagra, Le Gruyer & Mudarra 2018 (C^{1,1}); Taylor, Hendrickx & Glineur 2017 (convex, strongly convex).
    """

    def __init__(self, x: Scalar, f: Scalar, g: Scalar, L: Scalar, mu: Scalar | None = None) -> None:
        self._jets = JetField(x, f, g)
        self._L = _finite("L", L)
        if not self._L > 0:
            raise InvalidInput(f"L = {self._L} must be positive")
        self._mu = -self._L if mu is None else _finite("mu", mu)
        if not -self._L <= self._mu < self._L:
            raise InvalidInput(f"mu = {self._mu} must lie in [−L, L) with L = {self._L}")
        self._check()
        # About the means, so that what is common to all jets takes no digits.
        jets, mu_, K = self._jets, self._mu, self._L - self._mu
        self._origin, self._slope, self._height = jets.x.mean(axis=0), jets.g.mean(axis=0), float(jets.f.mean())
        local = jets.x - self._origin
        s = jets.g - self._slope - mu_ * local
        h = jets.f - self._height - local @ self._slope - mu_ / 2 * np.einsum("ij,ij->i", local, local)
        self._problem = SimplexLeastSquares(local - s / K, (h - np.einsum("ij,ij->i", s, s) / (2 * K)) / K)

    def _check(self) -> None:
        smooth = self._mu == -self._L
        bound = self._jets.tightest_pair(None if smooth else self._mu)
        if bound.L <= self._L + SLACK * (self._L - self._mu):
            return
        i, j = bound.first, bound.second
        what = "" if smooth else f" with mu = {self._mu}"
        if bound.L < np.inf:
            raise InvalidInput(f"jets {i} and {j} need L = {bound.L}{what}, above the given L = {self._L}")
        if np.array_equal(self._jets.x[i], self._jets.x[j]):
            raise InvalidInput(f"jets {i} and {j} share a point, but not value and gradient")
        raise InvalidInput(f"jets {i} and {j} fit no function{what}, whatever L")

    def __repr__(self) -> str:
        n, d = self._jets.x.shape
        return f"Interpolant({n} jets in R^{d}, L={self._L}, mu={self._mu})"

    @property
    def dimension(self) -> int:
        """d."""
        return self._jets.dimension

    @property
    def jets(self) -> JetField:
        """The jets, as float64."""
        return self._jets

    @property
    def mu(self) -> float:
        """The least curvature allowed."""
        return self._mu

    def value_and_gradient(self, x: Scalar) -> tuple[Scalar, Scalar]:
        """F(x), shape x.shape[:-1], and ∇F(x), shape x.shape.

        Args:
            x: float64 or float32 array of shape (…, d); float32 is computed in float64 and rounded.

        Raises:
            InvalidInput: the last axis has not length d, or x is exact or a ball.
        """
        x = np.asarray(number(x))
        kind = kind_of(x)
        if not kind.is_float:
            raise InvalidInput(
                f"an interpolant is evaluated in float64 or float32, not on numbers of kind {kind.value}"
            )
        found = self.evaluate(x)
        return found.value.astype(kind.dtype)[()], found.gradient.astype(kind.dtype)

    def evaluate(self, x: npt.ArrayLike) -> Evaluation:
        """F(x) and ∇F(x) in float64, with how far from optimal the least-squares problems were left.

        Args:
            x: Points, shape (…, d). Where one is not finite, so are the answers: NaN.

        Raises:
            InvalidInput: the last axis has not length d.
        """
        points = np.asarray(x, dtype=np.float64)
        if points.shape[-1:] != (self.dimension,):
            raise InvalidInput(f"x has shape {points.shape}: its last axis must have length {self.dimension}")
        K, local = self._L - self._mu, points.reshape(-1, self.dimension) - self._origin
        finite = np.isfinite(local).all(axis=1)
        with np.errstate(over="ignore", invalid="ignore"):
            found = self._on_finite(K, local[finite])
        if not finite.all():
            # A run that has blown up goes on as NaN.
            whole = [np.full((len(local), *part.shape[1:]), np.nan) for part in found]
            for target, part in zip(whole, found, strict=True):
                target[finite] = part
            found = whole
        value, gradient, value_error, gradient_error = found
        shape = points.shape[:-1]
        return Evaluation(
            value.reshape(shape),
            gradient.reshape(points.shape),
            value_error.reshape(shape),
            gradient_error.reshape(shape),
        )

    def _on_finite(self, K: float, local: Floats) -> list[Floats]:
        """The parts of an `Evaluation` at P points, given by their distances from the mean of the jets' points."""
        solution = self._problem.solve(local)
        y = solution.residual
        squares = np.einsum("ij,ij->i", y, y), np.einsum("ij,ij->i", local, local)
        value = K * (squares[0] / 2 + solution.offset) + self._mu / 2 * squares[1]
        value += local @ self._slope + self._height
        gradient = self._mu * local - K * y + self._slope
        return [value, gradient, K * solution.gap, K * np.sqrt(solution.gap)]

    def lipschitz_constant(self) -> Constant:
        """L, the float64 as the rational that it is.

        It is attained: far out in a direction that singles out one jet, F is that jet's parabola of curvature L. The
        jets may exceed it by `SLACK` of L − μ at most.
        """
        return exact_from_float(self._L)

    def infimum(self) -> Constant | float:
        """inf F, for the jets as the rationals that they are: exact for μ ≤ 0, else a ball that contains it.

        For μ ≤ 0 it is the lowest vertex of the jets' parabolas, min_i f_i − |g_i|²/2L. For μ > 0 it is the minimum of
        φ(λ) = Σλ_i b_i + (Kμ/2L)|Σλ_i c_i|² over the simplex: for each λ between φ(λ) + min_i ∂_iφ − ⟨∇φ, λ⟩ and φ(λ).
        """
        return self._infimum

    @cached_property
    def _infimum(self) -> Constant:
        jets, L, mu = self._jets, self._L, self._mu
        squares = np.einsum("ij,ij->i", jets.g, jets.g) / (2 * L)
        if mu <= 0:
            vertices = jets.f - squares
            near = vertices <= vertices.min() + 1e-12 * (np.abs(jets.f) + squares).max()
            return min(_vertex(_exact(jets.f[i : i + 1])[0], _exact(jets.g[i]), L) for i in np.flatnonzero(near))
        K = L - mu
        s = jets.g - mu * jets.x
        offsets = jets.f - mu / 2 * np.einsum("ij,ij->i", jets.x, jets.x) - np.einsum("ij,ij->i", s, s) / (2 * K)
        bend = K * mu / L
        weights = SimplexLeastSquares(jets.x - s / K, offsets / bend).weights(np.zeros(self.dimension))
        return _dual_interval(jets, exact_from_float(L), exact_from_float(mu), _exact(weights))


def _finite(name: str, value: Scalar) -> float:
    converted = float(convert(value, NumberKind.FLOAT64))
    if not np.isfinite(converted):
        raise InvalidInput(f"{name} = {converted} is not finite")
    return converted


def _exact(numbers: Floats) -> list[fmpq]:
    return [exact_from_float(entry) for entry in numbers.tolist()]


def _vertex(f: fmpq, g: list[fmpq], L: float) -> fmpq:
    """The least value of the parabola of curvature L through a jet."""
    return f - sum((entry * entry for entry in g), fmpq(0)) / (2 * exact_from_float(L))


def _dual_interval(jets: JetField, L: fmpq, mu: fmpq, weights: list[fmpq]) -> arb:
    """The interval of `Interpolant.infimum` for μ > 0, exact before its ends are rounded outward."""
    K, scale = L - mu, sum(weights, fmpq(0))
    used = [i for i, weight in enumerate(weights) if weight != 0]

    def atom(i: int) -> tuple[list[fmpq], fmpq]:
        """c_i and b_i."""
        x, g = _exact(jets.x[i]), _exact(jets.g[i])
        s = [slope - mu * place for place, slope in zip(x, g, strict=True)]
        square = sum((entry * entry for entry in x), fmpq(0))
        b = exact_from_float(float(jets.f[i])) - mu / 2 * square - sum((e * e for e in s), fmpq(0)) / (2 * K)
        return [place - slope / K for place, slope in zip(x, s, strict=True)], b

    point, offset = [fmpq(0)] * jets.dimension, fmpq(0)
    for i in used:
        c, b = atom(i)
        lam = weights[i] / scale
        point = [total + lam * entry for total, entry in zip(point, c, strict=True)]
        offset += lam * b
    bend = K * mu / L
    square = sum((entry * entry for entry in point), fmpq(0))
    slopes = []
    for i in range(len(weights)):
        c, b = atom(i)
        slopes.append(b + bend * sum((p * entry for p, entry in zip(point, c, strict=True)), fmpq(0)))
    upper = offset + bend / 2 * square
    return interval(upper + min(slopes) - offset - bend * square, upper)
