"""From functions on the line to the objects and the claims of certificates."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from misstep.functions import LineFunction, PiecewisePolynomial
from misstep.functions.constants import Constant, enclosure
from misstep.proofs.certificate import numbers
from misstep.proofs.not_proved import NotProved
from misstep.proofs.rounding import above, below
from misstep.scalars import ends


def described(function: LineFunction, *, extend: bool = False) -> dict[str, Any]:
    """The function object of the certificate format.

    Args:
        function: A piecewise polynomial.
        extend: Whether the end pieces go on for ever where the function goes on along its tangents; f'' of a strongly
            convex function does not end.

    Raises:
        NotProved: the function is not a piecewise polynomial, whose values are rational.

    >>> from misstep import cubic
    >>> described(cubic(1))["right"]
    {'rule': 'repeat', 'period': '1'}
    """
    if not isinstance(function, PiecewisePolynomial):
        raise NotProved(
            f"{type(function).__name__} is not a piecewise polynomial: certificates are for those, such as the "
            "families cubic, spline and plateau"
        )
    return {
        "type": "piecewise",
        "knots": numbers(function.knots),
        "pieces": [numbers(piece) for piece in function.coefficients],
        "left": _tail(function.left_period, extend=extend),
        "right": _tail(function.right_period, extend=extend),
    }


def claims(function: PiecewisePolynomial, *, mu: fmpq | None = None, optimal: bool = False) -> dict[str, Any]:
    """What is claimed of a function: its Lipschitz constant and its infimum, exact where they are rational.

    Args:
        function: The piecewise polynomial.
        mu: Least f'', or `None` where nothing is said of it.
        optimal: Whether no function with a smaller constant will do; the constant is then the function's own.

    Raises:
        NotProved: the function is not bounded below.

    >>> from misstep import cubic
    >>> claims(cubic(1))["infimum"]
    {'relation': '>=', 'value': '-10734/111551'}
    """
    infimum = function.infimum()
    if isinstance(infimum, float):
        raise NotProved("the function is not bounded below")
    degree = max(len(piece) for piece in function.coefficients) - 1
    L = function.lipschitz_constant()
    return {
        "lipschitz": _bound("<=", L, exact=degree <= 3),
        "infimum": _bound(">=", infimum, exact=degree <= 2),
        "mu": None if mu is None else str(mu),
        "optimal": optimal,
    }


def _bound(relation: str, constant: Constant, *, exact: bool) -> dict[str, str]:
    """The constant where it is rational and its piece simple enough to compare exactly, else a short bound."""
    if exact and isinstance(constant, fmpq):
        return {"relation": "=", "value": str(constant)}
    low, high = ends(enclosure(constant))
    return {"relation": relation, "value": str(above(high) if relation == "<=" else below(low))}


def _tail(period: fmpq | None, *, extend: bool) -> dict[str, Any]:
    if period is not None:
        return {"rule": "repeat", "period": str(period)}
    return {"rule": "extend" if extend else "tangent"}
