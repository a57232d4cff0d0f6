"""The analytic function through the paper's jets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from flint import arb, fmpq

from misstep.elementary import sine_and_cosine_of_turns
from misstep.errors import IrrationalResult
from misstep.functions.smooth import Derivatives, SmoothFamily
from misstep.scalars import Exactable, Scalar, exact, floor


@dataclass(frozen=True)
class Sine(SmoothFamily):
    """f(t) = −(c·s/2π)·sin(2πt/s) on the whole line.

    f(ks) = 0, f'(ks) = −c, L = 2πc/s, inf f = −c·s/2π. Exact arithmetic works at multiples of half the spacing.
    Build it with `misstep.functions.sine`.

    >>> f = Sine(fmpq(1, 10), fmpq(1))
    >>> f.value("3/10"), f.gradient("3/10")
    (0, -1)
    """

    spacing: fmpq
    slope: fmpq

    def _derivatives(self, x: Scalar) -> Derivatives:
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
        kind = np.asarray(x).dtype.type
        return sine_derivatives(x, kind(float(s)), kind(float(c)))

    def lipschitz_constant(self) -> arb:
        """L = 2πc/s, as a ball."""
        return 2 * arb.pi() * abs(self.slope) / self.spacing

    def infimum(self) -> arb:
        """Inf f = −c·s/2π, as a ball."""
        return -abs(self.slope) * self.spacing / (2 * arb.pi())

    def scaled(self, factor: Exactable) -> Sine:
        """factor·f."""
        return Sine(self.spacing, exact(factor) * self.slope)


def sine_derivatives(x: Scalar, spacing: Scalar, slope: Scalar) -> Derivatives:
    """f, f' and f'' at floats or a traced number, for constants of the same kind."""
    half_turn = 2 * math.pi / spacing
    turns = x / spacing
    sin, cos = sine_and_cosine_of_turns(turns - floor(turns))
    return -slope * sin / half_turn, -slope * cos, slope * half_turn * sin
