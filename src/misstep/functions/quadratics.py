"""Functions made of quadratics, whose first and last piece go on for ever."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from flint import arb, fmpq

from misstep.errors import InvalidInput
from misstep.functions.base import LineFunction, Side, number
from misstep.functions.constants import Constant
from misstep.functions.families import positive
from misstep.functions.polynomial import Polynomial, derivative, extremes, horner
from misstep.scalars import Exactable, FloatArray, Scalar, elementwise_parts, ends, exact, hull


@dataclass(frozen=True)
class PiecewiseQuadratic(LineFunction):
    """A C¹ function that is a quadratic on each side of every breakpoint t_1 < … < t_m, m ≥ 0.

    Piece i is c_0 + c_1·d + c_2·d², d = t − a_i, from t_i to t_{i+1}; its anchor a_i is t_i, for the first piece t_1,
    and 0 where there are no breakpoints. The first and the last piece go on for ever.

    Args:
        breakpoints: m increasing exact numbers.
        coefficients: m + 1 pieces, each (c_0, c_1, c_2).

    Raises:
        InvalidInput: breakpoints do not increase, or the function or its derivative jumps at one.

    >>> f = PiecewiseQuadratic(("1",), ((0, 0, 1), (0, 0, "1/2")))
    >>> f.value("3"), f.gradient("0"), f.lipschitz_constant()
    (2, -2, 2)
    """

    breakpoints: tuple[fmpq, ...]
    coefficients: tuple[Polynomial, ...]

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "breakpoints", tuple(exact(t) for t in self.breakpoints))
        set_(self, "coefficients", tuple(tuple(exact(c) for c in piece) for piece in self.coefficients))
        if len(self.coefficients) != len(self.breakpoints) + 1:
            raise InvalidInput(
                f"{len(self.breakpoints)} breakpoints and {len(self.coefficients)} pieces: there must be a piece more"
            )
        for i, piece in enumerate(self.coefficients):
            if len(piece) != 3:
                raise InvalidInput(f"piece {i} has {len(piece)} coefficients: a quadratic has 3")
        for before, after in pairwise(self.breakpoints):
            if not before < after:
                raise InvalidInput(f"{after} follows {before}: breakpoints must increase")
        for i, t in enumerate(self.breakpoints):
            left, right = self._jet(i, t), self._jet(i + 1, t)
            for name, a, b in zip(("value", "derivative"), left, right, strict=True):
                if a != b:
                    raise InvalidInput(f"the {name} jumps from {a} to {b} at {t}: the function must be C¹")

    def _jet(self, i: int, t: fmpq) -> tuple[Scalar, Scalar]:
        d, piece = t - self.anchors[i], self.coefficients[i]
        return horner(piece, d), horner(derivative(piece), d)

    @property
    def anchors(self) -> tuple[fmpq, ...]:
        """What the powers of each piece are counted from."""
        return (*self.breakpoints[:1], *self.breakpoints) or (fmpq(0),)

    def value_and_gradient(self, x: Scalar) -> tuple[Scalar, Scalar]:
        """f(x) and f'(x), elementwise."""
        return self._evaluate(number(x), "right")[:2]

    def curvature(self, x: Scalar, *, side: Side = "right") -> Scalar:
        """f''(x), elementwise; at a breakpoint the limit from `side`. For a ball, it covers both sides."""
        return self._evaluate(number(x), side)[2]

    def _evaluate(self, x: Scalar, side: Side) -> tuple[Scalar, Scalar, Scalar]:
        if isinstance(x, np.ndarray) and x.dtype == object:
            value, gradient, curvature = elementwise_parts(lambda element: self._evaluate(element, side), x)
            return value, gradient, curvature
        if isinstance(x, arb):
            low, high = ends(x)
            # f'' is the hull over both sides of every breakpoint in the ball; f and f' are continuous there.
            met = range(self._piece(low, "left"), self._piece(high, "right") + 1)
            found = [self._on(i, x) for i in met]
            value, gradient, curvature = (hull(arb(part) for part in parts) for parts in zip(*found, strict=True))
            return value, gradient, curvature
        if isinstance(x, fmpq):
            return self._on(self._piece(x, side), x)
        return self._floats(np.asarray(x), side)

    def _piece(self, t: fmpq, side: Side) -> int:
        return sum(1 for point in self.breakpoints if point < t or (point == t and side == "right"))

    def _on(self, i: int, x: Scalar) -> tuple[Scalar, Scalar, Scalar]:
        d, piece = x - self.anchors[i], self.coefficients[i]
        return horner(piece, d), horner(derivative(piece), d), 2 * piece[2]

    def _floats(self, x: FloatArray, side: Side) -> tuple[Scalar, Scalar, Scalar]:
        """(c_2·d + c_1)·d + c_0, 2c_2·d + c_1 and 2c_2 in floats, from constants that are rounded once."""
        dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
        row = np.searchsorted(np.array([float(t) for t in self.breakpoints], dtype), x, side=side)
        anchors = np.array([float(a) for a in self.anchors], dtype)
        c0, c1, c2 = np.array([[float(c) for c in piece] for piece in self.coefficients], dtype).T
        with np.errstate(invalid="ignore", over="ignore"):
            d = x.astype(dtype, copy=False) - anchors[row]
            twice = 2 * c2[row]
            value, gradient = (c2[row] * d + c1[row]) * d + c0[row], twice * d + c1[row]
        return value[()], gradient[()], np.where(np.isnan(d), d, twice)[()]

    def lipschitz_constant(self) -> fmpq:
        """max |f''|."""
        return max(abs(2 * piece[2]) for piece in self.coefficients)

    def infimum(self) -> Constant | float:
        """inf f, exact; `-math.inf` where f is unbounded below."""
        first, last = self.coefficients[0], self.coefficients[-1]
        if first[2] < 0 or last[2] < 0 or (first[2] == 0 and first[1] > 0) or (last[2] == 0 and last[1] < 0):
            return -math.inf
        if not self.breakpoints:
            return first[0] if first[2] == 0 else first[0] - first[1] ** 2 / (4 * first[2])
        inner = zip(self.coefficients[1:-1], pairwise(self.breakpoints), strict=True)
        found = [value for piece, (low, high) in inner for _, value in extremes(piece, high - low)]
        found += [self._jet(i, t)[0] for i, t in enumerate(self.breakpoints)]
        # The vertex of an end piece counts where it lies on that piece.
        for (c0, c1, c2), outside in ((first, -1), (last, 1)):
            if c2 > 0 and -c1 * outside > 0:
                found.append(c0 - c1**2 / (4 * c2))
        return min(found)

    def node(self, k: int) -> fmpq:
        """None: nothing was prescribed.

        Raises:
            InvalidInput: always.
        """
        raise InvalidInput(f"node {k} does not exist: a function of quadratics has no nodes")

    def scaled(self, factor: Exactable) -> PiecewiseQuadratic:
        """factor·f."""
        scale = exact(factor)
        return PiecewiseQuadratic(self.breakpoints, tuple(tuple(scale * c for c in p) for p in self.coefficients))

    def plus(self, other: PiecewiseQuadratic) -> PiecewiseQuadratic:
        """The sum of two functions.

        >>> print(quadratic(3).plus(quadratic(-1)).coefficients)
        ((0, 0, 1),)
        """
        points = tuple(sorted({*self.breakpoints, *other.breakpoints}))
        pieces = []
        for i, anchor in enumerate((*points[:1], *points) or (fmpq(0),)):
            side: Side = "left" if i == 0 and points else "right"
            a, b = (f._evaluate(anchor, side) for f in (self, other))
            pieces.append((a[0] + b[0], a[1] + b[1], (a[2] + b[2]) / 2))
        return PiecewiseQuadratic(points, tuple(pieces))


def quadratic(curvature: Exactable = 1) -> PiecewiseQuadratic:
    """f(t) = c·t²/2 on the whole line.

    Args:
        curvature: c, positive or negative.

    Raises:
        InvalidInput: the curvature is 0.

    >>> f = quadratic(3)
    >>> f.value(2), f.gradient("-1/3"), f.infimum()
    (np.float64(6.0), -1, 0)
    """
    c = exact(curvature)
    if c == 0:
        raise InvalidInput("curvature = 0 must not be 0")
    return PiecewiseQuadratic((), ((fmpq(0), fmpq(0), c / 2),))


def lessard_recht_packard(scale: Exactable = 1) -> PiecewiseQuadratic:
    """Strongly convex and smooth, 1 ≤ f'' ≤ 25, and the heavy ball cycles on it.

        f'(t) = 25t   t < 1;    t + 24   1 ≤ t < 2;    25t − 24   t ≥ 2

    With its parameters for quadratics, α = 1/9 and β = 4/9, the method comes to a cycle of period 3 from x_0 = 3.3.

    Args:
        scale: Positive factor of f.

    >>> f = lessard_recht_packard()
    >>> f.gradient("3/2"), f.lipschitz_constant(), f.infimum()
    (51/2, 25, 0)

    Source: Lessard, Recht & Packard 2016 (the example).
    """
    pieces = (
        (fmpq(25, 2), fmpq(25), fmpq(25, 2)),
        (fmpq(25, 2), fmpq(25), fmpq(1, 2)),
        (fmpq(38), fmpq(26), fmpq(25, 2)),
    )
    found = PiecewiseQuadratic((fmpq(1), fmpq(2)), pieces)
    return found.scaled(positive("scale", scale))
