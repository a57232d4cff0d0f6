"""Polynomials with rational coefficients, and where they are largest and smallest on an interval, exactly."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq, fmpq_poly

from misstep.functions.constants import Constant
from misstep.scalars import Scalar
from misstep.surd import surd

Polynomial = tuple[fmpq, ...]
"""Coefficients in ascending powers."""


def horner(polynomial: Polynomial, x: Scalar) -> Scalar:
    """Σ_j polynomial[j]·x^j by Horner's rule, in the kind of x."""
    result: Scalar = polynomial[-1]
    for coefficient in reversed(polynomial[:-1]):
        result = result * x + coefficient
    return result


def derivative(polynomial: Polynomial) -> Polynomial:
    """The derivative's coefficients."""
    return tuple(j * c for j, c in enumerate(polynomial))[1:] or (fmpq(0),)


def extremes(polynomial: Polynomial, width: fmpq) -> list[tuple[Constant, Constant]]:
    """(point, value) at both ends of [0, width] and at every critical point between them."""
    points: list[Constant] = [fmpq(0), width, *_roots_within(derivative(polynomial), width)]
    return [(point, horner(polynomial, point)) for point in points]


def _roots_within(polynomial: Polynomial, width: fmpq) -> list[Constant]:
    """The real roots in (0, width): rationals and surds to degree 2, balls beyond (each contains one root)."""
    degree = max((j for j, c in enumerate(polynomial) if c != 0), default=0)
    if degree == 0:
        return []
    roots: list[Constant]
    if degree == 1:
        roots = [-polynomial[0] / polynomial[1]]
    elif degree == 2:
        c, b, a = polynomial[:3]
        discriminant = b * b - 4 * a * c
        if discriminant < 0:
            return []
        roots = [surd(-b / (2 * a), sign / (2 * a), discriminant) for sign in (fmpq(-1), fmpq(1))]
    else:
        roots = list(real_roots(polynomial))
    return [root for root in roots if not (root < 0 or root > width)]


def real_roots(polynomial: Polynomial) -> list[arb]:
    """Balls that together contain every real root."""
    integer = fmpq_poly(list(polynomial)).numer()
    # Isolating enclosures: python-flint gives a real root as arb, any other as acb.
    found: Any = integer.complex_roots()
    return [root.real for root, _ in found if root.imag.contains(0)]
