"""What an exported function is, in words and formulas of plain text."""

from __future__ import annotations

from flint import fmpq

from misstep.exports.literal import groups
from misstep.functions import Function, Interpolant, PiecewisePolynomial, RidgeSum, Sine, SmoothPlateau


def formula(function: Function) -> str:
    """The function's formula, wrapped for a docstring.

    >>> from misstep.functions import sine
    >>> print(formula(sine("1/10")))
    f(t) = -(c s/2 pi) sin(2 pi t/s) with s = 1/10, c = 1.
    """
    match function:
        case PiecewisePolynomial():
            return _pieces(function)
        case Sine(spacing=s, slope=c):
            return f"f(t) = -(c s/2 pi) sin(2 pi t/s) with s = {s}, c = {c}."
        case SmoothPlateau(spacing=s, slope=c, rho=rho, steepness=a):
            return (
                f"f(t) = -c (d - s S(u)), a C^infinity step from one plateau to the next, with s = {s}, c = {c}:\n"
                f"d is the distance of t from the node before it, u = (d - r)/w, r = {rho * s}, w = s - 2r, and\n"
                f"S(u) = 1/(1 + exp(-q)), q = a (1/(1 - u) - 1/u), a = {a} for 0 < u < 1; S = 0 before, 1 after."
            )
        case RidgeSum():
            parts = [
                f"For {len(directions)} of the directions phi is this function:\n{formula(ridge)}"
                for ridge, directions in groups(function).items()
            ]
            head = f"F(x) = the sum of phi_r(<a_r, x>) over {len(function.directions)} directions a_r in R^"
            return "\n\n".join([f"{head}{function.dimension}.", *parts])
        case Interpolant():
            return (
                f"F is the largest function on R^{function.dimension} through {len(function.jets.f)} jets (a point, "
                f"the value and the gradient there)\nwhose curvatures lie between mu = {function.mu!r} and L."
            )
    raise AssertionError(type(function))


def _pieces(function: PiecewisePolynomial) -> str:
    degree = max(map(len, function.coefficients)) - 1
    low, high, n = function.knots[0], function.knots[-1], len(function.coefficients)
    pieces = "is one polynomial" if n == 1 else f"consists of {n} polynomials"
    return (
        f"Between t = {low} and t = {high}, f {pieces} of degree at most {degree}: on [t_i, t_(i+1)]\n"
        f"f(t) = the sum over j of c_ij (t - t_i)^j.\n"
        f"To the left it {_beyond(function.left_period)}, to the right it {_beyond(function.right_period)}."
    )


def _beyond(period: fmpq | None) -> str:
    return "follows its tangent line" if period is None else f"repeats with the period {period}"
