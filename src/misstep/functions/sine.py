"""The analytic function through the paper's jets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb, fmpq

from misstep.errors import IrrationalResult
from misstep.functions.base import LineFunction, Side, node_index, number
from misstep.scalars import Exactable, Scalar, elementwise_parts, exact


@dataclass(frozen=True)
class Sine(LineFunction):
    """f(t) = −(c·s/2π)·sin(2πt/s) on the whole line.

    f(ks) = 0, f'(ks) = −c, L = 2πc/s, inf f = −c·s/2π. Build it with `misstep.functions.sine`.

    >>> f = Sine(fmpq(1, 10), fmpq(1))
    >>> f.value("3/10"), f.gradient("3/10")
    (0, -1)
    """

    spacing: fmpq
    slope: fmpq

    def value_and_gradient(self, x: Scalar) -> tuple[Scalar, Scalar]:
        """f(x) and f'(x), elementwise. Exact arithmetic works at multiples of half the spacing.

        Raises:
            IrrationalResult: x is exact and not a multiple of half the spacing.
        """
        return self._derivatives(number(x))[:2]

    def curvature(self, x: Scalar, *, side: Side = "right") -> Scalar:  # noqa: ARG002 - f'' is continuous
        """f''(x) = (2πc/s)·sin(2πt/s), elementwise; the same from both sides."""
        return self._derivatives(number(x))[2]

    def _derivatives(self, x: Scalar) -> tuple[Scalar, Scalar, Scalar]:
        if isinstance(x, np.ndarray) and x.dtype == object:
            value, gradient, curvature = elementwise_parts(self._derivatives, x)
            return value, gradient, curvature
        s, c = self.spacing, self.slope
        if isinstance(x, fmpq):
            halves = 2 * x / s
            if halves.q != 1:
                raise IrrationalResult(f"f({x}) is not rational: use balls")
            return fmpq(0), -c if halves.p % 2 == 0 else c, fmpq(0)
        if isinstance(x, arb):
            sin, cos = (2 * x / s).sin_cos_pi()
            half_turn = arb.pi() * 2 / s
            return -c * sin / half_turn, -c * cos, c * half_turn * sin
        dtype = np.asarray(x).dtype
        spacing, slope = dtype.type(float(s)), dtype.type(float(c))
        half_turn = dtype.type(2 * np.pi) / spacing
        turns = x / spacing
        angle = dtype.type(2 * np.pi) * (turns - np.floor(turns))
        sin = np.sin(angle)
        return -slope * sin / half_turn, -slope * np.cos(angle), slope * half_turn * sin

    def lipschitz_constant(self) -> arb:
        """L = 2πc/s, as a ball."""
        return 2 * arb.pi() * abs(self.slope) / self.spacing

    def infimum(self) -> arb:
        """Inf f = −c·s/2π, as a ball."""
        return -abs(self.slope) * self.spacing / (2 * arb.pi())

    def node(self, k: int) -> fmpq:
        """k·s, k ≥ 0."""
        return node_index(k) * self.spacing

    def scaled(self, factor: Exactable) -> Sine:
        """factor·f."""
        return Sine(self.spacing, exact(factor) * self.slope)
