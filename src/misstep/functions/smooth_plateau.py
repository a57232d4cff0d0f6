"""The C^∞ function with plateaus through the paper's jets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from flint import arb, fmpq

from misstep.elementary import exp
from misstep.enclosures import enclose_maximum
from misstep.errors import IrrationalResult
from misstep.functions.smooth import Derivatives, SmoothFamily
from misstep.scalars import Exactable, FloatArray, Scalar, absolute, ends, exact, floor, hull, interval, where


@dataclass(frozen=True)
class SmoothPlateau(SmoothFamily):
    """f(t) = −c·(d − s·S(u)): a C^∞ step from each plateau's tangent line to the next one's.

    d is the distance of t to the node before it, r = ρ·s the half-width of a plateau, w = s − 2r the gap between
    plateaus, u = (d − r)/w, and S is 0 below u = 0, 1 above u = 1 and between them

        S(u) = 1/(1 + exp(−q(u))),   q(u) = a·(1/(1 − u) − 1/u)

    with the steepness a (at the default a = 1, max|S''| is within 1e-3 of the least over a). So
    f' = −c + (c·s/w)·S'(u) is exactly −c on plateaus, f'' = (c·s/w²)·S''(u), and L·s/c = max|S''|/(1 − 2ρ)².
    Exact arithmetic works on plateaus. Build it with `misstep.functions.smooth_plateau`.

    >>> f = SmoothPlateau(fmpq(1, 10), fmpq(1), fmpq(1, 4), fmpq(1))
    >>> f.value("9/40"), f.gradient("9/40")
    (-1/40, -1)
    """

    spacing: fmpq
    slope: fmpq
    rho: fmpq
    steepness: fmpq

    def _derivatives(self, x: Scalar) -> Derivatives:
        if isinstance(x, fmpq):
            return self._exact(x)
        if isinstance(x, arb):
            return self._ball(x)
        return self._floats(x)

    @property
    def _plateau(self) -> fmpq:
        return self.rho * self.spacing

    @property
    def _gap(self) -> fmpq:
        return self.spacing - 2 * self._plateau

    def _exact(self, x: fmpq) -> Derivatives:
        d = x - (x / self.spacing).floor() * self.spacing
        if self._plateau < d < self.spacing - self._plateau:
            raise IrrationalResult(f"f({x}) is not rational between plateaus: use balls")
        passed = self.spacing if d > self.spacing / 2 else 0
        return -self.slope * (d - passed), -self.slope, fmpq(0)

    def _ball(self, x: arb) -> Derivatives:
        # Each of one or two periods that the ball meets gives a stretch of d; a wider ball gives the whole of a period.
        low, high = ends(x)
        first_period, last_period = int((low / self.spacing).floor()), int((high / self.spacing).floor())
        period = interval(fmpq(0), self.spacing)
        stretches = [period]
        if last_period - first_period <= 1:
            stretches = [(x - n * self.spacing).intersection(period) for n in range(first_period, last_period + 1)]
        parts: list[Derivatives] = []
        for d in stretches:
            step, first, second = _step_ball((d - self._plateau) / self._gap, self.steepness)
            scale = self.slope * self.spacing / self._gap
            found = (
                -self.slope * (d - self.spacing * step),
                -self.slope + scale * first,
                scale / self._gap * second,
            )
            parts.append(found)
        value, gradient, curvature = (hull(part) for part in zip(*parts, strict=True))
        return value, gradient, curvature

    def _floats(self, x: FloatArray) -> Derivatives:
        kind = np.asarray(x).dtype.type
        constants = (self.spacing, self.slope, self.steepness, self._plateau, self._gap)
        with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
            return plateau_derivatives(x, *(kind(float(constant)) for constant in constants))

    def lipschitz_constant(self) -> arb:
        """L = (c·s/w²)·max|S''|, as a ball (branch and bound, relative width about 1e-5)."""
        return abs(self.slope) * self.spacing / self._gap**2 * _largest_curvature(self.steepness)

    def infimum(self) -> arb:
        """Inf f, as a ball (branch and bound, relative width about 1e-5)."""
        # f is odd about every node: the largest value is as far from 0 as the smallest.
        return -abs(self.slope) * self.spacing * _depth(self.steepness, self._gap / self.spacing)

    def scaled(self, factor: Exactable) -> SmoothPlateau:
        """factor·f."""
        return SmoothPlateau(self.spacing, exact(factor) * self.slope, self.rho, self.steepness)


def plateau_derivatives(
    x: Scalar, spacing: Scalar, slope: Scalar, steepness: Scalar, plateau: Scalar, gap: Scalar
) -> Derivatives:
    """f, f' and f'' at floats or a traced number, for constants of the same kind."""
    s, c, a, r, w = spacing, slope, steepness, plateau, gap
    d = x - floor(x / s) * s
    u = (d - r) / w
    inside = ~((u <= 0) | (u >= 1))  # NaN counts as inside: it stays NaN
    # Where S is constant any u inside serves: its results are not used.
    v = where(inside, u, 0.5)
    before, after = 1 / v, 1 / (1 - v)
    q = a * (after - before)
    before2, after2 = before * before, after * after
    slope_q, bend_q = a * (after2 + before2), 2 * a * (after2 * after - before2 * before)
    small = exp(-absolute(q))
    tail = small / (1 + small)
    step = where(q < 0, tail, 1 - tail)
    spread = small / ((1 + small) * (1 + small))
    # At the far ends of (0, 1) exp underflows against powers of 1/v that overflow: the product there is 0.
    kept = inside & ~(small <= 0)
    first = where(kept, spread * slope_q, 0)
    second = where(kept, spread * (slope_q * slope_q * (1 - 2 * step) + bend_q), 0)
    # On the right half distances are measured from the next node, so that plateaus are exact in floating point.
    right = d > s / 2
    distance = where(right, d - s, d)
    rest = where(inside, where(right, step - 1, step), 0)
    return -c * (distance - s * rest), -c + (c * s / w) * first, (c * s / (w * w)) * second


def _step_ball(u: arb, steepness: fmpq) -> tuple[arb, arb, arb]:
    """Enclosures of S, S' and S'' over the ball u."""
    zero, one = fmpq(0), fmpq(1)
    low, high = ends(u)
    parts = []
    if low <= 0:
        parts.append((arb(0), arb(0), arb(0)))
    if high >= 1:
        parts.append((arb(1), arb(0), arb(0)))
    # S(1 − u) = 1 − S(u): the right half is the left one turned round, so that both ends are treated alike.
    half = fmpq(1, 2)
    if high > 0 and low <= half:
        parts.append(_left_half(max(low, zero), min(high, half), steepness))
    if low < 1 and high > half:
        step, first, second = _left_half(one - min(high, one), one - max(low, half), steepness)
        parts.append((1 - step, first, -second))
    step, first, second = (hull(part) for part in zip(*parts, strict=True))
    return step, first, second


def _left_half(low: fmpq, high: fmpq, a: fmpq) -> tuple[arb, arb, arb]:
    """Enclosures of S, S' and S'' over [low, high] in [0, 1/2]."""
    if low > 0:
        return _step_formula(low, high, a)
    # At 0 all derivatives of S vanish. With z = 1/u ≥ 1/high: S ≤ e^{q}, q ≤ 2a − a·z, and
    # |S'| ≤ e^{q}·2a·z², |S''| ≤ e^{q}·(4a²z⁴ + 2a·z³). z^n·e^{−a·z} falls for z ≥ n/a, so at z = 1/high it is largest.
    cut = min(high, a / 5)
    z = arb(1) / cut
    tail = (2 * a - a * z).exp()
    first, second = tail * 2 * a * z**2, tail * (4 * a * a * z**4 + 2 * a * z**3)
    near = (interval(fmpq(0), fmpq(0)).union(tail), arb(0).union(first), (-second).union(second))
    if cut == high:
        return near
    far = _step_formula(cut, high, a)
    return near[0].union(far[0]), near[1].union(far[1]), near[2].union(far[2])


def _step_formula(low: fmpq, high: fmpq, a: fmpq) -> tuple[arb, arb, arb]:
    """S, S' and S'' from the formula over [low, high] in (0, 1/2]."""
    # S is increasing: its values at the ends enclose it, more tightly than the formula over the whole stretch.
    step = _step_value(low, a).union(_step_value(high, a))
    u = interval(low, high)
    before, after = 1 / u, 1 / (1 - u)
    slope_q, bend_q = a * (after**2 + before**2), 2 * a * (after**3 - before**3)
    spread = step * (1 - step)
    return step, spread * slope_q, spread * (slope_q**2 * (1 - 2 * step) + bend_q)


def _step_value(u: fmpq, a: fmpq) -> arb:
    """S(u) for u in (0, 1/2], where q ≤ 0 and e^q does not overflow."""
    small = arb(a * (1 / (1 - u) - 1 / u)).exp()
    return small / (1 + small)


@cache
def _largest_curvature(steepness: fmpq) -> arb:
    """max |S''| on [0, 1]; by symmetry that of S'' on both halves is the same in absolute value."""
    return enclose_maximum(lambda u: abs(_step_ball(u, steepness)[2]), fmpq(0), fmpq(1, 2), tolerance=1e-5)


@cache
def _depth(steepness: fmpq, gap: fmpq) -> arb:
    """max of d/s − S(u) over a period, u = (d/s − ρ)/gap, ρ = (1 − gap)/2."""
    rho = (1 - gap) / 2
    return enclose_maximum(lambda u: rho + gap * u - _step_ball(u, steepness)[0], fmpq(0), fmpq(1), tolerance=1e-5)
