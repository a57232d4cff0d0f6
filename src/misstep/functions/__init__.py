"""Objective functions: piecewise polynomials and smooth families on the line, ridge sums on R^n."""

from misstep.functions.base import Function, LineFunction
from misstep.functions.constants import Constant, describe
from misstep.functions.families import FAMILIES, cubic, family, plateau, sine, smooth_plateau, spline
from misstep.functions.interpolant import Interpolant
from misstep.functions.jet_field import JetField, PairBound
from misstep.functions.piecewise import PiecewisePolynomial
from misstep.functions.ridge import RidgeSum, coupled, rotated, separable
from misstep.functions.sine import Sine
from misstep.functions.smooth_plateau import SmoothPlateau

__all__ = [
    "FAMILIES",
    "Constant",
    "Function",
    "Interpolant",
    "JetField",
    "LineFunction",
    "PairBound",
    "PiecewisePolynomial",
    "RidgeSum",
    "Sine",
    "SmoothPlateau",
    "coupled",
    "cubic",
    "describe",
    "family",
    "plateau",
    "rotated",
    "separable",
    "sine",
    "smooth_plateau",
    "spline",
]
