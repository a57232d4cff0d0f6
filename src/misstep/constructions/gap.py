"""One gap between two nodes: how far the values at its ends may lie apart when f'' is bounded."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from flint import fmpq

FunctionClass: TypeAlias = Literal["nonconvex", "convex", "strongly-convex"]
"""What is asked of f'' besides f'' ≤ L: f'' ≥ −L, f'' ≥ 0, or f'' ≥ mu."""


class Gap(NamedTuple):
    """Two neighbouring nodes: their distance `h` > 0, the gradients there, and whether f' must stay constant."""

    h: fmpq
    left: fmpq
    right: fmpq
    straight: bool = False

    @property
    def slope(self) -> fmpq:
        """The mean of f'' over the gap, q = (g_1 − g_0)/h."""
        return (self.right - self.left) / self.h

    @property
    def trapezoid(self) -> fmpq:
        """A = h(g_0 + g_1)/2: what f gains when f' is a straight line."""
        return self.h * (self.left + self.right) / 2


def growth(gap: Gap, function_class: FunctionClass, mu: fmpq) -> tuple[fmpq, fmpq]:
    """The coefficients (a, b) with which `reach` depends on L.

    R = a·L − b/L,  a = h²/4, b = (g_1 − g_0)²/4                         (m = −L)
    R = h·e/2 − b/(L − mu),  a = 0, b = e²/2,  e = g_1 − g_0 − mu·h      (m = mu ≥ 0)
    """
    if gap.straight:
        return fmpq(0), fmpq(0)
    change = gap.right - gap.left
    if function_class == "nonconvex":
        return gap.h**2 / 4, change**2 / 4
    return fmpq(0), (change - mu * gap.h) ** 2 / 2


def least_bound(function_class: FunctionClass, mu: fmpq, L: fmpq) -> fmpq:
    """The lower bound m on f'' that goes with the upper bound L: −L, 0 or mu."""
    return -L if function_class == "nonconvex" else mu


def reach(gap: Gap, least: fmpq, most: fmpq | None) -> fmpq:
    """How far f_1 − f_0 may differ from `gap.trapezoid` when m ≤ f'' ≤ M on the gap.

        R = h²(M − q)(q − m) / (2(M − m)),   at M = ∞   R = h²(q − m)/2

    Between the ends f' − (its chord) has slope in [m − q, M − q] and vanishes at both ends. Its integral is largest for
    the triangle that rises at M − q and falls at q − m, and that triangle has area R; every number between −R and R is
    the integral of a multiple of it.

    Args:
        gap: The gap, with m ≤ q ≤ M.
        least: m.
        most: M, or `None` for no bound.

    >>> reach(Gap(fmpq(1), fmpq(-1), fmpq(-1)), fmpq(-4), fmpq(4))
    1
    """
    if gap.straight:
        return fmpq(0)
    # Multiplied out by h², so that the distance is no denominator.
    above_least = gap.right - gap.left - least * gap.h
    if most is None:
        return gap.h * above_least / 2
    if most == least:
        return fmpq(0)
    return (most * gap.h - (gap.right - gap.left)) * above_least / (2 * (most - least))
