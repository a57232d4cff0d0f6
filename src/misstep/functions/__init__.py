"""Objective functions: piecewise polynomials and smooth families on the line, ridge sums on R^n."""

from misstep.functions.base import Function, LineFunction
from misstep.functions.constants import Constant, describe
from misstep.functions.families import FAMILIES, cubic, family, plateau, sine, smooth_plateau, spline
from misstep.functions.finite_sum import FiniteSum, zhang
from misstep.functions.interpolant import Interpolant
from misstep.functions.jet_field import JetField, PairBound
from misstep.functions.piecewise import PiecewisePolynomial
from misstep.functions.quadratics import PiecewiseQuadratic, lessard_recht_packard, quadratic
from misstep.functions.ridge import RidgeSum, coupled, rotated, separable
from misstep.functions.sine import Sine
from misstep.functions.smooth_plateau import SmoothPlateau

__all__ = [
    "FAMILIES",
    "Constant",
    "FiniteSum",
    "Function",
    "Interpolant",
    "JetField",
    "LineFunction",
    "PairBound",
    "PiecewisePolynomial",
    "PiecewiseQuadratic",
    "RidgeSum",
    "Sine",
    "SmoothPlateau",
    "coupled",
    "cubic",
    "describe",
    "family",
    "lessard_recht_packard",
    "plateau",
    "quadratic",
    "rotated",
    "separable",
    "sine",
    "smooth_plateau",
    "spline",
    "zhang",
]
